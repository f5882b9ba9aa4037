//! What hostile functions cannot do at each level; names F1… are those of the threat model.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod common;

use common::{Lab, lab};
use compute::Isolation;
use serde_json::json;

const RESTRICTED: [Isolation; 2] = [Isolation::Container, Isolation::Hardened];

#[tokio::test]
async fn level_in_force_is_told_in_the_log() {
    for level in Isolation::STRONGEST_FIRST {
        let Some(lab) = lab(level) else { continue };
        let function = lab.python("def handler(e, c): return 1");
        assert_eq!(lab.answer(&function, json!({})).await, 1);
        let line = lab.line(|line| line.starts_with("INIT_START")).await;
        assert!(
            line.contains(&format!("\tCrossway: isolation {level}")),
            "{line}"
        );
        lab.compute.shutdown().await;
    }
}

const LOOK: &str = "import os
def handler(e, c):
    seen = {}
    for path in e['paths']:
        try:
            if os.path.isdir(path): seen[path] = os.listdir(path)
            else:
                with open(path, 'rb') as file: seen[path] = len(file.read(64))
        except OSError as error: pass
    return seen";

#[tokio::test]
async fn f1_host_files_and_neighbours_are_not_readable() {
    for level in RESTRICTED {
        let Some(lab) = lab(level) else { continue };
        let neighbour = lab.python("import os\ndef handler(e, c):\n    open(os.environ.get('TMPDIR', '/tmp') + '/secret', 'w').close()\n    return [os.getpid(), os.environ.get('TMPDIR', '/tmp'), os.environ['LAMBDA_TASK_ROOT']]");
        let other = lab.answer(&neighbour, json!({})).await;
        let data = lab.directory.path().display().to_string();
        let own = std::process::id();
        let mut paths: Vec<String> = [
            "/etc/shadow",
            "/root/.bashrc",
            "/root/.aws",
            "/root/.ssh",
            "/home",
            "/var/lib",
            "/var/log",
            "/run",
            "/sys",
            "/proc/modules",
            "/proc/kallsyms",
            "/proc/kcore",
            "/dev/kmsg",
            "/dev/mem",
            "/dev/kvm",
            "/etc/ssl/private",
            "/var/run/docker.sock",
        ]
        .map(str::to_owned)
        .into();
        paths.extend(
            ["environ", "mem", "maps", "fd", "root", "cmdline"].map(|f| format!("/proc/{own}/{f}")),
        );
        paths.extend([
            data.clone(),
            format!("{data}/compute/code"),
            format!("{data}/compute/workers"),
        ]);
        if level == Isolation::Hardened {
            paths.push(other[1].as_str().unwrap().to_owned());
            paths.push(format!("/proc/{}/environ", other[0]));
        } else {
            paths.push("/tmp/secret".to_owned());
        }
        // What the tests themselves may read, so that "not readable" says something.
        assert!(
            paths
                .iter()
                .filter(|path| std::fs::metadata(path).is_ok())
                .count()
                > 5
        );
        let mut function = lab.python(LOOK);
        function.arn.push('2');
        let seen = lab.answer(&function, json!({ "paths": paths })).await;
        let mut seen = seen.as_object().unwrap().clone();
        // A masked file is there and empty.
        seen.retain(|_, content| *content != json!(0));
        assert!(seen.is_empty(), "{level}: {seen:?}");
        lab.compute.shutdown().await;
    }
}

#[tokio::test]
async fn f1_init_of_the_namespace_gives_nothing_away() {
    let Some(lab) = lab(Isolation::Container) else {
        return;
    };
    let paths = ["environ", "mem", "maps", "exe", "fd", "root", "cwd", "auxv"]
        .map(|f| format!("/proc/1/{f}"));
    let function = lab.python(LOOK);
    let seen = lab.answer(&function, json!({ "paths": paths })).await;
    assert_eq!(seen, json!({}));
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn layout_is_aws_s() {
    let Some(lab) = lab(Isolation::Container) else {
        return;
    };
    let text = "import os, pwd, json
def handler(e, c):
    status = dict(l.split(':\\t', 1) for l in open('/proc/self/status').read().splitlines() if ':\\t' in l)
    return {'root': sorted(os.listdir('/')), 'task': os.listdir('/var/task'), 'cwd': os.getcwd(),
      'user': pwd.getpwuid(os.getuid()).pw_name, 'ids': [os.getuid(), os.getgid(), os.getgroups()],
      'pids': sorted(p for p in os.listdir('/proc') if p.isdigit()), 'pid': os.getpid(),
      'env': {n: os.environ.get(n) for n in ['LAMBDA_TASK_ROOT', 'LAMBDA_RUNTIME_DIR', 'TMPDIR', 'PWD']},
      'caps': [status[n] for n in ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb']],
      'nnp': status['NoNewPrivs'], 'seccomp': status['Seccomp'], 'host': os.uname().nodename, 'tmp': os.listdir('/tmp')}";
    let function = lab.python(text);
    let seen = lab.answer(&function, json!({})).await;
    assert_eq!(seen["cwd"], "/var/task");
    assert_eq!(seen["task"], json!(["app.py"]));
    assert_eq!(
        seen["env"],
        json!({ "LAMBDA_TASK_ROOT": "/var/task", "LAMBDA_RUNTIME_DIR": "/var/runtime", "TMPDIR": null, "PWD": "/var/task" })
    );
    assert_eq!(seen["user"], "sbx_user1051");
    // An ordinary user cannot give up the groups of its host; they are seen as nobody's.
    assert_eq!(
        (&seen["ids"][0], &seen["ids"][1]),
        (&json!(993), &json!(990))
    );
    assert_eq!(seen["pids"], json!(["1", "2"]));
    assert_eq!(seen["pid"], 2);
    for set in seen["caps"].as_array().unwrap() {
        assert_eq!(set, "0000000000000000", "{seen}");
    }
    assert_eq!((&seen["nnp"], &seen["seccomp"]), (&json!("1"), &json!("2")));
    assert_eq!(seen["tmp"], json!([]));
    for folder in ["boot", "home", "mnt", "run", "srv", "sys"] {
        assert!(
            !seen["root"].as_array().unwrap().contains(&json!(folder)),
            "{seen}"
        );
    }
    lab.compute.shutdown().await;
}

const WRITE: &str = "import os
def handler(e, c):
    tmp = os.environ.get('TMPDIR', '/tmp')
    written = []
    for folder in ['/', '/var/task', '/var/runtime', '/opt', '/usr', '/usr/lib', '/etc', '/dev', '/proc', '/home', '/root', '/var/tmp', '/dev/shm', e['data'], os.environ['LAMBDA_TASK_ROOT'], os.environ['LAMBDA_RUNTIME_DIR']]:
        path = os.path.join(folder, 'crossway-test-x')
        for way in [lambda: open(path, 'w').close(), lambda: os.mkdir(path), lambda: os.symlink('x', path), lambda: os.mkfifo(path)]:
            try: way(); written.append(path)
            except OSError: pass
    for path in ['/proc/sys/kernel/core_pattern', '/proc/self/oom_score_adj', '/proc/self/uid_map', '/etc/hosts', '/var/task/app.py', e['data'] + '/compute/lock', os.environ['LAMBDA_TASK_ROOT'] + '/app.py']:
        try: open(path, 'r+').write('0'); written.append(path)
        except OSError: pass
    try: os.chmod(os.environ['LAMBDA_TASK_ROOT'], 0o777); written.append('chmod')
    except OSError: pass
    open(tmp + '/mine', 'w').close(); os.mkdir(tmp + '/d'); os.rename(tmp + '/mine', tmp + '/d/mine')
    return written";

#[tokio::test]
async fn f2_nothing_but_the_own_tmp_is_writable() {
    for level in RESTRICTED {
        let Some(lab) = lab(level) else { continue };
        let function = lab.python(WRITE);
        let data = lab.directory.path().display().to_string();
        let written = lab.answer(&function, json!({ "data": data })).await;
        // Landlock knows no right to change a mode; at `hardened` it is the user's own folder.
        let allowed = json!(if level == Isolation::Hardened {
            vec!["chmod"]
        } else {
            vec![]
        });
        assert_eq!(written, allowed, "{level}");
        lab.compute.shutdown().await;
    }
}

#[tokio::test]
async fn f2_tmp_ends_at_its_size_and_its_files() {
    let Some(lab) = lab(Isolation::Container) else {
        return;
    };
    let text = "import os
def handler(e, c):
    out = {}
    with open('/tmp/full', 'wb', 0) as file:
        try:
            while True: file.write(b'x' * 1048576)
        except OSError as error: out['full'] = [error.errno, os.path.getsize('/tmp/full') // 1048576]
    os.remove('/tmp/full')
    try:
        fd = os.open('/tmp/big', os.O_CREAT | os.O_WRONLY); os.posix_fallocate(fd, 0, 1 << 40)
    except OSError as error: out['big'] = error.errno
    os.close(fd); os.remove('/tmp/big')
    n = 0
    try:
        while n < 200000: open('/tmp/%d' % n, 'w').close(); n += 1
    except OSError as error: out['files'] = error.errno
    out['many'] = n > 20000
    return out";
    let mut function = lab.python(text);
    function.timeout_s = 60;
    let seen = lab.answer(&function, json!({})).await;
    assert_eq!(
        seen,
        json!({ "full": [28, 512], "big": 28, "files": 28, "many": true })
    );
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn f3_fork_bomb_ends_at_the_limit_and_goes_with_its_worker() {
    let Some(lab) = lab(Isolation::Container) else {
        return;
    };
    let text = "import os, time
def handler(e, c):
    n = 0
    try:
        while n < 5000:
            if os.fork() == 0:
                os.setsid()
                os.closerange(0, 100)
                time.sleep(1000)
            n += 1
    except OSError as error: print('forks', n, error.errno, flush=True)
    time.sleep(1000)";
    let mut function = lab.python(text);
    function.timeout_s = 10;
    // So that its processes end at their number and not at their memory.
    function.memory_mb = 3_008;
    let neighbour = lab
        .python("import subprocess\ndef handler(e, c): return subprocess.run(['true']).returncode");
    let bomb = lab.error(&function, json!({}));
    let well = async {
        let line = lab.line(|line| line.starts_with("forks ")).await;
        assert!(line.ends_with(" 11"), "EAGAIN: {line}");
        let forks: i32 = line.split(' ').nth(1).unwrap().parse().unwrap();
        assert!((900..=1024).contains(&forks), "{forks}");
        assert_eq!(lab.answer(&neighbour, json!({})).await, 0);
    };
    let (error, ()) = tokio::join!(bomb, well);
    assert_eq!(error["errorType"], "Sandbox.Timedout");
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn f3_grandchildren_with_a_session_and_no_environment_die() {
    let Some(lab) = lab(Isolation::Container) else {
        return;
    };
    let text = "import os, time
def handler(e, c):
    for i in range(3):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0: os.execve('/bin/sleep', ['sleep', e['seconds']], {})
            os._exit(0)
    while len([p for p in os.listdir('/proc') if p.isdigit() and b'sleep' in open('/proc/' + p + '/cmdline', 'rb').read()]) < 3: time.sleep(0.01)
    if e.get('exit'): os._exit(3)
    time.sleep(1000)";
    let mut function = lab.python(text);
    function.timeout_s = 5;
    for (exit, seconds) in [(true, "98761"), (false, "98762")] {
        let error = lab
            .error(&function, json!({ "exit": exit, "seconds": seconds }))
            .await;
        assert!(error["errorMessage"].is_string());
        let left = std::fs::read_dir("/proc")
            .unwrap()
            .flatten()
            .filter(|entry| {
                std::fs::read(entry.path().join("cmdline"))
                    .is_ok_and(|line| line == format!("sleep\0{seconds}\0").as_bytes())
            });
        assert_eq!(left.count(), 0);
    }
    lab.compute.shutdown().await;
}

const ATTACK: &str = "import ctypes, os, signal, errno
libc = ctypes.CDLL(None, use_errno=True)
def attempt(do):
    try: return do()
    except OSError as error: return errno.errorcode[error.errno]
def handler(e, c):
    out = {}
    for pid in e['pids']:
        out['kill %d' % pid] = attempt(lambda: os.kill(pid, 0))
        out['stop %d' % pid] = attempt(lambda: os.kill(pid, signal.SIGCONT))
    out['abstract'] = []
    import socket
    s = socket.socket(socket.AF_UNIX)
    out['abstract'] = attempt(lambda: s.connect('\\0' + e['abstract']))
    return out";

#[tokio::test]
async fn f6_f8_host_processes_and_abstract_sockets_are_out_of_reach() {
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::{SocketAddr, UnixListener};
    for level in RESTRICTED {
        let Some(lab) = lab(level) else { continue };
        let name = format!("crossway-test-{}-{level}", std::process::id());
        let address = SocketAddr::from_abstract_name(&name).unwrap();
        let _listener = UnixListener::bind_addr(&address).unwrap();
        let own = std::process::id();
        let function = lab.python(ATTACK);
        let seen = lab
            .answer(&function, json!({ "pids": [own], "abstract": name }))
            .await;
        let expect = if level == Isolation::Container {
            "ESRCH"
        } else {
            "EPERM"
        };
        assert_eq!(
            seen,
            json!({
                format!("kill {own}"): expect, format!("stop {own}"): expect, "abstract": "EPERM",
            }),
            "{level}"
        );
        lab.compute.shutdown().await;
    }
}

/// Arguments that the kernel would answer otherwise if it looked at them.
const CALLS: &str = "import ctypes, errno, os, socket
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *arguments):
    ctypes.set_errno(0)
    result = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(a) for a in (list(arguments) + [0] * 6)[:6]])
    return errno.errorcode.get(ctypes.get_errno(), '0') if result == -1 else 'passed'
def sock(family, kind, protocol):
    try: socket.socket(family, kind, protocol).close(); return 'passed'
    except OSError as error: return errno.errorcode[error.errno]
def handler(e, c):
    out = {name: call(number, -1, -1, -1) for name, number in e['calls']}
    out.update({str(one): sock(*one) for one in e['sockets']})
    for name, flag in e['flags']: out['clone ' + name] = call(56 if os.uname().machine == 'x86_64' else 220, flag, 0)
    out['clone3'] = call(435, 0, 0)
    out['TIOCSTI'] = call(16 if os.uname().machine == 'x86_64' else 29, 0, 0x5412, 0)
    if os.uname().machine == 'x86_64': out['x32'] = call(0x40000000 + 39)
    return out";

#[tokio::test]
async fn f7_denied_calls_are_denied_one_by_one() {
    let denied = compute::denied_system_calls();
    assert!(denied.len() > 50);
    for level in RESTRICTED {
        let Some(lab) = lab(level) else { continue };
        let function = lab.python(CALLS);
        // AF_PACKET, AF_VSOCK, AF_ALG, AF_BLUETOOTH, AF_KEY, AF_XDP, AF_AX25, raw and packet sockets, netlink
        // beyond routing.
        let bad = [
            [17, 3, 0],
            [40, 1, 0],
            [38, 5, 0],
            [31, 3, 0],
            [15, 3, 2],
            [44, 3, 0],
            [3, 5, 0],
            [2, 3, 1],
            [10, 3, 58],
            [2, 10, 0],
            [2, 0x80003, 255],
            [16, 3, 9],
            [16, 3, 12],
            [16, 3, 15],
        ];
        let good = [[1, 1, 0], [2, 1, 0], [2, 2, 0], [10, 1, 0], [16, 3, 0]];
        let flags = [
            ("user", 0x1000_0000),
            ("pid", 0x2000_0000),
            ("net", 0x4000_0000),
            ("mount", 0x2_0000),
            ("uts", 0x400_0000),
            ("ipc", 0x800_0000),
            ("cgroup", 0x200_0000),
        ];
        let event = json!({ "calls": denied, "sockets": bad.iter().chain(&good).collect::<Vec<_>>(), "flags": flags });
        let seen = lab.answer(&function, event).await;
        for (name, _) in &denied {
            assert_eq!(seen[name], "EPERM", "{level} {name}");
        }
        for (name, _) in flags {
            assert_eq!(
                seen[format!("clone {name}")],
                "EPERM",
                "{level} clone {name}"
            );
        }
        let text = |one: &[i32; 3]| format!("[{}, {}, {}]", one[0], one[1], one[2]);
        for one in &bad {
            assert_eq!(seen[text(one)], "EPERM", "{level} socket {one:?}");
        }
        for one in &good {
            assert_eq!(seen[text(one)], "passed", "{level} socket {one:?}");
        }
        assert_eq!(seen["clone3"], "ENOSYS");
        assert_eq!(seen["TIOCSTI"], "EPERM");
        assert!(
            seen.get("x32").is_none_or(|answer| answer == "ENOSYS"),
            "{seen}"
        );
        lab.compute.shutdown().await;
    }
}

#[tokio::test]
async fn f8_runtime_api_of_another_worker_is_refused() {
    for level in Isolation::STRONGEST_FIRST {
        let Some(lab) = lab(level) else { continue };
        let runtime = "#!/usr/bin/env python3
import http.client, json, os
api = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])
while True:
    api.request('GET', '/2018-06-01/runtime/invocation/next')
    answer = api.getresponse(); answer.read()
    id = answer.headers['Lambda-Runtime-Aws-Request-Id']
    api.request('POST', f'/2018-06-01/runtime/invocation/{id}/response', json.dumps(os.environ['AWS_LAMBDA_RUNTIME_API']))
    api.getresponse().read()
";
        let victim = lab.function("provided.al2023", "h", &[("bootstrap", runtime)]);
        let api = lab.answer(&victim, json!({})).await;
        let thief = lab.python(
            "import http.client
def handler(e, c):
    api = http.client.HTTPConnection(e['api'], timeout=5)
    try:
        api.request('GET', '/2018-06-01/runtime/invocation/next')
        return api.getresponse().status
    except Exception as error: return type(error).__name__",
        );
        let seen = lab.answer(&thief, json!({ "api": api })).await;
        assert!(
            ["RemoteDisconnected", "ConnectionResetError"].contains(&seen.as_str().unwrap()),
            "{level} {seen}"
        );
        assert_eq!(
            lab.answer(&victim, json!({})).await,
            api,
            "and the victim lives"
        );
        lab.compute.shutdown().await;
    }
}

#[tokio::test]
async fn f10_credentials_of_the_host_are_not_there() {
    for level in Isolation::STRONGEST_FIRST {
        let Some(lab) = lab(level) else { continue };
        let function = lab.node("index.js", "exports.handler = async () => process.env;");
        let seen = lab.answer(&function, json!({})).await;
        assert_eq!(seen["AWS_ACCESS_KEY_ID"], "ASIAEXAMPLE");
        assert!(
            seen.get("HOME").is_none() && seen.get("CARGO").is_none(),
            "{seen}"
        );
        lab.compute.shutdown().await;
    }
}

#[tokio::test]
async fn f11_what_one_function_leaves_another_does_not_find() {
    let Some(lab) = lab(Isolation::Container) else {
        return;
    };
    let text = "const fs = require('fs');
exports.handler = async () => { const seen = fs.readdirSync('/tmp'); fs.writeFileSync('/tmp/left', 'x'); globalThis.n = (globalThis.n || 0) + 1; return [seen, globalThis.n]; };";
    let one = lab.node("index.js", text);
    let mut two = lab.node("index.js", text);
    two.arn.push('2');
    assert_eq!(lab.answer(&one, json!({})).await, json!([[], 1]));
    assert_eq!(
        lab.answer(&one, json!({})).await,
        json!([["left"], 2]),
        "its own is kept warm"
    );
    assert_eq!(lab.answer(&two, json!({})).await, json!([[], 1]));
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn f14_no_descriptor_and_no_program_of_ours_is_handed_on() {
    for level in RESTRICTED {
        let Some(lab) = lab(level) else { continue };
        let text = "import os
def handler(e, c):
    fds = {}
    for fd in os.listdir('/proc/self/fd'):
        try: fds[fd] = os.readlink('/proc/self/fd/' + fd).split(':')[0]
        except OSError: pass
    fds = {k: v for k, v in fds.items() if not v.startswith('/proc/')}
    try: os.open('/proc/self/exe', os.O_WRONLY); exe = 'opened'
    except OSError: exe = 'refused'
    return {'fds': fds, 'exe': exe, 'root': os.path.realpath('/proc/self/root'), 'up': os.listdir('/..') == os.listdir('/') if e['container'] else True}";
        let function = lab.python(text);
        let seen = lab
            .answer(
                &function,
                json!({ "container": level == Isolation::Container }),
            )
            .await;
        let expect = json!({ "fds": { "0": "/dev/null", "1": "pipe", "2": "pipe", "3": "socket" }, "exe": "refused", "root": "/", "up": true });
        assert_eq!(seen, expect, "{level}");
        lab.compute.shutdown().await;
    }
}

#[tokio::test]
async fn node_works_at_every_level() {
    for level in Isolation::STRONGEST_FIRST {
        let Some(lab) = lab(level) else { continue };
        let text = "const os = require('os'), fs = require('fs'), dns = require('dns').promises, crypto = require('crypto');
const { Worker } = require('worker_threads'), { execFileSync } = require('child_process'), zlib = require('zlib');
exports.handler = async () => {
  fs.writeFileSync(os.tmpdir() + '/x', 'x');
  const worker = new Worker('require(\"worker_threads\").parentPort.postMessage(1)', { eval: true });
  return { cpus: os.cpus().length > 0, mem: os.totalmem() > 0, nets: typeof os.networkInterfaces(), dns: (await dns.lookup('localhost')).address.length > 2,
    hash: crypto.createHash('md5').update('x').digest('hex').length, thread: await new Promise((ok) => worker.on('message', ok)),
    child: execFileSync('/bin/echo', ['hi']).toString(), zip: zlib.gzipSync('x').length > 0, tls: require('tls').rootCertificates.length > 0 }; };";
        let function = lab.node("index.js", text);
        let seen = lab.answer(&function, json!({})).await;
        assert_eq!(
            seen,
            json!({ "cpus": true, "mem": true, "nets": "object", "dns": true, "hash": 32, "thread": 1, "child": "hi\n", "zip": true, "tls": true }),
            "{level}"
        );
        lab.compute.shutdown().await;
    }
}

#[tokio::test]
async fn level_below_the_minimum_is_refused() {
    let refused = Lab::needing(Isolation::Container, Isolation::Hardened)
        .err()
        .unwrap();
    assert!(
        refused
            .to_string()
            .contains("at level `container` or better"),
        "{refused}"
    );
}

/// Each crash is a process of its own, a namespace, mounts and a folder.
#[tokio::test]
async fn thousand_crashes_leave_nothing() {
    let Some(lab) = lab(Isolation::Container) else {
        return;
    };
    let text = "import os\nif os.fork() == 0:\n    os.setsid()\n    os.execve('/bin/sleep', ['sleep', '98763'], {})\nos._exit(1)";
    let function = lab.function(
        "provided.al2023",
        "h",
        &[(
            "bootstrap",
            &format!("#!/usr/bin/env -S python3 -SE\n{text}\n"),
        )],
    );
    let crashes: usize =
        std::env::var("CROSSWAY_TEST_CRASHES").map_or(100, |text| text.parse().unwrap());
    let mounts = || {
        std::fs::read_to_string("/proc/self/mountinfo")
            .unwrap()
            .lines()
            .count()
    };
    let groups = || std::fs::read_to_string("/proc/self/cgroup").unwrap();
    let descriptors = || std::fs::read_dir("/proc/self/fd").unwrap().count();
    lab.error(&function, json!({})).await;
    let before = (mounts(), groups(), descriptors());
    // Each invocation tries an init twice.
    for _ in 0..crashes.div_ceil(2) {
        let error = lab.error(&function, json!({})).await;
        assert_eq!(error["errorType"], "Runtime.ExitError");
    }
    assert_eq!((mounts(), groups()), (before.0, before.1));
    assert!(
        descriptors() < before.2 + 40,
        "{} {}",
        descriptors(),
        before.2
    );
    assert_eq!(
        std::fs::read_dir(lab.directory.path().join("compute/workers"))
            .unwrap()
            .count(),
        0
    );
    let left = std::fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter(|entry| {
            std::fs::read(entry.path().join("cmdline"))
                .is_ok_and(|line| line == b"sleep\x0098763\x00")
        });
    assert_eq!(left.count(), 0);
    lab.compute.shutdown().await;
}

const FORGE: &str = "import os, sys
def handler(e, c):
    if e.get('after'):
        print('after the flood'); return 1
    write = lambda data: os.write(1, data)
    write(b'START RequestId: 00000000-0000-0000-0000-000000000000 Version: 9\\n\\x1b[2Jclear\\x07\\n')
    write(b'\\xff\\xfe\\x00binary\\x00\\n')
    write(b'\\xa5\\x5a\\x00\\x04' + (36).to_bytes(4, 'big') + bytes(8) + b'1' * 36)
    write(b'\\xa5\\x5a\\x00\\x99' + (5).to_bytes(4, 'big') + bytes(8) + b'what?')
    for _ in range(48): write(b'x' * 65536)
    write(b'\\n\\xa5\\x5a\\x00\\x03\\xff\\xff\\xff\\xff' + bytes(8) + b'a record without end')
    return c.aws_request_id";

#[tokio::test]
async fn f12_what_a_function_prints_is_its_own_and_bounded() {
    let Some(lab) = lab(Isolation::STRONGEST_FIRST[0]) else {
        return;
    };
    let (forger, mut other) = (
        lab.python(FORGE),
        lab.python("def handler(e, c):\n    print('quiet')\n    return 2"),
    );
    other.arn.push('2');
    lab.answer(&forger, json!({})).await;
    assert_eq!(lab.answer(&other, json!({})).await, 2);
    assert_eq!(lab.answer(&forger, json!({ "after": true })).await, 1);
    // Each invocation has its own lines, whatever stood before.
    lab.line_count(|line| line.starts_with("REPORT RequestId: "), 3)
        .await;
    let lines = lab.lines();
    let count = |text: &str| lines.iter().filter(|line| line.starts_with(text)).count();
    assert_eq!(count("END RequestId: "), 3);
    assert_eq!(count("quiet"), 1, "no other function's lines are touched");
    assert_eq!(count("INIT_START"), 2);
    // AWS's bound of one event.
    assert!(lines.iter().all(|line| line.len() <= 262_144));
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn f13_variables_of_a_function_change_nothing_but_that_function() {
    for level in Isolation::STRONGEST_FIRST {
        let Some(lab) = lab(level) else { continue };
        let text = "exports.handler = async () => [process.env._HANDLER, process.env.AWS_ACCESS_KEY_ID,
            process.env.AWS_LAMBDA_FUNCTION_NAME, process.env.LAMBDA_TASK_ROOT === process.cwd(), process.env.MINE];";
        let mut function = lab.node("index.js", text);
        for (name, value) in [
            ("_HANDLER", "evil.handler"),
            ("AWS_ACCESS_KEY_ID", "AKIAOFANOTHER"),
            ("AWS_LAMBDA_FUNCTION_NAME", "another"),
            ("LAMBDA_TASK_ROOT", "/etc"),
            ("LD_PRELOAD", "/nowhere/evil.so"),
            ("LD_LIBRARY_PATH", "/nowhere"),
            ("PATH", "/nowhere"),
            ("PYTHONSTARTUP", "/nowhere"),
            ("MINE", "1"),
        ] {
            function
                .environment
                .insert(name.to_owned(), value.to_owned());
        }
        let seen = lab.answer(&function, json!({})).await;
        assert_eq!(
            seen,
            json!(["index.handler", "ASIAEXAMPLE", "f", true, "1"]),
            "{level}"
        );
        // The loader complains to the function's log, so it was the function that loaded it.
        let line = lab.line(|line| line.contains("evil.so")).await;
        assert!(line.contains("LD_PRELOAD"), "{line}");
        let mut other = lab.node(
            "index.js",
            "exports.handler = async () => process.env.MINE ?? null;",
        );
        other.arn.push('2');
        assert_eq!(lab.answer(&other, json!({})).await, json!(null), "{level}");
        lab.compute.shutdown().await;
    }
}
