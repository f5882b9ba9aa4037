//! Refusals of the front door as AWS's errors, per protocol.

use crate::body::BodyError;
use ports::{CredentialError, Denial};
use smithy::{Protocol, ServiceError};

/// The same refusal's code in JSON protocols and in the query protocol.
fn by_protocol(
    protocol: Protocol,
    json: &'static str,
    query: &'static str,
    message: impl Into<String>,
) -> ServiceError {
    let code = if protocol == Protocol::QueryXml {
        query
    } else {
        json
    };
    ServiceError::new(code, message)
}

/// A signature that is missing, malformed, late or wrong.
pub(crate) fn signature(protocol: Protocol, error: &sigv4::Error) -> ServiceError {
    match error.kind() {
        sigv4::ErrorKind::MissingAuthenticationToken if protocol == Protocol::QueryXml => {
            ServiceError::new(
                "MissingAuthenticationToken",
                "Request is missing Authentication Token",
            )
        }
        sigv4::ErrorKind::MissingAuthenticationToken => ServiceError::new(
            "MissingAuthenticationTokenException",
            "Missing Authentication Token",
        ),
        sigv4::ErrorKind::IncompleteSignature => by_protocol(
            protocol,
            "IncompleteSignatureException",
            "IncompleteSignature",
            error.to_string(),
        ),
        sigv4::ErrorKind::InvalidSignature => by_protocol(
            protocol,
            "InvalidSignatureException",
            "SignatureDoesNotMatch",
            error.to_string(),
        ),
    }
}

/// A key or session token that may not sign.
pub(crate) fn credential(protocol: Protocol, error: CredentialError) -> ServiceError {
    match error {
        CredentialError::Invalid => by_protocol(
            protocol,
            "UnrecognizedClientException",
            "InvalidClientTokenId",
            "The security token included in the request is invalid.",
        ),
        CredentialError::Expired => by_protocol(
            protocol,
            "ExpiredTokenException",
            "ExpiredToken",
            "The security token included in the request is expired",
        ),
        CredentialError::Unavailable => ServiceError::internal(),
    }
}

/// The details of a denial, for DecodeAuthorizationMessage. A header of our own: of the services
/// here AWS puts them into no answer, and its texts stay as they are.
const AUTHORIZATION_MESSAGE: &str = "x-crossway-authorization-message";

/// A caller whom policies do not allow what it asks for.
pub(crate) fn denied(protocol: Protocol, denial: &Denial) -> ServiceError {
    let refusal = by_protocol(
        protocol,
        "AccessDeniedException",
        "AccessDenied",
        denial.message.clone(),
    );
    match &denial.encoded {
        Some(encoded) => refusal.header(AUTHORIZATION_MESSAGE, encoded),
        None => refusal,
    }
}

/// A body that was not read. `bytes_max` and `operation` are named to the client.
pub(crate) fn body(error: BodyError, bytes_max: usize, operation: Option<&str>) -> ServiceError {
    match error {
        BodyError::TooLarge => {
            let operation = operation.map(|name| format!(" for the {name} operation"));
            ServiceError::new(
                "RequestEntityTooLargeException",
                format!(
                    "Request must be smaller than {bytes_max} bytes{}",
                    operation.unwrap_or_default()
                ),
            )
            .status(413)
        }
        BodyError::TooSlow => ServiceError::new(
            "RequestTimeoutException",
            "The request body was not received in time.",
        )
        .status(408),
        BodyError::Broken => {
            ServiceError::new("MalformedInput", "The request body could not be read.").status(400)
        }
    }
}

/// An operation, or a whole service, that is known to AWS but not served here.
pub(crate) fn not_implemented(what: &str) -> ServiceError {
    ServiceError::new("NotImplemented", format!("{what} is not implemented.")).status(501)
}

/// A host name or web page that may not use this server.
pub(crate) fn forbidden(message: &str) -> ServiceError {
    ServiceError::new("AccessDeniedException", message).status(403)
}

/// A request that HTTP allows and this server cannot read one way only.
pub(crate) fn malformed(message: &str) -> ServiceError {
    ServiceError::new("BadRequestException", message).status(400)
}

/// More bytes of head than AWS takes.
pub(crate) fn head_too_large() -> ServiceError {
    ServiceError::new(
        "RequestHeaderFieldsTooLargeException",
        "Request Header Fields Too Large",
    )
    .status(431)
}
