//! Template values as documents that JSONPath reads, without a copy in between.

use std::borrow::Cow;

use jsonpath::{Builder, JsonError, Kind, Number, Tree};
use vtl::{DocumentBuilder, DocumentNode, Heap, ListKind, Value};

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

/// Makes template values that belong to a heap: answers of paths.
pub(crate) struct ValueBuilder<'h>(pub &'h mut Heap);

impl Builder for ValueBuilder<'_> {
    type Tree = Node;

    fn null(&mut self) -> Node {
        Node(Value::Null)
    }

    fn bool(&mut self, value: bool) -> Node {
        Node(Value::Bool(value))
    }

    fn number(&mut self, value: Number) -> Node {
        Node(number(value))
    }

    fn text(&mut self, value: &str) -> Node {
        Node(value.into())
    }

    fn array(&mut self, items: impl ExactSizeIterator<Item = Node>) -> Node {
        let items = items.map(|node| node.0).collect();
        Node(self.0.free_list(items, ListKind::Json))
    }

    fn object<'n>(&mut self, members: impl ExactSizeIterator<Item = (Cow<'n, str>, Node)>) -> Node {
        let members = members.map(|(name, node)| (name.as_ref().into(), node.0));
        Node(self.0.free_map(members))
    }
}

fn number(number: Number) -> Value {
    match number {
        Number::Int(value) => Value::Int(value),
        Number::Long(value) => Value::Long(value),
        Number::Big(text) => match text.parse() {
            Ok(value) => Value::Big(Box::new(value)),
            Err(_) => Value::Decimal(text.into()),
        },
        Number::Double(value) => Value::Double(value),
        decimal @ Number::Decimal(_) => Value::Decimal(decimal.print().into()),
    }
}

/// Reads a JSON text as a document of template values.
pub(crate) fn parse(text: &str, heap: &mut Heap) -> Result<Value, JsonError> {
    let mut builder = Reader(DocumentBuilder::for_source(text));
    let root = jsonpath::parse_json(text, &mut builder)?;
    Ok(builder.0.finish(root, heap))
}

struct Reader<'s>(DocumentBuilder<'s>);

impl Builder for Reader<'_> {
    type Tree = DocumentNode;

    fn null(&mut self) -> DocumentNode {
        self.0.scalar(Value::Null)
    }

    fn bool(&mut self, value: bool) -> DocumentNode {
        self.0.scalar(Value::Bool(value))
    }

    fn number(&mut self, value: Number) -> DocumentNode {
        self.0.scalar(number(value))
    }

    fn text(&mut self, value: &str) -> DocumentNode {
        self.0.text(value)
    }

    fn array(&mut self, items: impl ExactSizeIterator<Item = DocumentNode>) -> DocumentNode {
        self.0.list(items)
    }

    fn object<'n>(
        &mut self,
        members: impl ExactSizeIterator<Item = (Cow<'n, str>, DocumentNode)>,
    ) -> DocumentNode {
        self.0.map(members)
    }
}
