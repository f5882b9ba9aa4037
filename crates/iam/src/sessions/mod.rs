//! Who signs: keys, sealed sessions and passwords.

pub(crate) mod credentials;
pub(crate) mod sealed;
pub(crate) mod session;
pub(crate) mod sign_in;
pub(crate) mod usage;
