//! Java's `equals`.

use super::{List, Map, Value};
use crate::{ErrorKind, Heap, limits};

/// Whether two values are equal as Java's `equals` says.
pub(crate) fn equals(a: &Value, b: &Value, heap: &mut Heap) -> Result<bool, ErrorKind> {
    deep(a, b, heap, 0)
}

fn deep(a: &Value, b: &Value, heap: &mut Heap, depth: usize) -> Result<bool, ErrorKind> {
    if depth > limits::VALUE_DEPTH_MAX {
        return Err(ErrorKind::limit(
            "depth of a value",
            limits::VALUE_DEPTH_MAX,
        ));
    }
    heap.step()?;
    match (a, b) {
        (Value::List(a), Value::List(b)) => lists(a, b, heap, depth),
        (Value::Map(a), Value::Map(b)) => maps(a, b, heap, depth),
        (Value::Text(a), Value::Text(b)) => {
            heap.work(a.len().min(b.len()))?;
            Ok(a == b)
        }
        _ => Ok(scalars_equal(a, b)),
    }
}

fn lists(a: &List, b: &List, heap: &mut Heap, depth: usize) -> Result<bool, ErrorKind> {
    if a.is(b) {
        return Ok(true);
    }
    if a.is_stale() || b.is_stale() {
        let message = "the list of this part has changed".into();
        return Err(ErrorKind::Invalid(message));
    }
    if a.len() != b.len() || a.kind() == super::ListKind::Array {
        return Ok(false);
    }
    for index in 0..a.len() {
        let (Some(x), Some(y)) = (a.item(index), b.item(index)) else {
            return Ok(false);
        };
        if !deep(&x, &y, heap, depth + 1)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn maps(a: &Map, b: &Map, heap: &mut Heap, depth: usize) -> Result<bool, ErrorKind> {
    if a.is(b) {
        return Ok(true);
    }
    if a.len() != b.len() {
        return Ok(false);
    }
    for index in 0..a.len() {
        let Some((key, x)) = a.entry(index) else {
            return Ok(false);
        };
        match b.get(&key) {
            Some(y) if deep(&x, &y, heap, depth + 1)? => {}
            _ => return Ok(false),
        }
    }
    Ok(true)
}

/// Equality of everything but texts, lists and maps, which the callers compare.
pub(super) fn scalars_equal(a: &Value, b: &Value) -> bool {
    use std::rc::Rc;
    match (a, b) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Int(a), Value::Int(b)) => a == b,
        (Value::Long(a), Value::Long(b)) => a == b,
        (Value::Big(a), Value::Big(b)) => a == b,
        (Value::Double(a), Value::Double(b)) => a.to_bits() == b.to_bits(),
        (Value::Decimal(a), Value::Decimal(b)) => a == b,
        (Value::Char(a), Value::Char(b)) => a == b,
        (Value::Entry(a), Value::Entry(b)) => {
            Rc::ptr_eq(a, b)
                || (scalars_or_texts(&a.key, &b.key) && scalars_or_texts(&a.value(), &b.value()))
        }
        (Value::View(a), Value::View(b)) => a.kind == b.kind && a.map.is(&b.map),
        (Value::Iter(a), Value::Iter(b)) => Rc::ptr_eq(a, b),
        (Value::Loop(a), Value::Loop(b)) => Rc::ptr_eq(a, b),
        (Value::Block(a), Value::Block(b)) => Rc::ptr_eq(a, b),
        (Value::Object(a), Value::Object(b)) => a == b,
        _ => false,
    }
}

fn scalars_or_texts(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Text(a), Value::Text(b)) => a == b,
        _ => scalars_equal(a, b),
    }
}
