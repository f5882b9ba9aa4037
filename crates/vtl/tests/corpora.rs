//! Templates with known output: answers recorded from AWS, and runs of Velocity 1.7 itself.
//!
//! The corpora lie outside the repository; `CROSSWAY_SHARED` names their folder.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

use serde_json::Value as Json;
use std::path::Path;
use std::sync::Arc;
use vtl::{Error, Heap, Limits, ListKind, NoHost, Template, Value};

/// Cases that differ on purpose, with the reason.
const DIFFERENT: [(&str, &str); 4] = [
    // The recorded run knew `#foo` from templates it had rendered before; nothing defines it here.
    (
        "StrictEscapeTestCase.testMacroEscape #2",
        "macro of another template",
    ),
    (
        "StrictEscapeTestCase.testMacroEscape #3",
        "macro of another template",
    ),
    (
        "StrictEscapeTestCase.testMacroEscape #4",
        "macro of another template",
    ),
    (
        "StrictEscapeTestCase.testMacroEscape #6",
        "macro of another template",
    ),
];

fn suite(name: &str) -> Option<Json> {
    let Ok(shared) = std::env::var("CROSSWAY_SHARED") else {
        eprintln!("skipped: `{name}` needs CROSSWAY_SHARED");
        return None;
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
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    Some(serde_json::from_str(&text).unwrap())
}

fn value(json: &Json, heap: &mut Heap) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(value), _) => match i32::try_from(value) {
                Ok(value) => Value::Int(value),
                Err(_) => Value::Long(value),
            },
            (None, value) => Value::Double(value.unwrap()),
        },
        Json::String(text) => text.as_str().into(),
        Json::Array(items) => {
            let items = items.iter().map(|item| value(item, heap)).collect();
            heap.free_list(items, ListKind::Java)
        }
        Json::Object(entries) => {
            let entries: Vec<_> = entries
                .iter()
                .map(|(key, item)| (key.as_str().into(), value(item, heap)))
                .collect();
            heap.free_map(entries)
        }
    }
}

fn render(template: &str, context: &Json) -> Result<String, Error> {
    let mut heap = Heap::new(Limits::default());
    let mut variables: Vec<(Arc<str>, Value)> = Vec::new();
    if let Json::Object(entries) = context {
        for (key, item) in entries {
            variables.push((key.as_str().into(), value(item, &mut heap)));
        }
    }
    Template::parse(template)?.render(variables, &mut NoHost, &mut heap)
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Runs every case and fails with all differences.
fn check(name: &str, context: Option<&Json>, expected: impl Fn(&Json) -> Json) {
    let Some(suite) = suite(name) else { return };
    let cases = suite["cases"].as_array().unwrap();
    let mut differences = Vec::new();
    for case in cases {
        let id = case["id"].as_str().unwrap();
        if DIFFERENT.iter().any(|(different, _)| *different == id) {
            continue;
        }
        let template = case["template"].as_str().unwrap();
        let got = render(template, context.unwrap_or(&case["context"]));
        let expect = expected(case);
        let is_same = match (&expect, &got) {
            (Json::String(text), Ok(got)) if case["ignore_whitespace"] == true => {
                squeezed(text) == squeezed(got)
            }
            (Json::String(text), Ok(got)) => text == got,
            (error, Err(_)) => error.get("error").is_some(),
            (error, Ok(_)) if error.get("error").is_some() => false,
            (json, Ok(got)) => serde_json::from_str::<Json>(got).is_ok_and(|got| got == *json),
        };
        if !is_same {
            differences.push(format!(
                "{id}\n template {template:?}\n expected {expect}\n got {got:?}"
            ));
        }
    }
    assert!(
        differences.is_empty(),
        "{} of {} differ:\n{}",
        differences.len(),
        cases.len(),
        differences.join("\n")
    );
}

#[test]
fn answers_recorded_from_aws() {
    check("airspeed-aws-snapshots", None, |case| {
        case["expected"].clone()
    });
    check("airspeed-local", None, |case| case["expected"].clone());
}

#[test]
fn velocity_evaluations() {
    check("apache-velocity-evals", None, |case| {
        case["aws_model"].clone()
    });
}

#[test]
fn velocity_template_files() {
    check("apache-velocity-templates", None, |case| {
        case["aws_model"].clone()
    });
}

#[test]
fn templates_of_velocityjs() {
    check("velocityjs", None, |case| case["aws_model"].clone());
}

#[test]
fn generated_templates() {
    let Ok(shared) = std::env::var("CROSSWAY_SHARED") else {
        eprintln!("skipped: `generated-differential` needs CROSSWAY_SHARED");
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
    let path = Path::new(&shared).join("corpora/vtl/generated-context.json");
    let context: Json = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    check(
        "generated-differential",
        Some(&context),
        |case| match case.get("expect_error") {
            Some(error) => serde_json::json!({ "error": error }),
            None => case["expected"].clone(),
        },
    );
}
