//! Calling a function: who calls, what is logged, what a refusal means. Used by both Lambda types;
//! what the answer means for `AWS` is here, for `AWS_PROXY` in [`super::lambda_proxy`].

use super::{Backends, CallFacts, Returned};
use crate::{
    compiled_integration::{CompiledIntegration, IntegrationCredentials, LambdaEndpoint},
    context::Exchange,
    execution_log::{self, ExecutionLog},
    fault::{Backend, Fault},
    limits,
};
use arn::Arn;
use bytes::Bytes;
use ports::{
    AssumeError, Caller, Invocation, InvocationType, InvokeError, Invoked, RequestFacts,
    ServiceCaller,
};

/// `apigateway.amazonaws.com`, as function policies and role trusts name it.
const SERVICE: &str = "apigateway.amazonaws.com";

/// The name of role sessions, as CloudTrail shows it on AWS.
const SESSION_NAME: &str = "BackplaneAssumeRoleSession";

/// A call of a function.
pub(super) struct Request<'a> {
    /// The routed request.
    pub(super) exchange: &'a Exchange<'a>,
    /// The method's integration.
    pub(super) integration: &'a CompiledIntegration,
    /// The function.
    pub(super) endpoint: &'a LambdaEndpoint,
    /// The event.
    pub(super) payload: Bytes,
    /// Whether nobody waits.
    pub(super) is_event: bool,
}

/// What came of a call that reached Lambda.
pub(super) enum Outcome {
    /// The function ran, or the event was taken.
    Ran(Invoked),
    /// Lambda could not read the event; only templates can cause it.
    BadEvent(InvokeError),
}

/// `AWS`: the payload is the body, a failed function's `errorMessage` chooses the response.
///
/// # Errors
/// Refusals, throttling and timeouts.
pub(super) async fn call(
    backends: &Backends,
    request: &Request<'_>,
    log: &mut ExecutionLog,
) -> Result<Returned, Fault> {
    let (outcome, facts) = invoke(backends, request, log).await?;
    let root = &request.exchange.inbound.ids.trace_root;
    Ok(match outcome {
        Outcome::BadEvent(error) => Returned {
            status: error.status,
            body: serde_json::json!({"Type": "User", "message": error.message})
                .to_string()
                .into(),
            trace: Some(root.clone()),
            facts,
            ..Returned::default()
        },
        Outcome::Ran(invoked) => Returned {
            status: invoked.status,
            error_message: invoked
                .function_error
                .map(|_| error_message(&invoked.payload)),
            headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
            trace: Some(invoked.trace_id),
            body: invoked.payload,
            facts,
        },
    })
}

/// Calls the function.
///
/// # Errors
/// Refusals, throttling and timeouts.
pub(super) async fn invoke(
    backends: &Backends,
    request: &Request<'_>,
    log: &mut ExecutionLog,
) -> Result<(Outcome, CallFacts), Fault> {
    if request.integration.verb.as_deref() != Some("POST") {
        log.error(|| {
            "Execution failed due to configuration error: Unable to determine service/operation \
             name to be authorized (the integration's HTTP method must be POST)"
                .to_owned()
        });
        return Err(Fault::IntegrationFailure(Backend::Lambda));
    }
    let caller = caller(backends, request, log).await?;
    log_request(request, log);
    let started_ms = backends.clock.now_ms();
    let call = backends
        .invoke
        .invoke(invocation(request, caller, started_ms));
    let finished = tokio::time::timeout(request.integration.timeout, call).await;
    let latency_ms = backends.clock.now_ms() - started_ms;
    let facts = |status, request_id| CallFacts {
        latency_ms: Some(latency_ms),
        status: Some(status),
        integration_status: None,
        request_id,
    };
    match finished {
        Err(_) => {
            log.error(|| "Execution failed due to a timeout error".to_owned());
            Err(Fault::IntegrationTimeout(Backend::Lambda))
        }
        Ok(Ok(invoked)) => {
            log_response(&invoked, latency_ms, log);
            let facts = facts(invoked.status, Some(invoked.request_id.clone()));
            Ok((Outcome::Ran(invoked), facts))
        }
        Ok(Err(error)) => refused(backends, request, error, log)
            .map(|error| (facts(error.status, None), error))
            .map(|(facts, error)| (Outcome::BadEvent(error), facts)),
    }
}

/// Tells an event that Lambda could not read from everything else.
fn refused(
    backends: &Backends,
    request: &Request<'_>,
    error: InvokeError,
    log: &mut ExecutionLog,
) -> Result<InvokeError, Fault> {
    let is_proxy = request.integration.kind == restapi::IntegrationType::AwsProxy;
    match error.status {
        400 if !is_proxy => return Ok(error),
        403 | 404 => log.error(|| {
            "Execution failed due to configuration error: Invalid permissions on Lambda function"
                .to_owned()
        }),
        status => {
            let id = request.exchange.inbound.ids.request_id.as_str();
            log.error(|| {
                format!("Lambda invocation failed with status: {status}. Lambda request id: {id}")
            });
            if status == 429 {
                log.error(|| {
                    "Execution failed due to configuration error: Rate Exceeded.".to_owned()
                });
            }
        }
    }
    tracing::debug!(
        function = %request.endpoint.function,
        code = error.code,
        at_ms = backends.clock.now_ms(),
        "function was not called: {}",
        error.message
    );
    Err(Fault::IntegrationFailure(Backend::Lambda))
}

/// Who calls: the service for the API's method, a role's session, or the client itself.
async fn caller(
    backends: &Backends,
    request: &Request<'_>,
    log: &mut ExecutionLog,
) -> Result<Caller, Fault> {
    match &request.integration.credentials {
        IntegrationCredentials::Service => Ok(Caller::Service(ServiceCaller {
            service: SERVICE,
            source_arn: request.endpoint.source_arn.clone(),
            source_account: request.exchange.stage.account.clone(),
        })),
        IntegrationCredentials::Role(role) => assume(backends, request, role, log).await,
        IntegrationCredentials::Caller => match request.exchange.identity.principal() {
            Some(principal) => Ok(Caller::Principal(principal.clone())),
            None => {
                log.error(|| {
                    "Execution failed due to configuration error: the caller's credentials are \
                     asked for, but the request is not signed"
                        .to_owned()
                });
                Err(Fault::Configuration)
            }
        },
        IntegrationCredentials::Invalid(text) => Err(not_assumable(text, log)),
    }
}

/// A session of the integration's role. A role of another account is refused, as by AWS.
async fn assume(
    backends: &Backends,
    request: &Request<'_>,
    role: &Arn,
    log: &mut ExecutionLog,
) -> Result<Caller, Fault> {
    if role.account() != request.exchange.stage.account.as_str() {
        return Err(not_assumable(role.as_str(), log));
    }
    let now_ms = backends.clock.now_ms();
    let session = backends
        .credentials
        .assume_for_service(role, SERVICE, SESSION_NAME, limits::ROLE_SESSION_S, now_ms)
        .await;
    match session {
        Ok(session) => Ok(Caller::Principal(session.principal)),
        Err(AssumeError::Refused) => Err(not_assumable(role.as_str(), log)),
        Err(AssumeError::Unavailable) => {
            tracing::error!(%role, "role session unavailable");
            Err(Fault::Configuration)
        }
    }
}

fn not_assumable(role: &str, log: &mut ExecutionLog) -> Fault {
    log.error(|| {
        format!(
            "Execution failed due to configuration error: API Gateway does not have permission \
             to assume the provided role {role}"
        )
    });
    Fault::Configuration
}

fn invocation(request: &Request<'_>, caller: Caller, now_ms: i64) -> Invocation {
    Invocation {
        function_arn: request.endpoint.function.to_string(),
        caller,
        facts: RequestFacts {
            now_ms,
            is_tls: true,
            region: request.endpoint.function.region().to_owned(),
            ..RequestFacts::default()
        },
        payload: request.payload.clone(),
        invocation_type: match request.is_event {
            true => InvocationType::Event,
            false => InvocationType::RequestResponse,
        },
        wants_log_tail: false,
        client_context: None,
        trace_id: Some(request.exchange.inbound.ids.trace_root.clone()),
    }
}

/// `errorMessage` of an error object; the whole text when there is none.
pub(super) fn error_message(payload: &[u8]) -> String {
    let value: Option<serde_json::Value> = serde_json::from_slice(payload).ok();
    match value.as_ref().and_then(|error| error.get("errorMessage")) {
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::from_utf8_lossy(payload).into_owned(),
    }
}

fn log_request(request: &Request<'_>, log: &mut ExecutionLog) {
    let uri = || {
        let function = &request.endpoint.function;
        let region = function.region();
        format!("https://lambda.{region}.amazonaws.com/2015-03-31/functions/{function}/invocations")
    };
    let inbound = request.exchange.inbound;
    log.info(|| format!("Endpoint request URI: {}", uri()));
    log.data(|| {
        let agent = format!("AmazonAPIGateway_{}", request.exchange.stage.api.id);
        let headers = [
            (
                "x-amzn-lambda-integration-tag",
                inbound.ids.request_id.as_str(),
            ),
            (
                "x-amzn-apigateway-api-id",
                request.exchange.stage.api.id.as_str(),
            ),
            ("X-Amz-Source-Arn", request.endpoint.source_arn.as_str()),
            ("Accept", "application/json"),
            ("User-Agent", agent.as_str()),
            ("X-Amzn-Trace-Id", inbound.ids.trace_root.as_str()),
        ];
        format!(
            "Endpoint request headers: {}",
            execution_log::map(headers.into_iter())
        )
    });
    log.data(|| {
        let body = execution_log::body_of_event(&request.payload, &inbound.params.header);
        format!("Endpoint request body after transformations: {body}")
    });
    log.info(|| format!("Sending request to {}", uri()));
}

fn log_response(invoked: &Invoked, latency_ms: i64, log: &mut ExecutionLog) {
    let status = invoked.status;
    log.info(|| {
        format!("Received response. Status: {status}, Integration latency: {latency_ms} ms")
    });
    log.data(|| {
        let length = invoked.payload.len().to_string();
        let headers = [
            ("Content-Type", "application/json"),
            ("Content-Length", length.as_str()),
            ("Connection", "keep-alive"),
            ("x-amzn-RequestId", invoked.request_id.as_str()),
            ("x-amzn-Remapped-Content-Length", "0"),
            ("X-Amz-Executed-Version", invoked.executed_version.as_str()),
            ("X-Amzn-Trace-Id", invoked.trace_id.as_str()),
        ];
        format!(
            "Endpoint response headers: {}",
            execution_log::map(headers.into_iter())
        )
    });
    log.data(|| {
        let body = execution_log::body(&invoked.payload);
        format!("Endpoint response body before transformations: {body}")
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_messages_are_read_from_error_objects() {
        let check = |payload: &str, expect: &str| {
            assert_eq!(error_message(payload.as_bytes()), expect);
        };
        check(
            "{\"errorMessage\":\"boom\",\"errorType\":\"Error\"}",
            "boom",
        );
        check("{\"errorMessage\":{\"a\":1}}", "{\"a\":1}");
        check(
            "{\"errorType\":\"Runtime.ExitError\"}",
            "{\"errorType\":\"Runtime.ExitError\"}",
        );
        check("boom", "boom");
    }
}
