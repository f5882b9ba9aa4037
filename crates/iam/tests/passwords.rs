//! Login profiles, the rules for passwords, and signing in, through the wire.

#![allow(clippy::unwrap_used)]

mod support;

use ports::{Secret, SessionCredentials, SignIn, SignInAttempt, SignInError, Touch};
use support::{API, Key, World, allow, refusal};

const PASSWORD: &str = "Correct-Horse-1";

async fn with_password(world: &World, name: &str, policy: Option<&str>) -> Key {
    let key = world.user(name, policy).await;
    let profile = [("UserName", name), ("Password", PASSWORD)];
    let admin = world.api();
    let made = world.call(&admin, "iam:CreateLoginProfile", &profile).await;
    assert_eq!(made.unwrap().text("UserName"), name);
    key
}

fn attempt(world: &World, account: &str, user: &str, password: &str) -> SignInAttempt {
    SignInAttempt {
        account: account.to_owned(),
        user: user.to_owned(),
        password: Secret(password.to_owned()),
        new_password: None,
        peer: "192.0.2.1".parse().unwrap(),
        now_ms: world.facts().now_ms,
    }
}

async fn sign_in(
    world: &World,
    account: &str,
    user: &str,
    password: &str,
) -> Result<SessionCredentials, SignInError> {
    let attempt = attempt(world, account, user, password);
    world.iam.sign_in(&attempt).await
}

#[tokio::test]
async fn a_login_profile_from_first_to_last() {
    let world = World::new().await;
    let admin = world.api();
    let alice = [("UserName", "alice")];
    let create = [("UserName", "alice"), ("Password", PASSWORD)];
    let none = world.call(&admin, "iam:CreateLoginProfile", &create).await;
    assert!(refusal(none).starts_with("404 NoSuchEntity: The user with name alice"));
    world.user("alice", None).await;
    let missing = "404 NoSuchEntity: Login Profile for User alice cannot be found.";
    for action in [
        "GetLoginProfile",
        "UpdateLoginProfile",
        "DeleteLoginProfile",
    ] {
        let answer = world.call(&admin, &format!("iam:{action}"), &alice).await;
        assert_eq!(refusal(answer), missing);
    }
    for weak in ["short-1", "alllowercase", "NoSymbolOr"] {
        let weak = [("UserName", "alice"), ("Password", weak)];
        let answer = world.call(&admin, "iam:CreateLoginProfile", &weak).await;
        assert_eq!(
            refusal(answer),
            "400 PasswordPolicyViolation: Password does not conform to the account password policy."
        );
    }
    world
        .call(&admin, "iam:CreateLoginProfile", &create)
        .await
        .unwrap();
    let twice = world.call(&admin, "iam:CreateLoginProfile", &create).await;
    assert_eq!(
        refusal(twice),
        "409 EntityAlreadyExists: Login Profile for user alice already exists."
    );
    let found = world.call(&admin, "iam:GetLoginProfile", &alice).await;
    assert_eq!(found.unwrap().text("PasswordResetRequired"), "false");
    world
        .call(&admin, "iam:DeleteLoginProfile", &alice)
        .await
        .unwrap();
    let gone = sign_in(&world, API, "alice", PASSWORD).await;
    assert_eq!(gone.unwrap_err(), SignInError::Incorrect);
}

#[tokio::test]
async fn a_user_with_a_password_is_not_deleted() {
    let world = World::new().await;
    let admin = world.api();
    with_password(&world, "alice", None).await;
    let alice = [("UserName", "alice")];
    let answer = world.call(&admin, "iam:DeleteUser", &alice).await;
    assert_eq!(
        refusal(answer),
        "409 DeleteConflict: Cannot delete entity, must delete login profile first."
    );
}

#[tokio::test]
async fn a_password_signs_in_by_account_or_alias_and_may_what_the_user_may() {
    let world = World::new().await;
    with_password(&world, "alice", Some(&allow("iam:ListRoles", "*"))).await;
    for account in [API, "api"] {
        let made = sign_in(&world, account, "alice", PASSWORD).await.unwrap();
        assert_eq!(
            made.principal.arn.as_str(),
            format!("arn:aws:iam::{API}:user/alice")
        );
        assert_eq!(made.expires_ms, world.facts().now_ms + 43_200_000);
        let key = Key::from(made);
        // Unlike GetSessionToken's, these may call IAM.
        world.call(&key, "iam:ListRoles", &[]).await.unwrap();
        let other = world.call(&key, "iam:ListUsers", &[]).await;
        assert!(refusal(other).starts_with("403 AccessDenied"));
    }
    for (account, user, password) in [
        (API, "alice", "Correct-Horse-2"),
        (API, "Alice", PASSWORD),
        (API, "bob", PASSWORD),
        (API, "admin", PASSWORD),
        ("functions", "alice", PASSWORD),
        ("none", "alice", PASSWORD),
    ] {
        let answer = sign_in(&world, account, user, password).await;
        assert_eq!(
            answer.unwrap_err(),
            SignInError::Incorrect,
            "{account} {user}"
        );
    }
}

#[tokio::test]
async fn a_session_ends_with_its_user_and_after_twelve_hours() {
    let world = World::new().await;
    with_password(&world, "alice", None).await;
    let key = Key::from(sign_in(&world, API, "alice", PASSWORD).await.unwrap());
    let who = world
        .call(&key, "sts:GetCallerIdentity", &[])
        .await
        .unwrap();
    assert!(who.text("Arn").ends_with("user/alice"));
    world.clock.advance_ms(43_200_000 - 1);
    world
        .call(&key, "sts:GetCallerIdentity", &[])
        .await
        .unwrap();
    world.clock.advance_ms(1);
    let late = world.call(&key, "sts:GetCallerIdentity", &[]).await;
    assert!(refusal(late).starts_with("403 ExpiredToken"));
}

#[tokio::test]
async fn guesses_are_few() {
    let world = World::new().await;
    with_password(&world, "alice", None).await;
    for _ in 0..iam::limits::SIGN_IN_FAILURES_PER_USER_MAX {
        let wrong = sign_in(&world, API, "alice", "wrong").await;
        assert_eq!(wrong.unwrap_err(), SignInError::Incorrect);
    }
    let right = sign_in(&world, "api", "alice", PASSWORD).await;
    assert_eq!(right.unwrap_err(), SignInError::TooMany);
    world.clock.advance_ms(iam::limits::SIGN_IN_WINDOW_MS);
    sign_in(&world, API, "alice", PASSWORD).await.unwrap();
}

#[tokio::test]
async fn a_new_password_is_chosen_where_it_must_be() {
    let world = World::new().await;
    let admin = world.api();
    let may = allow("iam:ChangePassword", "*");
    for (name, policy) in [("alice", Some(may.as_str())), ("bob", None)] {
        with_password(&world, name, policy).await;
        let reset = [("UserName", name), ("PasswordResetRequired", "true")];
        let reset = world.call(&admin, "iam:UpdateLoginProfile", &reset);
        reset.await.unwrap();
    }
    let new = "Another-Horse-2";
    let choose = async |user: &str, old: &str, new: &str| {
        let attempt = SignInAttempt {
            new_password: Some(Secret(new.to_owned())),
            ..attempt(&world, API, user, old)
        };
        world.iam.sign_in(&attempt).await
    };
    let needed = sign_in(&world, API, "alice", PASSWORD).await.unwrap_err();
    assert_eq!(needed, SignInError::NewPasswordNeeded);
    // Whoever has the wrong password hears nothing of it.
    let wrong = choose("alice", "wrong", new).await.unwrap_err();
    assert_eq!(wrong, SignInError::Incorrect);
    for bad in ["short", PASSWORD] {
        let refused = choose("alice", PASSWORD, bad).await.unwrap_err();
        assert!(matches!(refused, SignInError::NewPasswordRefused(_)));
    }
    choose("alice", PASSWORD, new).await.unwrap();
    sign_in(&world, API, "alice", new).await.unwrap();
    let old = sign_in(&world, API, "alice", PASSWORD).await.unwrap_err();
    assert_eq!(old, SignInError::Incorrect);
    // Without the permission there is no new password.
    let refused = choose("bob", PASSWORD, new).await.unwrap_err();
    let SignInError::NewPasswordRefused(text) = refused else {
        panic!("{refused:?}");
    };
    assert!(text.contains("not authorized to perform: iam:ChangePassword"));
}

#[tokio::test]
async fn users_change_their_own_passwords_where_a_policy_or_the_account_lets_them() {
    let world = World::new().await;
    let admin = world.api();
    let alice = with_password(&world, "alice", None).await;
    let new = "Another-Horse-2";
    let change = [("OldPassword", PASSWORD), ("NewPassword", new)];
    let refused = world.call(&alice, "iam:ChangePassword", &change).await;
    assert!(refusal(refused).starts_with("403 AccessDenied: User: "));
    let rules = [("AllowUsersToChangePassword", "true")];
    world
        .call(&admin, "iam:UpdateAccountPasswordPolicy", &rules)
        .await
        .unwrap();
    let wrong = [("OldPassword", "wrong"), ("NewPassword", new)];
    let refused = world.call(&alice, "iam:ChangePassword", &wrong).await;
    assert!(refusal(refused).ends_with("The old password was incorrect."));
    world
        .call(&alice, "iam:ChangePassword", &change)
        .await
        .unwrap();
    sign_in(&world, API, "alice", new).await.unwrap();
    // The grant is each user's for itself, and a Deny wins over it.
    let other = Touch::new(
        "iam:ChangePassword",
        format!("arn:aws:iam::{API}:user/admin"),
        API.parse().unwrap(),
    );
    assert!(world.may(&alice, &other).await.is_err());
    let deny = serde_json::json!({
        "Statement": { "Effect": "Deny", "Action": "iam:ChangePassword", "Resource": "*" }
    });
    let bob = with_password(&world, "bob", Some(&deny.to_string())).await;
    let refused = world.call(&bob, "iam:ChangePassword", &change).await;
    assert!(refusal(refused).ends_with("with an explicit deny in an identity-based policy"));
    // The root user has no password here.
    let root = Key {
        id: API.to_owned(),
        token: None,
    };
    let refused = world.call(&root, "iam:ChangePassword", &change).await;
    assert!(refusal(refused).starts_with("400 InvalidUserType"));
}

#[tokio::test]
async fn the_accounts_rules_are_kept_and_held() {
    let world = World::new().await;
    let admin = world.api();
    let none =
        "404 NoSuchEntity: The Password Policy with domain name 111111111111 cannot be found.";
    for action in ["GetAccountPasswordPolicy", "DeleteAccountPasswordPolicy"] {
        let answer = world.call(&admin, &format!("iam:{action}"), &[]).await;
        assert_eq!(refusal(answer), none);
    }
    let rules = [("MinimumPasswordLength", "20"), ("RequireSymbols", "true")];
    let update = "iam:UpdateAccountPasswordPolicy";
    world.call(&admin, update, &rules).await.unwrap();
    let found = world
        .call(&admin, "iam:GetAccountPasswordPolicy", &[])
        .await;
    let found = found.unwrap();
    assert_eq!(found.text("MinimumPasswordLength"), "20");
    assert_eq!(found.text("RequireSymbols"), "true");
    assert_eq!(found.text("RequireNumbers"), "false");
    world.user("alice", None).await;
    let create = [("UserName", "alice"), ("Password", PASSWORD)];
    let refused = world.call(&admin, "iam:CreateLoginProfile", &create).await;
    assert!(refusal(refused).starts_with("400 PasswordPolicyViolation"));
    // What is not held is not accepted.
    for (name, value) in [
        ("MaxPasswordAge", "90"),
        ("PasswordReusePrevention", "3"),
        ("HardExpiry", "true"),
    ] {
        let refused = world.call(&admin, update, &[(name, value)]).await;
        assert!(refusal(refused).starts_with("501 NotImplemented"), "{name}");
    }
    world
        .call(&admin, "iam:DeleteAccountPasswordPolicy", &[])
        .await
        .unwrap();
    world
        .call(&admin, "iam:CreateLoginProfile", &create)
        .await
        .unwrap();
}
