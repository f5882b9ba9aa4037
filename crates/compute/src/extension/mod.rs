//! Extensions: programs of layers beside the function, and parts of the runtime's process, that see
//! invocations come and the environment go.
//!
//! A worker has one [`Hub`], which answers what they call, and an [`Extensions`], by which whoever
//! drives the worker hears of them. A worker whose init has ended without any has neither: it pays
//! for nothing.
//!
//! The order is AWS's: programs start first and register, then the runtime starts; the init is over
//! when all have asked for an event. An invocation is over when the runtime and all that were given
//! the invocation have asked again; its caller has had the answer by then (Lambda guide, "Using the
//! Lambda Extensions API to create extensions").

mod agent;
mod answer;
mod company;
mod delivery;
mod hub;
mod subscription;
mod telemetry;

pub(crate) use agent::Told;
pub(crate) use company::{Extensions, Happened, Program, programs};
pub(crate) use hub::{Hub, Reason, Reply};
pub(crate) use subscription::Category;
pub(crate) use telemetry::Telemetry;
