//! One worker process, what guards it, and its folder.

use super::cgroup::{Group, Limits};
use super::child::Child;
use super::watch::{self, Brake, Subject, Watched};
use super::{Assignment, Dialer, Isolation, Owner, Plan, Purpose, Spawner, report, sweep};
use crate::limits::{LAUNCH_TIMEOUT, NAMESPACE_END_TIMEOUT};
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use std::io::{self, PipeWriter};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::Arc;
use tokio::net::UnixStream;
use tokio::sync::Mutex;

/// What to start, and with what.
pub(crate) struct Launch {
    pub(crate) plan: Plan,
    pub(crate) limits: Limits,
    /// Removed when the process has ended.
    pub(crate) private_directory: PathBuf,
    /// `NAME=value`, one of them in the environment of each process of this worker, and of no
    /// other.
    pub(crate) markers: Vec<String>,
    pub(crate) wire: OwnedFd,
    pub(crate) output: PipeWriter,
}

/// What Crossway has of programs that run beside the function.
#[derive(Debug)]
pub(crate) struct CompanionEnds {
    /// What becomes of them and of the function, line by line.
    pub(crate) reports: OwnedFd,
    /// A byte here begins the function.
    pub(crate) gate: OwnedFd,
    /// What they print.
    pub(crate) output: OwnedFd,
}

/// A worker process. Dropping it kills it; [`Process::end`] does so thoroughly.
#[derive(Debug)]
pub(crate) struct Process {
    /// The launcher, which is the function's guardian or has become the function.
    child: Child,
    launcher: Pid,
    function: Pid,
    /// Closed, it ends a namespace with all that is in it.
    control: Option<Arc<UnixStream>>,
    level: Isolation,
    markers: Vec<String>,
    private_directory: PathBuf,
    sockets: Vec<OwnedFd>,
    companions: Option<CompanionEnds>,
    watched: Option<Watched>,
    limits: Limits,
    /// After `watched`, which holds it too: the last of them ends what is in it.
    group: Option<Arc<Group>>,
    is_ended: bool,
}

impl Process {
    /// Starts it; it is the function's own, or about to be, when this returns.
    pub(crate) async fn start(spawner: &Spawner, mut launch: Launch) -> io::Result<Self> {
        let (control, theirs) = UnixStream::pair()?;
        let theirs = theirs.into_std()?;
        theirs.set_nonblocking(false)?;
        let child = spawner
            .spawn([launch.wire, launch.output.into(), theirs.into()])
            .await?;
        let launcher = child.pid();
        let mut process = Self {
            child,
            launcher,
            function: launcher,
            control: Some(Arc::new(control)),
            level: launch.plan.level,
            markers: launch.markers,
            private_directory: launch.private_directory,
            sockets: Vec::new(),
            companions: None,
            watched: None,
            limits: launch.limits,
            group: None,
            is_ended: false,
        };
        let limits = launch.limits;
        let starting = process.launch(spawner, limits, &mut launch.plan);
        let started = tokio::time::timeout(LAUNCH_TIMEOUT, starting).await;
        match started.unwrap_or_else(|_| Err(io::Error::other("the launcher does not answer"))) {
            Ok(function) => {
                process.function = function;
                if launch.plan.purpose != Purpose::Spare {
                    process.watched = Some(spawner.watch(process.subject(limits.memory_mb)));
                }
                Ok(process)
            }
            Err(error) => {
                process.end().await;
                Err(error)
            }
        }
    }

    /// Gives a spare worker its function's limits and files, and looks at it from now on.
    ///
    /// # Errors
    /// The kernel refuses something; the worker is of no use then.
    pub(crate) async fn assign(
        &mut self,
        spawner: &Spawner,
        limits: Limits,
        assignment: &Assignment,
    ) -> io::Result<()> {
        let gone = || io::Error::other("the worker has ended");
        if let Some(group) = self.group.clone().filter(|_| limits != self.limits) {
            spawner.limit(group, limits).await?;
        }
        self.limits = limits;
        let control = Arc::clone(self.control.as_ref().ok_or_else(gone)?);
        let told = async {
            let words = [&[watch::ASSIGN], assignment.encode().as_slice()].concat();
            report::send(&control, &words).await?;
            report::receive(&control).await
        };
        let (line, _) = tokio::time::timeout(LAUNCH_TIMEOUT, told)
            .await
            .unwrap_or_else(|_| Err(gone()))?;
        match line.trim_end() {
            "ok" => {}
            "" => return Err(gone()),
            refused => {
                return Err(io::Error::other(
                    refused.trim_start_matches("no ").to_owned(),
                ));
            }
        }
        self.watched = Some(spawner.watch(self.subject(limits.memory_mb)));
        Ok(())
    }

    /// Bounds the launcher, then tells it what to do: all that it starts is bounded as well.
    async fn launch(
        &mut self,
        spawner: &Spawner,
        limits: Limits,
        plan: &mut Plan,
    ) -> io::Result<Pid> {
        let name = self.private_directory.file_name().unwrap_or_default();
        let name = name.to_string_lossy().into_owned();
        self.group = spawner.hold(name, limits, self.launcher).await?;
        let group = self.group.as_ref();
        plan.entrances = group.map(|group| group.entrances()).unwrap_or_default();
        self.instruct(plan).await
    }

    /// Tells the launcher what to do and hears what came of it: the function's process id.
    async fn instruct(&mut self, plan: &Plan) -> io::Result<Pid> {
        let gone = || io::Error::other("the launcher has ended");
        let control = self.control.as_ref().ok_or_else(gone)?;
        report::send(control, &plan.encode()).await?;
        let (line, sockets) = report::receive(control).await?;
        self.sockets = sockets;
        if !plan.companions.programs.is_empty() {
            // They come last.
            let mut last = || self.sockets.pop();
            if let (Some(output), Some(gate), Some(reports)) = (last(), last(), last()) {
                self.companions = Some(CompanionEnds {
                    reports,
                    gate,
                    output,
                });
            }
        }
        if let Some(rest) = line.strip_prefix("ok ") {
            let pid = rest.split(' ').next().and_then(|pid| pid.parse().ok());
            return pid.map(Pid::from_raw).ok_or_else(gone);
        }
        match line.trim_end().strip_prefix("no ") {
            Some(reason) => Err(io::Error::other(reason.to_owned())),
            None => Err(gone()),
        }
    }

    /// The function's process id.
    pub(crate) fn pid(&self) -> Pid {
        self.function
    }

    /// What the launcher listens on in the worker's own network, in the order of
    /// [`Doorways`](super::Doorways).
    pub(crate) fn take_sockets(&mut self) -> Vec<OwnedFd> {
        std::mem::take(&mut self.sockets)
    }

    /// The way to ports inside of it; `is_apart` where it has a network of its own.
    pub(crate) fn dialer(&self, is_apart: bool) -> Dialer {
        match &self.control {
            Some(control) if is_apart => Dialer::Inside(Mutex::new(Arc::downgrade(control))),
            _ => Dialer::Host(self.owner()),
        }
    }

    /// What there is of the programs beside the function, where the plan had some.
    pub(crate) fn take_companions(&mut self) -> Option<CompanionEnds> {
        self.companions.take()
    }

    /// From here on its processes have one of these in their environment.
    pub(crate) fn know_by(&mut self, markers: Vec<String>) {
        self.markers = markers;
    }

    /// Asks the function to end.
    pub(crate) fn terminate(&self) {
        let _ = kill(self.function, Signal::SIGTERM);
    }

    fn subject(&self, memory_mb: u32) -> Subject {
        Subject {
            launcher: self.launcher,
            function: self.function,
            memory_mb,
            group: self.group.clone(),
            brake: match (self.level, &self.control) {
                (Isolation::Container, Some(control)) => Brake::Init(Arc::clone(control)),
                _ => Brake::Group(self.launcher),
            },
        }
    }

    /// Its start is over: it gets its whole share of the processors.
    pub(crate) fn settle(&mut self) {
        if let Some(group) = &self.group {
            Spawner::speed_up(Arc::clone(group), self.limits);
        }
    }

    /// An idle worker is stopped soon, and goes on when it is no longer idle.
    pub(crate) fn set_idle(&self, is_idle: bool) {
        if let Some(watched) = &self.watched {
            watched.set_idle(is_idle);
        }
    }

    /// Whether it, or a process of its, was killed for want of memory.
    pub(crate) fn ran_out_of_memory(&self) -> bool {
        let was_over = self.watched.as_ref().is_some_and(Watched::was_over);
        was_over
            || self
                .group
                .as_ref()
                .is_some_and(|group| group.ran_out_of_memory())
    }

    /// Which processes are its own.
    pub(crate) fn owner(&self) -> Owner {
        Owner {
            markers: self.markers.clone(),
            group: self.process_group(),
        }
    }

    /// The function's process group; below level `container` that of all that is started with it.
    fn process_group(&self) -> Pid {
        match self.level {
            Isolation::Container => self.function,
            Isolation::Hardened | Isolation::Process => self.launcher,
        }
    }

    /// Waits until it has ended by itself. Safe to cancel.
    pub(crate) async fn exited(&mut self) -> ExitStatus {
        self.child.wait().await
    }

    /// Whether it has ended; asks the kernel.
    pub(crate) fn has_exited(&mut self) -> bool {
        self.child.try_wait().is_some()
    }

    /// Kills it and everything that it started, waits for it, removes its folder.
    pub(crate) async fn end(mut self) {
        // It holds the control socket too.
        self.watched = None;
        if self.level == Isolation::Container {
            // Init hears it and goes, the kernel kills the rest, then the guardian ends: so when
            // that one is gone, all are.
            self.control = None;
            let gone = tokio::time::timeout(NAMESPACE_END_TIMEOUT, self.child.wait()).await;
            if gone.is_err() {
                tracing::warn!(launcher = %self.launcher, "a worker's namespace does not end");
            }
        }
        self.kill_group();
        let _ = self.child.wait().await;
        self.is_ended = true;
        let (pid, markers) = (self.process_group(), std::mem::take(&mut self.markers));
        let (level, directory) = (self.level, std::mem::take(&mut self.private_directory));
        let group = self.group.take();
        let cleaning = tokio::task::spawn_blocking(move || {
            if level != Isolation::Container {
                sweep::kill_marked(&markers, Some(pid));
            }
            drop(group);
            remove(&directory);
        });
        let _ = cleaning.await;
    }

    fn kill_group(&self) {
        // Fails only when nobody is left. Once waited for, the number may be another's.
        if !self.child.is_over() || self.level != Isolation::Container {
            let _ = killpg(self.launcher, Signal::SIGKILL);
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if !self.is_ended {
            self.watched = None;
            self.control = None;
            self.kill_group();
            self.group = None;
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
