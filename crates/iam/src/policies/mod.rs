//! Managed and inline policies, and where they are attached.

pub(crate) mod attachment;
pub(crate) mod boundary;
pub(crate) mod holder;
pub(crate) mod inline;
pub(crate) mod managed;
pub(crate) mod managed_policy;
pub(crate) mod policy_version;
pub(crate) mod saved_policy;
