//! What sessions may do and when they end; services and their roles.

#![allow(clippy::unwrap_used)]

mod support;

use arn::Arn;
use ports::{AssumeError, Authorize, Caller, Credentials, ServiceCaller, Touch};
use serde_json::json;
use std::sync::Arc;
use stdx::Clock;
use support::{API, FUNCTIONS, Key, World, allow, refusal, trust};

const ROLE: &str = "arn:aws:iam::111111111111:role/r";

fn assume<'a>(role: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut parameters = vec![("RoleArn", role), ("RoleSessionName", "s1")];
    parameters.extend_from_slice(more);
    parameters
}

#[tokio::test]
async fn sessions_end_with_their_time_and_with_their_role() {
    let world = World::new().await;
    let admin = world.api();
    world
        .role("r", &trust(json!({ "AWS": API })))
        .await
        .unwrap();
    let made = world
        .call(&admin, "sts:AssumeRole", &assume(ROLE, &[]))
        .await
        .unwrap()
        .key();
    assert!(
        world
            .call(&made, "sts:GetCallerIdentity", &[])
            .await
            .is_ok()
    );
    world.clock.advance_ms(3_600_000 - 1);
    assert!(
        world
            .call(&made, "sts:GetCallerIdentity", &[])
            .await
            .is_ok()
    );
    world.clock.advance_ms(1);
    assert_eq!(
        refusal(world.call(&made, "sts:GetCallerIdentity", &[]).await),
        "403 ExpiredToken: The security token included in the request is expired"
    );
    let made = world
        .call(&admin, "sts:AssumeRole", &assume(ROLE, &[]))
        .await
        .unwrap()
        .key();
    world
        .call(&admin, "iam:DeleteRole", &[("RoleName", "r")])
        .await
        .unwrap();
    let gone = "403 InvalidClientTokenId: The security token included in the request is invalid.";
    assert_eq!(
        refusal(world.call(&made, "sts:GetCallerIdentity", &[]).await),
        gone
    );
    world
        .role("r", &trust(json!({ "AWS": API })))
        .await
        .unwrap();
    assert_eq!(
        refusal(world.call(&made, "sts:GetCallerIdentity", &[]).await),
        gone
    );
}

#[tokio::test]
async fn tokens_belong_to_their_key() {
    let world = World::new().await;
    let admin = world.api();
    world
        .role("r", &trust(json!({ "AWS": API })))
        .await
        .unwrap();
    let one = world
        .call(&admin, "sts:AssumeRole", &assume(ROLE, &[]))
        .await
        .unwrap()
        .key();
    let two = world
        .call(&admin, "sts:AssumeRole", &assume(ROLE, &[]))
        .await
        .unwrap()
        .key();
    for key in [
        Key {
            token: two.token.clone(),
            ..one.clone()
        },
        Key {
            token: None,
            ..one.clone()
        },
        Key {
            token: Some("x".to_owned()),
            ..one.clone()
        },
        Key {
            token: one.token.clone(),
            ..admin.clone()
        },
    ] {
        let answer = world.call(&key, "sts:GetCallerIdentity", &[]).await;
        assert!(refusal(answer).contains("InvalidClientTokenId"));
    }
    assert!(world.call(&one, "sts:GetCallerIdentity", &[]).await.is_ok());
}

#[tokio::test]
async fn session_tokens_of_users_are_limited() {
    let world = World::new().await;
    let alice = world.user("alice", Some(&allow("*", "*"))).await;
    let made = world
        .call(&alice, "sts:GetSessionToken", &[])
        .await
        .unwrap();
    let key = made.key();
    assert_eq!(made.text("Expiration"), "2026-11-22T23:56:06Z");
    let identity = world
        .call(&key, "sts:GetCallerIdentity", &[])
        .await
        .unwrap();
    assert_eq!(
        identity.text("Arn"),
        format!("arn:aws:iam::{API}:user/alice")
    );
    let touch = Touch::new("lambda:GetFunction", "*", API.parse().unwrap());
    assert_eq!(world.may(&key, &touch).await, Ok(()));
    assert!(refusal(world.call(&key, "iam:ListUsers", &[]).await).starts_with("403"));
    assert!(refusal(world.call(&key, "sts:GetSessionToken", &[]).await).starts_with("403"));
    let root = Key {
        id: API.to_owned(),
        token: None,
    };
    let made = world.call(&root, "sts:GetSessionToken", &[]).await.unwrap();
    assert_eq!(made.text("Expiration"), "2026-11-22T12:56:06Z");
}

#[tokio::test]
async fn federated_users_have_what_both_policies_allow() {
    let world = World::new().await;
    let policy = json!({
        "Version": "2012-10-17",
        "Statement": { "Effect": "Allow", "Action": ["sts:GetFederationToken", "lambda:*"], "Resource": "*" }
    })
    .to_string();
    let alice = world.user("alice", Some(&policy)).await;
    let get = Touch::new("lambda:GetFunction", "*", API.parse().unwrap());
    let bare = world
        .call(&alice, "sts:GetFederationToken", &[("Name", "bob")])
        .await
        .unwrap();
    assert_eq!(bare.text("PackedPolicySize"), "0");
    assert_eq!(bare.text("FederatedUserId"), format!("{API}:bob"));
    assert_eq!(
        bare.text("Arn"),
        format!("arn:aws:sts::{API}:federated-user/bob")
    );
    assert!(world.may(&bare.key(), &get).await.is_err());
    let document = allow("*", "*");
    let passed = [("Name", "bob"), ("Policy", document.as_str())];
    let made = world
        .call(&alice, "sts:GetFederationToken", &passed)
        .await
        .unwrap();
    assert_eq!(world.may(&made.key(), &get).await, Ok(()));
    let gateway = Touch::new("apigateway:GET", "*", API.parse().unwrap());
    assert!(world.may(&made.key(), &gateway).await.is_err());
    assert!(refusal(world.call(&made.key(), "iam:ListUsers", &[]).await).starts_with("403"));
}

#[tokio::test]
async fn services_get_sessions_of_roles_that_trust_them() {
    let world = World::new().await;
    world
        .role("r", &trust(json!({ "Service": "lambda.amazonaws.com" })))
        .await
        .unwrap();
    let role: Arn = ROLE.parse().unwrap();
    let now_ms = world.clock.now_ms();
    let made = world
        .iam
        .assume_for_service(&role, "lambda.amazonaws.com", "f", 3600, now_ms)
        .await
        .unwrap();
    assert_eq!(
        made.principal.arn.as_str(),
        format!("arn:aws:sts::{API}:assumed-role/r/f")
    );
    let key = Key::from(made);
    assert!(world.call(&key, "sts:GetCallerIdentity", &[]).await.is_ok());
    for (role, service) in [
        (ROLE, "apigateway.amazonaws.com"),
        (
            "arn:aws:iam::111111111111:role/none",
            "lambda.amazonaws.com",
        ),
        ("arn:aws:iam::222222222222:role/r", "lambda.amazonaws.com"),
        (
            "arn:aws:iam::111111111111:user/admin",
            "lambda.amazonaws.com",
        ),
    ] {
        let refused = world
            .iam
            .assume_for_service(&role.parse().unwrap(), service, "f", 3600, now_ms)
            .await;
        assert_eq!(
            refused.err(),
            Some(AssumeError::Refused),
            "{role} {service}"
        );
    }
}

#[tokio::test]
async fn a_service_is_judged_by_the_resources_policy_alone() {
    let world = World::new().await;
    let function = format!("arn:aws:lambda:us-east-1:{FUNCTIONS}:function:f");
    let policy = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "s", "Effect": "Allow",
            "Principal": { "Service": "apigateway.amazonaws.com" },
            "Action": "lambda:InvokeFunction", "Resource": function,
            "Condition": { "ArnLike": {
                "AWS:SourceArn": format!("arn:aws:execute-api:us-east-1:{API}:abc/*/GET/")
            } }
        }]
    });
    let document = policy::Document::parse(&policy.to_string()).unwrap();
    let mut touch = Touch::new(
        "lambda:InvokeFunction",
        &function,
        FUNCTIONS.parse().unwrap(),
    );
    touch.resource_policy = Some(Arc::new(document));
    let from = |source: &str| {
        Caller::Service(ServiceCaller {
            service: "apigateway.amazonaws.com",
            source_arn: source.parse().unwrap(),
            source_account: API.parse().unwrap(),
        })
    };
    let facts = world.facts();
    let right = from(&format!(
        "arn:aws:execute-api:us-east-1:{API}:abc/prod/GET/"
    ));
    assert!(world.iam.authorize(&right, &touch, &facts).await.is_ok());
    for other in ["xyz/prod/GET/", "abc/prod/POST/", "abc/prod/GET/pets"] {
        let wrong = from(&format!("arn:aws:execute-api:us-east-1:{API}:{other}"));
        assert!(
            world.iam.authorize(&wrong, &touch, &facts).await.is_err(),
            "{other}"
        );
    }
    touch.resource_policy = None;
    assert!(world.iam.authorize(&right, &touch, &facts).await.is_err());
    assert!(
        world
            .iam
            .authorize(&Caller::Anonymous, &touch, &facts)
            .await
            .is_err()
    );
    // Another account's administrator is refused with the reason that Lambda gives.
    let denied = world.may(&world.api(), &touch).await.unwrap_err();
    assert!(
        denied
            .ends_with("because no resource-based policy allows the lambda:InvokeFunction action"),
        "{denied}"
    );
}
