//! Mapping templates: Velocity with `$input`, `$context`, `$util` and `$stageVariables`.

use crate::host::{MappingHost, Paths};
use crate::{Scope, limits};
use vtl::{Heap, Limits};

/// Why a template does not parse or render, with the place.
pub type TemplateError = vtl::Error;

/// A mapping template, parsed; shared between requests.
#[derive(Debug)]
pub struct Template {
    template: vtl::Template,
    paths: Paths,
}

impl Template {
    /// Parses a template.
    ///
    /// # Errors
    /// When the text is no template of Velocity 1.7, or larger than
    /// [`limits::TEMPLATE_BYTES_MAX`].
    pub fn parse(source: &str) -> Result<Self, TemplateError> {
        Ok(Self {
            template: vtl::Template::parse(source)?,
            paths: Paths::default(),
        })
    }

    /// Renders the template; overrides that it sets are left in `scope`.
    ///
    /// # Errors
    /// When a method fails, the body that it reads is no JSON, or a bound is hit. The overrides
    /// are then as they were.
    pub fn render(&self, scope: &mut Scope<'_>) -> Result<String, TemplateError> {
        let mut heap = Heap::new(Limits {
            output_bytes: limits::OUTPUT_BYTES_MAX,
            foreach_rounds: limits::FOREACH_ROUNDS_MAX,
            ..Limits::default()
        });
        let mut host = MappingHost::new(scope, &self.paths);
        let rendered = self.template.render(Vec::new(), &mut host, &mut heap)?;
        if let Some(overrides) = host.overrides() {
            scope.overrides = overrides;
        }
        Ok(rendered)
    }
}
