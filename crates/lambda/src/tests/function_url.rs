#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]
//! What the API does with function URLs.

use super::support::*;
use api::lambda::op;
use serde_json::{Value as Json, json};

const ARN: &str = "arn:aws:lambda:us-east-1:222222222222:function:fn";

async fn with_alias(world: &World) {
    world.function("fn").await;
    world
        .call(op::PublishVersion, json!({"FunctionName": "fn"}))
        .await
        .ok();
    let alias = json!({"FunctionName": "fn", "Name": "live", "FunctionVersion": "1"});
    world.call(op::CreateAlias, alias).await.ok();
}

fn of(qualifier: &str) -> Json {
    match qualifier {
        "" => json!({"FunctionName": "fn"}),
        _ => json!({"FunctionName": "fn", "Qualifier": qualifier}),
    }
}

fn new(qualifier: &str, more: Json) -> Json {
    let mut all = of(qualifier);
    all["AuthType"] = json!("NONE");
    for (key, value) in more.as_object().unwrap() {
        all[key] = value.clone();
    }
    all
}

#[tokio::test]
async fn a_url_from_its_creation_to_its_end() {
    let world = World::new();
    world.function("fn").await;
    let cors =
        json!({"AllowOrigins": ["https://a.example"], "MaxAge": 5, "AllowCredentials": true});
    let created = world
        .call(op::CreateFunctionUrlConfig, new("", json!({"Cors": cors})))
        .await;
    assert_eq!(created.status, 201);
    let created = created.body;
    let url = created["FunctionUrl"].as_str().unwrap().to_owned();
    let id = url
        .strip_prefix("http://")
        .and_then(|rest| rest.strip_suffix(".lambda-url.us-east-1.localhost:4566/"))
        .unwrap();
    assert_eq!(id.len(), 32);
    assert_eq!(created["FunctionArn"], ARN);
    assert_eq!(created["AuthType"], "NONE");
    assert_eq!(created.get("InvokeMode"), None);
    assert_eq!(created["Cors"], cors);
    assert_eq!(created["CreationTime"], "2026-11-22T11:56:06.123Z");

    world.clock.advance_ms(1_000);
    let update = json!({"FunctionName": "fn", "AuthType": "AWS_IAM"});
    let updated = world.call(op::UpdateFunctionUrlConfig, update).await.ok();
    assert_eq!(updated["FunctionUrl"], url.as_str());
    assert_eq!(updated["AuthType"], "AWS_IAM");
    assert_eq!(updated["Cors"], cors);
    assert_eq!(updated["LastModifiedTime"], "2026-11-22T11:56:07.123Z");
    assert_eq!(updated["CreationTime"], created["CreationTime"]);
    let update = json!({"FunctionName": "fn", "Cors": {}});
    let mut updated = world.call(op::UpdateFunctionUrlConfig, update).await.ok();
    assert_eq!(updated["Cors"], json!({}));
    assert_eq!(updated.get("InvokeMode"), None);
    updated["InvokeMode"] = json!("BUFFERED");
    let got = world.call(op::GetFunctionUrlConfig, of("")).await.ok();
    assert_eq!(got, updated);
    let given = json!({"FunctionName": "fn", "InvokeMode": "RESPONSE_STREAM"});
    let given = world.call(op::UpdateFunctionUrlConfig, given).await.ok();
    assert_eq!(given["InvokeMode"], "RESPONSE_STREAM");
    let given = json!({"FunctionName": "fn", "InvokeMode": "BUFFERED"});
    let given = world.call(op::UpdateFunctionUrlConfig, given).await.ok();
    assert_eq!(given["InvokeMode"], "BUFFERED");

    let deleted = world.call(op::DeleteFunctionUrlConfig, of("")).await;
    assert_eq!(deleted.status, 204);
    let gone = "404 ResourceNotFoundException: The resource you requested does not exist.";
    let get = world.call(op::GetFunctionUrlConfig, of("")).await;
    assert_eq!(get.refusal(), gone);
    let delete = world.call(op::DeleteFunctionUrlConfig, of("")).await;
    assert_eq!(delete.refusal(), gone);
    let update = world.call(op::UpdateFunctionUrlConfig, of("")).await;
    assert_eq!(update.refusal(), gone);
    // The next one has an id of its own.
    let again = world
        .call(op::CreateFunctionUrlConfig, new("", json!({})))
        .await
        .ok();
    assert_ne!(again["FunctionUrl"], url.as_str());
}

#[tokio::test]
async fn one_url_for_the_function_and_one_for_each_alias() {
    let world = World::new();
    with_alias(&world).await;
    for qualifier in ["", "live"] {
        let create = new(qualifier, json!({}));
        world
            .call(op::CreateFunctionUrlConfig, create.clone())
            .await
            .ok();
        let arn = format!("{ARN}:{qualifier}");
        assert_eq!(
            world
                .call(op::CreateFunctionUrlConfig, create)
                .await
                .refusal(),
            format!(
                "409 ResourceConflictException: Failed to create function url config for \
                 [functionArn = {}]. Error message:  FunctionUrlConfig exists for this Lambda \
                 function",
                arn.trim_end_matches(':')
            )
        );
    }
    let list = async |more: Json| {
        let mut input = of("");
        for (key, value) in more.as_object().unwrap() {
            input[key] = value.clone();
        }
        world.call(op::ListFunctionUrlConfigs, input).await.ok()
    };
    let arns = |page: &Json| {
        let urls = page["FunctionUrlConfigs"].as_array().unwrap().clone();
        let arns = urls
            .iter()
            .map(|url| url["FunctionArn"].as_str().unwrap().to_owned());
        arns.collect::<Vec<_>>()
    };
    let all = list(json!({})).await;
    assert_eq!(arns(&all), [ARN.to_owned(), format!("{ARN}:live")]);
    assert_eq!(all["NextMarker"], Json::Null);
    let first = list(json!({"MaxItems": 1})).await;
    assert_eq!(arns(&first), [ARN]);
    let second = list(json!({"MaxItems": 1, "Marker": first["NextMarker"]})).await;
    assert_eq!(arns(&second), [format!("{ARN}:live")]);

    // A URL goes with its alias, and all go with the function.
    let alias = json!({"FunctionName": "fn", "Name": "live"});
    world.call(op::DeleteAlias, alias.clone()).await.ok();
    assert_eq!(arns(&list(json!({})).await), [ARN]);
    world
        .call(op::DeleteFunction, json!({"FunctionName": "fn"}))
        .await
        .ok();
    with_alias(&world).await;
    assert!(arns(&list(json!({})).await).is_empty());
}

#[tokio::test]
async fn what_gets_no_url() {
    let world = World::new();
    let create = async |input: Json| {
        let answer = world.call(op::CreateFunctionUrlConfig, input).await;
        answer.refusal()
    };
    let missing = "404 ResourceNotFoundException: Function does not exist";
    assert_eq!(create(new("", json!({}))).await, missing);
    with_alias(&world).await;
    assert_eq!(create(new("other", json!({}))).await, missing);
    let list = world
        .call(op::ListFunctionUrlConfigs, json!({"FunctionName": "no"}))
        .await;
    assert_eq!(list.refusal(), missing);
    // Aliases only.
    for qualifier in ["1", "$LATEST"] {
        let refusal = create(new(qualifier, json!({}))).await;
        assert!(refusal.starts_with("400 ValidationException"), "{refusal}");
    }
    let mode = json!({"InvokeMode": "STREAM"});
    assert!(create(new("", mode)).await.starts_with("400 "));
    let split = json!({"Cors": {"AllowOrigins": ["https://a\r\nx: y"]}});
    assert!(create(new("", split)).await.starts_with("400 "));
    let type_ = json!({"AuthType": "OPEN"});
    assert!(create(new("", type_)).await.starts_with("400 "));
}

#[tokio::test]
async fn conditions_see_the_type_of_the_url() {
    let world = World::new();
    world.function("fn").await;
    world
        .call(op::CreateFunctionUrlConfig, new("", json!({})))
        .await
        .ok();
    world.call(op::GetFunctionUrlConfig, of("")).await.ok();
    let iam = json!({"FunctionName": "fn", "AuthType": "AWS_IAM"});
    world.call(op::UpdateFunctionUrlConfig, iam).await.ok();
    world.call(op::DeleteFunctionUrlConfig, of("")).await.ok();
    let add = json!({"FunctionName": "fn", "StatementId": "s", "Action": "lambda:InvokeFunctionUrl",
        "Principal": "*", "FunctionUrlAuthType": "NONE"});
    world.call(op::AddPermission, add).await.ok();
    let asked = world.iam.asked.lock().unwrap();
    let types: Vec<String> = asked
        .iter()
        .filter_map(|touch| {
            let values = touch.context.get("lambda:FunctionUrlAuthType")?;
            let action = touch.action.trim_start_matches("lambda:");
            Some(format!("{action} {values:?}"))
        })
        .collect();
    assert_eq!(
        types,
        [
            r#"CreateFunctionUrlConfig One("NONE")"#,
            r#"GetFunctionUrlConfig One("NONE")"#,
            r#"UpdateFunctionUrlConfig One("AWS_IAM")"#,
            r#"DeleteFunctionUrlConfig One("AWS_IAM")"#,
            r#"AddPermission One("NONE")"#,
        ]
    );
    let principal = asked.last().unwrap().context.get("lambda:Principal");
    assert_eq!(format!("{:?}", principal.unwrap()), r#"One("*")"#);
}
