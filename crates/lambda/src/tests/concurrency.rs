#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use super::calls::*;
use super::support::*;
use api::lambda::op;
use ports::{Caller, Invoke};
use serde_json::json;
use std::sync::atomic::Ordering;

#[tokio::test]
async fn reserved_concurrency_is_kept() {
    let world = World::new();
    world.function("fn").await;
    let put = async |executions: i32| {
        let input = json!({"FunctionName": "fn", "ReservedConcurrentExecutions": executions});
        world.call(op::PutFunctionConcurrency, input).await
    };
    assert_eq!(
        put(901).await.refusal(),
        "400 InvalidParameterValueException: Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100]."
    );
    assert_eq!(
        put(900).await.ok(),
        json!({"ReservedConcurrentExecutions": 900})
    );
    put(1).await.ok();
    world.compute.is_held.store(true, Ordering::SeqCst);
    let lambda = std::sync::Arc::clone(&world.lambda);
    let first = tokio::spawn(async move {
        lambda
            .invoke(invocation(ARN, Caller::Principal(principal(OWNER))))
            .await
    });
    while world.compute.seen.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    let answer = world.call(op::Invoke, json!({"FunctionName": "fn"})).await;
    assert_eq!(
        answer.refusal(),
        "429 TooManyRequestsException: Rate Exceeded."
    );
    assert_eq!(
        answer.body["Reason"],
        "ReservedFunctionConcurrentInvocationLimitExceeded"
    );
    // The caller hangs up; the worker is busy all the same, so its place is not free.
    first.abort();
    let _ = first.await;
    assert_eq!(
        world
            .call(op::Invoke, json!({"FunctionName": "fn"}))
            .await
            .status,
        429
    );
    world.compute.is_held.store(false, Ordering::SeqCst);
    world.compute.hold.add_permits(1);
    loop {
        let answer = world.call(op::Invoke, json!({"FunctionName": "fn"})).await;
        if answer.status == 200 {
            break;
        }
        tokio::task::yield_now().await;
    }
    let name = json!({"FunctionName": "fn"});
    assert_eq!(put(0).await.status, 200);
    assert_eq!(world.call(op::Invoke, name.clone()).await.status, 429);
    assert_eq!(
        world
            .call(op::DeleteFunctionConcurrency, name.clone())
            .await
            .status,
        204
    );
    assert_eq!(world.call(op::Invoke, name.clone()).await.status, 200);
    assert_eq!(
        world.call(op::GetFunctionConcurrency, name).await.ok(),
        json!({})
    );
    assert!(
        world
            .call(op::GetFunctionConcurrency, json!({"FunctionName": "fn:1"}))
            .await
            .refusal()
            .contains("permitted on Lambda functions only")
    );
}
