//! A place in the text of a path. Only spaces are insignificant, as in Jayway's.

/// Characters with a position.
pub(crate) struct Cursor {
    chars: Vec<char>,
    pub at: usize,
    pub end: usize,
}

impl Cursor {
    pub(crate) fn new(text: &str) -> Self {
        let chars: Vec<char> = text.chars().collect();
        let end = chars.len();
        Self { chars, at: 0, end }
    }

    /// Takes spaces off both ends.
    pub(crate) fn trim(&mut self) {
        self.skip_blanks();
        while self.end > self.at && self.chars.get(self.end - 1) == Some(&' ') {
            self.end -= 1;
        }
    }

    pub(crate) fn char_at(&self, at: usize) -> Option<char> {
        (at < self.end)
            .then(|| self.chars.get(at).copied())
            .flatten()
    }

    pub(crate) fn current(&self) -> Option<char> {
        self.char_at(self.at)
    }

    pub(crate) fn is(&self, c: char) -> bool {
        self.current() == Some(c)
    }

    pub(crate) fn last_is(&self, c: char) -> bool {
        self.end > 0 && self.char_at(self.end - 1) == Some(c)
    }

    pub(crate) fn in_bounds(&self) -> bool {
        self.at < self.end
    }

    /// Whether nothing follows the current character.
    pub(crate) fn is_tail(&self) -> bool {
        self.at + 1 >= self.end
    }

    pub(crate) fn skip_blanks(&mut self) {
        while self.is(' ') {
            self.at += 1;
        }
    }

    pub(crate) fn slice(&self, start: usize, end: usize) -> String {
        let end = end.min(self.end);
        self.chars
            .get(start..end)
            .unwrap_or_default()
            .iter()
            .collect()
    }

    /// Index of the next character after `at` that is no space.
    pub(crate) fn significant_after(&self, at: usize) -> Option<usize> {
        (at + 1..self.end).find(|index| self.char_at(*index) != Some(' '))
    }

    /// Whether the next significant character after `at` is `c`, and where.
    pub(crate) fn significant_is(&self, at: usize, c: char) -> Option<usize> {
        self.significant_after(at)
            .filter(|index| self.char_at(*index) == Some(c))
    }

    /// The last significant character before `at`.
    pub(crate) fn significant_before(&self, at: usize) -> Option<usize> {
        (0..at)
            .rev()
            .find(|index| self.char_at(*index) != Some(' '))
    }

    /// The next `c` from `from` on.
    pub(crate) fn find(&self, from: usize, c: char) -> Option<usize> {
        (from..self.end).find(|index| self.char_at(*index) == Some(c))
    }

    /// The next `c` from `from` on that no backslash takes the meaning from.
    pub(crate) fn find_unescaped(&self, from: usize, c: char) -> Option<usize> {
        let mut is_escaped = false;
        (from..self.end).find(|index| {
            let here = self.char_at(*index);
            let is_found = !is_escaped && here == Some(c);
            is_escaped = !is_escaped && here == Some('\\');
            is_found
        })
    }

    /// The bracket that closes the one at `start`.
    pub(crate) fn matching(
        &self,
        start: usize,
        open: char,
        close: char,
        skips_patterns: bool,
    ) -> Option<usize> {
        let mut depth = 1;
        let mut at = start + 1;
        while let Some(c) = self.char_at(at) {
            if c == '\'' || c == '"' {
                at = self.find_unescaped(at + 1, c)? + 1;
            }
            if skips_patterns && self.char_at(at) == Some('/') {
                at = self.find_unescaped(at + 1, '/')? + 1;
            }
            match self.char_at(at) {
                Some(c) if c == open => depth += 1,
                Some(c) if c == close => {
                    depth -= 1;
                    if depth == 0 {
                        return Some(at);
                    }
                }
                _ => {}
            }
            at += 1;
        }
        None
    }
}

/// A backslash taken off what it stands before; `\n`, `\uXXXX` and the like become characters.
pub(crate) fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('r') => out.push('\r'),
            Some('f') => out.push('\u{c}'),
            Some('t') => out.push('\t'),
            Some('n') => out.push('\n'),
            Some('b') => out.push('\u{8}'),
            Some('u') => {
                let digits: String = chars.by_ref().take(4).collect();
                let code = u32::from_str_radix(&digits, 16).ok();
                out.extend(code.and_then(char::from_u32));
            }
            Some(other) => out.push(other),
            None => {}
        }
    }
    out
}
