//! Why a document or a path cannot be read.

/// Why a document is no JSON, not even by json-smart's lenient rules.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JsonError {
    /// A character stands where it must not.
    #[error("unexpected character at byte {0}")]
    Unexpected(usize),
    /// The document ends too early.
    #[error("unexpected end of the document")]
    End,
    /// The document is nested too deep.
    #[error("document is nested deeper than {0}")]
    Depth(usize),
}

/// Why a path does not parse, or gives nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PathError {
    /// The path is invalid, or cannot be applied to this document.
    #[error("{0}")]
    Invalid(String),
    /// A definite path leads nowhere.
    #[error("no results for the path")]
    NotFound,
    /// A function cannot compute its result.
    #[error("{0}")]
    Function(String),
    /// A bound was hit.
    #[error("{what} exceeds the limit of {limit}")]
    Limit {
        /// What grew too large.
        what: &'static str,
        /// The bound.
        limit: usize,
    },
}

impl PathError {
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::Invalid(message.into())
    }
}
