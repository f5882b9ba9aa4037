//! Bounds of stages and deployments, and many clients at once.

#![allow(clippy::unwrap_used)]

mod bench;

use bench::{Bench, patch};
use ports::{Deployments, Found};
use serde_json::{Value, json};
use std::sync::Arc;

#[tokio::test]
async fn the_tenth_stage_is_the_last() {
    let bench = Bench::new();
    let (api, root) = bench.api().await;
    bench.mock(&api, &root).await;
    let target = format!("/restapis/{api}/deployments");
    for n in 0..apigateway::limits::STAGES_MAX {
        bench
            .ask("POST", &target, json!({"stageName": format!("s{n}")}))
            .await
            .ok(201);
    }
    let more = bench
        .ask("POST", &target, json!({"stageName": "more"}))
        .await;
    assert_eq!(
        (more.status, more.code.as_str()),
        (429, "LimitExceededException")
    );
    let id = bench.ask("POST", &target, json!({})).await.text("id");
    let body = json!({"stageName": "more", "deploymentId": id});
    let more = bench
        .ask("POST", &format!("/restapis/{api}/stages"), body)
        .await;
    assert_eq!(more.status, 429);
    // A stage that exists may be deployed to all the same.
    bench
        .ask("POST", &target, json!({"stageName": "s0"}))
        .await
        .ok(201);
}

#[tokio::test]
async fn stages_are_refused_in_aws_words() {
    let bench = Bench::new();
    let (api, root) = bench.api().await;
    bench.mock(&api, &root).await;
    let id = bench
        .ask(
            "POST",
            &format!("/restapis/{api}/deployments"),
            json!({"stageName": "s"}),
        )
        .await
        .text("id");
    let stages = format!("/restapis/{api}/stages");
    for (body, status, code, message) in [
        (
            json!({"stageName": "s", "deploymentId": id}),
            409,
            "ConflictException",
            "Stage already exists",
        ),
        (
            json!({"stageName": "t", "deploymentId": ""}),
            400,
            "BadRequestException",
            "DeploymentId cannot be empty",
        ),
        (
            json!({"stageName": "t", "deploymentId": "nope"}),
            404,
            "NotFoundException",
            "Invalid Deployment identifier specified",
        ),
        (
            json!({"stageName": "$default", "deploymentId": id}),
            400,
            "BadRequestException",
            "Stage name only allows a-zA-Z0-9_",
        ),
        (
            json!({"stageName": "t", "deploymentId": id, "canarySettings": {"deploymentId": "nope"}}),
            400,
            "BadRequestException",
            "Deployment id does not exist",
        ),
    ] {
        bench
            .ask("POST", &stages, body)
            .await
            .refused(status, code, message);
    }
    let unknown = "Invalid stage identifier specified";
    let nope = format!("{stages}/nope");
    for (verb, body) in [
        ("GET", Value::Null),
        ("DELETE", Value::Null),
        ("PATCH", patch("replace", "/description", "x")),
    ] {
        bench
            .ask(verb, &nope, body)
            .await
            .refused(404, "NotFoundException", unknown);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn clients_at_once_lose_nothing() {
    let bench = Arc::new(Bench::new());
    let (api, root) = bench.api().await;
    bench.mock(&api, &root).await;
    let clients: Vec<_> = (0..20)
        .map(|n| {
            let (bench, api, root) = (bench.clone(), api.clone(), root.clone());
            tokio::spawn(async move {
                let target = format!("/restapis/{api}/resources/{root}");
                bench
                    .ask("POST", &target, json!({"pathPart": format!("p{n}")}))
                    .await
                    .ok(201);
                let target = format!("/restapis/{api}/deployments");
                bench
                    .ask("POST", &target, json!({"stageName": "s"}))
                    .await
                    .ok(201);
            })
        })
        .collect();
    for client in clients {
        client.await.unwrap();
    }
    let all = bench
        .ask(
            "GET",
            &format!("/restapis/{api}/resources?limit=500"),
            Value::Null,
        )
        .await;
    assert_eq!(all.ok(200)["item"].as_array().unwrap().len(), 21);
    // What is live is what the store says is live.
    let stage = bench
        .ask("GET", &format!("/restapis/{api}/stages/s"), Value::Null)
        .await
        .ok(200);
    let Found::Live(live) = bench.service.deployments().find(&api, "s") else {
        panic!("not live")
    };
    assert_eq!(live.stage.deployment_id, stage["deploymentId"]);
}
