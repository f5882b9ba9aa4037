//! Velocity 1.7 templates, rendered under limits.

/// Why a template does not parse or render.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} (line {line}, column {column})")]
pub struct Error {
    /// What is wrong.
    pub message: String,
    /// Line of the place, from 1.
    pub line: u32,
    /// Column of the place, from 1.
    pub column: u32,
}

/// A parsed template.
#[derive(Debug)]
pub struct Template;

impl Template {
    /// Parses a template.
    ///
    /// # Errors
    /// Always, until the parser stands.
    pub fn parse(_source: &str) -> Result<Self, Error> {
        Err(unfinished())
    }

    /// Renders the template.
    ///
    /// # Errors
    /// Always, until the renderer stands.
    pub fn render(&self) -> Result<String, Error> {
        Err(unfinished())
    }
}

fn unfinished() -> Error {
    Error {
        message: "templates are not built yet".into(),
        line: 1,
        column: 1,
    }
}
