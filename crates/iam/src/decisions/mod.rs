//! What is gathered for a decision, and the decision.

pub(crate) mod authorize;
pub(crate) mod control;
pub(crate) mod encoded;
pub(crate) mod gather;
pub(crate) mod keys;
