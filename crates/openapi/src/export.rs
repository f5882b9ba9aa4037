//! Resources, methods, models and authorizers become a document.

mod integration;
mod operation;
mod security;
mod settings;

use crate::document::Object;
use crate::import::model_url;
use crate::syntax;
use restapi::{Resource, RestApi};
use serde_json::{Value, json};

/// The document's version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Swagger 2.0.
    Swagger,
    /// OpenAPI 3.0.1.
    Oas30,
}

/// The document's syntax.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `application/json`.
    Json,
    /// `application/yaml`.
    Yaml,
}

/// Which `x-amazon-apigateway-*` extensions are written; `extensions` of GetExport.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Extensions {
    /// `integrations`: `x-amazon-apigateway-integration`.
    pub integrations: bool,
    /// `authorizers`: `x-amazon-apigateway-authorizer`.
    pub authorizers: bool,
    /// `apigateway`: all of them.
    pub apigateway: bool,
    /// `documentation`: `x-amazon-apigateway-documentation`.
    pub documentation: bool,
    /// `postman`: what Postman needs. UNVERIFIED which members that are; an export with
    /// integrations and authorizers on AWS would show it. Until then it adds nothing.
    pub postman: bool,
}

impl Extensions {
    fn integrations(self) -> bool {
        self.integrations || self.apigateway
    }

    fn authorizers(self) -> bool {
        self.authorizers || self.apigateway
    }

    fn documentation(self) -> bool {
        self.documentation || self.apigateway
    }
}

/// How an API is exported.
#[derive(Debug, Clone)]
pub struct ExportOptions {
    /// Swagger or OpenAPI.
    pub kind: Kind,
    /// JSON or YAML.
    pub format: Format,
    /// The stage, which becomes the base path.
    pub stage: String,
    /// The API's host name, such as `abc.execute-api.us-east-1.amazonaws.com`.
    pub host: String,
    /// `info.version`, where the API has none of its own.
    pub version: String,
    /// Extensions.
    pub extensions: Extensions,
}

/// The API as a document.
///
/// Swagger 2.0 has one body schema and one response schema a method: of several models by content
/// type the first is written. OpenAPI 3.0 keeps all.
pub fn export(api: &RestApi, options: &ExportOptions) -> String {
    let export = Export { api, options };
    let document = Value::Object(export.document());
    match options.format {
        Format::Json => format!("{document:#}"),
        Format::Yaml => syntax::to_yaml(&document),
    }
}

/// An export under way.
struct Export<'a> {
    api: &'a RestApi,
    options: &'a ExportOptions,
}

impl Export<'_> {
    fn is_swagger(&self) -> bool {
        self.options.kind == Kind::Swagger
    }

    fn document(&self) -> Object {
        let mut out = Object::new();
        if self.is_swagger() {
            out.insert("swagger".into(), "2.0".into());
        } else {
            out.insert("openapi".into(), "3.0.1".into());
        }
        out.insert("info".into(), self.info());
        self.address(&mut out);
        out.insert("paths".into(), Value::Object(self.paths()));
        self.components(&mut out);
        if self.options.extensions.apigateway {
            self.settings(&mut out);
        }
        if self.options.extensions.documentation() {
            self.documentation(&mut out);
        }
        out
    }

    fn info(&self) -> Value {
        let mut info = Object::new();
        put(&mut info, "description", self.api.description.as_ref());
        let version = self.api.version.as_ref().unwrap_or(&self.options.version);
        info.insert("version".into(), version.as_str().into());
        info.insert("title".into(), self.api.name.as_str().into());
        Value::Object(info)
    }

    fn address(&self, out: &mut Object) {
        let (host, stage) = (&self.options.host, &self.options.stage);
        if self.is_swagger() {
            out.insert("host".into(), host.as_str().into());
            out.insert("basePath".into(), format!("/{stage}").into());
            out.insert("schemes".into(), json!(["https"]));
            return;
        }
        let server = json!({
            "url": format!("https://{host}/{{basePath}}"),
            "variables": {"basePath": {"default": format!("/{stage}")}},
        });
        out.insert("servers".into(), json!([server]));
    }

    /// By path; a resource without methods stands here only where no other path implies it.
    fn paths(&self) -> Object {
        let mut resources: Vec<&Resource> = self.api.resources.values().collect();
        resources.sort_by(|one, other| one.path.cmp(&other.path));
        let is_leaf =
            |one: &Resource| one.path != "/" && self.api.children(&one.id).next().is_none();
        let shown = resources
            .into_iter()
            .filter(|one| !one.methods.is_empty() || is_leaf(one));
        let item = |resource: &Resource| {
            let methods = resource.methods.values();
            let operations = methods.map(|method| {
                let key = match method.http_method.as_str() {
                    "ANY" => "x-amazon-apigateway-any-method".to_owned(),
                    verb => verb.to_ascii_lowercase(),
                };
                (key, Value::Object(self.operation(method)))
            });
            Value::Object(operations.collect())
        };
        shown.map(|one| (one.path.clone(), item(one))).collect()
    }

    fn components(&self, out: &mut Object) {
        let schemes = self.security_schemes();
        let schemas = self.schemas();
        let (schemes_key, schemas_key) = match self.options.kind {
            Kind::Swagger => ("securityDefinitions", "definitions"),
            Kind::Oas30 => ("securitySchemes", "schemas"),
        };
        let mut parts = Object::new();
        if !schemes.is_empty() {
            parts.insert(schemes_key.into(), Value::Object(schemes));
        }
        if !schemas.is_empty() {
            parts.insert(schemas_key.into(), Value::Object(schemas));
        }
        match self.options.kind {
            Kind::Swagger => out.extend(parts),
            Kind::Oas30 => {
                out.insert("components".into(), Value::Object(parts));
            }
        }
    }

    fn schemas(&self) -> Object {
        let models = self.api.models.values();
        let schema = |text: &str| {
            let mut schema = serde_json::from_str(text).unwrap_or_else(|_| json!({}));
            self.localize(&mut schema);
            schema
        };
        models
            .map(|model| (model.name.clone(), schema(&model.schema)))
            .collect()
    }

    /// Points references at the document's own schemas.
    fn localize(&self, value: &mut Value) {
        match value {
            Value::Object(map) => {
                if let Some(Value::String(target)) = map.get_mut("$ref")
                    && let Some(name) = target.strip_prefix(&model_url(&self.api.id))
                {
                    *target = self.schema_reference(name);
                }
                map.values_mut().for_each(|inner| self.localize(inner));
            }
            Value::Array(items) => items.iter_mut().for_each(|inner| self.localize(inner)),
            _ => {}
        }
    }

    fn schema_reference(&self, name: &str) -> String {
        match self.options.kind {
            Kind::Swagger => format!("#/definitions/{name}"),
            Kind::Oas30 => format!("#/components/schemas/{name}"),
        }
    }
}

/// Adds a text that is there.
fn put(out: &mut Object, key: &str, value: Option<&String>) {
    if let Some(value) = value {
        out.insert(key.to_owned(), value.as_str().into());
    }
}

/// Adds a value that is not empty.
fn put_object<I>(out: &mut Object, key: &str, entries: I)
where
    I: IntoIterator<Item = (String, Value)>,
{
    let entries: Object = entries.into_iter().collect();
    if !entries.is_empty() {
        out.insert(key.to_owned(), Value::Object(entries));
    }
}

/// Texts as entries of an object.
fn texts<'a>(
    entries: impl IntoIterator<Item = (&'a String, &'a String)>,
) -> impl Iterator<Item = (String, Value)> {
    let entries = entries.into_iter();
    entries.map(|(name, value)| (name.clone(), value.as_str().into()))
}
