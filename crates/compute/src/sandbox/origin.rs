//! The launcher that all launchers are copies of, as Crossway sees it.
//!
//! A copy has no program to load: that takes 2 ms, and 1.6 MB of each worker's memory, which copies
//! share. It is nevertheless Crossway's own child.

use super::launcher::ORIGIN;
use super::spawner::command;
use nix::sys::socket::{ControlMessage, ControlMessageOwned, MsgFlags, recvmsg, sendmsg};
use nix::unistd::{Pid, setpgid};
use std::io::{self, IoSlice, IoSliceMut};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Stdio};

/// Standard input, output and error of a launcher.
pub(super) type Ends = [OwnedFd; 3];

/// The longest answer: a process's number, or why there is none.
const ANSWER_BYTES_MAX: usize = 64;

/// A running origin; dropped, it ends.
#[derive(Debug)]
pub(super) struct Origin {
    control: UnixStream,
    process: Child,
}

impl Origin {
    /// Starts it. It ends with this thread.
    pub(super) fn start(program: &Path) -> io::Result<Self> {
        let (control, theirs) = UnixStream::pair()?;
        let process = command(program)
            .arg(ORIGIN)
            .stdin(OwnedFd::from(theirs))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Self { control, process })
    }

    /// A copy of it as a launcher with these ends, and what the kernel calls it.
    ///
    /// # Errors
    /// It is gone, or the kernel has no room for another process.
    pub(super) fn copy(&self, ends: &Ends) -> io::Result<(Pid, OwnedFd)> {
        let control = self.control.as_raw_fd();
        let numbers = ends.each_ref().map(AsRawFd::as_raw_fd);
        let rights = [ControlMessage::ScmRights(&numbers)];
        // No signal when it is gone.
        let flags = MsgFlags::MSG_NOSIGNAL;
        sendmsg::<()>(control, &[IoSlice::new(b"+")], &rights, flags, None)?;
        let (text, handle) = self.answer()?;
        let pid = text.trim_end().parse().map(Pid::from_raw);
        match (pid, handle) {
            (Ok(pid), Some(handle)) => {
                // It does so too; whoever of us comes first.
                let _ = setpgid(pid, pid);
                Ok((pid, handle))
            }
            _ if text.is_empty() => Err(io::Error::other("the launchers' origin has ended")),
            _ => Err(io::Error::other(text)),
        }
    }

    fn answer(&self) -> io::Result<(String, Option<OwnedFd>)> {
        let mut bytes = [0u8; ANSWER_BYTES_MAX];
        let mut space = nix::cmsg_space!(RawFd);
        let mut words = [IoSliceMut::new(&mut bytes)];
        let flags = MsgFlags::MSG_CMSG_CLOEXEC;
        let control = self.control.as_raw_fd();
        let message = recvmsg::<()>(control, &mut words, Some(&mut space), flags)?;
        let mut handle = None;
        for rights in message.cmsgs()? {
            if let ControlMessageOwned::ScmRights(numbers) = rights {
                for number in numbers {
                    // SAFETY: the kernel has just made it for us, and told nobody else.
                    handle = Some(unsafe { OwnedFd::from_raw_fd(number) });
                }
            }
        }
        let length = message.bytes;
        let text = bytes.get(..length).unwrap_or_default();
        Ok((String::from_utf8_lossy(text).into_owned(), handle))
    }
}

impl Drop for Origin {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
