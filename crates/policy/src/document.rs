//! A parsed policy document.

use crate::condition::Condition;
use crate::glob::Glob;
use crate::resource::ResourcePattern;
use crate::{PolicyError, parse};
use arn::AccountId;
use std::collections::BTreeMap;
use std::str::FromStr;

/// A policy document of any kind: identity, resource, trust, session, boundary, SCP or RCP.
///
/// ```
/// let policy = policy::Document::parse(
///     r#"{"Statement":{"Effect":"Allow","Action":"lambda:*","Resource":"*"}}"#,
/// ).unwrap();
/// assert_eq!(policy.statements().len(), 1);
/// ```
///
/// Source: "Grammar of the IAM JSON policy language", IAM user guide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    pub(crate) version: Version,
    pub(crate) has_version: bool,
    pub(crate) id: Option<String>,
    pub(crate) statements: Vec<Statement>,
}

impl Document {
    /// Reads a document of any kind.
    ///
    /// What only some kinds require is asked by [`Document::validate`].
    ///
    /// # Errors
    /// Text that is no JSON, or no policy: [`PolicyError`], whose text is AWS's.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        parse::document(text)
    }

    /// The document's statements in order.
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// The document's version; `2008-10-17` when it names none.
    pub fn version(&self) -> Version {
        self.version
    }

    /// Binds users and roles that are named by ARN to their unique ids, as AWS does when a policy
    /// is saved: a namesake that is made later is another principal.
    pub fn bind_principals(&mut self, unique_ids: &BTreeMap<String, String>) {
        let elements = self
            .statements
            .iter_mut()
            .filter_map(|statement| statement.principals.as_mut());
        for entry in elements.flat_map(|element| element.values.iter_mut()) {
            if let PrincipalEntry::Arn(arn) = entry
                && let Some(id) = unique_ids.get(arn)
            {
                *entry = PrincipalEntry::UniqueId(id.clone());
            }
        }
    }

    /// The document's `Id`.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }
}

impl FromStr for Document {
    type Err = PolicyError;

    fn from_str(text: &str) -> Result<Self, PolicyError> {
        Self::parse(text)
    }
}

/// The version of the policy language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// `2008-10-17`, also when none is named: no variables.
    V2008,
    /// `2012-10-17`.
    V2012,
}

/// What a statement does when it matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Grants.
    Allow,
    /// Refuses, whatever else grants.
    Deny,
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    pub(crate) sid: Option<String>,
    pub(crate) effect: Effect,
    pub(crate) principals: Option<Element<Vec<PrincipalEntry>>>,
    pub(crate) actions: Option<Element<Vec<ActionPattern>>>,
    pub(crate) resources: Option<Element<Vec<ResourcePattern>>>,
    pub(crate) conditions: Vec<Condition>,
}

impl Statement {
    /// The statement's `Sid`.
    pub fn sid(&self) -> Option<&str> {
        self.sid.as_deref()
    }

    /// Allow or Deny.
    pub fn effect(&self) -> Effect {
        self.effect
    }

    /// Whom the statement names, and whether it is by `NotPrincipal`.
    pub fn principals(&self) -> Option<(&[PrincipalEntry], bool)> {
        let element = self.principals.as_ref()?;
        Some((&element.values, element.is_negated))
    }

    /// The action patterns as written.
    pub fn actions(&self) -> impl Iterator<Item = &str> {
        self.actions
            .iter()
            .flat_map(|element| element.values.iter().map(|action| &*action.text))
    }

    /// The resource patterns as written.
    pub fn resources(&self) -> impl Iterator<Item = &str> {
        self.resources
            .iter()
            .flat_map(|element| element.values.iter().map(ResourcePattern::as_str))
    }

    /// The keys of the conditions and their values, as written.
    pub fn conditions(&self) -> impl Iterator<Item = (&str, &[String])> {
        let written = self.conditions.iter().map(Condition::written);
        written.map(|written| (&*written.key, &*written.values))
    }
}

/// An element and its `Not…` form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Element<T> {
    pub(crate) values: T,
    pub(crate) is_negated: bool,
}

/// One value of a `Principal` or `NotPrincipal` element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrincipalEntry {
    /// `*` or `{"AWS": "*"}`.
    Anyone,
    /// An account: its digits, or its root ARN.
    Account(AccountId),
    /// A user, role, session or federated user by ARN, as written.
    Arn(String),
    /// What AWS shows once a named user or role is gone: `AIDA…` or `AROA…`.
    UniqueId(String),
    /// A service, such as `apigateway.amazonaws.com`.
    Service(String),
    /// An identity provider.
    Federated(String),
    /// An S3 canonical user id.
    CanonicalUser(String),
}

/// A pattern for action names; they compare without case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ActionPattern {
    pub(crate) text: Box<str>,
    glob: Glob,
}

impl ActionPattern {
    pub(crate) fn new(text: &str) -> Self {
        Self {
            text: text.into(),
            glob: Glob::of(&text.to_ascii_lowercase()),
        }
    }

    /// `action` is in lower case.
    pub(crate) fn matches(&self, action: &str) -> bool {
        self.glob.matches(action)
    }
}
