//! AWS's errors, in AWS's words.

use api::ServiceError;

/// The store failed; the caller only hears that it is our fault.
pub(crate) fn store(error: store::StoreError) -> ServiceError {
    tracing::error!(
        error = &error as &dyn std::error::Error,
        "the store of logs failed"
    );
    ServiceError::internal()
}

/// `ResourceNotFoundException` for a log group.
pub(crate) fn no_group() -> ServiceError {
    let text = "The specified log group does not exist.";
    ServiceError::new("ResourceNotFoundException", text)
}

/// `ResourceNotFoundException` for a log stream.
pub(crate) fn no_stream() -> ServiceError {
    let text = "The specified log stream does not exist.";
    ServiceError::new("ResourceNotFoundException", text)
}

/// `ResourceAlreadyExistsException`; `what` is `log group` or `log stream`.
pub(crate) fn exists(what: &str) -> ServiceError {
    let text = format!("The specified {what} already exists");
    ServiceError::new("ResourceAlreadyExistsException", text)
}

/// `InvalidParameterException` with a text.
pub(crate) fn invalid(text: impl Into<String>) -> ServiceError {
    ServiceError::new("InvalidParameterException", text)
}

/// A parameter that AWS has and this server has not.
pub(crate) fn not_implemented(what: &str) -> ServiceError {
    ServiceError::new("NotImplemented", format!("{what} is not implemented.")).status(501)
}
