//! Requests as text, as AWS's test suites write them.

#![allow(clippy::unwrap_used, dead_code)]

use http::{HeaderMap, HeaderName, HeaderValue};
use sigv4::Parts;

pub const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
/// 2015-08-30T12:36:00Z.
pub const NOW_MS: i64 = 1_440_938_160_000;

/// A request taken apart; each part may be mutated by itself.
#[derive(Debug, Clone)]
pub struct Raw {
    pub method: String,
    pub path: String,
    pub query: Option<String>,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Raw {
    /// Reads a request whose target may hold spaces and characters beyond ASCII.
    pub fn parse(text: &str) -> Self {
        let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
        let mut lines = head.lines();
        let line = lines.next().unwrap();
        let (method, rest) = line.split_once(' ').unwrap();
        let target = rest.strip_suffix(" HTTP/1.1").unwrap();
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (target, None),
        };
        let headers = lines
            .filter(|line| !line.is_empty())
            .map(|line| line.split_once(':').unwrap())
            .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
            .collect();
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query,
            headers,
            body: body.to_owned(),
        }
    }

    /// The headers, or none when one of them cannot be sent at all.
    pub fn header_map(&self) -> Option<HeaderMap> {
        let mut map = HeaderMap::new();
        for (name, value) in &self.headers {
            map.append(
                HeaderName::from_bytes(name.as_bytes()).ok()?,
                HeaderValue::from_str(value).ok()?,
            );
        }
        Some(map)
    }

    pub fn parts<'a>(&'a self, headers: &'a HeaderMap) -> Parts<'a> {
        Parts {
            method: &self.method,
            path: &self.path,
            query: self.query.as_deref(),
            headers,
        }
    }

    /// Verifies against the one key that exists.
    pub fn verify(&self) -> Result<sigv4::SignedPath, sigv4::Error> {
        let headers = self.header_map().ok_or(sigv4::Error::Mismatch)?;
        let parts = self.parts(&headers);
        let claim = sigv4::parse(&parts)?;
        if claim.access_key_id() != "AKIDEXAMPLE" {
            return Err(sigv4::Error::Mismatch);
        }
        claim.check_time(NOW_MS)?;
        let hash = sigv4::body_hash(self.body.as_bytes());
        sigv4::verify_with(&claim, &parts, &hash, SECRET, sigv4::TokenRule::MayFollow)
    }
}
