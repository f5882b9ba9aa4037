//! The tree of this crate, shared and immutable.

use crate::{Builder, JsonError, Kind, Number, Tree, decimal::Decimal, parse_json};
use indexmap::IndexMap;
use std::borrow::Cow;
use std::sync::Arc;

/// A JSON value; clones share what they hold, and may go to other threads.
#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    /// `null`.
    Null,
    /// A truth.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text.
    Text(Arc<str>),
    /// An array.
    Array(Arc<Vec<Json>>),
    /// An object, its members in the document's order.
    Object(Arc<IndexMap<String, Json>>),
}

impl Json {
    /// Reads a document, see [`parse_json`].
    ///
    /// # Errors
    /// As [`parse_json`].
    pub fn parse(text: &str) -> Result<Self, JsonError> {
        parse_json(text, &mut JsonBuilder)
    }

    /// Whether this is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// A text as it is, anything else as JSON text.
    pub fn to_plain_text(&self) -> String {
        match self {
            Self::Text(text) => text.as_ref().to_owned(),
            other => other.to_json_text(),
        }
    }

    /// The value as JSON text, escaped as json-smart does it (`/` stays).
    pub fn to_json_text(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    // Recursion is as deep as the document, which the parser bounds.
    fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Number(Number::Double(value)) if !value.is_finite() => out.push_str("null"),
            Self::Number(number) => out.push_str(&number.print()),
            Self::Text(text) => write_text(text, out),
            Self::Array(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    item.write(out);
                }
                out.push(']');
            }
            Self::Object(members) => {
                out.push('{');
                for (index, (name, value)) in members.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    write_text(name, out);
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
        }
    }
}

fn write_text(text: &str, out: &mut String) {
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
            '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{2000}'..='\u{20ff}' => {
                out.push_str(&format!("\\u{:04X}", u32::from(c)));
            }
            _ => out.push(c),
        }
    }
    out.push('"');
}

impl Number {
    /// The number as Java prints it.
    pub fn print(&self) -> String {
        match self {
            Self::Int(value) => value.to_string(),
            Self::Long(value) => value.to_string(),
            Self::Big(text) => text.clone(),
            Self::Double(value) => print_double(*value),
            Self::Decimal(text) => {
                Decimal::parse(text).map_or_else(|| text.clone(), |decimal| decimal.print())
            }
        }
    }
}

/// Java's `Double.toString`.
fn print_double(value: f64) -> String {
    let size = value.abs();
    if !value.is_finite() {
        return format!("{value}").replace("inf", "Infinity");
    }
    if value == 0.0 || (1e-3..1e7).contains(&size) {
        let text = format!("{value}");
        return if text.contains('.') {
            text
        } else {
            text + ".0"
        };
    }
    let text = format!("{value:e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let point = if mantissa.contains('.') { "" } else { ".0" };
    format!("{mantissa}{point}E{exponent}")
}

impl Tree for Json {
    fn kind(&self) -> Kind {
        match self {
            Self::Null => Kind::Null,
            Self::Bool(value) => Kind::Bool(*value),
            Self::Number(number) => Kind::Number(number.print()),
            Self::Text(text) => Kind::Text(text.as_ref().to_owned()),
            Self::Array(_) => Kind::Array,
            Self::Object(_) => Kind::Object,
        }
    }

    fn is_array(&self) -> bool {
        matches!(self, Self::Array(_))
    }

    fn is_object(&self) -> bool {
        matches!(self, Self::Object(_))
    }

    fn len(&self) -> usize {
        match self {
            Self::Array(items) => items.len(),
            Self::Object(members) => members.len(),
            _ => 0,
        }
    }

    fn item(&self, index: usize) -> Option<Self> {
        match self {
            Self::Array(items) => items.get(index).cloned(),
            _ => None,
        }
    }

    fn member(&self, name: &str) -> Option<Self> {
        match self {
            Self::Object(members) => members.get(name).cloned(),
            _ => None,
        }
    }

    fn member_at(&self, index: usize) -> Option<(String, Self)> {
        match self {
            Self::Object(members) => {
                let (name, value) = members.get_index(index)?;
                Some((name.clone(), value.clone()))
            }
            _ => None,
        }
    }

    fn equals<E>(
        &self,
        other: &Self,
        depth: usize,
        visit: &mut impl FnMut(usize) -> Result<(), E>,
    ) -> Result<bool, E> {
        visit(depth)?;
        match (self, other) {
            (Self::Array(a), Self::Array(b)) => {
                if a.len() != b.len() {
                    return Ok(false);
                }
                for (a, b) in a.iter().zip(b.iter()) {
                    if !a.equals(b, depth + 1, visit)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            (Self::Object(a), Self::Object(b)) => {
                if a.len() != b.len() {
                    return Ok(false);
                }
                for (name, a) in a.iter() {
                    match b.get(name) {
                        Some(b) if a.equals(b, depth + 1, visit)? => {}
                        _ => return Ok(false),
                    }
                }
                Ok(true)
            }
            (a, b) => Ok(a == b),
        }
    }
}

/// Makes [`Json`].
#[derive(Debug, Default, Clone, Copy)]
pub struct JsonBuilder;

impl Builder for JsonBuilder {
    type Tree = Json;

    fn null(&mut self) -> Json {
        Json::Null
    }

    fn bool(&mut self, value: bool) -> Json {
        Json::Bool(value)
    }

    fn number(&mut self, value: Number) -> Json {
        Json::Number(value)
    }

    fn text(&mut self, value: &str) -> Json {
        Json::Text(value.into())
    }

    fn array(&mut self, items: impl ExactSizeIterator<Item = Json>) -> Json {
        Json::Array(Arc::new(items.collect()))
    }

    fn object<'n>(&mut self, members: impl ExactSizeIterator<Item = (Cow<'n, str>, Json)>) -> Json {
        let members = members.map(|(name, value)| (name.into_owned(), value));
        Json::Object(Arc::new(members.collect()))
    }
}
