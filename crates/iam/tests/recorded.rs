//! Sequences of calls that were recorded elsewhere, replayed as far as IAM and STS are concerned.
//!
//! Data outside of the repository: set `CROSSWAY_SHARED` to the folder that holds `corpora/`.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod support;

use iam::AdministeredAccount;
use serde_json::Value;
use std::collections::HashMap;
use support::{Key, World, Xml};

/// `(part of the sequence's id, why it ends otherwise here)`; a listed sequence must differ.
const KNOWN: &[(&str, &str)] = &[
    (
        "unsupported_operation_should_supress_error",
        "AWS refuses to save a policy with a condition operator that does not exist",
    ),
    (
        "assume_role_with_saml",
        "AssumeRoleWithSAML is not there yet",
    ),
    (
        "assumed_role_credentials[cn-north-1-aws-cn]",
        "only the partition aws is served",
    ),
    (
        "test_assume_role_in_different_account",
        "a role that does not exist cannot be assumed",
    ),
];

#[tokio::test]
async fn moto_sequences_end_alike() {
    let Ok(shared) = std::env::var("CROSSWAY_SHARED") else {
        eprintln!("skipped: CROSSWAY_SHARED is not set, the recorded sequences were not run");
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
    let path = format!("{shared}/corpora/iam/moto-auth-sts-sequences.json");
    let text = std::fs::read_to_string(path).unwrap();
    let whole: Value = serde_json::from_str(&text).unwrap();
    let mut differences = Vec::new();
    for case in whole["cases"].as_array().unwrap() {
        let id = case["id"].as_str().unwrap();
        let known = KNOWN.iter().find(|(part, _)| id.contains(part));
        match (replay(case).await, known) {
            (Err(why), Some((_, reason))) => eprintln!("known difference ({reason}): {id}: {why}"),
            (Err(why), None) => differences.push(format!("{id}: {why}")),
            (Ok(()), Some(_)) => differences.push(format!("{id}: take it off the list")),
            (Ok(()), None) => {}
        }
    }
    assert!(differences.is_empty(), "{differences:#?}");
}

/// Runs the steps that are ours; the first that ends otherwise is told.
async fn replay(case: &Value) -> Result<(), String> {
    let world = World::new().await;
    let account = AdministeredAccount {
        account: "123456789012".parse().unwrap(),
        alias: "recorded".to_owned(),
        key: None,
    };
    let keys = world.iam.ensure_administrators(&[account]).await.unwrap();
    let harness = Key {
        id: keys[0].access_key_id.clone(),
        token: None,
    };
    let mut made: HashMap<usize, Key> = HashMap::new();
    for (number, step) in case["steps"].as_array().unwrap().iter().enumerate() {
        let service = step["service"].as_str().unwrap();
        let credentials = step["credentials"].as_str().unwrap();
        let code = step["error"]["Code"].as_str();
        // Signatures are the endpoint's, other services are others'.
        if !matches!(service, "iam" | "sts") || code == Some("SignatureDoesNotMatch") {
            continue;
        }
        let key = match credentials.strip_prefix('$') {
            None => &harness,
            Some(path) => {
                let from: usize = path.split('.').next().unwrap().parse().unwrap();
                made.get(&from)
                    .ok_or_else(|| format!("step {from} gave no key"))?
            }
        };
        let action = format!("{service}:{}", step["operation"].as_str().unwrap());
        let flat = flatten(&step["params"]);
        let parameters: Vec<(&str, &str)> =
            flat.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        match (world.call(key, &action, &parameters).await, code) {
            (Ok(answer), None) => {
                made.insert(number, key_of(&answer));
            }
            (Ok(_), Some(code)) => return Err(format!("step {number} {action}: {code} expected")),
            (Err(error), Some(code)) if error.code == code => {}
            (Err(error), _) => {
                return Err(format!(
                    "step {number} {action}: {} {}",
                    error.code, error.message
                ));
            }
        }
    }
    Ok(())
}

fn key_of(answer: &Xml) -> Key {
    let key = answer.key();
    Key {
        token: key.token.filter(|token| !token.is_empty()),
        ..key
    }
}

/// Parameters as the query protocol names them.
fn flatten(parameters: &Value) -> Vec<(String, String)> {
    let mut flat = Vec::new();
    for (name, value) in parameters.as_object().into_iter().flatten() {
        match value {
            Value::String(text) => flat.push((name.clone(), text.clone())),
            Value::Array(list) => {
                for (place, item) in list.iter().enumerate() {
                    for (inner, value) in flatten(item) {
                        let at = place + 1;
                        flat.push((format!("{name}.member.{at}.{inner}"), value));
                    }
                }
            }
            other => flat.push((name.clone(), other.to_string())),
        }
    }
    flat
}
