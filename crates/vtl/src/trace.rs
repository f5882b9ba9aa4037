//! What a rendering tells of its references, for people who look for a mistake.

use crate::ast::{Constant, Expr, Reference, StepKind};
use crate::{Position, Value};
use std::fmt::Write;

/// A reference that was evaluated.
#[derive(Debug)]
pub struct Traced<'v> {
    /// Where it stands.
    pub position: Position,
    /// The reference; arguments that are neither constants nor plain names show as `…`.
    pub reference: String,
    /// Its value; none when it is undefined, which prints as the empty text.
    pub value: Option<&'v Value>,
}

/// Takes what is traced.
pub type Trace<'t> = dyn FnMut(Traced<'_>) + 't;

/// A reference as a template writes it.
pub(crate) fn written(reference: &Reference) -> String {
    let mut out = format!("${}", &*reference.root);
    for step in &reference.steps {
        match &step.kind {
            StepKind::Property(property) => {
                out.push('.');
                out.push_str(&property.name);
            }
            StepKind::Method(name, args) => {
                out.push('.');
                out.push_str(name);
                out.push('(');
                for (index, arg) in args.iter().enumerate() {
                    if index > 0 {
                        out.push_str(", ");
                    }
                    argument(arg, &mut out);
                }
                out.push(')');
            }
            StepKind::Index(index) => {
                out.push('[');
                argument(index, &mut out);
                out.push(']');
            }
        }
    }
    out
}

fn argument(expr: &Expr, out: &mut String) {
    // Writing to a `String` cannot fail.
    let _ = match expr {
        Expr::Text(text) => write!(out, "'{text}'"),
        Expr::Constant(Constant::Bool(value)) => write!(out, "{value}"),
        Expr::Constant(Constant::Int(value)) => write!(out, "{value}"),
        Expr::Reference(reference) if !reference.computable => out.write_str(&reference.root),
        Expr::Reference(reference) if reference.steps.is_empty() => {
            write!(out, "${}", &*reference.root)
        }
        _ => out.write_char('…'),
    };
}
