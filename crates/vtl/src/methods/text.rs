//! `String`.

use super::{Called, int, scalar_text, text_pattern, utf16};
use crate::Heap;
use crate::value::{CallError, ListKind, Value};
use std::rc::Rc;

pub(super) fn call(text: &Rc<str>, method: &str, args: &[Value], heap: &mut Heap) -> Called {
    heap.work(text.len())?;
    match args {
        [] => plain(text, method, heap),
        [Value::Text(other)] => with_text(text, method, other, heap),
        [Value::Int(number)] => with_int(text, method, *number, heap),
        [other] => with_other(method, other, heap),
        [Value::Text(first), second] => with_text_and(text, method, first, second, heap),
        [first, second] => with_two(text, method, first, second, heap),
        _ => with_more(text, method, args, heap),
    }
}

fn plain(text: &Rc<str>, method: &str, heap: &mut Heap) -> Called {
    let changed = match method {
        "length" => return Ok(int(utf16::length(text))),
        "isEmpty" => return Ok(Some(Value::Bool(text.is_empty()))),
        "isBlank" => return Ok(Some(Value::Bool(text.trim().is_empty()))),
        "toString" | "intern" => return Ok(Some(Value::Text(text.clone()))),
        "toLowerCase" => text.to_lowercase(),
        "toUpperCase" => text.to_uppercase(),
        "trim" => text.trim_matches(|c| c <= ' ').to_owned(),
        "strip" => text.trim().to_owned(),
        "stripLeading" => text.trim_start().to_owned(),
        "stripTrailing" => text.trim_end().to_owned(),
        "toCharArray" => {
            let items = text.chars().map(Value::Char).collect();
            return heap
                .list(items, ListKind::Array)
                .map(Some)
                .map_err(Into::into);
        }
        _ => return Ok(None),
    };
    Ok(Some(heap.text(changed)?))
}

fn with_text(text: &Rc<str>, method: &str, other: &Rc<str>, heap: &mut Heap) -> Called {
    let truth = |value| Ok(Some(Value::Bool(value)));
    match method {
        "contains" => truth(text.contains(&**other)),
        "startsWith" => truth(text.starts_with(&**other)),
        "endsWith" => truth(text.ends_with(&**other)),
        "contentEquals" => truth(text == other),
        "equalsIgnoreCase" => truth(text.to_lowercase() == other.to_lowercase()),
        "matches" => text_pattern::matches(text, other, heap),
        "split" => text_pattern::split(text, other, 0, heap),
        "concat" => Ok(Some(heap.text(format!("{text}{other}"))?)),
        "indexOf" => Ok(found(text, text.find(&**other))),
        "lastIndexOf" => Ok(found(text, text.rfind(&**other))),
        "compareTo" => Ok(Some(Value::Int(compare(text, other)))),
        "compareToIgnoreCase" => {
            let (own, other) = (text.to_lowercase(), other.to_lowercase());
            Ok(Some(Value::Int(compare(&own, &other))))
        }
        "valueOf" | "copyValueOf" => Ok(Some(Value::Text(other.clone()))),
        "format" => text_pattern::format(other, &[], heap),
        _ => Ok(None),
    }
}

fn with_int(text: &Rc<str>, method: &str, number: i32, heap: &mut Heap) -> Called {
    let count = utf16::length(text);
    match method {
        "charAt" => {
            let at = super::index(number, count)?;
            Ok(utf16::unit(text, at).map(Value::Char))
        }
        "codePointAt" => {
            let at = super::index(number, count)?;
            let c = text
                .get(utf16::byte_offset(text, at)..)
                .and_then(|rest| rest.chars().next());
            let code = c.and_then(|c| i32::try_from(u32::from(c)).ok());
            Ok(code.map(Value::Int))
        }
        "substring" => part(text, number, int_of(count), heap),
        "indexOf" => Ok(found(text, character(number).and_then(|c| text.find(c)))),
        "lastIndexOf" => Ok(found(text, character(number).and_then(|c| text.rfind(c)))),
        "repeat" => repeat(text, number, heap),
        "valueOf" => Ok(Some(heap.text(number.to_string())?)),
        _ => Ok(None),
    }
}

fn with_other(method: &str, other: &Value, heap: &mut Heap) -> Called {
    match method {
        "valueOf" => Ok(Some(heap.text(scalar_text(other))?)),
        "contains" | "startsWith" | "endsWith" | "concat" | "matches" | "split" | "compareTo"
        | "contentEquals" | "indexOf" | "lastIndexOf"
            if other.is_null() =>
        {
            Err(CallError::failed("the argument is null"))
        }
        "equalsIgnoreCase" if other.is_null() => Ok(Some(Value::Bool(false))),
        _ => Ok(None),
    }
}

fn with_text_and(
    text: &Rc<str>,
    method: &str,
    first: &Rc<str>,
    second: &Value,
    heap: &mut Heap,
) -> Called {
    match (method, second) {
        ("replace", Value::Text(with)) => text_pattern::replace(text, first, with, heap),
        ("replaceAll", Value::Text(with)) => text_pattern::replace_all(text, first, with, heap),
        ("replaceFirst", Value::Text(with)) => text_pattern::replace_first(text, first, with, heap),
        ("split", Value::Int(limit)) => text_pattern::split(text, first, *limit, heap),
        ("indexOf", Value::Int(from)) => Ok(index_from(text, first, *from)),
        ("lastIndexOf", Value::Int(from)) => Ok(last_index_to(text, first, *from)),
        ("startsWith", Value::Int(from)) => {
            let starts = usize::try_from(*from).is_ok_and(|from| {
                from <= utf16::length(text)
                    && text
                        .get(utf16::byte_offset(text, from)..)
                        .is_some_and(|rest| rest.starts_with(&**first))
            });
            Ok(Some(Value::Bool(starts)))
        }
        ("join", items) => match super::collection(items) {
            Some(items)
                if items
                    .iter()
                    .all(|item| item.is_null() || item.as_text().is_some()) =>
            {
                join(first, &items, heap)
            }
            Some(_) => Err(CallError::failed("an element is no text")),
            None if items.as_text().is_some() => join(first, std::slice::from_ref(items), heap),
            None => Ok(None),
        },
        ("format", argument) => text_pattern::format(first, std::slice::from_ref(argument), heap),
        _ => Ok(None),
    }
}

fn with_two(
    text: &Rc<str>,
    method: &str,
    first: &Value,
    second: &Value,
    heap: &mut Heap,
) -> Called {
    match (method, first, second) {
        ("substring" | "subSequence", Value::Int(start), Value::Int(end)) => {
            part(text, *start, *end, heap)
        }
        ("replace", Value::Char(old), Value::Char(new)) => {
            let old = old.to_string();
            text_pattern::replace(text, &old, &new.to_string(), heap)
        }
        ("indexOf", Value::Int(code), Value::Int(from)) => Ok(match character(*code) {
            Some(c) => index_from(text, &c.to_string(), *from),
            None => found(text, None),
        }),
        ("lastIndexOf", Value::Int(code), Value::Int(from)) => Ok(match character(*code) {
            Some(c) => last_index_to(text, &c.to_string(), *from),
            None => found(text, None),
        }),
        _ => Ok(None),
    }
}

fn with_more(text: &str, method: &str, args: &[Value], heap: &mut Heap) -> Called {
    use Value::{Bool, Int, Text};
    match (method, args) {
        ("regionMatches", [Int(start), Text(other), Int(from), Int(count)]) => Ok(Some(Bool(
            is_same_region((text, *start), (other, *from), *count, false),
        ))),
        ("regionMatches", [Bool(folds), Int(start), Text(other), Int(from), Int(count)]) => {
            Ok(Some(Bool(is_same_region(
                (text, *start),
                (other, *from),
                *count,
                *folds,
            ))))
        }
        ("format", [Value::Text(pattern), rest @ ..]) => text_pattern::format(pattern, rest, heap),
        ("join", [Value::Text(between), rest @ ..]) => join(between, rest, heap),
        _ => Ok(None),
    }
}

/// Whether `count` units of both texts are the same, each from its place on.
fn is_same_region(own: (&str, i32), other: (&str, i32), count: i32, folds: bool) -> bool {
    let region = |(text, start): (&str, i32)| {
        let start = usize::try_from(start).ok()?;
        let end = i64::try_from(start).ok()? + i64::from(count);
        let is_inside = end <= i64::try_from(utf16::length(text)).ok()?;
        let end = usize::try_from(end).unwrap_or(start).max(start);
        is_inside.then(|| utf16::slice(text, start, end))
    };
    match (region(own), region(other)) {
        (Some(a), Some(b)) if folds => a.to_lowercase() == b.to_lowercase(),
        (Some(a), Some(b)) => a == b,
        _ => false,
    }
}

fn part(text: &Rc<str>, start: i32, end: i32, heap: &mut Heap) -> Called {
    let count = utf16::length(text);
    let range = usize::try_from(start).ok().zip(usize::try_from(end).ok());
    match range {
        Some((start, end)) if start <= end && end <= count => {
            Ok(Some(heap.text(utf16::slice(text, start, end))?))
        }
        _ => Err(CallError::failed(format!(
            "begin {start}, end {end}, length {count}"
        ))),
    }
}

fn repeat(text: &Rc<str>, count: i32, heap: &mut Heap) -> Called {
    let count = usize::try_from(count)
        .map_err(|_| CallError::failed(format!("count is negative: {count}")))?;
    // Counted before it is made.
    heap.charge(text.len().saturating_mul(count))?;
    Ok(Some(Value::Text(text.repeat(count).into())))
}

fn join(between: &str, items: &[Value], heap: &mut Heap) -> Called {
    let texts: Vec<String> = items.iter().map(scalar_text).collect();
    let size = texts.iter().map(|text| text.len() + between.len()).sum();
    heap.charge(size)?;
    Ok(Some(Value::Text(texts.join(between).into())))
}

fn found(text: &str, offset: Option<usize>) -> Option<Value> {
    match offset {
        Some(offset) => int(utf16::unit_index(text, offset)),
        None => Some(Value::Int(-1)),
    }
}

fn index_from(text: &str, wanted: &str, from: i32) -> Option<Value> {
    let from = usize::try_from(from).unwrap_or(0);
    let start = utf16::byte_offset(text, from);
    let rest = text.get(start..).unwrap_or_default();
    found(text, rest.find(wanted).map(|offset| start + offset))
}

fn last_index_to(text: &str, wanted: &str, from: i32) -> Option<Value> {
    let Ok(from) = usize::try_from(from) else {
        return found(text, None);
    };
    let end = (utf16::byte_offset(text, from) + wanted.len()).min(text.len());
    let end = (end..=text.len())
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(text.len());
    found(
        text,
        text.get(..end).and_then(|before| before.rfind(wanted)),
    )
}

fn character(code: i32) -> Option<char> {
    u32::try_from(code).ok().and_then(char::from_u32)
}

fn int_of(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

/// Java compares unit by unit and answers the difference.
fn compare(a: &str, b: &str) -> i32 {
    let differing = a.encode_utf16().zip(b.encode_utf16()).find(|(a, b)| a != b);
    match differing {
        Some((a, b)) => i32::from(a) - i32::from(b),
        None => int_of(utf16::length(a)) - int_of(utf16::length(b)),
    }
}
