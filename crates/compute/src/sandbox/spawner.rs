//! The one thread that starts workers.
//!
//! A worker asks the kernel to be killed when its parent ends, and by "parent" the kernel means
//! the thread that started it. So that thread must live as long as Crossway does; threads of the
//! async runtime need not.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, OnceLock, mpsc};
use tokio::process::{Child, Command};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

struct Job {
    command: Command,
    runtime: Handle,
    reply: oneshot::Sender<io::Result<Child>>,
}

/// Hands commands to the spawner thread, which ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Spawner {
    jobs: mpsc::Sender<Job>,
    setpriv: Arc<OnceLock<Option<PathBuf>>>,
}

impl Spawner {
    /// Starts the thread.
    pub(crate) fn start() -> io::Result<Self> {
        let (jobs, queue) = mpsc::channel::<Job>();
        let setpriv = Arc::new(OnceLock::new());
        let found = Arc::clone(&setpriv);
        let serve = move || {
            // Here, because asking takes longer than all else of Crossway's start.
            found.get_or_init(find_setpriv);
            while let Ok(mut job) = queue.recv() {
                let _guard = job.runtime.enter();
                let _ = job.reply.send(job.command.spawn());
            }
        };
        std::thread::Builder::new()
            .name("spawner".to_owned())
            .spawn(serve)?;
        Ok(Self { jobs, setpriv })
    }

    /// util-linux's `setpriv`, when this host has one that knows what we ask of it.
    pub(crate) fn setpriv(&self) -> Option<&Path> {
        self.setpriv.get_or_init(find_setpriv).as_deref()
    }

    /// Starts `command`.
    pub(crate) async fn spawn(&self, command: Command) -> io::Result<Child> {
        let (reply, answer) = oneshot::channel();
        let job = Job {
            command,
            runtime: Handle::current(),
            reply,
        };
        let gone = || io::Error::other("the spawner thread has ended");
        self.jobs.send(job).map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }
}

fn find_setpriv() -> Option<PathBuf> {
    let path = ["/usr/bin/setpriv", "/bin/setpriv"]
        .map(Path::new)
        .into_iter()
        .find(|p| p.exists())?;
    let status = std::process::Command::new(path)
        .args(["--no-new-privs", "--pdeathsig", "KILL", "true"])
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    match status {
        Ok(status) if status.success() => Some(path.to_owned()),
        _ => {
            tracing::warn!(
                "no usable `setpriv`: workers end by end-of-file when Crossway is killed"
            );
            None
        }
    }
}
