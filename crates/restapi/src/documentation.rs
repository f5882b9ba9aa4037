//! Documentation that travels with the API.

use serde::{Deserialize, Serialize};

/// A documented entity.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentationPart {
    /// Six characters.
    pub id: String,
    /// `API`, `RESOURCE`, `METHOD`, …
    pub kind: String,
    /// Path the part belongs to.
    pub path: Option<String>,
    /// Verb.
    pub method: Option<String>,
    /// Status code.
    pub status_code: Option<String>,
    /// Name of parameter, header, model or authorizer.
    pub name: Option<String>,
    /// JSON text.
    pub properties: String,
}

/// A frozen set of parts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentationVersion {
    /// The user's version text.
    pub version: String,
    /// Free text.
    pub description: Option<String>,
    /// Milliseconds since the epoch.
    pub created_ms: i64,
}
