//! Typed structures from and to [`Value`] trees.

use crate::{Schema, Timestamp, Value};
use bytes::Bytes;
use std::{collections::BTreeMap, fmt};

/// Made from a value that was decoded and validated with the type's schema.
pub trait Read: Sized {
    /// The typed value. What a validated tree cannot hold reads as the type's default.
    fn read(value: Option<Value>) -> Self;
}

/// Turned into a value for an encoder.
pub trait Write {
    /// The tree; none for an absent member.
    fn write(self) -> Option<Value>;
}

/// Prints a structure for logs and tests; sensitive members as `***`, absent ones not at all.
///
/// # Errors
/// As the formatter's.
pub fn debug_structure(
    f: &mut fmt::Formatter<'_>,
    schema: &Schema,
    fields: &[&dyn fmt::Debug],
) -> fmt::Result {
    let mut out = f.debug_struct(schema.name);
    for (member, field) in schema.members().iter().zip(fields) {
        if member.target.is_sensitive {
            out.field(member.name, &"***");
        } else {
            out.field(member.name, field);
        }
    }
    out.finish()
}

impl<T: Read> Read for Option<T> {
    fn read(value: Option<Value>) -> Self {
        value.map(|value| T::read(Some(value)))
    }
}

impl<T: Write> Write for Option<T> {
    fn write(self) -> Option<Value> {
        self.and_then(T::write)
    }
}

impl<T: Read> Read for Box<T> {
    fn read(value: Option<Value>) -> Self {
        Self::new(T::read(value))
    }
}

impl<T: Write> Write for Box<T> {
    fn write(self) -> Option<Value> {
        T::write(*self)
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(value: Option<Value>) -> Self {
        match value {
            Some(Value::List(items)) => items.into_iter().map(|item| T::read(Some(item))).collect(),
            _ => Self::new(),
        }
    }
}

impl<T: Write> Write for Vec<T> {
    fn write(self) -> Option<Value> {
        let items = self.into_iter();
        Some(Value::List(
            items
                .map(|item| item.write().unwrap_or(Value::Null))
                .collect(),
        ))
    }
}

impl<T: Read> Read for BTreeMap<String, T> {
    fn read(value: Option<Value>) -> Self {
        match value {
            Some(Value::Map(entries)) => {
                let entries = entries.into_iter();
                entries
                    .map(|(key, value)| (key, T::read(Some(value))))
                    .collect()
            }
            _ => Self::new(),
        }
    }
}

impl<T: Write> Write for BTreeMap<String, T> {
    fn write(self) -> Option<Value> {
        let entries = self.into_iter();
        Some(Value::Map(
            entries
                .map(|(key, value)| (key, value.write().unwrap_or(Value::Null)))
                .collect(),
        ))
    }
}

/// `Read` and `Write` of a simple type through its own variant of [`Value`].
macro_rules! simple {
    ($($type:ty: $variant:ident;)*) => {$(
        impl Read for $type {
            fn read(value: Option<Value>) -> Self {
                match value {
                    Some(Value::$variant(value)) => value,
                    _ => Self::default(),
                }
            }
        }

        impl Write for $type {
            fn write(self) -> Option<Value> {
                Some(Value::$variant(self))
            }
        }
    )*};
}

simple! {
    bool: Boolean;
    i64: Integer;
    f64: Double;
    String: String;
    Bytes: Blob;
    Timestamp: Timestamp;
}

impl Read for i32 {
    fn read(value: Option<Value>) -> Self {
        // The decoder has refused what does not fit.
        Self::try_from(i64::read(value)).unwrap_or_default()
    }
}

impl Write for i32 {
    fn write(self) -> Option<Value> {
        Some(Value::Integer(i64::from(self)))
    }
}
