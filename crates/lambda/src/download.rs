//! Addresses from which a function's code can be downloaded for ten minutes.
//!
//! The token in the address is sealed with a secret that the store keeps, so that every node and
//! a later process can check it. Nothing else guards the code.

use crate::Lambda;
use crate::error::LambdaError;
use crate::limits::DOWNLOAD_MS;
use crate::record::{SECRETS, SecretRecord};
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

const SECRET: &str = "download";

/// `{base_url}/_crossway/code/{hash}?token={token}`.
///
/// # Errors
/// When the store fails.
pub async fn location(lambda: &Lambda, base_url: &str, hash: &str) -> Result<String, LambdaError> {
    let expires_ms = lambda.clock.now_ms() + DOWNLOAD_MS;
    let seal = seal(&secret(lambda).await?, hash, expires_ms).finalize();
    let seal: String = seal
        .into_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let base_url = base_url.trim_end_matches('/');
    Ok(format!(
        "{base_url}/_crossway/code/{hash}?token={expires_ms}-{seal}"
    ))
}

/// The bundle, when the token is one of ours for it and not too old.
pub async fn open(lambda: &Lambda, hash: &str, token: &str) -> Option<Bytes> {
    let (expires, sealed) = token.split_once('-')?;
    let expires_ms: i64 = expires.parse().ok()?;
    let sealed = unhex(sealed)?;
    if expires_ms < lambda.clock.now_ms() {
        return None;
    }
    let secret = match lambda.store.get(&SECRETS, SECRET).await {
        Ok(held) => held?,
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "reading a secret");
            return None;
        }
    };
    // `verify_slice` compares in constant time.
    seal(&secret, hash, expires_ms).verify_slice(&sealed).ok()?;
    ports::CodeSource::bundle(lambda, hash).await
}

fn seal(secret: &SecretRecord, hash: &str, expires_ms: i64) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.key.as_bytes())
        .expect("HMAC takes a key of any length");
    mac.update(format!("{hash}\n{expires_ms}").as_bytes());
    mac
}

/// The secret; made when there is none yet.
async fn secret(lambda: &Lambda) -> Result<SecretRecord, LambdaError> {
    if let Some(held) = lambda.store.get(&SECRETS, SECRET).await? {
        return Ok(held);
    }
    let mut tx = lambda.store.begin().await;
    if let Some(held) = tx.get(&SECRETS, SECRET).await? {
        return Ok(held);
    }
    let made = SecretRecord {
        key: lambda.ids.text(b"0123456789abcdef", 64),
    };
    tx.put(&SECRETS, SECRET, &made)?;
    tx.commit().await?;
    Ok(made)
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || text.len() != 64 {
        return None;
    }
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok())
        .collect()
}
