//! Tags of roots, units, accounts and policies.

use crate::error::{self, Missing};
use crate::membership::{managed_in, save};
use crate::record::{POLICIES, key};
use crate::{Organizations, limits};
use api::ServiceError;
use api::organizations as shape;
use ports::Call;
use std::collections::BTreeMap;
use std::sync::Arc;

type Tags = BTreeMap<String, String>;

/// Tags of a request, each key once.
pub(crate) fn checked(tags: Option<Vec<shape::Tag>>) -> Result<Tags, ServiceError> {
    let mut all = Tags::new();
    for tag in tags.unwrap_or_default() {
        let key = tag.key.unwrap_or_default();
        let value = tag.value.unwrap_or_default();
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(error::invalid(
                "INVALID_SYSTEM_TAGS_PARAMETER",
                "You specified a tag key that is a system tag.",
            ));
        }
        if all.insert(key, value).is_some() {
            return Err(error::invalid(
                "DUPLICATE_TAG_KEY",
                "Tag keys must be unique among the tags attached to the same entity.",
            ));
        }
    }
    within_limit(all)
}

fn within_limit(tags: Tags) -> Result<Tags, ServiceError> {
    match tags.len() > limits::TAGS_MAX {
        true => Err(error::violation(
            "MAX_TAG_LIMIT_EXCEEDED",
            "You have exceeded the number of tags allowed on this resource.",
        )),
        false => Ok(tags),
    }
}

pub(crate) async fn add(
    service: Arc<Organizations>,
    call: Call,
    input: shape::TagResourceRequest,
) -> Result<shape::TagResourceOutput, ServiceError> {
    let added = checked(Some(input.tags))?;
    let change = |tags: &Tags| {
        let mut tags = tags.clone();
        tags.extend(added);
        within_limit(tags)
    };
    service.retag(&call, &input.resource_id, change).await?;
    Ok(shape::TagResourceOutput {})
}

pub(crate) async fn remove(
    service: Arc<Organizations>,
    call: Call,
    input: shape::UntagResourceRequest,
) -> Result<shape::UntagResourceOutput, ServiceError> {
    let change = |tags: &Tags| {
        let mut tags = tags.clone();
        tags.retain(|key, _| !input.tag_keys.contains(key));
        Ok(tags)
    };
    service.retag(&call, &input.resource_id, change).await?;
    Ok(shape::UntagResourceOutput {})
}

pub(crate) async fn list(
    service: Arc<Organizations>,
    call: Call,
    input: shape::ListTagsForResourceRequest,
) -> Result<shape::ListTagsForResourceResponse, ServiceError> {
    let mut organization = service.managed(&call).await?;
    let id = input.resource_id.as_str();
    let tags = match id.starts_with("p-") {
        true => {
            service
                .policy(&organization, id)
                .await
                .map_err(no_target)?
                .tags
        }
        false => {
            let found = organization.tags_mut(id).cloned();
            found.ok_or_else(|| error::not_found(Missing::Target))?
        }
    };
    let tags = tags.into_iter().map(|(key, value)| shape::Tag {
        key: Some(key),
        value: Some(value),
    });
    Ok(shape::ListTagsForResourceResponse {
        tags: Some(tags.collect()),
        next_token: None,
    })
}

/// Where anything may be tagged, what is missing is a target.
fn no_target(error: ServiceError) -> ServiceError {
    match error.code() == "PolicyNotFoundException" {
        true => error::not_found(Missing::Target),
        false => error,
    }
}

impl Organizations {
    async fn retag(
        &self,
        call: &Call,
        id: &str,
        change: impl FnOnce(&Tags) -> Result<Tags, ServiceError>,
    ) -> Result<(), ServiceError> {
        let mut tx = self.store.begin().await;
        let mut organization = managed_in(&tx, call).await?;
        if id.starts_with("p-") {
            let place = key(&organization.id, id);
            let found = tx.get(&POLICIES, &place).await.map_err(error::store)?;
            let mut record = found.ok_or_else(|| error::not_found(Missing::Target))?;
            record.tags = change(&record.tags)?;
            tx.put(&POLICIES, &place, &record).map_err(error::store)?;
            return tx.commit().await.map_err(error::store);
        }
        let tags = organization.tags_mut(id);
        let tags = tags.ok_or_else(|| error::not_found(Missing::Target))?;
        *tags = change(tags)?;
        save(tx, &organization).await
    }
}
