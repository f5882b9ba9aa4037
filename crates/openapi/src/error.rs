//! Why a document is refused.

/// Why a document cannot be imported. The display text is what the caller reads as the message of
/// a `BadRequestException`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// AWS's sentence.
    #[error("{0}")]
    Refused(String),
}
