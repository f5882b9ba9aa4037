//! Where names are looked up: the template's variables, and a frame for each running macro.

use super::names::Names;
use crate::ast::{Argument, Call, Literal, Macro, Name};
use crate::value::Value;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

/// A place for names, inside another one.
#[derive(Debug)]
pub(crate) struct Frame {
    pub parent: Option<Rc<Frame>>,
    kind: FrameKind,
}

#[derive(Debug)]
enum FrameKind {
    Root(RefCell<Names>),
    Macro {
        local: RefCell<Names>,
        /// Arguments by name; each is evaluated whenever the name is read.
        args: RefCell<Vec<(Name, Arc<Argument>)>>,
    },
    /// The item of a `#foreach` is null: hides an outer variable of the same name.
    NullItem {
        key: Name,
        is_active: Cell<bool>,
    },
}

/// What a frame knows of a name.
pub(crate) enum Found {
    Value(Value),
    /// Evaluate this in the frame's parent.
    Argument(Arc<Argument>),
    /// Ask the parent.
    Nothing,
}

impl Frame {
    pub(crate) fn root() -> Self {
        Self {
            parent: None,
            kind: FrameKind::Root(RefCell::default()),
        }
    }

    /// The frame of a macro's call; `constants` are arguments that were evaluated at once.
    pub(crate) fn of_macro(
        parent: Rc<Self>,
        definition: &Macro,
        call: &Call,
        is_constant: impl Fn(&Argument) -> Option<Value>,
    ) -> Self {
        let mut local = Names::default();
        let mut args = Vec::new();
        for (name, argument) in definition.params.iter().zip(&call.args) {
            match is_constant(argument) {
                Some(value) => local.put(name, value),
                None => args.push((name.clone(), argument.clone())),
            }
        }
        Self {
            parent: Some(parent),
            kind: FrameKind::Macro {
                local: RefCell::new(local),
                args: RefCell::new(args),
            },
        }
    }

    pub(crate) fn of_null_item(parent: Rc<Self>, key: Name) -> Self {
        Self {
            parent: Some(parent),
            kind: FrameKind::NullItem {
                key,
                is_active: Cell::new(true),
            },
        }
    }

    /// All names there are, when this frame is in no other one.
    pub(crate) fn all_names(&self) -> Option<&RefCell<Names>> {
        match &self.kind {
            FrameKind::Root(names) => Some(names),
            _ => None,
        }
    }

    /// What this frame alone knows of `key`.
    pub(crate) fn own(&self, key: &Name) -> Found {
        match &self.kind {
            FrameKind::Root(variables) => variables
                .borrow()
                .get(key)
                .map_or(Found::Nothing, |value| Found::Value(value.clone())),
            FrameKind::Macro { local, args } => {
                if let Some(value) = local.borrow().get(key)
                    && !value.is_null()
                {
                    return Found::Value(value.clone());
                }
                let args = args.borrow();
                match args.iter().find(|(name, _)| **name == **key) {
                    Some((_, argument)) => Found::Argument(argument.clone()),
                    None => Found::Nothing,
                }
            }
            FrameKind::NullItem {
                key: own,
                is_active,
            } => match is_active.get() && **own == **key {
                true => Found::Value(Value::Null),
                false => Found::Nothing,
            },
        }
    }

    /// The text of the argument that the parameter `$name` of a running macro stands for.
    pub(crate) fn argument_literal(&self, null_text: &str) -> Option<Literal> {
        let name = null_text.strip_prefix('$')?;
        let mut frame = Some(self);
        while let Some(here) = frame {
            if let FrameKind::Macro { args, .. } = &here.kind {
                let args = args.borrow();
                if let Some((_, argument)) = args.iter().find(|(own, _)| **own == *name) {
                    return Some(argument.literal.clone());
                }
            }
            frame = here.parent.as_deref();
        }
        None
    }

    /// Gives a name a value, here and in all frames around.
    pub(crate) fn put(&self, key: &Name, value: &Value) {
        let mut frame = Some(self);
        while let Some(here) = frame {
            match &here.kind {
                FrameKind::Root(names) | FrameKind::Macro { local: names, .. } => {
                    names.borrow_mut().put(key, value.clone());
                }
                FrameKind::NullItem {
                    key: own,
                    is_active,
                } => {
                    if **own == **key && value.is_null() {
                        is_active.set(true);
                    }
                }
            }
            frame = here.parent.as_deref();
        }
    }

    /// Takes a name away, here and in all frames around.
    pub(crate) fn remove(&self, key: &Name) {
        let mut frame = Some(self);
        while let Some(here) = frame {
            match &here.kind {
                FrameKind::Root(names) => names.borrow_mut().remove(key),
                FrameKind::Macro { local, args } => {
                    local.borrow_mut().remove(key);
                    args.borrow_mut().retain(|(name, _)| **name != **key);
                }
                FrameKind::NullItem {
                    key: own,
                    is_active,
                } => {
                    if **own == **key {
                        is_active.set(false);
                    }
                }
            }
            frame = here.parent.as_deref();
        }
    }

    /// Puts a value into this frame alone.
    pub(crate) fn put_here(&self, key: &Name, value: Value) {
        if let FrameKind::Root(names) | FrameKind::Macro { local: names, .. } = &self.kind {
            names.borrow_mut().put(key, value);
        }
    }

    /// All values of this frame, which then has none.
    pub(crate) fn take_all(&self) -> Vec<Value> {
        match &self.kind {
            FrameKind::Root(names) | FrameKind::Macro { local: names, .. } => {
                names.take().into_values()
            }
            FrameKind::NullItem { .. } => Vec::new(),
        }
    }
}
