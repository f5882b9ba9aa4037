//! The official runtime clients, unchanged, on our Runtime API: what they make of an event is what
//! our own bootstraps make of it.
//!
//! `cargo xtask official-clients` installs them and says by `CROSSWAY_OFFICIAL_CLIENTS` where;
//! without it these tests are skipped and say so.

#![allow(clippy::unwrap_used)]

mod common;
#[path = "official/ruby.rs"]
mod ruby;

use common::{Lab, work};
use ports::{FunctionLogging, FunctionSpec};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// AWS's client, told where to write framed log records, as AWS's managed runtimes are.
const PYTHON: &str = "#!/bin/sh
export AWS_EXECUTION_ENV=AWS_Lambda_python3.11 _LAMBDA_TELEMETRY_LOG_FD=1
export PYTHONPATH=$LAMBDA_TASK_ROOT/official PYTHONDONTWRITEBYTECODE=1
exec python3 -X utf8 -m awslambdaric \"$_HANDLER\"
";

/// Its program prints a line of its own; what that program calls does not.
const NODE: &str = "#!/bin/sh
export AWS_EXECUTION_ENV=AWS_Lambda_nodejs20.x _LAMBDA_TELEMETRY_LOG_FD=1
exec node official/node_modules/start.mjs
";
const NODE_START: &str = "import { run } from './aws-lambda-ric/dist/index.mjs';
await run(process.cwd(), process.env._HANDLER);
";

const PYTHON_FUNCTION: &str = include_str!("official/app.py");
const NODE_FUNCTION: &str = include_str!("official/index.js");

/// Where a client is installed; none, visibly, when it is not.
#[allow(clippy::print_stderr)]
fn client(language: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("CROSSWAY_OFFICIAL_CLIENTS").map(PathBuf::from);
    let found = folder.map(|folder| folder.join(language));
    let found = found.filter(|folder| folder.exists());
    if found.is_none() {
        eprintln!("skipped: no official client for {language}: `cargo xtask official-clients`");
    }
    found
}

/// Every file of a folder, as files of a bundle under `prefix`.
fn files_in(folder: &Path, prefix: &str, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let name = format!("{prefix}/{}", entry.file_name().to_string_lossy());
        let is_needed = !["deps", "build", "__pycache__"]
            .iter()
            .any(|no| name.ends_with(no));
        if entry.path().is_dir() && is_needed {
            files_in(&entry.path(), &name, found);
        } else if entry.path().is_file() {
            found.push((name, std::fs::read(entry.path()).unwrap()));
        }
    }
}

/// What is compared of a language.
struct Subject<'a> {
    runtime: &'a str,
    /// Starts the official client.
    start: &'a str,
    client: Vec<(String, Vec<u8>)>,
    /// The function's file, and what is in it.
    code: (&'a str, &'a str),
    /// What stands there before a handler's name.
    before: &'a str,
    /// Handlers that are compared with JSON logs, too.
    is_about_logs: fn(&str) -> bool,
    /// Settings of `Handler` that are none of these.
    other_handlers: &'a [&'a str],
    /// Files that do not load.
    broken: &'a [&'a str],
}

impl Subject<'_> {
    /// Finds no difference, or says all that there are.
    async fn compare(&self) {
        let (file, text) = self.code;
        let (module, _) = file.split_once('.').unwrap();
        let mut pair = self.pair(text);
        for handler in handlers(text, self.before) {
            let event = json!({ "ä": [1, 2.5, null, "\u{1f600}"] });
            pair.compare(&format!("{module}.{handler}"), event).await;
        }
        for handler in self.other_handlers {
            pair.compare(handler, json!(null)).await;
        }
        pair.logging = json_logging();
        for handler in handlers(text, self.before).filter(|name| (self.is_about_logs)(name)) {
            let event = json!({ "a": 1 });
            pair.compare(&format!("{module}.{handler}"), event).await;
        }
        let mut differences = pair.end().await;
        for broken in self.broken {
            let mut pair = self.pair(broken);
            pair.compare(&format!("{module}.handler"), json!({})).await;
            differences.extend(pair.end().await);
        }
        assert!(differences.is_empty(), "{}", differences.join("\n"));
    }

    fn pair(&self, text: &str) -> Pair {
        let (file, _) = self.code;
        Pair::new(self.runtime, self.start, &self.client, (file, text))
    }
}

/// One function twice: run by our bootstrap, and by the official one.
struct Pair {
    lab: Lab,
    ours: FunctionSpec,
    official: FunctionSpec,
    logging: FunctionLogging,
    differences: Vec<String>,
}

impl Pair {
    fn new(runtime: &str, start: &str, client: &[(String, Vec<u8>)], code: (&str, &str)) -> Self {
        let lab = Lab::new();
        let (name, text) = code;
        let own = (name.to_owned(), text.as_bytes().to_vec());
        let ours = lab.function_of(runtime, "", std::slice::from_ref(&own));
        let mut files = client.to_vec();
        files.extend([own, ("bootstrap".to_owned(), start.as_bytes().to_vec())]);
        let official = lab.function_of("provided.al2023", "", &files);
        Self {
            lab,
            ours,
            official,
            logging: FunctionLogging::default(),
            differences: Vec::new(),
        }
    }

    /// What a handler makes of an event, and what is logged meanwhile.
    async fn run(&self, function: &FunctionSpec, handler: &str, event: &Value, id: &str) -> Seen {
        let environment = BTreeMap::from([("OWN".to_owned(), "value".to_owned())]);
        let function = FunctionSpec {
            handler: handler.to_owned(),
            revision: format!(
                "{} {handler} {id} {}",
                function.revision, self.logging.is_json
            ),
            environment,
            timeout_s: 10,
            logging: self.logging.clone(),
            ..function.clone()
        };
        let mut work = work(&function, event.clone());
        work.request_id = id.to_owned();
        work.client_context = Some(
            json!({ "custom": { "k": "v" }, "env": { "e": 1 }, "client": { "app_title": "t" } })
                .to_string(),
        );
        let before = self.lab.lines().len();
        let outcome = self.lab.run(work).await.unwrap();
        let lines = self.lab.lines().into_iter().skip(before);
        let payload = String::from_utf8_lossy(&outcome.payload).into_owned();
        Seen {
            payload: serde_json::from_str(&payload)
                .map_or(Value::String(payload.clone()), |value| {
                    without_own_frames(value)
                }),
            is_error: outcome.error.is_some(),
            lines: lines
                .filter(|line| is_compared(line))
                .map(|line| plain(&line))
                .collect(),
        }
    }

    /// Runs both and notes a difference.
    async fn compare(&mut self, handler: &str, event: Value) {
        let id = format!("00000000-0000-4000-8000-{:012}", handler.len());
        let ours = self.run(&self.ours, handler, &event, &id).await;
        let official = self.run(&self.official, handler, &event, &id).await;
        let mut differ = |what: &str, ours: String, official: String| {
            if ours != official {
                let note = format!("{handler}, {what}\n  ours:     {ours}\n  official: {official}");
                self.differences.push(note);
            }
        };
        differ(
            "answer",
            ours.payload.to_string(),
            official.payload.to_string(),
        );
        differ(
            "error",
            ours.is_error.to_string(),
            official.is_error.to_string(),
        );
        differ(
            "log",
            format!("{:#?}", ours.lines),
            format!("{:#?}", official.lines),
        );
    }

    async fn end(self) -> Vec<String> {
        self.lab.compute.shutdown().await;
        self.differences
    }
}

struct Seen {
    payload: Value,
    is_error: bool,
    lines: Vec<String>,
}

/// Stack frames of the runtime itself are not compared: AWS's are other files.
fn without_own_frames(value: Value) -> Value {
    match value {
        Value::Array(items) => {
            let kept = items
                .into_iter()
                .filter(|item| !item.as_str().is_some_and(is_own_frame));
            kept.map(without_own_frames).collect()
        }
        Value::Object(members) => {
            let each = members.into_iter();
            each.map(|(name, value)| (name, without_own_frames(value)))
                .collect()
        }
        Value::String(text) => {
            let text = without_place(&text.replace(OFFICIAL_NODE, "/var/runtime/"));
            shown_lines(&text).into()
        }
        other => other,
    }
}

/// Ruby's messages show the line of the runtime that called in vain, and where an object is.
fn without_place(text: &str) -> String {
    let mut text = match text.trim_end().ends_with("^^^") {
        true => text.split("\n\n").next().unwrap_or_default(),
        false => text,
    };
    let mut out = String::new();
    while let Some((before, after)) = text.split_once(":0x0") {
        out.push_str(before);
        out.push_str(":0x#");
        text = after.trim_start_matches(|c: char| c.is_ascii_hexdigit());
    }
    out + text
}

const OFFICIAL_NODE: &str = "/var/task/official/node_modules/aws-lambda-ric/dist/";

/// The runtime is named in `INIT_START`, and AWS's client tells of updates of AWS's runtimes.
fn is_compared(line: &str) -> bool {
    let is_of_runtime = line.starts_with("INIT_START ") || line.contains("platform.initStart");
    !is_of_runtime && !line.contains("LAMBDA_WARNING: ")
}

fn is_own_frame(frame: &str) -> bool {
    // Ruby's: of the client's gem, of `-e`, of our bootstrap.
    if frame.contains(":in `") || frame.contains(":in '") {
        let own = ["/var/task/official/", "/var/runtime/", "-e:"];
        return own.iter().any(|start| frame.starts_with(start));
    }
    let is_frame = frame.trim_start().starts_with("at ");
    let is_of_function = frame.contains("/var/task/") && !frame.contains("/official/");
    is_frame && !is_of_function
}

/// Times and sizes are not compared; stack frames in a logged error neither.
fn plain(line: &str) -> String {
    let is_report = line.starts_with("REPORT ")
        || line.starts_with("INIT_REPORT ")
        || line.contains("\"type\":\"platform.");
    if line.starts_with('{')
        && let Ok(value) = serde_json::from_str::<Value>(line)
    {
        let record = without_own_frames(value).to_string();
        return masked(&record, is_report);
    }
    if let Some((head, error)) = line.split_once("\t{")
        && let Ok(value) = serde_json::from_str::<Value>(&format!("{{{error}"))
    {
        let value = without_own_frames(value);
        return format!("{}\t{value}", plain(head));
    }
    masked(&shown_lines(line), is_report)
}

/// The lines of a text that are no stack frames of a runtime.
fn shown_lines(text: &str) -> String {
    let is_frame = |line: &str| line.starts_with("    at ") || line.contains(":in ");
    let is_shown = |line: &&str| !is_frame(line) || !is_own_frame(line);
    text.split('\n')
        .filter(is_shown)
        .collect::<Vec<_>>()
        .join("\n")
}

/// Numbers of one digit may be a status; others, and all of a report, differ from run to run.
fn masked(line: &str, is_report: bool) -> String {
    let mut out = String::new();
    let mut digits = String::new();
    for c in line.chars().chain(['\n']) {
        let is_digit = c.is_ascii_digit() || (is_report && c == '.');
        if is_digit {
            digits.push(c);
            continue;
        }
        match digits.len() > 1 || (is_report && !digits.is_empty()) {
            true => out.push('#'),
            false => out.push_str(&digits),
        }
        digits.clear();
        out.push(c);
    }
    out.trim_end().to_owned()
}

#[tokio::test]
async fn python_answers_as_awslambdaric_does() {
    let Some(folder) = client("python") else {
        return;
    };
    let mut files = Vec::new();
    files_in(&folder, "official", &mut files);
    let subject = Subject {
        runtime: "python3.11",
        start: PYTHON,
        client: files,
        code: ("app.py", PYTHON_FUNCTION),
        before: "def ",
        is_about_logs,
        other_handlers: &[
            "app.missing",
            "nowhere.handler",
            "app",
            "sys.exit",
            "/app.answer",
        ],
        broken: &[
            "import nothing_like_this",
            "def handler(e, c:\n  pass",
            "raise ValueError('while loading')",
            "print('loading')\nimport sys\nsys.exit(3)",
            "1/0",
        ],
    };
    subject.compare().await;
}

#[tokio::test]
async fn node_answers_as_aws_lambda_ric_does() {
    let Some(folder) = client("node") else { return };
    let mut files = vec![(
        "official/node_modules/start.mjs".to_owned(),
        NODE_START.as_bytes().to_vec(),
    )];
    files_in(
        &folder.join("node_modules"),
        "official/node_modules",
        &mut files,
    );
    let subject = Subject {
        runtime: "nodejs20.x",
        start: NODE,
        client: files,
        code: ("index.js", NODE_FUNCTION),
        before: "exports.",
        is_about_logs,
        other_handlers: &[
            "index.missing",
            "nowhere.handler",
            "index",
            "../index.answer",
            "index.text",
        ],
        broken: &[
            "require('nothing-like-this')",
            "exports.handler = (",
            "throw new Error('while loading')",
            "console.log('loading'); process.exit(3)",
        ],
    };
    subject.compare().await;
}

/// `LogFormat` JSON, at a level that leaves some records out.
fn json_logging() -> FunctionLogging {
    FunctionLogging {
        is_json: true,
        application_level: Some("INFO".to_owned()),
        system_level: Some("DEBUG".to_owned()),
    }
}

#[tokio::test]
async fn functions_on_lambda_runtime_of_rust_are_served() {
    let Some(folder) = client("rust") else { return };
    let program = std::fs::read(folder.join("bootstrap")).unwrap();
    let lab = Lab::new();
    let files = [("bootstrap".to_owned(), program)];
    let function = lab.function_of("provided.al2023", "my.handler", &files);

    let mut work = work(&function, json!({ "ä": 1 }));
    work.client_context = Some(json!({ "custom": { "k": "v" } }).to_string());
    let (id, trace) = (work.request_id.clone(), work.trace_id.clone());
    let outcome = lab.run(work).await.unwrap();
    let seen: Value = serde_json::from_slice(&outcome.payload).unwrap();
    assert_eq!(seen["saw"], json!({ "ä": 1 }));
    assert_eq!(seen["arn"], format!("{}:live", function.arn));
    assert_eq!((&seen["id"], &seen["trace"]), (&json!(id), &json!(trace)));
    assert_eq!(
        (&seen["memory"], &seen["version"]),
        (&json!(128), &json!("$LATEST"))
    );
    assert_eq!(seen["custom"]["k"], "v");

    let failed = lab.error(&function, json!({ "do": "fail" })).await;
    assert_eq!(failed["errorMessage"], "it failed");
    let panicked = lab.error(&function, json!({ "do": "panic" })).await;
    assert!(
        panicked["errorMessage"]
            .as_str()
            .unwrap()
            .contains("it panicked"),
        "{panicked}"
    );
    lab.answer(&function, json!({ "do": "print" })).await;
    assert!(lab.lines().contains(&"to error".to_owned()));
    let large = lab.error(&function, json!({ "do": "large" })).await;
    assert_eq!(large["errorType"], "Function.ResponseSizeTooLarge");
    lab.answer(&function, json!({})).await;
    assert_eq!(lab.streams().len(), 1, "one process did all of it");
    let exited = lab.error(&function, json!({ "do": "exit" })).await;
    assert_eq!(exited["errorType"], "Runtime.ExitError");

    // Its stream begins with a head for HTTP, which a plain Invoke shows as it is.
    let streams = lab.function_of("provided.al2023", "streams", &files);
    let outcome = lab.run(common::work(&streams, json!({}))).await.unwrap();
    let (head, body) = outcome.payload.split_at(outcome.payload.len() - 11);
    assert_eq!(body, b"{\"piece\":1}");
    assert!(head.starts_with(b"{\"statusCode\":200") && head.ends_with(&[0; 8]));
    let broken = lab.function_of("provided.al2023", "fails.at.init", &files);
    assert_eq!(
        lab.error(&broken, json!({})).await["errorType"],
        "Runtime.ExitError"
    );
    lab.compute.shutdown().await;
}

fn is_about_logs(handler: &str) -> bool {
    let kinds = [
        "logs",
        "prints",
        "throws",
        "raises",
        "exits",
        "answer",
        "context_log",
        "unhandled",
    ];
    kinds.iter().any(|kind| handler.starts_with(kind))
}

/// The functions of a file that stand at the beginning of a line and are no helpers.
fn handlers<'a>(text: &'a str, before: &'a str) -> impl Iterator<Item = &'a str> {
    let names = text
        .lines()
        .filter_map(move |line| line.strip_prefix(before));
    let names = names.filter_map(|rest| rest.split(['(', ' ']).next());
    names.filter(|name| !name.starts_with('_') && *name != "text")
}
