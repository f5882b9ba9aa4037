//! YAML text to a JSON value, without recursion.
//!
//! `serde-saphyr`, which writes our YAML, reads it with a call a level: a debug build overflows a
//! worker's stack at 90 levels. Its parser gives events, and from those a stack of our own builds
//! the value under our bounds.

use crate::limits::{DEPTH_MAX, YAML_BYTES_MAX, YAML_NODES_MAX};
use granit_parser::{Event, Options, Parser, ScalarStyle};
use serde_json::{Map, Number, Value};
use std::collections::HashMap;

/// The value of the first and only document; none when the text is no YAML or beyond a bound.
pub(crate) fn read(text: &str) -> Option<Value> {
    let options = granit_parser::options! {
        emit_comments: false,
        flow_nesting_limit: DEPTH_MAX,
        block_nesting_limit: DEPTH_MAX,
    };
    let mut builder = Builder::default();
    for event in parser(text, options) {
        let (event, _) = event.ok()?;
        builder.take(event)?;
    }
    builder.document
}

fn parser(text: &str, options: Options) -> Parser<'_, granit_parser::StrInput<'_>> {
    Parser::new_from_str_with_options(text, options)
}

/// What is being built.
#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    anchors: HashMap<usize, Anchored>,
    spent: Cost,
    document: Option<Value>,
}

/// A collection that has not ended.
struct Open {
    anchor: usize,
    cost_before: Cost,
    content: Content,
}

enum Content {
    List(Vec<Value>),
    Map {
        entries: Map<String, Value>,
        key: Option<String>,
        merged: Vec<Value>,
    },
}

/// A node that aliases may repeat, and what each repetition costs.
struct Anchored {
    value: Value,
    cost: Cost,
}

/// Nodes and bytes of text, aliases replaced.
#[derive(Clone, Copy, Default)]
struct Cost {
    nodes: usize,
    bytes: usize,
}

impl Builder {
    fn take(&mut self, event: Event<'_>) -> Option<()> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let before = self.spent;
                self.spend(Cost {
                    nodes: 1,
                    bytes: text.len(),
                })?;
                let is_text = tag.is_some_and(|tag| tag.suffix() == "str");
                if self.wants_key() {
                    self.remember(anchor, before, || Value::String(text.to_string()))?;
                    return self.key(text.into_owned());
                }
                let value = if style == ScalarStyle::Plain && !is_text {
                    plain(&text)
                } else {
                    Value::String(text.into_owned())
                };
                self.remember(anchor, before, || value.clone())?;
                self.put(value)
            }
            Event::SequenceStart(_, anchor, _) => self.start(anchor, Content::List(Vec::new())),
            Event::MappingStart(_, anchor, _) => self.start(
                anchor,
                Content::Map {
                    entries: Map::new(),
                    key: None,
                    merged: Vec::new(),
                },
            ),
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::Alias(anchor) => {
                // An alias inside its own anchor is not known yet, so no value holds itself.
                let found = self.anchors.get(&anchor)?;
                let (cost, value) = (found.cost, found.value.clone());
                self.spend(cost)?;
                match value {
                    Value::String(text) if self.wants_key() => self.key(text),
                    value => self.put(value),
                }
            }
            // A second document makes the text no OpenAPI document.
            Event::DocumentStart(..) if self.document.is_some() => None,
            _ => Some(()),
        }
    }

    fn spend(&mut self, cost: Cost) -> Option<()> {
        self.spent.nodes += cost.nodes;
        self.spent.bytes += cost.bytes;
        let is_fine = self.spent.nodes <= YAML_NODES_MAX && self.spent.bytes <= YAML_BYTES_MAX;
        is_fine.then_some(())
    }

    fn start(&mut self, anchor: usize, content: Content) -> Option<()> {
        if self.open.len() >= DEPTH_MAX || self.wants_key() {
            return None;
        }
        let cost_before = self.spent;
        self.spend(Cost { nodes: 1, bytes: 0 })?;
        self.open.push(Open {
            anchor,
            cost_before,
            content,
        });
        Some(())
    }

    fn end(&mut self) -> Option<()> {
        let open = self.open.pop()?;
        let value = match open.content {
            Content::List(items) => Value::Array(items),
            Content::Map {
                entries, merged, ..
            } => Value::Object(merge(entries, merged)),
        };
        self.remember(open.anchor, open.cost_before, || value.clone())?;
        self.put(value)
    }

    /// Keeps a copy of an anchored node, which costs as much as the node.
    fn remember(
        &mut self,
        anchor: usize,
        before: Cost,
        value: impl FnOnce() -> Value,
    ) -> Option<()> {
        if anchor > 0 {
            let cost = Cost {
                nodes: self.spent.nodes - before.nodes,
                bytes: self.spent.bytes - before.bytes,
            };
            self.spend(cost)?;
            let value = value();
            self.anchors.insert(anchor, Anchored { value, cost });
        }
        Some(())
    }

    /// Whether the next node is a mapping's key. Only text may be one.
    fn wants_key(&self) -> bool {
        let open = self.open.last().map(|open| &open.content);
        matches!(open, Some(Content::Map { key: None, .. }))
    }

    fn key(&mut self, text: String) -> Option<()> {
        match self.open.last_mut().map(|open| &mut open.content) {
            Some(Content::Map { key, .. }) => *key = Some(text),
            _ => return None,
        }
        Some(())
    }

    fn put(&mut self, value: Value) -> Option<()> {
        match self.open.last_mut().map(|open| &mut open.content) {
            None => self.document = Some(value),
            Some(Content::List(items)) => items.push(value),
            Some(Content::Map {
                entries,
                key,
                merged,
            }) => match key.take()?.as_str() {
                "<<" => merged.push(value),
                // The last of several equal keys stands, as SnakeYAML has it.
                key => {
                    entries.insert(key.to_owned(), value);
                }
            },
        }
        Some(())
    }
}

/// Adds what `<<` brings and the mapping does not say itself.
fn merge(mut entries: Map<String, Value>, merged: Vec<Value>) -> Map<String, Value> {
    for source in merged {
        let sources = match source {
            Value::Array(sources) => sources,
            single => vec![single],
        };
        for source in sources {
            if let Value::Object(source) = source {
                for (key, value) in source {
                    entries.entry(key).or_insert(value);
                }
            }
        }
    }
    entries
}

/// A plain scalar by the core schema of YAML 1.2. A leading zero makes text: an account id is not
/// an octal number.
fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    number(text).map_or_else(|| Value::String(text.to_owned()), Value::Number)
}

fn number(text: &str) -> Option<Number> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let starts_well = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    let has_leading_zero = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    let is_numeric = digits
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-'));
    if !starts_well || has_leading_zero || !is_numeric {
        return None;
    }
    if let Ok(integer) = text.parse::<i64>() {
        return Some(integer.into());
    }
    let float = text.parse::<f64>().ok()?;
    // Digits that a number cannot hold stay text.
    let is_exact = digits.contains(['.', 'e', 'E']);
    Number::from_f64(float).filter(|_| is_exact)
}
