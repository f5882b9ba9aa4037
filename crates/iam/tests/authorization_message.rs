//! DecodeAuthorizationMessage: the details of a denial, to those who may read them.

#![allow(clippy::unwrap_used)]

mod support;

use ports::{Authorize, Touch};
use serde_json::{Value, json};
use support::{API, FUNCTIONS, Key, World, refusal};

const FUNCTION: &str = "arn:aws:lambda:us-east-1:111111111111:function:hello";

/// The sealed details of what the key may not do.
async fn encoded(world: &World, key: &Key, touch: &Touch) -> String {
    let call = world.call_by(key).await.unwrap();
    let answer = world.iam.authorize(&call.caller, touch, &call.facts).await;
    answer.unwrap_err().encoded.unwrap()
}

async fn decoded(world: &World, message: &str) -> Value {
    let parameters = [("EncodedMessage", message)];
    let reader = world.api();
    let answer = world.call(&reader, "sts:DecodeAuthorizationMessage", &parameters);
    let text = answer.await.unwrap().text("DecodedMessage");
    serde_json::from_str(&text.replace("&quot;", "\"").replace("&amp;", "&")).unwrap()
}

fn touch() -> Touch {
    let mut touch = Touch::new("lambda:GetFunction", FUNCTION, API.parse().unwrap());
    touch.context.set("lambda:FunctionArn", FUNCTION);
    touch
}

/// The values of a key in a decoded message.
fn values<'a>(items: &'a Value, key: &str) -> Option<&'a Value> {
    let mut items = items["items"].as_array().unwrap().iter();
    Some(&items.find(|one| one["key"] == key)?["values"]["items"])
}

#[tokio::test]
async fn an_implicit_denial_names_principal_action_resource_and_keys() {
    let world = World::new().await;
    let key = world.user("alice", None).await;
    let message = encoded(&world, &key, &touch()).await;
    assert!(message.len() <= 4_096 && !message.contains("alice"));
    let decoded = decoded(&world, &message).await;
    assert_eq!(decoded["allowed"], false);
    assert_eq!(decoded["explicitDeny"], false);
    assert_eq!(decoded["matchedStatements"], json!({ "items": [] }));
    assert_eq!(decoded["failures"], json!({ "items": [] }));
    let context = &decoded["context"];
    assert_eq!(context["principal"]["name"], "alice");
    let arn = format!("arn:aws:iam::{API}:user/alice");
    assert_eq!(context["principal"]["arn"], arn.as_str());
    assert!(
        context["principal"]["id"]
            .as_str()
            .unwrap()
            .starts_with("AIDA")
    );
    assert_eq!(context["action"], "lambda:GetFunction");
    assert_eq!(context["resource"], FUNCTION);
    let own = values(&context["conditions"], "lambda:FunctionArn");
    assert_eq!(own, Some(&json!([{ "value": FUNCTION }])));
    let user = values(&context["conditions"], "aws:username");
    assert_eq!(user, Some(&json!([{ "value": "alice" }])));
    let members: Vec<_> = decoded.as_object().unwrap().keys().collect();
    let documented = [
        "allowed",
        "explicitDeny",
        "matchedStatements",
        "failures",
        "context",
    ];
    assert_eq!(members, documented);
}

#[tokio::test]
async fn an_explicit_denial_names_its_statement() {
    let world = World::new().await;
    let policy = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": "*", "Resource": "*" },
        { "Sid": "NoReading", "Effect": "Deny", "Action": "lambda:Get*", "Resource": FUNCTION,
          "Condition": { "StringEquals": { "aws:RequestedRegion": ["us-east-1", "eu-west-1"] } } },
    ]});
    let key = world.user("bob", Some(&policy.to_string())).await;
    let message = encoded(&world, &key, &touch()).await;
    let decoded = decoded(&world, &message).await;
    assert_eq!(decoded["explicitDeny"], true);
    let statements = decoded["matchedStatements"]["items"].as_array().unwrap();
    assert_eq!(statements.len(), 1);
    let statement = &statements[0];
    assert_eq!(statement["statementId"], "NoReading");
    assert_eq!(statement["effect"], "DENY");
    assert_eq!(
        statement["actions"],
        json!({ "items": [{ "value": "lambda:Get*" }] })
    );
    assert_eq!(
        statement["resources"],
        json!({ "items": [{ "value": FUNCTION }] })
    );
    let regions = values(&statement["conditions"], "aws:RequestedRegion");
    let both = json!([{ "value": "us-east-1" }, { "value": "eu-west-1" }]);
    assert_eq!(regions, Some(&both));
}

#[tokio::test]
async fn the_other_accounts_statements_stay_its_own() {
    let world = World::new().await;
    let all = json!({ "Statement": { "Effect": "Allow", "Action": "*", "Resource": "*" } });
    let key = world.user("carol", Some(&all.to_string())).await;
    let theirs = format!("arn:aws:lambda:us-east-1:{FUNCTIONS}:function:hello");
    let mut touch = Touch::new("lambda:InvokeFunction", &theirs, FUNCTIONS.parse().unwrap());
    let policy = json!({ "Statement": { "Sid": "theirs", "Effect": "Deny", "Principal": "*",
        "Action": "lambda:InvokeFunction", "Resource": theirs } });
    touch.resource_policy = Some(
        policy
            .to_string()
            .parse::<policy::Document>()
            .unwrap()
            .into(),
    );
    let message = encoded(&world, &key, &touch).await;
    let decoded = decoded(&world, &message).await;
    assert_eq!(decoded["explicitDeny"], true);
    assert_eq!(decoded["matchedStatements"], json!({ "items": [] }));
}

#[tokio::test]
async fn what_does_not_fit_a_header_is_left_out() {
    let world = World::new().await;
    let key = world.user("dave", None).await;
    let mut large = touch();
    for number in 0..50 {
        let tag = format!("aws:ResourceTag/{number}");
        large.context.set(&tag, "x".repeat(256));
    }
    large.resource = format!("{FUNCTION}:{}", "y".repeat(8_192));
    let message = encoded(&world, &key, &large).await;
    assert!(message.len() <= 4_096, "{}", message.len());
    let decoded = decoded(&world, &message).await;
    let conditions = &decoded["context"]["conditions"];
    assert!(values(conditions, "aws:CurrentTime").is_some());
    assert!(conditions["items"].as_array().unwrap().len() < 50);
}

#[tokio::test]
async fn forged_and_foreign_messages_are_invalid() {
    let world = World::new().await;
    let key = world.user("erin", None).await;
    let message = encoded(&world, &key, &touch()).await;
    let mut forged = message.clone();
    forged.replace_range(20..21, if &message[20..21] == "A" { "B" } else { "A" });
    let with_break = format!("{message}\n");
    let long = "A".repeat(10_240);
    for (who, text) in [
        (world.api(), forged.as_str()),
        (world.api(), &message[..message.len() - 1]),
        (world.api(), with_break.as_str()),
        (world.api(), long.as_str()),
        (world.api(), "x"),
        (world.functions(), message.as_str()),
    ] {
        let parameters = [("EncodedMessage", text)];
        let answer = world.call(&who, "sts:DecodeAuthorizationMessage", &parameters);
        let found = refusal(answer.await);
        let expected = "400 InvalidAuthorizationMessageException: Message is not valid";
        assert_eq!(found, expected);
    }
    for wrong in ["", &"A".repeat(10_241)] {
        let parameters = [("EncodedMessage", wrong)];
        let reader = world.api();
        let answer = world.call(&reader, "sts:DecodeAuthorizationMessage", &parameters);
        assert!(refusal(answer.await).starts_with("400 ValidationError"));
    }
}

#[tokio::test]
async fn reading_needs_a_permission() {
    let world = World::new().await;
    let key = world.user("frank", None).await;
    let message = encoded(&world, &key, &touch()).await;
    let parameters = [("EncodedMessage", message.as_str())];
    let answer = world.call(&key, "sts:DecodeAuthorizationMessage", &parameters);
    let denied = refusal(answer.await);
    assert!(denied.contains("not authorized to perform: sts:DecodeAuthorizationMessage"));
    let all = support::allow("sts:DecodeAuthorizationMessage", "*");
    let reader = world.user("grace", Some(&all)).await;
    let answer = world.call(&reader, "sts:DecodeAuthorizationMessage", &parameters);
    assert!(answer.await.is_ok());
}
