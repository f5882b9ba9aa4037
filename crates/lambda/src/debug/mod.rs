//! Debug: a debugger attaches to a function, whose timeouts rest meanwhile.
//!
//! An API of the product's own. Who attaches runs what code they like with the function's role, and
//! changes how long it may run: so it takes `lambda:UpdateFunctionCode` and
//! `lambda:UpdateFunctionConfiguration`, each time that a session is begun, kept or ended. Whether
//! there is anything to debug at all, `compute` says: in the server profile there is not.

mod api;

use crate::error::LambdaError;
use crate::name::FunctionName;
use crate::{Lambda, Operations, invoke, touches};
use api::{DebugRequest, Nothing, Session, SessionRequest, op};
use ports::{Call, Debug, DebugError, Touches};
use smithy::ServiceError;
use std::sync::Arc;
use stdx::BoxFuture;

/// Debug's operations.
pub fn operations(lambda: Arc<Lambda>) -> Operations {
    Operations::new(&api::SERVICE, lambda)
        .on(op::Debug, |s, c, i| touch(s, c, &i.function_name), begin)
        .on(
            op::KeepDebugging,
            |s, c, i| touch(s, c, &i.function_name),
            keep,
        )
        .on(
            op::EndDebugging,
            |s, c, i| touch(s, c, &i.function_name),
            end,
        )
        .finish()
}

fn touch<'a>(
    lambda: &'a Lambda,
    call: &'a Call,
    function: &'a str,
) -> BoxFuture<'a, Result<Touches, ServiceError>> {
    Box::pin(async move {
        let mut all = Vec::new();
        for action in ["UpdateFunctionCode", "UpdateFunctionConfiguration"] {
            if let Touches::All(one) = touches::function(lambda, call, action, function).await? {
                all.extend(one);
            }
        }
        Ok(Touches::All(all))
    })
}

async fn begin(
    lambda: Arc<Lambda>,
    call: Call,
    input: DebugRequest,
) -> Result<Session, ServiceError> {
    let qualifier = input.qualifier.as_deref();
    let name = FunctionName::parse(&input.function_name, qualifier, &call.account, &call.region)?;
    let function = invoke::found(&lambda, &name).await?;
    // Of an alias with weights: the version that it names, not one by chance.
    let version = function.version(&name, || 1.0);
    let version = version.ok_or_else(|| invoke::not_found(&name))?;
    let debug = Debug {
        function: Arc::clone(&version.spec),
        credentials: invoke::session(&lambda, &version).await?,
        port: input.port.and_then(|port| u16::try_from(port).ok()),
        waits: input.wait.unwrap_or_default(),
        is_cold: input.cold.unwrap_or_default(),
    };
    let begun = lambda.compute()?.debug(debug).await.map_err(refused)?;
    Ok(Session {
        session: Some(begun.session),
        function_arn: Some(name.function_arn()),
        version: Some(version.version.clone()),
        language: Some(begun.language.to_owned()),
        port: Some(i32::from(begun.port)),
        code_root: Some(begun.code_root),
        lease_seconds: i32::try_from(begun.lease_s).ok(),
    })
}

async fn keep(
    lambda: Arc<Lambda>,
    call: Call,
    input: SessionRequest,
) -> Result<Nothing, ServiceError> {
    let arn = arn(&call, &input)?;
    match lambda.compute()?.keep_debugging(&arn, &input.session) {
        true => Ok(Nothing {}),
        false => Err(over()),
    }
}

async fn end(
    lambda: Arc<Lambda>,
    call: Call,
    input: SessionRequest,
) -> Result<Nothing, ServiceError> {
    let arn = arn(&call, &input)?;
    match lambda.compute()?.end_debugging(&arn, &input.session) {
        true => Ok(Nothing {}),
        false => Err(over()),
    }
}

fn arn(call: &Call, input: &SessionRequest) -> Result<String, LambdaError> {
    let name = FunctionName::parse(&input.function_name, None, &call.account, &call.region)?;
    Ok(name.function_arn())
}

fn over() -> ServiceError {
    LambdaError::NotFound("this debugging session is over".to_owned()).into()
}

fn refused(error: DebugError) -> LambdaError {
    match error {
        DebugError::Forbidden(text) => LambdaError::Denied(text),
        DebugError::Refused(text) => LambdaError::Invalid(text),
        DebugError::Taken(text) => LambdaError::Conflict(text),
    }
}
