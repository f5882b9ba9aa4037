//! Lists, maps and what looks into them.

use super::Value;
use super::document::{Hint, Part, Plain};
use super::entries::Entries;
use super::list::{List, ListKind};
use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

/// A shared map that keeps the order in which keys came.
#[derive(Debug, Clone)]
pub struct Map(Rc<MapCell>);

#[derive(Debug, Default)]
struct MapCell {
    /// Its entries, when they are values already.
    entries: OnceCell<RefCell<Entries>>,
    /// Where they come from otherwise.
    part: Option<Part>,
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
            entries: OnceCell::from(RefCell::new(Entries::collect(entries))),
            ..MapCell::default()
        }))
    }

    /// An object of a document.
    pub(super) fn unread(part: Part) -> Self {
        Self(Rc::new(MapCell {
            part: Some(part),
            ..MapCell::default()
        }))
    }

    /// The part of a document that the map still is.
    pub(super) fn part(&self) -> Option<&Part> {
        match self.0.entries.get() {
            Some(_) => None,
            None => self.0.part.as_ref(),
        }
    }

    fn own(&self) -> &RefCell<Entries> {
        self.0.entries.get_or_init(|| {
            let entries = self.0.part.as_ref();
            let entries = entries.map(|part| Entries::collect(part.to_entries()));
            RefCell::new(entries.unwrap_or_default())
        })
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        match self.part() {
            Some(part) => part.span.len(),
            None => self.own().borrow().len(),
        }
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value under a key; none when there is no such key.
    pub fn get(&self, key: &Value) -> Option<Value> {
        match key {
            Value::Text(name) => self.get_text(name),
            key => self.own().borrow().get(key).cloned(),
        }
    }

    /// The value under a text key.
    pub fn get_text(&self, key: &str) -> Option<Value> {
        self.property(key, &Hint::default())
    }

    /// The value under a text key, which may be where it was in another map.
    pub(crate) fn property(&self, key: &str, hint: &Hint) -> Option<Value> {
        match self.part() {
            Some(part) if !part.is_large() => part.get(key, hint),
            _ => self.own().borrow().get_text(key).cloned(),
        }
    }

    /// What is under a text key of a small object of a document that nobody has changed, unless it
    /// is a list or a map.
    pub(crate) fn plain(&self, key: &str, hint: &Hint) -> Option<Plain<'_>> {
        let part = self.part().filter(|part| !part.is_large())?;
        part.plain(key, hint)
    }

    /// The entry at a place.
    pub fn entry(&self, index: usize) -> Option<(Value, Value)> {
        let entries = self.own().borrow();
        let (key, value) = entries.at(index)?;
        Some((key.clone(), value.clone()))
    }

    /// Reads all entries in order without copying, until one fails.
    pub(crate) fn try_each<E>(
        &self,
        mut read: impl FnMut(usize, &Value, &Value) -> Result<(), E>,
    ) -> Result<(), E> {
        let entries = self.own().borrow();
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
        let old = self.own().borrow_mut().insert(key, value);
        if old.is_none() {
            self.changed();
        }
        old
    }

    pub(crate) fn remove(&self, key: &Value) -> Option<Value> {
        let old = self.own().borrow_mut().remove(key);
        if old.is_some() {
            self.changed();
        }
        old
    }

    /// Takes all entries away.
    pub(crate) fn clear(&self) {
        self.changed();
        drop(self.own().take());
    }

    /// Empties the map; what is not a value yet does not become one.
    pub(crate) fn release(&self) {
        if let Some(entries) = self.0.entries.get() {
            drop(entries.take());
        }
        if let Some(part) = &self.0.part {
            part.release();
        }
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
