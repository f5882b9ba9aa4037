#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]
//! Asynchronous events under a configuration of their own.

use super::support::*;
use crate::record::{EVENTS, EventRecord};
use api::lambda::op;
use serde_json::{Value as Json, json};
use std::sync::atomic::Ordering;

const ARN: &str = "arn:aws:lambda:us-east-1:222222222222:function:fn";
const TOLD: &str = "arn:aws:lambda:us-east-1:222222222222:function:told";

async fn world() -> World {
    let world = World::new();
    world.function("fn").await;
    world.function("told").await;
    world
}

async fn configure(world: &World, mut config: Json) -> Answer {
    config["FunctionName"] = json!("fn");
    world.call(op::PutFunctionEventInvokeConfig, config).await
}

async fn send(world: &World) {
    let input = json!({"FunctionName": "fn", "InvocationType": "Event", "Payload": "{\"n\":1}"});
    world.call(op::Invoke, input).await.ok();
}

async fn until_done(world: &World) {
    while !world
        .store
        .scan(&EVENTS, "", None, 1)
        .await
        .unwrap()
        .is_empty()
    {
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
}

/// Names of the functions that ran.
fn ran(world: &World) -> Vec<String> {
    let seen = world.compute.seen.lock().unwrap();
    seen.iter().map(|work| work.function.name.clone()).collect()
}

/// The record that the destination got last.
fn told(world: &World) -> Json {
    let seen = world.compute.seen.lock().unwrap();
    let last = seen.last().unwrap();
    assert_eq!(last.function.name, "told");
    serde_json::from_slice(&last.payload).unwrap()
}

#[tokio::test]
async fn a_configuration_from_its_creation_to_its_end() {
    let world = world().await;
    let of = json!({"FunctionName": "fn"});
    let put = configure(&world, json!({"MaximumRetryAttempts": 1}))
        .await
        .ok();
    let mut expect = json!({
        "LastModified": 1_795_348_566.123,
        "FunctionArn": format!("{ARN}:$LATEST"),
        "MaximumRetryAttempts": 1,
        "DestinationConfig": {"OnSuccess": {}, "OnFailure": {}},
    });
    assert_eq!(put, expect);
    let update = json!({"FunctionName": "fn", "MaximumEventAgeInSeconds": 60,
        "DestinationConfig": {"OnFailure": {"Destination": TOLD}}});
    let updated = world
        .call(op::UpdateFunctionEventInvokeConfig, update)
        .await
        .ok();
    expect["MaximumEventAgeInSeconds"] = json!(60);
    expect["DestinationConfig"] = json!({"OnSuccess": {}, "OnFailure": {"Destination": TOLD}});
    assert_eq!(updated, expect);
    let got = world
        .call(op::GetFunctionEventInvokeConfig, of.clone())
        .await
        .ok();
    assert_eq!(got, expect);
    let listed = world
        .call(op::ListFunctionEventInvokeConfigs, of.clone())
        .await
        .ok();
    assert_eq!(listed["FunctionEventInvokeConfigs"], json!([expect]));
    // Put replaces everything.
    let put = configure(&world, json!({"MaximumEventAgeInSeconds": 61}))
        .await
        .ok();
    assert_eq!(put.get("MaximumRetryAttempts"), None);
    assert_eq!(put["DestinationConfig"]["OnFailure"], json!({}));

    let delete = world
        .call(op::DeleteFunctionEventInvokeConfig, of.clone())
        .await;
    assert_eq!(delete.status, 204);
    let gone = format!(
        "404 ResourceNotFoundException: The function {ARN}:$LATEST doesn't have an \
         EventInvokeConfig"
    );
    let delete = world
        .call(op::DeleteFunctionEventInvokeConfig, of.clone())
        .await;
    assert_eq!(delete.refusal(), gone);
    let get = world.call(op::GetFunctionEventInvokeConfig, of).await;
    assert_eq!(get.refusal(), gone);
    let update = json!({"FunctionName": "fn", "MaximumRetryAttempts": 1});
    let update = world
        .call(op::UpdateFunctionEventInvokeConfig, update)
        .await;
    assert_eq!(update.refusal(), gone);
}

#[tokio::test]
async fn what_cannot_be_configured() {
    let world = world().await;
    let to = |arn: &str| json!({"DestinationConfig": {"OnSuccess": {"Destination": arn}}});
    let invalid = "400 InvalidParameterValueException: ";
    for (config, expect) in [
        (
            json!({}),
            "You must specify at least one of error handling or destination setting.",
        ),
        (
            to(ARN),
            "You can't specify the function as a destination for itself.",
        ),
        (
            to(&format!("{ARN}:live")),
            "You can't specify the function as a destination for itself.",
        ),
        (
            to("arn:aws:sqs:us-east-1:222222222222:q"),
            "Crossway does not support DestinationConfig: a destination must be a function: there are no queues, topics, buses and buckets",
        ),
        (
            to(&ARN.replace(":fn", ":no")),
            "The destination ARN arn:aws:lambda:us-east-1:222222222222:function:no is invalid.",
        ),
    ] {
        assert_eq!(
            configure(&world, config).await.refusal(),
            format!("{invalid}{expect}")
        );
    }
    for (member, good, bad) in [
        ("MaximumRetryAttempts", vec![0, 2], vec![-1, 3]),
        (
            "MaximumEventAgeInSeconds",
            vec![60, 21_600],
            vec![59, 21_601],
        ),
    ] {
        for value in good {
            assert_eq!(
                configure(&world, json!({ member: value })).await.status,
                200
            );
        }
        for value in bad {
            assert_eq!(
                configure(&world, json!({ member: value })).await.status,
                400
            );
        }
    }
    let update = json!({"FunctionName": "no", "MaximumRetryAttempts": 1});
    let update = world
        .call(op::UpdateFunctionEventInvokeConfig, update)
        .await;
    assert_eq!(
        update.refusal(),
        "404 ResourceNotFoundException: The function doesn't exist."
    );
    for missing in ["no", "fn:live", "fn:7"] {
        let put = json!({"FunctionName": missing, "MaximumRetryAttempts": 1});
        let put = world.call(op::PutFunctionEventInvokeConfig, put).await;
        assert_eq!(
            put.refusal(),
            "404 ResourceNotFoundException: The function doesn't exist."
        );
    }
}

#[tokio::test(start_paused = true)]
async fn retries_as_configured() {
    for (retries, runs) in [(0, 1), (1, 2), (2, 3)] {
        let world = world().await;
        configure(&world, json!({ "MaximumRetryAttempts": retries }))
            .await
            .ok();
        world.compute.fails.store(9, Ordering::SeqCst);
        send(&world).await;
        until_done(&world).await;
        assert_eq!(ran(&world).len(), runs);
    }
}

#[tokio::test(start_paused = true)]
async fn a_success_is_told() {
    let world = world().await;
    let to = json!({"OnSuccess": {"Destination": TOLD}});
    configure(&world, json!({ "DestinationConfig": to }))
        .await
        .ok();
    send(&world).await;
    until_done(&world).await;
    assert_eq!(ran(&world), ["fn", "told"]);
    let mut record = told(&world);
    let id = record["requestContext"]["requestId"].take();
    assert_eq!(
        id,
        world.compute.seen.lock().unwrap()[0].request_id.as_str()
    );
    let expect = json!({
        "version": "1.0",
        "timestamp": "2026-11-22T11:56:06.123Z",
        "requestContext": {
            "requestId": null, "functionArn": format!("{ARN}:$LATEST"),
            "condition": "Success", "approximateInvokeCount": 1,
        },
        "requestPayload": {"n": 1},
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST"},
        "responsePayload": {"n": 1},
    });
    assert_eq!(record, expect);
    // Invoke's own answer is told to nobody else.
    let plain = json!({"FunctionName": "fn", "Payload": "{}"});
    world.call(op::Invoke, plain).await.ok();
    until_done(&world).await;
    assert_eq!(ran(&world).len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_told_when_it_is_given_up() {
    let world = world().await;
    let to = json!({"OnFailure": {"Destination": TOLD}});
    configure(
        &world,
        json!({ "MaximumRetryAttempts": 1, "DestinationConfig": to }),
    )
    .await
    .ok();
    world.compute.fails.store(2, Ordering::SeqCst);
    send(&world).await;
    until_done(&world).await;
    assert_eq!(ran(&world), ["fn", "fn", "told"]);
    let context = &told(&world)["requestContext"];
    assert_eq!(context["condition"], "RetriesExhausted");
    assert_eq!(context["approximateInvokeCount"], 2);
    assert_eq!(
        told(&world)["responseContext"]["functionError"],
        "Unhandled"
    );
    // A success after a failure is no failure.
    world.compute.fails.store(1, Ordering::SeqCst);
    send(&world).await;
    until_done(&world).await;
    assert_eq!(ran(&world).len(), 5);
}

#[tokio::test(start_paused = true)]
async fn an_old_event_is_given_up() {
    let to = json!({"OnFailure": {"Destination": TOLD}});
    // The first retry comes after a minute: just in time, and a millisecond too late.
    for (late_ms, fails, runs) in [(0, 2, vec!["fn", "fn", "told"]), (1, 1, vec!["fn", "told"])] {
        let world = world().await;
        let config = json!({"MaximumEventAgeInSeconds": 60, "MaximumRetryAttempts": 1, "DestinationConfig": to});
        configure(&world, config).await.ok();
        world.compute.fails.store(fails, Ordering::SeqCst);
        world.compute.is_held.store(true, Ordering::SeqCst);
        send(&world).await;
        while ran(&world).is_empty() {
            tokio::task::yield_now().await;
        }
        world.clock.advance_ms(late_ms);
        world.compute.is_held.store(false, Ordering::SeqCst);
        world.compute.hold.add_permits(1);
        until_done(&world).await;
        assert_eq!(ran(&world), runs);
        let expect = match late_ms {
            0 => "RetriesExhausted",
            _ => "EventAgeExceeded",
        };
        assert_eq!(told(&world)["requestContext"]["condition"], expect);
    }
}

#[tokio::test(start_paused = true)]
async fn a_destination_of_others_must_let_the_role_in() {
    let world = world().await;
    let foreign = TOLD.replace(OWNER, OTHER);
    let to = json!({"OnSuccess": {"Destination": foreign}});
    configure(&world, json!({ "DestinationConfig": to }))
        .await
        .ok();
    send(&world).await;
    until_done(&world).await;
    assert_eq!(ran(&world), ["fn"]);
    let asked = world.iam.asked.lock().unwrap();
    let last = asked.last().unwrap();
    assert_eq!(
        (last.action.as_str(), last.resource.as_str()),
        ("lambda:InvokeFunction", foreign.as_str())
    );
}

#[tokio::test(start_paused = true)]
async fn functions_tell_each_other_sixteen_times_at_most() {
    for (hops, allowed, runs) in [
        (15, "Terminate", vec!["fn", "told"]),
        (16, "Terminate", vec!["fn"]),
        (16, "Allow", vec!["fn", "told"]),
    ] {
        let world = world().await;
        let recursion = json!({"FunctionName": TOLD, "RecursiveLoop": allowed});
        world
            .call(op::PutFunctionRecursionConfig, recursion)
            .await
            .ok();
        let to = json!({"OnSuccess": {"Destination": TOLD}});
        configure(&world, json!({ "DestinationConfig": to }))
            .await
            .ok();
        let event = EventRecord {
            function_arn: ARN.into(),
            payload: "{}".into(),
            client_context: None,
            trace_id: "Root=1-0-0".into(),
            accepted_ms: 0,
            not_before_ms: 0,
            failures: 0,
            runs: 0,
            hops,
        };
        let mut tx = world.store.begin().await;
        tx.put(&EVENTS, "id", &event).unwrap();
        tx.commit().await.unwrap();
        world.lambda.start().await.unwrap();
        until_done(&world).await;
        assert_eq!(ran(&world), runs);
    }
}
