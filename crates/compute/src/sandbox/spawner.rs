//! The one thread that starts workers.
//!
//! A worker asks the kernel to be killed when its parent ends, and by "parent" the kernel means
//! the thread that started it. So that thread must live as long as Crossway does; threads of the
//! async runtime need not.

use super::cgroup::{Cgroups, Group, Limits};
use super::child::Child;
use super::launcher;
use super::origin::{Ends, Origin};
use super::watch::{Subject, Watch, Watched};
use nix::unistd::Pid;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

struct Job {
    ends: Ends,
    runtime: Handle,
    reply: oneshot::Sender<io::Result<Child>>,
}

/// Hands jobs to the spawner thread, which ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Spawner {
    jobs: mpsc::Sender<Job>,
    cgroups: Option<Arc<Cgroups>>,
    watch: Watch,
}

impl Spawner {
    /// Starts the thread. `program` is one whose `main` begins with
    /// [`launch_if_asked`](crate::launch_if_asked); each worker gets one of `cgroups`.
    pub(crate) fn start(program: PathBuf, cgroups: Option<Cgroups>) -> io::Result<Self> {
        let (jobs, queue) = mpsc::channel::<Job>();
        let copied = program;
        let serve = move || {
            let mut origin = None;
            while let Ok(job) = queue.recv() {
                let _guard = job.runtime.enter();
                let started = start(&copied, &mut origin, &job.ends);
                let _ = job.reply.send(started);
            }
        };
        std::thread::Builder::new()
            .name("spawner".to_owned())
            .spawn(serve)?;
        Ok(Self {
            jobs,
            cgroups: cgroups.map(Arc::new),
            watch: Watch::start()?,
        })
    }

    /// A control group of its own for a process, which is put into it unless it can enter by itself;
    /// none where this host has none.
    pub(super) async fn hold(
        &self,
        name: String,
        limits: Limits,
        pid: Pid,
    ) -> io::Result<Option<Arc<Group>>> {
        let Some(cgroups) = self.cgroups.clone() else {
            return Ok(None);
        };
        // The kernel may make who writes here wait for all its processors.
        let holding = tokio::task::spawn_blocking(move || {
            let group = cgroups.group(&name, limits)?;
            if group.entrances().is_empty() {
                group.admit(pid)?;
            }
            Ok(Some(Arc::new(group)))
        });
        holding
            .await
            .unwrap_or_else(|error| Err(io::Error::other(error)))
    }

    /// No worker is started any more: gives up the folder of their control groups.
    pub(crate) fn leave(&self) {
        if let Some(cgroups) = &self.cgroups {
            cgroups.leave();
        }
    }

    /// Gives a group other limits.
    pub(super) async fn limit(&self, group: Arc<Group>, limits: Limits) -> io::Result<()> {
        tokio::task::spawn_blocking(move || group.limit(limits))
            .await
            .unwrap_or_else(|error| Err(io::Error::other(error)))
    }

    /// Gives a group its whole share of the processors, soon.
    pub(super) fn speed_up(group: Arc<Group>, limits: Limits) {
        tokio::task::spawn_blocking(move || {
            if let Err(error) = group.speed_up(limits) {
                tracing::warn!(%error, "a worker keeps the share of a starting one");
            }
        });
    }

    /// Has a worker looked at until the answer is dropped.
    pub(super) fn watch(&self, subject: Subject) -> Watched {
        self.watch.add(subject)
    }

    /// Starts a launcher with these as its standard input, output and error.
    pub(super) async fn spawn(&self, ends: Ends) -> io::Result<Child> {
        let (reply, answer) = oneshot::channel();
        let job = Job {
            ends,
            runtime: Handle::current(),
            reply,
        };
        let gone = || io::Error::other("the spawner thread has ended");
        self.jobs.send(job).map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }
}

/// A copy of `origin`, which is started when there is none, or none any more.
fn start(program: &Path, origin: &mut Option<Origin>, ends: &Ends) -> io::Result<Child> {
    let copy = |origin: &Origin| {
        let (pid, handle) = origin.copy(ends)?;
        Child::new(pid, handle)
    };
    if let Some(Ok(child)) = origin.as_ref().map(copy) {
        return Ok(child);
    }
    copy(origin.insert(Origin::start(program)?))
}

/// `program` as a launcher: with nothing of ours in its environment, and no folder of ours as its
/// working directory.
pub(super) fn command(program: &Path) -> std::process::Command {
    use std::os::unix::process::CommandExt;
    let mut command = std::process::Command::new(program);
    command
        .arg0(launcher::NAME)
        .env_clear()
        .current_dir("/")
        .process_group(0);
    command
}
