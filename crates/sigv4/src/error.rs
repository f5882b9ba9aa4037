//! Why a signature is not good, in AWS's words.

/// Why a request's signature is not good. `Display` gives AWS's sentence, byte for byte.
///
/// The sentence of [`Error::Incomplete`] repeats the client's header as AWS does: it is for the
/// client, never for a log.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Neither an `Authorization` header nor `X-Amz-Algorithm` in the query.
    #[error("Missing Authentication Token")]
    Missing,
    /// Parts are missing, double or of an algorithm that is not served.
    #[error("{0}")]
    Incomplete(String),
    /// The credential scope, the date or the signed headers are not what they must be.
    #[error("{0}")]
    Invalid(String),
    /// The time of the signature lies too far in the past or in the future.
    #[error("{0}")]
    Untimely(String),
    /// The signature was not made over this request with this key.
    #[error(
        "The request signature we calculated does not match the signature you provided. Check \
         your AWS Secret Access Key and signing method. Consult the service documentation for \
         details."
    )]
    Mismatch,
}

/// Which of AWS's error codes an [`Error`] belongs to; the edge maps it per protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// `MissingAuthenticationTokenException` or `MissingAuthenticationToken`.
    MissingAuthenticationToken,
    /// `IncompleteSignatureException` or `IncompleteSignature`.
    IncompleteSignature,
    /// `InvalidSignatureException` or `SignatureDoesNotMatch`.
    InvalidSignature,
}

impl Error {
    /// The error code's family.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Missing => ErrorKind::MissingAuthenticationToken,
            Self::Incomplete(_) => ErrorKind::IncompleteSignature,
            Self::Invalid(_) | Self::Untimely(_) | Self::Mismatch => ErrorKind::InvalidSignature,
        }
    }
}

impl std::fmt::Debug for Error {
    /// Names the kind only: the sentence may hold a signature.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing => f.write_str("Missing"),
            Self::Incomplete(_) => f.write_str("Incomplete(***)"),
            Self::Invalid(text) => f.debug_tuple("Invalid").field(text).finish(),
            Self::Untimely(text) => f.debug_tuple("Untimely").field(text).finish(),
            Self::Mismatch => f.write_str("Mismatch"),
        }
    }
}
