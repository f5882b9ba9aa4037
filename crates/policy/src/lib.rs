//! IAM policy documents: parsed, and evaluated to a [`Decision`] with the statements that made it.
//!
//! Pure: it fetches nothing and takes time only from the request's [`Context`].

mod context;
mod principal;

pub use context::{Context, ContextValue};
pub use principal::{Principal, PrincipalKind};

/// A parsed policy document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document;
