//! The lexer: Velocity 1.7's lexical states, longest match first, earliest kind on a tie.
//!
//! Which tokens there are depends on a state that the tokens themselves change, and the parser
//! too; so tokens are made on demand, one at a time. The quirks that users meet (a `#set` that
//! swallows blanks before it, a `$` at the end that is an error) come from here.

use super::matcher as m;
use super::token::{Image, Kind, Role, State, Token};
use crate::error::ErrorKind;

struct Saved {
    state: State,
    left_parens: usize,
    right_parens: usize,
}

/// Makes tokens of a source.
pub(super) struct Lexer<'s> {
    source: &'s str,
    at: usize,
    state: State,
    saved: Vec<Saved>,
    left_parens: usize,
    right_parens: usize,
    in_comment: bool,
    pub(super) in_set: bool,
    escapes_end: usize,
}

impl<'s> Lexer<'s> {
    pub(super) fn new(source: &'s str) -> Self {
        Self {
            source,
            at: 0,
            state: State::Default,
            saved: Vec::new(),
            left_parens: 0,
            right_parens: 0,
            in_comment: false,
            in_set: false,
            escapes_end: 0,
        }
    }

    /// Where the next token begins.
    pub(super) fn offset(&self) -> usize {
        self.at
    }

    /// The next token in the state of this moment.
    pub(super) fn next(&mut self) -> Result<Token, ErrorKind> {
        let mut special = String::new();
        'token: loop {
            let start = self.at;
            if start >= self.source.len() {
                return Ok(Token {
                    kind: Kind::Eof,
                    image: Image::Span(start, start),
                    special: special.into(),
                    start,
                });
            }
            loop {
                let (kind, length) = self.longest().ok_or_else(|| self.unexpected())?;
                self.at += length;
                match kind.role() {
                    Role::Token => {
                        let image = self.accept(kind, start);
                        let special = special.into();
                        return Ok(Token {
                            kind,
                            image,
                            special,
                            start,
                        });
                    }
                    Role::More => {
                        self.begin_more(kind);
                        if self.at >= self.source.len() {
                            return Err(ErrorKind::Syntax("unexpected end of the template".into()));
                        }
                    }
                    Role::Skip => continue 'token,
                    Role::Special => {
                        self.at -= length;
                        m::push_special(&mut special, self.slice(start, self.at));
                        self.pop();
                        continue 'token;
                    }
                }
            }
        }
    }

    /// Whether a `(` follows, blanks and line ends aside.
    pub(super) fn sees_left_paren(&self) -> bool {
        let rest = self.rest();
        rest.get(m::run(rest, m::is_space)) == Some(&b'(')
    }

    pub(super) fn switch_to_directive(&mut self) {
        self.state = State::Directive;
    }

    /// Back to the state before; false when there is none.
    pub(super) fn pop(&mut self) -> bool {
        match self.saved.pop() {
            Some(saved) => {
                self.left_parens = saved.left_parens;
                self.right_parens = saved.right_parens;
                self.state = saved.state;
                true
            }
            None => {
                self.left_parens = 0;
                self.state = State::Default;
                false
            }
        }
    }

    fn push(&mut self, state: State) {
        self.saved.push(Saved {
            state: self.state,
            left_parens: self.left_parens,
            right_parens: self.right_parens,
        });
        self.left_parens = 0;
        self.state = state;
    }

    fn rest(&self) -> &'s [u8] {
        self.source.as_bytes().get(self.at..).unwrap_or_default()
    }

    fn slice(&self, start: usize, end: usize) -> &'s str {
        // INVARIANT: tokens end between ASCII bytes or where a run of text ends.
        self.source.get(start..end).unwrap_or_default()
    }

    fn unexpected(&self) -> ErrorKind {
        let found = self.slice(self.at, self.source.len()).chars().next();
        ErrorKind::Syntax(format!("unexpected `{}`", found.unwrap_or_default()))
    }

    /// Length of the run of backslashes here, each run measured once.
    fn escapes(&mut self, rest: &[u8]) -> usize {
        if self.escapes_end <= self.at {
            self.escapes_end = self.at + m::run(rest, |byte| byte == b'\\');
        }
        self.escapes_end - self.at
    }

    fn longest(&mut self) -> Option<(Kind, usize)> {
        let rest = self.rest();
        let mut best = Best(None);
        self.everywhere(rest, &mut best);
        match self.state {
            State::Default => self.default_kinds(rest, &mut best),
            State::Directive => directive_kinds(rest, &mut best),
            State::PreDirective => pre_directive_kinds(rest, &mut best),
            State::Reference => reference_kinds(rest, &mut best),
            State::RefModifier => ref_modifier_kinds(rest, &mut best),
            State::RefMod2 => ref_mod2_kinds(rest, &mut best),
            State::RefIndex => ref_index_kinds(rest, &mut best),
            State::TextBlock => {
                best.offer(Kind::TextBlock, m::exact(rest, "]]#"));
                best.offer(Kind::TextBlockChar, Some(1));
            }
            State::MultiLineComment => {
                best.offer(Kind::MultiLineCommentEnd, m::exact(rest, "*#"));
                best.offer(Kind::CommentChar, Some(1));
            }
            State::FormalComment => {
                best.offer(Kind::FormalCommentEnd, m::exact(rest, "*#"));
                best.offer(Kind::CommentChar, Some(1));
            }
            State::SingleLineComment => {
                best.offer(Kind::SingleLineCommentEnd, m::newline(rest));
                best.offer(Kind::CommentChar, Some(1));
            }
        }
        best.0
    }

    fn everywhere(&mut self, rest: &[u8], best: &mut Best) {
        match rest.first() {
            Some(b'\\' | b'$') => {
                let escapes = self.escapes(rest);
                if rest.get(escapes) == Some(&b'$') {
                    best.offer(Kind::Dollar, Some(escapes + 1));
                    best.offer(Kind::DollarBang, m::dollar_bang(rest, escapes));
                }
            }
            Some(b'#') => {
                best.offer(Kind::TextBlockStart, m::exact(rest, "#[["));
                let is_formal =
                    rest.starts_with(b"#**") && !matches!(rest.get(3), None | Some(b'#'));
                best.offer(Kind::FormalCommentStart, is_formal.then_some(4));
                best.offer(Kind::MultiLineCommentStart, m::exact(rest, "#*"));
                best.offer(Kind::Hash, Some(1));
            }
            _ => {}
        }
    }

    fn default_kinds(&mut self, rest: &[u8], best: &mut Best) {
        if rest.first() == Some(&b'\\') {
            let escapes = self.escapes(rest);
            best.offer(Kind::EscapeDirective, m::escape_directive(rest, escapes));
        }
        best.offer(Kind::SetDirective, m::set_directive(rest));
        best.offer(Kind::SingleLineCommentStart, m::exact(rest, "##"));
        best.offer(Kind::DoubleEscape, m::exact(rest, "\\\\"));
        best.offer(Kind::Escape, m::exact(rest, "\\"));
        let text = m::some_run(rest, |byte| !matches!(byte, b'$' | b'#' | b'\\'));
        best.offer(Kind::Text, text);
        best.offer(Kind::EmptyIndex, empty_index(rest));
    }

    /// What a token does to the state; answers its text.
    fn accept(&mut self, kind: Kind, start: usize) -> Image {
        match kind {
            Kind::IndexLeft => self.push(State::RefIndex),
            Kind::IndexRight | Kind::RefCurlyRight => _ = self.pop(),
            Kind::LeftParen => {
                self.left_parens += 1;
                if self.state == State::RefModifier {
                    self.state = State::RefMod2;
                }
            }
            Kind::RightParen => self.close_paren(),
            Kind::RefMod2RightParen => self.state = State::Reference,
            Kind::SetDirective => {
                self.push(State::Directive);
                self.in_set = true;
                self.left_parens += 1;
            }
            Kind::SingleLineCommentStart => {
                if self.state == State::Reference {
                    self.pop();
                }
                self.in_comment = true;
                self.push(State::SingleLineComment);
            }
            Kind::SingleLineCommentEnd
            | Kind::FormalCommentEnd
            | Kind::MultiLineCommentEnd
            | Kind::TextBlock => {
                self.in_comment = false;
                self.pop();
            }
            Kind::Newline => {
                self.pop();
                self.in_set = false;
            }
            Kind::End | Kind::Else => _ = self.pop(),
            Kind::If | Kind::ElseIf => self.state = State::Directive,
            Kind::Dot => {
                self.at -= 1;
                self.state = State::RefModifier;
                return Image::Changed(".".into());
            }
            Kind::StringLiteral | Kind::Integer | Kind::Float => self.accept_literal(kind, start),
            _ => {}
        }
        Image::Span(start, self.at)
    }

    fn accept_literal(&mut self, kind: Kind, start: usize) {
        if kind == Kind::Integer && self.slice(start, self.at).ends_with("..") {
            self.at -= 2;
        }
        let is_outside = self.left_parens == 0 && !self.in_set;
        let ends_directive = match kind {
            Kind::StringLiteral => self.state == State::Directive,
            Kind::Integer => !matches!(self.state, State::RefMod2 | State::RefIndex),
            _ => self.state != State::RefMod2,
        };
        if is_outside && ends_directive {
            self.pop();
        }
    }

    fn close_paren(&mut self) {
        while !self.in_comment {
            if self.left_parens > 0 {
                if self.left_parens == self.right_parens + 1 {
                    self.pop();
                } else {
                    self.right_parens += 1;
                }
                return;
            }
            if !self.pop() {
                return;
            }
        }
    }

    fn begin_more(&mut self, kind: Kind) {
        if self.in_comment {
            return;
        }
        match kind {
            Kind::Dollar | Kind::DollarBang => {
                if self.state == State::Reference {
                    self.pop();
                }
                self.push(State::Reference);
            }
            Kind::Hash => {
                if matches!(self.state, State::Reference | State::RefModifier) {
                    self.pop();
                }
                self.push(State::PreDirective);
            }
            Kind::TextBlockStart => self.begin_comment(State::TextBlock),
            Kind::FormalCommentStart => {
                self.at -= 1;
                self.begin_comment(State::FormalComment);
            }
            Kind::MultiLineCommentStart => self.begin_comment(State::MultiLineComment),
            _ => {}
        }
    }

    fn begin_comment(&mut self, state: State) {
        self.in_comment = true;
        self.push(state);
    }
}

/// The best match so far.
struct Best(Option<(Kind, usize)>);

impl Best {
    fn offer(&mut self, kind: Kind, length: Option<usize>) {
        let Some(length) = length else { return };
        let is_better = match self.0 {
            Some((best, best_length)) => {
                length > best_length || (length == best_length && kind < best)
            }
            None => true,
        };
        if is_better {
            self.0 = Some((kind, length));
        }
    }

    fn all(&mut self, rest: &[u8], kinds: &[(Kind, &str)]) {
        for (kind, text) in kinds {
            self.offer(*kind, m::exact(rest, text));
        }
    }
}

fn directive_kinds(rest: &[u8], best: &mut Best) {
    best.offer(Kind::SingleLineCommentStart, m::exact(rest, "##"));
    let right = m::exact(rest, ")")
        .map(|length| length + m::line_end(rest.get(length..).unwrap_or_default()));
    best.offer(Kind::RightParen, right);
    best.offer(Kind::Newline, m::newline(rest));
    best.all(rest, &OPERATORS);
    best.offer(Kind::Word, m::word(rest));
    best.offer(Kind::BracketedWord, m::bracketed_word(rest));
    best.offer(Kind::LeftParen, m::exact(rest, "("));
    brackets(rest, best);
    values(rest, best);
    truths(rest, best);
}

const OPERATORS: [(Kind, &str); 24] = [
    (Kind::Minus, "-"),
    (Kind::Plus, "+"),
    (Kind::Multiply, "*"),
    (Kind::Divide, "/"),
    (Kind::Modulus, "%"),
    (Kind::And, "&&"),
    (Kind::And, "and"),
    (Kind::Or, "||"),
    (Kind::Or, "or"),
    (Kind::Less, "<"),
    (Kind::Less, "lt"),
    (Kind::LessOrEqual, "<="),
    (Kind::LessOrEqual, "le"),
    (Kind::Greater, ">"),
    (Kind::Greater, "gt"),
    (Kind::GreaterOrEqual, ">="),
    (Kind::GreaterOrEqual, "ge"),
    (Kind::Equal, "=="),
    (Kind::Equal, "eq"),
    (Kind::NotEqual, "!="),
    (Kind::NotEqual, "ne"),
    (Kind::Not, "!"),
    (Kind::Not, "not"),
    (Kind::Assign, "="),
];

fn brackets(rest: &[u8], best: &mut Best) {
    const BRACKETS: [(Kind, &str); 7] = [
        (Kind::LeftBracket, "["),
        (Kind::RightBracket, "]"),
        (Kind::Comma, ","),
        (Kind::DoubleDot, ".."),
        (Kind::Colon, ":"),
        (Kind::LeftCurly, "{"),
        (Kind::RightCurly, "}"),
    ];
    best.all(rest, &BRACKETS);
}

fn values(rest: &[u8], best: &mut Best) {
    best.offer(Kind::Whitespace, m::some_run(rest, m::is_space));
    best.offer(Kind::StringLiteral, m::string_literal(rest));
    best.offer(Kind::Integer, m::integer(rest));
    best.offer(Kind::Float, m::float(rest));
}

fn truths(rest: &[u8], best: &mut Best) {
    best.all(rest, &[(Kind::True, "true"), (Kind::False, "false")]);
}

fn pre_directive_kinds(rest: &[u8], best: &mut Best) {
    best.offer(Kind::SingleLineCommentStart, m::exact(rest, "##"));
    best.offer(Kind::End, m::word_and_line_end(rest, "end", "{end}"));
    best.offer(Kind::If, m::any(rest, &["if", "{if}"]));
    best.offer(Kind::ElseIf, m::any(rest, &["elseif", "{elseif}"]));
    best.offer(Kind::Else, m::word_and_line_end(rest, "else", "{else}"));
    best.offer(Kind::Integer, m::integer(rest));
    best.offer(Kind::Float, m::float(rest));
    best.offer(Kind::Word, m::word(rest));
    best.offer(Kind::BracketedWord, m::bracketed_word(rest));
    best.offer(Kind::DirectiveTerminator, Some(1));
}

fn reference_kinds(rest: &[u8], best: &mut Best) {
    best.offer(Kind::SingleLineCommentStart, m::exact(rest, "##"));
    best.offer(Kind::EmptyIndex, empty_index(rest));
    reference_parts(rest, best);
}

fn ref_modifier_kinds(rest: &[u8], best: &mut Best) {
    best.offer(Kind::LeftParen, m::exact(rest, "("));
    reference_parts(rest, best);
}

fn reference_parts(rest: &[u8], best: &mut Best) {
    best.offer(Kind::IndexLeft, m::exact(rest, "["));
    best.offer(Kind::SetDirective, m::set_directive(rest));
    truths(rest, best);
    best.offer(Kind::Identifier, m::identifier(rest));
    best.offer(Kind::Dot, m::dot(rest));
    best.offer(Kind::RefCurlyLeft, m::exact(rest, "{"));
    best.offer(Kind::RefCurlyRight, m::exact(rest, "}"));
    best.offer(Kind::ReferenceTerminator, Some(1));
}

fn ref_mod2_kinds(rest: &[u8], best: &mut Best) {
    brackets(rest, best);
    best.offer(Kind::RefMod2RightParen, m::exact(rest, ")"));
    best.offer(Kind::SetDirective, m::set_directive(rest));
    values(rest, best);
    truths(rest, best);
    best.offer(Kind::Identifier, m::identifier(rest));
    best.offer(Kind::Dot, m::dot(rest));
}

fn ref_index_kinds(rest: &[u8], best: &mut Best) {
    best.offer(Kind::IndexRight, m::exact(rest, "]"));
    values(rest, best);
    truths(rest, best);
}

fn empty_index(rest: &[u8]) -> Option<usize> {
    m::any(rest, &["$[", "$![", "$\\![", "$."])
}
