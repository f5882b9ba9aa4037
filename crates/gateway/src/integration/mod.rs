//! Calling the backend.

mod aws_service;
mod client;
mod content_coding;
mod egress;
pub(crate) mod http;
pub(crate) mod http_request;
pub(crate) mod lambda;
mod lambda_proxy;
mod lambda_stream;
mod mock;
pub(crate) mod petstore;
pub(crate) mod streamed;
mod tls;

pub(crate) use client::{Connector, HttpClient};
pub use egress::Egress;

use crate::{
    compiled_integration::{CompiledIntegration, Endpoint},
    context::Exchange,
    execution_log::ExecutionLog,
    fault::Fault,
    request_mapping::Call,
};
use bytes::Bytes;
use ports::{AwsApis, ClientCertificates, Credentials, Invoke, VpcLinks};
use std::sync::{Arc, OnceLock, Weak};
use stdx::{Clock, Pieces};

/// What integrations are called with.
pub(crate) struct Backends {
    /// Lambda's front door.
    pub(crate) invoke: Arc<dyn Invoke>,
    /// Sessions of integration roles.
    pub(crate) credentials: Arc<dyn Credentials>,
    /// HTTP backends.
    pub(crate) http: HttpClient,
    /// Where VPC links lead.
    pub(crate) vpc_links: Arc<dyn VpcLinks>,
    /// What stages show to HTTPS backends.
    pub(crate) client_certificates: Arc<dyn ClientCertificates>,
    /// AWS's APIs; set once they serve.
    pub(crate) services: OnceLock<AwsServices>,
    /// Latencies.
    pub(crate) clock: Arc<dyn Clock>,
}

/// AWS's APIs of this program. Weak, as they end in control planes that know the gateway.
pub(crate) struct AwsServices {
    /// Who answers.
    pub(crate) apis: Weak<dyn AwsApis>,
    /// How clients reach them.
    pub(crate) base_url: String,
}

/// A backend's answer.
#[derive(Default)]
pub(crate) struct Returned {
    /// The status by which an integration response is chosen, or a proxy's own.
    pub(crate) status: u16,
    /// Header lines in order.
    pub(crate) headers: Vec<(String, String)>,
    /// The body.
    pub(crate) body: Bytes,
    /// `errorMessage` of a function that failed; integration responses are chosen by it.
    pub(crate) error_message: Option<String>,
    /// `X-Amzn-Trace-Id` of the answer.
    pub(crate) trace: Option<String>,
    /// What access logs tell about the call.
    pub(crate) facts: CallFacts,
    /// What follows `body`, where the answer goes to the client while it is made.
    pub(crate) pieces: Option<Box<dyn Pieces>>,
}

/// What access logs tell about a backend's call.
#[derive(Debug, Clone, Default)]
pub(crate) struct CallFacts {
    /// Milliseconds.
    pub(crate) latency_ms: Option<i64>,
    /// Status of the call itself (for a function that of Lambda's API).
    pub(crate) status: Option<u16>,
    /// Status that a proxied function returned.
    pub(crate) integration_status: Option<u16>,
    /// Request id that the backend gave.
    pub(crate) request_id: Option<String>,
    /// Bytes that were sent to the client while the backend made them.
    pub(crate) streamed_bytes: Option<usize>,
    /// Milliseconds from the request to the first of them.
    pub(crate) first_content_ms: Option<i64>,
}

/// Calls the backend of a method. Each kind's state is boxed but that of the shortest ones, which
/// would otherwise be as large as the largest, and is moved for every request.
///
/// # Errors
/// What went wrong, already logged.
pub(crate) async fn call(
    backends: &Backends,
    exchange: &Exchange<'_>,
    integration: &CompiledIntegration,
    call: Call,
    log: &mut ExecutionLog,
) -> Result<Returned, Fault> {
    match (call, &integration.endpoint) {
        (Call::Mock(text), _) => mock::call(&text, log),
        (Call::Http(request), Endpoint::Http { is_petstore, .. }) => {
            let call = http::call(backends, exchange, integration, request, *is_petstore, log);
            Box::pin(call).await
        }
        (Call::Lambda { payload, is_event }, Endpoint::Lambda(endpoint)) => {
            let request = lambda::Request {
                exchange,
                integration,
                endpoint,
                payload,
                is_event,
            };
            match integration.kind {
                restapi::IntegrationType::AwsProxy if integration.is_streamed => {
                    Box::pin(lambda_stream::call(backends, &request, log)).await
                }
                restapi::IntegrationType::AwsProxy => {
                    lambda_proxy::call(backends, &request, log).await
                }
                _ => Box::pin(lambda::call(backends, &request, log)).await,
            }
        }
        (Call::Http(request), Endpoint::Service(service)) => {
            let call = aws_service::call(backends, exchange, integration, service, request, log);
            Box::pin(call).await
        }
        _ => Err(uncallable(log)),
    }
}

fn uncallable(log: &mut ExecutionLog) -> Fault {
    log.error(|| {
        "Execution failed due to configuration error: Invalid endpoint address".to_owned()
    });
    Fault::Configuration
}
