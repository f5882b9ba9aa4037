//! Statements.

use super::lexer::Lexer;
use super::token::{Kind, Token};
use crate::ast::{Block, Expr, If, LOOP_NAMES, Macro, Name, Node, Set};
use crate::error::{Error, ErrorKind, Position};
use crate::limits;
use std::collections::{HashMap, HashSet};

/// A parsed source.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub body: Block,
    /// Macros in the order of their definition.
    pub macros: Vec<Macro>,
}

/// Parses a template.
pub(crate) fn parse(source: &str) -> Result<Parsed, Error> {
    parse_with(source, HashSet::new(), true)
}

/// Parses a text that a template evaluates; `known_macros` are names that an escape (`\#name`)
/// recognizes already.
pub(crate) fn parse_part(source: &str, known_macros: HashSet<Box<str>>) -> Result<Parsed, Error> {
    parse_with(source, known_macros, false)
}

fn parse_with(
    source: &str,
    known_macros: HashSet<Box<str>>,
    gives_places: bool,
) -> Result<Parsed, Error> {
    let loop_names = [&LOOP_NAMES.count, &LOOP_NAMES.has_next, &LOOP_NAMES.scope];
    let mut shared = Shared {
        known_macros,
        macros: Vec::new(),
        literal_bytes: 0,
        depth: 0,
        names: loop_names
            .map(|name| ((&**name).into(), name.clone()))
            .into(),
        gives_places,
    };
    let body = Parser::new(source, Position { line: 1, column: 1 }, &mut shared).template()?;
    Ok(Parsed {
        body,
        macros: shared.macros,
    })
}

/// What a template and the quoted texts inside it share while they are parsed.
pub(super) struct Shared {
    pub known_macros: HashSet<Box<str>>,
    pub macros: Vec<Macro>,
    pub literal_bytes: usize,
    pub depth: usize,
    names: HashMap<Box<str>, Name>,
    /// Whether names get places: those of texts that are parsed while rendering do not.
    gives_places: bool,
}

impl Shared {
    /// A name, which is one with all equal ones of the template.
    pub fn name(&mut self, name: &str) -> Name {
        if let Some(known) = self.names.get(name) {
            return known.clone();
        }
        let made = Name::new(name, self.gives_places.then_some(self.names.len()));
        self.names.insert(name.into(), made.clone());
        made
    }
}

pub(super) struct Parser<'s, 'p> {
    source: &'s str,
    origin: Position,
    line_starts: Vec<usize>,
    lexer: Lexer<'s>,
    pub(super) tokens: Vec<Token>,
    /// Index of the next token that the parser consumes.
    pub(super) next: usize,
    pub(super) shared: &'p mut Shared,
}

impl<'s, 'p> Parser<'s, 'p> {
    pub(super) fn new(source: &'s str, origin: Position, shared: &'p mut Shared) -> Self {
        let line_ends = source.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            source,
            origin,
            line_starts: std::iter::once(0).chain(line_ends).collect(),
            lexer: Lexer::new(source),
            tokens: Vec::new(),
            next: 0,
            shared,
        }
    }

    /// The whole source.
    pub(super) fn template(&mut self) -> Result<Block, Error> {
        let nodes = self.statements()?;
        self.take(Kind::Eof)?;
        Ok(nodes)
    }

    /// Statements up to a token that cannot begin one.
    pub(super) fn statements(&mut self) -> Result<Block, Error> {
        self.enter()?;
        let mut nodes = Nodes::default();
        while self.statement(&mut nodes)? {}
        self.leave();
        Ok(nodes.finish())
    }

    fn statement(&mut self, nodes: &mut Nodes) -> Result<bool, Error> {
        match self.peek()? {
            Kind::If => nodes.push(self.if_statement()?),
            Kind::Identifier => self.statement_reference(nodes)?,
            Kind::RefCurlyLeft if self.peek_at(1)? == Kind::Identifier => {
                self.statement_reference(nodes)?;
            }
            Kind::SingleLineCommentStart | Kind::FormalCommentEnd | Kind::MultiLineCommentEnd => {
                self.comment(nodes)?;
            }
            Kind::TextBlock => {
                let token = self.advance()?;
                let text = self.image(token);
                let inner = text
                    .strip_prefix("#[[")
                    .and_then(|text| text.strip_suffix("]]#"));
                // What stands before `#[[` in the token shifts Velocity's cut at fixed offsets.
                let cut = inner.map_or_else(|| cut(text, 3), str::to_owned);
                nodes.text(&cut);
            }
            Kind::SetDirective => nodes.push(self.set()?),
            Kind::EscapeDirective => self.escaped_directive(nodes)?,
            Kind::DoubleEscape => self.escapes(nodes)?,
            Kind::Word | Kind::BracketedWord => self.directive(nodes)?,
            Kind::LeftParen
            | Kind::RightParen
            | Kind::Escape
            | Kind::Text
            | Kind::StringLiteral
            | Kind::Integer
            | Kind::Float
            | Kind::Dot
            | Kind::RefCurlyLeft
            | Kind::RefCurlyRight
            | Kind::EmptyIndex => {
                let token = self.advance()?;
                let text = self.token_literal(token);
                nodes.text(&text);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn comment(&mut self, nodes: &mut Nodes) -> Result<(), Error> {
        let start = self.advance()?;
        let is_line = self.tokens[start].kind == Kind::SingleLineCommentStart;
        if is_line && self.peek()? == Kind::SingleLineCommentEnd {
            self.advance()?;
        }
        // What a `$` or `#` before the comment left in its first token is printed.
        let text = self.image(start);
        let end = text.find("##").or_else(|| text.find("#*")).unwrap_or(0);
        let kept = text.get(..end).unwrap_or_default().to_owned();
        nodes.text(&kept);
        Ok(())
    }

    fn set(&mut self) -> Result<Node, Error> {
        self.enter()?;
        self.take(Kind::SetDirective)?;
        self.skip_whitespace()?;
        let first = self.next;
        let mut target = self.reference()?;
        if target.steps.is_empty() {
            // Velocity takes the name off the first token: `#set(${a} = 1)` and `#set($!a = 1)`
            // give a value to names that no reference can read.
            let image = self.image(first);
            let name = image.strip_prefix('$').unwrap_or(image).to_owned();
            target.root = self.shared.name(&name);
        }
        self.skip_whitespace()?;
        self.take(Kind::Assign)?;
        let value = self.expression()?;
        self.take(Kind::RightParen)?;
        self.lexer.in_set = false;
        if self.peek()? == Kind::Newline {
            self.advance()?;
        }
        self.leave();
        Ok(Node::Set(Box::new(Set { target, value })))
    }

    fn if_statement(&mut self) -> Result<Node, Error> {
        self.take(Kind::If)?;
        let mut arms = vec![self.arm()?];
        while self.peek()? == Kind::ElseIf {
            self.advance()?;
            arms.push(self.arm()?);
        }
        let mut otherwise = None;
        if self.peek()? == Kind::Else {
            self.advance()?;
            otherwise = Some(self.statements()?);
        }
        self.take(Kind::End)?;
        Ok(Node::If(Box::new(If { arms, otherwise })))
    }

    fn arm(&mut self) -> Result<(Expr, Block), Error> {
        self.skip_whitespace()?;
        self.take(Kind::LeftParen)?;
        let condition = self.expression()?;
        self.take(Kind::RightParen)?;
        Ok((condition, self.statements()?))
    }

    /// The next token's kind.
    pub(super) fn peek(&mut self) -> Result<Kind, Error> {
        self.peek_at(0)
    }

    /// The kind of the token `ahead` places after the next.
    pub(super) fn peek_at(&mut self, ahead: usize) -> Result<Kind, Error> {
        let index = self.next + ahead;
        while self.tokens.len() <= index {
            if let Some(last) = self.tokens.last()
                && last.kind == Kind::Eof
            {
                return Ok(Kind::Eof);
            }
            let token = self.lexer.next();
            let at = self.lexer.offset();
            self.tokens
                .push(token.map_err(|kind| Error::new(self.position(at), kind))?);
        }
        Ok(self.tokens[index].kind)
    }

    /// Consumes the next token, answers its index.
    pub(super) fn advance(&mut self) -> Result<usize, Error> {
        self.peek()?;
        let index = self.next;
        self.next += 1;
        Ok(index)
    }

    pub(super) fn take(&mut self, kind: Kind) -> Result<usize, Error> {
        if self.peek()? == kind {
            return self.advance();
        }
        Err(self.unexpected())
    }

    pub(super) fn skip_whitespace(&mut self) -> Result<(), Error> {
        if self.peek()? == Kind::Whitespace {
            self.advance()?;
        }
        Ok(())
    }

    pub(super) fn unexpected(&mut self) -> Error {
        let index = self.next.min(self.tokens.len().saturating_sub(1));
        let token = &self.tokens[index];
        let found = match token.kind {
            Kind::Eof => "unexpected end of the template".to_owned(),
            _ => format!("unexpected `{}`", self.image(index).trim_end()),
        };
        Error::new(self.position(token.start), ErrorKind::Syntax(found))
    }

    pub(super) fn enter(&mut self) -> Result<(), Error> {
        self.shared.depth += 1;
        if self.shared.depth > limits::NESTING_MAX {
            let kind = ErrorKind::limit("nesting of the template", limits::NESTING_MAX);
            return Err(Error::new(self.position(self.lexer.offset()), kind));
        }
        Ok(())
    }

    pub(super) fn leave(&mut self) {
        self.shared.depth -= 1;
    }

    pub(super) fn lexer(&mut self) -> &mut Lexer<'s> {
        &mut self.lexer
    }

    pub(super) fn source(&self) -> &'s str {
        self.source
    }

    /// Where the token with this index begins.
    pub(super) fn token_position(&self, index: usize) -> Position {
        self.position(self.tokens[index].start)
    }

    pub(super) fn position(&self, offset: usize) -> Position {
        let line = self
            .line_starts
            .partition_point(|start| *start <= offset)
            .max(1)
            - 1;
        let start = self.line_starts[line];
        let before = self.source.get(start..offset).unwrap_or_default();
        let column = u32::try_from(before.chars().count()).unwrap_or(u32::MAX);
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        let column = match line {
            0 => self.origin.column.saturating_add(column),
            _ => column.saturating_add(1),
        };
        Position {
            line: self.origin.line.saturating_add(line),
            column,
        }
    }
}

/// `text` without `length` characters at both ends.
fn cut(text: &str, length: usize) -> String {
    let count = text.chars().count();
    let kept = count.saturating_sub(2 * length);
    text.chars().skip(length).take(kept).collect()
}

/// Collects nodes; texts beside each other become one.
#[derive(Default)]
pub(super) struct Nodes {
    nodes: Vec<Node>,
    text: String,
}

impl Nodes {
    pub(super) fn text(&mut self, text: &str) {
        self.text.push_str(text);
    }

    pub(super) fn push(&mut self, node: Node) {
        self.flush();
        self.nodes.push(node);
    }

    fn flush(&mut self) {
        if !self.text.is_empty() {
            let text = std::mem::take(&mut self.text);
            self.nodes.push(Node::Text(text.into()));
        }
    }

    fn finish(mut self) -> Block {
        self.flush();
        self.nodes.into()
    }
}
