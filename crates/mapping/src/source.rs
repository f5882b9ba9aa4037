//! Parameter mappings: where a value comes from, and where it goes.

use crate::{Scope, params};
use jsonpath::JsonPath;

/// The right-hand side of a parameter mapping, parsed.
///
/// ```text
/// method.request.header.X             method.request.multivalueheader.X
/// method.request.querystring.X        method.request.multivaluequerystring.X
/// method.request.path.X
/// method.request.body                 method.request.body.JSONPATH
/// integration.response.header.X       integration.response.multivalueheader.X
/// integration.response.body           integration.response.body.JSONPATH
/// context.X                           stageVariables.X
/// 'static'
/// ```
#[derive(Debug, Clone)]
pub enum Source {
    /// `method.request.header.X`: the last value.
    RequestHeader(String),
    /// `method.request.multivalueheader.X`.
    RequestHeaderValues(String),
    /// `method.request.querystring.X`: the last value.
    Querystring(String),
    /// `method.request.multivaluequerystring.X`.
    QuerystringValues(String),
    /// `method.request.path.X`.
    Path(String),
    /// `integration.response.header.X`: the last value.
    ResponseHeader(String),
    /// `integration.response.multivalueheader.X`.
    ResponseHeaderValues(String),
    /// The whole body, of the request or of the integration's response.
    Body,
    /// A part of the body.
    BodyPath(JsonPath),
    /// `context.X`.
    Context(String),
    /// `stageVariables.X`.
    StageVariable(String),
    /// `'static'`.
    Static(String),
}

/// What a mapping gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mapped {
    /// One value.
    One(String),
    /// All values of a multi-value source, in order.
    Many(Vec<String>),
}

impl Mapped {
    /// The values, at least as many as the source had.
    pub fn into_values(self) -> Vec<String> {
        match self {
            Self::One(value) => vec![value],
            Self::Many(values) => values,
        }
    }
}

/// Why an expression is none of the known forms.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// The expression starts with nothing that is known.
    #[error("invalid mapping expression `{0}`")]
    Unknown(String),
    /// The JSONPath after `body.` does not parse.
    #[error("invalid JSONPath in mapping expression `{expression}`")]
    Path {
        /// The whole expression.
        expression: String,
        /// What is wrong with the path.
        #[source]
        source: jsonpath::PathError,
    },
}

impl Source {
    /// Parses an expression.
    ///
    /// # Errors
    /// When it is none of the known forms, or its JSONPath does not parse.
    pub fn parse(expression: &str) -> Result<Self, SourceError> {
        if let Some(text) = quoted(expression) {
            return Ok(Self::Static(text.to_owned()));
        }
        type Make = fn(String) -> Source;
        let named: [(&str, Make); 9] = [
            ("method.request.header.", Self::RequestHeader),
            (
                "method.request.multivalueheader.",
                Self::RequestHeaderValues,
            ),
            ("method.request.querystring.", Self::Querystring),
            (
                "method.request.multivaluequerystring.",
                Self::QuerystringValues,
            ),
            ("method.request.path.", Self::Path),
            ("integration.response.header.", Self::ResponseHeader),
            (
                "integration.response.multivalueheader.",
                Self::ResponseHeaderValues,
            ),
            ("context.", Self::Context),
            ("stageVariables.", Self::StageVariable),
        ];
        for (prefix, make) in named {
            match expression.strip_prefix(prefix) {
                Some(name) if !name.is_empty() => return Ok(make(name.to_owned())),
                _ => {}
            }
        }
        let body = expression
            .strip_prefix("method.request.body")
            .or_else(|| expression.strip_prefix("integration.response.body"));
        match body {
            Some("") => Ok(Self::Body),
            Some(rest) => body_path(expression, rest),
            None => Err(SourceError::Unknown(expression.to_owned())),
        }
    }

    /// The value, or none when there is nothing to map (the target is then left alone).
    pub fn evaluate(&self, scope: &Scope<'_>) -> Option<Mapped> {
        let one = |value: &str| Some(Mapped::One(value.to_owned()));
        let many = |values: &[String]| Some(Mapped::Many(values.to_vec()));
        match self {
            Self::RequestHeader(name) => one(scope.params.header(name)?),
            Self::RequestHeaderValues(name) => many(scope.params.header_values(name)?),
            Self::Querystring(name) => one(scope.params.querystring(name)?),
            Self::QuerystringValues(name) => many(scope.params.querystring_values(name)?),
            Self::Path(name) => one(scope.params.path(name)?),
            Self::ResponseHeader(name) => {
                one(params::header_values(scope.response_headers, name)?.last()?)
            }
            Self::ResponseHeaderValues(name) => {
                many(params::header_values(scope.response_headers, name)?)
            }
            Self::Body => one(scope.body),
            Self::BodyPath(path) => path
                .read(scope.json()?)
                .ok()
                .filter(|found| !found.is_null())
                .map(|found| Mapped::One(found.to_plain_text())),
            Self::Context(name) => one(&scope.context.variable(name)?),
            Self::StageVariable(name) => one(scope.stage_variables.get(name)?),
            Self::Static(text) => one(text),
        }
    }
}

fn quoted(expression: &str) -> Option<&str> {
    expression.strip_prefix('\'')?.strip_suffix('\'')
}

/// Both `body.$.a` and `body.a` name the member `a`.
fn body_path(expression: &str, rest: &str) -> Result<Source, SourceError> {
    let path = match rest.strip_prefix('.') {
        Some(path) if !path.is_empty() => path,
        _ => return Err(SourceError::Unknown(expression.to_owned())),
    };
    JsonPath::parse(path)
        .map(Source::BodyPath)
        .map_err(|source| SourceError::Path {
            expression: expression.to_owned(),
            source,
        })
}

/// The left-hand side of a parameter mapping, parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// `integration.request.header.X`.
    RequestHeader(String),
    /// `integration.request.querystring.X`.
    Querystring(String),
    /// `integration.request.path.X`.
    Path(String),
    /// `method.response.header.X`.
    ResponseHeader(String),
    /// `gatewayresponse.header.X`.
    GatewayResponseHeader(String),
}

impl Target {
    /// Parses a target.
    ///
    /// # Errors
    /// When it is none of the known forms.
    pub fn parse(target: &str) -> Result<Self, SourceError> {
        type Make = fn(String) -> Target;
        let known: [(&str, Make); 5] = [
            ("integration.request.header.", Self::RequestHeader),
            ("integration.request.querystring.", Self::Querystring),
            ("integration.request.path.", Self::Path),
            ("method.response.header.", Self::ResponseHeader),
            ("gatewayresponse.header.", Self::GatewayResponseHeader),
        ];
        known
            .into_iter()
            .find_map(|(prefix, make)| {
                let name = target.strip_prefix(prefix)?;
                (!name.is_empty()).then(|| make(name.to_owned()))
            })
            .ok_or_else(|| SourceError::Unknown(target.to_owned()))
    }
}
