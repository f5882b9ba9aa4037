//! The launcher: this very program, started again for one worker, single-threaded.
//!
//! It gets the worker's wire as standard input, its output as standard output and a control socket
//! as standard error. It reads a [`Plan`] from the control socket, puts the isolation in force,
//! says `ok PID NOTE` or `no REASON`, and becomes the function, or its guardian. What cannot be put
//! in force ends the launcher: a function never runs with less than was planned.
//!
//! A program of its own rather than code between fork and exec, because there a threaded program
//! may not even allocate.

mod capabilities;
mod companions;
mod container;
mod denied;
mod files;
mod landlock;
mod namespaces;
mod network;
mod origin;
mod resources;
mod seccomp;
mod spare;

pub(crate) use network::RUNTIME_API;

use super::{Isolation, Plan, Purpose, close_inherited_descriptors};
use nix::sys::prctl;
use nix::sys::signal::Signal;
use nix::sys::stat::{Mode, umask};
use nix::unistd::{ForkResult, fork};
use std::ffi::OsStr;
use std::fs::File;
use std::io::Write;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

/// The name under which the program takes itself for the launcher.
pub(crate) const NAME: &str = "crossway-launcher";

/// The argument by which it is the one that others are copies of.
pub(super) const ORIGIN: &str = "origin";

/// The wire, as our own runtimes expect it.
const WIRE_FD: i32 = 3;

/// What a shell answers for a program that cannot be started.
const EXIT_CANNOT_START: i32 = 126;

/// Becomes the launcher, and never returns, when the program was started as one.
///
/// To be called first of all in `main`, while there is one thread only.
pub fn launch_if_asked() {
    let mut arguments = std::env::args_os();
    if arguments.next().as_deref() == Some(OsStr::new(NAME)) {
        let is_origin = arguments.next().as_deref() == Some(OsStr::new(ORIGIN));
        std::process::exit(if is_origin { origin::serve() } else { run() });
    }
}

/// Name and number of every system call that is denied from level `hardened` on, whatever its
/// arguments.
pub fn denied_system_calls() -> Vec<(&'static str, i64)> {
    denied::DENIED.to_vec()
}

/// What goes wrong, in words for the operator.
type Refused = String;

/// Says what was being done when the kernel refused.
trait Doing<T> {
    fn doing(self, what: impl std::fmt::Display) -> Result<T, Refused>;
}

impl<T, E: std::fmt::Display> Doing<T> for Result<T, E> {
    fn doing(self, what: impl std::fmt::Display) -> Result<T, Refused> {
        self.map_err(|error| format!("{what}: {error}"))
    }
}

/// The descriptors of one worker.
struct Ends {
    wire: OwnedFd,
    control: File,
}

fn run() -> i32 {
    // Set before the plan is read: if Crossway is gone by then, reading finds the end.
    let _ = prctl::set_pdeathsig(Signal::SIGKILL);
    close_inherited_descriptors();
    umask(Mode::from_bits_truncate(0o022));
    let Ok(ends) = arrange() else {
        return EXIT_CANNOT_START;
    };
    let Ok(plan) = Plan::receive(&ends.control) else {
        return EXIT_CANNOT_START;
    };
    let Ok(mut voice) = ends.control.try_clone() else {
        return EXIT_CANNOT_START;
    };
    let ran = enter_groups(&plan).and_then(|()| match plan.level {
        Isolation::Container => container::run(&plan, ends),
        Isolation::Hardened | Isolation::Process if plan.companions.programs.is_empty() => {
            Err(directly(&plan, ends))
        }
        Isolation::Hardened | Isolation::Process => accompanied(&plan, ends),
    });
    let refused = match ran {
        Ok(code) => return code,
        Err(refused) => refused,
    };
    let _ = writeln!(voice, "no {}", refused.replace('\n', " "));
    EXIT_CANNOT_START
}

/// Moves itself into the worker's control groups, with all that it will start.
fn enter_groups(plan: &Plan) -> Result<(), Refused> {
    let mut entrances = plan.entrances.iter();
    entrances
        .try_for_each(|entrance| std::fs::write(entrance, "0").doing("entering a control group"))
}

/// Moves the wire to its place and the control socket out of the function's reach.
fn arrange() -> std::io::Result<Ends> {
    let wire = nix::unistd::dup(std::io::stdin())?;
    if wire.as_raw_fd() != WIRE_FD {
        return Err(std::io::Error::other("descriptor 3 is taken"));
    }
    // Closed on exec, as all clones are that std makes.
    let control = File::from(std::io::stderr().as_fd().try_clone_to_owned()?);
    nix::unistd::dup2_stderr(std::io::stdout())?;
    nix::unistd::dup2_stdin(File::open("/dev/null")?)?;
    Ok(Ends { wire, control })
}

/// Levels without a guardian: what holds each of their processes.
fn restrict(plan: &Plan) -> Result<String, Refused> {
    // As the launcher itself, whose child this may be.
    prctl::set_pdeathsig(Signal::SIGKILL).doing("pdeathsig")?;
    resources::limit(plan.level)?;
    prctl::set_no_new_privs().doing("no_new_privs")?;
    if plan.level == Isolation::Process {
        return Ok("none".to_owned());
    }
    capabilities::drop_bounds()?;
    capabilities::drop_all()?;
    let landlock = landlock::restrict(plan)?;
    if landlock == "none" {
        return Err("this kernel has no Landlock".to_owned());
    }
    seccomp::restrict()?;
    Ok(landlock)
}

/// The same with companions: this process stays and guards. All are in its process group.
fn accompanied(plan: &Plan, ends: Ends) -> Result<i32, Refused> {
    let (running, sockets) = companions::start(plan, restrict)?;
    let control = ends.control.try_clone().doing("control")?;
    // SAFETY: the launcher has one thread.
    let function = match unsafe { fork() }.doing("fork")? {
        ForkResult::Parent { child } => child,
        ForkResult::Child => {
            drop((control, sockets));
            let gate = running.map(companions::Running::into_gate);
            let refused = match restrict(plan) {
                Ok(_) if gate.is_none_or(companions::Gate::pass) => {
                    become_function(plan, ends.wire)
                }
                Ok(_) => String::new(),
                Err(refused) => refused,
            };
            let _ = nix::unistd::write(std::io::stderr(), refused.as_bytes());
            std::process::exit(EXIT_CANNOT_START);
        }
    };
    drop(ends);
    container::silence()?;
    let told = format!("ok {function} none\n");
    network::hand_over(control.as_raw_fd(), &told, &sockets)?;
    drop((control, sockets));
    let status = match running {
        Some(running) => running.follow(function),
        None => Err(nix::errno::Errno::ECHILD),
    };
    Ok(container::end_as(status))
}

/// Levels without a guardian: this process becomes the function. Returns only what went wrong.
fn directly(plan: &Plan, mut ends: Ends) -> Refused {
    match restrict(plan) {
        Ok(landlock) => {
            let _ = writeln!(ends.control, "ok {} {landlock}", std::process::id());
            become_function(plan, ends.wire)
        }
        Err(refused) => refused,
    }
}

/// Executes the function, or ends a probe; returns only what went wrong.
fn become_function(plan: &Plan, wire: OwnedFd) -> Refused {
    if plan.purpose == Purpose::Probe {
        return match check(plan) {
            Ok(()) => std::process::exit(0),
            Err(refused) => refused,
        };
    }
    // The function has it from here on.
    std::mem::forget(wire);
    let error = Command::new(&plan.program)
        .args(&plan.arguments)
        .env_clear()
        .envs(plan.variables.iter().map(|(name, value)| (name, value)))
        .current_dir(&plan.working_directory)
        .stdin(Stdio::null())
        .exec();
    // To the function's log: the program is the function's.
    let text = format!("cannot start {}: {error}\n", plan.program.display());
    let _ = nix::unistd::write(std::io::stderr(), text.as_bytes());
    std::process::exit(EXIT_CANNOT_START)
}

/// Tries from inside whether what was put in force is in force.
fn check(plan: &Plan) -> Result<(), Refused> {
    let file = plan.temporary.join("probe");
    std::fs::write(&file, "probe")
        .and_then(|()| std::fs::remove_file(&file))
        .doing("writing to the temporary folder")?;
    if plan.level == Isolation::Process {
        return Ok(());
    }
    if nix::sched::unshare(nix::sched::CloneFlags::CLONE_NEWUSER).is_ok() {
        return Err("denied system calls are not denied".to_owned());
    }
    if File::create("/var/probe").is_ok() {
        return Err("files outside the temporary folder can be written".to_owned());
    }
    Ok(())
}
