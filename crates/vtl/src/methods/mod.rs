//! The methods and properties of Java's classes that templates call.
//!
//! There is no reflection: what is not listed in these files does not exist, so `getClass` and
//! what it leads to are as undefined as any other name.

mod bits;
mod list;
mod map;
mod number;
mod pattern;
mod scalar;
mod text;
mod text_pattern;
mod utf16;

pub(crate) use pattern::compile as compile_pattern;

use crate::Heap;
use crate::ast::Property;
use crate::value::{CallError, ListKind, Value};

/// What a method gives: none when there is no such method for these arguments.
pub(crate) type Called = Result<Option<Value>, CallError>;

/// Calls `method` of `value`.
pub(crate) fn call(value: &Value, method: &str, args: &[Value], heap: &mut Heap) -> Called {
    if let Some(result) = common(value, method, args, heap)? {
        return Ok(Some(result));
    }
    let called = match value {
        Value::Text(text) => text::call(text, method, args, heap),
        Value::List(list) => list::call(list, method, args, heap),
        Value::Map(map) => map::call(map, method, args, heap),
        Value::View(view) => map::call_view(view, method, args, heap),
        Value::Entry(entry) => map::call_entry(entry, method, args, heap),
        Value::Iter(iter) => scalar::call_iter(iter, method, args),
        Value::Loop(scope) => scalar::call_loop(scope, method, args, heap),
        Value::Bool(value) => scalar::call_bool(*value, method, args, heap),
        Value::Char(value) => scalar::call_char(*value, method, args, heap),
        Value::Object(_) | Value::Null | Value::Block(_) => Ok(None),
        number => number::call(number, method, args, heap),
    }?;
    // Velocity 1.7 takes a method without parameters for one that takes any; Java then refuses
    // the call.
    if called.is_none() && !args.is_empty() && takes_no_arguments(value, method) {
        return Err(CallError::failed("wrong number of arguments"));
    }
    Ok(called)
}

/// Whether the class of `value` has this method without parameters.
fn takes_no_arguments(value: &Value, method: &str) -> bool {
    let names: &[&str] = match value {
        Value::Text(_) => &[
            "length",
            "isEmpty",
            "isBlank",
            "trim",
            "strip",
            "stripLeading",
            "stripTrailing",
            "toLowerCase",
            "toUpperCase",
            "intern",
            "toCharArray",
            "getBytes",
            "chars",
            "lines",
        ],
        Value::List(_) => &[
            "size",
            "isEmpty",
            "iterator",
            "listIterator",
            "toArray",
            "clone",
            "clear",
            "stream",
            "trimToSize",
        ],
        Value::Map(_) => &[
            "size", "isEmpty", "keySet", "values", "entrySet", "clear", "clone",
        ],
        Value::View(_) => &["size", "isEmpty", "iterator", "toArray", "clear", "stream"],
        Value::Entry(_) => &["getKey", "getValue"],
        Value::Iter(_) => &["hasNext", "next"],
        Value::Bool(_) => &["booleanValue"],
        Value::Char(_) => &["charValue"],
        Value::Double(_) => &["isNaN", "isInfinite"],
        _ => &[],
    };
    const OF_NUMBERS: [&str; 6] = [
        "intValue",
        "longValue",
        "doubleValue",
        "floatValue",
        "shortValue",
        "byteValue",
    ];
    let is_common = !matches!(value, Value::Null | Value::Object(_) | Value::Block(_))
        && matches!(method, "toString" | "hashCode");
    is_common || names.contains(&method) || (value.is_number() && OF_NUMBERS.contains(&method))
}

/// `equals` and `hashCode`, which everything has.
fn common(value: &Value, method: &str, args: &[Value], heap: &mut Heap) -> Called {
    match (method, args) {
        ("equals", [other]) => {
            let result = crate::value::equals(value, other, heap)?;
            Ok(Some(Value::Bool(result)))
        }
        ("compareTo", [other]) if !are_comparable(value, other) => match value {
            Value::Text(_) | Value::Bool(_) | Value::Char(_) => Err(uncomparable()),
            number if number.is_number() => Err(uncomparable()),
            _ => Ok(None),
        },
        ("hashCode", []) => Ok(Some(Value::Int(scalar::hash(value, heap, 0)?))),
        _ => Ok(None),
    }
}

/// Java compares only values of the same class, and fails on others.
fn are_comparable(a: &Value, b: &Value) -> bool {
    std::mem::discriminant(a) == std::mem::discriminant(b)
}

fn uncomparable() -> CallError {
    CallError::failed("the argument is of another type")
}

/// The property `name` of `value`: a getter, a map's key, or a truth.
pub(crate) fn property(
    value: &Value,
    property: &Property,
    heap: &mut Heap,
) -> Result<Value, CallError> {
    let name = &*property.name;
    let found = match value {
        Value::Map(map) => map.property(name, &property.hint),
        Value::Loop(scope) if matches!(name, "topmost" | "Topmost") => {
            Some(Value::Loop(scope.topmost()))
        }
        Value::Loop(scope) => scope.property(name),
        Value::Entry(entry) => match name {
            "key" | "Key" => Some(entry.key.clone()),
            "value" | "Value" => Some(entry.value()),
            _ => None,
        },
        Value::List(list) if list.kind() == ListKind::Array => None,
        Value::Text(_) | Value::List(_) | Value::View(_) | Value::Double(_) => {
            truth_property(value, name, heap)?
        }
        _ => None,
    };
    Ok(found.unwrap_or(Value::Null))
}

/// `$x.empty` is `isEmpty()`.
fn truth_property(value: &Value, name: &str, heap: &mut Heap) -> Called {
    let mut chars = name.chars();
    let Some(first) = chars.next() else {
        return Ok(None);
    };
    let getter = format!("is{}{}", first.to_ascii_uppercase(), chars.as_str());
    let result = call(value, &getter, &[], heap)?;
    Ok(result.filter(|result| matches!(result, Value::Bool(_))))
}

/// `#set($x.name = …)`: does nothing where nothing can be set.
pub(crate) fn set_property(
    holder: &Value,
    name: &str,
    value: Value,
    heap: &mut Heap,
) -> Result<(), CallError> {
    match holder {
        Value::Map(map) => {
            heap.put(map, name.into(), value)?;
        }
        Value::Loop(scope) => {
            scope.keep(name.into(), value, heap)?;
        }
        Value::Entry(entry) if matches!(name, "value" | "Value") => {
            heap.put(&entry.map, entry.key.clone(), value)?;
        }
        _ => {}
    }
    Ok(())
}

/// `#set($x[index] = …)`: `set` if there is one, else `put`.
pub(crate) fn set_index(
    holder: &Value,
    index: Value,
    value: Value,
    heap: &mut Heap,
) -> Result<(), CallError> {
    let args = [index, value];
    if call(holder, "set", &args, heap)?.is_none() {
        call(holder, "put", &args, heap)?;
    }
    Ok(())
}

/// `size()`, where there is one.
pub(crate) fn size(value: &Value) -> Option<usize> {
    match value {
        Value::List(list) => Some(list.len()),
        Value::Map(map) => Some(map.len()),
        Value::View(view) => Some(view.map.len()),
        Value::Loop(scope) => Some(scope.kept_count()),
        _ => None,
    }
}

/// What a `void` method gives.
fn nothing(heap: &Heap) -> Option<Value> {
    Some(heap.empty_text())
}

/// `null` as the result of a method that exists.
const NULL: Option<Value> = Some(Value::Null);

/// A count as Java's `int`.
fn int(count: usize) -> Option<Value> {
    Some(Value::Int(i32::try_from(count).unwrap_or(i32::MAX)))
}

/// An index as Java checks it.
fn index(index: i32, count: usize) -> Result<usize, CallError> {
    usize::try_from(index)
        .ok()
        .filter(|index| *index < count)
        .ok_or_else(|| CallError::failed(format!("index {index} out of bounds for length {count}")))
}

/// The elements of a Java `Collection`; an array is none.
fn collection(value: &Value) -> Option<Vec<Value>> {
    match value {
        Value::List(list) if list.kind() != ListKind::Array => Some(list.items()),
        Value::View(view) => Some(view.items()),
        _ => None,
    }
}

/// Whether `items` has an element that equals `wanted`, and where the first one is.
fn position(items: &[Value], wanted: &Value, heap: &mut Heap) -> Result<Option<usize>, CallError> {
    for (index, item) in items.iter().enumerate() {
        if crate::value::equals(item, wanted, heap)? {
            return Ok(Some(index));
        }
    }
    Ok(None)
}

/// A scalar's text, as `toString` gives it; `null` for lists and the like.
fn scalar_text(value: &Value) -> String {
    let mut out = String::new();
    crate::value::write_scalar(value, &mut out);
    out
}
