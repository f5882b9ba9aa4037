//! The condition keys of one request.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

/// Where a decision finds condition keys. Whoever implements it makes a value when a statement asks
/// for it: most requests have many keys, and most policies ask for few.
pub trait Keys: fmt::Debug {
    /// The value of a key, whose name is in lower case; none when the request has no such key.
    fn find(&self, key: &str) -> Option<Found<'_>>;
}

/// One key's value as [`Keys`] gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found<'a> {
    /// Of a single-valued key.
    One(Cow<'a, str>),
    /// Of a multivalued key, such as `aws:TagKeys`.
    Many(Cow<'a, [String]>),
}

impl<'a> Found<'a> {
    /// A single value that lives elsewhere.
    pub fn text(value: &'a str) -> Self {
        Self::One(Cow::Borrowed(value))
    }

    /// A single value made for this question.
    pub fn made(value: String) -> Self {
        Self::One(Cow::Owned(value))
    }

    /// A multivalued key that has one value.
    pub fn only(value: &str) -> Self {
        Self::Many(Cow::Owned(vec![value.to_owned()]))
    }

    /// The value on its own.
    pub fn into_value(self) -> ContextValue {
        match self {
            Self::One(one) => ContextValue::One(one.into_owned()),
            Self::Many(many) => ContextValue::Many(many.into_owned()),
        }
    }
}

/// One key's value. Absent keys are absent from the [`Context`], never an empty value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContextValue {
    /// A single-valued key.
    One(String),
    /// A multivalued key, such as `aws:TagKeys`.
    Many(Vec<String>),
}

impl ContextValue {
    fn found(&self) -> Found<'_> {
        match self {
            Self::One(one) => Found::text(one),
            Self::Many(many) => Found::Many(Cow::Borrowed(many)),
        }
    }
}

/// Condition keys and their values. Key names compare without case, as IAM's do.
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// In order of the names in lower case.
    keys: Vec<(Box<str>, ContextValue)>,
}

impl Context {
    /// A context without keys.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a single-valued key, replacing what was there.
    pub fn set(&mut self, key: &str, value: impl Into<String>) -> &mut Self {
        self.put(key, ContextValue::One(value.into()))
    }

    /// Sets a multivalued key, replacing what was there.
    pub fn set_many(&mut self, key: &str, values: Vec<String>) -> &mut Self {
        self.put(key, ContextValue::Many(values))
    }

    /// The same context with one more single-valued key.
    pub fn with(mut self, key: &str, value: impl Into<String>) -> Self {
        self.set(key, value);
        self
    }

    /// Sets a key to a value of either kind, replacing what was there.
    pub fn put(&mut self, key: &str, value: ContextValue) -> &mut Self {
        match self.place(key) {
            Ok(place) => {
                if let Some((_, known)) = self.keys.get_mut(place) {
                    *known = value;
                }
            }
            Err(place) => self.keys.insert(place, (key.into(), value)),
        }
        self
    }

    /// The value of a key, whatever its case.
    pub fn get(&self, key: &str) -> Option<&ContextValue> {
        let place = self.place(key).ok()?;
        self.keys.get(place).map(|(_, value)| value)
    }

    /// Takes over every key of `other`; on a clash `other` wins.
    pub fn extend(&mut self, other: &Context) {
        for (key, value) in other.iter() {
            self.put(key, value.clone());
        }
    }

    /// Keys as they were first written, and values, in order of key, case aside.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &ContextValue)> {
        self.keys.iter().map(|(key, value)| (&**key, value))
    }

    fn place(&self, key: &str) -> Result<usize, usize> {
        self.keys
            .binary_search_by(|(known, _)| without_case(known, key))
    }
}

impl Keys for Context {
    fn find(&self, key: &str) -> Option<Found<'_>> {
        self.get(key).map(ContextValue::found)
    }
}

/// However the keys are written.
impl PartialEq for Context {
    fn eq(&self, other: &Self) -> bool {
        self.keys.len() == other.keys.len()
            && self
                .iter()
                .zip(other.iter())
                .all(|(one, two)| without_case(one.0, two.0) == Ordering::Equal && one.1 == two.1)
    }
}

impl Eq for Context {}

fn without_case(one: &str, two: &str) -> Ordering {
    let pairs = one.bytes().zip(two.bytes());
    for (a, b) in pairs {
        let order = a.to_ascii_lowercase().cmp(&b.to_ascii_lowercase());
        if order != Ordering::Equal {
            return order;
        }
    }
    one.len().cmp(&two.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_compare_without_case_and_keep_how_they_were_written() {
        let mut context = Context::new();
        context.set("aws:SourceArn", "a").set("AWS:SOURCEARN", "b");
        context.set_many("aws:TagKeys", vec!["k".to_owned()]);
        context.set("aws:Source", "short");
        assert_eq!(
            context.get("aws:sourcearn"),
            Some(&ContextValue::One("b".to_owned()))
        );
        let keys: Vec<&str> = context.iter().map(|(key, _)| key).collect();
        assert_eq!(keys, ["aws:Source", "aws:SourceArn", "aws:TagKeys"]);
        assert_eq!(context.find("aws:tagkeys"), Some(Found::only("k")));
        assert_eq!(context.find("aws:tagkey"), None);
        assert_eq!(Context::new().with("A", "1"), Context::new().with("a", "1"));
        assert_ne!(Context::new().with("A", "1"), Context::new().with("a", "2"));
    }
}
