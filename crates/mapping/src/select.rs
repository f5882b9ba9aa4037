//! Which template runs, and what happens when none does.

use crate::{Template, TemplateError};
use restapi::{Integration, IntegrationResponse};

/// What a request's body meets when no template fits its content type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PassthroughBehavior {
    /// `WHEN_NO_MATCH`: the body goes on unmapped.
    #[default]
    WhenNoMatch,
    /// `WHEN_NO_TEMPLATES`: the body goes on only when the integration has no template at all.
    WhenNoTemplates,
    /// `NEVER`: 415.
    Never,
}

impl PassthroughBehavior {
    /// Reads AWS's name, in any case (OpenAPI documents write lower case); anything else is the
    /// default.
    pub fn parse(text: &str) -> Self {
        if text.eq_ignore_ascii_case("NEVER") {
            Self::Never
        } else if text.eq_ignore_ascii_case("WHEN_NO_TEMPLATES") {
            Self::WhenNoTemplates
        } else {
            Self::WhenNoMatch
        }
    }
}

/// A content type without its parameters: `text/plain; charset=utf-8` is `text/plain`.
pub fn media_type(header: &str) -> &str {
    header.split(';').next().unwrap_or_default().trim()
}

/// The templates of an integration's requests, parsed.
#[derive(Debug, Default)]
pub struct RequestTemplates {
    entries: Vec<(String, Result<Template, TemplateError>)>,
    passthrough: PassthroughBehavior,
}

/// What becomes of a request's body.
#[derive(Debug)]
pub enum RequestChoice<'a> {
    /// This template makes the integration's body. An error is a template that does not parse; the
    /// client gets 500, as for one that fails to render.
    Template(Result<&'a Template, &'a TemplateError>),
    /// The body goes on as it is.
    Passthrough,
    /// 415, `UNSUPPORTED_MEDIA_TYPE`.
    UnsupportedMediaType,
}

impl RequestTemplates {
    /// Parses the templates of `integration` once.
    pub fn compile(integration: &Integration) -> Self {
        Self {
            entries: parse_all(&integration.request_templates),
            passthrough: PassthroughBehavior::parse(&integration.passthrough_behavior),
        }
    }

    /// The template for a request with this `Content-Type` header; a request without one counts
    /// as `application/json`.
    pub fn choose(&self, content_type: Option<&str>) -> RequestChoice<'_> {
        let wanted = media_type(content_type.unwrap_or("application/json"));
        let found = find(&self.entries, wanted).or_else(|| find(&self.entries, "$default"));
        match (found, self.passthrough) {
            (Some((_, template)), _) => RequestChoice::Template(template.as_ref()),
            (None, PassthroughBehavior::WhenNoMatch) => RequestChoice::Passthrough,
            (None, PassthroughBehavior::WhenNoTemplates) if self.entries.is_empty() => {
                RequestChoice::Passthrough
            }
            (None, _) => RequestChoice::UnsupportedMediaType,
        }
    }
}

/// The templates of an integration response, parsed.
#[derive(Debug, Default)]
pub struct ResponseTemplates {
    entries: Vec<(String, Result<Template, TemplateError>)>,
}

/// What becomes of a backend's body.
#[derive(Debug)]
pub enum ResponseChoice<'a> {
    /// This template makes the client's body, and its key is the `Content-Type`.
    Template {
        /// Key of the template.
        content_type: &'a str,
        /// The template, or why it does not parse (the client gets 500).
        template: Result<&'a Template, &'a TemplateError>,
    },
    /// There is no template: the body goes on as it is.
    Passthrough,
}

impl ResponseTemplates {
    /// Parses the templates of `response` once.
    pub fn compile(response: &IntegrationResponse) -> Self {
        Self::parse(&response.response_templates)
    }

    /// Parses `(content type, template)` pairs once.
    pub fn parse(templates: &[(String, String)]) -> Self {
        Self {
            entries: parse_all(templates),
        }
    }

    /// The template for a client with this `Accept` header: the one it names, else the one for
    /// `application/json`, else the first.
    pub fn choose(&self, accept: Option<&str>) -> ResponseChoice<'_> {
        let found = accept
            .and_then(|accept| find(&self.entries, accept))
            .or_else(|| find(&self.entries, "application/json"))
            .or_else(|| self.entries.first());
        match found {
            Some((content_type, template)) => ResponseChoice::Template {
                content_type,
                template: template.as_ref(),
            },
            None => ResponseChoice::Passthrough,
        }
    }
}

type Entry = (String, Result<Template, TemplateError>);

fn parse_all(templates: &[(String, String)]) -> Vec<Entry> {
    templates
        .iter()
        .map(|(content_type, source)| (content_type.clone(), Template::parse(source)))
        .collect()
}

fn find<'a>(entries: &'a [Entry], content_type: &str) -> Option<&'a Entry> {
    entries
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(content_type))
}
