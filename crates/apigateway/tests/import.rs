//! APIs from OpenAPI documents and back.

#![allow(clippy::unwrap_used)]

mod bench;
mod replay;

use bench::{A, Answer, Bench};
use replay::Replay;
use serde_json::{Value, json};

const IMPORT: &str = "/restapis?mode=import";

async fn send(bench: &Bench, verb: &str, target: &str, document: &Value) -> Answer {
    let bytes = document.to_string().into_bytes();
    bench.send(A, "us-east-1", verb, target, bytes).await
}

/// A document with one mocked method.
fn mocked(more: Value) -> Value {
    let mut document = json!({
        "swagger": "2.0",
        "info": {"title": "small", "version": "1.0"},
        "basePath": "/a/b",
        "paths": {"/x": {"get": {
            "responses": {"200": {"description": "ok"}},
            "x-amazon-apigateway-integration": {"type": "mock",
                "requestTemplates": {"application/json": "{\"statusCode\": 200}"},
                "responses": {"default": {"statusCode": "200"}}}}}}});
    let members = document.as_object_mut().unwrap();
    members.extend(more.as_object().unwrap().clone());
    document
}

async fn paths(bench: &Bench, api: &str) -> Vec<String> {
    let target = format!("/restapis/{api}/resources");
    let all = bench.ask("GET", &target, Value::Null).await.ok(200);
    let items = all["item"].as_array().unwrap().iter();
    items
        .map(|one| one["path"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn the_example_api_of_the_old_tutorial_is_imported_and_rewired() {
    let bench = Bench::new();
    let document = openapi::petstore("us-east-1").into_bytes();
    let target = format!("{IMPORT}&endpointConfigurationTypes=REGIONAL");
    let made = bench.send(A, "us-east-1", "POST", &target, document).await;
    let shown = made.clone().ok(201);
    assert_eq!(shown["name"], "PetStore");
    assert_eq!(shown["endpointConfiguration"]["types"], json!(["REGIONAL"]));
    let (api, root) = (made.text("id"), made.text("rootResourceId"));
    assert_eq!(paths(&bench, &api).await, ["/", "/pets", "/pets/{petId}"]);
    let embedded = format!("/restapis/{api}/resources?embed=methods");
    let all = bench.ask("GET", &embedded, Value::Null).await.ok(200);
    let verbs = |n: usize| {
        let methods = all["item"][n]["resourceMethods"].as_object().unwrap();
        methods.keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(verbs(0), ["GET"]);
    assert_eq!(verbs(1), ["GET", "OPTIONS", "POST"]);
    assert_eq!(verbs(2), ["GET", "OPTIONS"]);
    assert_eq!(
        all["item"][0]["resourceMethods"]["GET"]["methodIntegration"]["type"],
        "MOCK"
    );

    // The console's way of wiring the function: a new integration, then its default response.
    let method = format!("/restapis/{api}/resources/{root}/methods/GET");
    let uri = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:222222222222:function:my-fn/invocations";
    let body = json!({"type": "AWS_PROXY", "httpMethod": "POST", "uri": uri, "contentHandling": "CONVERT_TO_TEXT"});
    let wired = bench
        .ask("PUT", &format!("{method}/integration"), body)
        .await
        .ok(201);
    assert!(wired["integrationResponses"].is_null() && wired["requestTemplates"].is_null());
    let target = format!("/restapis/{api}/deployments");
    bench
        .ask("POST", &target, json!({"stageName": "test"}))
        .await
        .ok(201);
    let target = format!("/restapis/{api}/deployments?embed=apisummary");
    bench.ask("GET", &target, Value::Null).await.ok(200);
}

#[tokio::test]
async fn base_paths_are_ignored_prepended_or_split() {
    let bench = Bench::new();
    for (query, want) in [
        ("", vec!["/", "/x"]),
        ("&basepath=ignore", vec!["/", "/x"]),
        ("&basepath=prepend", vec!["/", "/a", "/a/b", "/a/b/x"]),
        ("&basepath=split", vec!["/", "/b", "/b/x"]),
    ] {
        let made = send(
            &bench,
            "POST",
            &format!("{IMPORT}{query}"),
            &mocked(json!({})),
        )
        .await;
        assert_eq!(paths(&bench, &made.text("id")).await, want, "{query}");
    }
    let wrong = send(
        &bench,
        "POST",
        &format!("{IMPORT}&basepath=x"),
        &mocked(json!({})),
    )
    .await;
    assert_eq!(wrong.status, 400);
}

#[tokio::test]
async fn what_is_no_document_is_refused_and_leaves_nothing() {
    let bench = Bench::new();
    let (api, _) = bench.api().await;
    let put = format!("/restapis/{api}");
    for (step, verb, target, body) in [
        ("import-api-bad-yaml-file", "POST", IMPORT, "a: b: c"),
        ("import-api-bad-json-file", "POST", IMPORT, "{\"a\":"),
        ("put-rest-api-bad-yaml-file", "PUT", put.as_str(), "a: b: c"),
        ("put-rest-api-bad-json-file", "PUT", put.as_str(), "{\"a\":"),
    ] {
        let answer = bench
            .send(A, "us-east-1", verb, target, body.as_bytes().to_vec())
            .await;
        let refusal = (answer.status, answer.text("message"));
        assert_eq!(refusal, (400, "Invalid OpenAPI input.".into()), "{step}");
        if let Some(mut replay) =
            Replay::of("TestApiGatewayImportRestApi::test_import_api_bad_file")
        {
            replay.step(step, &answer);
        }
    }
    let all = bench.ask("GET", "/restapis", Value::Null).await.ok(200);
    assert_eq!(all["item"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_definition_over_6_mb_is_refused() {
    let bench = Bench::new();
    let padded = |bytes: usize| {
        let mut document = mocked(json!({})).to_string().into_bytes();
        document.resize(bytes, b' ');
        document
    };
    let max = apigateway::limits::DEFINITION_BYTES_MAX;
    let answer = bench
        .send(A, "us-east-1", "POST", IMPORT, padded(max))
        .await;
    assert_eq!(answer.status, 201);
    let answer = bench
        .send(A, "us-east-1", "POST", IMPORT, padded(max + 1))
        .await;
    assert_eq!(answer.status, 400);
}

#[tokio::test]
async fn put_merges_or_overwrites_and_stages_stay() {
    let bench = Bench::new();
    let case = "test_put_rest_api_mode_binary_media_types[overwrite]";
    let mut replay = Replay::of(case);
    let body = json!({"name": "before", "binaryMediaTypes": ["image/heif"]});
    let made = bench.ask("POST", "/restapis", body).await;
    let (api, root) = (made.text("id"), made.text("rootResourceId"));
    let target = format!("/restapis/{api}");
    let got = bench.ask("GET", &target, Value::Null).await;
    let types = json!({"x-amazon-apigateway-binary-media-types": ["image/png", "image/jpg"], "info": {"title": "after", "version": "1.0.0"}});
    bench.mock(&api, &root).await;
    bench
        .ask(
            "POST",
            &format!("{target}/deployments"),
            json!({"stageName": "s"}),
        )
        .await
        .ok(201);
    let put = send(
        &bench,
        "PUT",
        &format!("{target}?mode=overwrite"),
        &mocked(types),
    )
    .await;
    if let Some(replay) = &mut replay {
        replay.step("create-rest-api", &made);
        replay.step("get-rest-api", &got);
        replay.step("put-api", &put);
    }
    put.ok(200);
    let root_now = bench
        .ask("GET", &format!("{target}/resources/{root}"), Value::Null)
        .await
        .ok(200);
    assert!(root_now["resourceMethods"].is_null());
    let stages = bench
        .ask("GET", &format!("{target}/stages"), Value::Null)
        .await
        .ok(200);
    assert_eq!(stages["item"][0]["stageName"], "s");

    let other = json!({"paths": {"/y": mocked(json!({}))["paths"]["/x"]}});
    send(&bench, "PUT", &target, &mocked(other.clone()))
        .await
        .ok(200);
    assert_eq!(paths(&bench, &api).await, ["/", "/x", "/y"]);
    send(
        &bench,
        "PUT",
        &format!("{target}?mode=overwrite"),
        &mocked(other),
    )
    .await
    .ok(200);
    assert_eq!(paths(&bench, &api).await, ["/", "/y"]);
}

#[tokio::test]
async fn an_imported_role_of_another_account_is_refused() {
    let bench = Bench::new();
    let mut document = mocked(json!({}));
    let integration = &mut document["paths"]["/x"]["get"]["x-amazon-apigateway-integration"];
    integration["credentials"] = json!("arn:aws:iam::222222222222:role/x");
    send(&bench, "POST", IMPORT, &document).await.refused(
        400,
        "BadRequestException",
        "Errors found during import:\n\tUnable to put integration on 'GET' for resource at path '/x': Cross-account pass role is not allowed.",
    );
    let integration = &mut document["paths"]["/x"]["get"]["x-amazon-apigateway-integration"];
    integration["credentials"] = json!("arn:aws:iam::111111111111:role/x");
    let touches = bench.touches("POST", IMPORT, document).await;
    assert_eq!(touches[1].action, "iam:PassRole");
    assert_eq!(touches[1].resource, "arn:aws:iam::111111111111:role/x");
}

#[tokio::test]
async fn an_imported_policy_needs_permission_and_is_expanded() {
    let bench = Bench::new();
    let policy = json!({"x-amazon-apigateway-policy": {"Version": "2012-10-17", "Statement": [
        {"Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}]}});
    let touches = bench.touches("POST", IMPORT, mocked(policy.clone())).await;
    assert_eq!(touches[1].action, "apigateway:UpdateRestApiPolicy");
    let made = send(&bench, "POST", IMPORT, &mocked(policy)).await;
    let shown = made.text("policy");
    let arn = format!("arn:aws:execute-api:us-east-1:{A}:{}/*", made.text("id"));
    assert!(shown.contains(&arn), "{shown}");
}

#[tokio::test]
async fn a_stage_is_exported_by_the_apis_version() {
    let bench = Bench::new();
    let made = send(&bench, "POST", IMPORT, &mocked(json!({}))).await;
    let api = made.text("id");
    let target = format!("/restapis/{api}/deployments");
    bench
        .ask("POST", &target, json!({"stageName": "local"}))
        .await
        .ok(201);
    let target = format!("/restapis/{api}/stages/local/exports");
    let exported = bench
        .ask(
            "GET",
            &format!("{target}/swagger?extensions=integrations"),
            Value::Null,
        )
        .await;
    assert_eq!(exported.status, 200);
    let document: Value = serde_json::from_slice(&exported.bytes).unwrap();
    assert_eq!(document["swagger"], "2.0");
    assert_eq!(document["info"]["version"], "1.0");
    assert_eq!(
        document["host"],
        format!("{api}.execute-api.us-east-1.amazonaws.com")
    );
    assert_eq!(document["basePath"], "/local");
    assert!(document["paths"]["/x"]["get"]["x-amazon-apigateway-integration"].is_object());
    let header = |name: &str| {
        let found = exported
            .headers
            .iter()
            .find(|(one, _)| one.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    assert_eq!(header("content-type"), "application/octet-stream");
    assert_eq!(
        header("content-disposition"),
        "attachment; filename=\"swagger_1.0.json\""
    );
    let answer = bench
        .ask("GET", &format!("{target}/raml"), Value::Null)
        .await;
    assert_eq!(answer.status, 400);
    let other = format!("/restapis/{api}/stages/nope/exports/swagger");
    bench.ask("GET", &other, Value::Null).await.refused(
        404,
        "NotFoundException",
        "Invalid stage identifier specified",
    );
}

#[tokio::test]
async fn documentation_is_imported_merged_and_ignored() {
    let bench = Bench::new();
    let part = |kind: &str, text: &str| json!({"location": {"type": kind}, "properties": {"description": text}});
    let document = |parts: Value| {
        mocked(
            json!({"x-amazon-apigateway-documentation": {"version": "1", "documentationParts": parts}}),
        )
    };
    let one = document(json!([part("API", "first")]));
    let made = send(&bench, "POST", IMPORT, &one).await.text("id");
    let ignored = send(
        &bench,
        "POST",
        &format!("{IMPORT}&ignore=documentation"),
        &one,
    )
    .await
    .text("id");
    let parts = |api: &str| format!("/restapis/{api}/documentation/parts");
    let count = async |api: &str| {
        let all = bench.ask("GET", &parts(api), Value::Null).await.ok(200);
        all["item"].as_array().unwrap().len()
    };
    assert_eq!((count(&made).await, count(&ignored).await), (1, 0));
    let two = document(json!([part("API", "second"), part("METHOD", "any")]));
    let ids = send(&bench, "PUT", &format!("{}?mode=merge", parts(&made)), &two)
        .await
        .ok(200);
    assert_eq!(ids["ids"].as_array().unwrap().len(), 2);
    assert_eq!(count(&made).await, 2);
    send(
        &bench,
        "PUT",
        &format!("{}?mode=overwrite", parts(&made)),
        &one,
    )
    .await
    .ok(200);
    assert_eq!(count(&made).await, 1);
}
