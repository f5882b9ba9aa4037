//! `LinkedHashMap`, its views and entries.

use super::{Called, NULL, collection, int, list, nothing, position};
use crate::Heap;
use crate::value::{CallError, Entry, Iter, ListKind, Map, Value, View, ViewKind};
use std::rc::Rc;

pub(super) fn call(map: &Map, method: &str, args: &[Value], heap: &mut Heap) -> Called {
    match args {
        [] => plain(map, method, heap),
        [argument] => with_one(map, method, argument, heap),
        [first, second] => with_two(map, method, first, second, heap),
        [key, old, new] if method == "replace" => {
            let is_it = match map.get(key) {
                Some(current) => crate::value::equals(&current, old, heap)?,
                None => false,
            };
            if is_it {
                heap.put(map, key.clone(), new.clone())?;
            }
            Ok(Some(Value::Bool(is_it)))
        }
        _ => Ok(None),
    }
}

fn plain(map: &Map, method: &str, heap: &mut Heap) -> Called {
    let view = |kind| {
        let map = map.clone();
        Ok(Some(Value::View(View { kind, map })))
    };
    match method {
        "size" => Ok(int(map.len())),
        "isEmpty" => Ok(Some(Value::Bool(map.is_empty()))),
        "keySet" => view(ViewKind::Keys),
        "values" => view(ViewKind::Values),
        "entrySet" => view(ViewKind::Entries),
        "clear" => {
            map.clear();
            Ok(nothing(heap))
        }
        "clone" => Ok(Some(heap.map(map.entries())?)),
        _ => Ok(None),
    }
}

fn with_one(map: &Map, method: &str, argument: &Value, heap: &mut Heap) -> Called {
    match method {
        "get" => Ok(Some(map.get(argument).unwrap_or(Value::Null))),
        "containsKey" => Ok(Some(Value::Bool(map.get(argument).is_some()))),
        "containsValue" => {
            let values: Vec<Value> = map.entries().into_iter().map(|(_, value)| value).collect();
            let at = position(&values, argument, heap)?;
            Ok(Some(Value::Bool(at.is_some())))
        }
        "remove" => {
            heap.work(map.len() * 16)?;
            Ok(Some(map.remove(argument).unwrap_or(Value::Null)))
        }
        "putAll" => match argument {
            Value::Map(other) => {
                for (key, value) in other.entries() {
                    heap.put(map, key, value)?;
                }
                Ok(nothing(heap))
            }
            _ => Ok(None),
        },
        _ => Ok(None),
    }
}

fn with_two(map: &Map, method: &str, key: &Value, value: &Value, heap: &mut Heap) -> Called {
    match method {
        "put" => {
            let old = heap.put(map, key.clone(), value.clone())?;
            Ok(Some(old.unwrap_or(Value::Null)))
        }
        "putIfAbsent" => match map.get(key) {
            Some(old) if !old.is_null() => Ok(Some(old)),
            _ => {
                heap.put(map, key.clone(), value.clone())?;
                Ok(NULL)
            }
        },
        "getOrDefault" => Ok(Some(map.get(key).unwrap_or_else(|| value.clone()))),
        "replace" => match map.get(key) {
            Some(old) => {
                heap.put(map, key.clone(), value.clone())?;
                Ok(Some(old))
            }
            None => Ok(NULL),
        },
        "remove" => {
            let is_it = match map.get(key) {
                Some(current) => crate::value::equals(&current, value, heap)?,
                None => false,
            };
            if is_it {
                heap.work(map.len() * 16)?;
                map.remove(key);
            }
            Ok(Some(Value::Bool(is_it)))
        }
        _ => Ok(None),
    }
}

pub(super) fn call_view(view: &View, method: &str, args: &[Value], heap: &mut Heap) -> Called {
    match (method, args) {
        ("size", []) => Ok(int(view.map.len())),
        ("isEmpty", []) => Ok(Some(Value::Bool(view.map.is_empty()))),
        ("iterator", []) => Ok(Some(Value::Iter(Rc::new(Iter::view(view.clone()))))),
        ("toArray", []) => Ok(Some(heap.list(view.items(), ListKind::Array)?)),
        ("clear", []) => {
            view.map.clear();
            Ok(nothing(heap))
        }
        ("contains", [item]) => {
            let at = position(&view.items(), item, heap)?;
            Ok(Some(Value::Bool(at.is_some())))
        }
        ("containsAll", [items]) => match collection(items) {
            Some(items) => list::contains_all(&view.items(), &items, heap),
            None => Ok(None),
        },
        ("remove", [item]) => {
            let at = position(&view.items(), item, heap)?;
            if let Some((key, _)) = at.and_then(|at| view.map.entry(at)) {
                view.map.remove(&key);
            }
            Ok(Some(Value::Bool(at.is_some())))
        }
        ("removeAll" | "retainAll", [items]) => match collection(items) {
            Some(items) => keep_some(view, &items, method == "retainAll", heap),
            None => Ok(None),
        },
        ("addAll", [items]) => match super::collection(items) {
            Some(items) if items.is_empty() => Ok(Some(Value::Bool(false))),
            Some(_) => Err(cannot_grow()),
            None => Ok(None),
        },
        ("add", [_]) => Err(cannot_grow()),
        _ => Ok(None),
    }
}

fn cannot_grow() -> CallError {
    CallError::failed("a view of a map cannot grow")
}

fn keep_some(view: &View, items: &[Value], keeps: bool, heap: &mut Heap) -> Called {
    let mut is_changed = false;
    for (item, (key, _)) in view.items().iter().zip(view.map.entries()) {
        if position(items, item, heap)?.is_some() != keeps {
            heap.work(view.map.len() * 16)?;
            view.map.remove(&key);
            is_changed = true;
        }
    }
    Ok(Some(Value::Bool(is_changed)))
}

pub(super) fn call_entry(
    entry: &Rc<Entry>,
    method: &str,
    args: &[Value],
    heap: &mut Heap,
) -> Called {
    match (method, args) {
        ("getKey", []) => Ok(Some(entry.key.clone())),
        ("getValue", []) => Ok(Some(entry.value())),
        ("setValue", [value]) => {
            let old = entry.value();
            heap.put(&entry.map, entry.key.clone(), value.clone())?;
            Ok(Some(old))
        }
        _ => Ok(None),
    }
}
