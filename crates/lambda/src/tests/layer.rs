#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use super::support::*;
use api::lambda::op;
use serde_json::{Value as Json, json};

const LAYER: &str = "arn:aws:lambda:us-east-1:222222222222:layer:tools";

impl World {
    async fn publish(&self, name: &str, content: &str, more: Json) -> Answer {
        let mut input = json!({ "LayerName": name, "Content": { "ZipFile": zip_base64(content) } });
        let members = input.as_object_mut().unwrap();
        members.extend(more.as_object().cloned().unwrap_or_default());
        self.call(op::PublishLayerVersion, input).await
    }
}

fn version(number: i64) -> Json {
    json!({ "LayerName": "tools", "VersionNumber": number })
}

fn with(mut input: Json, more: Json) -> Json {
    let members = input.as_object_mut().unwrap();
    members.extend(more.as_object().cloned().unwrap());
    input
}

#[tokio::test]
async fn versions_are_numbered_and_never_again() {
    let world = World::new();
    let made = world.publish("tools", "1", json!({})).await;
    assert_eq!(made.status, 201);
    let first = made.body;
    assert_eq!(first["LayerVersionArn"], format!("{LAYER}:1"));
    assert_eq!(
        (&first["LayerArn"], &first["Description"]),
        (&json!(LAYER), &json!(""))
    );
    assert_eq!(first["CreatedDate"], "2026-11-22T11:56:06.123+0000");
    assert!(first.get("CompatibleRuntimes").is_none() && first["Content"]["Location"].is_string());
    let empty = json!({ "CompatibleRuntimes": [], "CompatibleArchitectures": [] });
    let second = world.publish(LAYER, "2", empty).await.ok();
    assert_eq!(
        (&second["Version"], &second["CompatibleRuntimes"]),
        (&json!(2), &json!([]))
    );

    let got = world.call(op::GetLayerVersion, version(2)).await.ok();
    assert_eq!(
        got["Content"]["CodeSha256"],
        second["Content"]["CodeSha256"]
    );
    let by_arn = json!({ "Arn": format!("{LAYER}:1") });
    let got = world.call(op::GetLayerVersionByArn, by_arn).await.ok();
    assert_eq!(got["LayerVersionArn"], first["LayerVersionArn"]);

    for _ in 0..2 {
        let deleted = world.call(op::DeleteLayerVersion, version(2)).await;
        assert_eq!(deleted.status, 204);
    }
    assert_eq!(
        world.call(op::GetLayerVersion, version(2)).await.refusal(),
        "404 ResourceNotFoundException: The resource you requested does not exist."
    );
    assert_eq!(
        world.publish("tools", "3", json!({})).await.ok()["Version"],
        3
    );
}

#[tokio::test]
async fn numbers_below_one_are_refused() {
    let world = World::new();
    let text = "400 InvalidParameterValueException: Layer Version Cannot be less than 1";
    for number in [0, -1] {
        let got = world.call(op::GetLayerVersion, version(number)).await;
        assert_eq!(got.refusal(), text);
        let deleted = world.call(op::DeleteLayerVersion, version(number)).await;
        assert_eq!(deleted.refusal(), text);
    }
}

#[tokio::test]
async fn lists_show_the_newest_that_fits() {
    let world = World::new();
    let python = json!({ "CompatibleRuntimes": ["python3.12"] });
    let node =
        json!({ "CompatibleRuntimes": ["nodejs24.x"], "CompatibleArchitectures": ["arm64"] });
    world.publish("tools", "1", python).await.ok();
    world.publish("tools", "2", node).await.ok();
    world.publish("other", "1", json!({})).await.ok();
    let all = world.call(op::ListLayers, json!({})).await.ok();
    let latest = |list: &Json| -> Vec<String> {
        let layers = list["Layers"].as_array().unwrap();
        let arn = |layer: &Json| layer["LatestMatchingVersion"]["LayerVersionArn"].clone();
        layers
            .iter()
            .map(|layer| arn(layer).as_str().unwrap().to_owned())
            .collect()
    };
    let other = LAYER.replace("tools", "other");
    assert_eq!(latest(&all), [format!("{other}:1"), format!("{LAYER}:2")]);
    let wanted = json!({ "CompatibleRuntime": "python3.12" });
    assert_eq!(
        latest(&world.call(op::ListLayers, wanted).await.ok()),
        [format!("{LAYER}:1")]
    );
    let wanted = json!({ "CompatibleRuntime": "python3.12", "CompatibleArchitecture": "arm64" });
    assert!(latest(&world.call(op::ListLayers, wanted).await.ok()).is_empty());

    let page = json!({ "LayerName": "tools", "MaxItems": 1 });
    let first = world.call(op::ListLayerVersions, page.clone()).await.ok();
    assert_eq!(first["LayerVersions"][0]["Version"], 2);
    let next = with(page, json!({ "Marker": first["NextMarker"] }));
    let second = world.call(op::ListLayerVersions, next).await.ok();
    assert_eq!(second["LayerVersions"][0]["Version"], 1);
    assert_eq!(second["NextMarker"], Json::Null);
    let none = json!({ "LayerName": "none" });
    let none = world.call(op::ListLayerVersions, none).await.ok();
    assert_eq!(none["LayerVersions"], json!([]));
}

#[tokio::test]
async fn content_in_s3_is_refused() {
    let world = World::new();
    let input = json!({ "LayerName": "tools", "Content": { "S3Bucket": "bucket", "S3Key": "k" } });
    let refused = world.call(op::PublishLayerVersion, input).await.refusal();
    assert!(refused.contains("S3 Error Code: NoSuchBucket"), "{refused}");
}

fn permit(sid: &str, principal: &str) -> Json {
    with(
        version(1),
        json!({ "StatementId": sid, "Action": "lambda:GetLayerVersion", "Principal": principal }),
    )
}

#[tokio::test]
async fn permissions_are_added_read_and_removed() {
    let world = World::new();
    world.publish("tools", "1", json!({})).await.ok();
    assert_eq!(
        world
            .call(op::GetLayerVersionPolicy, version(1))
            .await
            .refusal(),
        "404 ResourceNotFoundException: No policy is associated with the given resource."
    );
    let added = world
        .call(op::AddLayerVersionPermission, permit("s1", "*"))
        .await;
    assert_eq!(added.status, 201);
    let statement = added.body["Statement"].as_str().unwrap();
    assert_eq!(
        statement,
        format!(
            r#"{{"Sid":"s1","Effect":"Allow","Principal":"*","Action":"lambda:GetLayerVersion","Resource":"{LAYER}:1"}}"#
        )
    );
    assert_eq!(
        world
            .call(op::AddLayerVersionPermission, permit("s1", "*"))
            .await
            .refusal(),
        "409 ResourceConflictException: The statement id (s1) provided already exists. Please provide a new statement id, or remove the existing statement."
    );
    let stale = "412 PreconditionFailedException: The Revision Id provided does not match the latest Revision Id. Call the GetLayerPolicy API to retrieve the latest Revision Id";
    let wrong = with(permit("s2", OTHER), json!({ "RevisionId": "wrong" }));
    assert_eq!(
        world
            .call(op::AddLayerVersionPermission, wrong)
            .await
            .refusal(),
        stale
    );
    let right = with(
        permit("s2", OTHER),
        json!({ "RevisionId": added.body["RevisionId"] }),
    );
    world.call(op::AddLayerVersionPermission, right).await.ok();
    let policy = world.call(op::GetLayerVersionPolicy, version(1)).await.ok();
    let document: Json = serde_json::from_str(policy["Policy"].as_str().unwrap()).unwrap();
    assert_eq!(document["Statement"].as_array().unwrap().len(), 2);
    assert_ne!(policy["RevisionId"], added.body["RevisionId"]);
    let sid = |sid: &str| with(version(1), json!({ "StatementId": sid }));
    assert_eq!(
        world
            .call(op::RemoveLayerVersionPermission, sid("none"))
            .await
            .refusal(),
        "404 ResourceNotFoundException: Statement none is not found in resource policy."
    );
    for name in ["s1", "s2"] {
        let removed = world
            .call(op::RemoveLayerVersionPermission, sid(name))
            .await;
        assert_eq!(removed.status, 204);
    }
    assert_eq!(
        world
            .call(op::GetLayerVersionPolicy, version(1))
            .await
            .status,
        404
    );
    assert_eq!(
        world
            .call(op::GetLayerVersionPolicy, version(2))
            .await
            .refusal(),
        format!("404 ResourceNotFoundException: Layer version {LAYER}:2 does not exist.")
    );
    let of_one = with(
        permit("s3", OTHER),
        json!({ "OrganizationId": "o-1234567890" }),
    );
    let refused = world.call(op::AddLayerVersionPermission, of_one).await;
    assert_eq!(refused.status, 400);
}

#[tokio::test]
async fn other_accounts_use_a_layer_only_where_its_policy_lets_them() {
    let world = World::new();
    world.publish("tools", "1", json!({})).await.ok();
    world.publish("tools", "2", json!({})).await.ok();
    let by_arn = |n: u32| json!({ "Arn": format!("{LAYER}:{n}") });
    let read = world
        .call_as(OTHER, op::GetLayerVersionByArn, by_arn(1))
        .await;
    assert_eq!(read.status, 403);
    // The same for a version that does not exist.
    let read = world
        .call_as(OTHER, op::GetLayerVersionByArn, by_arn(9))
        .await;
    assert_eq!(read.status, 403);
    let grant = permit("s1", OTHER);
    world.call(op::AddLayerVersionPermission, grant).await.ok();
    let read = world
        .call_as(OTHER, op::GetLayerVersionByArn, by_arn(1))
        .await;
    assert_eq!(read.status, 200);
    let other = world
        .call_as(OTHER, op::GetLayerVersionByArn, by_arn(2))
        .await;
    assert_eq!(other.status, 403);
    // It is a right to read, and no other.
    let theirs = json!({ "LayerName": LAYER, "VersionNumber": 1 });
    let deleted = world.call_as(OTHER, op::DeleteLayerVersion, theirs).await;
    assert_eq!(deleted.status, 403);
}

#[tokio::test]
async fn functions_have_layers_in_their_order() {
    let world = World::new();
    for name in ["tools", "a", "b", "c", "d", "e"] {
        world.publish(name, name, json!({})).await.ok();
    }
    world.publish("tools", "2", json!({})).await.ok();
    let arn = |name: &str, n: u32| format!("{}:{n}", LAYER.replace("tools", name));
    let five: Vec<String> = ["tools", "a", "b", "c", "d"]
        .map(|name| arn(name, 1))
        .into();
    let input = create_with("fn", json!({ "Layers": five }));
    let made = world.call(op::CreateFunction, input).await;
    assert_eq!(made.status, 201, "{made:?}");
    let shown = made.body["Layers"].as_array().unwrap();
    let arns: Vec<&str> = shown
        .iter()
        .map(|layer| layer["Arn"].as_str().unwrap())
        .collect();
    assert_eq!(arns, five);
    assert!(shown[0]["CodeSize"].as_i64().unwrap() > 0);
    world.active("fn").await;

    let update = |layers: Json| json!({ "FunctionName": "fn", "Layers": layers });
    let mut six = five.clone();
    six.push(arn("e", 1));
    for (layers, text) in [
        (json!(six), "Cannot reference more than 5 layers.".to_owned()),
        (
            json!([arn("tools", 1), arn("tools", 2)]),
            format!("Two different versions of the same layer are not allowed to be referenced in the same function. {LAYER}:1 and {LAYER}:2 are versions of the same layer."),
        ),
        (
            json!([arn("tools", 9)]),
            format!("Layer version {LAYER}:9 does not exist."),
        ),
        (
            json!([arn("tools", 1).replace("us-east-1", "eu-west-1")]),
            "Layers are not in the same region as the function. Layers are expected to be in region us-east-1.".to_owned(),
        ),
    ] {
        let refused = world.call(op::UpdateFunctionConfiguration, update(layers)).await;
        assert_eq!(refused.refusal(), format!("400 InvalidParameterValueException: {text}"));
    }

    // What a function has stays when the version goes; what it is given must be there.
    let gone = json!({ "LayerName": "a", "VersionNumber": 1 });
    world.call(op::DeleteLayerVersion, gone).await;
    let kept = json!({ "FunctionName": "fn", "Timeout": 5 });
    let kept = world.call(op::UpdateFunctionConfiguration, kept).await.ok();
    assert_eq!(kept["Layers"].as_array().unwrap().len(), 5);
    world.active("fn").await;
    let none = world
        .call(op::UpdateFunctionConfiguration, update(json!([])))
        .await
        .ok();
    assert!(none.get("Layers").is_none());
}

#[tokio::test]
async fn layers_of_others_need_the_right_to_read_them() {
    let world = World::new();
    let theirs = json!({ "LayerName": "tools", "Content": { "ZipFile": zip_base64("x") } });
    world
        .call_as(OTHER, op::PublishLayerVersion, theirs)
        .await
        .ok();
    let arn = format!("{}:1", LAYER.replace(OWNER, OTHER));
    let input = create_with("fn", json!({ "Layers": [arn] }));
    let refused = world.call(op::CreateFunction, input.clone()).await;
    assert_eq!(refused.status, 403);
    world
        .call_as(OTHER, op::AddLayerVersionPermission, permit("s1", OWNER))
        .await
        .ok();
    let made = world.call(op::CreateFunction, input).await;
    assert_eq!(made.status, 201, "{made:?}");
    let asked = world.iam.asked.lock().unwrap();
    let create = asked
        .iter()
        .rfind(|touch| touch.action == "lambda:CreateFunction");
    assert!(create.is_some_and(|touch| format!("{:?}", touch.context).contains("layer:tools:1")));
}
