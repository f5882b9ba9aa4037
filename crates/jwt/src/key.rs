//! Public keys (RFC 7517) and what they verify.

use crate::{Algorithm, DocumentError, base64url, limits};
use p521::ecdsa::signature::Verifier as _;
use ring::signature::{self, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey};
use serde_json::Value;

/// The keys that an issuer publishes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeySet(Vec<Key>);

/// A key that verifies signatures; others of a set are not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Key {
    id: String,
    /// What the set says that the key is for; none says nothing.
    algorithm: Option<Algorithm>,
    public: Public,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Public {
    Rsa {
        modulus: Vec<u8>,
        exponent: Vec<u8>,
    },
    /// The uncompressed point.
    Elliptic {
        curve: Curve,
        point: Vec<u8>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Curve {
    P256,
    P384,
    P521,
}

impl KeySet {
    /// Reads a key set. Keys for other uses, of other kinds, without an id or broken ones are left
    /// out, as RFC 7517 (5) asks for.
    ///
    /// # Errors
    /// [`DocumentError`] when it is no key set at all.
    pub fn parse(document: &[u8]) -> Result<Self, DocumentError> {
        if document.len() > limits::DOCUMENT_BYTES_MAX {
            return Err(DocumentError::TooLarge);
        }
        let parsed: Value =
            serde_json::from_slice(document).map_err(|_| DocumentError::Malformed("no JSON"))?;
        let Some(Value::Array(keys)) = parsed.get("keys") else {
            return Err(DocumentError::Malformed("no `keys`"));
        };
        let keys = keys.iter().take(limits::KEYS_MAX).filter_map(Key::parse);
        Ok(Self(keys.collect()))
    }

    /// Whether there is a key by this name for this algorithm.
    pub fn has(&self, key_id: &str, algorithm: Algorithm) -> bool {
        self.fitting(key_id, algorithm).next().is_some()
    }

    /// Whether `signature` over `message` was made by a key with this name.
    pub(crate) fn verifies(
        &self,
        key_id: &str,
        algorithm: Algorithm,
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        // Names should be unique; where they are not, any of the namesakes may have signed.
        self.fitting(key_id, algorithm)
            .any(|key| key.public.verifies(algorithm, message, signature))
    }

    fn fitting(&self, key_id: &str, algorithm: Algorithm) -> impl Iterator<Item = &Key> {
        self.0.iter().filter(move |key| {
            key.id == key_id
                && key.algorithm.is_none_or(|only| only == algorithm)
                && key.public.fits(algorithm)
        })
    }
}

impl Key {
    fn parse(value: &Value) -> Option<Self> {
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        let is_to_sign = match value.get("use") {
            None => true,
            Some(given) => given.as_str() == Some("sig"),
        };
        let is_to_verify = match value.get("key_ops") {
            None => true,
            Some(Value::Array(all)) => all.iter().any(|one| one.as_str() == Some("verify")),
            Some(_) => false,
        };
        let algorithm = match value.get("alg") {
            None => None,
            Some(given) => Some(Algorithm::parse(given.as_str()?)?),
        };
        let id = text("kid").filter(|id| id.chars().count() <= limits::KEY_ID_CHARS_MAX)?;
        let part = |name: &str, bytes_max| base64url::decode_at_most(text(name)?, bytes_max);
        let public = match text("kty")? {
            "RSA" => Public::Rsa {
                modulus: part("n", limits::RSA_MODULUS_BYTES_MAX)?,
                exponent: part("e", 8)?,
            },
            "EC" => {
                let curve = Curve::parse(text("crv")?)?;
                let coordinate =
                    |name| part(name, curve.bytes()).filter(|part| part.len() == curve.bytes());
                Public::Elliptic {
                    curve,
                    point: [vec![4], coordinate("x")?, coordinate("y")?].concat(),
                }
            }
            _ => return None,
        };
        (is_to_sign && is_to_verify).then(|| Self {
            id: id.to_owned(),
            algorithm,
            public,
        })
    }
}

impl Curve {
    fn parse(name: &str) -> Option<Self> {
        match name {
            "P-256" => Some(Self::P256),
            "P-384" => Some(Self::P384),
            "P-521" => Some(Self::P521),
            _ => None,
        }
    }

    /// Bytes of a coordinate.
    const fn bytes(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }
}

impl Public {
    fn fits(&self, algorithm: Algorithm) -> bool {
        match self {
            Self::Rsa { .. } => rsa(algorithm).is_some(),
            Self::Elliptic { curve, .. } => elliptic(algorithm) == Some(*curve),
        }
    }

    fn verifies(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Rsa { modulus, exponent } => rsa(algorithm).is_some_and(|parameters| {
                let key = RsaPublicKeyComponents {
                    n: modulus,
                    e: exponent,
                };
                key.verify(parameters, message, signature).is_ok()
            }),
            Self::Elliptic { curve, point } => match curve {
                Curve::P256 => {
                    let key = UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, point);
                    key.verify(message, signature).is_ok()
                }
                Curve::P384 => {
                    let key = UnparsedPublicKey::new(&signature::ECDSA_P384_SHA384_FIXED, point);
                    key.verify(message, signature).is_ok()
                }
                Curve::P521 => verifies_p521(point, message, signature),
            },
        }
    }
}

/// The one curve that `ring` does not know.
fn verifies_p521(point: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let key = p521::ecdsa::VerifyingKey::from_sec1_bytes(point);
    let signature = p521::ecdsa::Signature::from_slice(signature);
    match (key, signature) {
        (Ok(key), Ok(signature)) => key.verify(message, &signature).is_ok(),
        _ => false,
    }
}

/// RSA of 2,048 to 8,192 bits; none for other kinds of keys.
fn rsa(algorithm: Algorithm) -> Option<&'static RsaParameters> {
    match algorithm {
        Algorithm::Rs256 => Some(&signature::RSA_PKCS1_2048_8192_SHA256),
        Algorithm::Rs384 => Some(&signature::RSA_PKCS1_2048_8192_SHA384),
        Algorithm::Rs512 => Some(&signature::RSA_PKCS1_2048_8192_SHA512),
        Algorithm::Ps256 => Some(&signature::RSA_PSS_2048_8192_SHA256),
        Algorithm::Ps384 => Some(&signature::RSA_PSS_2048_8192_SHA384),
        Algorithm::Ps512 => Some(&signature::RSA_PSS_2048_8192_SHA512),
        Algorithm::Es256 | Algorithm::Es384 | Algorithm::Es512 => None,
    }
}

/// The curve that belongs to the algorithm (RFC 7518, 3.4); none for other kinds of keys.
const fn elliptic(algorithm: Algorithm) -> Option<Curve> {
    match algorithm {
        Algorithm::Es256 => Some(Curve::P256),
        Algorithm::Es384 => Some(Curve::P384),
        Algorithm::Es512 => Some(Curve::P521),
        _ => None,
    }
}
