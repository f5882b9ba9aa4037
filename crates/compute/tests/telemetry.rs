//! The Telemetry API: extensions that are told what happens in their sandbox.

#![allow(clippy::unwrap_used)]

mod common;

use common::{Lab, lab};
use compute::Isolation;
use ports::{FunctionLogging, FunctionSpec};
use serde_json::{Value, json};

const LEVELS: [Isolation; 3] = [
    Isolation::Process,
    Isolation::Hardened,
    Isolation::Container,
];

/// An extension that subscribes, says what it was answered, and prints every event.
const EXTENSION: &str = r#"#!/usr/bin/env python3
import http.client, http.server, json, os, sys, threading, time
api = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])
def call(method, path, body=None, headers={}):
    api.request(method, path, body, headers)
    answer = api.getresponse()
    return answer.status, dict(answer.getheaders()), answer.read().decode()
def say(*words):
    print(*words, flush=True)
fails = FAILS
class Listener(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        global fails
        events = json.loads(self.rfile.read(int(self.headers['Content-Length'])))
        fails -= 1
        self.send_response(500 if fails >= 0 else 200)
        self.end_headers()
        for event in events if fails < 0 else []:
            say('told', json.dumps(event))
    def log_message(self, *words): pass
server = http.server.ThreadingHTTPServer((os.environ['LISTEN'], 0), Listener)
threading.Thread(target=server.serve_forever, daemon=True).start()
port = server.server_address[1]
_, headers, _ = call('POST', '/2020-01-01/extension/register', json.dumps({'events': ['INVOKE', 'SHUTDOWN']}),
    {'Lambda-Extension-Name': os.path.basename(__file__)})
me = {'Lambda-Extension-Identifier': headers['Lambda-Extension-Identifier']}
def subscribe(path='/2022-07-01/telemetry', **change):
    body = {'schemaVersion': '2022-12-13', 'types': TYPES, 'buffering': {'timeoutMs': 25},
        'destination': {'protocol': 'HTTP', 'URI': f'http://sandbox.localdomain:{port}'}, **change}
    return call('PUT', path, json.dumps(body), me)[::2]
#SUBSCRIBE
while True:
    event = json.loads(call('GET', '/2020-01-01/extension/event/next', None, me)[2])
    #EVENT
    if event['eventType'] == 'SHUTDOWN':
        time.sleep(0.5)
        sys.exit(0)
"#;

const SUBSCRIBE: &str = "say('subscribed', *subscribe())";

fn extended(
    lab: &Lab,
    function: FunctionSpec,
    types: &str,
    places: &[(&str, &str)],
) -> FunctionSpec {
    let mut text = EXTENSION.replace("TYPES", types);
    for (place, code) in places {
        text = text.replace(place, code);
    }
    let text = text.replace("#SUBSCRIBE", SUBSCRIBE).replace("FAILS", "0");
    let layers = vec![lab.bundle(&[("extensions/e.py", text.as_str())])];
    let mut function = FunctionSpec { layers, ..function };
    // Other levels have the host's names.
    let listen = match lab.compute.isolation().level {
        Isolation::Container => "sandbox.localdomain",
        _ => "127.0.0.1",
    };
    let variables = &mut function.environment;
    variables.insert("LISTEN".to_owned(), listen.to_owned());
    function
}

/// The events that the extension was told of.
fn told(lab: &Lab) -> Vec<Value> {
    let lines = lab.lines();
    let texts = lines.iter().filter_map(|line| line.strip_prefix("told "));
    texts
        .map(|text| serde_json::from_str(text).unwrap())
        .collect()
}

fn kinds(told: &[Value]) -> Vec<&str> {
    told.iter()
        .filter_map(|event| event["type"].as_str())
        .collect()
}

const TEXT: &str = "def handler(e, c):\n  print('said', e)\n  return e";

async fn check_story(lab: &Lab) {
    let types = "['platform', 'function']";
    let function = extended(lab, lab.python(TEXT), types, &[]);
    lab.answer(&function, json!(1)).await;
    lab.answer(&function, json!(2)).await;
    lab.compute.shutdown().await;
    let told = told(lab);
    assert_eq!(
        kinds(&told),
        [
            "platform.initStart",
            "platform.initRuntimeDone",
            "platform.telemetrySubscription",
            "platform.extension",
            "platform.initReport",
            "platform.start",
            "function",
            "platform.runtimeDone",
            "platform.report",
            "platform.start",
            "function",
            "platform.runtimeDone",
            "platform.report",
        ],
        "{:#?}",
        lab.lines()
    );
    let record = |kind: &str| {
        let event = told.iter().find(|event| event["type"] == kind).unwrap();
        assert!(event["time"].as_str().unwrap().ends_with('Z'), "{event}");
        event["record"].clone()
    };
    assert_eq!(record("platform.initStart")["phase"], "init");
    assert_eq!(record("platform.initRuntimeDone")["status"], "success");
    assert!(record("platform.initReport")["metrics"]["durationMs"].as_f64() > Some(0.0));
    assert_eq!(
        record("platform.telemetrySubscription"),
        json!({ "name": "e.py", "state": "Subscribed", "types": ["platform", "function"] })
    );
    assert_eq!(record("platform.extension")["state"], "Ready");
    let start = record("platform.start");
    assert_eq!(start["version"], "$LATEST");
    assert_eq!(start["tracing"]["type"], "X-Amzn-Trace-Id");
    let done = record("platform.runtimeDone");
    assert_eq!(done["requestId"], start["requestId"]);
    assert_eq!(done["metrics"]["producedBytes"], 1);
    let report = record("platform.report");
    assert_eq!(report["metrics"]["memorySizeMB"], 128);
    assert!(report["metrics"]["initDurationMs"].is_f64());
    assert_eq!(record("function"), "said 1\n");
}

#[tokio::test]
async fn subscriber_is_told_everything_from_the_start_on() {
    for level in LEVELS {
        let Some(lab) = lab(level) else { continue };
        check_story(&lab).await;
        let lines = lab.lines();
        assert!(
            lines.contains(&"subscribed 200 \"OK\"".to_owned()),
            "{level}"
        );
        let line = "TELEMETRY\tName: e.py\tState: Subscribed\tTypes: [Platform, Function]";
        assert!(lines.contains(&line.to_owned()), "{level}");
    }
}

#[tokio::test]
async fn sandbox_with_a_network_of_its_own_is_reached_from_inside() {
    if let Some(lab) = Lab::reaching(&[]) {
        check_story(&lab).await;
    }
}

#[tokio::test]
async fn runtime_is_done_before_extensions_are() {
    let lab = Lab::new();
    // Asks for its next event only when it was told that the runtime is done.
    let wait =
        "done = 0 if event['eventType'] != 'INVOKE' else [done_at.wait(20), done_at.clear()]";
    let places = [
        ("#EVENT", wait),
        ("fails = FAILS", "fails = 0\ndone_at = threading.Event()"),
        (
            "say('told', json.dumps(event))",
            "say('told', json.dumps(event)); event['type'] == 'platform.runtimeDone' and done_at.set()",
        ),
    ];
    let function = extended(&lab, lab.python(TEXT), "['platform']", &places);
    let function = FunctionSpec {
        timeout_s: 10,
        ..function
    };
    for n in 0..3 {
        assert_eq!(lab.answer(&function, json!(n)).await, json!(n));
    }
    assert_eq!(lab.streams().len(), 1);
    let lines = lab.lines();
    assert!(
        !lines.iter().any(|line| line.contains("timed out")),
        "{lines:#?}"
    );
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn failures_are_told_as_such() {
    let lab = Lab::new();
    let text =
        "import time, os\ndef handler(e, c):\n  if e == 1: raise ValueError('x')\n  time.sleep(20)";
    let function = FunctionSpec {
        timeout_s: 1,
        ..extended(&lab, lab.python(text), "['platform']", &[])
    };
    lab.error(&function, json!(1)).await;
    lab.error(&function, json!(2)).await;
    lab.compute.shutdown().await;
    let told = told(&lab);
    let done = told
        .iter()
        .filter(|event| event["type"] == "platform.runtimeDone");
    let statuses: Vec<&str> = done
        .filter_map(|event| event["record"]["status"].as_str())
        .collect();
    assert_eq!(statuses, ["error", "timeout"], "{told:#?}");
}

#[tokio::test]
async fn extension_s_own_output_is_told_where_it_is_wanted() {
    let lab = Lab::new();
    // What is told is kept quiet, or it would be told again.
    let places = [
        (
            "say('told', json.dumps(event))",
            "open('/tmp/told', 'a').write(event['record'])",
        ),
        ("#EVENT", "event['eventType'] == 'INVOKE' and say('mine')"),
    ];
    let text = "import os, time\ndef handler(e, c):\n  if e == 1: return print('not mine')\n  \
                while not os.path.exists('/tmp/told'): time.sleep(0.01)\n  return open('/tmp/told').read()";
    let function = extended(&lab, lab.python(text), "['extension']", &places);
    lab.answer(&function, json!(1)).await;
    let told = lab.answer(&function, json!(2)).await;
    let told = told.as_str().unwrap();
    assert!(told.contains("subscribed 200"), "{told}");
    assert!(!told.contains("not mine"), "{told}");
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn batch_that_is_refused_is_sent_again() {
    let lab = Lab::new();
    let function = extended(&lab, lab.python(TEXT), "['function']", &[("FAILS", "2")]);
    lab.answer(&function, json!(1)).await;
    lab.compute.shutdown().await;
    assert_eq!(kinds(&told(&lab)), ["function"], "{:#?}", lab.lines());
}

#[tokio::test]
async fn lines_come_over_one_connection_and_over_the_next_when_it_breaks() {
    // The first connection is closed after its first line, before anything more is told.
    let code = "
import socketserver
connections = []
class Lines(socketserver.StreamRequestHandler):
    def handle(self):
        connections.append(self)
        for line in self.rfile:
            say('told', line.decode().strip())
            if len(connections) > 1: continue
            self.connection.shutdown(2)
            open(os.environ.get('TMPDIR', '/tmp') + '/told', 'w').close()
tcp = socketserver.ThreadingTCPServer((os.environ['LISTEN'], 0), Lines)
tcp.daemon_threads = True
threading.Thread(target=tcp.serve_forever, daemon=True).start()
say('subscribed', *subscribe(destination={'protocol': 'TCP', 'port': tcp.server_address[1]}))";
    let text = "import os, time
def handler(e, c):
  while e == 2 and not os.path.exists(os.environ.get('TMPDIR', '/tmp') + '/told'): time.sleep(0.01)
  print('said', e)";
    for level in LEVELS {
        let Some(lab) = lab(level) else { continue };
        let places = [("#SUBSCRIBE", code)];
        let function = extended(&lab, lab.python(text), "['function']", &places);
        for n in 1..=4 {
            lab.answer(&function, json!(n)).await;
        }
        lab.compute.shutdown().await;
        let told = told(&lab);
        let records: Vec<&Value> = told.iter().map(|event| &event["record"]).collect();
        let wanted = [1, 2, 3, 4].map(|n| json!(format!("said {n}\n")));
        assert_eq!(records, wanted.iter().collect::<Vec<_>>(), "{level}");
    }
}

#[tokio::test]
async fn records_of_a_function_that_writes_json_are_objects() {
    let lab = Lab::new();
    let text =
        "import json\ndef handler(e, c):\n  print(json.dumps({'level': 'INFO', 'message': 'm'}))";
    let mut function = extended(&lab, lab.python(text), "['platform', 'function']", &[]);
    function.logging = FunctionLogging {
        is_json: true,
        ..FunctionLogging::default()
    };
    lab.answer(&function, json!(1)).await;
    lab.compute.shutdown().await;
    let told = told(&lab);
    let printed = told.iter().find(|event| event["type"] == "function");
    assert_eq!(printed.unwrap()["record"]["message"], "m", "{told:#?}");
    let lines = lab.lines();
    for kind in ["platform.telemetrySubscription", "platform.extension"] {
        let is_it = |line: &&String| line.contains(kind) && line.starts_with("{\"time\"");
        assert_eq!(lines.iter().filter(is_it).count(), 1, "{kind}");
    }
}

#[tokio::test]
async fn what_cannot_be_subscribed_is_refused() {
    let lab = Lab::new();
    let code = "
say('types', *subscribe(types=[]))
say('host', *subscribe(destination={'protocol': 'HTTP', 'URI': 'http://169.254.169.254:80'}))
say('old', *subscribe('/2020-08-15/logs'))
me, mine = {}, me
say('nobody', *subscribe())
me = mine";
    let late = "event['eventType'] == 'INVOKE' and say('late', *subscribe())";
    let places = [("#SUBSCRIBE", code), ("#EVENT", late)];
    let function = extended(&lab, lab.python(TEXT), "['platform']", &places);
    lab.answer(&function, json!(1)).await;
    for line in [
        "types 400 {\"errorMessage\":\"types should not be empty\",\"errorType\":\"ValidationError\"}",
        "host 400 {\"errorMessage\":\"URI host should be sandbox.localdomain or sandbox\",\"errorType\":\"ValidationError\"}",
        "old 202 {\"errorMessage\":\"Logs API is not supported\",\"errorType\":\"Logs.NotSupported\"}",
        "nobody 403 {\"errorMessage\":\"Missing Lambda-Extension-Identifier header\",\"errorType\":\"Extension.MissingExtensionIdentifier\"}",
        "late 403 {\"errorMessage\":\"Telemetry API subscription is closed\",\"errorType\":\"Telemetry.SubscriptionClosed\"}",
    ] {
        lab.line(|seen| seen == line).await;
    }
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn port_of_somebody_else_gets_nothing() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    for level in LEVELS {
        let Some(lab) = lab(level) else { continue };
        let code = format!("server.shutdown(); port = {port}; {SUBSCRIBE}");
        let function = extended(
            &lab,
            lab.python(TEXT),
            "['platform']",
            &[("#SUBSCRIBE", &code)],
        );
        lab.answer(&function, json!(1)).await;
        lab.line(|line| line == "subscribed 200 \"OK\"").await;
        // All that is held is tried before the worker has ended.
        lab.compute.shutdown().await;
        let accepted = listener.accept();
        assert!(accepted.is_err(), "{level} {accepted:?}");
    }
}
