//! What is published: deployments, stages, and what the data plane serves of them.

mod access_log;
pub(crate) mod deployment;
pub(crate) mod live;
pub(crate) mod stage;
mod stage_patch;
