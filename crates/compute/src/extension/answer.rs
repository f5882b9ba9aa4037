//! What the Extensions API answers, in AWS's words (AWS's own Runtime Interface Emulator).

use bytes::Bytes;
use serde_json::{Value, json};

/// 200 with headers of its own.
pub(super) fn ok(headers: &[(&str, &str)], body: &Value) -> Bytes {
    answer("200 OK", headers, body)
}

/// 400 to what cannot be meant.
pub(super) fn invalid(kind: &str, message: &str) -> Bytes {
    let body = json!({ "errorMessage": message, "errorType": kind });
    answer("400 Bad Request", &[], &body)
}

/// 403 to a call that is refused.
pub(super) fn forbidden(kind: &str, message: &str) -> Bytes {
    let body = json!({ "errorMessage": message, "errorType": kind });
    answer("403 Forbidden", &[], &body)
}

/// 403 to a call out of order.
pub(super) fn out_of_order(from: &str, to: &str, who: &str) -> Bytes {
    let message = format!(
        "State transition from {from} to {to} failed for extension {who}. \
         Error: State transition is not allowed"
    );
    forbidden("Extension.InvalidExtensionState", &message)
}

/// 202 to an answer of the local kind.
pub(super) fn accepted(body: &Value) -> Bytes {
    answer("202 Accepted", &[], body)
}

fn answer(status: &str, headers: &[(&str, &str)], body: &Value) -> Bytes {
    let body = body.to_string();
    let headers: String = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\n{headers}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into()
}
