//! Users, groups, roles and their policies, through the wire.

#![allow(clippy::unwrap_used)]

mod support;

use ports::Touch;
use support::{API, FUNCTIONS, Key, World, allow, refusal, trust};

fn lambda_trust() -> String {
    trust(serde_json::json!({ "Service": "lambda.amazonaws.com" }))
}

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
async fn roles_answer_as_recorded() {
    let world = World::new().await;
    let admin = world.api();
    let made = world.role("r", &lambda_trust()).await.unwrap();
    assert!(!made.has("MaxSessionDuration") && !made.has("RoleLastUsed") && !made.has("Tags"));
    assert!(
        made.text("AssumeRolePolicyDocument")
            .starts_with("%7B%22Version%22")
    );
    let by_name = [("RoleName", "r")];
    let got = world.call(&admin, "iam:GetRole", &by_name).await.unwrap();
    assert_eq!(got.text("MaxSessionDuration"), "3600");
    assert!(got.has("RoleLastUsed"));
    let listed = world.call(&admin, "iam:ListRoles", &[]).await.unwrap();
    assert!(listed.has("MaxSessionDuration") && !listed.has("RoleLastUsed"));
    assert_eq!(listed.text("IsTruncated"), "false");
    let attach = |arn| [("RoleName", "r"), ("PolicyArn", arn)];
    let basic = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole";
    world
        .call(&admin, "iam:AttachRolePolicy", &attach(basic))
        .await
        .unwrap();
    let attached = world
        .call(&admin, "iam:ListAttachedRolePolicies", &by_name)
        .await
        .unwrap();
    assert_eq!(
        attached.texts("PolicyName"),
        ["AWSLambdaBasicExecutionRole"]
    );
    assert_eq!(
        refusal(world.call(&admin, "iam:DeleteRole", &by_name).await),
        "409 DeleteConflict: Cannot delete entity, must detach all policies first."
    );
    assert_eq!(
        refusal(
            world
                .call(
                    &admin,
                    "iam:AttachRolePolicy",
                    &attach("longer_policy_name_1234")
                )
                .await
        ),
        "400 ValidationError: Invalid ARN:  Could not be parsed!"
    );
    let unknown = format!("arn:aws:iam::{API}:policy/none");
    assert_eq!(
        refusal(
            world
                .call(&admin, "iam:AttachRolePolicy", &attach(&unknown))
                .await
        ),
        format!("404 NoSuchEntity: Policy {unknown} does not exist or is not attachable.")
    );
}

#[tokio::test]
async fn trust_policies_are_checked_when_saved() {
    let world = World::new().await;
    let nobody = format!("arn:aws:iam::{API}:user/nobody");
    for (document, why) in [
        (
            "{".to_owned(),
            "This policy contains invalid Json".to_owned(),
        ),
        ("{}".to_owned(), "Syntax errors in policy.".to_owned()),
        (
            allow("sts:AssumeRole", "*"),
            "Missing required field Principal".to_owned(),
        ),
        (
            trust(serde_json::json!({ "AWS": nobody })),
            format!("Invalid principal in policy: \"AWS\":\"{nobody}\""),
        ),
    ] {
        assert_eq!(
            refusal(world.role("r", &document).await),
            format!("400 MalformedPolicyDocument: {why}")
        );
    }
    let long = trust(serde_json::json!({ "Service": "x".repeat(2048) + ".amazonaws.com" }));
    assert_eq!(
        refusal(world.role("r", &long).await),
        "409 LimitExceeded: Cannot exceed quota for ACLSizePerRole: 2048"
    );
}

#[tokio::test]
async fn policy_versions_and_their_limit() {
    let world = World::new().await;
    let admin = world.api();
    let document = allow("lambda:*", "*");
    let create = [("PolicyName", "p"), ("PolicyDocument", document.as_str())];
    let made = world
        .call(&admin, "iam:CreatePolicy", &create)
        .await
        .unwrap();
    assert!(!made.has("Tags"));
    let arn = made.text("Arn");
    let got = world
        .call(&admin, "iam:GetPolicy", &[("PolicyArn", &arn)])
        .await
        .unwrap();
    assert!(got.has("Tags"));
    assert_eq!(
        refusal(world.call(&admin, "iam:CreatePolicy", &create).await),
        "409 EntityAlreadyExists: A policy called p already exists. Duplicate names are not allowed."
    );
    let version = [
        ("PolicyArn", arn.as_str()),
        ("PolicyDocument", document.as_str()),
        ("SetAsDefault", "true"),
    ];
    for n in 2..=5 {
        let made = world
            .call(&admin, "iam:CreatePolicyVersion", &version)
            .await
            .unwrap();
        assert_eq!(made.text("VersionId"), format!("v{n}"));
    }
    let sixth = world
        .call(&admin, "iam:CreatePolicyVersion", &version)
        .await;
    assert!(refusal(sixth).starts_with("409 LimitExceeded"));
    let default = [("PolicyArn", arn.as_str()), ("VersionId", "v5")];
    let deletion = world
        .call(&admin, "iam:DeletePolicyVersion", &default)
        .await;
    assert_eq!(
        refusal(deletion),
        "409 DeleteConflict: Cannot delete the default version of a policy."
    );
    let first = [("PolicyArn", arn.as_str()), ("VersionId", "v1")];
    world
        .call(&admin, "iam:DeletePolicyVersion", &first)
        .await
        .unwrap();
    let made = world
        .call(&admin, "iam:CreatePolicyVersion", &version)
        .await
        .unwrap();
    assert_eq!(made.text("VersionId"), "v6");
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
async fn other_accounts_see_nothing_and_touch_nothing() {
    let world = World::new().await;
    let admin = world.api();
    world.user("alice", None).await;
    let other = world.functions();
    let by_name = [("UserName", "alice")];
    assert!(refusal(world.call(&other, "iam:GetUser", &by_name).await).starts_with("404"));
    let document = allow("*", "*");
    let create = [("PolicyName", "p"), ("PolicyDocument", document.as_str())];
    let made = world
        .call(&admin, "iam:CreatePolicy", &create)
        .await
        .unwrap();
    let arn = made.text("Arn");
    for operation in [
        "iam:GetPolicy",
        "iam:DeletePolicy",
        "iam:ListPolicyVersions",
    ] {
        let answer = world.call(&other, operation, &[("PolicyArn", &arn)]).await;
        assert!(
            refusal(answer).starts_with("403 AccessDenied"),
            "{operation}"
        );
    }
    let attach = [("UserName", "admin"), ("PolicyArn", arn.as_str())];
    let answer = world.call(&other, "iam:AttachUserPolicy", &attach).await;
    assert!(refusal(answer).starts_with("404 NoSuchEntity"));
}

#[tokio::test]
async fn policies_of_aws_can_be_read_but_not_changed() {
    let world = World::new().await;
    let admin = world.api();
    let arn = "arn:aws:iam::aws:policy/AdministratorAccess";
    let got = world
        .call(&admin, "iam:GetPolicy", &[("PolicyArn", arn)])
        .await
        .unwrap();
    assert_eq!(got.text("PolicyName"), "AdministratorAccess");
    assert_eq!(got.text("AttachmentCount"), "1");
    let version = [("PolicyArn", arn), ("VersionId", "v1")];
    assert!(
        world
            .call(&admin, "iam:GetPolicyVersion", &version)
            .await
            .is_ok()
    );
    let answer = world
        .call(&admin, "iam:DeletePolicy", &[("PolicyArn", arn)])
        .await;
    assert!(refusal(answer).starts_with("403 AccessDenied"));
    let entities = [("PolicyArn", arn)];
    let listed = world
        .call(&admin, "iam:ListEntitiesForPolicy", &entities)
        .await
        .unwrap();
    assert_eq!(listed.texts("UserName"), ["admin"]);
}

#[tokio::test]
async fn instance_profiles_hold_one_role_and_need_pass_role() {
    let world = World::new().await;
    let admin = world.api();
    world
        .role(
            "r",
            &trust(serde_json::json!({ "Service": "ec2.amazonaws.com" })),
        )
        .await
        .unwrap();
    let profile = [("InstanceProfileName", "p")];
    world
        .call(&admin, "iam:CreateInstanceProfile", &profile)
        .await
        .unwrap();
    let add = [profile[0], ("RoleName", "r")];
    let clerk = world
        .user("clerk", Some(&allow("iam:AddRoleToInstanceProfile", "*")))
        .await;
    let denied = refusal(
        world
            .call(&clerk, "iam:AddRoleToInstanceProfile", &add)
            .await,
    );
    assert!(denied.contains("iam:PassRole on resource: arn:aws:iam::111111111111:role/r"));
    world
        .call(&admin, "iam:AddRoleToInstanceProfile", &add)
        .await
        .unwrap();
    let again = world
        .call(&admin, "iam:AddRoleToInstanceProfile", &add)
        .await;
    assert!(refusal(again).starts_with("409 LimitExceeded"));
    let of_role = world
        .call(
            &admin,
            "iam:ListInstanceProfilesForRole",
            &[("RoleName", "r")],
        )
        .await
        .unwrap();
    assert_eq!(of_role.texts("InstanceProfileName"), ["p"]);
    let deletion = world
        .call(&admin, "iam:DeleteRole", &[("RoleName", "r")])
        .await;
    assert!(refusal(deletion).starts_with("409 DeleteConflict"));
    world
        .call(&admin, "iam:RemoveRoleFromInstanceProfile", &add)
        .await
        .unwrap();
    world
        .call(&admin, "iam:DeleteInstanceProfile", &profile)
        .await
        .unwrap();
}

#[tokio::test]
async fn aliases_are_unique_over_accounts() {
    let world = World::new().await;
    let listed = world
        .call(&world.api(), "iam:ListAccountAliases", &[])
        .await
        .unwrap();
    assert_eq!(listed.texts("member"), ["api"]);
    let taken = [("AccountAlias", "functions")];
    assert_eq!(
        refusal(
            world
                .call(&world.api(), "iam:CreateAccountAlias", &taken)
                .await
        ),
        "409 EntityAlreadyExists: The account alias functions already exists."
    );
    let new = [("AccountAlias", "front")];
    world
        .call(&world.api(), "iam:CreateAccountAlias", &new)
        .await
        .unwrap();
    let old = [("AccountAlias", "api")];
    world
        .call(&world.functions(), "iam:CreateAccountAlias", &old)
        .await
        .unwrap();
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
async fn clients_of_other_emulators_sign_as_root() {
    let world = World::new().await;
    for (id, account) in [("333333333333", "333333333333"), ("test", "000000000000")] {
        let key = Key {
            id: id.to_owned(),
            token: None,
        };
        let identity = world
            .call(&key, "sts:GetCallerIdentity", &[])
            .await
            .unwrap();
        assert_eq!(identity.text("Arn"), format!("arn:aws:iam::{account}:root"));
        assert_eq!(identity.text("UserId"), account);
        world
            .call(&key, "iam:CreateUser", &[("UserName", "u")])
            .await
            .unwrap();
    }
    let unknown = Key {
        id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
        token: None,
    };
    assert!(
        world
            .call(&unknown, "sts:GetCallerIdentity", &[])
            .await
            .is_err()
    );
}

#[tokio::test]
async fn after_a_reset_the_same_keys_work_again() {
    let world = World::new().await;
    let alice = world.user("alice", None).await;
    let before = world.api();
    world.store.clear().await.unwrap();
    let mut accounts = support::accounts();
    for (account, key) in accounts.iter_mut().zip(&world.keys) {
        account.key = Some(key.clone());
    }
    world.iam.ensure_administrators(&accounts).await.unwrap();
    assert!(
        world
            .call(&alice, "sts:GetCallerIdentity", &[])
            .await
            .is_err()
    );
    let listed = world.call(&before, "iam:ListUsers", &[]).await.unwrap();
    assert_eq!(listed.texts("UserName"), ["admin"]);
    assert!(before.id.starts_with("AKIA"));
    let info = [("AccessKeyId", before.id.as_str())];
    let account = world
        .call(&before, "sts:GetAccessKeyInfo", &info)
        .await
        .unwrap();
    assert_eq!(account.text("Account"), API);
    assert_ne!(API, FUNCTIONS);
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

#[tokio::test]
async fn operations_without_a_handler_say_so() {
    let world = World::new().await;
    let answer = world.call(&world.api(), "iam:ListSAMLProviders", &[]).await;
    assert!(refusal(answer).starts_with("501 NotImplemented"));
}
