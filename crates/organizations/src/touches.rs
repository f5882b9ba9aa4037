//! What each operation touches.
//!
//! Resources belong to the management account. Whoever is no management account is asked for `*`,
//! since it can name nothing here, and hears from the operation what is amiss.
//!
//! Source: "Actions, resources, and condition keys for AWS Organizations", service authorization
//! reference.

use crate::record::{OrganizationRecord, POLICIES, PolicyType, key};
use crate::{Organizations, error, view};
use api::ServiceError;
use api::organizations as shape;
use policy::Context;
use ports::{Call, Touch, Touches};
use std::collections::BTreeMap;
use stdx::BoxFuture;

pub(crate) type Touched<'a> = BoxFuture<'a, Result<Touches, ServiceError>>;

/// What a request says beside what it touches.
#[derive(Default)]
pub(crate) struct Keys<'a> {
    pub tags: Option<&'a [shape::Tag]>,
    pub removed: &'a [String],
    /// `organizations:PolicyType`.
    pub kind: Option<&'a str>,
}

impl<'a> Keys<'a> {
    pub(crate) fn tags(tags: Option<&'a [shape::Tag]>) -> Self {
        Self {
            tags,
            ..Self::default()
        }
    }

    pub(crate) fn removed(removed: &'a [String]) -> Self {
        Self {
            removed,
            ..Self::default()
        }
    }

    pub(crate) fn kind(kind: &'a str) -> Self {
        Self {
            kind: Some(kind),
            ..Self::default()
        }
    }

    fn write(&self, context: &mut Context) {
        let mut keys = self.removed.to_vec();
        for tag in self.tags.unwrap_or_default() {
            let key = tag.key.clone().unwrap_or_default();
            let value = tag.value.clone().unwrap_or_default();
            context.set(&format!("aws:RequestTag/{key}"), value);
            keys.push(key);
        }
        if !keys.is_empty() {
            context.set_many("aws:TagKeys", keys);
        }
        if let Some(kind) = self.kind {
            context.set("organizations:PolicyType", kind);
        }
    }
}

/// An operation that names no resource.
pub(crate) fn any<'a>(call: &Call, action: &str, keys: Keys<'_>) -> Touched<'a> {
    let mut touch = Touch::new(action, "*", call.account.clone());
    keys.write(&mut touch.context);
    Box::pin(std::future::ready(Ok(touch.into())))
}

/// Each of these roots, units, accounts and policies.
pub(crate) fn each<'a>(
    service: &'a Organizations,
    call: &'a Call,
    action: &'a str,
    ids: Vec<&'a str>,
    keys: Keys<'a>,
) -> Touched<'a> {
    Box::pin(async move {
        let found = service.organization_of(call.account.as_str()).await;
        let found = found.map_err(error::store)?;
        let managed = found.filter(|one| one.management == call.account.as_str());
        let Some(organization) = managed else {
            return any(call, action, keys).await;
        };
        let mut all = Vec::new();
        for id in ids {
            all.push(
                service
                    .touch(&organization, call, action, id, &keys)
                    .await?,
            );
        }
        Ok(Touches::All(all))
    })
}

/// The organization as a whole.
pub(crate) fn organization<'a>(
    service: &'a Organizations,
    call: &'a Call,
    action: &'a str,
) -> Touched<'a> {
    Box::pin(async move {
        let found = service.organization_of(call.account.as_str()).await;
        let found = found.map_err(error::store)?;
        let managed = found.filter(|one| one.management == call.account.as_str());
        let resource = managed.as_ref().map(view::organization_arn);
        let resource = resource.unwrap_or_else(|| "*".to_owned());
        Ok(Touch::new(action, resource, call.account.clone()).into())
    })
}

impl Organizations {
    async fn touch(
        &self,
        organization: &OrganizationRecord,
        call: &Call,
        action: &str,
        id: &str,
        keys: &Keys<'_>,
    ) -> Result<Touch, ServiceError> {
        let mut context = Context::new();
        let mut tags = BTreeMap::new();
        let resource = match id.starts_with("p-") {
            true => {
                let kind = self.policy_kind(organization, id, &mut tags).await?;
                if let Some(kind) = kind {
                    context.set("organizations:PolicyType", kind.name());
                }
                // Of a policy that is not there the type is not known.
                kind.map_or_else(
                    || "*".to_owned(),
                    |kind| view::policy_arn(organization, kind, id),
                )
            }
            false => {
                tags = organization
                    .clone()
                    .tags_mut(id)
                    .cloned()
                    .unwrap_or_default();
                view::node_arn(organization, id)
            }
        };
        for (key, value) in tags {
            context.set(&format!("aws:ResourceTag/{key}"), value);
        }
        keys.write(&mut context);
        let mut touch = Touch::new(action, resource, call.account.clone());
        touch.context = context;
        Ok(touch)
    }

    async fn policy_kind(
        &self,
        organization: &OrganizationRecord,
        id: &str,
        tags: &mut BTreeMap<String, String>,
    ) -> Result<Option<PolicyType>, ServiceError> {
        let own = PolicyType::ALL
            .into_iter()
            .find(|kind| kind.default_policy() == id);
        if own.is_some() {
            return Ok(own);
        }
        let found = self.store.get(&POLICIES, &key(&organization.id, id)).await;
        let found = found.map_err(error::store)?;
        Ok(found.map(|record| {
            *tags = record.tags;
            record.kind
        }))
    }
}
