//! Makes signatures: for requests that Crossway sends to AWS services, and for tests.

use crate::canonical::{
    Parts, PathForm, TokenForm, canonical, encode_component, encodes_path_once, signing_key,
    string_to_sign,
};
use crate::claim::{Claim, Placement, Scope};
use crate::date::SignedDate;
use crate::hash::{body_hash, hex, hmac};
use crate::regions::Regions;
use http::{HeaderValue, request};
use std::fmt;

/// Headers that intermediaries change, which AWS's clients leave unsigned.
const UNSIGNED_HEADERS: [&str; 8] = [
    "authorization",
    "connection",
    "expect",
    "te",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "x-amzn-trace-id",
];

/// Signs requests with one key for one region and service.
#[derive(Clone)]
pub struct Signer<'a> {
    /// The key's id.
    pub access_key_id: &'a str,
    /// The key's secret.
    pub secret: &'a str,
    /// The session token that belongs to a temporary key.
    pub session_token: Option<&'a str>,
    /// The region of the credential scope.
    pub region: &'a str,
    /// The signing name of the service, such as `lambda`.
    pub service: &'a str,
    /// When the request is signed, milliseconds since the epoch.
    pub now_ms: i64,
}

impl Signer<'_> {
    /// Adds `X-Amz-Date`, `X-Amz-Security-Token` and `Authorization`; signs all headers but those
    /// that intermediaries change. The request must have its `Host` header already.
    ///
    /// # Errors
    /// The session token or key id is not a header value.
    pub fn sign(
        &self,
        request: &mut request::Parts,
        body: &[u8],
    ) -> Result<(), http::header::InvalidHeaderValue> {
        let date = SignedDate::from_ms(self.now_ms);
        let headers = &mut request.headers;
        headers.remove(http::header::AUTHORIZATION);
        headers.insert("x-amz-date", HeaderValue::from_str(&date.to_string())?);
        if let Some(token) = self.session_token {
            let mut value = HeaderValue::from_str(token)?;
            value.set_sensitive(true);
            headers.insert("x-amz-security-token", value);
        }
        let payload = body_hash(body);
        if encodes_path_once(self.service) {
            headers.insert("x-amz-content-sha256", HeaderValue::from_str(&payload)?);
        }
        let claim = self.claim(date, signable(headers), Placement::Header);
        let parts = Parts::of(&request.method, &request.uri, headers);
        let signature = self.signature(&claim, &parts, &payload);
        let text = format!(
            "AWS4-HMAC-SHA256 Credential={}/{}, SignedHeaders={}, Signature={signature}",
            self.access_key_id,
            claim.scope,
            claim.signed_headers.join(";"),
        );
        let mut value = HeaderValue::from_str(&text)?;
        value.set_sensitive(true);
        request.headers.insert(http::header::AUTHORIZATION, value);
        Ok(())
    }

    /// The query of a presigned request that is good for `expires_s` seconds and has no body.
    pub fn presign(&self, parts: &Parts<'_>, expires_s: u32) -> String {
        let date = SignedDate::from_ms(self.now_ms);
        let placement = Placement::Query {
            expires_s: Some(i64::from(expires_s)),
        };
        let claim = self.claim(date, signable(parts.headers), placement);
        let mut query = parts
            .query
            .map(|query| format!("{query}&"))
            .unwrap_or_default();
        query.push_str(&format!(
            "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={}&X-Amz-Date={date}&X-Amz-Expires={expires_s}&X-Amz-SignedHeaders={}",
            encode_component(&format!("{}/{}", self.access_key_id, claim.scope)),
            encode_component(&claim.signed_headers.join(";")),
        ));
        if let Some(token) = self.session_token {
            query.push_str(&format!(
                "&X-Amz-Security-Token={}",
                encode_component(token)
            ));
        }
        let payload = if encodes_path_once(self.service) {
            "UNSIGNED-PAYLOAD".to_owned()
        } else {
            body_hash(b"")
        };
        let signed = Parts {
            query: Some(&query),
            ..*parts
        };
        let signature = self.signature(&claim, &signed, &payload);
        format!("{query}&X-Amz-Signature={signature}")
    }

    fn claim(&self, date: SignedDate, signed_headers: Vec<String>, placement: Placement) -> Claim {
        Claim {
            access_key_id: self.access_key_id.to_owned(),
            scope: Scope {
                date: date.day(),
                regions: Regions::One(self.region.to_owned()),
                service: self.service.to_owned(),
            },
            date,
            date_text: date.to_string(),
            signed_headers,
            session_token: None,
            signature: String::new(),
            placement,
        }
    }

    fn signature(&self, claim: &Claim, parts: &Parts<'_>, payload: &str) -> String {
        let canonical = canonical(
            claim,
            parts,
            payload,
            PathForm::Normalised,
            TokenForm::Signed,
        );
        let scope = &claim.scope;
        let key = signing_key(self.secret, &scope.date, self.region, &scope.service);
        hex(&hmac(&key, string_to_sign(claim, &canonical).as_bytes()))
    }
}

fn signable(headers: &http::HeaderMap) -> Vec<String> {
    let mut names: Vec<String> = headers
        .keys()
        .map(|name| name.as_str().to_owned())
        .filter(|name| !UNSIGNED_HEADERS.contains(&name.as_str()))
        .collect();
    names.sort();
    names
}

impl fmt::Debug for Signer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("access_key_id", &self.access_key_id)
            .field("region", &self.region)
            .field("service", &self.service)
            .finish_non_exhaustive()
    }
}
