//! JSON text as json-smart writes it.

use super::{Value, print};
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
            Value::List(list) => self.list(list.items(), depth)?,
            Value::View(view) => self.list(view.items(), depth)?,
            Value::Map(map) => self.map(map.entries(), depth)?,
            Value::Null | Value::Bool(_) => print::scalar(value, self.out),
            _ if value.is_number() => print::scalar(value, self.out),
            Value::Text(text) => write_text(text, self.style, self.out),
            _ => {
                let mut text = String::new();
                print::scalar(value, &mut text);
                write_text(&text, self.style, self.out);
            }
        }
        Ok(())
    }

    fn list(&mut self, items: Vec<Value>, depth: usize) -> Result<(), ErrorKind> {
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

    fn map(&mut self, entries: Vec<(Value, Value)>, depth: usize) -> Result<(), ErrorKind> {
        self.out.push('{');
        for (index, (key, value)) in entries.iter().enumerate() {
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
            self.value(value, depth + 1)?;
        }
        self.out.push('}');
        Ok(())
    }
}

/// A quoted text; controls and the ranges that json-smart distrusts become `\uXXXX`.
fn write_text(text: &str, style: JsonStyle, out: &mut String) {
    out.push('"');
    for c in text.chars() {
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
