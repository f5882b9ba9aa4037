//! Documents: lists and maps that are read where they lie until a template asks for more.
//!
//! Most of a document is never looked at. Its values lie side by side in a few vectors, and a
//! [`List`] or [`Map`] of it is made only when a template reaches it; its items and entries become
//! values of their own when something but reading one by name is asked of it.

use super::{List, Map, Value};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::atomic::{AtomicU8, Ordering};

/// Members up to which an object is searched one by one, which is faster than hashing.
pub(super) const SMALL_MAX: usize = 16;

/// A value of a document; only the builder that made it understands it.
///
/// One word, so that reading hands it on in a register: three bits say what it is, 29 how long
/// it is, and 32 where it starts.
#[derive(Debug, Clone, Copy)]
pub struct DocumentNode(u64);

/// What a [`DocumentNode`] is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Node {
    Null,
    Bool(bool),
    Int(i32),
    /// Of `texts`.
    Text(Span),
    /// The place in `kept`.
    Kept(u32),
    /// Of `items`.
    List(Span),
    /// Of `members`.
    Map(Span),
}

/// A part of a vector.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    start: u32,
    length: u32,
}

const TAG_BITS: u32 = 3;
const LENGTH_BITS: u32 = 29;

impl Span {
    /// What was added to a vector since it was `start` long; none beyond what a node can say.
    pub(super) fn since(start: usize, end: usize) -> Option<Self> {
        let length = u32::try_from(end.checked_sub(start)?).ok()?;
        let start = u32::try_from(start).ok()?;
        (length < 1 << LENGTH_BITS).then_some(Self { start, length })
    }

    pub(super) fn len(self) -> usize {
        self.length as usize
    }

    pub(super) fn range(self) -> std::ops::Range<usize> {
        let start = self.start as usize;
        start..start + self.len()
    }
}

impl DocumentNode {
    const fn pack(tag: u64, start: u32, length: u32) -> Self {
        Self(tag | (length as u64) << TAG_BITS | (start as u64) << (TAG_BITS + LENGTH_BITS))
    }

    pub(super) fn new(node: Node) -> Self {
        match node {
            Node::Null => Self::pack(0, 0, 0),
            Node::Bool(value) => Self::pack(1, 0, u32::from(value)),
            Node::Int(value) => Self::pack(2, value.cast_unsigned(), 0),
            Node::Text(span) => Self::pack(3, span.start, span.length),
            Node::Kept(place) => Self::pack(4, place, 0),
            Node::List(span) => Self::pack(5, span.start, span.length),
            Node::Map(span) => Self::pack(6, span.start, span.length),
        }
    }

    #[inline]
    pub(super) fn node(self) -> Node {
        let [_, _, _, _, start @ ..] = self.0.to_le_bytes();
        let start = u32::from_le_bytes(start);
        let [low @ .., _, _, _, _] = self.0.to_le_bytes();
        let length = u32::from_le_bytes(low) >> TAG_BITS;
        let span = Span { start, length };
        match self.0 & ((1 << TAG_BITS) - 1) {
            1 => Node::Bool(length > 0),
            2 => Node::Int(start.cast_signed()),
            3 => Node::Text(span),
            4 => Node::Kept(start),
            5 => Node::List(span),
            6 => Node::Map(span),
            _ => Node::Null,
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Member {
    pub name: Span,
    pub node: DocumentNode,
}

/// What is read of a member without making a value of it.
#[derive(Debug)]
pub(crate) enum Plain<'d> {
    Null,
    Bool(bool),
    Int(i32),
    Text(&'d str),
    /// Neither list nor map.
    Value(&'d Value),
}

/// A document that was read whole.
#[derive(Debug, Default)]
pub(crate) struct Document {
    /// The text that the document was read from, and behind it what that text says in escapes.
    pub(super) texts: String,
    pub(super) items: Vec<DocumentNode>,
    pub(super) members: Vec<Member>,
    pub(super) kept: Vec<Value>,
    /// Every list and map that was made of it, so that the heap can empty them.
    pub(super) made: RefCell<Vec<Value>>,
}

impl Document {
    pub(super) fn text(&self, span: Span) -> &str {
        self.texts.get(span.range()).unwrap_or_default()
    }

    pub(super) fn name(&self, member: &Member) -> &str {
        self.text(member.name)
    }

    pub(super) fn items(&self, span: Span) -> &[DocumentNode] {
        self.items.get(span.range()).unwrap_or_default()
    }

    pub(super) fn members(&self, span: Span) -> &[Member] {
        self.members.get(span.range()).unwrap_or_default()
    }

    pub(super) fn kept(&self, place: u32) -> &Value {
        self.kept.get(place as usize).unwrap_or(&Value::Null)
    }

    /// A value of its own. Lists and maps are made anew: whoever asks keeps them.
    pub(super) fn value(self: &Rc<Self>, node: DocumentNode) -> Value {
        let made = match node.node() {
            Node::Null => return Value::Null,
            Node::Bool(value) => return Value::Bool(value),
            Node::Int(value) => return Value::Int(value),
            Node::Text(span) => return Value::Text(self.text(span).into()),
            Node::Kept(place) => return self.kept(place).clone(),
            Node::List(span) => Value::List(List::unread(Part::new(self, span))),
            Node::Map(span) => Value::Map(Map::unread(Part::new(self, span))),
        };
        self.made.borrow_mut().push(made.clone());
        made
    }

    /// Empties what was made of it.
    pub(crate) fn release(&self) {
        let made = self.made.take();
        for value in &made {
            match value {
                Value::List(list) => list.release(),
                Value::Map(map) => map.release(),
                _ => {}
            }
        }
    }
}

/// A list or map of a document.
#[derive(Debug)]
pub(super) struct Part {
    pub document: Rc<Document>,
    pub span: Span,
    /// Lists and maps that were made of members, by the member's place: reading a name twice
    /// gives the same one.
    made: RefCell<Vec<(usize, Value)>>,
}

impl Part {
    fn new(document: &Rc<Document>, span: Span) -> Self {
        Self {
            document: document.clone(),
            span,
            made: RefCell::default(),
        }
    }

    /// The values of a list.
    pub(super) fn to_items(&self) -> Vec<Value> {
        let items = self.document.items(self.span).iter();
        items.map(|node| self.document.value(*node)).collect()
    }

    /// The entries of a map.
    pub(super) fn to_entries(&self) -> impl ExactSizeIterator<Item = (Value, Value)> {
        let members = self.document.members(self.span).iter().enumerate();
        members.map(|(place, member)| {
            let name = Value::Text(self.document.name(member).into());
            (name, self.member(place, member.node))
        })
    }

    /// Whether members are better hashed before one is looked for.
    pub(super) fn is_large(&self) -> bool {
        self.span.len() > SMALL_MAX
    }

    /// The place and node of the member with this name, which may be where it was the last time.
    fn find(&self, name: &str, hint: &Hint) -> Option<(usize, DocumentNode)> {
        let members = self.document.members(self.span);
        // Most members have another length, which is seen at once.
        let is_it =
            |member: &Member| member.name.len() == name.len() && self.document.name(member) == name;
        let place = hint.place();
        match members.get(place) {
            Some(member) if is_it(member) => Some((place, member.node)),
            _ => {
                let place = members.iter().position(is_it)?;
                hint.remember(place);
                Some((place, members.get(place)?.node))
            }
        }
    }

    /// The value of the member with this name.
    pub(super) fn get(&self, name: &str, hint: &Hint) -> Option<Value> {
        let (place, node) = self.find(name, hint)?;
        Some(self.member(place, node))
    }

    /// The member with this name, unless it is a list or a map.
    pub(super) fn plain(&self, name: &str, hint: &Hint) -> Option<Plain<'_>> {
        let (_, node) = self.find(name, hint)?;
        Some(match node.node() {
            Node::Null => Plain::Null,
            Node::Bool(value) => Plain::Bool(value),
            Node::Int(value) => Plain::Int(value),
            Node::Text(span) => Plain::Text(self.document.text(span)),
            Node::Kept(place) => Plain::Value(self.document.kept(place)),
            Node::List(_) | Node::Map(_) => return None,
        })
    }

    /// What was made of a member, when that is a list or a map that was looked at.
    pub(super) fn made(&self, place: usize) -> Option<Value> {
        let made = self.made.borrow();
        let found = made.iter().find(|(own, _)| *own == place);
        found.map(|(_, value)| value.clone())
    }

    fn member(&self, place: usize, node: DocumentNode) -> Value {
        if !matches!(node.node(), Node::List(_) | Node::Map(_)) {
            return self.document.value(node);
        }
        self.made(place).unwrap_or_else(|| {
            let value = self.document.value(node);
            self.made.borrow_mut().push((place, value.clone()));
            value
        })
    }

    pub(super) fn release(&self) {
        drop(self.made.take());
    }
}

/// Where a member was found the last time: the objects of a list mostly have the same members in
/// the same order.
#[derive(Debug, Default)]
pub(crate) struct Hint(AtomicU8);

impl Hint {
    fn place(&self) -> usize {
        usize::from(self.0.load(Ordering::Relaxed))
    }

    fn remember(&self, place: usize) {
        if let Ok(place) = u8::try_from(place) {
            self.0.store(place, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::DocumentBuilder;
    use super::*;
    use crate::{Heap, JsonStyle, Limits, write_json};
    use std::borrow::Cow;

    fn json(value: &Value) -> String {
        let mut out = String::new();
        write_json(value, JsonStyle::Plain, 1 << 20, &mut out).unwrap();
        out
    }

    /// `{"a":{"b":[1,"x"]},"c":2.5}`.
    fn small(heap: &mut Heap) -> Map {
        let mut builder = DocumentBuilder::for_source("");
        let items = [builder.scalar(Value::Int(-1)), builder.text("x")];
        let list = builder.list(items.into_iter());
        let inner = builder.map([("b".into(), list)].into_iter());
        let number = builder.scalar(Value::Double(2.5));
        let root = builder.map([("a".into(), inner), ("c".into(), number)].into_iter());
        match builder.finish(root, heap) {
            Value::Map(map) => map,
            other => panic!("{other:?} is no map"),
        }
    }

    #[test]
    fn nodes_say_what_they_were_made_of() {
        let span = Span {
            start: u32::MAX,
            length: (1 << LENGTH_BITS) - 1,
        };
        for (node, expect) in [
            (Node::Null, "Null"),
            (Node::Bool(true), "Bool(true)"),
            (Node::Int(i32::MIN), "Int(-2147483648)"),
            (Node::Kept(u32::MAX), "Kept(4294967295)"),
            (
                Node::Text(span),
                "Text(Span { start: 4294967295, length: 536870911 })",
            ),
        ] {
            assert_eq!(format!("{:?}", DocumentNode::new(node).node()), expect);
        }
        assert!(Span::since(0, 1 << LENGTH_BITS).is_none());
        assert!(Span::since(1 << 32, 1 << 32).is_none());
    }

    #[test]
    fn what_is_changed_is_seen_wherever_it_is_read() {
        let mut heap = Heap::new(Limits::default());
        let root = small(&mut heap);
        assert_eq!(
            json(&Value::Map(root.clone())),
            r#"{"a":{"b":[-1,"x"]},"c":2.5}"#
        );
        let Some(Value::Map(inner)) = root.get_text("a") else {
            panic!("no map")
        };
        assert!(matches!(root.get_text("a"), Some(Value::Map(same)) if same.is(&inner)));
        let Some(Value::List(list)) = inner.get_text("b") else {
            panic!("no list")
        };
        list.change(|items| items.push(Value::Bool(true)));
        assert_eq!(
            json(&Value::Map(root.clone())),
            r#"{"a":{"b":[-1,"x",true]},"c":2.5}"#
        );
        // Entries are values now, and still the same ones.
        root.put("d".into(), Value::Null);
        assert!(matches!(root.get_text("a"), Some(Value::Map(same)) if same.is(&inner)));
        assert_eq!(
            json(&Value::Map(root)),
            r#"{"a":{"b":[-1,"x",true]},"c":2.5,"d":null}"#
        );
    }

    #[test]
    fn later_members_replace_earlier_ones_in_small_and_large_maps() {
        for count in [2, SMALL_MAX, SMALL_MAX + 1, 100] {
            let mut heap = Heap::new(Limits::default());
            let mut builder = DocumentBuilder::for_source("");
            let mut members = Vec::new();
            for number in 0..count - 1 {
                let text = builder.text("a text that is longer than those that lie side by side");
                members.push((Cow::Owned(format!("n{number}")), text));
            }
            members.push((Cow::Borrowed("n0"), builder.scalar(Value::Int(7))));
            let root = builder.map(members.into_iter());
            let Value::Map(map) = builder.finish(root, &mut heap) else {
                panic!("no map")
            };
            assert_eq!(map.len(), count - 1);
            assert!(matches!(map.get_text("n0"), Some(Value::Int(7))));
            assert!(map.get_text("none").is_none());
            let first = map.entry(0).map(|(name, _)| name.scalar_text());
            assert_eq!(first.as_deref(), Some("n0"));
        }
    }

    #[test]
    fn a_map_that_contains_itself_is_freed_with_the_heap() {
        let mut heap = Heap::new(Limits::default());
        let root = small(&mut heap);
        let Some(Value::Map(inner)) = root.get_text("a") else {
            panic!("no map")
        };
        inner.put("root".into(), Value::Map(root.clone()));
        drop(heap);
        assert!(inner.is_empty());
        assert!(
            root.get_text("a")
                .is_none_or(|value| !matches!(value, Value::Map(map) if map.is(&inner)))
        );
    }
}
