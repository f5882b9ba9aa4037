//! Filter patterns over unstructured events: terms, `"phrases"`, `-excluded`, `?optional`.
//!
//! Source: "Filter pattern syntax for metric filters, subscription filters, filter log events, and
//! Live Tail", CloudWatch Logs user guide. JSON, space-delimited and regular expression patterns
//! are refused by name.

use crate::error::{invalid, not_implemented};
use api::ServiceError;

/// A parsed pattern.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Pattern {
    required: Vec<String>,
    excluded: Vec<String>,
    optional: Vec<String>,
}

impl Pattern {
    /// Reads a pattern; the empty one matches everything.
    pub(crate) fn parse(text: &str) -> Result<Self, ServiceError> {
        let mut rest = text.trim_start();
        if rest.starts_with('{') {
            return Err(not_implemented("A JSON filter pattern"));
        }
        if rest.starts_with('[') {
            return Err(not_implemented("A space-delimited filter pattern"));
        }
        let mut pattern = Self::default();
        while !rest.is_empty() {
            let (sign, unsigned) = match rest.chars().next() {
                Some(sign @ ('-' | '?')) => (Some(sign), &rest[1..]),
                _ => (None, rest),
            };
            let (term, after) = term(unsigned)?;
            match sign {
                Some('-') => pattern.excluded.push(term),
                Some(_) => pattern.optional.push(term),
                None => pattern.required.push(term),
            }
            rest = after.trim_start();
        }
        Ok(pattern)
    }

    /// Whether an event's text matches. Case counts.
    ///
    /// The guide says of `?` beside other terms that it is not evaluated.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let is_there = |term: &String| contains_words(text, term);
        let has_others = !(self.required.is_empty() && self.excluded.is_empty());
        self.required.iter().all(is_there)
            && !self.excluded.iter().any(is_there)
            && (has_others || self.optional.is_empty() || self.optional.iter().any(is_there))
    }
}

/// One term or phrase, and what follows it.
fn term(text: &str) -> Result<(String, &str), ServiceError> {
    if let Some(quoted) = text.strip_prefix('"') {
        return phrase(quoted);
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let (term, after) = text.split_at(end);
    if term.len() > 1 && term.starts_with('%') && term.ends_with('%') {
        return Err(not_implemented("A regular expression in a filter pattern"));
    }
    let fits = |letter: char| letter.is_alphanumeric() || letter == '_';
    if term.is_empty() || !term.chars().all(fits) {
        return Err(bad_term(term));
    }
    Ok((term.to_owned(), after))
}

/// The text up to the closing quote; `\"` is a quote.
fn phrase(text: &str) -> Result<(String, &str), ServiceError> {
    let mut out = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' if out.is_empty() => return Err(bad_term("\"\"")),
            '"' => return Ok((out, text.get(at + 1..).unwrap_or_default())),
            '\\' => match letters.next() {
                Some((_, escaped @ ('"' | '\\'))) => out.push(escaped),
                Some((_, other)) => out.extend(['\\', other]),
                None => break,
            },
            other => out.push(other),
        }
    }
    Err(bad_term(&format!("\"{text}")))
}

fn bad_term(term: &str) -> ServiceError {
    invalid(format!(
        "Invalid filter pattern: Invalid character(s) in term '{term}'"
    ))
}

/// Whether `term` occurs in `text` and no word goes on where it begins or ends.
///
/// UNVERIFIED: that AWS matches whole words. The guide's way to find `UNAUTHORIZED` by
/// `AUTHORIZED` is a regular expression, so a plain term does not; a call with both would settle it.
fn contains_words(text: &str, term: &str) -> bool {
    let is_word = |letter: Option<char>| letter.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let (first, last) = (term.chars().next(), term.chars().next_back());
    text.match_indices(term).any(|(at, found)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text
            .get(at + found.len()..)
            .and_then(|after| after.chars().next());
        let goes_on_before = is_word(before) && is_word(first);
        let goes_on_after = is_word(after) && is_word(last);
        !goes_on_before && !goes_on_after
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn check(pattern: &str, text: &str, expect: bool) {
        let parsed = Pattern::parse(pattern).unwrap();
        assert_eq!(parsed.matches(text), expect, "{pattern} on {text}");
    }

    #[test]
    fn examples_of_the_guide() {
        check("", "anything", true);
        check("ERROR", "[ERROR 400] BAD REQUEST", true);
        check("ERROR", "[error 400] BAD REQUEST", false);
        check("AUTHORIZED", "[ERROR 401] UNAUTHORIZED REQUEST", false);
        check("ERROR ARGUMENTS", "[ERROR 419] MISSING ARGUMENTS", true);
        check("ERROR ARGUMENTS", "[ERROR 401] UNAUTHORIZED REQUEST", false);
        check(
            "?ERROR ?ARGUMENTS",
            "[ERROR 401] UNAUTHORIZED REQUEST",
            true,
        );
        check("?ERROR ?ARGUMENTS", "[INFO] INVALID ARGUMENTS", true);
        check("?ERROR ?ARGUMENTS", "[INFO] fine", false);
        check(
            "\"INTERNAL SERVER ERROR\"",
            "[ERROR 500] INTERNAL SERVER ERROR",
            true,
        );
        check(
            "\"INTERNAL SERVER ERROR\"",
            "[ERROR 500] INTERNAL ERROR",
            false,
        );
        check("ERROR -ARGUMENTS", "[ERROR 401] UNAUTHORIZED REQUEST", true);
        check("ERROR -ARGUMENTS", "[ERROR 419] MISSING ARGUMENTS", false);
        check("-ERROR", "fine", true);
        check("ERROR ?OTHER", "ERROR", true);
    }

    #[test]
    fn phrases_hold_what_terms_may_not() {
        check("\"a-b\"", "x a-b y", true);
        check("-\"say \\\"hi\\\"\"", "say \"hi\"", false);
        check("\"$LATEST\"", "Version: $LATEST", true);
        check("größe", "die größe zählt", true);
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        let code = |pattern| Pattern::parse(pattern).unwrap_err().code().to_owned();
        for bad in [
            "a-b", "\"", "\"open", "\"\"", "-", "?", "a\"b\"", "*", "-(x)", "\"x\\",
        ] {
            assert_eq!(code(bad), "InvalidParameterException", "{bad}");
        }
        for other in ["{ $.x = 1 }", "[a, b]", "%x%", " {$.x}"] {
            assert_eq!(code(other), "NotImplemented", "{other}");
        }
    }
}
