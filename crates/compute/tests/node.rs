//! Node.js functions, run by the real interpreter.

#![allow(clippy::unwrap_used)]

mod common;

use common::Lab;
use serde_json::{Value, json};

const ECHO: &str = "exports.handler = async (event) => ({ saw: event });";

async fn check(file: &str, text: &str, expect: Value) {
    let lab = Lab::new();
    let function = lab.node(file, text);
    assert_eq!(
        lab.answer(&function, json!({ "n": 1 })).await,
        expect,
        "{file}: {text}"
    );
    lab.compute.shutdown().await;
}

async fn check_error(text: &str, kind: &str, message: &str) -> Value {
    let lab = Lab::new();
    let function = lab.node("index.js", text);
    let error = lab.error(&function, json!({})).await;
    assert_eq!(error["errorType"], kind, "{error}");
    assert_eq!(error["errorMessage"], message, "{error}");
    lab.compute.shutdown().await;
    error
}

#[tokio::test]
async fn every_kind_of_module_loads() {
    check("index.js", ECHO, json!({ "saw": { "n": 1 } })).await;
    check("index.cjs", ECHO, json!({ "saw": { "n": 1 } })).await;
    let module = "import os from 'node:os'; export const handler = async (e) => e.n + !!os;";
    check("index.mjs", module, json!(2)).await;
}

#[tokio::test]
async fn package_json_says_what_a_js_file_is() {
    let lab = Lab::new();
    let package = ("package.json", "{\"type\":\"module\"}");
    let module = "await null; export const handler = async () => import.meta.url.endsWith('.js');";
    for (handler, file) in [("index.handler", "index.js"), ("src/a.handler", "src/a.js")] {
        let function = lab.function("nodejs20.x", handler, &[package, (file, module)]);
        assert_eq!(lab.answer(&function, json!({})).await, json!(true));
    }
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn handler_may_be_nested_in_folders_and_objects() {
    let lab = Lab::new();
    let text = "exports.a = { b: { handler: async () => 'deep' } };";
    let function = lab.function(
        "nodejs20.x",
        "src/lib/index.a.b.handler",
        &[("src/lib/index.js", text)],
    );
    assert_eq!(lab.answer(&function, json!({})).await, json!("deep"));
    let package = [(
        "node_modules/p/index.js",
        "exports.h = async () => 'package';",
    )];
    let function = lab.function("nodejs20.x", "p.h", &package);
    assert_eq!(lab.answer(&function, json!({})).await, json!("package"));
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn every_way_to_finish_works() {
    let h = |body: &str| format!("exports.handler = {body};");
    // As AWS's client answers a promise that nobody settles; `official.rs` compares.
    let unsettled = h("async () => new Promise(() => {})");
    check("index.js", &unsettled, Value::Null).await;
    check(
        "index.js",
        &h("(e, c, cb) => cb(null, 'callback')"),
        json!("callback"),
    )
    .await;
    check(
        "index.js",
        &h("(e, c, cb) => { setTimeout(() => cb(null, 1), 1) }"),
        json!(1),
    )
    .await;
    check(
        "index.js",
        &h("(e, c) => c.succeed('succeed')"),
        json!("succeed"),
    )
    .await;
    check(
        "index.js",
        &h("(e, c) => c.done(null, 'done')"),
        json!("done"),
    )
    .await;
    check("index.js", &h("async () => {}"), Value::Null).await;
    check("index.js", &h("() => {}"), Value::Null).await;
    check(
        "index.js",
        &h("() => 'ignored without a promise'"),
        Value::Null,
    )
    .await;
    check(
        "index.js",
        &h("() => ({ then: (ok) => ok('thenable') })"),
        json!("thenable"),
    )
    .await;
}

#[tokio::test]
async fn callback_waits_for_the_event_loop_unless_told_not_to() {
    let lab = Lab::new();
    let text = "let done = 'no';
        exports.handler = (event, context, callback) => {
          context.callbackWaitsForEmptyEventLoop = event.wait;
          const answer = { toJSON: () => done };
          done = 'no';
          setTimeout(() => { done = 'yes'; }, 20);
          callback(null, answer);
        };";
    let function = lab.node("index.js", text);
    assert_eq!(
        lab.answer(&function, json!({ "wait": true })).await,
        json!("yes")
    );
    assert_eq!(
        lab.answer(&function, json!({ "wait": false })).await,
        json!("no")
    );
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn errors_have_aws_shapes() {
    let h = |body: &str| format!("exports.handler = {body};");
    let error = check_error(
        &h("async () => { throw new TypeError('m') }"),
        "TypeError",
        "m",
    )
    .await;
    assert_eq!(error["trace"][0], "TypeError: m");
    let keys: Vec<&str> = error
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(keys, ["errorType", "errorMessage", "trace"]);
    check_error(&h("() => { throw new Error('sync') }"), "Error", "sync").await;
    check_error(
        &h("(e, c, cb) => cb(new RangeError('cb'))"),
        "RangeError",
        "cb",
    )
    .await;
    check_error(&h("(e, c) => c.fail(new Error('f'))"), "Error", "f").await;
    let error = check_error(&h("async () => { throw 'text' }"), "string", "text").await;
    assert_eq!(error["trace"], json!([]));
    check_error(&h("() => Promise.reject(42)"), "number", "42").await;
    check_error(
        &h("async () => 1n"),
        "Error",
        "Unable to stringify response body",
    )
    .await;
}

#[tokio::test]
async fn error_that_nobody_catches_ends_the_worker_but_is_told() {
    let h = |body: &str| format!("exports.handler = {body};");
    let late = h("() => new Promise(() => setImmediate(() => { throw new Error('late') }))");
    check_error(&late, "Error", "late").await;
    let rejected = h("() => new Promise(() => { Promise.reject(new Error('lost')) })");
    let kind = "Runtime.UnhandledPromiseRejection";
    check_error(&rejected, kind, "Error: lost").await;
}

#[tokio::test]
async fn what_cannot_be_loaded_is_named() {
    let lab = Lab::new();
    for (handler, text, kind, message) in [
        (
            "index.missing",
            ECHO,
            "Runtime.HandlerNotFound",
            "index.missing is undefined or not exported",
        ),
        (
            "index.handler",
            "exports.handler = 5",
            "Runtime.HandlerNotFound",
            "index.handler is not a function",
        ),
        ("nodot", ECHO, "Runtime.MalformedHandlerName", "Bad handler"),
        (
            "../x.handler",
            ECHO,
            "Runtime.MalformedHandlerName",
            "'../x.handler' is not a valid handler name. Use absolute paths when specifying root directories in handler names.",
        ),
        (
            "index.handler",
            "exports.handler = ",
            "Runtime.UserCodeSyntaxError",
            "SyntaxError: Unexpected end of input",
        ),
        (
            "index.handler",
            "throw new RangeError('top')",
            "RangeError",
            "top",
        ),
    ] {
        let function = lab.function("nodejs20.x", handler, &[("index.js", text)]);
        let error = lab.error(&function, json!({})).await;
        assert_eq!(
            (&error["errorType"], &error["errorMessage"]),
            (&json!(kind), &json!(message))
        );
    }
    for (handler, module) in [("gone.handler", "gone"), ("index.handler", "not-there")] {
        let function = lab.function(
            "nodejs20.x",
            handler,
            &[("index.js", "require('not-there')")],
        );
        let error = lab.error(&function, json!({})).await;
        assert_eq!(error["errorType"], "Runtime.ImportModuleError");
        let message = error["errorMessage"].as_str().unwrap();
        let expect = format!("Error: Cannot find module '{module}'\nRequire stack:\n- ");
        assert!(message.starts_with(&expect), "{message}");
    }
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn init_that_fails_is_tried_twice_and_logged() {
    let lab = Lab::new();
    let function = lab.node("index.js", "throw new Error('boom')");
    lab.error(&function, json!({})).await;
    let lines = lab.lines();
    let starts = |prefix: &str| lines.iter().filter(|line| line.starts_with(prefix)).count();
    assert_eq!(
        starts("INIT_START Runtime Version: nodejs:"),
        1,
        "{lines:#?}"
    );
    assert_eq!(starts("INIT_REPORT Init Duration: "), 2);
    assert!(
        lines
            .iter()
            .any(|line| line.contains("\tPhase: init\tStatus: error\tError Type: Error"))
    );
    assert!(
        lines
            .iter()
            .any(|line| line.contains("\tPhase: invoke\tStatus: error\tError Type: Error"))
    );
    assert!(lines.iter().any(|line| line.contains("\tundefined\tERROR\tUncaught Exception \t{\"errorType\":\"Error\",\"errorMessage\":\"boom\"")));
    assert!(
        lines
            .last()
            .unwrap()
            .ends_with("Status: error\tError Type: Error"),
        "{lines:#?}"
    );
    assert_eq!(lab.streams().len(), 1);
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn context_has_every_field() {
    let lab = Lab::new();
    let text = "exports.handler = async (event, context) => ({
        ...context, left: context.getRemainingTimeInMillis(), trace: process.env._X_AMZN_TRACE_ID });";
    let function = lab.node("index.js", text);
    let mut work = common::work(&function, json!({}));
    work.client_context = Some("{\n \"client\": {\"installation_id\": \"ä\"}\r\n}".to_owned());
    let outcome = lab.run(work.clone()).await.unwrap();
    let context: Value = serde_json::from_slice(&outcome.payload).unwrap();
    assert_eq!(context["awsRequestId"], work.request_id);
    assert_eq!(context["invokedFunctionArn"], work.invoked_arn);
    assert_eq!(context["functionName"], "f");
    assert_eq!(context["functionVersion"], "$LATEST");
    assert_eq!(context["memoryLimitInMB"], "128");
    assert_eq!(context["logGroupName"], "/aws/lambda/f");
    assert_eq!(context["logStreamName"], lab.streams()[0]);
    assert_eq!(context["callbackWaitsForEmptyEventLoop"], true);
    assert_eq!(context["clientContext"]["client"]["installation_id"], "ä");
    assert_eq!(context["trace"], work.trace_id);
    let left = context["left"].as_f64().unwrap();
    assert!((25_000.0..=30_000.0).contains(&left), "{left}");
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn lines_of_an_invocation_are_in_order_and_in_its_tail() {
    let lab = Lab::new();
    let text = r#"exports.handler = async () => {
        console.log('one %d', 1); process.stdout.write('raw\n'); console.error('two\nlines');
        process.stderr.write('no newline'); console.warn({ a: 1 }); process.stdout.write('end');
      };"#;
    let function = lab.node("index.js", text);
    let work = common::work(&function, json!({}));
    let outcome = lab.run(work.clone()).await.unwrap();
    let id = &work.request_id;
    let lines: Vec<String> = lab
        .lines()
        .iter()
        .map(|line| line.replace(id, "ID"))
        .collect();
    let after_time = |line: &str| line.split_once('\t').unwrap().1.to_owned();
    assert!(lines[0].starts_with("INIT_START Runtime Version: nodejs:"));
    assert_eq!(lines[1], "START RequestId: ID Version: $LATEST");
    assert_eq!(after_time(&lines[2]), "ID\tINFO\tone 1");
    assert_eq!(lines[3], "raw");
    assert_eq!(after_time(&lines[4]), "ID\tERROR\ttwo\nlines");
    assert_eq!(lines[5], "no newline");
    assert_eq!(after_time(&lines[6]), "ID\tWARN\t{ a: 1 }");
    assert_eq!(lines[7], "end");
    assert_eq!(lines[8], "END RequestId: ID");
    assert!(
        lines[9].starts_with("REPORT RequestId: ID\tDuration: "),
        "{lines:#?}"
    );
    assert!(lines[9].contains("Memory Size: 128 MB\tMax Memory Used: "));
    assert!(lines[9].contains(" MB\tInit Duration: "));
    let tail = String::from_utf8_lossy(&outcome.log_tail).into_owned();
    assert!(tail.starts_with("START RequestId: "), "{tail}");
    assert!(
        tail.contains("\nraw\n") && tail.contains("\nEND RequestId: "),
        "{tail}"
    );
    lab.run(common::work(&function, json!({}))).await.unwrap();
    assert!(
        !lab.lines().last().unwrap().contains("Init Duration"),
        "only the first tells of init"
    );
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn streaming_handler_answers_whole() {
    let text = "exports.handler = awslambda.streamifyResponse(async (event, stream) => {
        stream.write('{\"n\":'); stream.write(String(event.n)); stream.end('}');
        await require('stream/promises').finished(stream); });";
    check("index.js", text, json!({ "n": 1 })).await;
}
