//! AWS's own signing suite for SigV4a, and what becomes of it when one byte changes.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod support;

use serde_json::Value;
use sigv4::{Algorithm, Regions, canonical_request, string_to_sign};
use support::{NOW_MS, Raw, SECRET, mutants, same_request};

/// What one signed request of the suite must come to.
struct Case {
    id: String,
    signed: Raw,
    /// The same with the suite's other signature; no two of this kind are alike.
    signed_again: Raw,
    canonical: String,
    string_to_sign: String,
}

fn cases() -> Vec<Case> {
    let Some(suite) = support::suite("aws-c-auth-v4a.json") else {
        return Vec::new();
    };
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let of_case = |case: &Value, half: &str| {
        let id = format!("{} {half}", text(&case["id"]));
        let half = &case[half];
        if half["signed_request"].is_null() {
            eprintln!("{id}: AWS's suite holds no signed request");
            return None;
        }
        let signed = half["signed_request"].as_str().unwrap();
        let (before, after) = signed.split_once("Signature=").unwrap();
        let end = after.find(['\n', ' ', '&']).unwrap();
        let other = text(&half["signature"]);
        Some(Case {
            id,
            signed: Raw::parse(signed),
            signed_again: Raw::parse(&format!("{before}Signature={other}{}", &after[end..])),
            canonical: text(&half["canonical_request"]),
            string_to_sign: text(&half["string_to_sign"]),
        })
    };
    let cases = suite["cases"].as_array().unwrap();
    let halves = ["header", "query"];
    let all = cases
        .iter()
        .flat_map(|case| halves.map(|half| of_case(case, half)))
        .flatten();
    all.collect()
}

#[test]
fn every_case_is_accepted_and_its_texts_are_equal() {
    let mut accepted = 0;
    for case in cases() {
        let path = case.signed.verify();
        let path = path.unwrap_or_else(|error| panic!("{}: {error}", case.id));
        assert!(case.signed_again.verify().is_ok(), "{}", case.id);
        let headers = case.signed.header_map().unwrap();
        let mut signed = case.signed.clone();
        if let sigv4::SignedPath::Normalised(path) = path {
            signed.path = path;
        }
        let parts = signed.parts(&headers);
        let claim = sigv4::parse(&parts).unwrap();
        assert_eq!(claim.algorithm(), Algorithm::Ecdsa);
        let hash = sigv4::body_hash(signed.body.as_bytes());
        let canonical = canonical_request(&claim, &parts, &hash);
        assert_eq!(String::from_utf8_lossy(&canonical), case.canonical);
        assert_eq!(string_to_sign(&claim, &canonical), case.string_to_sign);
        assert!(claim.check_time(NOW_MS + 15 * 60_000).is_ok());
        assert!(claim.check_scope("service", Some("us-east-1")).is_ok());
        assert!(claim.check_scope("service", Some("us-east-2")).is_err());
        assert!(claim.check_scope("other", None).is_err());
        accepted += 1;
    }
    eprintln!("{accepted} requests accepted");
}

#[test]
fn another_secret_or_key_id_is_a_mismatch() {
    for case in cases() {
        let headers = case.signed.header_map().unwrap();
        let parts = case.signed.parts(&headers);
        let claim = sigv4::parse(&parts).unwrap();
        let hash = sigv4::body_hash(case.signed.body.as_bytes());
        let verify = |secret: &str| {
            sigv4::verify_with(&claim, &parts, &hash, secret, sigv4::TokenRule::Signed)
        };
        assert!(verify(SECRET).is_ok(), "{}", case.id);
        assert_eq!(verify("wrong"), Err(sigv4::Error::Mismatch));
    }
}

#[test]
fn one_changed_byte_is_refused() {
    let mut refused = 0;
    for case in cases() {
        // Every third change: at least four to each byte; the curve takes its time.
        for (what, mutant) in mutants(&case.signed).into_iter().step_by(3) {
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

/// The suite's plainest request, changed by hand.
fn vanilla() -> Option<Raw> {
    let cases = cases().into_iter();
    let mut found = cases.filter(|case| case.id == "get-vanilla header");
    found.next().map(|case| case.signed)
}

#[test]
fn the_region_set_is_needed_signed_and_single() {
    let Some(good) = vanilla() else { return };
    let refusal = |raw: &Raw| raw.verify().unwrap_err().kind();
    let set = |raw: &mut Raw, value: Option<&str>| {
        let is_set = |name: &str| name.eq_ignore_ascii_case("x-amz-region-set");
        raw.headers.retain(|(name, _)| !is_set(name));
        let value = value.map(|value| ("X-Amz-Region-Set".to_owned(), value.to_owned()));
        raw.headers.extend(value);
    };
    let mut missing = good.clone();
    set(&mut missing, None);
    assert_eq!(refusal(&missing), sigv4::ErrorKind::IncompleteSignature);
    for other in ["*", "us-east-*", "us-east-1,eu-west-1", "eu-west-1", ""] {
        let mut raw = good.clone();
        set(&mut raw, Some(other));
        assert_eq!(refusal(&raw), sigv4::ErrorKind::InvalidSignature, "{other}");
    }
    let mut twice = good.clone();
    twice
        .headers
        .push(("X-Amz-Region-Set".to_owned(), "us-east-1".to_owned()));
    assert_eq!(refusal(&twice), sigv4::ErrorKind::IncompleteSignature);
    let mut unsigned = good;
    for (_, value) in &mut unsigned.headers {
        *value = value.replace(";x-amz-region-set", "");
    }
    assert_eq!(refusal(&unsigned), sigv4::ErrorKind::InvalidSignature);
}

#[test]
fn a_claim_names_its_region_set() {
    let Some(good) = vanilla() else { return };
    let headers = good.header_map().unwrap();
    let claim = sigv4::parse(&good.parts(&headers)).unwrap();
    assert_eq!(
        claim.scope().regions,
        Regions::Set(vec!["us-east-1".to_owned()])
    );
    assert_eq!(claim.scope().to_string(), "20150830/service/aws4_request");
}
