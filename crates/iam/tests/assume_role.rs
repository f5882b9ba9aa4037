//! AssumeRole: who may assume what.

#![allow(clippy::unwrap_used)]

mod support;

use ports::Touch;
use serde_json::json;
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
