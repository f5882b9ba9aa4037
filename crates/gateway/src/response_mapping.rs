//! From the backend's answer to the client's.

use crate::{
    answer::{self, Answer},
    compiled_integration::{CompiledIntegration, CompiledResponse, Pattern},
    context::Exchange,
    execution_log::ExecutionLog,
    fault::Fault,
    headers::{self, Answering, Line, Streaming},
    integration::Returned,
};
use bytes::Bytes;
use mapping::{Overrides, Payload, ResponseChoice, Scope};
use restapi::IntegrationType;
use std::borrow::Cow;

/// The content type of answers that say nothing else.
const DEFAULT_CONTENT_TYPE: &str = "application/json";

/// Makes the client's answer; request id and trace are added by the pipeline. Headers that pass are
/// taken out of what the backend returned.
///
/// # Errors
/// 500 when no response fits, a template fails or a header could not be sent as one line; 502 for
/// such a header from a function.
pub(crate) fn map(
    exchange: &Exchange<'_>,
    integration: &CompiledIntegration,
    returned: &mut Returned,
    overrides: Overrides,
    log: &mut ExecutionLog,
) -> Result<Answer, Fault> {
    if returned.pieces.is_some() {
        return streamed(integration.kind, returned, log);
    }
    match integration.kind {
        IntegrationType::AwsProxy => {
            let headers = proxied_headers(returned, Answering::LambdaProxy);
            let headers = headers.ok_or_else(|| unsendable(log, Fault::BadIntegrationResponse))?;
            Ok(Answer {
                status: returned.status,
                headers,
                body: returned.body.clone(),
            })
        }
        IntegrationType::HttpProxy => http_proxy(exchange, returned, log),
        IntegrationType::Mock | IntegrationType::Http | IntegrationType::Aws => {
            let response = declared(select(integration, returned, log)?, log)?;
            mapped(exchange, response, returned, overrides, log)
        }
    }
}

/// Status and headers of an answer whose body passes as it comes.
fn streamed(
    kind: IntegrationType,
    returned: &mut Returned,
    log: &mut ExecutionLog,
) -> Result<Answer, Fault> {
    let streaming = match kind {
        IntegrationType::AwsProxy => Streaming::LambdaProxy,
        _ => Streaming::HttpProxy,
    };
    let headers = proxied_headers(returned, Answering::Streamed(streaming));
    let headers = headers.ok_or_else(|| unsendable(log, Fault::Configuration))?;
    if !answer::is_final_status(i64::from(returned.status)) {
        return Err(Fault::BadIntegrationResponse);
    }
    Ok(Answer {
        status: returned.status,
        headers,
        body: Bytes::new(),
    })
}

fn http_proxy(
    exchange: &Exchange<'_>,
    returned: &mut Returned,
    log: &mut ExecutionLog,
) -> Result<Answer, Fault> {
    let types = &exchange.stage.api.binary_media_types;
    // Text stays as it is without a copy; only bytes that are no text are converted.
    let body = match types.is_empty() && std::str::from_utf8(&returned.body).is_ok() {
        true => returned.body.clone(),
        false => {
            let payload = converted(exchange, returned, None, log)?;
            Bytes::from(payload.into_bytes())
        }
    };
    let headers = proxied_headers(returned, Answering::HttpProxy);
    let headers = headers.ok_or_else(|| unsendable(log, Fault::Configuration))?;
    if !answer::is_final_status(i64::from(returned.status)) {
        return Err(Fault::BadIntegrationResponse);
    }
    Ok(Answer {
        status: returned.status,
        headers,
        body,
    })
}

/// A proxied backend's headers under their outgoing names, a content type among them; none when
/// one could not be sent as one line.
fn proxied_headers(returned: &mut Returned, answering: Answering) -> Option<Vec<Line>> {
    let is_content_type = |name: &str| name.eq_ignore_ascii_case("content-type");
    let mut lines = Vec::with_capacity(returned.headers.len() + 4);
    if !returned
        .headers
        .iter()
        .any(|(name, _)| is_content_type(name))
    {
        lines.push(("Content-Type".into(), DEFAULT_CONTENT_TYPE.to_owned()));
    }
    let mut is_sized = false;
    for (name, value) in std::mem::take(&mut returned.headers) {
        // A length that is no number, or a second one, would end the client's connection without
        // an answer; such a one goes out renamed, as that of a buffered answer does.
        let is_length = name.eq_ignore_ascii_case("content-length");
        let is_number =
            value.bytes().all(|byte| byte.is_ascii_digit()) && value.parse::<u64>().is_ok();
        let is_usable = is_number && !is_sized;
        let answering = match is_length && !is_usable {
            true => answering.buffered(),
            false => answering,
        };
        is_sized |= is_length && is_usable;
        let name = match headers::outgoing_name(&name, answering) {
            None => continue,
            Some(Cow::Owned(remapped)) => remapped,
            Some(Cow::Borrowed(_)) => name,
        };
        lines.push(answer::line(name, value)?);
    }
    Some(lines)
}

/// The integration response whose pattern matches the whole text: a failed function's
/// `errorMessage`, else the status.
fn select<'a>(
    integration: &'a CompiledIntegration,
    returned: &Returned,
    log: &mut ExecutionLog,
) -> Result<&'a CompiledResponse, Fault> {
    let status = returned.status.to_string();
    let text = returned.error_message.as_deref().unwrap_or(&status);
    let responses = &integration.responses;
    let matching = responses.iter().find(|response| match &response.pattern {
        Pattern::Matches(regex) => regex.is_match(text),
        Pattern::Default | Pattern::Broken => false,
    });
    let default = || {
        let mut found = responses.iter();
        found.find(|response| matches!(response.pattern, Pattern::Default))
    };
    matching.or_else(default).ok_or_else(|| {
        log.error(|| {
            format!(
                "Execution failed due to configuration error: No match for output mapping and no \
                 default output mapping configured. Endpoint Response Status Code: {status}"
            )
        });
        Fault::Configuration
    })
}

/// A response of a status that the method declares ("How do I resolve internal server errors from
/// API Gateway", AWS re:Post knowledge center, has the line).
fn declared<'a>(
    response: &'a CompiledResponse,
    log: &mut ExecutionLog,
) -> Result<&'a CompiledResponse, Fault> {
    if response.is_declared {
        return Ok(response);
    }
    log.error(|| {
        format!(
            "Execution failed due to configuration error: Output mapping refers to an invalid \
             method response: {}",
            response.status
        )
    });
    Err(Fault::Configuration)
}

fn mapped(
    exchange: &Exchange<'_>,
    response: &CompiledResponse,
    returned: &Returned,
    overrides: Overrides,
    log: &mut ExecutionLog,
) -> Result<Answer, Fault> {
    let payload = converted(exchange, returned, Some(response), log)?;
    let text = match &payload {
        Payload::Text(text) => text.as_str(),
        Payload::Binary(_) => "",
    };
    let backend_headers = grouped(&returned.headers);
    let variables = &exchange.stage.settings.variables;
    let mut scope = Scope::new(text, &exchange.inbound.params, exchange, variables)
        .with_response_headers(&backend_headers)
        .with_overrides(overrides);
    let (content_type, rendered) = render(exchange, response, &payload, &mut scope, log)?;
    let headers = mapped_headers(response, content_type, &scope)
        .ok_or_else(|| unsendable(log, Fault::Configuration))?;
    let status = scope.overrides.response.status.unwrap_or(response.status);
    drop(scope);
    if !answer::is_final_status(i64::from(status)) {
        return Err(Fault::Configuration);
    }
    Ok(Answer {
        status,
        headers,
        body: match rendered {
            Some(text) => Bytes::from(text),
            None => Bytes::from(payload.into_bytes()),
        },
    })
}

fn converted(
    exchange: &Exchange<'_>,
    returned: &Returned,
    response: Option<&CompiledResponse>,
    log: &mut ExecutionLog,
) -> Result<Payload, Fault> {
    let content_type = returned
        .headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    mapping::convert_response(
        &returned.body,
        content_type.map(|(_, value)| value.as_str()),
        exchange.inbound.header("Accept"),
        &exchange.stage.api.binary_media_types,
        response.and_then(|response| response.content_handling),
    )
    .map_err(|error| untransformed(log, &error.to_string()))
}

/// The answer's content type and what the template renders to; none when the body passes.
fn render<'r>(
    exchange: &Exchange<'_>,
    response: &'r CompiledResponse,
    payload: &Payload,
    scope: &mut Scope<'_>,
    log: &mut ExecutionLog,
) -> Result<(&'r str, Option<String>), Fault> {
    let accept = exchange.inbound.header("Accept");
    let (content_type, template) = match response.templates.choose(accept) {
        ResponseChoice::Passthrough => return Ok((DEFAULT_CONTENT_TYPE, None)),
        ResponseChoice::Template {
            content_type,
            template,
        } => (content_type, template),
    };
    let template = template.map_err(|error| untransformed(log, &error.to_string()))?;
    if matches!(payload, Payload::Binary(_)) {
        return Err(untransformed(log, "a template cannot read a binary body"));
    }
    let rendered = template.render(scope);
    let rendered = rendered.map_err(|error| untransformed(log, &error.to_string()))?;
    Ok((content_type, Some(rendered)))
}

/// Content type, mapped headers, overrides of templates; a later one replaces an earlier one.
fn mapped_headers(
    response: &CompiledResponse,
    content_type: &str,
    scope: &Scope<'_>,
) -> Option<Vec<Line>> {
    let mut lines: Vec<Line> = vec![("Content-Type".into(), content_type.to_owned())];
    for (name, source) in &response.headers {
        if let Some(values) = source.evaluate(scope).map(mapping::Mapped::into_values) {
            replace(&mut lines, name, values)?;
        }
    }
    for (name, values) in &scope.overrides.response.header {
        replace(&mut lines, name, values.clone())?;
    }
    Some(lines)
}

/// None when a line could not be sent as one.
fn replace(lines: &mut Vec<Line>, name: &str, values: Vec<String>) -> Option<()> {
    let outgoing = headers::outgoing_name(name, Answering::Mapped).map(Cow::into_owned);
    let Some(outgoing) = outgoing else {
        return Some(());
    };
    lines.retain(|(known, _)| !known.eq_ignore_ascii_case(&outgoing));
    for value in values {
        lines.push(answer::line(outgoing.clone(), value)?);
    }
    Some(())
}

/// Header lines as mappings read them.
fn grouped(lines: &[(String, String)]) -> Vec<(String, Vec<String>)> {
    let mut groups: Vec<(String, Vec<String>)> = Vec::with_capacity(lines.len());
    for (name, value) in lines {
        match groups
            .iter_mut()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
        {
            Some((_, values)) => values.push(value.clone()),
            None => groups.push((name.clone(), vec![value.clone()])),
        }
    }
    groups
}

fn untransformed(log: &mut ExecutionLog, reason: &str) -> Fault {
    log.error(|| {
        format!(
            "Execution failed due to configuration error: Unable to transform response: {reason}"
        )
    });
    Fault::Configuration
}

fn unsendable(log: &mut ExecutionLog, fault: Fault) -> Fault {
    log.error(|| {
        "Execution failed due to configuration error: Invalid header in the response".to_owned()
    });
    fault
}
