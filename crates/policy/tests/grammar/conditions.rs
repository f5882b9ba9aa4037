//! Condition operators and their modifiers.

use crate::{FUNCTION, context, decided};
use policy::Outcome;
use serde_json::{Value, json};

/// Whether a condition holds for a request with these keys.
#[track_caller]
pub fn check(condition: Value, keys: Value, expect: bool) {
    let document = json!({ "Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition } });
    let outcome = decided(&document, "lambda:GetFunction", FUNCTION, &context(&keys));
    let found = outcome == Outcome::Allowed;
    assert_eq!(found, expect, "{condition} of {keys}");
}

/// One operator over one key `k`: what the request has, and whether that matches.
#[track_caller]
fn compares(operator: &str, value: impl Into<Value>, given: &[(&str, bool)]) {
    let value = value.into();
    for (one, expect) in given {
        check(
            json!({ operator: { "k": value } }),
            json!({ "k": one }),
            *expect,
        );
        // `IfExists` changes nothing where the key is there.
        let lenient = format!("{operator}IfExists");
        check(
            json!({ lenient: { "k": value } }),
            json!({ "k": one }),
            *expect,
        );
    }
    // An absent key: no to what is asked for, yes to what is excluded, yes to `IfExists`.
    let is_negated = operator.contains("Not");
    check(json!({ operator: { "k": value } }), json!({}), is_negated);
    let lenient = format!("{operator}IfExists");
    check(json!({ lenient: { "k": value } }), json!({}), true);
    let all = &format!("ForAllValues:{operator}");
    check(json!({ all.as_str(): { "k": value } }), json!({}), true);
    check(
        json!({ all.as_str(): { "k": value } }),
        json!({ "k": [] }),
        true,
    );
    let any = &format!("ForAnyValue:{operator}");
    check(json!({ any.as_str(): { "k": value } }), json!({}), false);
    check(
        json!({ any.as_str(): { "k": value } }),
        json!({ "k": [] }),
        false,
    );
}

#[test]
fn text_operators() {
    compares(
        "StringEquals",
        "Ab",
        &[("Ab", true), ("ab", false), ("Abc", false)],
    );
    compares(
        "StringEquals",
        json!(["a", "b"]),
        &[("a", true), ("b", true), ("c", false)],
    );
    compares("StringNotEquals", "Ab", &[("Ab", false), ("ab", true)]);
    compares(
        "StringNotEquals",
        json!(["a", "b"]),
        &[("a", false), ("b", false), ("c", true)],
    );
    compares(
        "StringEqualsIgnoreCase",
        "Ab",
        &[("aB", true), ("abc", false)],
    );
    compares(
        "StringNotEqualsIgnoreCase",
        "Ab",
        &[("aB", false), ("abc", true)],
    );
    compares(
        "StringLike",
        "a*c?",
        &[("abcd", true), ("acd", true), ("ac", false), ("Acd", false)],
    );
    compares("StringNotLike", "a*", &[("a", false), ("b", true)]);
    // Outside of Like a star is a star.
    compares("StringEquals", "a*", &[("a*", true), ("ab", false)]);
    check(
        json!({ "stringequals": { "K": "v" } }),
        json!({ "k": "v" }),
        true,
    );
}

#[test]
fn number_operators() {
    compares(
        "NumericEquals",
        "10",
        &[("10", true), ("10.0", true), ("11", false), ("x", false)],
    );
    compares("NumericEquals", 10, &[("10", true), ("1", false)]);
    compares("NumericEquals", 1.5, &[("1.50", true), ("1.51", false)]);
    compares("NumericNotEquals", "10", &[("10", false), ("9", true)]);
    compares(
        "NumericLessThan",
        "10",
        &[("9.99", true), ("10", false), ("-3", true)],
    );
    compares(
        "NumericLessThanEquals",
        "10",
        &[("10", true), ("10.01", false)],
    );
    compares(
        "NumericGreaterThan",
        "10",
        &[("10.01", true), ("10", false)],
    );
    compares(
        "NumericGreaterThanEquals",
        "10",
        &[("10", true), ("9", false)],
    );
}

#[test]
fn date_operators() {
    let noon = "2026-11-22T12:00:00Z";
    compares(
        "DateEquals",
        noon,
        &[(noon, true), ("2026-11-22T12:00:01Z", false)],
    );
    compares(
        "DateEquals",
        noon,
        &[("1795348800", true), ("2026-11-22T13:00:00+01:00", true)],
    );
    compares(
        "DateNotEquals",
        noon,
        &[(noon, false), ("2026-11-22T12:00:01Z", true)],
    );
    compares(
        "DateLessThan",
        noon,
        &[("2026-11-22T11:59:59Z", true), (noon, false)],
    );
    compares(
        "DateLessThanEquals",
        noon,
        &[(noon, true), ("2026-11-22T12:00:01Z", false)],
    );
    compares(
        "DateGreaterThan",
        "2026-11-22",
        &[("2026-11-22T00:00:01Z", true), ("2026-11-21", false)],
    );
    compares(
        "DateGreaterThanEquals",
        "1795348800",
        &[(noon, true), ("2026-11-22T11:59:59Z", false)],
    );
    compares("DateLessThan", "no date", &[(noon, false)]);
}

#[test]
fn truth_and_bytes() {
    compares(
        "Bool",
        "true",
        &[
            ("true", true),
            ("false", false),
            ("TRUE", true),
            ("1", false),
        ],
    );
    compares("Bool", true, &[("true", true), ("false", false)]);
    compares(
        "BinaryEquals",
        "QmluYXJ5",
        &[("QmluYXJ5", true), ("QmluYXJ6", false)],
    );
    compares("BinaryEquals", "not base64!", &[("QmluYXJ5", false)]);
}

#[test]
fn addresses() {
    compares(
        "IpAddress",
        "203.0.113.0/24",
        &[("203.0.113.255", true), ("203.0.114.0", false)],
    );
    compares(
        "IpAddress",
        "203.0.113.7",
        &[("203.0.113.7", true), ("203.0.113.8", false)],
    );
    compares(
        "IpAddress",
        "2001:db8::/32",
        &[("2001:db8:1::1", true), ("2001:db9::", false)],
    );
    compares(
        "IpAddress",
        "2001:db8::7",
        &[("2001:DB8::7", true), ("2001:db8::8", false)],
    );
    compares(
        "IpAddress",
        "0.0.0.0/0",
        &[("198.51.100.1", true), ("2001:db8::1", false)],
    );
    compares(
        "NotIpAddress",
        "10.0.0.0/8",
        &[("10.1.2.3", false), ("11.0.0.1", true)],
    );
    // What is no network excludes nothing and lets nobody in.
    compares("IpAddress", "10.0.0.0/33", &[("10.0.0.1", false)]);
    compares("NotIpAddress", "10.0.0.0/33", &[("10.0.0.1", false)]);
}

#[test]
fn arns_are_compared_part_by_part() {
    let source = "arn:aws:execute-api:us-east-1:111111111111:abc/prod/GET/pets";
    let near = "arn:aws:execute-api:us-east-1:222222222222:abc/prod/GET/pets";
    for operator in ["ArnEquals", "ArnLike"] {
        compares(operator, source, &[(source, true), (near, false)]);
        let any = "arn:aws:execute-api:*:111111111111:abc/*/GET/*";
        compares(operator, any, &[(source, true), (near, false)]);
        // A star in the account's place does not reach into the resource.
        compares(
            operator,
            "arn:aws:execute-api:us-east-1:*",
            &[(source, false)],
        );
        compares(
            operator,
            "arn:aws:execute-api:us-east-1:*:abc/prod/GET/pets",
            &[(near, true)],
        );
        compares(
            operator,
            "arn:aws:execute-api:us-????-1:*:*",
            &[(source, true)],
        );
        compares(operator, source, &[("no arn", false)]);
    }
    for operator in ["ArnNotEquals", "ArnNotLike"] {
        compares(operator, source, &[(source, false), (near, true)]);
    }
}

#[test]
fn null_asks_whether_the_key_is_there() {
    for (value, is_there, expect) in [
        (json!("true"), false, true),
        (json!("true"), true, false),
        (json!("false"), true, true),
        (json!("false"), false, false),
        (json!(true), false, true),
        (json!(false), false, false),
    ] {
        let keys = if is_there {
            json!({ "k": "v" })
        } else {
            json!({})
        };
        check(json!({ "Null": { "k": value } }), keys, expect);
    }
}

#[test]
fn sets_of_values() {
    let all = json!({ "ForAllValues:StringEquals": { "k": ["a", "b"] } });
    check(all.clone(), json!({ "k": ["a"] }), true);
    check(all.clone(), json!({ "k": ["a", "b"] }), true);
    check(all.clone(), json!({ "k": ["a", "c"] }), false);
    check(all, json!({ "k": "c" }), false);
    let any = json!({ "ForAnyValue:StringEquals": { "k": ["a", "b"] } });
    check(any.clone(), json!({ "k": ["c", "a"] }), true);
    check(any, json!({ "k": ["c", "d"] }), false);
    let none = json!({ "ForAllValues:StringNotEquals": { "k": ["a", "b"] } });
    check(none.clone(), json!({ "k": ["c", "d"] }), true);
    check(none, json!({ "k": ["c", "a"] }), false);
    let other = json!({ "ForAnyValue:StringNotLike": { "k": "a*" } });
    check(other.clone(), json!({ "k": ["ab", "c"] }), true);
    check(other, json!({ "k": ["ab", "a"] }), false);
    // A list under an operator for one value.
    check(
        json!({ "StringEquals": { "k": "a" } }),
        json!({ "k": ["a"] }),
        false,
    );
}

#[test]
fn operators_and_keys_are_joined_by_and() {
    let both = json!({ "StringEquals": { "a": "1", "b": "2" }, "Bool": { "c": "true" } });
    check(
        both.clone(),
        json!({ "a": "1", "b": "2", "c": "true" }),
        true,
    );
    check(
        both.clone(),
        json!({ "a": "1", "b": "2", "c": "false" }),
        false,
    );
    check(
        both.clone(),
        json!({ "a": "1", "b": "3", "c": "true" }),
        false,
    );
    check(both, json!({ "a": "1", "c": "true" }), false);
    check(json!({}), json!({}), true);
    check(
        json!({ "StringEquals": { "k": [] } }),
        json!({ "k": "v" }),
        false,
    );
}
