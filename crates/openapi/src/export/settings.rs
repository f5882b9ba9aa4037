//! Settings of the API as members of the root.

use super::{Export, put, put_object, texts};
use crate::document::Object;
use restapi::{ApiKeySource, DocumentationPart};
use serde_json::{Value, json};

impl Export<'_> {
    /// Everything of the API that is no path, schema or scheme.
    pub(super) fn settings(&self, out: &mut Object) {
        let api = self.api;
        if !api.tags.is_empty() {
            let tag = |(name, value): (&String, &String)| json!({"name": name, "x-amazon-apigateway-tag-value": value});
            out.insert("tags".into(), api.tags.iter().map(tag).collect());
        }
        self.responses_of_gateway(out);
        self.validators(out);
        if !api.binary_media_types.is_empty() {
            let types = json!(api.binary_media_types);
            out.insert("x-amazon-apigateway-binary-media-types".into(), types);
        }
        if api.api_key_source == ApiKeySource::Authorizer {
            out.insert(
                "x-amazon-apigateway-api-key-source".into(),
                "AUTHORIZER".into(),
            );
        }
        if let Some(size) = api.minimum_compression_size {
            out.insert(
                "x-amazon-apigateway-minimum-compression-size".into(),
                size.into(),
            );
        }
        if let Some(policy) = &api.policy {
            let policy = serde_json::from_str(policy).unwrap_or_else(|_| policy.as_str().into());
            out.insert("x-amazon-apigateway-policy".into(), policy);
        }
        self.endpoint(out);
        put(
            out,
            "x-amazon-apigateway-security-policy",
            api.security_policy.as_ref(),
        );
        put(
            out,
            "x-amazon-apigateway-endpoint-access-mode",
            api.endpoint_access_mode.as_ref(),
        );
    }

    fn endpoint(&self, out: &mut Object) {
        let mut endpoint = Object::new();
        if self.api.disable_execute_api_endpoint {
            endpoint.insert("disableExecuteApiEndpoint".into(), true.into());
        }
        let vpc_endpoints = &self.api.endpoint.vpc_endpoint_ids;
        if !vpc_endpoints.is_empty() {
            endpoint.insert("vpcEndpointIds".into(), json!(vpc_endpoints));
        }
        put_object(out, "x-amazon-apigateway-endpoint-configuration", endpoint);
    }

    fn responses_of_gateway(&self, out: &mut Object) {
        let responses = self.api.gateway_responses.values().map(|response| {
            let mut body = Object::new();
            put(&mut body, "statusCode", response.status_code.as_ref());
            put_object(
                &mut body,
                "responseParameters",
                texts(&response.response_parameters),
            );
            let templates = response.response_templates.iter();
            let templates = templates.map(|(name, value)| (name, value));
            put_object(&mut body, "responseTemplates", texts(templates));
            (response.response_type.clone(), Value::Object(body))
        });
        put_object(out, "x-amazon-apigateway-gateway-responses", responses);
    }

    fn validators(&self, out: &mut Object) {
        let validators = self.api.validators.values().map(|validator| {
            let body = json!({
                "validateRequestParameters": validator.validates_parameters,
                "validateRequestBody": validator.validates_body,
            });
            (validator.name.clone(), body)
        });
        put_object(out, "x-amazon-apigateway-request-validators", validators);
    }

    /// All parts, and the newest version's name.
    pub(super) fn documentation(&self, out: &mut Object) {
        let mut documentation = Object::new();
        let versions = self.api.documentation_versions.values();
        if let Some(newest) = versions.max_by_key(|version| version.created_ms) {
            documentation.insert("version".into(), newest.version.as_str().into());
            put(
                &mut documentation,
                "description",
                newest.description.as_ref(),
            );
            if let Ok(created) = jiff::Timestamp::from_millisecond(newest.created_ms) {
                documentation.insert("createdDate".into(), created.to_string().into());
            }
        }
        let parts: Vec<Value> = self.api.documentation_parts.values().map(part).collect();
        if !parts.is_empty() {
            documentation.insert("documentationParts".into(), Value::Array(parts));
        }
        put_object(out, "x-amazon-apigateway-documentation", documentation);
    }
}

fn part(part: &DocumentationPart) -> Value {
    let mut location = Object::new();
    location.insert("type".into(), part.kind.as_str().into());
    put(&mut location, "path", part.path.as_ref());
    put(&mut location, "method", part.method.as_ref());
    put(&mut location, "statusCode", part.status_code.as_ref());
    put(&mut location, "name", part.name.as_ref());
    let properties = serde_json::from_str(&part.properties);
    let properties: Value = properties.unwrap_or_else(|_| part.properties.as_str().into());
    json!({"location": location, "properties": properties})
}
