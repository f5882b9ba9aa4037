//! Values: what Java's objects are to a template.

mod containers;
mod document;
mod document_builder;
mod entries;
mod equality;
mod json;
mod list;
mod number;
mod print;

pub use containers::{Entry, Iter, Map, View, ViewKind};
pub use document::DocumentNode;
pub(crate) use document::{Document, Hint, Plain};
pub use document_builder::DocumentBuilder;
pub(crate) use equality::equals;
pub use json::{JsonStyle, write_json};
pub use list::{List, ListKind};
pub(crate) use number::{Operation, compare, double, self_operation};
pub(crate) use print::scalar as write_scalar;

use crate::Handle;
use crate::run::{BlockReference, Loop};
use std::rc::Rc;

/// A value that a template handles. Cloning is cheap; lists and maps are shared.
#[derive(Debug, Clone)]
pub enum Value {
    /// Java's `null`.
    Null,
    /// `Boolean`.
    Bool(bool),
    /// `Integer`.
    Int(i32),
    /// `Long`.
    Long(i64),
    /// `BigInteger`, as far as 128 bits go; boxed, for it is rare and would make all values larger.
    Big(Box<i128>),
    /// `Double`.
    Double(f64),
    /// A number that only its text holds whole (`BigDecimal`, or a very large `BigInteger`).
    Decimal(Rc<str>),
    /// `Character`.
    Char(char),
    /// `String`.
    Text(Rc<str>),
    /// `ArrayList`, an array, or a JSON array.
    List(List),
    /// `LinkedHashMap`.
    Map(Map),
    /// The keys, values or entries of a map.
    View(View),
    /// An entry of a map.
    Entry(Rc<Entry>),
    /// An iterator.
    Iter(Rc<Iter>),
    /// `$foreach`.
    Loop(Rc<Loop>),
    /// What `#define` put under a name.
    Block(Rc<BlockReference>),
    /// An object of the embedder.
    Object(Handle),
}

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallError {
    /// The method failed, with a reason.
    Failed(String),
    /// A bound was hit.
    Limit(crate::ErrorKind),
}

impl CallError {
    /// A method that failed.
    pub fn failed(reason: impl Into<String>) -> Self {
        Self::Failed(reason.into())
    }
}

impl Value {
    /// The text, when this is a `String`.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether this is Java's `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// What a text, number, truth or character prints as; nothing for everything else.
    pub fn scalar_text(&self) -> String {
        let mut out = String::new();
        print::scalar(self, &mut out);
        out
    }

    /// Whether two values that are no lists or maps are equal as Java's `equals` says.
    pub fn scalar_equals(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Text(a), Self::Text(b)) => a == b,
            _ => equality::scalars_equal(self, other),
        }
    }

    /// Whether this may have other values in it.
    pub(crate) fn is_container(&self) -> bool {
        matches!(
            self,
            Self::List(_) | Self::Map(_) | Self::View(_) | Self::Entry(_) | Self::Loop(_)
        )
    }

    pub(crate) fn is_number(&self) -> bool {
        matches!(
            self,
            Self::Int(_) | Self::Long(_) | Self::Big(_) | Self::Double(_) | Self::Decimal(_)
        )
    }

    /// `Number.intValue()`.
    pub(crate) fn int_value(&self) -> Option<i32> {
        match self {
            Self::Int(value) => Some(*value),
            // Java keeps the low bits, and clips decimals.
            Self::Long(value) => Some(low_bits(i128::from(*value))),
            Self::Big(value) => Some(low_bits(**value)),
            Self::Double(value) => Some(*value as i32),
            Self::Decimal(text) => text.parse::<f64>().ok().map(|value| value as i32),
            _ => None,
        }
    }
}

fn low_bits(value: i128) -> i32 {
    let [a, b, c, d, ..] = value.to_le_bytes();
    i32::from_le_bytes([a, b, c, d])
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}
