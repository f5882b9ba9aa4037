//! The key pair of SigV4a, and its signatures.
//!
//! A counter-mode key derivation after NIST SP 800-108 makes the private key out of the secret.
//! Source: AWS's own signing suite for SigV4a, whose public keys and signatures the tests repeat.
//! The curve is `p256`'s: `ring`, which is here for TLS, cannot make a public key out of a number.

use crate::algorithm::Algorithm;
use crate::hash::hmac;
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use p256::elliptic_curve::PrimeField;
use p256::{NonZeroScalar, Scalar};

/// The public key of an access key.
///
/// None when no counter gives a key, which no secret is known to bring about.
pub(crate) fn public_key(access_key_id: &str, secret: &str) -> Option<VerifyingKey> {
    let key = private_key(access_key_id, secret)?;
    Some(*SigningKey::from(key).verifying_key())
}

/// Whether `signature`, DER in lower-case hexadecimal, was made over `text` with the key's other half.
pub(crate) fn is_good(key: &VerifyingKey, text: &str, signature: &str) -> bool {
    let signature = unhex(signature).and_then(|der| Signature::from_der(&der).ok());
    signature.is_some_and(|signature| key.verify(text.as_bytes(), &signature).is_ok())
}

/// One more than the first derived number that is at most the curve's order less two.
fn private_key(access_key_id: &str, secret: &str) -> Option<NonZeroScalar> {
    let input_key = format!("AWS4A{secret}");
    (1..=254u8).find_map(|counter| {
        let mut fixed = Vec::with_capacity(64);
        fixed.extend_from_slice(&1u32.to_be_bytes());
        fixed.extend_from_slice(Algorithm::Ecdsa.name().as_bytes());
        fixed.push(0);
        fixed.extend_from_slice(access_key_id.as_bytes());
        fixed.push(counter);
        fixed.extend_from_slice(&256u32.to_be_bytes());
        let candidate = hmac(input_key.as_bytes(), &fixed);
        let number = Option::<Scalar>::from(Scalar::from_repr(candidate.into()))?;
        // The number just below the order becomes zero here, and is not taken either.
        NonZeroScalar::new(number + Scalar::ONE).into()
    })
}

/// The bytes behind lower-case hexadecimal; capitals are refused, so that a signature has one text.
fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let bytes = pairs
        .iter()
        .map(|[high, low]| Some((digit(*high)? << 4) | digit(*low)?))
        .collect::<Option<Vec<u8>>>()?;
    rest.is_empty().then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_has_one_text() {
        assert_eq!(unhex("00ff1a"), Some(vec![0, 255, 26]));
        for bad in ["0", "0g", "FF", "f ", "\u{e9}"] {
            assert_eq!(unhex(bad), None, "{bad}");
        }
    }
}
