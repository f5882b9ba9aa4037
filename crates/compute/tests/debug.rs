//! A debugger that attaches to a function.

#![allow(clippy::unwrap_used)]

mod common;

use common::{Lab, credentials, work};
use compute::{ComputeNeeds, Profile};
use ports::{Compute as _, Debug, DebugError, Debugging, FunctionSpec};
use serde_json::{Value, json};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use stdx::{Clock, SystemClock};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// Line 2 is the handler's.
const ADD: &str = "let n = 0;
exports.handler = async (event, context) => {
  n += event.n;
  return { n, left: context.getRemainingTimeInMillis() };
};";

fn asked(function: &FunctionSpec) -> Debug {
    Debug {
        function: Arc::new(function.clone()),
        credentials: Arc::new(credentials(SystemClock.now_ms() + 3_600_000)),
        port: Some(0),
        waits: false,
        is_cold: false,
    }
}

async fn debug(lab: &Lab, debug: Debug) -> Debugging {
    lab.compute.debug(debug).await.unwrap()
}

/// A client of the inspector.
struct Debugger {
    _child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl Debugger {
    /// Attached, with a breakpoint.
    async fn attach(port: u16, line: u32) -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/debugger/cdp.mjs");
        let mut child = Command::new("node")
            .args(["--experimental-websocket", script])
            .args([port.to_string(), line.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut debugger = Self {
            _child: child,
            input,
            output,
        };
        debugger.says("attached").await;
        debugger
    }

    async fn says(&mut self, expected: &str) {
        let line = self.output.next_line().await.unwrap();
        assert_eq!(line.as_deref(), Some(expected));
    }

    async fn go_on(&mut self) {
        self.input.write_all(b"\n").await.unwrap();
    }
}

fn spawn(lab: &Arc<Lab>, function: &FunctionSpec, n: i64) -> tokio::task::JoinHandle<Value> {
    let (lab, work) = (Arc::clone(lab), work(function, json!({ "n": n })));
    tokio::spawn(async move {
        let outcome = lab.run(work).await.unwrap();
        serde_json::from_slice(&outcome.payload).unwrap()
    })
}

/// Lets so much time pass, as timers see it.
async fn pass(seconds: u64) {
    tokio::time::pause();
    for _ in 0..seconds * 4 {
        tokio::time::advance(Duration::from_millis(250)).await;
        tokio::task::yield_now().await;
    }
    tokio::time::resume();
}

fn listens(port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// Waits until nobody listens: a process that is killed closes one thing after the other.
async fn falls_silent(port: u16) {
    while listens(port) {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn stopped_function_outlives_its_timeout_and_answers() {
    let lab = Arc::new(Lab::new());
    let function = FunctionSpec {
        timeout_s: 1,
        ..lab.node("index.js", ADD)
    };
    // A worker of before has state of its own, and goes.
    assert_eq!(lab.answer(&function, json!({ "n": 100 })).await["n"], 100);
    let session = debug(&lab, asked(&function)).await;
    assert_eq!((session.language, session.lease_s), ("node", 30));
    let mut debugger = Debugger::attach(session.port, 2).await;
    let first = spawn(&lab, &function, 1);
    debugger.says("paused 1").await;
    let second = spawn(&lab, &function, 2);
    pass(20).await;
    assert!(!first.is_finished() && !second.is_finished());
    assert!(lab.compute.keep_debugging(&function.arn, &session.session));
    pass(20).await;
    debugger.go_on().await;
    let answer = first.await.unwrap();
    assert_eq!(answer["n"], 1, "{answer}");
    assert!(answer["left"].as_i64().unwrap() > 60_000, "{answer}");
    // One worker runs them all, one after the other.
    debugger.says("paused 2").await;
    debugger.go_on().await;
    assert_eq!(second.await.unwrap()["n"], 3);

    assert!(lab.compute.end_debugging(&function.arn, &session.session));
    assert!(!lab.compute.end_debugging(&function.arn, &session.session));
    assert!(!lab.compute.keep_debugging(&function.arn, &session.session));
    debugger.says("detached").await;
    falls_silent(session.port).await;
    let answer = lab.answer(&function, json!({ "n": 5 })).await;
    assert_eq!(answer["n"], 5, "a worker of its own");
    assert!(answer["left"].as_i64().unwrap() <= 1_000, "{answer}");
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn time_counts_again_when_the_session_is_over() {
    let lab = Arc::new(Lab::new());
    let function = FunctionSpec {
        timeout_s: 3,
        ..lab.node("index.js", ADD)
    };
    let session = debug(&lab, asked(&function)).await;
    let mut debugger = Debugger::attach(session.port, 2).await;
    let stopped = spawn(&lab, &function, 1);
    debugger.says("paused 1").await;
    pass(10).await;
    assert!(lab.compute.end_debugging(&function.arn, &session.session));
    pass(10).await;
    let answer = stopped.await.unwrap();
    assert_eq!(answer["errorType"], "Sandbox.Timedout", "{answer}");
    assert_eq!(lab.answer(&function, json!({ "n": 7 })).await["n"], 7);
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn session_that_nobody_keeps_ends() {
    let lab = Lab::new();
    let function = lab.node("index.js", ADD);
    let session = debug(&lab, asked(&function)).await;
    assert!(listens(session.port));
    pass(31).await;
    assert!(!lab.compute.keep_debugging(&function.arn, &session.session));
    falls_silent(session.port).await;
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn init_waits_for_the_debugger() {
    let lab = Arc::new(Lab::new());
    let function = lab.node("index.js", ADD);
    let waits = Debug {
        waits: true,
        ..asked(&function)
    };
    let session = debug(&lab, waits).await;
    pass(15).await;
    let mut debugger = Debugger::attach(session.port, 0).await;
    debugger.says("paused none").await;
    debugger.go_on().await;
    assert_eq!(lab.answer(&function, json!({ "n": 4 })).await["n"], 4);
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn cold_session_starts_its_worker_with_the_next_invocation() {
    let lab = Lab::new();
    let function = lab.node("index.js", ADD);
    lab.answer(&function, json!({ "n": 1 })).await;
    let cold = Debug {
        is_cold: true,
        ..asked(&function)
    };
    let session = debug(&lab, cold).await;
    assert!(!listens(session.port));
    assert_eq!(lab.answer(&function, json!({ "n": 1 })).await["n"], 1);
    assert!(listens(session.port));
    let log = lab.lines().concat();
    let note = format!("; a debugger may attach on 127.0.0.1:{}", session.port);
    assert!(log.contains(&note), "{log}");
    assert!(!log.contains("Debugger listening"), "{log}");
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn new_code_is_debugged_on_the_same_port() {
    let lab = Arc::new(Lab::new());
    let function = lab.node("index.js", ADD);
    let session = debug(&lab, asked(&function)).await;
    lab.answer(&function, json!({ "n": 1 })).await;
    let new = lab.node(
        "index.js",
        &ADD.replace("n += event.n", "n += 10 * event.n"),
    );
    lab.compute.retire(&new.arn, Some(&new.revision));
    assert_eq!(lab.answer(&new, json!({ "n": 1 })).await["n"], 10);
    let mut debugger = Debugger::attach(session.port, 2).await;
    let run = spawn(&lab, &new, 2);
    debugger.says("paused 2").await;
    debugger.go_on().await;
    assert_eq!(run.await.unwrap()["n"], 30);
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn worker_that_dies_is_followed_by_another() {
    let lab = Lab::new();
    let text = "let n = 0; exports.handler = async (event) => {
        if (event.dies) process.exit(1); return ++n; };";
    let function = lab.node("index.js", text);
    let session = debug(&lab, asked(&function)).await;
    for _ in 0..2 {
        assert_eq!(lab.answer(&function, json!({})).await, 1);
        lab.error(&function, json!({ "dies": true })).await;
        assert!(!listens(session.port));
    }
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn what_cannot_be_debugged_is_refused() {
    let lab = Lab::new();
    let function = lab.node("index.js", ADD);
    let session = debug(&lab, asked(&function)).await;
    let taken = |refused| matches!(refused, Err(DebugError::Taken(_)));
    assert!(taken(lab.compute.debug(asked(&function)).await));

    let other = FunctionSpec {
        arn: format!("{}2", function.arn),
        ..function.clone()
    };
    let busy = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = Some(busy.local_addr().unwrap().port());
    let asked_port = Debug {
        port,
        ..asked(&other)
    };
    assert!(taken(lab.compute.debug(asked_port).await));
    assert!(!lab.compute.end_debugging(&other.arn, &session.session));

    let broken = FunctionSpec {
        handler: "index.missing".to_owned(),
        ..other.clone()
    };
    let Err(DebugError::Refused(text)) = lab.compute.debug(asked(&broken)).await else {
        panic!("its init fails")
    };
    assert!(text.contains("index.missing is undefined"), "{text}");
    assert!(text.contains("--wait"), "{text}");
    // Nothing of it stays: it can be asked for again.
    debug(&lab, asked(&other)).await;

    let text = "def handler(event, context): return 1";
    let python = FunctionSpec {
        version: "1".to_owned(),
        ..lab.function("ruby3.2", "app.handler", &[("app.py", text)])
    };
    let refused = lab.compute.debug(asked(&python)).await;
    assert!(
        matches!(refused, Err(DebugError::Refused(_))),
        "{refused:?}"
    );
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn server_profile_lets_nobody_debug() {
    let lab = Lab::changed(|needs| ComputeNeeds {
        profile: Profile::Server,
        ..needs
    });
    let function = lab.node("index.js", ADD);
    let refused = lab.compute.debug(asked(&function)).await;
    let Err(DebugError::Forbidden(text)) = refused else {
        panic!("{refused:?}")
    };
    assert!(text.contains("`crossway dev` only"), "{text}");
    lab.compute.shutdown().await;
}
