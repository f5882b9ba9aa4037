//! Texts of tokens, and escapes, whose text the parser changes.

use super::parser::{Nodes, Parser};
use super::token::{Image, Kind};
use crate::ast::Literal;
use crate::error::{Error, ErrorKind};
use crate::limits;

/// Directives that exist without a definition.
const DIRECTIVES: [&str; 14] = [
    "if", "end", "set", "else", "elseif", "foreach", "include", "parse", "macro", "literal",
    "evaluate", "break", "define", "stop",
];

impl Parser<'_, '_> {
    /// A token's text.
    pub(super) fn image(&self, index: usize) -> &str {
        match &self.tokens[index].image {
            Image::Span(start, end) => self.source().get(*start..*end).unwrap_or_default(),
            Image::Changed(text) => text,
        }
    }

    /// A token's text with what dropped tokens before it leave behind.
    pub(super) fn token_literal(&self, index: usize) -> String {
        let token = &self.tokens[index];
        if token.kind == Kind::MultiLineCommentEnd {
            return String::new();
        }
        format!("{}{}", token.special, self.image(index))
    }

    /// The text of the tokens from `first` to `last`.
    pub(super) fn literal(&mut self, first: usize, last: usize) -> Result<Literal, Error> {
        let text: String = (first..=last)
            .map(|index| self.token_literal(index))
            .collect();
        self.kept(first, text)
    }

    /// As [`Self::literal`], but without what dropped tokens leave behind.
    pub(super) fn images(&mut self, first: usize, last: usize) -> Result<Literal, Error> {
        let text: String = (first..=last).map(|index| self.image(index)).collect();
        self.kept(first, text)
    }

    fn kept(&mut self, first: usize, text: String) -> Result<Literal, Error> {
        self.shared.literal_bytes += text.len();
        if self.shared.literal_bytes > limits::LITERAL_BYTES_MAX {
            let kind = ErrorKind::limit("size of nested texts", limits::LITERAL_BYTES_MAX);
            return Err(Error::new(self.token_position(first), kind));
        }
        Ok(Literal(text.into()))
    }

    fn is_directive(&self, name: &str) -> bool {
        // `#set`, `#if` and so on are not directives to what asks this, but all that is asked
        // for is whether a backslash before them is an escape.
        DIRECTIVES.contains(&name) || self.shared.known_macros.contains(name)
    }

    /// `\#name`: half of the backslashes vanish when there is such a directive.
    pub(super) fn escaped_directive(&mut self, nodes: &mut Nodes) -> Result<(), Error> {
        let index = self.advance()?;
        let image = self.image(index).to_owned();
        let (escapes, name) = image.split_at(image.find('#').unwrap_or(0));
        let bare = name.trim_start_matches('#').trim_matches(['{', '}']);
        let text = if self.is_directive(bare) {
            format!("{}{name}", "\\".repeat((escapes.len() - 1) / 2))
        } else {
            image.clone()
        };
        nodes.text(&text);
        self.tokens[index].image = Image::Changed(text.into());
        Ok(())
    }

    /// Pairs of backslashes: one of each pair vanishes before a directive.
    pub(super) fn escapes(&mut self, nodes: &mut Nodes) -> Result<(), Error> {
        let mut count = 0;
        while self.peek()? == Kind::DoubleEscape {
            self.advance()?;
            count += 1;
        }
        let is_control = matches!(
            self.peek()?,
            Kind::End | Kind::If | Kind::ElseIf | Kind::Else
        );
        let image = self.image(self.next);
        let name = image.get(1..).unwrap_or_default();
        let is_directive =
            !matches!(name, "if" | "end" | "set" | "else" | "elseif") && self.is_directive(name);
        let one = if is_control || is_directive {
            "\\"
        } else {
            "\\\\"
        };
        nodes.text(&one.repeat(count));
        Ok(())
    }
}
