//! Workers as processes: what they see, how they end, what they leave behind.
//!
//! Tests that look at a function from outside, by its process id or by files that both see, run at
//! level `process`; what the others hide is tested in `isolation`.

#![allow(clippy::unwrap_used)]

mod common;

use common::{Lab, is_alive};
use compute::Isolation;
use ports::{Compute as _, ComputeError};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

#[tokio::test]
async fn functions_see_aws_variables_and_none_of_the_hosts() {
    // Cargo sets this for tests, so it stands for all that the host's environment may hold.
    assert!(std::env::var_os("CARGO_MANIFEST_DIR").is_some());
    let lab = Lab::new();
    let mut python = lab.python("import os\ndef handler(e, c): return dict(os.environ)");
    let node = lab.node(
        "index.js",
        "exports.handler = async () => ({ ...process.env });",
    );
    python.environment = BTreeMap::from([
        ("MINE".to_owned(), "ä=b\nc".to_owned()),
        ("TZ".to_owned(), "Europe/Berlin".to_owned()),
        ("AWS_LAMBDA_FUNCTION_NAME".to_owned(), "forged".to_owned()),
    ]);
    let seen = lab.answer(&python, json!({})).await;
    let root = std::fs::canonicalize(lab.directory.path()).unwrap();
    let code = match lab.compute.isolation().level {
        Isolation::Container => "/var/task".to_owned(),
        _ => root
            .join("compute/code")
            .join(&python.code)
            .display()
            .to_string(),
    };
    for (name, value) in [
        ("MINE", "ä=b\nc"),
        ("TZ", "Europe/Berlin"),
        ("_HANDLER", "app.handler"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("AWS_EXECUTION_ENV", "AWS_Lambda_python3.11"),
        ("AWS_LAMBDA_FUNCTION_NAME", "f"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/f"),
        ("AWS_ACCESS_KEY_ID", "ASIAEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_SESSION_TOKEN", "token"),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:4566"),
        ("LAMBDA_TASK_ROOT", &code),
        ("PWD", &code),
        ("LANG", "en_US.UTF-8"),
    ] {
        assert_eq!(seen[name], value, "{name}");
    }
    let allowed = [
        "LAMBDA_RUNTIME_DIR",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "LD_LIBRARY_PATH",
        "NODE_PATH",
        "PATH",
        "PYTHONPATH",
        "SHLVL",
        "TMPDIR",
        "_X_AMZN_TRACE_ID",
        "MINE",
        "TZ",
        "_HANDLER",
        "PWD",
        "LANG",
        "LAMBDA_TASK_ROOT",
        "LC_CTYPE",
        "_",
    ];
    for seen in [seen, lab.answer(&node, json!({})).await] {
        for name in seen.as_object().unwrap().keys() {
            assert!(
                name.starts_with("AWS_") || allowed.contains(&name.as_str()),
                "{name}"
            );
        }
    }
    lab.compute.shutdown().await;
}

/// What started the tests may have left descriptors open for them; the program closes such ones.
fn is_leaked_into_this_test(fd: &str) -> bool {
    let info = std::fs::read_to_string(format!("/proc/self/fdinfo/{fd}")).unwrap_or_default();
    let flags = info.lines().find_map(|line| line.strip_prefix("flags:"));
    let flags = flags.and_then(|flags| u32::from_str_radix(flags.trim(), 8).ok());
    fd.parse().is_ok_and(|fd: u32| fd > 3) && flags.is_some_and(|flags| flags & 0o2_000_000 == 0)
}

#[tokio::test]
async fn worker_has_only_its_own_descriptors_and_folder() {
    let lab = Lab::at(Isolation::Process);
    let text = "import os, tempfile, resource
def handler(e, c):
    open(os.path.join(tempfile.gettempdir(), 'x'), 'w').close()
    fds = {}
    for fd in os.listdir('/proc/self/fd'):
        try: fds[fd] = os.readlink('/proc/self/fd/' + fd).split(':')[0]
        except OSError: pass
    return {'fds': fds, 'tmp': tempfile.gettempdir(), 'files': resource.getrlimit(resource.RLIMIT_NOFILE),
        'core': resource.getrlimit(resource.RLIMIT_CORE), 'group': os.getpgrp() == os.getpid(),
        'mode': oct(os.stat(os.path.dirname(tempfile.gettempdir())).st_mode & 0o777),
        'status': open('/proc/self/status').read(), 'cwd': os.getcwd() == os.environ['LAMBDA_TASK_ROOT']}";
    let function = lab.python(text);
    let seen = lab.answer(&function, json!({})).await;
    let mut fds = seen["fds"].as_object().unwrap().clone();
    fds.retain(|fd, _| !is_leaked_into_this_test(fd));
    let expect = json!({ "0": "/dev/null", "1": "pipe", "2": "pipe", "3": "socket" });
    assert_eq!(Value::from(fds), expect);
    assert_eq!(seen["files"], json!([1024, 1024]));
    assert_eq!(seen["core"], json!([0, 0]));
    assert_eq!(
        (&seen["group"], &seen["cwd"], &seen["mode"]),
        (&json!(true), &json!(true), &json!("0o700"))
    );
    assert!(seen["status"].as_str().unwrap().contains("NoNewPrivs:\t1"));
    let tmp = seen["tmp"].as_str().unwrap().to_owned();
    assert!(std::path::Path::new(&tmp).join("x").exists());
    lab.compute.shutdown().await;
    assert!(
        !std::path::Path::new(&tmp).exists(),
        "the folder goes with its worker"
    );
}

const GRANDCHILDREN: &str = "import subprocess, sys, os, time
def handler(e, c):
    same = subprocess.Popen(['sleep', '1000'])
    away = subprocess.Popen(['sleep', '1000'], start_new_session=True)
    print('pids', os.getpid(), same.pid, away.pid)
    if e.get('crash'): os.abort()
    time.sleep(1000)";

fn pids(line: &str) -> Vec<i64> {
    line.split(' ')
        .skip(1)
        .map(|pid| pid.parse().unwrap())
        .collect()
}

#[tokio::test]
async fn timeout_kills_the_worker_and_all_that_it_started() {
    let lab = Lab::at(Isolation::Process);
    let mut function = lab.python(GRANDCHILDREN);
    function.timeout_s = 1;
    let work = common::work(&function, json!({}));
    let outcome = lab.run(work.clone()).await.unwrap();
    let error: Value = serde_json::from_slice(&outcome.payload).unwrap();
    let text = format!(
        "RequestId: {} Error: Task timed out after 1.00 seconds",
        work.request_id
    );
    assert_eq!(
        error,
        json!({ "errorType": "Sandbox.Timedout", "errorMessage": text })
    );
    let lines = lab.lines();
    let line = lines.iter().find(|line| line.starts_with("pids ")).unwrap();
    for pid in pids(line) {
        // Killed, but the kernel may not have come to it yet.
        while is_alive(pid) {
            tokio::task::yield_now().await;
        }
    }
    let line = format!(" {} Task timed out after 1.00 seconds\n", work.request_id);
    assert!(lines[lines.len() - 3].ends_with(&line), "{lines:#?}");
    let report = lines.last().unwrap();
    assert!(
        report.contains("\tDuration: 1000.00 ms\t") && report.ends_with("Status: timeout"),
        "{report}"
    );
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn crash_takes_grandchildren_along() {
    let lab = Lab::at(Isolation::Process);
    let function = lab.python(GRANDCHILDREN);
    let error = lab.error(&function, json!({ "crash": true })).await;
    assert!(
        error["errorMessage"]
            .as_str()
            .unwrap()
            .ends_with("signal: aborted"),
        "{error}"
    );
    let line = lab.line(|line| line.starts_with("pids ")).await;
    for pid in pids(&line) {
        // Killed, but the kernel may not have come to it yet.
        while is_alive(pid) {
            tokio::task::yield_now().await;
        }
    }
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn busy_loop_is_timed_out_too() {
    let lab = Lab::new();
    let mut function = lab.node("index.js", "exports.handler = () => { for (;;); };");
    function.timeout_s = 1;
    assert_eq!(
        lab.error(&function, json!({})).await["errorType"],
        "Sandbox.Timedout"
    );
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn killed_worker_costs_only_its_own_request() {
    let lab = Arc::new(Lab::at(Isolation::Process));
    let text = "exports.handler = async (event) => {
        if (event.wait) { console.log('pid', process.pid); await new Promise((ok) => setTimeout(ok, 1e6)); }
        return 'fine'; };";
    let function = lab.node("index.js", text);
    let (running, victim) = (Arc::clone(&lab), function.clone());
    let killed = tokio::spawn(async move { running.error(&victim, json!({ "wait": true })).await });
    let line = lab.line(|line| line.contains("\tpid ")).await;
    let pid: i32 = line.rsplit(' ').next().unwrap().parse().unwrap();
    assert_eq!(lab.answer(&function, json!({})).await, json!("fine"));
    nix::sys::signal::kill(
        nix::unistd::Pid::from_raw(pid),
        nix::sys::signal::Signal::SIGKILL,
    )
    .unwrap();
    let error = killed.await.unwrap();
    assert_eq!(error["errorType"], "Runtime.ExitError");
    assert!(
        error["errorMessage"]
            .as_str()
            .unwrap()
            .ends_with("Runtime exited with error: signal: killed")
    );
    assert_eq!(lab.answer(&function, json!({})).await, json!("fine"));
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn worker_that_died_idle_is_replaced_unseen() {
    let lab = Lab::at(Isolation::Process);
    let function = lab.python("import os\ndef handler(e, c): return os.getpid()");
    let first = lab.answer(&function, json!({})).await;
    assert_eq!(lab.answer(&function, json!({})).await, first, "kept warm");
    let pid = i32::try_from(first.as_i64().unwrap()).unwrap();
    nix::sys::signal::kill(
        nix::unistd::Pid::from_raw(pid),
        nix::sys::signal::Signal::SIGKILL,
    )
    .unwrap();
    // The kernel has taken it down once its state says so.
    while is_alive(i64::from(pid)) {
        tokio::task::yield_now().await;
    }
    assert_ne!(lab.answer(&function, json!({})).await, first);
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn response_at_the_limit_passes_and_one_over_does_not() {
    let lab = Lab::new();
    let text = "exports.handler = async (event) => 'x'.repeat(event.length - 2);";
    let function = lab.node("index.js", text);
    let limit = 6_291_556;
    let outcome = lab
        .run(common::work(&function, json!({ "length": limit })))
        .await
        .unwrap();
    assert_eq!((outcome.payload.len(), outcome.error), (limit, None));
    let error = lab.error(&function, json!({ "length": limit + 1 })).await;
    assert_eq!(
        error,
        json!({ "errorType": "Function.ResponseSizeTooLarge",
        "errorMessage": "Response payload size exceeded maximum allowed payload size (6291556 bytes)." })
    );
    let outcome = lab
        .run(common::work(&function, json!({ "length": 5 })))
        .await
        .unwrap();
    assert_eq!(outcome.payload, "\"xxx\"");
    assert_eq!(lab.streams().len(), 1, "one worker did it all");
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn large_event_passes_while_the_function_logs() {
    let lab = Lab::new();
    let big = "y".repeat(6_000_000);
    let node = lab.node("index.js", "exports.handler = async (e) => e.big.length;");
    let python = lab.python("def handler(e, c): return len(e['big'])");
    for function in [node, python] {
        assert_eq!(
            lab.answer(&function, json!({ "big": big })).await,
            json!(6_000_000)
        );
    }
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn output_without_end_and_without_sense_is_bounded_and_kept() {
    let lab = Lab::new();
    let text = "import os
def handler(e, c):
    os.write(1, b'\\xff\\xfe bad \\xa5\\x5a\\n')
    os.write(1, b'x' * 600000 + b'\\n')
    for i in range(20000): os.write(1, b'line %d\\n' % i)
    return 'ok'";
    let function = lab.python(text);
    let outcome = lab.run(common::work(&function, json!({}))).await.unwrap();
    assert_eq!(outcome.payload, "\"ok\"");
    assert_eq!(outcome.log_tail.len(), 4096);
    let lines = lab.lines();
    assert!(lines.contains(&"\u{fffd}\u{fffd} bad \u{fffd}Z".to_owned()));
    let lengths: Vec<usize> = lines
        .iter()
        .filter(|l| l.starts_with("xx"))
        .map(String::len)
        .collect();
    assert_eq!(lengths, [262_144, 262_144, 600_000 - 2 * 262_144]);
    assert_eq!(
        lines
            .iter()
            .filter(|line| line.starts_with("line "))
            .count(),
        20_000
    );
    assert_eq!(lines[lines.len() - 3], "line 19999");
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn line_of_a_running_invocation_is_readable_before_its_end() {
    let lab = Arc::new(Lab::at(Isolation::Process));
    let text = "const fs = require('fs');
        exports.handler = async (event) => { console.log('early');
          while (!fs.existsSync(event.file)) await new Promise((ok) => setTimeout(ok, 5)); };";
    let function = lab.node("index.js", text);
    let file = lab.directory.path().join("go");
    let event = json!({ "file": file });
    let running = Arc::clone(&lab);
    let run = tokio::spawn(async move { running.answer(&function, event).await });
    lab.line(|line| line.ends_with("\tearly")).await;
    std::fs::write(file, "").unwrap();
    run.await.unwrap();
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn unknown_code_and_runtime_are_refused() {
    let lab = Lab::new();
    let mut function = lab.python("");
    function.code = "0".repeat(64);
    let refused = lab
        .run(common::work(&function, json!({})))
        .await
        .unwrap_err();
    assert!(matches!(refused, ComputeError::Code(_)), "{refused:?}");
    let mut function = lab.python("");
    function.runtime = "dotnet8".to_owned();
    let refused = lab
        .run(common::work(&function, json!({})))
        .await
        .unwrap_err();
    assert!(
        matches!(refused, ComputeError::RuntimeUnavailable(_)),
        "{refused:?}"
    );
    assert!(
        lab.compute
            .check_runtime("nodejs20.x")
            .unwrap()
            .starts_with("nodejs")
    );
    assert!(lab.compute.check_runtime("dotnet8").is_err());
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn output_without_end_does_not_hold_up_the_deadline() {
    let lab = Lab::new();
    let text = "import os\ndef handler(e, c):\n    while True: os.write(1, b'x' * 4000 + b'\\n')";
    let mut function = lab.python(text);
    function.timeout_s = 1;
    let error = lab.error(&function, json!({})).await;
    assert_eq!(error["errorType"], "Sandbox.Timedout");
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn requests_without_end_do_not_hold_up_the_deadline() {
    let lab = Lab::new();
    let text =
        "import os\ndef handler(e, c):\n    while True: os.write(3, b'GET / HTTP/1.1\\r\\n\\r\\n')";
    let mut function = lab.python(text);
    function.timeout_s = 1;
    let error = lab.error(&function, json!({})).await;
    assert_eq!(error["errorType"], "Sandbox.Timedout");
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn nonsense_on_the_wire_ends_the_worker_only() {
    let lab = Lab::new();
    let text = "import os, time\ndef handler(e, c):\n    if e.get('bad'):\n        os.write(3, b'nonsense\\r\\n\\r\\n')\n        time.sleep(1000)\n    return 'fine'";
    let function = lab.python(text);
    let error = lab.error(&function, json!({ "bad": true })).await;
    assert_eq!(error["errorType"], "Runtime.ExitError");
    assert_eq!(lab.answer(&function, json!({})).await, json!("fine"));
    lab.compute.shutdown().await;
}

/// Takes AWS's 10 s, because they are what is tested.
#[tokio::test]
async fn init_of_more_than_10_s_is_tried_again_inside_the_invocation() {
    let lab = Lab::at(Isolation::Process);
    let flag = lab.directory.path().join("flag");
    let text = format!(
        "import os, time\nif not os.path.exists('{0}'):\n    open('{0}', 'w').close()\n    time.sleep(1000)\ndef handler(e, c): return 'second'",
        flag.display()
    );
    let function = lab.python(&text);
    assert_eq!(lab.answer(&function, json!({})).await, json!("second"));
    let line = lab
        .line(|line| line.starts_with("INIT_REPORT Init Duration: 100"))
        .await;
    assert!(line.ends_with("\tPhase: init\tStatus: timeout"), "{line}");
    assert!(
        !lab.lines().last().unwrap().contains("Init Duration"),
        "it was part of the invocation"
    );
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn wrapper_script_comes_before_the_runtime() {
    let lab = Lab::new();
    let wrapper = "#!/bin/sh\nexport WRAPPED=yes\nexec \"$@\"\n";
    let node = "exports.handler = async () => process.env.WRAPPED;";
    let files = [("index.js", node), ("wrapper", wrapper)];
    let mut function = lab.function("nodejs20.x", "index.handler", &files);
    let name = "AWS_LAMBDA_EXEC_WRAPPER".to_owned();
    function
        .environment
        .insert(name, "/var/task/wrapper".to_owned());
    assert_eq!(lab.answer(&function, json!({})).await, json!("yes"));
    lab.compute.shutdown().await;
}

/// What the thread that started `pid`, a child of this process, has started besides.
fn siblings(pid: i64) -> Vec<i32> {
    let threads = std::fs::read_dir("/proc/self/task").unwrap().flatten();
    let children = threads.filter_map(|thread| {
        let text = std::fs::read_to_string(thread.path().join("children")).ok()?;
        let pids: Vec<i32> = text.split(' ').filter_map(|pid| pid.parse().ok()).collect();
        pids.iter()
            .any(|one| i64::from(*one) == pid)
            .then_some(pids)
    });
    children.flatten().collect()
}

#[tokio::test]
async fn workers_start_when_what_they_are_copies_of_has_died() {
    let lab = Lab::processes(None);
    let text = "import os\ndef handler(e, c): return os.getpid()";
    let mut function = lab.python(text);
    let first = lab.answer(&function, json!({})).await.as_i64().unwrap();
    let is_origin = |pid: &i32| {
        let told = std::fs::read_to_string(format!("/proc/{pid}/cmdline"));
        told.is_ok_and(|told| told == "crossway-launcher\0origin\0")
    };
    let origins: Vec<i32> = siblings(first).into_iter().filter(is_origin).collect();
    let [origin] = origins[..] else {
        panic!("{origins:?}");
    };
    let origin = nix::unistd::Pid::from_raw(origin);
    nix::sys::signal::kill(origin, nix::sys::signal::Signal::SIGKILL).unwrap();
    function.arn.push_str("-other");
    let second = lab.answer(&function, json!({})).await.as_i64().unwrap();
    assert_ne!(first, second);
    lab.compute.shutdown().await;
}
