//! The JSON 1.1 protocol: `X-Amz-Target` names the operation, all members travel in the body.

use crate::{
    OperationMeta, Reply, RequestParts, ServiceError, ServiceMeta, Value, framework, json_read,
    json_write, rest_json,
};
use bytes::Bytes;

const CONTENT_TYPE: &str = "application/x-amz-json-1.1";

/// The operation of `X-Amz-Target: {prefix}.{operation}`.
pub(crate) fn find(
    service: &ServiceMeta,
    request: &RequestParts<'_>,
) -> Result<&'static OperationMeta, ServiceError> {
    let target = request.headers.get("x-amz-target");
    let target = target
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    target
        .split_once('.')
        .filter(|(prefix, _)| *prefix == service.target_prefix)
        .and_then(|(_, name)| service.operation(name))
        .ok_or_else(|| {
            let text = format!("no operation answers X-Amz-Target `{target}`");
            ServiceError::new("UnknownOperationException", text)
        })
}

/// The input out of the body.
pub(crate) fn decode(
    operation: &OperationMeta,
    request: &RequestParts<'_>,
) -> Result<Value, ServiceError> {
    let absent = || Value::Structure(vec![None; operation.input.members().len()]);
    Ok(json_read::read(operation.input, &request.body)?.unwrap_or_else(absent))
}

/// The answer; no body for an operation whose output has no members.
pub(crate) fn encode(operation: &OperationMeta, output: &Value, request_id: &str) -> Reply {
    let body = if operation.output.members().is_empty() {
        Vec::new()
    } else {
        json_write::write(operation.output, output)
    };
    Reply {
        status: operation.status,
        headers: headers(request_id),
        body: Bytes::from(body),
        stream: None,
    }
}

/// The answer of a failure: the code travels as `__type`.
pub(crate) fn encode_error(service: &ServiceMeta, error: &ServiceError, request_id: &str) -> Reply {
    let shown = framework::show(service, error);
    let mut body = vec![
        ("__type", shown.code.as_str()),
        (shown.message_key, error.message()),
    ];
    for (name, value) in error.fields() {
        if let Value::String(value) = value {
            body.push((name, value));
        }
    }
    Reply {
        status: shown.status,
        headers: headers(request_id),
        body: Bytes::from(rest_json::object(&body)),
        stream: None,
    }
}

fn headers(request_id: &str) -> Vec<(String, String)> {
    vec![
        ("x-amzn-RequestId".to_owned(), request_id.to_owned()),
        ("Content-Type".to_owned(), CONTENT_TYPE.to_owned()),
    ]
}
