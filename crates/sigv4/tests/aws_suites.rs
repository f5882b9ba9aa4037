//! AWS's own signing suites, byte for byte, and what becomes of them when one byte changes.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod support;

use serde_json::Value;
use sigv4::{canonical_request, string_to_sign};
use support::{NOW_MS, Raw};

/// What one signed request of the suites must come to.
struct Case {
    id: String,
    signed: Raw,
    canonical: String,
    string_to_sign: String,
    signature: String,
}

fn cases() -> Vec<Case> {
    let Ok(shared) = std::env::var("CROSSWAY_SHARED") else {
        eprintln!("skipped: CROSSWAY_SHARED does not say where AWS's signing suites lie");
        return Vec::new();
    };
    // A relative folder is meant from the root of the checkout, not from this crate.
    let shared = format!(
        "{}",
        std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../..")
            .join(shared)
            .display()
    );
    let read = |name: &str| -> Value {
        let base = std::path::Path::new(&shared);
        // Tests run in the crate's folder, the variable counts from the workspace's.
        let from_crate = std::path::Path::new("../..").join(base);
        let base = if base.is_absolute() {
            base.to_path_buf()
        } else {
            from_crate
        };
        let path = base.join("corpora/sigv4").join(name);
        serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap()
    };
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut cases = Vec::new();
    for case in read("aws-c-auth-v4.json")["cases"].as_array().unwrap() {
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
    for case in read("botocore-aws4-testsuite.json")["cases"]
        .as_array()
        .unwrap()
    {
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

/// Every part with each byte changed in a few ways.
fn mutants(raw: &Raw) -> Vec<(String, Raw)> {
    let mut out = Vec::new();
    let mut add = |what: &str, text: &str, put: &dyn Fn(&mut Raw, String)| {
        for changed in changed(text) {
            let mut mutant = raw.clone();
            put(&mut mutant, changed);
            out.push((what.to_owned(), mutant));
        }
    };
    add("method", &raw.method, &|raw, text| raw.method = text);
    add("path", &raw.path, &|raw, text| raw.path = text);
    add("body", &raw.body, &|raw, text| raw.body = text);
    if let Some(query) = &raw.query {
        add("query", query, &|raw, text| raw.query = Some(text));
    }
    for (index, (name, value)) in raw.headers.iter().enumerate() {
        add(name, value, &|raw, text| raw.headers[index].1 = text);
    }
    out
}

fn changed(text: &str) -> Vec<String> {
    let mut out = vec![format!("{text}x")];
    for (at, old) in text.char_indices() {
        let after = &text[at + old.len_utf8()..];
        out.push(format!("{}{after}", &text[..at]));
        for new in ['a', '0', '/', '%', '&', ';', '+', ' ', 'é'] {
            out.push(format!("{}{new}{after}", &text[..at]));
        }
        if old.is_ascii() {
            for flip in [1u8, 2, 0x20] {
                out.push(format!(
                    "{}{}{after}",
                    &text[..at],
                    char::from(old as u8 ^ flip)
                ));
            }
        }
    }
    out
}

/// Whether two texts are one request to everybody who reads them: the same canonical request
/// (order of parameters, case of escapes, dot segments) under the same claim.
fn same_request(one: &Raw, other: &Raw) -> bool {
    let meaning = |raw: &Raw| {
        let headers = raw.header_map()?;
        let mut raw = raw.clone();
        if let Ok(sigv4::SignedPath::Normalised(path)) = raw.verify() {
            raw.path = path;
        }
        let parts = raw.parts(&headers);
        let claim = sigv4::parse(&parts).ok()?;
        let canonical = canonical_request(&claim, &parts, &sigv4::body_hash(raw.body.as_bytes()));
        Some((
            canonical,
            claim.scope().clone(),
            claim.date(),
            claim.access_key_id().to_owned(),
        ))
    };
    let signature = |raw: &Raw| {
        let header = raw
            .headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("authorization"))
            .map(|(_, value)| value.clone())
            .unwrap_or_default();
        let text = format!("{header}&{}", raw.query.clone().unwrap_or_default());
        let at = text.find("Signature=");
        at.map(|at| text[at..].chars().take(74).collect::<String>())
    };
    meaning(one).is_some() && meaning(one) == meaning(other) && signature(one) == signature(other)
}
