//! Whether functions that tell each other of events in a circle are stopped.
//!
//! Source: "Use Lambda recursive loop detection to prevent infinite loops". Loops over SQS, SNS
//! and S3 cannot arise here; those over destinations of asynchronous events can, and are what this
//! decides about.

use crate::Lambda;
use crate::error::LambdaError;
use crate::name::FunctionName;
use crate::record::FUNCTIONS;
use api::lambda::{
    GetFunctionRecursionConfigRequest, GetFunctionRecursionConfigResponse,
    PutFunctionRecursionConfigRequest, PutFunctionRecursionConfigResponse,
};
use ports::Call;
use smithy::ServiceError;
use std::sync::Arc;

/// GetFunctionRecursionConfig.
pub async fn get(
    lambda: Arc<Lambda>,
    call: Call,
    input: GetFunctionRecursionConfigRequest,
) -> Result<GetFunctionRecursionConfigResponse, ServiceError> {
    let name = FunctionName::parse(&input.function_name, None, &call.account, &call.region)?;
    let function = lambda.require(&name).await?;
    Ok(GetFunctionRecursionConfigResponse {
        recursive_loop: Some(text(function.record.may_recurse)),
    })
}

/// PutFunctionRecursionConfig.
pub async fn put(
    lambda: Arc<Lambda>,
    call: Call,
    input: PutFunctionRecursionConfigRequest,
) -> Result<PutFunctionRecursionConfigResponse, ServiceError> {
    let name = FunctionName::parse(&input.function_name, None, &call.account, &call.region)?;
    let key = name.key();
    let mut tx = lambda.store.begin().await;
    let function = tx.get(&FUNCTIONS, &key).await.map_err(LambdaError::Store)?;
    let mut function = function.ok_or_else(|| LambdaError::FunctionNotFound(name.arn()))?;
    // The model knows no third value.
    function.may_recurse = input.recursive_loop == "Allow";
    tx.put(&FUNCTIONS, &key, &function)
        .map_err(LambdaError::Store)?;
    lambda.commit(tx, &key).await?;
    Ok(PutFunctionRecursionConfigResponse {
        recursive_loop: Some(text(function.may_recurse)),
    })
}

fn text(may_recurse: bool) -> String {
    match may_recurse {
        true => "Allow",
        false => "Terminate",
    }
    .to_owned()
}
