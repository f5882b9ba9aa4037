//! `ArrayList`, json-smart's `JSONArray`, and arrays, which Velocity wraps as lists.

use super::{Called, collection, index, int, nothing, position};
use crate::Heap;
use crate::value::{CallError, Iter, JsonStyle, List, ListKind, Value, compare, write_json};
use std::cmp::Ordering;
use std::rc::Rc;

pub(super) fn call(list: &List, method: &str, args: &[Value], heap: &mut Heap) -> Called {
    if list.is_stale() {
        return Err(CallError::failed("the list of this part has changed"));
    }
    // These are methods of `ArrayList` alone.
    if list.whole().is_some() && matches!(method, "clone" | "trimToSize" | "ensureCapacity") {
        return Ok(None);
    }
    match args {
        [] => plain(list, method, heap),
        [argument] => with_one(list, method, argument, heap),
        [first, second] => with_two(list, method, first, second, heap),
        _ => Ok(None),
    }
}

fn plain(list: &List, method: &str, heap: &mut Heap) -> Called {
    match method {
        "size" => Ok(int(list.len())),
        "isEmpty" => Ok(Some(Value::Bool(list.is_empty()))),
        "iterator" | "listIterator" => Ok(Some(Value::Iter(Rc::new(Iter::list(list.clone()))))),
        "toArray" => Ok(Some(heap.list(list.items(), ListKind::Array)?)),
        "clone" => {
            let made = heap.list(list.items(), list.kind())?;
            if let Value::List(made) = &made {
                made.trim();
            }
            Ok(Some(made))
        }
        "clear" => {
            if !list.is_empty() {
                changeable(list)?;
            }
            list.change(Vec::clear);
            Ok(nothing(heap))
        }
        "trimToSize" if list.kind() != ListKind::Array => {
            list.trim();
            Ok(nothing(heap))
        }
        "toJSONString" if list.kind() == ListKind::Json => {
            let mut out = String::new();
            let value = Value::List(list.clone());
            write_json(&value, JsonStyle::ForWeb, heap.memory_left(), &mut out)?;
            Ok(Some(heap.text(out)?))
        }
        _ => Ok(None),
    }
}

fn with_one(list: &List, method: &str, argument: &Value, heap: &mut Heap) -> Called {
    match (method, argument) {
        ("get", Value::Int(at)) => {
            let at = index(*at, list.len())?;
            Ok(Some(list.item(at).unwrap_or(Value::Null)))
        }
        ("add", item) => {
            changeable(list)?;
            heap.grow(list, 1, |items| items.push(item.clone()))?;
            Ok(Some(Value::Bool(true)))
        }
        ("addAll", items) => match collection(items) {
            Some(items) => add_all(list, list.len(), items, heap),
            None => Ok(None),
        },
        ("remove", Value::Int(at)) => {
            changeable(list)?;
            let at = index(*at, list.len())?;
            Ok(Some(heap.grow(list, 0, |items| items.remove(at))?))
        }
        ("remove", item) => {
            let at = position(&list.items(), item, heap)?;
            if let Some(at) = at {
                changeable(list)?;
                heap.grow(list, 0, |items| items.remove(at))?;
            }
            Ok(Some(Value::Bool(at.is_some())))
        }
        ("contains", item) => {
            let at = position(&list.items(), item, heap)?;
            Ok(Some(Value::Bool(at.is_some())))
        }
        ("indexOf", item) => Ok(place(position(&list.items(), item, heap)?)),
        ("lastIndexOf", item) => {
            let items: Vec<Value> = list.items().into_iter().rev().collect();
            let at = position(&items, item, heap)?;
            Ok(place(at.map(|at| items.len() - 1 - at)))
        }
        ("containsAll", items) => match collection(items) {
            Some(items) => contains_all(&list.items(), &items, heap),
            None => Ok(None),
        },
        ("removeAll" | "retainAll", items) => match collection(items) {
            Some(items) => keep_some(list, &items, method == "retainAll", heap),
            None => Ok(None),
        },
        ("sort", Value::Null) => sort(list, heap).map(|()| Some(heap.empty_text())),
        ("ensureCapacity", Value::Int(count)) if list.kind() != ListKind::Array => {
            heap.ensure_room(list, usize::try_from(*count).unwrap_or_default())?;
            Ok(nothing(heap))
        }
        _ => Ok(None),
    }
}

fn with_two(list: &List, method: &str, first: &Value, second: &Value, heap: &mut Heap) -> Called {
    let Value::Int(at) = *first else {
        return Ok(None);
    };
    match (method, second) {
        ("set", item) => {
            let at = index(at, list.len())?;
            Ok(Some(list.set(at, item.clone()).unwrap_or(Value::Null)))
        }
        ("add", item) => {
            changeable(list)?;
            let at = index(at, list.len() + 1)?;
            heap.grow(list, 1, |items| items.insert(at, item.clone()))?;
            Ok(nothing(heap))
        }
        ("addAll", items) => match collection(items) {
            Some(items) => {
                let at = index(at, list.len() + 1)?;
                add_all(list, at, items, heap)
            }
            None => Ok(None),
        },
        ("subList", Value::Int(end)) => {
            let from = usize::try_from(at).ok();
            let to = usize::try_from(*end).ok();
            let part = match (from, to) {
                (Some(from), Some(to)) => List::sub_list(list, from, to),
                _ => None,
            };
            let part =
                part.ok_or_else(|| CallError::failed(format!("fromIndex {at}, toIndex {end}")))?;
            Ok(Some(heap.sub_list(part)?))
        }
        _ => Ok(None),
    }
}

/// Arrays, and parts of them, keep their length.
fn changeable(list: &List) -> Result<(), CallError> {
    match (list.whole(), list.kind()) {
        (Some(whole), _) => changeable(whole),
        (None, ListKind::Array) => Err(CallError::failed("an array cannot grow or shrink")),
        (None, _) => Ok(()),
    }
}

/// `sort(null)`: by the natural order, which only values of one class have.
fn sort(list: &List, heap: &mut Heap) -> Result<(), CallError> {
    let mut items = list.items();
    // Each item is compared with about as many others as the count has binary digits.
    let bytes = items
        .iter()
        .map(|item| item.as_text().map_or(64, |text| text.len() + 64));
    heap.work(bytes.fold(0, usize::saturating_add).saturating_mul(16))?;
    if let [first, rest @ ..] = &*items
        && let Some(other) = rest.iter().find(|item| !super::are_comparable(first, item))
    {
        let message = format!("`{}` is of another type", other.scalar_text());
        return Err(CallError::failed(message));
    }
    let is_ordered = |item: &Value| {
        item.is_number() || matches!(item, Value::Text(_) | Value::Bool(_) | Value::Char(_))
    };
    if items.len() > 1 && !items.iter().all(is_ordered) {
        return Err(CallError::failed("the elements have no order"));
    }
    items.sort_by(|a, b| match (a, b) {
        (Value::Text(a), Value::Text(b)) => a.encode_utf16().cmp(b.encode_utf16()),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Char(a), Value::Char(b)) => a.cmp(b),
        (Value::Double(a), Value::Double(b)) => a.total_cmp(b),
        (a, b) => compare(a, b).unwrap_or(Ordering::Equal),
    });
    list.change(|own| *own = items);
    Ok(())
}

fn place(at: Option<usize>) -> Option<Value> {
    match at {
        Some(at) => int(at),
        None => Some(Value::Int(-1)),
    }
}

/// Nothing can be added to any list, to an array too; an `ArrayList` counts that as a change.
fn add_all(list: &List, at: usize, items: Vec<Value>, heap: &mut Heap) -> Called {
    let count = items.len();
    if count > 0 {
        changeable(list)?;
    }
    heap.grow(list, count, |own| own.splice(at..at, items).count())?;
    Ok(Some(Value::Bool(count > 0)))
}

pub(super) fn contains_all(own: &[Value], items: &[Value], heap: &mut Heap) -> Called {
    for item in items {
        if position(own, item, heap)?.is_none() {
            return Ok(Some(Value::Bool(false)));
        }
    }
    Ok(Some(Value::Bool(true)))
}

fn keep_some(list: &List, items: &[Value], keeps: bool, heap: &mut Heap) -> Called {
    let mut kept = Vec::new();
    for item in list.items() {
        if position(items, &item, heap)?.is_some() == keeps {
            kept.push(item);
        }
    }
    let is_changed = kept.len() != list.len();
    if is_changed {
        changeable(list)?;
        heap.grow(list, 0, |own| *own = kept)?;
    }
    Ok(Some(Value::Bool(is_changed)))
}
