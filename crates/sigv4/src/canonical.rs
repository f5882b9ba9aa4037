//! The canonical request and the string to sign.

use crate::claim::Claim;
use crate::hash::{body_hash, hmac};
use http::{HeaderMap, header::HeaderName};

/// The signed parts of a request, exactly as they came over the wire.
#[derive(Debug, Clone, Copy)]
pub struct Parts<'a> {
    /// `GET`, `POST`, ….
    pub method: &'a str,
    /// The raw path, still percent-encoded, as sent.
    pub path: &'a str,
    /// The raw query without `?`; none when there is no `?`.
    pub query: Option<&'a str>,
    /// The headers; HTTP/2's `:authority` must have been put into `host`.
    pub headers: &'a HeaderMap,
}

impl<'a> Parts<'a> {
    /// The parts of an `http` request.
    pub fn of(method: &'a http::Method, uri: &'a http::Uri, headers: &'a HeaderMap) -> Self {
        Self {
            method: method.as_str(),
            path: uri.path(),
            query: uri.query(),
            headers,
        }
    }
}

/// Which reading of the path goes into the canonical request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PathForm {
    AsSent,
    Normalised,
}

/// Query parameters that are left out of the canonical query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenForm {
    Signed,
    AddedAfterSigning,
}

/// The canonical request that AWS's documents describe, over the path as sent.
///
/// `payload_hash` is what the client hashed: the body's SHA-256 or `UNSIGNED-PAYLOAD`.
pub fn canonical_request(claim: &Claim, parts: &Parts<'_>, payload_hash: &str) -> Vec<u8> {
    canonical(
        claim,
        parts,
        payload_hash,
        PathForm::AsSent,
        TokenForm::Signed,
    )
}

pub(crate) fn canonical(
    claim: &Claim,
    parts: &Parts<'_>,
    payload_hash: &str,
    path: PathForm,
    token: TokenForm,
) -> Vec<u8> {
    let mut out = Vec::with_capacity(1024);
    out.extend_from_slice(parts.method.as_bytes());
    out.push(b'\n');
    push_path(&mut out, parts.path, path, &claim.scope.service);
    out.push(b'\n');
    push_query(&mut out, parts.query.unwrap_or(""), token);
    out.push(b'\n');
    for name in &claim.signed_headers {
        push_header(&mut out, name, parts.headers);
    }
    out.push(b'\n');
    out.extend_from_slice(claim.signed_headers.join(";").as_bytes());
    out.push(b'\n');
    out.extend_from_slice(payload_hash.as_bytes());
    out
}

/// The text that is signed.
pub fn string_to_sign(claim: &Claim, canonical_request: &[u8]) -> String {
    format!(
        "{}\n{}\n{}\n{}",
        claim.algorithm().name(),
        claim.date_text,
        claim.scope,
        body_hash(canonical_request)
    )
}

/// The key derived from a secret for one day, region and service.
pub(crate) fn signing_key(secret: &str, date: &str, region: &str, service: &str) -> [u8; 32] {
    let day = hmac(format!("AWS4{secret}").as_bytes(), date.as_bytes());
    let region = hmac(&day, region.as_bytes());
    let service = hmac(&region, service.as_bytes());
    hmac(&service, b"aws4_request")
}

/// Whether a service's paths are encoded once only, as S3's are.
pub(crate) fn encodes_path_once(service: &str) -> bool {
    matches!(service, "s3" | "s3-outposts" | "s3-object-lambda")
}

fn push_path(out: &mut Vec<u8>, path: &str, form: PathForm, service: &str) {
    if encodes_path_once(service) {
        encode(out, &decode(path.as_bytes(), Plus::Literal), b"/");
        return;
    }
    match form {
        PathForm::AsSent if path.is_empty() => out.push(b'/'),
        PathForm::AsSent => encode(out, path.as_bytes(), b"/"),
        PathForm::Normalised => encode(out, normalise(path).as_bytes(), b"/"),
    }
}

/// The path without dot segments and repeated slashes, as AWS's clients sign it.
pub(crate) fn normalise(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                kept.pop();
            }
            other => kept.push(other),
        }
    }
    let end = if path.ends_with('/') && !kept.is_empty() {
        "/"
    } else {
        ""
    };
    format!("/{}{end}", kept.join("/"))
}

/// Parameters decoded (`+` is a space, as every reader of queries here has it), encoded again and
/// sorted, so that one meaning has one text.
fn push_query(out: &mut Vec<u8>, query: &str, token: TokenForm) {
    let mut pairs: Vec<(Vec<u8>, Vec<u8>)> = pairs(query)
        .filter(|(name, _)| {
            name != b"X-Amz-Signature"
                && (token == TokenForm::Signed || name != b"X-Amz-Security-Token")
        })
        .map(|(name, value)| (encoded(&name), encoded(&value)))
        .collect();
    pairs.sort();
    for (index, (name, value)) in pairs.iter().enumerate() {
        if index > 0 {
            out.push(b'&');
        }
        out.extend_from_slice(name);
        out.push(b'=');
        out.extend_from_slice(value);
    }
}

/// The decoded names and values of a raw query, in order.
pub(crate) fn pairs(query: &str) -> impl Iterator<Item = (Vec<u8>, Vec<u8>)> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (
                decode(name.as_bytes(), Plus::Space),
                decode(value.as_bytes(), Plus::Space),
            )
        })
}

fn push_header(out: &mut Vec<u8>, name: &str, headers: &HeaderMap) {
    out.extend_from_slice(name.as_bytes());
    out.push(b':');
    if let Ok(name) = HeaderName::from_bytes(name.as_bytes()) {
        for (index, value) in headers.get_all(&name).iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            push_trimmed(out, value.as_bytes());
        }
    }
    out.push(b'\n');
}

/// A header's value without spaces at its ends, runs of spaces made one.
fn push_trimmed(out: &mut Vec<u8>, value: &[u8]) {
    let mut was_space = false;
    for byte in value.trim_ascii() {
        let is_space = *byte == b' ';
        if !(is_space && was_space) {
            out.push(*byte);
        }
        was_space = is_space;
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Plus {
    Literal,
    Space,
}

/// Percent-decoded bytes; a `%` that starts no escape stands for itself.
fn decode(text: &[u8], plus: Plus) -> Vec<u8> {
    if plus == Plus::Space && text.contains(&b'+') {
        let spaced: Vec<u8> = text
            .iter()
            .map(|byte| if *byte == b'+' { b' ' } else { *byte })
            .collect();
        return percent_encoding::percent_decode(&spaced).collect();
    }
    percent_encoding::percent_decode(text).collect()
}

fn encoded(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    encode(&mut out, text, b"");
    out
}

/// RFC 3986: everything but unreserved characters and `also_kept` becomes `%XX`.
fn encode(out: &mut Vec<u8>, text: &[u8], also_kept: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text {
        let is_unreserved =
            byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
        if is_unreserved || also_kept.contains(byte) {
            out.push(*byte);
        } else {
            out.push(b'%');
            out.push(DIGITS[usize::from(byte >> 4)]);
            out.push(DIGITS[usize::from(byte & 15)]);
        }
    }
}

/// Percent-encodes a query name or value for a URL.
pub(crate) fn encode_component(text: &str) -> String {
    encoded(text.as_bytes())
        .into_iter()
        .map(char::from)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_normalised_as_clients_do() {
        for (path, expect) in [
            ("", "/"),
            ("/", "/"),
            ("//", "/"),
            ("/./", "/"),
            ("/a/../b", "/b"),
            ("/a/./b/", "/a/b/"),
            ("/../../a", "/a"),
            ("/a//b", "/a/b"),
            ("/a/..", "/"),
        ] {
            assert_eq!(normalise(path), expect, "{path}");
        }
    }

    #[test]
    fn one_meaning_of_a_query_has_one_text() {
        let text = |query| {
            let mut out = Vec::new();
            push_query(&mut out, query, TokenForm::Signed);
            String::from_utf8(out).unwrap_or_default()
        };
        assert_eq!(text("b=2&a=1&a=0&&c"), "a=0&a=1&b=2&c=");
        assert_eq!(text("a=x+y"), "a=x%20y");
        assert_eq!(text("a=x%20y"), "a=x%20y");
        assert_eq!(text("a=x%2By"), "a=x%2By");
        assert_eq!(text("a=%zz"), "a=%25zz");
        assert_eq!(text("a=b=c"), "a=b%3Dc");
        assert_eq!(text("a=%7e%2f"), "a=~%2F");
        assert_eq!(text("X-Amz-Signature=1&a"), "a=");
        // Encoded names sort before decoded ones would.
        assert_eq!(text("a-=1&a%24=2"), "a%24=2&a-=1");
    }

    #[test]
    fn header_values_are_trimmed_and_squeezed() {
        let mut out = Vec::new();
        push_trimmed(&mut out, b"  a   b  ");
        assert_eq!(out, b"a b");
    }
}
