//! Level `container`: a guardian outside, an init inside, the function.
//!
//! Three processes. The guardian (this one) is Crossway's child: it waits for the function and ends
//! as the function ended. Init is process 1 of the worker's pid namespace: when it goes, the kernel
//! kills everything in there, whatever sessions it started, and it goes when Crossway lets go of the
//! control socket. The function is process 2, because process 1 is deaf to its own signals, and
//! `abort` would not end it.

use super::spare::Mounts;
use super::{
    Doing, Ends, Refused, become_function, capabilities, companions, files, landlock, namespaces,
    network,
};
use super::{EXIT_CANNOT_START, resources, seccomp};
use crate::sandbox::{Assignment, Isolation, Plan, Purpose, watch};
use nix::errno::Errno;
use nix::sys::prctl;
use nix::sys::signal::{SigHandler, Signal, kill, raise, signal};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, fork, setsid};
use std::fs::File;
use std::io::{PipeReader, PipeWriter, Read, Write};
use std::os::fd::AsRawFd;

/// Starts the worker and waits for its end; gives the exit status.
pub(super) fn run(plan: &Plan, ends: Ends) -> Result<i32, Refused> {
    namespaces::enter(plan.network.is_some())?;
    let mounts = match plan.purpose {
        Purpose::Spare => Some(Mounts::keep()?),
        Purpose::Probe | Purpose::Run => None,
    };
    let mut sockets = match &plan.network {
        Some(doorways) => network::open(doorways)?,
        None => Vec::new(),
    };
    // From here on nobody may look into this process or its copy inside: they are Crossway's
    // program, not the function's. Before, the kernel would not have let us write our own maps.
    prctl::set_dumpable(false).doing("set_dumpable")?;
    let (built, mut tell_built) = pipe()?;
    // SAFETY: the launcher has one thread.
    let init = match unsafe { fork() }.doing("fork")? {
        ForkResult::Parent { child } => child,
        ForkResult::Child => {
            drop((built, ends.wire, sockets));
            let _ = tell_built.write_all(be_told(build(plan)).as_bytes());
            drop(tell_built);
            guard(ends.control, mounts);
        }
    };
    drop((tell_built, mounts));
    expect_done(built)?;
    let (running, theirs) = companions::start(plan, restrict)?;
    sockets.extend(theirs);
    let (restricted, mut tell_restricted) = pipe()?;
    // SAFETY: the launcher has one thread.
    let function = match unsafe { fork() }.doing("fork")? {
        ForkResult::Parent { child } => child,
        ForkResult::Child => {
            drop((restricted, ends.control, sockets));
            let restricting = restrict(plan);
            let is_restricted = restricting.is_ok();
            let _ = tell_restricted.write_all(be_told(restricting).as_bytes());
            drop(tell_restricted);
            let gate = running.map(companions::Running::into_gate);
            if is_restricted && gate.is_none_or(companions::Gate::pass) {
                let refused = become_function(plan, ends.wire);
                let _ = nix::unistd::write(std::io::stderr(), refused.as_bytes());
            }
            std::process::exit(EXIT_CANNOT_START);
        }
    };
    drop((tell_restricted, ends.wire));
    let landlock = expect_done(restricted)?;
    silence()?;
    let told = format!("ok {function} {landlock}\n");
    network::hand_over(ends.control.as_raw_fd(), &told, &sockets)?;
    // Init alone keeps it: its end must not depend on this process.
    drop((ends.control, sockets));
    let status = match running {
        None => wait(function),
        Some(running) => running.follow(function),
    };
    Ok(end(status, init))
}

/// Sees the whole namespace to its end, and ends as the function did.
fn end(status: Result<WaitStatus, Errno>, init: Pid) -> i32 {
    // Fails only when it has gone already.
    let _ = kill(init, Signal::SIGKILL);
    let _ = wait(init);
    end_as(status)
}

/// The exit status that tells how the function ended; none is needed when a signal did it.
pub(super) fn end_as(status: Result<WaitStatus, Errno>) -> i32 {
    match status {
        Ok(WaitStatus::Exited(_, code)) => code,
        Ok(WaitStatus::Signaled(_, number, _)) => {
            // SAFETY: sets no handler of ours.
            let _ = unsafe { signal(number, SigHandler::SigDfl) };
            let _ = raise(number);
            EXIT_CANNOT_START
        }
        _ => EXIT_CANNOT_START,
    }
}

fn wait(pid: Pid) -> Result<WaitStatus, Errno> {
    loop {
        match waitpid(pid, None) {
            Err(Errno::EINTR) => {}
            result => return result,
        }
    }
}

/// Process 1's part: the files.
fn build(plan: &Plan) -> Result<String, Refused> {
    let _ = prctl::set_pdeathsig(Signal::SIGKILL);
    // The kernel reaps what the function leaves behind.
    // SAFETY: sets no handler of ours.
    unsafe { signal(Signal::SIGCHLD, SigHandler::SigIgn) }.doing("SIGCHLD")?;
    setsid().doing("setsid")?;
    files::enter(plan)?;
    if plan.purpose != Purpose::Spare {
        // The function's user is another one than this process's when root runs Crossway.
        capabilities::keep_kill()?;
    }
    silence()?;
    Ok(String::new())
}

/// Process 1, until Crossway lets go.
fn guard(mut control: File, mut mounts: Option<Mounts>) -> ! {
    let mut word = [0u8; 1];
    loop {
        match control.read(&mut word) {
            Ok(1) if word == [watch::ASSIGN] => assign(&control, mounts.take()),
            Ok(1) if word == [watch::DIAL] => network::give_socket(&control),
            Ok(1) => order(word),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            _ => std::process::exit(0),
        }
    }
}

/// Gives a spare worker its function's files, once. What cannot be given ends the worker.
fn assign(mut control: &File, mounts: Option<Mounts>) {
    let assign = |mut control: &File| {
        let mounts = mounts.ok_or("this worker has its function")?;
        mounts.assign(&Assignment::receive(&mut control).doing("assignment")?)
    };
    match assign(control) {
        // To take the host's mounts down takes the kernel longer than all the rest: after the word.
        Ok(mounts) => drop((writeln!(control, "ok"), mounts)),
        Err(refused) => {
            let _ = writeln!(control, "no {}", refused.replace('\n', " "));
            std::process::exit(EXIT_CANNOT_START);
        }
    }
}

/// Stops everything in here but process 1, or lets it go on. Nobody is there: so be it.
fn order(word: [u8; 1]) {
    let all = Pid::from_raw(-1);
    let _ = match word {
        [watch::STOP] => kill(all, Signal::SIGSTOP),
        [watch::CONTINUE] => kill(all, Signal::SIGCONT),
        _ => Ok(()),
    };
}

/// The function's part, before it is itself.
fn restrict(plan: &Plan) -> Result<String, Refused> {
    setsid().doing("setsid")?;
    capabilities::drop_bounds()?;
    namespaces::become_user()?;
    // After the change of user, which forgets it.
    prctl::set_pdeathsig(Signal::SIGKILL).doing("pdeathsig")?;
    resources::limit(Isolation::Container)?;
    prctl::set_no_new_privs().doing("no_new_privs")?;
    capabilities::drop_all()?;
    let landlock = landlock::restrict(plan)?;
    seccomp::restrict()?;
    Ok(landlock)
}

/// Lets go of the function's output, whose end Crossway waits for.
pub(super) fn silence() -> Result<(), Refused> {
    let null = File::options()
        .read(true)
        .write(true)
        .open("/dev/null")
        .doing("/dev/null")?;
    nix::unistd::dup2_stdout(&null).doing("dup2")?;
    nix::unistd::dup2_stderr(&null).doing("dup2")
}

fn pipe() -> Result<(PipeReader, PipeWriter), Refused> {
    std::io::pipe().doing("pipe")
}

fn be_told(result: Result<String, Refused>) -> String {
    match result {
        Ok(note) => format!("+{note}"),
        Err(refused) => format!("-{refused}"),
    }
}

/// What the other side of the pipe said before it closed it.
fn expect_done(mut pipe: PipeReader) -> Result<String, Refused> {
    let mut text = String::new();
    pipe.read_to_string(&mut text).doing("pipe")?;
    match (text.strip_prefix('+'), text.strip_prefix('-')) {
        (Some(note), _) => Ok(note.to_owned()),
        (_, Some(refused)) => Err(refused.to_owned()),
        _ => Err("a launching process ended early".to_owned()),
    }
}
