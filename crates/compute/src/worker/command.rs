//! What is executed for a function.

use super::java::{self, Seen};
use super::plan::Plan;
use crate::runtime::Language;
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
    let layers = plan.layers.as_ref()?;
    let is_there = layers.path.join("bootstrap").is_file();
    is_there.then(|| plan.opt().join("bootstrap"))
}

/// The command; a script that the function names may come first, and gets the command as its
/// arguments (Lambda guide, "Modifying the runtime environment", wrapper scripts).
pub(super) fn wrapped(
    plan: &Plan<'_>,
    program: &Path,
    temporary: &Path,
) -> (PathBuf, Vec<OsString>) {
    let memory_mb = plan.spec.memory_mb;
    let arguments = match plan.interpreter.language {
        Language::Java => java_arguments(plan, temporary),
        // Its address is Crossway's to tell, not for the function's log.
        Language::Node if plan.seat.is_some() => {
            let mut all = arguments(Language::Node, memory_mb, plan.runtime_dir());
            all.insert(0, "--inspect-publish-uid=http".into());
            all
        }
        language => arguments(language, memory_mb, plan.runtime_dir()),
    };
    let wrapper = plan.spec.environment.get("AWS_LAMBDA_EXEC_WRAPPER");
    match wrapper.filter(|_| plan.interpreter.language != Language::Provided) {
        None => (program.to_owned(), arguments),
        Some(wrapper) => {
            // AWS's paths of bundle and layers, which are others below level `container`.
            let in_code = wrapper.strip_prefix("/var/task/");
            let in_layers = wrapper.strip_prefix("/opt/");
            let script = match (in_code, in_layers) {
                (Some(inside), _) => plan.task_root().join(inside),
                (_, Some(inside)) => plan.opt().join(inside),
                _ => PathBuf::from(wrapper),
            };
            let command = [program.to_owned().into_os_string()].into_iter();
            (script, command.chain(arguments).collect())
        }
    }
}

fn java_arguments(plan: &Plan<'_>, temporary: &Path) -> Vec<OsString> {
    let code = Seen {
        folder: &plan.code.path,
        shown: plan.task_root(),
    };
    let layers = plan.layers.as_ref().map(|layers| Seen {
        folder: &layers.path,
        shown: plan.opt(),
    });
    let class_path = java::class_path(code, layers, plan.runtime_dir());
    java::arguments(plan.spec, &plan.interpreter.version, temporary, class_path)
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
        // Not every host has the locale en_US.UTF-8, and without it Ruby would read ASCII.
        Language::Ruby => vec!["-E".into(), "UTF-8".into(), bootstrap("bootstrap.rb")],
        // Java's depend on the bundle, and are told by `java`.
        Language::Java | Language::Provided => Vec::new(),
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
