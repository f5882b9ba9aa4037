//! `HTTP` and `HTTP_PROXY`: one request to a URL, no redirects followed.

use super::{Backends, CallFacts, Returned, client::ClientError, content_coding};
use super::{
    http_request::HttpRequest,
    petstore,
    streamed::{self, Source, Streamed},
};
use crate::{
    compiled_integration::CompiledIntegration,
    context::Exchange,
    execution_log::{self, ExecutionLog},
    fault::{Backend, Fault},
};
use ports::ClientCertificate;
use restapi::IntegrationType;
use std::sync::Arc;
use tokio::time::Instant;

/// Sends the request and reads the answer whole.
///
/// # Errors
/// 500 for an address that cannot be reached, 504 for a broken connection or a late answer.
pub(super) async fn call(
    backends: &Backends,
    exchange: &Exchange<'_>,
    integration: &CompiledIntegration,
    mut request: HttpRequest,
    is_petstore: bool,
    log: &mut ExecutionLog,
) -> Result<Returned, Fault> {
    log_request(&request, log);
    request.upstream = upstream(backends, exchange, integration, log)?;
    request.certificate = certificate(backends, exchange, log)?;
    let is_petstore = is_petstore && request.upstream.is_none();
    if integration.is_streamed && !is_petstore {
        return stream(backends, exchange, integration, request, log).await;
    }
    let trace = request.trace_root.clone();
    let started_ms = backends.clock.now_ms();
    let sent = match is_petstore {
        true => Ok(petstore::answer(&request)),
        false => backends.http.send(request, integration.timeout).await,
    };
    let latency_ms = backends.clock.now_ms() - started_ms;
    let mut returned = sent.map_err(|error| fault(&error, log))?;
    log_response(&returned, latency_ms, log);
    let is_proxy = integration.kind == IntegrationType::HttpProxy;
    if is_proxy && content_coding::decode(&mut returned).is_err() {
        log.error(|| "Execution failed due to a network error communicating with endpoint".into());
        return Err(Fault::NetworkError);
    }
    returned.facts = CallFacts {
        latency_ms: Some(latency_ms),
        status: Some(returned.status),
        integration_status: Some(returned.status),
        request_id: None,
        ..CallFacts::default()
    };
    // A proxied backend's own trace passes; otherwise the gateway answers its own.
    returned.trace = (!is_proxy).then_some(trace);
    Ok(returned)
}

/// Where the integration's VPC link leads; none where it has no link.
///
/// # Errors
/// 500 for a link that is gone, of another account or region, or whose target nobody named.
fn upstream(
    backends: &Backends,
    exchange: &Exchange<'_>,
    integration: &CompiledIntegration,
    log: &mut ExecutionLog,
) -> Result<Option<Arc<str>>, Fault> {
    let Some(id) = integration.vpc_link.as_deref() else {
        return Ok(None);
    };
    let stage = exchange.stage;
    let found = backends
        .vpc_links
        .upstream(stage.account.as_str(), stage.region.as_str(), id);
    found.map(Some).ok_or_else(|| {
        log.error(|| {
            format!("Execution failed due to configuration error: VPC link {id} is not available")
        });
        Fault::Configuration
    })
}

/// What the stage shows to its backends; none where it names no certificate.
///
/// # Errors
/// 500 for a certificate that is gone: a backend that takes everybody would not notice.
fn certificate(
    backends: &Backends,
    exchange: &Exchange<'_>,
    log: &mut ExecutionLog,
) -> Result<Option<Arc<ClientCertificate>>, Fault> {
    let stage = exchange.stage;
    let Some(id) = stage.settings.client_certificate_id.as_deref() else {
        return Ok(None);
    };
    let (account, region) = (stage.account.as_str(), stage.region.as_str());
    let found = backends.client_certificates.find(account, region, id);
    found.map(Some).ok_or_else(|| {
        log.error(|| {
            format!("Execution failed due to configuration error: Client certificate {id} is gone")
        });
        Fault::Configuration
    })
}

/// Sends the request and reads the answer's head; its body goes to the client as it comes, in the
/// coding that it has.
async fn stream(
    backends: &Backends,
    exchange: &Exchange<'_>,
    integration: &CompiledIntegration,
    request: HttpRequest,
    log: &mut ExecutionLog,
) -> Result<Returned, Fault> {
    let started_ms = backends.clock.now_ms();
    let deadline = Instant::now() + integration.timeout;
    let opened = backends.http.open(request, deadline).await;
    let (returned, body) = opened.map_err(|error| fault(&error, log))?;
    let latency_ms = backends.clock.now_ms() - started_ms;
    log_response(&returned, latency_ms, log);
    let idle_max = streamed::idle_max(&exchange.stage.api.endpoint.types);
    Ok(Returned {
        facts: CallFacts {
            latency_ms: Some(latency_ms),
            status: Some(returned.status),
            integration_status: Some(returned.status),
            ..CallFacts::default()
        },
        pieces: Some(Box::new(Streamed::new(
            Source::Http(body),
            None,
            deadline,
            idle_max,
        ))),
        ..returned
    })
}

fn fault(error: &ClientError, log: &mut ExecutionLog) -> Fault {
    tracing::debug!(%error, "backend was not reached");
    match error {
        ClientError::Timeout => {
            log.error(|| "Execution failed due to a timeout error".to_owned());
            Fault::IntegrationTimeout(Backend::Http)
        }
        // UNVERIFIED: what AWS answers for a backend's answer over its payload quota.
        ClientError::Network(_) | ClientError::TooLarge => {
            log.error(|| {
                "Execution failed due to a network error communicating with endpoint".to_owned()
            });
            Fault::NetworkError
        }
        ClientError::Address(_) => {
            log.error(|| {
                "Execution failed due to configuration error: Invalid endpoint address".to_owned()
            });
            Fault::IntegrationFailure(Backend::Http)
        }
    }
}

pub(super) fn log_request(request: &HttpRequest, log: &mut ExecutionLog) {
    log.info(|| {
        format!(
            "Endpoint request URI: {}",
            execution_log::value(&request.uri)
        )
    });
    log.data(|| {
        let headers = request.headers.iter();
        let headers = headers.map(|(name, value)| (name.as_ref(), value.as_str()));
        format!("Endpoint request headers: {}", execution_log::map(headers))
    });
    log.data(|| {
        let body = execution_log::body(&request.body);
        format!("Endpoint request body after transformations: {body}")
    });
    log.info(|| format!("Sending request to {}", execution_log::value(&request.uri)));
}

pub(super) fn log_response(returned: &Returned, latency_ms: i64, log: &mut ExecutionLog) {
    let status = returned.status;
    log.info(|| {
        format!("Received response. Status: {status}, Integration latency: {latency_ms} ms")
    });
    log.data(|| {
        let headers = returned.headers.iter();
        let headers = headers.map(|(name, value)| (name.as_str(), value.as_str()));
        format!("Endpoint response headers: {}", execution_log::map(headers))
    });
    log.data(|| {
        let body = execution_log::body(&returned.body);
        format!("Endpoint response body before transformations: {body}")
    });
}
