//! Answers of real AWS, compared with ours.
//!
//! The recordings hold answers only, by step, with values that vary replaced by `<name:n>`. The
//! requests are our own. Without `CROSSWAY_SHARED` there is nothing to compare with.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

use crate::bench::Answer;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The recorded answers of one case.
pub struct Replay {
    steps: Map<String, Value>,
    name: String,
    /// What stands for each `<name:n>` here.
    bound: BTreeMap<String, Value>,
}

impl Replay {
    /// The case whose id ends in `name`; none when the recordings are not at hand.
    pub fn of(name: &str) -> Option<Self> {
        let Ok(shared) = std::env::var("CROSSWAY_SHARED") else {
            eprintln!("skipped: {name}: CROSSWAY_SHARED is not set");
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
        let path = format!("{shared}/corpora/aws-recordings/localstack-snapshots-apigateway.json");
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let file: Value = serde_json::from_str(&text).unwrap();
        let case = file["cases"]
            .as_array()
            .unwrap()
            .iter()
            .find(|case| case["id"].as_str().unwrap().ends_with(name))
            .unwrap_or_else(|| panic!("no case {name}"));
        Some(Self {
            steps: case["recorded_content"].as_object().unwrap().clone(),
            name: name.to_owned(),
            bound: BTreeMap::from([
                ("<partition>".into(), "aws".into()),
                ("<region>".into(), "us-east-1".into()),
            ]),
        })
    }

    /// Asserts that an answer is what AWS answered at this step.
    #[track_caller]
    pub fn step(&mut self, step: &str, answer: &Answer) {
        let recorded = self
            .steps
            .get(step)
            .unwrap_or_else(|| panic!("no step {step}"));
        let mut want = recorded.as_object().unwrap().clone();
        let status = want
            .remove("ResponseMetadata")
            .and_then(|meta| meta["HTTPStatusCode"].as_u64());
        let at = format!("{} / {step}", self.name);
        if let Some(status) = status {
            assert_eq!(u64::from(answer.status), status, "{at}: {}", answer.body);
        }
        if let Some(error) = want.remove("Error") {
            assert_eq!(error["Code"], answer.code, "{at}");
            let said = answer.body["message"].as_str();
            let recorded = error["Message"].as_str().map(|text| self.filled(text));
            assert_eq!(recorded.as_deref(), said, "{at}");
            return;
        }
        let mut got = answer.body.as_object().cloned().unwrap_or_default();
        // The SDKs call the wire's `item` so.
        if want.contains_key("items")
            && let Some(items) = got.remove("item")
        {
            got.insert("items".into(), items);
        }
        self.compare(&at, &Value::Object(want), &Value::Object(got));
    }

    #[track_caller]
    fn compare(&mut self, at: &str, want: &Value, got: &Value) {
        match (want, got) {
            (Value::String(want), _) if want == "datetime" => {
                assert!(got.is_number(), "{at}: no time: {got}");
            }
            (Value::String(want), _) if want.starts_with('<') && want.ends_with('>') => {
                let bound = self
                    .bound
                    .entry(want.clone())
                    .or_insert_with(|| got.clone());
                assert_eq!(bound, got, "{at}: {want}");
            }
            (Value::String(want), Value::String(got)) => {
                assert_eq!(self.filled(want), *got, "{at}");
            }
            (Value::Object(want), Value::Object(got)) => {
                let names = |map: &Map<String, Value>| {
                    let mut names: Vec<_> = map.keys().cloned().collect();
                    names.sort();
                    names
                };
                assert_eq!(names(want), names(got), "{at}: members");
                for (name, value) in want {
                    self.compare(&format!("{at}.{name}"), value, &got[name]);
                }
            }
            (Value::Array(want), Value::Array(got)) => {
                assert_eq!(want.len(), got.len(), "{at}: length of {got:?}");
                for (n, (want, got)) in want.iter().zip(got).enumerate() {
                    self.compare(&format!("{at}[{n}]"), want, got);
                }
            }
            // The recorder reads texts that are JSON, templates and schemas among them.
            (Value::Object(_) | Value::Array(_), Value::String(text)) => {
                let parsed = serde_json::from_str(text)
                    .unwrap_or_else(|_| panic!("{at}: {text} is no JSON"));
                self.compare(at, want, &parsed);
            }
            _ => assert_eq!(want, got, "{at}"),
        }
    }

    /// A text with every known `<name:n>` filled in.
    fn filled(&self, text: &str) -> String {
        let known = self
            .bound
            .iter()
            .filter_map(|(name, value)| Some((name, value.as_str()?)));
        known.fold(text.to_owned(), |text, (name, value)| {
            text.replace(name, value)
        })
    }
}
