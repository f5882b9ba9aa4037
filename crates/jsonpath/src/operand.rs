//! Values that a filter compares.

use crate::decimal::Decimal;
use crate::evaluate::{Budget, Context};
use crate::path::{Path, Value};
use crate::{Builder, Kind, PathError, Tree, parse_json};
use regex::Regex;
use std::cmp::Ordering;

/// One side of a comparison, read from the document or from the path.
pub(crate) enum Operand<T> {
    Text(String),
    Number(Decimal),
    Bool(bool),
    Null,
    /// A path that leads nowhere; equal to nothing.
    Undefined,
    /// An array or object of the document.
    Tree(T),
    /// A JSON text of the path, not yet read.
    Json(String),
    Pattern(Regex),
}

impl<B: Builder<Tree: Tree>> Context<'_, B> {
    pub(crate) fn operand(
        &mut self,
        value: &Value,
        item: &B::Tree,
    ) -> Result<Operand<B::Tree>, PathError> {
        Ok(match value {
            Value::Path(path) => return self.path_operand(path, item),
            Value::Text(text) => Operand::Text(text.clone()),
            Value::Number(number) => Operand::Number(number.clone()),
            Value::Bool(value) => Operand::Bool(*value),
            Value::Null => Operand::Null,
            Value::Json(text) => Operand::Json(text.clone()),
            Value::Pattern(pattern) => Operand::Pattern(pattern.clone()),
        })
    }

    fn path_operand(&mut self, path: &Path, item: &B::Tree) -> Result<Operand<B::Tree>, PathError> {
        let was_strict = std::mem::replace(&mut self.is_strict, false);
        let value = self.value(path, item);
        self.is_strict = was_strict;
        match value {
            Ok(value) => Ok(operand_of(value)),
            Err(PathError::NotFound) => Ok(Operand::Undefined),
            Err(other) => Err(other),
        }
    }

    /// The items of an array operand; none when it is no array.
    pub(crate) fn items(
        &mut self,
        operand: &Operand<B::Tree>,
    ) -> Result<Option<Vec<Operand<B::Tree>>>, PathError> {
        let Some(tree) = self.tree(operand)? else {
            return Ok(None);
        };
        if !tree.is_array() {
            return Ok(None);
        }
        let mut items = Vec::with_capacity(tree.len());
        for index in 0..tree.len() {
            self.budget.visit()?;
            items.extend(tree.item(index).map(operand_of));
        }
        Ok(Some(items))
    }

    /// The array or object of an operand.
    pub(crate) fn tree(
        &mut self,
        operand: &Operand<B::Tree>,
    ) -> Result<Option<B::Tree>, PathError> {
        match operand {
            Operand::Tree(tree) => Ok(Some(tree.clone())),
            Operand::Json(text) => parse_json(text, self.builder)
                .map(Some)
                .map_err(|error| PathError::invalid(error.to_string())),
            _ => Ok(None),
        }
    }
}

fn operand_of<T: Tree>(tree: T) -> Operand<T> {
    match tree.kind() {
        Kind::Null => Operand::Null,
        Kind::Bool(value) => Operand::Bool(value),
        Kind::Number(text) => Decimal::parse(&text).map_or(Operand::Undefined, Operand::Number),
        Kind::Text(text) => Operand::Text(text),
        Kind::Array | Kind::Object => Operand::Tree(tree),
    }
}

impl<T: Tree> Operand<T> {
    pub(crate) fn is_json(&self) -> bool {
        matches!(self, Self::Tree(_) | Self::Json(_))
    }

    /// Jayway's `equals`: a text equals a number when it reads as that number.
    pub(crate) fn equals(&self, other: &Self, budget: &mut Budget) -> Result<bool, PathError> {
        Ok(match (self, other) {
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::Text(a), Self::Number(b)) => *a == b.print(),
            (Self::Number(a), Self::Number(b)) => a.compare(b) == Ordering::Equal,
            (Self::Number(a), Self::Text(b)) => {
                Decimal::parse(b).is_some_and(|b| a.compare(&b) == Ordering::Equal)
            }
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Null, Self::Null) => true,
            (Self::Tree(a), Self::Tree(b)) => {
                a.equals(b, 0, &mut |depth| budget.visit_at(depth))?
            }
            (Self::Json(a), Self::Json(b)) => a == b,
            (Self::Pattern(a), Self::Pattern(b)) => a.as_str() == b.as_str(),
            _ => false,
        })
    }

    /// How two values compare; none when they cannot.
    pub(crate) fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => Some(a.compare(b)),
            (Self::Text(a), Self::Text(b)) => Some(a.encode_utf16().cmp(b.encode_utf16())),
            _ => None,
        }
    }

    /// The text that a pattern is matched against.
    pub(crate) fn input(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.print(),
            Self::Bool(value) => value.to_string(),
            _ => String::new(),
        }
    }
}
