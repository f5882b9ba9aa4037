//! Velocity 1.7 templates, parsed once and rendered under limits.
//!
//! The language is Velocity 1.7's with API Gateway's one rule on top: an undefined reference is
//! the empty text, hence true in `#if`. There is no reflection; a template reaches the methods of
//! texts, numbers, lists and maps that [`Value`] knows, and what the embedder shows through
//! [`Host`].
//!
//! Every loop, text and depth is bounded ([`Limits`], [`limits`]); hitting a bound is an
//! [`Error`]. This crate knows nothing of `$input`, and never loops without a bound.
//!
//! ```
//! let template = vtl::Template::parse("#foreach($i in [1..3])$i#if($foreach.hasNext),#end#end")?;
//! let mut heap = vtl::Heap::new(vtl::Limits::default());
//! assert_eq!(template.render(Vec::new(), &mut vtl::NoHost, &mut heap)?, "1,2,3");
//! # Ok::<(), vtl::Error>(())
//! ```
//!
//! Reading order: [`Template`], `syntax` (text to tree), `run` (tree to text), `value`, `methods`.

mod ast;
mod error;
mod host;
pub mod limits;
mod methods;
mod run;
mod syntax;
mod trace;
mod value;

pub use error::{Error, ErrorKind, Position};
pub use host::{Handle, Host, NoHost};
pub use limits::Limits;
pub use run::{BlockReference, Heap, Loop};
pub use trace::{Trace, Traced};
pub use value::{CallError, DocumentBuilder, DocumentNode, Entry, Iter, JsonStyle, List};
pub use value::{ListKind, Map, Value, View, ViewKind, write_json};

use ast::{Block, Macro};
use run::{Frame, Run};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A parsed template; may be shared between threads.
#[derive(Debug)]
pub struct Template {
    body: Block,
    macros: Arc<HashMap<Box<str>, Arc<Macro>>>,
    /// Bytes of the largest output so far, for which the next one makes room at once.
    largest_bytes: AtomicUsize,
}

impl Template {
    /// Parses a template.
    ///
    /// # Errors
    /// When the text is no template of Velocity 1.7, or exceeds a bound of [`limits`].
    pub fn parse(source: &str) -> Result<Self, Error> {
        if source.len() > limits::TEMPLATE_BYTES_MAX {
            let kind = ErrorKind::limit("size of the template", limits::TEMPLATE_BYTES_MAX);
            return Err(Error::new(Position { line: 1, column: 1 }, kind));
        }
        let parsed = syntax::parse(source)?;
        let macros = parsed
            .macros
            .into_iter()
            .map(|definition| (definition.name.clone(), Arc::new(definition)))
            .collect();
        Ok(Self {
            body: parsed.body,
            macros: Arc::new(macros),
            largest_bytes: AtomicUsize::new(0),
        })
    }

    /// Renders the template with these variables, and those of `host`.
    ///
    /// All lists and maps among the variables must be of `heap`; they and all that the rendering
    /// makes live until the heap is dropped.
    ///
    /// # Errors
    /// When a method fails or a bound is hit.
    pub fn render(
        &self,
        variables: Vec<(Arc<str>, Value)>,
        host: &mut dyn Host,
        heap: &mut Heap,
    ) -> Result<String, Error> {
        self.run(variables, host, heap, None)
    }

    /// Renders like [`Self::render`] and tells `trace` each reference that is evaluated, in the
    /// order of evaluation.
    ///
    /// # Errors
    /// As [`Self::render`].
    pub fn render_traced(
        &self,
        variables: Vec<(Arc<str>, Value)>,
        host: &mut dyn Host,
        heap: &mut Heap,
        trace: &mut Trace<'_>,
    ) -> Result<String, Error> {
        self.run(variables, host, heap, Some(trace))
    }

    fn run(
        &self,
        variables: Vec<(Arc<str>, Value)>,
        host: &mut dyn Host,
        heap: &mut Heap,
        trace: Option<&mut Trace<'_>>,
    ) -> Result<String, Error> {
        let frame = Rc::new(Frame::root());
        heap.keep(&frame);
        for (name, value) in variables {
            frame.put_here(&name.into(), value);
        }
        let largest = self.largest_bytes.load(Ordering::Relaxed);
        let mut out = String::with_capacity(largest.min(limits::EXPECTED_BYTES_MAX));
        let run = Run::new(heap, host, self.macros.clone(), trace);
        run.template(&self.body, &frame, &mut out)?;
        if out.len() > largest {
            self.largest_bytes.store(out.len(), Ordering::Relaxed);
        }
        Ok(out)
    }
}
