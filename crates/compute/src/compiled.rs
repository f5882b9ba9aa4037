//! Our Python bootstrap, compiled once for each Python of this host.
//!
//! Functions cannot write beside it, so that else each of their workers would compile it again:
//! 4 ms of a start, and 0.9 MB of memory that stays (measured, Python 3.11).

use crate::limits::COMPILE_TIMEOUT;
use crate::runtime::{Interpreter, Language};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::process::Command;
use tokio::sync::OnceCell;

/// What [`crate::host`] writes and workers import.
const MODULES: [&str; 3] = [
    "crossway_runtime.py",
    "crossway_spare.py",
    "crossway_debug.py",
];

/// Where Python keeps what it has compiled, beside the source.
pub(crate) const FOLDER: &str = "__pycache__";

type Known = HashMap<PathBuf, Arc<OnceCell<()>>>;

/// For which interpreters it has been compiled: at most all that this host has.
#[derive(Debug, Default)]
pub(crate) struct Compiled {
    known: Mutex<Known>,
}

impl Compiled {
    /// Whether there is nothing to do for this interpreter any more.
    pub(crate) fn is_made(&self, interpreter: &Interpreter) -> bool {
        let known = self.lock();
        let made = known.get(&interpreter.path);
        interpreter.language != Language::Python || made.is_some_and(|made| made.initialized())
    }

    /// Compiles it, unless that has been tried. Workers do without it where it fails.
    pub(crate) async fn make(&self, interpreter: &Interpreter, runtime_dir: &Path) {
        if self.is_made(interpreter) {
            return;
        }
        let made = Arc::clone(self.lock().entry(interpreter.path.clone()).or_default());
        made.get_or_init(|| compile(&interpreter.path, runtime_dir))
            .await;
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn compile(python: &Path, runtime_dir: &Path) {
    let mut command = Command::new(python);
    command
        // Nothing of the host's environment or user, nothing beside the standard library.
        .args(["-I", "-S", "-m", "py_compile"])
        .args(MODULES)
        .current_dir(runtime_dir)
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    match tokio::time::timeout(COMPILE_TIMEOUT, command.status()).await {
        Ok(Ok(status)) if status.success() => {}
        result => {
            let python = python.display();
            tracing::warn!(%python, ?result, "the Python bootstrap is not compiled ahead");
        }
    }
}
