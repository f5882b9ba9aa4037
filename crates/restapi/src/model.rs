//! Models and the validators that use them.

use serde::{Deserialize, Serialize};

/// A JSON schema (draft 4) with a name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Model {
    /// Six characters.
    pub id: String,
    /// Letters and digits.
    pub name: String,
    /// Free text.
    pub description: Option<String>,
    /// Schema, JSON text.
    pub schema: String,
    /// Content type, usually `application/json`.
    pub content_type: String,
}

/// What of a request is validated.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestValidator {
    /// Six characters.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether the body is checked against its model.
    pub validates_body: bool,
    /// Whether required parameters must be there.
    pub validates_parameters: bool,
}
