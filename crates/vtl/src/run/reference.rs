//! References: finding their value, printing it, assigning to it.

use super::Frame;
use super::frame::Found;
use super::node::{Flow, Interrupt, Run, call_failed, fail};
use crate::ast::{Name, Property, Reference, Step, StepKind};
use crate::error::{ErrorKind, Position};
use crate::methods;
use crate::trace::{self, Traced};
use crate::value::{CallError, Plain, Value};
use std::rc::Rc;

impl Run<'_, '_> {
    pub(super) fn render_reference(
        &mut self,
        reference: &Reference,
        frame: &Rc<Frame>,
        out: &mut String,
    ) -> Flow<()> {
        if self.write_plain(reference, frame, out)? {
            return Ok(());
        }
        let value = self.resolve(reference, frame)?;
        if reference.escaped {
            self.write(&reference.escapes, reference.at, out)?;
            return self.write_null_text(reference, frame, out);
        }
        if let Value::Block(block) = &value
            && self.render_block(block, frame, out)?
        {
            return Ok(());
        }
        if !reference.escapes.is_empty() || !reference.prefix.is_empty() {
            self.write(&reference.escapes, reference.at, out)?;
            if matches!(value, Value::Block(_)) {
                self.write(&reference.escapes, reference.at, out)?;
            }
            self.write(&reference.prefix, reference.at, out)?;
        }
        if matches!(value, Value::Block(_)) {
            return self.write_null_text(reference, frame, out);
        }
        self.print(&value, reference.at, out)
    }

    /// Writes `$name.property` straight out of the document; false when the reference is another.
    fn write_plain(
        &mut self,
        reference: &Reference,
        frame: &Rc<Frame>,
        out: &mut String,
    ) -> Flow<bool> {
        let at = reference.at;
        let written = self.read_plain(reference, frame, |run, plain| match plain {
            Plain::Null => Ok(()),
            Plain::Text(text) => run.write(text, at, out),
            Plain::Bool(value) => run.print(&Value::Bool(value), at, out),
            Plain::Int(value) => run.print(&Value::Int(value), at, out),
            Plain::Value(value) => run.print(value, at, out),
        })?;
        written.transpose().map(|written| written.is_some())
    }

    /// Reads `$name.property` where it lies in a document, as most references of most templates
    /// can be read; none when the reference is something else.
    pub(super) fn read_plain<T>(
        &mut self,
        reference: &Reference,
        frame: &Frame,
        read: impl FnOnce(&mut Self, Plain<'_>) -> T,
    ) -> Flow<Option<T>> {
        let [Step { kind, .. }] = &*reference.steps else {
            return Ok(None);
        };
        let (StepKind::Property(property), None) = (kind, &self.trace) else {
            return Ok(None);
        };
        let Some(names) = frame.all_names().filter(|_| reference.is_bare) else {
            return Ok(None);
        };
        let names = names.borrow();
        let Some(Value::Map(map)) = names.get(&reference.root) else {
            return Ok(None);
        };
        let Some(plain) = map.plain(&property.name, &property.hint) else {
            return Ok(None);
        };
        self.step(reference.at)?;
        Ok(Some(read(self, plain)))
    }

    fn write_null_text(
        &mut self,
        reference: &Reference,
        frame: &Rc<Frame>,
        out: &mut String,
    ) -> Flow<()> {
        match frame.argument_literal(&reference.null_text.0) {
            Some(literal) => self.write(&literal.0, reference.at, out),
            None => self.write(&reference.null_text.0, reference.at, out),
        }
    }

    /// The value of a reference; the empty text when it is undefined anywhere on its way.
    ///
    /// This is the one rule that API Gateway adds to Velocity 1.7. It makes an undefined
    /// reference true in `#if`, and equal to `""`.
    pub(super) fn resolve(&mut self, reference: &Reference, frame: &Rc<Frame>) -> Flow<Value> {
        self.step(reference.at)?;
        let (mut value, steps) = match self.first_property(reference, frame)? {
            Some(value) => (value, reference.steps.get(1..).unwrap_or_default()),
            None => (self.variable(frame, &reference.root)?, &*reference.steps),
        };
        for step in steps {
            if value.is_null() {
                break;
            }
            value = self.follow(&value, &step.kind, step.at, frame)?;
        }
        if let Some(trace) = &mut self.trace {
            trace(Traced {
                position: reference.at,
                reference: trace::written(reference),
                value: (!value.is_null()).then_some(&value),
            });
        }
        Ok(match value {
            Value::Null => self.heap.empty_text(),
            value => value,
        })
    }

    /// The value of `$name.property` at the start of a reference, when the name's value need not
    /// be held for that.
    fn first_property(&mut self, reference: &Reference, frame: &Rc<Frame>) -> Flow<Option<Value>> {
        let Some(Step { kind, at }) = reference.steps.first() else {
            return Ok(None);
        };
        let (StepKind::Property(property), Some(names)) = (kind, frame.all_names()) else {
            return Ok(None);
        };
        let names = names.borrow();
        match names.get(&reference.root) {
            Some(value @ (Value::Map(_) | Value::Loop(_))) => {
                let value = methods::property(value, property, self.heap);
                let value = value.map_err(|error| call_failed(*at, &property.name, error))?;
                Ok(Some(value))
            }
            _ => Ok(None),
        }
    }

    /// The value under a name, null when there is none.
    pub(super) fn variable(&mut self, frame: &Rc<Frame>, key: &Name) -> Flow<Value> {
        let mut frame = frame;
        loop {
            match (frame.own(key), &frame.parent) {
                (Found::Value(value), _) => return Ok(value),
                (Found::Argument(argument), Some(parent)) => {
                    return self.deeper(|run| run.argument(&argument, parent));
                }
                (_, Some(parent)) => frame = parent,
                (_, None) => return self.hosted(frame, key),
            }
        }
    }

    /// A variable that the host gives; it is kept, so that the host is asked once.
    fn hosted(&mut self, root: &Rc<Frame>, key: &Name) -> Flow<Value> {
        let found = self.host.variable(key, self.heap);
        let found = found.map_err(|error| call_failed(Position::default(), key, error))?;
        Ok(match found {
            Some(value) => {
                root.put_here(key, value.clone());
                value
            }
            None => Value::Null,
        })
    }

    /// One property, method or index further.
    fn follow(
        &mut self,
        value: &Value,
        step: &StepKind,
        at: Position,
        frame: &Rc<Frame>,
    ) -> Flow<Value> {
        match step {
            StepKind::Property(property) => match value {
                Value::Object(object) => self
                    .host
                    .property(*object, &property.name, self.heap)
                    .map(|found| found.unwrap_or(Value::Null)),
                _ => methods::property(value, property, self.heap),
            }
            .map_err(|error| call_failed(at, &property.name, error)),
            StepKind::Method(name, args) => match &**args {
                [] => self.invoke(value, name, &[], at),
                [arg] => {
                    let arg = self.value(arg, frame)?;
                    self.invoke(value, name, &[arg], at)
                }
                args => {
                    let mut values = Vec::with_capacity(args.len());
                    for arg in args {
                        values.push(self.value(arg, frame)?);
                    }
                    self.invoke(value, name, &values, at)
                }
            },
            StepKind::Index(index) => {
                let index = self.value(index, frame)?;
                let index = from_end(index, value, at)?;
                self.invoke(value, "get", &[index], at)
            }
        }
    }

    /// Calls a method; null when there is none.
    pub(super) fn invoke(
        &mut self,
        value: &Value,
        name: &str,
        args: &[Value],
        at: Position,
    ) -> Flow<Value> {
        self.step(at)?;
        self.nests |= value.is_container() && args.iter().any(Value::is_container);
        // A block is equal to itself alone, whatever its text is.
        if let (Value::Block(block), "equals", [other]) = (value, name, args) {
            let is_same = matches!(other, Value::Block(other) if Rc::ptr_eq(block, other));
            return Ok(Value::Bool(is_same));
        }
        let texts;
        let mut args = args;
        if args.iter().any(|arg| is_printed_argument(name, arg)) {
            texts = self.printed_arguments(name, args, at)?;
            args = &texts;
        }
        if name == "toString" && args.is_empty() {
            let text = self.text_of(value, at)?;
            return Ok(text.map_or(Value::Null, Value::Text));
        }
        // A block has no other methods; asking for one does not render it.
        if let Value::Block(_) = value {
            return match name {
                // As Java's, it is a number of no meaning.
                "hashCode" if args.is_empty() => Ok(Value::Int(1)),
                "toString" | "hashCode" => {
                    let error = CallError::failed("wrong number of arguments");
                    Err(call_failed(at, name, error))
                }
                _ => Ok(Value::Null),
            };
        }
        let result = match value {
            Value::Object(object) => self.host.call(*object, name, args, self.heap),
            _ => methods::call(value, name, args, self.heap),
        };
        let result = result.map_err(|error| call_failed(at, name, error))?;
        Ok(result.unwrap_or(Value::Null))
    }

    fn printed_arguments(
        &mut self,
        method: &str,
        args: &[Value],
        at: Position,
    ) -> Flow<Vec<Value>> {
        let mut texts = args.to_vec();
        for arg in texts
            .iter_mut()
            .filter(|arg| is_printed_argument(method, arg))
        {
            *arg = self.text_of(arg, at)?.map_or(Value::Null, Value::Text);
        }
        Ok(texts)
    }

    /// `#set($a.b = …)` and `#set($a[0] = …)`; nothing happens when there is nothing to set.
    pub(super) fn assign(
        &mut self,
        target: &Reference,
        value: Value,
        frame: &Rc<Frame>,
    ) -> Flow<()> {
        let Some((last, steps)) = target.steps.split_last() else {
            return Ok(());
        };
        let mut holder = self.variable(frame, &target.root)?;
        for step in steps {
            if holder.is_null() {
                return Ok(());
            }
            holder = self.follow(&holder, &step.kind, step.at, frame)?;
        }
        if holder.is_null() {
            return Ok(());
        }
        self.nests |= value.is_container();
        match &last.kind {
            StepKind::Property(Property { name, .. }) | StepKind::Method(name, _) => match holder {
                Value::Object(object) => self.host.set(object, name, value, self.heap),
                _ => methods::set_property(&holder, name, value, self.heap),
            }
            .map_err(|error| call_failed(last.at, name, error)),
            StepKind::Index(index) => {
                let index = self.value(index, frame)?;
                let index = from_end(index, &holder, last.at)?;
                match (&holder, &index) {
                    (Value::Object(object), Value::Text(name)) => {
                        self.host.set(*object, name, value, self.heap)
                    }
                    _ => methods::set_index(&holder, index, value, self.heap),
                }
                .map_err(|error| call_failed(last.at, "set", error))
            }
        }
    }
}

/// What prints its arguments takes the texts of blocks, lists and maps.
fn is_printed_argument(method: &str, arg: &Value) -> bool {
    let is_nested = arg.is_container() || matches!(arg, Value::Block(_));
    is_nested && matches!(method, "format" | "valueOf")
}

/// A negative index counts from the end of what has a size.
fn from_end(index: Value, holder: &Value, at: Position) -> Result<Value, Interrupt> {
    let Value::Int(number @ ..=-1) = index else {
        return Ok(index);
    };
    let Some(size) = methods::size(holder) else {
        let message = "a negative index needs a list or a map".into();
        return Err(fail(at, ErrorKind::Invalid(message)));
    };
    let size = i32::try_from(size)
        .map_err(|_| call_failed(at, "get", CallError::failed("list is too long")))?;
    Ok(Value::Int(size.saturating_add(number)))
}
