//! Resources, methods, models and authorizers become a document.

use restapi::RestApi;

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
    /// `integrations`: `x-amazon-apigateway-integration` and binary media types.
    pub integrations: bool,
    /// `authorizers`: `x-amazon-apigateway-authorizer`.
    pub authorizers: bool,
    /// `apigateway`: all of them.
    pub apigateway: bool,
    /// `documentation`: `x-amazon-apigateway-documentation`.
    pub documentation: bool,
    /// `postman`: what Postman needs to sign.
    pub postman: bool,
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
pub fn export(_api: &RestApi, _options: &ExportOptions) -> String {
    String::new()
}
