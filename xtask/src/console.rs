//! The console's site: installed, checked and built with npm's packages into `console/dist`.

use crate::tools;
use crate::workspace::{root, run, say};
use std::process::Command;

/// Builds the site that the server embeds.
///
/// # Errors
/// When Node.js or a package cannot be had, or the site does not build.
pub fn build() -> Result<(), String> {
    tools::npm_install(&root().join("console"))?;
    say("building the console");
    node("vite/bin/vite.js", &["build", "--logLevel", "warn"])
}

/// Checks the console's types.
///
/// # Errors
/// When one does not fit.
pub fn check() -> Result<(), String> {
    tools::npm_install(&root().join("console"))?;
    node("typescript/bin/tsc", &["--noEmit"])
}

fn node(script: &str, arguments: &[&str]) -> Result<(), String> {
    let folder = root().join("console");
    run(Command::new("node")
        .arg(folder.join("node_modules").join(script))
        .args(arguments)
        .env("PATH", tools::path_with_node()?)
        .current_dir(&folder))
}
