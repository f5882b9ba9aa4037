//! A process of ours that the launcher's origin made.

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};
use nix::unistd::Pid;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// A child process. Dropping it kills it.
#[derive(Debug)]
pub(super) struct Child {
    pid: Pid,
    /// What the kernel calls a process whose number may be another's later; readable at its end.
    handle: AsyncFd<OwnedFd>,
    status: Option<ExitStatus>,
}

impl Child {
    /// A child of this process; to be called inside of a runtime.
    pub(super) fn new(pid: Pid, handle: OwnedFd) -> io::Result<Self> {
        // SAFETY: it is owned by what is registered, which is dropped with the registration.
        let handle = unsafe { AsyncFd::register_with_interest(handle, Interest::READABLE) };
        Ok(Self {
            pid,
            handle: handle?,
            status: None,
        })
    }

    pub(super) fn pid(&self) -> Pid {
        self.pid
    }

    /// Whether it has ended and its number may be another's.
    pub(super) fn is_over(&self) -> bool {
        self.status.is_some()
    }

    /// Waits for its end. Safe to cancel.
    pub(super) async fn wait(&mut self) -> ExitStatus {
        loop {
            if let Some(status) = self.try_wait() {
                return status;
            }
            let Ok(mut ready) = self.handle.readable().await else {
                // The runtime ends.
                return ExitStatus::default();
            };
            if is_running(self.handle.get_ref()) {
                ready.clear_ready();
            }
        }
    }

    /// How it ended, if it has; asks the kernel.
    pub(super) fn try_wait(&mut self) -> Option<ExitStatus> {
        if self.status.is_none() {
            let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG;
            self.status = match waitid(Id::PIDFd(self.handle.get_ref().as_fd()), flags) {
                Ok(WaitStatus::Exited(_, code)) => Some(ExitStatus::from_raw((code & 0xff) << 8)),
                Ok(WaitStatus::Signaled(_, signal, _)) => Some(ExitStatus::from_raw(signal as i32)),
                Ok(_) => None,
                Err(_) => Some(ExitStatus::default()),
            };
        }
        self.status
    }
}

fn is_running(handle: &OwnedFd) -> bool {
    let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
    waitid(Id::PIDFd(handle.as_fd()), flags) == Ok(WaitStatus::StillAlive)
}

impl Drop for Child {
    fn drop(&mut self) {
        if self.try_wait().is_some() {
            return;
        }
        let _ = kill(self.pid, Signal::SIGKILL);
        // Somebody has to take note of its end; a moment later, when it is over.
        let Ok(handle) = self.handle.get_ref().try_clone() else {
            return;
        };
        let reap = move || waitid(Id::PIDFd(handle.as_fd()), WaitPidFlag::WEXITED);
        let _ = std::thread::Builder::new().spawn(reap);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::os::fd::FromRawFd;
    use std::process::Command;

    fn child(program: &str, arguments: &[&str]) -> Child {
        // Reaped by what is tested.
        #[expect(clippy::zombie_processes)]
        let started = Command::new(program).args(arguments).spawn().unwrap();
        let pid = i32::try_from(started.id()).unwrap();
        // SAFETY: no pointer is passed; the kernel makes a descriptor for us.
        let handle = unsafe {
            let fd = libc::syscall(libc::SYS_pidfd_open, pid, 0);
            OwnedFd::from_raw_fd(i32::try_from(fd).unwrap())
        };
        Child::new(Pid::from_raw(pid), handle).unwrap()
    }

    #[tokio::test]
    async fn how_it_ended_is_told_as_often_as_it_is_asked() {
        let mut exits = child("/bin/sh", &["-c", "exit 7"]);
        assert_eq!(exits.wait().await.code(), Some(7));
        assert_eq!(exits.wait().await.code(), Some(7));
        let mut dies = child("/bin/sh", &["-c", "kill -9 $$"]);
        assert_eq!(dies.wait().await.signal(), Some(9));
        assert!(dies.is_over());
    }

    #[tokio::test]
    async fn dropped_it_is_killed_and_no_zombie_stays() {
        let mut sleeps = child("/bin/sleep", &["1000"]);
        assert_eq!(sleeps.try_wait(), None);
        let pid = sleeps.pid();
        drop(sleeps);
        let gone = async {
            while kill(pid, None).is_ok() {
                tokio::task::yield_now().await;
            }
        };
        let limit = std::time::Duration::from_secs(60);
        assert!(tokio::time::timeout(limit, gone).await.is_ok());
    }
}
