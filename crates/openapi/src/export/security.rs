//! Authorizers and API keys as security schemes.

use super::{Export, put};
use crate::document::Object;
use crate::jwt_configuration::without_addresses;
use restapi::{Authorizer, Method};
use serde_json::{Value, json};

const API_KEY: &str = "api_key";
const SIGV4: &str = "sigv4";

impl Export<'_> {
    /// Schemes for all authorizers, and for API keys and SigV4 where a method asks for them.
    pub(super) fn security_schemes(&self) -> Object {
        let resources = self.api.resources.values();
        let methods: Vec<&Method> = resources
            .flat_map(|resource| resource.methods.values())
            .collect();
        let mut out = Object::new();
        if methods.iter().any(|method| method.api_key_required) {
            let scheme = json!({"type": "apiKey", "name": "x-api-key", "in": "header"});
            out.insert(API_KEY.into(), scheme);
        }
        if !self.options.extensions.authorizers() {
            return out;
        }
        if methods
            .iter()
            .any(|method| method.authorization_type == "AWS_IAM")
        {
            let scheme = json!({"type": "apiKey", "name": "Authorization", "in": "header",
                "x-amazon-apigateway-authtype": "awsSigv4"});
            out.insert(SIGV4.into(), scheme);
        }
        for authorizer in self.api.authorizers.values() {
            out.insert(authorizer.name.clone(), Value::Object(scheme(authorizer)));
        }
        out
    }

    /// What an operation requires.
    pub(super) fn security(&self, method: &Method) -> Vec<Value> {
        let mut out = Vec::new();
        if self.options.extensions.authorizers() {
            let authorizer = method.authorizer_id.as_ref();
            let authorizer = authorizer.and_then(|id| self.api.authorizers.get(id));
            if let Some(authorizer) = authorizer {
                let name = authorizer.name.clone();
                out.push(requirement(name, json!(method.authorization_scopes)));
            } else if method.authorization_type == "AWS_IAM" {
                out.push(requirement(SIGV4.to_owned(), json!([])));
            }
        }
        if method.api_key_required {
            out.push(requirement(API_KEY.to_owned(), json!([])));
        }
        out
    }
}

fn requirement(name: String, scopes: Value) -> Value {
    Value::Object([(name, scopes)].into_iter().collect())
}

fn scheme(authorizer: &Authorizer) -> Object {
    let source = authorizer.identity_source.as_deref().unwrap_or_default();
    let header = source.strip_prefix("method.request.header.");
    let header = header
        .filter(|name| !name.contains(','))
        .unwrap_or("Unused");
    let mut out = Object::new();
    out.insert("type".into(), "apiKey".into());
    out.insert("name".into(), header.into());
    out.insert("in".into(), "header".into());
    put(
        &mut out,
        "x-amazon-apigateway-authtype",
        authorizer.auth_type.as_ref(),
    );
    let body = Value::Object(body(authorizer));
    out.insert("x-amazon-apigateway-authorizer".into(), body);
    out
}

fn parsed(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}

fn body(authorizer: &Authorizer) -> Object {
    let mut out = Object::new();
    out.insert("type".into(), authorizer.kind.to_ascii_lowercase().into());
    put(&mut out, "authorizerUri", authorizer.uri.as_ref());
    put(
        &mut out,
        "authorizerCredentials",
        authorizer.credentials.as_ref(),
    );
    put(
        &mut out,
        "identitySource",
        authorizer.identity_source.as_ref(),
    );
    let expression = authorizer.identity_validation_expression.as_ref();
    put(&mut out, "identityValidationExpression", expression);
    if let Some(seconds) = authorizer.result_ttl_s {
        out.insert("authorizerResultTtlInSeconds".into(), seconds.into());
    }
    if !authorizer.provider_arns.is_empty() {
        out.insert("providerARNs".into(), json!(authorizer.provider_arns));
    }
    let configuration = authorizer.jwt_configuration.as_deref();
    if let Some(configuration) = configuration.and_then(parsed) {
        let configuration = without_addresses(configuration);
        out.insert("jwtConfiguration".into(), configuration);
    }
    out
}
