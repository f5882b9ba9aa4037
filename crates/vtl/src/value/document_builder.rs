//! Reading a document.

use super::Value;
use super::document::{Document, DocumentNode, Member, Node, SMALL_MAX, Span};
use crate::Heap;
use indexmap::IndexMap;
use std::borrow::Cow;
use std::rc::Rc;

/// Bytes from which on a text is kept as one, so that reading it again and again does not copy.
const KEPT_BYTES: usize = 128;

/// Bytes that are made room for beside the source, for texts with escapes in it.
const ESCAPED_MORE: usize = 64;

/// Reads a document from its leaves up, each list and map when all that is in it has been read.
#[derive(Debug)]
pub struct DocumentBuilder<'s> {
    /// What the document is read from.
    source: &'s str,
    document: Document,
}

impl<'s> DocumentBuilder<'s> {
    /// A builder for what is read from `source`. Texts that are parts of it are not copied again.
    pub fn for_source(source: &'s str) -> Self {
        let mut texts = String::with_capacity(source.len() + ESCAPED_MORE);
        texts.push_str(source);
        // A value takes ten bytes or more of most documents.
        let members = Vec::with_capacity(source.len() / 16);
        let document = Document {
            texts,
            members,
            ..Document::default()
        };
        Self { source, document }
    }

    /// A value that is neither text, list nor map.
    pub fn scalar(&mut self, value: Value) -> DocumentNode {
        DocumentNode::new(match value {
            Value::Null => Node::Null,
            Value::Bool(value) => Node::Bool(value),
            Value::Int(value) => Node::Int(value),
            other => self.keep(other),
        })
    }

    /// A text.
    pub fn text(&mut self, text: &str) -> DocumentNode {
        let span = (text.len() < KEPT_BYTES).then(|| self.span(text)).flatten();
        DocumentNode::new(match span {
            Some(span) => Node::Text(span),
            None => self.keep(text.into()),
        })
    }

    /// A list of the values that were read last.
    pub fn list(&mut self, items: impl Iterator<Item = DocumentNode>) -> DocumentNode {
        let start = self.document.items.len();
        self.document.items.extend(items);
        let span = Span::since(start, self.document.items.len());
        DocumentNode::new(span.map_or(Node::Null, Node::List))
    }

    /// A map; a later member replaces the value of an earlier one of the same name.
    pub fn map<'n>(
        &mut self,
        members: impl ExactSizeIterator<Item = (Cow<'n, str>, DocumentNode)>,
    ) -> DocumentNode {
        let start = self.document.members.len();
        if members.len() > SMALL_MAX {
            let members: IndexMap<_, _> = members.collect();
            for (name, node) in members {
                self.member(&name, node);
            }
        } else {
            let mut seen = 0;
            for (name, node) in members {
                let mark = mark(&name);
                let known = match seen & mark {
                    0 => None,
                    _ => self.known(start, &name),
                };
                seen |= mark;
                match known {
                    Some(known) => known.node = node,
                    None => self.member(&name, node),
                }
            }
        }
        let span = Span::since(start, self.document.members.len());
        DocumentNode::new(span.map_or(Node::Null, Node::Map))
    }

    /// The document's value, which lives until `heap` is dropped.
    pub fn finish(self, root: DocumentNode, heap: &mut Heap) -> Value {
        let document = Rc::new(self.document);
        heap.keep_document(&document);
        document.value(root)
    }

    #[inline]
    fn member(&mut self, name: &str, node: DocumentNode) {
        if let Some(name) = self.span(name) {
            self.document.members.push(Member { name, node });
        }
    }

    /// The member of this name among those since `start`.
    fn known(&mut self, start: usize, name: &str) -> Option<&mut Member> {
        let texts = &self.document.texts;
        let members = self.document.members.get_mut(start..)?;
        members
            .iter_mut()
            .find(|known| texts.get(known.name.range()) == Some(name))
    }

    /// Where a text stands: in the source, when it is a part of that, or behind it.
    #[inline]
    fn span(&mut self, text: &str) -> Option<Span> {
        let offset = text
            .as_ptr()
            .addr()
            .wrapping_sub(self.source.as_ptr().addr());
        if offset < self.source.len() && text.len() <= self.source.len() - offset {
            return Span::since(offset, offset + text.len());
        }
        let start = self.document.texts.len();
        self.document.texts.push_str(text);
        Span::since(start, self.document.texts.len())
    }

    fn keep(&mut self, value: Value) -> Node {
        let place = u32::try_from(self.document.kept.len());
        self.document.kept.push(value);
        place.map_or(Node::Null, Node::Kept)
    }
}

/// One bit of 64, the same for equal names: a name whose bit no other has had is new.
fn mark(name: &str) -> u64 {
    let bytes = name.as_bytes();
    let at = |byte: Option<&u8>| byte.copied().map_or(0, usize::from);
    let (first, middle, last) = (bytes.first(), bytes.get(bytes.len() / 2), bytes.last());
    1 << ((at(first) * 7 + at(middle) * 3 + at(last) * 5 + bytes.len()) % 64)
}
