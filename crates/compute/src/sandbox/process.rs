//! One worker process, its group and its folder.

use super::{Owner, Spawner, sweep};
use crate::limits::OPEN_FILES_MAX;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use std::ffi::OsString;
use std::io::{self, PipeWriter};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use tokio::process::{Child, Command};

/// Does what Rust cannot do without `unsafe`; it costs about 1 ms of a cold start.
const SHELL: &str = "/bin/sh";

/// Sets limits, moves the wire to descriptor 3, where a child that reads its standard input cannot
/// take it, and sets the function's variables for the dynamic loader, which must not decide what
/// the launching programs load. Called with the number of those variables, them, and the command.
fn script() -> String {
    format!(
        "ulimit -c 0; ulimit -n {OPEN_FILES_MAX} 2>/dev/null; n=$1; shift; \
         while [ $n -gt 0 ]; do export \"$1\"; shift; n=$((n-1)); done; unset n; \
         exec \"$@\" 3<&0 0</dev/null"
    )
}

/// What to start, and with what.
pub(crate) struct Launch<'a> {
    pub(crate) program: &'a Path,
    pub(crate) arguments: Vec<OsString>,
    pub(crate) variables: Vec<(String, String)>,
    pub(crate) working_directory: &'a Path,
    /// Removed when the process has ended.
    pub(crate) private_directory: PathBuf,
    /// `NAME=value`, in the environment of this worker and of no other process.
    pub(crate) marker: String,
    pub(crate) wire: OwnedFd,
    pub(crate) output: PipeWriter,
}

/// A worker process. Dropping it kills its group; [`Process::end`] does so thoroughly.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    group: Pid,
    marker: String,
    private_directory: PathBuf,
    is_ended: bool,
}

impl Process {
    /// Starts it.
    pub(crate) async fn start(spawner: &Spawner, launch: Launch<'_>) -> io::Result<Self> {
        let (loader, variables): (Vec<_>, Vec<_>) = launch
            .variables
            .into_iter()
            .partition(|(name, _)| name.starts_with("LD_"));
        let mut command = match spawner.setpriv() {
            Some(setpriv) => {
                let mut command = Command::new(setpriv);
                command.args(["--no-new-privs", "--pdeathsig", "KILL", SHELL]);
                command
            }
            None => Command::new(SHELL),
        };
        command
            .args(["-c", &script(), "crossway", &loader.len().to_string()])
            .args(loader.iter().map(|(name, value)| format!("{name}={value}")))
            .arg(launch.program)
            .args(launch.arguments)
            .env_clear()
            .envs(variables)
            .current_dir(launch.working_directory)
            .stdin(launch.wire)
            .stdout(launch.output.try_clone()?)
            .stderr(launch.output)
            .process_group(0)
            .kill_on_drop(true);
        let child = spawner.spawn(command).await?;
        let pid = child.id().and_then(|pid| i32::try_from(pid).ok());
        let group = pid
            .map(Pid::from_raw)
            .ok_or_else(|| io::Error::other("worker has no pid"))?;
        Ok(Self {
            child,
            group,
            marker: launch.marker,
            private_directory: launch.private_directory,
            is_ended: false,
        })
    }

    /// The worker's process id, which is its group's too.
    pub(crate) fn pid(&self) -> Pid {
        self.group
    }

    /// Which processes are its own.
    pub(crate) fn owner(&self) -> Owner {
        Owner {
            marker: self.marker.clone(),
            group: self.group,
        }
    }

    /// Waits until it has ended by itself. Safe to cancel.
    pub(crate) async fn exited(&mut self) -> ExitStatus {
        self.child.wait().await.unwrap_or_default()
    }

    /// Whether it has ended; asks the kernel.
    pub(crate) fn has_exited(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// Kills it and everything that it started, waits for it, removes its folder.
    pub(crate) async fn end(mut self) {
        self.kill_group();
        let _ = self.child.wait().await;
        self.is_ended = true;
        let (pid, marker) = (self.group, std::mem::take(&mut self.marker));
        let directory = std::mem::take(&mut self.private_directory);
        let cleaning = tokio::task::spawn_blocking(move || {
            sweep::kill_marked(&marker, Some(pid));
            remove(&directory);
        });
        let _ = cleaning.await;
    }

    fn kill_group(&self) {
        // Fails only when nobody is left.
        let _ = killpg(self.group, Signal::SIGKILL);
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if !self.is_ended {
            self.kill_group();
            remove(&self.private_directory);
        }
    }
}

fn remove(directory: &Path) {
    if let Err(error) = std::fs::remove_dir_all(directory)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(%error, directory = %directory.display(), "worker folder stays behind");
    }
}
