//! What a document must offer to be read by a path.

use std::borrow::Cow;

/// A JSON number as json-smart stores it.
#[derive(Debug, Clone, PartialEq)]
pub enum Number {
    /// Fits 32 bits.
    Int(i32),
    /// Fits 64 bits.
    Long(i64),
    /// An integer beyond 64 bits, its digits.
    Big(String),
    /// A number with fraction or exponent, of at most 18 characters.
    Double(f64),
    /// A longer one, its text.
    Decimal(String),
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// `null`, and whatever JSON does not know.
    Null,
    /// A truth.
    Bool(bool),
    /// A number, as Java prints it.
    Number(String),
    /// A text.
    Text(String),
    /// An array.
    Array,
    /// An object.
    Object,
}

/// A value of a document. Cloning must be cheap.
pub trait Tree: Clone {
    /// What this is.
    fn kind(&self) -> Kind;
    /// Whether this is an array.
    fn is_array(&self) -> bool;
    /// Whether this is an object.
    fn is_object(&self) -> bool;
    /// Items of an array, members of an object; 0 otherwise.
    fn len(&self) -> usize;
    /// Whether there is neither item nor member.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// An item of an array.
    fn item(&self, index: usize) -> Option<Self>;
    /// A member of an object.
    fn member(&self, name: &str) -> Option<Self>;
    /// A member of an object by its place.
    fn member_at(&self, index: usize) -> Option<(String, Self)>;
    /// Whether two values are equal as Java's `equals` says. These are `depth` deep in what is
    /// compared; `visit` is called with the depth of each pair and ends the comparison when it
    /// fails.
    ///
    /// # Errors
    /// When `visit` fails.
    fn equals<E>(
        &self,
        other: &Self,
        depth: usize,
        visit: &mut impl FnMut(usize) -> Result<(), E>,
    ) -> Result<bool, E>;
    /// Appends to an array; the function `append()` does so. False when this is no array.
    fn push(&self, item: Self) -> bool {
        let _ = item;
        false
    }
}

/// Makes values of a document. Those of a path's answer must be a [`Tree`]; a parser's need not.
pub trait Builder {
    /// What is made.
    type Tree;
    /// `null`.
    fn null(&mut self) -> Self::Tree;
    /// A truth.
    fn bool(&mut self, value: bool) -> Self::Tree;
    /// A number.
    fn number(&mut self, value: Number) -> Self::Tree;
    /// A text.
    fn text(&mut self, value: &str) -> Self::Tree;
    /// An array.
    fn array(&mut self, items: impl ExactSizeIterator<Item = Self::Tree>) -> Self::Tree;
    /// An object; a later member replaces an earlier one of the same name.
    fn object<'n>(
        &mut self,
        members: impl ExactSizeIterator<Item = (Cow<'n, str>, Self::Tree)>,
    ) -> Self::Tree;
}
