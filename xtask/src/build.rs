//! `cargo xtask build`: console and program into `target/{debug,release}/crossway`.

use crate::{console, workspace};
use std::path::PathBuf;
use std::process::Command;

/// Builds the console, which the program embeds, then the program.
///
/// # Errors
/// When npm's packages are not to be had or a compiler refuses.
pub fn run(release: bool) -> Result<(), String> {
    console::build()?;
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
