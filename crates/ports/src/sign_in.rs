//! Signing in with a password, as people do in a console.

use crate::{Secret, SessionCredentials};
use std::net::IpAddr;
use stdx::{BoxFuture, TimestampMs};

/// What somebody claims to be.
#[derive(Debug, Clone)]
pub struct SignInAttempt {
    /// The account's twelve digits, or its alias.
    pub account: String,
    /// The user's name.
    pub user: String,
    /// The user's password.
    pub password: Secret,
    /// The password from now on; needed where the user has to choose a new one.
    pub new_password: Option<Secret>,
    /// Who connected; attempts are counted by it, too.
    pub peer: IpAddr,
    /// When.
    pub now_ms: TimestampMs,
}

/// Why somebody is not signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignInError {
    /// Account, user or password are wrong; which one is never told.
    Incorrect,
    /// Right, but the user must choose a new password: ask again with `new_password`.
    NewPasswordNeeded,
    /// The new password breaks the account's rules, or the user may not change it; why.
    NewPasswordRefused(String),
    /// Too many attempts; later ones may be heard again.
    TooMany,
    /// The store did not answer; ours to mend.
    Unavailable,
}

/// Checks passwords. Implemented by `iam`.
pub trait SignIn: Send + Sync {
    /// Temporary credentials of the user, for as long as a console session lasts.
    ///
    /// They may do what the user may, IAM included, and end with the user.
    fn sign_in<'a>(
        &'a self,
        attempt: &'a SignInAttempt,
    ) -> BoxFuture<'a, Result<SessionCredentials, SignInError>>;
}
