//! Conditions: `(@.a > 1 && !(@.b))`.

use crate::cursor::{Cursor, unescape};
use crate::decimal::Decimal;
use crate::path::{Filter, Operator, Value};
use crate::{PathError, compile, limits};
use regex::{Regex, RegexBuilder};
use std::sync::Arc;

/// Compiles a condition in parentheses.
pub(crate) fn compile(criteria: &str, depth: usize) -> Result<Filter, PathError> {
    let mut compiler = Compiler {
        cursor: Cursor::new(criteria),
        depth,
        nesting: 0,
    };
    let filter = compiler.or()?;
    compiler.cursor.skip_blanks();
    if compiler.cursor.in_bounds() {
        return Err(PathError::invalid("expected the end of a filter"));
    }
    Ok(filter)
}

struct Compiler {
    cursor: Cursor,
    depth: usize,
    nesting: usize,
}

impl Compiler {
    fn or(&mut self) -> Result<Filter, PathError> {
        let mut terms = vec![self.and()?];
        while self.takes("||") {
            terms.push(self.and()?);
        }
        Ok(single_or(terms, Filter::Or))
    }

    fn and(&mut self) -> Result<Filter, PathError> {
        let mut terms = vec![self.operand()?];
        while self.takes("&&") {
            terms.push(self.operand()?);
        }
        Ok(single_or(terms, Filter::And))
    }

    fn takes(&mut self, operator: &str) -> bool {
        let saved = self.cursor.at;
        self.cursor.skip_blanks();
        let end = self.cursor.at + operator.len();
        if self.cursor.slice(self.cursor.at, end) == operator {
            self.cursor.at = end;
            return true;
        }
        self.cursor.at = saved;
        false
    }

    fn operand(&mut self) -> Result<Filter, PathError> {
        self.nesting += 1;
        if self.nesting > limits::PATH_DEPTH_MAX {
            let limit = limits::PATH_DEPTH_MAX;
            return Err(PathError::Limit {
                what: "depth of a filter",
                limit,
            });
        }
        let filter = self.nested_operand();
        self.nesting -= 1;
        filter
    }

    fn nested_operand(&mut self) -> Result<Filter, PathError> {
        self.cursor.skip_blanks();
        let saved = self.cursor.at;
        if self.cursor.is('!') {
            self.cursor.at += 1;
            self.cursor.skip_blanks();
            if !matches!(self.cursor.current(), Some('$' | '@')) {
                return Ok(Filter::Not(Box::new(self.operand()?)));
            }
            self.cursor.at = saved;
        }
        if self.cursor.is('(') {
            self.cursor.at += 1;
            let filter = self.or()?;
            self.cursor.skip_blanks();
            if !self.cursor.is(')') {
                return Err(PathError::invalid("expected `)` in a filter"));
            }
            self.cursor.at += 1;
            return Ok(filter);
        }
        self.expression()
    }

    /// A comparison, or a path that must exist.
    fn expression(&mut self) -> Result<Filter, PathError> {
        let (left, exists) = self.value()?;
        let saved = self.cursor.at;
        match self.comparison() {
            Ok((operator, right)) => Ok(Filter::Compare(left, operator, right)),
            Err(limit @ PathError::Limit { .. }) => Err(limit),
            Err(_) => {
                self.cursor.at = saved;
                match left {
                    Value::Path(path) => Ok(Filter::Exists(path, exists)),
                    _ => Err(PathError::invalid("expected a path or a comparison")),
                }
            }
        }
    }

    fn comparison(&mut self) -> Result<(Operator, Value), PathError> {
        let operator = self.operator()?;
        Ok((operator, self.value()?.0))
    }

    fn operator(&mut self) -> Result<Operator, PathError> {
        self.cursor.skip_blanks();
        let start = self.cursor.at;
        let is_symbol = |c: char| matches!(c, '<' | '>' | '=' | '~' | '!');
        let is_word = !self.cursor.current().is_some_and(is_symbol);
        while let Some(c) = self.cursor.current() {
            let goes_on = if is_word { c != ' ' } else { is_symbol(c) };
            if !goes_on {
                break;
            }
            self.cursor.at += 1;
        }
        let text = self.cursor.slice(start, self.cursor.at);
        operator(&text)
            .ok_or_else(|| PathError::invalid(format!("filter operator `{text}` is not supported")))
    }

    /// A value, and whether a path must exist (no `!` before it).
    fn value(&mut self) -> Result<(Value, bool), PathError> {
        self.cursor.skip_blanks();
        if self.cursor.is('!') {
            self.cursor.at += 1;
            self.cursor.skip_blanks();
            if !matches!(self.cursor.current(), Some('$' | '@')) {
                return Err(PathError::invalid("unexpected `!` in a filter"));
            }
        }
        let value = match self.cursor.current() {
            Some('$' | '@') => return self.path(),
            Some(quote @ ('\'' | '"')) => self.string(quote)?,
            Some('t' | 'f') => self.truth()?,
            Some('n') => self.null()?,
            Some('{') => self.json('{', '}')?,
            Some('[') => self.json('[', ']')?,
            Some('/') => self.pattern()?,
            _ => self.number()?,
        };
        Ok((value, true))
    }

    fn path(&mut self) -> Result<(Value, bool), PathError> {
        let begin = self.cursor.at;
        let before = self.cursor.significant_before(begin);
        let exists = before.and_then(|at| self.cursor.char_at(at)) != Some('!');
        self.cursor.at += 1;
        while self.cursor.in_bounds() {
            if self.cursor.is('[') {
                let close = self.cursor.matching(self.cursor.at, '[', ']', false);
                self.cursor.at =
                    close.ok_or_else(|| PathError::invalid("brackets do not match"))? + 1;
            }
            match self.cursor.current() {
                None | Some('<' | '>' | '=' | '~' | '!' | ' ') => break,
                Some(')') if !self.closes_function(begin) => break,
                Some(_) => self.cursor.at += 1,
            }
        }
        let text = self.cursor.slice(begin, self.cursor.at);
        let path = compile::compile(&text, self.depth + 1)?;
        Ok((Value::Path(Arc::new(path)), exists))
    }

    /// Whether the `)` here belongs to a function of the path that begins at `begin`.
    fn closes_function(&self, begin: usize) -> bool {
        let Some(open) = self.cursor.significant_before(self.cursor.at) else {
            return false;
        };
        self.cursor.char_at(open) == Some('(')
            && (begin + 1..open).any(|at| self.cursor.char_at(at) == Some('.'))
    }

    fn string(&mut self, quote: char) -> Result<Value, PathError> {
        let start = self.cursor.at + 1;
        let end = self
            .cursor
            .find_unescaped(start, quote)
            .ok_or_else(|| PathError::invalid("a text in a filter is not closed"))?;
        self.cursor.at = end + 1;
        Ok(Value::Text(unescape(&self.cursor.slice(start, end))))
    }

    fn truth(&mut self) -> Result<Value, PathError> {
        for (text, value) in [("true", true), ("false", false)] {
            if self.takes(text) {
                return Ok(Value::Bool(value));
            }
        }
        Err(PathError::invalid("expected `true` or `false`"))
    }

    fn null(&mut self) -> Result<Value, PathError> {
        match self.takes("null") {
            true => Ok(Value::Null),
            false => Err(PathError::invalid("expected `null`")),
        }
    }

    fn json(&mut self, open: char, close: char) -> Result<Value, PathError> {
        let start = self.cursor.at;
        let end = self
            .cursor
            .matching(start, open, close, false)
            .ok_or_else(|| PathError::invalid("a JSON value in a filter is not closed"))?;
        self.cursor.at = end + 1;
        Ok(Value::Json(self.cursor.slice(start, end + 1)))
    }

    fn number(&mut self) -> Result<Value, PathError> {
        let start = self.cursor.at;
        let is_number = |c: char| c.is_ascii_digit() || matches!(c, '-' | '.' | 'e' | 'E');
        while self.cursor.current().is_some_and(is_number) {
            self.cursor.at += 1;
        }
        let text = self.cursor.slice(start, self.cursor.at);
        Decimal::parse(&text)
            .map(Value::Number)
            .ok_or_else(|| PathError::invalid(format!("`{text}` is no number")))
    }

    /// `/pattern/flags`.
    fn pattern(&mut self) -> Result<Value, PathError> {
        let start = self.cursor.at + 1;
        let end = self
            .cursor
            .find_unescaped(start, '/')
            .ok_or_else(|| PathError::invalid("a pattern is not closed"))?;
        let mut flags_end = end + 1;
        while self
            .cursor
            .char_at(flags_end)
            .is_some_and(|c| c.is_ascii_alphabetic())
        {
            flags_end += 1;
        }
        let pattern = self.cursor.slice(start, end);
        let flags = self.cursor.slice(end + 1, flags_end);
        self.cursor.at = flags_end;
        regex(&pattern, &flags).map(Value::Pattern)
    }
}

/// A pattern of Java on a linear engine: what needs back-tracking is refused. It must match the
/// whole text.
fn regex(pattern: &str, flags: &str) -> Result<Regex, PathError> {
    let mut builder = RegexBuilder::new(&format!("^(?:{pattern})$"));
    for flag in flags.chars() {
        match flag {
            'i' => builder.case_insensitive(true),
            'm' => builder.multi_line(true),
            's' => builder.dot_matches_new_line(true),
            'x' => builder.ignore_whitespace(true),
            'u' | 'U' | 'd' => &mut builder,
            _ => return Err(PathError::invalid(format!("unknown pattern flag `{flag}`"))),
        };
    }
    builder
        .size_limit(limits::PATTERN_BYTES_MAX)
        .dfa_size_limit(limits::PATTERN_BYTES_MAX)
        .nest_limit(50)
        .build()
        .map_err(|_| PathError::invalid(format!("pattern `{pattern}` is invalid or unsupported")))
}

fn operator(text: &str) -> Option<Operator> {
    const OPERATORS: [(&str, Operator); 21] = [
        (">=", Operator::GreaterOrEqual),
        ("<=", Operator::LessOrEqual),
        ("==", Operator::Equal),
        ("===", Operator::SameTypeEqual),
        ("!=", Operator::NotEqual),
        ("!==", Operator::SameTypeNotEqual),
        ("<", Operator::Less),
        (">", Operator::Greater),
        ("=~", Operator::Matches),
        ("NIN", Operator::NotIn),
        ("IN", Operator::In),
        ("CONTAINS", Operator::Contains),
        ("ALL", Operator::All),
        ("SIZE", Operator::Size),
        ("EXISTS", Operator::Exists),
        ("TYPE", Operator::Type),
        ("MATCHES", Operator::Predicate),
        ("EMPTY", Operator::Empty),
        ("SUBSETOF", Operator::SubsetOf),
        ("ANYOF", Operator::AnyOf),
        ("NONEOF", Operator::NoneOf),
    ];
    let known = OPERATORS
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(text));
    known.map(|(_, operator)| *operator)
}

fn single_or(mut terms: Vec<Filter>, make: fn(Vec<Filter>) -> Filter) -> Filter {
    match (terms.len(), terms.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            terms.extend(last);
            make(terms)
        }
    }
}
