//! Entries of a map in the order in which their keys came.

use super::Value;
use indexmap::IndexMap;
use std::hash::{Hash, Hasher};
use std::rc::Rc;

/// Entries up to which a map is searched one by one, which is faster than hashing.
const SMALL_MAX: usize = 16;

/// Keys and values; large maps are hashed.
#[derive(Debug)]
pub(super) enum Entries {
    Small(Vec<(Value, Value)>),
    Large(IndexMap<Key, Value>),
}

impl Default for Entries {
    fn default() -> Self {
        Self::Small(Vec::new())
    }
}

impl Entries {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Small(entries) => entries.len(),
            Self::Large(entries) => entries.len(),
        }
    }

    pub(super) fn get(&self, key: &Value) -> Option<&Value> {
        if let Value::Text(text) = key {
            return self.get_text(text);
        }
        match self {
            Self::Small(entries) => {
                let found = entries.iter().find(|(own, _)| same_key(own, key));
                found.map(|(_, value)| value)
            }
            Self::Large(entries) => entries.get(&Key(key.clone())),
        }
    }

    pub(super) fn get_text(&self, key: &str) -> Option<&Value> {
        match self {
            Self::Small(entries) => {
                let is_it = |own: &Value| matches!(own, Value::Text(text) if **text == *key);
                entries
                    .iter()
                    .find(|(own, _)| is_it(own))
                    .map(|(_, value)| value)
            }
            Self::Large(entries) => entries.get(&TextKey(key)),
        }
    }

    pub(super) fn at(&self, index: usize) -> Option<(&Value, &Value)> {
        match self {
            Self::Small(entries) => entries.get(index).map(|(key, value)| (key, value)),
            Self::Large(entries) => entries.get_index(index).map(|(key, value)| (&key.0, value)),
        }
    }

    /// Entries that came in this order, a later key replacing the value of an equal earlier one.
    pub(super) fn collect(entries: impl Iterator<Item = (Value, Value)>) -> Self {
        let (expected, _) = entries.size_hint();
        let mut made = match expected <= SMALL_MAX {
            true => Self::Small(Vec::with_capacity(expected)),
            false => Self::Large(IndexMap::with_capacity(expected)),
        };
        for (key, value) in entries {
            made.insert(key, value);
        }
        made
    }

    /// Puts a value under a key; answers the value that was there.
    pub(super) fn insert(&mut self, key: Value, value: Value) -> Option<Value> {
        match self {
            Self::Small(entries) => {
                if let Some((_, own)) = entries.iter_mut().find(|(own, _)| same_key(own, &key)) {
                    return Some(std::mem::replace(own, value));
                }
                if entries.len() < SMALL_MAX {
                    entries.push((key, value));
                } else {
                    let hashed = entries.drain(..).map(|(key, value)| (Key(key), value));
                    let mut large: IndexMap<Key, Value> = hashed.collect();
                    large.insert(Key(key), value);
                    *self = Self::Large(large);
                }
                None
            }
            Self::Large(entries) => entries.insert(Key(key), value),
        }
    }

    pub(super) fn remove(&mut self, key: &Value) -> Option<Value> {
        match self {
            Self::Small(entries) => {
                let at = entries.iter().position(|(own, _)| same_key(own, key))?;
                Some(entries.remove(at).1)
            }
            Self::Large(entries) => entries.shift_remove(&Key(key.clone())),
        }
    }
}

/// Keys are equal as Java's `equals` says, but lists and maps only to themselves.
fn same_key(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Text(a), Value::Text(b)) => Rc::ptr_eq(a, b) || a == b,
        (Value::List(a), Value::List(b)) => a.is(b),
        (Value::Map(a), Value::Map(b)) => a.is(b),
        (a, b) => super::equality::scalars_equal(a, b),
    }
}

/// A key that can be hashed.
#[derive(Debug, Clone)]
pub(super) struct Key(Value);

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        same_key(&self.0, &other.0)
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match &self.0 {
            Value::Text(text) => text.hash(state),
            Value::Int(value) => value.hash(state),
            Value::Long(value) => value.hash(state),
            Value::Bool(value) => value.hash(state),
            _ => 0u8.hash(state),
        }
    }
}

/// Looks a text key up without making a value of it.
struct TextKey<'a>(&'a str);

impl Hash for TextKey<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl indexmap::Equivalent<Key> for TextKey<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        matches!(&key.0, Value::Text(text) if **text == *self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_values_survive_growing() {
        let mut entries = Entries::default();
        for number in 0..SMALL_MAX + 4 {
            let key = format!("k{number}");
            assert!(entries.insert(key.into(), Value::Bool(true)).is_none());
        }
        assert!(entries.insert("k3".into(), Value::Null).is_some());
        assert!(matches!(entries.get_text("k3"), Some(Value::Null)));
        assert!(entries.remove(&"k0".into()).is_some());
        assert!(entries.remove(&"k0".into()).is_none());
        assert_eq!(entries.len(), SMALL_MAX + 3);
        let first = entries.at(0).map(|(key, _)| key.scalar_text());
        assert_eq!(first.as_deref(), Some("k1"));
    }

    #[test]
    fn keys_of_different_classes_are_different() {
        let mut entries = Entries::default();
        entries.insert(Value::Int(1), "int".into());
        entries.insert(Value::Long(1), "long".into());
        entries.insert("1".into(), "text".into());
        entries.insert(Value::Null, "null".into());
        assert_eq!(entries.len(), 4);
        assert!(
            matches!(entries.get(&Value::Long(1)), Some(value) if value.as_text() == Some("long"))
        );
    }
}
