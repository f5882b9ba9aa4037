//! What is executed for a function.

use super::start::Plan;
use crate::runtime::Language;
use crate::sandbox::Isolation;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// What to execute, as the function sees it; none when a bundle lacks what its runtime wants of it.
pub(super) fn program(plan: &Plan<'_>) -> Option<PathBuf> {
    if plan.interpreter.language != Language::Provided {
        return Some(plan.interpreter.path.clone());
    }
    if plan.code.path.join("bootstrap").is_file() {
        return Some(plan.task_root().join("bootstrap"));
    }
    // AWS's second place comes from layers, which no function has here; the host's own `/opt` is
    // there only where functions see the host's files.
    let host = PathBuf::from("/opt/bootstrap");
    (plan.level() == Isolation::Process && host.is_file()).then_some(host)
}

/// The command; a script that the function names may come first, and gets the command as its
/// arguments (Lambda guide, "Modifying the runtime environment", wrapper scripts).
pub(super) fn wrapped(plan: &Plan<'_>, program: &Path) -> (PathBuf, Vec<OsString>) {
    let memory_mb = plan.spec.memory_mb;
    let arguments = arguments(plan.interpreter.language, memory_mb, plan.runtime_dir());
    let wrapper = plan.spec.environment.get("AWS_LAMBDA_EXEC_WRAPPER");
    match wrapper.filter(|_| plan.interpreter.language != Language::Provided) {
        None => (program.to_owned(), arguments),
        Some(wrapper) => {
            // AWS's path of the bundle, which is another one below level `container`.
            let script = match wrapper.strip_prefix("/var/task/") {
                Some(inside) => plan.task_root().join(inside),
                None => PathBuf::from(wrapper),
            };
            let command = [program.to_owned().into_os_string()].into_iter();
            (script, command.chain(arguments).collect())
        }
    }
}

/// What the interpreter is told, our bootstrap in `runtime_dir` included.
pub(crate) fn arguments(language: Language, memory_mb: u32, runtime_dir: &Path) -> Vec<OsString> {
    let bootstrap = |name: &str| runtime_dir.join(name).into_os_string();
    match language {
        // AWS's shares of the configured memory, read from /proc of a function.
        // UNVERIFIED: for nodejs22 and later; printing process.execArgv on AWS would settle it.
        Language::Node => vec![
            format!("--max-semi-space-size={}", (memory_mb / 20).max(1)).into(),
            format!("--max-old-space-size={}", memory_mb / 10 * 9).into(),
            bootstrap("bootstrap.cjs"),
        ],
        Language::Provided => Vec::new(),
        // No package of the host's user is seen.
        // Not every host has the locale en_US.UTF-8, and without it Python would write ASCII.
        Language::Python => {
            let flags = ["-s", "-X", "utf8"].map(OsString::from);
            flags
                .into_iter()
                .chain([bootstrap("bootstrap.py")])
                .collect()
        }
    }
}
