//! Paths with known results of Jayway.
//!
//! The corpus lies outside the repository; `CROSSWAY_SHARED` names its folder.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

use jsonpath::{Json, JsonPath, PathError};
use serde_json::Value;
use std::path::Path;

/// Cases that differ on purpose, with the reason.
const DIFFERENT: [(&str, &str); 0] = [];

fn read(document: &str, selector: &str) -> Result<Value, PathError> {
    let document = Json::parse(document).unwrap();
    let result = JsonPath::parse(selector)?.read(&document)?;
    Ok(serde_json::from_str(&result.to_json_text()).unwrap())
}

#[test]
fn results_of_jayway() {
    let Ok(shared) = std::env::var("CROSSWAY_SHARED") else {
        eprintln!("skipped: `json-path-comparison` needs CROSSWAY_SHARED");
        return;
    };
    // A relative folder is meant from the root of the checkout, not from this crate.
    let shared = format!(
        "{}",
        std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../..")
            .join(shared)
            .display()
    );
    let path = Path::new(&shared).join("corpora/jsonpath/json-path-comparison.json");
    let suite: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut differences = Vec::new();
    for case in suite["cases"].as_array().unwrap() {
        let id = case["id"].as_str().unwrap();
        if DIFFERENT.iter().any(|(different, _)| *different == id) {
            continue;
        }
        let document = case["document"].as_str().unwrap();
        let selector = case["selector"].as_str().unwrap();
        let got = read(document, selector);
        let expect = &case["jayway_head"];
        let is_same = match (expect.as_str(), &got) {
            (Some("NOT_FOUND"), got) => matches!(got, Err(PathError::NotFound)),
            (Some("NOT_SUPPORTED"), got) => matches!(got, Err(PathError::Invalid(_))),
            (Some(text), got) if text.starts_with("ERROR") => got.is_err(),
            (_, Ok(got)) => got == expect,
            (_, Err(_)) => false,
        };
        if !is_same {
            differences.push(format!(
                "{id}\n {selector} {document} expected {expect}\n got {got:?}"
            ));
        }
    }
    assert!(
        differences.is_empty(),
        "{} differ:\n{}",
        differences.len(),
        differences.join("\n")
    );
}
