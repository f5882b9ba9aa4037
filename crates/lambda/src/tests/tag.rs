#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use super::support::*;
use api::lambda::op;
use serde_json::{Value as Json, json};

const ARN: &str = "arn:aws:lambda:us-east-1:222222222222:function:fn";

#[tokio::test]
async fn tags_of_functions() {
    let world = World::new();
    world.function("fn").await;
    let tag = |tags: Json| json!({"Resource": ARN, "Tags": tags});
    assert_eq!(
        world
            .call(op::TagResource, tag(json!({"A": "1", "B": "2"})))
            .await
            .status,
        204
    );
    world
        .call(op::TagResource, tag(json!({"B": "3"})))
        .await
        .ok();
    let untag = json!({"Resource": ARN, "TagKeys": ["A", "nope"]});
    assert_eq!(world.call(op::UntagResource, untag).await.status, 204);
    let listed = world
        .call(op::ListTags, json!({"Resource": ARN}))
        .await
        .ok();
    assert_eq!(listed, json!({"Tags": {"B": "3"}}));
    assert_eq!(
        world.call(op::TagResource, tag(json!({}))).await.refusal(),
        "400 InvalidParameterValueException: An error occurred and the request cannot be processed."
    );
    assert_eq!(
        world
            .call(op::ListTags, json!({"Resource": format!("{ARN}:live")}))
            .await
            .refusal(),
        "400 InvalidParameterValueException: Tags on function aliases and versions are not supported. Please specify a function ARN."
    );
    let missing = ARN.replace(":fn", ":nope");
    assert_eq!(
        world
            .call(op::ListTags, json!({"Resource": missing}))
            .await
            .refusal(),
        format!("404 ResourceNotFoundException: Function not found: {missing}")
    );
    let many: serde_json::Map<_, _> = (0..49).map(|n| (n.to_string(), json!("x"))).collect();
    world
        .call(op::TagResource, tag(Json::Object(many)))
        .await
        .ok();
    assert_eq!(
        world
            .call(op::TagResource, tag(json!({"one": "more"})))
            .await
            .refusal(),
        "400 InvalidParameterValueException: Number of tags exceeds resource tag limit."
    );
}
