//! Which headers pass, under which name. The tables follow "Amazon API Gateway important notes"
//! for REST APIs and answers recorded from AWS.

use std::borrow::Cow;

/// A header line that will be written.
pub(crate) type Line = (Cow<'static, str>, String);

/// Never reach any integration, and cannot be mapped from.
const DROPPED_REQUEST: [&str; 12] = [
    "connection",
    "content-length",
    "content-md5",
    "expect",
    "max-forwards",
    "proxy-authenticate",
    "server",
    "te",
    "transfer-encoding",
    "trailer",
    "upgrade",
    "www-authenticate",
];

/// As AWS writes these names when the client's own spelling is lost, as over HTTP/2.
const WELL_KNOWN: [&str; 9] = [
    "Accept",
    "Authorization",
    "Host",
    "User-Agent",
    "X-Amzn-Trace-Id",
    "X-Forwarded-For",
    "X-Forwarded-Port",
    "X-Forwarded-Proto",
    "Via",
];

/// Renamed in every answer.
const REMAPPED_COMMON: [&str; 5] = [
    "connection",
    "content-length",
    "date",
    "server",
    "x-amzn-requestid",
];

/// Renamed in answers of every type but HTTP_PROXY. AWS's page lists them for Lambda proxies too.
const REMAPPED_MORE: [&str; 10] = [
    "authorization",
    "content-md5",
    "expect",
    "host",
    "max-forwards",
    "proxy-authenticate",
    "trailer",
    "upgrade",
    "user-agent",
    "www-authenticate",
];

/// Renamed in answers of Lambda proxies that pass another server's headers on (observed 2026-03).
/// `x-amz-apigw-id` and `x-amzn-trace-id` are added by us so that the gateway's own values stand
/// alone.
// UNVERIFIED: what AWS does with these two; a function that returns them would settle it.
const REMAPPED_LAMBDA_PROXY: [&str; 3] = ["x-forwarded-for", "x-amz-apigw-id", "x-amzn-trace-id"];

/// Mapping targets that make every request of the method fail.
const ILLEGAL_TARGETS: [&str; 4] = [
    "content-length",
    "transfer-encoding",
    "x-amzn-trace-id",
    "x-amzn-apigateway-api-id",
];

/// The same, for integrations with AWS services only.
const ILLEGAL_TARGETS_AWS: [&str; 5] = [
    "authorization",
    "connection",
    "expect",
    "proxy-authenticate",
    "te",
];

/// Whether a client's header stops at the gateway.
pub(crate) fn is_dropped_from_request(name: &str) -> bool {
    holds(&DROPPED_REQUEST, name)
}

/// A header name as functions see it when the client's spelling is not known.
pub(crate) fn canonical(lower: &str) -> &str {
    WELL_KNOWN
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(lower))
        .unwrap_or(lower)
}

/// Whether a parameter mapping to this integration header makes the method fail.
pub(crate) fn is_illegal_target(name: &str, is_aws: bool) -> bool {
    holds(&ILLEGAL_TARGETS, name) || (is_aws && holds(&ILLEGAL_TARGETS_AWS, name))
}

/// Who answers, as far as the answer's headers are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answering {
    /// Headers set by parameter mappings.
    Mapped,
    /// Headers that a customised gateway response sets. `WWW-Authenticate` is one of its uses.
    // UNVERIFIED: what AWS makes of names that frame a message; one that it let through as it is
    // would break the client's connection.
    GatewayResponse,
    /// A function's own headers.
    LambdaProxy,
    /// A backend's own headers.
    HttpProxy,
    /// Headers of an answer that is streamed: its length and coding are its own.
    Streamed(Streaming),
}

/// Who streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Streaming {
    /// A function.
    LambdaProxy,
    /// A backend.
    HttpProxy,
}

impl Answering {
    /// The same answerer, of an answer that is not streamed.
    pub(crate) fn buffered(self) -> Self {
        match self {
            Self::Streamed(Streaming::LambdaProxy) => Self::LambdaProxy,
            Self::Streamed(Streaming::HttpProxy) => Self::HttpProxy,
            buffered => buffered,
        }
    }
}

/// The name under which an answer's header goes out; none when it is dropped.
pub(crate) fn outgoing_name(name: &str, answering: Answering) -> Option<Cow<'_, str>> {
    // UNVERIFIED: AWS's page says that a length of the backend's own is kept; that a coding is too
    // follows from "no content encoding" by the gateway.
    if matches!(answering, Answering::Streamed(_))
        && holds(&["content-length", "content-encoding"], name)
    {
        return Some(Cow::Borrowed(name));
    }
    let answering = answering.buffered();
    let is_dropped = name.eq_ignore_ascii_case("transfer-encoding")
        || (answering == Answering::HttpProxy
            && holds(&["content-encoding", "via", "keep-alive"], name));
    if is_dropped {
        return None;
    }
    let is_bare = matches!(answering, Answering::HttpProxy | Answering::GatewayResponse);
    let is_remapped = holds(&REMAPPED_COMMON, name)
        || (!is_bare && holds(&REMAPPED_MORE, name))
        || (answering == Answering::LambdaProxy && holds(&REMAPPED_LAMBDA_PROXY, name))
        || (is_bare && name.eq_ignore_ascii_case("x-amz-apigw-id"));
    Some(match is_remapped {
        true => Cow::Owned(format!("x-amzn-Remapped-{name}")),
        false => Cow::Borrowed(name),
    })
}

/// Whether `name: value` is one header line and cannot become two.
pub(crate) fn is_sendable(name: &str, value: &str) -> bool {
    // RFC 9110, 5.5: visible characters, space, tab and what lies above ASCII.
    let fits = |byte: u8| (byte >= b' ' && byte != 0x7f) || byte == b'\t';
    http::HeaderName::from_bytes(name.as_bytes()).is_ok() && value.bytes().all(fits)
}

fn holds(names: &[&str], name: &str) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(answering: Answering, name: &str, expect: Option<&str>) {
        assert_eq!(
            outgoing_name(name, answering).as_deref(),
            expect,
            "{answering:?} {name}"
        );
    }

    #[test]
    fn every_type_renames_framing_headers() {
        for answering in [
            Answering::Mapped,
            Answering::LambdaProxy,
            Answering::HttpProxy,
        ] {
            check(answering, "Connection", Some("x-amzn-Remapped-Connection"));
            check(answering, "Date", Some("x-amzn-Remapped-Date"));
            check(answering, "server", Some("x-amzn-Remapped-server"));
            let length = Some("x-amzn-Remapped-Content-Length");
            check(answering, "Content-Length", length);
            check(answering, "Transfer-Encoding", None);
            check(answering, "X-Custom", Some("X-Custom"));
        }
    }

    #[test]
    fn gateway_responses_frame_no_message_and_ask_for_credentials() {
        let answering = Answering::GatewayResponse;
        check(
            answering,
            "Content-Length",
            Some("x-amzn-Remapped-Content-Length"),
        );
        check(answering, "Transfer-Encoding", None);
        check(
            answering,
            "x-amz-apigw-id",
            Some("x-amzn-Remapped-x-amz-apigw-id"),
        );
        check(answering, "WWW-Authenticate", Some("WWW-Authenticate"));
    }

    #[test]
    fn functions_keep_their_casing_behind_the_prefix() {
        let expect = Some("x-amzn-Remapped-www-authenticate");
        check(Answering::LambdaProxy, "www-authenticate", expect);
        let expect = Some("x-amzn-Remapped-X-Forwarded-For");
        check(Answering::LambdaProxy, "X-Forwarded-For", expect);
    }

    #[test]
    fn recorded_renames_of_mapped_headers() {
        let renamed = [
            "Authorization",
            "Content-MD5",
            "Expect",
            "Host",
            "Max-Forwards",
            "Proxy-Authenticate",
            "Trailer",
            "Upgrade",
            "User-Agent",
            "WWW-Authenticate",
        ];
        for name in renamed {
            let expect = format!("x-amzn-Remapped-{name}");
            check(Answering::Mapped, name, Some(&expect));
            check(Answering::HttpProxy, name, Some(name));
        }
        for name in ["TE", "Via", "Content-Encoding", "Age", "Warn", "Referer"] {
            check(Answering::Mapped, name, Some(name));
        }
    }

    #[test]
    fn http_proxy_drops_codings_and_via() {
        check(Answering::HttpProxy, "Content-Encoding", None);
        check(Answering::HttpProxy, "Via", None);
    }

    #[test]
    fn streamed_answers_keep_length_and_coding() {
        for streaming in [Streaming::LambdaProxy, Streaming::HttpProxy] {
            let answering = Answering::Streamed(streaming);
            check(answering, "Content-Length", Some("Content-Length"));
            check(answering, "Content-Encoding", Some("Content-Encoding"));
            check(answering, "Transfer-Encoding", None);
            check(answering, "Date", Some("x-amzn-Remapped-Date"));
        }
    }

    #[test]
    fn requests_lose_hop_by_hop_headers() {
        for name in ["Connection", "TE", "content-length", "Content-MD5"] {
            assert!(is_dropped_from_request(name), "{name}");
        }
        for name in ["Host", "Via", "Referer", "Authorization", "X-Api-Key"] {
            assert!(!is_dropped_from_request(name), "{name}");
        }
    }

    #[test]
    fn illegal_mapping_targets() {
        assert!(is_illegal_target("Content-Length", false));
        assert!(is_illegal_target("X-Amzn-Apigateway-Api-Id", false));
        assert!(!is_illegal_target("Authorization", false));
        assert!(is_illegal_target("Authorization", true));
        assert!(!is_illegal_target("X-Custom", true));
    }

    #[test]
    fn line_breaks_cannot_be_sent() {
        assert!(is_sendable("X-A", "b"));
        assert!(is_sendable("X-A", "ü"));
        for (name, value) in [
            ("X-A", "b\r\nX-B: c"),
            ("X-A", "b\0"),
            ("X A", "b"),
            ("", "b"),
        ] {
            assert!(!is_sendable(name, value), "{name:?} {value:?}");
        }
    }
}
