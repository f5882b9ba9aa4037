//! APIs to import into, and a form in which two of them can be compared.
#![allow(dead_code, reason = "each test file uses its part")]

use openapi::{BasePath, ImportError, ImportOptions, Mode, import};
use restapi::{Resource, RestApi};
use serde_json::{Value, json};

pub fn options() -> ImportOptions {
    ImportOptions {
        base_path: BasePath::Ignore,
        mode: Mode::Overwrite,
        account: "111111111111".into(),
        region: "us-east-1".into(),
        timeout_ms_max: 29_000,
    }
}

/// An API as it is before its document is read.
pub fn blank() -> RestApi {
    let root = Resource {
        id: "root".into(),
        path: "/".into(),
        ..Resource::default()
    };
    RestApi {
        id: "abcdef1234".into(),
        account: "111111111111".into(),
        region: "us-east-1".into(),
        root_resource_id: root.id.clone(),
        resources: [(root.id.clone(), root)].into(),
        ..RestApi::default()
    }
}

pub fn import_into(
    api: &mut RestApi,
    document: &[u8],
    options: &ImportOptions,
) -> Result<Vec<String>, ImportError> {
    let mut count = 0;
    let taken = api.resources.len();
    import(document, options, api, &mut || {
        count += 1;
        format!("id{taken}x{count}")
    })
}

pub fn read(document: &Value) -> (RestApi, Vec<String>) {
    let mut api = blank();
    let warnings = import_into(&mut api, document.to_string().as_bytes(), &options()).unwrap();
    (api, warnings)
}

pub fn refusal(document: &Value) -> String {
    let mut api = blank();
    let error = import_into(&mut api, document.to_string().as_bytes(), &options()).unwrap_err();
    assert_eq!(api, blank(), "a refused document changes nothing");
    error.to_string()
}

/// A document with one operation, `GET /x`.
pub fn with_operation(operation: Value) -> Value {
    json!({"swagger": "2.0", "info": {"title": "T", "version": "1"}, "paths": {"/x": {"get": operation}}})
}

/// The API with names where it has ids.
pub fn normal(api: &RestApi) -> Value {
    let mut value = serde_json::to_value(api).unwrap();
    let names = |table: &str| -> Vec<(String, String)> {
        let entries = value[table].as_object().unwrap().iter();
        entries
            .map(|(id, one)| (id.clone(), one["name"].as_str().unwrap().to_owned()))
            .collect()
    };
    let mut ids = names("authorizers");
    ids.extend(names("validators"));
    ids.extend(names("models").into_iter().map(|(name, _)| {
        (
            value["models"][&name]["id"].as_str().unwrap().to_owned(),
            name,
        )
    }));
    let resources = api.resources.values();
    ids.extend(resources.map(|one| (one.id.clone(), one.path.clone())));
    let parts = value["documentation_parts"].as_object_mut().unwrap();
    let mut listed: Vec<Value> = std::mem::take(parts)
        .into_iter()
        .map(|(_, mut part)| {
            part["id"] = Value::Null;
            part
        })
        .collect();
    listed.sort_by_key(Value::to_string);
    value["documentation_parts"] = Value::Array(listed);
    replace(&mut value, &ids);
    // Schemas are compared as JSON.
    for model in value["models"].as_object_mut().unwrap().values_mut() {
        model["schema"] = serde_json::from_str(model["schema"].as_str().unwrap()).unwrap();
    }
    value
}

fn replace(value: &mut Value, ids: &[(String, String)]) {
    match value {
        Value::String(text) => {
            if let Some((_, name)) = ids.iter().find(|(id, _)| id == text) {
                *text = name.clone();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, ids)),
        Value::Object(map) => {
            let entries = std::mem::take(map);
            let mut renamed: Vec<(String, Value)> = entries
                .into_iter()
                .map(|(key, mut inner)| {
                    replace(&mut inner, ids);
                    let name = ids
                        .iter()
                        .find(|(id, _)| *id == key)
                        .map(|(_, name)| name.clone());
                    (name.unwrap_or(key), inner)
                })
                .collect();
            renamed.sort_by(|one, other| one.0.cmp(&other.0));
            map.extend(renamed);
        }
        _ => {}
    }
}
