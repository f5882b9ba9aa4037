//! What is published: deployments, stages, and what the data plane serves of them.

pub(crate) mod deployment;
pub(crate) mod live;
pub(crate) mod stage;
mod stage_patch;
