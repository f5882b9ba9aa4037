#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use super::*;

const FN: &str = "arn:aws:lambda:us-east-1:222222222222:function:fn";

fn permission(principal: &str) -> Permission {
    Permission {
        statement_id: "s1".into(),
        action: "lambda:InvokeFunction".into(),
        principal: principal.into(),
        ..Permission::default()
    }
}

fn check(permission: &Permission, expect: &str) {
    let grantee = Grantee::parse(&permission.principal).unwrap();
    assert_eq!(render(permission, &grantee, FN).to_string(), expect);
}

#[test]
fn the_tutorials_statement() {
    let permission = Permission {
        source_arn: Some("arn:aws:execute-api:us-east-1:111111111111:abc123defg/*/GET/".into()),
        ..permission("apigateway.amazonaws.com")
    };
    check(
        &permission,
        r#"{"Sid":"s1","Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:us-east-1:222222222222:function:fn","Condition":{"ArnLike":{"AWS:SourceArn":"arn:aws:execute-api:us-east-1:111111111111:abc123defg/*/GET/"}}}"#,
    );
}

#[test]
fn a_statement_without_conditions() {
    check(
        &permission("logs.amazonaws.com"),
        r#"{"Sid":"s1","Effect":"Allow","Principal":{"Service":"logs.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:us-east-1:222222222222:function:fn"}"#,
    );
}

#[test]
fn string_equals_stands_before_arn_like() {
    let permission = Permission {
        source_arn: Some("arn:aws:s3:::b".into()),
        source_account: Some("111111111111".into()),
        function_url_auth_type: Some("NONE".into()),
        principal_org_id: Some("o-1234567890".into()),
        ..permission("*")
    };
    check(
        &permission,
        r#"{"Sid":"s1","Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:us-east-1:222222222222:function:fn","Condition":{"StringEquals":{"AWS:SourceAccount":"111111111111","lambda:FunctionUrlAuthType":"NONE","aws:PrincipalOrgID":"o-1234567890"},"ArnLike":{"AWS:SourceArn":"arn:aws:s3:::b"}}}"#,
    );
}

#[test]
fn principals() {
    let aws = |text: &str| Grantee::Aws(text.parse().unwrap());
    for (text, expect) in [
        ("*", Grantee::Anyone),
        ("111111111111", aws("arn:aws:iam::111111111111:root")),
        (
            "arn:aws:iam::111111111111:user/a/b",
            aws("arn:aws:iam::111111111111:user/a/b"),
        ),
        (
            "arn:aws:sts::111111111111:assumed-role/r/s",
            aws("arn:aws:sts::111111111111:assumed-role/r/s"),
        ),
        (
            "events.amazonaws.com",
            Grantee::Service("events.amazonaws.com".into()),
        ),
        (
            "alexa-appkit.amazon.com",
            Grantee::Service("alexa-appkit.amazon.com".into()),
        ),
    ] {
        assert_eq!(Grantee::parse(text).unwrap(), expect, "{text}");
    }
    for bad in [
        "invalid.nonaws.com",
        "amazonaws.com",
        ".amazonaws.com",
        "11111111111",
        "arn:aws:iam::111111111111:user/*",
        "arn:aws:iam::111111111111:group/g",
        "arn:aws:iam::aws:policy/p",
        "arn:aws:s3:::b",
        "**",
    ] {
        assert_eq!(
            Grantee::parse(bad).unwrap_err().to_string(),
            "The provided principal was invalid. Please check the principal and try again.",
            "{bad}"
        );
    }
}

#[test]
fn statements_come_and_go() {
    let grantee = Grantee::Anyone;
    let first = append(None, render(&permission("*"), &grantee, FN)).unwrap();
    assert!(
        first.starts_with(r#"{"Version":"2012-10-17","Id":"default","Statement":[{"Sid":"s1""#)
    );
    let again = append(Some(&first), render(&permission("*"), &grantee, FN)).unwrap_err();
    assert_eq!(
        again.to_string(),
        "The statement id (s1) provided already exists. Please provide a new statement id, or remove the existing statement."
    );
    let second = Permission {
        statement_id: "s2".into(),
        ..permission("*")
    };
    let both = append(Some(&first), render(&second, &grantee, FN)).unwrap();
    assert_eq!(remove(&both, "s2").unwrap(), Some(first.clone()));
    assert_eq!(remove(&first, "s1").unwrap(), None);
    assert_eq!(
        remove(&first, "s9").unwrap_err().to_string(),
        "Statement s9 is not found in resource policy."
    );
}

#[test]
fn a_whole_document_keeps_its_own_shape() {
    let document = r#"{"Statement":{"Sid":"a","Effect":"Deny","Principal":"*","Action":"lambda:*","Resource":"*"},"Version":"2012-10-17"}"#;
    let added = append(
        Some(document),
        render(&permission("*"), &Grantee::Anyone, FN),
    )
    .unwrap();
    assert!(added.starts_with(r#"{"Statement":[{"Sid":"a","Effect":"Deny""#));
    assert!(added.ends_with(r#"],"Version":"2012-10-17"}"#));
}

#[test]
fn a_policy_has_a_bound() {
    let base = append(None, render(&permission("*"), &Grantee::Anyone, FN)).unwrap();
    let with_sid = |length: usize| {
        let permission = Permission {
            statement_id: "x".repeat(length),
            ..permission("*")
        };
        append(Some(&base), render(&permission, &Grantee::Anyone, FN))
    };
    let shortest = with_sid(1).unwrap().len();
    let at_bound = 20_480 - shortest + 1;
    assert_eq!(with_sid(at_bound).unwrap().len(), 20_480);
    assert_eq!(
        with_sid(at_bound + 1).unwrap_err().to_string(),
        "The final policy size (20481) is bigger than the limit (20480)."
    );
}
