//! Requests as text, as AWS's test suites write them.

#![allow(clippy::unwrap_used, clippy::print_stderr, dead_code)]

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

/// One of AWS's signing suites; none, and said so, when nobody told where they lie.
pub fn suite(name: &str) -> Option<serde_json::Value> {
    let Ok(shared) = std::env::var("CROSSWAY_SHARED") else {
        eprintln!("skipped: CROSSWAY_SHARED does not say where AWS's signing suites lie");
        return None;
    };
    // A relative folder is meant from the root of the checkout, not from this crate.
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let path = root.join(shared).join("corpora/sigv4").join(name);
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// Every part with each byte changed in a few ways.
pub fn mutants(raw: &Raw) -> Vec<(String, Raw)> {
    let mut out = Vec::new();
    let mut add = |what: &str, text: &str, put: &dyn Fn(&mut Raw, String)| {
        for changed in changed(text) {
            let mut mutant = raw.clone();
            put(&mut mutant, changed);
            out.push((what.to_owned(), mutant));
        }
    };
    add("method", &raw.method, &|raw, text| raw.method = text);
    add("path", &raw.path, &|raw, text| raw.path = text);
    add("body", &raw.body, &|raw, text| raw.body = text);
    if let Some(query) = &raw.query {
        add("query", query, &|raw, text| raw.query = Some(text));
    }
    for (index, (name, value)) in raw.headers.iter().enumerate() {
        add(name, value, &|raw, text| raw.headers[index].1 = text);
    }
    out
}

fn changed(text: &str) -> Vec<String> {
    let mut out = vec![format!("{text}x")];
    for (at, old) in text.char_indices() {
        let after = &text[at + old.len_utf8()..];
        out.push(format!("{}{after}", &text[..at]));
        for new in ['a', '0', '/', '%', '&', ';', '+', ' ', 'é'] {
            out.push(format!("{}{new}{after}", &text[..at]));
        }
        if old.is_ascii() {
            for flip in [1u8, 2, 0x20] {
                out.push(format!(
                    "{}{}{after}",
                    &text[..at],
                    char::from(old as u8 ^ flip)
                ));
            }
        }
    }
    out
}

/// Whether two texts are one request to everybody who reads them: the same canonical request
/// (order of parameters, case of escapes, dot segments) under the same claim.
pub fn same_request(one: &Raw, other: &Raw) -> bool {
    let meaning = |raw: &Raw| {
        let headers = raw.header_map()?;
        let mut raw = raw.clone();
        if let Ok(sigv4::SignedPath::Normalised(path)) = raw.verify() {
            raw.path = path;
        }
        let parts = raw.parts(&headers);
        let claim = sigv4::parse(&parts).ok()?;
        let canonical =
            sigv4::canonical_request(&claim, &parts, &sigv4::body_hash(raw.body.as_bytes()));
        Some((
            canonical,
            claim.scope().clone(),
            claim.date(),
            claim.access_key_id().to_owned(),
        ))
    };
    let signature = |raw: &Raw| {
        let header = raw
            .headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("authorization"))
            .map(|(_, value)| value.clone())
            .unwrap_or_default();
        let text = format!("{header}&{}", raw.query.clone().unwrap_or_default());
        let at = text.find("Signature=");
        at.map(|at| text[at..].chars().take(170).collect::<String>())
    };
    meaning(one).is_some() && meaning(one) == meaning(other) && signature(one) == signature(other)
}
