//! What was decided, by which statements, and AWS's words for it.

use crate::evaluate::{Attached, Request};
use crate::{Document, Requester, Statement};
use std::sync::Arc;

/// The answer to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Yes or no.
    pub outcome: Outcome,
    /// Why not; none when allowed.
    pub cause: Option<Cause>,
    /// The statements that made the decision: those that allow, or all those that deny. Empty
    /// when nothing allowed.
    pub statements: Vec<Matched>,
}

/// Yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Every kind of policy that had to allow did.
    Allowed,
    /// Something that had to allow did not.
    ImplicitlyDenied,
    /// A Deny statement matched.
    ExplicitlyDenied,
}

/// Which kind of policy refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cause {
    /// The first kind, in AWS's order of evaluation.
    pub kind: PolicyKind,
    /// Whether it was by a Deny statement.
    pub is_explicit: bool,
    /// Whether requester and resource belong to different accounts.
    pub is_cross_account: bool,
}

/// What a policy is attached to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PolicyKind {
    /// A user, group or role.
    Identity,
    /// A resource; a role, as its trust policy.
    Resource,
    /// A user or role, as its permissions boundary.
    Boundary,
    /// A session.
    Session,
    /// An organization's root, unit or account, for its principals (SCP).
    ServiceControl,
    /// An organization's root, unit or account, for its resources (RCP).
    ResourceControl,
    /// A VPC endpoint.
    Endpoint,
}

/// A statement that matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matched {
    /// What its policy is attached to.
    pub kind: PolicyKind,
    /// Its policy's ARN or name.
    pub policy: Arc<str>,
    /// Its place in the policy, from 0.
    pub index: usize,
    /// Its `Sid`.
    pub sid: Option<String>,
    document: Arc<Document>,
}

impl Matched {
    pub(crate) fn new(
        kind: PolicyKind,
        policy: &Attached,
        index: usize,
        statement: &Statement,
    ) -> Self {
        Self {
            kind,
            policy: policy.id.clone(),
            index,
            sid: statement.sid().map(str::to_owned),
            document: Arc::clone(&policy.document),
        }
    }

    /// The statement itself.
    pub fn statement(&self) -> Option<&Statement> {
        self.document.statements().get(self.index)
    }
}

impl PolicyKind {
    /// AWS's name for the kind, as AccessDenied texts write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity-based policy",
            Self::Resource => "resource-based policy",
            Self::Boundary => "permissions boundary",
            Self::Session => "session policy",
            Self::ServiceControl => "service control policy",
            Self::ResourceControl => "resource control policy",
            Self::Endpoint => "VPC endpoint policy",
        }
    }
}

impl Decision {
    pub(crate) fn allowed(statements: Vec<Matched>) -> Self {
        Self {
            outcome: Outcome::Allowed,
            cause: None,
            statements,
        }
    }

    /// Whether the answer is yes.
    pub fn is_allowed(&self) -> bool {
        self.outcome == Outcome::Allowed
    }

    /// AWS's AccessDenied text.
    ///
    /// `User: A is not authorized to perform: B on resource: C because no identity-based policy
    /// allows the B action`. Source: "Troubleshoot access denied error messages", IAM user guide.
    pub fn denial_text(&self, request: &Request<'_>) -> String {
        let who = match request.requester {
            Requester::Anonymous => "anonymous",
            Requester::Principal(principal) => principal.arn.as_str(),
            Requester::Service(name) | Requester::Federated(name) => name,
        };
        let (action, resource) = (request.action, request.resource);
        let reason = self.reason(request).unwrap_or_default();
        format!(
            "User: {who} is not authorized to perform: {action} on resource: {resource}{reason}"
        )
    }

    /// The organization's policy that denied, which AWS names by ARN.
    ///
    /// Source: "Enhanced access denied error messages with policy ARNs", AWS Security Blog. It
    /// names other kinds too; they follow as AWS's services do.
    fn control_policy(&self, kind: PolicyKind) -> Option<&str> {
        let is_control = matches!(
            kind,
            PolicyKind::ServiceControl | PolicyKind::ResourceControl
        );
        let mut denying = self.statements.iter().filter(|one| one.kind == kind);
        let policy = denying.next().filter(|_| is_control)?.policy.as_ref();
        policy.starts_with("arn:").then_some(policy)
    }

    /// ` because no … allows the … action` or ` with an explicit deny in a …`.
    ///
    /// AWS says nothing where the other account's policies are the reason, except that Lambda
    /// does, and nothing for AssumeRole.
    fn reason(&self, request: &Request<'_>) -> Option<String> {
        let cause = self.cause?;
        let is_others = cause.is_cross_account
            && matches!(
                cause.kind,
                PolicyKind::Resource | PolicyKind::ResourceControl
            );
        let is_trust = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
            .iter()
            .any(|prefix| request.action.starts_with(prefix));
        if is_trust || (is_others && !request.action.starts_with("lambda:")) {
            return None;
        }
        let name = cause.kind.name();
        if let (true, Some(policy)) = (cause.is_explicit, self.control_policy(cause.kind)) {
            return Some(format!(" with an explicit deny in a {name}: {policy}"));
        }
        Some(match (cause.is_explicit, cause.kind) {
            (false, _) => format!(" because no {name} allows the {} action", request.action),
            (true, PolicyKind::Identity) => format!(" with an explicit deny in an {name}"),
            (true, _) => format!(" with an explicit deny in a {name}"),
        })
    }
}
