//! What templates set through `$context.requestOverride` and `$context.responseOverride`.

use std::collections::BTreeMap;

/// Everything that templates of one request have set so far.
///
/// A request template may already set the response's part; carry the value over into the
/// response's [`crate::Scope`] ("Override your API's request and response parameters and status
/// codes", observed on AWS).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// `$context.requestOverride`: wins over parameter mappings of the integration request.
    pub request: RequestOverride,
    /// `$context.responseOverride`: wins over parameter mappings of the method response.
    pub response: ResponseOverride,
}

/// `$context.requestOverride`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestOverride {
    /// `.header.X`; several values when the template set a list.
    pub header: BTreeMap<String, Vec<String>>,
    /// `.querystring.X`; several values when the template set a list.
    pub querystring: BTreeMap<String, Vec<String>>,
    /// `.path.X`.
    pub path: BTreeMap<String, String>,
}

/// `$context.responseOverride`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResponseOverride {
    /// `.header.X`; several values when the template set a list.
    pub header: BTreeMap<String, Vec<String>>,
    /// `.status`, when it is an integer from 100 to 599; anything else is ignored as AWS does.
    pub status: Option<u16>,
}
