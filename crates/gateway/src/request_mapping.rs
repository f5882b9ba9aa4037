//! From the method request to what the backend is sent.

use crate::{
    compiled_integration::{CompiledIntegration, Endpoint},
    context::Exchange,
    event,
    execution_log::ExecutionLog,
    fault::{Backend, Fault},
    integration::{
        http_request::{self, HttpRequest},
        lambda,
    },
};
use bytes::Bytes;
use mapping::{Overrides, Payload, RequestChoice, Scope, Source, Target};
use restapi::IntegrationType;

/// What a backend is sent, and what templates set on the way.
#[derive(Debug)]
pub(crate) struct Outbound {
    /// The request.
    pub(crate) call: Call,
    /// Overrides; those of the response are applied to the answer.
    pub(crate) overrides: Overrides,
}

/// A request to a backend.
#[derive(Debug)]
pub(crate) enum Call {
    /// The rendered template of a MOCK integration.
    Mock(String),
    /// A request to a URL or to an AWS API.
    Http(HttpRequest),
    /// A function's event.
    Lambda {
        /// JSON text.
        payload: Bytes,
        /// Whether nobody waits for the answer: `X-Amz-Invocation-Type: 'Event'`.
        is_event: bool,
    },
    /// Nothing that could be called.
    Other,
}

/// Values that parameter mappings and overrides gave.
#[derive(Debug, Default)]
pub(crate) struct Parameters {
    /// Headers, in the order of their names.
    pub(crate) headers: Vec<(String, Vec<String>)>,
    /// Query parameters, in the order of their names.
    pub(crate) querystring: Vec<(String, Vec<String>)>,
    /// Path parameters.
    pub(crate) path: Vec<PathValue>,
}

/// A value for a `{placeholder}` of the integration's URI.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PathValue {
    /// The placeholder's name.
    pub(crate) name: String,
    /// Its value, decoded.
    pub(crate) value: String,
    /// Whether a `/` in the value separates segments; not so when a client's single segment, header
    /// or query parameter holds one.
    pub(crate) may_span: bool,
}

/// Makes the backend's request.
///
/// # Errors
/// 415 when no template fits, 500 when a mapping is broken or a template fails.
pub(crate) fn map(
    exchange: &Exchange<'_>,
    integration: &CompiledIntegration,
    log: &mut ExecutionLog,
) -> Result<Outbound, Fault> {
    if let Some(target) = &integration.broken_mapping {
        log.error(|| {
            format!("Execution failed due to configuration error: Invalid mapping target {target}")
        });
        return Err(Fault::Configuration);
    }
    match integration.kind {
        IntegrationType::AwsProxy => {
            tenant_of_proxy(exchange, integration, log)?;
            Ok(Outbound {
                call: Call::Lambda {
                    payload: event::build(exchange),
                    is_event: false,
                },
                overrides: Overrides::default(),
            })
        }
        IntegrationType::HttpProxy => http_proxy(exchange, integration),
        IntegrationType::Mock | IntegrationType::Http | IntegrationType::Aws => {
            mapped(exchange, integration, log)
        }
    }
}

/// The one mapping that means something to a function proxy: the tenant.
fn tenant_of_proxy(
    exchange: &Exchange<'_>,
    integration: &CompiledIntegration,
    log: &mut ExecutionLog,
) -> Result<(), Fault> {
    if integration.request_parameters.is_empty() {
        return Ok(());
    }
    let inbound = exchange.inbound;
    let text = String::from_utf8_lossy(&inbound.body);
    let variables = &exchange.stage.settings.variables;
    let scope = Scope::new(&text, &inbound.params, exchange.variables(), variables);
    refuse_tenant(exchange, &parameters(exchange, integration, &scope), log)
}

/// `X-Amz-Tenant-Id` is a header of Lambda's Invoke ("Isolating tenants with API Gateway", Lambda
/// developer guide). No function here is created with tenant isolation, and Lambda refuses a
/// tenant's name for a function without, so a request that names one fails; it is never served as
/// if there were no tenants.
fn refuse_tenant(
    exchange: &Exchange<'_>,
    parameters: &Parameters,
    log: &mut ExecutionLog,
) -> Result<(), Fault> {
    match parameters.header("X-Amz-Tenant-Id") {
        None | Some("") => Ok(()),
        Some(_) => {
            lambda::log_tenant(exchange, log);
            Err(Fault::IntegrationFailure(Backend::Lambda))
        }
    }
}

fn http_proxy(
    exchange: &Exchange<'_>,
    integration: &CompiledIntegration,
) -> Result<Outbound, Fault> {
    let parameters = match integration.request_parameters.is_empty() {
        true => Parameters::default(),
        false => {
            let inbound = exchange.inbound;
            let text = String::from_utf8_lossy(&inbound.body);
            let variables = &exchange.stage.settings.variables;
            let scope = Scope::new(&text, &inbound.params, exchange, variables);
            parameters(exchange, integration, &scope)
        }
    };
    let request = http_request::passed_through(exchange, integration, parameters)?;
    Ok(Outbound {
        call: Call::Http(request),
        overrides: Overrides::default(),
    })
}

fn mapped(
    exchange: &Exchange<'_>,
    integration: &CompiledIntegration,
    log: &mut ExecutionLog,
) -> Result<Outbound, Fault> {
    let inbound = exchange.inbound;
    let content_type = inbound.header("Content-Type");
    let payload = mapping::convert_request(
        &inbound.body,
        content_type,
        &exchange.stage.api.binary_media_types,
        integration.content_handling,
    )
    .map_err(|error| untransformed(log, &error.to_string()))?;
    let variables = &exchange.stage.settings.variables;
    let text = match &payload {
        Payload::Text(text) => text.as_str(),
        Payload::Binary(_) => "",
    };
    let mut scope = Scope::new(text, &inbound.params, exchange, variables);
    let rendered = render(integration, content_type, &payload, &mut scope, log)?;
    let mut parameters = parameters(exchange, integration, &scope);
    parameters.apply(&scope.overrides);
    if matches!(integration.endpoint, Endpoint::Lambda(_)) {
        refuse_tenant(exchange, &parameters, log)?;
    }
    let overrides = std::mem::take(&mut scope.overrides);
    drop(scope);
    let body = match rendered {
        Some(text) => Payload::Text(text),
        None => payload,
    };
    Ok(Outbound {
        call: call(exchange, integration, parameters, body)?,
        overrides,
    })
}

/// What the template for this content type renders to; none when the body goes on as it is.
fn render(
    integration: &CompiledIntegration,
    content_type: Option<&str>,
    payload: &Payload,
    scope: &mut Scope<'_>,
    log: &mut ExecutionLog,
) -> Result<Option<String>, Fault> {
    let template = match integration.request_templates.choose(content_type) {
        RequestChoice::Passthrough => return Ok(None),
        RequestChoice::UnsupportedMediaType => {
            log.error(|| "Execution failed: Unsupported Media Type".to_owned());
            return Err(Fault::UnsupportedMediaType);
        }
        RequestChoice::Template(Err(error)) => return Err(untransformed(log, &error.to_string())),
        RequestChoice::Template(Ok(template)) => template,
    };
    if matches!(payload, Payload::Binary(_)) {
        return Err(untransformed(log, "a template cannot read a binary body"));
    }
    let rendered = template.render(scope);
    rendered
        .map(Some)
        .map_err(|error| untransformed(log, &error.to_string()))
}

fn untransformed(log: &mut ExecutionLog, reason: &str) -> Fault {
    log.error(|| {
        format!(
            "Execution failed due to configuration error: Unable to transform request: {reason}"
        )
    });
    Fault::Configuration
}

fn call(
    exchange: &Exchange<'_>,
    integration: &CompiledIntegration,
    parameters: Parameters,
    body: Payload,
) -> Result<Call, Fault> {
    Ok(match (&integration.endpoint, integration.kind) {
        (_, IntegrationType::Mock) => Call::Mock(match body {
            Payload::Text(text) => text,
            Payload::Binary(_) => String::new(),
        }),
        (Endpoint::Invalid, IntegrationType::Aws) => Call::Other,
        (Endpoint::Lambda(_), IntegrationType::Aws) => Call::Lambda {
            is_event: parameters.header("X-Amz-Invocation-Type") == Some("Event"),
            payload: event_of(body),
        },
        _ => {
            let body = Bytes::from(body.into_bytes());
            let request = http_request::mapped(exchange, integration, parameters, body)?;
            Call::Http(request)
        }
    })
}

/// A function is sent `{}` when there is no body (recorded).
fn event_of(body: Payload) -> Bytes {
    match body.into_bytes() {
        empty if empty.is_empty() => Bytes::from_static(b"{}"),
        some => Bytes::from(some),
    }
}

fn parameters(
    exchange: &Exchange<'_>,
    integration: &CompiledIntegration,
    scope: &Scope<'_>,
) -> Parameters {
    let mut parameters = Parameters::default();
    for (target, source) in &integration.request_parameters {
        let Some(values) = source.evaluate(scope).map(mapping::Mapped::into_values) else {
            continue;
        };
        match target {
            Target::RequestHeader(name) => parameters.headers.push((name.clone(), values)),
            Target::Querystring(name) => parameters.querystring.push((name.clone(), values)),
            Target::Path(name) => parameters.path.push(PathValue {
                name: name.clone(),
                value: values.join(","),
                may_span: may_span(source, &exchange.method.resource_path),
            }),
            Target::ResponseHeader(_) | Target::GatewayResponseHeader(_) => {}
        }
    }
    parameters
}

fn may_span(source: &Source, resource_path: &str) -> bool {
    match source {
        Source::Path(name) => resource_path.contains(&format!("{{{name}+}}")),
        Source::Static(_) | Source::StageVariable(_) | Source::Context(_) => true,
        _ => false,
    }
}

impl Parameters {
    /// The last value of a header, whatever its case.
    fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter();
        let (_, values) = found.find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        values.last().map(String::as_str)
    }

    /// Overrides of a template win over parameter mappings.
    fn apply(&mut self, overrides: &Overrides) {
        for (name, values) in &overrides.request.header {
            self.headers
                .retain(|(known, _)| !known.eq_ignore_ascii_case(name));
            self.headers.push((name.clone(), values.clone()));
        }
        for (name, values) in &overrides.request.querystring {
            self.querystring.retain(|(known, _)| known != name);
            self.querystring.push((name.clone(), values.clone()));
        }
        for (name, value) in &overrides.request.path {
            self.path.retain(|known| known.name != *name);
            self.path.push(PathValue {
                name: name.clone(),
                value: value.clone(),
                may_span: true,
            });
        }
    }
}
