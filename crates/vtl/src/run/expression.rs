//! Values and truths of expressions.

use super::Frame;
use super::node::{Flow, Run, fail};
use crate::ast::{Argument, Chain, Comparison, Constant, Expr, Interpolated, Math};
use crate::error::{ErrorKind, Position};
use crate::value::{ListKind, Operation, Plain, Value, compare, equals, self_operation};
use std::cmp::Ordering;
use std::rc::Rc;

impl Run<'_, '_> {
    /// The value of an expression, null when it has none.
    pub(super) fn value(&mut self, expr: &Expr, frame: &Rc<Frame>) -> Flow<Value> {
        match expr {
            Expr::Constant(constant) => Ok(constant.value()),
            Expr::Reference(reference) if reference.steps.is_empty() && reference.computable => {
                self.resolve(reference, frame)
            }
            _ => self.nested(|run| run.nested_value(expr, frame)),
        }
    }

    fn nested_value(&mut self, expr: &Expr, frame: &Rc<Frame>) -> Flow<Value> {
        Ok(match expr {
            Expr::Constant(constant) => constant.value(),
            Expr::Text(text) => {
                let text = self.heap.text(&**text);
                text.map_err(|kind| fail(Position::default(), kind))?
            }
            Expr::Interpolated(text) => self.interpolate(text, frame)?,
            Expr::Reference(reference) if !reference.computable => Value::Null,
            Expr::Reference(reference) => self.resolve(reference, frame)?,
            Expr::List(items) => {
                let mut values = Vec::with_capacity(items.len());
                for item in items {
                    values.push(self.value(item, frame)?);
                }
                self.made(|heap| heap.list(values, ListKind::Java))?
            }
            Expr::Map(entries) => {
                let mut values = Vec::with_capacity(entries.len());
                for (key, value) in entries {
                    values.push((self.value(key, frame)?, self.value(value, frame)?));
                }
                self.made(|heap| heap.map(values))?
            }
            Expr::Range(ends) => self.range(&ends.0, &ends.1, frame)?,
            Expr::Word => Value::Null,
            Expr::Not(_) | Expr::Or(_) | Expr::And(_) => Value::Bool(self.truth(expr, frame)?),
            Expr::Compare(chain) => self.compare(chain, frame)?,
            Expr::Math(chain) => self.math(chain, frame)?,
        })
    }

    /// Whether an expression is true: only truths, comparisons and references can be.
    pub(super) fn truth(&mut self, expr: &Expr, frame: &Rc<Frame>) -> Flow<bool> {
        self.step(Position::default())?;
        self.nested(|run| run.nested_truth(expr, frame))
    }

    fn nested_truth(&mut self, expr: &Expr, frame: &Rc<Frame>) -> Flow<bool> {
        if let Expr::Reference(reference) = expr
            && let Some(is_true) = self.read_plain(reference, frame, |_, plain| {
                // What is undefined is true as well.
                !matches!(plain, Plain::Bool(false))
            })?
        {
            return Ok(is_true);
        }
        Ok(match expr {
            Expr::Constant(Constant::Bool(value)) => *value,
            Expr::Reference(reference) => match self.resolve(reference, frame)? {
                Value::Bool(value) => value,
                value @ Value::Block(_) => self.text_of(&value, reference.at)?.is_some(),
                // Velocity asks for the text of everything, which has no end where a list
                // contains itself.
                value if self.nests && value.is_container() => {
                    self.text_of(&value, reference.at)?.is_some()
                }
                _ => true,
            },
            Expr::Not(inner) => !self.truth(inner, frame)?,
            Expr::Or(terms) => {
                for term in terms {
                    if self.truth(term, frame)? {
                        return Ok(true);
                    }
                }
                false
            }
            Expr::And(terms) => {
                for term in terms {
                    if !self.truth(term, frame)? {
                        return Ok(false);
                    }
                }
                true
            }
            Expr::Compare(chain) => matches!(self.compare(chain, frame)?, Value::Bool(true)),
            _ => false,
        })
    }

    /// An argument of a macro, evaluated where the macro was called.
    pub(super) fn argument(&mut self, argument: &Argument, frame: &Rc<Frame>) -> Flow<Value> {
        match &argument.expr {
            // A plain name that is undefined stays so, and its parameter as well.
            Expr::Reference(reference) if reference.steps.is_empty() => {
                self.step(reference.at)?;
                self.variable(frame, &reference.root)
            }
            Expr::Reference(reference) => self.resolve(reference, frame),
            expr => self.value(expr, frame),
        }
    }

    fn interpolate(&mut self, text: &Interpolated, frame: &Rc<Frame>) -> Flow<Value> {
        let mut out = String::new();
        self.render(&text.body, frame, &mut out)?;
        if text.drops_last {
            out.pop();
        }
        self.made(|heap| heap.text(out))
    }

    fn range(&mut self, from: &Expr, to: &Expr, frame: &Rc<Frame>) -> Flow<Value> {
        let (from, to) = (self.value(from, frame)?, self.value(to, frame)?);
        let (Some(from), Some(to)) = (from.int_value(), to.int_value()) else {
            return Ok(Value::Null);
        };
        let count = usize::try_from(from.abs_diff(to))
            .unwrap_or(usize::MAX)
            .saturating_add(1);
        self.made(|heap| {
            // What does not fit is refused before it is made.
            if count > heap.memory_left() / size_of::<Value>() {
                return Err(ErrorKind::limit("length of a range", heap.memory_left()));
            }
            heap.work(count * size_of::<Value>())?;
            let items = if from < to {
                (from..=to).map(Value::Int).collect()
            } else {
                (to..=from).rev().map(Value::Int).collect()
            };
            heap.list(items, ListKind::Java)
        })
    }

    fn compare(&mut self, chain: &Chain<Comparison>, frame: &Rc<Frame>) -> Flow<Value> {
        let mut left = self.value(&chain.first, frame)?;
        for (operator, right) in &chain.rest {
            self.step(Position::default())?;
            let right = self.value(right, frame)?;
            let is_true = match operator {
                Comparison::Equal => self.equal(&left, &right)?,
                Comparison::NotEqual => !self.equal(&left, &right)?,
                _ => compare(&left, &right).is_some_and(|order| holds(*operator, order)),
            };
            left = Value::Bool(is_true);
        }
        Ok(left)
    }

    /// Numbers by value, equal types by `equals`, everything else by its text.
    fn equal(&mut self, left: &Value, right: &Value) -> Flow<bool> {
        if left.is_number() && right.is_number() {
            return Ok(compare(left, right) == Some(Ordering::Equal));
        }
        if !left.is_null() && !right.is_null() && are_same_type(left, right) {
            let result = equals(left, right, self.heap);
            return result.map_err(|kind| fail(Position::default(), kind));
        }
        // The other side of null is printed as well, which a block notices.
        Ok(self.side(left)? == self.side(right)?)
    }

    fn side(&mut self, value: &Value) -> Flow<Option<Rc<str>>> {
        match value {
            Value::Null => Ok(None),
            value => self.text_of(value, Position::default()),
        }
    }

    fn math(&mut self, chain: &Chain<Math>, frame: &Rc<Frame>) -> Flow<Value> {
        let mut left = self.value(&chain.first, frame)?;
        for (operator, right) in &chain.rest {
            self.step(Position::default())?;
            let right = self.value(right, frame)?;
            left = self.operate(operator, left, right)?;
        }
        Ok(left)
    }

    fn operate(&mut self, operator: &Math, left: Value, right: Value) -> Flow<Value> {
        let operation = match operator {
            Math::Add(left_text, right_text) => {
                let is_text = |value: &Value| matches!(value, Value::Text(_));
                if is_text(&left) || is_text(&right) {
                    return self.concat(&left, &right, &left_text.0, &right_text.0);
                }
                Operation::Add
            }
            Math::Subtract => Operation::Subtract,
            Math::Multiply => Operation::Multiply,
            Math::Divide => Operation::Divide,
            Math::Modulo => Operation::Modulo,
        };
        if !(left.is_number() && right.is_number()) {
            return Ok(Value::Null);
        }
        self_operation(operation, &left, &right).ok_or_else(|| {
            let message = "these numbers cannot be computed with".into();
            fail(Position::default(), ErrorKind::Invalid(message))
        })
    }

    /// A side without value counts with its text in the template.
    fn concat(
        &mut self,
        left: &Value,
        right: &Value,
        left_text: &str,
        right_text: &str,
    ) -> Flow<Value> {
        let mut out = String::new();
        for (value, text) in [(left, left_text), (right, right_text)] {
            match value {
                Value::Null => out.push_str(text),
                Value::Block(_) => {
                    // Velocity ends with a NullPointerException.
                    let text = self.text_of(value, Position::default())?.ok_or_else(|| {
                        let message = "a `#define` block too deep in itself has no text".into();
                        fail(Position::default(), ErrorKind::Invalid(message))
                    })?;
                    out.push_str(&text);
                }
                value => self.print_into(value, Position::default(), &mut out)?,
            }
        }
        self.made(|heap| heap.text(out))
    }

    fn made(
        &mut self,
        make: impl FnOnce(&mut super::Heap) -> Result<Value, ErrorKind>,
    ) -> Flow<Value> {
        make(self.heap).map_err(|kind| fail(Position::default(), kind))
    }
}

fn holds(operator: Comparison, order: Ordering) -> bool {
    match operator {
        Comparison::Less => order == Ordering::Less,
        Comparison::LessOrEqual => order != Ordering::Greater,
        Comparison::Greater => order == Ordering::Greater,
        Comparison::GreaterOrEqual => order != Ordering::Less,
        Comparison::Equal => order == Ordering::Equal,
        Comparison::NotEqual => order != Ordering::Equal,
    }
}

fn are_same_type(left: &Value, right: &Value) -> bool {
    match (left, right) {
        // An array is no list to Java.
        (Value::List(a), Value::List(b)) => {
            (a.kind() == ListKind::Array) == (b.kind() == ListKind::Array)
        }
        (Value::View(a), Value::View(b)) => a.kind == b.kind,
        _ => std::mem::discriminant(left) == std::mem::discriminant(right),
    }
}
