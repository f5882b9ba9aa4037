//! Java functions, run by the real virtual machine. Their classes are compiled here, so that without
//! `javac` there is nothing to run.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod common;

use common::Lab;
use compute::Isolation;
use ports::FunctionSpec;
use serde_json::{Value, json};
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

type Files = Vec<(String, Vec<u8>)>;

/// The classes of a source file; none, visibly, without a compiler.
fn compiled(source: &str) -> Option<Files> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/java");
    let jar = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bootstrap/bootstrap.jar");
    let folder = tempfile::tempdir().unwrap();
    let mut javac = Command::new("javac");
    javac
        .args(["--release", "11", "-g", "-d"])
        .arg(folder.path());
    javac.arg("-cp").arg(jar).arg(tests.join(source));
    match javac.status() {
        Ok(status) => assert!(status.success(), "{source} does not compile"),
        Err(error) => {
            eprintln!("skipped: javac: {error}");
            return None;
        }
    }
    let mut files = Files::new();
    let mut folders: Vec<PathBuf> = vec![folder.path().to_owned()];
    while let Some(current) = folders.pop() {
        for entry in std::fs::read_dir(current).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder.path()).unwrap();
                let name = name.to_str().unwrap().to_owned();
                files.push((name, std::fs::read(&path).unwrap()));
            }
        }
    }
    Some(files)
}

fn classes() -> Option<&'static Files> {
    static CLASSES: OnceLock<Option<Files>> = OnceLock::new();
    CLASSES
        .get_or_init(|| compiled("app/Functions.java"))
        .as_ref()
}

fn function(lab: &Lab, handler: &str) -> Option<FunctionSpec> {
    let mut function = lab.function_of("java17", &format!("app.{handler}"), classes()?);
    function.memory_mb = 512;
    Some(function)
}

/// Runs each handler once, and compares.
async fn check(cases: &[(&str, Value, Value)]) {
    let lab = Lab::new();
    for (handler, event, expect) in cases {
        let Some(function) = function(&lab, handler) else {
            return;
        };
        let answer = lab.answer(&function, event.clone()).await;
        assert_eq!(answer, *expect, "{handler} {event}");
    }
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn handlers_take_and_give_values() {
    let untyped =
        json!({ "a": 1, "b": 5_000_000_000i64, "c": 1.5, "d": "ä€😀\n", "e": null, "f": [true] });
    let mut saw = untyped.clone();
    // As AWS's serializer does with what is null.
    saw.as_object_mut().unwrap().remove("e");
    check(&[
        (
            "Functions$Untyped",
            untyped.clone(),
            json!({ "a": "Integer", "b": "Long", "c": "Double", "d": "String", "e": "null",
                    "f": "ArrayList", "saw": saw }),
        ),
        (
            "Functions$Inherited",
            json!([{"name": "n", "count": 2}]),
            json!({"name": "n", "count": 2}),
        ),
        ("Functions$Nothing", json!("x"), Value::Null),
        ("Functions::twice", json!(21), json!(42)),
        ("Functions::twice", json!("21"), json!(42)),
        ("Functions::joined", json!(["a", "b"]), json!("a-b:f")),
        ("Functions::joined", json!("single"), json!("single:f")),
        ("Functions::overloaded", json!("x"), json!("with context")),
        ("Functions::none", json!({}), json!([])),
    ])
    .await;
}

#[tokio::test]
async fn objects_are_filled_and_written_by_their_members() {
    let whole = json!({
        "items": [{"name": "p", "count": 3, "unknown": 1}], "orderId": "o-1", "urgent": true,
        "size": "LARGE", "price": 12.50, "byName": {"k": {"name": "q", "count": 0}},
        "at": "2026-11-22T10:00:00Z", "raw": "AQID", "note": "n", "hidden": 9, "URL": "u",
        "more": {"ignored": true},
    });
    let answer = json!({
        "items": [{"name": "p", "count": 3}], "orderId": "o-1", "urgent": true, "size": "LARGE",
        "price": 12.5, "byName": {"k": {"name": "q", "count": 0}}, "at": 1_795_341_600.0,
        "raw": "AQID", "note": "n", "URL": "u",
    });
    check(&[
        ("Functions$Orders", whole, answer),
        ("Functions$Orders", json!({"size": "HUGE", "price": ""}), json!({"urgent": false, "note": null})),
        ("Functions$Orders", json!({"items": {"name": "alone"}, "orderId": 5}),
            json!({"items": [{"name": "alone", "count": 0}], "orderId": "5", "urgent": false, "note": null})),
        ("Functions$Orders", json!(""), Value::Null),
    ])
    .await;
}

#[tokio::test]
async fn streams_are_bytes() {
    let lab = Lab::new();
    let Some(streams) = function(&lab, "Functions$Streams") else {
        return;
    };
    let outcome = lab
        .run(common::work(&streams, json!({"a": "b"})))
        .await
        .unwrap();
    assert_eq!(outcome.payload, r#"{"A":"B"}"#.as_bytes());
    let bytes = function(&lab, "Functions::bytes").unwrap();
    let outcome = lab
        .run(common::work(&bytes, json!("12345678")))
        .await
        .unwrap();
    assert_eq!(outcome.payload, [10u8].as_slice());
    let large = "x".repeat(3_000_000);
    let outcome = lab.run(common::work(&streams, json!(large))).await.unwrap();
    assert_eq!(outcome.payload.len(), 3_000_002);
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn exceptions_have_aws_shape() {
    let lab = Lab::new();
    let Some(failing) = function(&lab, "Functions$Failing") else {
        return;
    };
    let error = lab.error(&failing, json!("checked")).await;
    let keys: Vec<&String> = error.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["errorMessage", "errorType", "stackTrace"]);
    assert_eq!(error["errorMessage"], "m");
    assert_eq!(error["errorType"], "java.io.IOException");
    let trace = error["stackTrace"].as_array().unwrap();
    assert_eq!(trace.len(), 2, "{trace:?}");
    assert!(
        trace[0]
            .as_str()
            .unwrap()
            .starts_with("app.Functions$Failing.handleRequest(Functions.java:")
    );
    let logged = lab
        .line(|line| line.starts_with("m: java.io.IOException\n"))
        .await;
    assert!(
        logged.contains("\nCaused by: java.lang.Error: cause"),
        "{logged}"
    );
    assert!(!logged.contains("crossway"), "{logged}");

    let error = lab.error(&failing, json!("empty")).await;
    assert_eq!(error["errorMessage"], "java.lang.IllegalStateException");
    let error = lab.error(&failing, json!({"not": "a text"})).await;
    assert_eq!(
        error["errorMessage"],
        "An error occurred during JSON parsing"
    );
    assert_eq!(error["errorType"], "java.lang.RuntimeException");
    assert_eq!(error["stackTrace"], json!([]));
    // The worker has lived through all of it.
    assert_eq!(lab.answer(&failing, json!("x")).await, json!("x"));
    assert_eq!(lab.streams().len(), 1);

    let itself = function(&lab, "Functions::itself").unwrap();
    let error = lab.error(&itself, json!({})).await;
    assert_eq!(
        error["errorMessage"],
        "An error occurred during JSON serialization of response"
    );
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn errors_of_the_machine_end_the_worker() {
    let lab = Lab::new();
    let Some(failing) = function(&lab, "Functions$Failing") else {
        return;
    };
    for (event, kind) in [
        ("deep", "java.lang.StackOverflowError"),
        ("memory", "java.lang.OutOfMemoryError"),
        ("exit", "Runtime.ExitError"),
    ] {
        let before = lab.streams().len();
        let error = lab.error(&failing, json!(event)).await;
        assert_eq!(error["errorType"], kind);
        assert_eq!(
            lab.answer(&failing, json!("x")).await,
            json!("x"),
            "{event}"
        );
        assert_eq!(lab.streams().len(), before.max(1) + 1, "{event}");
    }
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn what_cannot_be_loaded_is_named() {
    let lab = Lab::new();
    for (handler, message, kind) in [
        (
            "Gone",
            "Class not found: app.Gone",
            json!("java.lang.ClassNotFoundException"),
        ),
        (
            "Functions",
            "Class does not implement an appropriate handler interface: app.Functions",
            Value::Null,
        ),
        (
            "Functions::gone",
            "No public method named gone with appropriate method signature found on class app.Functions",
            Value::Null,
        ),
        (
            "Functions::",
            "Invalid handler: `app.Functions::'",
            Value::Null,
        ),
        (
            "Functions$Private::run",
            "Class app.Functions$Private has no public zero-argument constructor",
            json!("java.lang.Exception"),
        ),
        (
            "Functions$Unmakeable::run",
            "not today",
            json!("java.lang.IllegalArgumentException"),
        ),
        (
            "Functions$Unloadable",
            "Error loading class app.Functions$Unloadable",
            json!("java.lang.ExceptionInInitializerError"),
        ),
        (
            "Functions$Raw",
            "Class app.Functions$Raw does not implement RequestHandler with concrete type parameters",
            Value::Null,
        ),
    ] {
        let Some(function) = function(&lab, handler) else {
            return;
        };
        let error = lab.error(&function, json!("x")).await;
        assert_eq!(error["errorMessage"], message);
        assert_eq!(error["errorType"], kind, "{handler}");
        assert_eq!(error.get("stackTrace"), None);
    }
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn context_has_every_field() {
    let lab = Lab::new();
    let Some(function) = function(&lab, "Functions::context") else {
        return;
    };
    let mut work = common::work(&function, json!({}));
    work.client_context =
        Some("{\"client\":{\"app_title\":\"T\"},\"custom\":{\"k\":1}}".to_owned());
    let outcome = lab.run(work.clone()).await.unwrap();
    let mut context: Value = serde_json::from_slice(&outcome.payload).unwrap();
    let left = context.as_object_mut().unwrap().remove("left").unwrap();
    assert!(
        (20_000..=30_000).contains(&left.as_i64().unwrap()),
        "{left}"
    );
    assert_eq!(
        context,
        json!({
            "id": work.request_id, "arn": work.invoked_arn, "name": "f", "version": "$LATEST",
            "memory": 512, "group": "/aws/lambda/f", "stream": lab.streams()[0], "title": "T",
            "custom": { "k": "1" }, "trace": work.trace_id,
        })
    );
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn logs_are_events_in_order() {
    let lab = Lab::new();
    let Some(mut function) = function(&lab, "Functions::logs") else {
        return;
    };
    let own = |lab: &Lab| -> Vec<String> {
        let of_platform = ["INIT_START", "START", "END", "REPORT"];
        let lines = lab.lines().into_iter();
        lines
            .filter(|line| !of_platform.iter().any(|word| line.starts_with(word)))
            .collect()
    };
    lab.answer(&function, json!({})).await;
    assert_eq!(
        own(&lab),
        [
            "one",
            "two\nlines",
            "no newline",
            "[WARN] ä",
            "[DEBUG] debug",
            "last"
        ]
    );
    lab.compute.shutdown().await;

    let lab = Lab::new();
    function = self::function(&lab, "Functions::logs").unwrap();
    function.logging = ports::FunctionLogging {
        is_json: true,
        application_level: Some("INFO".to_owned()),
        ..ports::FunctionLogging::default()
    };
    let work = common::work(&function, json!({}));
    lab.run(work.clone()).await.unwrap();
    let records: Vec<Value> = lab
        .lines()
        .iter()
        .filter_map(|line| serde_json::from_str(line).ok())
        .filter(|record: &Value| record.get("AWSRequestId").is_some())
        .collect();
    let told: Vec<_> = records
        .iter()
        .map(|it| (it["level"].clone(), it["message"].clone()))
        .collect();
    assert_eq!(
        told,
        [
            (json!("UNDEFINED"), json!("two\nlines")),
            (json!("WARN"), json!("ä"))
        ]
    );
    assert_eq!(records[0]["AWSRequestId"], json!(work.request_id));
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn machine_is_set_up_as_on_aws_and_the_function_may_say_otherwise() {
    for level in Isolation::STRONGEST_FIRST {
        let Some(lab) = common::lab(level) else {
            continue;
        };
        let Some(mut function) = function(&lab, "Functions::machine") else {
            return;
        };
        let seen = lab.answer(&function, json!({})).await;
        let heap = seen["heap"].as_i64().unwrap();
        // The serial collector does not count one of its two survivor spaces.
        assert!((400..=435).contains(&heap), "{seen}");
        assert_eq!(seen["temporary"], json!(true), "{level}");
        assert_eq!(seen["encoding"], json!("UTF-8"));
        assert_eq!(seen["tls"], json!("Default"), "{level}");
        let options = "-Xmx100m -XX:+UseParallelGC -Dgiven=yes";
        function
            .environment
            .insert("JAVA_TOOL_OPTIONS".to_owned(), options.to_owned());
        function.revision.push('2');
        let seen = lab.answer(&function, json!({})).await;
        assert_eq!(seen["property"], json!("yes"));
        assert!(seen["heap"].as_i64().unwrap() <= 100, "{seen}");
        lab.compute.shutdown().await;
    }
}

fn jar(files: &Files) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let options = zip::write::SimpleFileOptions::default();
        zip.start_file(name.as_str(), options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[tokio::test]
async fn libraries_come_with_the_bundle_or_with_layers() {
    let (Some(app), Some(library)) = (classes(), compiled("library/Value.java")) else {
        return;
    };
    for level in [Isolation::Container, Isolation::Hardened] {
        let Some(lab) = common::lab(level) else {
            continue;
        };
        let mut files = app.clone();
        files.push(("lib/value.jar".to_owned(), jar(&library)));
        let bundled = lab.function_of("java17", "app.Functions::library", &files);
        assert_eq!(
            lab.answer(&bundled, json!({})).await,
            json!("from a library")
        );

        let mut layered = lab.function_of("java17", "app.Functions::library", app);
        let layer = lab.function_of(
            "java17",
            "",
            &[("java/lib/value.jar".to_owned(), jar(&library))],
        );
        layered.layers.push(layer.code);
        assert_eq!(
            lab.answer(&layered, json!({})).await,
            json!("from a library")
        );
        lab.compute.shutdown().await;
    }
}

#[tokio::test]
async fn function_that_brings_the_interfaces_gets_its_own() {
    let (Some(app), Some(own)) = (classes(), compiled("own/Context.java")) else {
        return;
    };
    let lab = Lab::new();
    let mut files = app.clone();
    files.push(("lib/aws-lambda-java-core.jar".to_owned(), jar(&own)));
    let function = lab.function_of("java17", "app.Functions::own", &files);
    assert_eq!(
        lab.answer(&function, json!({})).await,
        json!("of the function")
    );
    let without = lab.function_of("java17", "app.Functions::own", app);
    let error = lab.error(&without, json!({})).await;
    assert_eq!(error["errorType"], "java.lang.NoSuchMethodException");
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn newest_installed_java_runs_it_too() {
    let lab = Lab::new();
    let Some(mut function) = function(&lab, "Functions::machine") else {
        return;
    };
    function.runtime = "java25".to_owned();
    let seen = lab.answer(&function, json!({})).await;
    let start = lab.line(|line| line.starts_with("INIT_START")).await;
    let version = seen["version"].as_i64().unwrap();
    assert!(start.contains(&format!("java:{version}.")), "{start}");
    assert_eq!(
        version != 25,
        start.contains("java25 is not installed"),
        "{start}"
    );
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn events_that_are_dear_to_read_are_refused_and_the_worker_lives() {
    let lab = Lab::new();
    let Some(function) = function(&lab, "Functions::twice") else {
        return;
    };
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for event in ["1e999999999", &"9".repeat(100_000), &deep, "{", "1 2", ""] {
        let mut work = common::work(&function, json!({}));
        work.payload = event.to_owned().into();
        let outcome = lab.run(work).await.unwrap();
        let error: Value = serde_json::from_slice(&outcome.payload).unwrap();
        let message = "An error occurred during JSON parsing";
        assert_eq!(error["errorMessage"], message, "{}", event.len());
    }
    let mut work = common::work(&function, json!(1));
    work.client_context = Some("no JSON".to_owned());
    let outcome = lab.run(work).await.unwrap();
    assert!(outcome.error.is_some());
    assert_eq!(lab.answer(&function, json!(2)).await, json!(4));
    assert_eq!(lab.streams().len(), 1);
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn time_that_is_up_ends_it() {
    let lab = Lab::new();
    let Some(mut function) = function(&lab, "Functions::sleeps") else {
        return;
    };
    function.timeout_s = 1;
    let error = lab.error(&function, json!({})).await;
    assert_eq!(error["errorType"], "Sandbox.Timedout");
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn one_worker_serves_events_one_after_the_other() {
    let lab = Lab::with(Some(1));
    let Some(function) = function(&lab, "Functions::counted") else {
        return;
    };
    for count in 1..=5 {
        assert_eq!(lab.answer(&function, json!({})).await, json!(count));
    }
    let all = (0..40).map(|_| lab.run(common::work(&function, json!({}))));
    let mut counts = Vec::new();
    for outcome in futures_join(all).await {
        let count: i64 = serde_json::from_slice(&outcome.unwrap().payload).unwrap();
        counts.push(count);
    }
    counts.sort_unstable();
    assert_eq!(counts, (6..=45).collect::<Vec<_>>());
    lab.compute.shutdown().await;
}

/// All of them at once.
async fn futures_join<T>(all: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut all: Vec<_> = all.map(Box::pin).collect();
    let mut done: Vec<Option<T>> = all.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (future, slot) in all.iter_mut().zip(&mut done) {
            if slot.is_none()
                && let std::task::Poll::Ready(value) = future.as_mut().poll(context)
            {
                *slot = Some(value);
            }
        }
        match done.iter().all(Option::is_some) {
            true => std::task::Poll::Ready(()),
            false => std::task::Poll::Pending,
        }
    })
    .await;
    done.into_iter().flatten().collect()
}
