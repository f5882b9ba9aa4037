//! Explain through its wire: what would be decided and why, and what was.

#![allow(clippy::unwrap_used)]

mod support;

use arn::Arn;
use bytes::Bytes;
use policy::Document;
use ports::{Authorize, Resources, Touch, Touches, Unknown};
use serde_json::{Value, json};
use smithy::{RequestParts, ServiceError};
use std::sync::Arc;
use stdx::BoxFuture;
use support::{API, FUNCTIONS, Key, World, allow};

const FUNCTION: &str = "arn:aws:lambda:us-east-1:222222222222:function:hello";
const SOURCE: &str = "arn:aws:execute-api:us-east-1:111111111111:abc/prod/GET/";
const MAY: &str = "iam:SimulatePrincipalPolicy";

/// One function with a policy.
struct Functions(Arc<Document>);

impl Resources for Functions {
    fn touch<'a>(
        &'a self,
        action: &'a str,
        resource: &'a Arn,
    ) -> BoxFuture<'a, Result<Option<Touch>, Unknown>> {
        Box::pin(async move {
            Ok((resource.as_str() == FUNCTION).then(|| {
                let owner = resource.account_id().unwrap();
                let mut touch = Touch::new(action, resource.as_str(), owner);
                touch.resource_policy = Some(Arc::clone(&self.0));
                touch
            }))
        })
    }
}

fn functions() -> Arc<Functions> {
    let policy = json!({ "Version": "2012-10-17", "Statement": [
        { "Sid": "gateway", "Effect": "Allow", "Action": "lambda:InvokeFunction",
          "Principal": { "Service": "apigateway.amazonaws.com" }, "Resource": FUNCTION,
          "Condition": { "ArnLike": { "AWS:SourceArn":
              "arn:aws:execute-api:us-east-1:111111111111:abc/*/GET/" } } },
        { "Sid": "account", "Effect": "Allow", "Action": "lambda:InvokeFunction",
          "Principal": { "AWS": API }, "Resource": FUNCTION },
    ]});
    Arc::new(Functions(
        Document::parse(&policy.to_string()).unwrap().into(),
    ))
}

/// Sends a request; an error as `status: message`.
async fn send(world: &World, key: &Key, path: &str, body: Option<Value>) -> Result<Value, String> {
    let operations = iam::explain_operations(world.iam.clone());
    let meta = operations.service();
    let headers = http::HeaderMap::new();
    let parts = RequestParts {
        method: if body.is_some() { "POST" } else { "GET" },
        path,
        query: "",
        headers: &headers,
        body: Bytes::from(body.map(|body| body.to_string()).unwrap_or_default()),
    };
    let served = async {
        let call = world.call_by(key).await?;
        let found = smithy::find(meta, &parts)?;
        let input = smithy::decode(meta, found, &parts)?;
        let prepared = operations.prepare(found, input).unwrap();
        let Touches::All(touches) = prepared.touches(&call).await? else {
            panic!("explanations need a permission");
        };
        for touch in &touches {
            let answer = world.iam.authorize(&call.caller, touch, &call.facts).await;
            answer.map_err(|denial| ServiceError::new("Denied", denial.message).status(403))?;
        }
        let output = prepared.call(call).await?;
        Ok::<_, ServiceError>(smithy::encode(meta, found, output, "id"))
    };
    match served.await {
        Ok(reply) => Ok(serde_json::from_slice(&reply.body).unwrap()),
        Err(error) => Err(format!(
            "{}: {}",
            error.status_override().unwrap_or(400),
            error.message()
        )),
    }
}

async fn explain(world: &World, key: &Key, body: Value) -> Result<Value, String> {
    send(world, key, "/_crossway/explain", Some(body)).await
}

#[tokio::test]
async fn own_permissions_are_explained_with_their_statements() {
    let world = World::new().await;
    let policy = json!({ "Version": "2012-10-17", "Statement": [
        { "Sid": "ask", "Effect": "Allow", "Action": MAY, "Resource": "*" },
        { "Sid": "read", "Effect": "Allow", "Action": "iam:Get*", "Resource": "*" },
        { "Sid": "not", "Effect": "Deny", "Action": "iam:GetRole", "Resource": "*" },
    ]});
    let alice = world.user("alice", Some(&policy.to_string())).await;
    for (action, decision, sid) in [
        ("iam:GetUser", "allowed", json!(["read"])),
        ("iam:GetRole", "explicitDeny", json!(["not"])),
        ("iam:ListRoles", "implicitDeny", json!([])),
    ] {
        let asked = json!({ "action": action, "resource": format!("arn:aws:iam::{API}:role/x") });
        let found = explain(&world, &alice, asked).await.unwrap();
        assert_eq!(found["decision"], decision, "{action}");
        let sids = found["statements"].as_array().unwrap().iter();
        let sids: Vec<_> = sids.map(|one| one["sid"].clone()).collect();
        assert_eq!(json!(sids), sid);
        assert_eq!(found["message"].is_string(), decision != "allowed");
    }
    let asked = json!({ "action": "iam:GetUser", "resource": "*" });
    let found = explain(&world, &alice, asked).await.unwrap();
    let statement = &found["statements"][0];
    assert_eq!(statement["policyType"], "identity-based policy");
    assert_eq!(statement["policy"], "user_alice_inline");
    assert_eq!(statement["position"], 2);
}

#[tokio::test]
async fn only_those_with_the_permission_ask_and_only_about_their_own_account() {
    let world = World::new().await;
    let alice = world.user("alice", Some(&allow("s3:*", "*"))).await;
    let ask = |principal: Option<String>| {
        let mut asked = json!({ "action": "s3:GetObject", "resource": "*" });
        if let Some(principal) = principal {
            asked["principal"] = json!(principal);
        }
        asked
    };
    let own = format!("arn:aws:iam::{API}:user/alice");
    for refused in [None, Some(own.clone())] {
        let answer = explain(&world, &alice, ask(refused)).await.unwrap_err();
        assert!(answer.starts_with("403: User: "), "{answer}");
        assert!(answer.contains(MAY));
    }
    let admin = world.api();
    let found = explain(&world, &admin, ask(Some(own.clone())))
        .await
        .unwrap();
    assert_eq!(found["decision"], "allowed");
    // The other account's administrator learns nothing.
    let answer = explain(&world, &world.functions(), ask(Some(own))).await;
    assert!(answer.unwrap_err().starts_with("403: User: "));
    let nobody = format!("arn:aws:iam::{API}:user/nobody");
    let answer = explain(&world, &admin, ask(Some(nobody)))
        .await
        .unwrap_err();
    assert!(answer.ends_with("The user with name nobody cannot be found."));
}

#[tokio::test]
async fn a_functions_owner_hears_why_the_gateway_may_call_it_or_not() {
    let world = World::new().await;
    let functions = functions();
    world.iam.add_resources(&functions);
    let ask = |source: &str| {
        json!({
            "action": "lambda:InvokeFunction", "resource": FUNCTION,
            "principal": "apigateway.amazonaws.com",
            "context": { "aws:SourceArn": [source], "aws:SourceAccount": [API] },
        })
    };
    let owner = world.functions();
    let found = explain(&world, &owner, ask(SOURCE)).await.unwrap();
    assert_eq!(found["decision"], "allowed");
    assert_eq!(found["statements"][0]["sid"], "gateway");
    let found = explain(&world, &owner, ask(&SOURCE.replace("abc", "xyz"))).await;
    let found = found.unwrap();
    assert_eq!(found["decision"], "implicitDeny");
    assert_eq!(
        found["message"],
        format!(
            "User: apigateway.amazonaws.com is not authorized to perform: lambda:InvokeFunction \
             on resource: {FUNCTION} because no resource-based policy allows the \
             lambda:InvokeFunction action"
        )
    );
    let answer = explain(&world, &world.api(), ask(SOURCE))
        .await
        .unwrap_err();
    assert!(answer.starts_with("403: a service's call"), "{answer}");
}

#[tokio::test]
async fn across_accounts_each_side_sees_its_own_statements() {
    let world = World::new().await;
    let functions = functions();
    world.iam.add_resources(&functions);
    let asked = json!({ "action": "lambda:InvokeFunction", "resource": FUNCTION });
    let found = explain(&world, &world.api(), asked).await.unwrap();
    assert_eq!(found["decision"], "allowed");
    let statements = found["statements"].as_array().unwrap();
    assert_eq!(statements.len(), 1, "the function's policy is its owner's");
    assert_eq!(statements[0]["policyType"], "identity-based policy");
}

#[tokio::test]
async fn conditions_are_asked_with_given_keys() {
    let world = World::new().await;
    let policy = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": MAY, "Resource": "*" },
        { "Effect": "Allow", "Action": "s3:*", "Resource": "*",
          "Condition": { "StringEquals": { "aws:SourceVpc": "vpc-1" } } },
    ]});
    let alice = world.user("alice", Some(&policy.to_string())).await;
    for (context, decision) in [
        (json!({}), "implicitDeny"),
        (json!({ "aws:SourceVpc": ["vpc-1"] }), "allowed"),
        (json!({ "aws:SourceVpc": ["vpc-2"] }), "implicitDeny"),
        (json!({ "aws:SourceVpc": [] }), "implicitDeny"),
    ] {
        let asked = json!({ "action": "s3:GetObject", "resource": "*", "context": context });
        let found = explain(&world, &alice, asked).await.unwrap();
        assert_eq!(found["decision"], decision, "{context}");
    }
}

#[tokio::test]
async fn a_denied_request_is_explained_by_its_id_to_those_concerned() {
    let world = World::new().await;
    let deny = json!({ "Version": "2012-10-17", "Statement": {
        "Sid": "no", "Effect": "Deny", "Action": "lambda:*", "Resource": "*" }});
    let alice = world.user("alice", Some(&deny.to_string())).await;
    let call = world.call_by(&alice).await.unwrap();
    let mut facts = call.facts.clone();
    let owner = FUNCTIONS.parse().unwrap();
    let touch = Touch::new("lambda:InvokeFunction", FUNCTION, owner);
    for id in ["one", "two", ""] {
        facts.request_id = id.to_owned();
        let answer = world.iam.authorize(&call.caller, &touch, &facts).await;
        assert!(answer.is_err());
    }
    let one = "/_crossway/explain/one";
    let found = send(&world, &world.api(), one, None).await.unwrap();
    assert_eq!(found["requestId"], "one");
    assert_eq!(found["decision"], "explicitDeny");
    assert_eq!(found["statements"][0]["sid"], "no");
    assert!(
        found["message"]
            .as_str()
            .unwrap()
            .ends_with("in an identity-based policy")
    );
    // The owner hears who was refused, and nothing of the other account's policies.
    let found = send(&world, &world.functions(), one, None).await.unwrap();
    assert_eq!(found["principal"], format!("arn:aws:iam::{API}:user/alice"));
    assert_eq!(found["statements"], json!([]));
    assert!(found["message"].as_str().unwrap().ends_with(FUNCTION));
    // Others hear nothing, nor does who lacks the permission.
    let stranger = Key {
        id: "333333333333".to_owned(),
        token: None,
    };
    let answer = send(&world, &stranger, one, None).await.unwrap_err();
    assert!(answer.starts_with("404: no denial"), "{answer}");
    let answer = send(&world, &alice, one, None).await.unwrap_err();
    assert!(answer.starts_with("403: User: "), "{answer}");
    let answer = send(&world, &world.api(), "/_crossway/explain/none", None).await;
    assert!(answer.unwrap_err().starts_with("404"));
}

#[tokio::test]
async fn only_the_latest_denials_are_remembered() {
    let world = World::new().await;
    let alice = world.user("alice", None).await;
    let call = world.call_by(&alice).await.unwrap();
    let mut facts = call.facts.clone();
    let touch = Touch::new("s3:GetObject", "*", API.parse().unwrap());
    for number in 0..=iam::limits::DENIALS_PER_ACCOUNT_MAX {
        facts.request_id = number.to_string();
        let answer = world.iam.authorize(&call.caller, &touch, &facts).await;
        assert!(answer.is_err());
    }
    let admin = world.api();
    let first = send(&world, &admin, "/_crossway/explain/0", None).await;
    assert!(first.is_err());
    send(&world, &admin, "/_crossway/explain/1", None)
        .await
        .unwrap();
}
