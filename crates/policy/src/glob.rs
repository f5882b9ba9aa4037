//! Wildcard patterns: `*` is any run of characters, `?` exactly one.
//!
//! A pattern is cut at its stars. The first piece must stand at the text's start, the last at its
//! end, and each piece between is taken at its leftmost place, which is always right because a
//! later place leaves less room. So nothing is tried twice. Finding one piece is a plain search
//! where it has no `?`, and otherwise bit-parallel (Baeza-Yates and Gonnet's Shift-And, 64
//! characters of pattern a step): the cost is bounded by text length times piece length / 64.

use std::collections::HashMap;

/// One character of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token {
    /// Exactly this character.
    Char(char),
    /// `?`
    One,
    /// `*`
    Run,
}

/// Reads `*` and `?` as wildcards, everything else as itself.
pub(crate) fn tokens(text: &str) -> impl Iterator<Item = Token> {
    text.chars().map(|c| match c {
        '*' => Token::Run,
        '?' => Token::One,
        other => Token::Char(other),
    })
}

/// A compiled pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Glob {
    /// Pieces between stars; one piece means that the pattern has no star.
    pieces: Box<[Piece]>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    /// None where the pattern has `?`.
    chars: Box<[Option<char>]>,
    /// The same as text, when it has no `?`.
    literal: Option<Box<str>>,
}

impl Glob {
    pub(crate) fn new(tokens: impl IntoIterator<Item = Token>) -> Self {
        let mut pieces = Vec::new();
        let mut chars = Vec::new();
        for token in tokens {
            match token {
                Token::Char(c) => chars.push(Some(c)),
                Token::One => chars.push(None),
                Token::Run => pieces.push(Piece::new(std::mem::take(&mut chars))),
            }
        }
        pieces.push(Piece::new(chars));
        // Empty pieces in the middle are stars in a row: they ask for nothing.
        let last = pieces.len() - 1;
        let mut index = 0;
        pieces.retain(|piece| {
            let keep = index == 0 || index == last || !piece.chars.is_empty();
            index += 1;
            keep
        });
        Self {
            pieces: pieces.into(),
        }
    }

    /// The pattern that `text` writes, `*` and `?` being wildcards.
    pub(crate) fn of(text: &str) -> Self {
        Self::new(tokens(text))
    }

    /// Whether the whole of `text` matches.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let (first, rest) = match &*self.pieces {
            [] => return text.is_empty(),
            [only] => {
                return only.at_start(text).is_some_and(str::is_empty);
            }
            [first, rest @ ..] => (first, rest),
        };
        let Some(mut text) = first.at_start(text) else {
            return false;
        };
        let Some((last, middle)) = rest.split_last() else {
            return false;
        };
        let Some(head) = last.at_end(text) else {
            return false;
        };
        text = head;
        for piece in middle {
            match piece.leftmost(text) {
                Some(after) => text = after,
                None => return false,
            }
        }
        true
    }
}

impl Piece {
    fn new(chars: Vec<Option<char>>) -> Self {
        let literal: Option<String> = chars.iter().copied().collect();
        Self {
            chars: chars.into(),
            literal: literal.map(Into::into),
        }
    }

    /// What follows the piece, when `text` starts with it.
    fn at_start<'t>(&self, text: &'t str) -> Option<&'t str> {
        if let Some(literal) = &self.literal {
            return text.strip_prefix(&**literal);
        }
        let mut rest = text.chars();
        for wanted in &self.chars {
            let found = rest.next()?;
            if wanted.is_some_and(|wanted| wanted != found) {
                return None;
            }
        }
        Some(rest.as_str())
    }

    /// What precedes the piece, when `text` ends with it.
    fn at_end<'t>(&self, text: &'t str) -> Option<&'t str> {
        if let Some(literal) = &self.literal {
            return text.strip_suffix(&**literal);
        }
        let mut rest = text.chars();
        for wanted in self.chars.iter().rev() {
            let found = rest.next_back()?;
            if wanted.is_some_and(|wanted| wanted != found) {
                return None;
            }
        }
        Some(rest.as_str())
    }

    /// What follows the piece's first occurrence.
    fn leftmost<'t>(&self, text: &'t str) -> Option<&'t str> {
        if let Some(literal) = &self.literal {
            let at = text.find(&**literal)?;
            return text.get(at + literal.len()..);
        }
        self.shift_and(text)
    }

    fn shift_and<'t>(&self, text: &'t str) -> Option<&'t str> {
        let masks = Masks::of(&self.chars);
        let final_bit = 1u64 << ((self.chars.len() - 1) % 64);
        let mut rest = text.chars();
        // Shifting in a one starts a new attempt at every character of the text.
        if masks.words == 1 {
            let mut state = 0u64;
            while let Some(c) = rest.next() {
                state = ((state << 1) | 1) & masks.get(c)[0];
                if state & final_bit != 0 {
                    return Some(rest.as_str());
                }
            }
            return None;
        }
        let mut state = vec![0u64; masks.words];
        while let Some(c) = rest.next() {
            let mut carry = 1u64;
            for (word, mask) in state.iter_mut().zip(masks.get(c)) {
                let next = *word >> 63;
                *word = ((*word << 1) | carry) & mask;
                carry = next;
            }
            if state.last().is_some_and(|word| word & final_bit != 0) {
                return Some(rest.as_str());
            }
        }
        None
    }
}

/// For each character, the places of a piece where it fits, 64 places a word.
struct Masks {
    words: usize,
    /// Of U+0000 to U+00FF, which are all that policies of IAM may hold.
    latin: Vec<u64>,
    /// Of what else the piece names.
    known: HashMap<char, Vec<u64>>,
    /// Of a character that the piece does not name: the places of `?`.
    other: Vec<u64>,
}

const LATIN: usize = 256;

impl Masks {
    fn of(chars: &[Option<char>]) -> Self {
        let words = chars.len().div_ceil(64);
        let mut other = vec![0u64; words];
        for (place, _) in chars.iter().enumerate().filter(|(_, c)| c.is_none()) {
            other[place / 64] |= 1 << (place % 64);
        }
        let mut masks = Self {
            words,
            latin: other.repeat(LATIN),
            known: HashMap::new(),
            other,
        };
        for (place, c) in chars.iter().enumerate() {
            let Some(c) = c else { continue };
            let mask = match latin(*c) {
                Some(row) => &mut masks.latin[row * words..(row + 1) * words],
                None => masks.known.entry(*c).or_insert_with(|| masks.other.clone()),
            };
            mask[place / 64] |= 1 << (place % 64);
        }
        masks
    }

    fn get(&self, c: char) -> &[u64] {
        match latin(c) {
            Some(row) => &self.latin[row * self.words..(row + 1) * self.words],
            None => self.known.get(&c).unwrap_or(&self.other),
        }
    }
}

fn latin(c: char) -> Option<usize> {
    usize::try_from(u32::from(c))
        .ok()
        .filter(|row| *row < LATIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, text: &str, expect: bool) {
        assert_eq!(Glob::of(pattern).matches(text), expect, "{pattern} {text}");
    }

    #[test]
    fn stars_and_question_marks() {
        for (pattern, text, expect) in [
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("*", "anything", true),
            ("a*", "a", true),
            ("a*", "b", false),
            ("*a", "ba", true),
            ("*a", "ab", false),
            ("a*a", "a", false),
            ("a*a", "aa", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("a??c", "abc", false),
            ("*b?d*", "aabcdee", true),
            ("*b?d*", "aabccee", false),
            ("**", "x", true),
            ("a**b", "ab", true),
            ("?*", "", false),
            ("?*", "x", true),
            ("*?", "é", true),
            ("?", "é", true),
            ("??", "é", false),
            ("*?x*?y", "1x2y", true),
            ("*?x*?y", "x2y", false),
            ("ab*bc", "abc", false),
            ("ab*bc", "abbc", true),
        ] {
            check(pattern, text, expect);
        }
    }

    #[test]
    fn pieces_longer_than_a_word_are_found() {
        let piece = format!("{}?{}", "a".repeat(70), "b".repeat(70));
        let pattern = format!("*{piece}*");
        let text = format!("zz{}c{}yy", "a".repeat(75), "b".repeat(70));
        check(&pattern, &text, true);
        check(&pattern, &text.replace("cb", "ccb"), false);
        check("*日?語*", "x日本語y", true);
        check("*日?語*", "x日本文y", false);
    }

    /// Against the textbook recursion, over every short pattern and text of a small alphabet.
    #[test]
    fn agrees_with_recursion() {
        fn slow(pattern: &[char], text: &[char]) -> bool {
            match pattern.split_first() {
                None => text.is_empty(),
                Some(('*', rest)) => (0..=text.len()).any(|at| slow(rest, &text[at..])),
                Some(('?', rest)) => text.split_first().is_some_and(|(_, t)| slow(rest, t)),
                Some((c, rest)) => text
                    .split_first()
                    .is_some_and(|(f, t)| f == c && slow(rest, t)),
            }
        }
        fn words(alphabet: &[char], max: usize) -> Vec<Vec<char>> {
            let mut all = vec![vec![]];
            let mut from = 0;
            for _ in 0..max {
                let end = all.len();
                for index in from..end {
                    for c in alphabet {
                        let mut word: Vec<char> = all[index].clone();
                        word.push(*c);
                        all.push(word);
                    }
                }
                from = end;
            }
            all
        }
        let texts = words(&['a', 'b'], 5);
        for pattern in words(&['a', 'b', '*', '?'], 5) {
            let glob = Glob::of(&pattern.iter().collect::<String>());
            for text in &texts {
                let joined: String = text.iter().collect();
                assert_eq!(
                    glob.matches(&joined),
                    slow(&pattern, text),
                    "{pattern:?} {joined}"
                );
            }
        }
    }
}
