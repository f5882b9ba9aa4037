//! What one rendering may see.

use crate::{Context, Overrides, Params};
use jsonpath::Json;
use std::{collections::BTreeMap, sync::OnceLock};

/// What a template or a parameter mapping may see, and what it set.
///
/// Make one for the request (`body` is the client's text) and another for the response (`body` is
/// the backend's text, `response_headers` its headers), and move [`Scope::overrides`] from the
/// first into the second. The body is parsed as JSON only when something asks for it, once.
#[derive(Debug)]
pub struct Scope<'a> {
    /// Body text; an empty request body reads as `{}`.
    pub body: &'a str,
    /// Parameters of the method request (also on the response's side).
    pub params: &'a Params,
    /// Headers of the integration's response, as received; empty on the request's side.
    pub response_headers: &'a [(String, Vec<String>)],
    /// `$context`.
    pub context: &'a dyn Context,
    /// `$stageVariables`.
    pub stage_variables: &'a BTreeMap<String, String>,
    /// What templates have set so far.
    pub overrides: Overrides,
    json: OnceLock<Option<Json>>,
}

impl<'a> Scope<'a> {
    /// A scope without response headers and overrides.
    pub fn new(
        body: &'a str,
        params: &'a Params,
        context: &'a dyn Context,
        stage_variables: &'a BTreeMap<String, String>,
    ) -> Self {
        Self {
            body,
            params,
            response_headers: &[],
            context,
            stage_variables,
            overrides: Overrides::default(),
            json: OnceLock::new(),
        }
    }

    /// The same scope, seeing the integration's response headers.
    pub fn with_response_headers(mut self, headers: &'a [(String, Vec<String>)]) -> Self {
        self.response_headers = headers;
        self
    }

    /// The same scope, starting from overrides that an earlier template has set.
    pub fn with_overrides(mut self, overrides: Overrides) -> Self {
        self.overrides = overrides;
        self
    }

    /// The body's text; API Gateway shows an empty body as `{}`.
    pub(crate) fn body_text(&self) -> &'a str {
        match self.body {
            "" => "{}",
            body => body,
        }
    }

    /// The body as JSON; none when it is not.
    pub(crate) fn json(&self) -> Option<&Json> {
        self.json
            .get_or_init(|| Json::parse(self.body_text()).ok())
            .as_ref()
    }
}
