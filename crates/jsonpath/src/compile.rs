//! From the text of a path to its tokens, with Jayway's leniencies: a last character after a
//! complete token is not looked at, blanks around names in brackets do not count.

use crate::cursor::{Cursor, unescape};
use crate::path::{Parameter, Path, Slice, Token};
use crate::{PathError, filter_compile, limits};
use std::sync::Arc;

/// Compiles a path; `depth` is how many filters and arguments are around it.
pub(crate) fn compile(text: &str, depth: usize) -> Result<Path, PathError> {
    if text.len() > limits::PATH_BYTES_MAX {
        let limit = limits::PATH_BYTES_MAX;
        return Err(PathError::Limit {
            what: "size of a path",
            limit,
        });
    }
    if depth > limits::PATH_DEPTH_MAX {
        let limit = limits::PATH_DEPTH_MAX;
        return Err(PathError::Limit {
            what: "depth of a path",
            limit,
        });
    }
    if text.is_empty() {
        return Err(PathError::invalid("path must not be empty"));
    }
    let mut cursor = Cursor::new(text);
    cursor.trim();
    if !cursor.is('$') && !cursor.is('@') {
        cursor = Cursor::new(&format!("$.{text}"));
        cursor.trim();
    }
    if cursor.last_is('.') {
        return Err(PathError::invalid("path must not end with a `.`"));
    }
    Compiler {
        cursor,
        tokens: Vec::new(),
        depth,
    }
    .path()
}

struct Compiler {
    cursor: Cursor,
    tokens: Vec<Token>,
    depth: usize,
}

impl Compiler {
    fn path(mut self) -> Result<Path, PathError> {
        let is_root = self.cursor.is('$');
        if !self.cursor.is_tail() {
            self.cursor.at += 1;
            if !self.cursor.is('.') && !self.cursor.is('[') {
                return Err(self.unexpected());
            }
            while self.token()? && !self.cursor.is_tail() {}
        }
        if matches!(self.tokens.last(), Some(Token::Scan)) {
            return Err(PathError::invalid("path must not end with `..`"));
        }
        Ok(invert(Path {
            is_root,
            tokens: self.tokens,
        }))
    }

    fn unexpected(&self) -> PathError {
        PathError::invalid(format!(
            "could not parse token at position {}",
            self.cursor.at
        ))
    }

    /// Reads the next token; false never comes back, errors do.
    fn token(&mut self) -> Result<bool, PathError> {
        match self.cursor.current() {
            Some('[') => self.bracket(),
            Some('.') => self.dot(),
            Some('*') => {
                self.cursor.at += 1;
                self.tokens.push(Token::Wildcard);
                Ok(true)
            }
            Some(' ') | None => Err(self.unexpected()),
            Some(_) => self.property_or_function(),
        }
    }

    fn dot(&mut self) -> Result<bool, PathError> {
        if self.cursor.char_at(self.cursor.at + 1) == Some('.') {
            self.tokens.push(Token::Scan);
            self.cursor.at += 2;
        } else if self.cursor.is_tail() {
            return Err(PathError::invalid("path must not end with a `.`"));
        } else {
            self.cursor.at += 1;
        }
        if self.cursor.is('.') {
            return Err(self.unexpected());
        }
        self.token()
    }

    /// `name` or `name(…)`.
    fn property_or_function(&mut self) -> Result<bool, PathError> {
        let start = self.cursor.at;
        let mut end = start;
        let is_function = loop {
            match self.cursor.char_at(end) {
                Some(' ') => {
                    return Err(PathError::invalid(
                        "a name with blanks needs brackets and quotes",
                    ));
                }
                Some('(') => break true,
                Some('.' | '[') | None => break false,
                Some(_) => end += 1,
            }
        };
        let name = self.cursor.slice(start, end);
        if !is_function {
            self.cursor.at = end;
            self.tokens.push(Token::Properties(vec![name]));
            return Ok(true);
        }
        self.check_closed(end)?;
        let parameters = match self.cursor.char_at(end + 1) {
            Some(')') => {
                self.cursor.at = end + 1;
                Vec::new()
            }
            _ => {
                self.cursor.at = end + 1;
                self.parameters()?
            }
        };
        self.tokens.push(Token::Function(name, parameters));
        Ok(true)
    }

    fn check_closed(&self, open: usize) -> Result<(), PathError> {
        let mut depth = 0usize;
        for at in open..self.cursor.end {
            match self.cursor.char_at(at) {
                Some('(') => depth += 1,
                Some(')') => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return Ok(());
            }
        }
        Err(PathError::invalid("arguments of a function are not closed"))
    }

    /// Arguments up to the closing parenthesis: paths, or JSON that begins with a digit, a minus,
    /// a quote or a brace. Anything else does not count.
    fn parameters(&mut self) -> Result<Vec<Parameter>, PathError> {
        let mut list = Vec::new();
        let mut text = String::new();
        let (mut parens, mut brackets, mut braces) = (1usize, 0usize, 0usize);
        let mut is_quoted = false;
        while let Some(c) = self.cursor.current() {
            self.cursor.at += 1;
            if text.is_empty() && matches!(c, ' ' | '\t' | '\n' | '\r') {
                continue;
            }
            let is_outer = parens == 1 && brackets == 0 && braces == 0;
            match c {
                '\\' if is_quoted => {
                    text.push(c);
                    text.extend(self.cursor.current());
                    self.cursor.at += 1;
                    continue;
                }
                '"' => is_quoted = !is_quoted,
                _ if is_quoted => {}
                ')' if is_outer => {
                    list.extend(self.parameter(&text)?);
                    return Ok(list);
                }
                ',' if is_outer => {
                    list.extend(self.parameter(&text)?);
                    text.clear();
                    continue;
                }
                '(' => parens += 1,
                '[' => brackets += 1,
                '{' => braces += 1,
                ')' => parens = parens.saturating_sub(1),
                ']' => brackets = checked_close(brackets, c)?,
                '}' => braces = checked_close(braces, c)?,
                _ => {}
            }
            text.push(c);
        }
        Err(PathError::invalid("arguments of a function are not closed"))
    }

    fn parameter(&self, text: &str) -> Result<Option<Parameter>, PathError> {
        match text.chars().next() {
            Some('$' | '@') => {
                let path = compile(text, self.depth + 1)?;
                Ok(Some(Parameter::Path(Arc::new(path))))
            }
            Some('{' | '"' | '-' | '0'..='9') => Ok(Some(Parameter::Json(text.to_owned()))),
            _ => Ok(None),
        }
    }

    fn bracket(&mut self) -> Result<bool, PathError> {
        let at = self.cursor.at;
        match self
            .cursor
            .significant_after(at)
            .and_then(|next| self.cursor.char_at(next))
        {
            Some(quote @ ('\'' | '"')) => self.properties(quote),
            Some('0'..='9' | '-' | ':') => self.indexes(),
            Some('*') => self.wildcard(),
            Some('?') => self.filter(),
            _ => Err(self.unexpected()),
        }
    }

    /// `['a']`, `["a", "b"]`.
    fn properties(&mut self, quote: char) -> Result<bool, PathError> {
        let mut names = Vec::new();
        let mut at = self.cursor.at + 1;
        let mut wants_name = true;
        loop {
            match self.cursor.char_at(at) {
                Some(c) if c == quote => {
                    let end = self
                        .cursor
                        .find_unescaped(at + 1, quote)
                        .ok_or_else(|| PathError::invalid("a name in brackets is not closed"))?;
                    let follows = self.cursor.significant_after(end);
                    let follows = follows.and_then(|next| self.cursor.char_at(next));
                    if !matches!(follows, Some(']' | ',')) {
                        return Err(PathError::invalid("names must be separated by commas"));
                    }
                    names.push(unescape(&self.cursor.slice(at + 1, end)));
                    wants_name = false;
                    at = end;
                }
                Some(']') if wants_name => return Err(PathError::invalid("empty name")),
                Some(']') => break,
                Some(',') if wants_name => return Err(PathError::invalid("empty name")),
                Some(',') => wants_name = true,
                Some(_) => {}
                None => return Err(PathError::invalid("a bracket is not closed")),
            }
            at += 1;
        }
        self.cursor.at = at + 1;
        self.tokens.push(Token::Properties(names));
        Ok(true)
    }

    /// `[1]`, `[1,2]`, `[1:]`, `[1:2]`, `[:2]`.
    fn indexes(&mut self) -> Result<bool, PathError> {
        let start = self.cursor.at + 1;
        let end = self
            .cursor
            .find(start, ']')
            .ok_or_else(|| self.unexpected())?;
        let expression = self.cursor.slice(start, end);
        let expression = expression.trim();
        let is_known = |c: char| c.is_ascii_digit() || matches!(c, ',' | '-' | ':' | ' ');
        if !expression.chars().all(is_known) {
            return Err(self.unexpected());
        }
        let token = match expression.contains(':') {
            true => Token::Slice(slice(expression)?),
            false => Token::Indexes(
                expression
                    .split(',')
                    .map(|text| index(text.trim()))
                    .collect::<Result<_, _>>()?,
            ),
        };
        self.cursor.at = end + 1;
        self.tokens.push(token);
        Ok(true)
    }

    fn wildcard(&mut self) -> Result<bool, PathError> {
        let close = self
            .cursor
            .significant_is(self.cursor.at, '*')
            .and_then(|star| self.cursor.significant_is(star, ']'))
            .ok_or_else(|| self.unexpected())?;
        self.cursor.at = close + 1;
        self.tokens.push(Token::Wildcard);
        Ok(true)
    }

    fn filter(&mut self) -> Result<bool, PathError> {
        let cursor = &self.cursor;
        let bounds = cursor
            .significant_is(cursor.at, '?')
            .and_then(|mark| cursor.significant_is(mark, '('))
            .and_then(|open| Some((open, cursor.matching(open, '(', ')', true)?)))
            .and_then(|(open, close)| Some((open, close, cursor.significant_is(close, ']')?)));
        let (open, close, end) = bounds.ok_or_else(|| self.unexpected())?;
        let criteria = self.cursor.slice(open, close + 1);
        let filter = filter_compile::compile(&criteria, self.depth)?;
        self.cursor.at = end + 1;
        self.tokens.push(Token::Filter(Arc::new(filter)));
        Ok(true)
    }
}

fn checked_close(open: usize, c: char) -> Result<usize, PathError> {
    open.checked_sub(1)
        .ok_or_else(|| PathError::invalid(format!("unexpected `{c}` among arguments")))
}

fn index(text: &str) -> Result<i32, PathError> {
    text.parse()
        .map_err(|_| PathError::invalid(format!("`{text}` is no index")))
}

/// What follows a second colon does not count.
fn slice(text: &str) -> Result<Slice, PathError> {
    let invalid = || PathError::invalid(format!("`{text}` is no slice"));
    if text.contains([',', ' ']) {
        return Err(invalid());
    }
    let mut ends = text.split(':').map(|end| match end {
        "" => Ok(None),
        end => index(end).map(Some),
    });
    let from = ends.next().transpose()?.flatten();
    let to = ends.next().transpose()?.flatten();
    match (from, to) {
        (Some(from), Some(to)) => Ok(Slice::Between(from, to)),
        (Some(from), None) => Ok(Slice::From(from)),
        (None, Some(to)) => Ok(Slice::To(to)),
        (None, None) => Err(invalid()),
    }
}

/// `$..path.function()` becomes `$.function($..path)`: a function at the end of a scan sees all
/// that the scan finds.
fn invert(mut path: Path) -> Path {
    if !path.is_function() || !matches!(path.tokens.first(), Some(Token::Scan)) {
        return path;
    }
    let first = path
        .tokens
        .iter()
        .position(|token| matches!(token, Token::Function(..)));
    let Some(Token::Function(name, _)) = first.and_then(|at| path.tokens.get(at).cloned()) else {
        return path;
    };
    path.tokens.truncate(first.unwrap_or_default());
    Path {
        is_root: true,
        tokens: vec![Token::Function(name, vec![Parameter::Path(Arc::new(path))])],
    }
}
