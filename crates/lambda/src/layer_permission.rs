//! Who may use a version of a layer: the statements of its policy.

use crate::error::{LambdaError, STALE_LAYER_POLICY};
use crate::layer_name::{LayerName, LayerVersionName};
use crate::record::{LAYER_POLICIES, LAYER_VERSIONS, PolicyRecord};
use crate::statement::{self, Grantee, Permission};
use crate::{Lambda, permission};
use api::lambda::{
    AddLayerVersionPermissionRequest, AddLayerVersionPermissionResponse,
    GetLayerVersionPolicyRequest, GetLayerVersionPolicyResponse,
    RemoveLayerVersionPermissionOutput, RemoveLayerVersionPermissionRequest,
};
use policy::Document;
use ports::{Call, Touch};
use smithy::ServiceError;
use std::collections::BTreeMap;
use std::sync::Arc;

/// `action` on a version of a layer, with its policy. The question is the same for a version that
/// does not exist, so that the answer does not tell whether it does.
///
/// # Errors
/// When the store fails or holds what is no policy.
pub async fn touch(
    lambda: &Lambda,
    action: &str,
    name: &LayerVersionName,
) -> Result<Touch, LambdaError> {
    let owner = name.layer.account.clone();
    let mut touch = Touch::new(format!("lambda:{action}"), name.arn(), owner);
    if let Some(held) = lambda.store.get(&LAYER_POLICIES, &name.key()).await? {
        let document = Document::parse(&held.document).map_err(|error| {
            // Every document was parsed before it was stored.
            LambdaError::Host(format!("the stored policy of {} : {error}", name.arn()))
        })?;
        touch.resource_policy = Some(Arc::new(document));
    }
    Ok(touch)
}

/// AddLayerVersionPermission.
pub async fn add(
    lambda: Arc<Lambda>,
    call: Call,
    input: AddLayerVersionPermissionRequest,
) -> Result<AddLayerVersionPermissionResponse, ServiceError> {
    let name = LayerName::parse(&input.layer_name, &call)?.version(input.version_number)?;
    let grantee = Grantee::parse(&input.principal)?;
    if input.organization_id.is_some() && grantee != Grantee::Anyone {
        return Err(LambdaError::Invalid(
            "OrganizationId narrows the principal `*` and goes with no other".to_owned(),
        )
        .into());
    }
    let permission = Permission {
        statement_id: input.statement_id,
        action: input.action,
        principal: input.principal,
        principal_org_id: input.organization_id,
        ..Permission::default()
    };
    let rendered = statement::render(&permission, &grantee, &name.arn());
    let text = rendered.to_string();
    let revision = change(&lambda, &name, input.revision_id.as_deref(), |document| {
        statement::append(document, rendered).map(Some)
    })
    .await?;
    Ok(AddLayerVersionPermissionResponse {
        statement: Some(text),
        revision_id: Some(revision),
    })
}

/// RemoveLayerVersionPermission.
pub async fn remove(
    lambda: Arc<Lambda>,
    call: Call,
    input: RemoveLayerVersionPermissionRequest,
) -> Result<RemoveLayerVersionPermissionOutput, ServiceError> {
    let name = LayerName::parse(&input.layer_name, &call)?.version(input.version_number)?;
    let sid = input.statement_id;
    change(&lambda, &name, input.revision_id.as_deref(), |document| {
        statement::remove(document.ok_or_else(no_policy)?, &sid)
    })
    .await?;
    Ok(RemoveLayerVersionPermissionOutput {})
}

/// GetLayerVersionPolicy.
pub async fn policy(
    lambda: Arc<Lambda>,
    call: Call,
    input: GetLayerVersionPolicyRequest,
) -> Result<GetLayerVersionPolicyResponse, ServiceError> {
    let name = LayerName::parse(&input.layer_name, &call)?.version(input.version_number)?;
    let store = &lambda.store;
    let version = store.get(&LAYER_VERSIONS, &name.key()).await;
    if version.map_err(LambdaError::Store)?.is_none() {
        return Err(LambdaError::NotFound(does_not_exist(&name.arn())).into());
    }
    let held = store.get(&LAYER_POLICIES, &name.key()).await;
    let held = held.map_err(LambdaError::Store)?.ok_or_else(no_policy)?;
    Ok(GetLayerVersionPolicyResponse {
        policy: Some(held.document),
        revision_id: Some(held.revision_id),
    })
}

/// AWS's words for a version that is not there.
pub fn does_not_exist(arn: &str) -> String {
    format!("Layer version {arn} does not exist.")
}

fn no_policy() -> LambdaError {
    LambdaError::NotFound("No policy is associated with the given resource.".to_owned())
}

/// Changes the document of a version: `edit` gets it, if there is one, and gives what it becomes.
/// Answers the new RevisionId.
async fn change(
    lambda: &Lambda,
    name: &LayerVersionName,
    revision_id: Option<&str>,
    edit: impl FnOnce(Option<&str>) -> Result<Option<String>, LambdaError>,
) -> Result<String, LambdaError> {
    let key = name.key();
    let mut tx = lambda.store.begin().await;
    if tx.get(&LAYER_VERSIONS, &key).await?.is_none() {
        return Err(LambdaError::NotFound(does_not_exist(&name.arn())));
    }
    let held = tx.get(&LAYER_POLICIES, &key).await?;
    let current = held.as_ref().map(|held| held.revision_id.as_str());
    if revision_id.is_some() && revision_id != current {
        return Err(LambdaError::Stale(STALE_LAYER_POLICY));
    }
    let revision = lambda.ids.uuid();
    match edit(held.as_ref().map(|held| held.document.as_str()))? {
        Some(document) => {
            permission::parse(&document)?;
            let record = PolicyRecord {
                document,
                revision_id: revision.clone(),
                // Accounts, organizations and everybody: nobody who could get a namesake.
                unique_ids: BTreeMap::new(),
            };
            tx.put(&LAYER_POLICIES, &key, &record)?;
        }
        None => tx.delete(&LAYER_POLICIES, &key),
    }
    tx.commit().await?;
    Ok(revision)
}
