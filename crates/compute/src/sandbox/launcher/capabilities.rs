//! Gives up every capability, for good.

use super::{Doing, Refused};
use nix::errno::Errno;

/// `_LINUX_CAPABILITY_VERSION_3` of `linux/capability.h`.
const VERSION: u32 = 0x2008_0522;

/// More than any kernel has; the first one that it does not know ends the round.
const CAPABILITIES_MAX: libc::c_ulong = 64;

#[repr(C)]
struct Header {
    version: u32,
    pid: i32,
}

/// Empties the set that limits what an exec may give back; needs the capabilities still.
pub(super) fn drop_bounds() -> Result<(), Refused> {
    for capability in 0..CAPABILITIES_MAX {
        // SAFETY: takes integers only.
        let result = unsafe { libc::prctl(libc::PR_CAPBSET_DROP, capability, 0, 0, 0) };
        match Errno::result(result) {
            Ok(_) => {}
            Err(Errno::EINVAL) => break,
            // Who has not the right to drop one is no root, and an exec gives nothing to such.
            Err(Errno::EPERM) if !nix::unistd::geteuid().is_root() => break,
            Err(error) => return Err(error).doing("bounding set"),
        }
    }
    Ok(())
}

/// Empties the sets of this process.
pub(super) fn drop_all() -> Result<(), Refused> {
    set(0)
}

/// Keeps the right to signal other users' processes, which ends at the borders of the namespaces.
pub(super) fn keep_kill() -> Result<(), Refused> {
    const KILL: u32 = 1 << 5;
    set(KILL)
}

/// Makes `kept` of the first 32 capabilities permitted and effective, and no other.
fn set(kept: u32) -> Result<(), Refused> {
    let header = Header {
        version: VERSION,
        pid: 0,
    };
    // Effective, permitted, inheritable; then the same of the capabilities from 32 on.
    let sets = [kept, kept, 0, 0, 0, 0];
    // SAFETY: the header says version 3, whose data are two structs of three 32-bit sets; both
    // live on this stack until the call returns.
    let result = unsafe { libc::syscall(libc::SYS_capset, &raw const header, sets.as_ptr()) };
    Errno::result(result).doing("capset").map(drop)
}
