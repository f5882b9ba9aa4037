//! The launcher that copies itself for each worker, and has none itself.
//!
//! A copy is a child of Crossway, not of this process: Crossway hears of its end, and it hears of
//! Crossway's.

use super::{Doing, EXIT_CANNOT_START, Refused, network, run};
use crate::sandbox::close_inherited_descriptors;
use crate::sandbox::scheduling::let_run_who_runs;
use nix::errno::Errno;
use nix::sys::prctl;
use nix::sys::signal::Signal;
use nix::sys::socket::{ControlMessageOwned, MsgFlags, recvmsg};
use nix::unistd::{Pid, dup2_stderr, dup2_stdin, dup2_stdout, setpgid};
use std::io::IoSliceMut;
use std::os::fd::{FromRawFd, OwnedFd, RawFd};

/// Crossway's end of the control socket is the other end of standard input.
const CONTROL_FD: RawFd = 0;

/// Makes copies until Crossway lets go; a copy's exit status is a launcher's.
pub(super) fn serve() -> i32 {
    // Set before anything is asked: if Crossway is gone by then, asking finds the end.
    let _ = prctl::set_pdeathsig(Signal::SIGKILL);
    close_inherited_descriptors();
    let_run_who_runs();
    while let Some(ends) = next() {
        let told = match copy() {
            Ok(Some((pid, handle))) => {
                network::hand_over(CONTROL_FD, &format!("{pid}\n"), &[handle])
            }
            Ok(None) => return become_launcher(ends),
            Err(refused) => network::hand_over(CONTROL_FD, &refused, &[]),
        };
        if told.is_err() {
            break;
        }
    }
    0
}

/// What the next copy is to have as standard input, output and error.
fn next() -> Option<Vec<OwnedFd>> {
    let mut byte = [0u8];
    let mut space = nix::cmsg_space!([RawFd; 3]);
    let mut words = [IoSliceMut::new(&mut byte)];
    let flags = MsgFlags::MSG_CMSG_CLOEXEC;
    let message = recvmsg::<()>(CONTROL_FD, &mut words, Some(&mut space), flags).ok()?;
    let mut ends = Vec::new();
    for rights in message.cmsgs().ok()? {
        if let ControlMessageOwned::ScmRights(numbers) = rights {
            // SAFETY: the kernel has just made these descriptors for us, and told nobody else.
            let owned = numbers
                .into_iter()
                .map(|fd| unsafe { OwnedFd::from_raw_fd(fd) });
            ends.extend(owned);
        }
    }
    (ends.len() == 3).then_some(ends)
}

/// The copy and what the kernel calls it; none in the copy itself.
fn copy() -> Result<Option<(Pid, OwnedFd)>, Refused> {
    let mut handle: RawFd = -1;
    let flags = libc::CLONE_PARENT | libc::CLONE_PIDFD | libc::SIGCHLD;
    // The older of two system calls: filters of containers know it.
    // SAFETY: this process has one thread, so its copy may do all that it may. Memory is not shared
    // and no stack is given, as in a fork. The kernel writes the descriptor where it is told, which
    // lives until the call returns.
    let pid = unsafe { libc::syscall(libc::SYS_clone, flags, 0, &raw mut handle, 0, 0) };
    match Errno::result(pid).doing("copying the launcher")? {
        0 => Ok(None),
        pid => {
            let pid = i32::try_from(pid).doing("process number")?;
            // SAFETY: the kernel has just made this descriptor for us, and told nobody else.
            Ok(Some((Pid::from_raw(pid), unsafe {
                OwnedFd::from_raw_fd(handle)
            })))
        }
    }
}

fn become_launcher(ends: Vec<OwnedFd>) -> i32 {
    let _ = setpgid(Pid::from_raw(0), Pid::from_raw(0));
    let [wire, output, control] = ends.as_slice() else {
        return EXIT_CANNOT_START;
    };
    let placed = dup2_stdin(wire)
        .and_then(|()| dup2_stdout(output))
        .and_then(|()| dup2_stderr(control));
    drop(ends);
    match placed {
        Ok(()) => run(),
        Err(_) => EXIT_CANNOT_START,
    }
}
