//! `crossway render`, by running the program.
#![allow(clippy::unwrap_used)]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const PETS: &str = "#set($pets = $input.path('$'))\n#foreach($pet in $pets)$pet.name \
                    from $context.stage/$context.identity.sourceIp#if($foreach.hasNext), #end#end";

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).unwrap();
}

fn render(folder: &Path, args: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_crossway"))
        .arg("render")
        .args(args)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that refuses its arguments reads nothing.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn check(template: &str, args: &[&str], expect: &str) {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "t.vtl", template);
    let output = render(folder.path(), &[&["t.vtl"], args].concat(), "");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), expect);
    assert_eq!(errors, "");
}

fn check_refused(template: &str, args: &[&str], expect: &str) {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "t.vtl", template);
    write(
        folder.path(),
        "bad.json",
        r#"{"identity": {"nobody": "x"}}"#,
    );
    write(folder.path(), "list.json", "[]");
    let output = render(folder.path(), &[&["t.vtl"], args].concat(), "");
    assert!(!output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        format!("crossway: {expect}\n")
    );
}

#[test]
fn body_and_context_come_from_files_and_the_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "t.vtl", PETS);
    let context = r#"{"stage": "test", "identity": {"sourceIp": "10.0.0.1"}, "status": 200}"#;
    write(folder.path(), "c.json", context);
    let body = r#"[{"name": "Rex"}, {"name": "Tom"}]"#;
    write(folder.path(), "b.json", body);
    let expect = "Rex from test/10.0.0.1, Tom from test/10.0.0.1";
    for (args, input) in [
        (["t.vtl", "--body", "b.json", "--context", "c.json"], ""),
        (["t.vtl", "--body", "-", "--context", "c.json"], body),
        (["-", "--body", "b.json", "--context", "c.json"], PETS),
    ] {
        let output = render(folder.path(), &args, input);
        assert_eq!(String::from_utf8_lossy(&output.stdout), expect, "{args:?}");
    }
}

#[test]
fn parameters_and_stage_variables_come_from_options() {
    let template = "$input.params('id') $input.params('page') $input.params().header.get('Accept') \
                    $stageVariables.color $input.params('Content-Type') $input.body";
    check(
        template,
        &[
            "--param",
            "path.id=a=b",
            "--param",
            "querystring.page=1",
            "--param",
            "querystring.page=2",
            "--param",
            "header.Accept=*/*",
            "--stage-variable",
            "color=blue",
            "--content-type",
            "text/plain",
        ],
        "a=b 2 */* blue text/plain {}",
    );
}

#[test]
fn errors_show_their_line_with_a_caret() {
    check_refused(
        "one\n\ttwo ${broken",
        &[],
        "t.vtl:2:14: unexpected end of the template\n  \ttwo ${broken\n  \t            ^",
    );
    check_refused(
        "x\n#set($r = [1..3])$r.get(7)",
        &[],
        "t.vtl:2:21: method `get` failed: index 7 out of bounds for length 3\n  \
         #set($r = [1..3])$r.get(7)\n                      ^",
    );
}

#[test]
fn what_makes_no_sense_is_refused() {
    check_refused(
        "x",
        &["--context", "bad.json"],
        "`bad.json`: there is no `$context.identity.nobody`",
    );
    check_refused(
        "x",
        &["--context", "list.json"],
        "`list.json` must hold a JSON object",
    );
    check_refused(
        "x",
        &["--param", "cookie.a=b"],
        "`--param cookie.a=b`: wants `path.NAME=…`, `querystring.NAME=…` or `header.NAME=…`",
    );
    check_refused(
        "x",
        &["--stage-variable", "color"],
        "`--stage-variable color`: wants NAME=VALUE",
    );
    check_refused(
        "x",
        &["--body", "none.json"],
        "cannot read `none.json`: No such file or directory (os error 2)",
    );
}

#[test]
fn trace_shows_each_reference_and_overrides_follow() {
    let folder = tempfile::tempdir().unwrap();
    let template = "$input.path('$.a') $nothing\n#set($context.responseOverride.status = 404)";
    write(folder.path(), "t.vtl", template);
    let args = ["t.vtl", "--body", "-", "--trace"];
    let output = render(folder.path(), &args, r#"{"a": ["x", 1]}"#);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "[\"x\",1] \n");
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "t.vtl:1:1: $input.path('$.a') = [\"x\",1]\n\
         t.vtl:1:20: $nothing = undefined\n\
         $context.responseOverride.status = 404\n"
    );
}

#[test]
fn a_descriptor_of_the_shell_is_read() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "t.vtl", "$context.stage");
    write(folder.path(), "c.json", r#"{"stage": "prod"}"#);
    let output = Command::new("sh")
        .args(["-c", "\"$0\" render t.vtl --context /dev/fd/3 3< c.json"])
        .arg(env!("CARGO_BIN_EXE_crossway"))
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "prod");
}
