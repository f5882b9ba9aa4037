//! IAM policy documents: parsed, and evaluated to a decision with the statements that made it.
//!
//! Pure: it fetches nothing and takes time only from the request's [`Context`]. Start at
//! [`Document::parse`].

mod condition;
mod context;
mod date;
mod document;
mod error;
mod glob;
pub mod limits;
mod node;
mod number;
mod operator;
mod parse;
mod principal;
mod resource;
mod template;
mod value;

pub use context::{Context, ContextValue};
pub use document::{Document, Effect, PrincipalEntry, Statement, Version};
pub use error::PolicyError;
pub use principal::{Principal, PrincipalKind};
