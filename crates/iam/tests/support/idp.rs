//! An issuer of tokens without a network: signs, and hands its keys to IAM.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jwt::KeySet;
use ports::{IssuerError, KeySource, WantedKey};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use stdx::BoxFuture;

/// The URL of the issuer.
pub const ISSUER: &str = "https://idp.example/realms/staff";

pub struct Idp {
    pair: EcdsaKeyPair,
    fails: Mutex<Option<IssuerError>>,
    /// Whose keys were asked for.
    pub asked: Mutex<Vec<String>>,
}

impl Idp {
    pub fn new() -> Self {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        Self {
            pair: EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).unwrap(),
            fails: Mutex::default(),
            asked: Mutex::default(),
        }
    }

    /// Its keys cannot be had from now on.
    pub fn fail(&self, error: IssuerError) {
        *self.fails.lock().unwrap() = Some(error);
    }

    pub fn sign(&self, claims: &Value) -> String {
        let head = json!({"alg": "ES256", "kid": "one"});
        let parts = [head, claims.clone()].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
        let message = parts.join(".");
        let signature = self.pair.sign(&SystemRandom::new(), message.as_bytes());
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature.unwrap()))
    }

    fn set(&self) -> KeySet {
        let (x, y) = self.pair.public_key().as_ref()[1..].split_at(32);
        let key = json!({"kty": "EC", "crv": "P-256", "kid": "one",
            "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y)});
        KeySet::parse(json!({ "keys": [key] }).to_string().as_bytes()).unwrap()
    }
}

impl ports::Issuers for Idp {
    fn discover<'a>(&'a self, issuer: &'a str) -> BoxFuture<'a, Result<String, IssuerError>> {
        Box::pin(async move { Ok(format!("{issuer}/keys")) })
    }

    fn keys<'a>(
        &'a self,
        source: KeySource<'a>,
        _wanted: WantedKey<'a>,
    ) -> BoxFuture<'a, Result<Arc<KeySet>, IssuerError>> {
        let KeySource::Issuer(issuer) = source else {
            unreachable!("IAM asks by issuer")
        };
        self.asked.lock().unwrap().push(issuer.to_owned());
        let failed = self.fails.lock().unwrap().clone();
        let answer = failed.map_or_else(|| Ok(Arc::new(self.set())), Err);
        Box::pin(async move { answer })
    }

    fn is_issuer_url(&self, url: &str) -> bool {
        url.starts_with("https://") && !url.contains(['?', '#', '@'])
    }

    fn of_user_pool(&self, _arn: &str) -> Option<String> {
        None
    }
}
