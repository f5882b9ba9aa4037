//! From text to tree: a hand-written equivalent of Velocity 1.7's grammar.
//!
//! Reading order: `parser` (statements), `directive`, `reference`, `expression`, then `lexer`.

mod directive;
mod expression;
mod lexer;
mod literal;
mod matcher;
mod parser;
mod reference;
mod token;

pub(crate) use parser::{parse, parse_part};
