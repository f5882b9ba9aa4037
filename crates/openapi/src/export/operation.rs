//! Methods as operations.

use super::{Export, put, put_object};
use crate::document::Object;
use restapi::{Method, MethodResponse};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

impl Export<'_> {
    /// One operation.
    pub(super) fn operation(&self, method: &Method) -> Object {
        let mut out = Object::new();
        put(&mut out, "operationId", method.operation_name.as_ref());
        if self.is_swagger() {
            self.media_types(method, &mut out);
        }
        let parameters = self.parameters(method);
        if !parameters.is_empty() {
            out.insert("parameters".into(), Value::Array(parameters));
        }
        if !self.is_swagger() && !method.request_models.is_empty() {
            let content = self.content(&method.request_models);
            out.insert(
                "requestBody".into(),
                json!({"content": content, "required": true}),
            );
        }
        let responses = method.responses.iter();
        let responses: Object = responses
            .map(|(code, response)| (code.clone(), Value::Object(self.response(response))))
            .collect();
        out.insert("responses".into(), Value::Object(responses));
        let security = self.security(method);
        if !security.is_empty() {
            out.insert("security".into(), Value::Array(security));
        }
        if self.options.extensions.apigateway {
            let validator = method.request_validator_id.as_ref();
            let validator = validator.and_then(|id| self.api.validators.get(id));
            let name = validator.map(|validator| &validator.name);
            put(&mut out, "x-amazon-apigateway-request-validator", name);
        }
        if self.options.extensions.integrations()
            && let Some(integration) = &method.integration
        {
            let integration = Value::Object(self.integration(integration));
            out.insert("x-amazon-apigateway-integration".into(), integration);
        }
        out
    }

    fn media_types(&self, method: &Method, out: &mut Object) {
        if !method.request_models.is_empty() {
            let consumes: Vec<&String> = method.request_models.keys().collect();
            out.insert("consumes".into(), json!(consumes));
        }
        let responses = method.responses.values();
        let produces: BTreeSet<&String> = responses
            .flat_map(|response| response.response_models.keys())
            .collect();
        if !produces.is_empty() {
            out.insert("produces".into(), json!(produces));
        }
    }

    fn parameters(&self, method: &Method) -> Vec<Value> {
        let mut out = Vec::new();
        for (key, is_required) in &method.request_parameters {
            let Some((place, name)) = key
                .strip_prefix("method.request.")
                .and_then(|rest| rest.split_once('.'))
            else {
                continue;
            };
            let place = if place == "querystring" {
                "query"
            } else {
                place
            };
            let mut parameter = Object::new();
            parameter.insert("name".into(), name.into());
            parameter.insert("in".into(), place.into());
            parameter.insert("required".into(), (*is_required).into());
            self.string_type(&mut parameter);
            out.push(Value::Object(parameter));
        }
        if self.is_swagger()
            && let Some(model) = method.request_models.values().next()
        {
            let schema = json!({"$ref": self.schema_reference(model)});
            out.push(json!({"in": "body", "name": model, "required": true, "schema": schema}));
        }
        out
    }

    /// Parameters and headers have no other type here.
    fn string_type(&self, out: &mut Object) {
        if self.is_swagger() {
            out.insert("type".into(), "string".into());
        } else {
            out.insert("schema".into(), json!({"type": "string"}));
        }
    }

    fn response(&self, response: &MethodResponse) -> Object {
        let mut out = Object::new();
        let description = format!("{} response", response.status_code);
        out.insert("description".into(), description.into());
        if !self.is_swagger() {
            put_object(&mut out, "content", self.content(&response.response_models));
        } else if let Some(model) = response.response_models.values().next() {
            let schema = json!({"$ref": self.schema_reference(model)});
            out.insert("schema".into(), schema);
        }
        let headers = response.response_parameters.keys().filter_map(|key| {
            let name = key.strip_prefix("method.response.header.")?;
            let mut header = Object::new();
            self.string_type(&mut header);
            Some((name.to_owned(), Value::Object(header)))
        });
        put_object(&mut out, "headers", headers);
        out
    }

    fn content(&self, models: &BTreeMap<String, String>) -> Object {
        let media = |model: &String| {
            let schema = json!({"$ref": self.schema_reference(model)});
            json!({"schema": schema})
        };
        let models = models.iter();
        models
            .map(|(name, model)| (name.clone(), media(model)))
            .collect()
    }
}
