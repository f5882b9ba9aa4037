//! Schemas of a document as models.

use super::Import;
use crate::document::{object, reference, text_of};
use restapi::Model;
use serde_json::{Value, json};

/// Content type of models that come from `definitions`.
const JSON: &str = "application/json";

impl Import<'_> {
    /// Every named schema.
    pub(super) fn models(&mut self) {
        let document = self.document;
        for (name, schema) in document.schemas() {
            if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric()) {
                self.fail(format!(
                    "Unable to create model for '{name}': Model name must be alphanumeric: {name}"
                ));
                continue;
            }
            self.add_model(name.clone(), schema);
        }
    }

    fn add_model(&mut self, name: String, schema: &Value) {
        let mut schema = schema.clone();
        self.rewrite(&mut schema);
        let known = self.api.models.get(&name).map(|model| model.id.clone());
        let model = Model {
            id: known.unwrap_or_else(|| self.id()),
            name: name.clone(),
            description: text_of(object(Some(&schema)), "description"),
            schema: schema.to_string(),
            content_type: JSON.to_owned(),
        };
        self.api.models.insert(name, model);
    }

    /// The name of the model for a schema: the one it refers to, or a new one for an inline schema.
    ///
    /// # Errors
    /// The schema refers to what the document and the API do not have.
    pub(super) fn model_of(&mut self, schema: &Value) -> Result<String, String> {
        let Some(target) = reference(schema) else {
            let name = format!("MODEL{}", self.id());
            self.add_model(name.clone(), schema);
            return Ok(name);
        };
        let name = schema_name(target).unwrap_or(target).to_owned();
        if self.api.models.contains_key(&name) {
            return Ok(name);
        }
        match default_schema(&name) {
            Some(schema) => {
                self.add_model(name.clone(), &schema);
                Ok(name)
            }
            None => Err(format!("Invalid model identifier specified: {name}")),
        }
    }

    /// Points references at the API's own models. The depth is bounded with the document's.
    fn rewrite(&self, value: &mut Value) {
        match value {
            Value::Object(map) => {
                if let Some(Value::String(target)) = map.get_mut("$ref")
                    && let Some(name) = schema_name(target)
                {
                    *target = format!("{}{name}", model_url(&self.api.id));
                }
                map.values_mut().for_each(|inner| self.rewrite(inner));
            }
            Value::Array(items) => items.iter_mut().for_each(|inner| self.rewrite(inner)),
            _ => {}
        }
    }
}

/// Where the models of an API are, as schemas refer to them.
pub(crate) fn model_url(api_id: &str) -> String {
    format!("https://apigateway.amazonaws.com/restapis/{api_id}/models/")
}

/// The schema that a reference into a document names.
fn schema_name(target: &str) -> Option<&str> {
    let local = target.strip_prefix("#/definitions/");
    local
        .or_else(|| target.strip_prefix("#/components/schemas/"))
        .or_else(|| {
            let (_, name) = target
                .strip_prefix("https://apigateway.amazonaws.com/restapis/")?
                .split_once("/models/")?;
            Some(name)
        })
}

/// The two models that every API made without a document has, and which documents refer to.
fn default_schema(name: &str) -> Option<Value> {
    match name {
        "Empty" => Some(json!({
            "$schema": "http://json-schema.org/draft-04/schema#",
            "title": "Empty Schema",
            "type": "object",
        })),
        "Error" => Some(json!({
            "$schema": "http://json-schema.org/draft-04/schema#",
            "title": "Error Schema",
            "type": "object",
            "properties": {"message": {"type": "string"}},
        })),
        _ => None,
    }
}
