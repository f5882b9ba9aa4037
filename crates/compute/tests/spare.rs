//! Functions whose interpreter was up before they were known: they see what others see, the same
//! attacks fail, the same limits hold.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::indexing_slicing,
    clippy::duplicate_mod
)]

mod common;
#[path = "isolation.rs"]
mod isolation;
#[path = "network.rs"]
mod network;
#[path = "resources.rs"]
mod resources;

use common::{Lab, lab};
use compute::Isolation;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use ports::{Compute as _, FunctionSpec};
use serde_json::{Value, json};

/// What a function can find out about where it runs, told by a shell, which Node.js, Python and Ruby
/// start in the same way.
const LOOK: &str = "pwd; id; hostname; ulimit -a; umask; env | sort | sed -e 's/^AWS_LAMBDA_LOG_STREAM_NAME=.*//; s/^AWS_LAMBDA_RUNTIME_API=.*//'; \
    ls -la --time-style=+ / /var /var/task /var/runtime /opt /tmp /dev /proc/self/fd | sed -e 's/socket:.*//; s/pipe:.*//; s/  */ /g; / proc$/d'; \
    grep -v -e '^Pid' -e '^PPid' -e '^Tgid' -e '^NSp' -e '^NSt' -e '^Ngid' -e '^Vm' -e '^Rss' -e ctxt -e Threads -e '^SigQ' /proc/self/status; \
    cut -d' ' -f5- /proc/self/mountinfo | sed -e 's/ .*master:[0-9]* / /; s/uid=[0-9]*,gid=[0-9]*//' | sort; \
    tr '\\0' ' ' < /proc/2/cmdline; cat /proc/2/limits; procs=$(ls /proc); echo \"$procs\" | grep -c '^[0-9]'; find /var/task /tmp /opt";

fn node(lab: &Lab) -> FunctionSpec {
    let text = "const { execFileSync } = require('node:child_process');
        const plain = (o) => ({ ...o, AWS_LAMBDA_LOG_STREAM_NAME: '', AWS_LAMBDA_RUNTIME_API: '' });
        exports.handler = async (e) => ({
          look: execFileSync('/bin/sh', ['-c', e.look]).toString().split('\\n'),
          environment: Object.entries(plain(process.env)).sort(), cwd: process.cwd(), pid: process.pid,
          argv: process.argv, execArgv: process.execArgv, main: require.main?.filename,
          cache: Object.keys(require.cache), paths: require('module').globalPaths,
          heap: require('v8').getHeapStatistics().heap_size_limit, tmp: require('os').tmpdir(),
          zone: new Date(0).toString(), globals: Object.keys(globalThis),
          ids: [process.getuid(), process.getgid(), process.getgroups()],
          resolved: Object.keys(require('module')._pathCache), loaders: module.parent.children.length,
          listeners: process.eventNames().map((name) => `${String(name)} ${process.listenerCount(name)}`),
          threads: require('fs').readdirSync('/proc/self/task').length,
        });";
    let mut function = lab.node("index.js", text);
    function.memory_mb = 192;
    function
}

fn python(lab: &Lab) -> FunctionSpec {
    let text = "import os, sys, subprocess, locale, time
def handler(e, c):
    env = dict(os.environ); env['AWS_LAMBDA_LOG_STREAM_NAME'] = env['AWS_LAMBDA_RUNTIME_API'] = ''
    return {'look': subprocess.run(['/bin/sh', '-c', e['look']], capture_output=True, text=True).stdout.splitlines(),
      'environment': list(env.items()), 'cwd': os.getcwd(), 'pid': os.getpid(), 'argv': sys.argv, 'path': sys.path,
      'flags': str(sys.flags), 'modules': sorted(sys.modules), 'locale': locale.getlocale(), 'zone': time.tzname, 'e': 'é',
      'ids': [os.getuid(), os.getgid()]}";
    lab.python(text)
}

fn ruby(lab: &Lab) -> FunctionSpec {
    let text = "require 'etc'
def handler(event:, context:)
  own = { 'AWS_LAMBDA_LOG_STREAM_NAME' => '', 'AWS_LAMBDA_RUNTIME_API' => '' }
  { look: IO.popen(['/bin/sh', '-c', event['look']], &:read).split(\"\\n\"),
    environment: ENV.to_h.merge(own).to_a, cwd: Dir.pwd, pid: Process.pid, argv: ARGV, program: $PROGRAM_NAME,
    path: $LOAD_PATH, features: $LOADED_FEATURES, constants: Object.constants.sort, globals: global_variables.sort,
    methods: Object.private_instance_methods.sort, gems: Gem.loaded_specs.keys, gem_path: Gem.path,
    encodings: [Encoding.default_external, Encoding.default_internal], zone: Time.at(0).zone, e: 'é',
    threads: Thread.list.size, traps: trap('TERM', 'DEFAULT').to_s, ids: [Process.uid, Process.gid, Process.groups] }
end";
    lab.function("ruby3.3", "app.handler", &[("app.rb", text)])
}

/// What differs between two answers, by their fields.
fn differences(one: &Value, other: &Value) -> Vec<String> {
    let (one, other) = (one.as_object().unwrap(), other.as_object().unwrap());
    assert_eq!(
        one.keys().collect::<Vec<_>>(),
        other.keys().collect::<Vec<_>>()
    );
    let mut found = Vec::new();
    for (name, value) in one {
        let (Some(lines), Some(others)) = (value.as_array(), other[name].as_array()) else {
            if *value != other[name] {
                found.push(format!("{name}: {value} is now {}", other[name]));
            }
            continue;
        };
        let gone = lines.iter().filter(|line| !others.contains(line));
        found.extend(gone.map(|line| format!("{name}: {line} is gone")));
        let new = others.iter().filter(|line| !lines.contains(line));
        found.extend(new.map(|line| format!("{name}: {line} is new")));
        if found.is_empty() && lines != others {
            found.push(format!("{name}: another order: {lines:?} {others:?}"));
        }
    }
    found
}

#[tokio::test]
async fn function_sees_the_same_as_one_that_was_started_afresh() {
    let first: (fn(&Lab) -> FunctionSpec, u32) = (node, 512);
    for (function, ephemeral_mb) in [first, (python, 600), (ruby, 512)] {
        let Some(spare) = lab(Isolation::Container) else {
            return;
        };
        if let Err(error) = spare.compute.check_runtime(&function(&spare).runtime) {
            eprintln!("skipped: {error:?}");
            continue;
        }
        let fresh = Lab::with_spares(0);
        let mut seen = Vec::new();
        for lab in [&fresh, &spare] {
            let mut function = function(lab);
            function.ephemeral_mb = ephemeral_mb;
            function
                .environment
                .insert("TABLE".to_owned(), "tä\nble".to_owned());
            seen.push(lab.answer(&function, json!({ "look": LOOK })).await);
        }
        let is_ahead = |line: &String| line.contains("; interpreter started ahead");
        assert!(spare.lines().iter().any(is_ahead), "{:?}", spare.lines());
        assert!(!fresh.lines().iter().any(is_ahead), "{:?}", fresh.lines());
        let found = differences(&seen[0], &seen[1]);
        assert!(found.is_empty(), "{}", found.join("\n"));
        spare.compute.shutdown().await;
        fresh.compute.shutdown().await;
    }
}

#[tokio::test]
async fn part_of_its_process_may_be_an_extension() {
    let Some(lab) = lab(Isolation::Container) else {
        return;
    };
    let text = "import http.client, json, os, threading
api = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])
seen = []
def call(method, path, body, headers):
    api.request(method, '/2020-01-01/extension/' + path, body, headers)
    answer = api.getresponse()
    return dict(answer.getheaders()), json.loads(answer.read())
headers, about = call('POST', 'register', '{\"events\": [\"INVOKE\"]}', {'Lambda-Extension-Name': 'me'})
def listen():
    while True:
        event = call('GET', 'event/next', None, {'Lambda-Extension-Identifier': headers['Lambda-Extension-Identifier']})[1]
        seen.append(event['requestId'])
threading.Thread(target=listen, daemon=True).start()
def handler(e, c):
    while c.aws_request_id not in seen: pass
    return about['functionName']";
    let function = lab.python(text);
    for _ in 0..2 {
        assert_eq!(lab.answer(&function, json!({})).await, "f");
    }
    let lines = lab.lines();
    let is_ahead = |line: &String| line.contains("; interpreter started ahead");
    assert!(lines.iter().any(is_ahead), "{lines:#?}");
    let told = "EXTENSION\tName: me\tState: Ready\tEvents: [INVOKE]".to_owned();
    assert!(lines.contains(&told), "{lines:#?}");
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn settings_that_an_interpreter_reads_at_its_start_get_a_start() {
    let lab = Lab::with_spares(1);
    for (name, value) in [
        ("NODE_OPTIONS", "--no-deprecation"),
        ("NODE_EXTRA_CA_CERTS", "/var/task/index.js"),
        ("LD_LIBRARY_PATH", "/var/task/lib"),
        ("TZ", "Europe/Berlin"),
    ] {
        let mut function = lab.node("index.js", "exports.handler = async () => [process.execArgv.length, process.env.NODE_OPTIONS, new Date(0).getTimezoneOffset(), process.noDeprecation]");
        lab.compute.prepare(&function).await.unwrap();
        function
            .environment
            .insert(name.to_owned(), value.to_owned());
        let seen = lab.answer(&function, json!({})).await;
        match name {
            "NODE_OPTIONS" => assert_eq!(seen[3], true),
            "TZ" => assert_eq!(seen[2], -60),
            _ => {}
        }
    }
    assert!(
        !lab.lines().iter().any(|line| line.contains("ahead")),
        "{:?}",
        lab.lines()
    );
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn gems_of_a_bundle_get_a_start() {
    let lab = Lab::with_spares(1);
    if let Err(error) = lab.compute.check_runtime("ruby3.3") {
        eprintln!("skipped: {error:?}");
        return;
    }
    let app = (
        "app.rb",
        "require 'json'\ndef handler(**) = [JSON::VERSION, ENV.key?('_CROSSWAY_SPARE')]",
    );
    let gem = "Gem::Specification.new { |s| s.name = 'json'; s.version = '99.0.0'; s.summary = ''; s.authors = ['a']; s.files = ['lib/json.rb'] }";
    let own = "module JSON; VERSION = '99'; def self.parse(text) = eval(text); end\nclass Object; def to_json = inspect; end";
    let bundle = [
        app,
        (
            "vendor/bundle/ruby/3.3.0/specifications/json-99.0.0.gemspec",
            gem,
        ),
        ("vendor/bundle/ruby/3.3.0/gems/json-99.0.0/lib/json.rb", own),
    ];
    for (files, is_ahead) in [
        (&bundle[..1], lab.compute.spares() > 0),
        (&bundle[..], false),
    ] {
        let function = lab.function("ruby3.3", "app.handler", files);
        lab.compute.prepare(&function).await.unwrap();
        let before = lab.lines().len();
        let seen = lab.answer(&function, json!([])).await;
        assert_eq!(seen[0] == "99", files.len() > 1, "{seen}");
        assert_eq!(seen[1], false);
        let lines = lab.lines().split_off(before);
        let was_ahead = lines
            .iter()
            .any(|line| line.contains("; interpreter started ahead"));
        assert_eq!(was_ahead, is_ahead, "{lines:?}");
    }
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn every_function_gets_one_of_its_own_and_what_is_left_ends_with_the_server() {
    let lab = Lab::with_spares(2);
    if lab.compute.spares() == 0 {
        eprintln!("skipped: {:?}", lab.compute.isolation().refused);
        return;
    }
    let text = "globalThis.n = (globalThis.n ?? 0) + 1; require('fs').writeFileSync('/tmp/mine', 'x');
        exports.handler = async () => [globalThis.n, process.env.SECRET ?? null, require('fs').readdirSync('/tmp')];";
    for round in 0..4 {
        let mut function = lab.node("index.js", text);
        function.arn.push_str(&round.to_string());
        if round == 0 {
            function
                .environment
                .insert("SECRET".to_owned(), "s".to_owned());
        }
        lab.compute.prepare(&function).await.unwrap();
        let secret = if round == 0 { json!("s") } else { Value::Null };
        assert_eq!(
            lab.answer(&function, json!({})).await,
            json!([1, secret, ["mine"]])
        );
    }
    let ahead = lab
        .lines()
        .iter()
        .filter(|line| line.contains("; interpreter started ahead"))
        .count();
    assert_eq!(ahead, 4, "{:?}", lab.lines());
    lab.compute.shutdown().await;
    let workers = lab.directory.path().join("compute/workers");
    assert_eq!(std::fs::read_dir(workers).unwrap().count(), 0);
}

#[tokio::test]
async fn one_that_has_died_is_not_given_to_a_function() {
    let lab = Lab::with_spares(1);
    if lab.compute.spares() == 0 {
        return;
    }
    let function = lab.python("def handler(e, c): return 'alive'");
    lab.compute.prepare(&function).await.unwrap();
    if lab.compute.limits().cgroups == "none" {
        eprintln!("skipped: no control groups");
        return;
    }
    let waiting = waiting(&lab);
    assert!(!waiting.is_empty());
    for pid in waiting {
        // Whoever is killed first takes the others with it.
        let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
    }
    assert_eq!(lab.answer(&function, json!({})).await, "alive");
    lab.compute.shutdown().await;
}

/// Interpreters of this lab that run no function yet, where control groups tell whose they are.
fn waiting(lab: &Lab) -> Vec<i32> {
    let workers = std::fs::read_dir(lab.directory.path().join("compute/workers")).unwrap();
    let names: Vec<String> = workers
        .flatten()
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    let is_ours = |text: &str| names.iter().any(|name| text.contains(name));
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    entries
        .filter(|entry| {
            std::fs::read_to_string(entry.path().join("cgroup")).is_ok_and(|it| is_ours(&it))
        })
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect()
}
