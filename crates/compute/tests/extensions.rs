//! Extensions: programs of layers beside a function, and parts of its runtime's process.

#![allow(clippy::unwrap_used)]

mod common;

use common::{Lab, lab, work};
use compute::Isolation;
use ports::{Compute as _, FunctionSpec};
use serde_json::{Value, json};

const LEVELS: [Isolation; 3] = [
    Isolation::Process,
    Isolation::Hardened,
    Isolation::Container,
];

/// An extension that prints every event that it is given. `BEFORE` and `AFTER` are code of a test's
/// own: after each `INVOKE`, and on `SHUTDOWN`.
const EXTENSION: &str = r#"#!/usr/bin/env python3
import http.client, json, os, sys, time
name = os.path.basename(__file__)
api = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])
def call(method, path, body=None, headers={}):
    api.request(method, '/2020-01-01/extension/' + path, body, headers)
    answer = api.getresponse()
    return answer.status, dict(answer.getheaders()), answer.read().decode()
def say(*words):
    print(name, *words, flush=True)
#START
status, headers, body = call('POST', 'register', json.dumps({'events': EVENTS}),
    {'Lambda-Extension-Name': name, 'Lambda-Extension-Accept-Feature': 'accountId'})
say('registered', status, body)
me = {'Lambda-Extension-Identifier': headers.get('Lambda-Extension-Identifier', '')}
def fail(path):
    say('error', call('POST', path, '{}', {**me, 'Lambda-Extension-Function-Error-Type': 'My.Type'})[::2])
#REGISTERED
while True:
    status, headers, body = call('GET', 'event/next', None, me)
    event = json.loads(body)
    say('event', body, 'Lambda-Extension-Event-Identifier' in headers)
    if event['eventType'] == 'SHUTDOWN':
        #SHUTDOWN
        sys.exit(0)
    #INVOKE
"#;

/// With code of a test's own in its places.
fn extension(events: &str, places: &[(&str, &str)]) -> String {
    let mut text = EXTENSION.replace("EVENTS", events);
    for (place, code) in places {
        text = text.replace(&format!("#{place}"), code);
    }
    text
}

const BOTH: &str = "['INVOKE', 'SHUTDOWN']";

fn with(lab: &Lab, function: FunctionSpec, programs: &[(&str, &str)]) -> FunctionSpec {
    let files: Vec<(String, &str)> = programs
        .iter()
        .map(|(name, text)| (format!("extensions/{name}"), *text))
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (&**name, *text)).collect();
    let layers = vec![lab.bundle(&files)];
    FunctionSpec { layers, ..function }
}

fn python(lab: &Lab, programs: &[(&str, &str)]) -> FunctionSpec {
    let text = "def handler(e, c):\n  print('handled', e)\n  return e";
    with(lab, lab.python(text), programs)
}

/// The events that an extension has printed.
fn events(lab: &Lab, name: &str) -> Vec<Value> {
    let begin = format!("{name} event ");
    let lines = lab.lines();
    let texts = lines.iter().filter_map(|line| line.strip_prefix(&begin));
    let texts = texts.filter_map(|text| text.strip_suffix(" True"));
    texts
        .map(|text| serde_json::from_str(text).unwrap())
        .collect()
}

fn place(lab: &Lab, wanted: impl Fn(&str) -> bool) -> usize {
    let lines = lab.lines();
    let place = lines.iter().position(|line| wanted(line));
    place.unwrap_or_else(|| panic!("{lines:#?}"))
}

#[tokio::test]
async fn extension_lives_as_long_as_its_worker_and_sees_each_invocation() {
    for level in LEVELS {
        let Some(lab) = lab(level) else { continue };
        let text = extension(BOTH, &[("SHUTDOWN", "say('goodbye')")]);
        let function = python(&lab, &[("e.py", &text)]);
        for n in 0..3 {
            assert_eq!(lab.answer(&function, json!(n)).await, json!(n), "{level}");
        }
        assert_eq!(lab.streams().len(), 1, "one worker did it all");
        lab.compute.shutdown().await;

        let events = events(&lab, "e.py");
        let kinds: Vec<&str> = events
            .iter()
            .filter_map(|e| e["eventType"].as_str())
            .collect();
        assert_eq!(kinds, ["INVOKE", "INVOKE", "INVOKE", "SHUTDOWN"], "{level}");
        let invoke = &events[0];
        assert_eq!(
            invoke["invokedFunctionArn"],
            format!("{}:live", function.arn)
        );
        assert_eq!(invoke["tracing"]["type"], "X-Amzn-Trace-Id");
        assert!(invoke["deadlineMs"].as_i64() > Some(1_700_000_000_000));
        assert_eq!(events[3]["shutdownReason"], "spindown");
        place(&lab, |line| line == "e.py goodbye");
        place(&lab, |line| {
            line == "e.py registered 200 {\"functionVersion\":\"$LATEST\",\"functionName\":\"f\",\
                     \"handler\":\"app.handler\",\"accountId\":\"222222222222\"}"
        });

        let told = place(&lab, |line| {
            line == "EXTENSION\tName: e.py\tState: Ready\tEvents: [INVOKE, SHUTDOWN]"
        });
        let start = place(&lab, |line| line.starts_with("START RequestId: "));
        let init = place(&lab, |line| line.starts_with("INIT_START "));
        assert!(init < told && told < start, "{level}");
    }
}

#[tokio::test]
async fn runtime_starts_when_all_extensions_have_registered() {
    for level in LEVELS {
        let Some(lab) = lab(level) else { continue };
        let slow = extension("[]", &[("START", "time.sleep(0.5); say('late')")]);
        let quick = extension("['SHUTDOWN']", &[]);
        let text = "print('runtime')\ndef handler(e, c):\n  return e";
        let function = with(&lab, lab.python(text), &[("b.py", &quick), ("a.py", &slow)]);
        lab.answer(&function, json!(1)).await;
        let late = place(&lab, |line| line == "a.py late");
        let runtime = place(&lab, |line| line == "runtime");
        assert!(late < runtime, "{:#?}", lab.lines());
        let first = place(&lab, |line| {
            line == "EXTENSION\tName: a.py\tState: Ready\tEvents: []"
        });
        let second = place(&lab, |line| {
            line == "EXTENSION\tName: b.py\tState: Ready\tEvents: [SHUTDOWN]"
        });
        assert_eq!(first + 1, second);
        lab.compute.shutdown().await;
        assert!(events(&lab, "a.py").is_empty());
        assert_eq!(events(&lab, "b.py").len(), 1);
    }
}

#[tokio::test]
async fn caller_does_not_wait_for_extensions_and_the_next_invocation_does() {
    let lab = Lab::new();
    // Goes on only when the test has seen the answer.
    let wait = "while not os.path.exists('/tmp/go'): time.sleep(0.01)\n    say('done')";
    let slow = extension("['INVOKE']", &[("INVOKE", wait)]);
    let text = "import os\ndef handler(e, c):\n  \
                if e == 2: open('/tmp/go', 'w').close()\n  \
                return os.environ['AWS_LAMBDA_LOG_STREAM_NAME']";
    let function = with(&lab, lab.python(text), &[("e.py", &slow)]);
    let quiet = |event: i64| ports::Work {
        wants_log_tail: false,
        ..work(&function, json!(event))
    };
    let first = lab.compute.run(quiet(1)).await.unwrap();
    assert!(first.error.is_none());
    assert!(!lab.lines().iter().any(|line| line == "e.py done"));
    // The first worker's extension is not done, so another worker takes this, and ends its own wait.
    let second = lab.compute.run(quiet(2)).await.unwrap();
    assert!(second.error.is_none(), "{second:?}");
    assert_ne!(first.payload, second.payload);
    lab.line(|line| line == "e.py done").await;
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn duration_includes_what_extensions_take() {
    let lab = Lab::new();
    let slow = extension("['INVOKE']", &[("INVOKE", "time.sleep(0.3)")]);
    let function = python(&lab, &[("e.py", &slow)]);
    lab.answer(&function, json!(1)).await;
    let report = lab.line(|line| line.starts_with("REPORT ")).await;
    let duration = report.split("Duration: ").nth(1).unwrap();
    let duration: f64 = duration.split(' ').next().unwrap().parse().unwrap();
    assert!(duration >= 300.0, "{report}");
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn extensions_that_never_ask_again_run_into_the_timeout() {
    for level in LEVELS {
        let Some(lab) = lab(level) else { continue };
        let stuck = extension(BOTH, &[("INVOKE", "time.sleep(1.2)")]);
        let function = FunctionSpec {
            timeout_s: 1,
            ..python(&lab, &[("e.py", &stuck)])
        };
        // The handler has answered in time, and its caller has that answer.
        assert_eq!(lab.answer(&function, json!(7)).await, json!(7), "{level}");
        lab.line(|line| line.contains("Task timed out after 1.00 seconds"))
            .await;
        lab.line(|line| line.contains("REPORT ") && line.contains("Status: timeout"))
            .await;
        lab.line(|line| line.contains("shutdownReason")).await;
        let events = events(&lab, "e.py");
        assert_eq!(
            events.last().unwrap()["shutdownReason"],
            "timeout",
            "{level}"
        );
        lab.compute.shutdown().await;
    }
}

#[tokio::test]
async fn extension_that_ends_takes_the_invocation_with_it() {
    for level in LEVELS {
        let Some(lab) = lab(level) else { continue };
        for (code, told) in [
            ("sys.exit(0)", "exit code 0"),
            ("sys.exit(3)", "exit status 3"),
        ] {
            let crash = extension(BOTH, &[("INVOKE", code)]);
            let text = "import time\ndef handler(e, c):\n  time.sleep(20)";
            let function = with(&lab, lab.python(text), &[("e.py", &crash)]);
            let request = work(&function, json!(1));
            let id = request.request_id.clone();
            let outcome = lab.run(request).await.unwrap();
            let payload: Value = serde_json::from_slice(&outcome.payload).unwrap();
            let message = format!("RequestId: {id} Error: {told}");
            assert_eq!(
                payload,
                json!({ "errorType": "Extension.Crash", "errorMessage": message }),
                "{level}"
            );
            let line = format!("{message}\nExtension.Crash");
            lab.line(|seen| seen == line).await;
            lab.line(|seen| {
                seen.contains(&id) && seen.ends_with("Status: error\tError Type: Extension.Crash")
            })
            .await;
        }
        lab.compute.shutdown().await;
    }
}

#[tokio::test]
async fn extension_that_reports_its_failure_is_named_by_it() {
    let lab = Lab::new();
    for (place, path, kind) in [
        ("REGISTERED", "init/error", "Extension.InitError"),
        ("INVOKE", "exit/error", "Extension.ExitError"),
    ] {
        let code = format!("fail('{path}'); sys.exit(1)");
        let function = python(&lab, &[("e.py", &extension(BOTH, &[(place, &code)]))]);
        let text = "import time\ndef handler(e, c):\n  time.sleep(20)";
        let function = FunctionSpec {
            code: lab.python(text).code,
            ..function
        };
        let error = lab.error(&function, json!(1)).await;
        assert_eq!(error["errorType"], kind, "{:#?}", lab.lines());
        lab.line(|line| line == "e.py error (202, '{\"status\":\"OK\"}')")
            .await;
    }
    place(&lab, |line| {
        line == "EXTENSION\tName: e.py\tState: InitError\tEvents: [INVOKE, SHUTDOWN]\tError Type: My.Type"
    });
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn file_that_cannot_be_started_is_named() {
    for level in LEVELS {
        let Some(lab) = lab(level) else { continue };
        for (name, text, why, kind) in [
            (
                "e.plain",
                "#!/bin/sh\n",
                "permission denied",
                "PermissionDenied",
            ),
            (
                "none",
                "#!/no/such/program\n",
                "no such file or directory",
                "UnknownError",
            ),
            ("text", "hello", "exec format error", "UnknownError"),
        ] {
            let function = python(&lab, &[(name, text)]);
            let error = lab.error(&function, json!(1)).await;
            assert_eq!(
                error["errorType"], "Extension.LaunchError",
                "{level} {name}"
            );
            let message = error["errorMessage"].as_str().unwrap();
            let end = format!(" Error: fork/exec /opt/extensions/{name}: {why}");
            assert!(message.ends_with(&end), "{level} {message}");
            let line = format!(
                "EXTENSION\tName: {name}\tState: LaunchError\tEvents: []\tError Type: {kind}"
            );
            lab.line(|seen| seen == line).await;
        }
        lab.compute.shutdown().await;
    }
}

#[tokio::test]
async fn ten_extensions_start_and_eleven_do_not() {
    let lab = Lab::new();
    let idle = extension("[]", &[]);
    let names: Vec<String> = (0..11).map(|n| format!("e{n:02}.py")).collect();
    let programs: Vec<(&str, &str)> = names.iter().map(|name| (&**name, &*idle)).collect();
    let function = FunctionSpec {
        memory_mb: 1_024,
        ..python(&lab, &programs[..10])
    };
    assert_eq!(lab.answer(&function, json!(1)).await, json!(1));
    let error = lab.error(&python(&lab, &programs), json!(1)).await;
    assert_eq!(error["errorType"], "Extension.LaunchError");
    lab.line(|line| line.contains("e10.py") && line.ends_with("Error Type: TooManyExtensions"))
        .await;
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn extension_sees_the_function_s_variables_less_the_runtime_s_own() {
    for level in LEVELS {
        let Some(lab) = lab(level) else { continue };
        let text = extension(
            "[]",
            &[("START", "say('env', json.dumps(dict(os.environ)))")],
        );
        let mut function = python(&lab, &[("e.py", &text)]);
        function
            .environment
            .insert("TABLE".to_owned(), "t".to_owned());
        lab.answer(&function, json!(1)).await;
        let line = lab.line(|line| line.starts_with("e.py env ")).await;
        let seen: Value = serde_json::from_str(line.trim_start_matches("e.py env ")).unwrap();
        assert_eq!(seen["TABLE"], "t");
        assert_eq!(seen["AWS_LAMBDA_FUNCTION_NAME"], "f");
        assert_eq!(seen["AWS_ACCESS_KEY_ID"], "ASIAEXAMPLE");
        for hidden in [
            "_HANDLER",
            "AWS_EXECUTION_ENV",
            "AWS_LAMBDA_LOG_GROUP_NAME",
            "AWS_LAMBDA_LOG_STREAM_NAME",
            "LAMBDA_RUNTIME_DIR",
            "LAMBDA_TASK_ROOT",
        ] {
            assert!(seen.get(hidden).is_none(), "{level} {hidden}");
        }
        lab.compute.shutdown().await;
    }
}

#[tokio::test]
async fn nothing_of_an_extension_is_left_when_its_worker_has_gone() {
    for level in LEVELS {
        let Some(lab) = lab(level) else { continue };
        // A child in a session of its own, and deaf to the end.
        let unique = format!(
            "{}",
            100_000 + u64::from(std::process::id()) * 10 + level as u64
        );
        let code = format!(
            "import subprocess, signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n\
             subprocess.Popen(['sleep', '{unique}'], start_new_session=True)"
        );
        let deaf = extension(BOTH, &[("START", &code), ("SHUTDOWN", "time.sleep(60)")]);
        let function = python(&lab, &[("e.py", &deaf)]);
        lab.answer(&function, json!(1)).await;
        let line = format!("sleep\0{unique}\0");
        assert_eq!(common::count_of_command(line.as_bytes()), 1, "{level}");
        lab.compute.shutdown().await;
        assert_eq!(common::count_of_command(line.as_bytes()), 0, "{level}");
    }
}

/// A Node.js function that registers as an internal extension before its runtime is up.
const INTERNAL: &str = r#"
const base = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2020-01-01/extension`;
const seen = [];
const register = (name, events) => fetch(`${base}/register`, {
    method: 'POST',
    headers: { 'Lambda-Extension-Name': name },
    body: JSON.stringify({ events }),
});
const ready = (async () => {
    const refused = await register('me', ['SHUTDOWN']);
    seen.push([refused.status, (await refused.json()).errorType]);
    const mine = await register('me', ['INVOKE']);
    seen.push([mine.status, (await mine.json()).handler]);
    const again = await register('me', ['INVOKE']);
    seen.push([again.status, (await again.json()).errorType]);
    const id = { 'Lambda-Extension-Identifier': mine.headers.get('lambda-extension-identifier') };
    (async () => {
        for (;;) {
            const next = await fetch(`${base}/event/next`, { headers: id });
            seen.push((await next.json()).eventType);
        }
    })();
})();
exports.handler = async (event) => {
    await ready;
    if (event === 1) return 1;
    const late = await register('other', []);
    return { seen, late: [late.status, (await late.json()).errorType] };
};
"#;

#[tokio::test]
async fn part_of_the_runtime_s_process_is_an_extension_too() {
    for level in LEVELS {
        let Some(lab) = lab(level) else { continue };
        let text = format!("{INTERNAL}\n").replace("exports.handler", "export const handler");
        let text = text
            .replace("const ready = (async", "await (async")
            .replace("await ready;", "");
        let function = lab.node("index.mjs", &text);
        lab.answer(&function, json!(1)).await;
        let answer = lab.answer(&function, json!(2)).await;
        assert_eq!(
            answer["seen"],
            json!([
                [403, "Extension.InvalidEventType"],
                [200, "index.handler"],
                [403, "Extension.InvalidExtensionState"],
                "INVOKE",
                "INVOKE"
            ]),
            "{level}"
        );
        assert_eq!(answer["late"], json!([403, "Extension.RegistrationClosed"]));
        place(&lab, |line| {
            line == "EXTENSION\tName: me\tState: Ready\tEvents: [INVOKE]"
        });
        assert_eq!(lab.streams().len(), 1);
        lab.compute.shutdown().await;
    }
}

#[tokio::test]
async fn calls_out_of_order_get_aws_answers() {
    let lab = Lab::new();
    let code = r#"
def show(*parts):
    status, _, body = call(*parts)
    print('refused', status, json.loads(body).get('errorType'), flush=True)
named = {'Lambda-Extension-Name': name}
show('POST', 'register', '{"events":[]}')
show('POST', 'register', 'no json', named)
show('POST', 'register', '{"events":["OTHER"]}', named)
show('GET', 'event/next')
show('GET', 'event/next', None, {'Lambda-Extension-Identifier': 'x'})
show('GET', 'event/next', None, {'Lambda-Extension-Identifier': '01234567-0123-0123-0123-012345678901'})
"#;
    let after = "show('POST', 'register', '{\"events\":[]}', named)\n\
                 show('POST', 'init/error', '{}', me)";
    let text = extension("[]", &[("START", code), ("REGISTERED", after)]);
    let function = python(&lab, &[("e.py", &text)]);
    lab.answer(&function, json!(1)).await;
    let lines = lab.lines();
    let refused: Vec<&str> = lines
        .iter()
        .filter_map(|line| line.strip_prefix("refused 403 "))
        .collect();
    assert_eq!(
        refused,
        [
            "Extension.InvalidExtensionName",
            "InvalidRequestFormat",
            "Extension.InvalidEventType",
            "Extension.MissingExtensionIdentifier",
            "Extension.InvalidExtensionIdentifier",
            "Extension.UnknownExtensionIdentifier",
            "Extension.InvalidExtensionState",
            "Extension.MissingHeader",
        ],
        "{lines:#?}"
    );
    lab.compute.shutdown().await;
}
