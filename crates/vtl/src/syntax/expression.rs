//! Expressions.

use super::parser::Parser;
use super::token::Kind;
use crate::ast::{Chain, Comparison, Constant, Expr, Interpolated, Literal, Math};
use crate::error::{Error, ErrorKind};

/// An expression and the tokens that Velocity counts as its text.
pub(super) struct Operand {
    pub expr: Expr,
    pub first: usize,
    pub last: usize,
}

impl Parser<'_, '_> {
    pub(super) fn expression(&mut self) -> Result<Expr, Error> {
        self.enter()?;
        let mut terms = vec![self.conjunction()?];
        while self.peek()? == Kind::Or {
            self.advance()?;
            terms.push(self.conjunction()?);
        }
        self.leave();
        Ok(single_or(terms, Expr::Or))
    }

    fn conjunction(&mut self) -> Result<Expr, Error> {
        let mut terms = vec![self.equality()?];
        while self.peek()? == Kind::And {
            self.advance()?;
            terms.push(self.equality()?);
        }
        Ok(single_or(terms, Expr::And))
    }

    fn equality(&mut self) -> Result<Expr, Error> {
        let first = self.relation()?;
        let mut rest = Vec::new();
        loop {
            let operator = match self.peek()? {
                Kind::Equal => Comparison::Equal,
                Kind::NotEqual => Comparison::NotEqual,
                _ => return Ok(compare(first, rest)),
            };
            self.advance()?;
            rest.push((operator, self.relation()?));
        }
    }

    fn relation(&mut self) -> Result<Expr, Error> {
        let first = self.sum()?;
        let mut rest = Vec::new();
        loop {
            let operator = match self.peek()? {
                Kind::Less => Comparison::Less,
                Kind::Greater => Comparison::Greater,
                Kind::LessOrEqual => Comparison::LessOrEqual,
                Kind::GreaterOrEqual => Comparison::GreaterOrEqual,
                _ => return Ok(compare(first, rest)),
            };
            self.advance()?;
            rest.push((operator, self.sum()?));
        }
    }

    fn sum(&mut self) -> Result<Expr, Error> {
        let first = self.product()?;
        let mut left = (first.first, first.last, can_be_null(&first.expr));
        let mut rest = Vec::new();
        loop {
            let is_sum = match self.peek()? {
                Kind::Plus => true,
                Kind::Minus => false,
                _ => return Ok(math(first.expr, rest)),
            };
            self.advance()?;
            let begin = self.next;
            let right = self.product()?;
            let operator = if is_sum {
                let left_text = self.text_if(left.2, left.0, left.1)?;
                let right_text = self.text_if(can_be_null(&right.expr), right.first, right.last)?;
                Math::Add(left_text, right_text)
            } else {
                Math::Subtract
            };
            // Velocity counts only the right side as the text of a sum.
            left = (begin, self.next - 1, true);
            rest.push((operator, right.expr));
        }
    }

    fn text_if(&mut self, is_needed: bool, first: usize, last: usize) -> Result<Literal, Error> {
        match is_needed && first <= last {
            true => self.literal(first, last),
            false => Ok(Literal("".into())),
        }
    }

    fn product(&mut self) -> Result<Operand, Error> {
        let operand = self.unary()?;
        let (mut first, mut last) = (operand.first, operand.last);
        let mut rest = Vec::new();
        loop {
            let operator = match self.peek()? {
                Kind::Multiply => Math::Multiply,
                Kind::Divide => Math::Divide,
                Kind::Modulus => Math::Modulo,
                _ => break,
            };
            self.advance()?;
            first = self.next;
            rest.push((operator, self.unary()?.expr));
            last = self.next - 1;
        }
        Ok(Operand {
            expr: math(operand.expr, rest),
            first,
            last,
        })
    }

    fn unary(&mut self) -> Result<Operand, Error> {
        let first = self.next;
        let mut negations = 0usize;
        loop {
            let ahead = usize::from(self.peek()? == Kind::Whitespace);
            if self.peek_at(ahead)? != Kind::Not {
                break;
            }
            self.next += ahead + 1;
            negations += 1;
        }
        let mut operand = self.primary()?;
        if negations > 0 {
            operand.first = first;
            operand.last = self.next - 1;
            operand.expr = Expr::Not(Box::new(operand.expr));
            // Two negations more make a truth of the same value.
            if negations.is_multiple_of(2) {
                operand.expr = Expr::Not(Box::new(operand.expr));
            }
        }
        Ok(operand)
    }

    fn primary(&mut self) -> Result<Operand, Error> {
        self.skip_whitespace()?;
        let operand = if self.peek()? == Kind::LeftParen {
            self.advance()?;
            self.peek()?;
            let first = self.next;
            let expr = self.expression()?;
            let last = self.next - 1;
            self.take(Kind::RightParen)?;
            Operand { expr, first, last }
        } else {
            self.value()?
        };
        self.skip_whitespace()?;
        Ok(operand)
    }

    /// A literal, a reference, a list, a range or a map.
    pub(super) fn value(&mut self) -> Result<Operand, Error> {
        let first = self.next;
        let expr = match self.peek()? {
            Kind::StringLiteral => self.string()?,
            Kind::Integer => self.integer()?,
            Kind::Float => self.float()?,
            Kind::True => self.truth(true)?,
            Kind::False => self.truth(false)?,
            Kind::Identifier | Kind::RefCurlyLeft => Expr::Reference(Box::new(self.reference()?)),
            Kind::LeftBracket => self.list_or_range()?,
            Kind::LeftCurly => self.map()?,
            _ => return Err(self.unexpected()),
        };
        Ok(Operand {
            expr,
            first,
            last: self.next - 1,
        })
    }

    fn truth(&mut self, value: bool) -> Result<Expr, Error> {
        self.advance()?;
        Ok(Expr::Constant(Constant::Bool(value)))
    }

    fn integer(&mut self) -> Result<Expr, Error> {
        let index = self.advance()?;
        let text = self.image(index);
        let constant = if let Ok(value) = text.parse() {
            Constant::Int(value)
        } else if let Ok(value) = text.parse() {
            Constant::Long(value)
        } else if let Ok(value) = text.parse() {
            Constant::Big(value)
        } else {
            let kind = ErrorKind::Syntax(format!("number `{text}` is too large"));
            return Err(Error::new(self.token_position(index), kind));
        };
        Ok(Expr::Constant(constant))
    }

    fn float(&mut self) -> Result<Expr, Error> {
        let index = self.advance()?;
        let value = self.image(index).parse().unwrap_or(f64::NAN);
        Ok(Expr::Constant(Constant::Double(value)))
    }

    fn list_or_range(&mut self) -> Result<Expr, Error> {
        self.enter()?;
        self.take(Kind::LeftBracket)?;
        if self.peek()? == Kind::RightBracket {
            self.advance()?;
            self.leave();
            return Ok(Expr::List(Vec::new()));
        }
        self.skip_whitespace()?;
        let is_end = matches!(
            self.peek()?,
            Kind::Integer | Kind::Identifier | Kind::RefCurlyLeft
        );
        let first = self.value()?.expr;
        self.skip_whitespace()?;
        if is_end && self.peek()? == Kind::DoubleDot {
            return self.range(first);
        }
        let mut items = vec![first];
        while self.peek()? == Kind::Comma {
            self.advance()?;
            items.push(self.parameter()?);
        }
        self.take(Kind::RightBracket)?;
        self.leave();
        Ok(Expr::List(items))
    }

    fn range(&mut self, from: Expr) -> Result<Expr, Error> {
        self.take(Kind::DoubleDot)?;
        self.skip_whitespace()?;
        let to = match self.peek()? {
            Kind::Integer | Kind::Identifier | Kind::RefCurlyLeft => self.value()?.expr,
            _ => return Err(self.unexpected()),
        };
        self.skip_whitespace()?;
        self.take(Kind::RightBracket)?;
        self.leave();
        Ok(Expr::Range(Box::new((from, to))))
    }

    fn map(&mut self) -> Result<Expr, Error> {
        self.enter()?;
        self.take(Kind::LeftCurly)?;
        let mut entries = Vec::new();
        let ahead = usize::from(self.peek()? == Kind::Whitespace);
        if is_value(self.peek_at(ahead)?) {
            loop {
                let key = self.parameter()?;
                self.take(Kind::Colon)?;
                entries.push((key, self.parameter()?));
                if self.peek()? != Kind::Comma {
                    break;
                }
                self.advance()?;
            }
        } else {
            self.skip_whitespace()?;
        }
        match self.peek()? {
            Kind::RightCurly | Kind::RefCurlyRight => self.advance()?,
            _ => return Err(self.unexpected()),
        };
        self.leave();
        Ok(Expr::Map(entries))
    }

    fn string(&mut self) -> Result<Expr, Error> {
        let index = self.advance()?;
        let image = self.image(index).to_owned();
        let inner = image.get(1..image.len() - 1).unwrap_or_default();
        if image.starts_with('\'') {
            return Ok(Expr::Text(inner.replace("''", "'").into()));
        }
        let at = self.token_position(index);
        let text = unescape(inner)
            .ok_or_else(|| Error::new(at, ErrorKind::Syntax("bad `\\u` escape".into())))?
            .replace("\"\"", "\"");
        if !image.contains(['$', '#']) {
            return Ok(Expr::Text(text.into()));
        }
        let drops_last = !text.contains("##");
        let source = if drops_last { text + " " } else { text };
        self.enter()?;
        let body = Parser::new(&source, at, self.shared).template()?;
        self.leave();
        Ok(Expr::Interpolated(Interpolated { body, drops_last }))
    }
}

/// `\uXXXX` replaced by its character; none when the digits are wrong.
fn unescape(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut units: Vec<u16> = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\\u") {
        if !before.is_empty() {
            flush(&mut units, &mut out);
            out.push_str(before);
        }
        units.push(u16::from_str_radix(after.get(..4)?, 16).ok()?);
        rest = after.get(4..)?;
    }
    flush(&mut units, &mut out);
    out.push_str(rest);
    Some(out)
}

fn flush(units: &mut Vec<u16>, out: &mut String) {
    out.push_str(&String::from_utf16_lossy(units));
    units.clear();
}

fn is_value(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::StringLiteral
            | Kind::Integer
            | Kind::Float
            | Kind::True
            | Kind::False
            | Kind::Identifier
            | Kind::RefCurlyLeft
            | Kind::LeftBracket
            | Kind::LeftCurly
    )
}

/// Whether an operand of a sum can be without value.
fn can_be_null(expr: &Expr) -> bool {
    match expr {
        Expr::Math(_) | Expr::Range(_) | Expr::Word => true,
        Expr::Reference(reference) => !reference.computable,
        _ => false,
    }
}

fn single_or(mut terms: Vec<Expr>, make: fn(Vec<Expr>) -> Expr) -> Expr {
    match (terms.len(), terms.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            terms.extend(last);
            make(terms)
        }
    }
}

fn compare(first: Expr, rest: Vec<(Comparison, Expr)>) -> Expr {
    match rest.is_empty() {
        true => first,
        false => Expr::Compare(Box::new(Chain { first, rest })),
    }
}

fn math(first: Expr, rest: Vec<(Math, Expr)>) -> Expr {
    match rest.is_empty() {
        true => first,
        false => Expr::Math(Box::new(Chain { first, rest })),
    }
}
