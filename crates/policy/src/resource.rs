//! Resource patterns.

use crate::template::{Template, arn_parts};
use crate::{Keys, Version};

/// One value of a `Resource` or `NotResource` element.
///
/// An ARN is compared part by part: a wildcard in the account's place does not reach into the
/// resource, while one in the resource part spans `/` and `:`.
/// Source: "IAM JSON policy elements: Resource", IAM user guide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ResourcePattern {
    text: Box<str>,
    form: Form,
    has_wild_type: bool,
}

/// Services whose resource part starts with a type: `instance/…`, `role/…`, `function:…`.
const TYPED_SERVICES: &[&str] = &["dynamodb", "ec2", "iam", "kms", "lambda", "rds"];

#[derive(Debug, Clone, PartialEq, Eq)]
enum Form {
    /// `*`
    Any,
    /// Six parts.
    Arn(Box<[Template; 6]>),
    /// An ARN with fewer than six parts, and the pattern of all its text.
    Short(Vec<Template>, Template),
    /// Not an ARN.
    Text(Template),
}

/// How an ARN with fewer than six parts reads; the kinds of policy differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ShortArn {
    /// The missing parts are `*` (identity policies, boundaries, session policies).
    Completed,
    /// The text is one pattern (resource policies).
    Whole,
    /// The text is one pattern, and in `NotResource` it excludes everything (SCP, RCP).
    WholeOrNever,
}

impl ResourcePattern {
    pub(crate) fn new(text: &str, version: Version) -> Self {
        Self {
            text: text.into(),
            form: form(text, version),
            has_wild_type: has_wild_type(text),
        }
    }

    /// Whether a wildcard stands for the resource's type, as in `…:*/i-123`: AWS documents that
    /// none may, so that such a pattern grants nothing. In a Deny it counts.
    pub(crate) fn has_wild_type(&self) -> bool {
        self.has_wild_type
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether a resource matches; none when a variable has no value.
    pub(crate) fn matches(
        &self,
        resource: &Resource<'_>,
        short: ShortArn,
        context: &dyn Keys,
    ) -> Option<bool> {
        match &self.form {
            Form::Any => Some(true),
            Form::Text(template) => template.is_like(resource.text, context),
            Form::Arn(parts) => resource.parts_match(&parts[..], context),
            Form::Short(parts, whole) => match short {
                ShortArn::Completed => resource.parts_match(parts, context),
                ShortArn::Whole | ShortArn::WholeOrNever => whole.is_like(resource.text, context),
            },
        }
    }

    /// Whether a `NotResource` value leaves this resource out; none when nobody can say.
    pub(crate) fn excludes(
        &self,
        resource: &Resource<'_>,
        short: ShortArn,
        context: &dyn Keys,
    ) -> Option<bool> {
        let Form::Short(parts, whole) = &self.form else {
            return self.matches(resource, short, context);
        };
        match short {
            // An ARN too short to say what is meant makes the statement void.
            ShortArn::Completed | ShortArn::WholeOrNever => None,
            ShortArn::Whole => {
                let completed = self.text.contains('*') && resource.parts_match(parts, context)?;
                Some(completed || whole.is_like(resource.text, context)?)
            }
        }
    }
}

fn form(text: &str, version: Version) -> Form {
    if text == "*" {
        return Form::Any;
    }
    let parts = arn_parts(text);
    if parts.first() != Some(&"arn") {
        return Form::Text(Template::new(text, version));
    }
    // Variables stand for something only after the fifth colon; before it they are text.
    let templates: Vec<Template> = parts
        .iter()
        .enumerate()
        .map(|(place, part)| match place {
            0..5 => Template::new(part, Version::V2008),
            _ => Template::new(part, version),
        })
        .collect();
    match <Box<[Template; 6]>>::try_from(templates.into_boxed_slice()) {
        Ok(six) => Form::Arn(six),
        Err(fewer) => Form::Short(fewer.into_vec(), Template::new(text, version)),
    }
}

fn has_wild_type(text: &str) -> bool {
    let parts = arn_parts(text);
    let (Some(service), Some(resource)) = (parts.get(2), parts.get(5)) else {
        return false;
    };
    resource
        .split_once(['/', ':'])
        .is_some_and(|(kind, _)| kind.contains(['*', '?']))
        && TYPED_SERVICES.contains(service)
}

/// The resource of a request.
pub(crate) struct Resource<'a> {
    text: &'a str,
    parts: Option<[&'a str; 6]>,
}

impl<'a> Resource<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let parts = text.starts_with("arn:").then(|| six_parts(text)).flatten();
        Self { text, parts }
    }

    fn parts_match(&self, patterns: &[Template], context: &dyn Keys) -> Option<bool> {
        let Some(parts) = &self.parts else {
            return Some(false);
        };
        for (pattern, part) in patterns.iter().zip(parts) {
            if !pattern.is_like(part, context)? {
                return Some(false);
            }
        }
        Some(true)
    }
}

/// The parts of an ARN; none when it has fewer.
fn six_parts(text: &str) -> Option<[&str; 6]> {
    let mut parts = [""; 6];
    let mut rest = text.splitn(6, ':');
    for part in &mut parts {
        *part = rest.next()?;
    }
    Some(parts)
}
