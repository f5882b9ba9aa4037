//! Events that are handed to a busy worker before it has answered.

#![allow(clippy::unwrap_used)]

mod common;

use common::{Lab, work};
use ports::{FunctionSpec, Work};
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::task::JoinSet;

/// Short and busy, as only such events are handed over early; it writes by both ways.
const BUSY: &str = "exports.handler = async (event) => {
      const end = performance.now() + 0.5; while (performance.now() < end);
      console.log('logged', event.n); process.stdout.write(`written ${event.n}\\n`);
      if (event.dies) process.exit(1);
      return event.n; };";

const BUSY_PYTHON: &str = "import time
def handler(event, context):
    end = time.perf_counter() + 0.0005
    while time.perf_counter() < end: pass
    print('logged', event['n'])
    return event['n']
";

fn with_tail(function: &FunctionSpec, event: Value) -> Work {
    Work {
        wants_log_tail: true,
        ..work(function, event)
    }
}

/// 12 callers of one worker, each event with what came of it.
async fn crowd(lab: &Arc<Lab>, function: &FunctionSpec, dies: fn(u64) -> bool) {
    let mut tasks = JoinSet::new();
    for caller in 0..12u64 {
        let (lab, function) = (Arc::clone(lab), function.clone());
        tasks.spawn(async move {
            for n in (0..60).map(|n| caller * 1_000 + n) {
                let event = json!({ "n": n, "dies": dies(n) });
                let work = with_tail(&function, event);
                let id = work.request_id.clone();
                let outcome = lab.run(work).await.unwrap();
                let tail = String::from_utf8_lossy(&outcome.log_tail).into_owned();
                assert_eq!(outcome.error.is_some(), dies(n), "{tail}");
                if !dies(n) {
                    assert_eq!(outcome.payload, n.to_string().as_bytes(), "{tail}");
                }
                // Its own lines, all of them, and nobody else's.
                let lines: Vec<&str> = tail.lines().collect();
                assert!(lines[0].starts_with(&format!("START RequestId: {id}")));
                let printed = lines.iter().filter(|line| line.contains(&format!(" {n}")));
                assert!(printed.count() >= 1, "{tail}");
                let others = lines.iter().filter(|line| {
                    line.contains("RequestId: ") && !line.contains(&format!("RequestId: {id}"))
                });
                assert_eq!(others.count(), 0, "{tail}");
                let foreign = lines.iter().filter(|line| {
                    (line.contains("logged ") || line.starts_with("written "))
                        && !line.ends_with(&format!(" {n}"))
                });
                assert_eq!(foreign.count(), 0, "{tail}");
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_event_keeps_its_answer_and_its_lines() {
    let lab = Arc::new(Lab::with(Some(1)));
    let function = lab.node("index.js", BUSY);
    crowd(&lab, &function, |_| false).await;
    assert_eq!(lab.streams().len(), 1);
    lab.compute.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn python_too() {
    let lab = Arc::new(Lab::with(Some(1)));
    let function = lab.python(BUSY_PYTHON);
    crowd(&lab, &function, |_| false).await;
    lab.compute.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn event_in_the_hands_of_a_worker_that_dies_is_run_by_another() {
    let lab = Arc::new(Lab::with(Some(1)));
    let function = lab.node("index.js", BUSY);
    crowd(&lab, &function, |n| n % 20 == 13).await;
    lab.compute.shutdown().await;
}
