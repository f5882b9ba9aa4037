//! Whole resource policies: PutResourcePolicy and its like, since August 2026.
//!
//! They write and read the same documents as AddPermission and GetPolicy.

use crate::Lambda;
use crate::error::LambdaError;
use crate::name::{FunctionName, LATEST};
use crate::{permission, statement};
use api::lambda::{
    DeleteResourcePolicyOutput, DeleteResourcePolicyRequest, GetResourcePolicyRequest,
    GetResourcePolicyResponse, PutResourcePolicyRequest, PutResourcePolicyResponse,
};
use ports::Call;
use smithy::ServiceError;
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
    let document = input.policy;
    let record = permission::change(&lambda, &name, input.revision_id.as_deref(), |_| {
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
    permission::change(&lambda, &name, input.revision_id.as_deref(), |_| Ok(None)).await?;
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
