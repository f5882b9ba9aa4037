//! Models: named JSON schemas.

use crate::{
    ApiGateway, Error, ID_LENGTH,
    apis::schema_syntax,
    limits, not_enforced, page, patch,
    patch::{Op, Patch},
    view,
};
use api::apigateway as wire;
use ports::Call;
use restapi::{Model, RestApi};
use serde_json::Value;
use smithy::ServiceError;
use std::sync::Arc;

/// Keywords that AWS names as unsupported ("Amazon API Gateway important notes").
const UNSUPPORTED: [&str; 4] = ["discriminator", "example", "nullable", "readOnly"];
/// Levels of nesting that a schema may have; deeper ones are refused rather than walked.
const SCHEMA_DEPTH_MAX: usize = 64;

/// CreateModel.
pub async fn create(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::CreateModelRequest,
) -> Result<wire::Model, ServiceError> {
    let made = service
        .edit(&call, &input.rest_api_id.clone(), |record| {
            let models = &record.api.models;
            let id = service.id(ID_LENGTH, |id| models.values().any(|model| model.id == id));
            add(&mut record.api, id, input)
        })
        .await?;
    Ok(view::model(&made))
}

/// GetModel.
pub async fn get(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::GetModelRequest,
) -> Result<wire::Model, ServiceError> {
    let record = service
        .api(&call, &input.rest_api_id)
        .await
        .map_err(|error| error.or_without_api(unknown(&input.model_name)))?;
    let model = find(&record.api, &input.model_name)?;
    let mut shown = view::model(model);
    if input.flatten.unwrap_or_default() {
        shown.schema = Some(flat(&record.api, &model.schema));
    }
    Ok(shown)
}

/// GetModels, in order of name.
pub async fn list(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::GetModelsRequest,
) -> Result<wire::Models, ServiceError> {
    let record = service.api(&call, &input.rest_api_id).await?;
    let models = record.api.models.into_iter().collect();
    let page = page::cut(models, input.limit, input.position.as_deref());
    Ok(wire::Models {
        items: Some(page.items.iter().map(view::model).collect()),
        position: page.position,
    })
}

/// UpdateModel.
pub async fn update(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::UpdateModelRequest,
) -> Result<wire::Model, ServiceError> {
    let name = input.model_name;
    let changed = service
        .edit(&call, &input.rest_api_id, |record| {
            let mut model = find(&record.api, &name)?.clone();
            for patch in patch::parse(input.patch_operations)? {
                apply(&mut model, &patch)?;
            }
            record.api.models.insert(name.clone(), model.clone());
            Ok(model)
        })
        .await
        .map_err(|error| error.or_without_api(unknown(&name)))?;
    Ok(view::model(&changed))
}

/// DeleteModel; a model that a method's request names stays.
pub async fn delete(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::DeleteModelRequest,
) -> Result<wire::DeleteModelOutput, ServiceError> {
    let name = input.model_name;
    service
        .edit(&call, &input.rest_api_id, |record| {
            remove(&mut record.api, &name)
        })
        .await
        .map_err(|error| error.or_without_api(unknown(&name)))?;
    Ok(wire::DeleteModelOutput::default())
}

/// The two models that every created API has.
pub fn defaults(mut id: impl FnMut() -> String) -> [Model; 2] {
    let mut model = |name: &str, description: &str, schema: &str| Model {
        id: id(),
        name: name.into(),
        description: Some(description.into()),
        schema: schema.into(),
        content_type: "application/json".into(),
    };
    [
        model(
            "Empty",
            "This is a default empty schema model",
            "{\n  \"$schema\": \"http://json-schema.org/draft-04/schema#\",\n  \"title\" : \"Empty \
             Schema\",\n  \"type\" : \"object\"\n}",
        ),
        model(
            "Error",
            "This is a default error schema model",
            "{\n  \"$schema\" : \"http://json-schema.org/draft-04/schema#\",\n  \"title\" : \
             \"Error Schema\",\n  \"type\" : \"object\",\n  \"properties\" : {\n    \"message\" : \
             { \"type\" : \"string\" }\n  }\n}",
        ),
    ]
}

fn add(api: &mut RestApi, id: String, input: wire::CreateModelRequest) -> Result<Model, Error> {
    if input.name.is_empty() {
        return Err(Error::bad("Model name must be non-empty"));
    }
    if !input.name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(Error::bad(format!(
            "Model name must be alphanumeric: {}",
            input.name
        )));
    }
    if api.models.contains_key(&input.name) {
        return Err(Error::conflict(
            "Model name already exists for this REST API",
        ));
    }
    let schema = input.schema.unwrap_or_default();
    check_schema(&schema)?;
    let model = Model {
        id,
        name: input.name.clone(),
        description: input.description.filter(|text| !text.is_empty()),
        schema,
        content_type: input.content_type,
    };
    api.models.insert(input.name, model.clone());
    Ok(model)
}

fn remove(api: &mut RestApi, name: &str) -> Result<(), Error> {
    find(api, name)?;
    for resource in api.resources.values() {
        for (verb, method) in &resource.methods {
            if method.request_models.values().any(|model| model == name) {
                // AWS prints `//ANY` for a method of the root.
                let path = &resource.path;
                return Err(Error::conflict(format!(
                    "Cannot delete model '{name}', is referenced in method request: {path}/{verb}"
                )));
            }
        }
    }
    api.models.remove(name);
    Ok(())
}

fn apply(model: &mut Model, patch: &Patch) -> Result<(), Error> {
    let path = patch.at();
    if !matches!(path.as_slice(), ["description" | "schema"]) {
        return Err(patch.refuse_path("/description, /schema"));
    }
    if patch.op != Op::Replace {
        return Err(patch.refuse_op());
    }
    if path == ["description"] {
        model.description = patch.some_text();
    } else {
        let schema = patch.text();
        check_schema(&schema)?;
        model.schema = schema;
    }
    Ok(())
}

fn find<'a>(api: &'a RestApi, name: &str) -> Result<&'a Model, Error> {
    api.models.get(name).ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> Error {
    Error::not_found(format!("Invalid model name specified: {name}"))
}

/// Passes a schema that is a JSON object without keywords that AWS refuses.
fn check_schema(schema: &str) -> Result<(), Error> {
    if schema.trim().is_empty() {
        return Err(Error::bad(
            "Model schema must have at least 1 property or array items defined",
        ));
    }
    if schema.len() > limits::MODEL_BYTES_MAX {
        // UNVERIFIED: AWS's text; the bound is documented.
        return Err(Error::bad(
            "Model schema exceeds the maximum size of 400 KB",
        ));
    }
    let refuse = |fault: &str| {
        Error::bad(format!(
            "Invalid model specified: Validation Result: warnings : [], errors : [Invalid model \
             schema specified. {fault}]"
        ))
    };
    // UNVERIFIED: AWS's words for text that is not JSON.
    let parsed: Value =
        serde_json::from_str(schema).map_err(|_| refuse("Model schema must be valid JSON"))?;
    let mut found = Vec::new();
    if !parsed.is_object() || !keywords(&parsed, &mut found, 0) {
        return Err(refuse("Model schema must be a JSON object"));
    }
    if found.is_empty() {
        return match schema_syntax::fault(&parsed) {
            None => Ok(()),
            Some(fault) => Err(Error::bad(format!(
                "Invalid model specified: Validation Result: warnings : [], errors : [{}]",
                fault.text()
            ))),
        };
    }
    let named = serde_json::to_string(&found).unwrap_or_default();
    Err(refuse(&format!("Unsupported keyword(s): {named}")))
}

/// Collects unsupported keywords of a schema and its subschemas; false when it nests too deep.
fn keywords(schema: &Value, found: &mut Vec<&'static str>, depth: usize) -> bool {
    if depth > SCHEMA_DEPTH_MAX {
        return false;
    }
    let Value::Object(members) = schema else {
        return true;
    };
    if members.contains_key("format") {
        not_enforced::warn_no_effect("Model.schema.format");
    }
    for word in UNSUPPORTED {
        if members.contains_key(word) && !found.contains(&word) {
            found.push(word);
        }
    }
    members
        .iter()
        .all(|(word, value)| match (word.as_str(), value) {
            // Names of properties and definitions are no keywords.
            ("properties" | "definitions" | "patternProperties", Value::Object(named)) => {
                named.values().all(|one| keywords(one, found, depth + 1))
            }
            ("items" | "additionalProperties" | "not", one @ Value::Object(_)) => {
                keywords(one, found, depth + 1)
            }
            ("allOf" | "anyOf" | "oneOf" | "items", Value::Array(all)) => {
                all.iter().all(|one| keywords(one, found, depth + 1))
            }
            _ => true,
        })
}

/// A schema with references to other models of the API replaced by their schemas under
/// `definitions`, as far as they can be read.
fn flat(api: &RestApi, schema: &str) -> String {
    let Ok(mut root) = serde_json::from_str::<Value>(schema) else {
        return schema.to_owned();
    };
    let mut definitions = serde_json::Map::new();
    let mut open = Vec::new();
    localize(&mut root, &mut open);
    // INVARIANT: each model is opened once, so this ends.
    while let Some(name) = open.pop() {
        if definitions.contains_key(&name) {
            continue;
        }
        let Some(model) = api.models.get(&name) else {
            continue;
        };
        let Ok(mut one) = serde_json::from_str::<Value>(&model.schema) else {
            continue;
        };
        localize(&mut one, &mut open);
        definitions.insert(name, one);
    }
    if let (Value::Object(members), false) = (&mut root, definitions.is_empty()) {
        members.insert("definitions".into(), Value::Object(definitions));
    }
    root.to_string()
}

/// Turns references to models into references to definitions, and notes their names.
fn localize(value: &mut Value, names: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(target)) = members.get_mut("$ref")
                && let Some((_, name)) = target.split_once("/models/")
            {
                names.push(name.to_owned());
                *target = format!("#/definitions/{name}");
            }
            members.values_mut().for_each(|one| localize(one, names));
        }
        Value::Array(items) => items.iter_mut().for_each(|one| localize(one, names)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn request(name: &str, schema: Option<&str>) -> wire::CreateModelRequest {
        wire::CreateModelRequest {
            name: name.into(),
            schema: schema.map(Into::into),
            content_type: "application/json".into(),
            ..wire::CreateModelRequest::default()
        }
    }

    #[test]
    fn models_are_refused_in_aws_words() {
        let mut api = RestApi::default();
        add(
            &mut api,
            "m1".into(),
            request("Pet", Some(r#"{"type":"object"}"#)),
        )
        .unwrap();
        for (name, schema, want) in [
            ("", Some("{}"), "Model name must be non-empty"),
            (
                "Pet",
                Some("{}"),
                "Model name already exists for this REST API",
            ),
            (
                "A",
                None,
                "Model schema must have at least 1 property or array items defined",
            ),
            (
                "A",
                Some(""),
                "Model schema must have at least 1 property or array items defined",
            ),
            (
                "A",
                Some(r#"{"required":[]}"#),
                "Invalid model specified: Validation Result: warnings : [], errors : [Invalid model schema specified]",
            ),
            (
                "A",
                Some(r#"{"properties":{"a":{"type":"string","example":"x"}}}"#),
                "Invalid model specified: Validation Result: warnings : [], errors : [Invalid model schema specified. Unsupported keyword(s): [\"example\"]]",
            ),
        ] {
            let refused = add(&mut api, "m2".into(), request(name, schema)).unwrap_err();
            assert_eq!(refused.to_string(), want);
        }
        assert!(add(&mut api, "m2".into(), request("A", Some("[]"))).is_err());
        assert!(add(&mut api, "m2".into(), request("A b", Some("{}"))).is_err());
        let property = r#"{"properties":{"example":{"type":"string"}}}"#;
        assert!(add(&mut api, "m2".into(), request("A", Some(property))).is_ok());
    }

    #[test]
    fn a_schema_of_400_kb_is_the_largest() {
        let schema = |bytes: usize| format!("{{\"title\":\"{}\"}}", "a".repeat(bytes - 12));
        assert!(check_schema(&schema(limits::MODEL_BYTES_MAX)).is_ok());
        assert!(check_schema(&schema(limits::MODEL_BYTES_MAX + 1)).is_err());
    }

    #[test]
    fn references_are_flattened_even_when_circular() {
        let mut api = RestApi::default();
        let base = "https://apigateway.amazonaws.com/restapis/x/models";
        let person = format!(r#"{{"properties":{{"house":{{"$ref":"{base}/House"}}}}}}"#);
        let house = format!(r#"{{"items":{{"$ref":"{base}/Person"}}}}"#);
        add(&mut api, "1".into(), request("Person", Some(&person))).unwrap();
        add(&mut api, "2".into(), request("House", Some(&house))).unwrap();
        let flat: Value = serde_json::from_str(&flat(&api, &person)).unwrap();
        assert_eq!(flat["properties"]["house"]["$ref"], "#/definitions/House");
        assert_eq!(
            flat["definitions"]["House"]["items"]["$ref"],
            "#/definitions/Person"
        );
        assert!(flat["definitions"]["Person"].is_object());
    }

    #[test]
    fn the_default_models_are_valid() {
        let mut next = 0;
        let models = defaults(|| {
            next += 1;
            next.to_string()
        });
        for model in models {
            assert!(check_schema(&model.schema).is_ok());
        }
    }
}
