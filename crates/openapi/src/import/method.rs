//! Operations as methods.

use super::Import;
use super::integration::Site;
use crate::document::{Object, Version, flag_of, list, object, text, text_of, texts_of};
use restapi::{Method, MethodResponse};
use serde_json::Value;
use std::collections::BTreeMap;

impl Import<'_> {
    /// An operation replaces the method of its verb whole.
    pub(super) fn method(
        &mut self,
        resource_id: &str,
        verb: &str,
        item: &Object,
        operation: &Object,
    ) {
        if self.is_left_out(operation) {
            return;
        }
        let resource = self.api.resources.get(resource_id);
        let path = resource
            .map(|resource| resource.path.clone())
            .unwrap_or_default();
        let site = Site { path: &path, verb };
        let integration = match operation.get("x-amazon-apigateway-integration") {
            Some(Value::Object(given)) => self.integration(given, &site),
            _ => Ok(None),
        };
        let integration = integration.unwrap_or_else(|problem| {
            self.fail(format!(
                "Unable to put integration on '{verb}' for resource at path '{path}': {problem}"
            ));
            None
        });
        match self.declared(&site, item, operation) {
            Ok(mut method) => {
                method.integration = integration;
                if let Some(resource) = self.api.resources.get_mut(resource_id) {
                    resource.methods.insert(verb.to_owned(), method);
                }
            }
            Err(problem) => self.fail(format!(
                "Unable to put method '{verb}' on resource at path '{path}': {problem}"
            )),
        }
    }

    /// Everything of a method but its integration.
    fn declared(
        &mut self,
        site: &Site<'_>,
        item: &Object,
        operation: &Object,
    ) -> Result<Method, String> {
        let mut method = Method {
            http_method: site.verb.to_owned(),
            authorization_type: "NONE".to_owned(),
            operation_name: text_of(operation, "operationId"),
            ..Method::default()
        };
        self.authorization(operation, &mut method)?;
        method.request_validator_id = self.request_validator(operation)?;
        for name in variables(site.path) {
            method
                .request_parameters
                .insert(format!("method.request.path.{name}"), true);
        }
        // Parameters of the operation come last and stand above those of the path.
        let shared = list(item.get("parameters")).iter();
        for parameter in shared.chain(list(operation.get("parameters"))) {
            self.parameter(parameter, operation, &mut method)?;
        }
        let body = operation
            .get("requestBody")
            .map(|body| self.document.resolve(body));
        let content = object(object(body).get("content"));
        method.request_models.extend(self.models_of(content)?);
        method.responses = self.method_responses(operation)?;
        Ok(method)
    }

    fn request_validator(&self, operation: &Object) -> Result<Option<String>, String> {
        let key = "x-amazon-apigateway-request-validator";
        let name = operation
            .get(key)
            .or_else(|| self.document.get(key))
            .and_then(text);
        let Some(name) = name else { return Ok(None) };
        let known = self.validator(&name);
        let missing = || format!("Invalid Request Validator identifier specified: {name}");
        known.ok_or_else(missing).map(Some)
    }

    fn parameter(
        &mut self,
        given: &Value,
        operation: &Object,
        method: &mut Method,
    ) -> Result<(), String> {
        let document = self.document;
        let parameter = object(Some(document.resolve(given)));
        let name = text_of(parameter, "name").unwrap_or_default();
        let is_required = flag_of(parameter, "required").unwrap_or_default();
        let (place, is_required) = match text_of(parameter, "in").as_deref() {
            Some("path") => ("path", true),
            Some("query") => ("querystring", is_required),
            Some("header") => ("header", is_required),
            Some("body") => {
                if let Some(schema) = parameter.get("schema") {
                    let model = self.model_of(schema)?;
                    for content_type in self.content_types(operation, "consumes") {
                        method.request_models.insert(content_type, model.clone());
                    }
                }
                return Ok(());
            }
            other => {
                let place = other.unwrap_or("nowhere").to_owned();
                self.warn(format!(
                    "Ignoring parameter '{name}' in unsupported location '{place}'"
                ));
                return Ok(());
            }
        };
        if name.is_empty() {
            return Err("Invalid parameter name specified".to_owned());
        }
        let key = format!("method.request.{place}.{name}");
        method.request_parameters.insert(key, is_required);
        Ok(())
    }

    /// Swagger's `consumes` or `produces` of the operation, else of the root, else JSON.
    fn content_types(&self, operation: &Object, key: &str) -> Vec<String> {
        let own = texts_of(operation, key);
        if !own.is_empty() {
            return own;
        }
        let root: Vec<String> = list(self.document.get(key))
            .iter()
            .filter_map(text)
            .collect();
        if root.is_empty() {
            return vec!["application/json".to_owned()];
        }
        root
    }

    /// Models by content type, of OpenAPI 3's `content`.
    fn models_of(&mut self, content: &Object) -> Result<BTreeMap<String, String>, String> {
        let mut out = BTreeMap::new();
        for (content_type, media) in content {
            if let Some(schema) = media.get("schema") {
                out.insert(content_type.clone(), self.model_of(schema)?);
            }
        }
        Ok(out)
    }

    /// Responses with a status code; `default` says nothing about a code, so it is left out.
    fn method_responses(
        &mut self,
        operation: &Object,
    ) -> Result<BTreeMap<String, MethodResponse>, String> {
        let document = self.document;
        let mut out = BTreeMap::new();
        for (code, given) in object(operation.get("responses")) {
            if !is_status(code) {
                if code != "default" && !code.starts_with("x-") {
                    self.warn(format!(
                        "Ignoring response with unsupported status code '{code}'"
                    ));
                }
                continue;
            }
            let response = object(Some(document.resolve(given)));
            let headers = object(response.get("headers")).keys();
            let parameters = headers.map(|name| (format!("method.response.header.{name}"), false));
            let made = MethodResponse {
                status_code: code.clone(),
                response_parameters: parameters.collect(),
                response_models: self.response_models(operation, response)?,
            };
            out.insert(code.clone(), made);
        }
        Ok(out)
    }

    fn response_models(
        &mut self,
        operation: &Object,
        response: &Object,
    ) -> Result<BTreeMap<String, String>, String> {
        match (self.document.version, response.get("schema")) {
            (Version::Swagger2, Some(schema)) => {
                let model = self.model_of(schema)?;
                let content_types = self.content_types(operation, "produces").into_iter();
                Ok(content_types.map(|name| (name, model.clone())).collect())
            }
            // Documents mix the versions; AWS's importer takes both forms in either.
            _ => self.models_of(object(response.get("content"))),
        }
    }
}

/// Names of the path's variables.
fn variables(path: &str) -> impl Iterator<Item = &str> {
    let segments = path.split('/');
    segments.filter_map(|segment| {
        let name = segment.strip_prefix('{')?.strip_suffix('}')?;
        Some(name.strip_suffix('+').unwrap_or(name))
    })
}

/// `[1-5]\d\d`.
pub(super) fn is_status(code: &str) -> bool {
    match code.as_bytes() {
        [first, rest @ ..] => {
            rest.len() == 2 && (b'1'..=b'5').contains(first) && rest.iter().all(u8::is_ascii_digit)
        }
        [] => false,
    }
}
