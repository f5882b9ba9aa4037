//! What is refused when a policy is saved, in AWS's words.

use policy::{Document, DocumentKind};

/// What a text is answered when it is saved.
#[track_caller]
fn saved(kind: DocumentKind, text: &str, expect: &str) {
    let found = Document::parse(text).and_then(|document| document.validate(kind));
    let found = found.map_or_else(|error| error.to_string(), |()| "saved".to_owned());
    assert_eq!(found, expect, "{text}");
}

#[test]
fn what_is_no_policy_is_not_saved() {
    let identity = |text: &str, expect: &str| saved(DocumentKind::Identity, text, expect);
    let syntax = "Syntax errors in policy.";
    identity("", "This policy contains invalid Json");
    identity("{", "This policy contains invalid Json");
    identity("[]", syntax);
    identity("{}", syntax);
    identity(r#"{"Statement":[]}"#, syntax);
    let statement = |text: &str| format!(r#"{{"Version":"2012-10-17","Statement":{{{text}}}}}"#);
    let good = r#""Effect":"Allow","Action":"s3:*","Resource":"*""#;
    identity(&statement(good), "saved");
    for broken in [
        r#""Effect":"allow","Action":"s3:*","Resource":"*""#,
        r#""Effect":"Maybe","Action":"s3:*","Resource":"*""#,
        r#""effect":"Allow","Action":"s3:*","Resource":"*""#,
        r#""Effect":"Allow","Action":[],"Resource":"*""#,
        r#""Effect":"Allow","Action":7,"Resource":"*""#,
        r#""Effect":"Allow","Action":"s3:*","NotAction":"s3:*","Resource":"*""#,
        r#""Effect":"Allow","Action":"s3:*","Resource":"*","NotResource":"*""#,
        r#""Effect":"Allow","Effect":"Deny","Action":"s3:*","Resource":"*""#,
        r#""Effect":"Allow","Action":"s3:*","Resource":"*","Condition":[]"#,
        r#""Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":"x"}"#,
        r#""Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Bool":{"k":null}}"#,
        r#""Action":"s3:*","Resource":"*""#,
    ] {
        identity(&statement(broken), syntax);
    }
    let old =
        r#"{"Version":"2011-01-01","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#;
    assert!(Document::parse(old).is_err());
    identity(
        &statement(r#""Effect":"Allow","Action":"s3:*""#),
        "Policy statement must contain resources.",
    );
    identity(
        &statement(r#""Effect":"Allow","Resource":"*""#),
        "Policy statement must contain actions.",
    );
    for unknown in ["StringSimilar", "NullIfExists", "ForSome:StringEquals"] {
        let text = format!(r#"{good},"Condition":{{"{unknown}":{{"k":"v"}}}}"#);
        assert!(Document::parse(&statement(&text)).is_err(), "{unknown}");
    }
    let principal = format!(r#"{good},"Principal":"*""#);
    assert!(
        Document::parse(&statement(&principal))
            .is_ok_and(|one| one.validate(DocumentKind::Identity).is_err())
    );
}
