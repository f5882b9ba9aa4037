#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use super::support::*;
use api::lambda::op;
use serde_json::{Value as Json, json};

const ARN: &str = "arn:aws:lambda:us-east-1:222222222222:function:fn";

#[tokio::test]
async fn versions() {
    let world = World::new();
    let created = world.function("fn").await;
    let publish = async |more: Json| {
        let mut input = json!({"FunctionName": "fn"});
        input
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        world.call(op::PublishVersion, input).await
    };
    let sha = created["CodeSha256"].as_str().unwrap();
    assert_eq!(
        publish(json!({"CodeSha256": "x"})).await.refusal(),
        format!(
            "400 InvalidParameterValueException: CodeSHA256 (x) is different from current CodeSHA256 in $LATEST ({sha}). Please try again with the CodeSHA256 in $LATEST."
        )
    );
    assert_eq!(publish(json!({"RevisionId": "x"})).await.status, 412);
    let before = world.active("fn").await;
    let first = publish(json!({"Description": "one"})).await;
    assert_eq!(first.status, 201);
    let first = first.body;
    assert_eq!(first["Version"], "1");
    assert_eq!(first["FunctionArn"], format!("{ARN}:1"));
    assert_eq!(
        (&first["State"], &first["Description"]),
        (&json!("Active"), &json!("one"))
    );
    let after = world.active("fn").await;
    assert_ne!(after["RevisionId"], before["RevisionId"]);
    assert_ne!(after["RevisionId"], first["RevisionId"]);
    // Nothing changed since: the same version again.
    assert_eq!(publish(json!({})).await.ok()["Version"], "1");
    let change = json!({"FunctionName": "fn", "Description": "two"});
    world
        .call(op::UpdateFunctionConfiguration, change)
        .await
        .ok();
    assert_eq!(publish(json!({})).await.ok()["Version"], "2");

    let listed = world
        .call(op::ListVersionsByFunction, json!({"FunctionName": "fn"}))
        .await
        .ok();
    let versions = listed["Versions"].as_array().unwrap();
    let arns: Vec<&str> = versions
        .iter()
        .map(|v| v["FunctionArn"].as_str().unwrap())
        .collect();
    assert_eq!(arns, ["$LATEST", "1", "2"].map(|v| format!("{ARN}:{v}")));

    let get = async |qualifier: &str| {
        let input = json!({"FunctionName": "fn", "Qualifier": qualifier});
        world.call(op::GetFunctionConfiguration, input).await
    };
    assert_eq!(get("1").await.ok()["Description"], "one");
    assert_eq!(
        get("$LATEST").await.ok()["FunctionArn"],
        format!("{ARN}:$LATEST")
    );
    assert_eq!(
        get("1221").await.refusal(),
        format!("404 ResourceNotFoundException: Function not found: {ARN}:1221")
    );
    // A number is never used twice.
    let delete = |qualifier: &str| json!({"FunctionName": "fn", "Qualifier": qualifier});
    assert_eq!(
        world.call(op::DeleteFunction, delete("2")).await.status,
        204
    );
    assert_eq!(
        world.call(op::DeleteFunction, delete("2")).await.status,
        204
    );
    assert_eq!(publish(json!({})).await.ok()["Version"], "3");
    assert_eq!(
        world
            .call(op::DeleteFunction, delete("$LATEST"))
            .await
            .refusal(),
        "400 InvalidParameterValueException: $LATEST version cannot be deleted without deleting the function."
    );
    assert_eq!(
        world
            .call(op::DeleteFunction, delete("live"))
            .await
            .refusal(),
        "400 InvalidParameterValueException: Deletion of aliases is not currently supported."
    );
}

#[tokio::test]
async fn publishing_with_new_code() {
    let world = World::new();
    let input = create_with("fn", json!({"Publish": true}));
    let created = world.call(op::CreateFunction, input).await.ok();
    assert_eq!(created["Version"], "1");
    assert_eq!(created["FunctionArn"], ARN);
    world.active("fn").await;
    let input = json!({"FunctionName": "fn", "ZipFile": zip_base64("2"), "Publish": true});
    let updated = world.call(op::UpdateFunctionCode, input).await.ok();
    assert_eq!(
        (&updated["Version"], &updated["State"]),
        (&json!("2"), &json!("Pending"))
    );
    assert_eq!(updated["FunctionArn"], format!("{ARN}:2"));
    world.active("fn").await;
    assert_eq!(world.active("fn:2").await["State"], "Active");
}
