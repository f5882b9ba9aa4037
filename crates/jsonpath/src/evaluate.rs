//! Reading a path from a document.

use crate::path::{Path, Slice, Token};
use crate::{Builder, PathError, Tree, function, limits};
use std::borrow::Cow;

/// Reads `path` from `document`.
pub(crate) fn read<B: Builder<Tree: Tree>>(
    path: &Path,
    document: &B::Tree,
    builder: &mut B,
) -> Result<B::Tree, PathError> {
    let mut budget = Budget {
        visits: 0,
        depth: 0,
    };
    let mut context = Context {
        root: document.clone(),
        builder,
        budget: &mut budget,
        is_strict: false,
    };
    context.value(path, document)
}

/// What one reading may still do.
pub(crate) struct Budget {
    visits: usize,
    /// Scans under way inside each other, those of filters included.
    depth: usize,
}

impl Budget {
    pub(crate) fn visit(&mut self) -> Result<(), PathError> {
        self.visits += 1;
        if self.visits > limits::VISITS_MAX {
            return Err(PathError::Limit {
                what: "number of visited values",
                limit: limits::VISITS_MAX,
            });
        }
        Ok(())
    }

    /// A visit so deep in a value.
    pub(crate) fn visit_at(&mut self, depth: usize) -> Result<(), PathError> {
        if depth > limits::VALUE_DEPTH_MAX {
            return Err(PathError::Limit {
                what: "depth of a value",
                limit: limits::VALUE_DEPTH_MAX,
            });
        }
        self.visit()
    }
}

/// One reading.
pub(crate) struct Context<'c, B: Builder<Tree: Tree>> {
    pub root: B::Tree,
    pub builder: &'c mut B,
    pub budget: &'c mut Budget,
    /// Whether a missing property is an error everywhere (Jayway's `REQUIRE_PROPERTIES`).
    pub is_strict: bool,
}

type Results<T> = Vec<T>;

impl<B: Builder<Tree: Tree>> Context<'_, B> {
    /// The value of a path: what a definite one finds, or an array of all that others find.
    pub(crate) fn value(&mut self, path: &Path, model: &B::Tree) -> Result<B::Tree, PathError> {
        let start = if path.is_root {
            self.root.clone()
        } else {
            model.clone()
        };
        let mut results = Vec::new();
        self.token(path, 0, &start, &mut results)?;
        if path.is_definite() {
            return results.into_iter().next().ok_or(PathError::NotFound);
        }
        Ok(self.builder.array(results.into_iter()))
    }

    fn found(&self, value: B::Tree, results: &mut Results<B::Tree>) -> Result<(), PathError> {
        if results.len() >= limits::RESULTS_MAX {
            return Err(PathError::Limit {
                what: "number of results",
                limit: limits::RESULTS_MAX,
            });
        }
        results.push(value);
        Ok(())
    }

    /// Applies the token at `index` to `model`.
    fn token(
        &mut self,
        path: &Path,
        index: usize,
        model: &B::Tree,
        results: &mut Results<B::Tree>,
    ) -> Result<(), PathError> {
        self.budget.visit()?;
        match path.tokens.get(index) {
            None => self.found(model.clone(), results),
            Some(Token::Properties(names)) => self.properties(path, index, names, model, results),
            Some(Token::Indexes(indexes)) => {
                if self.is_indexable(path, index, model)? {
                    for wanted in indexes {
                        self.item(path, index, *wanted, model, results)?;
                    }
                }
                Ok(())
            }
            Some(Token::Slice(slice)) => {
                if self.is_indexable(path, index, model)? {
                    for wanted in slice.range(model.len()) {
                        self.item(path, index, wanted, model, results)?;
                    }
                }
                Ok(())
            }
            Some(Token::Wildcard) => self.wildcard(path, index, model, results),
            Some(Token::Scan) => self.scan(path, index + 1, model, results),
            Some(Token::Filter(filter)) => {
                if model.is_object() {
                    if self.accepts(filter, model)? {
                        self.token(path, index + 1, model, results)?;
                    }
                } else if model.is_array() {
                    for at in 0..model.len() {
                        let Some(item) = model.item(at) else { break };
                        if self.accepts(filter, &item)? {
                            self.token(path, index + 1, &item, results)?;
                        }
                    }
                } else if path.is_definite_before(index) {
                    return Err(PathError::invalid(
                        "a filter cannot be applied to a primitive",
                    ));
                }
                Ok(())
            }
            Some(Token::Function(name, parameters)) => {
                let value = function::call(self, name, parameters, model)?;
                self.found(value.clone(), results)?;
                match path.tokens.get(index + 1) {
                    Some(_) => self.token(path, index + 1, &value, results),
                    None => Ok(()),
                }
            }
        }
    }

    fn properties(
        &mut self,
        path: &Path,
        index: usize,
        names: &[String],
        model: &B::Tree,
        results: &mut Results<B::Tree>,
    ) -> Result<(), PathError> {
        if !model.is_object() {
            return match path.is_definite_before(index) {
                true => Err(PathError::NotFound),
                false => Ok(()),
            };
        }
        let is_leaf = index + 1 == path.tokens.len();
        if let [_] = names {
        } else if is_leaf {
            return self.merged(names, model, results);
        }
        for name in names {
            self.property(path, index, name, model, results)?;
        }
        Ok(())
    }

    /// Several properties at the end of a path: one object of those that exist.
    fn merged(
        &mut self,
        names: &[String],
        model: &B::Tree,
        results: &mut Results<B::Tree>,
    ) -> Result<(), PathError> {
        let mut members = Vec::new();
        for name in names {
            self.budget.visit()?;
            match model.member(name) {
                Some(value) => members.push((Cow::Borrowed(name.as_str()), value)),
                None if self.is_strict => return Err(PathError::NotFound),
                None => {}
            }
        }
        let object = self.builder.object(members.into_iter());
        self.found(object, results)
    }

    fn property(
        &mut self,
        path: &Path,
        index: usize,
        name: &str,
        model: &B::Tree,
        results: &mut Results<B::Tree>,
    ) -> Result<(), PathError> {
        if let Some(value) = model.member(name) {
            return self.token(path, index + 1, &value, results);
        }
        let is_leaf = index + 1 == path.tokens.len();
        let is_definite = path.is_definite_before(index) && path.is_definite_at(index);
        match self.is_strict || (!is_leaf && is_definite) {
            true => Err(PathError::NotFound),
            false => Ok(()),
        }
    }

    fn is_indexable(&self, path: &Path, index: usize, model: &B::Tree) -> Result<bool, PathError> {
        if model.is_array() {
            return Ok(true);
        }
        match path.is_definite_before(index) {
            true => Err(PathError::NotFound),
            false => Ok(false),
        }
    }

    /// The item at an index, from the end when negative; nothing when there is none.
    fn item(
        &mut self,
        path: &Path,
        index: usize,
        wanted: i32,
        model: &B::Tree,
        results: &mut Results<B::Tree>,
    ) -> Result<(), PathError> {
        let count = i64::try_from(model.len()).unwrap_or(i64::MAX);
        let at = if wanted < 0 {
            count + i64::from(wanted)
        } else {
            i64::from(wanted)
        };
        let item = usize::try_from(at).ok().and_then(|at| model.item(at));
        match item {
            Some(item) => self.token(path, index + 1, &item, results),
            None => Ok(()),
        }
    }

    fn wildcard(
        &mut self,
        path: &Path,
        index: usize,
        model: &B::Tree,
        results: &mut Results<B::Tree>,
    ) -> Result<(), PathError> {
        if model.is_object() {
            for at in 0..model.len() {
                let Some((_, value)) = model.member_at(at) else {
                    break;
                };
                self.token(path, index + 1, &value, results)?;
            }
        } else if model.is_array() {
            for at in 0..model.len() {
                let Some(item) = model.item(at) else { break };
                match self.token(path, index + 1, &item, results) {
                    Err(PathError::NotFound) if !self.is_strict => {}
                    other => other?,
                }
            }
        }
        Ok(())
    }

    /// Applies the token at `index` to `model` and to everything inside it.
    fn scan(
        &mut self,
        path: &Path,
        index: usize,
        model: &B::Tree,
        results: &mut Results<B::Tree>,
    ) -> Result<(), PathError> {
        self.budget.visit_at(self.budget.depth)?;
        self.budget.depth += 1;
        let result = self.scan_deeper(path, index, model, results);
        self.budget.depth -= 1;
        result
    }

    fn scan_deeper(
        &mut self,
        path: &Path,
        index: usize,
        model: &B::Tree,
        results: &mut Results<B::Tree>,
    ) -> Result<(), PathError> {
        let is_leaf = index + 1 >= path.tokens.len();
        if model.is_object() {
            if self.scan_matches(path, index, model)? {
                self.token(path, index, model, results)?;
            }
            for at in 0..model.len() {
                let Some((_, value)) = model.member_at(at) else {
                    break;
                };
                self.scan(path, index, &value, results)?;
            }
        } else if model.is_array() {
            if self.scan_matches(path, index, model)? {
                if is_leaf {
                    self.token(path, index, model, results)?;
                } else {
                    // Jayway takes every item here, whatever the token says.
                    for at in 0..model.len() {
                        let Some(item) = model.item(at) else { break };
                        self.token(path, index + 1, &item, results)?;
                    }
                }
            }
            for at in 0..model.len() {
                let Some(item) = model.item(at) else { break };
                self.scan(path, index, &item, results)?;
            }
        }
        Ok(())
    }

    fn scan_matches(
        &mut self,
        path: &Path,
        index: usize,
        model: &B::Tree,
    ) -> Result<bool, PathError> {
        Ok(match path.tokens.get(index) {
            Some(Token::Properties(names)) => {
                let has_all = || names.iter().all(|name| model.member(name).is_some());
                model.is_object() && (!path.is_definite_at(index) || has_all())
            }
            Some(Token::Indexes(_) | Token::Slice(_)) => model.is_array(),
            Some(Token::Wildcard) => true,
            Some(Token::Filter(filter)) => self.accepts(filter, model)?,
            _ => false,
        })
    }
}

impl Slice {
    /// The indexes of the slice in an array of `count` items; negative ones count from the end.
    fn range(self, count: usize) -> std::ops::Range<i32> {
        let count = i32::try_from(count).unwrap_or(i32::MAX);
        match self {
            Self::From(from) if from < 0 => count.saturating_add(from).max(0)..count,
            Self::From(from) => from..count,
            Self::To(to) if to < 0 => 0..count.saturating_add(to),
            Self::To(to) => 0..to.min(count),
            Self::Between(_, _) if count == 0 => 0..0,
            // An index before the beginning gives nothing; so does starting far before it.
            Self::Between(from, to) => from.max(count.saturating_neg())..to.min(count),
        }
    }
}
