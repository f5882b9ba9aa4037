//! What AWS answered, as the LocalStack project recorded it (Apache-2.0), against what we answer.
//!
//! The recordings are not part of the repository; without them the test says that it is skipped.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use super::support::*;
use serde_json::{Value as Json, json};

/// A step: its name in the recording (empty when it was not recorded), operation, input.
type Step = (&'static str, &'static str, Json);

const SUITE: &str = "corpora/aws-recordings/localstack-snapshots-lambda.json";

/// Members of newer models, which older recordings lack.
const NEWER: &[&str] = &[
    "SnapStart",
    "LoggingConfig",
    "RuntimeVersionConfig",
    "EphemeralStorage",
];

#[tokio::test]
async fn answers_are_those_that_aws_gave() {
    let Ok(shared) = std::env::var("CROSSWAY_SHARED") else {
        eprintln!("skipped: CROSSWAY_SHARED does not name the recordings");
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
    let text = std::fs::read_to_string(format!("{shared}/{SUITE}")).unwrap();
    let suite: Json = serde_json::from_str(&text).unwrap();
    let cases = suite["cases"].as_array().unwrap();
    let mut wrong = Vec::new();
    let mut compared = 0;
    for (id, steps) in scripts() {
        let case = cases
            .iter()
            .find(|case| case["id"].as_str().is_some_and(|full| full.ends_with(id)))
            .unwrap_or_else(|| panic!("no recording {id}"));
        let recorded = &case["recorded_content"];
        let world = World::new();
        for (name, operation, input) in steps {
            let meta = api::lambda::SERVICE.operation(operation).unwrap();
            let answer = world.send(OWNER, meta, &input).await;
            if operation == "CreateFunction" && name.is_empty() {
                assert_eq!(answer.status, 201, "{id}: {answer:?}");
            }
            if !name.is_empty() {
                compared += 1;
                let expected = recorded
                    .get(name)
                    .unwrap_or_else(|| panic!("{id}: no {name}"));
                let expected = expected.get("CreateFunctionResponse").unwrap_or(expected);
                if let Err(difference) = compare(expected, &answer) {
                    wrong.push(format!("{id} {name}: {difference}"));
                }
            }
            if answer.status < 300 {
                settle(&world, operation, &input).await;
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {compared} differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(compared > 90, "{compared}");
}

/// Waits for what the recorded scripts waited for.
async fn settle(world: &World, operation: &str, input: &Json) {
    let is_lasting = matches!(
        operation,
        "CreateFunction" | "UpdateFunctionCode" | "UpdateFunctionConfiguration"
    );
    // The tests that look at the state in between say so by publishing.
    if is_lasting && input["FunctionName"] == "fn" && input["Publish"].is_null() {
        world.active("fn").await;
    }
}

fn compare(expected: &Json, answer: &Answer) -> Result<(), String> {
    if let Some(status) = expected["ResponseMetadata"]["HTTPStatusCode"].as_u64()
        && status != u64::from(answer.status)
    {
        return Err(format!(
            "status {} for {status}: {}",
            answer.status, answer.body
        ));
    }
    let Some(error) = expected.get("Error") else {
        return same("", expected, &answer.body);
    };
    let code = answer.header("x-amzn-ErrorType").map(|code| json!(code));
    same("code", &error["Code"], &code.unwrap_or_default())?;
    for member in ["Type", "Message", "message"] {
        if let Some(recorded) = expected.get(member) {
            same(member, recorded, &answer.body[member])?;
        }
    }
    if error["Message"].is_null() {
        return Ok(());
    }
    let text = answer.body.get("message").or(answer.body.get("Message"));
    same("message", &error["Message"], text.unwrap_or(&Json::Null))
}

fn same(path: &str, expected: &Json, actual: &Json) -> Result<(), String> {
    let differ = || Err(format!("{path}: expected {expected}, got {actual}"));
    match (expected, actual) {
        // Documents inside texts were parsed for the recording; their members' order counts.
        (Json::Object(_), Json::String(text)) => {
            let parsed: Json = serde_json::from_str(text).map_err(|e| e.to_string())?;
            same(path, expected, &parsed)?;
            match keys(expected) == keys(&parsed) {
                true => Ok(()),
                false => Err(format!("{path}: members in the order of {parsed}")),
            }
        }
        (Json::Object(expected), _) => {
            let empty = serde_json::Map::new();
            let actual = actual.as_object().unwrap_or(&empty);
            let names = expected.keys().chain(actual.keys());
            for name in names.filter(|name| *name != "ResponseMetadata") {
                match (expected.get(name), actual.get(name)) {
                    (Some(expected), actual) => {
                        let actual = actual.unwrap_or(&Json::Null);
                        same(&format!("{path}/{name}"), expected, actual)?;
                    }
                    // boto3 leaves nulls out.
                    (None, Some(Json::Null) | None) => {}
                    (None, Some(_)) if NEWER.contains(&name.as_str()) => {}
                    (None, Some(more)) => return Err(format!("{path}/{name}: unexpected {more}")),
                }
            }
            Ok(())
        }
        (Json::Array(expected), Json::Array(actual)) if expected.len() == actual.len() => expected
            .iter()
            .zip(actual)
            .try_for_each(|(expected, actual)| same(&format!("{path}[]"), expected, actual)),
        (Json::String(pattern), _) => {
            let text = match actual {
                Json::String(text) => text.clone(),
                other => other.to_string(),
            };
            match fits(pattern, &text) {
                true => Ok(()),
                false => differ(),
            }
        }
        _ if expected == actual => Ok(()),
        _ => differ(),
    }
}

fn keys(value: &Json) -> Vec<String> {
    match value {
        Json::Object(members) => members
            .iter()
            .flat_map(|(name, value)| [vec![name.clone()], keys(value)].concat())
            .collect(),
        Json::Array(items) => items.iter().flat_map(keys).collect(),
        _ => Vec::new(),
    }
}

/// `<name:1>` stands for any text; the recorded account is ours.
fn fits(pattern: &str, text: &str) -> bool {
    if pattern == "date" {
        return text.starts_with("20");
    }
    let pattern = pattern.replace("111111111111", OWNER);
    let mut parts = pattern.split('<');
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or_default()) else {
        return false;
    };
    for part in parts {
        let literal = part.split_once('>').map_or(part, |(_, literal)| literal);
        if literal.is_empty() {
            // At the end: whatever is left.
            rest = "";
            continue;
        }
        match rest.find(literal) {
            Some(at) => rest = &rest[at + literal.len()..],
            None => return false,
        }
    }
    rest.is_empty()
}

/// The cases of `data/recorded.txt`.
fn scripts() -> Vec<(&'static str, Vec<Step>)> {
    let mut cases: Vec<(&'static str, Vec<Step>)> = Vec::new();
    for line in include_str!("data/recorded.txt").lines() {
        if line.starts_with("//") {
            continue;
        }
        if let Some(id) = line.strip_prefix("# ") {
            cases.push((id, Vec::new()));
            continue;
        }
        let mut parts = line.splitn(3, ' ');
        let (name, operation, input) = match (parts.next(), parts.next(), parts.next()) {
            (Some(name), Some(operation), Some(input)) => (name, operation, input),
            _ => panic!("no step: {line}"),
        };
        let input = input
            .replace("{zip}", &zip_base64("1"))
            .replace("{zip 2}", &zip_base64("2"));
        let name = if name == "-" { "" } else { name };
        let (_, steps) = cases.last_mut().unwrap();
        steps.push((name, operation, serde_json::from_str(&input).unwrap()));
    }
    cases
}
