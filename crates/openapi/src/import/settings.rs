//! What the root of a document says about the API as a whole.

use super::{Import, Mode};
use crate::document::{Object, flag_of, list, object, text, text_of, texts_of};
use restapi::{
    ApiKeySource, DocumentationPart, DocumentationVersion, GatewayResponse, RequestValidator,
};
use serde_json::Value;

/// Name of an API whose document has no title. UNVERIFIED: what AWS does then.
const UNTITLED: &str = "Untitled";

/// Types that can be customised ("Gateway response types for API Gateway").
const GATEWAY_RESPONSES: &[&str] = &[
    "ACCESS_DENIED",
    "API_CONFIGURATION_ERROR",
    "AUTHORIZER_CONFIGURATION_ERROR",
    "AUTHORIZER_FAILURE",
    "BAD_REQUEST_BODY",
    "BAD_REQUEST_PARAMETERS",
    "DEFAULT_4XX",
    "DEFAULT_5XX",
    "EXPIRED_TOKEN",
    "INTEGRATION_FAILURE",
    "INTEGRATION_TIMEOUT",
    "INVALID_API_KEY",
    "INVALID_SIGNATURE",
    "MISSING_AUTHENTICATION_TOKEN",
    "QUOTA_EXCEEDED",
    "REQUEST_TOO_LARGE",
    "RESOURCE_NOT_FOUND",
    "THROTTLED",
    "UNAUTHORIZED",
    "UNSUPPORTED_MEDIA_TYPE",
    "WAF_FILTERED",
];

impl Import<'_> {
    /// Everything of the root but paths, schemas and security schemes.
    pub(super) fn settings(&mut self) {
        self.info();
        self.traffic();
        self.endpoint();
        self.tags();
        self.validators();
        self.gateway_responses();
        self.documentation();
    }

    fn info(&mut self) {
        let info = self.document.object("info");
        match text_of(info, "title").filter(|title| !title.is_empty()) {
            Some(title) => self.api.name = title,
            None if self.api.name.is_empty() => self.api.name = UNTITLED.to_owned(),
            None => {}
        }
        if let Some(description) = text_of(info, "description").filter(|text| !text.is_empty()) {
            self.api.description = Some(description);
        }
        if let Some(version) = text_of(info, "version") {
            self.api.version = Some(version);
        }
    }

    fn traffic(&mut self) {
        let document = self.document;
        for media_type in list(document.get("x-amazon-apigateway-binary-media-types")) {
            let media_type = text(media_type).unwrap_or_default();
            if !self.api.binary_media_types.contains(&media_type) {
                self.api.binary_media_types.push(media_type);
            }
        }
        let root = |key: &str| document.get(key).and_then(text);
        match root("x-amazon-apigateway-api-key-source").as_deref() {
            Some(source) if source.eq_ignore_ascii_case("AUTHORIZER") => {
                self.api.api_key_source = ApiKeySource::Authorizer;
            }
            Some(source) if source.eq_ignore_ascii_case("HEADER") => {
                self.api.api_key_source = ApiKeySource::Header;
            }
            Some(other) => self.fail(format!("Invalid API key source specified: {other}")),
            None => {}
        }
        if let Some(size) = root("x-amazon-apigateway-minimum-compression-size") {
            match size.parse::<i32>() {
                Ok(size) if (0..=10_485_760).contains(&size) => {
                    self.api.minimum_compression_size = Some(size);
                }
                _ => self.fail("Invalid minimum compression size, must be between 0 and 10485760"),
            }
        }
        // The policy is JSON, or its text.
        match document.get("x-amazon-apigateway-policy") {
            Some(Value::String(policy)) => self.api.policy = Some(policy.clone()),
            Some(policy) => self.api.policy = Some(policy.to_string()),
            None => {}
        }
    }

    fn endpoint(&mut self) {
        let document = self.document;
        let key = "x-amazon-apigateway-endpoint-configuration";
        let server = document.server().and_then(|server| server.get(key));
        let endpoint = object(document.get(key).or(server));
        if let Some(is_disabled) = flag_of(endpoint, "disableExecuteApiEndpoint") {
            self.api.disable_execute_api_endpoint = is_disabled;
        }
        let vpc_endpoints = texts_of(endpoint, "vpcEndpointIds");
        if !vpc_endpoints.is_empty() {
            self.api.endpoint.vpc_endpoint_ids = vpc_endpoints;
        }
        let root = |key: &str| document.get(key).and_then(text);
        if let Some(mode) = root("x-amazon-apigateway-endpoint-access-mode") {
            self.api.endpoint_access_mode = Some(mode);
        }
        if let Some(policy) = root("x-amazon-apigateway-security-policy") {
            self.api.security_policy = Some(policy);
        }
    }

    fn tags(&mut self) {
        for tag in list(self.document.get("tags")) {
            let tag = object(Some(tag));
            let value = text_of(tag, "x-amazon-apigateway-tag-value");
            if let (Some(name), Some(value)) = (text_of(tag, "name"), value) {
                self.api.tags.insert(name, value);
            }
        }
    }

    fn validators(&mut self) {
        let validators = self
            .document
            .object("x-amazon-apigateway-request-validators");
        if self.options.mode == Mode::Overwrite {
            let is_kept = |validator: &RequestValidator| validators.contains_key(&validator.name);
            self.api
                .validators
                .retain(|_, validator| is_kept(validator));
        }
        for (name, validator) in validators {
            let validator = object(Some(validator));
            let known = self.validator(name);
            let id = known.unwrap_or_else(|| self.id());
            let validator = RequestValidator {
                id: id.clone(),
                name: name.clone(),
                validates_body: flag_of(validator, "validateRequestBody").unwrap_or_default(),
                validates_parameters: flag_of(validator, "validateRequestParameters")
                    .unwrap_or_default(),
            };
            self.api.validators.insert(id, validator);
        }
    }

    /// The id of the validator with this name.
    pub(super) fn validator(&self, name: &str) -> Option<String> {
        let mut all = self.api.validators.values();
        all.find(|validator| validator.name == name)
            .map(|validator| validator.id.clone())
    }

    fn gateway_responses(&mut self) {
        let document = self.document;
        for (kind, response) in document.object("x-amazon-apigateway-gateway-responses") {
            if !GATEWAY_RESPONSES.contains(&kind.as_str()) {
                self.warn(format!("Ignoring unknown gateway response type '{kind}'"));
                continue;
            }
            let response = object(Some(response));
            let made = GatewayResponse {
                response_type: kind.clone(),
                status_code: text_of(response, "statusCode"),
                response_parameters: texts(response, "responseParameters").collect(),
                response_templates: texts(response, "responseTemplates").collect(),
            };
            self.api.gateway_responses.insert(kind.clone(), made);
        }
    }

    fn documentation(&mut self) {
        let documentation = self.document.object("x-amazon-apigateway-documentation");
        for part in list(documentation.get("documentationParts")) {
            let part = object(Some(part));
            let location = object(part.get("location"));
            let id = self.id();
            let part = DocumentationPart {
                id: id.clone(),
                kind: text_of(location, "type").unwrap_or_else(|| "API".to_owned()),
                path: text_of(location, "path"),
                method: text_of(location, "method"),
                status_code: text_of(location, "statusCode"),
                name: text_of(location, "name"),
                properties: properties(part),
            };
            self.api.documentation_parts.insert(id, part);
        }
        if let Some(version) = text_of(documentation, "version") {
            let created = text_of(documentation, "createdDate");
            let created = created.and_then(|date| date.parse::<jiff::Timestamp>().ok());
            let made = DocumentationVersion {
                version: version.clone(),
                description: text_of(documentation, "description"),
                created_ms: created.map_or(0, jiff::Timestamp::as_millisecond),
            };
            self.api.documentation_versions.insert(version, made);
        }
    }
}

/// A part's properties as JSON text.
fn properties(part: &Object) -> String {
    match part.get("properties") {
        Some(Value::String(text)) => text.clone(),
        Some(properties) => properties.to_string(),
        None => "{}".to_owned(),
    }
}

/// The entries of a member that maps names to texts; other values are left out.
fn texts<'a>(holder: &'a Object, key: &str) -> impl Iterator<Item = (String, String)> + 'a {
    let entries = object(holder.get(key)).iter();
    entries.filter_map(|(name, value)| Some((name.clone(), text(value)?)))
}
