//! Ruby functions, run by the real interpreter; skipped, visibly, where there is none.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod common;

use common::Lab;
use compute::Isolation;
use ports::FunctionSpec;
use serde_json::{Value, json};

/// The function of one file; none, visibly, without Ruby.
fn ruby(lab: &Lab, text: &str) -> Option<FunctionSpec> {
    ruby_of(lab, "app.handler", &[("app.rb", text)])
}

fn ruby_of(lab: &Lab, handler: &str, files: &[(&str, &str)]) -> Option<FunctionSpec> {
    use ports::Compute as _;
    if let Err(error) = lab.compute.check_runtime("ruby3.3") {
        eprintln!("skipped: {error:?}");
        return None;
    }
    Some(lab.function("ruby3.3", handler, files))
}

#[tokio::test]
async fn answers_are_json() {
    let lab = Lab::new();
    for (text, expect) in [
        (
            "def handler(event:, context:) = {saw: event}",
            json!({"saw": {"n": "ä"}}),
        ),
        ("def handler(event:, context:); end", Value::Null),
        ("def handler(event:, **) = event['n'] * 2", json!("ää")),
        (
            "require 'stringio'\ndef handler(**) = StringIO.new('[1, 2]')",
            json!([1, 2]),
        ),
        (
            "def handler(**) = [Encoding.default_external, `printf 'å'`.size, __FILE__.encoding]",
            json!(["UTF-8", 1, "UTF-8"]),
        ),
        (
            "require 'time'\ndef handler(**) = [1.5, :a, Time.at(0).utc.iso8601]",
            json!([1.5, "a", "1970-01-01T00:00:00Z"]),
        ),
    ] {
        let Some(function) = ruby(&lab, text) else {
            return;
        };
        assert_eq!(
            lab.answer(&function, json!({"n": "ä"})).await,
            expect,
            "{text}"
        );
    }
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn handler_may_be_of_a_class_and_in_a_folder() {
    let lab = Lab::new();
    let text = "require 'helper'\nmodule A\n  class B\n    def self.run(event:, context:) = HELP + event\n  end\nend";
    let files = [("src/app.rb", text), ("helper.rb", "HELP = 'help '")];
    let Some(function) = ruby_of(&lab, "src/app.A::B.run", &files) else {
        return;
    };
    assert_eq!(lab.answer(&function, json!("me")).await, json!("help me"));
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn gems_are_found_in_the_bundle_and_in_layers() {
    for level in [Isolation::Container, Isolation::Hardened] {
        let Some(lab) = common::lab(level) else {
            continue;
        };
        let text = "require 'bundled'\nrequire 'layered'\nrequire 'plain'\ndef handler(**) = [BUNDLED, LAYERED, PLAIN]";
        let gem = |name: &str| {
            format!(
                "Gem::Specification.new {{ |s| s.name = '{name}'; s.version = '1.0.0'; s.summary = ''; s.authors = ['a']; s.files = ['lib/{name}.rb'] }}"
            )
        };
        let bundled = gem("bundled");
        let files = [
            ("app.rb", text),
            (
                "vendor/bundle/ruby/3.3.0/specifications/bundled-1.0.0.gemspec",
                bundled.as_str(),
            ),
            (
                "vendor/bundle/ruby/3.3.0/gems/bundled-1.0.0/lib/bundled.rb",
                "BUNDLED = 1",
            ),
        ];
        let Some(mut function) = ruby_of(&lab, "app.handler", &files) else {
            return;
        };
        let layered = gem("layered");
        let layer = [
            (
                "ruby/gems/3.3.0/specifications/layered-1.0.0.gemspec",
                layered.as_str(),
            ),
            (
                "ruby/gems/3.3.0/gems/layered-1.0.0/lib/layered.rb",
                "LAYERED = 2",
            ),
            ("ruby/lib/plain.rb", "PLAIN = 3"),
        ];
        function.layers.push(lab.bundle(&layer));
        assert_eq!(
            lab.answer(&function, json!({})).await,
            json!([1, 2, 3]),
            "{level}"
        );
        lab.compute.shutdown().await;
    }
}

#[tokio::test]
async fn exception_has_aws_shape() {
    let lab = Lab::new();
    let text =
        "def inner = raise(ArgumentError, 'm')\n\ndef handler(event:, context:)\n  inner\nend\n";
    let Some(function) = ruby(&lab, text) else {
        return;
    };
    let error = lab.error(&function, json!({})).await;
    let keys: Vec<&String> = error.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["errorMessage", "errorType", "stackTrace"]);
    assert_eq!(error["errorMessage"], "m");
    assert_eq!(error["errorType"], "Function<ArgumentError>");
    let trace = error["stackTrace"].as_array().unwrap();
    assert_eq!(trace.len(), 2, "{trace:?}");
    assert!(
        trace[1]
            .as_str()
            .unwrap()
            .starts_with("/var/task/app.rb:4:in "),
        "{trace:?}"
    );
    lab.line(|line| line == "Error raised from handler method")
        .await;
    let logged = lab.line(|line| line.starts_with("{\n")).await;
    assert_eq!(serde_json::from_str::<Value>(&logged).unwrap(), error);
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn worker_lives_on_after_an_error_but_not_after_a_critical_one() {
    let lab = Lab::new();
    let text = "$calls = 0\ndef handler(event:, context:)\n  $calls += 1\n  raise 'plain' if event == 'plain'\n  nothing.here if event == 'name'\n  exit 3 if event == 'exit'\n  $calls\nend";
    let Some(function) = ruby(&lab, text) else {
        return;
    };
    assert_eq!(
        lab.error(&function, json!("plain")).await["errorType"],
        "Function<RuntimeError>"
    );
    assert_eq!(lab.answer(&function, json!("")).await, json!(2));
    assert_eq!(
        lab.error(&function, json!("name")).await["errorType"],
        "Function<NameError>"
    );
    lab.line(|line| line == "Critical exception from handler")
        .await;
    assert_eq!(lab.answer(&function, json!("")).await, json!(1));
    assert_eq!(
        lab.error(&function, json!("exit")).await["errorType"],
        "Function<SystemExit>"
    );
    assert_eq!(lab.answer(&function, json!("")).await, json!(1));
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn what_cannot_be_loaded_is_named() {
    let lab = Lab::new();
    for (handler, text, kind, message) in [
        (
            "gone.handler",
            "",
            "Init<LoadError>",
            "cannot load such file -- gone",
        ),
        (
            "app.handler",
            "raise KeyError, 'top'",
            "Init<KeyError>",
            "top",
        ),
        (
            "app",
            "",
            "Init<ArgumentError>",
            "Invalid handler [\"app\"], must be of form",
        ),
        (
            "app.handler",
            "def (",
            "Init<SyntaxError>",
            "/var/task/app.rb:1: syntax error",
        ),
    ] {
        let Some(function) = ruby_of(&lab, handler, &[("app.rb", text)]) else {
            return;
        };
        let error = lab.error(&function, json!({})).await;
        assert_eq!(error["errorType"], kind, "{error}");
        let told = error["errorMessage"].as_str().unwrap();
        assert!(told.starts_with(message), "{told}");
    }
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn context_has_every_field() {
    let lab = Lab::new();
    let text = "def handler(event:, context:) = {
        id: context.aws_request_id, arn: context.invoked_function_arn, name: context.function_name,
        version: context.function_version, memory: context.memory_limit_in_mb,
        group: context.log_group_name, stream: context.log_stream_name,
        left: context.get_remaining_time_in_millis, title: context.client_context['client']['app_title'],
        identity: context.identity, trace: ENV['_X_AMZN_TRACE_ID'] }";
    let Some(function) = ruby(&lab, text) else {
        return;
    };
    let mut work = common::work(&function, json!({}));
    work.client_context = Some("{\"client\":{\"app_title\":\"T\"}}".to_owned());
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
            "memory": "128", "group": "/aws/lambda/f", "stream": lab.streams()[0], "title": "T",
            "identity": null, "trace": work.trace_id,
        })
    );
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn logs_are_events_in_order() {
    let lab = Lab::new();
    let text = "require 'logger'\nLOG = Logger.new($stdout)\ndef handler(**)\n  puts 'one', ['two']\n  LOG.info(\"three\\nfour\")\n  $stderr.print 'five'\n  p :six\n  print 'last'\nend";
    let Some(mut function) = ruby(&lab, text) else {
        return;
    };
    let work = common::work(&function, json!({}));
    lab.run(work.clone()).await.unwrap();
    let of_platform = ["INIT_START", "START", "END", "REPORT"];
    let mut own = lab.lines();
    own.retain(|line| !of_platform.iter().any(|word| line.starts_with(word)));
    assert_eq!(own[0], "one\ntwo");
    assert!(
        own[1].starts_with("I, [")
            && own[1].contains(&format!("  INFO {} -- : three\nfour", work.request_id)),
        "{own:?}"
    );
    assert_eq!(&own[2..], ["five:six", "last"]);

    function.logging = ports::FunctionLogging {
        is_json: true,
        application_level: Some("INFO".to_owned()),
        ..ports::FunctionLogging::default()
    };
    function.revision.push('2');
    lab.run(common::work(&function, json!({}))).await.unwrap();
    let record = lab.line(|line| line.contains("\"three\\nfour\"")).await;
    let record: Value = serde_json::from_str(&record).unwrap();
    assert_eq!(
        (&record["level"], &record["message"]),
        (&json!("INFO"), &json!("three\nfour"))
    );
    lab.compute.shutdown().await;
}

#[tokio::test]
async fn version_that_is_not_there_is_said() {
    let lab = Lab::new();
    let Some(mut function) = ruby(&lab, "def handler(**) = RUBY_VERSION") else {
        return;
    };
    function.runtime = "ruby4.0".to_owned();
    let version = lab.answer(&function, json!({})).await;
    let start = lab.line(|line| line.starts_with("INIT_START")).await;
    let version = version.as_str().unwrap();
    assert!(start.contains(&format!("ruby:{version}")), "{start}");
    assert_eq!(
        !version.starts_with("4.0."),
        start.contains("ruby4.0 is not installed"),
        "{start}"
    );
    lab.compute.shutdown().await;
}
