//! The policy simulator through the wire: it says what real requests would be told.

#![allow(clippy::unwrap_used)]

mod support;

use policy::Attached;
use ports::{Membership, Organizations, Unknown};
use serde_json::json;
use std::sync::Arc;
use stdx::BoxFuture;
use support::{API, FUNCTIONS, World, Xml, allow, refusal, trust};

const FUNCTION: &str = "arn:aws:lambda:us-east-1:111111111111:function:f";

fn user(name: &str) -> String {
    format!("arn:aws:iam::{API}:user/{name}")
}

async fn simulate(world: &World, who: &str, more: &[(&str, &str)]) -> Xml {
    let mut parameters = vec![("PolicySourceArn", who)];
    parameters.extend(more);
    let admin = world.api();
    let answer = world
        .call(&admin, "iam:SimulatePrincipalPolicy", &parameters)
        .await;
    answer.unwrap()
}

#[tokio::test]
async fn users_are_told_what_their_policies_allow_and_deny() {
    let world = World::new().await;
    let policy = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": "lambda:*", "Resource": FUNCTION },
        { "Effect": "Deny", "Action": "lambda:DeleteFunction", "Resource": "*" },
    ]});
    world.user("alice", Some(&policy.to_string())).await;
    let alice = user("alice");
    let asked = [
        ("ActionNames.member.1", "lambda:InvokeFunction"),
        ("ActionNames.member.2", "lambda:DeleteFunction"),
        ("ActionNames.member.3", "iam:ListUsers"),
        ("ResourceArns.member.1", FUNCTION),
    ];
    let found = simulate(&world, &alice, &asked).await;
    assert_eq!(
        found.texts("EvalDecision"),
        ["allowed", "explicitDeny", "implicitDeny"]
    );
    assert_eq!(
        found.texts("SourcePolicyId"),
        ["user_alice_inline", "user_alice_inline"]
    );
    assert_eq!(found.texts("SourcePolicyType"), ["user", "user"]);
    assert_eq!(found.texts("EvalResourceName"), [FUNCTION; 3]);
    // Without resources, all are meant: a statement about one function does not allow that.
    let found = simulate(&world, &alice, &asked[..1]).await;
    assert_eq!(found.text("EvalDecision"), "implicitDeny");
    assert_eq!(found.text("EvalResourceName"), "*");
}

#[tokio::test]
async fn simulations_agree_with_requests() {
    let world = World::new().await;
    let own = json!({ "Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Action": "iam:*", "Resource": "arn:aws:iam::*:user/${aws:username}",
    }});
    let key = world.user("alice", Some(&own.to_string())).await;
    world.user("bob", None).await;
    for (name, expect) in [("alice", "allowed"), ("bob", "implicitDeny")] {
        let target = user(name);
        let asked = [
            ("ActionNames.member.1", "iam:GetUser"),
            ("ResourceArns.member.1", target.as_str()),
        ];
        let found = simulate(&world, &user("alice"), &asked).await;
        assert_eq!(found.text("EvalDecision"), expect, "{name}");
        let answer = world.call(&key, "iam:GetUser", &[("UserName", name)]).await;
        assert_eq!(answer.is_ok(), expect == "allowed", "{name}");
    }
}

#[tokio::test]
async fn groups_roles_boundaries_and_managed_policies_count() {
    let world = World::new().await;
    let admin = world.api();
    world.role("app", &trust(json!("*"))).await.unwrap();
    world.user("alice", None).await;
    let managed = "arn:aws:iam::aws:policy/AdministratorAccess";
    let parameters = |name, value| [(name, value), ("PolicyArn", managed)];
    let group = [("GroupName", "team")];
    world.call(&admin, "iam:CreateGroup", &group).await.unwrap();
    for (action, name, value) in [
        ("iam:AttachGroupPolicy", "GroupName", "team"),
        ("iam:AttachRolePolicy", "RoleName", "app"),
    ] {
        let parameters = parameters(name, value);
        world.call(&admin, action, &parameters).await.unwrap();
    }
    let member = [("GroupName", "team"), ("UserName", "alice")];
    world
        .call(&admin, "iam:AddUserToGroup", &member)
        .await
        .unwrap();
    let asked = [("ActionNames.member.1", "lambda:ListFunctions")];
    for who in ["user/alice", "group/team", "role/app"] {
        let who = format!("arn:aws:iam::{API}:{who}");
        let found = simulate(&world, &who, &asked).await;
        assert_eq!(found.text("EvalDecision"), "allowed", "{who}");
        assert_eq!(found.text("SourcePolicyId"), managed);
        assert_eq!(found.text("SourcePolicyType"), "aws-managed");
    }
    let boundary = [
        ("UserName", "alice"),
        (
            "PermissionsBoundary",
            "arn:aws:iam::aws:policy/IAMReadOnlyAccess",
        ),
    ];
    world
        .call(&admin, "iam:PutUserPermissionsBoundary", &boundary)
        .await
        .unwrap();
    let found = simulate(&world, &user("alice"), &asked).await;
    assert_eq!(found.text("EvalDecision"), "implicitDeny");
    assert_eq!(found.text("AllowedByPermissionsBoundary"), "false");
    // A boundary of the request takes the user's place.
    let everything = allow("*", "*");
    let list = "PermissionsBoundaryPolicyInputList.member.1";
    let wider = [asked[0], (list, everything.as_str())];
    let found = simulate(&world, &user("alice"), &wider).await;
    assert_eq!(found.text("EvalDecision"), "allowed");
    assert_eq!(found.text("AllowedByPermissionsBoundary"), "true");
}

#[tokio::test]
async fn context_keys_are_given_or_told_to_be_missing() {
    let world = World::new().await;
    let admin = world.api();
    let policy = json!({ "Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Action": "*", "Resource": "*",
        "Condition": { "StringEquals": { "aws:SourceVpc": "vpc-1" } },
    }})
    .to_string();
    let list = ("PolicyInputList.member.1", policy.as_str());
    let action = ("ActionNames.member.1", "s3:GetObject");
    let simulate = "iam:SimulateCustomPolicy";
    let found = world.call(&admin, simulate, &[list, action]).await.unwrap();
    assert_eq!(found.text("EvalDecision"), "implicitDeny");
    assert_eq!(found.texts("member").last().unwrap(), "aws:SourceVpc");
    let entry = |value| {
        [
            list,
            action,
            ("ContextEntries.member.1.ContextKeyName", "aws:SourceVpc"),
            ("ContextEntries.member.1.ContextKeyType", "string"),
            ("ContextEntries.member.1.ContextKeyValues.member.1", value),
        ]
    };
    for (value, expect) in [("vpc-1", "allowed"), ("vpc-2", "implicitDeny")] {
        let found = world.call(&admin, simulate, &entry(value)).await.unwrap();
        assert_eq!(found.text("EvalDecision"), expect, "{value}");
        assert!(!found.0.contains("<member>aws:SourceVpc"));
    }
    let keys = "iam:GetContextKeysForCustomPolicy";
    let found = world.call(&admin, keys, &[list]).await.unwrap();
    assert_eq!(found.texts("member"), ["aws:SourceVpc"]);
    world.user("alice", Some(&policy)).await;
    let alice = user("alice");
    let source = [("PolicySourceArn", alice.as_str())];
    let keys = "iam:GetContextKeysForPrincipalPolicy";
    let found = world.call(&admin, keys, &source).await.unwrap();
    assert_eq!(found.texts("member"), ["aws:SourceVpc"]);
}

#[tokio::test]
async fn resource_policies_need_a_caller_and_other_accounts_both_sides() {
    let world = World::new().await;
    let admin = world.api();
    world.user("alice", None).await;
    let (alice, all) = (user("alice"), allow("lambda:*", "*"));
    let theirs = format!("arn:aws:lambda:us-east-1:{FUNCTIONS}:function:f");
    let grant = json!({ "Version": "2012-10-17", "Statement": { "Effect": "Allow",
        "Principal": { "AWS": alice }, "Action": "lambda:InvokeFunction", "Resource": theirs }})
    .to_string();
    let base = [
        ("PolicyInputList.member.1", all.as_str()),
        ("ActionNames.member.1", "lambda:InvokeFunction"),
        ("ResourceArns.member.1", theirs.as_str()),
    ];
    let simulate = "iam:SimulateCustomPolicy";
    let found = world.call(&admin, simulate, &base).await.unwrap();
    assert_eq!(found.text("EvalDecision"), "implicitDeny");
    let policy = ("ResourcePolicy", grant.as_str());
    let alone = world
        .call(&admin, simulate, &[base[0], base[1], base[2], policy])
        .await;
    assert!(refusal(alone).starts_with("400 InvalidInput: CallerArn"));
    let caller = ("CallerArn", alice.as_str());
    let both = [base[0], base[1], base[2], policy, caller];
    let found = world.call(&admin, simulate, &both).await.unwrap();
    assert_eq!(found.text("EvalDecision"), "allowed");
    assert_eq!(found.texts("SourcePolicyType"), ["resource", "none"]);
}

#[tokio::test]
async fn what_cannot_be_simulated_is_refused() {
    let world = World::new().await;
    let admin = world.api();
    world.user("alice", None).await;
    let alice = user("alice");
    let ask = async |who: &str, more: &[(&str, &str)]| {
        let mut parameters = vec![("PolicySourceArn", who)];
        parameters.extend(more);
        let action = "iam:SimulatePrincipalPolicy";
        refusal(world.call(&admin, action, &parameters).await)
    };
    let action = ("ActionNames.member.1", "s3:GetObject");
    for (who, expect) in [
        (
            user("bob"),
            "404 NoSuchEntity: The user with name bob cannot",
        ),
        (
            format!("arn:aws:iam::{API}:user/path/alice"),
            "404 NoSuchEntity",
        ),
        (
            format!("arn:aws:iam::{API}:root"),
            "400 InvalidInput: Invalid Entity Arn",
        ),
        (
            format!("arn:aws:iam::{FUNCTIONS}:user/admin"),
            "403 AccessDenied",
        ),
    ] {
        let found = ask(&who, &[action]).await;
        assert!(found.starts_with(expect), "{found}");
    }
    let wild = ask(&alice, &[("ActionNames.member.1", "s3:*")]).await;
    assert!(
        wild.starts_with("400 InvalidInput: Invalid action"),
        "{wild}"
    );
    let handling = ("ResourceHandlingOption", "EC2-VPC-InstanceStore");
    let found = ask(&alice, &[action, handling]).await;
    assert!(found.starts_with("501 NotImplemented"), "{found}");
    let broken = ask(&alice, &[action, ("PolicyInputList.member.1", "{}")]).await;
    assert!(broken.starts_with("400 InvalidInput"), "{broken}");
    // A colleague of another account is no caller.
    let theirs = format!("arn:aws:iam::{FUNCTIONS}:user/admin");
    let found = ask(&alice, &[action, ("CallerArn", &theirs)]).await;
    assert!(found.starts_with("400 InvalidInput: CallerArn"), "{found}");
}

#[tokio::test]
async fn pages_join_to_all_pairs() {
    let world = World::new().await;
    world.user("alice", None).await;
    let asked = [
        ("ActionNames.member.1", "s3:GetObject"),
        ("ActionNames.member.2", "s3:PutObject"),
        ("ResourceArns.member.1", "arn:aws:s3:::a"),
        ("ResourceArns.member.2", "arn:aws:s3:::b"),
        ("MaxItems", "3"),
    ];
    let first = simulate(&world, &user("alice"), &asked).await;
    assert_eq!(first.texts("EvalDecision").len(), 3);
    assert_eq!(first.text("IsTruncated"), "true");
    let marker = first.text("Marker");
    let mut rest = asked.to_vec();
    rest.push(("Marker", &marker));
    let second = simulate(&world, &user("alice"), &rest).await;
    assert_eq!(second.texts("EvalActionName"), ["s3:PutObject"]);
    assert_eq!(second.texts("EvalResourceName"), ["arn:aws:s3:::b"]);
}

/// An organization whose two levels allow all but listing users, and deny the deletion of functions.
struct Limited;

impl Organizations for Limited {
    fn membership<'a>(
        &'a self,
        _account: &'a arn::AccountId,
    ) -> BoxFuture<'a, Result<Option<Arc<Membership>>, Unknown>> {
        let level = |policy: serde_json::Value| {
            vec![Attached {
                id: "p-1".into(),
                document: Arc::new(policy.to_string().parse().unwrap()),
            }]
        };
        let membership = Membership {
            organization: "o-1".to_owned(),
            path: "o-1/r-1/".to_owned(),
            service_control: vec![
                level(json!({ "Statement": [
                    { "Effect": "Allow", "Action": "*", "Resource": "*" },
                    { "Effect": "Deny", "Action": "lambda:DeleteFunction", "Resource": "*" },
                ]})),
                level(json!({ "Statement":
                    { "Effect": "Allow", "NotAction": "iam:ListUsers", "Resource": "*" } })),
            ],
            resource_control: Vec::new(),
        };
        Box::pin(async move { Ok(Some(Arc::new(membership))) })
    }
}

#[tokio::test]
async fn service_control_policies_limit_a_simulated_principal() {
    let world = World::new().await;
    world.user("alice", Some(&allow("*", "*"))).await;
    let asked = [
        ("ActionNames.member.1", "lambda:InvokeFunction"),
        ("ActionNames.member.2", "lambda:DeleteFunction"),
        ("ActionNames.member.3", "iam:ListUsers"),
    ];
    let alone = simulate(&world, &user("alice"), &asked).await;
    assert_eq!(alone.texts("EvalDecision"), ["allowed"; 3]);
    assert!(!alone.has("OrganizationsDecisionDetail"));
    let organization = Arc::new(Limited);
    world.iam.set_organizations(&organization);
    let found = simulate(&world, &user("alice"), &asked).await;
    assert_eq!(
        found.texts("EvalDecision"),
        ["allowed", "explicitDeny", "implicitDeny"]
    );
    assert_eq!(
        found.texts("AllowedByOrganizations"),
        ["true", "false", "false"]
    );
}
