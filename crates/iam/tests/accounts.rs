//! Accounts beside one another, through the wire.

#![allow(clippy::unwrap_used)]

mod support;

use ports::{Credentials, Named};
use support::{API, FUNCTIONS, Key, World, allow, refusal, trust};

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
async fn operations_without_a_handler_say_so() {
    let world = World::new().await;
    let answer = world.call(&world.api(), "iam:ListSAMLProviders", &[]).await;
    assert!(refusal(answer).starts_with("501 NotImplemented"));
}

#[tokio::test]
async fn an_arn_is_found_with_path_and_case_or_not_at_all() {
    let world = World::new().await;
    world.user("alice", None).await;
    world
        .role("app", &trust(serde_json::json!("*")))
        .await
        .unwrap();
    let named = async |text: &str| world.iam.named(&text.parse().unwrap()).await.unwrap();
    let base = format!("arn:aws:iam::{API}");
    let Named::UniqueId(user) = named(&format!("{base}:user/alice")).await else {
        panic!("a user has a unique id");
    };
    assert!(user.starts_with("AIDA"), "{user}");
    let role = named(&format!("{base}:role/app")).await;
    assert!(matches!(role, Named::UniqueId(id) if id.starts_with("AROA")));
    for by_name in [
        format!("{base}:root"),
        format!("arn:aws:sts::{API}:assumed-role/app/session"),
        format!("arn:aws:sts::{API}:federated-user/bob"),
    ] {
        assert_eq!(named(&by_name).await, Named::ByName, "{by_name}");
    }
    for nobody in [
        format!("{base}:user/Alice"),
        format!("{base}:user/path/alice"),
        format!("{base}:user/bob"),
        format!("{base}:role/alice"),
        format!("{base}:group/alice"),
        format!("arn:aws:iam::{FUNCTIONS}:user/alice"),
        format!("arn:aws-cn:iam::{API}:user/alice"),
        format!("arn:aws-cn:iam::{API}:root"),
        format!("arn:aws:sts::{API}:assumed-role/none/session"),
        format!("arn:aws:sts::{API}:assumed-role/app"),
        format!("arn:aws:sts::{API}:federated-user"),
        "arn:aws:iam::aws:policy/AdministratorAccess".to_owned(),
    ] {
        assert_eq!(named(&nobody).await, Named::Nobody, "{nobody}");
    }
}
