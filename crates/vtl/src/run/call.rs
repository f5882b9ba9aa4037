//! Calls of macros.

use super::Frame;
use super::node::{Flow, Interrupt, Run, fail};
use crate::ast::{Argument, Call, Expr};
use crate::error::ErrorKind;
use crate::limits;
use crate::value::Value;
use std::rc::Rc;

impl Run<'_, '_> {
    pub(super) fn call(&mut self, call: &Call, frame: &Rc<Frame>, out: &mut String) -> Flow<()> {
        self.step(call.at)?;
        let Some(definition) = self.macros.get(&call.name).cloned() else {
            return self.write(&call.literal.0, call.at, out);
        };
        if let Some(word) = &call.bad_word {
            let message = format!("invalid argument `{word}` in macro `#{}`", call.name);
            return Err(fail(call.at, ErrorKind::Invalid(message)));
        }
        if self.macro_depth >= limits::MACRO_DEPTH_MAX {
            let kind = ErrorKind::limit("depth of macro calls", limits::MACRO_DEPTH_MAX);
            return Err(fail(call.at, kind));
        }
        let inner = Frame::of_macro(frame.clone(), &definition, call, constant);
        if let Some(body) = &call.body {
            let block = self.block(body.clone(), frame);
            inner.put_here(&body.key, block);
        }
        let inner = Rc::new(inner);
        self.heap.keep(&inner);
        self.macro_depth += 1;
        match self.render(&definition.body, &inner, out) {
            Ok(()) => {
                self.macro_depth -= 1;
                Ok(())
            }
            // Velocity forgets to count down when a macro is left by `#break`; so the depth it
            // allows shrinks.
            Err(Interrupt::Break) => Ok(()),
            Err(other) => Err(other),
        }
    }
}

/// Numbers, truths and words are evaluated at the call, all else whenever it is read.
fn constant(argument: &Argument) -> Option<Value> {
    match &argument.expr {
        Expr::Constant(constant) => Some(constant.value()),
        Expr::Word => Some(Value::Null),
        _ => None,
    }
}
