//! The grammar of one path segment: `pets`, `{petId}`, `{proxy+}`.

use crate::Error;

/// What a path part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Compared as it stands.
    Literal,
    /// `{name}`: any one segment.
    Variable,
    /// `{name+}`: everything that is left.
    Greedy,
}

/// Reads a path part.
///
/// # Errors
/// AWS's sentence on the characters it allows.
pub fn parse(part: &str) -> Result<Kind, Error> {
    let refuse = || {
        Error::bad(
            "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and \
             curly braces at the beginning and the end.",
        )
    };
    let (kind, name) = match part
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'))
    {
        None => (Kind::Literal, part),
        Some(inner) => match inner.strip_suffix('+') {
            None => (Kind::Variable, inner),
            Some(name) => (Kind::Greedy, name),
        },
    };
    if !name.is_empty() && name.bytes().all(is_allowed) {
        Ok(kind)
    } else {
        Err(refuse())
    }
}

/// Letters, digits and `._-:`. The developer guide adds the comma ("Create resources for your
/// REST API").
fn is_allowed(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b':' | b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_kinds_are_told_apart() {
        for (part, kind) in [
            ("pets", Kind::Literal),
            ("v1.0_a-b:c,d", Kind::Literal),
            ("{petId}", Kind::Variable),
            ("{proxy+}", Kind::Greedy),
        ] {
            assert_eq!(parse(part).ok(), Some(kind), "{part}");
        }
    }

    #[test]
    fn others_are_refused() {
        for part in [
            "", "a b", "a/b", "{}", "{+}", "{a", "a}", "a{b}", "{a}b", "a+", "{a++}", "é", "a$",
        ] {
            assert!(parse(part).is_err(), "{part}");
        }
    }
}
