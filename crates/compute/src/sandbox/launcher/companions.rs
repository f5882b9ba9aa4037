//! Programs beside the function, in the same sandbox: its external extensions.
//!
//! They start before the function, which is ready to begin but waits at a gate until Crossway opens
//! it. Crossway gets three descriptors for them: what becomes of the programs (`launch NUMBER
//! ERRNO` when one cannot be executed, `end NUMBER STATUS` when one has ended, `function STATUS`),
//! the gate, and what they print. The guardian stays until all of them have ended, because those
//! that are left when the function ends are told so, and have some time.

use super::{Doing, EXIT_CANNOT_START, Refused, WIRE_FD};
use crate::sandbox::Plan;
use nix::errno::Errno;
use nix::sys::signal::{SigHandler, Signal, signal};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, fork};
use std::convert::Infallible;
use std::ffi::CString;
use std::io::{PipeReader, PipeWriter, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// The programs that were started, and the gate at which the function waits.
pub(super) struct Running {
    reports: PipeWriter,
    gate: Gate,
    programs: Vec<Pid>,
}

/// Opened by one byte; its end without one means that there will be no function.
pub(super) struct Gate(PipeReader);

impl Gate {
    /// Waits until it is open; false when it never will be.
    pub(super) fn pass(mut self) -> bool {
        self.0.read_exact(&mut [0u8]).is_ok()
    }
}

/// Starts the plan's companions, none for most functions. Also gives the descriptors that are
/// Crossway's.
pub(super) fn start(
    plan: &Plan,
    restrict: impl Fn(&Plan) -> Result<String, Refused>,
) -> Result<(Option<Running>, Vec<OwnedFd>), Refused> {
    if plan.companions.programs.is_empty() {
        return Ok((None, Vec::new()));
    }
    let (reported, reports) = std::io::pipe().doing("pipe")?;
    let (gate, opener) = std::io::pipe().doing("pipe")?;
    let (printed, output) = std::io::pipe().doing("pipe")?;
    let mut programs = Vec::new();
    for (number, program) in plan.companions.programs.iter().enumerate() {
        // SAFETY: the launcher has one thread.
        match unsafe { fork() }.doing("fork")? {
            ForkResult::Parent { child } => programs.push(child),
            ForkResult::Child => {
                let error = become_companion(plan, program, &restrict, &output);
                let _ = reports.try_clone().and_then(|mut reports| {
                    reports.write_all(format!("launch {number} {error}\n").as_bytes())
                });
                std::process::exit(EXIT_CANNOT_START);
            }
        }
    }
    let running = Running {
        reports,
        gate: Gate(gate),
        programs,
    };
    Ok((
        Some(running),
        vec![reported.into(), opener.into(), printed.into()],
    ))
}

/// Executes a program; returns only the number of what went wrong, 0 for a refused restriction.
fn become_companion(
    plan: &Plan,
    program: &Path,
    restrict: impl Fn(&Plan) -> Result<String, Refused>,
    output: &PipeWriter,
) -> i32 {
    // The function's alone.
    let _ = nix::unistd::close(WIRE_FD);
    let arranged = nix::unistd::dup2_stdout(output).and_then(|()| nix::unistd::dup2_stderr(output));
    if let Err(refused) = arranged.doing("dup2").and_then(|()| restrict(plan)) {
        let _ = nix::unistd::write(output, format!("{refused}\n").as_bytes());
        return 0;
    }
    match execute(plan, program) {
        Ok(never) => match never {},
        Err(error) => error as i32,
    }
}

/// Not as std does it, which takes what is no program for a shell's script: AWS does not.
fn execute(plan: &Plan, program: &Path) -> Result<Infallible, Errno> {
    // UNVERIFIED: AWS's working directory of an extension; `pwd` in one would settle it.
    nix::unistd::chdir("/")?;
    // SAFETY: sets no handler of ours. The launcher ignores it, as all programs of std do.
    unsafe { signal(Signal::SIGPIPE, SigHandler::SigDfl) }?;
    let text = |bytes: Vec<u8>| CString::new(bytes).map_err(|_| Errno::EINVAL);
    let path = text(program.as_os_str().as_bytes().to_vec())?;
    let variables = plan.companions.variables.iter();
    let variables: Vec<CString> = variables
        .map(|(name, value)| text([name.as_bytes(), b"=", value.as_bytes()].concat()))
        .collect::<Result<_, Errno>>()?;
    nix::unistd::execve(&path, &[&path], &variables)
}

impl Running {
    /// For the function's process: the gate at which it waits.
    pub(super) fn into_gate(self) -> Gate {
        self.gate
    }

    /// Reports every end until all have come to theirs; gives the function's.
    pub(super) fn follow(self, function: Pid) -> Result<WaitStatus, Errno> {
        let Self {
            mut reports,
            gate,
            programs,
        } = self;
        drop(gate);
        let mut left = programs.len() + 1;
        let mut ended = Err(Errno::ECHILD);
        while left > 0 {
            let status = match waitpid(None, None) {
                Err(Errno::EINTR) => continue,
                // Nobody is left, whoever is missing.
                Err(_) => break,
                Ok(status) => status,
            };
            let (Some(pid), Some(raw)) = (status.pid(), raw(status)) else {
                continue;
            };
            let line = if pid == function {
                ended = Ok(status);
                format!("function {raw}\n")
            } else if let Some(number) = programs.iter().position(|program| *program == pid) {
                format!("end {number} {raw}\n")
            } else {
                continue;
            };
            left -= 1;
            // Crossway may have let go.
            let _ = reports.write_all(line.as_bytes());
        }
        ended
    }
}

/// As `wait` gives it to a C program.
fn raw(status: WaitStatus) -> Option<i32> {
    match status {
        WaitStatus::Exited(_, code) => Some(code << 8),
        WaitStatus::Signaled(_, signal, _) => Some(signal as i32),
        _ => None,
    }
}
