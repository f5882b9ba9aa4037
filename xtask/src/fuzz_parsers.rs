//! `cargo xtask fuzz-parsers`: mutated templates, JSON paths and mapping expressions.
//!
//! They may be refused; they must not panic, overflow the stack or hang. A case depends on the
//! seeds, its number and nothing else, so that it can be made again: the progress names the number
//! of the last case that was begun.

mod mutate;
mod seeds;

use mapping::{ContextVariables, Params, Scope, Source, Target};
use mutate::Mutator;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use vtl::{Heap, Limits, ListKind, NoHost, Template, Value};

/// A parser, with what stands behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Parser {
    /// Templates: parsed and rendered.
    Vtl,
    /// JSON documents and paths: parsed, and one read from the other.
    Jsonpath,
    /// Expressions of parameter mappings, and the texts with variables in them.
    Expressions,
}

/// Cases between two looks at the clock.
const BATCH: u64 = 1_000;

/// A case that takes more of the processor is taken for a hang.
const CASE_MAX: Duration = Duration::from_secs(1);

/// Runs cases from number `from` on for some seconds of this thread's CPU time.
///
/// # Errors
/// When a case takes too long. A panic ends the program.
pub fn run(parser: Parser, seconds: u64, from: u64) -> Result<(), String> {
    let mutator = Mutator::new(seeds::of(parser));
    let mut number = from;
    while cpu_time()?.as_secs() < seconds {
        eprint!(
            "\r{parser:?}: {number} cases begun, {} CPU seconds",
            cpu_time()?.as_secs()
        );
        for _ in 0..BATCH {
            let case = mutator.case(number);
            let start = Instant::now();
            try_it(parser, &case);
            // The clock also counts when others have the processor, and asking for the time that
            // we had costs more than most cases: only of those that were slow by the clock.
            if start.elapsed() > CASE_MAX {
                let before = cpu_time()?;
                try_it(parser, &case);
                if cpu_time()?.saturating_sub(before) > CASE_MAX {
                    return Err(format!("case {number} takes too long: {case:?}"));
                }
            }
            number += 1;
        }
    }
    eprintln!();
    println!(
        "{parser:?}: {} cases in {} CPU seconds from {} seeds, no crash and no hang",
        number - from,
        cpu_time()?.as_secs(),
        mutator.seed_count()
    );
    Ok(())
}

fn try_it(parser: Parser, case: &str) {
    match parser {
        Parser::Vtl => render(case),
        Parser::Jsonpath => read(case),
        Parser::Expressions => map(case),
    }
}

fn render(case: &str) {
    let Ok(template) = Template::parse(case) else {
        return;
    };
    let mut heap = Heap::new(Limits {
        steps: 50_000,
        output_bytes: 1 << 20,
        memory_bytes: 4 << 20,
        foreach_rounds: 1_000,
    });
    let list = vec!["é☃".into(), Value::Int(3), Value::Null];
    let list = heap.free_list(list, ListKind::Json);
    let map = heap.free_map([
        ("k".into(), list.clone()),
        (Value::Int(1), Value::Double(0.5)),
    ]);
    let variables = [
        ("s", "text 😀 $n".into()),
        ("l", list),
        ("m", map),
        ("n", Value::Int(i32::MAX)),
    ];
    let variables = variables
        .into_iter()
        .map(|(name, value)| (name.into(), value))
        .collect();
    // Either answer is right; the fuzzer looks for those that never come.
    let _ = template.render(variables, &mut NoHost, &mut heap);
}

/// A case is a path, a line feed and a document.
fn read(case: &str) {
    let (path, document) = case
        .split_once('\n')
        .unwrap_or((case, "{\"a\": [1, {\"b\": 2}]}"));
    let (path, document) = (
        jsonpath::JsonPath::parse(path),
        jsonpath::Json::parse(document),
    );
    if let (Ok(path), Ok(document)) = (path, document) {
        let _ = path.read(&document).map(|found| found.to_json_text());
    }
}

fn map(case: &str) {
    let params = Params {
        path: vec![("id".into(), "1".into())],
        header: vec![("X".into(), vec!["a".into(), "b".into()])],
        ..Params::default()
    };
    let mut context = ContextVariables::default();
    context.set("identity.sourceIp", "10.0.0.1".into());
    let variables = BTreeMap::from([("v".to_owned(), "x".to_owned())]);
    let scope = Scope::new("{\"a\": [1, {\"b\": 2}]}", &params, &context, &variables);
    if let Ok(source) = Source::parse(case) {
        let _ = source.evaluate(&scope);
    }
    let _ = Target::parse(case);
    mapping::expand_stage_variables(case, &variables);
    mapping::gateway_response_body(case, &scope);
    mapping::AccessLogFormat::parse(case).line(&context);
    mapping::media_type_matches(case, mapping::media_type(case));
}

/// CPU time that this thread has used.
fn cpu_time() -> Result<Duration, String> {
    let path = "/proc/thread-self/schedstat";
    let text = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    let nanoseconds: u64 = text
        .split(' ')
        .next()
        .and_then(|number| number.parse().ok())
        .ok_or_else(|| format!("{path} has no time"))?;
    Ok(Duration::from_nanos(nanoseconds))
}
