//! When a function's runtime changes: with the host's interpreter, which AWS calls `Auto`.
//!
//! The other two ways promise that a runtime stays as it is. A host's interpreter is changed by
//! its operator, so that promise would not be kept; it is refused.

use crate::Lambda;
use crate::error::LambdaError;
use crate::live::LiveVersion;
use crate::name::FunctionName;
use api::lambda::{
    GetRuntimeManagementConfigRequest, GetRuntimeManagementConfigResponse,
    PutRuntimeManagementConfigRequest, PutRuntimeManagementConfigResponse,
};
use ports::Call;
use smithy::ServiceError;
use std::sync::Arc;

/// The one way that there is.
const AUTO: &str = "Auto";

/// GetRuntimeManagementConfig.
pub async fn get(
    lambda: Arc<Lambda>,
    call: Call,
    input: GetRuntimeManagementConfigRequest,
) -> Result<GetRuntimeManagementConfigResponse, ServiceError> {
    let (text, qualifier) = (&input.function_name, input.qualifier.as_deref());
    let name = FunctionName::parse(text, qualifier, &call.account, &call.region)?;
    let version = version(&lambda, &name).await?;
    Ok(GetRuntimeManagementConfigResponse {
        update_runtime_on: Some(AUTO.to_owned()),
        function_arn: Some(name.qualified_arn(&version.version)),
        runtime_version_arn: None,
    })
}

/// PutRuntimeManagementConfig: `Auto`, which is so already.
pub async fn put(
    lambda: Arc<Lambda>,
    call: Call,
    input: PutRuntimeManagementConfigRequest,
) -> Result<PutRuntimeManagementConfigResponse, ServiceError> {
    let (text, qualifier) = (&input.function_name, input.qualifier.as_deref());
    let name = FunctionName::parse(text, qualifier, &call.account, &call.region)?;
    let version = version(&lambda, &name).await?;
    let is_manual = input.update_runtime_on == "Manual";
    let message = match (is_manual, &input.runtime_version_arn) {
        (false, Some(_)) => "RuntimeVersionArn is allowed only when UpdateRuntimeOn is `Manual`",
        _ if input.update_runtime_on == AUTO => "",
        _ => {
            "Crossway supports UpdateRuntimeOn `Auto` alone: a function runs with the interpreter that the host has"
        }
    };
    if !message.is_empty() {
        return Err(LambdaError::Invalid(message.to_owned()).into());
    }
    Ok(PutRuntimeManagementConfigResponse {
        update_runtime_on: Some(AUTO.to_owned()),
        function_arn: Some(name.qualified_arn(&version.version)),
        runtime_version_arn: None,
    })
}

async fn version(lambda: &Lambda, name: &FunctionName) -> Result<Arc<LiveVersion>, LambdaError> {
    let function = lambda.require(name).await?;
    let version = function.version(name, || 1.0);
    version.ok_or_else(|| LambdaError::FunctionNotFound(name.arn()))
}
