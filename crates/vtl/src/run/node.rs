//! Rendering nodes.

use super::{Frame, Heap, Loop};
use crate::ast::{Block, Define, Evaluate, If, Macro, Node, Set, Stop};
use crate::error::{Error, ErrorKind, Position};
use crate::value::{CallError, Value};
use crate::{Host, Trace, limits, syntax};
use std::cell::Cell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

/// Why rendering does not go on with the next node.
#[derive(Debug)]
pub(crate) enum Interrupt {
    Error(Box<Error>),
    /// `#break`: ends what is nearest around.
    Break,
    /// `#break($foreach)`: ends that loop.
    BreakLoop(Rc<Loop>),
    /// `#stop`: ends the template, or the `#evaluate` around.
    Stop,
}

pub(crate) type Flow<T> = Result<T, Interrupt>;

/// A block under a name, with where it was defined.
#[derive(Debug)]
pub struct BlockReference {
    pub(super) frame: Rc<Frame>,
    pub(super) define: Arc<Define>,
    pub(super) depth: Cell<u32>,
}

pub(crate) type Macros = Arc<HashMap<Box<str>, Arc<Macro>>>;

/// One rendering.
pub(crate) struct Run<'h, 't> {
    pub heap: &'h mut Heap,
    pub(super) host: &'h mut dyn Host,
    pub(super) macros: Macros,
    pub(super) macro_depth: usize,
    /// Whether a list or map was put into another one, which may contain itself since.
    pub(super) nests: bool,
    pub(super) trace: Option<&'h mut Trace<'t>>,
    /// Where the last node with a known place stands, for errors of nodes that know none.
    last_at: Position,
    depth: usize,
    expression_depth: usize,
}

impl<'h, 't> Run<'h, 't> {
    pub(crate) fn new(
        heap: &'h mut Heap,
        host: &'h mut dyn Host,
        macros: Macros,
        trace: Option<&'h mut Trace<'t>>,
    ) -> Self {
        Self {
            heap,
            host,
            macros,
            macro_depth: 0,
            nests: false,
            trace,
            last_at: Position::default(),
            depth: 0,
            expression_depth: 0,
        }
    }

    /// Renders a template's nodes into `out`.
    pub(crate) fn template(
        mut self,
        body: &Block,
        frame: &Rc<Frame>,
        out: &mut String,
    ) -> Result<(), Error> {
        match self.render(body, frame, out) {
            Err(Interrupt::Error(mut error)) => {
                if error.position == Position::default() {
                    error.position = self.last_at;
                }
                Err(*error)
            }
            // A loop that was left is still named by `$foreach` of an outer one only while that
            // runs, so nothing can be broken here; Velocity ends as for `#stop`.
            Ok(()) | Err(Interrupt::Break | Interrupt::BreakLoop(_) | Interrupt::Stop) => Ok(()),
        }
    }

    pub(super) fn render(&mut self, body: &Block, frame: &Rc<Frame>, out: &mut String) -> Flow<()> {
        self.deeper(|run| {
            for node in body.iter() {
                run.node(node, frame, out)?;
            }
            Ok(())
        })
    }

    /// Runs `inner` one level deeper.
    pub(super) fn deeper<T>(&mut self, inner: impl FnOnce(&mut Self) -> Flow<T>) -> Flow<T> {
        if self.depth >= limits::RENDER_DEPTH_MAX {
            let kind = ErrorKind::limit("depth of the rendering", limits::RENDER_DEPTH_MAX);
            return Err(fail(Position::default(), kind));
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    /// Evaluates `inner` one level deeper.
    pub(super) fn nested<T>(&mut self, inner: impl FnOnce(&mut Self) -> Flow<T>) -> Flow<T> {
        if self.expression_depth >= limits::EXPRESSION_DEPTH_MAX {
            let kind = ErrorKind::limit("depth of an expression", limits::EXPRESSION_DEPTH_MAX);
            return Err(fail(Position::default(), kind));
        }
        self.expression_depth += 1;
        let result = inner(self);
        self.expression_depth -= 1;
        result
    }

    fn node(&mut self, node: &Node, frame: &Rc<Frame>, out: &mut String) -> Flow<()> {
        match node {
            Node::Text(text) => {
                self.step(Position::default())?;
                return self.write(text, Position::default(), out);
            }
            Node::Reference(reference) => self.render_reference(reference, frame, out)?,
            Node::Set(set) => self.set(set, frame)?,
            Node::If(node) => self.choose(node, frame, out)?,
            Node::Foreach(node) => self.foreach(node, frame, out)?,
            Node::Call(node) => self.call(node, frame, out)?,
            Node::Define(define) => {
                self.step(define.at)?;
                let block = self.block(define.clone(), frame);
                frame.put(&define.key, &block);
            }
            Node::Evaluate(node) => self.evaluate_text(node, frame, out)?,
            Node::Break(stop) => return Err(self.stop(stop, frame, Interrupt::Break)),
            Node::Stop(stop) => return Err(self.stop(stop, frame, Interrupt::Stop)),
            Node::Refused(node) => {
                let message = format!("`#{}` does not exist in API Gateway", node.directive);
                return Err(fail(node.at, ErrorKind::Invalid(message)));
            }
        }
        Ok(())
    }

    pub(super) fn block(&mut self, define: Arc<Define>, frame: &Rc<Frame>) -> Value {
        Value::Block(Rc::new(BlockReference {
            frame: frame.clone(),
            define,
            depth: Cell::new(0),
        }))
    }

    fn set(&mut self, set: &Set, frame: &Rc<Frame>) -> Flow<()> {
        self.step(set.target.at)?;
        let value = self.value(&set.value, frame)?;
        if value.is_null() {
            return Ok(());
        }
        if set.target.steps.is_empty() {
            frame.put(&set.target.root, &value);
            return Ok(());
        }
        self.assign(&set.target, value, frame)
    }

    fn choose(&mut self, node: &If, frame: &Rc<Frame>, out: &mut String) -> Flow<()> {
        for (condition, body) in &node.arms {
            if self.truth(condition, frame)? {
                return self.render(body, frame, out);
            }
        }
        match &node.otherwise {
            Some(body) => self.render(body, frame, out),
            None => Ok(()),
        }
    }

    fn evaluate_text(&mut self, node: &Evaluate, frame: &Rc<Frame>, out: &mut String) -> Flow<()> {
        let value = self.value(&node.source, frame)?;
        let source = match value {
            Value::Null => Rc::from(""),
            // Velocity ends with a NullPointerException where a block is too deep in itself.
            value => self.text_of(&value, node.at)?.ok_or_else(|| {
                let message = "a `#define` block too deep in itself has no text".into();
                fail(node.at, ErrorKind::Invalid(message))
            })?,
        };
        // Parsing costs far more than a step a byte-run; what is rendered then counts itself.
        self.heap
            .work(source.len().saturating_mul(64))
            .map_err(|kind| fail(node.at, kind))?;
        let known = self.macros.keys().cloned().collect();
        let parsed = syntax::parse_part(&source, known).map_err(|error| {
            let message = format!("in `#evaluate`: {error}");
            fail(node.at, ErrorKind::Syntax(message))
        })?;
        if !parsed.macros.is_empty() {
            let macros = Arc::make_mut(&mut self.macros);
            for definition in parsed.macros {
                macros.insert(definition.name.clone(), Arc::new(definition));
            }
        }
        match self.render(&parsed.body, frame, out) {
            Err(Interrupt::Break | Interrupt::Stop) => Ok(()),
            other => other,
        }
    }

    fn stop(&mut self, stop: &Stop, frame: &Rc<Frame>, plain: Interrupt) -> Interrupt {
        let Some(argument) = &stop.argument else {
            return plain;
        };
        match self.value(argument, frame) {
            Err(interrupt) => interrupt,
            // `#stop` takes a message, which nobody sees.
            Ok(_) if matches!(plain, Interrupt::Stop) => plain,
            Ok(Value::Loop(scope)) => Interrupt::BreakLoop(scope),
            Ok(_) => {
                let message = "the argument of `#break` must be a `$foreach`".into();
                fail(stop.at, ErrorKind::Invalid(message))
            }
        }
    }

    /// Appends to the output.
    #[inline]
    pub(super) fn write(&mut self, text: &str, at: Position, out: &mut String) -> Flow<()> {
        let limit = self.heap.limits().output_bytes;
        if out.len() + text.len() > limit {
            return Err(output_full(at, limit));
        }
        out.push_str(text);
        Ok(())
    }

    #[inline]
    pub(super) fn step(&mut self, at: Position) -> Flow<()> {
        if at != Position::default() {
            self.last_at = at;
        }
        match self.heap.step() {
            Ok(()) => Ok(()),
            Err(kind) => Err(fail(at, kind)),
        }
    }
}

#[cold]
fn output_full(at: Position, limit: usize) -> Interrupt {
    fail(at, ErrorKind::limit("size of the output", limit))
}

#[cold]
pub(super) fn fail(at: Position, kind: ErrorKind) -> Interrupt {
    Interrupt::Error(Box::new(Error::new(at, kind)))
}

/// A method's failure, at a place.
pub(super) fn call_failed(at: Position, method: &str, error: CallError) -> Interrupt {
    let kind = match error {
        CallError::Failed(reason) => ErrorKind::Method {
            method: method.into(),
            reason,
        },
        CallError::Limit(kind) => kind,
    };
    fail(at, kind)
}
