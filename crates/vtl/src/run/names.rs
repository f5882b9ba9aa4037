//! Names and their values.

use crate::ast::{Name, PLACES};
use crate::value::Value;
use std::collections::HashMap;
use std::sync::Arc;

/// Names up to which they are searched one by one, which is faster than hashing.
const SMALL_MAX: usize = 16;

/// Values by name; many are hashed.
#[derive(Debug)]
pub(crate) enum Names {
    Small(Small),
    Large(HashMap<Arc<str>, Value>),
}

/// Few names.
#[derive(Debug)]
pub(crate) struct Small {
    entries: Vec<(Name, Value)>,
    /// For each place of a name, where its entry is, counted from one; 0 when there is none, or
    /// when the name was put without its place.
    by_place: [u8; PLACES],
}

impl Default for Names {
    fn default() -> Self {
        Self::Small(Small {
            entries: Vec::new(),
            by_place: [0; PLACES],
        })
    }
}

impl Small {
    #[inline]
    fn position(&self, name: &Name) -> Option<usize> {
        let place = name
            .place
            .and_then(|place| self.by_place.get(usize::from(place)));
        match place {
            Some(position @ 1..) => Some(usize::from(position - 1)),
            _ => self.search(name),
        }
    }

    fn search(&self, name: &str) -> Option<usize> {
        self.entries.iter().position(|(own, _)| **own == *name)
    }

    /// Says where the entry of a place is, counted from one.
    fn set_place(&mut self, place: Option<u8>, entry: usize) {
        let place = place.and_then(|place| self.by_place.get_mut(usize::from(place)));
        if let (Some(place), Ok(entry)) = (place, u8::try_from(entry)) {
            *place = entry;
        }
    }

    fn put(&mut self, name: &Name, value: Value) {
        match self.position(name) {
            Some(position) => {
                let Some((own, old)) = self.entries.get_mut(position) else {
                    return;
                };
                *old = value;
                if own.place.is_none() && name.place.is_some() {
                    *own = name.clone();
                    self.set_place(name.place, position + 1);
                }
            }
            None => {
                self.entries.push((name.clone(), value));
                self.set_place(name.place, self.entries.len());
            }
        }
    }

    fn remove(&mut self, name: &Name) {
        let Some(position) = self.position(name) else {
            return;
        };
        let (removed, _) = self.entries.swap_remove(position);
        self.set_place(removed.place, 0);
        // The last entry now stands where the removed one stood.
        let moved = self.entries.get(position).and_then(|(name, _)| name.place);
        self.set_place(moved, position + 1);
    }
}

impl Names {
    #[inline]
    pub(super) fn get(&self, name: &Name) -> Option<&Value> {
        match self {
            Self::Small(names) => {
                let entry = names.entries.get(names.position(name)?);
                entry.map(|(_, value)| value)
            }
            Self::Large(names) => names.get(&**name),
        }
    }

    pub(super) fn put(&mut self, name: &Name, value: Value) {
        match self {
            Self::Small(names) => {
                if names.entries.len() < SMALL_MAX || names.position(name).is_some() {
                    return names.put(name, value);
                }
                let known = names.entries.drain(..);
                let known = known.map(|(name, value)| (name.text().clone(), value));
                let mut large: HashMap<_, _> = known.collect();
                large.insert(name.text().clone(), value);
                *self = Self::Large(large);
            }
            Self::Large(names) => match names.get_mut(&**name) {
                Some(known) => *known = value,
                None => _ = names.insert(name.text().clone(), value),
            },
        }
    }

    pub(super) fn remove(&mut self, name: &Name) {
        match self {
            Self::Small(names) => names.remove(name),
            Self::Large(names) => _ = names.remove(&**name),
        }
    }

    pub(super) fn into_values(self) -> Vec<Value> {
        match self {
            Self::Small(names) => names.entries.into_iter().map(|(_, value)| value).collect(),
            Self::Large(names) => names.into_values().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(number: usize) -> Name {
        Name::new(&format!("n{number}"), Some(number))
    }

    #[test]
    fn names_keep_their_values_when_they_become_many() {
        let mut names = Names::default();
        for number in 0..SMALL_MAX + 2 {
            names.put(&name(number), Value::Bool(false));
            names.put(&name(number), Value::Bool(true));
            assert!(matches!(names.get(&name(0)), Some(Value::Bool(true))));
        }
        assert!(matches!(names.get(&name(17)), Some(Value::Bool(true))));
        names.remove(&name(17));
        assert!(names.get(&name(17)).is_none());
        assert_eq!(names.into_values().len(), SMALL_MAX + 1);
    }

    #[test]
    fn removed_names_are_gone_while_they_are_few() {
        let mut names = Names::default();
        for number in 0..4 {
            names.put(&name(number), Value::Bool(number % 2 == 0));
        }
        names.remove(&name(0));
        names.remove(&Name::new("none", None));
        assert!(names.get(&name(0)).is_none());
        for number in 1..4 {
            let value = names.get(&name(number));
            assert!(matches!(value, Some(Value::Bool(even)) if *even == (number % 2 == 0)));
        }
        names.put(&name(0), Value::Null);
        names.remove(&name(3));
        assert!(matches!(names.get(&name(0)), Some(Value::Null)));
        assert!(matches!(names.get(&name(1)), Some(Value::Bool(false))));
    }

    #[test]
    fn a_name_is_the_same_with_and_without_its_place() {
        let mut names = Names::default();
        let evaluated = Name::new("n1", None);
        names.put(&evaluated, Value::Bool(true));
        assert!(matches!(names.get(&name(1)), Some(Value::Bool(true))));
        names.put(&name(1), Value::Null);
        assert!(matches!(names.get(&evaluated), Some(Value::Null)));
        names.remove(&name(1));
        assert!(names.get(&name(1)).is_none() && names.get(&evaluated).is_none());
        names.put(&name(1), Value::Null);
        names.remove(&evaluated);
        assert!(names.get(&name(1)).is_none());
        // Beyond the places there is none.
        let last = Name::new("last", Some(PLACES - 1));
        let beyond = Name::new("beyond", Some(PLACES));
        assert!(last.place.is_some() && beyond.place.is_none());
        names.put(&beyond, Value::Null);
        names.put(&last, Value::Bool(true));
        assert!(matches!(names.get(&beyond), Some(Value::Null)));
    }
}
