//! The one validator: every constraint of the model, worded as AWS words it.
//!
//! Observed texts (recordings of API Gateway, Lambda, STS): one sentence a broken constraint,
//! joined by `; `; a list or map of simple values is judged whole, with all its element's
//! constraints in one sentence.

use crate::limits::FAILURES_MAX;
use crate::{
    Kind, Location, Member, OperationMeta, Protocol, Schema, ServiceError, ServiceMeta, Value,
    pattern, text,
};
use std::fmt::Write as _;

/// Checks an operation's input.
pub(crate) fn check(
    service: &ServiceMeta,
    operation: &OperationMeta,
    input: &Value,
) -> Result<(), ServiceError> {
    let mut walk = Walk {
        lets_nulls_stand: service.names_body_input,
        failures: Vec::new(),
    };
    let (Kind::Structure(members), Value::Structure(fields)) = (operation.input.kind, input) else {
        return Ok(());
    };
    let pairs = || members.iter().zip(fields);
    if service.names_body_input {
        let (body, others): (Vec<_>, Vec<_>) =
            pairs().partition(|(member, _)| member.location == Location::Body);
        let prefix = format!("{}Input.", decapitalized(operation.name));
        walk.fields(&prefix, body.into_iter());
        walk.fields("", others.into_iter());
    } else {
        walk.fields("", pairs());
    }
    walk.finish(service.protocol)
}

/// `FunctionName` to `functionName`. UNVERIFIED for names that start with an abbreviation
/// (`KMSKeyArn` gives `kMSKeyArn`); a recorded error of such a member would settle it.
fn decapitalized(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(chars).collect()
    })
}

struct Walk {
    lets_nulls_stand: bool,
    failures: Vec<String>,
}

impl Walk {
    fn finish(self, protocol: Protocol) -> Result<(), ServiceError> {
        let count = self.failures.len();
        if count == 0 {
            return Ok(());
        }
        let noun = if count == 1 { "error" } else { "errors" };
        let text = format!(
            "{count} validation {noun} detected: {}",
            self.failures.join("; ")
        );
        let code = match protocol {
            Protocol::QueryXml => "ValidationError",
            Protocol::RestJson | Protocol::Json11 => "ValidationException",
        };
        Err(ServiceError::new(code, text))
    }

    fn fields<'a>(
        &mut self,
        prefix: &str,
        fields: impl Iterator<Item = (&'a Member, &'a Option<Value>)>,
    ) {
        for (member, field) in fields {
            let path = format!("{prefix}{}", decapitalized(member.name));
            match field {
                Some(value) => self.value(&path, member.target, value),
                None if member.is_required => self.null(&path),
                None => {}
            }
        }
    }

    fn null(&mut self, path: &str) {
        self.push(format!(
            "Value null at '{path}' failed to satisfy constraint: Member must not be null"
        ));
    }

    fn push(&mut self, failure: String) {
        if self.failures.len() < FAILURES_MAX {
            self.failures.push(failure);
        }
    }

    fn fail(&mut self, path: &str, schema: &Schema, value: &Value, constraint: &str) {
        let mut text = String::from("Value");
        if !schema.is_sensitive {
            text.push_str(" '");
            print(&mut text, schema, value);
            text.push('\'');
        }
        let _ = write!(
            text,
            " at '{path}' failed to satisfy constraint: {constraint}"
        );
        self.push(text);
    }

    fn value(&mut self, path: &str, schema: &Schema, value: &Value) {
        for constraint in broken(schema, value) {
            self.fail(path, schema, value, &constraint);
        }
        match (schema.kind, value) {
            (Kind::Structure(members), Value::Structure(fields)) => {
                self.fields(&format!("{path}."), members.iter().zip(fields));
            }
            (Kind::List(element), Value::List(items)) => {
                let names = (1..=items.len()).map(|at| at.to_string());
                let text = self.elements(path, element, names.zip(items), "Member");
                self.fail_whole(path, schema, value, text);
            }
            (Kind::Map(key, element), Value::Map(entries)) => {
                self.fail_whole(path, schema, value, broken_keys(key, entries));
                let values = entries.iter().map(|(key, value)| (key.clone(), value));
                let text = self.elements(path, element, values, "Map value");
                self.fail_whole(path, schema, value, text);
            }
            _ => {}
        }
    }

    /// Elements of a list or map. Collections are checked one by one; simple ones give one
    /// sentence for all of them.
    fn elements<'a>(
        &mut self,
        path: &str,
        element: &Schema,
        items: impl Iterator<Item = (String, &'a Value)>,
        subject: &str,
    ) -> Option<String> {
        let mut is_broken = false;
        for (name, item) in items {
            let is_refused_null = *item == Value::Null && !self.lets_nulls_stand;
            if is_simple(element) {
                is_broken |= is_refused_null || !broken(element, item).is_empty();
            } else if is_refused_null {
                self.null(&format!("{path}.{name}.member"));
            } else if self.failures.len() < FAILURES_MAX {
                self.value(&format!("{path}.{name}.member"), element, item);
            }
        }
        let mut all = constraints(element);
        if !self.lets_nulls_stand {
            all.push("Member must not be null".to_owned());
        }
        let text = || format!("{subject} must satisfy constraint: [{}]", all.join(", "));
        is_broken.then(text)
    }

    fn fail_whole(&mut self, path: &str, schema: &Schema, whole: &Value, text: Option<String>) {
        if let Some(text) = text {
            self.fail(path, schema, whole, &text);
        }
    }
}

fn broken_keys(key: &Schema, entries: &[(String, Value)]) -> Option<String> {
    let is_broken =
        |(name, _): &(String, Value)| !broken(key, &Value::String(name.clone())).is_empty();
    entries.iter().any(is_broken).then(|| {
        let all = constraints(key).join(", ");
        format!("Map keys must satisfy constraint: [{all}]")
    })
}

fn is_simple(schema: &Schema) -> bool {
    !matches!(
        schema.kind,
        Kind::List(_) | Kind::Map(..) | Kind::Structure(_)
    )
}

/// Whether a schema's bounds are of lengths, not of values.
fn has_length(schema: &Schema) -> bool {
    let is_number = matches!(schema.kind, Kind::Integer | Kind::Long | Kind::Double);
    !is_number
}

/// The constraints that a value breaks.
fn broken(schema: &Schema, value: &Value) -> Vec<String> {
    let mut out = Vec::new();
    let Some(size) = size(value) else { return out };
    if schema.max.is_some_and(|max| size > max) {
        out.push(bound(schema, schema.max, "less"));
    }
    if schema.min.is_some_and(|min| size < min) {
        out.push(bound(schema, schema.min, "greater"));
    }
    if let Value::String(text) = value {
        let run = schema.runs.or(schema.pattern);
        if run.is_some_and(|pattern| !pattern::matches(pattern, text)) {
            out.push(pattern_text(schema));
        }
        if !schema.values.is_empty() && !schema.values.contains(&text.as_str()) {
            out.push(values_text(schema));
        }
    }
    out
}

/// All constraints of a schema, broken or not.
fn constraints(schema: &Schema) -> Vec<String> {
    let mut out = Vec::new();
    if schema.max.is_some() {
        out.push(bound(schema, schema.max, "less"));
    }
    if schema.min.is_some() {
        out.push(bound(schema, schema.min, "greater"));
    }
    if schema.pattern.is_some() {
        out.push(pattern_text(schema));
    }
    if !schema.values.is_empty() {
        out.push(values_text(schema));
    }
    out
}

/// A length in characters, bytes or elements; or a number's value.
fn size(value: &Value) -> Option<f64> {
    // Exact: no length and no bounded number comes near 2^53.
    Some(match value {
        Value::String(text) => text.chars().count() as f64,
        Value::Blob(bytes) => bytes.len() as f64,
        Value::List(items) => items.len() as f64,
        Value::Map(entries) => entries.len() as f64,
        Value::Integer(number) => *number as f64,
        Value::Double(number) => *number,
        Value::Null
        | Value::Boolean(_)
        | Value::Timestamp(_)
        | Value::Structure(_)
        | Value::Stream(_) => return None,
    })
}

fn bound(schema: &Schema, limit: Option<f64>, direction: &str) -> String {
    let limit = limit.unwrap_or_default();
    let what = if has_length(schema) {
        "length"
    } else {
        "value"
    };
    let limit = match schema.kind {
        Kind::Double => text::double(limit),
        _ => format!("{limit:.0}"),
    };
    format!("Member must have {what} {direction} than or equal to {limit}")
}

fn pattern_text(schema: &Schema) -> String {
    let pattern = schema.pattern.unwrap_or_default();
    format!("Member must satisfy regular expression pattern: {pattern}")
}

fn values_text(schema: &Schema) -> String {
    if schema.is_sensitive {
        return "Member must satisfy enum value set".to_owned();
    }
    format!(
        "Member must satisfy enum value set: [{}]",
        schema.values.join(", ")
    )
}

/// A value as Java prints it: `[a, b]`, `{k=v}`; nothing of what is sensitive.
fn print(out: &mut String, schema: &Schema, value: &Value) {
    if schema.is_sensitive {
        return;
    }
    match (value, schema.kind) {
        (Value::List(items), Kind::List(element)) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                print(out, element, item);
            }
            out.push(']');
        }
        (Value::Map(entries), Kind::Map(_, element)) => {
            out.push('{');
            for (at, (key, item)) in entries.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                let _ = write!(out, "{key}=");
                print(out, element, item);
            }
            out.push('}');
        }
        (Value::Structure(_), _) => out.push_str(schema.name),
        (Value::Blob(bytes), _) => {
            let length = bytes.len();
            let _ = write!(
                out,
                "java.nio.HeapByteBuffer[pos=0 lim={length} cap={length}]"
            );
        }
        (simple, _) => out.push_str(text::write(simple).as_deref().unwrap_or("null")),
    }
}
