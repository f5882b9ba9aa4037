//! Errors of AWS's common front end, which no model lists.

use crate::{Protocol, ServiceError, ServiceMeta};

/// How an error is shown on the wire.
pub(crate) struct Shown {
    /// The code.
    pub code: String,
    /// HTTP status.
    pub status: u16,
    /// `message` or `Message`.
    pub message_key: &'static str,
    /// `User` or `Service`, where the model has a `Type`.
    pub kind: Option<&'static str>,
}

/// What the model says of the error, else what the table of common errors says.
pub(crate) fn show(service: &ServiceMeta, error: &ServiceError) -> Shown {
    let mut shown = modelled(service, error).unwrap_or_else(|| common(service, error));
    if let Some(status) = error.status_override() {
        shown.status = status;
    }
    shown
}

fn modelled(service: &ServiceMeta, error: &ServiceError) -> Option<Shown> {
    let meta = service.error(error.code())?;
    let wire = |name: &str| meta.members.iter().find(|member| member.name == name);
    let fault = if meta.is_server_fault {
        "Service"
    } else {
        "User"
    };
    Some(Shown {
        code: meta.code.to_owned(),
        status: meta.status,
        message_key: if wire("Message").is_some() {
            "Message"
        } else {
            "message"
        },
        kind: wire("Type").map(|_| fault),
    })
}

/// Codes and statuses of "Common Error Types" (API references of API Gateway, Lambda, IAM, STS).
const COMMON: &[(&str, u16, &str)] = &[
    ("AccessDenied", 403, "Message"),
    ("AccessDeniedException", 403, "Message"),
    ("ExpiredToken", 403, "message"),
    ("ExpiredTokenException", 403, "message"),
    ("IncompleteSignature", 400, "message"),
    ("IncompleteSignatureException", 403, "message"),
    ("InternalFailure", 500, "message"),
    ("InvalidAction", 400, "message"),
    ("InvalidClientTokenId", 403, "message"),
    ("InvalidSignatureException", 403, "message"),
    ("MalformedInput", 400, "message"),
    ("MissingAction", 400, "message"),
    ("MissingAuthenticationToken", 403, "message"),
    ("MissingAuthenticationTokenException", 403, "message"),
    ("NotImplemented", 501, "message"),
    ("OptInRequired", 403, "message"),
    ("RequestEntityTooLargeException", 413, "Message"),
    ("RequestExpired", 400, "message"),
    ("SerializationException", 400, "message"),
    ("ServiceUnavailable", 503, "message"),
    ("SignatureDoesNotMatch", 403, "message"),
    ("Throttling", 400, "message"),
    ("ThrottlingException", 400, "message"),
    ("UnknownOperationException", 404, "message"),
    ("UnrecognizedClientException", 403, "message"),
    ("ValidationError", 400, "message"),
    ("ValidationException", 400, "message"),
];

fn common(service: &ServiceMeta, error: &ServiceError) -> Shown {
    let row = COMMON.iter().find(|(code, ..)| *code == error.code());
    let (status, message_key) = row.map_or((400, "message"), |(_, status, key)| (*status, *key));
    // JSON services answer 400 where others choose among the 4xx.
    let is_folded = service.protocol == Protocol::Json11 && (401..=404).contains(&status);
    Shown {
        code: error.code().to_owned(),
        status: if is_folded { 400 } else { status },
        message_key,
        kind: None,
    }
}
