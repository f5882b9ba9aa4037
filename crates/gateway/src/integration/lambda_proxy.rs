//! `AWS_PROXY`: the function's answer is the client's answer, when it has AWS's format.

use super::{
    Backends, Returned,
    lambda::{self, Outcome, Request},
    lambda_stream,
};
use crate::{answer, execution_log::ExecutionLog, fault::Fault, limits};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use serde_json::{Map, Value};

/// Calls the function and reads its answer.
///
/// # Errors
/// Refusals, throttling and timeouts; 502 when the function failed or its answer has another
/// format.
pub(super) async fn call(
    backends: &Backends,
    request: &Request<'_>,
    log: &mut ExecutionLog,
) -> Result<Returned, Fault> {
    let (outcome, mut facts) = lambda::invoke(backends, request, log).await?;
    let Outcome::Ran(invoked) = outcome else {
        return Err(Fault::BadIntegrationResponse);
    };
    if invoked.function_error.is_some() {
        log.error(|| {
            let message = lambda::error_message(&invoked.payload);
            format!(
                "Lambda execution failed with status {} due to customer function error: \
                 {message}. Lambda request id: {}",
                invoked.status, invoked.request_id
            )
        });
        return Err(Fault::BadIntegrationResponse);
    }
    let inbound = request.exchange.inbound;
    let types = &request.exchange.stage.api.binary_media_types;
    let answer = parse(
        &invoked.payload,
        accepts_binary(inbound.header("Accept"), types),
    );
    let answer = answer.or_else(|| lambda_stream::head_of(&invoked.payload));
    let Some(answer) = answer else {
        log.error(|| {
            "Execution failed due to configuration error: Malformed Lambda proxy response"
                .to_owned()
        });
        return Err(Fault::BadIntegrationResponse);
    };
    facts.integration_status = Some(answer.status);
    Ok(Returned {
        trace: Some(invoked.trace_id),
        facts,
        ..answer
    })
}

/// Whether base64 answers are decoded: the first media type of `Accept` must be a binary one.
fn accepts_binary(accept: Option<&str>, binary_media_types: &[String]) -> bool {
    let first = accept.and_then(|list| list.split(',').next());
    match first {
        Some(_) if binary_media_types.is_empty() => false,
        Some(first) => mapping::is_binary_media_type(Some(first.trim()), binary_media_types),
        // Clients that send no `Accept` take anything.
        None => binary_media_types.iter().any(|pattern| pattern == "*/*"),
    }
}

/// The function's answer; none when it has not AWS's format.
fn parse(payload: &[u8], decodes_base64: bool) -> Option<Returned> {
    if payload.len() > limits::LAMBDA_PAYLOAD_BYTES_MAX {
        return None;
    }
    let Ok(Value::Object(mut object)) = serde_json::from_slice(payload) else {
        return None;
    };
    let is_known = |key: &String| {
        [
            "isBase64Encoded",
            "statusCode",
            "headers",
            "multiValueHeaders",
            "body",
        ]
        .contains(&key.as_str())
    };
    if !object.keys().all(is_known) {
        return None;
    }
    let is_base64 = match object.get("isBase64Encoded") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(flag)) => *flag,
        Some(_) => return None,
    };
    Some(Returned {
        status: status(object.get("statusCode"))?,
        headers: headers(object.get("headers"), object.get("multiValueHeaders"))?,
        body: body(object.remove("body"), is_base64 && decodes_base64)?,
        ..Returned::default()
    })
}

/// An integer or a text that is one; 200 when there is none.
// UNVERIFIED: whether AWS passes statuses outside 200 to 599 on; HTTP cannot end with one below.
pub(super) fn status(value: Option<&Value>) -> Option<u16> {
    let status = match value {
        None | Some(Value::Null) => 200,
        Some(Value::String(text)) => text.trim().parse().ok()?,
        Some(Value::Number(number)) => number.as_i64()?,
        Some(_) => return None,
    };
    match answer::is_final_status(status) {
        true => u16::try_from(status).ok(),
        false => None,
    }
}

/// Header lines: multi values first, then the single one of the same name, under the multi's
/// casing.
pub(super) fn headers(
    single: Option<&Value>,
    multi: Option<&Value>,
) -> Option<Vec<(String, String)>> {
    let mut lines: Vec<(String, String)> = Vec::new();
    for (name, values) in members(multi)? {
        for value in values.as_array()? {
            lines.push((name.clone(), text(value)?));
        }
    }
    let multi_count = lines.len();
    for (name, value) in members(single)? {
        let twin = lines
            .iter()
            .take(multi_count)
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        let name = twin.map_or(name, |(known, _)| known).clone();
        lines.push((name, text(value)?));
    }
    Some(lines)
}

/// The members of an object that may be missing or null; none when it is something else.
fn members(value: Option<&Value>) -> Option<impl Iterator<Item = (&String, &Value)>> {
    let object: Option<&Map<String, Value>> = match value {
        None | Some(Value::Null) => None,
        Some(Value::Object(object)) => Some(object),
        Some(_) => return None,
    };
    Some(object.into_iter().flatten())
}

/// A header's value: text, or a boolean or number as text.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        // UNVERIFIED: a null value; taken as an empty one, as Java's serializer would.
        Value::Null => Some(String::new()),
        Value::Array(_) | Value::Object(_) => None,
    }
}

fn body(value: Option<Value>, decodes_base64: bool) -> Option<Bytes> {
    match value {
        None | Some(Value::Null) => Some(Bytes::new()),
        Some(Value::String(text)) if decodes_base64 => {
            STANDARD.decode(text.trim()).ok().map(Bytes::from)
        }
        Some(Value::String(text)) => Some(Bytes::from(text)),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests;
