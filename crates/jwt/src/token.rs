//! A token, read and verified.

use crate::{Algorithm, Claims, KeySet, TokenError, base64url, limits};
use serde_json::{Map, Value};

/// A token that was read; nobody vouches for it yet.
#[derive(Debug)]
pub struct Token<'a> {
    /// What was signed: head and claims as they came.
    signed: &'a str,
    signature: Vec<u8>,
    algorithm: Algorithm,
    key_id: String,
    kind: Option<String>,
    claims: Claims,
}

impl<'a> Token<'a> {
    /// Reads a token in its compact form.
    ///
    /// # Errors
    /// [`TokenError`] when it is none, or when nothing that is accepted could verify it.
    pub fn parse(text: &'a str) -> Result<Self, TokenError> {
        if text.len() > limits::TOKEN_BYTES_MAX {
            return Err(TokenError::Malformed);
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(TokenError::Malformed)?;
        let (head, claims) = signed.split_once('.').ok_or(TokenError::Malformed)?;
        let head = object(head)?;
        let claims = object(claims)?;
        let text = |name: &str| head.get(name).and_then(Value::as_str);
        let name = text("alg").ok_or(TokenError::Malformed)?;
        let algorithm = Algorithm::parse(name);
        let algorithm = algorithm.ok_or_else(|| TokenError::Algorithm(name.to_owned()))?;
        if head.contains_key("crit") {
            return Err(TokenError::Extension);
        }
        Ok(Self {
            signed,
            signature: base64url::decode(signature).ok_or(TokenError::Malformed)?,
            algorithm,
            key_id: text("kid").ok_or(TokenError::NoKeyId)?.to_owned(),
            kind: text("typ").map(str::to_owned),
            claims: Claims::new(claims),
        })
    }

    /// What the token says, believed by nobody: to find its issuer's keys, and for nothing else.
    pub fn unverified(&self) -> &Claims {
        &self.claims
    }

    /// How it says that it is signed.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The key that it says it is signed by.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// `typ` of its head, such as `at+jwt` for access tokens (RFC 9068).
    pub fn kind(&self) -> Option<&str> {
        self.kind.as_deref()
    }

    /// What the token says, once a key of the set has signed it by one of the algorithms.
    ///
    /// Times, issuer and audience are still to be looked at.
    ///
    /// # Errors
    /// [`TokenError`] when the algorithm is another, the key is not in the set, or the signature
    /// does not fit.
    pub fn verify(self, keys: &KeySet, accepted: &[Algorithm]) -> Result<Claims, TokenError> {
        if !accepted.contains(&self.algorithm) {
            return Err(TokenError::Algorithm(self.algorithm.to_string()));
        }
        if !keys.has(&self.key_id, self.algorithm) {
            return Err(TokenError::UnknownKey);
        }
        let message = self.signed.as_bytes();
        match keys.verifies(&self.key_id, self.algorithm, message, &self.signature) {
            true => Ok(self.claims),
            false => Err(TokenError::Signature),
        }
    }
}

fn object(part: &str) -> Result<Map<String, Value>, TokenError> {
    let bytes = base64url::decode(part).ok_or(TokenError::Malformed)?;
    match serde_json::from_slice(&bytes) {
        Ok(Value::Object(members)) => Ok(members),
        _ => Err(TokenError::Malformed),
    }
}
