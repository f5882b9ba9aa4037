//! An issuer of tokens on a free port of this host: discovery document, key set, signatures.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use http_body_util::Full;
use hyper::{Request, Response, body::Incoming, service::service_fn};
use hyper_util::rt::TokioIo;
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use serde_json::{Value, json};
use std::{
    convert::Infallible,
    sync::{Arc, Mutex},
};
use tokio::net::TcpListener;

/// The issuer.
pub(crate) struct Idp {
    /// `http://127.0.0.1:{port}`.
    pub(crate) issuer: String,
    keys: Mutex<Vec<(String, EcdsaKeyPair)>>,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    documents: Mutex<Vec<(String, u16, String)>>,
    asked: Mutex<Vec<String>>,
}

impl Idp {
    /// An issuer with the key `one`.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::<Shared>::default();
        let served = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let served = Arc::clone(&served);
                let answer = service_fn(move |request| answer(Arc::clone(&served), request));
                let connection = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), answer);
                tokio::spawn(connection);
            }
        });
        let idp = Self {
            issuer,
            keys: Mutex::default(),
            shared,
        };
        let jwks_uri = format!("{}/keys", idp.issuer);
        idp.publish(
            "/.well-known/openid-configuration",
            200,
            &json!({"issuer": idp.issuer, "jwks_uri": jwks_uri}).to_string(),
        );
        idp.rotate("one");
        idp
    }

    /// Answers `path` so from now on.
    pub(crate) fn publish(&self, path: &str, status: u16, body: &str) {
        let mut documents = self.shared.documents.lock().unwrap();
        documents.retain(|(known, ..)| known != path);
        documents.push((path.to_owned(), status, body.to_owned()));
    }

    /// A new key by this name takes the place of all others.
    pub(crate) fn rotate(&self, id: &str) {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).unwrap();
        let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
        let key = json!({"kty": "EC", "crv": "P-256", "kid": id, "use": "sig",
            "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y)});
        self.publish("/keys", 200, &json!({ "keys": [key] }).to_string());
        *self.keys.lock().unwrap() = vec![(id.to_owned(), pair)];
    }

    /// A token with these claims.
    pub(crate) fn sign(&self, claims: &Value) -> String {
        let keys = self.keys.lock().unwrap();
        let (id, pair) = keys.first().unwrap();
        let head = json!({"alg": "ES256", "kid": id, "typ": "JWT"});
        let message = [head.to_string(), claims.to_string()].map(|part| encode(part.as_bytes()));
        let message = message.join(".");
        let signature = pair.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
        format!("{message}.{}", encode(signature.as_ref()))
    }

    /// The paths that were asked for, in order.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.shared.asked.lock().unwrap().clone()
    }
}

/// Base64url without padding.
pub(crate) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

async fn answer(
    shared: Arc<Shared>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().to_owned();
    let documents = shared.documents.lock().unwrap().clone();
    let found = documents.into_iter().find(|(known, ..)| *known == path);
    let (status, body) = found.map_or((404, String::new()), |(_, status, body)| (status, body));
    shared.asked.lock().unwrap().push(path);
    let builder = Response::builder().status(status);
    let answer = match status {
        302 => builder.header("Location", body).body(Full::default()),
        _ => builder.body(Full::from(body)),
    };
    Ok(answer.unwrap())
}
