//! STS: who may assume what, and what sessions may do.

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

fn not_authorized(who: &str, role: &str) -> String {
    format!(
        "403 AccessDenied: User: {who} is not authorized to perform: sts:AssumeRole on resource: \
         {role}"
    )
}

#[tokio::test]
async fn assuming_a_role_across_accounts_needs_both_sides() {
    let world = World::new().await;
    let other = format!("arn:aws:iam::{FUNCTIONS}:root");
    let admin = world.functions();
    let who = format!("arn:aws:iam::{FUNCTIONS}:user/admin");
    let wanted = assume(ROLE, &[]);
    // No such role, a role that trusts others, and one that trusts us: the first two read alike.
    assert_eq!(
        refusal(world.call(&admin, "sts:AssumeRole", &wanted).await),
        not_authorized(&who, ROLE)
    );
    world
        .role("r", &trust(json!({ "AWS": API })))
        .await
        .unwrap();
    assert_eq!(
        refusal(world.call(&admin, "sts:AssumeRole", &wanted).await),
        not_authorized(&who, ROLE)
    );
    let document = trust(json!({ "AWS": other }));
    let update = [("RoleName", "r"), ("PolicyDocument", document.as_str())];
    world
        .call(&world.api(), "iam:UpdateAssumeRolePolicy", &update)
        .await
        .unwrap();
    let made = world.call(&admin, "sts:AssumeRole", &wanted).await.unwrap();
    assert_eq!(
        made.text("Arn"),
        format!("arn:aws:sts::{API}:assumed-role/r/s1")
    );
    assert!(made.text("AssumedRoleId").ends_with(":s1"));
    assert_eq!(made.text("Expiration"), "2026-11-22T12:56:06Z");
    assert!(!made.has("PackedPolicySize"));
    let identity = world
        .call(&made.key(), "sts:GetCallerIdentity", &[])
        .await
        .unwrap();
    assert_eq!(identity.text("Account"), API);
    assert_eq!(identity.text("UserId"), made.text("AssumedRoleId"));
    // A user of that account without a policy of its own is refused all the same.
    let bob = [("UserName", "bob")];
    world.call(&admin, "iam:CreateUser", &bob).await.unwrap();
    let key = world
        .call(&admin, "iam:CreateAccessKey", &bob)
        .await
        .unwrap();
    let bob = Key {
        id: key.text("AccessKeyId"),
        token: None,
    };
    let who = format!("arn:aws:iam::{FUNCTIONS}:user/bob");
    assert_eq!(
        refusal(world.call(&bob, "sts:AssumeRole", &wanted).await),
        not_authorized(&who, ROLE)
    );
}

#[tokio::test]
async fn a_user_named_by_the_trust_policy_needs_no_policy_of_its_own() {
    let world = World::new().await;
    let alice = world.user("alice", None).await;
    let named = trust(json!({ "AWS": format!("arn:aws:iam::{API}:user/alice") }));
    world.role("r", &named).await.unwrap();
    assert!(
        world
            .call(&alice, "sts:AssumeRole", &assume(ROLE, &[]))
            .await
            .is_ok()
    );
    // The account alone hands the decision to its identity policies.
    world
        .role("q", &trust(json!({ "AWS": API })))
        .await
        .unwrap();
    let q = ROLE.replace("role/r", "role/q");
    let denied = world.call(&alice, "sts:AssumeRole", &assume(&q, &[])).await;
    assert!(refusal(denied).starts_with("403"));
}

#[tokio::test]
async fn a_namesake_of_a_trusted_user_is_not_trusted() {
    let world = World::new().await;
    let alice = world.user("alice", None).await;
    let named = trust(json!({ "AWS": format!("arn:aws:iam::{API}:user/alice") }));
    world.role("r", &named).await.unwrap();
    let key = [("UserName", "alice"), ("AccessKeyId", alice.id.as_str())];
    let admin = world.api();
    world
        .call(&admin, "iam:DeleteAccessKey", &key)
        .await
        .unwrap();
    world
        .call(&admin, "iam:DeleteUser", &key[..1])
        .await
        .unwrap();
    let namesake = world.user("alice", None).await;
    let denied = world
        .call(&namesake, "sts:AssumeRole", &assume(ROLE, &[]))
        .await;
    assert!(refusal(denied).starts_with("403"));
}

#[tokio::test]
async fn external_ids_and_other_conditions_of_trust_count() {
    let world = World::new().await;
    let document = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow", "Principal": { "AWS": FUNCTIONS }, "Action": "sts:AssumeRole",
            "Condition": { "StringEquals": { "sts:ExternalId": "secret" } }
        }]
    });
    world.role("r", &document.to_string()).await.unwrap();
    let admin = world.functions();
    for (given, is_right) in [
        (None, false),
        (Some("other"), false),
        (Some("secret"), true),
    ] {
        let more: Vec<_> = given.map(|id| ("ExternalId", id)).into_iter().collect();
        let answer = world
            .call(&admin, "sts:AssumeRole", &assume(ROLE, &more))
            .await;
        assert_eq!(answer.is_ok(), is_right, "{given:?}");
    }
    // Tags need sts:TagSession, which this role does not give.
    let tagged = [
        ("ExternalId", "secret"),
        ("Tags.member.1.Key", "k"),
        ("Tags.member.1.Value", "v"),
    ];
    let denied = refusal(
        world
            .call(&admin, "sts:AssumeRole", &assume(ROLE, &tagged))
            .await,
    );
    assert!(
        denied.contains("not authorized to perform: sts:TagSession"),
        "{denied}"
    );
}

#[tokio::test]
async fn a_session_policy_cuts_and_never_adds() {
    let world = World::new().await;
    world
        .role("r", &trust(json!({ "AWS": API })))
        .await
        .unwrap();
    let document = allow("lambda:*", "*");
    let put = [
        ("RoleName", "r"),
        ("PolicyName", "p"),
        ("PolicyDocument", document.as_str()),
    ];
    world
        .call(&world.api(), "iam:PutRolePolicy", &put)
        .await
        .unwrap();
    let policy = allow("lambda:Get*", "*");
    let passed = assume(ROLE, &[("Policy", policy.as_str())]);
    let made = world
        .call(&world.api(), "sts:AssumeRole", &passed)
        .await
        .unwrap();
    assert!(made.has("PackedPolicySize"));
    let account: arn::AccountId = API.parse().unwrap();
    let may = |action: &'static str| {
        let (world, key, touch) = (&world, made.key(), Touch::new(action, "*", account.clone()));
        async move { world.may(&key, &touch).await }
    };
    assert_eq!(may("lambda:GetFunction").await, Ok(()));
    assert!(
        may("lambda:DeleteFunction")
            .await
            .unwrap_err()
            .ends_with("because no session policy allows the lambda:DeleteFunction action")
    );
    assert!(
        may("iam:GetUser")
            .await
            .unwrap_err()
            .contains("no identity-based policy allows")
    );
    let long = allow(&format!("lambda:{}", "*".repeat(2048)), "*");
    let passed = assume(ROLE, &[("Policy", long.as_str())]);
    let refused = refusal(world.call(&world.api(), "sts:AssumeRole", &passed).await);
    assert!(refused.starts_with("400 PackedPolicyTooLarge"), "{refused}");
}

#[tokio::test]
async fn root_may_not_assume_roles() {
    let world = World::new().await;
    world
        .role("r", &trust(json!({ "AWS": "*" })))
        .await
        .unwrap();
    let root = Key {
        id: API.to_owned(),
        token: None,
    };
    assert_eq!(
        refusal(
            world
                .call(&root, "sts:AssumeRole", &assume(ROLE, &[]))
                .await
        ),
        "403 AccessDenied: Roles may not be assumed by root accounts."
    );
}

#[tokio::test]
async fn durations_and_chains_have_limits() {
    let world = World::new().await;
    let admin = world.api();
    world
        .role("r", &trust(json!({ "AWS": API })))
        .await
        .unwrap();
    let document = allow("sts:AssumeRole", "*");
    let put = [
        ("RoleName", "r"),
        ("PolicyName", "p"),
        ("PolicyDocument", document.as_str()),
    ];
    world.call(&admin, "iam:PutRolePolicy", &put).await.unwrap();
    let asked = |seconds| assume(ROLE, &[("DurationSeconds", seconds)]);
    assert_eq!(
        refusal(world.call(&admin, "sts:AssumeRole", &asked("3601")).await),
        "400 ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for \
         this role."
    );
    let longer = [("RoleName", "r"), ("MaxSessionDuration", "7200")];
    world.call(&admin, "iam:UpdateRole", &longer).await.unwrap();
    let first = world
        .call(&admin, "sts:AssumeRole", &asked("7200"))
        .await
        .unwrap();
    assert!(
        world
            .call(&first.key(), "sts:AssumeRole", &asked("3600"))
            .await
            .is_ok()
    );
    assert_eq!(
        refusal(
            world
                .call(&first.key(), "sts:AssumeRole", &asked("3601"))
                .await
        ),
        "400 ValidationError: The requested DurationSeconds exceeds the 1 hour session limit for \
         roles assumed by role chaining."
    );
    let wrong = [("RoleArn", ROLE), ("RoleSessionName", "a:b")];
    assert_eq!(
        refusal(world.call(&admin, "sts:AssumeRole", &wrong).await),
        "400 ValidationError: 1 validation error detected: Value 'a:b' at 'roleSessionName' failed \
         to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*"
    );
    let not_a_role = [
        ("RoleArn", "arn:aws:iam::111111111111:user/admin"),
        ("RoleSessionName", "s1"),
    ];
    assert_eq!(
        refusal(world.call(&admin, "sts:AssumeRole", &not_a_role).await),
        "400 ValidationError: arn:aws:iam::111111111111:user/admin is invalid"
    );
}

#[tokio::test]
async fn tags_pass_down_a_chain() {
    let world = World::new().await;
    let admin = world.api();
    let document = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow", "Principal": { "AWS": API },
            "Action": ["sts:AssumeRole", "sts:TagSession"]
        }]
    })
    .to_string();
    world.role("r", &document).await.unwrap();
    let policy = json!({
        "Version": "2012-10-17",
        "Statement": [
            { "Effect": "Allow", "Action": "sts:*", "Resource": "*" },
            { "Effect": "Allow", "Action": "lambda:*", "Resource": "*",
              "Condition": { "StringEquals": { "aws:PrincipalTag/team": "red" } } }
        ]
    })
    .to_string();
    let put = [
        ("RoleName", "r"),
        ("PolicyName", "p"),
        ("PolicyDocument", policy.as_str()),
    ];
    world.call(&admin, "iam:PutRolePolicy", &put).await.unwrap();
    let tag = [
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "red"),
    ];
    let touch = Touch::new("lambda:GetFunction", "*", API.parse().unwrap());
    let once = world
        .call(&admin, "sts:AssumeRole", &assume(ROLE, &tag))
        .await
        .unwrap();
    assert_eq!(world.may(&once.key(), &touch).await, Ok(()));
    let next = world
        .call(&once.key(), "sts:AssumeRole", &assume(ROLE, &[]))
        .await
        .unwrap();
    assert!(world.may(&next.key(), &touch).await.is_err());
    let handed_on = [tag[0], tag[1], ("TransitiveTagKeys.member.1", "team")];
    let first = world
        .call(&admin, "sts:AssumeRole", &assume(ROLE, &handed_on))
        .await
        .unwrap();
    let second = world
        .call(&first.key(), "sts:AssumeRole", &assume(ROLE, &[]))
        .await
        .unwrap();
    let third = world
        .call(&second.key(), "sts:AssumeRole", &assume(ROLE, &[]))
        .await
        .unwrap();
    assert_eq!(world.may(&third.key(), &touch).await, Ok(()));
    assert_eq!(
        refusal(
            world
                .call(&second.key(), "sts:AssumeRole", &assume(ROLE, &tag))
                .await
        ),
        "400 InvalidParameterValue: One of the specified transitive tag keys can't be set because \
         it conflicts with a transitive tag key from the calling session."
    );
    let unknown = [tag[0], tag[1], ("TransitiveTagKeys.member.1", "other")];
    assert_eq!(
        refusal(
            world
                .call(&admin, "sts:AssumeRole", &assume(ROLE, &unknown))
                .await
        ),
        "400 InvalidParameterValue: The specified transitive tag key must be included in the \
         requested tags."
    );
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
