//! What goes wrong in the control plane, in AWS's words, and the table that puts it on the wire.

use smithy::ServiceError;
use store::StoreError;

/// Why an operation is refused.
///
/// The text of every variant but [`Error::Store`] is AWS's own, as observed or documented.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The input is wrong. 400.
    #[error("{0}")]
    BadRequest(String),
    /// What is named does not exist. 404.
    #[error("{0}")]
    NotFound(String),
    /// It exists already, or something else stands in the way. 409.
    #[error("{0}")]
    Conflict(String),
    /// The caller may not hand over this role. 403.
    #[error("{0}")]
    AccessDenied(String),
    /// No API of this caller's account and region has this id. 404 unless an operation says
    /// otherwise, see [`Error::or_without_api`].
    #[error("Invalid API identifier specified {account}:{api_id}")]
    UnknownApi {
        /// The caller's account.
        account: String,
        /// The id as it was given.
        api_id: String,
    },
    /// A quota is used up. 429.
    #[error("{0}")]
    LimitExceeded(String),
    /// The value restricts access and nothing here would enforce it. 400.
    #[error("Crossway does not enforce {0} yet and refuses the setting rather than ignoring it")]
    NotEnforced(&'static str),
    /// The store failed; ours to mend.
    #[error("store failed")]
    Store(#[from] StoreError),
    /// A client certificate could not be made; ours to mend.
    #[error("no client certificate could be made: {0}")]
    NoCertificate(String),
    /// What the store holds contradicts itself; ours to mend.
    #[error("stored record is damaged: {0}")]
    Damaged(String),
}

impl Error {
    /// A 400 with this text.
    pub fn bad(message: impl Into<String>) -> Self {
        Self::BadRequest(message.into())
    }

    /// A 404 with this text.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::NotFound(message.into())
    }

    /// A 409 with this text.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::Conflict(message.into())
    }

    /// Every operation below `…/resources/` says this, also when the API is unknown.
    pub fn unknown_resource() -> Self {
        Self::not_found("Invalid Resource identifier specified")
    }

    /// The resource has no such method.
    pub fn unknown_method() -> Self {
        Self::not_found("Invalid Method identifier specified")
    }

    /// The method has no integration.
    pub fn unknown_integration() -> Self {
        Self::not_found("Invalid Integration identifier specified")
    }

    /// Neither method nor integration has a response with this status.
    pub fn unknown_response() -> Self {
        Self::not_found("Invalid Response status code specified")
    }

    /// The API has no such stage.
    pub fn unknown_stage() -> Self {
        Self::not_found("Invalid stage identifier specified")
    }

    /// The API has no such deployment.
    pub fn unknown_deployment() -> Self {
        Self::not_found("Invalid Deployment identifier specified")
    }

    /// Somebody else changed the same thing meanwhile.
    pub fn concurrent() -> Self {
        Self::conflict(
            "Unable to complete operation due to concurrent modification. Please try again later.",
        )
    }

    /// The role belongs to another account.
    pub fn cross_account_role() -> Self {
        Self::AccessDenied("Cross-account pass role is not allowed.".into())
    }

    /// What AWS answers for a patch path it does not know.
    pub fn patch_path(path: &str) -> Self {
        Self::bad(format!("Invalid patch path {path}"))
    }

    /// The same error, or `other` when the API itself is unknown.
    ///
    /// AWS's operations disagree on what an unknown API id is called; the recordings in the
    /// conformance suite say which operation says what.
    pub fn or_without_api(self, other: Self) -> Self {
        match self {
            Self::UnknownApi { .. } => other,
            kept => kept,
        }
    }
}

impl From<Error> for ServiceError {
    fn from(error: Error) -> Self {
        let text = error.to_string();
        match error {
            Error::BadRequest(_) | Error::NotEnforced(_) => {
                Self::new("BadRequestException", text).status(400)
            }
            Error::NotFound(_) | Error::UnknownApi { .. } => {
                Self::new("NotFoundException", text).status(404)
            }
            Error::Conflict(_) => Self::new("ConflictException", text).status(409),
            Error::AccessDenied(_) => Self::new("AccessDeniedException", text).status(403),
            Error::LimitExceeded(_) => Self::new("LimitExceededException", text).status(429),
            Error::Store(source) => {
                tracing::error!(error = %source, "store failed under an API Gateway operation");
                Self::internal()
            }
            Error::NoCertificate(reason) => {
                tracing::error!(%reason, "no client certificate could be made");
                Self::internal()
            }
            Error::Damaged(what) => {
                tracing::error!(%what, "stored API Gateway record is damaged");
                Self::internal()
            }
        }
    }
}
