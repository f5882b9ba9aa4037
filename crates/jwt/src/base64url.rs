//! Base64url without padding, and nothing else (RFC 7515, 2).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// The bytes of `text`; none when a character does not belong there.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// The same for `text` of at most `bytes_max` bytes.
pub(crate) fn decode_at_most(text: &str, bytes_max: usize) -> Option<Vec<u8>> {
    let bytes = decode(text)?;
    (bytes.len() <= bytes_max).then_some(bytes)
}
