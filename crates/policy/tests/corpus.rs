//! Decisions against the shared corpora, which are data outside of the repository.
//!
//! Set `CROSSWAY_SHARED` to the folder that holds `corpora/`; without it the tests say that they
//! were skipped. A case that ought to be denied may never be allowed; every other difference is
//! listed with its reason, and the list may only shrink.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

#[path = "corpus/cases.rs"]
mod cases;
#[path = "corpus/differences.rs"]
mod differences;
#[path = "corpus/units.rs"]
mod units;

use cases::{Simulation, outcome_name};
use differences::{Differences, Rule};
use serde_json::Value;

/// The cases of a suite, or none when the corpora are not there.
pub fn suite(name: &str) -> Option<Vec<Value>> {
    let Ok(shared) = std::env::var("CROSSWAY_SHARED") else {
        eprintln!("skipped: CROSSWAY_SHARED is not set, {name} was not run");
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
    let path = format!("{shared}/corpora/iam/{name}.json");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let whole: Value = serde_json::from_str(&text).unwrap();
    Some(whole["cases"].as_array().unwrap().clone())
}

fn simulate(name: &'static str) {
    let Some(cases) = suite(name) else { return };
    let mut differences = Differences::of(name);
    for case in &cases {
        let Some(expected) = case["expected"].as_str() else {
            continue;
        };
        let outcome = Simulation::read(case).map(|simulation| simulation.run());
        let found = match &outcome {
            Ok(decision) => outcome_name(decision.outcome),
            Err(error) => error.as_str(),
        };
        let rule = || rule(case, expected);
        differences.note_with(case["id"].as_str().unwrap(), expected, found, rule);
    }
    differences.judge(cases.len());
}

/// Why a case differs: its resource is a pattern, or patterns for APIs alone make the difference.
fn rule(case: &Value, expected: &str) -> Option<Rule> {
    let plain = differences::without_wild_api_ids(case);
    let decided = Simulation::read(&plain).ok()?.run();
    let is_api_id = plain != *case && outcome_name(decided.outcome) == expected;
    match is_api_id {
        true => Some(Rule::ApiId),
        false => Rule::of_resource(&case["request"]["resource"]["resource"]),
    }
}

#[test]
fn simulate_core() {
    simulate("iam-simulate-core");
}

#[test]
fn generated_differential() {
    simulate("generated-differential");
}

#[test]
fn simulate_integration() {
    let Some(cases) = suite("iam-simulate-integration") else {
        return;
    };
    let mut differences = Differences::of("iam-simulate-integration");
    for case in &cases {
        let Some(expected) = case["expected"]["overallResult"].as_str() else {
            continue;
        };
        // A resource with wildcards, and the mode in which condition keys are unknown, are
        // features of that tool: requests have one resource and known keys.
        let resource = &case["simulation"]["request"]["resource"]["resource"];
        let is_pattern = resource.as_str().is_some_and(|text| text.contains('*'));
        if is_pattern || case["options"]["simulationMode"] == "Discovery" {
            continue;
        }
        let outcome = Simulation::read_named(&case["simulation"]).map(|found| found.run());
        let found = match &outcome {
            Ok(decision) => outcome_name(decision.outcome),
            Err(error) => error.as_str(),
        };
        differences.note(case["id"].as_str().unwrap(), expected, found);
    }
    differences.judge(cases.len());
}

#[test]
fn documented_tables_and_confused_deputies() {
    let name = "aws-documented-and-confused-deputy";
    let Some(cases) = suite(name) else { return };
    let mut differences = Differences::of(name);
    for case in &cases {
        let expected = match case["expected"].as_str().unwrap() {
            "Allow" => "Allowed",
            "ImplicitDeny" => "ImplicitlyDenied",
            _ => "ExplicitlyDenied",
        };
        let outcome = cases::documented(case);
        differences.note(
            case["id"].as_str().unwrap(),
            expected,
            outcome_name(outcome),
        );
    }
    differences.judge(cases.len());
}
