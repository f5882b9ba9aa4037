//! Whether a value satisfies a filter.

use crate::evaluate::Context;
use crate::operand::Operand;
use crate::path::{Filter, Operator, Path, Value};
use crate::{Builder, PathError, Tree};
use regex::Regex;
use std::cmp::Ordering;

impl<B: Builder<Tree: Tree>> Context<'_, B> {
    /// Whether `item` satisfies `filter`; what cannot be compared does not.
    pub(crate) fn accepts(&mut self, filter: &Filter, item: &B::Tree) -> Result<bool, PathError> {
        match self.satisfies(filter, item) {
            Err(PathError::Invalid(_)) => Ok(false),
            other => other,
        }
    }

    fn satisfies(&mut self, filter: &Filter, item: &B::Tree) -> Result<bool, PathError> {
        self.budget.visit()?;
        match filter {
            Filter::Or(terms) => {
                for term in terms {
                    if self.satisfies(term, item)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Filter::And(terms) => {
                for term in terms {
                    if !self.satisfies(term, item)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Filter::Not(inner) => Ok(!self.satisfies(inner, item)?),
            Filter::Exists(path, wanted) => Ok(self.exists(path, item)? == *wanted),
            Filter::Compare(left, operator, right) => self.compare(left, *operator, right, item),
        }
    }

    fn exists(&mut self, path: &Path, item: &B::Tree) -> Result<bool, PathError> {
        let was_strict = std::mem::replace(&mut self.is_strict, true);
        let value = self.value(path, item);
        self.is_strict = was_strict;
        match value {
            Ok(_) => Ok(true),
            Err(PathError::NotFound) => Ok(false),
            Err(other) => Err(other),
        }
    }

    fn compare(
        &mut self,
        left: &Value,
        operator: Operator,
        right: &Value,
        item: &B::Tree,
    ) -> Result<bool, PathError> {
        let left = self.operand(left, item)?;
        let right = self.operand(right, item)?;
        let order = |wanted: &[Ordering]| {
            left.compare(&right)
                .is_some_and(|order| wanted.contains(&order))
        };
        Ok(match operator {
            Operator::Equal => self.equal(&left, &right)?,
            Operator::NotEqual => !self.equal(&left, &right)?,
            Operator::SameTypeEqual => self.same_type_equal(&left, &right)?,
            Operator::SameTypeNotEqual => !self.same_type_equal(&left, &right)?,
            Operator::Less => order(&[Ordering::Less]),
            Operator::LessOrEqual => order(&[Ordering::Less, Ordering::Equal]),
            Operator::Greater => order(&[Ordering::Greater]),
            Operator::GreaterOrEqual => order(&[Ordering::Greater, Ordering::Equal]),
            Operator::Matches => self.matches(&left, &right)?,
            Operator::In => self.is_in(&left, &right)?,
            Operator::NotIn => !self.is_in(&left, &right)?,
            Operator::Contains => match (&left, &right) {
                (Operand::Text(text), Operand::Text(part)) => text.contains(part.as_str()),
                _ if left.is_json() => match self.items(&left)? {
                    Some(items) => self.contains(&items, &right)?,
                    None => false,
                },
                _ => false,
            },
            Operator::All => self.has_all(&left, &right)?,
            Operator::SubsetOf => self.compare_lists(&left, &right, ListTest::Subset)?,
            Operator::AnyOf => self.compare_lists(&left, &right, ListTest::Any)?,
            Operator::NoneOf => self.compare_lists(&left, &right, ListTest::None)?,
            Operator::Size => self.has_size(&left, &right)?,
            Operator::Empty => self.is_empty(&left, &right)?,
            Operator::Exists => match (&left, &right) {
                (Operand::Bool(left), Operand::Bool(right)) => left == right,
                _ => return Err(PathError::invalid("`exists` needs truths")),
            },
            Operator::Type | Operator::Predicate => {
                return Err(PathError::invalid(
                    "operator needs what a path cannot write",
                ));
            }
        })
    }

    fn equal(
        &mut self,
        left: &Operand<B::Tree>,
        right: &Operand<B::Tree>,
    ) -> Result<bool, PathError> {
        match (left, right) {
            (Operand::Tree(left), Operand::Json(_)) => match self.tree(right)? {
                Some(right) => left.equals(&right, 0, &mut |depth| self.budget.visit_at(depth)),
                None => Ok(false),
            },
            // Jayway compares the text of the path with a value here, which never are equal.
            (Operand::Json(_), Operand::Tree(_)) => Ok(false),
            _ => left.equals(right, self.budget),
        }
    }

    fn same_type_equal(
        &mut self,
        left: &Operand<B::Tree>,
        right: &Operand<B::Tree>,
    ) -> Result<bool, PathError> {
        let is_same = std::mem::discriminant(left) == std::mem::discriminant(right)
            || (left.is_json() && right.is_json());
        Ok(is_same && self.equal(left, right)?)
    }

    fn contains(
        &mut self,
        items: &[Operand<B::Tree>],
        wanted: &Operand<B::Tree>,
    ) -> Result<bool, PathError> {
        for item in items {
            self.budget.visit()?;
            if wanted.equals(item, self.budget)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn is_in(
        &mut self,
        left: &Operand<B::Tree>,
        right: &Operand<B::Tree>,
    ) -> Result<bool, PathError> {
        match self.items(right)? {
            Some(items) => self.contains(&items, left),
            None if right.is_json() => Ok(false),
            None => Err(PathError::invalid("`in` needs a list")),
        }
    }

    fn has_all(
        &mut self,
        left: &Operand<B::Tree>,
        right: &Operand<B::Tree>,
    ) -> Result<bool, PathError> {
        let Some(required) = self.items(right)? else {
            return Err(PathError::invalid("`all` needs a list"));
        };
        if !left.is_json() {
            return Ok(false);
        }
        let Some(items) = self.items(left)? else {
            return Ok(true);
        };
        for wanted in &required {
            if !self.contains(&items, wanted)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn compare_lists(
        &mut self,
        left: &Operand<B::Tree>,
        right: &Operand<B::Tree>,
        test: ListTest,
    ) -> Result<bool, PathError> {
        let (Some(items), Some(allowed)) = (self.items(left)?, self.items(right)?) else {
            return Ok(false);
        };
        for item in &items {
            let is_in = self.contains(&allowed, item)?;
            match (test, is_in) {
                (ListTest::Subset, false) | (ListTest::None, true) => return Ok(false),
                (ListTest::Any, true) => return Ok(true),
                _ => {}
            }
        }
        Ok(!matches!(test, ListTest::Any))
    }

    fn has_size(
        &mut self,
        left: &Operand<B::Tree>,
        right: &Operand<B::Tree>,
    ) -> Result<bool, PathError> {
        let Operand::Number(wanted) = right else {
            return Ok(false);
        };
        let size = match left {
            Operand::Text(text) => text.encode_utf16().count(),
            _ => match self.tree(left)? {
                Some(tree) if tree.is_array() => tree.len(),
                _ => return Ok(false),
            },
        };
        Ok(wanted.print() == size.to_string())
    }

    fn is_empty(
        &mut self,
        left: &Operand<B::Tree>,
        right: &Operand<B::Tree>,
    ) -> Result<bool, PathError> {
        let is_empty = match left {
            Operand::Text(text) => text.is_empty(),
            _ => match self.tree(left)? {
                Some(tree) => tree.is_empty(),
                None => return Ok(false),
            },
        };
        match right {
            Operand::Bool(wanted) => Ok(is_empty == *wanted),
            _ => Err(PathError::invalid("`empty` needs a truth")),
        }
    }

    fn matches(
        &mut self,
        left: &Operand<B::Tree>,
        right: &Operand<B::Tree>,
    ) -> Result<bool, PathError> {
        let (pattern, input) = match (left, right) {
            (Operand::Pattern(_), Operand::Pattern(_)) => return Ok(false),
            (Operand::Pattern(pattern), input) | (input, Operand::Pattern(pattern)) => {
                (pattern, input)
            }
            _ => return Ok(false),
        };
        let test = |pattern: &Regex, input: &Operand<B::Tree>| pattern.is_match(&input.input());
        match self.items(input)? {
            Some(items) => Ok(items.iter().any(|item| test(pattern, item))),
            None => Ok(test(pattern, input)),
        }
    }
}

#[derive(Clone, Copy)]
enum ListTest {
    Subset,
    Any,
    None,
}
