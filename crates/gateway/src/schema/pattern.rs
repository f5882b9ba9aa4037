//! `pattern` and `patternProperties`: ECMA 262 expressions, run in linear time.

use crate::limits;
use regex::{Regex, RegexBuilder};
use serde_json::Value;
use std::collections::HashMap;

/// Every expression of a deployment's models, compiled once.
#[derive(Debug, Default)]
pub(super) struct Patterns(HashMap<String, Option<Regex>>);

impl Patterns {
    /// Takes up the expressions of a schema and all its parts.
    pub(super) fn collect(&mut self, schema: &Value) {
        match schema {
            Value::Object(members) => {
                if let Some(Value::String(pattern)) = members.get("pattern") {
                    self.add(pattern);
                }
                if let Some(Value::Object(patterns)) = members.get("patternProperties") {
                    patterns.keys().for_each(|pattern| self.add(pattern));
                }
                members.values().for_each(|one| self.collect(one));
            }
            Value::Array(items) => items.iter().for_each(|one| self.collect(one)),
            _ => {}
        }
    }

    fn add(&mut self, pattern: &str) {
        if self.0.len() >= limits::SCHEMA_PATTERNS_MAX || self.0.contains_key(pattern) {
            return;
        }
        let compiled = RegexBuilder::new(&translated(pattern))
            .size_limit(limits::SELECTION_PATTERN_BYTES_MAX)
            .build();
        if let Err(reason) = &compiled {
            tracing::warn!(pattern, %reason, "no body passes this pattern");
        }
        self.0.insert(pattern.to_owned(), compiled.ok());
    }

    /// Whether some part of the text matches; none when the expression cannot be run (look-around,
    /// back-references, or too large).
    pub(super) fn matches(&self, pattern: &str, text: &str) -> Option<bool> {
        let regex = self.0.get(pattern)?.as_ref()?;
        Some(regex.is_match(text))
    }
}

/// The expression as the `regex` crate reads it: `\d` and `\w` are ASCII in ECMA 262, `\uXXXX` is a
/// character, and a class knows no nested classes or set operations.
fn translated(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut is_class = false;
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => escape(&mut chars, is_class, &mut out),
            '[' if is_class => out.push_str("\\["),
            '&' | '~' if is_class => {
                out.push('\\');
                out.push(c);
            }
            _ => {
                is_class = match c {
                    '[' => true,
                    ']' => false,
                    _ => is_class,
                };
                out.push(c);
            }
        }
    }
    out
}

fn escape(chars: &mut std::str::Chars<'_>, is_class: bool, out: &mut String) {
    match chars.next() {
        Some('d') => out.push_str(if is_class { "0-9" } else { "[0-9]" }),
        Some('w') => out.push_str(if is_class {
            "0-9A-Za-z_"
        } else {
            "[0-9A-Za-z_]"
        }),
        Some('D') if !is_class => out.push_str("[^0-9]"),
        Some('W') if !is_class => out.push_str("[^0-9A-Za-z_]"),
        Some('u') => {
            let rest = chars.as_str();
            match rest
                .get(..4)
                .filter(|hex| u32::from_str_radix(hex, 16).is_ok())
            {
                Some(hex) => {
                    out.push_str(&format!("\\x{{{hex}}}"));
                    *chars = rest.get(4..).unwrap_or_default().chars();
                }
                None => out.push_str("\\u"),
            }
        }
        Some(other) => {
            out.push('\\');
            out.push(other);
        }
        None => out.push('\\'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(pattern: &str, text: &str, expect: Option<bool>) {
        let mut patterns = Patterns::default();
        patterns.collect(&json!({"properties": {"a": {"pattern": pattern}}}));
        assert_eq!(patterns.matches(pattern, text), expect, "{pattern} {text}");
    }

    #[test]
    fn patterns_are_ecma_262() {
        check("^\\d+$", "123", Some(true));
        check("^\\d+$", "߀", Some(false));
        check("^[\\w.]+$", "a_b.c", Some(true));
        check("^\\W$", "é", Some(true));
        check("b", "abc", Some(true));
        check("^\\u0061$", "a", Some(true));
        check("^[[&~]+$", "[&~", Some(true));
        check("^\\/\\-$", "/-", Some(true));
    }

    #[test]
    fn what_cannot_run_in_linear_time_matches_nothing() {
        check("(?=a)", "a", None);
        check("(a)\\1", "aa", None);
        check("(", "a", None);
    }
}
