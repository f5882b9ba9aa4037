//! An OpenAPI document of either version, read through one set of questions.

use crate::limits::REFERENCE_HOPS_MAX;
use serde_json::{Map, Value};
use std::sync::LazyLock;

/// A JSON object.
pub(crate) type Object = Map<String, Value>;

static EMPTY: LazyLock<Object> = LazyLock::new(Object::new);

/// A document's version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    /// Swagger 2.0.
    Swagger2,
    /// OpenAPI 3.
    OpenApi3,
}

/// A parsed document.
pub(crate) struct Document {
    root: Value,
    /// Its version.
    pub version: Version,
}

impl Document {
    /// The document, if it says that it is one.
    pub(crate) fn new(root: Value) -> Option<Self> {
        let named = |key: &str| root.get(key).and_then(text);
        let version = if named("swagger").is_some_and(|version| version.starts_with('2')) {
            Version::Swagger2
        } else if named("openapi").is_some_and(|version| version.starts_with('3')) {
            Version::OpenApi3
        } else {
            return None;
        };
        root.is_object().then_some(Self { root, version })
    }

    /// A member of the root.
    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        self.root.get(key).filter(|value| !value.is_null())
    }

    /// A member of the root that is an object; an empty one when it is absent.
    pub(crate) fn object(&self, key: &str) -> &Object {
        object(self.get(key))
    }

    /// `definitions`, or `components.schemas`.
    pub(crate) fn schemas(&self) -> &Object {
        match self.version {
            Version::Swagger2 => self.object("definitions"),
            Version::OpenApi3 => object(self.object("components").get("schemas")),
        }
    }

    /// `securityDefinitions`, or `components.securitySchemes`.
    pub(crate) fn security_schemes(&self) -> &Object {
        match self.version {
            Version::Swagger2 => self.object("securityDefinitions"),
            Version::OpenApi3 => object(self.object("components").get("securitySchemes")),
        }
    }

    /// The path before every path: `basePath`, or what the first server says.
    pub(crate) fn base_path(&self) -> String {
        match self.version {
            Version::Swagger2 => self.get("basePath").and_then(text).unwrap_or_default(),
            Version::OpenApi3 => self.server().map(server_path).unwrap_or_default(),
        }
    }

    /// The first server.
    pub(crate) fn server(&self) -> Option<&Object> {
        self.get("servers")?.as_array()?.first()?.as_object()
    }

    /// What `value` stands for when it is a `$ref` into this document, else itself.
    pub(crate) fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        let mut current = value;
        for _ in 0..REFERENCE_HOPS_MAX {
            let target = reference(current).and_then(|text| text.strip_prefix('#'));
            match target.and_then(|pointer| self.root.pointer(pointer)) {
                Some(next) => current = next,
                None => break,
            }
        }
        current
    }
}

/// The path of a server: its variable `basePath`, else the path of its URL.
///
/// "basePath property" (API Gateway developer guide, OpenAPI): `servers` of OpenAPI 3 name the
/// base path by such a variable.
fn server_path(server: &Object) -> String {
    let variables = object(server.get("variables"));
    let default = |name: &str| {
        let variable = variables.get(name)?;
        variable.get("default").and_then(text)
    };
    if let Some(base_path) = default("basePath") {
        return base_path;
    }
    let url = server.get("url").and_then(text).unwrap_or_default();
    let path = match url.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("", |at| &rest[at..]),
        None => url.as_str(),
    };
    path.to_owned()
}

/// The target of a `$ref`.
pub(crate) fn reference(value: &Value) -> Option<&str> {
    value.get("$ref")?.as_str()
}

/// The value's members when it is an object, none otherwise.
pub(crate) fn object(value: Option<&Value>) -> &Object {
    value.and_then(Value::as_object).unwrap_or(&EMPTY)
}

/// The elements of a list, none of anything else.
pub(crate) fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Text, or what a number or boolean looks like: YAML's writers forget quotes.
pub(crate) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(is) => Some(is.to_string()),
        _ => None,
    }
}

/// A member as text.
pub(crate) fn text_of(object: &Object, key: &str) -> Option<String> {
    object.get(key).and_then(text)
}

/// A member as a boolean; the words count too.
pub(crate) fn flag_of(object: &Object, key: &str) -> Option<bool> {
    match object.get(key)? {
        Value::Bool(is) => Some(*is),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// A member as a whole number; digits count too.
pub(crate) fn number_of(object: &Object, key: &str) -> Option<i64> {
    match object.get(key)? {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// A member that is a list of texts.
pub(crate) fn texts_of(object: &Object, key: &str) -> Vec<String> {
    list(object.get(key)).iter().filter_map(text).collect()
}
