//! IAM policy documents: parsed, and evaluated to a decision with the statements that made it.
//!
//! Pure: it fetches nothing and takes time only from the request's [`Context`]. Start at
//! [`Document::parse`]
//! and [`evaluate`].

mod condition;
mod context;
mod date;
mod decision;
mod document;
mod error;
mod evaluate;
mod glob;
pub mod limits;
mod node;
mod number;
mod operator;
mod parse;
mod principal;
mod requester;
mod reserved;
mod resource;
mod template;
mod validate;
mod value;

pub use context::{Context, ContextValue, Found, Keys};
pub use decision::{Cause, Decision, Matched, Outcome, PolicyKind};
pub use document::{Document, Effect, PrincipalEntry, Statement, Version};
pub use error::PolicyError;
pub use evaluate::{Attached, Policies, Request, ResourceRule, evaluate};
pub use principal::{Principal, PrincipalKind, Session};
pub use requester::Requester;
pub use validate::{DocumentKind, counted_chars};
