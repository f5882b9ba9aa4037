//! New RSA keys, which ring cannot make; whatever is done with them is ring's work.
//!
//! Cost: about 0.1 s of CPU, nearly all of it the search for primes; never on a thread that serves
//! requests.

use crypto_bigint::{NonZero, Odd, U1024, U2048};
use crypto_primes::{
    Flavor,
    hazmat::{SetBits, SmallFactorsSieveFactory},
    is_prime, sieve_and_find,
};
use pkcs1::RsaPrivateKey;
use pkcs8::{
    PrivateKeyInfoRef,
    der::{
        Encode,
        asn1::{OctetStringRef, UintRef},
    },
};
use rand_core::{TryCryptoRng, TryRng};
use std::convert::Infallible;
use stdx::Ids;

/// Bits of each of the two primes; the modulus has twice as many.
const PRIME_BITS: u32 = 1_024;
/// The public exponent that everybody uses.
const EXPONENT: u32 = 65_537;
/// Bits of the difference of the primes, at least (FIPS 186-5, A.1.1: more than 1,024 - 100).
const DISTANCE_BITS_MIN: u32 = 925;

/// A new 2,048 bit key as PKCS #8 DER; none when the arithmetic refuses, which it never does for
/// primes.
pub fn make(ids: &dyn Ids) -> Option<Vec<u8>> {
    let mut random = Random(ids);
    let one = prime(&mut random)?;
    let other = loop {
        let other = prime(&mut random)?;
        if is_far(&one, &other) {
            break other;
        }
    };
    encode(&one.max(other), &one.min(other))
}

/// A prime whose two highest bits are set, so that the modulus has all its bits.
fn prime(random: &mut Random<'_>) -> Option<U1024> {
    let sieve = SmallFactorsSieveFactory::new(Flavor::Any, PRIME_BITS, SetBits::TwoMsb).ok()?;
    sieve_and_find(random, sieve, |_, candidate| fits(candidate)).ok()?
}

/// Whether a candidate is a prime to which the exponent belongs.
fn fits(candidate: &U1024) -> bool {
    let exponent = NonZero::new(U1024::from(EXPONENT)).into_option();
    exponent.is_some_and(|exponent| candidate.rem_vartime(&exponent) != U1024::ONE)
        && is_prime(Flavor::Any, candidate)
}

fn is_far(one: &U1024, other: &U1024) -> bool {
    let distance = one.max(other).wrapping_sub(one.min(other));
    distance.bits_vartime() >= DISTANCE_BITS_MIN
}

/// The key of two primes, the larger one first, as ring wants it.
fn encode(p: &U1024, q: &U1024) -> Option<Vec<u8>> {
    let modulus: U2048 = p.concatenating_mul(q);
    let p_less = p.wrapping_sub(&U1024::ONE);
    let q_less = q.wrapping_sub(&U1024::ONE);
    let period: U2048 = p_less.lcm(&q_less);
    let exponent = U2048::from(EXPONENT);
    let inverse = exponent.invert_mod(&NonZero::new(period).into_option()?);
    let private = inverse.into_option()?;
    let of_p = private.rem(&NonZero::new(p_less).into_option()?);
    let of_q = private.rem(&NonZero::new(q_less).into_option()?);
    let coefficient = q.invert_odd_mod(&Odd::new(*p).into_option()?);
    let coefficient = coefficient.into_option()?.to_be_bytes();
    let [modulus, exponent, private] = [modulus, exponent, private].map(|n| n.to_be_bytes());
    let [p, q, of_p, of_q] = [*p, *q, of_p, of_q].map(|n| n.to_be_bytes());
    let key = RsaPrivateKey {
        modulus: UintRef::new(modulus.as_ref()).ok()?,
        public_exponent: UintRef::new(exponent.as_ref()).ok()?,
        private_exponent: UintRef::new(private.as_ref()).ok()?,
        prime1: UintRef::new(p.as_ref()).ok()?,
        prime2: UintRef::new(q.as_ref()).ok()?,
        exponent1: UintRef::new(of_p.as_ref()).ok()?,
        exponent2: UintRef::new(of_q.as_ref()).ok()?,
        coefficient: UintRef::new(coefficient.as_ref()).ok()?,
        other_prime_infos: None,
    };
    let key = key.to_der().ok()?;
    let key = OctetStringRef::new(&key).ok()?;
    PrivateKeyInfoRef::new(pkcs1::ALGORITHM_ID, key)
        .to_der()
        .ok()
}

/// The house's random bytes as these crates ask for them.
struct Random<'a>(&'a dyn Ids);

impl TryRng for Random<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill(bytes);
        Ok(())
    }
}

impl TryCryptoRng for Random<'_> {}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use ring::{
        rand::SystemRandom,
        rsa::KeyPair,
        signature::{
            KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey,
        },
    };
    use stdx::RandomIds;

    #[test]
    fn ring_signs_with_a_new_key_and_no_two_are_alike() {
        let [one, other] = [make(&RandomIds).unwrap(), make(&RandomIds).unwrap()];
        let pair = KeyPair::from_pkcs8(&one).unwrap();
        assert_eq!(pair.public().modulus_len(), 256);
        let mut signature = [0; 256];
        let random = SystemRandom::new();
        pair.sign(&RSA_PKCS1_SHA256, &random, b"text", &mut signature)
            .unwrap();
        let verifier = |key: &KeyPair| {
            UnparsedPublicKey::new(
                &RSA_PKCS1_2048_8192_SHA256,
                key.public_key().as_ref().to_vec(),
            )
        };
        assert!(verifier(&pair).verify(b"text", &signature).is_ok());
        assert!(verifier(&pair).verify(b"test", &signature).is_err());
        let other = KeyPair::from_pkcs8(&other).unwrap();
        assert!(verifier(&other).verify(b"text", &signature).is_err());
    }

    #[test]
    fn primes_that_the_exponent_divides_or_that_are_near_are_not_taken() {
        // Both are prime; 917,519 is 14 times the exponent and one.
        assert!(is_prime(Flavor::Any, &U1024::from(917_519_u32)));
        assert!(!fits(&U1024::from(917_519_u32)));
        assert!(fits(&U1024::from(1_000_003_u32)));
        assert!(!fits(&U1024::from(1_000_005_u32)));
        let base = U1024::ONE.shl(1_023);
        assert!(is_far(&base, &base.wrapping_add(&U1024::ONE.shl(924))));
        assert!(!is_far(&base, &base.wrapping_add(&U1024::ONE.shl(923))));
        assert!(!is_far(&base, &base));
    }
}
