//! What may be sent to a function: JSON text within a bound.

use crate::error::LambdaError;
use crate::limits::{ASYNC_PAYLOAD_BYTES_MAX, CLIENT_CONTEXT_BYTES_MAX, SYNC_PAYLOAD_BYTES_MAX};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use ports::{InvocationType, Payload};
use serde::de::IgnoredAny;

/// Checks an event; an empty one becomes `{}`.
///
/// # Errors
/// Too large for the invocation type, or no JSON.
pub fn check(payload: Payload, invocation_type: InvocationType) -> Result<Bytes, LambdaError> {
    let (payload, is_json) = match payload {
        Payload::Written(bytes) => (bytes, true),
        Payload::Sent(bytes) => (bytes, false),
    };
    let (name, max) = match invocation_type {
        InvocationType::Event => ("Event", ASYNC_PAYLOAD_BYTES_MAX),
        InvocationType::RequestResponse | InvocationType::DryRun => {
            ("RequestResponse", SYNC_PAYLOAD_BYTES_MAX)
        }
    };
    if payload.len() > max {
        return Err(LambdaError::TooLarge(format!(
            "{} byte payload is too large for the {name} invocation type (limit {max} bytes)",
            payload.len()
        )));
    }
    if payload.is_empty() {
        return Ok(Bytes::from_static(b"{}"));
    }
    if is_json {
        return Ok(payload);
    }
    let wrong = match std::str::from_utf8(&payload) {
        // Skipping a value does not recurse, whatever its depth.
        Ok(text) => match serde_json::from_str::<IgnoredAny>(text) {
            Ok(_) => return Ok(payload),
            Err(error) => (error.line(), error.column()),
        },
        Err(_) => (1, 1),
    };
    Err(LambdaError::NotJson(explain(&payload, wrong)))
}

/// Checks a client context, and gives its JSON text.
///
/// # Errors
/// Too large, no base64, or no JSON object.
pub fn client_context(encoded: &str) -> Result<String, LambdaError> {
    // UNVERIFIED: AWS's texts; a recorded refusal of each would settle them.
    if encoded.len() > CLIENT_CONTEXT_BYTES_MAX {
        return Err(LambdaError::TooLarge(format!(
            "Client context must be smaller than or equal to {CLIENT_CONTEXT_BYTES_MAX} bytes"
        )));
    }
    STANDARD
        .decode(encoded)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .filter(|text| matches!(serde_json::from_str(text), Ok(serde_json::Value::Object(_))))
        .ok_or_else(|| {
            LambdaError::NotJson(
                "Client context must be a valid Base64-encoded JSON object.".to_owned(),
            )
        })
}

/// AWS's text, which is that of the Jackson library. Two of Jackson's complaints are worded as
/// observed; the others keep only the place.
fn explain(payload: &[u8], (line, column): (usize, usize)) -> String {
    let start = payload
        .iter()
        .position(|byte| !byte.is_ascii_whitespace())
        .unwrap_or(payload.len());
    let rest = payload.get(start..).unwrap_or_default();
    let word = rest
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$'))
        .count();
    let expected = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
    let (complaint, line, column) = match rest.first() {
        None => (
            "No content to map due to end-of-input".to_owned(),
            line,
            column,
        ),
        Some(b'{' | b'[' | b'"' | b'-' | b'0'..=b'9') => (
            "Unexpected character or end-of-input".to_owned(),
            line,
            column,
        ),
        Some(first) if first.is_ascii_alphabetic() || matches!(first, b'_' | b'$') => {
            let token = String::from_utf8_lossy(rest.get(..word).unwrap_or_default());
            let complaint = format!("Unrecognized token '{token}': was expecting {expected}");
            (complaint, 1, start + word + 1)
        }
        Some(first) => {
            let character = character(*first);
            let complaint =
                format!("Unexpected character ({character}): expected a valid value {expected}");
            (complaint, 1, start + 1)
        }
    };
    format!(
        "Could not parse request body into json: Could not parse payload into json: {complaint}\n \
         at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); \
         line: {line}, column: {column}]"
    )
}

fn character(byte: u8) -> String {
    if byte < 0x20 || (0x7f..0xa0).contains(&byte) {
        format!("(CTRL-CHAR, code {byte})")
    } else {
        format!("'{}' (code {byte})", char::from(byte))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use super::*;

    fn sent(payload: Bytes, invocation_type: InvocationType) -> Result<Bytes, LambdaError> {
        check(Payload::Sent(payload), invocation_type)
    }

    fn text(payload: &'static [u8]) -> String {
        sent(Bytes::from_static(payload), InvocationType::RequestResponse)
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn json_passes_unchanged() {
        for payload in ["{}", "null", "1", "\"a\"", " [1, 2] "] {
            let payload = Bytes::from(payload);
            assert_eq!(
                sent(payload.clone(), InvocationType::Event).unwrap(),
                payload
            );
        }
        assert_eq!(sent(Bytes::new(), InvocationType::Event).unwrap(), "{}");
        let deep = Bytes::from("[".repeat(100_000) + &"]".repeat(100_000));
        assert!(sent(deep, InvocationType::RequestResponse).is_ok());
    }

    #[test]
    fn other_bytes_are_refused_in_jacksons_words() {
        assert_eq!(
            text(b"\x99\xeb,j\x07\xa1zYh"),
            "Could not parse request body into json: Could not parse payload into json: \
             Unexpected character ((CTRL-CHAR, code 153)): expected a valid value \
             (JSON String, Number, Array, Object or token 'null', 'true' or 'false')\n \
             at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); \
             line: 1, column: 1]"
        );
        assert!(text(b"hello world").contains("Unrecognized token 'hello'"));
        assert!(text(b"{\"a\":").contains("line: 1, column: 5]"));
        assert!(text(b"{} {}").starts_with("Could not parse request body into json"));
        assert!(text(b"\"\xff\"").starts_with("Could not parse request body into json"));
    }

    #[test]
    fn payloads_have_bounds() {
        let of = |length: usize| Bytes::from(format!("\"{}\"", "x".repeat(length - 2)));
        assert!(sent(of(6_291_456), InvocationType::RequestResponse).is_ok());
        assert_eq!(
            sent(of(6_291_457), InvocationType::RequestResponse)
                .unwrap_err()
                .to_string(),
            "6291457 byte payload is too large for the RequestResponse invocation type (limit 6291456 bytes)"
        );
        assert!(sent(of(1_048_576), InvocationType::Event).is_ok());
        assert_eq!(
            sent(of(1_048_577), InvocationType::Event)
                .unwrap_err()
                .to_string(),
            "1048577 byte payload is too large for the Event invocation type (limit 1048576 bytes)"
        );
    }

    #[test]
    fn events_of_our_own_are_bounded_too() {
        let written = |length| {
            check(
                Payload::Written(vec![b' '; length].into()),
                InvocationType::Event,
            )
        };
        assert!(written(1_048_576).is_ok());
        assert!(written(1_048_577).is_err());
    }

    #[test]
    fn client_contexts() {
        assert_eq!(client_context(&STANDARD.encode("{}")).unwrap(), "{}");
        assert!(client_context("%").is_err());
        assert!(client_context(&STANDARD.encode("[]")).is_err());
        assert!(client_context(&"A".repeat(3_584)).is_err());
    }
}
