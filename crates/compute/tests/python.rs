//! Python functions, run by the real interpreter.

#![allow(clippy::unwrap_used)]

mod common;

use common::Lab;
use serde_json::{Value, json};

async fn check(text: &str, expect: Value) {
    let lab = Lab::new();
    let function = lab.python(text);
    assert_eq!(
        lab.answer(&function, json!({ "n": 1 })).await,
        expect,
        "{text}"
    );
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn answers_are_json() {
    check(
        "def handler(event, context): return {'saw': event}",
        json!({ "saw": { "n": 1 } }),
    )
    .await;
    check("def handler(event, context): pass", Value::Null).await;
    check("def handler(event, context): return b'[1]'", json!([1])).await;
    let decimal =
        "from decimal import Decimal\ndef handler(e, c): return [Decimal('2'), Decimal('1.5')]";
    check(decimal, json!([2, 1.5])).await;
    check(
        "import asyncio\nasync def a(): return 'a'\ndef handler(e, c): return asyncio.run(a())",
        json!("a"),
    )
    .await;
}

#[tokio::test]
async fn plain_characters_come_with_python_3_12() {
    let lab = Lab::new();
    for (runtime, expect) in [("python3.11", "\"\\u00e4\""), ("python3.12", "\"ä\"")] {
        let function = lab.function(
            runtime,
            "app.handler",
            &[("app.py", "def handler(e, c): return 'ä'")],
        );
        let outcome = lab.run(common::work(&function, json!({}))).await.unwrap();
        assert_eq!(outcome.payload, expect.as_bytes(), "{runtime}");
    }
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn handler_may_be_in_packages_and_import_its_neighbours() {
    let lab = Lab::new();
    let files = [
        (
            "src/api/app.py",
            "from src.other import value\nimport top\ndef handler(e, c): return value + top.value",
        ),
        ("src/other.py", "value = 1"),
        ("top.py", "value = 2"),
    ];
    for handler in ["src/api/app.handler", "src.api.app.handler"] {
        let function = lab.function("python3.11", handler, &files);
        assert_eq!(
            lab.answer(&function, json!({})).await,
            json!(3),
            "{handler}"
        );
    }
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn exception_has_aws_shape() {
    let lab = Lab::new();
    let function =
        lab.python("def inner():\n    raise ValueError('m')\n\ndef handler(e, c):\n    inner()\n");
    let work = common::work(&function, json!({}));
    let outcome = lab.run(work.clone()).await.unwrap();
    let error: Value = serde_json::from_slice(&outcome.payload).unwrap();
    let keys: Vec<&str> = error
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        keys,
        ["errorMessage", "errorType", "requestId", "stackTrace"]
    );
    assert_eq!(error["errorMessage"], "m");
    assert_eq!(error["errorType"], "ValueError");
    assert_eq!(error["requestId"], work.request_id);
    let trace = error["stackTrace"].as_array().unwrap();
    assert_eq!(trace.len(), 2, "{trace:?}");
    let first = trace[0].as_str().unwrap();
    assert!(
        first.starts_with("  File \"")
            && first.ends_with("/app.py\", line 5, in handler\n    inner()\n"),
        "{first:?}"
    );
    let logged = lab
        .line(|line| {
            line.starts_with(
                "[ERROR] ValueError: m\nTraceback (most recent call last):\n\u{a0}\u{a0}File \"",
            )
        })
        .await;
    assert!(
        logged.ends_with("\u{a0}\u{a0}\u{a0}\u{a0}raise ValueError('m')"),
        "{logged:?}"
    );
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn what_cannot_be_loaded_is_named() {
    let lab = Lab::new();
    let good = "def handler(e, c): return 1";
    for (handler, text, kind, message) in [
        (
            "app.missing",
            good,
            "Runtime.HandlerNotFound",
            "Handler 'missing' missing on module 'app'",
        ),
        (
            "gone.handler",
            good,
            "Runtime.ImportModuleError",
            "Unable to import module 'gone': No module named 'gone'",
        ),
        (
            "app.handler",
            "import not_there",
            "Runtime.ImportModuleError",
            "Unable to import module 'app': No module named 'not_there'",
        ),
        (
            "nodot",
            good,
            "Runtime.MalformedHandlerName",
            "Bad handler 'nodot': not enough values to unpack (expected 2, got 1)",
        ),
        (
            "sys.exit",
            good,
            "Runtime.BuiltInModuleConflict",
            "Cannot use built-in module sys as a handler module",
        ),
        ("app.handler", "raise KeyError('top')", "KeyError", "'top'"),
    ] {
        let function = lab.function("python3.11", handler, &[("app.py", text)]);
        let error = lab.error(&function, json!({})).await;
        assert_eq!(
            (&error["errorType"], &error["errorMessage"]),
            (&json!(kind), &json!(message))
        );
        assert_eq!(error["requestId"], "");
    }
    let function = lab.python("def handler(:");
    let error = lab.error(&function, json!({})).await;
    assert_eq!(error["errorType"], "Runtime.UserCodeSyntaxError");
    assert!(
        error["errorMessage"]
            .as_str()
            .unwrap()
            .starts_with("Syntax error in module 'app': ")
    );
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn what_is_not_json_is_a_marshal_error() {
    let lab = Lab::new();
    let function = lab.python("def handler(e, c): return {1, 2}");
    let error = lab.error(&function, json!({})).await;
    assert_eq!(error["errorType"], "Runtime.MarshalError");
    assert_eq!(
        error["errorMessage"],
        "Unable to marshal response: Object of type set is not JSON serializable"
    );
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn exits_are_told_by_status() {
    let lab = Lab::new();
    for (text, tail) in [
        (
            "import sys\ndef handler(e, c): sys.exit(3)",
            "Runtime exited with error: exit status 3",
        ),
        (
            "import os\ndef handler(e, c): os._exit(0)",
            "Runtime exited without providing a reason",
        ),
        (
            "import os\ndef handler(e, c): os.abort()",
            "Runtime exited with error: signal: aborted",
        ),
    ] {
        let function = lab.python(text);
        let work = common::work(&function, json!({}));
        let outcome = lab.run(work.clone()).await.unwrap();
        let error: Value = serde_json::from_slice(&outcome.payload).unwrap();
        assert_eq!(error["errorType"], "Runtime.ExitError");
        assert_eq!(
            error["errorMessage"],
            format!("RequestId: {} Error: {tail}", work.request_id)
        );
        let line = format!(
            "RequestId: {} Error: {tail}\nRuntime.ExitError",
            work.request_id
        );
        assert!(lab.lines().contains(&line), "{:#?}", lab.lines());
        assert!(
            lab.lines()
                .last()
                .unwrap()
                .ends_with("Status: error\tError Type: Runtime.ExitError")
        );
    }
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn context_has_every_field() {
    let lab = Lab::new();
    let text = "import os\ndef handler(e, c): return {
        'id': c.aws_request_id, 'arn': c.invoked_function_arn, 'name': c.function_name,
        'version': c.function_version, 'memory': c.memory_limit_in_mb, 'group': c.log_group_name,
        'stream': c.log_stream_name, 'left': c.get_remaining_time_in_millis(),
        'title': c.client_context.client.app_title, 'custom': c.client_context.custom,
        'cognito': c.identity.cognito_identity_id, 'trace': os.environ['_X_AMZN_TRACE_ID']}";
    let function = lab.python(text);
    let mut work = common::work(&function, json!({}));
    work.client_context =
        Some("{\"client\":{\"app_title\":\"T\"},\"custom\":{\"k\":1}}".to_owned());
    let outcome = lab.run(work.clone()).await.unwrap();
    let mut context: Value = serde_json::from_slice(&outcome.payload).unwrap();
    let left = context
        .as_object_mut()
        .unwrap()
        .remove("left")
        .unwrap()
        .as_f64()
        .unwrap();
    assert!((25_000.0..=30_000.0).contains(&left), "{left}");
    assert_eq!(
        context,
        json!({
            "id": work.request_id, "arn": work.invoked_arn, "name": "f", "version": "$LATEST",
            "memory": "128", "group": "/aws/lambda/f", "stream": lab.streams()[0], "title": "T",
            "custom": { "k": 1 }, "cognito": null, "trace": work.trace_id,
        })
    );
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn prints_and_log_records_are_in_order() {
    let lab = Lab::new();
    let text = "import logging, sys
log = logging.getLogger()
log.setLevel('INFO')
def handler(e, c):
    print('one', 1)
    log.info('two\\nlines')
    print('err', file=sys.stderr)
    sys.stdout.write('no newline')
    log.warning('ä %s', 4)
    c.log('by context')";
    let function = lab.python(text);
    let work = common::work(&function, json!({}));
    lab.run(work.clone()).await.unwrap();
    let id = &work.request_id;
    let lines: Vec<String> = lab
        .lines()
        .iter()
        .map(|line| line.replace(id, "ID"))
        .collect();
    assert!(lines[0].starts_with("INIT_START Runtime Version: python:3.11\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:"));
    assert_eq!(lines[2], "one 1");
    let record: Vec<&str> = lines[3].splitn(4, '\t').collect();
    assert_eq!(
        (record[0], record[2], record[3]),
        ("[INFO]", "ID", "two\nlines")
    );
    assert!(
        record[1].len() == 24 && record[1].ends_with('Z'),
        "{record:?}"
    );
    assert_eq!(lines[4], "err");
    assert_eq!(lines[5], "no newline");
    assert!(
        lines[6].starts_with("[WARNING]\t") && lines[6].ends_with("\tID\tä 4"),
        "{lines:#?}"
    );
    assert_eq!(lines[7], "by context");
    assert_eq!(lines[8], "END RequestId: ID");
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn bootstrap_is_compiled_before_a_function_that_is_expected() {
    let lab = Lab::new();
    let function = lab.python(
        "import crossway_runtime
def handler(e, c): return crossway_runtime.__cached__",
    );
    lab.compute.prepare(&function).await.unwrap();
    let cached = lab.answer(&function, json!({})).await;
    let name = cached.as_str().unwrap().rsplit('/').next().unwrap();
    let folder = lab.directory.path().join("compute/runtime/__pycache__");
    assert!(folder.join(name).is_file(), "{cached}");
    lab.compute.shutdown().await;
}
