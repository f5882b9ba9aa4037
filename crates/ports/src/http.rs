//! HTTP requests that are not AWS API calls: handed by the listener to whoever serves them.

use arn::Region;
use bytes::Bytes;
use std::net::SocketAddr;
use std::ops::Range;
use stdx::{Body, BoxFuture, TimestampMs};

/// How a request came in.
#[derive(Debug, Clone)]
pub struct ConnectionInfo {
    /// Who connected. Never taken from `X-Forwarded-For`, which anybody can write.
    pub peer: SocketAddr,
    /// Whether the connection is TLS.
    pub is_tls: bool,
    /// When the head of the request was read.
    pub received_ms: TimestampMs,
}

/// A request for a deployed REST API, with what its host and path say.
///
/// The `http::Request` beside it is as the client sent it (URI, `Host`, header order), because a
/// signature covers exactly that; HTTP/2's `:authority` was put into `Host` when there was none.
#[derive(Debug, Clone)]
pub struct ExecuteApi {
    /// The API's id, in lower case: `abc123defg`.
    pub api_id: String,
    /// The region in the host name; none for host names and paths without one.
    pub region: Option<Region>,
    /// The stage as sent, still percent-encoded; empty when the path has none.
    pub stage: String,
    /// What follows the stage, still percent-encoded; always starts with `/`.
    pub raw_path: String,
    /// The path that AWS would have seen, stage included and still percent-encoded:
    /// `/prod/pets`. Differs from the URI's path only for requests addressed by path.
    pub request_path: String,
    /// The `Host` header as sent, port included.
    pub host: String,
    /// How the client spelled its header names, which `http::HeaderMap` keeps in lower case.
    pub header_names: HeaderNames,
    /// The body was larger than AWS's 10 MB and was thrown away; the request's body is empty.
    pub is_body_too_large: bool,
    /// Bytes of the request line and the header lines as sent.
    pub head_bytes: usize,
    /// How the request came in.
    pub connection: ConnectionInfo,
}

impl ExecuteApi {
    /// `host` without its port.
    pub fn domain_name(&self) -> &str {
        match self.host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
            _ => &self.host,
        }
    }
}

/// Header names as the client wrote them; REST API events show them so.
#[derive(Debug, Clone, Default)]
pub struct HeaderNames {
    lines: Bytes,
    /// Where the names are in the lines.
    places: Vec<Range<usize>>,
}

impl HeaderNames {
    /// Takes the header lines of an HTTP/1.1 head, request line left out.
    pub fn new(lines: Bytes) -> Self {
        let mut places = Vec::with_capacity(16);
        let mut start = 0;
        for line in lines.split_inclusive(|byte| *byte == b'\n') {
            let colon = line.iter().position(|byte| *byte == b':');
            let end = colon.unwrap_or_else(|| line.trim_ascii_end().len());
            let name = line.get(..end).unwrap_or_default();
            if !name.trim_ascii().is_empty() && std::str::from_utf8(name).is_ok() {
                places.push(start..start + end);
            }
            start += line.len();
        }
        Self { lines, places }
    }

    /// How the client wrote `name`; none when it is not known, as with HTTP/2.
    pub fn spelling(&self, name: &str) -> Option<&str> {
        self.iter().find(|sent| sent.eq_ignore_ascii_case(name))
    }

    /// The names in the order of the header lines, repeated names repeated.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.places.iter().filter_map(|place| {
            let name = self.lines.get(place.clone())?;
            std::str::from_utf8(name).ok()
        })
    }
}

/// Answers requests for deployed APIs. Implemented by `gateway`.
pub trait ServeApi: Send + Sync {
    /// Carries one request through its method. Never fails: faults are answers too.
    fn serve(
        &self,
        request: http::Request<Bytes>,
        target: ExecuteApi,
    ) -> BoxFuture<'_, http::Response<Body>>;
}

/// Answers whole HTTP requests that belong to no AWS service: health, reset, console.
pub trait HttpService: Send + Sync {
    /// Answers one request whose body was read within the listener's bound.
    fn handle(
        &self,
        request: http::Request<Bytes>,
        connection: ConnectionInfo,
    ) -> BoxFuture<'_, http::Response<Bytes>>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_their_spelling() {
        let names = HeaderNames::new(Bytes::from_static(
            b"Host: a\r\nX-FOO: 1\r\nx-Foo: 2\r\n\r\n",
        ));
        assert_eq!(names.iter().collect::<Vec<_>>(), ["Host", "X-FOO", "x-Foo"]);
        assert_eq!(names.spelling("x-foo"), Some("X-FOO"));
        assert_eq!(names.spelling("accept"), None);
        assert_eq!(HeaderNames::default().spelling("host"), None);
    }
}
