//! `$util`.

use crate::document;
use base64::Engine;
use base64::alphabet::STANDARD as STANDARD_ALPHABET;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use std::borrow::Cow;
use vtl::{CallError, Heap, Value};

/// Calls a function of `$util`; none when there is no such one.
pub(crate) fn call(
    function: &str,
    args: &[Value],
    heap: &mut Heap,
) -> Result<Option<Value>, CallError> {
    let [argument] = args else { return Ok(None) };
    let Some(argument) = text(argument) else {
        return Ok(None);
    };
    heap.work(argument.len())?;
    let result = match function {
        "escapeJavaScript" => {
            if argument.bytes().all(is_plain) {
                return Ok(Some(heap.text(argument.as_ref())?));
            }
            escape_java_script(&argument)
        }
        "urlEncode" => url_encode(&argument),
        "urlDecode" => url_decode(&argument)?,
        "base64Encode" => STANDARD.encode(argument.as_bytes()),
        "base64Decode" => base64_decode(&argument)?,
        "parseJson" => {
            let parsed = document::parse(&argument, heap)
                .map_err(|error| CallError::failed(error.to_string()))?;
            heap.charge(argument.len())?;
            return Ok(Some(parsed));
        }
        _ => return Ok(None),
    };
    Ok(Some(heap.text(result)?))
}

/// The text of a text, number, truth or character.
pub(crate) fn text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::Text(text) => Some(Cow::Borrowed(text)),
        Value::Bool(_)
        | Value::Int(_)
        | Value::Long(_)
        | Value::Big(_)
        | Value::Double(_)
        | Value::Decimal(_)
        | Value::Char(_) => Some(Cow::Owned(value.scalar_text())),
        _ => None,
    }
}

/// Whether a byte stays as it is.
fn is_plain(byte: u8) -> bool {
    const PLAIN: [bool; 256] = {
        let mut plain = [false; 256];
        let mut byte = b' ';
        while byte <= 0x7f {
            plain[byte as usize] = !matches!(byte, b'\'' | b'"' | b'\\' | b'/');
            byte += 1;
        }
        plain
    };
    PLAIN.get(usize::from(byte)).is_some_and(|plain| *plain)
}

/// As commons-lang 2 escapes: both quotes, backslash, slash, controls, and all beyond ASCII.
fn escape_java_script(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    loop {
        let length = rest.bytes().position(|byte| !is_plain(byte));
        let (plain, other) = rest.split_at(length.unwrap_or(rest.len()));
        out.push_str(plain);
        let mut chars = other.chars();
        let Some(c) = chars.next() else { return out };
        rest = chars.as_str();
        match c {
            '\u{8}' => out.push_str("\\b"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            '\'' | '"' | '\\' | '/' => {
                out.push('\\');
                out.push(c);
            }
            _ => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    out.push_str(&format!("\\u{unit:04X}"));
                }
            }
        }
    }
}

/// `application/x-www-form-urlencoded`, as Java's `URLEncoder` writes it.
fn url_encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'*' | b'_' => {
                out.push(char::from(byte));
            }
            b' ' => out.push('+'),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// The inverse; a `%` without two digits fails, as in Java's `URLDecoder`.
fn url_decode(text: &str) -> Result<String, CallError> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [byte, tail @ ..] = rest {
        rest = tail;
        match byte {
            b'+' => out.push(b' '),
            b'%' => {
                let digits = tail
                    .get(..2)
                    .and_then(|digits| std::str::from_utf8(digits).ok());
                let value = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
                let malformed = || CallError::failed("illegal hex characters in escape pattern");
                out.push(value.ok_or_else(malformed)?);
                rest = tail.get(2..).unwrap_or_default();
            }
            other => out.push(*other),
        }
    }
    Ok(String::from_utf8_lossy(&out).into_owned())
}

/// Java's decoder: the padding may be left out, the bits that are left over may be any.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD_ALPHABET,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

fn base64_decode(text: &str) -> Result<String, CallError> {
    let bytes = LENIENT
        .decode(text)
        .map_err(|_| CallError::failed("argument is not base64"))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use vtl::Limits;

    fn check(function: &str, argument: &str, expect: &str) {
        let mut heap = Heap::new(Limits::default());
        let got = call(function, &[argument.into()], &mut heap)
            .unwrap()
            .unwrap();
        assert_eq!(got.as_text(), Some(expect), "{function}({argument})");
    }

    #[test]
    fn java_script_is_escaped_as_aws_does() {
        check(
            "escapeJavaScript",
            "it's \"a\"\\ </b>\n",
            "it\\'s \\\"a\\\"\\\\ <\\/b>\\n",
        );
        check(
            "escapeJavaScript",
            "é\u{1}😀",
            "\\u00E9\\u0001\\uD83D\\uDE00",
        );
    }

    #[test]
    fn codings_have_inverses() {
        check("urlEncode", "a b&c=é/~*", "a+b%26c%3D%C3%A9%2F%7E*");
        check("urlDecode", "a+b%26c%3D%C3%A9%2F%7E*", "a b&c=é/~*");
        check("base64Encode", "héllo", "aMOpbGxv");
        check("base64Decode", "aMOpbGxv", "héllo");
        check("base64Decode", "YQ", "a");
        check("base64Decode", "YR", "a");
    }

    #[test]
    fn malformed_arguments_fail_and_unknown_functions_are_undefined() {
        let mut heap = Heap::new(Limits::default());
        for (function, argument) in [
            ("urlDecode", "%zz"),
            ("base64Decode", "!"),
            ("parseJson", "{"),
        ] {
            assert!(
                call(function, &[argument.into()], &mut heap).is_err(),
                "{function}"
            );
        }
        assert!(call("exec", &["x".into()], &mut heap).unwrap().is_none());
        assert!(call("urlEncode", &[], &mut heap).unwrap().is_none());
    }
}
