//! `cargo xtask fuzz-vtl`: random templates and JSON paths through our engines and through an oracle.
//!
//! The oracle is a program that the caller names; `benches/templates/jvm` has one. It reads one
//! JSON object a line, and answers one a line:
//!
//! ```text
//! {"op": "vtl", "aws": true, "template", "context", "body"?, "params"?}   {"output"} or {"error"}
//! {"op": "jsonpath", "doc", "path"}                                      {"text"} or {"error"}
//! ```
//!
//! With `"aws"` it must take undefined references for the empty text; with `"body"` it must know
//! `$input` and `$util`.

mod gateway;
mod generate;
mod oracle;
mod ours;
mod path;
mod words;

pub(crate) use generate::Random;
use generate::{Case, Kind};
use oracle::Oracle;
use ours::Answer;
use serde_json::{Value as Json, json};

/// Cases that are under way in the oracle at once.
const BATCH: u64 = 64;

/// Differences after which it ends: they are most likely the same few again.
const DIFFERENCES_MAX: usize = 25;

/// Runs the cases and prints each difference, made small, as one line of JSON.
///
/// # Errors
/// When the oracle ends, or there is a difference.
pub fn run(oracle: &str, cases: u64, seed: u64) -> Result<(), String> {
    let mut oracle = Oracle::start(oracle)?;
    let (mut done, mut differences) = (0, 0);
    while done < cases && differences < DIFFERENCES_MAX {
        let count = BATCH.min(cases - done);
        let batch: Vec<Case> = (done..done + count)
            .map(|number| {
                let mut random = Random::new(seed.wrapping_mul(1_000_003).wrapping_add(number));
                generate::case(&mut random, number)
            })
            .collect();
        let expected = oracle.ask(&batch.iter().map(question).collect::<Vec<_>>())?;
        for (case, expected) in batch.into_iter().zip(&expected) {
            if differs(&case, expected) {
                differences += 1;
                let small = smaller(case, &mut oracle)?;
                let mut found = question(&small);
                let expected = oracle.ask(std::slice::from_ref(&found))?;
                found["expected"] = expected.into_iter().next().unwrap_or_default();
                found["ours"] = match ours::answer(&small) {
                    Answer::Text(text) => text.into(),
                    Answer::Error(error) | Answer::Limit(error) => json!({ "error": error }),
                };
                println!("{found}");
            }
        }
        done += count;
        eprint!("\r{done} of {cases} cases, {differences} differences");
    }
    eprintln!();
    match differences {
        0 => Ok(()),
        _ => Err(format!("{differences} differences with seed {seed}")),
    }
}

/// The case without all pieces that the difference does not need.
fn smaller(mut case: Case, oracle: &mut Oracle) -> Result<Case, String> {
    // A path is none without its `$`.
    let mut at = usize::from(matches!(case.kind, Kind::Path { .. }));
    while at < case.pieces.len() {
        let piece = case.pieces.remove(at);
        let expected = oracle.ask(&[question(&case)])?.pop().unwrap_or_default();
        if !differs(&case, &expected) {
            case.pieces.insert(at, piece);
            at += 1;
        }
    }
    if let Kind::Plain { context } = &mut case.kind {
        let template = case.pieces.concat();
        if let Some(members) = context.as_object_mut() {
            members.retain(|name, _| template.contains(name.as_str()));
        }
    }
    Ok(case)
}

fn question(case: &Case) -> Json {
    let text = case.pieces.concat();
    match &case.kind {
        Kind::Plain { context } => {
            json!({"op": "vtl", "aws": true, "template": text, "context": context})
        }
        Kind::Gateway { body } => json!({
            "op": "vtl", "aws": true, "template": text, "body": body,
            "params": gateway::params(), "context": gateway::context(),
        }),
        Kind::Path { document } => json!({"op": "jsonpath", "doc": document, "path": text}),
    }
}

/// Both failing is the same, however they say it. What a bound of ours ended, what took the oracle
/// too long, and what prints an address in memory cannot be compared.
fn differs(case: &Case, expected: &Json) -> bool {
    let has = |text: &str| case.pieces.iter().any(|piece| piece.contains(text));
    // The hash of a block, of an array, and of the values of a map, is its address.
    let is_address = ["#define", ".values()", ".split("];
    if has(".hashCode()") && is_address.into_iter().any(has) {
        return false;
    }
    let expected_text = ["output", "text"]
        .iter()
        .find_map(|name| expected[name].as_str());
    // json-smart cannot look into some classes of newer JVMs.
    if expected["message"]
        .as_str()
        .is_some_and(|text| text.contains("IllegalAccessError"))
    {
        return false;
    }
    match (ours::answer(case), expected_text) {
        (Answer::Limit(_), _) => false,
        (_, None) if matches!(expected["error"].as_str(), Some("timeout" | "serialise")) => false,
        (_, Some(text)) if text.contains("[Ljava.lang.") || text.contains("$Itr@") => false,
        // Half of a pair of UTF-16, which no text of ours can hold.
        (Answer::Text(ours), Some(text)) if text.contains('?') && ours.contains('\u{1f600}') => {
            false
        }
        (Answer::Text(ours), Some(text)) => ours != text,
        (Answer::Error(_), None) => false,
        // Jayway's versions do not agree on where a path that leads nowhere is an error, and where
        // an empty list.
        _ if matches!(case.kind, Kind::Path { .. }) => false,
        _ => true,
    }
}
