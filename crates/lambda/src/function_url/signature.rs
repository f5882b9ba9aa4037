//! Who signed a request for a function URL of type `AWS_IAM`.

use super::answer::Refusal;
use crate::Lambda;
use arn::Region;
use ports::{Caller, CredentialError};
use sigv4::{ErrorKind, Parts, SignedPath};

/// Who calls, and the path that was signed where it differs from the path as sent.
pub struct Signed {
    /// The verified identity.
    pub caller: Caller,
    /// Pass this one on, not the one as sent.
    pub path: Option<String>,
}

/// The identity behind the request's signature.
///
/// # Errors
/// The refusal as the client sees it.
pub async fn check(
    lambda: &Lambda,
    request: &http::Request<bytes::Bytes>,
    region: &Region,
    now_ms: i64,
) -> Result<Signed, Refusal> {
    let parts = Parts::of(request.method(), request.uri(), request.headers());
    let claim = sigv4::parse(&parts).map_err(refusal)?;
    claim.check_time(now_ms).map_err(refusal)?;
    claim
        .check_scope("lambda", Some(region.as_str()))
        .map_err(refusal)?;
    let found = lambda
        .credentials
        .find(claim.access_key_id(), claim.session_token(), now_ms)
        .await;
    let credential = found.map_err(|error| match error {
        CredentialError::Invalid => Refusal::Signature(
            "UnrecognizedClientException",
            "The security token included in the request is invalid.".to_owned(),
        ),
        CredentialError::Expired => Refusal::Signature(
            "ExpiredTokenException",
            "The security token included in the request is expired".to_owned(),
        ),
        CredentialError::Unavailable => Refusal::Failed,
    })?;
    let hash = sigv4::body_hash(request.body());
    let path = sigv4::verify(&claim, &parts, &hash, &credential.secret.0, now_ms);
    Ok(Signed {
        path: match path.map_err(refusal)? {
            SignedPath::AsSent => None,
            SignedPath::Normalised(path) => Some(path),
        },
        caller: Caller::Principal(credential.principal),
    })
}

fn refusal(error: sigv4::Error) -> Refusal {
    match error.kind() {
        ErrorKind::MissingAuthenticationToken => Refusal::Forbidden,
        ErrorKind::IncompleteSignature => {
            Refusal::Signature("IncompleteSignatureException", error.to_string())
        }
        ErrorKind::InvalidSignature => {
            Refusal::Signature("InvalidSignatureException", error.to_string())
        }
    }
}
