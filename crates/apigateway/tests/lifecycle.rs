//! APIs from birth to death, as clients see them and as the data plane does.

#![allow(clippy::unwrap_used)]

mod bench;

use bench::{A, B, Bench, patch};
use ports::{Deployments, Found};
use serde_json::{Value, json};

const FUNCTION: &str = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:222222222222:function:my-fn/invocations";

#[tokio::test]
async fn the_new_tutorials_calls_work_and_go_live() {
    let bench = Bench::new();
    let (api, root) = bench.api().await;
    assert_eq!((api.len(), root.len()), (10, 10));
    let made = bench
        .ask(
            "POST",
            &format!("/restapis/{api}/resources/{root}"),
            json!({"pathPart": "helloworld"}),
        )
        .await
        .ok(201);
    assert_eq!(made["path"], "/helloworld");
    let id = made["id"].as_str().unwrap();
    let method = format!("/restapis/{api}/resources/{id}/methods/GET");
    bench
        .ask("PUT", &method, json!({"authorizationType": "NONE"}))
        .await
        .ok(201);
    let integration = json!({"type": "AWS_PROXY", "httpMethod": "POST", "uri": FUNCTION});
    let made = bench
        .ask("PUT", &format!("{method}/integration"), integration)
        .await
        .ok(201);
    assert_eq!(
        made,
        json!({"type": "AWS_PROXY", "httpMethod": "POST", "uri": FUNCTION,
            "passthroughBehavior": "WHEN_NO_MATCH", "timeoutInMillis": 29000,
            "cacheNamespace": id, "cacheKeyParameters": []})
    );
    bench
        .ask(
            "PUT",
            &format!("{method}/responses/200"),
            json!({"responseModels": {"application/json": "Empty"}}),
        )
        .await
        .ok(201);
    bench
        .ask(
            "PUT",
            &format!("{method}/integration/responses/200"),
            json!({}),
        )
        .await
        .ok(201);
    let deployed = bench
        .ask(
            "POST",
            &format!("/restapis/{api}/deployments"),
            json!({"stageName": "test"}),
        )
        .await
        .ok(201);
    let live = bench.service.deployments();
    let Found::Live(found) = live.find(&api, "test") else {
        panic!("not live")
    };
    assert_eq!(
        found.api.resources[id].methods["GET"]
            .integration
            .as_ref()
            .unwrap()
            .uri
            .as_deref(),
        Some(FUNCTION)
    );
    assert_eq!(found.stage.deployment_id, deployed["id"]);
    assert!(matches!(live.find(&api, "prod"), Found::UnknownStage));

    // Later edits stay invisible until the next deployment.
    bench.ask("DELETE", &method, Value::Null).await.ok(204);
    let Found::Live(same) = live.find(&api, "test") else {
        panic!("not live")
    };
    assert_eq!(same.revision, found.revision);
    bench
        .ask(
            "DELETE",
            &format!("/restapis/{api}/stages/test"),
            Value::Null,
        )
        .await
        .ok(202);
    assert!(matches!(live.find(&api, "test"), Found::UnknownStage));
    bench
        .ask("DELETE", &format!("/restapis/{api}"), Value::Null)
        .await
        .ok(202);
    assert!(matches!(live.find(&api, "test"), Found::UnknownApi));
    bench
        .ask("GET", &format!("/restapis/{api}"), Value::Null)
        .await
        .refused(
            404,
            "NotFoundException",
            &format!("Invalid API identifier specified {A}:{api}"),
        );
}

#[tokio::test]
async fn nobody_elses_api_is_found() {
    let bench = Bench::new();
    let (api, _) = bench.api().await;
    let path = format!("/restapis/{api}");
    for (account, region) in [(B, "us-east-1"), (A, "eu-west-1")] {
        let want = format!("Invalid API identifier specified {account}:{api}");
        bench
            .ask_as(account, region, "GET", &path, Value::Null)
            .await
            .refused(404, "NotFoundException", &want);
        bench
            .ask_as(account, region, "DELETE", &path, Value::Null)
            .await
            .refused(404, "NotFoundException", &want);
        let all = bench
            .ask_as(account, region, "GET", "/restapis", Value::Null)
            .await
            .ok(200);
        assert_eq!(all["item"], json!([]));
    }
    assert_eq!(
        bench.ask("GET", "/restapis", Value::Null).await.ok(200)["item"][0]["id"],
        api
    );
    let upper = api.to_uppercase();
    bench
        .ask("GET", &format!("/restapis/{upper}"), Value::Null)
        .await
        .refused(
            404,
            "NotFoundException",
            &format!("Invalid API identifier specified {A}:{upper}"),
        );
}

#[tokio::test]
async fn apis_are_listed_in_pages() {
    let bench = Bench::new();
    for _ in 0..5 {
        bench.api().await;
    }
    let mut seen = Vec::new();
    let mut target = "/restapis?limit=2".to_owned();
    loop {
        let page = bench.ask("GET", &target, Value::Null).await.ok(200);
        let items = page["item"].as_array().unwrap();
        seen.extend(
            items
                .iter()
                .map(|one| one["id"].as_str().unwrap().to_owned()),
        );
        match page["position"].as_str() {
            Some(position) => target = format!("/restapis?limit=2&position={position}"),
            None => break,
        }
    }
    seen.dedup();
    assert_eq!(seen.len(), 5);
}

#[tokio::test]
async fn another_process_finds_what_is_live_and_a_reset_forgets_it() {
    let bench = Bench::new();
    let (api, root) = bench.api().await;
    bench.mock(&api, &root).await;
    bench
        .ask(
            "POST",
            &format!("/restapis/{api}/deployments"),
            json!({"stageName": "s"}),
        )
        .await
        .ok(201);

    let other = Bench::over(bench.store.clone(), 2);
    let live = other.service.deployments();
    assert!(matches!(live.find(&api, "s"), Found::UnknownApi));
    other.service.load().await.unwrap();
    assert!(matches!(live.find(&api, "s"), Found::Live(_)));

    bench.store.clear().await.unwrap();
    other.service.load().await.unwrap();
    assert!(matches!(live.find(&api, "s"), Found::UnknownApi));
    other.api().await;
}

#[tokio::test]
async fn an_id_is_never_given_twice() {
    let bench = Bench::new();
    let (first, _) = bench.api().await;
    bench
        .ask("DELETE", &format!("/restapis/{first}"), Value::Null)
        .await
        .ok(202);
    // The same seed offers the same ids again.
    let again = Bench::over(bench.store.clone(), 1);
    let (second, _) = again.api().await;
    assert_ne!(first, second);
}

#[tokio::test]
async fn a_failed_patch_changes_nothing() {
    let bench = Bench::new();
    let (api, _) = bench.api().await;
    let body = json!({"patchOperations": [
        {"op": "replace", "path": "/name", "value": "other"},
        {"op": "replace", "path": "/nope", "value": "x"},
    ]});
    bench
        .ask("PATCH", &format!("/restapis/{api}"), body)
        .await
        .refused(400, "BadRequestException", "Invalid patch path /nope");
    assert_eq!(
        bench
            .ask("GET", &format!("/restapis/{api}"), Value::Null)
            .await
            .ok(200)["name"],
        "api"
    );
}

#[tokio::test]
async fn unfinished_apis_are_not_deployed() {
    let bench = Bench::new();
    let (api, root) = bench.api().await;
    let deployments = format!("/restapis/{api}/deployments");
    bench.ask("POST", &deployments, json!({})).await.refused(
        400,
        "BadRequestException",
        "The REST API doesn't contain any methods",
    );
    let method = format!("/restapis/{api}/resources/{root}/methods/GET");
    bench
        .ask("PUT", &method, json!({"authorizationType": "NONE"}))
        .await
        .ok(201);
    bench.ask("POST", &deployments, json!({})).await.refused(
        400,
        "BadRequestException",
        "No integration defined for method",
    );
}

#[tokio::test]
async fn private_apis_are_made_but_do_not_go_live() {
    let bench = Bench::new();
    let refusal = "Crossway does not enforce private endpoints yet and refuses the setting rather than ignoring it";
    let made = bench
        .ask(
            "POST",
            "/restapis",
            json!({"name": "p", "endpointConfiguration": {"types": ["PRIVATE"]}}),
        )
        .await
        .ok(201);
    let (api, root) = (
        made["id"].as_str().unwrap(),
        made["rootResourceId"].as_str().unwrap(),
    );
    bench.mock(api, root).await;
    bench
        .ask(
            "POST",
            &format!("/restapis/{api}/deployments"),
            json!({"stageName": "s"}),
        )
        .await
        .refused(400, "BadRequestException", refusal);
    let (api, root) = bench.api().await;
    bench.mock(&api, &root).await;
    bench
        .ask(
            "POST",
            &format!("/restapis/{api}/deployments"),
            json!({"stageName": "s"}),
        )
        .await
        .ok(201);
    let to_private = patch("replace", "/endpointConfiguration/types/EDGE", "PRIVATE");
    bench
        .ask("PATCH", &format!("/restapis/{api}"), to_private)
        .await
        .refused(400, "BadRequestException", refusal);
}

#[tokio::test]
async fn restricting_stage_settings_are_refused_and_others_act_at_once() {
    let bench = Bench::new();
    let (api, root) = bench.api().await;
    bench.mock(&api, &root).await;
    bench
        .ask(
            "POST",
            &format!("/restapis/{api}/deployments"),
            json!({"stageName": "s"}),
        )
        .await
        .ok(201);
    let stage = format!("/restapis/{api}/stages/s");
    for (path, value) in [
        ("/canarySettings/percentTraffic", "10"),
        (
            "/*/*/caching/unauthorizedCacheControlHeaderStrategy",
            "FAIL_WITH_403",
        ),
    ] {
        let answer = bench
            .ask("PATCH", &stage, patch("replace", path, value))
            .await;
        assert_eq!(
            (answer.status, answer.code.as_str()),
            (400, "BadRequestException"),
            "{path}"
        );
        assert!(
            answer
                .text("message")
                .starts_with("Crossway does not enforce"),
            "{path}"
        );
    }
    let live = bench.service.deployments();
    let Found::Live(before) = live.find(&api, "s") else {
        panic!("not live")
    };
    bench
        .ask(
            "PATCH",
            &stage,
            patch("replace", "/variables/fn", "my-fn:prod"),
        )
        .await
        .ok(200);
    let Found::Live(after) = live.find(&api, "s") else {
        panic!("not live")
    };
    assert_eq!(after.stage.variables["fn"], "my-fn:prod");
    assert!(after.revision > before.revision);
}

#[tokio::test]
async fn a_copy_has_its_own_life_and_no_stages() {
    let bench = Bench::new();
    let (api, root) = bench.api().await;
    bench.mock(&api, &root).await;
    bench
        .ask(
            "POST",
            &format!("/restapis/{api}/deployments"),
            json!({"stageName": "s"}),
        )
        .await
        .ok(201);
    let copy = bench
        .ask(
            "POST",
            "/restapis",
            json!({"name": "copy", "cloneFrom": api}),
        )
        .await
        .ok(201);
    let id = copy["id"].as_str().unwrap();
    assert_ne!(id, api);
    let resources = bench
        .ask("GET", &format!("/restapis/{id}/resources"), Value::Null)
        .await
        .ok(200);
    assert_eq!(resources["item"][0]["resourceMethods"], json!({"GET": {}}));
    let stages = bench
        .ask("GET", &format!("/restapis/{id}/stages"), Value::Null)
        .await
        .ok(200);
    assert_eq!(stages["item"], json!([]));
    bench
        .ask_as(
            B,
            "us-east-1",
            "POST",
            "/restapis",
            json!({"name": "copy", "cloneFrom": api}),
        )
        .await
        .refused(
            404,
            "NotFoundException",
            &format!("Invalid API identifier specified {B}:{api}"),
        );
}

#[tokio::test]
async fn tags_are_kept_by_arn() {
    let bench = Bench::new();
    let (api, _) = bench.api().await;
    let target = format!("/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Frestapis%2F{api}");
    bench
        .ask("PUT", &target, json!({"tags": {"a": "1", "b": "2"}}))
        .await
        .ok(204);
    bench
        .ask("DELETE", &format!("{target}?tagKeys=a"), Value::Null)
        .await
        .ok(204);
    let shown = bench.ask("GET", &target, Value::Null).await.ok(200);
    assert_eq!(shown["tags"], json!({"b": "2"}));
    let many: serde_json::Map<_, _> = (0..50).map(|n| (format!("k{n}"), json!("v"))).collect();
    let answer = bench.ask("PUT", &target, json!({"tags": many})).await;
    assert_eq!(answer.status, 400);
    bench
        .ask_as(B, "us-east-1", "PUT", &target, json!({"tags": {}}))
        .await
        .refused(
            404,
            "NotFoundException",
            &format!("Invalid API identifier specified {B}:{api}"),
        );
}

#[tokio::test]
async fn a_test_goes_to_the_data_plane() {
    let bench = Bench::new();
    let (api, root) = bench.api().await;
    bench.mock(&api, &root).await;
    let method = format!("/restapis/{api}/resources/{root}/methods/GET");
    let body = json!({"pathWithQueryString": "/?a=b", "headers": {"H": "1"}, "multiValueHeaders": {"M": ["1", "2"]}});
    let answer = bench.ask("POST", &method, body).await.ok(200);
    assert_eq!(
        answer,
        json!({"status": 200, "body": "GET /?a=b", "headers": {"X": "2"},
            "multiValueHeaders": {"X": ["1", "2"]}, "log": "3 headers", "latency": 7})
    );
    let other = format!("/restapis/{api}/resources/{root}/methods/PUT");
    bench.ask("POST", &other, json!({})).await.refused(
        404,
        "NotFoundException",
        "Invalid Method identifier specified",
    );
}

#[tokio::test]
async fn a_policy_is_expanded_and_shown_with_its_quotes_escaped() {
    let bench = Bench::new();
    let policy = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}]}"#;
    let made = bench
        .ask("POST", "/restapis", json!({"name": "p", "policy": policy}))
        .await
        .ok(201);
    let api = made["id"].as_str().unwrap();
    let shown = made["policy"].as_str().unwrap().replace("\\\"", "\"");
    let document: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(
        document["Statement"][0]["Resource"],
        format!("arn:aws:execute-api:us-east-1:{A}:{api}/*")
    );
    bench
        .ask("PATCH", &format!("/restapis/{api}"), patch("replace", "/policy", "{\"Statement\": 1}"))
        .await
        .refused(
            400,
            "BadRequestException",
            "Invalid policy document. Please check the policy syntax and ensure that Principals are valid.",
        );
}

#[tokio::test]
async fn account_settings_hold_the_log_role() {
    let bench = Bench::new();
    let role = "arn:aws:iam::111111111111:role/logs";
    bench
        .ask(
            "PATCH",
            "/account",
            patch("replace", "/cloudwatchRoleArn", role),
        )
        .await
        .ok(200);
    assert_eq!(
        bench.ask("GET", "/account", Value::Null).await.ok(200),
        json!({"cloudwatchRoleArn": role, "throttleSettings": {"burstLimit": 5000, "rateLimit": 10000.0},
            "features": ["UsagePlans"], "apiKeyVersion": "4"})
    );
    bench
        .ask(
            "PATCH",
            "/account",
            patch(
                "replace",
                "/cloudwatchRoleArn",
                "arn:aws:iam::222222222222:role/x",
            ),
        )
        .await
        .refused(
            403,
            "AccessDeniedException",
            "Cross-account pass role is not allowed.",
        );
    let other = bench
        .ask_as(B, "us-east-1", "GET", "/account", Value::Null)
        .await
        .ok(200);
    assert!(other["cloudwatchRoleArn"].is_null());
}

#[tokio::test]
async fn operations_without_handler_say_so() {
    let bench = Bench::new();
    for (verb, target) in [
        ("GET", "/domainnames"),
        ("GET", "/restapis/x/stages/s/sdks/js"),
    ] {
        assert_eq!(
            bench.ask(verb, target, Value::Null).await.code,
            "NotImplemented",
            "{target}"
        );
    }
}
