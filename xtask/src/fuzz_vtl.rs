//! `cargo xtask fuzz-vtl`: random templates through our engine and through an oracle.
//!
//! The oracle is a program that the caller names. It reads one JSON object a line,
//! `{"op": "vtl", "aws": true, "template": …, "context": …}`, and answers one a line:
//! `{"output": …}` or `{"error": …}`. With `"aws"` it must take undefined references for the empty
//! text.

mod generate;

use generate::{Case, Random};
use serde_json::{Value as Json, json};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use vtl::{ErrorKind, Heap, Limits, ListKind, NoHost, Template, Value};

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
                let expected = oracle.ask(&[question(&small)])?.pop().unwrap_or_default();
                let found = json!({
                    "template": small.pieces.concat(), "context": small.context,
                    "expected": expected, "ours": answer(&ours(&small)),
                });
                println!("{found}");
            }
        }
        done += count;
        eprint!("\r{done} of {cases} templates, {differences} differences");
    }
    eprintln!();
    match differences {
        0 => Ok(()),
        _ => Err(format!("{differences} differences with seed {seed}")),
    }
}

/// The case without all pieces that the difference does not need.
fn smaller(mut case: Case, oracle: &mut Oracle) -> Result<Case, String> {
    let mut at = 0;
    while at < case.pieces.len() {
        let piece = case.pieces.remove(at);
        let expected = oracle.ask(&[question(&case)])?.pop().unwrap_or_default();
        if !differs(&case, &expected) {
            case.pieces.insert(at, piece);
            at += 1;
        }
    }
    let template = case.pieces.concat();
    if let Some(members) = case.context.as_object_mut() {
        members.retain(|name, _| template.contains(name.as_str()));
    }
    Ok(case)
}

fn question(case: &Case) -> Json {
    json!({"op": "vtl", "aws": true, "template": case.pieces.concat(), "context": case.context})
}

type Rendered = Result<String, vtl::Error>;

fn ours(case: &Case) -> Rendered {
    let mut heap = Heap::new(Limits::default());
    let mut variables: Vec<(Arc<str>, Value)> = Vec::new();
    for (name, json) in case.context.as_object().into_iter().flatten() {
        variables.push((name.as_str().into(), value(json, &mut heap)));
    }
    Template::parse(&case.pieces.concat())?.render(variables, &mut NoHost, &mut heap)
}

fn answer(rendered: &Rendered) -> Json {
    match rendered {
        Ok(output) => json!({ "output": output }),
        Err(error) => json!({ "error": error.to_string() }),
    }
}

/// Both failing is the same, however they say it. What a bound of ours ended, what took the oracle
/// too long, and what prints an address in memory cannot be compared.
fn differs(case: &Case, expected: &Json) -> bool {
    let has = |text: &str| case.pieces.iter().any(|piece| piece.contains(text));
    // The hash of a block, and of the values of a map, is its address.
    if (has("#define") || has(".values()")) && has(".hashCode()") {
        return false;
    }
    match (&ours(case), expected.get("output").and_then(Json::as_str)) {
        (Err(error), _) if matches!(error.kind, ErrorKind::Limit { .. }) => false,
        (_, None) if matches!(expected["error"].as_str(), Some("timeout" | "serialise")) => false,
        (_, Some(output)) if output.contains("[Ljava.lang.") || output.contains("$Itr@") => false,
        (Ok(ours), Some(output)) => ours != output,
        (Err(_), None) => false,
        _ => true,
    }
}

fn value(json: &Json, heap: &mut Heap) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => match number.as_i64() {
            Some(value) => i32::try_from(value).map_or(Value::Long(value), Value::Int),
            None => Value::Double(number.as_f64().unwrap_or_default()),
        },
        Json::String(text) => text.as_str().into(),
        Json::Array(items) => {
            let items = items.iter().map(|item| value(item, heap)).collect();
            heap.free_list(items, ListKind::Java)
        }
        Json::Object(members) => {
            let members: Vec<_> = members
                .iter()
                .map(|(name, item)| (name.as_str().into(), value(item, heap)))
                .collect();
            heap.free_map(members)
        }
    }
}

/// The program that knows the right answers.
struct Oracle {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Oracle {
    fn start(command: &str) -> Result<Self, String> {
        let mut child = Command::new("sh")
            .args(["-c", &format!("exec {command}")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("oracle `{command}`: {error}"))?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(input), Some(output)) => Ok(Self {
                child,
                input,
                output: BufReader::new(output),
            }),
            _ => Err("the oracle has no input or output".into()),
        }
    }

    /// The answers to some questions, asked while answers are read so that no pipe fills up.
    fn ask(&mut self, questions: &[Json]) -> Result<Vec<Json>, String> {
        let ended = |error: std::io::Error| format!("the oracle ended: {error}");
        let (input, output) = (&mut self.input, &mut self.output);
        std::thread::scope(|scope| {
            let asking = scope.spawn(move || -> std::io::Result<()> {
                for question in questions {
                    writeln!(input, "{question}")?;
                }
                input.flush()
            });
            let mut answers = Vec::with_capacity(questions.len());
            for _ in questions {
                let mut line = String::new();
                output.read_line(&mut line).map_err(ended)?;
                let answer = serde_json::from_str(&line);
                answers.push(answer.map_err(|error| format!("the oracle said `{line}`: {error}"))?);
            }
            match asking.join() {
                Ok(asked) => asked.map_err(ended).map(|()| answers),
                Err(_) => Err("asking the oracle failed".into()),
            }
        })
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
