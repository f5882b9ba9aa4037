//! Versions of managed policies.

use crate::limits::POLICY_VERSIONS_MAX;
use crate::policies::managed::CREATED_MS;
use crate::record::{POLICIES, PolicyRecord, PolicyVersionRecord, key};
use crate::{
    Iam, error, page,
    policies::{managed, saved_policy},
    view,
};
use api::ServiceError;
use api::iam as shape;
use ports::Call;
use std::sync::Arc;

pub(crate) async fn create(
    iam: Arc<Iam>,
    call: Call,
    input: shape::CreatePolicyVersionRequest,
) -> Result<shape::CreatePolicyVersionResponse, ServiceError> {
    saved_policy::managed(&input.policy_document)?;
    let is_default = input.set_as_default.unwrap_or_default();
    let mut made = None;
    change(&iam, &call, &input.policy_arn, |record| {
        if record.versions.len() >= POLICY_VERSIONS_MAX {
            return Err(ServiceError::new(
                "LimitExceeded",
                "A managed policy can have up to 5 versions. Before you create a new version, you \
                 must delete an existing version.",
            ));
        }
        let version = PolicyVersionRecord {
            id: format!("v{}", record.next_version),
            document: input.policy_document,
            created_ms: call.now_ms,
        };
        record.next_version += 1;
        if is_default {
            record.default_version = version.id.clone();
        }
        record.updated_ms = call.now_ms;
        let shown = view::policy_version(record, &version);
        made = Some(shape::PolicyVersion {
            document: None,
            ..shown
        });
        record.versions.push(version);
        Ok(())
    })
    .await?;
    Ok(shape::CreatePolicyVersionResponse {
        policy_version: made,
    })
}

pub(crate) async fn get(
    iam: Arc<Iam>,
    call: Call,
    input: shape::GetPolicyVersionRequest,
) -> Result<shape::GetPolicyVersionResponse, ServiceError> {
    let all = versions(&iam, &call, &input.policy_arn).await?;
    let found = all
        .into_iter()
        .find(|version| version.version_id.as_deref() == Some(&input.version_id));
    Ok(shape::GetPolicyVersionResponse {
        policy_version: Some(found.ok_or_else(|| missing(&input.policy_arn, &input.version_id))?),
    })
}

pub(crate) async fn list(
    iam: Arc<Iam>,
    call: Call,
    input: shape::ListPolicyVersionsRequest,
) -> Result<shape::ListPolicyVersionsResponse, ServiceError> {
    // The newest comes first, and lists leave the documents out.
    let all = versions(&iam, &call, &input.policy_arn).await?;
    let keyed = all.into_iter().rev().enumerate().map(|(place, version)| {
        let listed = shape::PolicyVersion {
            document: None,
            ..version
        };
        (format!("{place:04}"), listed)
    });
    let page = page::cut(keyed.collect(), input.marker.as_deref(), input.max_items)?;
    Ok(shape::ListPolicyVersionsResponse {
        versions: Some(page.items),
        is_truncated: Some(page.is_truncated),
        marker: page.marker,
    })
}

pub(crate) async fn set_default(
    iam: Arc<Iam>,
    call: Call,
    input: shape::SetDefaultPolicyVersionRequest,
) -> Result<shape::SetDefaultPolicyVersionOutput, ServiceError> {
    change(&iam, &call, &input.policy_arn, |record| {
        if !record
            .versions
            .iter()
            .any(|version| version.id == input.version_id)
        {
            return Err(missing(&input.policy_arn, &input.version_id));
        }
        record.default_version = input.version_id.clone();
        record.updated_ms = call.now_ms;
        Ok(())
    })
    .await?;
    Ok(shape::SetDefaultPolicyVersionOutput {})
}

pub(crate) async fn delete(
    iam: Arc<Iam>,
    call: Call,
    input: shape::DeletePolicyVersionRequest,
) -> Result<shape::DeletePolicyVersionOutput, ServiceError> {
    change(&iam, &call, &input.policy_arn, |record| {
        if record.default_version == input.version_id {
            return Err(error::conflict(
                "Cannot delete the default version of a policy.",
            ));
        }
        let before = record.versions.len();
        record
            .versions
            .retain(|version| version.id != input.version_id);
        match record.versions.len() == before {
            true => Err(missing(&input.policy_arn, &input.version_id)),
            false => Ok(()),
        }
    })
    .await?;
    Ok(shape::DeletePolicyVersionOutput {})
}

fn missing(arn: &str, version: &str) -> ServiceError {
    error::no_entity(format!(
        "Policy {arn} version {version} does not exist or is not attachable."
    ))
}

async fn change(
    iam: &Iam,
    call: &Call,
    arn: &str,
    change: impl FnOnce(&mut PolicyRecord) -> Result<(), ServiceError> + Send,
) -> Result<(), ServiceError> {
    let mut tx = iam.store.begin().await;
    let mut record = iam.policy_by_arn(call, arn).await?;
    change(&mut record)?;
    tx.put(
        &POLICIES,
        &key(call.account.as_str(), &record.name),
        &record,
    )
    .map_err(error::store)?;
    tx.commit().await.map_err(error::store)
}

/// All versions, oldest first.
async fn versions(
    iam: &Iam,
    call: &Call,
    arn: &str,
) -> Result<Vec<shape::PolicyVersion>, ServiceError> {
    if let Some(policy) = managed::find(arn) {
        return Ok(vec![shape::PolicyVersion {
            document: Some(view::document(&policy.text)),
            version_id: Some(policy.version.clone()),
            is_default_version: Some(true),
            create_date: Some(view::date(CREATED_MS)),
        }]);
    }
    let record = iam.policy_by_arn(call, arn).await?;
    let shown = record
        .versions
        .iter()
        .map(|version| view::policy_version(&record, version));
    Ok(shown.collect())
}
