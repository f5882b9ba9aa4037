//! What the Runtime API answers, in AWS's words (AWS's own Runtime Interface Emulator).

use crate::limits::RESPONSE_BYTES_MAX;
use bytes::Bytes;

/// 202 to a response or an error that was taken.
pub(crate) const ACCEPTED: Bytes = Bytes::from_static(
    b"HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n\
      {\"status\":\"OK\"}",
);

/// 404 to a path that the Runtime API does not have.
pub(crate) const NOT_FOUND: Bytes =
    Bytes::from_static(b"HTTP/1.1 404 Not Found\r\nContent-Length: 19\r\n\r\n404 page not found\n");

/// 400 to a request id that is not the one in progress.
pub(crate) fn invalid_request_id() -> Bytes {
    error("400 Bad Request", "InvalidRequestID", "Invalid request ID")
}

/// 403 to a call out of order.
pub(crate) fn invalid_transition(from: &str, to: &str) -> Bytes {
    error(
        "403 Forbidden",
        "InvalidStateTransition",
        &format!(
            "State transition from {from} to {to} failed for runtime. \
             Error: State transition is not allowed"
        ),
    )
}

/// 413 to a response over the limit.
pub(crate) fn too_large() -> Bytes {
    error(
        "413 Request Entity Too Large",
        "RequestEntityTooLarge",
        &format!("Exceeded maximum allowed payload size ({RESPONSE_BYTES_MAX} bytes)."),
    )
}

fn error(status: &str, kind: &str, message: &str) -> Bytes {
    let body = serde_json::json!({ "errorMessage": message, "errorType": kind }).to_string();
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into()
}

/// What an event's head says beside the payload.
#[derive(Debug, Clone)]
pub(crate) struct EventHead<'a> {
    pub(crate) request_id: &'a str,
    pub(crate) deadline_ms: i64,
    pub(crate) invoked_arn: &'a str,
    pub(crate) trace_id: &'a str,
    pub(crate) client_context: Option<&'a str>,
    pub(crate) payload_bytes: usize,
    /// The worker still works on another event; what it writes from here on is told apart.
    pub(crate) is_early: bool,
}

impl EventHead<'_> {
    /// The head of a 200 answer to `next`, its final empty line included.
    pub(crate) fn render(&self) -> String {
        let mut head = String::with_capacity(512);
        head.push_str("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n");
        let mut put = |name: &str, value: &str| {
            head.push_str(name);
            head.push_str(": ");
            // INVARIANT: a caller's text cannot add a header line. In JSON, a line break between
            // tokens means the same as a space, and inside a string it is not allowed.
            // Bytes first: what is printable ASCII needs no second look.
            if value
                .bytes()
                .fold(true, |all, b| all & matches!(b, b' '..=b'~'))
            {
                head.push_str(value);
            } else {
                head.extend(value.chars().map(|c| if c.is_control() { ' ' } else { c }));
            }
            head.push_str("\r\n");
        };
        put("Lambda-Runtime-Aws-Request-Id", self.request_id);
        put("Lambda-Runtime-Deadline-Ms", &self.deadline_ms.to_string());
        put("Lambda-Runtime-Invoked-Function-Arn", self.invoked_arn);
        if !self.trace_id.is_empty() {
            put("Lambda-Runtime-Trace-Id", self.trace_id);
        }
        if let Some(context) = self.client_context {
            put("Lambda-Runtime-Client-Context", context);
        }
        if self.is_early {
            put("Crossway-Early", "1");
        }
        put("Content-Length", &self.payload_bytes.to_string());
        head.push_str("\r\n");
        head
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn client_context_cannot_add_a_header() {
        let head = EventHead {
            request_id: "id",
            deadline_ms: 1,
            invoked_arn: "arn",
            trace_id: "",
            client_context: Some("{\n\"a\":1}\r\nX-Evil: 1"),
            payload_bytes: 2,
            is_early: false,
        }
        .render();
        assert!(head.contains("Lambda-Runtime-Client-Context: { \"a\":1}  X-Evil: 1\r\n"));
        assert!(!head.contains("\nX-Evil"));
        assert!(head.ends_with("Content-Length: 2\r\n\r\n"));
    }

    #[test]
    fn bodies_are_as_long_as_they_say() {
        for answer in [ACCEPTED, NOT_FOUND, invalid_request_id(), too_large()] {
            let text = String::from_utf8_lossy(&answer).into_owned();
            let (head, body) = text.split_once("\r\n\r\n").unwrap_or_default();
            let length = head
                .rsplit_once("Content-Length: ")
                .map(|(_, length)| length);
            assert_eq!(length, Some(body.len().to_string().as_str()));
        }
    }
}
