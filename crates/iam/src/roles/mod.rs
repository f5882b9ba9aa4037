//! Roles and instance profiles, and who vouches for those that assume roles.

pub(crate) mod instance_profile;
pub(crate) mod oidc_provider;
pub(crate) mod role;
pub(crate) mod service_linked;
pub(crate) mod trust;
