//! Java's regular expressions on Rust's linear ones.
//!
//! What needs back-tracking (look-around, back-references, possessive quantifiers) is refused: a
//! pattern is text of a template, often of a client, and must not cost more than linear time.

use crate::value::CallError;
use regex::{Regex, RegexBuilder};

/// Bytes of a compiled expression.
const COMPILED_BYTES_MAX: usize = 1 << 20;

/// Bytes of an expression's text.
const SOURCE_BYTES_MAX: usize = 4 * 1024;

/// Compiles a Java expression.
pub(crate) fn compile(source: &str) -> Result<Regex, CallError> {
    if source.len() > SOURCE_BYTES_MAX {
        return Err(CallError::failed("regular expression is too long"));
    }
    RegexBuilder::new(&translate(source))
        .size_limit(COMPILED_BYTES_MAX)
        .dfa_size_limit(COMPILED_BYTES_MAX)
        .nest_limit(50)
        .build()
        .map_err(|_| {
            CallError::failed(format!(
                "regular expression `{source}` is invalid or unsupported"
            ))
        })
}

/// Java's classes are ASCII, its dot excludes five line ends, and it has `\Q…\E`.
fn translate(source: &str) -> String {
    let mut out = String::with_capacity(source.len() + 16);
    let is_dot_all = source.contains("(?s");
    let mut class_depth = 0usize;
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
        match c {
            '\\' => rest = escape(rest, &mut out),
            '[' => {
                class_depth += 1;
                out.push('[');
            }
            ']' => {
                class_depth = class_depth.saturating_sub(1);
                out.push(']');
            }
            '.' if class_depth == 0 && !is_dot_all => {
                out.push_str("[^\\n\\r\\x{85}\\x{2028}\\x{2029}]");
            }
            // Rust's set operators, which Java has not.
            '-' | '~' if class_depth > 0 && rest.starts_with(c) => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}

/// Translates what follows a backslash, answers what follows that.
fn escape<'r>(rest: &'r str, out: &mut String) -> &'r str {
    let Some(c) = rest.chars().next() else {
        out.push('\\');
        return rest;
    };
    let tail = rest.get(c.len_utf8()..).unwrap_or_default();
    match c {
        'd' => out.push_str("[0-9]"),
        'D' => out.push_str("[^0-9]"),
        'w' => out.push_str("[a-zA-Z_0-9]"),
        'W' => out.push_str("[^a-zA-Z_0-9]"),
        's' => out.push_str("[ \\t\\n\\x0B\\f\\r]"),
        'S' => out.push_str("[^ \\t\\n\\x0B\\f\\r]"),
        'h' => out.push_str(
            "[ \\t\\x{A0}\\x{1680}\\x{180e}\\x{2000}-\\x{200a}\\x{202f}\\x{205f}\\x{3000}]",
        ),
        'R' => out.push_str("(?:\\r\\n|[\\n-\\r\\x{85}\\x{2028}\\x{2029}])"),
        'e' => out.push_str("\\x1B"),
        'Z' => out.push_str("\\n?\\z"),
        'Q' => {
            let (quoted, after) = tail.split_once("\\E").unwrap_or((tail, ""));
            out.push_str(&regex::escape(quoted));
            return after;
        }
        _ => {
            out.push('\\');
            out.push(c);
        }
    }
    tail
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn java_syntax_is_translated() {
        let check = |pattern: &str, text: &str, expect: bool| {
            assert_eq!(
                compile(pattern).unwrap().is_match(text),
                expect,
                "{pattern} {text}"
            );
        };
        check("^\\d+$", "12", true);
        check("^\\d+$", "١", false);
        check("\\Qa.b\\E", "a.b", true);
        check("\\Qa.b\\E", "axb", false);
        check("a.b", "a\rb", false);
        check("(?s)a.b", "a\nb", true);
        check("[\\w-]+", "-", true);
    }

    #[test]
    fn backtracking_syntax_is_refused() {
        for pattern in ["(?=a)", "(a)\\1", "a++b(", "(?<!x)y", "\\p{L}{1000}{1000}"] {
            assert!(compile(pattern).is_err(), "{pattern}");
        }
    }
}
