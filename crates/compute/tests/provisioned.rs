//! Workers that are up before anybody calls.

#![allow(clippy::unwrap_used)]

mod common;

use common::{Lab, credentials, is_alive, lab, work};
use compute::Isolation;
use ports::{Compute as _, FunctionSpec, Provision, Provisioned};
use serde_json::json;
use std::sync::Arc;
use stdx::{Clock, SystemClock};

const TELL: &str = "
const born = Date.now();
exports.handler = async (event) => {
  if (event.die) process.exit(3);
  if (event.wait) console.log('waiting');
  if (event.wait) await new Promise((done) => setTimeout(done, event.wait));
  return { pid: process.pid, type: process.env.AWS_LAMBDA_INITIALIZATION_TYPE, born };
};";

fn provision(lab: &Lab, function: &FunctionSpec, executions: u32) {
    lab.compute.provision(Provision {
        function: Arc::new(function.clone()),
        executions,
        credentials: Arc::new(credentials(SystemClock.now_ms() + 3_600_000)),
    });
}

async fn until(
    lab: &Lab,
    function: &FunctionSpec,
    is_it: impl Fn(&Provisioned) -> bool,
) -> Provisioned {
    loop {
        let now = lab.compute.provisioned(function);
        if is_it(&now) {
            return now;
        }
        tokio::task::yield_now().await;
    }
}

async fn ready(lab: &Lab, function: &FunctionSpec, ready: u32) {
    until(lab, function, |now| now.ready == ready).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn workers_are_up_before_the_first_event_and_more_come_on_demand() {
    for level in [Isolation::Process, Isolation::Container] {
        let Some(lab) = lab(level) else { continue };
        let lab = Arc::new(lab);
        let function = lab.node("index.js", TELL);
        provision(&lab, &function, 2);
        ready(&lab, &function, 2).await;
        let log = lab.lines().join("\n");
        assert_eq!(log.matches("INIT_START ").count(), 2, "{log}");
        assert_eq!(
            log.matches("\tPhase: init\tStatus: success").count(),
            2,
            "{log}"
        );
        let answer = lab.answer(&function, json!({})).await;
        assert_eq!(answer["type"], "provisioned-concurrency");
        let mut busy = tokio::task::JoinSet::new();
        for _ in 0..2 {
            let (lab, event) = (Arc::clone(&lab), work(&function, json!({ "wait": 60_000 })));
            busy.spawn(async move { lab.run(event).await });
        }
        lab.line_count(|line| line.ends_with("waiting"), 2).await;
        assert_eq!(lab.streams().len(), 2);
        // Both are at work: what comes now spills over.
        let answer = lab.answer(&function, json!({})).await;
        assert_eq!(answer["type"], "on-demand");
        assert_eq!(lab.compute.provisioned(&function).ready, 2);
        // Their init is told once, and not in the first REPORT.
        let log = lab.lines().join("\n");
        assert_eq!(log.matches("\tInit Duration: ").count(), 1, "{log}");
        lab.compute.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn worker_that_died_is_replaced() {
    let lab = Lab::processes(None);
    let function = lab.node("index.js", TELL);
    provision(&lab, &function, 1);
    ready(&lab, &function, 1).await;
    let first = lab.answer(&function, json!({})).await["pid"]
        .as_i64()
        .unwrap();
    assert!(!lab.error(&function, json!({ "die": true })).await.is_null());
    // Only workers that are kept up have such a line.
    lab.line_count(|line| line.starts_with("INIT_REPORT "), 2)
        .await;
    ready(&lab, &function, 1).await;
    let answer = lab.answer(&function, json!({})).await;
    assert_eq!(answer["type"], "provisioned-concurrency");
    assert_ne!(answer["pid"], first);
    // While it was idle, too.
    let second = answer["pid"].as_i64().unwrap();
    let pid = nix::unistd::Pid::from_raw(i32::try_from(second).unwrap());
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGKILL).unwrap();
    lab.line_count(|line| line.starts_with("INIT_REPORT "), 3)
        .await;
    ready(&lab, &function, 1).await;
    let answer = lab.answer(&function, json!({})).await;
    assert_eq!(answer["type"], "provisioned-concurrency");
    assert_ne!(answer["pid"], second);
    lab.compute.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fewer_end_those_that_are_too_many_and_none_ends_all() {
    let lab = Lab::processes(None);
    let function = lab.node("index.js", TELL);
    provision(&lab, &function, 3);
    ready(&lab, &function, 3).await;
    provision(&lab, &function, 1);
    ready(&lab, &function, 1).await;
    let pid = lab.answer(&function, json!({})).await["pid"]
        .as_i64()
        .unwrap();
    lab.compute.unprovision(&function);
    while is_alive(pid) {
        tokio::task::yield_now().await;
    }
    assert_eq!(lab.compute.provisioned(&function), Provisioned::default());
    assert_eq!(lab.answer(&function, json!({})).await["type"], "on-demand");
    lab.compute.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn init_that_fails_is_said_so_in_awss_words() {
    let lab = Lab::processes(None);
    let function = lab.node("index.js", "throw new Error('no');");
    provision(&lab, &function, 2);
    let failed = until(&lab, &function, |now| now.failure.is_some()).await;
    assert_eq!(
        failed.failure.as_deref(),
        Some("FUNCTION_ERROR_INIT_FAILURE")
    );
    assert_eq!(failed.ready, 0);
    let log = lab.lines().join("\n");
    assert!(log.contains("INIT_REPORT Init Duration: "), "{log}");
    lab.compute.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_part_of_the_host_is_left_to_others() {
    let lab = Lab::processes(Some(4));
    let function = lab.node("index.js", TELL);
    provision(&lab, &function, 4);
    ready(&lab, &function, 3).await;
    let failure = lab.compute.provisioned(&function).failure.unwrap();
    assert!(failure.contains("has room for 3"), "{failure}");
    let other = FunctionSpec {
        arn: format!("{}-other", function.arn),
        ..function.clone()
    };
    assert_eq!(lab.answer(&other, json!({})).await["type"], "on-demand");
    // What others have left is none, until the first wants less.
    provision(&lab, &other, 1);
    assert!(lab.compute.provisioned(&other).failure.is_some());
    provision(&lab, &function, 2);
    ready(&lab, &function, 2).await;
    provision(&lab, &other, 1);
    ready(&lab, &other, 1).await;
    assert_eq!(lab.compute.provisioned(&other).failure, None);
    lab.compute.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn interpreter_that_was_started_ahead_becomes_one() {
    let lab = Lab::with_spares(1);
    if lab.compute.isolation().level != Isolation::Container {
        return;
    }
    let function = lab.node("index.js", TELL);
    lab.compute.prepare(&function).await.unwrap();
    provision(&lab, &function, 1);
    ready(&lab, &function, 1).await;
    let answer = lab.answer(&function, json!({})).await;
    assert_eq!(answer["type"], "provisioned-concurrency");
    assert!(lab.lines().join("\n").contains("interpreter started ahead"));
    lab.compute.shutdown().await;
}
