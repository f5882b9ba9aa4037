//! Starts worker processes and ends them, with all that they started.
//!
//! Today's level is [`LEVEL`]: a process group of its own, no inherited descriptors or variables,
//! no_new_privs where `setpriv` is there, bounded open files, no core dumps, a private temporary
//! folder. It keeps functions from each other's accidents, not from each other's malice: every
//! worker runs as the user that runs Crossway and sees that user's files. Memory, processes and
//! disk are not limited by force at this level.

mod descriptors;
mod process;
mod spawner;
mod sweep;

pub use descriptors::close_inherited_descriptors;
pub(crate) use process::{Launch, Process};
pub(crate) use spawner::Spawner;
pub(crate) use sweep::{Owner, kill_marked};

/// The isolation level that workers get, as it is named in logs.
pub(crate) const LEVEL: &str = "process";
