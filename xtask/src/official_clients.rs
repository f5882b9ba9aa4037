//! AWS's runtime clients, unchanged, against our Runtime API and beside our bootstraps.

use crate::tools;
use crate::workspace::{self, root, run as run_command, say};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The client of the Python runtimes, from PyPI.
const PYTHON: &str = "awslambdaric==4.2.2";
/// The client of the Node.js runtimes, from npm: the last for the Node.js of `nodejs20.x`.
const NODE: &str = "aws-lambda-ric@3.3.0";
/// The client of the Ruby runtimes, from RubyGems: its name and version.
const RUBY: [&str; 2] = ["aws_lambda_ric", "3.2.0"];
/// A function on the Rust client of crates.io, which its lock file pins.
const RUST: &str = "crates/compute/tests/official/rust";

/// Installs them under `target/tools/official` and runs the tests that compare. Without Ruby or
/// RubyGems its test says that it is skipped; Java's client is not compared.
///
/// # Errors
/// Another client cannot be installed, or something differs.
pub fn run() -> Result<(), String> {
    let folder = workspace::tools().join("official");
    let problem = |error: std::io::Error| format!("{}: {error}", folder.display());
    std::fs::create_dir_all(&folder).map_err(problem)?;
    python(&folder.join("python"))?;
    node(&folder.join("node"))?;
    rust(&folder.join("rust"))?;
    if let Err(error) = ruby(&folder.join("ruby")) {
        say(&format!("no client for Ruby: {error}"));
    }
    let mut tests = Command::new("cargo");
    tests.args(["test", "-p", "compute", "--test", "official"]);
    tests.env("CROSSWAY_OFFICIAL_CLIENTS", &folder);
    run_command(&mut tests)
}

fn python(folder: &Path) -> Result<(), String> {
    if folder.is_dir() {
        return Ok(());
    }
    say(&format!(
        "installing {PYTHON} (pip, into {})",
        folder.display()
    ));
    let mut pip = Command::new(tools::python_environment()?.join("pip"));
    run_command(
        pip.args(["install", "-q", "--target"])
            .arg(folder)
            .arg(PYTHON),
    )
}

/// Its native part is compiled by its own scripts, which want cmake, autoconf, libtool and a
/// compiler of C++.
fn node(folder: &Path) -> Result<(), String> {
    let built = folder.join("node_modules/aws-lambda-ric/dist/rapid-client.node");
    if built.is_file() {
        return Ok(());
    }
    say(&format!(
        "installing and compiling {NODE} (npm, into {})",
        folder.display()
    ));
    // Newer releases of npm run the scripts only of packages that were approved.
    let approved = r#"{"private":true,"allowScripts":{"aws-lambda-ric":true}}"#;
    let problem = |error: std::io::Error| format!("{}: {error}", folder.display());
    std::fs::create_dir_all(folder).map_err(problem)?;
    std::fs::write(folder.join("package.json"), approved).map_err(problem)?;
    let mut npm = Command::new("npm");
    npm.args([
        "install",
        "--no-audit",
        "--no-fund",
        "--foreground-scripts",
        "--prefix",
    ]);
    npm.arg(folder)
        .arg(NODE)
        .env("PATH", tools::path_with_node()?);
    run_command(&mut npm)?;
    match built.is_file() {
        true => Ok(()),
        false => Err(format!(
            "{} was not built: its scripts did not run",
            built.display()
        )),
    }
}

/// Alone: the one gem that it wants, `logger`, is in every Ruby that runs here.
fn ruby(folder: &Path) -> Result<(), String> {
    let [name, version] = RUBY;
    if folder.join(format!("gems/{name}-{version}")).is_dir() {
        return Ok(());
    }
    let place = folder.display();
    say(&format!("installing {name} {version} (gem, into {place})"));
    let mut gem = Command::new("gem");
    gem.args(["install", "--no-document", "--ignore-dependencies"]);
    gem.args(["--version", version, "--install-dir"]);
    run_command(gem.arg(folder).arg(name))
}

fn rust(folder: &Path) -> Result<(), String> {
    let target = folder.join("target");
    let mut cargo = Command::new("cargo");
    cargo
        .args(["build", "--release", "--locked", "--target-dir"])
        .arg(&target);
    run_command(cargo.current_dir(root().join(RUST)))?;
    let (from, to): (PathBuf, _) = (
        target.join("release/official-rust"),
        folder.join("bootstrap"),
    );
    std::fs::copy(&from, to).map_err(|error| format!("{}: {error}", from.display()))?;
    Ok(())
}
