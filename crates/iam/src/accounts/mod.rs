//! What belongs to an account as a whole.

pub(crate) mod account;
pub(crate) mod account_details;
pub(crate) mod administrator;
pub(crate) mod credential_report;
pub(crate) mod new_account;
pub(crate) mod password_policy;
pub(crate) mod summary;
