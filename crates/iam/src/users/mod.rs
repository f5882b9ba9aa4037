//! Users and groups, and what users sign with.

pub(crate) mod access_key;
pub(crate) mod group;
pub(crate) mod login_profile;
pub(crate) mod membership;
pub(crate) mod password;
pub(crate) mod user;
