//! What functions cannot do, tried as this user and, when that is root, as one without any right.

use crate::workspace::{output, run as run_command, say};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Tests of `compute` that attack it.
const SUITES: [&str; 5] = ["isolation", "resources", "network", "orphans", "spare"];

/// A user that owns nothing.
const NOBODY: u32 = 65_534;

/// Runs the suites; what a kernel refuses is skipped visibly, in their output.
///
/// # Errors
/// One of them fails, or cannot be started.
pub fn run() -> Result<(), String> {
    let programs = programs()?;
    let home = std::env::temp_dir().join(format!("crossway-escape-{}", std::process::id()));
    let tried = try_both(&programs, &home);
    let _ = std::fs::remove_dir_all(home);
    tried
}

fn try_both(programs: &[PathBuf], home: &Path) -> Result<(), String> {
    say("as this user");
    for program in programs {
        run_command(Command::new(program).arg("--nocapture"))?;
    }
    let is_root = output(Command::new("id").arg("-u"))?.trim() == "0";
    if !is_root {
        say("skipped: only root can try as another user");
        return Ok(());
    }
    say("as a user without rights");
    let problem = |error: std::io::Error| format!("{}: {error}", home.display());
    std::fs::create_dir_all(home).map_err(problem)?;
    std::os::unix::fs::chown(home, Some(NOBODY), Some(NOBODY)).map_err(problem)?;
    for program in programs {
        // The checkout may be in a folder that only its owner can enter.
        let copy = home.join(program.file_name().unwrap_or_default());
        std::fs::copy(program, &copy).map_err(problem)?;
        let user = NOBODY.to_string();
        let mut command = Command::new("setpriv");
        command
            .args(["--reuid", &user, "--regid", &user, "--clear-groups"])
            .arg(copy)
            .arg("--nocapture")
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("TMPDIR", home)
            .current_dir(home);
        run_command(&mut command)?;
    }
    Ok(())
}

/// Builds the suites and says where they are.
fn programs() -> Result<Vec<PathBuf>, String> {
    let mut command = Command::new("cargo");
    command.args([
        "test",
        "-q",
        "-p",
        "compute",
        "--no-run",
        "--message-format=json",
    ]);
    for suite in SUITES {
        command.args(["--test", suite]);
    }
    let messages = output(&mut command)?;
    let found = messages.lines().filter_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        let is_suite = SUITES.contains(&message["target"]["name"].as_str()?);
        let path = message["executable"].as_str()?;
        is_suite.then(|| PathBuf::from(path))
    });
    let programs: Vec<PathBuf> = found.collect();
    match programs.len() == SUITES.len() {
        true => Ok(programs),
        false => Err(format!(
            "cargo built {} of {} suites",
            programs.len(),
            SUITES.len()
        )),
    }
}
