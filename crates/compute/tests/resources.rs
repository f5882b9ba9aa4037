//! What a function uses up ends at its limit, and the neighbour does not feel it; names F2… are
//! those of the threat model.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod common;

use common::{Lab, lab};
use compute::{Hold, Isolation};
use serde_json::json;

/// A heap, and memory that children could share: as fast as it can, or at the pace of a leak.
const BOMB: &str = "import mmap, os, time
def handler(e, c):
    kept = []
    if e['way'] == 'child':
        if os.fork(): os.wait()
    while e['way'] != 'nothing':
        if e['way'] == 'shared':
            piece = mmap.mmap(-1, 8 << 20)
            for page in range(0, 8 << 20, 4096): piece[page] = 1
        else:
            piece = b'x' * (8 << 20)
        kept.append(piece)
        if e['way'] == 'leak': time.sleep(0.02)
    return 'alive'";

#[tokio::test]
async fn f4_memory_bomb_ends_its_own_worker_in_aws_s_words() {
    for level in Isolation::STRONGEST_FIRST {
        let Some(lab) = lab(level) else { continue };
        let mut bomb = lab.python(BOMB);
        bomb.timeout_s = 60;
        let mut neighbour = lab.python(BOMB);
        neighbour.arn.push('2');
        let quiet = json!({ "way": "nothing" });
        assert_eq!(lab.answer(&neighbour, quiet.clone()).await, "alive");
        for way in ["heap", "leak", "shared"] {
            let error = lab.error(&bomb, json!({ "way": way })).await;
            assert_eq!(error["errorType"], "Runtime.ExitError", "{level} {way}");
            let text = error["errorMessage"].as_str().unwrap();
            let expect = "Error: Runtime exited with error: signal: killed";
            assert!(text.ends_with(expect), "{level} {way}: {text}");
        }
        let is_report = |line: &str| line.starts_with("REPORT") && line.contains("ExitError");
        lab.line_count(is_report, 3).await;
        for line in lab.lines().iter().filter(|line| is_report(line)) {
            assert!(line.contains("Max Memory Used: 128 MB"), "{level}: {line}");
        }
        // The one that did nothing is warm still, and the other starts anew.
        assert_eq!(lab.answer(&neighbour, quiet.clone()).await, "alive");
        assert_eq!(lab.answer(&bomb, quiet).await, "alive");
        assert_eq!(lab.streams().len(), 5, "{level}");
        lab.compute.shutdown().await;
    }
}

#[tokio::test]
async fn f4_child_s_memory_counts_as_the_function_s() {
    for level in Isolation::STRONGEST_FIRST {
        let Some(lab) = lab(level) else { continue };
        let mut bomb = lab.python(BOMB);
        bomb.timeout_s = 60;
        let error = lab
            .run(common::work(&bomb, json!({ "way": "child" })))
            .await;
        let text = String::from_utf8_lossy(&error.unwrap().payload).into_owned();
        // The kernel takes the child, and the handler goes on; or the whole worker is taken.
        assert!(
            text == "\"alive\"" || text.contains("signal: killed"),
            "{level}: {text}"
        );
        lab.compute.shutdown().await;
    }
}

#[tokio::test]
async fn f4_files_without_a_folder_are_memory_too() {
    let Some(lab) = lab(Isolation::Container) else {
        return;
    };
    if lab.compute.limits().memory == Hold::Soft {
        return eprintln!("skipped: {:?}", lab.compute.limits());
    }
    let text = "import os
def handler(e, c):
    file = os.memfd_create('x')
    for n in range(2000): os.write(file, b'x' * 1048576)
    return 'alive'";
    let mut function = lab.python(text);
    function.timeout_s = 60;
    let error = lab.error(&function, json!({})).await;
    let text = error["errorMessage"].as_str().unwrap();
    assert!(text.ends_with("signal: killed"), "{text}");
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn f2_full_tmp_and_full_memory_fit_side_by_side() {
    let Some(lab) = lab(Isolation::Container) else {
        return;
    };
    let text = "import os
def handler(e, c):
    with open('/tmp/full', 'wb', 0) as file:
        for n in range(500): file.write(b'x' * 1048576)
    kept = b'x' * (70 << 20)
    return [len(kept), os.path.getsize('/tmp/full')]";
    let mut function = lab.python(text);
    function.timeout_s = 60;
    let seen = lab.answer(&function, json!({})).await;
    assert_eq!(seen, json!([70 << 20, 500 << 20]));
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn f3_processes_end_at_their_number_at_every_level() {
    for level in Isolation::STRONGEST_FIRST {
        let Some(lab) = lab(level) else { continue };
        if lab.compute.limits().processes == Hold::Soft && level != Isolation::Container {
            eprintln!("skipped: {level}: {:?}", lab.compute.limits());
            continue;
        }
        let text = "import os, time
def handler(e, c):
    n = 0
    try:
        while n < 5000:
            if os.fork() == 0:
                os.setsid()
                os.execve('/bin/sleep', ['sleep', e['seconds']], {})
            n += 1
    except OSError as error: return [n, error.errno]";
        let mut function = lab.python(text);
        function.timeout_s = 60;
        // So many processes are more than the usual memory.
        function.memory_mb = 3_008;
        // Another run of this test may be under way on the same host.
        let seconds = format!("98{}", std::process::id());
        let seen = lab.answer(&function, json!({ "seconds": seconds })).await;
        assert_eq!(seen[1], 11, "EAGAIN at {level}: {seen}");
        let forks = seen[0].as_i64().unwrap();
        assert!((900..=1_026).contains(&forks), "{level}: {forks}");
        lab.compute.shutdown().await;
        // Nobody of them kept the worker's session or environment.
        let line = format!("sleep\0{seconds}\0");
        assert_eq!(common::count_of_command(line.as_bytes()), 0, "{level}");
    }
}

#[tokio::test]
async fn limits_are_told() {
    let lab = Lab::new();
    let limits = lab.compute.limits();
    let is_whole = [limits.memory, limits.cpu, limits.processes]
        .iter()
        .all(|hold| *hold == Hold::Hard);
    assert_eq!(limits.refused.is_empty(), is_whole, "{limits:?}");
    assert_eq!(
        limits.cgroups == "none",
        limits.memory == Hold::Soft && limits.cpu == Hold::Soft
    );
    lab.compute.shutdown().await;
}

/// A thread that counts while nobody asks anything of the function.
const CLOCKWORK: &str = "import os, threading, time
ticks = [0]
def tick():
    while True:
        time.sleep(0.001); ticks[0] += 1
threading.Thread(target=tick, daemon=True).start()
def handler(e, c):
    if e.get('fork') and os.fork() == 0:
        os.setsid()
        while True: time.sleep(0.001)
    return [os.getpid(), ticks[0]]";

#[tokio::test]
async fn f11_idle_worker_does_nothing_and_goes_on_when_called() {
    for level in Isolation::STRONGEST_FIRST {
        let Some(lab) = lab(level) else { continue };
        let function = lab.python(CLOCKWORK);
        let event = json!({ "fork": level == Isolation::Container });
        let before = lab.answer(&function, event).await;
        // Every process of the worker stops, one that left its session too.
        while lab.states().iter().any(|state| *state != 'T') {
            tokio::task::yield_now().await;
        }
        let after = lab.answer(&function, json!({})).await;
        assert_eq!(before[0], after[0], "{level}: the same process");
        lab.compute.shutdown().await;
        assert!(lab.states().is_empty(), "{level}");
    }
}

const SPIN: &str = "import os, time
def handler(e, c):
    refused = []
    for way in (lambda: os.nice(-20), lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50)),
                lambda: os.setpriority(os.PRIO_PROCESS, 0, -20)):
        try: way()
        except OSError as error: refused.append(error.errno)
    children = []
    for _ in range(2 * os.cpu_count()):
        pid = os.fork()
        if pid == 0:
            while time.time() < e['until']: pass
            os._exit(0)
        children.append(pid)
    for pid in children: os.waitpid(pid, 0)
    times = os.times()
    return [refused, times.children_user + times.children_system]";

#[tokio::test]
async fn f5_processors_are_shared_by_memory_and_no_priority_is_had() {
    let lab = Lab::new();
    if lab.compute.limits().cpu != compute::Hold::Hard {
        eprintln!("skipped: no control group holds the processors here");
        return;
    }
    let (mut small, mut large) = (lab.python(SPIN), lab.python(SPIN));
    (small.memory_mb, large.memory_mb) = (256, 1_792);
    large.arn.push('2');
    let now = json!({ "until": 0 });
    for function in [&small, &large] {
        let answer = lab.answer(function, now.clone()).await;
        assert_eq!(answer[0], json!([1, 1, 13]), "EPERM, EPERM, EACCES");
    }
    let started = stdx::Clock::now_ms(&stdx::SystemClock) as f64 / 1e3;
    let event = json!({ "until": started + 2.0 });
    let (one, seven) = tokio::join!(lab.answer(&small, event.clone()), lab.answer(&large, event));
    let (one, seven) = (one[1].as_f64().unwrap(), seven[1].as_f64().unwrap());
    // Seven times as much, were they alone and as punctual as each other.
    assert!(seven > 2.0 * one, "{one} and {seven} seconds");
    lab.compute.shutdown().await;
}
