//! Replays recorded cases: gateway responses, integrations, deployments, stages.

#![allow(clippy::unwrap_used)]

mod bench;
mod replay;

use bench::{Bench, patch};
use replay::Replay;
use serde_json::{Value, json};

fn patches(operations: Value) -> Value {
    json!({ "patchOperations": operations })
}

const TEMPLATE: &str = "{\n     \"message\": $context.error.messageString,\n     \"type\":  \"$context.error.responseType\",\n     \"stage\":  \"$context.stage\",\n     \"resourcePath\":  \"$context.resourcePath\",\n     \"stageVariables.a\":  \"$stageVariables.a\",\n     \"statusCode\": \"'404'\"\n}";

#[tokio::test]
async fn gateway_responses_are_put() {
    let bench = Bench::new();
    let case = "TestApiGatewayGatewayResponse::test_gateway_response_put";
    let Some(mut replay) = Replay::of(case) else {
        return;
    };
    let (api, _) = bench.api().await;
    let all = format!("/restapis/{api}/gatewayresponses");
    let parameters = json!({
        "gatewayresponse.header.Access-Control-Allow-Origin": "'a.b.c'",
        "gatewayresponse.header.x-request-query": "method.request.querystring.q",
        "gatewayresponse.header.x-request-path": "method.request.path.petId",
        "gatewayresponse.header.x-request-header": "method.request.header.Accept"});
    let accept = json!({"gatewayresponse.header.x-request-header": "method.request.header.Accept"});
    let templates = json!({"application/json": TEMPLATE});
    for (step, kind, body) in [
        (
            "all-value",
            "MISSING_AUTHENTICATION_TOKEN",
            json!({"statusCode": "404", "responseParameters": parameters, "responseTemplates": templates}),
        ),
        (
            "status-only",
            "MISSING_AUTHENTICATION_TOKEN",
            json!({"statusCode": "404"}),
        ),
        (
            "response-parameters-only",
            "MISSING_AUTHENTICATION_TOKEN",
            json!({"responseParameters": accept}),
        ),
        (
            "response-templates-only",
            "MISSING_AUTHENTICATION_TOKEN",
            json!({"responseTemplates": templates}),
        ),
        (
            "default-5xx",
            "DEFAULT_5XX",
            json!({"statusCode": "599", "responseParameters": accept, "responseTemplates": templates}),
        ),
        (
            "default-ignored",
            "AUTHORIZER_FAILURE",
            json!({"statusCode": "500", "responseParameters": {"gatewayresponse.header.foo": "'bar'"}}),
        ),
    ] {
        let answer = bench.ask("PUT", &format!("{all}/{kind}"), body).await;
        replay.step(&format!("put-gateway-response-{step}"), &answer);
    }
    replay.step(
        "get-gateway-responses",
        &bench.ask("GET", &all, Value::Null).await,
    );
}

#[tokio::test]
async fn gateway_responses_are_patched() {
    let bench = Bench::new();
    let case = "TestApiGatewayGatewayResponse::test_update_gateway_response";
    let Some(mut replay) = Replay::of(case) else {
        return;
    };
    let (api, _) = bench.api().await;
    let one = format!("/restapis/{api}/gatewayresponses/DEFAULT_4XX");
    let status = patch("replace", "/statusCode", "444");
    replay.step(
        "update-gateway-response-not-set",
        &bench.ask("PATCH", &one, status.clone()).await,
    );
    replay.step(
        "default-get-gateway-response",
        &bench.ask("GET", &one, Value::Null).await,
    );
    let nested = "{\"application/json\": \"{\\\"message\\\":$context.error.messageString}\"}";
    let body = json!({"statusCode": "404", "responseParameters": {
        "gatewayresponse.header.Access-Control-Allow-Origin": "'a.b.c'",
        "gatewayresponse.header.x-request-query": "method.request.querystring.q",
        "gatewayresponse.header.x-request-path": "method.request.path.petId",
        "gatewayresponse.header.x-request-header": "method.request.header.Accept"},
        "responseTemplates": {"application/json": nested}});
    replay.step("put-gateway-response", &bench.ask("PUT", &one, body).await);
    let xml = "<gatewayResponse><message>$context.error.messageString</message><type>$context.error.responseType</type></gatewayResponse>";
    let origin = "/responseParameters/gatewayresponse.header.Access-Control-Allow-Origin";
    let operations = json!([
        {"op": "replace", "path": "/statusCode", "value": "444"},
        {"op": "replace", "path": origin, "value": "'example.com'"},
        {"op": "add", "path": "/responseTemplates/application~1xml", "value": xml}]);
    replay.step(
        "update-gateway-response",
        &bench.ask("PATCH", &one, patches(operations)).await,
    );
    replay.step(
        "get-gateway-response",
        &bench.ask("GET", &one, Value::Null).await,
    );
    for (step, operation) in [
        (
            "add-status-code",
            json!({"op": "add", "path": "/statusCode", "value": "444"}),
        ),
        (
            "remove-status-code",
            json!({"op": "remove", "path": "/statusCode"}),
        ),
        (
            "replace-invalid-parameter",
            json!({"op": "replace", "path": "/responseParameters/gatewayresponse.header.no", "value": "'x'"}),
        ),
        ("no-path", json!({"op": "replace", "value": "x"})),
        (
            "wrong-op",
            json!({"op": "wrong-op", "path": "/statusCode", "value": "x"}),
        ),
        (
            "wrong-path",
            json!({"op": "replace", "path": "/wrongPath", "value": "x"}),
        ),
        (
            "replace-invalid-parameter-0-none",
            json!({"op": "replace", "path": "/responseTemplates/application~1json"}),
        ),
        (
            "replace-invalid-parameter-1-none",
            json!({"op": "replace", "path": origin}),
        ),
    ] {
        let answer = bench.ask("PATCH", &one, patches(json!([operation]))).await;
        replay.step(&format!("update-gateway-{step}"), &answer);
    }
}

#[tokio::test]
async fn integrations_are_checked() {
    let bench = Bench::new();
    let Some(mut replay) = Replay::of("test_put_integration_validation") else {
        return;
    };
    let (api, root) = bench.api().await;
    let method = format!("/restapis/{api}/resources/{root}/methods/GET");
    bench
        .ask("PUT", &method, json!({"authorizationType": "NONE"}))
        .await
        .ok(201);
    let target = format!("{method}/integration");
    let function = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:111111111111:function:MyLambda/invocations";
    let bucket = "arn:aws:apigateway:us-east-1:s3:path/b/k";
    let role = "arn:aws:iam::111111111111:role/service-role/testfunction-role-oe783psq";
    let http = "http://example.com";
    for (step, body) in [
        (
            "required-integration-method-HTTP",
            json!({"type": "HTTP", "uri": http}),
        ),
        (
            "required-integration-method-HTTP_PROXY",
            json!({"type": "HTTP_PROXY", "uri": http}),
        ),
        (
            "required-integration-method-AWS",
            json!({"type": "AWS", "uri": function}),
        ),
        (
            "not-required-integration-method-MOCK",
            json!({"type": "MOCK"}),
        ),
        (
            "http-method-HTTP",
            json!({"type": "HTTP", "uri": http, "httpMethod": "POST"}),
        ),
        (
            "http-method-HTTP_PROXY",
            json!({"type": "HTTP_PROXY", "uri": http, "httpMethod": "POST"}),
        ),
        (
            "aws-integration-AWS",
            json!({"type": "AWS", "uri": bucket, "httpMethod": "POST", "credentials": role}),
        ),
        (
            "aws-integration-type-AWS",
            json!({"type": "AWS", "uri": function, "httpMethod": "POST"}),
        ),
        (
            "aws-integration-type-AWS_PROXY",
            json!({"type": "AWS_PROXY", "uri": function, "httpMethod": "POST"}),
        ),
        (
            "no-s3-support-AWS_PROXY",
            json!({"type": "AWS_PROXY", "uri": bucket, "httpMethod": "POST", "credentials": role}),
        ),
        (
            "invalid-uri-HTTP",
            json!({"type": "HTTP", "uri": "wrong", "httpMethod": "POST"}),
        ),
        (
            "invalid-uri-HTTP_PROXY",
            json!({"type": "HTTP_PROXY", "uri": "wrong", "httpMethod": "POST"}),
        ),
        (
            "invalid-uri-not-an-arn",
            json!({"type": "AWS", "uri": http, "httpMethod": "POST"}),
        ),
        (
            "invalid-uri-invalid-arn",
            json!({"type": "AWS", "uri": role, "httpMethod": "POST"}),
        ),
    ] {
        replay.step(step, &bench.ask("PUT", &target, body).await);
    }
}

#[tokio::test]
async fn integrations_are_missed_level_by_level() {
    let bench = Bench::new();
    let case = "TestApigatewayIntegration::test_get_integration_non_existent";
    let Some(mut replay) = Replay::of(case) else {
        return;
    };
    let (api, root) = bench.api().await;
    let at = |api: &str, resource: &str| {
        format!("/restapis/{api}/resources/{resource}/methods/GET/integration")
    };
    let whole = at(&api, &root);
    for (step, target) in [
        ("get-integration-no-api", at("nope", &root)),
        ("get-integration-no-resource", at(&api, "nope")),
        ("get-integration-no-method", whole.clone()),
    ] {
        replay.step(step, &bench.ask("GET", &target, Value::Null).await);
    }
    let scope = "TestApigatewayIntegrationResponse::";
    let case = format!("{scope}test_integration_response_wrong_method");
    let mut other = Replay::of(&case).unwrap();
    let response = format!("{whole}/responses/200");
    other.step(
        "put-integration-response-wrong-method",
        &bench.ask("PUT", &response, json!({})).await,
    );
    other.step(
        "get-integration-response-wrong-method",
        &bench.ask("GET", &response, Value::Null).await,
    );
    let case = format!("{scope}test_integration_response_invalid_statuscode");
    let mut other = Replay::of(&case).unwrap();
    let response = format!("{whole}/responses/wrong");
    other.step(
        "put-integration-response-invalid-statusCode",
        &bench.ask("PUT", &response, json!({})).await,
    );
    other.step(
        "get-integration-response-invalid-statusCode",
        &bench.ask("GET", &response, Value::Null).await,
    );
    let method = format!("/restapis/{api}/resources/{root}/methods/GET");
    bench
        .ask("PUT", &method, json!({"authorizationType": "NONE"}))
        .await
        .ok(201);
    replay.step(
        "get-integration-no-integration",
        &bench.ask("GET", &whole, Value::Null).await,
    );
}

#[tokio::test]
async fn integration_responses_come_and_go() {
    let bench = Bench::new();
    let Some(mut replay) = Replay::of("::test_put_integration_responses") else {
        return;
    };
    let (api, root) = bench.api().await;
    let at = |verb: &str| format!("/restapis/{api}/resources/{root}/methods/{verb}");
    let http = json!({"type": "HTTP", "httpMethod": "POST", "uri": "http://example.com"});
    for (verb, step) in [("GET", "get"), ("PUT", "put")] {
        let method = at(verb);
        let answer = bench
            .ask("PUT", &method, json!({"authorizationType": "NONE"}))
            .await;
        replay.step(&format!("put-method-{step}"), &answer);
        let answer = bench
            .ask("PUT", &format!("{method}/responses/200"), json!({}))
            .await;
        replay.step(&format!("put-method-response-{step}"), &answer);
        let answer = bench
            .ask("PUT", &format!("{method}/integration"), http.clone())
            .await;
        replay.step(&format!("put-integration-{step}"), &answer);
        let response = format!("{method}/integration/responses/200");
        if verb == "PUT" {
            let body =
                json!({"selectionPattern": "2\\d{2}", "contentHandling": "CONVERT_TO_BINARY"});
            replay.step(
                "put-integration-response-put",
                &bench.ask("PUT", &response, body).await,
            );
            replay.step(
                "get-integration-response-put",
                &bench.ask("GET", &response, Value::Null).await,
            );
            continue;
        }
        // AWS keeps an empty `responseTemplates` apart from none; here both are none, so the
        // recorded steps that show it are not compared.
        bench
            .ask("PUT", &response, json!({"selectionPattern": "2\\d{2}"}))
            .await
            .ok(201);
        let answer = bench
            .ask(
                "POST",
                &format!("/restapis/{api}/deployments"),
                json!({"stageName": "s"}),
            )
            .await;
        replay.step("deploy", &answer);
        let answer = bench.ask("DELETE", &response, Value::Null).await;
        replay.step("delete-integration-response-get", &answer);
        let answer = bench.ask("GET", &method, Value::Null).await;
        replay.step("get-method-get-after-int-resp-delete", &answer);
    }
    let mut replay = Replay::of("::test_put_integration_response_with_response_template").unwrap();
    let response = format!("{}/integration/responses/200", at("GET"));
    let body = json!({"selectionPattern": "foobar", "responseTemplates": {"application/json": "{\"data\": \"test\"}"}});
    bench.ask("PUT", &response, body).await.ok(201);
    replay.step(
        "get-integration-response",
        &bench.ask("GET", &response, Value::Null).await,
    );
}

#[tokio::test]
async fn deployments_are_held_by_their_stages() {
    let bench = Bench::new();
    let case = "TestDeployments::test_create_update_deployments";
    let Some(mut replay) = Replay::of(case) else {
        return;
    };
    let (api, root) = bench.api().await;
    bench.mock(&api, &root).await;
    let deployments = format!("/restapis/{api}/deployments");
    let stages = format!("/restapis/{api}/stages");
    let deploy = async |body: Value| bench.ask("POST", &deployments, body).await.text("id");
    let first = format!("{deployments}/{}", deploy(json!({})).await);
    let id = first.rsplit('/').next().unwrap().to_owned();
    replay.step(
        "get-deployment-1",
        &bench.ask("GET", &first, Value::Null).await,
    );
    bench
        .ask(
            "POST",
            &stages,
            json!({"stageName": "s1", "deploymentId": id}),
        )
        .await
        .ok(201);
    replay.step("get-stages", &bench.ask("GET", &stages, Value::Null).await);
    replay.step(
        "delete-deployment-error",
        &bench.ask("DELETE", &first, Value::Null).await,
    );
    let second = format!("{deployments}/{}", deploy(json!({"stageName": "s1"})).await);
    replay.step(
        "get-deployment-1-after-update",
        &bench.ask("GET", &first, Value::Null).await,
    );
    replay.step(
        "get-deployment-2",
        &bench.ask("GET", &second, Value::Null).await,
    );
    replay.step(
        "get-stages-after-update",
        &bench.ask("GET", &stages, Value::Null).await,
    );
    replay.step(
        "delete-deployment-1",
        &bench.ask("DELETE", &first, Value::Null).await,
    );
    replay.step(
        "delete-deployment-2-error",
        &bench.ask("DELETE", &second, Value::Null).await,
    );
    bench.ask("GET", &first, Value::Null).await.refused(
        404,
        "NotFoundException",
        "Invalid Deployment identifier specified",
    );
}

#[tokio::test]
async fn stages_are_listed_by_deployment() {
    let bench = Bench::new();
    let case = "TestApiGatewayStage::test_get_stages_filters_by_deployment_id";
    let Some(mut replay) = Replay::of(case) else {
        return;
    };
    let (api, root) = bench.api().await;
    bench.mock(&api, &root).await;
    let stages = format!("/restapis/{api}/stages");
    let mut ids = Vec::new();
    for name in ["stage1", "stage2"] {
        let body = json!({ "stageName": name });
        let made = bench
            .ask("POST", &format!("/restapis/{api}/deployments"), body)
            .await;
        ids.push(made.text("id"));
    }
    replay.step("all-stages", &bench.ask("GET", &stages, Value::Null).await);
    for (step, id) in [("stages-deploy1", &ids[0]), ("stages-deploy2", &ids[1])] {
        let target = format!("{stages}?deploymentId={id}");
        replay.step(step, &bench.ask("GET", &target, Value::Null).await);
    }
}

#[tokio::test]
async fn access_logs_are_set_and_refused() {
    let bench = Bench::new();
    let case = "TestApiGatewayStage::test_stage_access_log_settings";
    let Some(mut replay) = Replay::of(case) else {
        return;
    };
    let arn = "arn:aws:logs:us-east-1:111111111111:log-group:group";
    let (api, root) = bench.api().await;
    bench.mock(&api, &root).await;
    let made = bench
        .ask("POST", &format!("/restapis/{api}/deployments"), json!({}))
        .await;
    replay.step("create-deployment", &made);
    let body =
        json!({"stageName": "dev", "deploymentId": made.text("id"), "description": "dev stage"});
    let answer = bench
        .ask("POST", &format!("/restapis/{api}/stages"), body)
        .await;
    replay.step("create-stage", &answer);
    let stage = format!("/restapis/{api}/stages/dev");
    let (destination, format) = (
        "/accessLogSettings/destinationArn",
        "/accessLogSettings/format",
    );
    let longer = format!("{arn}a");
    let line = "$context.requestId $context.identity.sourceIp";
    for (step, op, path, value) in [
        ("dest-add", "add", destination, arn),
        ("dest-replace", "replace", destination, longer.as_str()),
        ("format-add", "add", format, line),
        ("remove-all", "remove", "/accessLogSettings", ""),
    ] {
        let answer = bench.ask("PATCH", &stage, patch(op, path, value)).await;
        replay.step(&format!("update-stage-access-log-{step}"), &answer);
    }
    let case = "TestApiGatewayStage::test_stage_access_log_settings_validation";
    let mut replay = Replay::of(case).unwrap();
    for (step, op, path, value) in [
        (
            "invalid-path-add",
            "add",
            "/accessLogSettings/randomValue",
            "x",
        ),
        (
            "invalid-path-remove",
            "remove",
            "/accessLogSettings/randomValue",
            "x",
        ),
        (
            "invalid-path-replace",
            "replace",
            "/accessLogSettings/randomValue",
            "x",
        ),
        ("star-and-add", "add", "/accessLogSettings/*", "x"),
        ("star-and-remove", "remove", "/accessLogSettings/*", "x"),
        ("star-and-replace", "replace", "/accessLogSettings/*", "x"),
        ("root-and-add", "add", "/accessLogSettings", "x"),
        ("root-and-replace", "replace", "/accessLogSettings", "x"),
        (
            "update-stage-access-log-destinationArn-empty",
            "add",
            destination,
            "",
        ),
        ("update-stage-access-log-format-empty", "add", format, ""),
        (
            "update-stage-access-log-dest-remove",
            "remove",
            destination,
            "",
        ),
    ] {
        replay.step(
            step,
            &bench.ask("PATCH", &stage, patch(op, path, value)).await,
        );
    }
}

#[tokio::test]
async fn stages_are_patched_and_unknown_paths_answered_with_the_list() {
    let bench = Bench::new();
    let case = "TestStages::test_create_update_stages";
    let Some(mut replay) = Replay::of(case) else {
        return;
    };
    let (api, root) = bench.api().await;
    bench.mock(&api, &root).await;
    let id = bench
        .ask("POST", &format!("/restapis/{api}/deployments"), json!({}))
        .await
        .text("id");
    let body = json!({"stageName": "s1", "deploymentId": id, "description": "my stage", "documentationVersion": "v123"});
    let answer = bench
        .ask("POST", &format!("/restapis/{api}/stages"), body)
        .await;
    replay.step("create-stage", &answer);
    let stage = format!("/restapis/{api}/stages/s1");
    let body = patch("replace", "/documentation_version", "v2");
    replay.step(
        "error-update-doc-version",
        &bench.ask("PATCH", &stage, body).await,
    );
    let body = patch("replace", "/tags/tag1", "v2");
    replay.step("error-update-tags", &bench.ask("PATCH", &stage, body).await);
    let body = patches(json!([
        {"op": "replace", "path": "/description", "value": "stage new"},
        {"op": "replace", "path": "/tracingEnabled", "value": "true"},
        {"op": "replace", "path": "/variables/var1", "value": "test"},
        {"op": "replace", "path": "/variables/var2", "value": "test2"},
        {"op": "replace", "path": "/*/*/throttling/burstLimit", "value": "123"},
        {"op": "replace", "path": "/*/*/caching/enabled", "value": "true"},
        {"op": "replace", "path": "/test/GET/throttling/burstLimit", "value": "124"}]));
    replay.step("update-stage", &bench.ask("PATCH", &stage, body).await);
    let answer = bench.ask("GET", &stage, json!({})).await;
    replay.step("get-stage", &answer);
    let body = patch("replace", "/*/*/throttling/burstLimit", "100");
    let answer = bench.ask("PATCH", &stage, body).await;
    replay.step("update-stage-override", &answer);
}

#[tokio::test]
async fn canary_deployments_are_refused_in_aws_words() {
    let bench = Bench::new();
    let case = "TestStageCrudCanary::test_create_canary_deployment_validation";
    let Some(mut replay) = Replay::of(case) else {
        return;
    };
    let (api, root) = bench.api().await;
    bench.mock(&api, &root).await;
    let deployments = format!("/restapis/{api}/deployments");
    let canary = json!({"percentTraffic": 50});
    for (step, body) in [
        ("no-stage", json!({"canarySettings": canary})),
        (
            "empty-stage",
            json!({"stageName": "", "canarySettings": canary}),
        ),
        (
            "non-existing-stage",
            json!({"stageName": "non-existing", "canarySettings": canary}),
        ),
    ] {
        let answer = bench.ask("POST", &deployments, body).await;
        replay.step(&format!("create-canary-deployment-{step}"), &answer);
    }
}
