//! Issuers of JSON Web Tokens and the keys that they publish.

use jwt::{Algorithm, KeySet};
use std::sync::Arc;
use stdx::BoxFuture;

/// Why an issuer's keys are not to be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IssuerError {
    /// Its URL is one that is not asked: no `https`, or an address that may not be reached.
    #[error("`{0}` may not be asked")]
    Refused(String),
    /// It does not answer, or not in time.
    #[error("`{0}` does not answer: {1}")]
    Unreachable(String, String),
    /// It answers something else than its keys.
    #[error("`{0}` answers nothing that can be used: {1}")]
    Unusable(String, String),
}

/// Where an issuer's keys are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeySource<'a> {
    /// By the discovery document of this issuer, which must name the same issuer.
    Issuer(&'a str),
    /// At this URL.
    Set(&'a str),
}

/// The key that a token says it is signed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WantedKey<'a> {
    /// `kid` of the token's head.
    pub id: &'a str,
    /// `alg` of the token's head.
    pub algorithm: Algorithm,
}

/// Asks issuers. Implemented by `gateway`, whose rules for outgoing requests hold.
pub trait Issuers: Send + Sync {
    /// Where the issuer's keys are, by its discovery document, asked now.
    fn discover<'a>(&'a self, issuer: &'a str) -> BoxFuture<'a, Result<String, IssuerError>>;

    /// The issuer's keys, kept from before as long as they are fresh and the wanted one is among
    /// them. A key that is not there makes them be asked for again, which is done a few times a
    /// minute at most; so the wanted key may be missing in what is given.
    fn keys<'a>(
        &'a self,
        source: KeySource<'a>,
        wanted: WantedKey<'a>,
    ) -> BoxFuture<'a, Result<Arc<KeySet>, IssuerError>>;

    /// Whether this is the URL of an issuer that may be asked: absolute, `https` (or `http` where
    /// the operator allows it), with a host, without user, query and fragment.
    fn is_issuer_url(&self, url: &str) -> bool;

    /// The issuer that signs the tokens of a Cognito user pool; none when the ARN is no user
    /// pool's.
    fn of_user_pool(&self, arn: &str) -> Option<String>;
}
