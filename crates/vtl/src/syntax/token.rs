//! Tokens and lexical states of Velocity 1.7.

/// Lexical states; which tokens exist depends on the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Default,
    Directive,
    PreDirective,
    Reference,
    RefModifier,
    RefMod2,
    RefIndex,
    TextBlock,
    MultiLineComment,
    FormalComment,
    SingleLineComment,
}

/// Kinds of tokens, in the order in which equal matches win.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Eof,
    IndexLeft,
    IndexRight,
    LeftBracket,
    RightBracket,
    Comma,
    DoubleDot,
    Colon,
    LeftCurly,
    RightCurly,
    LeftParen,
    RightParen,
    RefMod2RightParen,
    EscapeDirective,
    SetDirective,
    Dollar,
    DollarBang,
    TextBlockStart,
    FormalCommentStart,
    MultiLineCommentStart,
    Hash,
    SingleLineCommentStart,
    DoubleEscape,
    Escape,
    Text,
    SingleLineCommentEnd,
    FormalCommentEnd,
    MultiLineCommentEnd,
    TextBlock,
    CommentChar,
    TextBlockChar,
    Whitespace,
    StringLiteral,
    True,
    False,
    Newline,
    Minus,
    Plus,
    Multiply,
    Divide,
    Modulus,
    And,
    Or,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
    Not,
    Assign,
    End,
    If,
    ElseIf,
    Else,
    Integer,
    Float,
    Word,
    BracketedWord,
    Identifier,
    Dot,
    RefCurlyLeft,
    RefCurlyRight,
    ReferenceTerminator,
    DirectiveTerminator,
    EmptyIndex,
}

/// What the lexer does with a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Hands it to the parser.
    Token,
    /// Keeps its text as the beginning of the next token.
    More,
    /// Drops it.
    Skip,
    /// Drops it, but the next token remembers its text.
    Special,
}

impl Kind {
    pub(super) fn role(self) -> Role {
        match self {
            Self::Dollar
            | Self::DollarBang
            | Self::TextBlockStart
            | Self::FormalCommentStart
            | Self::MultiLineCommentStart
            | Self::Hash
            | Self::TextBlockChar => Role::More,
            Self::CommentChar => Role::Skip,
            Self::ReferenceTerminator | Self::DirectiveTerminator => Role::Special,
            _ => Role::Token,
        }
    }
}

/// A token's text: a stretch of the source, unless the parser changed it.
#[derive(Debug, Clone)]
pub(super) enum Image {
    Span(usize, usize),
    Changed(Box<str>),
}

/// A token with where it began.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub kind: Kind,
    pub image: Image,
    /// What dropped `$` and `#` before this token add to its literal text.
    pub special: Box<str>,
    pub start: usize,
}
