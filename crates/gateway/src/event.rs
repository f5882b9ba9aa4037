//! The event of a Lambda proxy integration, payload version 1, written as JSON text.
//!
//! Keys stand in AWS's order; tools that print events, and people who compare them, see the same.

use crate::{
    authorizer::Authorized,
    context::{self, Exchange},
    identity::caller_id,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;

/// The event for this request.
pub(crate) fn build(exchange: &Exchange<'_>) -> Bytes {
    let inbound = exchange.inbound;
    let mut json = Json::new(2_048 + inbound.body.len(), "null");
    let headers = inbound.params.header.iter();
    let headers = headers.filter(|(name, _)| is_shown(exchange, name));
    json.raw("{\"resource\":");
    json.text(&exchange.method.resource_path);
    method_request(&mut json, exchange, headers.collect());
    json.key("requestContext");
    request_context(&mut json, exchange);
    body(&mut json, exchange);
    json.raw("}");
    Bytes::from(json.bytes)
}

/// The event of a TOKEN authorizer.
pub(crate) fn token(token: &str, method_arn: &str) -> Bytes {
    let mut json = Json::new(512, "{}");
    json.raw("{\"type\":\"TOKEN\"");
    json.key("authorizationToken");
    json.text(token);
    json.key("methodArn");
    json.text(method_arn);
    json.raw("}");
    Bytes::from(json.bytes)
}

/// The event of a REQUEST authorizer: the request without its body, what is empty as `{}`
/// ("Input to an API Gateway Lambda authorizer").
pub(crate) fn request(exchange: &Exchange<'_>, method_arn: &str) -> Bytes {
    let mut json = Json::new(2_048, "{}");
    json.raw("{\"type\":\"REQUEST\"");
    json.key("methodArn");
    json.text(method_arn);
    json.key("resource");
    json.text(&exchange.method.resource_path);
    method_request(
        &mut json,
        exchange,
        exchange.inbound.params.header.iter().collect(),
    );
    json.key("requestContext");
    request_context(&mut json, exchange);
    json.raw("}");
    Bytes::from(json.bytes)
}

/// From `path` to `stageVariables`.
fn method_request(
    json: &mut Json,
    exchange: &Exchange<'_>,
    mut headers: Vec<&(String, Vec<String>)>,
) {
    let inbound = exchange.inbound;
    // Java's TreeMap with CASE_INSENSITIVE_ORDER, as events of AWS are seen to be ordered.
    headers.sort_by(|(a, _), (b, _)| folded(a).cmp(folded(b)));
    json.key("path");
    json.text(&inbound.path);
    json.key("httpMethod");
    json.text(&inbound.verb);
    json.key("headers");
    json.last_values(headers.iter().copied());
    json.key("multiValueHeaders");
    json.all_values(headers.iter().copied());
    json.key("queryStringParameters");
    json.last_values(inbound.params.querystring.iter());
    json.key("multiValueQueryStringParameters");
    json.all_values(inbound.params.querystring.iter());
    json.key("pathParameters");
    json.pairs(
        exchange
            .raw_path_parameters
            .iter()
            .map(|(k, v)| (k.as_str(), v.as_str())),
    );
    json.key("stageVariables");
    let variables = exchange.stage.settings.variables.iter();
    json.pairs(variables.map(|(k, v)| (k.as_str(), v.as_str())));
}

fn folded(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().map(|byte| byte.to_ascii_lowercase())
}

/// Whether the function sees this header: a signature is for the gateway alone.
fn is_shown(exchange: &Exchange<'_>, name: &str) -> bool {
    !(name.eq_ignore_ascii_case("authorization") && crate::authorize::hides_authorization(exchange))
}

fn request_context(json: &mut Json, exchange: &Exchange<'_>) {
    let Exchange {
        inbound,
        stage,
        method,
        ..
    } = exchange;
    json.raw("{\"resourceId\":");
    json.text(&method.resource_id);
    if let Some(authorized) = exchange.identity.authorized() {
        json.key("authorizer");
        authorizer(json, authorized);
    }
    if let Some(claims) = exchange.identity.claims() {
        json.raw(",\"authorizer\":{\"claims\":");
        json.pairs(
            claims
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str())),
        );
        json.raw("}");
    }
    json.key("resourcePath");
    json.text(&method.resource_path);
    if let Some(name) = &method.operation_name {
        json.key("operationName");
        json.text(name);
    }
    json.key("httpMethod");
    json.text(&inbound.verb);
    json.key("extendedRequestId");
    json.text(&inbound.ids.extended_request_id);
    json.key("requestTime");
    json.text(&context::request_time(inbound.received_ms));
    json.key("path");
    json.text(&inbound.request_path);
    json.key("accountId");
    json.text(stage.account.as_str());
    json.key("protocol");
    json.text(context::PROTOCOL);
    json.key("stage");
    json.text(&stage.settings.name);
    json.key("domainPrefix");
    json.text(inbound.domain_prefix());
    json.key("requestTimeEpoch");
    json.raw(&inbound.received_ms.to_string());
    json.key("requestId");
    json.text(&inbound.ids.request_id);
    json.key("identity");
    identity(json, exchange);
    json.key("domainName");
    json.text(&inbound.domain_name);
    json.key("deploymentId");
    json.text(&stage.settings.deployment_id);
    json.key("apiId");
    json.text(&stage.api.id);
    json.raw("}");
}

/// What the Lambda authorizer said; its own members may not pose as ours.
fn authorizer(json: &mut Json, authorized: &Authorized) {
    json.raw("{\"principalId\":");
    json.text(&authorized.grant.principal_id);
    for (name, value) in &authorized.grant.context {
        if !matches!(name.as_str(), "principalId" | "integrationLatency") {
            json.raw(",");
            json.text(name);
            json.raw(":");
            json.text(value);
        }
    }
    json.key("integrationLatency");
    json.raw(&authorized.latency_ms.to_string());
    json.raw("}");
}

fn identity(json: &mut Json, exchange: &Exchange<'_>) {
    let inbound = exchange.inbound;
    let principal = exchange.identity.principal();
    let caller = principal.map(|principal| caller_id(principal));
    json.raw("{\"cognitoIdentityPoolId\":null");
    json.key("accountId");
    json.optional(principal.map(|principal| principal.account.as_str()));
    json.raw(",\"cognitoIdentityId\":null");
    json.key("caller");
    json.optional(caller);
    json.key("sourceIp");
    json.text(&inbound.source_ip);
    json.key("principalOrgId");
    json.optional(exchange.identity.organization());
    json.key("accessKey");
    json.optional(principal.map(|principal| principal.access_key_id.as_str()));
    json.raw(",\"cognitoAuthenticationType\":null,\"cognitoAuthenticationProvider\":null");
    json.key("userArn");
    json.optional(principal.map(|principal| principal.arn.as_str()));
    json.key("userAgent");
    json.optional(inbound.facts.user_agent.as_deref());
    json.key("user");
    json.optional(caller);
    if inbound.is_test() {
        json.key("apiKey");
        json.text(context::TEST_API_KEY);
        json.key("apiKeyId");
        json.text(context::TEST_API_KEY_ID);
    }
    if let Some(key) = inbound.api_key.get() {
        json.key("apiKey");
        json.text(&key.value);
        json.key("apiKeyId");
        json.text(&key.entry.key_id);
    }
    // UNVERIFIED: where among the others AWS puts these two.
    if let Some(endpoint) = &inbound.vpc_endpoint {
        json.key("vpcId");
        json.text(&endpoint.vpc);
        json.key("vpceId");
        json.text(&endpoint.id);
    }
    json.raw("}");
}

/// Text, or base64 for a content type that the API calls binary.
fn body(json: &mut Json, exchange: &Exchange<'_>) {
    let inbound = exchange.inbound;
    let types = &exchange.stage.api.binary_media_types;
    let is_binary =
        !types.is_empty() && mapping::is_binary_media_type(inbound.header("Content-Type"), types);
    json.key("body");
    match (inbound.body.is_empty(), is_binary) {
        (true, _) => json.raw("null"),
        (false, true) => json.text(&STANDARD.encode(&inbound.body)),
        (false, false) => json.text(&String::from_utf8_lossy(&inbound.body)),
    }
    json.key("isBase64Encoded");
    json.raw(match is_binary && !inbound.body.is_empty() {
        true => "true",
        false => "false",
    });
}

/// Looks at every byte without a branch, so that many are looked at together: most texts need no
/// escape.
fn needs_escape(text: &str) -> bool {
    let special =
        |byte: u8| u8::from(byte < 0x20) | u8::from(byte == b'"') | u8::from(byte == b'\\');
    text.bytes().fold(0, |any, byte| any | special(byte)) != 0
}

/// JSON text in the making.
struct Json {
    bytes: Vec<u8>,
    /// What stands for a map without members.
    empty: &'static str,
}

impl Json {
    fn new(capacity: usize, empty: &'static str) -> Self {
        Self {
            bytes: Vec::with_capacity(capacity),
            empty,
        }
    }

    fn raw(&mut self, json: &str) {
        self.bytes.extend_from_slice(json.as_bytes());
    }

    /// A member's name with the comma before it.
    fn key(&mut self, name: &str) {
        self.raw(",\"");
        self.raw(name);
        self.raw("\":");
    }

    fn text(&mut self, text: &str) {
        if !needs_escape(text) {
            self.bytes.reserve(text.len() + 2);
            self.bytes.push(b'"');
            self.bytes.extend_from_slice(text.as_bytes());
            self.bytes.push(b'"');
            return;
        }
        serde_json::to_writer(&mut self.bytes, text).expect("a vector takes every byte");
    }

    fn optional(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.text(text),
            None => self.raw("null"),
        }
    }

    /// An object of texts.
    fn pairs<'a>(&mut self, pairs: impl Iterator<Item = (&'a str, &'a str)>) {
        self.object(pairs, |json, value| json.text(value));
    }

    fn last_values<'a>(&mut self, groups: impl Iterator<Item = &'a (String, Vec<String>)>) {
        let last = |(name, values): &'a (String, Vec<String>)| {
            (name.as_str(), values.last().map_or("", String::as_str))
        };
        self.pairs(groups.map(last));
    }

    fn all_values<'a>(&mut self, groups: impl Iterator<Item = &'a (String, Vec<String>)>) {
        let groups = groups.map(|(name, values)| (name.as_str(), values));
        self.object(groups, |json, values: &Vec<String>| {
            json.raw("[");
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    json.raw(",");
                }
                json.text(value);
            }
            json.raw("]");
        });
    }

    fn object<'a, V>(
        &mut self,
        members: impl Iterator<Item = (&'a str, V)>,
        write: impl Fn(&mut Self, V),
    ) {
        let mut separator = "{";
        for (name, value) in members {
            self.raw(separator);
            separator = ",";
            self.text(name);
            self.raw(":");
            write(self, value);
        }
        self.raw(match separator {
            "{" => self.empty,
            _ => "}",
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_written_as_the_serializer_writes_them() {
        let each = (0..0x100).filter_map(char::from_u32).map(String::from);
        let long = [
            "x".repeat(100),
            "x".repeat(99) + "\"",
            "\u{1f600}\n".repeat(9),
        ];
        for text in each.chain(long) {
            let mut json = Json::new(0, "null");
            json.text(&text);
            assert_eq!(json.bytes, serde_json::to_vec(&text).unwrap_or_default());
        }
    }
}
