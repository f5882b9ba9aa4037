//! Roles, managed policies and instance profiles, through the wire.

#![allow(clippy::unwrap_used)]

mod support;

use support::{API, World, allow, refusal, trust};

fn lambda_trust() -> String {
    trust(serde_json::json!({ "Service": "lambda.amazonaws.com" }))
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
