//! Namespaces of a worker's own.

use super::{Doing, Refused};
use nix::sched::{CloneFlags, unshare};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{
    ForkResult, Gid, Pid, Uid, fork, getegid, geteuid, setgroups, setresgid, setresuid,
};
use std::io::{Read, Write};

/// The function's user and group inside: `sbx_user1051` of AWS.
pub(super) const USER: u32 = 993;
pub(super) const GROUP: u32 = 990;

/// When root runs Crossway, users of the host that belong to nobody: each worker has another, made
/// of its launcher's process id. systemd's ranges for containers end right below.
const HOST_USERS: u32 = 0x7000_0000;

/// Moves this process into new user, mount, ipc, uts and cgroup namespaces, and its children into a
/// new pid namespace; and into a network of its own, where the plan has one.
pub(super) fn enter(has_network: bool) -> Result<(), Refused> {
    let mut all = CloneFlags::CLONE_NEWUSER
        | CloneFlags::CLONE_NEWNS
        | CloneFlags::CLONE_NEWPID
        | CloneFlags::CLONE_NEWIPC
        | CloneFlags::CLONE_NEWUTS
        | CloneFlags::CLONE_NEWCGROUP;
    if has_network {
        all |= CloneFlags::CLONE_NEWNET;
    }
    let (user, group) = (geteuid(), getegid());
    if user.is_root() {
        return enter_as_root(all);
    }
    unshare(all).doing("making namespaces")?;
    write("/proc/self/setgroups", "deny")?;
    write("/proc/self/uid_map", &format!("{USER} {user} 1"))?;
    write("/proc/self/gid_map", &format!("{GROUP} {group} 1"))
}

/// Becomes the function's user. Only root has another one to become.
pub(super) fn become_user() -> Result<(), Refused> {
    if geteuid().is_root() {
        let (user, group) = (Uid::from_raw(USER), Gid::from_raw(GROUP));
        setgroups(&[]).doing("setgroups")?;
        setresgid(group, group, group).doing("setresgid")?;
        setresuid(user, user, user).doing("setresuid")?;
    }
    Ok(())
}

/// Two users are mapped, root to set up and another for the function; only a process outside may
/// write that.
fn enter_as_root(all: CloneFlags) -> Result<(), Refused> {
    let (mut asked, mut ask) = std::io::pipe().doing("pipe")?;
    let parent = Pid::this();
    // SAFETY: the launcher has one thread.
    match unsafe { fork() }.doing("fork")? {
        ForkResult::Child => {
            drop(ask);
            let is_asked = asked.read_exact(&mut [0u8]).is_ok();
            let is_done = is_asked && map_two(parent).is_ok();
            std::process::exit(i32::from(!is_done));
        }
        ForkResult::Parent { child } => {
            drop(asked);
            let unshared = unshare(all).doing("making namespaces");
            if unshared.is_ok() {
                ask.write_all(&[1]).doing("pipe")?;
            }
            drop(ask);
            let status = waitpid(child, None).doing("waiting")?;
            unshared?;
            match status {
                WaitStatus::Exited(_, 0) => Ok(()),
                _ => Err("the kernel refused the map of users".to_owned()),
            }
        }
    }
}

fn map_two(of: Pid) -> Result<(), Refused> {
    let host = HOST_USERS + of.as_raw().unsigned_abs();
    for (file, inside) in [("uid_map", USER), ("gid_map", GROUP)] {
        write(
            &format!("/proc/{of}/{file}"),
            &format!("0 0 1\n{inside} {host} 1\n"),
        )?;
    }
    Ok(())
}

fn write(file: &str, text: &str) -> Result<(), Refused> {
    std::fs::write(file, text).doing(file)
}
