//! Models: bodies are checked against JSON Schema draft 4 ("Data models for REST APIs").
//!
//! An engine of our own, since models come from strangers and are run on what other strangers send:
//! it counts its steps and its depth, and gives up; it resolves references among the models of the
//! API and knows no way to fetch another one; patterns run in linear time. Its sentences are those
//! of the validator that AWS uses, as they appear in execution logs.
//!
//! Start at [`Models::check`]. `format` is not checked, nor are the keywords that AWS refuses in
//! models.

mod number;
mod pattern;
mod validator;
mod wording;

use crate::limits;
use pattern::Patterns;
use serde_json::Value;
use std::collections::BTreeMap;
use validator::Validator;

/// The models of one deployment, parsed once.
#[derive(Debug, Default)]
pub(crate) struct Models {
    by_name: BTreeMap<String, Value>,
    patterns: Patterns,
}

/// Why a body does not pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mismatch {
    /// What is wrong with it, as AWS lists it: `[…, …]`.
    Body(String),
    /// The model itself cannot be used.
    Model(String),
}

impl Models {
    /// Parses models; one that is no JSON is not there.
    pub(crate) fn compile(models: &BTreeMap<String, restapi::Model>) -> Self {
        let parse = |(name, model): (&String, &restapi::Model)| {
            let schema: Value = serde_json::from_str(&model.schema).ok()?;
            Some((name.clone(), schema))
        };
        let by_name: BTreeMap<String, Value> = models.iter().filter_map(parse).collect();
        let mut patterns = Patterns::default();
        by_name.values().for_each(|schema| patterns.collect(schema));
        Self { by_name, patterns }
    }

    /// Passes a body that fits the model; an empty one stands for `{}`.
    ///
    /// # Errors
    /// What does not fit, or why the model cannot be used.
    pub(crate) fn check(&self, model: &str, body: &[u8]) -> Result<(), Mismatch> {
        let body = if body.is_empty() { b"{}" } else { body };
        let Ok(instance) = serde_json::from_slice::<Value>(body) else {
            return Err(Mismatch::Body(UNREADABLE.to_owned()));
        };
        let steps_max = limits::SCHEMA_STEPS_MAX.saturating_add(body.len().saturating_mul(4));
        self.validate(model, &instance, steps_max)
    }

    fn validate(&self, model: &str, instance: &Value, steps_max: usize) -> Result<(), Mismatch> {
        let Some(schema) = self.by_name.get(model) else {
            return Err(Mismatch::Model(format!("there is no model {model}")));
        };
        let mut validator = Validator::new(self, steps_max);
        match validator.run(schema, schema, instance) {
            Ok(errors) if errors.is_empty() => Ok(()),
            Ok(errors) => Err(Mismatch::Body(format!("[{}]", errors.join(", ")))),
            Err(validator::Stop::Exhausted) => Err(Mismatch::Body(UNREADABLE.to_owned())),
            Err(validator::Stop::Reference(target)) => Err(Mismatch::Model(format!(
                "the reference `{target}` leads to no model of this API"
            ))),
        }
    }

    /// What a reference inside `root` leads to, and the root that its own references are about.
    fn resolve<'a>(&'a self, root: &'a Value, target: &str) -> Option<(&'a Value, &'a Value)> {
        let (base, fragment) = target.split_once('#').unwrap_or((target, ""));
        let root = match base {
            "" => root,
            _ => {
                let path = base.strip_prefix(MODELS_OF_APIS)?;
                let (_, name) = path.split_once("/models/")?;
                self.by_name.get(name)?
            }
        };
        let pointer = crate::request::decoded(fragment);
        root.pointer(&pointer).map(|schema| (root, schema))
    }
}

/// Where models refer to each other.
const MODELS_OF_APIS: &str = "https://apigateway.amazonaws.com/restapis/";

/// AWS's words for what is no JSON.
const UNREADABLE: &str = "[Unknown error parsing request body]";

#[cfg(test)]
mod tests;
