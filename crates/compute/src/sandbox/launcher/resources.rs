//! Resource limits that a process carries itself.

use super::{Doing, Refused};
use crate::limits::{OPEN_FILES_MAX, PROCESSES_MAX};
use crate::sandbox::Isolation;
use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// Open files, no core dumps; at level `container` also processes and threads.
///
/// Those are counted for each user, so only a user (or a user namespace) of its own makes them the
/// function's. Memory is not limited here: `RLIMIT_AS` breaks V8 and the JVM, which reserve far
/// more than they use.
pub(super) fn limit(level: Isolation) -> Result<(), Refused> {
    set(Resource::RLIMIT_CORE, 0)?;
    set(Resource::RLIMIT_NOFILE, OPEN_FILES_MAX.into())?;
    if level == Isolation::Container {
        set(Resource::RLIMIT_NPROC, PROCESSES_MAX)?;
    }
    Ok(())
}

fn set(resource: Resource, value: u64) -> Result<(), Refused> {
    // A host that allows less keeps its own limit.
    let (_, most) = getrlimit(resource).doing("getrlimit")?;
    let value = value.min(most);
    setrlimit(resource, value, value).doing(format!("{resource:?}"))
}
