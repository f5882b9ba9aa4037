//! How long a token of each kind is at a place of the source.
//!
//! Every function answers the length of the longest match at the start of `rest`, none when there
//! is none. Bytes suffice: all that Velocity gives a meaning is ASCII.

/// `text` itself.
pub(super) fn exact(rest: &[u8], text: &str) -> Option<usize> {
    rest.starts_with(text.as_bytes()).then_some(text.len())
}

/// The longest of `texts`.
pub(super) fn any(rest: &[u8], texts: &[&str]) -> Option<usize> {
    texts.iter().filter_map(|text| exact(rest, text)).max()
}

/// Length of the run of bytes that satisfy `is`.
pub(super) fn run(rest: &[u8], is: impl Fn(u8) -> bool) -> usize {
    rest.iter()
        .position(|byte| !is(*byte))
        .unwrap_or(rest.len())
}

/// One or more bytes that satisfy `is`.
pub(super) fn some_run(rest: &[u8], is: impl Fn(u8) -> bool) -> Option<usize> {
    Some(run(rest, is)).filter(|length| *length > 0)
}

pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

fn from(rest: &[u8], at: usize) -> &[u8] {
    rest.get(at..).unwrap_or_default()
}

/// Blanks and one line end after a directive, which the directive swallows; 0 without a line end.
pub(super) fn line_end(rest: &[u8]) -> usize {
    let blanks = run(rest, is_blank);
    newline(from(rest, blanks)).map_or(0, |length| blanks + length)
}

pub(super) fn newline(rest: &[u8]) -> Option<usize> {
    any(rest, &["\r\n", "\n", "\r"])
}

/// `#end`, `#else`: the word, plain or in braces, with a line end behind it.
pub(super) fn word_and_line_end(rest: &[u8], plain: &str, braced: &str) -> Option<usize> {
    let length = any(rest, &[plain, braced])?;
    Some(length + line_end(from(rest, length)))
}

/// `#set(` with the blanks before it and the spaces inside.
pub(super) fn set_directive(rest: &[u8]) -> Option<usize> {
    let mut length = run(rest, is_blank);
    length += any(from(rest, length), &["#set", "#{set}"])?;
    length += run(from(rest, length), |byte| byte == b' ');
    (rest.get(length) == Some(&b'(')).then_some(length + 1)
}

/// A quoted text; a doubled quote does not end it.
pub(super) fn string_literal(rest: &[u8]) -> Option<usize> {
    let quote = *rest.first().filter(|byte| matches!(byte, b'"' | b'\''))?;
    let mut at = 1;
    loop {
        at += run(from(rest, at), |byte| byte != quote);
        if at >= rest.len() {
            return None;
        }
        if rest.get(at + 1) != Some(&quote) {
            return Some(at + 1);
        }
        // INVARIANT: here a quote may close the text or be the first of a pair; the pair is
        // longer if the text closes later.
        let shorter = at + 1;
        at += 2;
        if !from(rest, at).contains(&quote) {
            return Some(shorter);
        }
    }
}

fn sign(rest: &[u8]) -> usize {
    usize::from(rest.first() == Some(&b'-'))
}

fn digits(rest: &[u8]) -> usize {
    run(rest, |byte| byte.is_ascii_digit())
}

/// `12`, `-3`, and `1..` whose dots the lexer gives back.
pub(super) fn integer(rest: &[u8]) -> Option<usize> {
    let sign = sign(rest);
    let digits = digits(from(rest, sign));
    if digits == 0 {
        return None;
    }
    let length = sign + digits;
    Some(length + exact(from(rest, length), "..").unwrap_or(0))
}

/// `1.5`, `1.`, `.5`, `1e3`, each with an exponent if there is one.
pub(super) fn float(rest: &[u8]) -> Option<usize> {
    let sign = sign(rest);
    let whole = digits(from(rest, sign));
    let mut length = sign + whole;
    let has_dot = rest.get(length) == Some(&b'.');
    if has_dot {
        let fraction = digits(from(rest, length + 1));
        if whole == 0 && fraction == 0 {
            return None;
        }
        length += 1 + fraction;
    } else if whole == 0 {
        return None;
    }
    match exponent(from(rest, length)) {
        Some(exponent) => Some(length + exponent),
        None => has_dot.then_some(length),
    }
}

fn exponent(rest: &[u8]) -> Option<usize> {
    let mut length = any(rest, &["e", "E"])?;
    length += any(from(rest, length), &["+", "-"]).unwrap_or(0);
    let digits = digits(from(rest, length));
    (digits > 0).then_some(length + digits)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'@')
}

/// The name of a directive or macro.
pub(super) fn word(rest: &[u8]) -> Option<usize> {
    let first = *rest.first()?;
    (first.is_ascii_alphabetic() || matches!(first, b'_' | b'@')).then(|| run(rest, is_word))
}

/// The name of a directive or macro in braces.
pub(super) fn bracketed_word(rest: &[u8]) -> Option<usize> {
    let inner = rest.strip_prefix(b"{")?;
    let first = *inner.first()?;
    if !(first.is_ascii_alphabetic() || first == b'_') {
        return None;
    }
    let length = run(inner, is_word);
    (inner.get(length) == Some(&b'}')).then_some(length + 2)
}

/// The name of a variable, property or method.
pub(super) fn identifier(rest: &[u8]) -> Option<usize> {
    let first = *rest.first()?;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (first.is_ascii_alphabetic() || first == b'_').then(|| run(rest, is_name))
}

/// A dot with a letter behind it, which the lexer gives back.
pub(super) fn dot(rest: &[u8]) -> Option<usize> {
    let is_dot = rest.first() == Some(&b'.');
    (is_dot && rest.get(1).is_some_and(u8::is_ascii_alphabetic)).then_some(2)
}

/// `$!` or `$\!` behind `escapes` backslashes.
pub(super) fn dollar_bang(rest: &[u8], escapes: usize) -> Option<usize> {
    let after = from(rest, escapes).strip_prefix(b"$")?;
    let inner = run(after, |byte| byte == b'\\');
    (after.get(inner) == Some(&b'!')).then_some(escapes + 1 + inner + 1)
}

/// Pairs of backslashes, `\#` and the name of a directive.
pub(super) fn escape_directive(rest: &[u8], escapes: usize) -> Option<usize> {
    if escapes.is_multiple_of(2) || rest.get(escapes) != Some(&b'#') {
        return None;
    }
    let name = from(rest, escapes + 1);
    let length = word(name).or_else(|| bracketed_word(name))?;
    Some(escapes + 1 + length)
}

/// Of a dropped text, `$` and `#` remain, and backslashes in front of a `$`.
pub(super) fn push_special(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find(['$', '#', '\\']) {
        let (_, tail) = rest.split_at(at);
        let escapes = run(tail.as_bytes(), |byte| byte == b'\\');
        let length = match tail.as_bytes().get(escapes) {
            Some(b'$') => escapes + 1,
            _ if escapes > 0 => escapes,
            _ => 1,
        };
        let (kept, after) = tail.split_at(length);
        if !kept.ends_with('\\') {
            out.push_str(kept);
        }
        rest = after;
        if escapes > 0 && kept.ends_with('$') {
            // Velocity loses the character behind an escaped `$`.
            let mut chars = rest.chars();
            chars.next();
            rest = chars.as_str();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_texts_end_at_a_single_quote() {
        assert_eq!(string_literal(b"\"a\" x"), Some(3));
        assert_eq!(string_literal(b"\"a\"\"b\" x"), Some(6));
        assert_eq!(string_literal(b"\"a\"\"b"), Some(3));
        assert_eq!(string_literal(b"\"\""), Some(2));
        assert_eq!(string_literal(b"'it''s'"), Some(7));
        assert_eq!(string_literal(b"\"a"), None);
        assert_eq!(string_literal(b"a"), None);
    }

    #[test]
    fn numbers_take_the_longest_form() {
        assert_eq!(integer(b"12..3"), Some(4));
        assert_eq!(integer(b"-7)"), Some(2));
        assert_eq!(integer(b"-"), None);
        assert_eq!(float(b"1.5e-3x"), Some(6));
        assert_eq!(float(b"1e5"), Some(3));
        assert_eq!(float(b".5"), Some(2));
        assert_eq!(float(b"5"), None);
        assert_eq!(float(b"."), None);
        assert_eq!(float(b"1."), Some(2));
    }

    #[test]
    fn set_swallows_blanks_before_it() {
        assert_eq!(set_directive(b" \t#set  ("), Some(9));
        assert_eq!(set_directive(b"#{set}("), Some(7));
        assert_eq!(set_directive(b"#set\t("), None);
    }

    #[test]
    fn line_ends_belong_to_directives() {
        assert_eq!(line_end(b"  \r\nx"), 4);
        assert_eq!(line_end(b"  x"), 0);
        assert_eq!(word_and_line_end(b"end \n", "end", "{end}"), Some(5));
    }
}
