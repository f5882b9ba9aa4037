//! Names and their values.

use crate::value::Value;
use std::collections::HashMap;
use std::sync::Arc;

/// Names up to which they are searched one by one, which is faster than hashing.
const SMALL_MAX: usize = 16;

/// Values by name; many are hashed.
#[derive(Debug)]
pub(super) enum Names {
    Small(Vec<(Arc<str>, Value)>),
    Large(HashMap<Arc<str>, Value>),
}

impl Default for Names {
    fn default() -> Self {
        Self::Small(Vec::new())
    }
}

impl Names {
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        match self {
            Self::Small(names) => {
                let found = names.iter().find(|(own, _)| is_same(own, name));
                found.map(|(_, value)| value)
            }
            Self::Large(names) => names.get(name),
        }
    }

    pub(super) fn put(&mut self, name: &Arc<str>, value: Value) {
        match self {
            Self::Small(names) => {
                if let Some((_, own)) = names.iter_mut().find(|(own, _)| is_same(own, name)) {
                    *own = value;
                } else if names.len() < SMALL_MAX {
                    names.push((name.clone(), value));
                } else {
                    let mut large: HashMap<_, _> = names.drain(..).collect();
                    large.insert(name.clone(), value);
                    *self = Self::Large(large);
                }
            }
            Self::Large(names) => match names.get_mut(name) {
                Some(known) => *known = value,
                None => _ = names.insert(name.clone(), value),
            },
        }
    }

    pub(super) fn remove(&mut self, name: &str) {
        match self {
            Self::Small(names) => {
                if let Some(at) = names.iter().position(|(own, _)| **own == *name) {
                    names.swap_remove(at);
                }
            }
            Self::Large(names) => _ = names.remove(name),
        }
    }

    pub(super) fn into_values(self) -> Vec<Value> {
        match self {
            Self::Small(names) => names.into_iter().map(|(_, value)| value).collect(),
            Self::Large(names) => names.into_values().collect(),
        }
    }
}

/// Whether two names are equal; most of a template that are have the same address.
fn is_same(a: &str, b: &str) -> bool {
    std::ptr::eq(a, b) || a == b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_their_values_when_they_become_many() {
        let mut names = Names::default();
        let name = |number: usize| Arc::from(format!("n{number}"));
        for number in 0..SMALL_MAX + 2 {
            names.put(&name(number), Value::Bool(false));
            names.put(&name(number), Value::Bool(true));
            assert!(matches!(names.get("n0"), Some(Value::Bool(true))));
        }
        assert!(matches!(names.get("n17"), Some(Value::Bool(true))));
        names.remove("n17");
        assert!(names.get("n17").is_none());
        assert_eq!(names.into_values().len(), SMALL_MAX + 1);
    }

    #[test]
    fn removed_names_are_gone_while_they_are_few() {
        let mut names = Names::default();
        names.put(&"a".into(), Value::Bool(true));
        names.put(&"b".into(), Value::Bool(true));
        names.remove("a");
        names.remove("c");
        assert!(names.get("a").is_none());
        assert!(names.get("b").is_some());
    }
}
