//! What a caller is told when an operation fails.

use crate::Value;

/// An AWS error: a code, a text, and what the model adds.
///
/// Status and casing come from the service's model when it knows the code; [`Self::status`]
/// overrides. Codes of the framework (`AccessDeniedException`, …) have a table of their own.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ServiceError {
    code: String,
    message: String,
    status: Option<u16>,
    fields: Vec<(String, Value)>,
    headers: Vec<(String, String)>,
}

impl ServiceError {
    /// The error with AWS's code (or the model's shape name) and AWS's text.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            message: message.into(),
            status: None,
            fields: Vec::new(),
            headers: Vec::new(),
        }
    }

    /// Ours to mend: the store failed, or another thing the caller has no part in.
    pub fn internal() -> Self {
        Self::new(
            "InternalFailure",
            "We encountered an internal error. Please try again.",
        )
    }

    /// The same error with another status than the model's.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// The same error with a member that the model gives it, such as `Reason`.
    #[must_use]
    pub fn field(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.fields.push((name.into(), Value::String(value.into())));
        self
    }

    /// The same error with a header beside those that every error has.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// AWS's code, as it was given to [`Self::new`].
    pub fn code(&self) -> &str {
        &self.code
    }

    /// AWS's text.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The status that was set by hand.
    pub fn status_override(&self) -> Option<u16> {
        self.status
    }

    /// Members beside the message.
    pub fn fields(&self) -> &[(String, Value)] {
        &self.fields
    }

    /// Headers beside those that every error has.
    pub fn headers(&self) -> &[(String, String)] {
        &self.headers
    }
}
