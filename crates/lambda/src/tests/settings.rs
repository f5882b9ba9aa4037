//! Small settings that deployment tools read of every function.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use super::calls::ARN;
use super::support::*;
use api::lambda::op;
use serde_json::json;

const CONFIG: &str =
    "arn:aws:lambda:us-east-1:222222222222:code-signing-config:csc-0123456789abcdef0";

#[tokio::test]
async fn no_function_has_code_signing() {
    let world = World::new();
    world.function("fn").await;
    let name = json!({"FunctionName": "fn"});
    let found = world
        .call(op::GetFunctionCodeSigningConfig, name.clone())
        .await;
    assert_eq!(found.ok(), json!({}));
    let put = json!({"FunctionName": "fn", "CodeSigningConfigArn": CONFIG});
    assert_eq!(
        world
            .call(op::PutFunctionCodeSigningConfig, put)
            .await
            .refusal(),
        format!(
            "404 CodeSigningConfigNotFoundException: The code signing configuration cannot be found. Check that the provided configuration is not deleted: {CONFIG}."
        )
    );
    let deleted = world.call(op::DeleteFunctionCodeSigningConfig, name).await;
    assert_eq!(deleted.status, 204);
    let nobody = json!({"FunctionName": "nobody"});
    assert_eq!(
        world
            .call(op::GetFunctionCodeSigningConfig, nobody)
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn runtimes_change_with_the_host() {
    let world = World::new();
    world.function("fn").await;
    let name = json!({"FunctionName": "fn"});
    let found = world.call(op::GetRuntimeManagementConfig, name).await;
    let auto = json!({"UpdateRuntimeOn": "Auto", "FunctionArn": format!("{ARN}:$LATEST")});
    assert_eq!(found.ok(), auto);
    let put = async |more: serde_json::Value| {
        let mut input = json!({"FunctionName": "fn"});
        let members = input.as_object_mut().unwrap();
        members.extend(more.as_object().unwrap().clone());
        world.call(op::PutRuntimeManagementConfig, input).await
    };
    assert_eq!(put(json!({"UpdateRuntimeOn": "Auto"})).await.ok(), auto);
    let arn = format!("arn:aws:lambda:us-east-1::runtime:{}", "0".repeat(64));
    for refused in [
        json!({"UpdateRuntimeOn": "FunctionUpdate"}),
        json!({"UpdateRuntimeOn": "Manual", "RuntimeVersionArn": arn}),
        json!({"UpdateRuntimeOn": "Auto", "RuntimeVersionArn": arn}),
    ] {
        let refusal = put(refused).await.refusal();
        assert!(
            refusal.starts_with("400 InvalidParameterValueException: "),
            "{refusal}"
        );
    }
    let version = json!({"FunctionName": "fn", "Qualifier": "9"});
    let found = world.call(op::GetRuntimeManagementConfig, version).await;
    assert_eq!(found.status, 404);
}

#[tokio::test]
async fn circles_are_ended_unless_allowed() {
    let world = World::new();
    world.function("fn").await;
    let name = json!({"FunctionName": "fn"});
    let found = async || {
        let found = world
            .call(op::GetFunctionRecursionConfig, name.clone())
            .await;
        found.ok()["RecursiveLoop"].clone()
    };
    assert_eq!(found().await, "Terminate");
    let put = |value: &str| json!({"FunctionName": "fn", "RecursiveLoop": value});
    let allowed = world
        .call(op::PutFunctionRecursionConfig, put("Allow"))
        .await;
    assert_eq!(allowed.ok(), json!({"RecursiveLoop": "Allow"}));
    assert_eq!(found().await, "Allow");
    let bad = world
        .call(op::PutFunctionRecursionConfig, put("Perhaps"))
        .await;
    assert_eq!(bad.status, 400);
    world
        .call(op::PutFunctionRecursionConfig, put("Terminate"))
        .await
        .ok();
    assert_eq!(found().await, "Terminate");
}
