//! Operations of documents: integrations, security, models.
#![allow(clippy::unwrap_used)]

mod common;

use common::{read, refusal, with_operation};
use restapi::{Method, RestApi};
use serde_json::{Value, json};

fn method<'a>(api: &'a RestApi, path: &str, verb: &str) -> &'a Method {
    &api.resource_by_path(path).unwrap().methods[verb]
}

#[test]
fn values_that_are_no_text_give_awss_warning() {
    let document = json!({"openapi": "3.0.1", "info": {"title": "T"}, "paths": {"/test": {"get": {"x-amazon-apigateway-integration":
        {"type": "mock", "requestParameters": {"integration.request.header.nothing": true, "integration.request.header.a": "'b'"}}}}}});
    let (api, warnings) = read(&document);
    assert_eq!(
        warnings,
        [
            "Invalid format for 'requestParameters'. Expected type string for property \
        'integration.request.header.nothing' of resource '/test' and method 'GET' but got 'true'"
        ]
    );
    assert_eq!(
        method(&api, "/test", "GET")
            .integration
            .as_ref()
            .unwrap()
            .request_parameters
            .len(),
        1
    );
}

#[test]
fn responses_of_integrations_are_kept_by_code_with_their_patterns() {
    let (api, _) = read(&with_operation(
        json!({"x-amazon-apigateway-integration": {"type": "MOCK", "httpMethod": "POST", "responses": {
        "default": {"statusCode": "200"}, "4\\d{2}": {"statusCode": 400, "responseTemplates": {"b/b": "1", "a/a": "2"}}}}}),
    ));
    let integration = method(&api, "/x", "GET").integration.as_ref().unwrap();
    assert_eq!(integration.http_method, None, "a mock has no backend");
    assert_eq!(integration.responses["200"].selection_pattern, None);
    assert_eq!(
        integration.responses["400"].selection_pattern.as_deref(),
        Some("4\\d{2}")
    );
    let order: Vec<&str> = integration.responses["400"]
        .response_templates
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(order, ["b/b", "a/a"], "templates stay in the user's order");
}

#[test]
fn wrong_integrations_are_named_one_a_line() {
    let integration = |integration: Value| {
        with_operation(json!({"x-amazon-apigateway-integration": integration}))
    };
    let prefix = "Errors found during import:\n\tUnable to put integration on 'GET' for resource at path '/x': ";
    for (given, expected) in [
        (
            json!({"type": "http", "uri": "http://a"}),
            "Enumeration value for HttpMethod must be non-empty",
        ),
        (
            json!({"type": "mock", "timeoutInMillis": 49}),
            "Timeout should be between 50 ms and 29000 ms",
        ),
        (
            json!({"type": "mock", "timeoutInMillis": 29_001}),
            "Timeout should be between 50 ms and 29000 ms",
        ),
        (
            json!({"type": "magic"}),
            "Invalid integration type specified: magic",
        ),
        (
            json!({"type": "mock", "responses": {"default": {"statusCode": "600"}}}),
            "Invalid status code specified: 600",
        ),
        (
            json!({"type": "mock", "passthroughBehavior": "maybe"}),
            "Invalid passthrough behavior specified: MAYBE",
        ),
    ] {
        assert_eq!(refusal(&integration(given)), format!("{prefix}{expected}"));
    }
    for timeout in [50, 29_000] {
        read(&integration(
            json!({"type": "mock", "timeoutInMillis": timeout}),
        ));
    }
}

#[test]
fn security_becomes_authorization() {
    let lambda = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:111111111111:function:a/invocations";
    let operation = |security: Value| json!({"get": {"security": security}});
    let document = json!({"swagger": "2.0", "info": {"title": "T"},
    "securityDefinitions": {
        "token": {"type": "apiKey", "in": "header", "name": "Auth", "x-amazon-apigateway-authtype": "custom",
            "x-amazon-apigateway-authorizer": {"type": "token", "authorizerUri": lambda, "authorizerResultTtlInSeconds": 0}},
        "pool": {"type": "apiKey", "in": "header", "name": "Authorization", "x-amazon-apigateway-authtype": "cognito_user_pools",
            "x-amazon-apigateway-authorizer": {"type": "cognito_user_pools", "providerARNs": ["arn:aws:cognito-idp:us-east-1:111111111111:userpool/p"]}},
        "iam": {"type": "apiKey", "in": "header", "name": "Authorization", "x-amazon-apigateway-authtype": "awsSigv4"},
        "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    },
    "security": [{"token": []}],
    "paths": {
        "/default": {"get": {}},
        "/open": operation(json!([])),
        "/none": operation(json!([{"NONE": []}])),
        "/pool": operation(json!([{"pool": ["email"]}])),
        "/iam": operation(json!([{"iam": []}])),
        "/key": operation(json!([{"token": []}, {"key": []}])),
        "/single": operation(json!({"iam": []})),
        "/sam": operation(json!([{"api_key": []}])),
    }});
    let (api, _) = read(&document);
    let token = api
        .authorizers
        .values()
        .find(|one| one.name == "token")
        .unwrap();
    assert_eq!(
        (token.kind.as_str(), token.result_ttl_s),
        ("TOKEN", Some(0))
    );
    assert_eq!(
        token.identity_source.as_deref(),
        Some("method.request.header.Auth")
    );
    for (path, kind, has_authorizer, needs_key) in [
        ("/default", "CUSTOM", true, false),
        ("/open", "NONE", false, false),
        ("/none", "NONE", false, false),
        ("/pool", "COGNITO_USER_POOLS", true, false),
        ("/iam", "AWS_IAM", false, false),
        ("/key", "CUSTOM", true, true),
        ("/single", "AWS_IAM", false, false),
        ("/sam", "NONE", false, true),
    ] {
        let method = method(&api, path, "GET");
        assert_eq!(method.authorization_type, kind, "{path}");
        assert_eq!(method.authorizer_id.is_some(), has_authorizer, "{path}");
        assert_eq!(method.api_key_required, needs_key, "{path}");
    }
    assert_eq!(method(&api, "/pool", "GET").authorization_scopes, ["email"]);
}

#[test]
fn methods_of_an_authorizer_that_is_not_said_are_left_out() {
    let document = json!({"swagger": "2.0", "info": {"title": "T"},
    "securityDefinitions": {
        "said": {"type": "apiKey", "in": "header", "name": "Auth", "x-amazon-apigateway-authtype": "custom"},
        "foreign": {"type": "oauth2"},
    },
    "paths": {
        "/guarded": {"get": {"security": [{"said": []}]}, "post": {}},
        "/open": {"get": {"security": [{"foreign": []}]}},
    }});
    let (api, warnings) = read(&document);
    let guarded = api.resource_by_path("/guarded").unwrap();
    assert_eq!(guarded.methods.keys().collect::<Vec<_>>(), ["POST"]);
    assert_eq!(method(&api, "/open", "GET").authorization_type, "NONE");
    assert_eq!(
        warnings[0],
        "Unable to create authorizer from security definition: 'said'. Extension \
         x-amazon-apigateway-authorizer is required. Any methods with security: 'said' will not \
         be created. If this security definition is not a custom authorizer, remove the \
         x-amazon-apigateway-authtype extension and it will be ignored."
    );
    assert_eq!(warnings.len(), 2, "{warnings:?}");
}

#[test]
fn a_requirement_that_names_nothing_is_refused() {
    assert_eq!(
        refusal(&with_operation(json!({"security": [{"ghost": []}]}))),
        "Errors found during import:\n\tUnable to put method 'GET' on resource at path '/x': Invalid security scheme specified: ghost"
    );
    let (api, _) = read(&with_operation(json!({"security": [{"sigv4": []}]})));
    assert_eq!(method(&api, "/x", "GET").authorization_type, "AWS_IAM");
    let (api, _) = read(&with_operation(
        json!({"x-amazon-apigateway-auth": {"type": "aws_iam"}}),
    ));
    assert_eq!(method(&api, "/x", "GET").authorization_type, "AWS_IAM");
}

#[test]
fn models_are_named_found_or_made() {
    let document = json!({"openapi": "3.0.1", "info": {"title": "T"},
    "components": {"schemas": {"House": {"type": "object", "description": "d", "properties": {"in": {"type": "array", "items": {"$ref": "#/components/schemas/House"}}}}}},
    "paths": {"/x": {"post": {
        "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/House"}}, "text/plain": {"schema": {"type": "string"}}}},
        "responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Empty"}}}}, "default": {}, "2XX": {}},
    }}}});
    let (api, warnings) = read(&document);
    let post = method(&api, "/x", "POST");
    assert_eq!(post.request_models["application/json"], "House");
    let made = &post.request_models["text/plain"];
    assert!(made.starts_with("MODEL") && api.models.contains_key(made));
    assert_eq!(post.responses.keys().collect::<Vec<_>>(), ["200"]);
    assert_eq!(
        warnings,
        ["Ignoring response with unsupported status code '2XX'"]
    );
    assert_eq!(api.models["House"].description.as_deref(), Some("d"));
    assert!(
        api.models.contains_key("Empty"),
        "a default model that is referred to exists"
    );
    let dangling =
        with_operation(json!({"responses": {"200": {"schema": {"$ref": "#/definitions/Ghost"}}}}));
    assert!(refusal(&dangling).ends_with("Invalid model identifier specified: Ghost"));
    let named =
        json!({"swagger": "2.0", "info": {"title": "T"}, "paths": {}, "definitions": {"a-b": {}}});
    assert!(refusal(&named).ends_with("Model name must be alphanumeric: a-b"));
}
