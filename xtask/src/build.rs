//! `cargo xtask build`: the program into `target/{debug,release}/crossway`.

use crate::workspace;
use std::path::PathBuf;
use std::process::Command;

/// Builds.
///
/// # Errors
/// When the compiler refuses.
pub fn run(release: bool) -> Result<(), String> {
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--package", "crossway"]);
    if release {
        cargo.arg("--release");
    }
    workspace::run(&mut cargo)
}

/// Where the built program is.
pub fn program(release: bool) -> PathBuf {
    let profile = if release { "release" } else { "debug" };
    workspace::root()
        .join("target")
        .join(profile)
        .join("crossway")
}
