//! AWS's errors, in AWS's words.

use api::ServiceError;

/// Why IAM could not start or keep its house.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IamError {
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] store::StoreError),
    /// The sealing key in the store is not one.
    #[error("the key that seals session tokens is damaged")]
    SealingKey,
    /// A given access key is not one that decodes to the account.
    #[error("`{0}` is not an access key id of account {1}")]
    ForeignKey(String, String),
}

/// The store failed; the caller only hears that it is our fault.
pub(crate) fn store(error: store::StoreError) -> ServiceError {
    tracing::error!(error = %error, "the store failed");
    ServiceError::new(
        "ServiceFailure",
        "The request processing has failed because of an unknown error, exception or failure.",
    )
    .status(500)
}

/// `NoSuchEntity`: `The user with name X cannot be found.`
pub(crate) fn no_such(kind: &str, name: &str) -> ServiceError {
    ServiceError::new(
        "NoSuchEntity",
        format!("The {kind} with name {name} cannot be found."),
    )
}

/// `NoSuchEntity` with another text.
pub(crate) fn no_entity(text: impl Into<String>) -> ServiceError {
    ServiceError::new("NoSuchEntity", text)
}

/// `EntityAlreadyExists`: `User with name X already exists.`
pub(crate) fn exists(kind: &str, name: &str) -> ServiceError {
    ServiceError::new(
        "EntityAlreadyExists",
        format!("{kind} with name {name} already exists."),
    )
}

/// `DeleteConflict`.
pub(crate) fn conflict(text: &str) -> ServiceError {
    ServiceError::new("DeleteConflict", text)
}

/// `LimitExceeded`: `Cannot exceed quota for AccessKeysPerUser: 2`.
pub(crate) fn limit(quota: &str, max: usize) -> ServiceError {
    ServiceError::new(
        "LimitExceeded",
        format!("Cannot exceed quota for {quota}: {max}"),
    )
}

/// `ValidationError`, status 400.
pub(crate) fn validation(text: impl Into<String>) -> ServiceError {
    ServiceError::new("ValidationError", text).status(400)
}

/// `InvalidInput`.
pub(crate) fn invalid_input(text: impl Into<String>) -> ServiceError {
    ServiceError::new("InvalidInput", text)
}

/// `AccessDenied`, status 403.
pub(crate) fn denied(text: impl Into<String>) -> ServiceError {
    ServiceError::new("AccessDenied", text).status(403)
}

/// `MalformedPolicyDocument`, or `LimitExceeded` for one that is too long.
pub(crate) fn policy(error: &policy::PolicyError) -> ServiceError {
    ServiceError::new("MalformedPolicyDocument", error.to_string())
}
