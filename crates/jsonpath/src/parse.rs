//! json-smart's permissive parser: quotes may be missing or single, commas may be useless, and
//! what follows the first value is not looked at.

use crate::number::{EXACT_DIGITS, short_number, to_number};
use crate::scan::{kept_length, plain_length};
use crate::{Builder, JsonError, Number, limits};
use std::borrow::Cow;

/// Reads a document.
///
/// A text that is no JSON but begins with neither bracket nor quote is that text: `a=b` reads as
/// the string `a=b`.
///
/// # Errors
/// When a bracket or quote stays open or something else is misplaced, or the document is nested
/// deeper than [`limits::JSON_DEPTH_MAX`].
pub fn parse_json<B: Builder>(text: &str, builder: &mut B) -> Result<B::Tree, JsonError> {
    let mut parser = Parser {
        text,
        at: 0,
        depth: 0,
        builder,
        values: Vec::with_capacity(OPEN_EXPECTED),
        names: Vec::with_capacity(OPEN_EXPECTED),
    };
    parser.value(Place::First)?;
    parser.values.pop().ok_or(JsonError::End)
}

/// Where a value stands; a bare text ends where the place ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    First,
    Item,
    Member,
    Key,
}

impl Place {
    fn ends_at(self, byte: u8) -> bool {
        match self {
            Self::First => false,
            Self::Item => matches!(byte, b',' | b']'),
            Self::Member => matches!(byte, b',' | b'}'),
            Self::Key => byte == b':',
        }
    }
}

/// Bytes that are made room for when a text has escapes.
const ESCAPED_EXPECTED: usize = 64;

/// Values and names that room is made for at once.
const OPEN_EXPECTED: usize = 16;

struct Parser<'t, 'b, B: Builder> {
    text: &'t str,
    at: usize,
    depth: usize,
    builder: &'b mut B,
    /// Values read so far of all arrays and objects that are open, the innermost one's last. What
    /// is built of them is as long as it must be, and no value is handed from call to call.
    values: Vec<B::Tree>,
    /// Names of the values that are members.
    names: Vec<Cow<'t, str>>,
}

impl<'t, B: Builder> Parser<'t, '_, B> {
    /// Reads a value onto `values`.
    fn value(&mut self, place: Place) -> Result<(), JsonError> {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
        match self.peek() {
            Some(b':' | b']' | b'}') => return Err(JsonError::Unexpected(self.at)),
            Some(b'{') => return self.nested(Self::object),
            Some(b'[') => return self.nested(Self::array),
            Some(b'"' | b'\'') => {
                let made = match self.plain_quoted() {
                    Some(text) => self.builder.text(text),
                    None => {
                        let text = self.quoted()?;
                        self.builder.text(&text)
                    }
                };
                self.values.push(made);
            }
            Some(b'-' | b'0'..=b'9') => self.number(place),
            Some(_) => self.bare(place),
            None if place == Place::First => self.values.push(self.builder.text("")),
            None => return Err(JsonError::End),
        }
        Ok(())
    }

    fn nested(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<(), JsonError>,
    ) -> Result<(), JsonError> {
        self.depth += 1;
        if self.depth > limits::JSON_DEPTH_MAX {
            return Err(JsonError::Depth(limits::JSON_DEPTH_MAX));
        }
        self.at += 1;
        read(self)?;
        self.depth -= 1;
        Ok(())
    }

    fn array(&mut self) -> Result<(), JsonError> {
        let start = self.values.len();
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\n' | b'\r' | b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    let made = self.builder.array(self.values.drain(start..));
                    self.values.push(made);
                    return Ok(());
                }
                Some(b':' | b'}') => return Err(JsonError::Unexpected(self.at)),
                Some(_) => self.value(Place::Item)?,
                None => return Err(JsonError::End),
            }
        }
    }

    fn object(&mut self) -> Result<(), JsonError> {
        let (first_name, first) = (self.names.len(), self.values.len());
        let mut wants_comma = false;
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.at += 1,
                Some(b',') => {
                    self.at += 1;
                    wants_comma = false;
                }
                Some(b'}') => {
                    self.at += 1;
                    let names = self.names.drain(first_name..);
                    let members = names.zip(self.values.drain(first..));
                    let made = self.builder.object(members);
                    self.values.push(made);
                    return Ok(());
                }
                Some(b':' | b'[' | b']' | b'{') => return Err(JsonError::Unexpected(self.at)),
                Some(_) if wants_comma => return Err(JsonError::Unexpected(self.at)),
                Some(_) => {
                    self.member()?;
                    wants_comma = true;
                }
                None => return Err(JsonError::End),
            }
        }
    }

    fn member(&mut self) -> Result<(), JsonError> {
        let name = match self.peek() {
            Some(b'"' | b'\'') => match self.plain_quoted() {
                Some(name) => Cow::Borrowed(name),
                None => self.quoted().map(Cow::Owned)?,
            },
            _ => Cow::Borrowed(self.bare_text(Place::Key)),
        };
        self.skip_blanks();
        match self.peek() {
            Some(b':') => self.at += 1,
            Some(_) => return Err(JsonError::Unexpected(self.at)),
            None => return Err(JsonError::End),
        }
        if self.peek().is_none() {
            return Err(JsonError::End);
        }
        self.names.push(name);
        self.value(Place::Member)?;
        self.skip_blanks();
        match self.peek() {
            Some(b'}' | b',') => Ok(()),
            Some(_) => Err(JsonError::Unexpected(self.at)),
            None => Err(JsonError::End),
        }
    }

    /// A text without quotes, or one of the three words.
    fn bare(&mut self, place: Place) {
        let word = self.word(place);
        let made = match word.unwrap_or_else(|| self.bare_text(place)) {
            "null" => self.builder.null(),
            "true" => self.builder.bool(true),
            "false" => self.builder.bool(false),
            "NaN" => self.builder.number(Number::Double(f64::NAN)),
            text => self.builder.text(text),
        };
        self.values.push(made);
    }

    /// One of the three words with the end of its place right behind it.
    fn word(&mut self, place: Place) -> Option<&'static str> {
        let rest = self.text.as_bytes().get(self.at..)?;
        let word = match rest.first()? {
            b't' => "true",
            b'f' => "false",
            b'n' => "null",
            _ => return None,
        };
        let behind = rest.strip_prefix(word.as_bytes())?;
        place.ends_at(*behind.first()?).then(|| {
            self.at += word.len();
            word
        })
    }

    fn bare_text(&mut self, place: Place) -> &'t str {
        let start = self.at;
        self.skip(|byte| !place.ends_at(byte));
        trimmed(self.slice(start, self.at))
    }

    /// A number, or a text that begins like one.
    fn number(&mut self, place: Place) {
        let start = self.at;
        if let Some(number) = self.short_number(place) {
            self.values.push(self.builder.number(number));
            return;
        }
        self.at += 1;
        self.skip(|byte| byte.is_ascii_digit());
        let mut is_float = false;
        let mut is_number = true;
        if self.peek() == Some(b'.') {
            is_float = true;
            self.at += 1;
            self.skip(|byte| byte.is_ascii_digit());
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            is_float = true;
            self.at += 1;
            is_number = matches!(self.peek(), Some(b'+' | b'-' | b'0'..=b'9'));
            if is_number {
                self.at += 1;
                self.skip(|byte| byte.is_ascii_digit());
            }
        }
        self.skip(|byte| byte <= b' ');
        // json-smart takes every character from `~` on for the end of a number.
        let ends = self
            .peek()
            .is_none_or(|byte| byte >= b'~' || place.ends_at(byte));
        if is_number
            && ends
            && let Some(number) = to_number(trimmed(self.slice(start, self.at)), is_float)
        {
            self.values.push(self.builder.number(number));
            return;
        }
        self.skip(|byte| !place.ends_at(byte));
        let text = trimmed(self.slice(start, self.at));
        self.values.push(self.builder.text(text));
    }

    /// A number of few digits with the end of its place right behind it, as most numbers are.
    fn short_number(&mut self, place: Place) -> Option<Number> {
        let rest = self.text.as_bytes().get(self.at..)?;
        let (mut value, mut digits, mut point) = (0_u64, 0, None);
        for (length, byte) in rest.iter().enumerate() {
            match byte {
                b'0'..=b'9' if digits < EXACT_DIGITS => {
                    value = value * 10 + u64::from(byte - b'0');
                    digits += 1;
                }
                b'.' if point.is_none() && digits > 0 => point = Some(digits),
                byte if place.ends_at(*byte) => {
                    let number = short_number(value, digits, point)?;
                    self.at += length;
                    return Some(number);
                }
                _ => return None,
            }
        }
        None
    }

    /// A quoted text without escapes; none, and nothing is read, when there is another one.
    fn plain_quoted(&mut self) -> Option<&'t str> {
        let rest = self.text.as_bytes().get(self.at..)?;
        let (quote, rest) = rest.split_first()?;
        let length = plain_length(rest, *quote)?;
        let start = self.at + 1;
        let text = self.text.get(start..start + length)?;
        self.at = start + length + 1;
        Some(text)
    }

    /// A quoted text, the slow way.
    fn quoted(&mut self) -> Result<String, JsonError> {
        let quote = self.peek().ok_or(JsonError::End)?;
        self.at += 1;
        self.escaped(quote)
    }

    /// A quoted text with escapes in it.
    fn escaped(&mut self, quote: u8) -> Result<String, JsonError> {
        let mut out = String::with_capacity(ESCAPED_EXPECTED);
        let mut units: Vec<u16> = Vec::new();
        loop {
            let start = self.at;
            let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
            self.at += kept_length(rest, quote);
            if start < self.at {
                flush(&mut units, &mut out);
                out.push_str(self.slice(start, self.at));
            }
            match self.peek().ok_or(JsonError::End)? {
                b'\\' => {
                    self.at += 1;
                    self.escape(&mut units, &mut out)?;
                }
                byte if byte == quote => {
                    self.at += 1;
                    flush(&mut units, &mut out);
                    return Ok(out);
                }
                // json-smart keeps a control only in a text without escapes.
                _ => self.at += 1,
            }
        }
    }

    fn escape(&mut self, units: &mut Vec<u16>, out: &mut String) -> Result<(), JsonError> {
        let byte = self.peek().ok_or(JsonError::End)?;
        let plain = match byte {
            b't' => '\t',
            b'n' => '\n',
            b'r' => '\r',
            b'f' => '\u{c}',
            b'b' => '\u{8}',
            b'\\' | b'/' | b'\'' | b'"' => char::from(byte),
            b'u' | b'x' => {
                self.at += 1;
                let digits = if byte == b'u' { 4 } else { 2 };
                units.push(self.hex(digits)?);
                return Ok(());
            }
            // An unknown escape vanishes with its character.
            _ => {
                let rest = self.slice(self.at, self.text.len());
                self.at += rest.chars().next().map_or(1, char::len_utf8);
                return Ok(());
            }
        };
        flush(units, out);
        out.push(plain);
        self.at += 1;
        Ok(())
    }

    fn hex(&mut self, digits: usize) -> Result<u16, JsonError> {
        let text = self
            .text
            .get(self.at..self.at + digits)
            .ok_or(JsonError::End)?;
        if !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(JsonError::Unexpected(self.at));
        }
        self.at += digits;
        u16::from_str_radix(text, 16).map_err(|_| JsonError::Unexpected(self.at))
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip(&mut self, is: impl Fn(u8) -> bool) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        self.at += rest
            .iter()
            .position(|byte| !is(*byte))
            .unwrap_or(rest.len());
    }

    fn skip_blanks(&mut self) {
        while self.peek().is_some_and(|byte| byte <= b' ') {
            self.at += 1;
        }
    }

    fn slice(&self, start: usize, end: usize) -> &'t str {
        self.text.get(start..end).unwrap_or_default()
    }
}

/// Java's `trim`.
fn trimmed(text: &str) -> &str {
    let has_none = |byte: Option<&u8>| byte.is_some_and(|byte| *byte > b' ');
    match has_none(text.as_bytes().first()) && has_none(text.as_bytes().last()) {
        true => text,
        false => text.trim_matches(|c| c <= ' '),
    }
}

fn flush(units: &mut Vec<u16>, out: &mut String) {
    if !units.is_empty() {
        out.push_str(&String::from_utf16_lossy(units));
        units.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Json;

    #[test]
    fn numbers_of_every_length_are_read_alike_in_and_out_of_a_list() {
        let digits = "12345678901234567890";
        for length in 1..=digits.len() {
            for point in 0..=length {
                let (whole, decimals) = digits[..length].split_at(point);
                for text in [
                    whole.to_owned(),
                    format!("{whole}.{decimals}"),
                    format!("-{whole}.{decimals}"),
                    format!("00{whole}.{decimals}0"),
                    format!("{whole}.{decimals}e-3"),
                    format!("{whole}.{decimals}x"),
                ] {
                    // Nothing ends a first value, so that it is always read the slow way.
                    let first = Json::parse(&text).map(|number| number.to_json_text());
                    for (document, open, close) in [
                        (format!("[{text}]"), "[", "]"),
                        (format!("{{\"a\":{text}}}"), "{\"a\":", "}"),
                    ] {
                        let read = Json::parse(&document).map(|json| json.to_json_text());
                        let expect = first.clone().map(|text| format!("{open}{text}{close}"));
                        if !text.is_empty() {
                            assert_eq!(read, expect, "{document}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn words_end_where_their_place_ends() {
        let read = Json::parse("[true,false,null,truer,nul, true ,[true],{\"a\":null}]");
        let expect = r#"[true,false,null,"truer","nul",true,[true],{"a":null}]"#;
        assert_eq!(read.map(|json| json.to_json_text()), Ok(expect.to_owned()));
    }

    #[test]
    fn texts_of_every_length_end_at_their_quote() {
        for length in 0..40 {
            for text in [
                "a".repeat(length),
                "é".repeat(length),
                "\u{a2}\"".repeat(length),
            ] {
                let escaped = text.replace('"', "\\\"");
                // A control vanishes from a text with an escape in it.
                let control = format!("{}\\n{text}\u{1f}\u{7f}\u{7f}x", "b".repeat(length % 9));
                let read = Json::parse(&format!("['{control}']"));
                let expect = control
                    .replace(['\u{1f}', '\u{7f}'], "")
                    .replace('"', "\\\"");
                let expect = format!("[\"{expect}\"]");
                assert_eq!(read.map(|json| json.to_json_text()), Ok(expect));
                for document in [
                    format!("[\"{escaped}\", '{escaped}', \"\"]"),
                    format!("[\"{escaped}\", '{escaped}', \"x"),
                ] {
                    let read = Json::parse(&document);
                    match document.ends_with(']') {
                        true => {
                            let expect = format!("[\"{escaped}\",\"{escaped}\",\"\"]");
                            assert_eq!(read.map(|json| json.to_json_text()), Ok(expect));
                        }
                        false => assert_eq!(read, Err(JsonError::End)),
                    }
                }
            }
        }
    }
}
