//! Content handling: text or binary, and the conversions between them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// A payload on its way through a mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payload {
    /// Text; templates can read it.
    Text(String),
    /// Bytes; no template can read them.
    Binary(Vec<u8>),
}

impl Payload {
    /// The payload's bytes.
    pub fn into_bytes(self) -> Vec<u8> {
        match self {
            Self::Text(text) => text.into_bytes(),
            Self::Binary(bytes) => bytes,
        }
    }
}

/// The `contentHandling` of an integration or integration response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentHandling {
    /// `CONVERT_TO_BINARY`.
    ConvertToBinary,
    /// `CONVERT_TO_TEXT`.
    ConvertToText,
}

impl ContentHandling {
    /// Reads AWS's name; none for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "CONVERT_TO_BINARY" => Some(Self::ConvertToBinary),
            "CONVERT_TO_TEXT" => Some(Self::ConvertToText),
            _ => None,
        }
    }
}

/// Why a payload could not be converted; the client gets 500.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ContentError {
    /// `CONVERT_TO_BINARY` decodes base64, and this was none.
    #[error("body is not base64 text, which `CONVERT_TO_BINARY` needs")]
    NotBase64,
}

/// The payload for the integration, from the client's bytes ("Content type conversions in API
/// Gateway", the table of requests).
///
/// # Errors
/// When base64 text must be decoded and is none.
pub fn convert_request(
    body: &[u8],
    content_type: Option<&str>,
    binary_media_types: &[String],
    handling: Option<ContentHandling>,
) -> Result<Payload, ContentError> {
    let is_binary = is_binary_media_type(content_type, binary_media_types);
    match (is_binary, handling) {
        (false, None | Some(ContentHandling::ConvertToText)) => Ok(text(body)),
        (false, Some(ContentHandling::ConvertToBinary)) => decoded(body),
        (true, None | Some(ContentHandling::ConvertToBinary)) => Ok(Payload::Binary(body.to_vec())),
        (true, Some(ContentHandling::ConvertToText)) => Ok(Payload::Text(STANDARD.encode(body))),
    }
}

/// The payload for the client, from the integration's bytes ("Content type conversions in API
/// Gateway", the table of responses).
///
/// `content_type` is the backend's, `accept` the client's; of `accept` only the first media type
/// counts.
///
/// # Errors
/// When base64 text must be decoded and is none.
pub fn convert_response(
    body: &[u8],
    content_type: Option<&str>,
    accept: Option<&str>,
    binary_media_types: &[String],
    handling: Option<ContentHandling>,
) -> Result<Payload, ContentError> {
    use ContentHandling::{ConvertToBinary, ConvertToText};
    if binary_media_types.is_empty() {
        return match handling {
            None | Some(ConvertToText) => Ok(text(body)),
            Some(ConvertToBinary) => decoded(body),
        };
    }
    let first_accept = accept.and_then(|list| list.split(',').next());
    let is_binary_body = is_binary_media_type(content_type, binary_media_types);
    let is_binary_wanted = is_binary_media_type(first_accept, binary_media_types);
    match (is_binary_body, is_binary_wanted, handling) {
        (false, false, None) | (false, _, Some(ConvertToText)) => Ok(text(body)),
        (false, true, None) | (false, _, Some(ConvertToBinary)) => decoded(body),
        (true, false, None) | (true, _, Some(ConvertToText)) => {
            Ok(Payload::Text(STANDARD.encode(body)))
        }
        (true, true, None) | (true, _, Some(ConvertToBinary)) => Ok(Payload::Binary(body.to_vec())),
    }
}

/// Whether `media_type` (with or without parameters) is among the API's binary media types.
pub fn is_binary_media_type(media_type: Option<&str>, binary_media_types: &[String]) -> bool {
    let media_type = crate::media_type(media_type.unwrap_or("application/json"));
    binary_media_types
        .iter()
        .any(|pattern| media_type_matches(pattern, media_type))
}

/// Whether `media_type` is `pattern`, or falls under a pattern like `image/*` or `*/*`.
pub fn media_type_matches(pattern: &str, media_type: &str) -> bool {
    if pattern == "*/*" {
        return true;
    }
    match pattern.strip_suffix("/*") {
        Some(kind) => media_type
            .split_once('/')
            .is_some_and(|(own, _)| own.eq_ignore_ascii_case(kind)),
        None => pattern.eq_ignore_ascii_case(media_type),
    }
}

/// Bytes that are no UTF-8 become U+FFFD, as observed on AWS.
fn text(body: &[u8]) -> Payload {
    Payload::Text(String::from_utf8_lossy(body).into_owned())
}

fn decoded(body: &[u8]) -> Result<Payload, ContentError> {
    STANDARD
        .decode(body.trim_ascii())
        .map(Payload::Binary)
        .map_err(|_| ContentError::NotBase64)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::ContentHandling::{ConvertToBinary, ConvertToText};
    use super::*;

    fn png() -> Vec<String> {
        vec!["image/png".to_owned()]
    }

    #[test]
    fn requests_follow_the_table() {
        let check = |body: &str, media: &str, handling, expect: Payload| {
            let got = convert_request(body.as_bytes(), Some(media), &png(), handling);
            assert_eq!(got, Ok(expect), "{body} {media} {handling:?}");
        };
        check("hi", "text/plain", None, Payload::Text("hi".into()));
        check(
            "hi",
            "text/plain",
            Some(ConvertToText),
            Payload::Text("hi".into()),
        );
        check(
            "aGk=",
            "text/plain",
            Some(ConvertToBinary),
            Payload::Binary(b"hi".to_vec()),
        );
        check("hi", "image/png", None, Payload::Binary(b"hi".to_vec()));
        check(
            "hi",
            "image/png;q=1",
            Some(ConvertToBinary),
            Payload::Binary(b"hi".to_vec()),
        );
        check(
            "hi",
            "image/png",
            Some(ConvertToText),
            Payload::Text("aGk=".into()),
        );
        let refused = convert_request(b"!", Some("text/plain"), &png(), Some(ConvertToBinary));
        assert_eq!(refused, Err(ContentError::NotBase64));
    }

    #[test]
    fn responses_follow_the_table() {
        let check = |body: &str, own: &str, accept: &str, handling, expect: Payload| {
            let got = convert_response(body.as_bytes(), Some(own), Some(accept), &png(), handling);
            assert_eq!(got, Ok(expect), "{own} {accept} {handling:?}");
        };
        check(
            "hi",
            "text/plain",
            "text/plain",
            None,
            Payload::Text("hi".into()),
        );
        check(
            "aGk=",
            "text/plain",
            "image/png",
            None,
            Payload::Binary(b"hi".to_vec()),
        );
        check(
            "hi",
            "text/plain",
            "image/png",
            Some(ConvertToText),
            Payload::Text("hi".into()),
        );
        check(
            "hi",
            "image/png",
            "text/plain",
            None,
            Payload::Text("aGk=".into()),
        );
        check(
            "hi",
            "image/png",
            "image/png, */*",
            None,
            Payload::Binary(b"hi".to_vec()),
        );
        check(
            "hi",
            "image/png",
            "image/png",
            Some(ConvertToText),
            Payload::Text("aGk=".into()),
        );
    }

    #[test]
    fn without_binary_media_types_all_is_text() {
        let got = convert_response(b"\xffx", Some("image/png"), Some("image/png"), &[], None);
        assert_eq!(got, Ok(Payload::Text("\u{fffd}x".into())));
    }

    #[test]
    fn patterns_match_exactly_or_by_kind() {
        assert!(media_type_matches("image/*", "image/png"));
        assert!(media_type_matches("*/*", "a/b"));
        assert!(media_type_matches("IMAGE/png", "image/PNG"));
        assert!(!media_type_matches("image/*", "imagex/png"));
        assert!(!media_type_matches("image/png", "image/pngx"));
    }
}
