//! What goes back to the client.

use crate::{headers, headers::Line, request::Inbound};
use bytes::Bytes;
use std::borrow::Cow;

/// An answer, its header names spelled as AWS spells them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    /// HTTP status, 200 to 599.
    pub(crate) status: u16,
    /// Header lines in order, without those of the framing.
    pub(crate) headers: Vec<Line>,
    /// The body.
    pub(crate) body: Bytes,
}

impl Answer {
    /// Adds the ids that every answer of a stage carries, behind the content type.
    pub(crate) fn add_ids(&mut self, inbound: &Inbound, trace: Option<String>) {
        let ids = &inbound.ids;
        let at = self.headers.len().min(1);
        let own = [
            ("x-amzn-RequestId".into(), ids.request_id.clone()),
            ("x-amz-apigw-id".into(), ids.extended_request_id.clone()),
        ];
        self.headers.splice(at..at, own);
        if let Some(trace) = trace {
            self.headers.push(("X-Amzn-Trace-Id".into(), trace));
        }
    }

    /// The answer for the listener.
    pub(crate) fn into_http(self) -> http::Response<Bytes> {
        let mut response = http::Response::new(self.body);
        // INVARIANT: statuses and header lines were checked where they entered.
        *response.status_mut() = http::StatusCode::from_u16(self.status)
            .unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
        for (name, value) in self.headers {
            let name = match name {
                Cow::Borrowed(known) => http::HeaderName::from_bytes(known.as_bytes()),
                Cow::Owned(own) => http::HeaderName::from_bytes(own.as_bytes()),
            };
            let value = http::HeaderValue::from_maybe_shared(Bytes::from(value));
            if let (Ok(name), Ok(value)) = (name, value) {
                response.headers_mut().append(name, value);
            }
        }
        response
    }
}

/// A header line, or nothing when it could not be sent as one.
pub(crate) fn line(name: impl Into<Cow<'static, str>>, value: String) -> Option<Line> {
    let name = name.into();
    headers::is_sendable(&name, &value).then_some((name, value))
}

/// Whether an answer with this status can be sent: informational ones cannot be final.
pub(crate) fn is_final_status(status: i64) -> bool {
    (200..=599).contains(&status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_sent() {
        let answer = Answer {
            status: 201,
            headers: vec![
                ("Set-Cookie".into(), "a=1".into()),
                ("Set-Cookie".into(), "b=2".into()),
            ],
            body: Bytes::from_static(b"x"),
        };
        let response = answer.into_http();
        assert_eq!(response.status(), 201);
        assert_eq!(response.headers().get_all("set-cookie").iter().count(), 2);
    }

    #[test]
    fn statuses_at_the_bounds() {
        let fits = [199, 200, 599, 600].map(is_final_status);
        assert_eq!(fits, [false, true, true, false]);
    }

    #[test]
    fn broken_lines_are_refused() {
        assert!(line("X-A", "b\r\nc: d".into()).is_none());
        assert!(line("X-A", "b".into()).is_some());
    }
}
