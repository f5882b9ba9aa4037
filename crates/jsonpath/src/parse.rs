//! json-smart's permissive parser: quotes may be missing or single, commas may be useless, and
//! what follows the first value is not looked at.

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
        values: Vec::new(),
        names: Vec::new(),
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

/// Bytes that are made room for behind each run of a text with escapes.
const ESCAPED_MORE: usize = 32;

/// Digits that always fit 32 bits.
const SHORT_DIGITS: usize = 9;

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
        self.skip(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
        match self.peek() {
            Some(b':' | b']' | b'}') => return Err(JsonError::Unexpected(self.at)),
            Some(b'{') => return self.nested(Self::object),
            Some(b'[') => return self.nested(Self::array),
            Some(b'"' | b'\'') => {
                let text = self.quoted()?;
                self.values.push(self.builder.text(&text));
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
            Some(b'"' | b'\'') => self.quoted()?,
            _ => Cow::Borrowed(self.bare_text(Place::Key)),
        };
        self.skip(|byte| byte <= b' ');
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
        self.skip(|byte| byte <= b' ');
        match self.peek() {
            Some(b'}' | b',') => Ok(()),
            Some(_) => Err(JsonError::Unexpected(self.at)),
            None => Err(JsonError::End),
        }
    }

    /// A text without quotes, or one of the three words.
    fn bare(&mut self, place: Place) {
        let made = match self.bare_text(place) {
            "null" => self.builder.null(),
            "true" => self.builder.bool(true),
            "false" => self.builder.bool(false),
            "NaN" => self.builder.number(Number::Double(f64::NAN)),
            text => self.builder.text(text),
        };
        self.values.push(made);
    }

    fn bare_text(&mut self, place: Place) -> &'t str {
        let start = self.at;
        self.skip(|byte| !place.ends_at(byte));
        trimmed(self.slice(start, self.at))
    }

    /// A number, or a text that begins like one.
    fn number(&mut self, place: Place) {
        let start = self.at;
        if let Some((value, length)) = self.short_integer(place) {
            self.at += length;
            self.values.push(self.builder.number(Number::Int(value)));
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

    /// An integer of few digits with the end of its place right behind it, as most numbers are;
    /// and how long it is.
    fn short_integer(&self, place: Place) -> Option<(i32, usize)> {
        let rest = self.text.as_bytes().get(self.at..)?;
        let mut value = 0;
        for (length, byte) in rest.iter().take(SHORT_DIGITS + 1).enumerate() {
            match byte {
                b'0'..=b'9' if length < SHORT_DIGITS => value = value * 10 + i32::from(byte - b'0'),
                byte if length > 0 && place.ends_at(*byte) => return Some((value, length)),
                _ => return None,
            }
        }
        None
    }

    fn quoted(&mut self) -> Result<Cow<'t, str>, JsonError> {
        let quote = self.peek().ok_or(JsonError::End)?;
        self.at += 1;
        let start = self.at;
        self.skip_to_end_or_escape(quote);
        if self.peek() == Some(quote) {
            self.at += 1;
            return Ok(Cow::Borrowed(self.slice(start, self.at - 1)));
        }
        self.at = start;
        self.escaped(quote).map(Cow::Owned)
    }

    /// A quoted text with escapes in it.
    fn escaped(&mut self, quote: u8) -> Result<String, JsonError> {
        let mut out = String::new();
        let mut units: Vec<u16> = Vec::new();
        loop {
            let start = self.at;
            self.skip(|byte| byte != quote && byte != b'\\' && byte >= b' ' && byte != 0x7f);
            if start < self.at {
                flush(&mut units, &mut out);
                out.reserve(self.at - start + ESCAPED_MORE);
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

    /// Goes to the next quote or backslash, eight bytes at a time: most of a document is text.
    fn skip_to_end_or_escape(&mut self, quote: u8) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        for word in rest.as_chunks().0 {
            let word = u64::from_le_bytes(*word);
            let found = marks(word, quote) | marks(word, b'\\');
            if found != 0 {
                self.at += found.trailing_zeros() as usize / 8;
                return;
            }
            self.at += size_of_val(&word);
        }
        self.skip(|byte| byte != quote && byte != b'\\');
    }

    fn slice(&self, start: usize, end: usize) -> &'t str {
        self.text.get(start..end).unwrap_or_default()
    }
}

/// Marks the high bit of the first byte of `word` that is `byte`, and maybe of later ones.
fn marks(word: u64, byte: u8) -> u64 {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const HIGH_BITS: u64 = u64::from_le_bytes([0x80; 8]);
    let zero_where_equal = word ^ u64::from_le_bytes([byte; 8]);
    zero_where_equal.wrapping_sub(ONES) & !zero_where_equal & HIGH_BITS
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

fn to_number(text: &str, is_float: bool) -> Option<Number> {
    if is_float {
        if text.len() > 18 {
            return crate::decimal::Decimal::parse(text).map(|_| Number::Decimal(text.to_owned()));
        }
        return text.parse().ok().map(Number::Double);
    }
    if let Ok(value) = text.parse::<i64>() {
        return Some(match i32::try_from(value) {
            Ok(value) => Number::Int(value),
            Err(_) => Number::Long(value),
        });
    }
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() {
        return Some(Number::Int(0));
    }
    let is_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
    is_digits.then(|| {
        let sign = if digits.len() < text.len() { "-" } else { "" };
        Number::Big(format!("{sign}{}", digits.trim_start_matches('0')))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Json;

    #[test]
    fn texts_of_every_length_end_at_their_quote() {
        for length in 0..40 {
            for text in [
                "a".repeat(length),
                "é".repeat(length),
                "\u{a2}\"".repeat(length),
            ] {
                let escaped = text.replace('"', "\\\"");
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
