//! Security schemes as authorizers, and requirements of operations as authorization.

use super::{Import, Mode};
use crate::document::{Object, list, number_of, object, text_of, texts_of};
use crate::jwt_configuration::without_addresses;
use restapi::{Authorizer, Method};
use serde_json::Value;

const AUTHORIZER: &str = "x-amazon-apigateway-authorizer";
const AUTH_TYPE: &str = "x-amazon-apigateway-authtype";

/// Names by which tools require SigV4 of a scheme that they do not define.
const SIGV4_NAMES: &[&str] = &["sigv4", "aws.auth.sigv4", "AWS_IAM"];

impl Import<'_> {
    /// Every scheme with an authorizer.
    pub(super) fn authorizers(&mut self) {
        let schemes = self.document.security_schemes();
        let has_authorizer = |name: &str| {
            schemes
                .get(name)
                .is_some_and(|scheme| scheme.get(AUTHORIZER).is_some())
        };
        if self.options.mode == Mode::Overwrite {
            let authorizers = &mut self.api.authorizers;
            authorizers.retain(|_, authorizer| has_authorizer(&authorizer.name));
        }
        for (name, scheme) in schemes {
            if let Some(Value::Object(authorizer)) = scheme.get(AUTHORIZER) {
                self.authorizer(name, object(Some(scheme)), authorizer);
            } else if lacks_authorizer(object(Some(scheme))) {
                self.warn(format!(
                    "Unable to create authorizer from security definition: '{name}'. Extension \
                     {AUTHORIZER} is required. Any methods with security: '{name}' will not be \
                     created. If this security definition is not a custom authorizer, remove the \
                     {AUTH_TYPE} extension and it will be ignored."
                ));
            }
        }
    }

    fn authorizer(&mut self, name: &str, scheme: &Object, given: &Object) {
        let kind = text_of(given, "type")
            .unwrap_or_default()
            .to_ascii_uppercase();
        if !["TOKEN", "REQUEST", "COGNITO_USER_POOLS", "JWT"].contains(&kind.as_str()) {
            self.fail(format!(
                "Unable to create authorizer '{name}': Invalid authorizer type specified: {kind}"
            ));
            return;
        }
        let is_lambda = matches!(kind.as_str(), "TOKEN" | "REQUEST");
        let ttl = number_of(given, "authorizerResultTtlInSeconds");
        if ttl.is_some_and(|ttl| !(0..=3600).contains(&ttl)) {
            self.fail(format!(
                "Unable to create authorizer '{name}': Authorizer result TTL must be between 0 \
                 and 3600 seconds"
            ));
            return;
        }
        let id = self.authorizer_id(name).unwrap_or_else(|| self.id());
        let default_source = (kind != "REQUEST").then(|| source(scheme)).flatten();
        let authorizer = Authorizer {
            id: id.clone(),
            name: name.to_owned(),
            auth_type: text_of(scheme, AUTH_TYPE)
                .or_else(|| is_lambda.then(|| "custom".to_owned())),
            provider_arns: texts_of(given, "providerARNs"),
            uri: text_of(given, "authorizerUri"),
            credentials: text_of(given, "authorizerCredentials"),
            identity_source: text_of(given, "identitySource").or(default_source),
            identity_validation_expression: text_of(given, "identityValidationExpression"),
            result_ttl_s: ttl
                .and_then(|ttl| i32::try_from(ttl).ok())
                .or(is_lambda.then_some(300)),
            jwt_configuration: given
                .get("jwtConfiguration")
                .map(|given| without_addresses(given.clone()).to_string()),
            kind,
        };
        self.api.authorizers.insert(id, authorizer);
    }

    fn authorizer_id(&self, name: &str) -> Option<String> {
        let mut all = self.api.authorizers.values();
        all.find(|authorizer| authorizer.name == name)
            .map(|authorizer| authorizer.id.clone())
    }

    /// Whether an operation asks for an authorizer that could not be made: AWS was observed to
    /// leave out such methods, with a warning, rather than to open them
    /// (amazon-archives/aws-apigateway-importer issue 187).
    pub(super) fn is_left_out(&self, operation: &Object) -> bool {
        let schemes = self.document.security_schemes();
        self.requirements(operation).iter().any(|requirement| {
            let mut names = object(Some(requirement)).keys();
            names.any(|name| {
                self.authorizer_id(name).is_none()
                    && schemes
                        .get(name)
                        .is_some_and(|scheme| lacks_authorizer(object(Some(scheme))))
            })
        })
    }

    /// What an operation asks for; what the root asks for where it says nothing.
    fn requirements<'a>(&'a self, operation: &'a Object) -> &'a [Value] {
        let document = self.document;
        let given = operation
            .get("security")
            .or_else(|| document.get("security"));
        match given {
            // Some tools write the only requirement without its list.
            Some(single @ Value::Object(_)) => std::slice::from_ref(single),
            other => list(other),
        }
    }

    /// Who may call the method. The root's requirements hold where the operation has none of its
    /// own: observed on AWS, against the developer guide ("known issues") which has them ignored.
    ///
    /// # Errors
    /// A requirement that names nothing: ignoring it would open the method.
    pub(super) fn authorization(
        &mut self,
        operation: &Object,
        method: &mut Method,
    ) -> Result<(), String> {
        let requirements = self.requirements(operation).to_vec();
        for requirement in &requirements {
            for (name, scopes) in object(Some(requirement)) {
                self.require(name, scopes, method)?;
            }
        }
        let auth = object(operation.get("x-amazon-apigateway-auth"));
        match text_of(auth, "type")
            .map(|kind| kind.to_ascii_uppercase())
            .as_deref()
        {
            Some("AWS_IAM") => method.authorization_type = "AWS_IAM".to_owned(),
            Some("NONE") | None => {}
            Some(other) => return Err(format!("Invalid authorization type specified: {other}")),
        }
        Ok(())
    }

    fn require(&mut self, name: &str, scopes: &Value, method: &mut Method) -> Result<(), String> {
        if let Some(id) = self.authorizer_id(name) {
            let kind = self
                .api
                .authorizers
                .get(&id)
                .map(|authorizer| authorizer.kind.clone());
            let kind = kind.unwrap_or_default();
            method.authorization_type = match kind.as_str() {
                "TOKEN" | "REQUEST" => "CUSTOM".to_owned(),
                _ => kind,
            };
            method.authorizer_id = Some(id);
            let scopes = list(Some(scopes)).iter().filter_map(crate::document::text);
            method.authorization_scopes = scopes.collect();
            return Ok(());
        }
        let schemes = self.document.security_schemes();
        match schemes.get(name).map(|scheme| object(Some(scheme))) {
            Some(scheme) if is_sigv4(scheme) => iam(method),
            Some(scheme) if is_api_key(scheme) => method.api_key_required = true,
            Some(_) => self.warn(format!(
                "Unable to find authorizer for security scheme '{name}'. Ignoring."
            )),
            // SAM writes NONE for "no authorizer", and api_key without its scheme.
            None if name == "NONE" => {}
            None if name == "api_key" => method.api_key_required = true,
            None if SIGV4_NAMES.contains(&name) => iam(method),
            None => return Err(format!("Invalid security scheme specified: {name}")),
        }
        Ok(())
    }
}

/// Whether a scheme says that it is an authorizer of AWS, and not which.
fn lacks_authorizer(scheme: &Object) -> bool {
    scheme.contains_key(AUTH_TYPE) && !scheme.contains_key(AUTHORIZER) && !is_sigv4(scheme)
}

/// SigV4, unless an authorizer decides already.
fn iam(method: &mut Method) {
    if method.authorizer_id.is_none() {
        method.authorization_type = "AWS_IAM".to_owned();
    }
}

fn is_sigv4(scheme: &Object) -> bool {
    text_of(scheme, AUTH_TYPE).is_some_and(|kind| kind.eq_ignore_ascii_case("awsSigv4"))
}

/// An API key travels in this header only.
fn is_api_key(scheme: &Object) -> bool {
    let is = |key: &str, value: &str| {
        text_of(scheme, key).is_some_and(|given| given.eq_ignore_ascii_case(value))
    };
    is("type", "apiKey") && is("in", "header") && is("name", "x-api-key")
}

/// Where a token is by the scheme's own words.
fn source(scheme: &Object) -> Option<String> {
    let name = text_of(scheme, "name")?;
    let place = match text_of(scheme, "in")?.as_str() {
        "query" => "querystring",
        _ => "header",
    };
    Some(format!("method.request.{place}.{name}"))
}
