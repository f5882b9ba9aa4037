//! The tree of a parsed template.

use crate::Position;
use crate::value::{Hint, Value};
use std::ops::Deref;
use std::sync::{Arc, LazyLock};

/// A name that values are put under.
#[derive(Debug, Clone)]
pub(crate) struct Name {
    text: Arc<str>,
    /// Its number among the template's names, when it is one of the first: a rendering finds its
    /// value by it. Names that come up while rendering have none.
    pub place: Option<u8>,
}

/// Names of a template that have a place.
pub(crate) const PLACES: usize = 64;

impl Name {
    pub(crate) fn new(text: &str, place: Option<usize>) -> Self {
        let place = place.filter(|place| *place < PLACES);
        Self {
            text: text.into(),
            place: place.and_then(|place| u8::try_from(place).ok()),
        }
    }

    pub(crate) fn text(&self) -> &Arc<str> {
        &self.text
    }
}

impl From<Arc<str>> for Name {
    fn from(text: Arc<str>) -> Self {
        Self { text, place: None }
    }
}

impl Deref for Name {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

/// Names that every loop gives values; they have the first places.
#[derive(Debug)]
pub(crate) struct LoopNames {
    pub count: Name,
    pub has_next: Name,
    pub scope: Name,
}

pub(crate) static LOOP_NAMES: LazyLock<LoopNames> = LazyLock::new(|| LoopNames {
    count: Name::new("velocityCount", Some(0)),
    has_next: Name::new("velocityHasNext", Some(1)),
    scope: Name::new("foreach", Some(2)),
});

/// What is rendered one after the other.
pub(crate) type Block = Arc<[Node]>;

/// Something that prints.
#[derive(Debug)]
pub(crate) enum Node {
    Text(Box<str>),
    Reference(Reference),
    Set(Box<Set>),
    If(Box<If>),
    Foreach(Box<Foreach>),
    /// A call of a macro, known or not.
    Call(Arc<Call>),
    Define(Arc<Define>),
    Evaluate(Box<Evaluate>),
    /// `#break`, with the scope it ends.
    Break(Box<Stop>),
    /// `#stop`.
    Stop(Box<Stop>),
    /// A directive that API Gateway has not: rendering it is an error.
    Refused(Box<Refused>),
}

#[derive(Debug)]
pub(crate) struct Set {
    pub target: Reference,
    pub value: Expr,
}

#[derive(Debug)]
pub(crate) struct If {
    pub arms: Vec<(Expr, Block)>,
    pub otherwise: Option<Block>,
}

#[derive(Debug)]
pub(crate) struct Foreach {
    pub key: Name,
    /// None when the directive has too few arguments.
    pub list: Option<Expr>,
    pub body: Block,
    pub at: Position,
}

#[derive(Debug)]
pub(crate) struct Call {
    pub name: Box<str>,
    pub args: Vec<Arc<Argument>>,
    /// The block of `#@name(…) … #end`.
    pub body: Option<Arc<Define>>,
    /// What is printed when there is no such macro.
    pub literal: Literal,
    /// A bare word among the arguments, an error when the macro exists.
    pub bad_word: Option<Box<str>>,
    pub at: Position,
}

#[derive(Debug)]
pub(crate) struct Argument {
    pub expr: Expr,
    pub literal: Literal,
}

/// A block that a name stands for.
#[derive(Debug)]
pub(crate) struct Define {
    pub key: Name,
    pub body: Block,
    pub depth_max: u32,
    pub at: Position,
}

#[derive(Debug)]
pub(crate) struct Evaluate {
    pub source: Expr,
    pub at: Position,
}

#[derive(Debug)]
pub(crate) struct Stop {
    pub argument: Option<Expr>,
    pub at: Position,
}

#[derive(Debug)]
pub(crate) struct Refused {
    pub directive: Box<str>,
    pub at: Position,
}

/// A macro; the same name defined later wins, wherever it is called.
#[derive(Debug)]
pub(crate) struct Macro {
    pub name: Box<str>,
    pub params: Vec<Name>,
    pub body: Block,
}

/// Text as the template had it.
#[derive(Debug, Clone)]
pub(crate) struct Literal(pub Arc<str>);

/// `$name.property.method(…)[index]`.
#[derive(Debug)]
pub(crate) struct Reference {
    pub root: Name,
    pub steps: Vec<Step>,
    /// Nothing that is printed with it stood before it.
    pub is_bare: bool,
    /// An odd number of backslashes stood before it.
    pub escaped: bool,
    /// Half of the backslashes before it.
    pub escapes: Box<str>,
    /// What else stood between them and the last `$`.
    pub prefix: Box<str>,
    /// What is printed in place of an undefined reference, or of an escaped one.
    pub null_text: Literal,
    /// Whether the reference has a value in an expression (`$\!x` and `x` have none).
    pub computable: bool,
    pub at: Position,
}

#[derive(Debug)]
pub(crate) struct Step {
    pub kind: StepKind,
    pub at: Position,
}

/// A property's name.
#[derive(Debug)]
pub(crate) struct Property {
    pub name: Box<str>,
    pub hint: Hint,
}

#[derive(Debug)]
pub(crate) enum StepKind {
    Property(Property),
    Method(Box<str>, Vec<Expr>),
    Index(Expr),
}

/// Something that has a value.
#[derive(Debug)]
pub(crate) enum Expr {
    /// A number or a truth.
    Constant(Constant),
    Text(Arc<str>),
    Interpolated(Interpolated),
    Reference(Box<Reference>),
    List(Vec<Expr>),
    Map(Vec<(Expr, Expr)>),
    Range(Box<(Expr, Expr)>),
    /// A bare word as argument of a macro: no value.
    Word,
    Not(Box<Expr>),
    Or(Vec<Expr>),
    And(Vec<Expr>),
    Compare(Box<Chain<Comparison>>),
    Math(Box<Chain<Math>>),
}

/// What a number literal or `true` stands for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Constant {
    Bool(bool),
    Int(i32),
    Long(i64),
    Big(i128),
    Double(f64),
}

impl Constant {
    pub(crate) fn value(self) -> Value {
        match self {
            Self::Bool(value) => Value::Bool(value),
            Self::Int(value) => Value::Int(value),
            Self::Long(value) => Value::Long(value),
            Self::Big(value) => Value::Big(value.into()),
            Self::Double(value) => Value::Double(value),
        }
    }
}

/// A text in double quotes with references or directives in it.
#[derive(Debug)]
pub(crate) struct Interpolated {
    pub body: Block,
    /// Velocity parses the text with a blank behind it, which is then dropped from the result.
    pub drops_last: bool,
}

/// Operators of one precedence, from left to right.
#[derive(Debug)]
pub(crate) struct Chain<O> {
    pub first: Expr,
    pub rest: Vec<(O, Expr)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug)]
pub(crate) enum Math {
    /// With the texts of both sides, which stand for a side without value beside a text.
    Add(Literal, Literal),
    Subtract,
    Multiply,
    Divide,
    Modulo,
}
