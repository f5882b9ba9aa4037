//! Policy documents on their way into the store.

use crate::error;
use api::ServiceError;
use policy::{Document, DocumentKind, PolicyError, counted_chars};

/// A document of this kind.
///
/// # Errors
/// MalformedPolicyDocument with the rule that it breaks.
pub(crate) fn parse(text: &str, kind: DocumentKind) -> Result<Document, ServiceError> {
    let has_other_chars = text.chars().any(|c| !is_allowed(c));
    if has_other_chars {
        return Err(error::policy(&PolicyError::Syntax));
    }
    let document = Document::parse(text).map_err(|error| error::policy(&error))?;
    document
        .validate(kind)
        .map_err(|error| error::policy(&error))?;
    Ok(document)
}

/// A managed policy's document.
pub(crate) fn managed(text: &str) -> Result<Document, ServiceError> {
    let max = policy::limits::MANAGED_POLICY_CHARS_MAX;
    if counted_chars(text) > max {
        return Err(error::limit("PolicySize", max));
    }
    parse(text, DocumentKind::Identity)
}

/// A trust policy.
pub(crate) fn trust(text: &str) -> Result<Document, ServiceError> {
    let max = policy::limits::TRUST_POLICY_CHARS_MAX;
    if counted_chars(text) > max {
        return Err(error::limit("ACLSizePerRole", max));
    }
    parse(text, DocumentKind::Trust)
}

/// The characters of a policy: U+0009, U+000A, U+000D, U+0020 to U+00FF ("PutRolePolicy").
fn is_allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{ff}')
}
