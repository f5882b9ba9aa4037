//! `Boolean`, `Character`, iterators and `$foreach`; hash codes of everything.

use super::{Called, NULL, scalar_text};
use crate::run::Loop;
use crate::value::{CallError, Iter, Value};
use crate::{ErrorKind, Heap, limits};
use std::rc::Rc;

pub(super) fn call_bool(value: bool, method: &str, args: &[Value], heap: &mut Heap) -> Called {
    Ok(match (method, args) {
        ("booleanValue", []) => Some(Value::Bool(value)),
        ("compareTo", [Value::Bool(other)]) => {
            Some(Value::Int(i32::from(value) - i32::from(*other)))
        }
        ("parseBoolean" | "valueOf", [Value::Text(text)]) => {
            Some(Value::Bool(text.eq_ignore_ascii_case("true")))
        }
        ("valueOf", [Value::Bool(other)]) => Some(Value::Bool(*other)),
        ("toString", [Value::Bool(other)]) => Some(heap.text(other.to_string())?),
        ("compare", [Value::Bool(a), Value::Bool(b)]) => {
            Some(Value::Int(i32::from(*a) - i32::from(*b)))
        }
        ("hashCode", [Value::Bool(_)]) => match args {
            [other] => Some(Value::Int(hash(other, heap, 0)?)),
            _ => None,
        },
        ("logicalAnd", [Value::Bool(a), Value::Bool(b)]) => Some(Value::Bool(*a && *b)),
        ("logicalOr", [Value::Bool(a), Value::Bool(b)]) => Some(Value::Bool(*a || *b)),
        ("logicalXor", [Value::Bool(a), Value::Bool(b)]) => Some(Value::Bool(a != b)),
        _ => None,
    })
}

pub(super) fn call_char(value: char, method: &str, args: &[Value], heap: &mut Heap) -> Called {
    let code = |c: char| i32::try_from(u32::from(c)).unwrap_or(0);
    Ok(match (method, args) {
        ("toString", [Value::Char(c)]) => Some(heap.text(c.to_string())?),
        ("toString", [Value::Int(code)]) => {
            let c = u32::try_from(*code).ok().and_then(char::from_u32);
            let c = c.ok_or_else(|| CallError::failed(format!("no character is {code}")))?;
            Some(heap.text(c.to_string())?)
        }
        ("charValue", []) => Some(Value::Char(value)),
        ("valueOf", [Value::Char(c)]) => Some(Value::Char(*c)),
        ("hashCode", [Value::Char(c)]) => Some(Value::Int(code(*c))),
        ("compare", [Value::Char(a), Value::Char(b)]) => Some(Value::Int(code(*a) - code(*b))),
        // The methods of a character have others of a code point beside them.
        (
            "isDigit" | "isLetter" | "isLetterOrDigit" | "isUpperCase" | "isLowerCase"
            | "isWhitespace" | "getNumericValue",
            [Value::Int(number)],
        ) => match u32::try_from(*number).ok().and_then(char::from_u32) {
            Some(c) => call_char(value, method, &[Value::Char(c)], heap)?,
            None => Some(match method {
                "getNumericValue" => Value::Int(-1),
                _ => Value::Bool(false),
            }),
        },
        ("toUpperCase" | "toLowerCase", [Value::Int(number)]) => {
            let c = u32::try_from(*number).ok().and_then(char::from_u32);
            match c.map(|c| call_char(value, method, &[Value::Char(c)], heap)) {
                Some(Ok(Some(Value::Char(changed)))) => Some(Value::Int(code(changed))),
                _ => Some(Value::Int(*number)),
            }
        }
        ("compareTo", [Value::Char(other)]) => Some(Value::Int(code(value) - code(*other))),
        ("isDigit", [Value::Char(c)]) => Some(Value::Bool(c.is_numeric())),
        ("isLetter", [Value::Char(c)]) => Some(Value::Bool(c.is_alphabetic())),
        ("isLetterOrDigit", [Value::Char(c)]) => Some(Value::Bool(c.is_alphanumeric())),
        ("isUpperCase", [Value::Char(c)]) => Some(Value::Bool(c.is_uppercase())),
        ("isLowerCase", [Value::Char(c)]) => Some(Value::Bool(c.is_lowercase())),
        ("isWhitespace", [Value::Char(c)]) => Some(Value::Bool(c.is_whitespace())),
        // What becomes more than one character stays as it is.
        ("toUpperCase", [Value::Char(c)]) => Some(Value::Char(single(c.to_uppercase(), *c))),
        ("toLowerCase", [Value::Char(c)]) => Some(Value::Char(single(c.to_lowercase(), *c))),
        ("getNumericValue", [Value::Char(c)]) => {
            Some(Value::Int(c.to_digit(36).map_or(-1, |digit| digit as i32)))
        }
        _ => None,
    })
}

fn single(mut changed: impl Iterator<Item = char>, own: char) -> char {
    match (changed.next(), changed.next()) {
        (Some(changed), None) => changed,
        _ => own,
    }
}

pub(super) fn call_iter(iter: &Iter, method: &str, args: &[Value]) -> Called {
    match (method, args) {
        ("hasNext", []) => Ok(Some(Value::Bool(iter.has_next()))),
        ("next", []) => match iter.advance() {
            Ok(Some(item)) => Ok(Some(item)),
            Ok(None) => Err(CallError::failed("there is no next element")),
            Err(reason) => Err(CallError::failed(reason)),
        },
        _ => Ok(None),
    }
}

pub(super) fn call_loop(scope: &Rc<Loop>, method: &str, args: &[Value], heap: &mut Heap) -> Called {
    match (method, args) {
        ("hasNext", []) => Ok(scope.property("hasNext")),
        ("isFirst", []) => Ok(scope.property("first")),
        ("isLast", []) => Ok(scope.property("last")),
        ("getIndex" | "getCount" | "getHasNext" | "getFirst" | "getLast", []) => {
            Ok(scope.property(method.strip_prefix("get").unwrap_or_default()))
        }
        ("getTopmost", []) => Ok(Some(Value::Loop(scope.topmost()))),
        ("getParent" | "getReplaced", []) => {
            let name = method.strip_prefix("get").unwrap_or_default();
            Ok(Some(scope.property(name).unwrap_or(Value::Null)))
        }
        ("get", [Value::Text(name)]) => Ok(Some(scope.kept(name).unwrap_or(Value::Null))),
        ("put", [key, value]) => {
            let old = scope.keep(key.clone(), value.clone(), heap)?;
            Ok(Some(old.unwrap_or(Value::Null)))
        }
        ("size", []) => Ok(super::int(scope.kept_count())),
        ("isEmpty", []) => Ok(Some(Value::Bool(scope.kept_count() == 0))),
        ("get", [_]) => Ok(NULL),
        // A loop is a map of what templates keep in it.
        _ => {
            let map = scope.map(heap)?;
            super::map::call(&map, method, args, heap)
        }
    }
}

/// Java's `hashCode`.
pub(super) fn hash(value: &Value, heap: &mut Heap, depth: usize) -> Result<i32, CallError> {
    if depth > limits::VALUE_DEPTH_MAX {
        let kind = ErrorKind::limit("depth of a value", limits::VALUE_DEPTH_MAX);
        return Err(CallError::Limit(kind));
    }
    heap.step()?;
    let pair = |key: i32, value: i32| key ^ value;
    Ok(match value {
        Value::Null => 0,
        Value::Bool(value) => {
            if *value {
                1231
            } else {
                1237
            }
        }
        Value::Int(value) => *value,
        Value::Long(value) => fold(*value),
        Value::Double(value) => fold(i64::from_ne_bytes(value.to_bits().to_ne_bytes())),
        Value::Char(c) => i32::try_from(u32::from(*c)).unwrap_or(0),
        Value::Text(text) => {
            heap.work(text.len())?;
            text_hash(text)
        }
        Value::List(list) => {
            let mut sum = 1i32;
            for item in list.items() {
                sum = sum
                    .wrapping_mul(31)
                    .wrapping_add(hash(&item, heap, depth + 1)?);
            }
            sum
        }
        Value::Map(map) => {
            let mut sum = 0i32;
            for (key, value) in map.entries() {
                let one = pair(hash(&key, heap, depth + 1)?, hash(&value, heap, depth + 1)?);
                sum = sum.wrapping_add(one);
            }
            sum
        }
        Value::Loop(scope) => match scope.map(heap) {
            Ok(map) => hash(&Value::Map(map), heap, depth + 1)?,
            Err(kind) => return Err(CallError::Limit(kind)),
        },
        Value::Big(value) => big_hash(**value),
        Value::Entry(entry) => pair(
            hash(&entry.key, heap, depth + 1)?,
            hash(&entry.value(), heap, depth + 1)?,
        ),
        // Values of a map are hashed by their address in Java; here, like sets.
        Value::View(view) => {
            let mut sum = 0i32;
            for item in view.items() {
                sum = sum.wrapping_add(hash(&item, heap, depth + 1)?);
            }
            sum
        }
        other => text_hash(&scalar_text(other)),
    })
}

/// `BigInteger.hashCode`: over the 32-bit digits of the magnitude, the first not zero.
fn big_hash(value: i128) -> i32 {
    let magnitude = value.unsigned_abs().to_be_bytes();
    let sum = magnitude.chunks_exact(4).fold(0i32, |sum, digit| {
        let digit = digit
            .iter()
            .fold(0i32, |all, byte| (all << 8) | i32::from(*byte));
        sum.wrapping_mul(31).wrapping_add(digit)
    });
    match value < 0 {
        true => sum.wrapping_neg(),
        false => sum,
    }
}

fn fold(bits: i64) -> i32 {
    let [a, b, c, d, e, f, g, h] = bits.to_le_bytes();
    i32::from_le_bytes([a, b, c, d]) ^ i32::from_le_bytes([e, f, g, h])
}

fn text_hash(text: &str) -> i32 {
    text.encode_utf16().fold(0i32, |sum, unit| {
        sum.wrapping_mul(31).wrapping_add(i32::from(unit))
    })
}
