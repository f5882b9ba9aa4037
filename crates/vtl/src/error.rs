//! Why a template does not parse or render.

/// A place in a template; both numbers start at 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Position {
    /// Line.
    pub line: u32,
    /// Column, in characters.
    pub column: u32,
}

/// What went wrong, without the place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The text is no template.
    #[error("{0}")]
    Syntax(String),
    /// A method that the template called failed, as its Java counterpart throws.
    #[error("method `{method}` failed: {reason}")]
    Method {
        /// Name of the method.
        method: String,
        /// Why it failed.
        reason: String,
    },
    /// The template asked for something that cannot be done.
    #[error("{0}")]
    Invalid(String),
    /// A bound was hit.
    #[error("{what} exceeds the limit of {limit}")]
    Limit {
        /// What grew too large.
        what: &'static str,
        /// The bound.
        limit: u64,
    },
}

/// Why a template does not parse or render, with the place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {}, column {}: {kind}", position.line, position.column)]
pub struct Error {
    /// Where.
    pub position: Position,
    /// What.
    pub kind: ErrorKind,
}

impl Error {
    /// An error at a place.
    pub fn new(position: Position, kind: ErrorKind) -> Self {
        Self { position, kind }
    }
}

impl ErrorKind {
    /// A bound that was hit.
    pub(crate) fn limit(what: &'static str, limit: usize) -> Self {
        Self::Limit {
            what,
            limit: limit as u64,
        }
    }
}
