//! A request as the method pipeline sees it.

use crate::{
    api_key::ApiKey,
    headers,
    ids::RequestIds,
    vpc_endpoints::{API_ID_HEADER, NamedEndpoint, VpcEndpoint},
};
use bytes::Bytes;
use mapping::Params;
use percent_encoding::percent_decode_str;
use ports::{ExecuteApi, RequestFacts};
use std::{
    borrow::Cow,
    sync::{Arc, OnceLock},
};
use stdx::TimestampMs;

/// Where a request comes from.
#[derive(Debug)]
pub(crate) enum Origin {
    /// A client; the request is as it was sent, for its signature.
    Client(Box<http::Request<Bytes>>),
    /// TestInvokeMethod.
    Test,
}

/// One request, parsed once.
#[derive(Debug)]
pub(crate) struct Inbound {
    /// Request id, extended request id and trace.
    pub(crate) ids: RequestIds,
    /// The API's id.
    pub(crate) api_id: String,
    /// The stage's name.
    pub(crate) stage: String,
    /// The verb after `X-HTTP-Method-Override`.
    pub(crate) verb: String,
    /// Path without stage, still percent-encoded; one `/` at its start.
    pub(crate) path: String,
    /// Path with stage, still percent-encoded.
    pub(crate) request_path: String,
    /// Decoded query, headers and (once routed) path parameters.
    pub(crate) params: Params,
    /// The query as sent, without `?`.
    pub(crate) raw_query: String,
    /// Whether header names are as the client spelled them; not so over HTTP/2.
    pub(crate) is_spelled: bool,
    /// The body.
    pub(crate) body: Bytes,
    /// Whether the body was over the bound, and thrown away.
    pub(crate) is_body_too_large: bool,
    /// Bytes of request line and header lines as sent.
    pub(crate) head_bytes: usize,
    /// Host name without port.
    pub(crate) domain_name: String,
    /// The client's address as text.
    pub(crate) source_ip: String,
    /// The VPC endpoint that the host names, if it names one.
    pub(crate) named_endpoint: Option<NamedEndpoint>,
    /// The VPC endpoint through which the client of a private API comes.
    pub(crate) vpc_endpoint: Option<Arc<VpcEndpoint>>,
    /// When the head was read.
    pub(crate) received_ms: TimestampMs,
    /// Facts for condition keys.
    pub(crate) facts: RequestFacts,
    /// Who sent it.
    pub(crate) origin: Origin,
    /// The API key, once it was found to open the stage.
    pub(crate) api_key: OnceLock<ApiKey>,
}

impl Inbound {
    /// A client's request.
    pub(crate) fn new(request: http::Request<Bytes>, target: ExecuteApi, ids: RequestIds) -> Self {
        let source_ip = target.connection.peer.ip().to_canonical();
        let mut header = client_headers(&request, &target);
        let client = source_ip.to_string();
        add_forwarding(&mut header, &client, &ids.trace_root);
        let raw_query = request.uri().query().unwrap_or_default().to_owned();
        let params = Params {
            path: Vec::new(),
            querystring: parse_query(&raw_query),
            header,
        };
        let facts = RequestFacts {
            source_ip: Some(source_ip),
            user_agent: params.header("User-Agent").map(str::to_owned),
            referer: params.header("Referer").map(str::to_owned),
            is_tls: target.connection.is_tls,
            now_ms: target.connection.received_ms,
            region: target
                .region
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
            request_id: ids.request_id.clone(),
        };
        let verb = params
            .header("X-HTTP-Method-Override")
            .filter(|verb| !verb.is_empty())
            .map_or_else(|| request.method().as_str().to_owned(), str::to_owned);
        let api_ids = request.headers().get_all(API_ID_HEADER).iter();
        let api_ids = api_ids.map(|id| id.to_str().unwrap_or_default());
        let (api_id, named_endpoint) = NamedEndpoint::find(&target.api_id, api_ids);
        Self {
            ids,
            verb,
            is_spelled: target.header_names.iter().next().is_some(),
            path: format!("/{}", target.raw_path.trim_start_matches('/')),
            raw_query,
            params,
            body: request.body().clone(),
            is_body_too_large: target.is_body_too_large,
            head_bytes: target.head_bytes,
            domain_name: target.domain_name().to_owned(),
            source_ip: client,
            received_ms: target.connection.received_ms,
            facts,
            request_path: target.request_path,
            stage: decoded(&target.stage),
            named_endpoint,
            vpc_endpoint: None,
            api_id,
            origin: Origin::Client(Box::new(request)),
            api_key: OnceLock::new(),
        }
    }

    /// The last value of a header, whatever its case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.params.header(name)
    }

    /// Whether this is TestInvokeMethod.
    pub(crate) fn is_test(&self) -> bool {
        matches!(self.origin, Origin::Test)
    }

    /// The first label of the host name; the API's id when the host is no AWS-like name.
    pub(crate) fn domain_prefix(&self) -> &str {
        match self.domain_name.split_once('.') {
            Some((first, _)) if self.is_named_host() => first,
            _ => &self.api_id,
        }
    }

    fn is_named_host(&self) -> bool {
        self.domain_name.parse::<std::net::IpAddr>().is_err()
    }
}

/// The client's headers in its spelling, grouped by name, without those that stop here.
fn client_headers(
    request: &http::Request<Bytes>,
    target: &ExecuteApi,
) -> Vec<(String, Vec<String>)> {
    let mut grouped = Vec::with_capacity(request.headers().keys_len() + 4);
    for name in request.headers().keys() {
        let lower = name.as_str();
        if headers::is_dropped_from_request(lower) {
            continue;
        }
        let spelling = target.header_names.spelling(lower);
        let shown = spelling.unwrap_or_else(|| headers::canonical(lower));
        let values = request.headers().get_all(name);
        let values = values
            .iter()
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        grouped.push((shown.to_owned(), values.collect()));
    }
    grouped
}

/// Adds what AWS's front door adds. REST APIs are reached by HTTPS on port 443 only, and functions
/// are written for that, so this is what they see whatever the listener's port.
fn add_forwarding(header: &mut Vec<(String, Vec<String>)>, client: &str, trace_root: &str) {
    let forwarded = match last_value(header, "X-Forwarded-For") {
        Some(proxies) => format!("{proxies}, {client}"),
        None => client.to_owned(),
    };
    for (name, value) in [
        ("X-Amzn-Trace-Id", trace_root.to_owned()),
        ("X-Forwarded-For", forwarded),
        ("X-Forwarded-Port", "443".to_owned()),
        ("X-Forwarded-Proto", "https".to_owned()),
    ] {
        header.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        header.push((name.to_owned(), vec![value]));
    }
}

fn last_value<'a>(header: &'a [(String, Vec<String>)], name: &str) -> Option<&'a str> {
    let (_, values) = header
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))?;
    values.last().map(String::as_str)
}

/// Query parameters, decoded once, grouped by name in the order of their first occurrence.
///
/// `;` separates as `&` does ("Amazon API Gateway important notes").
pub(crate) fn parse_query(raw: &str) -> Vec<(String, Vec<String>)> {
    let mut grouped: Vec<(String, Vec<String>)> = Vec::new();
    for pair in raw.split(['&', ';']).filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (key, value) = (form_decoded(key), form_decoded(value));
        match grouped.iter_mut().find(|(known, _)| *known == key) {
            Some((_, values)) => values.push(value),
            None => grouped.push((key, vec![value])),
        }
    }
    grouped
}

/// `+` is a space and `%2B` a plus; bytes that are no UTF-8 become U+FFFD.
fn form_decoded(text: &str) -> String {
    if text.contains('+') {
        decoded(&text.replace('+', " "))
    } else {
        decoded(text)
    }
}

/// Percent-decoded; bytes that are no UTF-8 become U+FFFD.
pub(crate) fn decoded(text: &str) -> String {
    match percent_decode_str(text).decode_utf8_lossy() {
        Cow::Borrowed(plain) => plain.to_owned(),
        Cow::Owned(text) => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(raw: &str, expect: &[(&str, &[&str])]) {
        let expect: Vec<(String, Vec<String>)> = expect
            .iter()
            .map(|(key, values)| {
                let values = values.iter().map(|value| (*value).to_owned());
                ((*key).to_owned(), values.collect())
            })
            .collect();
        assert_eq!(parse_query(raw), expect, "{raw}");
    }

    #[test]
    fn query_is_decoded_once() {
        check(
            "a=1+2&b=%2B&c=%2541",
            &[("a", &["1 2"]), ("b", &["+"]), ("c", &["%41"])],
        );
        check(
            "x=caf%C3%A9&y=%FF",
            &[("x", &["café"]), ("y", &["\u{fffd}"])],
        );
    }

    #[test]
    fn query_values_keep_their_order() {
        check("a=1&b=x&a=2", &[("a", &["1", "2"]), ("b", &["x"])]);
        check("a=1;a=2", &[("a", &["1", "2"])]);
    }

    #[test]
    fn query_keys_without_value_are_empty() {
        check("a&b=&&=c", &[("a", &[""]), ("b", &[""]), ("", &["c"])]);
        check("", &[]);
    }

    #[test]
    fn proxies_are_kept_before_the_client() {
        let mut header = vec![
            ("x-forwarded-for".to_owned(), vec!["10.0.0.9".to_owned()]),
            ("X-Forwarded-Proto".to_owned(), vec!["http".to_owned()]),
        ];
        add_forwarding(&mut header, "127.0.0.1", "Root=1-a-b");
        let value = |name| last_value(&header, name);
        assert_eq!(value("X-Forwarded-For"), Some("10.0.0.9, 127.0.0.1"));
        assert_eq!(value("X-Forwarded-Proto"), Some("https"));
        assert_eq!(value("X-Forwarded-Port"), Some("443"));
        assert_eq!(value("X-Amzn-Trace-Id"), Some("Root=1-a-b"));
        assert_eq!(header.len(), 4);
    }
}
