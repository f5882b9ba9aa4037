//! Policies made to be slow to decide.
//!
//! INVARIANT: no decision costs more than 5 ms in a release build. Unoptimized builds are about
//! twenty times slower and share their machine, so they get more; a matcher that backtracks would
//! need hours for most of these.

#![allow(clippy::unwrap_used)]

use policy::{Attached, Context, Document, Policies, PolicyError, Request, Requester, evaluate};
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};

const LIMIT: Duration = match cfg!(debug_assertions) {
    true => Duration::from_millis(250),
    false => Duration::from_millis(5),
};

fn attached(policy: &serde_json::Value) -> Attached {
    Attached {
        id: "bomb".into(),
        document: Arc::new(Document::parse(&policy.to_string()).unwrap()),
    }
}

/// Decides several times; the quickest counts, so that a busy machine does not fail the test.
fn check(name: &str, policy: &serde_json::Value, resource: &str, context: &Context) {
    let policies = [attached(policy)];
    let principal = policy::Principal {
        account: "111111111111".parse().unwrap(),
        kind: policy::PrincipalKind::User,
        arn: "arn:aws:iam::111111111111:user/x".parse().unwrap(),
        principal_arn: "arn:aws:iam::111111111111:user/x".parse().unwrap(),
        user_id: "AIDAEXAMPLEEXAMPLE".to_owned(),
        access_key_id: "AKIAEXAMPLEEXAMPLE".to_owned(),
        session: None,
    };
    let best = (0..5)
        .map(|_| {
            let start = Instant::now();
            let decision = evaluate(
                &Request {
                    requester: Requester::Principal(&principal),
                    action: "s3:GetObject",
                    resource,
                    owner: &principal.account,
                    context,
                },
                &Policies {
                    identity: &policies,
                    ..Policies::default()
                },
            );
            assert!(!decision.is_allowed(), "{name}");
            start.elapsed()
        })
        .min()
        .unwrap();
    assert!(best < LIMIT, "{name}: {best:?}");
}

fn with_resources(resources: serde_json::Value) -> serde_json::Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": "s3:*", "Resource": resources }]
    })
}

fn arn(rest: &str) -> String {
    format!("arn:aws:s3:::{rest}")
}

#[test]
fn wildcards_against_a_long_resource() {
    let resource = arn(&"a".repeat(2048));
    let none = Context::new();
    for (name, pattern) in [
        ("stars", "a*".repeat(500) + "b"),
        ("stars to the end", "a*".repeat(500) + "b*"),
        ("stars and marks", "*a?".repeat(500) + "b"),
        (
            "one long piece with marks",
            format!("*{}b*", "a?".repeat(1000)),
        ),
        (
            "long pieces with marks",
            format!("*{}", "aaaa?aaaab*".repeat(500)),
        ),
        ("marks only", "?".repeat(3000)),
        ("late failure", format!("*{}*", "a".repeat(1500) + "b")),
    ] {
        check(
            name,
            &with_resources(json!(arn(&pattern))),
            &resource,
            &none,
        );
    }
}

#[test]
fn many_patterns_and_statements() {
    let resource = arn(&"ab".repeat(1024));
    let none = Context::new();
    let patterns: Vec<String> = (0..300).map(|n| arn(&format!("*a?{n}*b"))).collect();
    check(
        "300 patterns",
        &with_resources(json!(patterns)),
        &resource,
        &none,
    );
    let statement =
        json!({ "Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::*x" });
    let text = json!({ "Statement": vec![statement; 1_000] });
    check("1,000 statements", &text, &resource, &none);
    let both = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow", "NotAction": vec!["s3:*a*b*c*"; 200],
            "NotResource": vec![arn("*a*b*a*b"); 200]
        }]
    });
    check("NotAction and NotResource", &both, &resource, &none);
}

#[test]
fn variables_that_unfold_to_long_texts() {
    let resource = arn(&"a".repeat(2048));
    let context = Context::new().with("aws:PrincipalTag/k", "a".repeat(256));
    let pattern = arn(&("${aws:PrincipalTag/k}*".repeat(200) + "b"));
    check(
        "variables",
        &with_resources(json!(pattern)),
        &resource,
        &context,
    );
    let nested = arn(&"${aws:PrincipalTag/${aws:PrincipalTag/k}}".repeat(100));
    check(
        "nested variables",
        &with_resources(json!(nested)),
        &resource,
        &context,
    );
    let values = vec!["${aws:PrincipalTag/k}*x"; 200];
    let condition = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow", "Action": "*", "Resource": "*",
            "Condition": { "StringLike": { "aws:PrincipalTag/k": values } }
        }]
    });
    check("condition values", &condition, &resource, &context);
}

#[test]
fn texts_beyond_every_limit_are_not_read() {
    let huge = format!(
        "{{\"Statement\":[{}]}}",
        " ".repeat(policy::limits::DOCUMENT_BYTES_MAX)
    );
    assert!(matches!(
        Document::parse(&huge),
        Err(PolicyError::TooLong { .. })
    ));
    let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    let deep = format!("{{\"Statement\":{deep}}}");
    assert_eq!(Document::parse(&deep), Err(PolicyError::Json));
}
