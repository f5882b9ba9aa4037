//! Many invocations, few workers.

#![allow(clippy::unwrap_used)]

mod common;

use common::{Lab, is_alive};
use ports::{Compute as _, ComputeError, FunctionSpec};
use serde_json::{Value, json};
use std::sync::Arc;
use stdx::Clock;

const PID: &str = "exports.handler = async (event) => ({ pid: process.pid, n: event.n });";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn burst_is_answered_right_by_few_workers() {
    let lab = Arc::new(Lab::processes(Some(4)));
    let function = lab.node("index.js", PID);
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..300 {
        let (lab, function) = (Arc::clone(&lab), function.clone());
        tasks.spawn(async move { (n, lab.answer(&function, json!({ "n": n })).await) });
    }
    let mut pids = std::collections::HashSet::new();
    while let Some(done) = tasks.join_next().await {
        let (n, answer) = done.unwrap();
        assert_eq!(answer["n"], n);
        pids.insert(answer["pid"].as_i64().unwrap());
    }
    assert!((1..=4).contains(&pids.len()), "{pids:?}");
    lab.compute.shutdown().await;
    assert!(pids.iter().all(|pid| !is_alive(*pid)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crowd_of_short_invocations_shares_workers() {
    let lab = Arc::new(Lab::processes(None));
    let function = lab.node("index.js", PID);
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..32 {
        let (lab, function) = (Arc::clone(&lab), function.clone());
        tasks.spawn(async move {
            for n in 0..50 {
                assert_eq!(lab.answer(&function, json!({ "n": n })).await["n"], n);
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    // How few are enough depends on what else the machine does; the rule itself is tested with
    // times of its own, in the group's tests.
    assert!(lab.streams().len() < 32, "each caller has its own worker");
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn code_of_an_expected_function_is_unpacked_before_its_first_event() {
    let lab = Lab::processes(None);
    let function = lab.node("index.js", PID);
    let folder = lab.directory.path().join("compute/code");
    let folder = folder.join(&function.code);
    assert!(!folder.exists());
    ports::Compute::expect(lab.compute.as_ref(), Arc::new(function));
    let unpacked = async {
        while !folder.exists() {
            tokio::task::yield_now().await;
        }
    };
    let unpacked = tokio::time::timeout(std::time::Duration::from_secs(60), unpacked).await;
    assert!(unpacked.is_ok());
    assert!(folder.join("index.js").is_file());
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn worker_that_was_idle_for_long_ends() {
    let lab = Lab::processes(None);
    let function = lab.node("index.js", PID);
    let pid = lab.answer(&function, json!({})).await["pid"]
        .as_i64()
        .unwrap();
    tokio::time::pause();
    tokio::time::advance(std::time::Duration::from_secs(599)).await;
    tokio::task::yield_now().await;
    assert!(is_alive(pid));
    tokio::time::advance(std::time::Duration::from_secs(60)).await;
    while is_alive(pid) {
        tokio::task::yield_now().await;
    }
    tokio::time::resume();
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn concurrent_events_never_share_a_worker() {
    let lab = Arc::new(Lab::processes(None));
    let text = "const fs = require('fs'); let running = 0;
        exports.handler = async (event) => { running++; console.log('started');
          while (!fs.existsSync(event.file)) await new Promise((ok) => setTimeout(ok, 5));
          return running--; };";
    let function = lab.node("index.js", text);
    let file = lab.directory.path().join("go");
    let runs: Vec<_> = (0..4)
        .map(|_| {
            let (lab, function, event) =
                (Arc::clone(&lab), function.clone(), json!({ "file": file }));
            tokio::spawn(async move { lab.answer(&function, event).await })
        })
        .collect();
    lab.line_count(|line| line.ends_with("\tstarted"), 4).await;
    std::fs::write(file, "").unwrap();
    for run in runs {
        assert_eq!(run.await.unwrap(), json!(1));
    }
    assert_eq!(lab.streams().len(), 4);
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn caller_who_goes_away_costs_no_worker() {
    let lab = Arc::new(Lab::processes(None));
    let text = "const fs = require('fs'); let n = 0;
        exports.handler = async (event) => { console.log('started');
          while (event.file && !fs.existsSync(event.file)) await new Promise((ok) => setTimeout(ok, 5));
          console.log('finished'); return n++; };";
    let function = lab.node("index.js", text);
    let file = lab.directory.path().join("go");
    let (leaving, event, gone) = (Arc::clone(&lab), json!({ "file": file }), function.clone());
    let caller = tokio::spawn(async move { leaving.answer(&gone, event).await });
    lab.line(|line| line.ends_with("\tstarted")).await;
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    std::fs::write(&file, "").unwrap();
    lab.line(|line| line.starts_with("REPORT")).await;
    assert_eq!(
        lab.answer(&function, json!({})).await,
        json!(1),
        "the same worker goes on"
    );
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn newer_revision_gets_new_workers_and_old_ones_end() {
    let lab = Lab::processes(None);
    let old = lab.node("index.js", PID);
    let new = lab.node("index.js", PID);
    let old_pid = lab.answer(&old, json!({})).await["pid"].as_i64().unwrap();
    lab.compute.retire(&old.arn, Some(&new.revision));
    let new_pid = lab.answer(&new, json!({})).await["pid"].as_i64().unwrap();
    assert_ne!(old_pid, new_pid);
    while is_alive(old_pid) {
        tokio::task::yield_now().await;
    }
    lab.compute.retire(&new.arn, Some(&new.revision));
    assert_eq!(
        lab.answer(&new, json!({})).await["pid"],
        new_pid,
        "the one to keep is kept"
    );
    lab.compute
        .retire("arn:aws:lambda:us-east-1:222222222222:function:other", None);
    assert_eq!(
        lab.answer(&new, json!({})).await["pid"],
        new_pid,
        "other functions' workers stay"
    );
    lab.compute.retire(&new.arn, None);
    assert_ne!(lab.answer(&new, json!({})).await["pid"], new_pid);
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn full_host_makes_room_by_ending_an_idle_worker() {
    let lab = Lab::processes(Some(1));
    let (a, b) = (lab.node("index.js", PID), lab.node("index.js", PID));
    let first = lab.answer(&a, json!({})).await["pid"].as_i64().unwrap();
    lab.answer(&b, json!({})).await;
    assert!(!is_alive(first));
    lab.answer(&a, json!({})).await;
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn full_host_with_busy_workers_refuses_after_the_functions_timeout() {
    let lab = Arc::new(Lab::processes(Some(1)));
    let busy = lab.node(
        "index.js",
        "exports.handler = () => { console.log('busy'); setTimeout(() => {}, 1e6); };",
    );
    let mut waiting = lab.node("index.js", PID);
    waiting.timeout_s = 1;
    let (running, function) = (Arc::clone(&lab), busy.clone());
    let run = tokio::spawn(async move { running.run(common::work(&function, json!({}))).await });
    lab.line(|line| line.ends_with("\tbusy")).await;
    let refused = lab
        .run(common::work(&waiting, json!({})))
        .await
        .unwrap_err();
    assert_eq!(refused, ComputeError::Exhausted);
    lab.compute.shutdown().await;
    assert!(
        matches!(run.await.unwrap(), Err(ComputeError::Host(_))),
        "shutdown ends busy workers"
    );
}

/// Answers when its file is there, and says that it runs.
const HELD: &str = "const fs = require('fs');
    exports.handler = async ({ name, file }) => { console.log(`runs ${name}`);
      while (!fs.existsSync(file)) await new Promise((ok) => setTimeout(ok, 2)); return name; };";

/// Many events that end one by one, as the test lets them.
struct Queue {
    lab: Arc<Lab>,
    runs: tokio::task::JoinSet<Value>,
}

impl Queue {
    fn new(workers_max: usize) -> Self {
        Self {
            lab: Arc::new(Lab::processes(Some(workers_max))),
            runs: tokio::task::JoinSet::new(),
        }
    }

    /// Of this function of this account, an event of this name.
    fn add(&mut self, function: &FunctionSpec, name: &str) {
        let file = self.lab.directory.path().join(name);
        let event = json!({ "name": name, "file": file });
        let (lab, function) = (Arc::clone(&self.lab), function.clone());
        self.runs
            .spawn(async move { lab.answer(&function, event).await });
    }

    fn function(&self, account: &str, name: &str) -> FunctionSpec {
        FunctionSpec {
            account: account.parse().unwrap(),
            arn: format!("arn:aws:lambda:us-east-1:{account}:function:{name}"),
            ..self.lab.node("index.js", HELD)
        }
    }

    /// Those that run or have run, in the order in which they began.
    fn begun(&self) -> Vec<String> {
        let lines = self.lab.lines().into_iter();
        lines
            .filter_map(|line| Some(line.trim_end().rsplit_once("\truns ")?.1.to_owned()))
            .collect()
    }

    /// Waits until so many have begun.
    async fn begins(&self, count: usize) {
        self.lab
            .line_count(|line| line.contains("\truns "), count)
            .await;
    }

    fn end(&self, name: &str) {
        std::fs::write(self.lab.directory.path().join(name), "").unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn noisy_account_holds_up_nobody_but_itself() {
    for workers in [1, 2] {
        let mut queue = Queue::new(workers);
        let noisy = queue.function("111111111111", "noisy");
        let quiet = queue.function("222222222222", "quiet");
        for n in 0..40 {
            queue.add(&noisy, &format!("noisy-{n}"));
        }
        queue.begins(workers).await;
        queue.add(&quiet, "quiet");
        let mut ended = 0;
        // Each that is let go is followed by one that begins, and soon that is the quiet one.
        while !queue.begun().contains(&"quiet".to_owned()) {
            let name = queue.begun().get(ended).cloned().unwrap();
            queue.end(&name);
            ended += 1;
            queue.begins(workers + ended).await;
        }
        // One or two may have gone before it was in the queue.
        assert!(ended <= 4, "{ended} of the noisy ones went before");
        // Nobody is forgotten.
        queue.end("quiet");
        (0..40).for_each(|n| queue.end(&format!("noisy-{n}")));
        while let Some(run) = queue.runs.join_next().await {
            run.unwrap();
        }
        queue.lab.compute.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn noisy_function_leaves_its_neighbours_their_share() {
    let mut queue = Queue::new(3);
    let noisy = queue.function("222222222222", "noisy");
    let quiet = queue.function("222222222222", "quiet");
    for n in 0..40 {
        queue.add(&noisy, &format!("noisy-{n}"));
    }
    queue.begins(3).await;
    queue.add(&quiet, "quiet");
    let mut ended = 0;
    while !queue.begun().contains(&"quiet".to_owned()) {
        let name = queue.begun().get(ended).cloned().unwrap();
        queue.end(&name);
        ended += 1;
        queue.begins(3 + ended).await;
    }
    assert!(ended <= 4, "{ended} of the noisy ones went before");
    queue.end("quiet");
    (0..40).for_each(|n| queue.end(&format!("noisy-{n}")));
    while let Some(run) = queue.runs.join_next().await {
        run.unwrap();
    }
    queue.lab.compute.shutdown().await;
}

#[tokio::test]
async fn worker_whose_session_ends_soon_is_not_used_again() {
    let lab = Lab::processes(None);
    let function = lab.node("index.js", PID);
    let mut pids = Vec::new();
    for left_ms in [59_000, 61_000, 61_000] {
        let mut work = common::work(&function, json!({}));
        work.credentials = Arc::new(common::credentials(stdx::SystemClock.now_ms() + left_ms));
        let outcome = lab.run(work).await.unwrap();
        let answer: Value = serde_json::from_slice(&outcome.payload).unwrap();
        pids.push(answer["pid"].as_i64().unwrap());
    }
    assert_ne!(
        pids[0], pids[1],
        "59 s are too few for a timeout of 30 s and a margin of 30 s"
    );
    assert_eq!(pids[1], pids[2]);
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn nothing_runs_after_shutdown_and_nothing_is_left() {
    let lab = Lab::processes(None);
    let function = lab.node("index.js", PID);
    let pid = lab.answer(&function, json!({})).await["pid"]
        .as_i64()
        .unwrap();
    lab.compute.shutdown().await;
    assert!(!is_alive(pid));
    let workers = lab.directory.path().join("compute/workers");
    assert_eq!(std::fs::read_dir(workers).unwrap().count(), 0);
    let refused = lab
        .run(common::work(&function, json!({})))
        .await
        .unwrap_err();
    assert!(matches!(refused, ComputeError::Host(_)), "{refused:?}");
    lab.compute.shutdown().await;
}
