//! AWS's errors, in AWS's words.

use api::ServiceError;

/// The store failed; the caller only hears that it is our fault.
pub(crate) fn store(error: store::StoreError) -> ServiceError {
    tracing::error!(error = %error, "the store of organizations failed");
    ServiceError::new("ServiceException", "An internal error occurred.").status(500)
}

/// The caller's account is in no organization.
pub(crate) fn not_in_use() -> ServiceError {
    ServiceError::new(
        "AWSOrganizationsNotInUseException",
        "Your account is not a member of an organization.",
    )
}

/// Only the management account may.
pub(crate) fn not_management() -> ServiceError {
    ServiceError::new(
        "AccessDeniedException",
        "You don't have permissions to access this resource.",
    )
}

/// `XNotFoundException`: `You specified … that doesn't exist.`
pub(crate) fn not_found(what: Missing) -> ServiceError {
    let (code, noun) = match what {
        Missing::Account => ("AccountNotFoundException", "an account"),
        Missing::Unit => (
            "OrganizationalUnitNotFoundException",
            "an organizational unit",
        ),
        Missing::Root => ("RootNotFoundException", "a root"),
        Missing::Parent => ("ParentNotFoundException", "a parent"),
        Missing::SourceParent => ("SourceParentNotFoundException", "a source parent"),
        Missing::DestinationParent => {
            ("DestinationParentNotFoundException", "a destination parent")
        }
        Missing::Child => ("ChildNotFoundException", "a child"),
        Missing::Policy => ("PolicyNotFoundException", "a policy"),
        Missing::Target => ("TargetNotFoundException", "a target"),
        Missing::Request => (
            "CreateAccountStatusNotFoundException",
            "a create account request",
        ),
    };
    ServiceError::new(code, format!("You specified {noun} that doesn't exist."))
}

/// What was asked for and is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    Account,
    Unit,
    Root,
    Parent,
    SourceParent,
    DestinationParent,
    Child,
    Policy,
    Target,
    Request,
}

/// `InvalidInputException` with its reason.
pub(crate) fn invalid(reason: &str, text: impl Into<String>) -> ServiceError {
    ServiceError::new("InvalidInputException", text).field("Reason", reason)
}

/// `ConstraintViolationException` with its reason.
pub(crate) fn violation(reason: &str, text: &str) -> ServiceError {
    ServiceError::new("ConstraintViolationException", text).field("Reason", reason)
}

/// `MalformedPolicyDocumentException`.
pub(crate) fn malformed() -> ServiceError {
    ServiceError::new(
        "MalformedPolicyDocumentException",
        "The provided policy document does not meet the requirements of the specified policy type.",
    )
}

/// What AWS has and this server has not.
pub(crate) fn not_implemented(what: &str) -> ServiceError {
    ServiceError::new("NotImplemented", format!("{what} are not implemented.")).status(501)
}

/// The policy type is not enabled in the root.
pub(crate) fn type_not_enabled() -> ServiceError {
    ServiceError::new(
        "PolicyTypeNotEnabledException",
        "This operation can be performed only for enabled policy types.",
    )
}
