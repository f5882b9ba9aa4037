//! Template values as documents that JSONPath reads, without a copy in between.

use std::borrow::Cow;
use std::rc::Rc;

use jsonpath::{Builder, Kind, Number, Tree};
use vtl::{Heap, ListKind, Value};

/// A template value, seen as a JSON value.
#[derive(Debug, Clone)]
pub(crate) struct Node(pub Value);

impl Tree for Node {
    fn kind(&self) -> Kind {
        match &self.0 {
            Value::Bool(value) => Kind::Bool(*value),
            Value::Text(text) => Kind::Text(text.as_ref().to_owned()),
            Value::List(_) => Kind::Array,
            Value::Map(_) => Kind::Object,
            Value::Int(_)
            | Value::Long(_)
            | Value::Big(_)
            | Value::Double(_)
            | Value::Decimal(_) => Kind::Number(self.0.scalar_text()),
            _ => Kind::Null,
        }
    }

    fn is_array(&self) -> bool {
        matches!(self.0, Value::List(_))
    }

    fn is_object(&self) -> bool {
        matches!(self.0, Value::Map(_))
    }

    fn len(&self) -> usize {
        match &self.0 {
            Value::List(list) => list.len(),
            Value::Map(map) => map.len(),
            _ => 0,
        }
    }

    fn item(&self, index: usize) -> Option<Self> {
        match &self.0 {
            Value::List(list) => list.item(index).map(Self),
            _ => None,
        }
    }

    fn member(&self, name: &str) -> Option<Self> {
        match &self.0 {
            Value::Map(map) => map.get_text(name).map(Self),
            _ => None,
        }
    }

    fn member_at(&self, index: usize) -> Option<(String, Self)> {
        match &self.0 {
            Value::Map(map) => {
                let (key, value) = map.entry(index)?;
                Some((key.scalar_text(), Self(value)))
            }
            _ => None,
        }
    }

    fn equals<E>(
        &self,
        other: &Self,
        depth: usize,
        visit: &mut impl FnMut(usize) -> Result<(), E>,
    ) -> Result<bool, E> {
        visit(depth)?;
        match (&self.0, &other.0) {
            (Value::List(a), Value::List(b)) => {
                if a.len() != b.len() {
                    return Ok(false);
                }
                for (a, b) in a.items().into_iter().zip(b.items()) {
                    if !Self(a).equals(&Self(b), depth + 1, visit)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            (Value::Map(a), Value::Map(b)) => {
                if a.len() != b.len() {
                    return Ok(false);
                }
                for (key, a) in a.entries() {
                    match b.get(&key) {
                        Some(b) => {
                            if !Self(a).equals(&Self(b), depth + 1, visit)? {
                                return Ok(false);
                            }
                        }
                        None => return Ok(false),
                    }
                }
                Ok(true)
            }
            (a, b) => Ok(a.scalar_equals(b)),
        }
    }
}

/// Names kept for the next object that has them, and short texts for the next place that has
/// them; a power of two.
const TEXTS_KEPT: usize = 64;

/// Bytes of a text that is short.
const SHORT_BYTES: usize = 32;

/// Makes template values that belong to a heap.
pub(crate) struct ValueBuilder<'h> {
    heap: &'h mut Heap,
    /// Names of members, each at the place that [`place`] gives it: objects of one list have the
    /// same names, which they share.
    names: Vec<Option<Rc<str>>>,
    /// Short texts likewise: many are one of a few, as units, countries and states are.
    texts: Vec<Option<Rc<str>>>,
}

impl<'h> ValueBuilder<'h> {
    pub(crate) fn new(heap: &'h mut Heap) -> Self {
        Self {
            heap,
            names: Vec::new(),
            texts: Vec::new(),
        }
    }
}

/// The text out of those that are kept, which it then is.
fn shared(kept: &mut [Option<Rc<str>>], text: &str) -> Rc<str> {
    let Some(kept) = kept.get_mut(place(text)) else {
        return text.into();
    };
    match kept {
        Some(known) if **known == *text => known.clone(),
        other => other.insert(text.into()).clone(),
    }
}

/// Where a name is kept; another one may be kept there instead.
fn place(text: &str) -> usize {
    let bytes = text.as_bytes();
    let at = |index: usize| bytes.get(index).copied().map_or(0, usize::from);
    let (first, middle, last) = (
        at(0),
        at(bytes.len() / 2),
        at(bytes.len().saturating_sub(1)),
    );
    (first * 7 + middle * 31 + last * 3 + bytes.len()) % TEXTS_KEPT
}

impl Builder for ValueBuilder<'_> {
    type Tree = Node;

    fn null(&mut self) -> Node {
        Node(Value::Null)
    }

    fn bool(&mut self, value: bool) -> Node {
        Node(Value::Bool(value))
    }

    fn number(&mut self, value: Number) -> Node {
        Node(match value {
            Number::Int(value) => Value::Int(value),
            Number::Long(value) => Value::Long(value),
            Number::Big(text) => match text.parse() {
                Ok(value) => Value::Big(value),
                Err(_) => Value::Decimal(text.into()),
            },
            Number::Double(value) => Value::Double(value),
            decimal @ Number::Decimal(_) => Value::Decimal(decimal.print().into()),
        })
    }

    fn text(&mut self, value: &str) -> Node {
        if value.len() > SHORT_BYTES {
            return Node(value.into());
        }
        if self.texts.is_empty() {
            self.texts.resize(TEXTS_KEPT, None);
        }
        Node(Value::Text(shared(&mut self.texts, value)))
    }

    fn array(&mut self, items: impl ExactSizeIterator<Item = Node>) -> Node {
        let items = items.map(|node| node.0).collect();
        Node(self.heap.free_list(items, ListKind::Json))
    }

    fn object<'n>(&mut self, members: impl ExactSizeIterator<Item = (Cow<'n, str>, Node)>) -> Node {
        if self.names.is_empty() {
            self.names.resize(TEXTS_KEPT, None);
        }
        let names = &mut self.names;
        let members = members.map(|(text, node)| (Value::Text(shared(names, &text)), node.0));
        Node(self.heap.free_map(members))
    }
}
