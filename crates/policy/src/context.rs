//! The condition keys of one request.

use std::collections::BTreeMap;

/// One key's value. Absent keys are absent from the [`Context`], never an empty value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContextValue {
    /// A single-valued key.
    One(String),
    /// A multivalued key, such as `aws:TagKeys`.
    Many(Vec<String>),
}

/// Condition keys and their values. Key names compare without case, as IAM's do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context(BTreeMap<String, ContextValue>);

impl Context {
    /// A context without keys.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a single-valued key, replacing what was there.
    pub fn set(&mut self, key: &str, value: impl Into<String>) -> &mut Self {
        self.0
            .insert(key.to_ascii_lowercase(), ContextValue::One(value.into()));
        self
    }

    /// Sets a multivalued key, replacing what was there.
    pub fn set_many(&mut self, key: &str, values: Vec<String>) -> &mut Self {
        self.0
            .insert(key.to_ascii_lowercase(), ContextValue::Many(values));
        self
    }

    /// The same context with one more single-valued key.
    pub fn with(mut self, key: &str, value: impl Into<String>) -> Self {
        self.set(key, value);
        self
    }

    /// The value of a key, whatever its case.
    pub fn get(&self, key: &str) -> Option<&ContextValue> {
        match self.0.get(key) {
            Some(found) => Some(found),
            None => self.0.get(&key.to_ascii_lowercase()),
        }
    }

    /// The value of a key that is in lower case already; costs no allocation.
    pub(crate) fn get_lower(&self, key: &str) -> Option<&ContextValue> {
        self.0.get(key)
    }

    /// Takes over every key of `other`; on a clash `other` wins.
    pub fn extend(&mut self, other: &Context) {
        self.0
            .extend(other.0.iter().map(|(k, v)| (k.clone(), v.clone())));
    }

    /// Keys in lower case, and values, in order of key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &ContextValue)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }
}
