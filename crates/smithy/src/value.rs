//! The tree between bytes and typed structures.

use bytes::Bytes;

/// Milliseconds since 1970-01-01T00:00:00Z, as a member of a structure.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

/// A value of some [`Schema`](crate::Schema).
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// An explicit null inside a list or map.
    Null,
    /// A boolean.
    Boolean(bool),
    /// An integer or long.
    Integer(i64),
    /// A double.
    Double(f64),
    /// Text.
    String(String),
    /// Bytes.
    Blob(Bytes),
    /// A point in time.
    Timestamp(Timestamp),
    /// Elements in order.
    List(Vec<Value>),
    /// Entries in order.
    Map(Vec<(String, Value)>),
    /// One place for each member of the schema, in its order; none when absent.
    Structure(Vec<Option<Value>>),
    /// Events that are sent while they happen; as the payload of an answer only.
    Stream(crate::EventStream),
}

impl Value {
    /// The members of a structure, to be taken in the schema's order.
    pub fn into_fields(self) -> Fields {
        match self {
            Self::Structure(fields) => Fields(fields.into_iter()),
            _ => Fields(Vec::new().into_iter()),
        }
    }
}

/// The members of a structure, taken one by one.
#[derive(Debug)]
pub struct Fields(std::vec::IntoIter<Option<Value>>);

impl Fields {
    /// The next member's value.
    pub fn take(&mut self) -> Option<Value> {
        self.0.next().flatten()
    }
}
