//! Lists.

use super::Value;
use super::document::Part;
use crate::limits;
use std::cell::{Cell, OnceCell, RefCell};
use std::ops::Range;
use std::rc::Rc;

/// Which of Java's sequences a list is; they differ in how they print and what they answer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListKind {
    /// `ArrayList`: prints as `[a, b]`.
    Java,
    /// json-smart's `JSONArray`: prints as JSON text.
    Json,
    /// A `String[]`: has no methods of its own but those of a list, and prints as an address.
    Array,
}

/// A shared list.
#[derive(Debug, Clone)]
pub struct List(Rc<ListCell>);

#[derive(Debug)]
struct ListCell {
    /// Its items, when they are values already.
    items: OnceCell<RefCell<Vec<Value>>>,
    /// Where they come from otherwise.
    part: Option<Part>,
    /// The list that it shows a part of, and has its items in, when it is a `subList`.
    of: Option<SubList>,
    kind: ListKind,
    changes: Cell<u32>,
    /// Items that Java has made room for; making more room is a change. None while nobody asked.
    room: Cell<Option<usize>>,
}

/// Items that Java makes room for when the first one is added to a list that was made empty.
const FIRST_ROOM: usize = 10;

/// Where a `subList` is in its list.
#[derive(Debug)]
struct SubList {
    list: List,
    from: usize,
    length: Cell<usize>,
    /// Changes of the list that it knows of; after any other it is of no use.
    changes: Cell<u32>,
    /// How many lists it is in.
    depth: usize,
}

impl SubList {
    fn items(&self) -> Vec<Value> {
        let range = self.from..self.from + self.length.get();
        let items = self.list.with(|items| items.get(range).map(<[_]>::to_vec));
        items.unwrap_or_default()
    }

    /// Replaces items, at places of the part, in the list.
    fn splice(&self, old: Range<usize>, items: Vec<Value>) {
        let length = self.length.get().saturating_sub(old.len()) + items.len();
        self.length.set(length);
        self.list
            .splice(self.from + old.start..self.from + old.end, items);
        self.changes.set(self.list.changes());
    }
}

impl List {
    /// A list that no [`crate::Heap`] knows; make lists with [`crate::Heap::list`].
    pub(crate) fn new(items: Vec<Value>, kind: ListKind) -> Self {
        Self(Rc::new(ListCell {
            items: OnceCell::from(RefCell::new(items)),
            part: None,
            of: None,
            kind,
            changes: Cell::new(0),
            room: Cell::new(None),
        }))
    }

    /// A JSON array of a document.
    pub(super) fn unread(part: Part) -> Self {
        Self(Rc::new(ListCell {
            items: OnceCell::new(),
            part: Some(part),
            of: None,
            kind: ListKind::Json,
            changes: Cell::new(0),
            room: Cell::new(None),
        }))
    }

    /// What `list.subList(from, to)` gives: none when `list` has no such items, or is itself in
    /// more than [`limits::SUB_LISTS_MAX`] others.
    pub(crate) fn sub_list(list: &Self, from: usize, to: usize) -> Option<Self> {
        let depth = list.0.of.as_ref().map_or(0, |of| of.depth) + 1;
        let length = to.checked_sub(from)?;
        if to > list.len() || depth > limits::SUB_LISTS_MAX {
            return None;
        }
        Some(Self(Rc::new(ListCell {
            items: OnceCell::new(),
            part: None,
            of: Some(SubList {
                list: list.clone(),
                from,
                length: Cell::new(length),
                changes: Cell::new(list.changes()),
                depth,
            }),
            kind: ListKind::Java,
            changes: Cell::new(0),
            room: Cell::new(None),
        })))
    }

    /// The list that this one is a `subList` of.
    pub(crate) fn whole(&self) -> Option<&Self> {
        self.0.of.as_ref().map(|of| &of.list)
    }

    /// Whether the list that this one is a `subList` of has changed: Java then refuses all use.
    pub(crate) fn is_stale(&self) -> bool {
        self.0
            .of
            .as_ref()
            .is_some_and(|of| of.list.changes() != of.changes.get() || of.list.is_stale())
    }

    /// The part of a document that the list still is.
    pub(super) fn part(&self) -> Option<&Part> {
        match self.0.items.get() {
            Some(_) => None,
            None => self.0.part.as_ref(),
        }
    }

    fn own(&self) -> &RefCell<Vec<Value>> {
        self.0.items.get_or_init(|| {
            let items = self.0.part.as_ref().map(Part::to_items);
            RefCell::new(items.unwrap_or_default())
        })
    }

    /// Which of Java's sequences this is.
    pub fn kind(&self) -> ListKind {
        self.0.kind
    }

    /// How many items there are.
    pub fn len(&self) -> usize {
        match (&self.0.of, self.part()) {
            (Some(of), _) => of.length.get(),
            (None, Some(part)) => part.span.len(),
            (None, None) => self.own().borrow().len(),
        }
    }

    /// Whether there is no item.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// An item.
    pub fn item(&self, index: usize) -> Option<Value> {
        match &self.0.of {
            Some(of) if index < of.length.get() => of.list.item(of.from + index),
            Some(_) => None,
            None => self.own().borrow().get(index).cloned(),
        }
    }

    /// All items of this moment.
    pub fn items(&self) -> Vec<Value> {
        match &self.0.of {
            Some(of) => of.items(),
            None => self.own().borrow().clone(),
        }
    }

    /// Whether both are the same list.
    pub fn is(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// Replaces an item; none when there is none at `index`.
    pub(crate) fn set(&self, index: usize, value: Value) -> Option<Value> {
        if let Some(of) = &self.0.of {
            return match index < of.length.get() {
                true => of.list.set(of.from + index, value),
                false => None,
            };
        }
        let mut items = self.own().borrow_mut();
        items
            .get_mut(index)
            .map(|item| std::mem::replace(item, value))
    }

    /// Changes the number or order of items.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut Vec<Value>) -> T) -> T {
        if let Some(of) = &self.0.of {
            let mut items = of.items();
            let old = 0..items.len();
            let result = change(&mut items);
            of.splice(old, items);
            return result;
        }
        let room = self.room();
        self.changed();
        let mut items = self.own().borrow_mut();
        let result = change(&mut items);
        self.0.room.set(Some(grown(room, items.len())));
        result
    }

    fn changed(&self) {
        self.0.changes.set(self.0.changes.get().wrapping_add(1));
    }

    /// How many items Java's `ArrayList` has room for: a list of the template is made as long as
    /// it must be, one of a document grows item by item.
    pub(crate) fn room(&self) -> usize {
        let room = self.0.room.get();
        room.unwrap_or_else(|| match self.kind() {
            ListKind::Json => (1..=self.len()).fold(FIRST_ROOM, grown),
            ListKind::Java | ListKind::Array => self.len(),
        })
    }

    /// `ensureCapacity(count)`: a change only where the room is too small.
    pub(crate) fn ensure_room(&self, count: usize) {
        let room = self.room();
        if count > room {
            self.changed();
            self.0.room.set(Some(grown(room, count)));
        }
    }

    /// `trimToSize()`, which Java always counts as a change.
    pub(crate) fn trim(&self) {
        self.changed();
        self.0.room.set(Some(self.len()));
    }

    fn splice(&self, old: Range<usize>, items: Vec<Value>) {
        match &self.0.of {
            Some(of) => of.splice(old, items),
            None => self.change(|own| {
                if old.end <= own.len() {
                    own.splice(old, items);
                }
            }),
        }
    }

    /// Reads without copying, but for a `subList`.
    pub(crate) fn with<T>(&self, read: impl FnOnce(&[Value]) -> T) -> T {
        match &self.0.of {
            Some(of) => read(&of.items()),
            None => read(&self.own().borrow()),
        }
    }

    pub(crate) fn changes(&self) -> u32 {
        match &self.0.of {
            Some(of) => of.list.changes(),
            None => self.0.changes.get(),
        }
    }

    /// Empties the list; what is not a value yet does not become one.
    pub(crate) fn release(&self) {
        if let Some(items) = self.0.items.get() {
            drop(items.take());
        }
    }
}

/// The room for `count` items where there was `room`: half as much more, or what it takes.
fn grown(room: usize, count: usize) -> usize {
    match count <= room {
        true => room,
        false => count.max(room + room / 2),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn numbers(count: i32) -> List {
        List::new((0..count).map(Value::Int).collect(), ListKind::Java)
    }

    fn ints(list: &List) -> Vec<i32> {
        let items = list.items();
        items.iter().filter_map(Value::int_value).collect()
    }

    #[test]
    fn what_is_done_to_a_sub_list_is_done_to_the_list() {
        let list = numbers(5);
        let part = List::sub_list(&list, 1, 3).unwrap();
        assert!(matches!(part.set(0, Value::Int(9)), Some(Value::Int(1))));
        assert!(part.set(2, Value::Int(9)).is_none() && part.item(2).is_none());
        part.change(|items| items.push(Value::Int(7)));
        assert_eq!(
            (ints(&part), ints(&list)),
            (vec![9, 2, 7], vec![0, 9, 2, 7, 3, 4])
        );
        let inner = List::sub_list(&part, 2, 3).unwrap();
        inner.change(Vec::clear);
        assert_eq!((part.len(), ints(&list)), (2, vec![0, 9, 2, 3, 4]));
        assert!(!inner.is_stale() && !part.is_stale());
        list.change(|items| items.pop());
        assert!(inner.is_stale() && part.is_stale() && !list.is_stale());
        // It is of no use, and harms nothing.
        list.change(Vec::clear);
        part.change(|items| items.push(Value::Null));
        assert!(list.is_empty());
    }

    #[test]
    fn room_is_what_java_has() {
        let list = numbers(4);
        list.ensure_room(4);
        assert_eq!((list.room(), list.changes()), (4, 0));
        list.ensure_room(5);
        assert_eq!((list.room(), list.changes()), (6, 1));
        list.change(|items| items.extend([Value::Null, Value::Null, Value::Null]));
        assert_eq!(list.room(), 9);
        list.trim();
        assert_eq!((list.room(), list.changes()), (7, 3));
        for (count, room) in [(0, 10), (10, 10), (11, 15), (16, 22), (23, 33)] {
            let json = List::new(vec![Value::Null; count], ListKind::Json);
            assert_eq!(json.room(), room, "{count}");
        }
    }

    #[test]
    fn sub_lists_end_at_their_bounds() {
        let list = numbers(3);
        assert_eq!(List::sub_list(&list, 3, 3).map(|part| part.len()), Some(0));
        assert!(List::sub_list(&list, 0, 4).is_none());
        assert!(List::sub_list(&list, 2, 1).is_none());
        let mut part = list;
        for _ in 0..limits::SUB_LISTS_MAX {
            part = List::sub_list(&part, 0, 3).unwrap();
        }
        assert!(List::sub_list(&part, 0, 3).is_none());
    }
}
