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
use policy::Principal;
use ports::{
    AssumeError, Caller, Invocation, InvocationType, InvokeError, Invoked, Payload, RequestFacts,
    ServiceCaller,
};
use std::sync::Arc;

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
            pieces: None,
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
    let Request {
        exchange, endpoint, ..
    } = request;
    let caller = checked_caller(backends, request, log).await?;
    let started_ms = backends.clock.now_ms();
    let kind = match request.is_event {
        true => InvocationType::Event,
        false => InvocationType::RequestResponse,
    };
    let payload = request.payload.clone();
    let payload = match request.integration.kind {
        restapi::IntegrationType::AwsProxy => Payload::Written(payload),
        // A template's.
        _ => Payload::Sent(payload),
    };
    let invocation = invocation(exchange, endpoint, payload, caller, kind, started_ms);
    let call = backends.invoke.invoke(invocation);
    let finished = tokio::time::timeout(request.integration.timeout, call).await;
    let latency_ms = backends.clock.now_ms() - started_ms;
    let facts = |status, request_id| CallFacts {
        latency_ms: Some(latency_ms),
        status: Some(status),
        integration_status: None,
        request_id,
        ..CallFacts::default()
    };
    match finished {
        Err(_) => Err(late(log)),
        Ok(Ok(invoked)) => {
            log_response(&invoked, latency_ms, log);
            let facts = facts(invoked.status, Some(invoked.request_id.clone()));
            Ok((Outcome::Ran(invoked), facts))
        }
        Ok(Err(error)) => refused(request, error, log)
            .map(|error| (facts(error.status, None), error))
            .map(|(facts, error)| (Outcome::BadEvent(error), facts)),
    }
}

/// Who calls, of an integration that is set up as one of a function must be.
///
/// # Errors
/// Another verb than POST; credentials that cannot be had.
pub(super) async fn checked_caller(
    backends: &Backends,
    request: &Request<'_>,
    log: &mut ExecutionLog,
) -> Result<Caller, Fault> {
    if request.integration.verb.as_deref() != Some("POST") {
        log.error(|| {
            "Execution failed due to configuration error: Unable to determine service/operation \
             name to be authorized (the integration's HTTP method must be POST)"
                .to_owned()
        });
        return Err(Fault::IntegrationFailure(Backend::Lambda));
    }
    let Request {
        exchange, endpoint, ..
    } = request;
    let credentials = &request.integration.credentials;
    let caller = caller(backends, exchange, endpoint, credentials, log).await?;
    log_call(exchange, endpoint, &request.payload, &[], log);
    Ok(caller)
}

/// The fault of a function that took too long.
pub(super) fn late(log: &mut ExecutionLog) -> Fault {
    log.error(|| "Execution failed due to a timeout error".to_owned());
    Fault::IntegrationTimeout(Backend::Lambda)
}

/// Tells an event that Lambda could not read from everything else.
fn refused(
    request: &Request<'_>,
    error: InvokeError,
    log: &mut ExecutionLog,
) -> Result<InvokeError, Fault> {
    let is_proxy = request.integration.kind == restapi::IntegrationType::AwsProxy;
    if error.status == 400 && !is_proxy {
        return Ok(error);
    }
    log_refusal(&error, request.exchange, log);
    tracing::debug!(
        function = %request.endpoint.function,
        code = error.code,
        "function was not called: {}",
        error.message
    );
    Err(fault(&error))
}

/// What a client is told of a call that Lambda refused.
pub(super) fn fault(error: &InvokeError) -> Fault {
    match error.status {
        413 => Fault::EventTooLarge,
        _ => Fault::IntegrationFailure(Backend::Lambda),
    }
}

/// The lines about a call that Lambda refused.
pub(crate) fn log_refusal(error: &InvokeError, exchange: &Exchange<'_>, log: &mut ExecutionLog) {
    match error.status {
        403 | 404 => log.error(|| {
            "Execution failed due to configuration error: Invalid permissions on Lambda function"
                .to_owned()
        }),
        status => {
            let id = exchange.inbound.ids.request_id.as_str();
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
}

/// The line about a function that has no tenants and was named one.
pub(crate) fn log_tenant(exchange: &Exchange<'_>, log: &mut ExecutionLog) {
    let id = exchange.inbound.ids.request_id.as_str();
    log.error(|| {
        format!(
            "Lambda invocation failed with status: 400. Lambda request id: {id}: the function is \
             not enabled with tenant isolation, which Crossway does not have; remove the mapping \
             of X-Amz-Tenant-Id"
        )
    });
}

/// Who calls: the service for the API's method, a role's session, or the client itself.
pub(crate) async fn caller(
    backends: &Backends,
    exchange: &Exchange<'_>,
    endpoint: &LambdaEndpoint,
    credentials: &IntegrationCredentials,
    log: &mut ExecutionLog,
) -> Result<Caller, Fault> {
    match credentials {
        IntegrationCredentials::Service => Ok(Caller::Service(ServiceCaller {
            service: SERVICE,
            source_arn: endpoint.source_arn.clone(),
            source_account: exchange.stage.account.clone(),
        })),
        _ => principal(backends, exchange, credentials, log)
            .await
            .map(Caller::Principal),
    }
}

/// In whose name a backend is called that needs one: a role's session, or the client itself.
///
/// # Errors
/// 500 where there is none: no credentials, an unsigned client, a role that cannot be assumed.
pub(super) async fn principal(
    backends: &Backends,
    exchange: &Exchange<'_>,
    credentials: &IntegrationCredentials,
    log: &mut ExecutionLog,
) -> Result<Arc<Principal>, Fault> {
    match credentials {
        IntegrationCredentials::Service => {
            log.error(|| {
                "Execution failed due to configuration error: Role ARN must be specified for AWS \
                 integrations"
                    .to_owned()
            });
            Err(Fault::Configuration)
        }
        IntegrationCredentials::Role(role) => assume(backends, exchange, role, log).await,
        IntegrationCredentials::Caller => match exchange.identity.principal() {
            Some(principal) => Ok(principal.clone()),
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
    exchange: &Exchange<'_>,
    role: &Arn,
    log: &mut ExecutionLog,
) -> Result<Arc<Principal>, Fault> {
    if role.account() != exchange.stage.account.as_str() {
        return Err(not_assumable(role.as_str(), log));
    }
    let now_ms = backends.clock.now_ms();
    let session = backends
        .credentials
        .assume_for_service(role, SERVICE, SESSION_NAME, limits::ROLE_SESSION_S, now_ms)
        .await;
    match session {
        Ok(session) => Ok(session.principal),
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

/// A call of a function for this request.
pub(crate) fn invocation(
    exchange: &Exchange<'_>,
    endpoint: &LambdaEndpoint,
    payload: Payload,
    caller: Caller,
    invocation_type: InvocationType,
    now_ms: i64,
) -> Invocation {
    Invocation {
        function_arn: endpoint.function.to_string(),
        caller,
        facts: RequestFacts {
            now_ms,
            is_tls: true,
            region: endpoint.function.region().to_owned(),
            request_id: exchange.inbound.ids.request_id.clone(),
            ..RequestFacts::default()
        },
        payload,
        invocation_type,
        wants_log_tail: false,
        client_context: None,
        trace_id: Some(exchange.inbound.ids.trace_root.clone()),
    }
}

/// `errorMessage` of an error object; the whole text when there is none.
pub(crate) fn error_message(payload: &[u8]) -> String {
    let value: Option<serde_json::Value> = serde_json::from_slice(payload).ok();
    match value.as_ref().and_then(|error| error.get("errorMessage")) {
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::from_utf8_lossy(payload).into_owned(),
    }
}

/// The lines about a call; `secrets` are masked in its event.
pub(crate) fn log_call(
    exchange: &Exchange<'_>,
    endpoint: &LambdaEndpoint,
    payload: &Bytes,
    secrets: &[&str],
    log: &mut ExecutionLog,
) {
    let uri = || {
        let function = &endpoint.function;
        let region = function.region();
        format!("https://lambda.{region}.amazonaws.com/2015-03-31/functions/{function}/invocations")
    };
    let inbound = exchange.inbound;
    log.info(|| format!("Endpoint request URI: {}", uri()));
    log.data(|| {
        let agent = format!("AmazonAPIGateway_{}", exchange.stage.api.id);
        let headers = [
            (
                "x-amzn-lambda-integration-tag",
                inbound.ids.request_id.as_str(),
            ),
            ("x-amzn-apigateway-api-id", exchange.stage.api.id.as_str()),
            ("X-Amz-Source-Arn", endpoint.source_arn.as_str()),
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
        let body = execution_log::body_of_event(payload, &inbound.params.header, secrets);
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
