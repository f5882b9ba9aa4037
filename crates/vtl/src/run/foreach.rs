//! `#foreach`.

use super::node::{Flow, Interrupt, Run, fail};
use super::{Frame, Heap};
use crate::ast::{Foreach, LOOP_NAMES, Name};
use crate::error::ErrorKind;
use crate::value::{Iter, Map, Value, View, ViewKind};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// `$foreach`: where a loop stands; templates may also keep values in it.
#[derive(Debug)]
pub struct Loop {
    index: Cell<i32>,
    has_next: Cell<bool>,
    parent: Option<Rc<Loop>>,
    replaced: Option<Value>,
    storage: RefCell<Option<Map>>,
}

impl Loop {
    fn inside(previous: Value) -> Self {
        let (parent, replaced) = match previous {
            Value::Loop(parent) => (Some(parent), None),
            Value::Null => (None, None),
            other => (None, Some(other)),
        };
        Self {
            index: Cell::new(-1),
            has_next: Cell::new(false),
            parent,
            replaced,
            storage: RefCell::new(None),
        }
    }

    pub(super) fn storage(&self) -> Option<Map> {
        self.storage.borrow().clone()
    }

    /// `$foreach.name`; values kept in an outer loop are seen in the inner one.
    pub(crate) fn property(&self, name: &str) -> Option<Value> {
        match name {
            "index" | "Index" => Some(Value::Int(self.index.get())),
            "count" | "Count" => Some(Value::Int(self.index.get().saturating_add(1))),
            "hasNext" | "HasNext" => Some(Value::Bool(self.has_next.get())),
            "first" | "First" => Some(Value::Bool(self.index.get() < 1)),
            "last" | "Last" => Some(Value::Bool(!self.has_next.get())),
            "parent" | "Parent" => self.parent.clone().map(Value::Loop),
            "replaced" | "Replaced" => self.replaced(),
            _ => self.kept(name),
        }
    }

    /// The outermost loop around this one, or this one.
    pub(crate) fn topmost(self: &Rc<Self>) -> Rc<Self> {
        let mut scope = self;
        while let Some(parent) = &scope.parent {
            scope = parent;
        }
        scope.clone()
    }

    fn replaced(&self) -> Option<Value> {
        let outer = || self.parent.as_ref().and_then(|parent| parent.replaced());
        self.replaced.clone().or_else(outer)
    }

    pub(crate) fn kept(&self, name: &str) -> Option<Value> {
        let own = self.storage().and_then(|map| map.get_text(name));
        own.or_else(|| self.parent.as_ref().and_then(|parent| parent.kept(name)))
    }

    /// How many values are kept in the loop.
    pub(crate) fn kept_count(&self) -> usize {
        self.storage().map_or(0, |map| map.len())
    }

    /// The values kept in the loop.
    pub(crate) fn map(&self, heap: &mut Heap) -> Result<Map, ErrorKind> {
        if let Some(map) = self.storage() {
            return Ok(map);
        }
        let made = heap.map([])?;
        let map = match made {
            Value::Map(map) => map,
            _ => Map::new(),
        };
        *self.storage.borrow_mut() = Some(map.clone());
        Ok(map)
    }

    /// Keeps a value in the loop; answers the one that was there.
    pub(crate) fn keep(
        &self,
        key: Value,
        value: Value,
        heap: &mut Heap,
    ) -> Result<Option<Value>, ErrorKind> {
        let map = self.map(heap)?;
        heap.put(&map, key, value)
    }
}

impl Run<'_, '_> {
    pub(super) fn foreach(
        &mut self,
        node: &Foreach,
        frame: &Rc<Frame>,
        out: &mut String,
    ) -> Flow<()> {
        self.step(node.at)?;
        let Some(list) = &node.list else {
            let message = "`#foreach` needs `($item in $list)`".into();
            return Err(fail(node.at, ErrorKind::Invalid(message)));
        };
        let list = self.value(list, frame)?;
        if matches!(&list, Value::List(list) if list.is_stale()) {
            let message = "the list of this part has changed".into();
            return Err(fail(node.at, ErrorKind::Invalid(message)));
        }
        let Some(iter) = iterator(list) else {
            return Ok(());
        };
        let names = &*LOOP_NAMES;
        let saved_item = self.variable(frame, &node.key)?;
        let saved_count = self.variable(frame, &names.count)?;
        let saved_next = self.variable(frame, &names.has_next)?;
        let scope = Rc::new(Loop::inside(self.variable(frame, &names.scope)?));
        frame.put(&names.scope, &Value::Loop(scope.clone()));
        let result = self.rounds(node, &iter, &scope, frame, out);
        if let Err(Interrupt::Error(_)) = &result {
            return result;
        }
        restore(frame, &node.key, saved_item);
        restore(frame, &names.count, saved_count);
        restore(frame, &names.has_next, saved_next);
        if let Value::Loop(current) = self.variable(frame, &names.scope)? {
            let outer = current.parent.clone().map(Value::Loop);
            restore(
                frame,
                &names.scope,
                outer.or_else(|| current.replaced()).unwrap_or(Value::Null),
            );
        }
        match result {
            Err(Interrupt::Break) => Ok(()),
            Err(Interrupt::BreakLoop(of)) if Rc::ptr_eq(&of, &scope) => Ok(()),
            other => other,
        }
    }

    fn rounds(
        &mut self,
        node: &Foreach,
        iter: &Iter,
        scope: &Rc<Loop>,
        frame: &Rc<Frame>,
        out: &mut String,
    ) -> Flow<()> {
        let names = &*LOOP_NAMES;
        let mut null_frame: Option<Rc<Frame>> = None;
        let rounds_max = self.heap.limits().foreach_rounds;
        let mut rounds = 0;
        while iter.has_next() {
            self.step(node.at)?;
            rounds += 1;
            if rounds > rounds_max {
                return Err(fail(
                    node.at,
                    ErrorKind::limit("rounds of `#foreach`", rounds_max),
                ));
            }
            let count = scope.index.get().saturating_add(2);
            frame.put(&names.count, &Value::Int(count));
            let item = iter.advance().map_err(|reason| {
                let kind = ErrorKind::Invalid(reason.into());
                fail(node.at, kind)
            })?;
            let item = item.unwrap_or(Value::Null);
            let has_next = iter.has_next();
            frame.put(&names.has_next, &Value::Bool(has_next));
            frame.put(&node.key, &item);
            scope.index.set(count - 1);
            scope.has_next.set(has_next);
            if item.is_null() {
                let inner = null_frame.get_or_insert_with(|| {
                    Rc::new(Frame::of_null_item(frame.clone(), node.key.clone()))
                });
                let inner = inner.clone();
                self.render(&node.body, &inner, out)?;
            } else {
                self.render(&node.body, frame, out)?;
            }
        }
        Ok(())
    }
}

fn restore(frame: &Rc<Frame>, key: &Name, value: Value) {
    match value {
        Value::Null => frame.remove(key),
        value => frame.put(key, &value),
    }
}

/// An iterator over what can be iterated; a map gives its values.
fn iterator(value: Value) -> Option<Rc<Iter>> {
    match value {
        Value::List(list) => Some(Rc::new(Iter::list(list))),
        Value::View(view) => Some(Rc::new(Iter::view(view))),
        Value::Map(map) => Some(Rc::new(Iter::view(View {
            kind: ViewKind::Values,
            map,
        }))),
        Value::Loop(scope) => {
            let kind = ViewKind::Values;
            scope
                .storage()
                .map(|map| Rc::new(Iter::view(View { kind, map })))
        }
        Value::Iter(iter) => Some(iter),
        _ => None,
    }
}
