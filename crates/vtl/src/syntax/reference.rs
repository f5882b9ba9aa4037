//! References: `$a`, `$!{a.b(1)[2]}`.

use super::parser::{Nodes, Parser};
use super::token::{Image, Kind};
use crate::ast::{Expr, Literal, Node, Property, Reference, Step, StepKind};
use crate::error::Error;
use crate::value::Hint;

impl Parser<'_, '_> {
    pub(super) fn reference(&mut self) -> Result<Reference, Error> {
        self.enter()?;
        let first = self.next;
        let is_braced = match self.peek()? {
            Kind::Identifier => false,
            Kind::RefCurlyLeft => {
                self.advance()?;
                true
            }
            _ => return Err(self.unexpected()),
        };
        self.take(Kind::Identifier)?;
        let mut steps = Vec::new();
        self.indexes(&mut steps)?;
        while self.peek()? == Kind::Dot && self.peek_at(1)? == Kind::Identifier {
            self.advance()?;
            steps.push(self.member()?);
            self.indexes(&mut steps)?;
        }
        if is_braced {
            self.take(Kind::RefCurlyRight)?;
        }
        self.leave();
        self.rooted(first, steps)
    }

    fn indexes(&mut self, steps: &mut Vec<Step>) -> Result<(), Error> {
        while self.peek()? == Kind::IndexLeft {
            let at = self.advance()?;
            self.skip_whitespace()?;
            let index = match self.peek()? {
                Kind::StringLiteral
                | Kind::Integer
                | Kind::True
                | Kind::False
                | Kind::Identifier
                | Kind::RefCurlyLeft => self.value()?.expr,
                _ => return Err(self.unexpected()),
            };
            self.skip_whitespace()?;
            self.take(Kind::IndexRight)?;
            steps.push(Step {
                kind: StepKind::Index(index),
                at: self.token_position(at),
            });
        }
        Ok(())
    }

    /// A property, or a method when `(` and something fitting follow.
    fn member(&mut self) -> Result<Step, Error> {
        let index = self.take(Kind::Identifier)?;
        let name = self.image(index).into();
        let at = self.token_position(index);
        let is_method = self.peek()? == Kind::LeftParen
            && matches!(
                self.peek_at(1)?,
                Kind::Whitespace
                    | Kind::StringLiteral
                    | Kind::Integer
                    | Kind::Float
                    | Kind::LeftBracket
                    | Kind::LeftCurly
                    | Kind::True
                    | Kind::False
                    | Kind::Identifier
                    | Kind::RefCurlyLeft
                    | Kind::RefMod2RightParen
            );
        if !is_method {
            let hint = Hint::default();
            return Ok(Step {
                kind: StepKind::Property(Property { name, hint }),
                at,
            });
        }
        self.advance()?;
        let mut args = Vec::new();
        if self.peek()? != Kind::RefMod2RightParen {
            args = self.parameters()?;
        }
        self.take(Kind::RefMod2RightParen)?;
        Ok(Step {
            kind: StepKind::Method(name, args),
            at,
        })
    }

    /// Parameters with commas between them.
    pub(super) fn parameters(&mut self) -> Result<Vec<Expr>, Error> {
        let mut list = vec![self.parameter()?];
        while self.peek()? == Kind::Comma {
            self.advance()?;
            list.push(self.parameter()?);
        }
        Ok(list)
    }

    /// A value with blanks around it.
    pub(super) fn parameter(&mut self) -> Result<Expr, Error> {
        self.skip_whitespace()?;
        let value = self.value()?;
        self.skip_whitespace()?;
        Ok(value.expr)
    }

    /// Reads name, quietness and escapes off the first token, and takes them off its text.
    fn rooted(&mut self, first: usize, steps: Vec<Step>) -> Result<Reference, Error> {
        let last = self.next - 1;
        let at = self.token_position(first);
        let image = self.image(first).to_owned();
        if image.contains("\\!") {
            // `$\!name` never has a value; an undefined reference prints as nothing.
            return Ok(Reference {
                root: self.shared.name(&image),
                steps: Vec::new(),
                is_bare: false,
                escaped: false,
                escapes: "".into(),
                prefix: "".into(),
                null_text: Literal("".into()),
                computable: false,
                at,
            });
        }
        let bare = image.trim_start_matches('\\');
        let escapes = image.len() - bare.len();
        let (prefix, own) = bare.split_at(bare.rfind('$').unwrap_or(0));
        self.tokens[first].image = Image::Changed(own.into());
        let is_escaped = escapes % 2 == 1;
        let is_quiet = own.starts_with("$!");
        let null_text = match is_quiet && !is_escaped {
            true => Literal("".into()),
            false => self.literal(first, last)?,
        };
        let root = if own.starts_with("$!{") || own == "${" {
            self.image(first + 1).to_owned()
        } else {
            let bare = own.strip_prefix("$!").or_else(|| own.strip_prefix('$'));
            bare.unwrap_or(own).to_owned()
        };
        let root = self.shared.name(&root);
        // A bare word, as `null` in `$list.add(null)`, is null, whatever has that name.
        let is_bare_word = !own.starts_with('$');
        Ok(Reference {
            root,
            steps,
            is_bare: escapes == 0 && prefix.is_empty(),
            escaped: is_escaped,
            escapes: "\\".repeat(escapes / 2).into(),
            prefix: prefix.into(),
            null_text,
            computable: !is_bare_word,
            at,
        })
    }

    /// What begins like a reference behind another one (`it` in `$a.b()it`) is text; of it
    /// Velocity prints the first token.
    pub(super) fn statement_reference(&mut self, nodes: &mut Nodes) -> Result<(), Error> {
        let first = self.next;
        self.peek()?;
        let text = self.image(first).to_owned();
        let reference = self.reference()?;
        if text.contains('$') {
            nodes.push(Node::Reference(reference));
        } else {
            nodes.text(&text);
        }
        Ok(())
    }
}
