//! Starts worker processes and ends them, with all that they started.
//!
//! [`Isolation`] names the levels. [`probe`] finds at start the strongest one that the kernel gives,
//! by going the whole way with nothing at its end; every worker then gets exactly that one or is
//! not started. A worker is started by the `launcher`, which is told by a [`Plan`] and does
//! everything in its own, single-threaded process, a copy of one that is up (`origin`); `view` says what of the host a function sees.
//!
//! This is the only place of the house with `unsafe`.
#![allow(
    unsafe_code,
    reason = "fork, system calls without a wrapper, descriptors, signal dispositions"
)]

mod assignment;
mod cgroup;
mod child;
mod descriptors;
mod dialer;
mod launcher;
mod level;
mod origin;
mod plan;
mod probe;
mod process;
mod report;
mod scheduling;
mod spawner;
mod sweep;
mod tree_memory;
mod view;
mod watch;

pub(crate) use assignment::Assignment;
pub(crate) use cgroup::{Cgroups, Limits};
pub use cgroup::{Hold, LimitsReport};
pub use descriptors::close_inherited_descriptors;
pub(crate) use dialer::Dialer;
pub(crate) use launcher::RUNTIME_API;
pub use launcher::{denied_system_calls, launch_if_asked};
pub use level::{Isolation, IsolationReport, Refusal, UnknownIsolation};
pub(crate) use plan::{Companions, Doorways, Link, Plan, Purpose, Shown};
pub(crate) use probe::{probe, probe_network};
pub(crate) use process::{CompanionEnds, Launch, Process};
pub(crate) use spawner::Spawner;
pub(crate) use sweep::{Owner, kill_marked};
pub(crate) use view::View;
