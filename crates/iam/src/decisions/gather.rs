//! The policies of a principal, parsed.

use crate::arns::{PolicyArn, iam as iam_arn};
use crate::record::{GROUPS, HeldPolicies, POLICIES, ROLES, USERS, key};
use crate::{Iam, policies::managed};
use policy::{Attached, Document, Principal, PrincipalKind};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use store::StoreError;

/// What a principal may by its own policies.
#[derive(Debug, Default)]
pub(crate) struct Identity {
    pub policies: Vec<Attached>,
    pub boundary: Option<Vec<Attached>>,
    /// Tags of the user or role.
    pub tags: BTreeMap<String, String>,
}

/// Why there is nothing to gather.
pub(crate) enum GatherError {
    /// The user or role is gone, or another one has its name.
    Gone,
    /// A stored policy cannot be read: nothing is allowed, since it may have denied.
    Broken,
    Store(StoreError),
}

impl From<StoreError> for GatherError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// The root user is not limited by policies of its own.
static EVERYTHING: LazyLock<Arc<Document>> = LazyLock::new(|| {
    let text = r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
    Arc::new(Document::parse(text).expect("the document is well formed"))
});

impl Iam {
    /// The policies of a principal, from the cache or the store.
    pub(crate) async fn identity(
        &self,
        principal: &Principal,
    ) -> Result<Arc<Identity>, GatherError> {
        let Some(source) = Source::of(principal) else {
            return Ok(Arc::new(Identity {
                policies: vec![Attached {
                    id: "root".into(),
                    document: Arc::clone(&EVERYTHING),
                }],
                ..Identity::default()
            }));
        };
        let cache_key = format!(
            "{}:{}/{}/{}",
            source.kind, principal.account, source.name, source.id
        );
        match self.identities.find(&cache_key) {
            Ok(found) => Ok(found),
            Err(generation) => {
                let identity = self.gather(principal, &source).await?;
                Ok(self.identities.put(cache_key, identity, generation))
            }
        }
    }

    async fn gather(
        &self,
        principal: &Principal,
        source: &Source<'_>,
    ) -> Result<Identity, GatherError> {
        let account = principal.account.as_str();
        let mut identity = Identity::default();
        if source.kind == "role" {
            let role = self.store.get(&ROLES, &key(account, source.name)).await?;
            let role = role
                .filter(|role| role.id == source.id)
                .ok_or(GatherError::Gone)?;
            let label = format!("role_{}", role.name);
            self.collect(&role.policies, &label, &mut identity.policies)
                .await?;
            identity.boundary = self.boundary(role.boundary.as_deref()).await?;
            identity.tags = role.tags;
            return Ok(identity);
        }
        let user = self.store.get(&USERS, &key(account, source.name)).await?;
        let user = user
            .filter(|user| source.id.is_empty() || user.id == source.id)
            .ok_or(GatherError::Gone)?;
        let label = format!("user_{}", user.name);
        self.collect(&user.policies, &label, &mut identity.policies)
            .await?;
        for name in &user.groups {
            if let Some(group) = self.store.get(&GROUPS, &key(account, name)).await? {
                let label = format!("group_{}", group.name);
                self.collect(&group.policies, &label, &mut identity.policies)
                    .await?;
            }
        }
        identity.boundary = self.boundary(user.boundary.as_deref()).await?;
        identity.tags = user.tags;
        Ok(identity)
    }

    async fn collect(
        &self,
        held: &HeldPolicies,
        label: &str,
        into: &mut Vec<Attached>,
    ) -> Result<(), GatherError> {
        for (name, text) in &held.inline {
            let document = Document::parse(text).map_err(|_| GatherError::Broken)?;
            into.push(Attached {
                id: format!("{label}_{name}").into(),
                document: Arc::new(document),
            });
        }
        for arn in &held.attached {
            if let Some(attached) = self.managed_policy(arn).await? {
                into.push(attached);
            }
        }
        Ok(())
    }

    /// A boundary whose policy is gone allows nothing.
    async fn boundary(&self, arn: Option<&str>) -> Result<Option<Vec<Attached>>, GatherError> {
        match arn {
            None => Ok(None),
            Some(arn) => Ok(Some(self.managed_policy(arn).await?.into_iter().collect())),
        }
    }

    /// The default version of a managed policy, AWS's or a customer's.
    pub(crate) async fn managed_policy(&self, arn: &str) -> Result<Option<Attached>, GatherError> {
        let Some(parsed) = PolicyArn::parse(arn) else {
            return Ok(None);
        };
        if parsed.account == "aws" {
            return Ok(managed::find(arn).map(|found| Attached {
                id: arn.into(),
                document: found.document(),
            }));
        }
        let record = self
            .store
            .get(&POLICIES, &key(&parsed.account, &parsed.name))
            .await?;
        let Some(record) = record else {
            return Ok(None);
        };
        let is_same = iam_arn(&record.account, "policy", &record.path, &record.name) == arn;
        let version = record
            .versions
            .iter()
            .find(|version| version.id == record.default_version);
        match version {
            Some(version) if is_same => Ok(Some(Attached {
                id: arn.into(),
                document: Arc::new(
                    Document::parse(&version.document).map_err(|_| GatherError::Broken)?,
                ),
            })),
            _ => Ok(None),
        }
    }
}

/// The user or role whose policies count; none for the root user.
struct Source<'a> {
    kind: &'static str,
    name: &'a str,
    /// Empty when only the name is known.
    id: &'a str,
}

impl<'a> Source<'a> {
    fn of(principal: &'a Principal) -> Option<Self> {
        let last = |text: &'a str| text.rsplit_once('/').map_or(text, |(_, name)| name);
        let federated_by = principal
            .session
            .as_ref()
            .and_then(|session| session.federated_by.as_ref());
        match principal.kind {
            PrincipalKind::Root => None,
            PrincipalKind::User => Some(Self {
                kind: "user",
                name: last(principal.arn.resource()),
                id: &principal.user_id,
            }),
            PrincipalKind::AssumedRole => Some(Self {
                kind: "role",
                name: last(principal.principal_arn.resource()),
                id: principal
                    .user_id
                    .split_once(':')
                    .map_or(principal.user_id.as_str(), |(id, _)| id),
            }),
            PrincipalKind::FederatedUser => federated_by.map(|user| Self {
                kind: "user",
                name: last(user.resource()),
                id: "",
            }),
        }
    }
}
