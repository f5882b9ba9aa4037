//! Mapping templates and parameter mappings of API Gateway, over `vtl` and `jsonpath`.
//!
//! Everything here is a plain function of its arguments: no I/O, no clock, no async. A template is
//! parsed once ([`Template::parse`], normally for a whole deployment through [`RequestTemplates`]
//! and [`ResponseTemplates`]) and rendered against a [`Scope`], which holds what a template may
//! see: the body, the request's parameters, `$context`, stage variables. What a template sets
//! (`$context.requestOverride…`) is collected in [`Scope::overrides`].
//!
//! Rendering is bounded ([`limits`]); a bound that is hit is an error, never a hang.
//!
//! Where to start reading: [`Scope`], then [`Template`], [`Source`], [`RequestTemplates`].

mod content;
mod context;
mod document;
mod host;
pub mod limits;
mod override_values;
mod overrides;
mod params;
mod plain;
mod scope;
mod select;
mod source;
mod stage_variables;
mod template;
mod util;

pub use content::{ContentError, ContentHandling, Payload, convert_request, convert_response};
pub use content::{is_binary_media_type, media_type_matches};
pub use context::{
    AuthorizerVariables, ClientCertVariables, Context, ContextVariables, CustomDomainVariables,
    ErrorVariables, IdentityVariables, IntegrationVariables, PhaseVariables, ValidityVariables,
};
pub use overrides::{Overrides, RequestOverride, ResponseOverride};
pub use params::Params;
pub use plain::{AccessLogFormat, gateway_response_body};
pub use scope::Scope;
pub use select::{
    PassthroughBehavior, RequestChoice, RequestTemplates, ResponseChoice, ResponseTemplates,
    media_type,
};
pub use source::{Mapped, Source, SourceError, Target};
pub use stage_variables::expand_stage_variables;
pub use template::{ErrorKind, Evaluated, Position, Template, TemplateError};
