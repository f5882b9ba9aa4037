//! Jayway's JSONPath.

/// Why a path does not parse.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PathError(pub String);

/// Why a document cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct JsonError(pub String);

/// A JSON value.
#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    /// `null`.
    Null,
}

impl Json {
    /// Parses a document.
    ///
    /// # Errors
    /// Always, until the parser stands.
    pub fn parse(_text: &str) -> Result<Self, JsonError> {
        Err(JsonError("not built yet".into()))
    }

    /// Whether this is `null`.
    pub fn is_null(&self) -> bool {
        true
    }

    /// A string without its quotes, anything else as JSON text.
    pub fn to_plain_text(&self) -> String {
        String::new()
    }
}

/// A path, parsed.
#[derive(Debug, Clone)]
pub struct JsonPath;

impl JsonPath {
    /// Parses a path.
    ///
    /// # Errors
    /// Always, until the parser stands.
    pub fn parse(_path: &str) -> Result<Self, PathError> {
        Err(PathError("not built yet".into()))
    }

    /// Reads the path from a document.
    ///
    /// # Errors
    /// Always, until paths stand.
    pub fn read(&self, _document: &Json) -> Result<Json, PathError> {
        Err(PathError("not built yet".into()))
    }
}
