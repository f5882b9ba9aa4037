//! Simple values as text: labels, query parameters, headers and form parameters.

use crate::{Kind, Schema, Timestamp, Value};
use base64::Engine as _;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::engine::{DecodePaddingMode, general_purpose};
use bytes::Bytes;

/// Standard alphabet; padding is written, and neither asked for nor refused.
pub(crate) const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The simple value that `text` stands for; otherwise what it should have been.
pub(crate) fn parse(schema: &Schema, text: &str) -> Result<Value, &'static str> {
    match schema.kind {
        Kind::String => Ok(Value::String(text.to_owned())),
        Kind::Boolean if text.eq_ignore_ascii_case("true") => Ok(Value::Boolean(true)),
        Kind::Boolean if text.eq_ignore_ascii_case("false") => Ok(Value::Boolean(false)),
        Kind::Boolean => Err("Boolean"),
        Kind::Integer => match text.parse::<i32>() {
            Ok(number) => Ok(Value::Integer(i64::from(number))),
            Err(_) => Err("Integer"),
        },
        Kind::Long => text.parse().map(Value::Integer).map_err(|_| "Long"),
        Kind::Double => match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Value::Double(number)),
            _ => Err("Double"),
        },
        Kind::Blob => match BASE64.decode(text) {
            Ok(bytes) => Ok(Value::Blob(Bytes::from(bytes))),
            Err(_) => Err("Blob"),
        },
        Kind::Timestamp => timestamp(text).map(Value::Timestamp).ok_or("Timestamp"),
        Kind::List(_) | Kind::Map(..) | Kind::Structure(_) => Err("String"),
    }
}

/// ISO 8601 text, or seconds since the epoch.
pub(crate) fn timestamp(text: &str) -> Option<Timestamp> {
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return Some(Timestamp(time.as_millisecond()));
    }
    text.parse::<f64>().ok().and_then(seconds)
}

/// Seconds since the epoch, within the years that can be printed.
pub(crate) fn seconds(seconds: f64) -> Option<Timestamp> {
    let milliseconds = (seconds * 1000.0).round();
    let is_printable = milliseconds.abs() < 2.5e14;
    // The range check has made the cast exact.
    is_printable.then_some(Timestamp(milliseconds as i64))
}

/// `2026-11-22T11:56:06Z`, with milliseconds only where there are some.
pub(crate) fn iso(timestamp: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(timestamp.0)
        .map(|time| time.to_string())
        .unwrap_or_default()
}

/// A simple value as text; none for collections.
pub(crate) fn write(value: &Value) -> Option<String> {
    Some(match value {
        Value::Boolean(is) => is.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Double(number) => double(*number),
        Value::String(text) => text.clone(),
        Value::Blob(bytes) => general_purpose::STANDARD.encode(bytes),
        Value::Timestamp(time) => iso(*time),
        Value::Null | Value::List(_) | Value::Map(_) | Value::Structure(_) | Value::Stream(_) => {
            return None;
        }
    })
}

/// As Java prints a double of moderate size: `1.0`, `0.25`.
pub(crate) fn double(number: f64) -> String {
    format!("{number:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_are_read_in_both_forms() {
        let expected = Some(Timestamp(1_795_348_566_000));
        assert_eq!(timestamp("2026-11-22T11:56:06Z"), expected);
        assert_eq!(timestamp("1795348566"), expected);
        assert_eq!(timestamp("yesterday"), None);
        assert_eq!(timestamp("1e300"), None);
        assert_eq!(timestamp("NaN"), None);
    }

    #[test]
    fn timestamps_are_written_in_iso_form() {
        assert_eq!(iso(Timestamp(1_795_348_566_000)), "2026-11-22T11:56:06Z");
        assert_eq!(iso(Timestamp(1_795_348_566_120)), "2026-11-22T11:56:06.12Z");
    }

    #[test]
    fn an_integer_keeps_to_32_bits() {
        static INTEGER: Schema = Schema::new("I", Kind::Integer);
        assert_eq!(
            parse(&INTEGER, "2147483647"),
            Ok(Value::Integer(2_147_483_647))
        );
        assert_eq!(parse(&INTEGER, "2147483648"), Err("Integer"));
    }
}
