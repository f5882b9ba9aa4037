//! `AWS` to an API of this program: a request in the name of the integration's role, or of the
//! client itself, authorized by the same door as one that this principal had signed.

use super::{AwsServices, Backends, CallFacts, Returned, http, http_request::HttpRequest, lambda};
use crate::{
    compiled_integration::{CompiledIntegration, ServiceEndpoint},
    context::Exchange,
    execution_log::ExecutionLog,
    fault::{Backend, Fault},
};
use ::http::{HeaderMap, HeaderName, HeaderValue, Request};
use bytes::Bytes;
use policy::Principal;
use ports::ApiCall;
use std::sync::Arc;

/// Operations that would bring the call back here, over and over.
const REFUSED: &[&str] = &["TestInvokeMethod", "TestInvokeAuthorizer"];

/// Calls the API. Its refusals are answers, from which an integration response is chosen.
///
/// # Errors
/// 500 without credentials to call with, 504 for a late answer.
pub(super) async fn call(
    backends: &Backends,
    exchange: &Exchange<'_>,
    integration: &CompiledIntegration,
    endpoint: &ServiceEndpoint,
    request: HttpRequest,
    log: &mut ExecutionLog,
) -> Result<Returned, Fault> {
    let principal = lambda::principal(backends, exchange, &integration.credentials, log).await?;
    http::log_request(&request, log);
    let started_ms = backends.clock.now_ms();
    let services = backends.services.get().ok_or(Fault::Configuration)?;
    let apis = services.apis.upgrade().ok_or(Fault::Configuration)?;
    let id = exchange.inbound.ids.request_id.clone();
    let call = api_call(services, endpoint, request, principal, id, started_ms)
        .ok_or_else(|| super::uncallable(log))?;
    let answered = tokio::time::timeout(integration.timeout, apis.call(call)).await;
    let latency_ms = backends.clock.now_ms() - started_ms;
    let answer = answered.map_err(|_| {
        log.error(|| "Execution failed due to a timeout error".to_owned());
        Fault::IntegrationTimeout(Backend::Http)
    })?;
    let mut returned = returned(answer);
    http::log_response(&returned, latency_ms, log);
    returned.trace = Some(exchange.inbound.ids.trace_root.clone());
    returned.facts = CallFacts {
        latency_ms: Some(latency_ms),
        status: Some(returned.status),
        integration_status: Some(returned.status),
        request_id: request_id(&returned),
        ..CallFacts::default()
    };
    Ok(returned)
}

/// None for a URL or a header that could not be sent.
fn api_call(
    services: &AwsServices,
    endpoint: &ServiceEndpoint,
    request: HttpRequest,
    principal: Arc<Principal>,
    request_id: String,
    now_ms: i64,
) -> Option<ApiCall> {
    let mut headers = HeaderMap::new();
    for (name, value) in &request.headers {
        let name: HeaderName = name.parse().ok()?;
        headers.append(name, HeaderValue::from_str(value).ok()?);
    }
    let mut sent = Request::builder()
        .method(request.verb.as_str())
        .uri(request.uri.as_str())
        .body(request.body)
        .ok()?;
    *sent.headers_mut() = headers;
    Some(ApiCall {
        principal,
        service: endpoint.service.clone(),
        region: endpoint.region.clone(),
        action: endpoint.action.clone(),
        request: sent,
        refused: REFUSED,
        base_url: services.base_url.clone(),
        request_id,
        now_ms,
    })
}

fn returned(answer: ::http::Response<Bytes>) -> Returned {
    let (parts, body) = answer.into_parts();
    let line = |(name, value): (&HeaderName, &HeaderValue)| {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        (name.as_str().to_owned(), value)
    };
    Returned {
        status: parts.status.as_u16(),
        headers: parts.headers.iter().map(line).collect(),
        body,
        ..Returned::default()
    }
}

fn request_id(returned: &Returned) -> Option<String> {
    let mut headers = returned.headers.iter();
    let found = headers.find(|(name, _)| name == "x-amzn-requestid");
    found.map(|(_, value)| value.clone())
}
