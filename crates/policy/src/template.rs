//! Texts of a policy that may hold wildcards and variables such as `${aws:username}`.

use crate::glob::{Glob, Token, tokens};
use crate::{Found, Keys, Version};
use std::borrow::Cow;

/// A text as it stands in a policy, ready to be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Template {
    form: Form,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Form {
    /// No variables.
    Fixed { text: Box<str>, glob: Glob },
    /// Variables; put together for each request.
    Dynamic(Box<[Part]>),
    /// A variable that is written wrongly: never matches.
    Broken,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    /// Text with wildcards.
    Text(String),
    /// Text in which `*` and `?` are themselves: `${*}`, `${?}`, `${$}`.
    Literal(char),
    /// `${key}` or `${key, 'default'}`; the key is in lower case.
    Variable {
        key: String,
        default: Option<String>,
    },
}

impl Template {
    pub(crate) fn new(text: &str, version: Version) -> Self {
        let parts = match version {
            // Before 2012-10-17 there were no variables: `${` is text.
            Version::V2008 => Some(vec![Part::Text(text.to_owned())]),
            Version::V2012 => parts(text),
        };
        let form = match parts {
            None => Form::Broken,
            Some(parts) if parts.iter().all(|part| !part.is_variable()) => Form::Fixed {
                text: parts.iter().map(Part::as_text).collect::<String>().into(),
                glob: Glob::new(parts.iter().flat_map(Part::tokens)),
            },
            Some(parts) => Form::Dynamic(parts.into()),
        };
        Self { form }
    }

    /// Whether `text` matches, wildcards counted; none when a variable has no value.
    pub(crate) fn is_like(&self, text: &str, context: &dyn Keys) -> Option<bool> {
        match &self.form {
            Form::Fixed { glob, .. } => Some(glob.matches(text)),
            Form::Dynamic(parts) => Some(resolve(parts, context)?.matches(text)),
            Form::Broken => None,
        }
    }

    /// The text with its variables replaced and its wildcards as plain characters.
    pub(crate) fn text(&self, context: &dyn Keys) -> Option<Cow<'_, str>> {
        match &self.form {
            Form::Fixed { text, .. } => Some(Cow::Borrowed(text)),
            Form::Dynamic(parts) => {
                let mut whole = String::new();
                for part in parts {
                    match part {
                        Part::Variable { key, default } => {
                            whole.push_str(&value(context, key, default.as_deref())?);
                        }
                        other => whole.push_str(&other.as_text()),
                    }
                }
                Some(Cow::Owned(whole))
            }
            Form::Broken => None,
        }
    }
}

fn resolve(parts: &[Part], context: &dyn Keys) -> Option<Glob> {
    let mut all: Vec<Token> = Vec::new();
    for part in parts {
        match part {
            // A value's own `*` is a character: whoever names a user `*` gains nothing.
            Part::Variable { key, default } => {
                all.extend(
                    value(context, key, default.as_deref())?
                        .chars()
                        .map(Token::Char),
                );
            }
            other => all.extend(other.tokens()),
        }
    }
    Some(Glob::new(all))
}

fn value<'a>(context: &'a dyn Keys, key: &str, default: Option<&'a str>) -> Option<Cow<'a, str>> {
    match context.find(key) {
        Some(Found::One(value)) => Some(value),
        // Only single-valued keys may be variables.
        Some(Found::Many(_)) => None,
        None => default.map(Cow::Borrowed),
    }
}

impl Part {
    fn is_variable(&self) -> bool {
        matches!(self, Self::Variable { .. })
    }

    fn as_text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Literal(c) => Cow::Owned(c.to_string()),
            Self::Variable { .. } => Cow::Borrowed(""),
        }
    }

    fn tokens(&self) -> Vec<Token> {
        match self {
            Self::Text(text) => tokens(text).collect(),
            Self::Literal(c) => vec![Token::Char(*c)],
            Self::Variable { .. } => Vec::new(),
        }
    }
}

/// Cuts a text at its variables; none when one is not closed or not well written.
fn parts(text: &str) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        if !before.is_empty() {
            parts.push(Part::Text(before.to_owned()));
        }
        let (inside, after) = after.split_once('}')?;
        parts.push(variable(inside)?);
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.to_owned()));
    }
    Some(parts)
}

fn variable(inside: &str) -> Option<Part> {
    match inside {
        "*" => return Some(Part::Literal('*')),
        "?" => return Some(Part::Literal('?')),
        "$" => return Some(Part::Literal('$')),
        _ => {}
    }
    let (key, default) = match inside.split_once(',') {
        None => (inside, None),
        Some((key, default)) => {
            let quoted = default.trim();
            let default = quoted.strip_prefix('\'')?.strip_suffix('\'')?;
            (key, Some(default.to_owned()))
        }
    };
    let key = key.trim();
    let is_key = !key.is_empty() && !key.contains(['$', '{']);
    is_key.then(|| Part::Variable {
        key: key.to_ascii_lowercase(),
        default,
    })
}

/// Cuts an ARN at its first five colons, those inside `${…}` aside.
pub(crate) fn arn_parts(text: &str) -> Vec<&str> {
    let mut parts = Vec::with_capacity(6);
    let mut start = 0;
    let mut is_inside = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'$' if text.as_bytes().get(at + 1) == Some(&b'{') => is_inside = true,
            b'}' => is_inside = false,
            b':' if !is_inside && parts.len() < 5 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Context;

    fn check(policy: &str, text: &str, expect: Option<bool>) {
        let context = Context::new()
            .with("aws:username", "bob")
            .with("aws:PrincipalTag/Team", "*");
        let template = Template::new(policy, Version::V2012);
        assert_eq!(template.is_like(text, &context), expect, "{policy} {text}");
    }

    #[test]
    fn variables_defaults_and_escapes() {
        check("home/${aws:username}/*", "home/bob/x", Some(true));
        check("home/${AWS:UserName}/*", "home/eve/x", Some(false));
        check("home/${aws:userid}/*", "home/bob/x", None);
        check("home/${aws:userid, 'all'}/*", "home/all/x", Some(true));
        check("home/${aws:username, 'all'}/*", "home/all/x", Some(false));
        check("a${*}", "a*", Some(true));
        check("a${*}", "ab", Some(false));
        check("a${?}b${$}", "a?b$", Some(true));
    }

    #[test]
    fn a_star_in_a_value_is_no_wildcard() {
        check("${aws:PrincipalTag/Team}", "*", Some(true));
        check("${aws:PrincipalTag/Team}", "anything", Some(false));
    }

    #[test]
    fn broken_variables_never_match() {
        for broken in ["${", "${aws:username", "${}", "${a, b}", "${a${b}}"] {
            check(broken, broken, None);
        }
    }

    #[test]
    fn old_version_has_no_variables() {
        let template = Template::new("${aws:username}", Version::V2008);
        let context = Context::new().with("aws:username", "bob");
        assert_eq!(template.is_like("bob", &context), Some(false));
        assert_eq!(template.is_like("${aws:username}", &context), Some(true));
    }

    #[test]
    fn arn_is_cut_outside_variables() {
        assert_eq!(
            arn_parts("arn:aws:s3:::${aws:PrincipalTag/a:b}:c:d"),
            ["arn", "aws", "s3", "", "", "${aws:PrincipalTag/a:b}:c:d"]
        );
        assert_eq!(arn_parts("*"), ["*"]);
    }
}
