#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use super::support::*;
use api::lambda::op;
use serde_json::{Value as Json, json};

const ARN: &str = "arn:aws:lambda:us-east-1:222222222222:function:fn";

#[tokio::test]
async fn aliases() {
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
    let create = async |name: &str, version: &str, weights: Json| {
        let input = json!({"FunctionName": "fn", "Name": name, "FunctionVersion": version, "RoutingConfig": {"AdditionalVersionWeights": weights}});
        world.call(op::CreateAlias, input).await
    };
    for (version, weights, expect) in [
        ("1", json!({"2": 0.5, "3": 0.1}), "400 InvalidParameterValueException: Number of items in AdditionalVersionWeights cannot be greater than 1".to_owned()),
        ("1", json!({"1": 0.5}), "400 InvalidParameterValueException: Invalid function version 1. Function version 1 is already included in routing configuration.".to_owned()),
        ("10", json!({}), format!("404 ResourceNotFoundException: Function not found: {ARN}:10")),
        ("1", json!({"10": 0.5}), format!("404 ResourceNotFoundException: Function not found: {ARN}:10")),
        ("$LATEST", json!({"1": 0.5}), "400 InvalidParameterValueException: $LATEST is not supported for an alias pointing to more than 1 version".to_owned()),
    ] {
        assert_eq!(create("live", version, weights).await.refusal(), expect);
    }
    let made = create("live", "1", json!({"2": 0.5})).await;
    assert_eq!(made.status, 201);
    let made = made.body;
    assert_eq!(made["AliasArn"], format!("{ARN}:live"));
    assert_eq!(
        made["RoutingConfig"],
        json!({"AdditionalVersionWeights": {"2": 0.5}})
    );
    assert_eq!(
        create("live", "1", json!({})).await.refusal(),
        format!("409 ResourceConflictException: Alias already exists: {ARN}:live")
    );
    let plain = create("plain", "$LATEST", json!({})).await.ok();
    assert_eq!(
        (&plain["RoutingConfig"], &plain["Description"]),
        (&Json::Null, &json!(""))
    );

    let one = |name: &str| json!({"FunctionName": "fn", "Name": name});
    assert_eq!(world.call(op::GetAlias, one("live")).await.ok(), made);
    assert_eq!(
        world.call(op::GetAlias, one("nope")).await.refusal(),
        format!("404 ResourceNotFoundException: Cannot find alias arn: {ARN}:nope")
    );
    assert_eq!(
        world.call(op::UpdateAlias, one("nope")).await.refusal(),
        format!("404 ResourceNotFoundException: Alias not found: {ARN}:nope")
    );
    let version = json!({"FunctionName": "fn", "Qualifier": "2"});
    assert_eq!(
        world.call(op::DeleteFunction, version).await.refusal(),
        "409 ResourceConflictException: Unable to delete version because the following aliases reference it: [live]"
    );
    let update =
        json!({"FunctionName": "fn", "Name": "live", "Description": "x", "RoutingConfig": {}});
    let updated = world.call(op::UpdateAlias, update).await.ok();
    assert_eq!(
        (&updated["Description"], &updated["RoutingConfig"]),
        (&json!("x"), &Json::Null)
    );
    assert_ne!(updated["RevisionId"], made["RevisionId"]);
    let found = world
        .call(
            op::GetFunctionConfiguration,
            json!({"FunctionName": "fn:live"}),
        )
        .await
        .ok();
    assert_eq!(
        (&found["Version"], &found["FunctionArn"]),
        (&json!("1"), &json!(format!("{ARN}:live")))
    );
    let listed = world
        .call(
            op::ListAliases,
            json!({"FunctionName": "fn", "FunctionVersion": "1"}),
        )
        .await
        .ok();
    assert_eq!(listed["Aliases"].as_array().unwrap().len(), 1);
    assert_eq!(world.call(op::DeleteAlias, one("live")).await.status, 204);
    assert_eq!(world.call(op::DeleteAlias, one("live")).await.status, 204);
}
