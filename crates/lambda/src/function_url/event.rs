//! The event of a function URL: payload format 2.0.
//!
//! Source: "Invoking Lambda function URLs", request payload format. Members without a value are
//! left out, as in events that were observed.

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderMap, header};
use percent_encoding::percent_decode_str;
use policy::{Principal, PrincipalKind};
use ports::FunctionUrl;
use serde_json::{Map, Value, json};
use stdx::TimestampMs;

/// What the event is made of.
pub struct Source<'a> {
    /// The request as sent.
    pub request: &'a http::Request<Bytes>,
    /// What its host says.
    pub target: &'a FunctionUrl,
    /// The path that was signed, where it is not the one as sent.
    pub signed_path: Option<&'a str>,
    /// Who signed, where the URL asks for a signature.
    pub principal: Option<&'a Principal>,
    /// `Root=…` of the trace.
    pub trace_id: &'a str,
}

/// The event as JSON text.
pub fn build(source: &Source<'_>) -> Bytes {
    let uri = source.request.uri();
    let headers = source.request.headers();
    // UNVERIFIED: that AWS passes the path on as it was sent, percent-encoded.
    let path = source.signed_path.unwrap_or_else(|| uri.path());
    let query = uri.query().unwrap_or_default();
    let mut event = Map::new();
    let mut set = |name: &str, value: Value| event.insert(name.to_owned(), value);
    set("version", json!("2.0"));
    set("routeKey", json!("$default"));
    set("rawPath", json!(path));
    set("rawQueryString", json!(query));
    let cookies = cookies(headers);
    if !cookies.is_empty() {
        set("cookies", json!(cookies));
    }
    set("headers", Value::Object(joined(source)));
    let parameters = parameters(query);
    if !parameters.is_empty() {
        set("queryStringParameters", Value::Object(parameters));
    }
    set("requestContext", context(source, path));
    let body = source.request.body();
    let text = std::str::from_utf8(body).ok().filter(|_| is_text(headers));
    if !body.is_empty() {
        let encoded = || STANDARD.encode(body);
        set(
            "body",
            text.map_or_else(|| json!(encoded()), |text| json!(text)),
        );
    }
    set("isBase64Encoded", json!(!body.is_empty() && text.is_none()));
    Bytes::from(Value::Object(event).to_string())
}

/// Content types whose bodies are text; everything else, and a body without type, comes in base64.
///
/// Observed on HTTP APIs by others (2026-06), whose format this is; forms were seen to come in
/// base64 from function URLs too. A body that is no UTF-8 comes in base64 whatever its type says.
// UNVERIFIED: `application/*+json`; a function URL that echoes its event would settle it.
fn is_text(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE);
    let value = value.and_then(|value| value.to_str().ok()).unwrap_or("");
    let kind = value.split(';').next().unwrap_or("").trim();
    let kind = kind.to_ascii_lowercase();
    let is_known = ["json", "xml", "javascript"]
        .iter()
        .any(|one| kind.strip_prefix("application/") == Some(one));
    is_known || kind.starts_with("text/")
}

fn cookies(headers: &HeaderMap) -> Vec<String> {
    let lines = headers.get_all(header::COOKIE).iter();
    let lines = lines.map(|line| String::from_utf8_lossy(line.as_bytes()).into_owned());
    let all: Vec<String> = lines
        .flat_map(|line| {
            let parts = line.split(';').map(|part| part.trim().to_owned());
            parts.collect::<Vec<_>>()
        })
        .filter(|cookie| !cookie.is_empty())
        .collect();
    all
}

/// Every header once, in lower case, its values joined with commas; and what AWS's front door adds.
/// The signature of an `AWS_IAM` URL is for Lambda alone.
fn joined(source: &Source<'_>) -> Map<String, Value> {
    let headers = source.request.headers();
    let mut all = Map::new();
    for name in headers.keys() {
        if *name == header::AUTHORIZATION && source.principal.is_some() {
            continue;
        }
        // Cookies are parted by semicolons everywhere.
        let separator = if *name == header::COOKIE { "; " } else { "," };
        let values = headers.get_all(name).iter();
        let values = values.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        let text = values.collect::<Vec<_>>().join(separator);
        all.insert(name.as_str().to_owned(), Value::String(text));
    }
    let client = source_ip(source);
    let forwarded = match all.get("x-forwarded-for").and_then(Value::as_str) {
        Some(proxies) => format!("{proxies}, {client}"),
        None => client,
    };
    // AWS serves function URLs by HTTPS on port 443 only, and functions are written for that.
    for (name, value) in [
        ("x-amzn-trace-id", source.trace_id.to_owned()),
        ("x-forwarded-for", forwarded),
        ("x-forwarded-port", "443".to_owned()),
        ("x-forwarded-proto", "https".to_owned()),
    ] {
        all.insert(name.to_owned(), Value::String(value));
    }
    all
}

/// Decoded query parameters, values of one name joined with commas.
fn parameters(query: &str) -> Map<String, Value> {
    let mut all: Map<String, Value> = Map::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (decoded(name), decoded(value));
        match all.get_mut(&name) {
            Some(Value::String(values)) => {
                values.push(',');
                values.push_str(&value);
            }
            _ => {
                all.insert(name, Value::String(value));
            }
        }
    }
    all
}

fn decoded(text: &str) -> String {
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
}

fn context(source: &Source<'_>, path: &str) -> Value {
    let target = source.target;
    let received_ms = target.connection.received_ms;
    let account = source
        .principal
        .map_or("anonymous", |one| one.account.as_str());
    let mut context = Map::new();
    let mut set = |name: &str, value: Value| context.insert(name.to_owned(), value);
    set("accountId", json!(account));
    set("apiId", json!(target.url_id));
    if let Some(principal) = source.principal {
        set("authorizer", json!({ "iam": identity(principal) }));
    }
    set("domainName", json!(target.domain_name));
    set("domainPrefix", json!(target.url_id));
    set(
        "http",
        json!({
            "method": source.request.method().as_str(),
            "path": path,
            "protocol": "HTTP/1.1",
            "sourceIp": source_ip(source),
            "userAgent": user_agent(source.request.headers()),
        }),
    );
    set("requestId", json!(target.request_id));
    set("routeKey", json!("$default"));
    set("stage", json!("$default"));
    set("time", json!(request_time(received_ms)));
    set("timeEpoch", json!(received_ms));
    Value::Object(context)
}

fn identity(principal: &Principal) -> Value {
    let user_id = match principal.kind {
        PrincipalKind::Root => principal.account.as_str(),
        _ => &principal.user_id,
    };
    json!({
        "accessKey": principal.access_key_id,
        "accountId": principal.account.as_str(),
        "callerId": user_id,
        "cognitoIdentity": null,
        "principalOrgId": null,
        "userArn": principal.arn.as_str(),
        "userId": user_id,
    })
}

fn source_ip(source: &Source<'_>) -> String {
    source
        .target
        .connection
        .peer
        .ip()
        .to_canonical()
        .to_string()
}

fn user_agent(headers: &HeaderMap) -> String {
    headers
        .get(header::USER_AGENT)
        .map_or_else(String::new, |value| {
            String::from_utf8_lossy(value.as_bytes()).into_owned()
        })
}

/// `22/Nov/2026:11:56:06 +0000`.
fn request_time(ms: TimestampMs) -> String {
    jiff::Timestamp::from_millisecond(ms)
        .unwrap_or_default()
        .strftime("%d/%b/%Y:%H:%M:%S +0000")
        .to_string()
}
