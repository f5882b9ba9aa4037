#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use super::support::*;
use crate::record::EVENTS;
use api::lambda::op;
use serde_json::json;
use std::sync::atomic::Ordering;

async fn send(world: &World) -> u16 {
    let input = json!({"FunctionName": "fn", "InvocationType": "Event", "Payload": "{\"n\":1}"});
    world.call(op::Invoke, input).await.status
}

async fn kept(world: &World) -> usize {
    world
        .store
        .scan(&EVENTS, "", None, 100)
        .await
        .unwrap()
        .len()
}

async fn until_seen(world: &World, count: usize) {
    while world.compute.seen.lock().unwrap().len() < count {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
}

async fn until_done(world: &World) {
    while kept(world).await > 0 {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_event_runs_later() {
    let world = World::new();
    world.function("fn").await;
    assert_eq!(send(&world).await, 202);
    until_done(&world).await;
    let seen = world.compute.seen.lock().unwrap();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].payload, "{\"n\":1}");
}

#[tokio::test(start_paused = true)]
async fn a_failed_event_is_tried_three_times() {
    let world = World::new();
    world.function("fn").await;
    world.compute.fails.store(9, Ordering::SeqCst);
    send(&world).await;
    until_done(&world).await;
    let seen = world.compute.seen.lock().unwrap();
    assert_eq!(seen.len(), 3);
    assert!(
        seen.iter()
            .all(|work| work.request_id == seen[0].request_id)
    );
}

#[tokio::test(start_paused = true)]
async fn an_accepted_event_outlives_the_process() {
    let world = World::new();
    world.function("fn").await;
    world.compute.is_held.store(true, Ordering::SeqCst);
    send(&world).await;
    until_seen(&world, 1).await;
    assert_eq!(kept(&world).await, 1);
    // The first process never finishes it.
    let later = World::over(world.store.clone());
    later.lambda.start().await.unwrap();
    until_done(&later).await;
    assert_eq!(later.compute.seen.lock().unwrap()[0].payload, "{\"n\":1}");
}

#[tokio::test(start_paused = true)]
async fn a_throttled_event_waits() {
    let world = World::new();
    world.function("fn").await;
    let reserve = |n: i32| json!({"FunctionName": "fn", "ReservedConcurrentExecutions": n});
    world
        .call(op::PutFunctionConcurrency, reserve(0))
        .await
        .ok();
    assert_eq!(send(&world).await, 202);
    for _ in 0..100 {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(kept(&world).await, 1);
    assert!(world.compute.seen.lock().unwrap().is_empty());
    world
        .call(op::PutFunctionConcurrency, reserve(1))
        .await
        .ok();
    until_done(&world).await;
    assert_eq!(world.compute.seen.lock().unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_event_of_a_deleted_function_is_dropped() {
    let world = World::new();
    world.function("fn").await;
    world.compute.fails.store(1, Ordering::SeqCst);
    send(&world).await;
    until_seen(&world, 1).await;
    world
        .call(op::DeleteFunction, json!({"FunctionName": "fn"}))
        .await
        .ok();
    until_done(&world).await;
    assert_eq!(world.compute.seen.lock().unwrap().len(), 1);
}
