//! Landlock: which files, and nobody outside by signal or abstract socket.

use super::{Doing, Refused};
use crate::sandbox::view::HOSTS;
use crate::sandbox::{Isolation, Plan};
use landlock::{
    ABI, Access, AccessFs, BitFlags, CompatLevel, Compatible, Ruleset, RulesetAttr,
    RulesetCreatedAttr, RulesetStatus, Scope, path_beneath_rules,
};
use std::path::{Path, PathBuf};

/// The newest rights that we know what to do with; an older kernel enforces what it has.
const FILES: ABI = ABI::V5;
const SCOPES: ABI = ABI::V6;

const DEVICES: [&str; 5] = [
    "/dev/null",
    "/dev/zero",
    "/dev/full",
    "/dev/random",
    "/dev/urandom",
];

/// What runtimes ask the kernel about the machine; nothing of other processes.
const MACHINE: [&str; 12] = [
    "/proc/cpuinfo",
    "/proc/filesystems",
    "/proc/loadavg",
    "/proc/meminfo",
    "/proc/stat",
    "/proc/sys/fs",
    "/proc/sys/kernel/osrelease",
    "/proc/sys/kernel/random",
    "/proc/sys/net/core/somaxconn",
    "/proc/sys/vm",
    "/proc/uptime",
    "/proc/version",
];

/// Restricts this process and all that it starts; gives `full`, `partial` or `none`.
pub(super) fn restrict(plan: &Plan) -> Result<String, Refused> {
    let status = ruleset(plan).doing("Landlock")?;
    Ok(match status {
        RulesetStatus::FullyEnforced => "full",
        RulesetStatus::PartiallyEnforced => "partial",
        RulesetStatus::NotEnforced => "none",
    }
    .to_owned())
}

fn ruleset(plan: &Plan) -> Result<RulesetStatus, landlock::RulesetError> {
    let devices: BitFlags<AccessFs> = AccessFs::ReadFile | AccessFs::WriteFile | AccessFs::Truncate;
    let created = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(FILES))?
        .scope(Scope::from_all(SCOPES))?
        .create()?
        // A path that is not there grants nothing.
        .add_rules(path_beneath_rules(
            readable(plan),
            AccessFs::from_read(FILES),
        ))?
        .add_rules(path_beneath_rules(DEVICES, devices))?
        .add_rules(path_beneath_rules(
            [&plan.temporary],
            AccessFs::from_all(FILES),
        ))?;
    Ok(created.restrict_self()?.ruleset)
}

fn readable(plan: &Plan) -> Vec<PathBuf> {
    match plan.level {
        // The root itself is made of what the function may see.
        Isolation::Container => vec![PathBuf::from("/")],
        Isolation::Hardened | Isolation::Process => {
            let own = PathBuf::from(format!("/proc/{}", std::process::id()));
            let machine = MACHINE.iter().map(PathBuf::from);
            let shown = plan.shown.iter().map(|shown| shown.source.clone());
            let extra = [own, Path::new("/dev").join("fd"), PathBuf::from(HOSTS)];
            shown.chain(machine).chain(extra).collect()
        }
    }
}
