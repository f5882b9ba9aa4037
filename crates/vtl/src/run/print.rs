//! Printing values as Java's `toString` does.

use super::Frame;
use super::node::{BlockReference, Flow, Interrupt, Run, fail};
use crate::error::{ErrorKind, Position};
use crate::limits;
use crate::value::{JsonStyle, ListKind, Map, Value, write_json, write_scalar};
use std::rc::Rc;

impl Run<'_, '_> {
    /// Appends a value to the output.
    pub(super) fn print(&mut self, value: &Value, at: Position, out: &mut String) -> Flow<()> {
        if let Value::Text(text) = value {
            return self.write(text, at, out);
        }
        self.print_into(value, at, out)?;
        // Brackets and the like are written unchecked; here the whole is checked.
        self.write("", at, out)
    }

    /// Appends a value; a block that is too deep in itself prints as `null`.
    pub(super) fn print_into(&mut self, value: &Value, at: Position, out: &mut String) -> Flow<()> {
        self.print_nested(value, at, out, 0)
    }

    /// A value's text; none for a block that is too deep in itself.
    pub(super) fn text_of(&mut self, value: &Value, at: Position) -> Flow<Option<Rc<str>>> {
        match value {
            Value::Text(text) => Ok(Some(text.clone())),
            Value::Block(block) => {
                let mut out = String::new();
                let frame = block.frame.clone();
                let is_rendered = self.render_block(block, &frame, &mut out)?;
                self.charge(out.len(), at)?;
                Ok(is_rendered.then(|| out.into()))
            }
            value => {
                let mut out = String::new();
                self.print_into(value, at, &mut out)?;
                self.charge(out.len(), at)?;
                Ok(Some(out.into()))
            }
        }
    }

    /// Renders a block where it is named; false when it is too deep in itself.
    pub(super) fn render_block(
        &mut self,
        block: &BlockReference,
        frame: &Rc<Frame>,
        out: &mut String,
    ) -> Flow<bool> {
        let depth = block.depth.get() + 1;
        if depth > block.define.depth_max {
            return Ok(false);
        }
        block.depth.set(depth);
        match self.render(&block.define.body, frame, out) {
            Ok(()) | Err(Interrupt::Break) => {}
            Err(other) => return Err(other),
        }
        block.depth.set(block.depth.get() - 1);
        Ok(true)
    }

    fn charge(&mut self, bytes: usize, at: Position) -> Flow<()> {
        self.heap.charge(bytes).map_err(|kind| fail(at, kind))
    }

    fn print_nested(
        &mut self,
        value: &Value,
        at: Position,
        out: &mut String,
        depth: usize,
    ) -> Flow<()> {
        if depth > limits::VALUE_DEPTH_MAX {
            let kind = ErrorKind::limit("depth of a value", limits::VALUE_DEPTH_MAX);
            return Err(fail(at, kind));
        }
        self.step(at)?;
        let limit = self.heap.limits().output_bytes;
        if out.len() > limit {
            return Err(fail(at, ErrorKind::limit("size of the output", limit)));
        }
        match value {
            Value::Text(text) => self.write(text, at, out)?,
            Value::List(list) => match list.kind() {
                ListKind::Json => write_json(value, JsonStyle::ForWeb, limit, out)
                    .map_err(|kind| fail(at, kind))?,
                ListKind::Java if list.is_stale() => {
                    let message = "the list of this part has changed".into();
                    return Err(fail(at, ErrorKind::Invalid(message)));
                }
                ListKind::Java => {
                    let is_self = |item: &Value| matches!(item, Value::List(own) if own.is(list));
                    self.sequence(&list.items(), is_self, at, out, depth)?;
                }
                // Java prints an address, which is another one each time.
                ListKind::Array => out.push_str("[Ljava.lang.String;@0"),
            },
            Value::View(view) => self.sequence(&view.items(), |_| false, at, out, depth)?,
            Value::Map(map) => self.map(map, at, out, depth)?,
            Value::Entry(entry) => {
                self.print_nested(&entry.key, at, out, depth + 1)?;
                out.push('=');
                self.print_nested(&entry.value(), at, out, depth + 1)?;
            }
            Value::Loop(scope) => match scope.storage() {
                Some(map) => self.map(&map, at, out, depth)?,
                None => out.push_str("{}"),
            },
            Value::Block(_) => {
                let text = self.deeper(|run| run.text_of(value, at))?;
                self.write(text.as_deref().unwrap_or("null"), at, out)?;
            }
            Value::Object(object) => {
                let text = self.host.print(*object);
                self.write(&text, at, out)?;
            }
            value => write_scalar(value, out),
        }
        Ok(())
    }

    fn sequence(
        &mut self,
        items: &[Value],
        is_self: impl Fn(&Value) -> bool,
        at: Position,
        out: &mut String,
        depth: usize,
    ) -> Flow<()> {
        out.push('[');
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                out.push_str(", ");
            }
            if is_self(item) {
                out.push_str("(this Collection)");
            } else {
                self.print_nested(item, at, out, depth + 1)?;
            }
        }
        out.push(']');
        Ok(())
    }

    fn map(&mut self, map: &Map, at: Position, out: &mut String, depth: usize) -> Flow<()> {
        out.push('{');
        for (index, (key, value)) in map.entries().iter().enumerate() {
            if index > 0 {
                out.push_str(", ");
            }
            for (place, part) in [key, value].into_iter().enumerate() {
                if place > 0 {
                    out.push('=');
                }
                if matches!(part, Value::Map(own) if own.is(map)) {
                    out.push_str("(this Map)");
                } else {
                    self.print_nested(part, at, out, depth + 1)?;
                }
            }
        }
        out.push('}');
        Ok(())
    }
}
