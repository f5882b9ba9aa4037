//! Tokens signed here, and every way to sign them wrongly.

#![allow(clippy::unwrap_used)]

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jwt::{Algorithm, KeySet, Token, TokenError};
use p521::ecdsa::signature::Signer as _;
use ring::{
    hmac,
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
        KeyPair as _, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256,
        RSA_PSS_SHA384, RSA_PSS_SHA512, RsaEncoding, RsaKeyPair, RsaPublicKeyComponents,
    },
};
use serde_json::{Value, json};

const CLAIMS: &str = r#"{"iss":"https://idp.example","sub":"me","exp":2}"#;

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// An issuer with a key of each kind; key ids are `rsa`, `p256`, `p384` and `p521`.
struct Issuer {
    rsa: RsaKeyPair,
    p256: EcdsaKeyPair,
    p384: EcdsaKeyPair,
    p521: p521::ecdsa::SigningKey,
}

impl Issuer {
    fn new() -> Self {
        let random = SystemRandom::new();
        let pair = |algorithm| {
            let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
            EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).unwrap()
        };
        let secret: Vec<u8> = std::iter::once(0).chain((0..65).map(|n| n + 7)).collect();
        Self {
            rsa: RsaKeyPair::from_pkcs8(include_bytes!("data/rsa_2048.pk8")).unwrap(),
            p256: pair(&ECDSA_P256_SHA256_FIXED_SIGNING),
            p384: pair(&ECDSA_P384_SHA384_FIXED_SIGNING),
            p521: p521::ecdsa::SigningKey::from_slice(&secret).unwrap(),
        }
    }

    fn rsa_key(&self) -> Value {
        let public = RsaPublicKeyComponents::<Vec<u8>>::from(self.rsa.public_key());
        json!({"kty": "RSA", "kid": "rsa", "n": encode(public.n), "e": encode(public.e)})
    }

    fn elliptic_key(&self, id: &str, curve: &str, point: &[u8]) -> Value {
        let (x, y) = point[1..].split_at((point.len() - 1) / 2);
        json!({"kty": "EC", "kid": id, "crv": curve, "x": encode(x), "y": encode(y)})
    }

    fn keys(&self) -> Vec<Value> {
        let p521 = self.p521.verifying_key().to_sec1_point(false);
        vec![
            self.rsa_key(),
            self.elliptic_key("p256", "P-256", self.p256.public_key().as_ref()),
            self.elliptic_key("p384", "P-384", self.p384.public_key().as_ref()),
            self.elliptic_key("p521", "P-521", p521.as_bytes()),
        ]
    }

    fn set(&self) -> KeySet {
        set(&self.keys())
    }

    fn sign(&self, algorithm: Algorithm, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        let rsa = |encoding: &'static dyn RsaEncoding| {
            let mut signature = vec![0; self.rsa.public().modulus_len()];
            let signed = self.rsa.sign(encoding, &random, message, &mut signature);
            signed.unwrap();
            signature
        };
        let ring = |pair: &EcdsaKeyPair| pair.sign(&random, message).unwrap().as_ref().to_vec();
        match algorithm {
            Algorithm::Rs256 => rsa(&RSA_PKCS1_SHA256),
            Algorithm::Rs384 => rsa(&RSA_PKCS1_SHA384),
            Algorithm::Rs512 => rsa(&RSA_PKCS1_SHA512),
            Algorithm::Ps256 => rsa(&RSA_PSS_SHA256),
            Algorithm::Ps384 => rsa(&RSA_PSS_SHA384),
            Algorithm::Ps512 => rsa(&RSA_PSS_SHA512),
            Algorithm::Es256 => ring(&self.p256),
            Algorithm::Es384 => ring(&self.p384),
            Algorithm::Es512 => {
                let signature: p521::ecdsa::Signature = self.p521.sign(message);
                signature.to_bytes().to_vec()
            }
        }
    }

    fn token(&self, algorithm: Algorithm, head: &Value) -> String {
        let message = format!("{}.{}", encode(head.to_string()), encode(CLAIMS));
        let signature = self.sign(algorithm, message.as_bytes());
        format!("{message}.{}", encode(signature))
    }
}

fn set(keys: &[Value]) -> KeySet {
    KeySet::parse(json!({ "keys": keys }).to_string().as_bytes()).unwrap()
}

fn key_of(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Es256 => "p256",
        Algorithm::Es384 => "p384",
        Algorithm::Es512 => "p521",
        _ => "rsa",
    }
}

fn head(algorithm: Algorithm) -> Value {
    json!({"alg": algorithm.name(), "kid": key_of(algorithm), "typ": "JWT"})
}

fn verify(token: &str, keys: &KeySet) -> Result<String, TokenError> {
    let claims = Token::parse(token)?.verify(keys, &Algorithm::ALL)?;
    Ok(claims.text("sub").unwrap().to_owned())
}

#[test]
fn each_algorithm_verifies() {
    let issuer = Issuer::new();
    for algorithm in Algorithm::ALL {
        let token = issuer.token(algorithm, &head(algorithm));
        assert_eq!(
            verify(&token, &issuer.set()),
            Ok("me".into()),
            "{algorithm}"
        );
    }
}

#[test]
fn each_changed_part_is_refused() {
    let issuer = Issuer::new();
    let keys = issuer.set();
    for algorithm in Algorithm::ALL {
        let token = issuer.token(algorithm, &head(algorithm));
        let parts: Vec<&str> = token.split('.').collect();
        let claims = encode(CLAIMS.replace("me", "you"));
        let other = format!("{}.{claims}.{}", parts[0], parts[2]);
        assert_eq!(
            verify(&other, &keys),
            Err(TokenError::Signature),
            "{algorithm}"
        );
        let mut signature = URL_SAFE_NO_PAD.decode(parts[2]).unwrap();
        signature[10] ^= 1;
        let other = format!("{}.{}.{}", parts[0], parts[1], encode(&signature));
        assert_eq!(
            verify(&other, &keys),
            Err(TokenError::Signature),
            "{algorithm}"
        );
        for signature in ["", "AA", &encode([0; 64]), &encode([0; 132])] {
            let other = format!("{}.{}.{signature}", parts[0], parts[1]);
            assert_eq!(
                verify(&other, &keys),
                Err(TokenError::Signature),
                "{algorithm}"
            );
        }
    }
}

#[test]
fn none_and_symmetric_algorithms_are_refused() {
    let issuer = Issuer::new();
    let keys = issuer.set();
    let claims = encode(CLAIMS);
    for name in [
        "none", "None", "NONE", "", "HS256", "HS384", "HS512", "rs256", "EdDSA", "RSA1_5",
    ] {
        let head = encode(json!({"alg": name, "kid": "rsa"}).to_string());
        let expect = Err(TokenError::Algorithm(name.to_owned()));
        assert_eq!(
            verify(&format!("{head}.{claims}."), &keys),
            expect,
            "{name}"
        );
        assert_eq!(
            verify(&format!("{head}.{claims}.AAAA"), &keys),
            expect,
            "{name}"
        );
    }
    // The classic: an HMAC whose secret is the public key, in each form an attacker would try.
    let modulus = issuer.rsa.public_key();
    let public = issuer.rsa_key().to_string();
    for secret in [modulus.as_ref(), public.as_bytes()] {
        let head = encode(json!({"alg": "HS256", "kid": "rsa"}).to_string());
        let message = format!("{head}.{claims}");
        let secret = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let signature = encode(hmac::sign(&secret, message.as_bytes()));
        let token = format!("{message}.{signature}");
        assert_eq!(
            verify(&token, &keys),
            Err(TokenError::Algorithm("HS256".into()))
        );
    }
}

#[test]
fn keys_verify_their_own_algorithm_only() {
    let issuer = Issuer::new();
    let keys = issuer.set();
    for algorithm in Algorithm::ALL {
        for id in ["rsa", "p256", "p384", "p521", "nobody"] {
            let head = json!({"alg": algorithm.name(), "kid": id});
            let expect = match id == key_of(algorithm) {
                true => Ok("me".into()),
                false => Err(TokenError::UnknownKey),
            };
            let token = issuer.token(algorithm, &head);
            assert_eq!(verify(&token, &keys), expect, "{algorithm} {id}");
        }
    }
    // What the set says a key is for, holds: PS256 by a key that is published for RS256 does not.
    let mut key = issuer.rsa_key();
    key["alg"] = json!("RS256");
    let keys = set(&[key]);
    let by = |algorithm| issuer.token(algorithm, &head(algorithm));
    assert!(verify(&by(Algorithm::Rs256), &keys).is_ok());
    for other in [Algorithm::Ps256, Algorithm::Rs384] {
        assert_eq!(verify(&by(other), &keys), Err(TokenError::UnknownKey));
    }
}

#[test]
fn algorithms_that_the_caller_does_not_accept_are_refused() {
    let issuer = Issuer::new();
    let token = issuer.token(Algorithm::Es384, &head(Algorithm::Es384));
    let verify = |accepted: &[Algorithm]| {
        let token = Token::parse(&token).unwrap();
        token.verify(&issuer.set(), accepted).map(|_| ())
    };
    assert_eq!(verify(&[Algorithm::Rs256, Algorithm::Es384]), Ok(()));
    let refused = Err(TokenError::Algorithm("ES384".into()));
    assert_eq!(verify(&[Algorithm::Rs256]), refused);
    assert_eq!(verify(&[]), refused);
}

#[test]
fn keys_that_a_token_brings_along_are_not_looked_at() {
    let (issuer, attacker) = (Issuer::new(), Issuer::new());
    let keys = set(&issuer.keys()[1..2]);
    let point = attacker.p256.public_key();
    let own = attacker.elliptic_key("p256", "P-256", point.as_ref());
    for (name, value) in [
        ("jwk", own.clone()),
        ("jku", json!("http://127.0.0.1/keys")),
        ("x5u", json!("http://127.0.0.1/chain")),
        ("x5c", json!(["MIIB"])),
    ] {
        let mut head = head(Algorithm::Es256);
        head[name] = value;
        let forged = attacker.token(Algorithm::Es256, &head);
        assert_eq!(verify(&forged, &keys), Err(TokenError::Signature), "{name}");
        // Where the issuer itself has signed, they do no harm.
        let honest = issuer.token(Algorithm::Es256, &head);
        assert_eq!(verify(&honest, &keys), Ok("me".into()), "{name}");
    }
}

#[test]
fn heads_must_name_a_key_and_ask_for_no_extension() {
    let issuer = Issuer::new();
    let keys = issuer.set();
    let token = |head: Value| issuer.token(Algorithm::Es256, &head);
    let nameless = token(json!({"alg": "ES256"}));
    assert_eq!(verify(&nameless, &keys), Err(TokenError::NoKeyId));
    let crit = token(json!({"alg": "ES256", "kid": "p256", "crit": ["b64"], "b64": false}));
    assert_eq!(verify(&crit, &keys), Err(TokenError::Extension));
    let unsigned = token(json!({"kid": "p256"}));
    assert_eq!(verify(&unsigned, &keys), Err(TokenError::Malformed));
}

#[test]
fn what_is_no_token_is_refused() {
    let issuer = Issuer::new();
    let keys = issuer.set();
    let good = issuer.token(Algorithm::Es256, &head(Algorithm::Es256));
    let parts: Vec<&str> = good.split('.').collect();
    let (h, c, s) = (parts[0], parts[1], parts[2]);
    for text in [
        String::new(),
        "..".into(),
        h.into(),
        format!("{h}.{c}"),
        format!("{h}.{c}.{s}.{s}"),
        format!("{h}.{c}.{s}="),
        format!("{h}.{c}. {s}"),
        format!(" {good}"),
        format!("{h}.{}.{s}", encode("[]")),
        format!("{h}.{}.{s}", encode("\"x\"")),
        format!("{h}.{}.{s}", encode("{")),
        format!("{}.{c}.{s}", encode("null")),
        format!("{h}.{c}.{}", s.replace(['-', '_'], "+") + "+"),
        format!("{}{good}", "A".repeat(20_000)),
        format!("{}.{c}.{s}", encode("[".repeat(5_000))),
    ] {
        assert_eq!(
            verify(&text, &keys),
            Err(TokenError::Malformed),
            "{text:.80}"
        );
    }
}

#[test]
fn tokens_have_a_length() {
    let issuer = Issuer::new();
    let token = |padding: usize| {
        let claims = json!({"sub": "me", "x": "x".repeat(padding)}).to_string();
        let message = format!(
            "{}.{}",
            encode(head(Algorithm::Es256).to_string()),
            encode(claims)
        );
        let signature = issuer.sign(Algorithm::Es256, message.as_bytes());
        format!("{message}.{}", encode(signature))
    };
    let base = token(0).len();
    // Three bytes of claims are four of the token.
    let longest = (0..4).map(|more| token((20_000 - base) / 4 * 3 + more));
    let longest: Vec<String> = longest.collect();
    let at = longest.iter().find(|token| token.len() == 20_000).unwrap();
    assert_eq!(verify(at, &issuer.set()), Ok("me".into()));
    let over = longest.iter().find(|token| token.len() > 20_000).unwrap();
    assert_eq!(verify(over, &issuer.set()), Err(TokenError::Malformed));
}

#[test]
fn keys_for_other_uses_and_broken_keys_are_left_out() {
    let issuer = Issuer::new();
    let token = issuer.token(Algorithm::Es256, &head(Algorithm::Es256));
    let good = &issuer.keys()[1];
    let check = |name: &str, value: Value, is_left_out: bool| {
        let mut key = good.clone();
        key[name] = value;
        let verified = verify(&token, &set(&[key.clone()]));
        let expect = match is_left_out {
            true => Err(TokenError::UnknownKey),
            false => Ok("me".into()),
        };
        assert_eq!(verified, expect, "{key}");
        // One bad key does not spoil the set.
        assert!(verify(&token, &set(&[key, good.clone()])).is_ok());
    };
    check("use", json!("sig"), false);
    check("use", json!("enc"), true);
    check("use", json!(7), true);
    check("key_ops", json!(["verify"]), false);
    check("key_ops", json!(["sign", "encrypt"]), true);
    check("key_ops", json!("verify"), true);
    check("alg", json!("ES256"), false);
    check("alg", json!("ES384"), true);
    check("alg", json!("HS256"), true);
    check("kty", json!("oct"), true);
    check("kty", json!("OKP"), true);
    check("crv", json!("secp256k1"), true);
    check("crv", json!("P-384"), true);
    check("x", json!("AA"), true);
    check("x", json!(encode([0; 31])), true);
    check("kid", json!(7), true);
}

#[test]
fn points_off_the_curve_and_short_rsa_keys_verify_nothing() {
    let issuer = Issuer::new();
    for (algorithm, index) in [
        (Algorithm::Es256, 1),
        (Algorithm::Es384, 2),
        (Algorithm::Es512, 3),
    ] {
        let mut key = issuer.keys()[index].clone();
        key["y"] = key["x"].clone();
        let token = issuer.token(algorithm, &head(algorithm));
        assert_eq!(
            verify(&token, &set(&[key])),
            Err(TokenError::Signature),
            "{algorithm}"
        );
    }
    let token = issuer.token(Algorithm::Rs256, &head(Algorithm::Rs256));
    for bytes in [1, 128, 1_024] {
        let key = json!({"kty": "RSA", "kid": "rsa", "n": encode(vec![0xc3; bytes]), "e": "AQAB"});
        assert_eq!(
            verify(&token, &set(&[key])),
            Err(TokenError::Signature),
            "{bytes}"
        );
    }
    let long = json!({"kty": "RSA", "kid": "rsa", "n": encode(vec![0xc3; 1_025]), "e": "AQAB"});
    assert_eq!(verify(&token, &set(&[long])), Err(TokenError::UnknownKey));
}

#[test]
fn sets_have_bounds() {
    let issuer = Issuer::new();
    let token = issuer.token(Algorithm::Es256, &head(Algorithm::Es256));
    let filled = |count: usize| {
        let other = issuer.keys()[2].clone();
        let mut keys = vec![other; count];
        keys.push(issuer.keys()[1].clone());
        set(&keys)
    };
    assert!(verify(&token, &filled(99)).is_ok());
    assert_eq!(verify(&token, &filled(100)), Err(TokenError::UnknownKey));
    for document in ["", "[]", "{}", "{\"keys\":{}}", "null", "<html>"] {
        assert!(KeySet::parse(document.as_bytes()).is_err(), "{document}");
    }
    let padded = |bytes: usize| format!("{{\"keys\":[]{}}}", " ".repeat(bytes - 11));
    assert!(KeySet::parse(padded(256 * 1024).as_bytes()).is_ok());
    assert!(KeySet::parse(padded(256 * 1024 + 1).as_bytes()).is_err());
}
