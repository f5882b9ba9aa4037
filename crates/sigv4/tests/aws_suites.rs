//! AWS's own signing suites, byte for byte, and what becomes of them when one byte changes.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod support;

use serde_json::Value;
use sigv4::{canonical_request, string_to_sign};
use support::{NOW_MS, Raw, mutants, same_request};

/// What one signed request of the suites must come to.
struct Case {
    id: String,
    signed: Raw,
    canonical: String,
    string_to_sign: String,
    signature: String,
}

fn cases() -> Vec<Case> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut cases = Vec::new();
    let (Some(open), Some(botocore)) = (
        support::suite("aws-c-auth-v4.json"),
        support::suite("botocore-aws4-testsuite.json"),
    ) else {
        return cases;
    };
    for case in open["cases"].as_array().unwrap() {
        for half in ["header", "query"] {
            cases.push(Case {
                id: format!("{} {half}", text(&case["id"])),
                signed: Raw::parse(case[half]["signed_request"].as_str().unwrap()),
                canonical: text(&case[half]["canonical_request"]),
                string_to_sign: text(&case[half]["string_to_sign"]),
                signature: text(&case[half]["signature"]),
            });
        }
    }
    for case in botocore["cases"].as_array().unwrap() {
        let authorization = text(&case["authz"]);
        cases.push(Case {
            id: text(&case["id"]),
            signed: Raw::parse(case["sreq"].as_str().unwrap()),
            canonical: text(&case["creq"]),
            string_to_sign: text(&case["sts"]),
            signature: authorization
                .rsplit_once("Signature=")
                .unwrap()
                .1
                .to_owned(),
        });
    }
    cases
}

#[test]
fn every_case_is_accepted_and_its_texts_are_equal() {
    for case in cases() {
        let verdict = case.signed.verify();
        let path = verdict.unwrap_or_else(|error| panic!("{}: {error}", case.id));
        let headers = case.signed.header_map().unwrap();
        let mut signed = case.signed.clone();
        if let sigv4::SignedPath::Normalised(path) = path {
            signed.path = path;
        }
        let parts = signed.parts(&headers);
        let claim = sigv4::parse(&parts).unwrap();
        let hash = sigv4::body_hash(signed.body.as_bytes());
        let canonical = canonical_request(&claim, &parts, &hash);
        let canonical_text = String::from_utf8(canonical.clone()).unwrap();
        let without_token = case.canonical.contains("X-Amz-Algorithm")
            && !case.canonical.contains("X-Amz-Security-Token")
            && canonical_text.contains("X-Amz-Security-Token");
        if !without_token {
            assert_eq!(canonical_text, case.canonical, "{}", case.id);
            assert_eq!(string_to_sign(&claim, &canonical), case.string_to_sign);
        }
        let stated = format!("{headers:?} {:?}", signed.query);
        assert!(stated.contains(&case.signature), "{}", case.id);
        // The window is 15 minutes, or X-Amz-Expires.
        assert!(claim.check_time(NOW_MS - 15 * 60_000).is_ok());
        assert!(claim.check_time(NOW_MS - 15 * 60_000 - 1000).is_err());
    }
}

#[test]
fn one_changed_byte_is_refused() {
    let mut refused = 0;
    for case in cases() {
        for (what, mutant) in mutants(&case.signed) {
            if mutant.verify().is_ok() {
                let is_same = same_request(&case.signed, &mutant);
                assert!(is_same, "{}: {what}: {mutant:?}", case.id);
                continue;
            }
            refused += 1;
        }
    }
    eprintln!("{refused} mutants refused");
}
