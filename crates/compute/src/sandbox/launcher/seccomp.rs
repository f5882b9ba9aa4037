//! The filter of system calls.

use super::denied::DENIED;
use super::{Doing, Refused};
use seccompiler::SeccompCmpOp::{Eq, Ge, Gt, Le, MaskedEq, Ne};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, sock_filter,
};
use std::collections::BTreeMap;

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

/// Families up to here that are served: UNIX 1, INET 2, INET6 10.
const INET: u64 = 2;
const INET6: u64 = 10;
const NETLINK: u64 = 16;
const SOCKET_TYPE_MASK: u64 = 0xf;
const SOCKET_RAW: u64 = 3;
const SOCKET_PACKET: u64 = 10;

/// Ioctls that type into a terminal as if its user had.
const TYPING: [u64; 2] = [0x5412, 0x541c];

/// Every flag of `clone` that makes a namespace.
const NAMESPACES: u64 = (libc::CLONE_NEWNS
    | libc::CLONE_NEWCGROUP
    | libc::CLONE_NEWUTS
    | libc::CLONE_NEWIPC
    | libc::CLONE_NEWUSER
    | libc::CLONE_NEWPID
    | libc::CLONE_NEWNET) as u64;

/// Puts the filter in force, for this process and all that it starts, for good.
pub(super) fn restrict() -> Result<(), Refused> {
    for program in programs()? {
        seccompiler::apply_filter(&program).doing("seccomp")?;
    }
    Ok(())
}

fn programs() -> Result<Vec<BpfProgram>, Refused> {
    // clone3 has its flags in memory, where a filter cannot look; without it everybody uses clone.
    let absent = Rules::from([(libc::SYS_clone3, Vec::new())]);
    let mut programs = vec![
        compile(denied()?, libc::EPERM)?,
        compile(absent, libc::ENOSYS)?,
    ];
    if cfg!(target_arch = "x86_64") {
        programs.push(foreign_numbers());
    }
    Ok(programs)
}

fn denied() -> Result<Rules, Refused> {
    let mut rules: Rules = DENIED
        .iter()
        .map(|(_, number)| (*number, Vec::new()))
        .collect();
    let mut by_arguments = || -> Result<(), seccompiler::BackendError> {
        rules.insert(libc::SYS_socket, sockets()?);
        let typing = TYPING.map(|request| rule(&[(1, Eq, request)]));
        rules.insert(
            libc::SYS_ioctl,
            typing.into_iter().collect::<Result<_, _>>()?,
        );
        rules.insert(libc::SYS_clone, clones()?);
        Ok(())
    };
    by_arguments().doing("seccomp rules")?;
    Ok(rules)
}

/// A rule for each flag, since one bit of the mask is enough.
fn clones() -> Result<Vec<SeccompRule>, seccompiler::BackendError> {
    (0..64)
        .map(|bit| 1u64 << bit)
        .filter(|flag| NAMESPACES & flag != 0)
        .map(|flag| rule(&[(0, MaskedEq(flag), flag)]))
        .collect()
}

/// Everything but UNIX, INET, INET6 and the routing part of netlink, which `getifaddrs` asks and
/// which changes nothing without a capability; and nothing raw.
fn sockets() -> Result<Vec<SeccompRule>, seccompiler::BackendError> {
    let raw = MaskedEq(SOCKET_TYPE_MASK);
    [
        rule(&[(0, Eq, 0)]),
        rule(&[(0, Gt, INET), (0, Le, INET6 - 1)]),
        rule(&[(0, Gt, INET6), (0, Ne, NETLINK)]),
        rule(&[(0, Ge, NETLINK), (2, Ne, 0)]),
        rule(&[(0, Le, INET6), (1, raw.clone(), SOCKET_RAW)]),
        rule(&[(0, Le, INET6), (1, raw, SOCKET_PACKET)]),
    ]
    .into_iter()
    .collect()
}

/// All must hold: argument, comparison, value.
fn rule(conditions: &[(u8, SeccompCmpOp, u64)]) -> Result<SeccompRule, seccompiler::BackendError> {
    let conditions = conditions
        .iter()
        .cloned()
        .map(|(argument, operator, value)| {
            SeccompCondition::new(argument, SeccompCmpArgLen::Dword, operator, value)
        });
    SeccompRule::new(conditions.collect::<Result<_, _>>()?)
}

fn compile(rules: Rules, errno: i32) -> Result<BpfProgram, Refused> {
    let arch = std::env::consts::ARCH.try_into().doing("seccomp")?;
    let errno = SeccompAction::Errno(errno.unsigned_abs());
    SeccompFilter::new(rules, SeccompAction::Allow, errno, arch)
        .and_then(BpfProgram::try_from)
        .doing("seccomp filter")
}

/// Calls by x32's numbers would pass a filter of x86_64's: both have one architecture.
fn foreign_numbers() -> BpfProgram {
    const LOAD_NUMBER: u16 = 0x20;
    const JUMP_IF_AT_LEAST: u16 = 0x35;
    const RETURN: u16 = 0x06;
    let step = |code, jt, jf, k| sock_filter { code, jt, jf, k };
    vec![
        step(LOAD_NUMBER, 0, 0, 0),
        step(JUMP_IF_AT_LEAST, 0, 1, 0x4000_0000),
        step(
            RETURN,
            0,
            0,
            libc::SECCOMP_RET_ERRNO | libc::ENOSYS.unsigned_abs(),
        ),
        step(RETURN, 0, 0, libc::SECCOMP_RET_ALLOW),
    ]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn filters_compile_and_stay_small() {
        for program in programs().unwrap() {
            assert!(program.len() < 1_000, "{}", program.len());
        }
    }

    #[test]
    fn no_call_is_listed_twice() {
        let mut numbers: Vec<_> = DENIED.iter().map(|(_, number)| number).collect();
        numbers.sort();
        numbers.dedup();
        assert_eq!(numbers.len(), DENIED.len());
    }
}
