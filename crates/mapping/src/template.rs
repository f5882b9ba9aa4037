//! Mapping templates: Velocity with `$input`, `$context`, `$util` and `$stageVariables`.

use crate::host::{MappingHost, Paths};
use crate::{Scope, limits};
use vtl::{Heap, JsonStyle, Limits, Value, write_json};

pub use vtl::{ErrorKind, Position};

/// Why a template does not parse or render, with the place.
pub type TemplateError = vtl::Error;

/// A reference that a rendering has evaluated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluated {
    /// Where it stands.
    pub position: Position,
    /// The reference; arguments that are neither constants nor plain names show as `…`.
    pub reference: String,
    /// Its value as JSON text; none when it is undefined, which prints as nothing.
    pub value: Option<String>,
}

/// A mapping template, parsed; shared between requests.
#[derive(Debug)]
pub struct Template {
    template: vtl::Template,
    /// What it renders to whatever the request is; none where it says something of Velocity.
    constant: Option<String>,
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
            constant: (!source.contains(['$', '#'])).then(|| source.to_owned()),
            paths: Paths::default(),
        })
    }

    /// Renders the template; overrides that it sets are left in `scope`.
    ///
    /// # Errors
    /// When a method fails, the body that it reads is no JSON, or a bound is hit. The overrides
    /// are then as they were.
    pub fn render(&self, scope: &mut Scope<'_>) -> Result<String, TemplateError> {
        if let Some(constant) = &self.constant {
            return Ok(constant.clone());
        }
        let mut heap = heap();
        let mut host = MappingHost::new(scope, &self.paths);
        let rendered = self.template.render(Vec::new(), &mut host, &mut heap)?;
        if let Some(overrides) = host.overrides() {
            scope.overrides = overrides;
        }
        Ok(rendered)
    }

    /// Renders like [`Self::render`] and tells `trace` each reference that is evaluated, in the
    /// order of evaluation.
    ///
    /// # Errors
    /// As [`Self::render`].
    pub fn render_traced(
        &self,
        scope: &mut Scope<'_>,
        trace: &mut dyn FnMut(Evaluated),
    ) -> Result<String, TemplateError> {
        let mut heap = heap();
        let mut host = MappingHost::new(scope, &self.paths);
        let mut tell = |traced: vtl::Traced<'_>| {
            trace(Evaluated {
                position: traced.position,
                reference: traced.reference,
                value: traced.value.map(json_text),
            });
        };
        let rendered = self
            .template
            .render_traced(Vec::new(), &mut host, &mut heap, &mut tell)?;
        if let Some(overrides) = host.overrides() {
            scope.overrides = overrides;
        }
        Ok(rendered)
    }
}

fn heap() -> Heap {
    Heap::new(Limits {
        output_bytes: limits::OUTPUT_BYTES_MAX,
        foreach_rounds: limits::FOREACH_ROUNDS_MAX,
        ..Limits::default()
    })
}

/// A value for people to read: what is too large or contains itself ends with `…`.
fn json_text(value: &Value) -> String {
    let mut out = String::new();
    match value {
        Value::Block(_) => out.push_str("(a `#define` block)"),
        Value::Object(_) => out.push_str("(an object of API Gateway)"),
        Value::Loop(_) => out.push_str("(the loop)"),
        value => {
            if write_json(value, JsonStyle::Plain, limits::TRACED_BYTES_MAX, &mut out).is_err() {
                out.push('…');
            }
        }
    }
    out
}
