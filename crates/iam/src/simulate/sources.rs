//! The policies that a simulation is about.

use super::context_keys::{self, Keys};
use crate::decisions::gather::GatherError;
use crate::record::{GROUPS, GroupRecord, HeldPolicies, POLICIES, RoleRecord, UserRecord, key};
use crate::{
    Iam, arns, error,
    policies::{managed, saved_policy},
    sessions::session,
    view,
};
use api::ServiceError;
use arn::{AccountId, Arn};
use policy::{Attached, Document, DocumentKind, Principal, PrincipalKind, Session};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Policies of one kind, and what answers say of each.
#[derive(Default)]
pub(crate) struct Sources {
    pub attached: Vec<Attached>,
    /// `user`, `group`, `role`, `aws-managed`, `user-managed`, `resource` or `none`, by policy id.
    pub types: BTreeMap<Arc<str>, &'static str>,
    pub keys: Keys,
}

impl Sources {
    fn add(&mut self, id: String, kind: &'static str, text: &str) -> Result<(), ServiceError> {
        // A stored policy that cannot be read would be denied by; a simulation cannot say by what.
        let document = Document::parse(text).map_err(|error| error::policy(&error))?;
        self.push(id, kind, text, document);
        Ok(())
    }

    fn push(&mut self, id: String, kind: &'static str, text: &str, document: Document) {
        context_keys::add(text, &mut self.keys);
        let id: Arc<str> = id.into();
        self.types.insert(Arc::clone(&id), kind);
        self.attached.push(Attached {
            id,
            document: Arc::new(document),
        });
    }

    /// Adds policies that a request brings, called `{list}.1` and so on.
    ///
    /// # Errors
    /// InvalidInput for one that is no policy.
    pub(crate) fn add_given(
        &mut self,
        list: &str,
        kind: DocumentKind,
        texts: &[String],
    ) -> Result<(), ServiceError> {
        for (place, text) in texts.iter().enumerate() {
            let document = saved_policy::parse(text, kind)
                .map_err(|error| error::invalid_input(error.message()))?;
            let shown = match kind {
                DocumentKind::Resource => "resource",
                _ => "none",
            };
            self.push(format!("{list}.{}", place + 1), shown, text, document);
        }
        Ok(())
    }
}

/// A user, group or role with its policies.
pub(crate) struct Subject {
    pub principal: Principal,
    pub tags: BTreeMap<String, String>,
    pub identity: Sources,
    pub boundary: Option<Sources>,
}

/// What an ARN names, apart.
pub(crate) fn entity(text: &str) -> Result<(&'static str, AccountId, String), ServiceError> {
    let unclear = || {
        error::invalid_input(format!(
            "Invalid Entity Arn: {text} does not clearly define entity type and name."
        ))
    };
    let arn: Arn = text.parse().map_err(|_| unclear())?;
    let (kind, rest) = arn.resource().split_once('/').ok_or_else(unclear)?;
    let kind = ["user", "group", "role"]
        .into_iter()
        .find(|known| *known == kind)
        .ok_or_else(unclear)?;
    let name = rest.rsplit_once('/').map_or(rest, |(_, name)| name);
    let is_iam = arn.partition() == "aws" && arn.service() == "iam" && arn.region().is_empty();
    match arn.account_id() {
        Some(account) if is_iam && !name.is_empty() => Ok((kind, account, name.to_owned())),
        _ => Err(unclear()),
    }
}

impl Iam {
    /// The user, group or role that an ARN names.
    pub(crate) async fn subject(&self, text: &str) -> Result<Subject, ServiceError> {
        let (kind, account, name) = entity(text)?;
        let subject = match kind {
            "user" => self.user_subject(&account, &name).await?,
            "group" => self.group_subject(&account, &name).await?,
            _ => self.role_subject(&account, &name).await?,
        };
        match subject.principal.principal_arn.as_str() == text {
            true => Ok(subject),
            false => Err(error::no_such(kind, &name)),
        }
    }

    async fn user_subject(&self, account: &AccountId, name: &str) -> Result<Subject, ServiceError> {
        let user: UserRecord = self.read(account, name).await?;
        let mut identity = Sources::default();
        self.held(&user.policies, "user", &user.name, &mut identity)
            .await?;
        for name in &user.groups {
            let group = self.store.get(&GROUPS, &key(account.as_str(), name)).await;
            if let Some(group) = group.map_err(error::store)? {
                self.held(&group.policies, "group", &group.name, &mut identity)
                    .await?;
            }
        }
        Ok(Subject {
            principal: principal(account, &view::user_arn(&user), &user.id)?,
            boundary: self.boundary_source(user.boundary.as_deref()).await?,
            tags: user.tags,
            identity,
        })
    }

    async fn group_subject(
        &self,
        account: &AccountId,
        name: &str,
    ) -> Result<Subject, ServiceError> {
        let group: GroupRecord = self.read(account, name).await?;
        let mut identity = Sources::default();
        self.held(&group.policies, "group", &group.name, &mut identity)
            .await?;
        let arn = arns::iam(account.as_str(), "group", &group.path, &group.name);
        Ok(Subject {
            principal: principal(account, &arn, &group.id)?,
            boundary: None,
            tags: BTreeMap::new(),
            identity,
        })
    }

    async fn role_subject(&self, account: &AccountId, name: &str) -> Result<Subject, ServiceError> {
        let role: RoleRecord = self.read(account, name).await?;
        let mut identity = Sources::default();
        self.held(&role.policies, "role", &role.name, &mut identity)
            .await?;
        let resource = format!("assumed-role/{}/simulation", role.name);
        let of_role = principal(account, &view::role_arn(&role), &role.id)?;
        Ok(Subject {
            principal: Principal {
                kind: PrincipalKind::AssumedRole,
                arn: Arn::new("sts", "", account.as_str(), &resource),
                user_id: format!("{}:simulation", role.id),
                session: Some(Arc::new(Session::default())),
                ..of_role
            },
            boundary: self.boundary_source(role.boundary.as_deref()).await?,
            tags: role.tags,
            identity,
        })
    }

    async fn held(
        &self,
        held: &HeldPolicies,
        kind: &'static str,
        name: &str,
        into: &mut Sources,
    ) -> Result<(), ServiceError> {
        for (policy, text) in &held.inline {
            into.add(format!("{kind}_{name}_{policy}"), kind, text)?;
        }
        for arn in &held.attached {
            self.managed_source(arn, into).await?;
        }
        Ok(())
    }

    async fn boundary_source(&self, arn: Option<&str>) -> Result<Option<Sources>, ServiceError> {
        let Some(arn) = arn else { return Ok(None) };
        let mut sources = Sources::default();
        self.managed_source(arn, &mut sources).await?;
        Ok(Some(sources))
    }

    async fn managed_source(&self, arn: &str, into: &mut Sources) -> Result<(), ServiceError> {
        if let Some(found) = managed::find(arn) {
            return into.add(arn.to_owned(), "aws-managed", &found.text);
        }
        // As when deciding: an attached policy that is gone says nothing.
        match self.managed_policy(arn).await {
            Ok(None) => return Ok(()),
            Ok(Some(_)) => {}
            Err(GatherError::Store(error)) => return Err(error::store(error)),
            Err(GatherError::Gone | GatherError::Broken) => {
                return Err(ServiceError::internal());
            }
        }
        let Some(parsed) = arns::PolicyArn::parse(arn) else {
            return Ok(());
        };
        let place = key(&parsed.account, &parsed.name);
        let found = self.store.get(&POLICIES, &place).await;
        if let Some(record) = found.map_err(error::store)? {
            let default = &record.default_version;
            let text = record.versions.iter().find(|one| one.id == *default);
            let text = text.map_or("", |version| version.document.as_str());
            into.add(arn.to_owned(), "user-managed", text)?;
        }
        Ok(())
    }
}

/// A caller without policies: the root of a simulation that names none.
pub(crate) fn stranger(account: &AccountId) -> Result<Principal, ServiceError> {
    let root = session::root_arn(account).map_err(|_| ServiceError::internal())?;
    principal(account, root.as_str(), account.as_str())
}

fn principal(account: &AccountId, arn: &str, id: &str) -> Result<Principal, ServiceError> {
    let arn: Arn = arn.parse().map_err(|_| ServiceError::internal())?;
    Ok(Principal {
        account: account.clone(),
        kind: PrincipalKind::User,
        principal_arn: arn.clone(),
        arn,
        user_id: id.to_owned(),
        access_key_id: String::new(),
        session: None,
    })
}
