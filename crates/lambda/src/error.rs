//! What can go wrong, with the text that the caller reads and the table of AWS's codes.

use crate::limits;
use ports::InvokeError;
use smithy::ServiceError;

/// Why an operation or an invocation did not do what was asked.
///
/// The display text is AWS's, byte for byte where it is known. [`LambdaError::Store`] and
/// [`LambdaError::Host`] are ours to mend: the caller reads nothing of them.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LambdaError {
    /// The name does not follow the model's pattern.
    #[error("`{0}` is not a function name or ARN")]
    NotAName(String),
    /// The ARN names another region than the one that was called.
    #[error("Functions from '{named}' are not reachable in this region ('{here}')")]
    OtherRegion {
        /// The region in the ARN.
        named: String,
        /// The region that was called.
        here: String,
    },
    /// One qualifier in the name, another beside it.
    #[error("The derived qualifier from the function name does not match the specified qualifier.")]
    QualifierMismatch,
    /// No such function or version; holds its ARN.
    #[error("Function not found: {0}")]
    FunctionNotFound(String),
    /// No such alias, asked for by name in a path.
    #[error("Cannot find alias arn: {0}")]
    AliasNotFound(String),
    /// No provisioned concurrency was asked for.
    #[error("No Provisioned Concurrency Config found for this function")]
    NotProvisioned,
    /// No such code signing configuration; holds its ARN.
    #[error(
        "The code signing configuration cannot be found. Check that the provided configuration is not deleted: {0}."
    )]
    NoCodeSigning(String),
    /// Anything else that is not there.
    #[error("{0}")]
    NotFound(String),
    /// The caller's input is wrong.
    #[error("{0}")]
    Invalid(String),
    /// The caller's input is out of a bound that the model does not know.
    #[error("1 validation error detected: {0}")]
    Validation(String),
    /// The body of an invocation is no JSON.
    #[error("{0}")]
    NotJson(String),
    /// Something is in the way.
    #[error("{0}")]
    Conflict(String),
    /// A RevisionId is stale; names the operation to call.
    #[error(
        "The Revision Id provided does not match the latest Revision Id. Call the {0} API to retrieve the latest Revision Id"
    )]
    Stale(&'static str),
    /// The zip file or the payload is too large.
    #[error("{0}")]
    TooLarge(String),
    /// The policy would be too large; holds its size.
    #[error("The final policy size ({0}) is bigger than the limit ({max}).", max = limits::POLICY_BYTES_MAX)]
    PolicyTooLarge(usize),
    /// The caller may not.
    #[error("{0}")]
    Denied(String),
    /// Too many executions at a time; holds AWS's `Reason`.
    #[error("Rate Exceeded.")]
    Throttled(&'static str),
    /// This host cannot run the runtime.
    #[error("{0}")]
    RuntimeUnavailable(String),
    /// The code bundle cannot be used.
    #[error("{0}")]
    BadBundle(String),
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] store::StoreError),
    /// The host failed.
    #[error("the host failed: {0}")]
    Host(String),
}

/// What to call to learn the RevisionId of a function, version or alias.
pub const STALE_FUNCTION: &str = "GetFunction/GetAlias";
/// What to call to learn the RevisionId of a policy.
pub const STALE_POLICY: &str = "GetPolicy";
/// What to call to learn the RevisionId of a layer version's policy, in AWS's words.
pub const STALE_LAYER_POLICY: &str = "GetLayerPolicy";

impl LambdaError {
    /// AWS's exception and status.
    fn code(&self) -> (&'static str, u16) {
        match self {
            Self::NotAName(_) | Self::Validation(_) => ("ValidationException", 400),
            Self::OtherRegion { .. }
            | Self::FunctionNotFound(_)
            | Self::AliasNotFound(_)
            | Self::NotFound(_) => ("ResourceNotFoundException", 404),
            Self::NoCodeSigning(_) => ("CodeSigningConfigNotFoundException", 404),
            Self::NotProvisioned => ("ProvisionedConcurrencyConfigNotFoundException", 404),
            Self::QualifierMismatch | Self::Invalid(_) => ("InvalidParameterValueException", 400),
            Self::NotJson(_) => ("InvalidRequestContentException", 400),
            Self::Conflict(_) => ("ResourceConflictException", 409),
            Self::Stale(_) => ("PreconditionFailedException", 412),
            Self::TooLarge(_) => ("RequestEntityTooLargeException", 413),
            Self::PolicyTooLarge(_) => ("PolicyLengthExceededException", 400),
            Self::Denied(_) => ("AccessDeniedException", 403),
            Self::Throttled(_) => ("TooManyRequestsException", 429),
            Self::RuntimeUnavailable(_) => ("InvalidRuntimeException", 502),
            Self::BadBundle(_) => ("InvalidZipFileException", 502),
            Self::Store(_) | Self::Host(_) => ("ServiceException", 500),
        }
    }

    /// What the caller reads.
    pub fn public_text(&self) -> String {
        match self {
            Self::Store(_) | Self::Host(_) => "Internal server error".to_owned(),
            other => other.to_string(),
        }
    }

    /// Tells the operator what the caller does not read.
    fn log(&self) {
        match self {
            Self::Store(source) => {
                tracing::error!(error = source as &dyn std::error::Error, "the store failed");
            }
            Self::Host(reason) => tracing::error!(%reason, "the host failed"),
            _ => {}
        }
    }
}

impl From<LambdaError> for ServiceError {
    fn from(error: LambdaError) -> Self {
        error.log();
        let (code, status) = error.code();
        let answer = Self::new(code, error.public_text()).status(status);
        match error {
            LambdaError::Throttled(reason) => answer.field("Reason", reason),
            _ => answer,
        }
    }
}

impl From<LambdaError> for InvokeError {
    fn from(error: LambdaError) -> Self {
        error.log();
        let (code, status) = error.code();
        Self {
            code,
            status,
            message: error.public_text(),
            reason: match error {
                LambdaError::Throttled(reason) => Some(reason),
                _ => None,
            },
        }
    }
}
