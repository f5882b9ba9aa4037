//! Compiled paths.

use crate::{Builder, Json, JsonBuilder, PathError, Tree, compile, evaluate};
use std::sync::Arc;

/// A path, compiled; clones share it.
#[derive(Debug, Clone)]
pub struct JsonPath(Arc<Path>);

impl JsonPath {
    /// Compiles a path. One that starts with neither `$` nor `@` is read as if `$.` stood before.
    ///
    /// # Errors
    /// When the path is invalid or exceeds a bound.
    pub fn parse(path: &str) -> Result<Self, PathError> {
        compile::compile(path, 0).map(|path| Self(Arc::new(path)))
    }

    /// Whether the path names at most one value; reading an indefinite one gives an array.
    pub fn is_definite(&self) -> bool {
        self.0.is_definite()
    }

    /// Reads the path from a document.
    ///
    /// # Errors
    /// [`PathError::NotFound`] when a definite path leads nowhere; others when the path does not
    /// fit the document or a bound is hit.
    pub fn read(&self, document: &Json) -> Result<Json, PathError> {
        self.read_from(document, &mut JsonBuilder)
    }

    /// Reads the path from a document of the caller's type.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn read_from<B: Builder<Tree: Tree>>(
        &self,
        document: &B::Tree,
        builder: &mut B,
    ) -> Result<B::Tree, PathError> {
        evaluate::read(&self.0, document, builder)
    }
}

/// Tokens after `$` or `@`.
#[derive(Debug, Clone)]
pub(crate) struct Path {
    /// Whether it starts at the document (`$`), not at the current value (`@`).
    pub is_root: bool,
    pub tokens: Vec<Token>,
}

#[derive(Debug, Clone)]
pub(crate) enum Token {
    /// `.name`, `['name']`, `['a','b']`.
    Properties(Vec<String>),
    /// `[0]`, `[0,1]`.
    Indexes(Vec<i32>),
    /// `[from:to]`.
    Slice(Slice),
    /// `*`.
    Wildcard,
    /// `..`.
    Scan,
    /// `[?(…)]`.
    Filter(Arc<Filter>),
    /// `name(…)`.
    Function(String, Vec<Parameter>),
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Slice {
    From(i32),
    To(i32),
    Between(i32, i32),
}

#[derive(Debug, Clone)]
pub(crate) enum Parameter {
    Path(Arc<Path>),
    Json(String),
}

impl Path {
    /// Whether the token is definite; several properties are only at the end, where they make
    /// one object.
    fn is_token_definite(&self, index: usize) -> bool {
        match self.tokens.get(index) {
            Some(Token::Properties(names)) => names.len() == 1 || index + 1 == self.tokens.len(),
            Some(Token::Indexes(indexes)) => indexes.len() == 1,
            Some(Token::Function(..)) => true,
            Some(Token::Slice(_) | Token::Wildcard | Token::Scan | Token::Filter(_)) => false,
            None => true,
        }
    }

    pub(crate) fn is_definite(&self) -> bool {
        (0..self.tokens.len()).all(|index| self.is_token_definite(index))
    }

    /// Whether all tokens before this one are definite.
    pub(crate) fn is_definite_before(&self, index: usize) -> bool {
        (0..index).all(|index| self.is_token_definite(index))
    }

    pub(crate) fn is_definite_at(&self, index: usize) -> bool {
        self.is_token_definite(index)
    }

    pub(crate) fn is_function(&self) -> bool {
        matches!(self.tokens.last(), Some(Token::Function(..)))
    }
}

/// A condition.
#[derive(Debug, Clone)]
pub(crate) enum Filter {
    Or(Vec<Filter>),
    And(Vec<Filter>),
    Not(Box<Filter>),
    /// A path that must exist, or must not.
    Exists(Arc<Path>, bool),
    Compare(Value, Operator, Value),
}

/// One side of a comparison.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Path(Arc<Path>),
    Text(String),
    Number(crate::decimal::Decimal),
    Bool(bool),
    Null,
    /// A JSON text, which may turn out to be none when it is compared.
    Json(String),
    Pattern(regex::Regex),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    GreaterOrEqual,
    LessOrEqual,
    Equal,
    SameTypeEqual,
    NotEqual,
    SameTypeNotEqual,
    Less,
    Greater,
    Matches,
    NotIn,
    In,
    Contains,
    All,
    Size,
    Exists,
    Type,
    Predicate,
    Empty,
    SubsetOf,
    AnyOf,
    NoneOf,
}
