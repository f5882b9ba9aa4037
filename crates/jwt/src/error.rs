//! Why a token or a document is refused.

/// Why a token is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// Not three parts of base64url with JSON objects in the first two, or too long.
    #[error("not a JSON Web Token")]
    Malformed,
    /// The head asks for something that must be understood and is not (`crit`).
    #[error("the token's head asks for extensions")]
    Extension,
    /// Not signed by an algorithm that is accepted; symmetric ones and `none` never are.
    #[error("signing algorithm `{0}` is not accepted")]
    Algorithm(String),
    /// The head does not name the key.
    #[error("the token's head has no `kid`")]
    NoKeyId,
    /// The set has no key by this name that fits the algorithm.
    #[error("the issuer publishes no key for this token")]
    UnknownKey,
    /// The signature is not the key's.
    #[error("the signature does not fit")]
    Signature,
}

/// Why a token is not good now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// `exp` is missing, or one of the times is no number.
    #[error("`exp`, `nbf` or `iat` is missing or no number")]
    Malformed,
    /// `exp` has passed; the second it names.
    #[error("the token has expired")]
    Expired(i64),
    /// `nbf` or `iat` is still to come.
    #[error("the token is not valid yet")]
    NotYet,
}

/// Why a document of an issuer is of no use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// Over [`crate::limits::DOCUMENT_BYTES_MAX`].
    #[error("the document is too large")]
    TooLarge,
    /// No JSON object with the members it must have.
    #[error("the document is not what it should be: {0}")]
    Malformed(&'static str),
    /// It speaks for somebody else.
    #[error("the document names another issuer")]
    OtherIssuer,
}
