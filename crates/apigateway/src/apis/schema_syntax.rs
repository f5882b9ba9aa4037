//! Whether a model's schema is one of JSON Schema draft 4: each keyword has a value of its kind.
//!
//! A keyword with another value would say nothing about a body, so a model that seems to restrict
//! would let everything through. AWS refuses such models (CDK users met it with an empty
//! `required`, aws/aws-cdk #27433, and with an `enum` that repeats itself, #18715).

use serde_json::{Map, Value};
use std::collections::HashSet;

/// What is wrong with a schema, in AWS's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A keyword has a value that draft 4 does not know.
    Invalid,
    /// A reference leads neither into the schema nor to a model.
    Reference,
}

impl Fault {
    /// AWS's words.
    pub fn text(self) -> &'static str {
        match self {
            Self::Invalid => "Invalid model schema specified",
            // Seen in Dropsource/serverless-todo-api-example-complete #3.
            Self::Reference => "Model reference must be in canonical form",
        }
    }
}

/// The first fault of a schema, whose depth the caller has bounded.
pub fn fault(schema: &Value) -> Option<Fault> {
    let Value::Object(keywords) = schema else {
        return Some(Fault::Invalid);
    };
    keywords
        .iter()
        .find_map(|(keyword, value)| fault_of(keyword, value))
}

fn fault_of(keyword: &str, value: &Value) -> Option<Fault> {
    let is_sound = match keyword {
        "$ref" => return reference(value),
        "properties" | "patternProperties" | "definitions" => return named(value),
        "allOf" | "anyOf" | "oneOf" => return several(value),
        "not" => return fault(value),
        "additionalProperties" | "additionalItems" if value.is_boolean() => true,
        "additionalProperties" | "additionalItems" => return fault(value),
        "items" if value.is_array() => return value.as_array()?.iter().find_map(fault),
        "items" => return fault(value),
        "dependencies" => return dependencies(value),
        "type" => is_type(value),
        "enum" => is_set(value, |_| true),
        "required" => is_set(value, Value::is_string),
        "title" | "description" | "id" | "$schema" | "format" | "pattern" => value.is_string(),
        "maximum" | "minimum" => value.is_number(),
        "multipleOf" => value.as_f64().is_some_and(|number| number > 0.0),
        "exclusiveMaximum" | "exclusiveMinimum" | "uniqueItems" => value.is_boolean(),
        "maxLength" | "minLength" | "maxItems" | "minItems" | "maxProperties" | "minProperties" => {
            value.is_u64()
        }
        _ => true,
    };
    (!is_sound).then_some(Fault::Invalid)
}

/// Into the schema itself, or to a model by its address.
fn reference(value: &Value) -> Option<Fault> {
    let Value::String(target) = value else {
        return Some(Fault::Invalid);
    };
    let names_model = || {
        let path = target.strip_prefix("https://apigateway.amazonaws.com/restapis/")?;
        path.split_once("/models/")
    };
    let is_canonical = target.starts_with('#') || names_model().is_some();
    (!is_canonical).then_some(Fault::Reference)
}

fn named(value: &Value) -> Option<Fault> {
    match value {
        Value::Object(schemas) => schemas.values().find_map(fault),
        _ => Some(Fault::Invalid),
    }
}

fn several(value: &Value) -> Option<Fault> {
    match value.as_array().map(Vec::as_slice) {
        None | Some([]) => Some(Fault::Invalid),
        Some(schemas) => schemas.iter().find_map(fault),
    }
}

fn dependencies(value: &Value) -> Option<Fault> {
    let each: &Map<String, Value> = match value {
        Value::Object(each) => each,
        _ => return Some(Fault::Invalid),
    };
    each.values().find_map(|one| match one {
        Value::Array(_) => (!is_set(one, Value::is_string)).then_some(Fault::Invalid),
        schema => fault(schema),
    })
}

fn is_type(value: &Value) -> bool {
    let is_name = |value: &Value| {
        matches!(
            value.as_str(),
            Some("array" | "boolean" | "integer" | "null" | "number" | "object" | "string")
        )
    };
    is_name(value) || is_set(value, is_name)
}

/// A list of at least one, each of its kind, none twice.
fn is_set(value: &Value, is_good: impl Fn(&Value) -> bool) -> bool {
    let Some(items) = value.as_array().filter(|items| !items.is_empty()) else {
        return false;
    };
    let mut seen = HashSet::new();
    items
        .iter()
        .all(|item| is_good(item) && seen.insert(item.to_string()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn check(schema: &str, want: Option<Fault>) {
        let parsed = serde_json::from_str(schema).unwrap();
        assert_eq!(fault(&parsed), want, "{schema}");
    }

    #[test]
    fn schemas_of_draft_4_pass() {
        for good in [
            "{}",
            r##"{"$schema":"http://json-schema.org/draft-04/schema#","type":["string","null"]}"##,
            r#"{"properties":{"type":{"enum":[1,"1",null]},"required":{"type":"object"}}}"#,
            r#"{"items":[{"type":"integer"}],"additionalItems":false,"uniqueItems":true}"#,
            r##"{"allOf":[{"$ref":"#/definitions/a"}],"definitions":{"a":{"not":{}}}}"##,
            r#"{"$ref":"https://apigateway.amazonaws.com/restapis/x/models/Pet"}"#,
            r#"{"dependencies":{"a":["b"],"c":{"required":["d"]}},"minLength":0}"#,
            r#"{"minimum":-1.5,"exclusiveMinimum":true,"multipleOf":0.1,"x-ours":5}"#,
        ] {
            check(good, None);
        }
    }

    #[test]
    fn keywords_that_would_say_nothing_are_faults() {
        for bad in [
            r#"{"type":"foo"}"#,
            r#"{"type":["string","string"]}"#,
            r#"{"required":true}"#,
            r#"{"required":[]}"#,
            r#"{"enum":[]}"#,
            r#"{"enum":["A","A"]}"#,
            r#"{"minimum":"x"}"#,
            r#"{"exclusiveMinimum":5}"#,
            r#"{"multipleOf":0}"#,
            r#"{"maxLength":-1}"#,
            r#"{"maxLength":1.5}"#,
            r#"{"items":"x"}"#,
            r#"{"properties":{"a":5}}"#,
            r#"{"properties":{"a":{"required":true}}}"#,
            r#"{"anyOf":[]}"#,
            r#"{"dependencies":{"a":"b"}}"#,
            r#"{"not":true}"#,
            r#"{"$ref":5}"#,
        ] {
            check(bad, Some(Fault::Invalid));
        }
    }

    #[test]
    fn references_are_local_or_canonical() {
        for bad in ["Pet", "http://example.com/pet", "definitions.json#/pet"] {
            let schema = format!(r#"{{"items":{{"$ref":"{bad}"}}}}"#);
            check(&schema, Some(Fault::Reference));
        }
    }
}
