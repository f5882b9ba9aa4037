//! Functions that bring their own runtime and find us by `AWS_LAMBDA_RUNTIME_API`.

#![allow(clippy::unwrap_used)]

mod common;

use common::Lab;
use ports::FunctionSpec;
use serde_json::json;
use std::io::{Read, Write};
use std::net::TcpStream;

/// A runtime with the plainest of clients.
const RUNTIME: &str = r#"#!/usr/bin/env python3
import http.client, json, os
api = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])
base = '/2018-06-01/runtime/'
def call(method, path, body=None, headers={}):
    api.request(method, base + path, body, headers)
    answer = api.getresponse()
    return answer.status, dict(answer.getheaders()), answer.read().decode()
while True:
    _, headers, body = call('GET', 'invocation/next')
    event, id = json.loads(body), headers['Lambda-Runtime-Aws-Request-Id']
    path = f'invocation/{id}/'
    if event.get('wrong'):
        seen = [call('POST', 'invocation/other/response', '1')]
        seen.append(call('POST', 'init/error', '{}'))
        seen.append(call('GET', 'nonsense'))
        again = call('GET', 'invocation/next')
        answer = {'seen': [[s, b] for s, _, b in seen], 'again': again[2] == body}
        first = call('POST', path + 'response', json.dumps(answer))
        late = call('POST', path + 'response', '2')
        print('statuses', first[0], first[2], late[0], late[2], flush=True)
    elif event.get('fail'):
        error = json.dumps({'errorMessage': 'm', 'errorType': 'T', 'stackTrace': []})
        call('POST', path + 'error', error, {'Lambda-Runtime-Function-Error-Type': 'T'})
    elif event.get('stream'):
        api.putrequest('POST', base + path + 'response')
        for name, value in [('Transfer-Encoding', 'chunked'), ('Lambda-Runtime-Function-Response-Mode', 'streaming')]:
            api.putheader(name, value)
        api.endheaders(b'2\r\n[1\r\n2\r\n,2\r\n1\r\n]\r\n0\r\n\r\n')
        api.getresponse().read()
    elif event.get('large'):
        print('large', call('POST', path + 'response', 'x' * event['large']), flush=True)
    else:
        call('POST', path + 'response', json.dumps({'env': dict(os.environ), 'headers': headers}))
"#;

fn function(lab: &Lab, files: &[(&str, &str)]) -> FunctionSpec {
    lab.function("provided.al2023", "my.handler", files)
}

#[tokio::test]
async fn stock_client_is_served() {
    let lab = Lab::new();
    let function = function(&lab, &[("bootstrap", RUNTIME)]);
    let answer = lab.answer(&function, json!({})).await;
    assert_eq!(answer["env"]["_HANDLER"], "my.handler");
    assert_eq!(answer["env"].get("AWS_EXECUTION_ENV"), None);
    let arn = &answer["headers"]["Lambda-Runtime-Invoked-Function-Arn"];
    assert_eq!(*arn, format!("{}:live", function.arn));
    assert_eq!(
        lab.answer(&function, json!({ "stream": true })).await,
        json!([1, 2])
    );
    let error = lab.error(&function, json!({ "fail": true })).await;
    assert_eq!(
        error,
        json!({ "errorMessage": "m", "errorType": "T", "stackTrace": [] })
    );
    assert_eq!(lab.streams().len(), 1, "one worker did it all");
    assert!(lab.lines()[0].starts_with("INIT_START Runtime Version: provided:al2023\t"));
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn calls_out_of_order_get_aws_answers() {
    let lab = Lab::new();
    let function = function(&lab, &[("bootstrap", RUNTIME)]);
    let answer = lab.answer(&function, json!({ "wrong": true })).await;
    let invalid_id = "{\"errorMessage\":\"Invalid request ID\",\"errorType\":\"InvalidRequestID\"}";
    assert_eq!(answer["seen"][0], json!([400, invalid_id]));
    assert_eq!(answer["seen"][1][0], 403);
    assert_eq!(answer["seen"][2][0], 404);
    assert_eq!(answer["again"], true);
    // What it printed after its answer belongs to this invocation still: it had not asked for more.
    let line = lab.line(|line| line.starts_with("statuses ")).await;
    assert!(line.starts_with("statuses 202 {\"status\":\"OK\"} 403 {\"errorMessage\":\"State transition from RuntimeResponseSentState to InvocationResponse failed for runtime. Error: State transition is not allowed\",\"errorType\":\"InvalidStateTransition\"}"), "{line}");
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn response_over_the_limit_is_answered_413() {
    let lab = Lab::new();
    let function = function(&lab, &[("bootstrap", RUNTIME)]);
    let error = lab.error(&function, json!({ "large": 6_291_557 })).await;
    assert_eq!(error["errorType"], "Function.ResponseSizeTooLarge");
    let line = lab.line(|line| line.starts_with("large ")).await;
    assert!(
        line.contains("(413, ")
            && line.contains("Exceeded maximum allowed payload size (6291556 bytes)."),
        "{line}"
    );
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn script_with_a_connection_for_each_call_is_served() {
    let lab = Lab::new();
    let script = r#"#!/bin/sh
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
while :; do
  event=$(curl -sS -D "${TMPDIR:-/tmp}/head" "$api/next")
  id=$(grep -i Lambda-Runtime-Aws-Request-Id "${TMPDIR:-/tmp}/head" | tr -d '[:space:]' | cut -d: -f2)
  curl -sS -X POST "$api/$id/response" -d "{\"echo\":$event}" > /dev/null
done
"#;
    if std::process::Command::new("curl")
        .arg("--version")
        .output()
        .is_err()
    {
        #[allow(clippy::print_stderr)]
        return eprintln!("skipped: no curl");
    }
    let function = function(&lab, &[("bootstrap", script)]);
    for n in 0..3 {
        let answer = lab.answer(&function, json!({ "n": n })).await;
        assert_eq!(answer, json!({ "echo": { "n": n } }));
    }
    assert_eq!(lab.streams().len(), 1);
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn other_processes_cannot_reach_a_workers_runtime_api() {
    let lab = Lab::new();
    let function = function(&lab, &[("bootstrap", RUNTIME)]);
    let answer = lab.answer(&function, json!({})).await;
    let address = answer["env"]["AWS_LAMBDA_RUNTIME_API"]
        .as_str()
        .unwrap()
        .to_owned();
    let stolen = tokio::task::spawn_blocking(move || {
        let mut thief = TcpStream::connect(address).unwrap();
        let _ = thief.write_all(b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\n\r\n");
        let mut bytes = Vec::new();
        let _ = thief.read_to_end(&mut bytes);
        bytes
    });
    assert_eq!(stolen.await.unwrap(), b"");
    assert!(lab.answer(&function, json!({})).await["env"].is_object());
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn missing_and_broken_programs_are_told() {
    let lab = Lab::new();
    let missing = function(&lab, &[("other", "")]);
    let error = lab.error(&missing, json!({})).await;
    assert_eq!(error["errorType"], "Runtime.InvalidEntrypoint");
    let message = error["errorMessage"].as_str().unwrap();
    assert!(
        message.ends_with("Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]")
    );
    let broken = function(&lab, &[("bootstrap", "#!/bin/sh\nexit 7\n")]);
    let error = lab.error(&broken, json!({})).await;
    assert_eq!(error["errorType"], "Runtime.ExitError");
    assert!(
        error["errorMessage"]
            .as_str()
            .unwrap()
            .ends_with("exit status 7"),
        "{error}"
    );
    lab.compute.shutdown().await;
}
