//! Directives with a name: `#foreach`, `#macro`, calls of macros.

use super::expression::Operand;
use super::parser::{Nodes, Parser};
use super::token::Kind;
use crate::ast::{Argument, Block, Call, Define, Evaluate, Expr, Foreach, Literal, Macro, Node};
use crate::ast::{Refused, Stop};
use crate::error::{Error, ErrorKind, Position};
use crate::limits;
use std::sync::Arc;

/// An argument of a directive, with its first token.
struct Arg {
    operand: Operand,
    is_word: bool,
    image: String,
}

/// A directive's head and block.
struct Parts {
    first: usize,
    at: Position,
    args: Vec<Arg>,
    body: Option<Body>,
}

struct Body {
    block: Block,
    first: usize,
    last: usize,
}

impl Parser<'_, '_> {
    pub(super) fn directive(&mut self, nodes: &mut Nodes) -> Result<(), Error> {
        let first = self.advance()?;
        let at = self.token_position(first);
        let name = directive_name(self.image(first), self.tokens[first].kind).to_owned();
        let has_block = matches!(name.as_str(), "foreach" | "macro" | "define" | "literal")
            || name.starts_with('@');
        self.lexer().switch_to_directive();
        if !self.lexer().sees_left_paren() {
            self.lexer().pop();
            let parts = Parts {
                first,
                at,
                args: Vec::new(),
                body: None,
            };
            return self.bare(&name, parts, nodes);
        }
        let args = self.arguments(&name, at)?;
        let body = if has_block { Some(self.body()?) } else { None };
        let parts = Parts {
            first,
            at,
            args,
            body,
        };
        if let Some(node) = self.build(&name, parts, nodes)? {
            nodes.push(node);
        }
        Ok(())
    }

    /// A directive without parentheses.
    fn bare(&mut self, name: &str, parts: Parts, nodes: &mut Nodes) -> Result<(), Error> {
        match name {
            "foreach" | "macro" | "define" | "literal" | "evaluate" => {
                Err(invalid(parts.at, format!("`#{name}` needs arguments")))
            }
            _ if name.starts_with('@') => {
                nodes.text("#");
                nodes.text(name);
                Ok(())
            }
            _ => {
                if let Some(node) = self.build(name, parts, nodes)? {
                    nodes.push(node);
                }
                Ok(())
            }
        }
    }

    fn arguments(&mut self, name: &str, at: Position) -> Result<Vec<Arg>, Error> {
        self.skip_whitespace()?;
        self.take(Kind::LeftParen)?;
        let mut args = Vec::new();
        while self.sees_argument()? {
            self.skip_whitespace()?;
            if self.peek()? == Kind::Comma {
                self.advance()?;
                self.skip_whitespace()?;
            }
            let arg = self.argument()?;
            check_argument(name, args.len(), arg.is_word, at)?;
            args.push(arg);
        }
        self.skip_whitespace()?;
        self.take(Kind::RightParen)?;
        Ok(args)
    }

    /// Velocity looks two tokens ahead to see whether one more argument follows.
    fn sees_argument(&mut self) -> Result<bool, Error> {
        let mut ahead = usize::from(self.peek()? == Kind::Whitespace);
        if self.peek_at(ahead)? == Kind::Comma {
            ahead += 1;
            if ahead == 2 || self.peek_at(ahead)? == Kind::Whitespace {
                return Ok(true);
            }
        }
        let second = ahead + 1;
        Ok(match self.peek_at(ahead)? {
            Kind::Word
            | Kind::StringLiteral
            | Kind::Integer
            | Kind::Float
            | Kind::True
            | Kind::False
            | Kind::Identifier => true,
            Kind::RefCurlyLeft => second == 2 || self.peek_at(second)? == Kind::Identifier,
            Kind::LeftCurly => {
                second == 2
                    || matches!(
                        self.peek_at(second)?,
                        Kind::RightCurly | Kind::RefCurlyRight
                    )
                    || begins_parameter(self.peek_at(second)?)
            }
            Kind::LeftBracket => {
                second == 2
                    || self.peek_at(second)? == Kind::RightBracket
                    || begins_parameter(self.peek_at(second)?)
            }
            _ => false,
        })
    }

    fn argument(&mut self) -> Result<Arg, Error> {
        let first = self.next;
        let is_word = self.peek()? == Kind::Word;
        let operand = if is_word {
            self.advance()?;
            Operand {
                expr: Expr::Word,
                first,
                last: first,
            }
        } else {
            self.value()?
        };
        Ok(Arg {
            operand,
            is_word,
            image: self.image(first).to_owned(),
        })
    }

    fn body(&mut self) -> Result<Body, Error> {
        self.peek()?;
        let first = self.next;
        let block = self.statements()?;
        let last = self.next - 1;
        self.take(Kind::End)?;
        Ok(Body { block, first, last })
    }

    fn build(
        &mut self,
        name: &str,
        parts: Parts,
        nodes: &mut Nodes,
    ) -> Result<Option<Node>, Error> {
        match name {
            "foreach" => self.foreach(parts),
            "macro" => {
                self.define_macro(parts)?;
                Ok(None)
            }
            "define" => self.define(parts).map(Some),
            "literal" => {
                let text = self.literal_block(&parts)?;
                nodes.text(&text.0);
                Ok(None)
            }
            "evaluate" => evaluate(parts).map(Some),
            "break" => stop(name, parts).map(|stop| Some(Node::Break(stop))),
            "stop" => stop(name, parts).map(|stop| Some(Node::Stop(stop))),
            "include" | "parse" => Ok(Some(Node::Refused(Box::new(Refused {
                directive: name.into(),
                at: parts.at,
            })))),
            _ => self.call(name, parts).map(Some),
        }
    }

    /// `#foreach($key in $list) … #end`; the word in the middle may be anything.
    fn foreach(&mut self, parts: Parts) -> Result<Option<Node>, Error> {
        let key = match parts.args.first() {
            Some(Arg { operand, .. }) if matches!(operand.expr, Expr::Reference(_)) => {
                match &operand.expr {
                    Expr::Reference(reference) => reference.root.clone(),
                    _ => self.shared.name(""),
                }
            }
            Some(arg) => self.shared.name(without_first(&arg.image)),
            None => self.shared.name(""),
        };
        let count = parts.args.len();
        if count == 2 {
            return Ok(None);
        }
        let mut rest = parts.args.into_iter().skip(2).map(|arg| arg.operand.expr);
        let list = rest.next();
        // A fourth argument stands where Velocity looks for the block.
        let body = match rest.next() {
            Some(Expr::Reference(reference)) => Arc::from([Node::Reference(*reference)]),
            Some(_) => Arc::from([]),
            None => parts.body.map_or_else(|| Arc::from([]), |body| body.block),
        };
        Ok(Some(Node::Foreach(Box::new(Foreach {
            key,
            list,
            body,
            at: parts.at,
        }))))
    }

    fn define(&mut self, parts: Parts) -> Result<Node, Error> {
        let [arg] = parts.args.as_slice() else {
            return Err(invalid(parts.at, "`#define` needs one name".into()));
        };
        Ok(Node::Define(Arc::new(Define {
            key: self.shared.name(without_first(&arg.image)),
            body: parts.body.map_or_else(|| Arc::from([]), |body| body.block),
            depth_max: limits::DEFINE_DEPTH_MAX,
            at: parts.at,
        })))
    }

    fn define_macro(&mut self, parts: Parts) -> Result<(), Error> {
        let mut names = parts.args.iter().map(|arg| arg.image.as_str());
        let Some(name) = names.next() else {
            return Err(invalid(parts.at, "`#macro` needs a name".into()));
        };
        let params = names
            .map(|image| self.shared.name(image.strip_prefix('$').unwrap_or(image)))
            .collect();
        self.shared.known_macros.insert(name.into());
        self.shared.macros.push(Macro {
            name: name.into(),
            params,
            body: parts.body.map_or_else(|| Arc::from([]), |body| body.block),
        });
        Ok(())
    }

    fn literal_block(&mut self, parts: &Parts) -> Result<Literal, Error> {
        match (parts.args.first(), &parts.body) {
            (Some(arg), _) => self.literal(arg.operand.first, arg.operand.last),
            (None, Some(body)) if body.first <= body.last => self.literal(body.first, body.last),
            _ => Err(invalid(parts.at, "`#literal` needs a block".into())),
        }
    }

    fn call(&mut self, name: &str, parts: Parts) -> Result<Node, Error> {
        let literal = self.images(parts.first, self.next - 1)?;
        let bad_word = parts
            .args
            .iter()
            .find(|arg| arg.is_word)
            .map(|arg| arg.image.clone());
        let mut args = Vec::with_capacity(parts.args.len());
        for arg in parts.args {
            let literal = self.literal(arg.operand.first, arg.operand.last)?;
            args.push(Arc::new(Argument {
                expr: arg.operand.expr,
                literal,
            }));
        }
        let key = self.shared.name("bodyContent");
        let body = parts.body.map(|body| {
            Arc::new(Define {
                key,
                body: body.block,
                depth_max: u32::try_from(limits::MACRO_DEPTH_MAX).unwrap_or(u32::MAX),
                at: parts.at,
            })
        });
        Ok(Node::Call(Arc::new(Call {
            name: name.strip_prefix('@').unwrap_or(name).into(),
            args,
            body,
            literal,
            bad_word: bad_word.map(Into::into),
            at: parts.at,
        })))
    }
}

fn directive_name(image: &str, kind: Kind) -> &str {
    let name = image.get(1..).unwrap_or_default();
    match kind {
        Kind::BracketedWord => name.trim_start_matches('{').trim_end_matches('}'),
        _ => name,
    }
}

fn check_argument(name: &str, index: usize, is_word: bool, at: Position) -> Result<(), Error> {
    let is_known = matches!(
        name,
        "foreach"
            | "include"
            | "parse"
            | "macro"
            | "literal"
            | "evaluate"
            | "break"
            | "define"
            | "stop"
    );
    let is_macro_name = name == "macro" && index == 0;
    let is_wrong = if is_word {
        is_known && !is_macro_name && !(name == "foreach" && index == 1)
    } else {
        is_macro_name
    };
    if is_wrong {
        return Err(invalid(
            at,
            format!("invalid argument {index} of `#{name}`"),
        ));
    }
    Ok(())
}

fn begins_parameter(kind: Kind) -> bool {
    matches!(
        kind,
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
    )
}

fn invalid(at: Position, message: String) -> Error {
    Error::new(at, ErrorKind::Syntax(message))
}

/// A text without its first character: how Velocity takes the `$` off a name.
fn without_first(image: &str) -> &str {
    let mut chars = image.chars();
    chars.next();
    chars.as_str()
}

fn evaluate(parts: Parts) -> Result<Node, Error> {
    let at = parts.at;
    let count = parts.args.len();
    match (count, parts.args.into_iter().next()) {
        (1, Some(arg))
            if matches!(
                arg.operand.expr,
                Expr::Text(_) | Expr::Interpolated(_) | Expr::Reference(_)
            ) =>
        {
            let source = arg.operand.expr;
            Ok(Node::Evaluate(Box::new(Evaluate { source, at })))
        }
        _ => Err(invalid(
            at,
            "`#evaluate` needs one text or reference".into(),
        )),
    }
}

fn stop(name: &str, parts: Parts) -> Result<Box<Stop>, Error> {
    if parts.args.len() > 1 {
        return Err(invalid(
            parts.at,
            format!("`#{name}` takes at most one argument"),
        ));
    }
    Ok(Box::new(Stop {
        argument: parts.args.into_iter().next().map(|arg| arg.operand.expr),
        at: parts.at,
    }))
}
