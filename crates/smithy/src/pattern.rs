//! Patterns of the models: Java regular expressions, run by the `regex` crate in linear time.

use crate::limits::PATTERN_BYTES_MAX;
use regex::{Regex, RegexBuilder};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// A pattern that was compiled, with what must not match at its start.
struct Compiled {
    whole: Regex,
    refused: Option<Regex>,
}

/// Patterns by their text; none for one that cannot be compiled.
type Known = HashMap<&'static str, Option<Arc<Compiled>>>;

/// Bounded: only patterns of the static models come here.
static COMPILED: RwLock<Option<Known>> = RwLock::new(None);

/// Whether all of `text` matches. A pattern that cannot be compiled matches everything; codegen
/// lets none of those into a model without a patch that says why.
pub(crate) fn matches(pattern: &'static str, text: &str) -> bool {
    let Some(compiled) = compiled(pattern) else {
        return true;
    };
    let is_refused = compiled
        .refused
        .as_ref()
        .is_some_and(|regex| regex.is_match(text));
    !is_refused && compiled.whole.is_match(text)
}

/// Whether the pattern can be run here. For codegen.
///
/// # Errors
/// The regex crate's reason.
pub fn check_pattern(pattern: &str) -> Result<(), String> {
    compile(pattern)
        .map(|_| ())
        .map_err(|error| error.to_string())
}

fn compiled(pattern: &'static str) -> Option<Arc<Compiled>> {
    let known = COMPILED.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = known.as_ref().and_then(|map| map.get(pattern)) {
        return found.clone();
    }
    drop(known);
    let fresh = compile(pattern).ok().map(Arc::new);
    let mut known = COMPILED.write().unwrap_or_else(PoisonError::into_inner);
    known.get_or_insert_default().insert(pattern, fresh.clone());
    fresh
}

fn compile(pattern: &str) -> Result<Compiled, regex::Error> {
    let (refused, rest) = split_lookahead(pattern);
    let build = |text: String| {
        let mut builder = RegexBuilder::new(&text);
        builder.size_limit(PATTERN_BYTES_MAX).build()
    };
    Ok(Compiled {
        whole: build(format!(r"\A(?:{})\z", translate(rest)))?,
        refused: refused
            .map(|inner| build(format!(r"\A(?:{})", translate(inner))))
            .transpose()?,
    })
}

/// A negative lookahead at the very start, which `regex` does not know, and what follows it.
///
/// `(?!^[0-9]+$)([a-z]+)` refuses `^[0-9]+$` and wants `([a-z]+)`; the one of function URL
/// qualifiers stands inside a group around all, `((?!^\d+$)^[a-z]+$)`.
fn split_lookahead(pattern: &str) -> (Option<&str>, &str) {
    let is_group = pattern.starts_with("((?!") && closes_at_end(pattern);
    let inner = if is_group {
        &pattern[1..pattern.len() - 1]
    } else {
        pattern
    };
    let split = inner
        .strip_prefix("(?!")
        .and_then(|rest| Some((rest, closing(rest)?)));
    match split {
        Some((rest, at)) => (Some(&rest[..at]), &rest[at + 1..]),
        None => (None, pattern),
    }
}

fn closes_at_end(pattern: &str) -> bool {
    closing(&pattern[1..]) == Some(pattern.len() - 2)
}

/// Where the parenthesis that is open before `text` closes.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    let mut is_escaped = false;
    let mut is_class = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '[' => is_class = true,
            ']' => is_class = false,
            '(' if !is_class => depth += 1,
            ')' if !is_class && depth == 0 => return Some(at),
            ')' if !is_class => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Java's syntax in that of `regex`: `\w`, `\d`, `\s` are ASCII there, and `\u10000` has five
/// digits in one model (Java reads four; the intent is the last plane).
fn translate(pattern: &str) -> String {
    pattern
        .replace(r"\u10000-\u10FFFF", r"\x{10000}-\x{10FFFF}")
        .replace(r"\w", "[0-9A-Za-z_]")
        .replace(r"\d", "[0-9]")
        .replace(r"\s", r"[\t\n\x0B\f\r ]")
        .replace(r"\S", r"[^\t\n\x0B\f\r ]")
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn the_whole_text_must_match() {
        assert!(matches("[a-c]+", "abc"));
        assert!(!matches("[a-c]+", "abcd"));
        assert!(!matches("[a-c]+", "abc\n"));
        assert!(!matches("[a-c]+", ""));
    }

    #[test]
    fn classes_are_ascii() {
        assert!(matches(r"[\w+=,.@-]*", "a-b@c"));
        assert!(!matches(r"[\w+=,.@-]*", "ä"));
        assert!(!matches(r"\d{2}", "٣٣"));
    }

    #[test]
    fn a_leading_lookahead_refuses() {
        let alias = "(?!^[0-9]+$)([a-zA-Z0-9-_]+)";
        assert!(matches(alias, "v1"));
        assert!(!matches(alias, "1"));
        let qualifier = r"((?!^\d+$)^[0-9a-zA-Z-_]+$)";
        assert!(matches(qualifier, "1a"));
        assert!(!matches(qualifier, "12"));
        assert!(!matches(qualifier, "$LATEST"));
    }

    #[test]
    fn the_last_planes_are_reached() {
        let arn =
            r"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+";
        assert!(matches(arn, "arn:\u{10400}"));
        assert!(!matches(arn, "\u{1}"));
    }
}
