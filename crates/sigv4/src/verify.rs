//! Judges a claim, given the secret.

use crate::canonical::{
    Parts, PathForm, TokenForm, canonical, encodes_path_once, normalise, signing_key,
    string_to_sign,
};
use crate::claim::{Claim, Placement};
use crate::ecdsa;
use crate::error::Error;
use crate::hash::{hex, hmac};
use crate::regions::Regions;
use p256::ecdsa::VerifyingKey;
use subtle::ConstantTimeEq;

/// Which reading of the path the client signed. Route by this one and no other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignedPath {
    /// The raw path, byte for byte.
    AsSent,
    /// The raw path without dot segments and repeated slashes; this text.
    Normalised(String),
}

/// Whether a session token must be covered by the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenRule {
    /// The token is signed, as every AWS SDK does.
    Signed,
    /// The token may have been added after signing, as the SDKs that API Gateway generates and
    /// AWS IoT's clients do. Safe only where the token decides the secret, so that a token put
    /// in its place makes another signature.
    MayFollow,
}

/// Whether the claim's signature was made over this request with this secret.
///
/// `body_hash` is [`crate::body_hash`] of the whole body.
///
/// # Errors
/// Untimely, a header that must be signed is not, or the signature differs.
pub fn verify(
    claim: &Claim,
    parts: &Parts<'_>,
    body_hash: &str,
    secret: &str,
    now_ms: i64,
) -> Result<SignedPath, Error> {
    claim.check_time(now_ms)?;
    verify_with(claim, parts, body_hash, secret, TokenRule::Signed)
}

/// [`verify`] without the question of time, and with a rule of the caller's for session tokens.
///
/// # Errors
/// A header that must be signed is not, or the signature differs.
pub fn verify_with(
    claim: &Claim,
    parts: &Parts<'_>,
    body_hash: &str,
    secret: &str,
    rule: TokenRule,
) -> Result<SignedPath, Error> {
    check_signed_headers(claim, parts, rule)?;
    let payload = payload_hash(claim, parts, body_hash)?;
    let key = Key::of(claim, secret)?;
    let token_forms: &[TokenForm] = match (rule, claim.placement) {
        (TokenRule::MayFollow, Placement::Query { .. }) if claim.session_token.is_some() => {
            &[TokenForm::Signed, TokenForm::AddedAfterSigning]
        }
        _ => &[TokenForm::Signed],
    };
    for token in token_forms {
        let is_good = |path| {
            let canonical = canonical(claim, parts, payload, path, *token);
            key.signed(&string_to_sign(claim, &canonical), &claim.signature)
        };
        if is_good(PathForm::AsSent) {
            return Ok(SignedPath::AsSent);
        }
        let normalised = normalise(parts.path);
        let may_differ = normalised != parts.path && !encodes_path_once(&claim.scope.service);
        if may_differ && is_good(PathForm::Normalised) {
            return Ok(SignedPath::Normalised(normalised));
        }
    }
    Err(Error::Mismatch)
}

/// What judges a signature, derived from the secret.
enum Key {
    Hmac([u8; 32]),
    Ecdsa(Box<VerifyingKey>),
}

impl Key {
    fn of(claim: &Claim, secret: &str) -> Result<Self, Error> {
        let scope = &claim.scope;
        match &scope.regions {
            Regions::One(region) => Ok(Self::Hmac(signing_key(
                secret,
                &scope.date,
                region,
                &scope.service,
            ))),
            Regions::Set(_) => ecdsa::public_key(&claim.access_key_id, secret)
                .map(|key| Self::Ecdsa(Box::new(key)))
                .ok_or(Error::Mismatch),
        }
    }

    fn signed(&self, text: &str, signature: &str) -> bool {
        match self {
            Self::Hmac(key) => {
                let expect = hex(&hmac(key, text.as_bytes()));
                bool::from(expect.as_bytes().ct_eq(signature.as_bytes()))
            }
            Self::Ecdsa(key) => ecdsa::is_good(key, text, signature),
        }
    }
}

/// Headers that the product acts on must be covered, else they could be put in by anybody.
///
/// `content-type` is not among them: version 2 of the JavaScript SDK never signs it.
fn check_signed_headers(claim: &Claim, parts: &Parts<'_>, rule: TokenRule) -> Result<(), Error> {
    for name in parts.headers.keys() {
        let name = name.as_str();
        // The date is part of the string to sign whether or not the header is signed.
        let is_exempt = name == "x-amz-date"
            || (name == "x-amz-security-token" && rule == TokenRule::MayFollow);
        if name.starts_with("x-amz-") && !is_exempt && !claim.signs(name) {
            return Err(Error::Invalid(format!(
                "'{name}' must be a 'SignedHeader' in the AWS Authorization."
            )));
        }
    }
    let are_single = [
        "host",
        "x-amz-target",
        "x-amz-content-sha256",
        "x-amz-region-set",
    ]
    .iter()
    .all(|name| parts.headers.get_all(*name).iter().count() <= 1);
    let are_there = claim
        .signed_headers
        .iter()
        .all(|name| parts.headers.contains_key(name));
    if are_single && are_there {
        Ok(())
    } else {
        Err(Error::Mismatch)
    }
}

/// What stands for the body in the canonical request.
///
/// `X-Amz-Content-Sha256` must tell the truth about the body. `UNSIGNED-PAYLOAD` is S3's alone,
/// and the default of its presigned requests; streamed bodies are not served.
fn payload_hash<'a>(
    claim: &Claim,
    parts: &Parts<'_>,
    body_hash: &'a str,
) -> Result<&'a str, Error> {
    const UNSIGNED: &str = "UNSIGNED-PAYLOAD";
    let is_s3 = encodes_path_once(&claim.scope.service);
    match parts.headers.get("x-amz-content-sha256") {
        Some(stated) if stated.as_bytes() == body_hash.as_bytes() => Ok(body_hash),
        Some(stated) if is_s3 && stated.as_bytes() == UNSIGNED.as_bytes() => Ok(UNSIGNED),
        Some(_) => Err(Error::Mismatch),
        None if is_s3 && claim.placement != Placement::Header => Ok(UNSIGNED),
        None => Ok(body_hash),
    }
}
