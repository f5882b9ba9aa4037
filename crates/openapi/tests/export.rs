//! What an API looks like as a document; the first case was recorded on AWS (May 2025).
#![allow(clippy::unwrap_used)]

mod common;

use common::read;
use openapi::{ExportOptions, Extensions, Format, Kind, export};
use restapi::RestApi;
use serde_json::{Value, json};

fn exported(api: &RestApi, kind: Kind, extensions: Extensions) -> Value {
    let options = ExportOptions {
        kind,
        format: Format::Json,
        stage: "local".into(),
        host: "abcdef1234.execute-api.us-east-1.amazonaws.com".into(),
        version: "2026-11-22T11:56:06Z".into(),
        extensions,
    };
    serde_json::from_str(&export(api, &options)).unwrap()
}

const ALL: Extensions = Extensions {
    integrations: false,
    authorizers: false,
    apigateway: true,
    documentation: false,
    postman: false,
};

fn pets() -> RestApi {
    let integration = |path: &str, parameters: Value| {
        json!({"type": "http", "httpMethod": "GET", "uri": format!("http://petstore-demo-endpoint.execute-api.com/petstore/{path}"),
            "requestParameters": parameters, "responses": {"default": {"statusCode": "200"}}})
    };
    let (api, _) = read(&json!({
        "swagger": "2.0",
        "info": {"title": "Simple PetStore (Swagger)", "version": "1.0.0"},
        "paths": {
            "/pets": {"get": {"responses": {"200": {"description": "fine"}}, "x-amazon-apigateway-integration": integration("pets", json!({}))}},
            "/pets/{petId}": {"get": {"responses": {"200": {"description": "fine"}}, "x-amazon-apigateway-integration":
                integration("pets/{id}", json!({"integration.request.path.id": "method.request.path.petId"}))}},
        },
        "x-amazon-apigateway-binary-media-types": ["image/png", "image/jpg"],
    }));
    api
}

#[test]
fn swagger_without_extensions_is_as_recorded() {
    assert_eq!(
        exported(&pets(), Kind::Swagger, Extensions::default()),
        json!({
            "swagger": "2.0",
            "info": {"version": "1.0.0", "title": "Simple PetStore (Swagger)"},
            "host": "abcdef1234.execute-api.us-east-1.amazonaws.com",
            "basePath": "/local",
            "schemes": ["https"],
            "paths": {
                "/pets": {"get": {"responses": {"200": {"description": "200 response"}}}},
                "/pets/{petId}": {"get": {
                    "parameters": [{"name": "petId", "in": "path", "required": true, "type": "string"}],
                    "responses": {"200": {"description": "200 response"}},
                }},
            },
        })
    );
}

#[test]
fn swagger_with_extensions_is_as_recorded() {
    let document = exported(&pets(), Kind::Swagger, ALL);
    assert_eq!(
        document["x-amazon-apigateway-binary-media-types"],
        json!(["image/png", "image/jpg"])
    );
    assert_eq!(
        document["paths"]["/pets/{petId}"]["get"]["x-amazon-apigateway-integration"],
        json!({
            "type": "http",
            "httpMethod": "GET",
            "uri": "http://petstore-demo-endpoint.execute-api.com/petstore/pets/{id}",
            "responses": {"default": {"statusCode": "200"}},
            "requestParameters": {"integration.request.path.id": "method.request.path.petId"},
            "passthroughBehavior": "when_no_match",
        })
    );
}

#[test]
fn openapi_3_names_its_server_and_types() {
    let document = exported(&pets(), Kind::Oas30, Extensions::default());
    assert_eq!(document["openapi"], "3.0.1");
    assert_eq!(
        document["servers"],
        json!([{"url": "https://abcdef1234.execute-api.us-east-1.amazonaws.com/{basePath}", "variables": {"basePath": {"default": "/local"}}}])
    );
    assert_eq!(
        document["paths"]["/pets/{petId}"]["get"]["parameters"],
        json!([{"name": "petId", "in": "path", "required": true, "schema": {"type": "string"}}])
    );
}

#[test]
fn security_is_written_with_its_extension_only() {
    let (api, _) = read(&json!({"swagger": "2.0", "info": {"title": "T"},
        "securityDefinitions": {"pool": {"type": "apiKey", "in": "header", "name": "Authorization", "x-amazon-apigateway-authtype": "cognito_user_pools",
            "x-amazon-apigateway-authorizer": {"type": "cognito_user_pools", "providerARNs": ["arn:aws:cognito-idp:us-east-1:111111111111:userpool/p"]}}},
        "paths": {"/a": {"get": {"security": [{"pool": ["email"]}, {"api_key": []}]}}, "/b": {"get": {"security": [{"AWS_IAM": []}]}}}}));
    let plain = exported(&api, Kind::Oas30, Extensions::default());
    assert_eq!(
        plain["paths"]["/a"]["get"]["security"],
        json!([{"api_key": []}])
    );
    assert_eq!(
        plain["components"]["securitySchemes"]
            .as_object()
            .unwrap()
            .len(),
        1
    );
    let authorizers = Extensions {
        authorizers: true,
        ..Extensions::default()
    };
    let full = exported(&api, Kind::Oas30, authorizers);
    assert_eq!(
        full["paths"]["/a"]["get"]["security"],
        json!([{"pool": ["email"]}, {"api_key": []}])
    );
    assert_eq!(
        full["paths"]["/b"]["get"]["security"],
        json!([{"sigv4": []}])
    );
    assert_eq!(
        full["components"]["securitySchemes"]["pool"],
        json!({"type": "apiKey", "name": "Authorization", "in": "header", "x-amazon-apigateway-authtype": "cognito_user_pools",
            "x-amazon-apigateway-authorizer": {"type": "cognito_user_pools", "identitySource": "method.request.header.Authorization",
                "providerARNs": ["arn:aws:cognito-idp:us-east-1:111111111111:userpool/p"]}})
    );
}

/// A document with an authorizer of each kind that reads tokens, and a method for each.
fn with_token_authorizers(configuration: &Value) -> Value {
    json!({"swagger": "2.0", "info": {"title": "T"},
        "securityDefinitions": {
            "pool": {"type": "apiKey", "in": "header", "name": "Authorization", "x-amazon-apigateway-authtype": "cognito_user_pools",
                "x-amazon-apigateway-authorizer": {"type": "cognito_user_pools", "identitySource": "method.request.header.X-Token",
                    "providerARNs": ["arn:aws:cognito-idp:us-east-1:111111111111:userpool/p", "arn:aws:cognito-idp:us-east-1:111111111111:userpool/q"]}},
            "tokens": {"type": "apiKey", "in": "header", "name": "Authorization", "x-amazon-apigateway-authtype": "jwt",
                "x-amazon-apigateway-authorizer": {"type": "jwt", "identitySource": "method.request.header.Authorization",
                    "jwtConfiguration": configuration}}},
        "paths": {
            "/pool": {"get": {"security": [{"pool": ["read", "write"]}]}},
            "/tokens": {"get": {"security": [{"tokens": ["read"]}]}},
            "/unscoped": {"get": {"security": [{"tokens": []}]}}}})
}

#[test]
fn token_authorizers_come_back_as_they_went() {
    let believed = json!({"issuers": [{"issuer": "https://idp.example.com", "audiences": ["a", "b"],
            "additionalClaims": [{"claimName": "tenant", "format": "SINGLE_STRING", "required": true, "expectedValues": ["acme"]}]}],
        "defaultAlgorithms": ["RS256", "ES256"]});
    let (api, warnings) = read(&with_token_authorizers(&believed));
    assert_eq!(warnings, Vec::<String>::new());
    for kind in [Kind::Swagger, Kind::Oas30] {
        let document = exported(&api, kind, ALL);
        let (again, _) = read(&document);
        for name in ["pool", "tokens"] {
            let of = |api: &RestApi| {
                let mut all = api.authorizers.values();
                let mut found = all.find(|one| one.name == name).unwrap().clone();
                found.id.clear();
                found
            };
            assert_eq!(of(&again), of(&api), "{kind:?}");
        }
        for (path, authorization, scopes) in [
            ("/pool", "COGNITO_USER_POOLS", vec!["read", "write"]),
            ("/tokens", "JWT", vec!["read"]),
            ("/unscoped", "JWT", vec![]),
        ] {
            let method = &again.resource_by_path(path).unwrap().methods["GET"];
            assert_eq!(method.authorization_type, authorization, "{kind:?} {path}");
            assert_eq!(method.authorization_scopes, scopes, "{kind:?} {path}");
            let id = method.authorizer_id.as_ref().unwrap();
            assert!(again.authorizers.contains_key(id), "{kind:?} {path}");
        }
    }
}

#[test]
fn where_an_issuers_keys_are_is_neither_read_nor_written() {
    let given = json!({"issuers": [{"issuer": "https://idp.example.com", "audiences": ["a"],
        "jwksUri": "https://attacker.example.com/keys"}]});
    let (api, _) = read(&with_token_authorizers(&given));
    for authorizer in api.authorizers.values() {
        assert!(!format!("{authorizer:?}").contains("attacker"));
    }
    let mut resolved = api;
    for authorizer in resolved.authorizers.values_mut() {
        let text = authorizer.jwt_configuration.as_mut();
        text.into_iter().for_each(|text| *text = given.to_string());
    }
    let document = exported(&resolved, Kind::Oas30, ALL).to_string();
    assert!(document.contains("idp.example.com") && !document.contains("attacker"));
}

#[test]
fn models_refer_to_each_other_inside_the_document() {
    let (api, _) = read(&serde_json::from_str(&openapi::petstore("us-east-1")).unwrap());
    for (kind, prefix) in [
        (Kind::Swagger, "#/definitions/"),
        (Kind::Oas30, "#/components/schemas/"),
    ] {
        let document = exported(&api, kind, ALL);
        let pointer = prefix.trim_start_matches('#').trim_end_matches('/');
        let pets = document.pointer(&format!("{pointer}/Pets")).unwrap();
        assert_eq!(
            pets,
            &json!({"type": "array", "items": {"$ref": format!("{prefix}Pet")}})
        );
        assert!(!document.to_string().contains("apigateway.amazonaws.com"));
    }
}

#[test]
fn an_api_without_version_is_given_one() {
    let (api, _) = read(&json!({"swagger": "2.0", "info": {"title": "T"}, "paths": {}}));
    assert_eq!(
        exported(&api, Kind::Swagger, ALL)["info"]["version"],
        "2026-11-22T11:56:06Z"
    );
}
