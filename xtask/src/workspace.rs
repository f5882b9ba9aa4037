//! Where things are, and how commands are run there.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The root of the checkout.
pub fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_path_buf()
}

/// Where tools that tests and demo need are installed: out of version control.
pub fn tools() -> PathBuf {
    root().join("target").join("tools")
}

/// Tells the person at the terminal what happens now.
pub fn say(text: &str) {
    eprintln!("\x1b[1;34m==>\x1b[0m {text}");
}

/// Runs a command, in the root unless it names another folder, its output shown.
///
/// # Errors
/// When it cannot be started or ends with another status than 0.
pub fn run(command: &mut Command) -> Result<(), String> {
    let shown = shown(command);
    let status = in_root(command)
        .status()
        .map_err(|e| format!("{shown}: {e}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{shown}: {status}"))
    }
}

fn in_root(command: &mut Command) -> &mut Command {
    match command.get_current_dir() {
        Some(_) => command,
        None => command.current_dir(root()),
    }
}

/// As [`run`], but gives the standard output instead of showing it.
///
/// # Errors
/// When it cannot be started or ends with another status than 0; then with its error output.
pub fn output(command: &mut Command) -> Result<String, String> {
    let shown = shown(command);
    let output = in_root(command)
        .output()
        .map_err(|e| format!("{shown}: {e}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        let said = String::from_utf8_lossy(&output.stderr);
        Err(format!("{shown}: {}\n{}", output.status, said.trim_end()))
    }
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}
