//! JSON text as json-smart writes it.

use super::document::{Document, DocumentNode, Node};
use super::{List, Map, Value, print};
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
        self.check(depth)?;
        match value {
            Value::Double(number) if !number.is_finite() => self.out.push_str("null"),
            Value::List(list) => self.list_of(list, depth)?,
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

    fn check(&self, depth: usize) -> Result<(), ErrorKind> {
        if depth > limits::VALUE_DEPTH_MAX {
            return Err(ErrorKind::limit(
                "depth of a value",
                limits::VALUE_DEPTH_MAX,
            ));
        }
        if self.out.len() > self.bytes_max {
            return Err(ErrorKind::limit("size of a JSON text", self.bytes_max));
        }
        Ok(())
    }

    /// A value of a document that no template has reached.
    fn node(
        &mut self,
        document: &Document,
        node: DocumentNode,
        depth: usize,
    ) -> Result<(), ErrorKind> {
        self.check(depth)?;
        match node.node() {
            Node::Text(span) => write_text(document.text(span), self.style, self.out),
            Node::Kept(place) => self.value(document.kept(place), depth)?,
            Node::Null => self.out.push_str("null"),
            Node::Bool(value) => self.value(&Value::Bool(value), depth)?,
            Node::Int(value) => self.value(&Value::Int(value), depth)?,
            Node::List(span) => self.nodes(document, document.items(span), depth)?,
            Node::Map(span) => {
                self.out.push('{');
                for (index, member) in document.members(span).iter().enumerate() {
                    self.name(index, document.name(member));
                    self.node(document, member.node, depth + 1)?;
                }
                self.out.push('}');
            }
        }
        Ok(())
    }

    fn nodes(
        &mut self,
        document: &Document,
        nodes: &[DocumentNode],
        depth: usize,
    ) -> Result<(), ErrorKind> {
        self.out.push('[');
        for (index, node) in nodes.iter().enumerate() {
            if index > 0 {
                self.out.push(',');
            }
            self.node(document, *node, depth + 1)?;
        }
        self.out.push(']');
        Ok(())
    }

    fn name(&mut self, index: usize, name: &str) {
        if index > 0 {
            self.out.push(',');
        }
        write_text(name, self.style, self.out);
        self.out.push(':');
    }

    fn list_of(&mut self, list: &List, depth: usize) -> Result<(), ErrorKind> {
        match list.part() {
            Some(part) => self.nodes(&part.document, part.document.items(part.span), depth),
            None => list.with(|items| self.list(items, depth)),
        }
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
        if let Some(part) = map.part() {
            let members = part.document.members(part.span);
            for (index, member) in members.iter().enumerate() {
                self.name(index, part.document.name(member));
                match part.made(index) {
                    Some(made) => self.value(&made, depth + 1)?,
                    None => self.node(&part.document, member.node, depth + 1)?,
                }
            }
            self.out.push('}');
            return Ok(());
        }
        map.try_each(|index, key, value| {
            match key {
                Value::Text(text) => self.name(index, text),
                _ => {
                    let mut text = String::new();
                    print::scalar(key, &mut text);
                    self.name(index, &text);
                }
            }
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
