//! Lists, maps and what looks into them.

use super::Value;
use super::entries::Entries;
use std::cell::{Cell, RefCell};
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
    items: RefCell<Vec<Value>>,
    kind: ListKind,
    changes: Cell<u32>,
}

impl List {
    /// A list that no [`crate::Heap`] knows; make lists with [`crate::Heap::list`].
    pub(crate) fn new(items: Vec<Value>, kind: ListKind) -> Self {
        Self(Rc::new(ListCell {
            items: RefCell::new(items),
            kind,
            changes: Cell::new(0),
        }))
    }

    /// Which of Java's sequences this is.
    pub fn kind(&self) -> ListKind {
        self.0.kind
    }

    /// How many items there are.
    pub fn len(&self) -> usize {
        self.0.items.borrow().len()
    }

    /// Whether there is no item.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// An item.
    pub fn item(&self, index: usize) -> Option<Value> {
        self.0.items.borrow().get(index).cloned()
    }

    /// All items of this moment.
    pub fn items(&self) -> Vec<Value> {
        self.0.items.borrow().clone()
    }

    /// Whether both are the same list.
    pub fn is(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// Replaces an item; none when there is none at `index`.
    pub(crate) fn set(&self, index: usize, value: Value) -> Option<Value> {
        let mut items = self.0.items.borrow_mut();
        items
            .get_mut(index)
            .map(|item| std::mem::replace(item, value))
    }

    /// Changes the number or order of items.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut Vec<Value>) -> T) -> T {
        self.0.changes.set(self.0.changes.get().wrapping_add(1));
        change(&mut self.0.items.borrow_mut())
    }

    /// Reads without copying.
    pub(crate) fn with<T>(&self, read: impl FnOnce(&[Value]) -> T) -> T {
        read(&self.0.items.borrow())
    }

    pub(crate) fn changes(&self) -> u32 {
        self.0.changes.get()
    }

    pub(crate) fn take_all(&self) -> Vec<Value> {
        self.0.items.take()
    }
}

/// A shared map that keeps the order in which keys came.
#[derive(Debug, Clone)]
pub struct Map(Rc<MapCell>);

#[derive(Debug, Default)]
struct MapCell {
    entries: RefCell<Entries>,
    changes: Cell<u32>,
}

impl Map {
    /// A map that no [`crate::Heap`] knows; make maps with [`crate::Heap::map`].
    pub(crate) fn new() -> Self {
        Self(Rc::default())
    }

    /// A map of these entries, a later key replacing an equal earlier one.
    pub(crate) fn of(entries: impl Iterator<Item = (Value, Value)>) -> Self {
        Self(Rc::new(MapCell {
            entries: RefCell::new(Entries::collect(entries)),
            changes: Cell::new(0),
        }))
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.0.entries.borrow().len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value under a key; none when there is no such key.
    pub fn get(&self, key: &Value) -> Option<Value> {
        self.0.entries.borrow().get(key).cloned()
    }

    /// The value under a text key.
    pub fn get_text(&self, key: &str) -> Option<Value> {
        self.0.entries.borrow().get_text(key).cloned()
    }

    /// The entry at a place.
    pub fn entry(&self, index: usize) -> Option<(Value, Value)> {
        let entries = self.0.entries.borrow();
        let (key, value) = entries.at(index)?;
        Some((key.clone(), value.clone()))
    }

    /// Reads all entries in order without copying, until one fails.
    pub(crate) fn try_each<E>(
        &self,
        mut read: impl FnMut(usize, &Value, &Value) -> Result<(), E>,
    ) -> Result<(), E> {
        let entries = self.0.entries.borrow();
        for index in 0..entries.len() {
            if let Some((key, value)) = entries.at(index) {
                read(index, key, value)?;
            }
        }
        Ok(())
    }

    /// All entries of this moment.
    pub fn entries(&self) -> Vec<(Value, Value)> {
        (0..self.len())
            .filter_map(|index| self.entry(index))
            .collect()
    }

    /// Whether both are the same map.
    pub fn is(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// Puts a value under a key; answers the value that was there.
    pub(crate) fn put(&self, key: Value, value: Value) -> Option<Value> {
        let old = self.0.entries.borrow_mut().insert(key, value);
        if old.is_none() {
            self.changed();
        }
        old
    }

    pub(crate) fn remove(&self, key: &Value) -> Option<Value> {
        let old = self.0.entries.borrow_mut().remove(key);
        if old.is_some() {
            self.changed();
        }
        old
    }

    /// Takes all entries away.
    pub(crate) fn clear(&self) {
        self.changed();
        drop(self.0.entries.take());
    }

    pub(crate) fn changes(&self) -> u32 {
        self.0.changes.get()
    }

    fn changed(&self) {
        self.0.changes.set(self.0.changes.get().wrapping_add(1));
    }
}

/// What of a map a view shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ViewKind {
    /// `keySet()`.
    Keys,
    /// `values()`.
    Values,
    /// `entrySet()`.
    Entries,
}

/// The keys, values or entries of a map, which change with it.
#[derive(Debug, Clone)]
pub struct View {
    /// What it shows.
    pub kind: ViewKind,
    /// Of what.
    pub map: Map,
}

impl View {
    /// The element at a place.
    pub fn item(&self, index: usize) -> Option<Value> {
        let (key, value) = self.map.entry(index)?;
        Some(match self.kind {
            ViewKind::Keys => key,
            ViewKind::Values => value,
            ViewKind::Entries => Value::Entry(Rc::new(Entry {
                map: self.map.clone(),
                key,
                value,
            })),
        })
    }

    /// All elements of this moment.
    pub fn items(&self) -> Vec<Value> {
        (0..self.map.len())
            .filter_map(|index| self.item(index))
            .collect()
    }
}

/// An entry of a map.
#[derive(Debug)]
pub struct Entry {
    pub(crate) map: Map,
    pub(crate) key: Value,
    value: Value,
}

impl Entry {
    /// The value of this moment, or the last one when the entry was removed.
    pub(crate) fn value(&self) -> Value {
        self.map
            .get(&self.key)
            .unwrap_or_else(|| self.value.clone())
    }
}

/// An iterator over a list or a map; it fails when these change meanwhile, as Java's do.
#[derive(Debug)]
pub struct Iter {
    source: IterSource,
    next: Cell<usize>,
    /// Java's iterator over a map knows its next entry before it is asked.
    has_entry: Cell<bool>,
    changes: u32,
}

#[derive(Debug)]
enum IterSource {
    List(List),
    View(View),
    /// Arrays have no check, and nothing else can change one's length.
    Items(Vec<Value>),
}

impl Iter {
    pub(crate) fn list(list: List) -> Self {
        let changes = list.changes();
        let source = match list.kind() {
            ListKind::Array => IterSource::Items(list.items()),
            _ => IterSource::List(list),
        };
        Self::new(source, changes)
    }

    pub(crate) fn view(view: View) -> Self {
        let changes = view.map.changes();
        let has_entry = !view.map.is_empty();
        let iter = Self::new(IterSource::View(view), changes);
        iter.has_entry.set(has_entry);
        iter
    }

    fn new(source: IterSource, changes: u32) -> Self {
        Self {
            source,
            next: Cell::new(0),
            has_entry: Cell::new(false),
            changes,
        }
    }

    pub(crate) fn has_next(&self) -> bool {
        let next = self.next.get();
        match &self.source {
            IterSource::List(list) => next != list.len(),
            IterSource::View(_) => self.has_entry.get(),
            IterSource::Items(items) => next < items.len(),
        }
    }

    /// The next element; an error when the source changed, none at the end.
    pub(crate) fn advance(&self) -> Result<Option<Value>, &'static str> {
        let next = self.next.get();
        let (item, changes) = match &self.source {
            IterSource::List(list) => (list.item(next), list.changes()),
            IterSource::View(view) => (view.item(next), view.map.changes()),
            IterSource::Items(items) => (items.get(next).cloned(), self.changes),
        };
        if changes != self.changes {
            return Err("the collection changed while it was iterated");
        }
        self.next.set(next + 1);
        if let IterSource::View(view) = &self.source {
            self.has_entry.set(next + 1 < view.map.len());
        }
        Ok(item)
    }
}
