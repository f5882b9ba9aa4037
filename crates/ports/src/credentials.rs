//! Keys and sessions: who signs, and with which secret.

use arn::Arn;
use policy::Principal;
use std::{fmt, sync::Arc};
use stdx::{BoxFuture, TimestampMs};

/// A secret text; prints as `***`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// An access key that may sign.
#[derive(Debug, Clone)]
pub struct Credential {
    /// The secret access key.
    pub secret: Secret,
    /// Whose key it is.
    pub principal: Arc<Principal>,
}

/// Why a key may not sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialError {
    /// No such key, an inactive key, or a session token that is not ours or not this key's:
    /// `The security token included in the request is invalid.`
    Invalid,
    /// The session has ended: `The security token included in the request is expired`.
    Expired,
    /// The store did not answer; ours to mend.
    Unavailable,
}

/// Temporary credentials of a role session.
#[derive(Debug, Clone)]
pub struct SessionCredentials {
    /// `ASIA…`.
    pub access_key_id: String,
    /// The secret access key.
    pub secret: Secret,
    /// The sealed session token.
    pub session_token: Secret,
    /// When the session ends.
    pub expires_ms: TimestampMs,
    /// The session's identity.
    pub principal: Arc<Principal>,
}

/// Why a service may not assume a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AssumeError {
    /// The role does not exist or its trust policy does not allow the service.
    Refused,
    /// The store did not answer.
    Unavailable,
}

/// Who has an ARN that a policy names as principal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// A user or role, by its unique id (`AIDA…`, `AROA…`): a namesake made later is another.
    UniqueId(String),
    /// An account's root or a session, which have nothing but their names.
    ByName,
    /// Nobody.
    Nobody,
}

/// Finds keys and makes sessions. Implemented by `iam`.
pub trait Credentials: Send + Sync {
    /// The credential behind an access key id and, for `ASIA…` keys, its session token.
    fn find<'a>(
        &'a self,
        access_key_id: &'a str,
        session_token: Option<&'a str>,
        now_ms: TimestampMs,
    ) -> BoxFuture<'a, Result<Credential, CredentialError>>;

    /// A session of `role` for a service that the role's trust policy names.
    ///
    /// `service` is the service principal (`lambda.amazonaws.com`); the session lasts
    /// `duration_s` seconds.
    fn assume_for_service<'a>(
        &'a self,
        role: &'a Arn,
        service: &'a str,
        session_name: &'a str,
        duration_s: u32,
        now_ms: TimestampMs,
    ) -> BoxFuture<'a, Result<SessionCredentials, AssumeError>>;

    /// Who has `arn`, asked before a policy that names it as principal is saved.
    ///
    /// Without an answer of its own, an implementation leaves every ARN a mere name.
    fn named<'a>(&'a self, arn: &'a Arn) -> BoxFuture<'a, Result<Named, CredentialError>> {
        let _ = arn;
        Box::pin(async { Ok(Named::ByName) })
    }
}
