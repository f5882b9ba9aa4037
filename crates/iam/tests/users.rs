//! Users and groups, their keys and what they may, through the wire.

#![allow(clippy::unwrap_used)]

mod support;

use ports::Touch;
use support::{API, World, allow, refusal};

#[tokio::test]
async fn a_user_lives_from_creation_to_deletion() {
    let world = World::new().await;
    let admin = world.api();
    let create = [
        ("UserName", "alice"),
        ("Path", "/team/"),
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "red"),
    ];
    let made = world.call(&admin, "iam:CreateUser", &create).await.unwrap();
    assert_eq!(
        made.text("Arn"),
        format!("arn:aws:iam::{API}:user/team/alice")
    );
    assert!(made.text("UserId").starts_with("AIDA"));
    assert_eq!(made.text("CreateDate"), "2026-11-22T11:56:06Z");
    assert_eq!(made.text("Key"), "team");
    assert_eq!(
        refusal(
            world
                .call(&admin, "iam:CreateUser", &[("UserName", "Alice")])
                .await
        ),
        "409 EntityAlreadyExists: User with name Alice already exists."
    );
    assert_eq!(
        refusal(
            world
                .call(&admin, "iam:GetUser", &[("UserName", "Alice")])
                .await
        ),
        "404 NoSuchEntity: The user with name Alice cannot be found."
    );
    let listed = world
        .call(&admin, "iam:ListUsers", &[("PathPrefix", "/team/")])
        .await
        .unwrap();
    assert_eq!(listed.texts("UserName"), ["alice"]);
    assert!(!listed.has("Key"));
    let key = [("UserName", "alice")];
    world
        .call(&admin, "iam:CreateAccessKey", &key)
        .await
        .unwrap();
    world
        .call(&admin, "iam:CreateAccessKey", &key)
        .await
        .unwrap();
    assert_eq!(
        refusal(world.call(&admin, "iam:CreateAccessKey", &key).await),
        "409 LimitExceeded: Cannot exceed quota for AccessKeysPerUser: 2"
    );
    assert_eq!(
        refusal(world.call(&admin, "iam:DeleteUser", &key).await),
        "409 DeleteConflict: Cannot delete entity, must delete access keys first."
    );
    let keys = world
        .call(&admin, "iam:ListAccessKeys", &key)
        .await
        .unwrap();
    for id in keys.texts("AccessKeyId") {
        let delete = [("UserName", "alice"), ("AccessKeyId", &id)];
        world
            .call(&admin, "iam:DeleteAccessKey", &delete)
            .await
            .unwrap();
    }
    world.call(&admin, "iam:DeleteUser", &key).await.unwrap();
    assert!(refusal(world.call(&admin, "iam:GetUser", &key).await).contains("NoSuchEntity"));
}

#[tokio::test]
async fn renaming_a_user_keeps_its_keys_and_needs_both_names() {
    let world = World::new().await;
    let document = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"iam:UpdateUser",
        "Resource":"arn:aws:iam::{API}:user/old"}}}}"#
    );
    let clerk = world.user("clerk", Some(&document)).await;
    let old = world.user("old", None).await;
    let rename = [("UserName", "old"), ("NewUserName", "new")];
    assert!(refusal(world.call(&clerk, "iam:UpdateUser", &rename).await).starts_with("403"));
    world
        .call(&world.api(), "iam:UpdateUser", &rename)
        .await
        .unwrap();
    let identity = world
        .call(&old, "sts:GetCallerIdentity", &[])
        .await
        .unwrap();
    assert_eq!(identity.text("Arn"), format!("arn:aws:iam::{API}:user/new"));
}

#[tokio::test]
async fn a_revoked_key_is_refused_on_the_next_request() {
    let world = World::new().await;
    let alice = world.user("alice", None).await;
    assert!(
        world
            .call(&alice, "sts:GetCallerIdentity", &[])
            .await
            .is_ok()
    );
    let off = [
        ("UserName", "alice"),
        ("AccessKeyId", alice.id.as_str()),
        ("Status", "Inactive"),
    ];
    world
        .call(&world.api(), "iam:UpdateAccessKey", &off)
        .await
        .unwrap();
    assert_eq!(
        refusal(world.call(&alice, "sts:GetCallerIdentity", &[]).await),
        "403 InvalidClientTokenId: The security token included in the request is invalid."
    );
    let on = [off[0], off[1], ("Status", "Active")];
    world
        .call(&world.api(), "iam:UpdateAccessKey", &on)
        .await
        .unwrap();
    assert!(
        world
            .call(&alice, "sts:GetCallerIdentity", &[])
            .await
            .is_ok()
    );
    world
        .call(&world.api(), "iam:DeleteAccessKey", &off[..2])
        .await
        .unwrap();
    assert!(
        world
            .call(&alice, "sts:GetCallerIdentity", &[])
            .await
            .is_err()
    );
}

#[tokio::test]
async fn a_detached_policy_stops_at_once() {
    let world = World::new().await;
    let alice = world.user("alice", None).await;
    let function = format!("arn:aws:lambda:us-east-1:{API}:function:f");
    let touch = Touch::new("lambda:GetFunction", &function, API.parse().unwrap());
    assert_eq!(
        world.may(&alice, &touch).await.unwrap_err(),
        format!(
            "User: arn:aws:iam::{API}:user/alice is not authorized to perform: \
             lambda:GetFunction on resource: {function} because no identity-based policy allows \
             the lambda:GetFunction action"
        )
    );
    let attach = [
        ("UserName", "alice"),
        (
            "PolicyArn",
            "arn:aws:iam::aws:policy/AWSLambda_ReadOnlyAccess",
        ),
    ];
    let admin = world.api();
    world
        .call(&admin, "iam:AttachUserPolicy", &attach)
        .await
        .unwrap();
    assert_eq!(world.may(&alice, &touch).await, Ok(()));
    world
        .call(&admin, "iam:DetachUserPolicy", &attach)
        .await
        .unwrap();
    assert!(world.may(&alice, &touch).await.is_err());
    assert_eq!(
        refusal(world.call(&admin, "iam:DetachUserPolicy", &attach).await),
        format!("404 NoSuchEntity: Policy {} was not found.", attach[1].1)
    );
}

#[tokio::test]
async fn policies_of_groups_count_until_the_user_leaves() {
    let world = World::new().await;
    let admin = world.api();
    let alice = world.user("alice", None).await;
    let group = [("GroupName", "readers")];
    world.call(&admin, "iam:CreateGroup", &group).await.unwrap();
    let document = allow("lambda:Get*", "*");
    let put = [
        group[0],
        ("PolicyName", "p"),
        ("PolicyDocument", document.as_str()),
    ];
    world
        .call(&admin, "iam:PutGroupPolicy", &put)
        .await
        .unwrap();
    let touch = Touch::new("lambda:GetFunction", "*", API.parse().unwrap());
    assert!(world.may(&alice, &touch).await.is_err());
    let member = [group[0], ("UserName", "alice")];
    world
        .call(&admin, "iam:AddUserToGroup", &member)
        .await
        .unwrap();
    assert_eq!(world.may(&alice, &touch).await, Ok(()));
    let shown = world.call(&admin, "iam:GetGroup", &group).await.unwrap();
    assert_eq!(shown.texts("UserName"), ["alice"]);
    assert!(
        refusal(world.call(&admin, "iam:DeleteGroup", &group).await).contains("DeleteConflict")
    );
    world
        .call(&admin, "iam:RemoveUserFromGroup", &member)
        .await
        .unwrap();
    assert!(world.may(&alice, &touch).await.is_err());
}

#[tokio::test]
async fn a_boundary_limits_and_never_grants() {
    let world = World::new().await;
    let admin = world.api();
    let alice = world.user("alice", Some(&allow("*", "*"))).await;
    let boundary = allow("lambda:*", "*");
    let policy = [
        ("PolicyName", "limit"),
        ("PolicyDocument", boundary.as_str()),
    ];
    let made = world
        .call(&admin, "iam:CreatePolicy", &policy)
        .await
        .unwrap();
    let arn = made.text("Arn");
    let put = [("UserName", "alice"), ("PermissionsBoundary", arn.as_str())];
    world
        .call(&admin, "iam:PutUserPermissionsBoundary", &put)
        .await
        .unwrap();
    let account: arn::AccountId = API.parse().unwrap();
    let inside = Touch::new("lambda:GetFunction", "*", account.clone());
    let outside = Touch::new("apigateway:GET", "*", account);
    assert_eq!(world.may(&alice, &inside).await, Ok(()));
    assert!(
        world
            .may(&alice, &outside)
            .await
            .unwrap_err()
            .ends_with("because no permissions boundary allows the apigateway:GET action")
    );
    let by_arn = [("PolicyArn", arn.as_str())];
    let deletion = world.call(&admin, "iam:DeletePolicy", &by_arn).await;
    assert!(refusal(deletion).starts_with("409 DeleteConflict"));
    let missing = [
        ("UserName", "alice"),
        ("PermissionsBoundary", "arn:aws:iam::aws:policy/Nope"),
    ];
    assert_eq!(
        refusal(
            world
                .call(&admin, "iam:PutUserPermissionsBoundary", &missing)
                .await
        ),
        "404 NoSuchEntity: Scope ARN: arn:aws:iam::aws:policy/Nope does not exist or is not \
         attachable."
    );
}

#[tokio::test]
async fn sizes_of_inline_policies_are_counted_without_white_space() {
    let world = World::new().await;
    let admin = world.api();
    world.user("alice", None).await;
    let frame = allow("lambda:*", "*").len();
    let put = |size: usize| {
        let action = format!("lambda:{}", "*".repeat(size - frame + 1));
        allow(&action, "*").replace(',', " , \n")
    };
    for (size, fits) in [(2048, true), (2049, false)] {
        let document = put(size);
        let parameters = [
            ("UserName", "alice"),
            ("PolicyName", "p"),
            ("PolicyDocument", document.as_str()),
        ];
        let answer = world.call(&admin, "iam:PutUserPolicy", &parameters).await;
        match fits {
            true => assert!(answer.is_ok()),
            false => assert_eq!(
                refusal(answer),
                "409 LimitExceeded: Maximum policy size of 2048 bytes exceeded for user alice"
            ),
        }
    }
}

#[tokio::test]
async fn access_by_tag_follows_the_tag() {
    let world = World::new().await;
    let admin = world.api();
    let document = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:GetUser",
        "Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/team":"${aws:PrincipalTag/team}"}}}}"#;
    let alice = world.user("alice", Some(document)).await;
    world.user("bob", None).await;
    let get = [("UserName", "bob")];
    assert!(world.call(&alice, "iam:GetUser", &get).await.is_err());
    for name in ["alice", "bob"] {
        let tag = [
            ("UserName", name),
            ("Tags.member.1.Key", "team"),
            ("Tags.member.1.Value", "red"),
        ];
        world.call(&admin, "iam:TagUser", &tag).await.unwrap();
    }
    assert!(world.call(&alice, "iam:GetUser", &get).await.is_ok());
    let untag = [("UserName", "bob"), ("TagKeys.member.1", "team")];
    world.call(&admin, "iam:UntagUser", &untag).await.unwrap();
    assert!(world.call(&alice, "iam:GetUser", &get).await.is_err());
}

#[tokio::test]
async fn the_last_use_of_a_key_is_told() {
    let world = World::new().await;
    let alice = world.user("alice", Some(&allow("iam:*", "*"))).await;
    let of_key = [("AccessKeyId", alice.id.as_str())];
    let unused = world
        .call(&world.api(), "iam:GetAccessKeyLastUsed", &of_key)
        .await
        .unwrap();
    assert_eq!(unused.text("ServiceName"), "N/A");
    world.call(&alice, "iam:ListUsers", &[]).await.unwrap();
    let used = world
        .call(&world.api(), "iam:GetAccessKeyLastUsed", &of_key)
        .await
        .unwrap();
    assert_eq!(used.text("ServiceName"), "iam");
    assert_eq!(used.text("LastUsedDate"), "2026-11-22T11:56:06Z");
}
