//! Replays recorded cases: our requests, AWS's answers.

#![allow(clippy::unwrap_used)]

mod bench;
mod replay;

use bench::{Answer, Bench, patch};
use replay::Replay;
use serde_json::{Value, json};

/// One operation of a PATCH, members as given.
fn patches(operations: Value) -> Value {
    json!({ "patchOperations": operations })
}

async fn create(bench: &Bench, body: Value) -> Answer {
    bench.ask("POST", "/restapis", body).await
}

#[tokio::test]
async fn rest_apis_are_made() {
    let bench = Bench::new();
    let case = "TestApiGatewayApiRestApi::test_create_rest_api_with_optional_params";
    let Some(mut replay) = Replay::of(case) else {
        return;
    };
    for (step, body) in [
        ("create-only-name", json!({"name": "a"})),
        ("create-empty-desc", json!({"name": "b", "description": ""})),
        ("create-with-version", json!({"name": "c", "version": "v1"})),
        (
            "create-with-empty-binary-media",
            json!({"name": "d", "binaryMediaTypes": []}),
        ),
        (
            "string-compression-size",
            json!({"name": "e", "minimumCompressionSize": -1}),
        ),
    ] {
        replay.step(step, &create(&bench, body).await);
    }
    let case = "TestApiGatewayApiRestApi::test_create_rest_api_verify_defaults";
    let mut replay = Replay::of(case).unwrap();
    for (step, endpoint) in [
        ("create-with-edge-default", json!({"types": ["EDGE"]})),
        (
            "create-with-regional-default",
            json!({"types": ["REGIONAL"]}),
        ),
        ("create-with-private-default", json!({"types": ["PRIVATE"]})),
        ("create-with-empty-default", json!({"types": []})),
        (
            "create-with-empty-ip-address-type-and-wrong-type",
            json!({"types": ["wrong"]}),
        ),
    ] {
        let body = json!({"name": step, "endpointConfiguration": endpoint});
        replay.step(step, &create(&bench, body).await);
    }
    let case = "TestApiGatewayApiRestApi::test_create_rest_api_with_binary_media_types";
    let mut replay = Replay::of(case).unwrap();
    let body = json!({"name": "f", "binaryMediaTypes": ["image/png"]});
    replay.step("create-with-binary-media", &create(&bench, body).await);
}

#[tokio::test]
async fn rest_apis_are_patched() {
    let bench = Bench::new();
    let case = "TestApiGatewayApiRestApi::test_update_rest_api_operation_add_remove";
    let Some(mut replay) = Replay::of(case) else {
        return;
    };
    let body = json!({"name": "a", "description": "this is my api"});
    let path = format!(
        "/restapis/{}",
        create(&bench, body.clone()).await.text("id")
    );
    let types = "/binaryMediaTypes/image~1";
    for (step, operations) in [
        (
            "update-rest-api-add",
            json!([{"op": "add", "path": format!("{types}png")}, {"op": "add", "path": format!("{types}jpeg")}]),
        ),
        (
            "update-rest-api-replace",
            json!([{"op": "replace", "path": format!("{types}png"), "value": "image/gif"}]),
        ),
        (
            "update-rest-api-remove",
            json!([{"op": "remove", "path": format!("{types}gif")}, {"op": "remove", "path": "/description"}]),
        ),
    ] {
        replay.step(step, &bench.ask("PATCH", &path, patches(operations)).await);
    }
    let case = "TestApiGatewayApiRestApi::test_update_rest_api_compression";
    let mut replay = Replay::of(case).unwrap();
    let path = format!(
        "/restapis/{}",
        create(&bench, body.clone()).await.text("id")
    );
    for (step, op, value) in [
        ("enable-compression", "replace", json!("10")),
        ("disable-compression", "replace", json!(null)),
        ("set-compression-zero", "replace", json!("0")),
        ("set-negative-compression", "replace", json!("-1")),
        ("set-string-compression", "replace", json!("test")),
        ("unsupported-operation", "add", json!("10")),
    ] {
        let operations = json!([{"op": op, "path": "/minimumCompressionSize", "value": value}]);
        replay.step(step, &bench.ask("PATCH", &path, patches(operations)).await);
    }
    let case = "TestApiGatewayApiRestApi::test_update_rest_api_behaviour";
    let mut replay = Replay::of(case).unwrap();
    let path = format!("/restapis/{}", create(&bench, body).await.text("id"));
    for (step, op, at) in [
        ("update-rest-api-array", "replace", "/binaryMediaTypes/-"),
        ("update-rest-api-add-base-path", "add", "/binaryMediaTypes"),
        (
            "update-rest-api-replace-base-path",
            "replace",
            "/binaryMediaTypes",
        ),
        (
            "update-rest-api-remove-base-path",
            "remove",
            "/binaryMediaTypes",
        ),
    ] {
        replay.step(
            step,
            &bench.ask("PATCH", &path, patch(op, at, "image/gif")).await,
        );
    }
    let case = "TestApiGatewayApiRestApi::test_update_rest_api_invalid_api_id";
    let answer = bench
        .ask("PATCH", "/restapis/api_id", patch("replace", "/name", "x"))
        .await;
    Replay::of(case)
        .unwrap()
        .step("not-found-update-rest-api", &answer);
}

#[tokio::test]
async fn resources_live_and_die() {
    let bench = Bench::new();
    let case = "TestApiGatewayApiResource::test_resource_lifecycle";
    let Some(mut replay) = Replay::of(case) else {
        return;
    };
    let (api, root) = bench.api().await;
    let all = format!("/restapis/{api}/resources");
    let child = |part: &str| json!({ "pathPart": part });
    replay.step(
        "rest-api-root-resource",
        &bench.ask("GET", &all, Value::Null).await,
    );
    let pets = bench
        .ask("POST", &format!("{all}/{root}"), child("pets"))
        .await;
    replay.step("create-resource", &pets);
    replay.step(
        "rest-api-resources-after-create",
        &bench.ask("GET", &all, Value::Null).await,
    );
    let pets = format!("{all}/{}", pets.text("id"));
    replay.step(
        "create-subresource",
        &bench.ask("POST", &pets, child("subpets")).await,
    );
    replay.step(
        "rest-api-resources-after-create-sub",
        &bench.ask("GET", &all, Value::Null).await,
    );
    let renamed = bench
        .ask("PATCH", &pets, patch("replace", "/pathPart", "dogs"))
        .await;
    replay.step("update-path-part", &renamed);
    replay.step(
        "get-resp-after-update-path-part",
        &bench.ask("GET", &pets, Value::Null).await,
    );
    replay.step(
        "del-resource",
        &bench.ask("DELETE", &pets, Value::Null).await,
    );
    replay.step(
        "rest-api-resources-after-delete",
        &bench.ask("GET", &all, Value::Null).await,
    );

    let mut replay = Replay::of("TestApiGatewayApiResource::test_delete_resource").unwrap();
    let pets = bench
        .ask("POST", &format!("{all}/{root}"), child("pets"))
        .await
        .text("id");
    let sub = bench
        .ask("POST", &format!("{all}/{pets}"), child("sub"))
        .await
        .text("id");
    replay.step(
        "delete-resource",
        &bench
            .ask("DELETE", &format!("{all}/{pets}"), Value::Null)
            .await,
    );
    replay.step("get-resources", &bench.ask("GET", &all, Value::Null).await);
    replay.step(
        "delete-subresource",
        &bench
            .ask("DELETE", &format!("{all}/{sub}"), Value::Null)
            .await,
    );

    let case = "TestApiGatewayApiResource::test_create_resource_parent_invalid";
    let answer = bench.ask("POST", &format!("{all}/nope"), child("x")).await;
    Replay::of(case)
        .unwrap()
        .step("wrong-resource-parent-id", &answer);

    let mut replay = Replay::of("TestApiGatewayApiResource::test_update_resource_on_root").unwrap();
    for (step, path) in [
        ("update-root-path-part", "/pathPart"),
        ("update-root-parent", "/parentId"),
    ] {
        let body = patch("replace", path, "dogs");
        replay.step(
            step,
            &bench.ask("PATCH", &format!("{all}/{root}"), body).await,
        );
    }
}

#[tokio::test]
async fn greedy_resources_find_their_places() {
    let bench = Bench::new();
    let case = "TestApiGatewayApiResource::test_create_proxy_resource";
    let Some(mut replay) = Replay::of(case) else {
        return;
    };
    let (api, root) = bench.api().await;
    let all = format!("/restapis/{api}/resources");
    let add = async |parent: &str, part: &str| {
        bench
            .ask(
                "POST",
                &format!("{all}/{parent}"),
                json!({ "pathPart": part }),
            )
            .await
    };
    replay.step("create-base-proxy-resource", &add(&root, "{proxy+}").await);
    let parent = add(&root, "parent").await.text("id");
    let greedy = add(&parent, "{proxy+}").await;
    replay.step("create-proxy-sibling-proxy-child-resource", &greedy);
    let child = add(&parent, "child").await;
    replay.step("create-proxy-sibling-static-child-resource", &child);
    replay.step(
        "create-static-child-proxy-resource",
        &add(&child.text("id"), "{proxy+}").await,
    );
    replay.step("all-resources", &bench.ask("GET", &all, Value::Null).await);
    let refused = add(&parent, "{child}").await;
    assert_eq!(refused.status, 400, "{}", refused.body);
    bench
        .ask(
            "DELETE",
            &format!("{all}/{}", greedy.text("id")),
            Value::Null,
        )
        .await
        .ok(202);
    let dynamic = add(&parent, "{child}").await;
    replay.step("create-proxy-sibling-dynamic-child-resource", &dynamic);
    replay.step(
        "create-dynamic-child-proxy-resource",
        &add(&dynamic.text("id"), "{proxy+}").await,
    );
    replay.step(
        "all-resources-2",
        &bench.ask("GET", &all, Value::Null).await,
    );
}

#[tokio::test]
async fn methods_are_put_and_refused() {
    let bench = Bench::new();
    let case = "TestApiGatewayApiMethod::test_method_request_parameters";
    let Some(mut replay) = Replay::of(case) else {
        return;
    };
    let (api, root) = bench.api().await;
    let at = |api: &str, resource: &str, verb: &str| {
        format!("/restapis/{api}/resources/{resource}/methods/{verb}")
    };
    let any = at(&api, &root, "ANY");
    let body = json!({"authorizationType": "NONE", "requestParameters": {
        "method.request.querystring.q_optional": false, "method.request.querystring.q_required": true,
        "method.request.header.h_optional": false, "method.request.header.h_required": true}});
    replay.step(
        "put-method-request-params-response",
        &bench.ask("PUT", &any, body).await,
    );
    replay.step(
        "get-method-request-params-response",
        &bench.ask("GET", &any, Value::Null).await,
    );
    let body = json!({"authorizationType": "NONE", "requestParameters": {
        "method.request.querystring.a": false, "method.request.header.a": false}});
    replay.step(
        "req-params-same-name",
        &bench.ask("PUT", &at(&api, &root, "GET"), body).await,
    );

    let mut replay = Replay::of("TestApiGatewayApiMethod::test_put_method_validation").unwrap();
    let none = json!({"authorizationType": "NONE"});
    let with = |name: &str, value: Value| json!({"authorizationType": "NONE", name: value});
    for (step, target, body) in [
        ("wrong-api", at("api", &root, "GET"), none.clone()),
        ("wrong-resource", at(&api, "nope", "GET"), none.clone()),
        ("wrong-method", at(&api, &root, "WRONG"), none),
        (
            "missing-authorizer-id",
            at(&api, &root, "GET"),
            json!({"authorizationType": "CUSTOM"}),
        ),
        (
            "invalid-request-validator",
            at(&api, &root, "GET"),
            with("requestValidatorId", json!("nope")),
        ),
        (
            "invalid-model-name",
            at(&api, &root, "GET"),
            with("requestModels", json!({"application/json": "petModel"})),
        ),
    ] {
        replay.step(step, &bench.ask("PUT", &target, body).await);
    }
}

#[tokio::test]
async fn methods_are_patched() {
    let bench = Bench::new();
    let case = "TestApiGatewayApiMethod::test_update_method_validation";
    let Some(mut replay) = Replay::of(case) else {
        return;
    };
    let (api, root) = bench.api().await;
    let at =
        |api: &str, resource: &str| format!("/restapis/{api}/resources/{resource}/methods/ANY");
    let any = at(&api, &root);
    let change = patch("replace", "/operationName", "x");
    replay.step(
        "wrong-rest-api",
        &bench.ask("PATCH", &at("nope", &root), change.clone()).await,
    );
    replay.step(
        "wrong-resource-id",
        &bench.ask("PATCH", &at(&api, "nope"), change.clone()).await,
    );
    replay.step(
        "method-does-not-exist",
        &bench.ask("PATCH", &any, change).await,
    );
    let body = json!({"authorizationType": "NONE", "apiKeyRequired": true});
    replay.step("put-method-response", &bench.ask("PUT", &any, body).await);
    for (step, operations) in [
        (
            "unsupported-operation",
            json!([{"op": "add", "path": "/operationName", "value": "x"}]),
        ),
        (
            "unsupported-operation-2",
            json!([{"op": "add", "path": "/requestValidatorId", "value": "x"}]),
        ),
        (
            "unsupported-path",
            json!([{"op": "replace", "path": "/httpMethod", "value": "PUT"}]),
        ),
        (
            "wrong-path-request-parameters",
            json!([{"op": "add", "path": "/requestParameters", "value": "x"}]),
        ),
        (
            "wrong-path-request-models",
            json!([{"op": "add", "path": "/requestModels/application/json", "value": "Empty"}]),
        ),
        (
            "wrong-value-type",
            json!([{"op": "replace", "path": "/apiKeyRequired", "value": "whatever"}]),
        ),
        (
            "wrong-auth-type",
            json!([{"op": "replace", "path": "/authorizationType", "value": "CUSTOM"}]),
        ),
        (
            "skip-auth-id-with-wrong-type",
            json!([{"op": "replace", "path": "/authorizerId", "value": "abc123"}]),
        ),
        (
            "wrong-auth-id",
            json!([{"op": "replace", "path": "/authorizationType", "value": "CUSTOM"}, {"op": "replace", "path": "/authorizerId", "value": "abc123"}]),
        ),
        (
            "wrong-req-validator-id",
            json!([{"op": "replace", "path": "/requestValidatorId", "value": "nope"}]),
        ),
    ] {
        replay.step(step, &bench.ask("PATCH", &any, patches(operations)).await);
    }
}

#[tokio::test]
async fn method_responses_live_and_die() {
    let bench = Bench::new();
    let case = "TestApigatewayMethodResponse::test_update_method_response_negative_tests";
    let Some(mut replay) = Replay::of(case) else {
        return;
    };
    let (api, root) = bench.api().await;
    bench.mock(&api, &root).await;
    let at = |resource: &str, verb: &str, status: &str| {
        format!("/restapis/{api}/resources/{resource}/methods/{verb}/responses/{status}")
    };
    let ok = at(&root, "GET", "200");
    bench.ask("PUT", &ok, json!({})).await.ok(201);
    let add = patch(
        "add",
        "/responseParameters/method.response.header.my-header",
        "true",
    );
    let none = json!({"op": "add", "path": "/responseParameters/method.response.header.my-header", "value": "true"});
    let wrong = patches(json!([{"op": "wrong_op", "path": "/x", "value": "true"}]));
    for (step, target, body) in [
        (
            "update-method-response-wrong-statuscode",
            at(&root, "GET", "201"),
            add.clone(),
        ),
        (
            "update-method-response-invalid-statuscode",
            at(&root, "GET", "wrong"),
            patches(json!([none])),
        ),
        (
            "update-method-response-invalid-statuscode-and-wrong-op",
            at(&root, "GET", "wrong"),
            wrong,
        ),
        (
            "update-method-response-wrong-resource",
            at("nope", "GET", "200"),
            add.clone(),
        ),
        (
            "update-method-response-wrong-method",
            at(&root, "PUT", "200"),
            add,
        ),
    ] {
        replay.step(step, &bench.ask("PATCH", &target, body).await);
    }
    let header = "/responseParameters/method.response.header.x";
    let case =
        "TestApigatewayMethodResponse::test_update_method_lack_response_parameters_and_models";
    let mut replay = Replay::of(case).unwrap();
    for (step, path) in [
        (
            "update-method-response-operation-without-response-parameters",
            header,
        ),
        (
            "update-method-response-operation-without-response-models",
            "/responseModels/application~1json",
        ),
        (
            "update-method-response-operation-with-wrong-path",
            "/wrong/method.response.header.my-header",
        ),
    ] {
        replay.step(
            step,
            &bench
                .ask("PATCH", &ok, patch("replace", path, "true"))
                .await,
        );
    }
    let case = "TestApigatewayMethodResponse::test_update_method_wrong_param_names";
    let mut replay = Replay::of(case).unwrap();
    for (n, op, path) in [
        (1, "remove", header),
        (2, "replace", header),
        (3, "remove", "/responseModels/application~1xml"),
        (4, "replace", "/responseModels/application~1xml"),
    ] {
        let step = format!("update-method-response-operation-with-wrong-param-name-{n}");
        replay.step(
            &step,
            &bench.ask("PATCH", &ok, patch(op, path, "true")).await,
        );
    }
}

#[tokio::test]
async fn models_are_refused() {
    let bench = Bench::new();
    let case = "TestApiGatewayApiModels::test_model_validation";
    let Some(mut replay) = Replay::of(case) else {
        return;
    };
    let schema = r#"{"type": "object", "properties": {"a": {"type": "string"}}}"#;
    let body =
        |name: &str| json!({"name": name, "contentType": "application/json", "schema": schema});
    let wrong = "/restapis/abcde0/models";
    replay.step(
        "create-model-wrong-id",
        &bench.ask("POST", wrong, body("MySchema")).await,
    );
    replay.step(
        "get-models-wrong-id",
        &bench.ask("GET", wrong, Value::Null).await,
    );
    replay.step(
        "get-model-wrong-id",
        &bench
            .ask("GET", &format!("{wrong}/MySchema"), Value::Null)
            .await,
    );
    replay.step(
        "del-model-wrong-id",
        &bench
            .ask("DELETE", &format!("{wrong}/MySchema"), Value::Null)
            .await,
    );
    let (api, _) = bench.api().await;
    let models = format!("/restapis/{api}/models");
    bench.ask("POST", &models, body("MySchema")).await.ok(201);
    for (step, body) in [
        ("create-model-already-exists", body("MySchema")),
        ("create-model-empty-name", body("")),
        (
            "create-model-empty-schema",
            json!({"name": "A", "contentType": "application/json", "schema": ""}),
        ),
        (
            "create-model-no-schema-json",
            json!({"name": "A", "contentType": "application/json"}),
        ),
        (
            "create-model-no-schema-xml",
            json!({"name": "A", "contentType": "application/xml"}),
        ),
    ] {
        replay.step(step, &bench.ask("POST", &models, body).await);
    }
}

#[tokio::test]
async fn default_models_and_references_are_shown() {
    let bench = Bench::new();
    let case = "TestApiGatewayCommon::test_api_gateway_request_validator_with_ref_models";
    let Some(mut replay) = Replay::of(case) else {
        return;
    };
    let (api, _) = bench.api().await;
    let models = format!("/restapis/{api}/models");
    let reference = format!("https://apigateway.amazonaws.com/restapis/{api}/models/testSchema");
    for (name, schema) in [
        (
            "testSchema",
            json!({"$schema": "http://json-schema.org/draft-04/schema#", "title": "testSchema", "type": "object", "properties": {"a": {"type": "number"}, "b": {"type": "number"}}, "required": ["a", "b"]}),
        ),
        (
            "testSchemaList",
            json!({"type": "array", "items": {"$ref": reference}}),
        ),
    ] {
        let body =
            json!({"name": name, "contentType": "application/json", "schema": schema.to_string()});
        bench.ask("POST", &models, body).await.ok(201);
    }
    let mut answer = bench.ask("GET", &models, Value::Null).await;
    // The recorder knew the API's id.
    let schema = answer.body["item"][3]["schema"].as_str().unwrap();
    answer.body["item"][3]["schema"] = json!(schema.replace(&api, "<api-id>"));
    replay.step("get-models-with-ref", &answer);
}

#[tokio::test]
async fn validators_live_and_die() {
    let bench = Bench::new();
    let case = "TestApiGatewayApiRequestValidator::test_request_validator_lifecycle";
    let Some(mut replay) = Replay::of(case) else {
        return;
    };
    let made = create(&bench, json!({"name": "a", "description": "my api"})).await;
    replay.step("create-rest-api", &made);
    let all = format!("/restapis/{}/requestvalidators", made.text("id"));
    let made = bench.ask("POST", &all, json!({"name": "v"})).await;
    replay.step("create-request-validator", &made);
    let one = format!("{all}/{}", made.text("id"));
    replay.step(
        "get-request-validator",
        &bench.ask("GET", &one, Value::Null).await,
    );
    replay.step(
        "get-request-validators",
        &bench.ask("GET", &all, Value::Null).await,
    );
    let on = patch("replace", "/validateRequestBody", "true");
    replay.step(
        "update-request-validator-with-value",
        &bench.ask("PATCH", &one, on).await,
    );
    let off = patches(json!([{"op": "replace", "path": "/validateRequestBody"}]));
    replay.step(
        "update-request-validator-without-value",
        &bench.ask("PATCH", &one, off).await,
    );
    replay.step(
        "delete-request-validator",
        &bench.ask("DELETE", &one, Value::Null).await,
    );
    replay.step(
        "get-deleted-request-validator",
        &bench.ask("GET", &one, Value::Null).await,
    );
    replay.step(
        "get-request-validators-after-delete",
        &bench.ask("GET", &all, Value::Null).await,
    );

    let scope = "TestApiGatewayApiRequestValidator::";
    let wrong = "/restapis/test-fake-rest-id/requestvalidators";
    let mut replay = Replay::of(&format!("{scope}test_validators_crud_no_api")).unwrap();
    replay.step(
        "wrong-rest-api-id-create-validator",
        &bench.ask("POST", wrong, json!({"name": "v"})).await,
    );
    replay.step(
        "wrong-rest-api-id-get-validators",
        &bench.ask("GET", wrong, Value::Null).await,
    );
    for (case, verb, step) in [
        (
            "test_invalid_get_request_validator",
            "GET",
            "get-request-validators-invalid",
        ),
        (
            "test_invalid_delete_request_validator",
            "DELETE",
            "delete-request-validator-invalid",
        ),
    ] {
        let mut replay = Replay::of(&format!("{scope}{case}")).unwrap();
        let answer = bench.ask(verb, &format!("{wrong}/nope"), Value::Null).await;
        replay.step(&format!("{step}-api-id"), &answer);
        let answer = bench.ask(verb, &format!("{all}/nope"), Value::Null).await;
        replay.step(&format!("{step}-validator-id"), &answer);
    }
}

#[tokio::test]
async fn authorizers_of_unknown_apis() {
    let bench = Bench::new();
    let case = "TestApiGatewayApiAuthorizer::test_authorizer_crud_no_api";
    let Some(mut replay) = Replay::of(case) else {
        return;
    };
    let wrong = "/restapis/test-fake-rest-id/authorizers";
    let body = json!({"name": "a", "type": "TOKEN"});
    replay.step(
        "wrong-rest-api-id-create-authorizer",
        &bench.ask("POST", wrong, body).await,
    );
    replay.step(
        "wrong-rest-api-id-get-authorizers",
        &bench.ask("GET", wrong, Value::Null).await,
    );
}

#[tokio::test]
async fn documentation_parts_are_refused() {
    let bench = Bench::new();
    let scope = "TestApiGatewayApiDocumentationPart::";
    let case = format!("{scope}test_invalid_create_documentation_part_operations");
    let Some(mut replay) = Replay::of(&case) else {
        return;
    };
    let body = |kind: &str| json!({"location": {"type": kind}, "properties": "{}"});
    let wrong = "/restapis/api_id/documentation/parts";
    replay.step(
        "create_documentation_part_invalid_api_id",
        &bench.ask("POST", wrong, body("API")).await,
    );
    let (api, _) = bench.api().await;
    let parts = format!("/restapis/{api}/documentation/parts");
    let answer = bench.ask("POST", &parts, body("INVALID")).await;
    replay.step("create_documentation_part_invalid_location_type", &answer);
    let case = format!("{scope}test_invalid_delete_documentation_part");
    let mut replay = Replay::of(&case).unwrap();
    let id = bench.ask("POST", &parts, body("API")).await.text("id");
    let answer = bench
        .ask("DELETE", &format!("{wrong}/{id}"), Value::Null)
        .await;
    replay.step("delete_documentation_part_wrong_api_id", &answer);
    let one = format!("{parts}/{id}");
    replay.step(
        "delete_documentation_part",
        &bench.ask("DELETE", &one, Value::Null).await,
    );
    replay.step(
        "delete_already_deleted_documentation_part",
        &bench.ask("DELETE", &one, Value::Null).await,
    );
}
