//! What organizations say about accounts, and what they need of them.

use crate::Unknown;
use arn::AccountId;
use policy::Attached;
use std::sync::Arc;
use stdx::{BoxFuture, TimestampMs};

/// An account's place in its organization, and the control policies that come with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// `o-exampleorgid`.
    pub organization: String,
    /// `o-exampleorgid/r-root/ou-root-unit/`: from the organization down to the account's parent.
    pub path: String,
    /// Service control policies of each level, the root first; empty where they limit nobody, as
    /// in the management account.
    pub service_control: Vec<Vec<Attached>>,
    /// Resource control policies of each level; empty where they limit nothing.
    pub resource_control: Vec<Vec<Attached>>,
}

/// Knows which organization an account is in. Implemented by `organizations`, asked by `iam`
/// before every decision.
pub trait Organizations: Send + Sync {
    /// The account's membership; none when it is in no organization.
    fn membership<'a>(
        &'a self,
        account: &'a AccountId,
    ) -> BoxFuture<'a, Result<Option<Arc<Membership>>, Unknown>>;
}

/// An account to make.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Its digits.
    pub account: AccountId,
    /// The role that another account administers it through.
    pub role_name: String,
    /// The account that the role trusts.
    pub trusted: AccountId,
    /// When it is made.
    pub now_ms: TimestampMs,
}

/// Why no account was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewAccountError {
    /// The digits are taken.
    Taken,
    /// The state could not be read or written.
    Unavailable,
}

/// Keeps accounts. Implemented by `iam`, asked by `organizations`.
pub trait Accounts: Send + Sync {
    /// Makes an account with its administrators' role, ready to be used.
    fn create<'a>(&'a self, wanted: &'a NewAccount) -> BoxFuture<'a, Result<(), NewAccountError>>;

    /// The account's alias, where it has one.
    fn alias<'a>(
        &'a self,
        account: &'a AccountId,
    ) -> BoxFuture<'a, Result<Option<String>, Unknown>>;
}
