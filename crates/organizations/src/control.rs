//! `ports::Organizations`: the control policies of an account and everything above it.
//!
//! Cost of a remembered answer: one look-up; made anew after any change in an organization.

use crate::Organizations;
use crate::record::{OrganizationRecord, POLICIES, PolicyType, key};
use crate::view;
use arn::AccountId;
use policy::{Attached, Document};
use ports::{Membership, Unknown};
use std::collections::BTreeMap;
use std::sync::Arc;
use stdx::BoxFuture;
use store::StoreError;

impl ports::Organizations for Organizations {
    fn membership<'a>(
        &'a self,
        account: &'a AccountId,
    ) -> BoxFuture<'a, Result<Option<Arc<Membership>>, Unknown>> {
        Box::pin(async move {
            let generation = match self.memberships.find(account.as_str()) {
                Ok(found) => return Ok(Option::clone(&found)),
                Err(generation) => generation,
            };
            let made = self.gathered(account.as_str()).await.map_err(|error| {
                tracing::error!(error = %error, "an organization could not be read");
                Unknown
            })?;
            let key = account.as_str().to_owned();
            let kept = self.memberships.put(key, made.map(Arc::new), generation);
            Ok(Option::clone(&kept))
        })
    }
}

impl Organizations {
    async fn gathered(&self, account: &str) -> Result<Option<Membership>, StoreError> {
        let Some(organization) = self.organization_of(account).await? else {
            return Ok(None);
        };
        let mut texts = Texts::default();
        let mut levels = BTreeMap::new();
        for kind in PolicyType::ALL {
            let found = self
                .levels(&organization, account, kind, &mut texts)
                .await?;
            levels.insert(kind, found);
        }
        let parent = organization
            .parent(account)
            .unwrap_or(&organization.root.id);
        Ok(Some(Membership {
            path: organization.path(parent),
            service_control: levels
                .remove(&PolicyType::ServiceControl)
                .unwrap_or_default(),
            resource_control: levels
                .remove(&PolicyType::ResourceControl)
                .unwrap_or_default(),
            organization: organization.id,
        }))
    }

    /// One list a level, from the root to the account. None for the management account, which no
    /// control policy limits ("Service control policies (SCPs)", AWS Organizations user guide).
    async fn levels(
        &self,
        organization: &OrganizationRecord,
        account: &str,
        kind: PolicyType,
        texts: &mut Texts,
    ) -> Result<Vec<Vec<Attached>>, StoreError> {
        let counts =
            organization.root.enabled.contains(&kind) && organization.management != account;
        if !counts {
            return Ok(Vec::new());
        }
        let mut levels = Vec::new();
        for id in organization.way(account) {
            let mut level = Vec::new();
            let attached = organization.attached(id).map(|attached| attached.of(kind));
            for policy in attached.unwrap_or_default() {
                level.push(self.document(organization, kind, policy, texts).await?);
            }
            levels.push(level);
        }
        Ok(levels)
    }

    /// The document of a policy, parsed once.
    async fn document(
        &self,
        organization: &OrganizationRecord,
        kind: PolicyType,
        id: &str,
        texts: &mut Texts,
    ) -> Result<Attached, StoreError> {
        if let Some(found) = texts.get(id) {
            return Ok(found.clone());
        }
        let arn = view::policy_arn(organization, kind, id);
        let text = match kind.default_policy() == id {
            true => Some(view::default_content(kind).to_owned()),
            false => {
                let record = self
                    .store
                    .get(&POLICIES, &key(&organization.id, id))
                    .await?;
                record.map(|record| record.content)
            }
        };
        let document = text.and_then(|text| Document::parse(&text).ok());
        let made = Attached {
            document: Arc::new(document.unwrap_or_else(|| {
                // Nothing can be told of what it denied, so everything is.
                tracing::error!(%arn, "a control policy cannot be read; everything is denied");
                nothing()
            })),
            id: arn.into(),
        };
        texts.insert(id.to_owned(), made.clone());
        Ok(made)
    }
}

/// Parsed policies by id.
type Texts = BTreeMap<String, Attached>;

/// A document that denies everything.
fn nothing() -> Document {
    let text = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}}"#;
    Document::parse(text).expect("the document is well formed")
}
