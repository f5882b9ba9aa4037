//! What is left when Crossway itself is killed.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

mod common;

use common::{Lab, is_alive};
use compute::Isolation;
use serde_json::json;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// Set when this test is the process that will be killed.
const VICTIM: &str = "COMPUTE_TEST_VICTIM";

/// One handler sleeps, one loops without ever looking at its wire, one is idle and thus stopped.
const FUNCTIONS: [&str; 3] = [
    "import os, time\ndef handler(e, c):\n    print('begun')\n    time.sleep(1000)",
    "import os\ndef handler(e, c):\n    print('begun')\n    while True: pass",
    "import os\ndef handler(e, c):\n    print('begun')",
];

#[tokio::test]
async fn workers_die_with_crossway() {
    if let Ok(level) = std::env::var(VICTIM) {
        return be_the_victim(level.parse().unwrap()).await;
    }
    for level in Isolation::STRONGEST_FIRST {
        let mut victim = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "workers_die_with_crossway",
                "--nocapture",
                "--test-threads=1",
            ])
            .env(VICTIM, level.name())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(victim.stdout.take().unwrap())
            .lines()
            .map_while(Result::ok);
        let pids: Vec<i64> = lines
            .filter_map(|line| line.split_once("worker ")?.1.trim().parse().ok())
            .take(FUNCTIONS.len())
            .collect();
        assert_eq!(pids.len(), FUNCTIONS.len());
        assert!(pids.iter().all(|pid| is_alive(*pid)));
        victim.kill().unwrap();
        victim.wait().unwrap();
        for pid in pids {
            while is_alive(pid) {
                tokio::task::yield_now().await;
            }
        }
    }
}

/// Takes a weaker level where the kernel refuses this one: there is something to kill all the same.
async fn be_the_victim(level: Isolation) {
    let lab = std::sync::Arc::new(Lab::at(level));
    for text in FUNCTIONS {
        let (running, mut function) = (std::sync::Arc::clone(&lab), lab.python(text));
        function.timeout_s = 900;
        tokio::spawn(async move { running.run(common::work(&function, json!({}))).await });
    }
    lab.line_count(|line| line == "begun", FUNCTIONS.len())
        .await;
    while !lab.states().contains(&'T') || lab.pids().len() < FUNCTIONS.len() {
        tokio::task::yield_now().await;
    }
    for pid in lab.pids() {
        println!("worker {pid}");
    }
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn worker_goes_with_its_guardian() {
    let lab = Lab::at(Isolation::Container);
    if lab.compute.isolation().level != Isolation::Container {
        return println!("skipped: {:?}", lab.compute.isolation().refused);
    }
    let text = "import os, time
def handler(e, c):
    if os.fork() == 0:
        os.setsid()
        os.execve('/bin/sleep', ['sleep', e['seconds']], {})
    print('begun', flush=True)
    time.sleep(1000)";
    let function = lab.python(text);
    let kill = async {
        lab.line(|line| line == "begun").await;
        let function = lab.pids()[0];
        let guardian: i32 = common::field(function, 1).unwrap().parse().unwrap();
        let kill = Command::new("kill")
            .args(["-9", &guardian.to_string()])
            .status();
        assert!(kill.unwrap().success());
    };
    // Another run of this test may be under way on the same host.
    let seconds = format!("98{}", std::process::id());
    let event = json!({ "seconds": seconds });
    let (error, ()) = tokio::join!(lab.error(&function, event), kill);
    assert_eq!(error["errorType"], "Runtime.ExitError");
    let line = format!("sleep\0{seconds}\0");
    while common::count_of_command(line.as_bytes()) > 0 {
        tokio::task::yield_now().await;
    }
    lab.compute.shutdown().await;
    // The kernel kills it with the guardian, and tells Crossway of the guardian first.
    while !lab.pids().is_empty() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn next_start_ends_what_an_earlier_run_left_behind() {
    let directory = tempfile::tempdir().unwrap();
    let runtime = std::fs::canonicalize(directory.path())
        .unwrap()
        .join("compute/runtime");
    let mut orphan = Command::new("/bin/sleep")
        .arg("1000")
        .env_clear()
        .env("LAMBDA_RUNTIME_DIR", &runtime)
        .spawn()
        .unwrap();
    // It has been started when its old memory is gone, a moment before the new one can be read.
    let environment = format!("/proc/{}/environ", orphan.id());
    while std::fs::read(&environment).unwrap().is_empty() {
        std::thread::yield_now();
    }
    let leftover = directory.path().join("compute/workers/old/tmp");
    std::fs::create_dir_all(&leftover).unwrap();
    let lab = Lab::in_directory(directory, None);
    let status = orphan.wait().unwrap();
    assert_eq!(
        std::os::unix::process::ExitStatusExt::signal(&status),
        Some(9)
    );
    assert!(!leftover.exists());
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn second_crossway_in_the_same_folder_is_refused() {
    let lab = Lab::new();
    let refused = lab.second().err().unwrap();
    assert!(
        matches!(refused, compute::SetupError::InUse(_)),
        "{refused}"
    );
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn crashes_leave_no_process_folder_or_descriptor() {
    let lab = Lab::new();
    let text = "exports.handler = async () => {
        require('child_process').spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
        process.exit(1); };";
    let function = lab.node("index.js", text);
    let descriptors = || std::fs::read_dir("/proc/self/fd").unwrap().count();
    lab.error(&function, json!({})).await;
    let before = descriptors();
    let crashes = 30;
    for _ in 0..crashes {
        let error = lab.error(&function, json!({})).await;
        assert_eq!(error["errorType"], "Runtime.ExitError");
    }
    let workers = lab.directory.path().join("compute/workers");
    assert_eq!(std::fs::read_dir(workers).unwrap().count(), 0);
    // Other tests of this program open some too; a leak would be one for each crash.
    assert!(
        descriptors() < before + crashes,
        "{before} descriptors, then {}",
        descriptors()
    );
    let marker = format!("LAMBDA_RUNTIME_DIR={}", lab.directory.path().display());
    let left = std::fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter(|entry| {
            std::fs::read(entry.path().join("environ")).is_ok_and(|environment| {
                environment
                    .split(|byte| *byte == 0)
                    .any(|variable| variable.starts_with(marker.as_bytes()))
            })
        });
    assert_eq!(left.count(), 0);
    lab.compute.shutdown().await;
}
