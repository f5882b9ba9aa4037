//! `application/x-www-form-urlencoded` text: form bodies and query strings.

use crate::limits::PARAMETERS_MAX;
use percent_encoding::percent_decode_str;

/// The parameters in order, decoded; none when the text is not UTF-8 or has too many.
pub(crate) fn parse(text: &str) -> Option<Vec<(String, String)>> {
    let pieces = text.split('&').filter(|piece| !piece.is_empty());
    let mut out = Vec::new();
    for piece in pieces {
        if out.len() == PARAMETERS_MAX {
            return None;
        }
        let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
        out.push((decode(name)?, decode(value)?));
    }
    Some(out)
}

fn decode(text: &str) -> Option<String> {
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn plus_and_percent_are_decoded() {
        let parsed = parse("a=1+2&b=%2B%C3%A4&c&&=x").unwrap();
        let expected = [("a", "1 2"), ("b", "+ä"), ("c", ""), ("", "x")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(parsed, expected);
    }

    #[test]
    fn text_that_is_not_utf8_is_refused() {
        assert_eq!(parse("a=%ff"), None);
    }

    #[test]
    fn one_parameter_over_the_bound_is_refused() {
        assert!(parse(&"a&".repeat(PARAMETERS_MAX)).is_some());
        assert!(parse(&"a&".repeat(PARAMETERS_MAX + 1)).is_none());
    }
}
