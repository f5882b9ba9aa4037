//! Code signing of functions: there are no signing configurations, so no function has one.

use crate::Lambda;
use crate::error::LambdaError;
use crate::name::FunctionName;
use api::lambda::{
    DeleteFunctionCodeSigningConfigOutput, DeleteFunctionCodeSigningConfigRequest,
    GetFunctionCodeSigningConfigRequest, GetFunctionCodeSigningConfigResponse,
    PutFunctionCodeSigningConfigRequest, PutFunctionCodeSigningConfigResponse,
};
use ports::Call;
use smithy::ServiceError;
use std::sync::Arc;

/// GetFunctionCodeSigningConfig: nothing, as AWS answers for a function without one.
// UNVERIFIED: whether AWS names the function then; an answer of AWS would settle it.
pub async fn get(
    lambda: Arc<Lambda>,
    call: Call,
    input: GetFunctionCodeSigningConfigRequest,
) -> Result<GetFunctionCodeSigningConfigResponse, ServiceError> {
    existing(&lambda, &call, &input.function_name).await?;
    Ok(GetFunctionCodeSigningConfigResponse::default())
}

/// PutFunctionCodeSigningConfig: no such configuration can exist here, and AWS refuses one that
/// does not.
pub async fn put(
    lambda: Arc<Lambda>,
    call: Call,
    input: PutFunctionCodeSigningConfigRequest,
) -> Result<PutFunctionCodeSigningConfigResponse, ServiceError> {
    existing(&lambda, &call, &input.function_name).await?;
    Err(LambdaError::NoCodeSigning(input.code_signing_config_arn).into())
}

/// DeleteFunctionCodeSigningConfig: there is nothing to delete, which is no error.
pub async fn delete(
    lambda: Arc<Lambda>,
    call: Call,
    input: DeleteFunctionCodeSigningConfigRequest,
) -> Result<DeleteFunctionCodeSigningConfigOutput, ServiceError> {
    existing(&lambda, &call, &input.function_name).await?;
    Ok(DeleteFunctionCodeSigningConfigOutput {})
}

async fn existing(lambda: &Lambda, call: &Call, text: &str) -> Result<(), LambdaError> {
    let name = FunctionName::parse(text, None, &call.account, &call.region)?;
    lambda.require(&name.unqualified()).await.map(drop)
}
