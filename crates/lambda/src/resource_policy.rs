//! Whole resource policies: PutResourcePolicy and its like, since August 2026.
//!
//! They write and read the same documents as AddPermission and GetPolicy.

use crate::Lambda;
use crate::error::LambdaError;
use crate::name::{FunctionName, LATEST};
use crate::{permission, principals, statement};
use api::lambda::{
    DeleteResourcePolicyOutput, DeleteResourcePolicyRequest, GetResourcePolicyRequest,
    GetResourcePolicyResponse, PutResourcePolicyRequest, PutResourcePolicyResponse,
};
use ports::Call;
use smithy::ServiceError;
use std::collections::BTreeMap;
use std::sync::Arc;

/// PutResourcePolicy.
pub async fn put(
    lambda: Arc<Lambda>,
    call: Call,
    input: PutResourcePolicyRequest,
) -> Result<PutResourcePolicyResponse, ServiceError> {
    let name = named(&call, &input.resource_arn)?;
    if name.qualifier.as_deref() == Some(LATEST) {
        return Err(LambdaError::Invalid(
            "We currently do not support adding policies for $LATEST.".to_owned(),
        )
        .into());
    }
    statement::check_size(&input.policy)?;
    let named = principals::named(&permission::parse(&input.policy)?);
    let named = named.iter().map(String::as_str);
    let unique_ids = principals::unique_ids(&lambda, named).await?;
    let revision_id = input.revision_id.as_deref();
    let document = input.policy;
    let record = permission::change(&lambda, &name, revision_id, unique_ids, |_| {
        Ok(Some(document))
    })
    .await?;
    Ok(PutResourcePolicyResponse {
        policy: record.as_ref().map(|record| record.document.clone()),
        revision_id: record.map(|record| record.revision_id),
    })
}

/// GetResourcePolicy.
pub async fn get(
    lambda: Arc<Lambda>,
    call: Call,
    input: GetResourcePolicyRequest,
) -> Result<GetResourcePolicyResponse, ServiceError> {
    let name = named(&call, &input.resource_arn)?;
    let record = permission::stored(&lambda, &name).await?;
    Ok(GetResourcePolicyResponse {
        policy: Some(record.document),
        revision_id: Some(record.revision_id),
    })
}

/// DeleteResourcePolicy.
pub async fn delete(
    lambda: Arc<Lambda>,
    call: Call,
    input: DeleteResourcePolicyRequest,
) -> Result<DeleteResourcePolicyOutput, ServiceError> {
    let name = named(&call, &input.resource_arn)?;
    permission::stored(&lambda, &name).await?;
    let revision_id = input.revision_id.as_deref();
    permission::change(&lambda, &name, revision_id, BTreeMap::new(), |_| Ok(None)).await?;
    Ok(DeleteResourcePolicyOutput {})
}

/// The function in a resource ARN; runtimes of one's own are not served.
pub fn named(call: &Call, arn: &str) -> Result<FunctionName, LambdaError> {
    if arn.contains(":runtime/") {
        return Err(LambdaError::Invalid(
            "Crossway has no customer-managed runtimes: name a function, version or alias"
                .to_owned(),
        ));
    }
    FunctionName::parse(arn, None, &call.account, &call.region)
}
