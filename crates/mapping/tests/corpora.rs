//! Mapping templates with answers recorded from AWS.
//!
//! The corpora lie outside the repository; `CROSSWAY_SHARED` names their folder.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

use mapping::{ContextVariables, Params, Scope, Template, TemplateError};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// Cases of the suite whose answers are its authors' own, not AWS's, that differ on purpose.
const DIFFERENT: [(&str, &str); 2] = [
    // Arrays of the body print as JSON text (observed on AWS), not as a Java list.
    ("$.names", "prints as JSON"),
    // An entry of a map is Java's `NAME=TOQOZ`.
    ("entrySet()", "prints as Java's entries"),
];

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn params(case: &Value) -> Params {
    let pairs = |place: &str| -> Vec<(String, String)> {
        let map = case["params"][place].as_object();
        map.map(|map| {
            map.iter()
                .map(|(name, value)| (name.clone(), text(value)))
                .collect()
        })
        .unwrap_or_default()
    };
    let many = |place: &str| {
        pairs(place)
            .into_iter()
            .map(|(name, value)| (name, vec![value]))
            .collect()
    };
    Params {
        path: pairs("path"),
        querystring: many("querystring"),
        header: many("header"),
    }
}

fn render(case: &Value) -> Result<String, TemplateError> {
    let params = params(case);
    let context = ContextVariables::default();
    let variables = BTreeMap::new();
    let body = case["payload"].as_str().unwrap();
    let mut scope = Scope::new(body, &params, &context, &variables);
    Template::parse(case["template"].as_str().unwrap())?.render(&mut scope)
}

fn check(name: &str) {
    let Ok(shared) = std::env::var("CROSSWAY_SHARED") else {
        eprintln!("skipped: `{name}` needs CROSSWAY_SHARED");
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
    let path = Path::new(&shared)
        .join("corpora/vtl")
        .join(format!("{name}.json"));
    let suite: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut differences = Vec::new();
    for case in suite["cases"].as_array().unwrap() {
        let template = case["template"].as_str().unwrap();
        let is_aws = name.ends_with("-aws");
        if !is_aws && DIFFERENT.iter().any(|(part, _)| template.contains(part)) {
            continue;
        }
        let got = render(case);
        let expect = &case["expected"];
        let is_same = match (case["compare"].as_str().unwrap(), &got) {
            ("error", got) => got.is_err(),
            (_, Err(_)) => false,
            ("text", Ok(got)) => expect == got.as_str(),
            // The recording shows what a function received; an empty body reaches it as `{}`.
            (_, Ok(got)) if got.is_empty() => *expect == serde_json::json!({}),
            (_, Ok(got)) => serde_json::from_str::<Value>(got).is_ok_and(|got| got == *expect),
        };
        if !is_same {
            differences.push(format!("{}\n expected {expect}\n got {got:?}", case["id"]));
        }
    }
    assert!(
        differences.is_empty(),
        "{} differ:\n{}",
        differences.len(),
        differences.join("\n")
    );
}

#[test]
fn answers_recorded_from_aws() {
    check("apigw-mapping-template-aws");
}

#[test]
fn input_as_its_authors_expect() {
    check("apigw-mapping-template-input");
}
