//! Texts with plain variable replacement: gateway responses and access log lines. No VTL runs.

use crate::{Context, Scope, params};

/// The body of a gateway response: each `$context.x`, `$stageVariables.x` and
/// `$method.request.{header|querystring|path}.x` replaced by its value, all else as it is
/// ("Gateway responses in API Gateway": "velocity template language ... is not supported").
///
/// A variable without value becomes nothing.
pub fn gateway_response_body(template: &str, scope: &Scope<'_>) -> String {
    let is_known = |name: &str| {
        ["context.", "stageVariables.", "method.request."]
            .iter()
            .any(|prefix| name.starts_with(prefix))
    };
    replace(template, |name| {
        is_known(name).then(|| lookup(name, scope).unwrap_or_default())
    })
}

/// The format of an access log, parsed once for all its lines: each `$context.x` stands for its
/// value, or for `-` when it has none ("Set up CloudWatch logging for REST APIs in API Gateway").
///
/// ```
/// let format = mapping::AccessLogFormat::parse("$context.requestId $context.status");
/// let context = mapping::ContextVariables {
///     status: Some("200".into()),
///     ..Default::default()
/// };
/// assert_eq!(format.line(&context), "- 200");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessLogFormat(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    /// A variable's name behind `context.`.
    Variable(String),
}

/// Room for the values of a line, beside its fixed text: an id, an address, a time, some numbers.
const LINE_VALUES_BYTES: usize = 192;

impl AccessLogFormat {
    /// Parses a format; every text is one.
    pub fn parse(format: &str) -> Self {
        let mut pieces = Vec::new();
        let mut text = String::new();
        let mut rest = format;
        while let Some((before, after)) = rest.split_once('$') {
            text.push_str(before);
            let (name, tail) = reference(after);
            match name.strip_prefix("context.") {
                Some(variable) => {
                    if !text.is_empty() {
                        pieces.push(Piece::Text(std::mem::take(&mut text)));
                    }
                    pieces.push(Piece::Variable(variable.to_owned()));
                    rest = tail;
                }
                None => {
                    text.push('$');
                    rest = after;
                }
            }
        }
        text.push_str(rest);
        if !text.is_empty() {
            pieces.push(Piece::Text(text));
        }
        Self(pieces)
    }

    /// The line of one request.
    pub fn line(&self, context: &dyn Context) -> String {
        let texts = self.0.iter().map(|piece| match piece {
            Piece::Text(text) => text.len(),
            Piece::Variable(_) => 0,
        });
        let mut line = String::with_capacity(texts.sum::<usize>() + LINE_VALUES_BYTES);
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => line.push_str(text),
                Piece::Variable(name) => match context.variable(name) {
                    Some(value) if !value.is_empty() => line.push_str(&value),
                    _ => line.push('-'),
                },
            }
        }
        line
    }
}

/// Replaces `$name` and `${name}` where `value` knows the name's kind.
fn replace(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        let (name, tail) = reference(after);
        match value(name) {
            Some(found) if !name.is_empty() => {
                out.push_str(&found);
                rest = tail;
            }
            _ => {
                out.push('$');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// Splits what follows a `$` into the variable's name and the text behind it.
fn reference(after: &str) -> (&str, &str) {
    if let Some(braced) = after.strip_prefix('{') {
        return braced.split_once('}').unwrap_or(("", after));
    }
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let end = after.find(|c| !is_name(c)).unwrap_or(after.len());
    let (name, _) = after.split_at(end);
    // A dot that ends a sentence is not part of the name.
    let name = name.trim_end_matches(['.', '-']);
    after.split_at(name.len())
}

fn lookup(name: &str, scope: &Scope<'_>) -> Option<String> {
    if let Some(variable) = name.strip_prefix("context.") {
        return scope.context.variable(variable).map(Into::into);
    }
    if let Some(variable) = name.strip_prefix("stageVariables.") {
        return scope.stage_variables.get(variable).cloned();
    }
    let parameter = name.strip_prefix("method.request.")?;
    let (place, name) = parameter.split_once('.')?;
    match place {
        "header" => params::header_values(&scope.params.header, name)?
            .last()
            .cloned(),
        "querystring" => scope.params.querystring(name).map(str::to_owned),
        "path" => scope.params.path(name).map(str::to_owned),
        _ => None,
    }
}
