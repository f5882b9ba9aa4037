//! What documents say, and what becomes of it.
#![allow(clippy::unwrap_used)]

mod common;

use common::{blank, import_into, options, read, refusal, with_operation};
use openapi::{BasePath, ImportOptions, Mode};
use restapi::{IntegrationType, Method, RestApi};
use serde_json::{Value, json};

fn method<'a>(api: &'a RestApi, path: &str, verb: &str) -> &'a Method {
    &api.resource_by_path(path).unwrap().methods[verb]
}

fn paths(api: &RestApi) -> Vec<&str> {
    let mut paths: Vec<&str> = api
        .resources
        .values()
        .map(|one| one.path.as_str())
        .collect();
    paths.sort_unstable();
    paths
}

#[test]
fn petstore_becomes_three_paths_and_six_methods() {
    let mut api = blank();
    let document = openapi::petstore("eu-west-1");
    let warnings = import_into(&mut api, document.as_bytes(), &options()).unwrap();
    assert_eq!(warnings, Vec::<String>::new());
    assert_eq!(api.name, "PetStore");
    assert_eq!(paths(&api), ["/", "/pets", "/pets/{petId}"]);
    let verbs: usize = api.resources.values().map(|one| one.methods.len()).sum();
    assert_eq!(verbs, 6);

    let home = method(&api, "/", "GET").integration.as_ref().unwrap();
    assert_eq!(home.kind, IntegrationType::Mock);
    let response = &home.responses["200"];
    assert_eq!(response.selection_pattern, None);
    assert_eq!(
        response.response_parameters["method.response.header.Content-Type"],
        "'text/html'"
    );
    let (content_type, page) = &response.response_templates[0];
    assert_eq!(content_type, "text/html");
    assert!(page.contains("/$context.stage/pets"));

    let pet = method(&api, "/pets/{petId}", "GET");
    assert!(pet.request_parameters["method.request.path.petId"]);
    assert_eq!(
        pet.responses["200"].response_models["application/json"],
        "Pet"
    );
    assert!(
        !pet.responses["200"].response_parameters["method.response.header.Access-Control-Allow-Origin"]
    );
    let integration = pet.integration.as_ref().unwrap();
    assert_eq!(integration.http_method.as_deref(), Some("GET"));
    assert_eq!(
        integration.uri.as_deref(),
        Some("http://petstore.execute-api.eu-west-1.amazonaws.com/petstore/pets/{petId}")
    );
    assert_eq!(
        integration.request_parameters["integration.request.path.petId"],
        "method.request.path.petId"
    );
    assert_eq!(integration.passthrough_behavior, "WHEN_NO_MATCH");

    let list = method(&api, "/pets", "GET");
    assert!(!list.request_parameters["method.request.querystring.type"]);
    let create = method(&api, "/pets", "POST");
    assert_eq!(create.request_models["application/json"], "NewPet");
    let new_pet: Value = serde_json::from_str(&api.models["NewPet"].schema).unwrap();
    assert_eq!(
        new_pet["properties"]["type"]["$ref"],
        "https://apigateway.amazonaws.com/restapis/abcdef1234/models/PetType"
    );
}

#[test]
fn the_base_path_is_ignored_prepended_or_split() {
    let swagger = json!({"swagger": "2.0", "info": {"title": "T"}, "basePath": "/a/b/c", "paths": {"/e": {"get": {}}}});
    let variable = json!({"openapi": "3.0.1", "info": {"title": "T"}, "paths": {"/e": {"get": {}}},
        "servers": [{"url": "https://x.example/{basePath}", "variables": {"basePath": {"default": "a/b/c"}}}]});
    let url = json!({"openapi": "3.0.1", "info": {"title": "T"}, "paths": {"/e": {"get": {}}},
        "servers": [{"url": "https://x.example/a/b/c"}]});
    for document in [swagger, variable, url] {
        for (base_path, expected) in [
            (BasePath::Ignore, vec!["/", "/e"]),
            (
                BasePath::Prepend,
                vec!["/", "/a", "/a/b", "/a/b/c", "/a/b/c/e"],
            ),
            (BasePath::Split, vec!["/", "/b", "/b/c", "/b/c/e"]),
        ] {
            let mut api = blank();
            let options = ImportOptions {
                base_path,
                ..options()
            };
            import_into(&mut api, document.to_string().as_bytes(), &options).unwrap();
            assert_eq!(paths(&api), expected);
        }
    }
}

#[test]
fn merge_keeps_and_overwrite_removes() {
    let first = json!({"swagger": "2.0", "info": {"title": "One", "description": "d"}, "paths": {"/a": {"get": {}, "put": {}}, "/b/c": {"get": {}}},
        "definitions": {"A": {"type": "object"}}, "x-amazon-apigateway-binary-media-types": ["image/heif"]});
    let second = json!({"swagger": "2.0", "info": {"title": "Two"}, "paths": {"/a": {"get": {"operationId": "New"}}},
        "x-amazon-apigateway-binary-media-types": ["image/png"]});
    for (mode, expected_paths, put_stays, types, models) in [
        (
            Mode::Merge,
            vec!["/", "/a", "/b", "/b/c"],
            true,
            vec!["image/heif", "image/png"],
            1,
        ),
        (
            Mode::Overwrite,
            vec!["/", "/a"],
            false,
            vec!["image/png"],
            0,
        ),
    ] {
        let (mut api, _) = read(&first);
        let id = api.resource_by_path("/a").unwrap().id.clone();
        let options = ImportOptions { mode, ..options() };
        import_into(&mut api, second.to_string().as_bytes(), &options).unwrap();
        assert_eq!(api.name, "Two");
        assert_eq!(paths(&api), expected_paths);
        assert_eq!(
            api.resource_by_path("/a").unwrap().id,
            id,
            "a path that stays keeps its id"
        );
        assert_eq!(
            method(&api, "/a", "GET").operation_name.as_deref(),
            Some("New")
        );
        assert_eq!(
            api.resource_by_path("/a")
                .unwrap()
                .methods
                .contains_key("PUT"),
            put_stays
        );
        assert_eq!(api.binary_media_types, types);
        assert_eq!(api.models.len(), models);
    }
}

#[test]
fn what_is_no_document_is_refused_whole() {
    for document in [
        &b""[..],
        b"null",
        b"[]",
        b"{",
        b"\xff",
        b"{}",
        b"{\"swagger\": \"1.2\"}",
        b"{\"openapi\": \"4.0.0\"}",
        b"just text",
    ] {
        let mut api = blank();
        let error = import_into(&mut api, document, &options()).unwrap_err();
        assert_eq!(error.to_string(), "Invalid OpenAPI input.");
        assert_eq!(api, blank());
    }
}

#[test]
fn variables_of_aws_are_replaced() {
    let (api, _) = read(&with_operation(
        json!({"x-amazon-apigateway-integration": {"type": "aws_proxy", "httpMethod": "POST",
        "uri": "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:${AWS::AccountId}:function:${stageVariables.f}/invocations"}}),
    ));
    let uri = method(&api, "/x", "GET")
        .integration
        .as_ref()
        .unwrap()
        .uri
        .as_deref();
    assert_eq!(
        uri,
        Some(
            "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:111111111111:function:${stageVariables.f}/invocations"
        )
    );
}

#[test]
fn paths_follow_the_rules_of_resources() {
    let document = |path: &str, other: &str| json!({"swagger": "2.0", "info": {"title": "T"}, "paths": {path: {"get": {}}, other: {"get": {}}}});
    assert_eq!(
        refusal(&document("/{proxy+}", "/{id}")),
        "Errors found during import:\n\tUnable to create resource at path '/{id}': A sibling ({proxy+}) of this resource already has \
         a variable path part -- only one is allowed"
    );
    assert_eq!(
        refusal(&document("/{proxy+}", "/{proxy+}/more")),
        "Errors found during import:\n\tUnable to create resource at path '/{proxy+}/more': Cannot create a child of a resource with \
         a greedy path variable: {proxy+}"
    );
    for path in ["/a b", "/x{id}", "/{}", "/{a}{b}", "/ä"] {
        assert!(
            refusal(&document("/fine", path))
                .contains("Resource's path part only allow a-zA-Z0-9._-:"),
            "{path}"
        );
    }
    let (api, _) = read(&document("/a.b_c-d:e/", "/{proxy+}"));
    assert_eq!(paths(&api), ["/", "/a.b_c-d:e", "/{proxy+}"]);
}

#[test]
fn any_is_an_extension_and_path_parameters_come_by_themselves() {
    let (api, warnings) = read(
        &json!({"openapi": "3.0.1", "info": {"title": "T"}, "paths": {"/echo/{data}": {
        "x-amazon-apigateway-any-method": {}, "trace": {}, "parameters": [{"name": "q", "in": "query", "required": true}]}}}),
    );
    let any = method(&api, "/echo/{data}", "ANY");
    assert!(any.request_parameters["method.request.path.data"]);
    assert!(any.request_parameters["method.request.querystring.q"]);
    assert_eq!(warnings, ["Ignoring unsupported method 'trace'"]);
}

#[test]
fn settings_of_the_root_are_read() {
    let (api, warnings) = read(
        &json!({"openapi": "3.0.1", "info": {"title": "T", "version": 1.0, "description": "d"}, "paths": {"/x": {"get": {}}},
            "x-amazon-apigateway-binary-media-types": ["image/png"],
            "x-amazon-apigateway-api-key-source": "AUTHORIZER",
            "x-amazon-apigateway-minimum-compression-size": 1024,
            "x-amazon-apigateway-policy": {"Version": "2012-10-17", "Statement": []},
            "x-amazon-apigateway-request-validators": {"all": {"validateRequestBody": true, "validateRequestParameters": false}},
            "x-amazon-apigateway-request-validator": "all",
            "x-amazon-apigateway-gateway-responses": {"DEFAULT_4XX": {"statusCode": 418, "responseTemplates": {"application/json": "{}"}}, "ODD": {}},
            "x-amazon-apigateway-documentation": {"version": "v1", "createdDate": "2026-11-22T11:56:06Z", "documentationParts": [
                {"location": {"type": "METHOD", "path": "/x", "method": "GET"}, "properties": {"description": "hello"}}]},
            "tags": [{"name": "team", "x-amazon-apigateway-tag-value": "pets"}, {"name": "plain"}],
            "servers": [{"url": "/", "x-amazon-apigateway-endpoint-configuration": {"disableExecuteApiEndpoint": true, "vpcEndpointIds": ["vpce-1"]}}],
        }),
    );
    assert_eq!(warnings, ["Ignoring unknown gateway response type 'ODD'"]);
    assert_eq!(
        (api.version.as_deref(), api.description.as_deref()),
        (Some("1.0"), Some("d"))
    );
    assert_eq!(api.minimum_compression_size, Some(1024));
    assert_eq!(
        api.policy.as_deref(),
        Some(r#"{"Version":"2012-10-17","Statement":[]}"#)
    );
    let validator = api.validators.values().next().unwrap();
    assert!(validator.validates_body && !validator.validates_parameters);
    assert_eq!(
        method(&api, "/x", "GET").request_validator_id.as_ref(),
        Some(&validator.id)
    );
    assert_eq!(
        api.gateway_responses["DEFAULT_4XX"].status_code.as_deref(),
        Some("418")
    );
    assert_eq!(
        api.documentation_versions["v1"].created_ms,
        1_795_348_566_000
    );
    assert_eq!(
        api.documentation_parts.values().next().unwrap().properties,
        r#"{"description":"hello"}"#
    );
    assert_eq!(api.tags["team"], "pets");
    assert!(api.disable_execute_api_endpoint);
    assert_eq!(api.endpoint.vpc_endpoint_ids, ["vpce-1"]);
}

#[test]
fn settings_out_of_bounds_are_refused() {
    let with = |key: &str, value: Value| json!({"swagger": "2.0", "info": {"title": "T"}, "paths": {}, key: value});
    for size in [-1, 10_485_761] {
        let text = refusal(&with(
            "x-amazon-apigateway-minimum-compression-size",
            json!(size),
        ));
        assert!(text.ends_with("Invalid minimum compression size, must be between 0 and 10485760"));
    }
    read(&with(
        "x-amazon-apigateway-minimum-compression-size",
        json!(10_485_760),
    ));
    let text = refusal(&with("x-amazon-apigateway-api-key-source", json!("COOKIE")));
    assert!(text.ends_with("Invalid API key source specified: COOKIE"));
    let ghost = with_operation(json!({"x-amazon-apigateway-request-validator": "ghost"}));
    assert!(refusal(&ghost).ends_with("Invalid Request Validator identifier specified: ghost"));
}

#[test]
fn references_that_turn_in_circles_end() {
    let document = json!({"openapi": "3.0.1", "info": {"title": "T"},
        "components": {"parameters": {"a": {"$ref": "#/components/parameters/b"}, "b": {"$ref": "#/components/parameters/a"},
            "q": {"name": "q", "in": "query", "required": true}}},
        "paths": {"/x": {"get": {"parameters": [{"$ref": "#/components/parameters/q"}, {"$ref": "#/components/parameters/a"}]}}}});
    let (api, warnings) = read(&document);
    assert!(method(&api, "/x", "GET").request_parameters["method.request.querystring.q"]);
    assert_eq!(
        warnings,
        ["Ignoring parameter '' in unsupported location 'nowhere'"]
    );
}

#[test]
fn yaml_is_as_good_as_json() {
    let text = "openapi: 3.0.1\ninfo: {title: T, version: 2016-10-27T17:07:12Z}\npaths:\n  /x:\n    get:\n      responses:\n        200:\n          description: fine\n      x-amazon-apigateway-integration:\n        type: mock\n        requestTemplates:\n          application/json: '{\"statusCode\": 200}'\n        responses:\n          default: {statusCode: 200}\n";
    let mut api = blank();
    import_into(&mut api, text.as_bytes(), &options()).unwrap();
    assert_eq!(api.version.as_deref(), Some("2016-10-27T17:07:12Z"));
    let get = method(&api, "/x", "GET");
    assert!(get.responses.contains_key("200"));
    assert_eq!(
        get.integration.as_ref().unwrap().responses["200"].status_code,
        "200"
    );
}
