//! Resources with variables, actions and principals.

use crate::conditions::check;
use crate::{ACCOUNT, FUNCTION, alice, attached, context, decided, principal};
use policy::{Context, Outcome, Policies, PrincipalKind, Request, Requester, evaluate};
use serde_json::{Value, json};

/// A statement's `Resource` against a resource.
#[track_caller]
fn covers(version: &str, pattern: &str, resource: &str, keys: Value, expect: bool) {
    let document = json!({ "Version": version, "Statement": {
        "Effect": "Allow", "Action": "*", "Resource": pattern } });
    let outcome = decided(&document, "s3:GetObject", resource, &context(&keys));
    assert_eq!(
        outcome == Outcome::Allowed,
        expect,
        "{pattern} {resource} {keys}"
    );
}

#[test]
fn variables_defaults_and_escapes() {
    let new = "2012-10-17";
    let home = "arn:aws:s3:::b/${aws:username}/*";
    covers(
        new,
        home,
        "arn:aws:s3:::b/bob/x",
        json!({ "aws:username": "bob" }),
        true,
    );
    covers(
        new,
        home,
        "arn:aws:s3:::b/eve/x",
        json!({ "aws:username": "bob" }),
        false,
    );
    covers(new, home, "arn:aws:s3:::b/bob/x", json!({}), false);
    covers(
        new,
        home,
        "arn:aws:s3:::b/bob/x",
        json!({ "aws:username": ["bob"] }),
        false,
    );
    covers(
        new,
        home,
        "arn:aws:s3:::b/${aws:username}/x",
        json!({}),
        false,
    );
    covers(
        new,
        home,
        "arn:aws:s3:::b/eve/x",
        json!({ "aws:username": "*" }),
        false,
    );
    let tag = "arn:aws:s3:::b/${aws:PrincipalTag/team, 'all'}/*";
    covers(new, tag, "arn:aws:s3:::b/all/x", json!({}), true);
    covers(
        new,
        tag,
        "arn:aws:s3:::b/all/x",
        json!({ "aws:PrincipalTag/Team": "red" }),
        false,
    );
    covers(
        new,
        tag,
        "arn:aws:s3:::b/red/x",
        json!({ "aws:PrincipalTag/Team": "red" }),
        true,
    );
    covers(
        new,
        "arn:aws:s3:::b/${*}",
        "arn:aws:s3:::b/*",
        json!({}),
        true,
    );
    covers(
        new,
        "arn:aws:s3:::b/${*}",
        "arn:aws:s3:::b/x",
        json!({}),
        false,
    );
    covers(
        new,
        "arn:aws:s3:::b/${?}",
        "arn:aws:s3:::b/?",
        json!({}),
        true,
    );
    covers(
        new,
        "arn:aws:s3:::b/${?}",
        "arn:aws:s3:::b/x",
        json!({}),
        false,
    );
    covers(
        new,
        "arn:aws:s3:::b/${$}{x}",
        "arn:aws:s3:::b/${x}",
        json!({}),
        true,
    );
    // Before 2012-10-17 `${` is text.
    covers(
        "2008-10-17",
        home,
        "arn:aws:s3:::b/bob/x",
        json!({ "aws:username": "bob" }),
        false,
    );
    covers(
        "2008-10-17",
        home,
        "arn:aws:s3:::b/${aws:username}/x",
        json!({}),
        true,
    );
    // In conditions too; an unresolved one matches nothing, negated or not.
    let own = json!({ "StringEquals": { "k": "${aws:username}" } });
    check(
        own.clone(),
        json!({ "k": "bob", "aws:username": "bob" }),
        true,
    );
    check(
        own.clone(),
        json!({ "k": "bob", "aws:username": "eve" }),
        false,
    );
    check(own, json!({ "k": "bob" }), false);
    check(
        json!({ "StringNotEquals": { "k": "${aws:username}" } }),
        json!({ "k": "bob" }),
        false,
    );
    check(
        json!({ "StringLike": { "k": "${*}a" } }),
        json!({ "k": "ba" }),
        false,
    );
    check(
        json!({ "StringLike": { "k": "${*}a" } }),
        json!({ "k": "*a" }),
        true,
    );
}

#[test]
fn resources_and_not_resources() {
    let new = "2012-10-17";
    covers(new, "*", "arn:aws:s3:::b/x", json!({}), true);
    covers(
        new,
        "arn:aws:s3:::b/*",
        "arn:aws:s3:::b/x/y:z",
        json!({}),
        true,
    );
    covers(
        new,
        "arn:aws:s3:::b/?",
        "arn:aws:s3:::b/xy",
        json!({}),
        false,
    );
    covers(
        new,
        "arn:aws:s3:::B/x",
        "arn:aws:s3:::b/x",
        json!({}),
        false,
    );
    let not = json!({ "Version": new, "Statement": {
        "Effect": "Allow", "Action": "*", "NotResource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"] } });
    let outcome = |resource| decided(&not, "s3:GetObject", resource, &Context::new());
    assert_eq!(outcome("arn:aws:s3:::b/x"), Outcome::ImplicitlyDenied);
    assert_eq!(outcome("arn:aws:s3:::c/x"), Outcome::Allowed);
}

#[test]
fn actions_and_not_actions() {
    for (element, value, action, expect) in [
        (
            "Action",
            json!("lambda:InvokeFunction"),
            "lambda:InvokeFunction",
            true,
        ),
        (
            "Action",
            json!("LAMBDA:invokefunction"),
            "lambda:InvokeFunction",
            true,
        ),
        (
            "Action",
            json!("lambda:Invoke*"),
            "lambda:InvokeAsync",
            true,
        ),
        (
            "Action",
            json!("lambda:Invoke?sync"),
            "lambda:InvokeAsync",
            true,
        ),
        ("Action", json!("lambda:Get*"), "lambda:InvokeAsync", false),
        (
            "Action",
            json!(["iam:*", "lambda:*"]),
            "lambda:InvokeAsync",
            true,
        ),
        ("Action", json!("*"), "lambda:InvokeAsync", true),
        ("NotAction", json!("lambda:*"), "lambda:InvokeAsync", false),
        ("NotAction", json!("iam:*"), "lambda:InvokeAsync", true),
        (
            "NotAction",
            json!(["iam:*", "LAMBDA:*"]),
            "lambda:InvokeAsync",
            false,
        ),
        ("NotAction", json!("*"), "lambda:InvokeAsync", false),
    ] {
        let mut statement = json!({ "Effect": "Allow", "Resource": "*" });
        statement[element] = value.clone();
        let document = json!({ "Version": "2012-10-17", "Statement": [statement] });
        let outcome = decided(&document, action, FUNCTION, &Context::new());
        assert_eq!(
            outcome == Outcome::Allowed,
            expect,
            "{element} {value} {action}"
        );
    }
}

/// Whether a resource policy that names these principals lets the requester in alone.
fn admits(element: &str, named: &Value, requester: Requester<'_>) -> bool {
    let mut statement = json!({ "Effect": "Allow", "Action": "*", "Resource": "*" });
    statement[element] = named.clone();
    let policy = attached(&json!({ "Version": "2012-10-17", "Statement": statement }));
    let request = Request {
        requester,
        action: "lambda:InvokeFunction",
        resource: FUNCTION,
        owner: &ACCOUNT.parse().unwrap(),
        context: &Context::new(),
    };
    let policies = Policies {
        resource: Some(&policy),
        ..Policies::default()
    };
    evaluate(&request, &policies).is_allowed()
}

#[test]
fn principals_in_all_their_forms() {
    let user = alice();
    let session = principal(
        PrincipalKind::AssumedRole,
        "arn:aws:sts::111111111111:assumed-role/app/s1",
        "arn:aws:iam::111111111111:role/path/app",
    );
    let (user, session) = (Requester::Principal(&user), Requester::Principal(&session));
    let service = Requester::Service("apigateway.amazonaws.com");
    let token = Requester::Federated("accounts.google.com");
    for (named, requester, expect) in [
        (json!("*"), user, true),
        (json!("*"), Requester::Anonymous, true),
        (json!({ "AWS": "*" }), Requester::Anonymous, true),
        (
            json!({ "AWS": "arn:aws:iam::111111111111:user/alice" }),
            user,
            true,
        ),
        (
            json!({ "AWS": "arn:aws:iam::111111111111:user/bob" }),
            user,
            false,
        ),
        (
            json!({ "AWS": "arn:aws:iam::111111111111:user/alice" }),
            Requester::Anonymous,
            false,
        ),
        // The account delegates, it does not grant.
        (json!({ "AWS": "111111111111" }), user, false),
        (
            json!({ "AWS": "arn:aws:iam::111111111111:root" }),
            user,
            false,
        ),
        (
            json!({ "AWS": "arn:aws:iam::111111111111:role/path/app" }),
            session,
            true,
        ),
        (
            json!({ "AWS": "arn:aws:iam::111111111111:role/app" }),
            session,
            false,
        ),
        (
            json!({ "AWS": "arn:aws:sts::111111111111:assumed-role/app/s1" }),
            session,
            true,
        ),
        (
            json!({ "AWS": "arn:aws:sts::111111111111:assumed-role/app/s2" }),
            session,
            false,
        ),
        (json!({ "AWS": "AIDAEXAMPLEEXAMPLE" }), user, true),
        (json!({ "AWS": "AIDAANOTHERANOTHER" }), user, false),
        (
            json!({ "Service": "apigateway.amazonaws.com" }),
            service,
            true,
        ),
        (json!({ "Service": "lambda.amazonaws.com" }), service, false),
        (
            json!({ "Service": ["a.amazonaws.com", "apigateway.amazonaws.com"] }),
            service,
            true,
        ),
        (
            json!({ "Service": "apigateway.amazonaws.com" }),
            user,
            false,
        ),
        (json!({ "Federated": "accounts.google.com" }), token, true),
        (json!({ "Federated": "graph.facebook.com" }), token, false),
        (json!({ "Federated": "accounts.google.com" }), user, false),
    ] {
        assert_eq!(
            admits("Principal", &named, requester),
            expect,
            "{named} {requester:?}"
        );
    }
    let others = json!({ "AWS": "arn:aws:iam::111111111111:user/bob" });
    assert!(admits("NotPrincipal", &others, user));
    let own = json!({ "AWS": "arn:aws:iam::111111111111:user/alice" });
    assert!(!admits("NotPrincipal", &own, user));
}
