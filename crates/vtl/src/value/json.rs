//! JSON text as json-smart writes it.

use super::{Map, Value, print};
use crate::{ErrorKind, limits};

/// json-smart's two manners of escaping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonStyle {
    /// `/` stays: what `$input.json` gives.
    Plain,
    /// `/` becomes `\/`: what a JSON array prints as.
    ForWeb,
}

/// Appends a value as JSON text.
///
/// # Errors
/// When the value is nested deeper than [`limits::VALUE_DEPTH_MAX`], or `out` would grow beyond
/// `bytes_max`.
pub fn write_json(
    value: &Value,
    style: JsonStyle,
    bytes_max: usize,
    out: &mut String,
) -> Result<(), ErrorKind> {
    Writer {
        style,
        bytes_max,
        out,
    }
    .value(value, 0)
}

struct Writer<'o> {
    style: JsonStyle,
    bytes_max: usize,
    out: &'o mut String,
}

impl Writer<'_> {
    fn value(&mut self, value: &Value, depth: usize) -> Result<(), ErrorKind> {
        if depth > limits::VALUE_DEPTH_MAX {
            return Err(ErrorKind::limit(
                "depth of a value",
                limits::VALUE_DEPTH_MAX,
            ));
        }
        if self.out.len() > self.bytes_max {
            return Err(ErrorKind::limit("size of a JSON text", self.bytes_max));
        }
        match value {
            Value::Double(number) if !number.is_finite() => self.out.push_str("null"),
            Value::List(list) => list.with(|items| self.list(items, depth))?,
            Value::View(view) => self.list(&view.items(), depth)?,
            Value::Map(map) => self.map(map, depth)?,
            Value::Null | Value::Bool(_) => print::scalar(value, self.out),
            _ if value.is_number() => print::scalar(value, self.out),
            Value::Text(text) => write_text(text, self.style, self.out),
            // To json-smart these are objects without properties.
            Value::Block(_) | Value::Char(_) => self.out.push_str("{}"),
            _ => {
                let mut text = String::new();
                print::scalar(value, &mut text);
                write_text(&text, self.style, self.out);
            }
        }
        Ok(())
    }

    fn list(&mut self, items: &[Value], depth: usize) -> Result<(), ErrorKind> {
        self.out.push('[');
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.out.push(',');
            }
            self.value(item, depth + 1)?;
        }
        self.out.push(']');
        Ok(())
    }

    fn map(&mut self, map: &Map, depth: usize) -> Result<(), ErrorKind> {
        self.out.push('{');
        map.try_each(|index, key, value| {
            if index > 0 {
                self.out.push(',');
            }
            match key {
                Value::Text(text) => write_text(text, self.style, self.out),
                _ => {
                    let mut text = String::new();
                    print::scalar(key, &mut text);
                    write_text(&text, self.style, self.out);
                }
            }
            self.out.push(':');
            self.value(value, depth + 1)
        })?;
        self.out.push('}');
        Ok(())
    }
}

/// A quoted text; controls and the ranges that json-smart distrusts become `\uXXXX`.
fn write_text(text: &str, style: JsonStyle, out: &mut String) {
    out.push('"');
    let mut rest = text;
    loop {
        let (plain, other) = rest.split_at(plain_length(rest, style));
        out.push_str(plain);
        let mut chars = other.chars();
        let Some(c) = chars.next() else { break };
        rest = chars.as_str();
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '/' if style == JsonStyle::ForWeb => out.push_str("\\/"),
            '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{2000}'..='\u{20ff}' => {
                out.push_str(&format!("\\u{:04X}", u32::from(c)));
            }
            _ => out.push(c),
        }
    }
    out.push('"');
}

/// Bytes up to the first that may have to be escaped. Nearly all texts are plain to their end.
fn plain_length(text: &str, style: JsonStyle) -> usize {
    let is_plain = |byte: u8| match byte {
        b'"' | b'\\' => false,
        b'/' => style == JsonStyle::Plain,
        // What is not ASCII is looked at by character.
        _ => (b' '..0x7f).contains(&byte),
    };
    let bytes = text.as_bytes();
    bytes
        .iter()
        .position(|byte| !is_plain(*byte))
        .unwrap_or(bytes.len())
}
