//! Who signed: the key behind the claim first, the signature over the whole request second.

use crate::fault;
use ports::{Credential, Credentials};
use sigv4::{Claim, Parts, SignedPath};
use smithy::{Protocol, ServiceError};

/// The credential that the claim names, once scope and time are good.
///
/// Asked before the body is read, so that strangers cannot make the server hold large bodies.
pub(crate) async fn credential(
    claim: &Claim,
    expected: Expected<'_>,
    credentials: &dyn Credentials,
    now_ms: i64,
) -> Result<Credential, ServiceError> {
    let refuse = |error: sigv4::Error| fault::signature(expected.protocol, &error);
    if let Some(service) = expected.service {
        claim
            .check_scope(service, expected.region)
            .map_err(refuse)?;
    }
    claim.check_time(now_ms).map_err(refuse)?;
    credentials
        .find(claim.access_key_id(), claim.session_token(), now_ms)
        .await
        .map_err(|error| fault::credential(expected.protocol, error))
}

/// What the credential scope must say, as far as the address tells.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expected<'a> {
    pub(crate) protocol: Protocol,
    pub(crate) service: Option<&'a str>,
    pub(crate) region: Option<&'a str>,
}

/// The path that was signed, once the signature covers this request and this body.
pub(crate) fn signature(
    claim: &Claim,
    parts: &Parts<'_>,
    body: &[u8],
    credential: &Credential,
    protocol: Protocol,
    now_ms: i64,
) -> Result<SignedPath, ServiceError> {
    let hash = sigv4::body_hash(body);
    sigv4::verify(claim, parts, &hash, &credential.secret.0, now_ms)
        .map_err(|error| fault::signature(protocol, &error))
}
