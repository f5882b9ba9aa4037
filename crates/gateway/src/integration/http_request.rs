//! What an HTTP backend is sent: URI, headers, body.

use crate::{
    authorize,
    compiled_integration::{CompiledIntegration, Endpoint},
    context::Exchange,
    fault::Fault,
    headers::Line,
    request_mapping::{Parameters, PathValue},
};
use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use ports::ClientCertificate;
use std::{borrow::Cow, sync::Arc};

/// A request to a URL.
#[derive(Debug, Clone)]
pub(crate) struct HttpRequest {
    /// The verb.
    pub(crate) verb: String,
    /// The whole URI.
    pub(crate) uri: String,
    /// Header lines without those of the framing.
    pub(crate) headers: Vec<Line>,
    /// The body; empty for verbs that carry none.
    pub(crate) body: Bytes,
    /// The trace that is sent along.
    pub(crate) trace_root: String,
    /// Whether a certificate of any issuer will do.
    pub(crate) skips_verification: bool,
    /// The upstream of a VPC link, `host` or `host:port`, that is connected to whatever the URI's
    /// host is.
    pub(crate) upstream: Option<Arc<str>>,
    /// What is shown to a backend that asks who comes.
    pub(crate) certificate: Option<Arc<ClientCertificate>>,
}

/// Left alone in a value for a path or a query: RFC 3986's unreserved characters.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Left alone in a path segment: unreserved characters, sub-delimiters, `:` and `@`.
const KEPT_IN_SEGMENT: &AsciiSet = &KEPT
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@');

/// The same and the slashes between segments.
const KEPT_IN_PATH: &AsciiSet = &KEPT_IN_SEGMENT.remove(b'/');

/// Never leave the gateway toward an HTTP backend, mapped or not (recorded).
const NEVER_SENT: [&str; 8] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "proxy-authenticate",
    "te",
    "transfer-encoding",
    "via",
];

/// `HTTP`: only what is mapped is sent.
///
/// # Errors
/// A path that climbs out of the integration's own.
pub(crate) fn mapped(
    exchange: &Exchange<'_>,
    integration: &CompiledIntegration,
    parameters: Parameters,
    body: Bytes,
) -> Result<HttpRequest, Fault> {
    let query = vec![encoded_query(&parameters.querystring)];
    request(exchange, integration, parameters, Vec::new(), &query, body)
}

/// `HTTP_PROXY`: the client's headers, query and body pass; mapped headers replace the client's,
/// mapped query parameters are added.
///
/// # Errors
/// A path that climbs out of the integration's own.
pub(crate) fn passed_through(
    exchange: &Exchange<'_>,
    integration: &CompiledIntegration,
    parameters: Parameters,
) -> Result<HttpRequest, Fault> {
    let inbound = exchange.inbound;
    let hides_authorization = authorize::hides_authorization(exchange);
    let is_stopped = |name: &str| {
        name.eq_ignore_ascii_case("content-encoding")
            || (hides_authorization && name.eq_ignore_ascii_case("authorization"))
    };
    let mut headers: Vec<Line> = Vec::new();
    for (name, values) in inbound
        .params
        .header
        .iter()
        .filter(|(name, _)| !is_stopped(name))
    {
        let lines = values
            .iter()
            .map(|value| (Cow::Owned(name.clone()), value.clone()));
        headers.extend(lines);
    }
    let query = vec![
        inbound.raw_query.clone(),
        encoded_query(&parameters.querystring),
    ];
    let body = inbound.body.clone();
    request(exchange, integration, parameters, headers, &query, body)
}

fn request(
    exchange: &Exchange<'_>,
    integration: &CompiledIntegration,
    parameters: Parameters,
    mut headers: Vec<Line>,
    query: &[String],
    body: Bytes,
) -> Result<HttpRequest, Fault> {
    let verb = integration
        .verb
        .clone()
        .unwrap_or_else(|| exchange.inbound.verb.clone());
    let template = match &integration.endpoint {
        Endpoint::Http { uri, .. } => uri.as_str(),
        Endpoint::Service(service) => service.uri.as_str(),
        _ => "",
    };
    let uri = filled(template, &parameters.path);
    if climbs(template, &uri) {
        return Err(Fault::BadPath);
    }
    for (name, values) in parameters.headers {
        headers.retain(|(known, _)| !known.eq_ignore_ascii_case(&name));
        let lines = values
            .into_iter()
            .map(|value| (Cow::Owned(name.clone()), value));
        headers.extend(lines);
    }
    headers.retain(|(name, _)| {
        !NEVER_SENT
            .iter()
            .any(|never| name.eq_ignore_ascii_case(never))
    });
    let body = match carries_body(&verb) {
        true => body,
        false => Bytes::new(),
    };
    // A request without a body has no content type, whatever its verb (recorded).
    add_own(exchange, !body.is_empty(), &mut headers);
    Ok(HttpRequest {
        uri: with_query(uri, query),
        headers,
        body,
        verb,
        trace_root: exchange.inbound.ids.trace_root.clone(),
        skips_verification: integration.skips_verification,
        upstream: None,
        certificate: None,
    })
}

/// What the gateway adds of its own.
fn add_own(exchange: &Exchange<'_>, has_body: bool, headers: &mut Vec<Line>) {
    let api_id = &exchange.stage.api.id;
    let mut default = |name: &'static str, value: String| {
        if !headers
            .iter()
            .any(|(known, _)| known.eq_ignore_ascii_case(name))
        {
            headers.push((Cow::Borrowed(name), value));
        }
    };
    default("Accept", "application/json".to_owned());
    default("User-Agent", format!("AmazonAPIGateway_{api_id}"));
    if has_body {
        default("Content-Type", "application/json".to_owned());
    }
    default("X-Amzn-Trace-Id", exchange.inbound.ids.trace_root.clone());
    default("X-Amzn-Apigateway-Api-Id", api_id.clone());
}

/// Whether a request with this verb carries a body to the backend.
fn carries_body(verb: &str) -> bool {
    !matches!(verb, "GET" | "HEAD" | "OPTIONS")
}

/// The URI with its `{placeholders}` filled. What is not mapped stays, percent-encoded.
fn filled(template: &str, path: &[PathValue]) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, tail)) = after.split_once('}') else {
            out.push_str("%7B");
            rest = after;
            continue;
        };
        match path.iter().find(|value| value.name == name) {
            Some(found) => out.extend(utf8_percent_encode(&found.value, kept(&out, found))),
            None => out.push_str(&format!("%7B{name}%7D")),
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}

/// Whether filling in values has put dot segments into the path: a backend that resolves them would
/// serve something else than what the method was authorized for.
///
/// UNVERIFIED: whether AWS refuses such a request or passes it on; sending one through an
/// HTTP_PROXY of real API Gateway would settle it. Clients resolve dot segments before they send.
fn climbs(template: &str, uri: &str) -> bool {
    template.contains('{') && dot_segments(uri) > dot_segments(template)
}

/// Segments of the path that a backend may take for `.` or `..`; parameters behind `;` are cut off
/// by some.
fn dot_segments(uri: &str) -> usize {
    let path = uri.split(['?', '#']).next().unwrap_or_default();
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    let segments = decoded.split(['/', '\\']);
    segments
        .filter(|segment| {
            let name = segment.split(';').next().unwrap_or_default();
            matches!(name, "." | "..")
        })
        .count()
}

/// What of a value is kept at this place: nothing special in host names and queries, so that no
/// value can move the request to another host or add a parameter.
fn kept(before: &str, value: &PathValue) -> &'static AsciiSet {
    let after_scheme = before.split_once("://").map_or(before, |(_, rest)| rest);
    let is_path = after_scheme.contains('/') && !after_scheme.contains('?');
    match (is_path, value.may_span) {
        (false, _) => KEPT,
        (true, false) => KEPT_IN_SEGMENT,
        (true, true) => KEPT_IN_PATH,
    }
}

fn encoded_query(parameters: &[(String, Vec<String>)]) -> String {
    let mut out = String::new();
    for (name, values) in parameters {
        for value in values {
            if !out.is_empty() {
                out.push('&');
            }
            out.extend(utf8_percent_encode(name, KEPT));
            out.push('=');
            out.extend(utf8_percent_encode(value, KEPT));
        }
    }
    out
}

/// Adds query parts behind the URI's own query, in their order (recorded).
fn with_query(mut uri: String, parts: &[String]) -> String {
    for part in parts.iter().filter(|part| !part.is_empty()) {
        uri.push(match uri.contains('?') {
            true => '&',
            false => '?',
        });
        uri.push_str(part);
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(template: &str, name: &str, value: &str, may_span: bool, expect: &str) {
        let path = [PathValue {
            name: name.to_owned(),
            value: value.to_owned(),
            may_span,
        }];
        assert_eq!(filled(template, &path), expect, "{template} {value}");
    }

    #[test]
    fn placeholders_are_filled_and_encoded() {
        check("http://h/pets/{id}", "id", "1", false, "http://h/pets/1");
        check(
            "http://h/pets/{id}",
            "id",
            "a b%\r\n",
            false,
            "http://h/pets/a%20b%25%0D%0A",
        );
        check("http://h/{p}", "p", "a/b@c:d", true, "http://h/a/b@c:d");
        check("http://h/{p}/x", "p", "../b", false, "http://h/..%2Fb/x");
        check("http://h/{p}", "q", "1", false, "http://h/%7Bp%7D");
        check("http://h/{p", "p", "1", false, "http://h/%7Bp");
    }

    #[test]
    fn values_cannot_move_the_request() {
        check(
            "http://{h}.example/",
            "h",
            "evil.com/",
            true,
            "http://evil.com%2F.example/",
        );
        check(
            "http://{h}.example/",
            "h",
            "u@evil:80",
            true,
            "http://u%40evil%3A80.example/",
        );
        check(
            "http://h/?a={v}",
            "v",
            "1&b=2#c",
            true,
            "http://h/?a=1%26b%3D2%23c",
        );
        check("http://h/{v}", "v", "a?b#c", true, "http://h/a%3Fb%23c");
    }

    #[test]
    fn values_cannot_climb() {
        let climbing = |template: &str, value: &str, may_span| {
            let path = [PathValue {
                name: "p".to_owned(),
                value: value.to_owned(),
                may_span,
            }];
            climbs(template, &filled(template, &path))
        };
        for value in ["..", ".", "../b", "a/..", "..;x", "..\\b", "a/./b"] {
            assert!(climbing("http://h/in/{p}", value, true), "{value}");
            assert!(climbing("http://h/in/{p}", value, false), "{value}");
        }
        assert!(climbing("http://h/in/.{p}", ".", false), "put together");
        assert!(climbing("http://h/a/../{p}", "..", false), "beside its own");
        for value in ["...", "a..b", ".b", "%2e%2e", "a;..", ""] {
            assert!(!climbing("http://h/in/{p}", value, true), "{value}");
        }
        assert!(
            !climbing("http://h/a/../{p}", "b", false),
            "its own are its own"
        );
        assert!(!climbing("http://h/in?q={p}", "/../", true), "no path");
    }

    #[test]
    fn query_parts_follow_the_uris_own() {
        let own = "http://h/?testVar=foobar".to_owned();
        let parts = [
            "testVar=bar".to_owned(),
            String::new(),
            "testQs=foo".to_owned(),
        ];
        let expect = "http://h/?testVar=foobar&testVar=bar&testQs=foo";
        assert_eq!(with_query(own, &parts), expect);
        assert_eq!(
            with_query("http://h/".into(), &[String::new()]),
            "http://h/"
        );
        let mapped = [("a b".to_owned(), vec!["1".to_owned(), "ü&".to_owned()])];
        assert_eq!(encoded_query(&mapped), "a%20b=1&a%20b=%C3%BC%26");
    }
}
