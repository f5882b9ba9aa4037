#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use super::calls::*;
use super::support::*;
use api::lambda::op;
use bytes::Bytes;
use ports::{Caller, Invoke};
use serde_json::{Value as Json, json};
use std::sync::atomic::Ordering;

#[tokio::test]
async fn the_functions_policy_decides_about_the_gateway() {
    let world = World::new();
    world.function("fn").await;
    let error = from_gateway(&world, ARN, LIVE_SOURCE).await.unwrap_err();
    assert_eq!((error.code, error.status), ("AccessDeniedException", 403));

    world
        .call(op::AddPermission, permission(json!({})))
        .await
        .ok();
    let invoked = from_gateway(&world, ARN, LIVE_SOURCE).await.unwrap();
    assert_eq!(
        (invoked.status, invoked.payload),
        (200, Bytes::from_static(b"{\"a\":1}"))
    );
    assert_eq!(invoked.executed_version, "$LATEST");
    for other in [
        "arn:aws:execute-api:us-east-1:111111111111:other12345/prod/GET/",
        "arn:aws:execute-api:us-east-1:111111111111:abc123defg/prod/POST/",
        "arn:aws:execute-api:us-east-1:111111111111:abc123defg/prod/GET/pets",
        "arn:aws:execute-api:us-east-1:333333333333:abc123defg/prod/GET/",
    ] {
        assert!(from_gateway(&world, ARN, other).await.is_err(), "{other}");
    }
    // The permission is on the function, not on its versions.
    assert!(
        from_gateway(&world, &format!("{ARN}:$LATEST"), LIVE_SOURCE)
            .await
            .is_err()
    );

    let remove = json!({"FunctionName": "fn", "StatementId": "s1"});
    assert_eq!(world.call(op::RemovePermission, remove).await.status, 204);
    assert!(from_gateway(&world, ARN, LIVE_SOURCE).await.is_err());
}

#[tokio::test]
async fn a_missing_function_looks_like_a_forbidden_one() {
    let world = World::new();
    let missing = from_gateway(&world, ARN, LIVE_SOURCE).await.unwrap_err();
    world.function("fn").await;
    let forbidden = from_gateway(&world, ARN, LIVE_SOURCE).await.unwrap_err();
    assert_eq!(
        (missing.status, missing.message),
        (forbidden.status, forbidden.message)
    );
}

#[tokio::test]
async fn a_warm_invocation_reads_no_store() {
    let world = World::new();
    world.function("fn").await;
    world
        .call(op::AddPermission, permission(json!({})))
        .await
        .ok();
    from_gateway(&world, ARN, LIVE_SOURCE).await.unwrap();
    // What is in memory goes on working although the store is empty.
    world.store.clear().await.unwrap();
    for _ in 0..3 {
        from_gateway(&world, ARN, LIVE_SOURCE).await.unwrap();
    }
    let after_create = 1;
    assert_eq!(world.iam.assumed.load(Ordering::SeqCst), after_create + 1);
    // Sessions are renewed before they end.
    world.clock.advance_ms(5 * 3_600_000);
    from_gateway(&world, ARN, LIVE_SOURCE).await.unwrap();
    assert_eq!(world.iam.assumed.load(Ordering::SeqCst), after_create + 2);
}

#[tokio::test]
async fn what_the_function_is_told() {
    let world = World::new();
    world
        .call(
            op::CreateFunction,
            create_with("fn", json!({"Environment": {"Variables": {"K1": "v"}}})),
        )
        .await
        .ok();
    let mut asked = invocation(ARN, Caller::Principal(principal(OWNER)));
    asked.trace_id = Some("Root=1-67891233-abcdef012345678912345678;Sampled=1".into());
    asked.client_context = Some("e30=".into());
    // Straight after its creation: the front door waits until it is ready.
    let invoked = world.lambda.invoke(asked).await.unwrap();
    let seen = world.compute.seen.lock().unwrap();
    let work = &seen[0];
    assert_eq!(work.request_id, invoked.request_id);
    assert_eq!(work.trace_id, invoked.trace_id);
    assert!(
        work.trace_id
            .starts_with("Root=1-67891233-abcdef012345678912345678;Parent=")
    );
    assert!(work.trace_id.contains(";Sampled=1;Lineage=1:"));
    assert_eq!(work.client_context.as_deref(), Some("{}"));
    assert_eq!(work.credentials.access_key_id, "ASIAfn");
    let spec = &work.function;
    assert_eq!(spec.environment.get("K1").map(String::as_str), Some("v"));
    assert_eq!(spec.log_group, "/aws/lambda/fn");
    assert_eq!(spec.endpoint_url.as_deref(), Some("http://127.0.0.1:4566"));
    assert_eq!(
        (spec.timeout_s, spec.memory_mb, spec.ephemeral_mb),
        (3, 128, 512)
    );
}

#[tokio::test]
async fn aws_invoke() {
    let world = World::new();
    world.function("fn").await;
    let invoke = async |more: Json| {
        let mut input = json!({"FunctionName": "fn", "Payload": "[1]"});
        input
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        world.call(op::Invoke, input).await
    };
    let plain = invoke(json!({})).await;
    assert_eq!((plain.status, &plain.body), (200, &json!([1])));
    assert_eq!(plain.header("X-Amz-Executed-Version"), Some("$LATEST"));
    assert_eq!(plain.header("X-Amz-Function-Error"), None);
    assert_eq!(plain.header("X-Amz-Log-Result"), None);
    assert_eq!(plain.header("X-Amzn-Remapped-Content-Length"), Some("0"));
    let trace = plain.header("X-Amzn-Trace-Id").unwrap();
    assert!(trace.starts_with("root=1-6b02d856-"), "{trace}");
    assert!(trace.contains(";parent=") && trace.contains(";sampled=0;lineage=1:"));
    assert_eq!(
        world.compute.seen.lock().unwrap()[0].request_id,
        call(OWNER).request_id
    );

    world.compute.fails.store(1, Ordering::SeqCst);
    let failed = invoke(json!({"LogType": "Tail"})).await;
    assert_eq!(failed.status, 200);
    assert_eq!(failed.header("X-Amz-Function-Error"), Some("Unhandled"));
    assert_eq!(failed.header("X-Amz-Log-Result"), Some("U1RBUlQ="));

    let dry = invoke(json!({"InvocationType": "DryRun"})).await;
    assert_eq!((dry.status, &dry.body), (204, &Json::Null));
    assert_eq!(world.compute.seen.lock().unwrap().len(), 2);
    assert!(invoke(json!({"Payload": "nope"})).await.refusal().starts_with("400 InvalidRequestContentException: Could not parse request body into json: Could not parse payload into json: Unrecognized token 'nope'"));
    let too_large = invoke(json!({"Payload": format!("\"{}\"", "x".repeat(6_291_455))})).await;
    assert_eq!(
        too_large.refusal(),
        "413 RequestEntityTooLargeException: 6291457 byte payload is too large for the RequestResponse invocation type (limit 6291456 bytes)"
    );
    assert!(too_large.body.get("Message").is_some());
    assert_eq!(
        invoke(json!({"FunctionName": "nope"})).await.refusal(),
        format!(
            "404 ResourceNotFoundException: Function not found: {}:$LATEST",
            ARN.replace(":fn", ":nope")
        )
    );
    let foreign = world
        .call_as(OTHER, op::Invoke, json!({"FunctionName": ARN}))
        .await;
    assert_eq!(foreign.status, 403);
    assert_eq!(invoke(json!({"TenantId": "t"})).await.status, 400);
}

#[tokio::test]
async fn aws_invoke_async_has_an_action_of_its_own() {
    let world = World::new();
    world.function("fn").await;
    let send = json!({"FunctionName": ARN, "InvokeArgs": "{\"a\":1}"});
    let sent = world.call(op::InvokeAsync, send.clone()).await;
    assert_eq!((sent.status, &sent.body), (202, &Json::Null));
    let asked = world.iam.asked.lock().unwrap().last().unwrap().clone();
    assert_eq!(asked.action, "lambda:InvokeAsync");
    let foreign = async || world.call_as(OTHER, op::InvokeAsync, send.clone()).await;
    let grant = |sid: &str, action: &str| json!({"FunctionName": "fn", "StatementId": sid, "Action": action, "Principal": OTHER});
    let invoke = grant("s1", "lambda:InvokeFunction");
    world.call(op::AddPermission, invoke).await.ok();
    assert_eq!(foreign().await.status, 403);
    let invoke_async = grant("s2", "lambda:InvokeAsync");
    world.call(op::AddPermission, invoke_async).await.ok();
    assert_eq!(foreign().await.status, 202);
    let broken = json!({"FunctionName": "fn", "InvokeArgs": "nope"});
    assert_eq!(world.call(op::InvokeAsync, broken).await.status, 400);
}

#[tokio::test]
async fn a_runtime_that_the_host_lacks() {
    let world = World::new();
    world
        .call(
            op::CreateFunction,
            create_with("fn", json!({"Runtime": "ruby3.2"})),
        )
        .await
        .ok();
    let answer = world.call(op::Invoke, json!({"FunctionName": "fn"})).await;
    assert_eq!(
        answer.refusal(),
        "502 InvalidRuntimeException: install ruby"
    );
}

#[tokio::test]
async fn weights_share_the_invocations() {
    let world = World::new();
    world.function("fn").await;
    world
        .call(op::PublishVersion, json!({"FunctionName": "fn"}))
        .await
        .ok();
    world
        .call(
            op::UpdateFunctionConfiguration,
            json!({"FunctionName": "fn", "Timeout": 5}),
        )
        .await
        .ok();
    world
        .call(op::PublishVersion, json!({"FunctionName": "fn"}))
        .await
        .ok();
    let alias = json!({"FunctionName": "fn", "Name": "live", "FunctionVersion": "1", "RoutingConfig": {"AdditionalVersionWeights": {"2": 0.25}}});
    world.call(op::CreateAlias, alias).await.ok();
    let live = format!("{ARN}:live");
    let mut second = 0;
    for _ in 0..400 {
        let invoked = world
            .lambda
            .invoke(invocation(&live, Caller::Principal(principal(OWNER))))
            .await
            .unwrap();
        second += u32::from(invoked.executed_version == "2");
    }
    assert!(
        (60..140).contains(&second),
        "{second} of 400 went to version 2"
    );
}
