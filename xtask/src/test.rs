//! `cargo xtask test`: every test there is, cheapest first.

use crate::workspace::{self, root, say};
use crate::{build, codegen, console, coverage, java_bootstrap, tools};
use std::process::Command;
use std::time::Instant;

/// Runs every test; ends with the summary of the last test runner.
///
/// # Errors
/// At the first step that fails.
pub fn run() -> Result<(), String> {
    let python = tools::python_environment()?;
    let path = tools::path_with_node()?;
    let aws_v2 = tools::aws_v2();
    let chromium = tools::chromium();
    tools::npm_install(&root().join("conformance").join("sdk-js"))?;

    step("types of the console", console::check)?;
    step("formatting", || {
        workspace::run(&mut cargo(&["fmt", "--all", "--check"], &path))
    })?;
    step("lints", || {
        let arguments = [
            "clippy",
            "--workspace",
            "--all-targets",
            "--quiet",
            "--",
            "-D",
            "warnings",
        ];
        workspace::run(&mut cargo(&arguments, &path))
    })?;
    step("licences, bans and sources", || {
        tools::cargo_deny()?;
        workspace::run(&mut cargo(
            &["deny", "check", "licenses", "bans", "sources"],
            &path,
        ))
    })?;
    step("generated code is fresh", || codegen::run(true))?;
    step("classes of the Java runtime are fresh", || {
        java_bootstrap::run(true)
    })?;
    step("unit and integration tests", || {
        workspace::run(&mut cargo(&["test", "--workspace", "--quiet"], &path))
    })?;
    step("build", || build::run(false))?;
    step("compatibility table is fresh", || coverage::run(true))?;
    step("conformance: the built program under real clients", || {
        let mut pytest = Command::new(python.join("pytest"));
        pytest
            .args(["-q", "--timeout=300", "conformance"])
            .env("PATH", &path);
        pytest.env("CROSSWAY_PROGRAM", build::program(false));
        pytest.env("CROSSWAY_AWS_V1", python.join("aws"));
        if let Some(chromium) = &chromium {
            pytest.env("CROSSWAY_CHROMIUM", chromium);
        }
        if let Some(aws_v2) = &aws_v2 {
            pytest.env("CROSSWAY_AWS_V2", aws_v2);
        }
        workspace::run(&mut pytest)
    })
}

fn cargo(arguments: &[&str], path: &str) -> Command {
    let mut command = Command::new("cargo");
    command.args(arguments).env("PATH", path);
    command
}

fn step(name: &str, work: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
    let start = Instant::now();
    say(name);
    work().map_err(|problem| format!("{name}: {problem}"))?;
    say(&format!(
        "{name}: passed in {} s",
        start.elapsed().as_secs()
    ));
    Ok(())
}
