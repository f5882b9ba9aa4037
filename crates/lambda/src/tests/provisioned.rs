#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use super::calls::*;
use super::support::*;
use api::lambda::op;
use ports::{Caller, Invoke};
use serde_json::{Value as Json, json};
use std::sync::atomic::Ordering;
use store::Store;

/// A function with versions 1, 2, 3 and the alias `live` of the first.
async fn world() -> World {
    let world = World::new();
    world.lambda.start().await.unwrap();
    world.function("fn").await;
    for timeout in [4, 5, 6] {
        let update = json!({"FunctionName": "fn", "Timeout": timeout});
        world
            .call(op::UpdateFunctionConfiguration, update)
            .await
            .ok();
        world.active("fn").await;
        let publish = json!({"FunctionName": "fn"});
        world.call(op::PublishVersion, publish).await.ok();
    }
    alias(&world, "live", "1").await;
    world
}

async fn alias(world: &World, name: &str, version: &str) {
    let input = json!({"FunctionName": "fn", "Name": name, "FunctionVersion": version});
    world.call(op::CreateAlias, input).await.ok();
}

async fn put(world: &World, qualifier: &str, executions: i32) -> Answer {
    let input = json!({
        "FunctionName": "fn",
        "Qualifier": qualifier,
        "ProvisionedConcurrentExecutions": executions,
    });
    world.call(op::PutProvisionedConcurrencyConfig, input).await
}

fn of(qualifier: &str) -> Json {
    json!({"FunctionName": "fn", "Qualifier": qualifier})
}

async fn get(world: &World, qualifier: &str) -> Answer {
    world
        .call(op::GetProvisionedConcurrencyConfig, of(qualifier))
        .await
}

/// Waits until compute is told to keep up exactly these.
async fn kept(world: &World, expect: &[(&str, u32)]) {
    let expect = expect
        .iter()
        .map(|(place, count)| (place.to_string(), *count))
        .collect();
    while *world.compute.provisioned.lock().unwrap() != expect {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn version_gets_workers_until_it_is_deleted() {
    let world = world().await;
    let made = put(&world, "1", 3).await;
    assert_eq!(made.status, 202);
    assert_eq!(
        made.body,
        json!({
            "RequestedProvisionedConcurrentExecutions": 3,
            "AvailableProvisionedConcurrentExecutions": 0,
            "AllocatedProvisionedConcurrentExecutions": 0,
            "Status": "IN_PROGRESS",
            "LastModified": "2026-11-22T11:56:06+0000",
        })
    );
    kept(&world, &[("fn:1", 3)]).await;
    let found = get(&world, "1").await.ok();
    assert_eq!(
        (
            &found["Status"],
            &found["AllocatedProvisionedConcurrentExecutions"]
        ),
        (&json!("READY"), &json!(3))
    );
    world.compute.ready_max.store(1, Ordering::SeqCst);
    let found = get(&world, "1").await.ok();
    assert_eq!(
        (
            &found["Status"],
            &found["StatusReason"],
            &found["AvailableProvisionedConcurrentExecutions"]
        ),
        (
            &json!("FAILED"),
            &json!("FUNCTION_ERROR_INIT_FAILURE"),
            &json!(1)
        )
    );
    world.call(op::DeleteFunction, of("1")).await.refusal();
    let list = json!({"FunctionName": "fn"});
    let listed = world
        .call(op::ListProvisionedConcurrencyConfigs, list.clone())
        .await
        .ok();
    let listed = &listed["ProvisionedConcurrencyConfigs"];
    assert_eq!(listed.as_array().unwrap().len(), 1);
    assert_eq!(listed[0]["FunctionArn"], format!("{ARN}:1"));
    let deleted = world
        .call(op::DeleteProvisionedConcurrencyConfig, of("1"))
        .await;
    assert_eq!(deleted.status, 204);
    kept(&world, &[]).await;
    let again = world
        .call(op::DeleteProvisionedConcurrencyConfig, of("1"))
        .await;
    assert_eq!(again.status, 204);
    assert_eq!(
        get(&world, "1").await.refusal(),
        "404 ProvisionedConcurrencyConfigNotFoundException: No Provisioned Concurrency Config found for this function"
    );
    let listed = world
        .call(op::ListProvisionedConcurrencyConfigs, list)
        .await
        .ok();
    assert_eq!(listed["ProvisionedConcurrencyConfigs"], json!([]));
}

#[tokio::test]
async fn alias_takes_its_workers_along() {
    let world = world().await;
    put(&world, "live", 4).await.ok();
    kept(&world, &[("fn:1", 4)]).await;
    let update = |version: &str, weights: Json| {
        json!({
            "FunctionName": "fn", "Name": "live", "FunctionVersion": version,
            "RoutingConfig": {"AdditionalVersionWeights": weights},
        })
    };
    world
        .call(op::UpdateAlias, update("2", json!({})))
        .await
        .ok();
    kept(&world, &[("fn:2", 4)]).await;
    world
        .call(op::UpdateAlias, update("2", json!({"3": 0.25})))
        .await
        .ok();
    kept(&world, &[("fn:2", 3), ("fn:3", 1)]).await;
    assert_eq!(get(&world, "live").await.ok()["Status"], "READY");
    assert_eq!(
        world
            .call(op::UpdateAlias, update("$LATEST", json!({})))
            .await
            .refusal(),
        "400 InvalidParameterValueException: Provisioned Concurrency Configs cannot be applied to unpublished function versions."
    );
    put(&world, "1", 1).await.ok();
    assert_eq!(
        world
            .call(op::UpdateAlias, update("1", json!({})))
            .await
            .refusal(),
        "409 ResourceConflictException: Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version"
    );
    // Another alias may share a version.
    alias(&world, "more", "2").await;
    put(&world, "more", 2).await.ok();
    kept(&world, &[("fn:1", 1), ("fn:2", 5), ("fn:3", 1)]).await;
    world.compute.ready_max.store(4, Ordering::SeqCst);
    assert_eq!(get(&world, "live").await.ok()["Status"], "READY");
    let more = get(&world, "more").await.ok();
    assert_eq!(more["AllocatedProvisionedConcurrentExecutions"], 1);
    let name = json!({"FunctionName": "fn", "Name": "live"});
    world.call(op::DeleteAlias, name).await.ok();
    kept(&world, &[("fn:1", 1), ("fn:2", 2)]).await;
    world
        .call(op::DeleteFunction, json!({"FunctionName": "fn"}))
        .await
        .ok();
    kept(&world, &[]).await;
}

#[tokio::test]
async fn what_cannot_have_any_is_refused() {
    let world = world().await;
    alias(&world, "latest", "$LATEST").await;
    let unpublished = "400 InvalidParameterValueException: Provisioned Concurrency Configs cannot be applied to unpublished function versions.";
    for (qualifier, expect) in [
        ("$LATEST", unpublished.to_owned()),
        ("latest", unpublished.to_owned()),
        (
            "9",
            format!("404 ResourceNotFoundException: Function not found: {ARN}:9"),
        ),
        (
            "nope",
            format!("404 ResourceNotFoundException: Cannot find alias arn: {ARN}:nope"),
        ),
    ] {
        assert_eq!(
            put(&world, qualifier, 1).await.refusal(),
            expect,
            "{qualifier}"
        );
    }
    assert_eq!(put(&world, "1", 0).await.status, 400);
    let published = "400 InvalidParameterValueException: The function resource provided must be an alias or a published version.";
    assert_eq!(get(&world, "$LATEST").await.refusal(), published);
    let deleted = world
        .call(op::DeleteProvisionedConcurrencyConfig, of("$LATEST"))
        .await;
    assert_eq!(deleted.refusal(), published);
    assert_eq!(
        get(&world, "nope").await.refusal(),
        format!("404 ResourceNotFoundException: Cannot find alias arn: {ARN}:nope")
    );
    put(&world, "live", 1).await.ok();
    assert_eq!(
        put(&world, "1", 1).await.refusal(),
        "409 ResourceConflictException: Version is pointed by a Provisioned Concurrency alias"
    );
    put(&world, "2", 1).await.ok();
    alias(&world, "second", "2").await;
    assert_eq!(
        put(&world, "second", 1).await.refusal(),
        "409 ResourceConflictException: Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version"
    );
}

#[tokio::test]
async fn reservations_and_the_account_bound_it() {
    let world = world().await;
    assert_eq!(
        put(&world, "1", 1_001).await.refusal(),
        "400 InvalidParameterValueException: Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [1000]."
    );
    assert_eq!(
        put(&world, "1", 901).await.refusal(),
        "400 InvalidParameterValueException: Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100]."
    );
    put(&world, "1", 900).await.ok();
    // Its own share counts once.
    put(&world, "1", 899).await.ok();
    assert_eq!(put(&world, "2", 2).await.status, 400, "one over");
    put(&world, "2", 1).await.ok();
    let settings = world.call(op::GetAccountSettings, json!({})).await.ok();
    assert_eq!(
        settings["AccountLimit"]["UnreservedConcurrentExecutions"],
        100
    );

    let reserve = async |executions: i32| {
        let input = json!({"FunctionName": "fn", "ReservedConcurrentExecutions": executions});
        world.call(op::PutFunctionConcurrency, input).await
    };
    assert_eq!(
        reserve(899).await.refusal(),
        "400 InvalidParameterValueException: ReservedConcurrentExecutions 899 should not be lower than function's total provisioned concurrency [900]."
    );
    put(&world, "1", 9).await.ok();
    reserve(10).await.ok();
    assert_eq!(
        put(&world, "2", 2).await.refusal(),
        "400 InvalidParameterValueException: Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function"
    );
    let settings = world.call(op::GetAccountSettings, json!({})).await.ok();
    assert_eq!(
        settings["AccountLimit"]["UnreservedConcurrentExecutions"],
        990
    );
}

#[tokio::test]
async fn its_places_are_free_though_the_account_is_full() {
    let world = world().await;
    put(&world, "1", 1).await.ok();
    let other = json!({"FunctionName": "other"});
    world.function("other").await;
    world
        .call(
            op::PutFunctionConcurrency,
            json!({"FunctionName": "other", "ReservedConcurrentExecutions": 899}),
        )
        .await
        .ok();
    let _ = other;
    world.compute.is_held.store(true, Ordering::SeqCst);
    let run = |arn: String| {
        let lambda = std::sync::Arc::clone(&world.lambda);
        tokio::spawn(async move {
            lambda
                .invoke(invocation(&arn, Caller::Principal(principal(OWNER))))
                .await
        })
    };
    // All that is unreserved: 1,000 less 899 less 1.
    let mut busy: Vec<_> = (0..100).map(|_| run(ARN.to_owned())).collect();
    while world.compute.seen.lock().unwrap().len() < 100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(
        world
            .call(op::Invoke, json!({"FunctionName": "fn"}))
            .await
            .status,
        429
    );
    busy.push(run(format!("{ARN}:1")));
    while world.compute.seen.lock().unwrap().len() < 101 {
        tokio::task::yield_now().await;
    }
    let second = world
        .call(op::Invoke, json!({"FunctionName": "fn", "Qualifier": "1"}))
        .await;
    assert_eq!(second.status, 429, "its one place is taken");
    world.compute.is_held.store(false, Ordering::SeqCst);
    world.compute.hold.add_permits(101);
    for call in busy {
        call.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn another_process_takes_it_up() {
    let store = Store::in_memory().unwrap();
    let world = World::over(store.clone());
    world.function("fn").await;
    let publish = json!({"FunctionName": "fn"});
    world.call(op::PublishVersion, publish).await.ok();
    put(&world, "1", 2).await.ok();
    let next = World::over(store);
    next.lambda.start().await.unwrap();
    kept(&next, &[("fn:1", 2)]).await;
}
