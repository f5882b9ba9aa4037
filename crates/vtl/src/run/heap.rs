//! What one rendering has made and done, counted against its limits.

use super::frame::Frame;
use crate::value::{CallError, Document, List, ListKind, Map, Value};
use crate::{ErrorKind, Limits};
use regex::Regex;
use std::collections::HashMap;
use std::rc::Rc;

/// Owns all lists and maps of a rendering and counts what it costs.
///
/// Everything a rendering makes stays until its end. That keeps freeing cheap and flat however
/// deep the values are nested, and values that contain themselves are freed as well.
#[derive(Debug)]
pub struct Heap {
    limits: Limits,
    steps: u64,
    memory: usize,
    lists: Vec<List>,
    maps: Vec<Map>,
    documents: Vec<Rc<Document>>,
    frames: Vec<Rc<Frame>>,
    patterns: HashMap<Box<str>, Regex>,
    empty: Rc<str>,
}

/// Rough size of one item of a list, and of one entry of a map.
const ITEM_BYTES: usize = 24;
const ENTRY_BYTES: usize = 96;

/// Regular expressions kept compiled during a rendering.
const PATTERNS_MAX: usize = 64;

impl Heap {
    /// An empty heap with these limits.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            steps: 0,
            memory: 0,
            lists: Vec::new(),
            maps: Vec::new(),
            documents: Vec::new(),
            frames: Vec::new(),
            patterns: HashMap::new(),
            empty: "".into(),
        }
    }

    /// The limits of this rendering.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The empty text, which stands for everything undefined.
    pub fn empty_text(&self) -> Value {
        Value::Text(self.empty.clone())
    }

    /// Counts one step.
    ///
    /// # Errors
    /// When there were too many.
    #[inline]
    pub fn step(&mut self) -> Result<(), ErrorKind> {
        self.steps_by(1)
    }

    #[inline]
    fn steps_by(&mut self, count: u64) -> Result<(), ErrorKind> {
        self.steps = self.steps.saturating_add(count);
        if self.steps > self.limits.steps {
            return Err(too_many_steps(self.limits.steps));
        }
        Ok(())
    }

    /// Counts the reading of `bytes`.
    ///
    /// # Errors
    /// When there were too many steps.
    pub fn work(&mut self, bytes: usize) -> Result<(), ErrorKind> {
        self.steps_by(bytes as u64 / 64)
    }

    /// Counts the making of `bytes`.
    ///
    /// # Errors
    /// When too much was made.
    pub fn charge(&mut self, bytes: usize) -> Result<(), ErrorKind> {
        self.memory = self.memory.saturating_add(bytes);
        if self.memory > self.limits.memory_bytes {
            return Err(ErrorKind::limit(
                "memory of a rendering",
                self.limits.memory_bytes,
            ));
        }
        Ok(())
    }

    /// Bytes that may still be made.
    pub fn memory_left(&self) -> usize {
        self.limits.memory_bytes.saturating_sub(self.memory)
    }

    /// A text.
    ///
    /// # Errors
    /// When too much was made.
    pub fn text(&mut self, text: impl Into<Rc<str>>) -> Result<Value, ErrorKind> {
        let text = text.into();
        self.charge(text.len())?;
        Ok(Value::Text(text))
    }

    /// A list.
    ///
    /// # Errors
    /// When too much was made.
    pub fn list(&mut self, items: Vec<Value>, kind: ListKind) -> Result<Value, ErrorKind> {
        self.charge(items.len() * ITEM_BYTES + ENTRY_BYTES)?;
        Ok(self.free_list(items, kind))
    }

    /// A list that is not counted, for a document whose size is bounded anyway.
    pub fn free_list(&mut self, items: Vec<Value>, kind: ListKind) -> Value {
        let list = List::new(items, kind);
        self.lists.push(list.clone());
        Value::List(list)
    }

    /// A part of a list, as [`List::sub_list`] made it.
    pub(crate) fn sub_list(&mut self, part: List) -> Result<Value, ErrorKind> {
        self.charge(ENTRY_BYTES)?;
        self.lists.push(part.clone());
        Ok(Value::List(part))
    }

    /// A map of these entries, a later key replacing an equal earlier one.
    ///
    /// # Errors
    /// When too much was made.
    pub fn map(
        &mut self,
        entries: impl IntoIterator<Item = (Value, Value)>,
    ) -> Result<Value, ErrorKind> {
        let map = self.free_map(entries);
        if let Value::Map(map) = &map {
            self.charge((map.len() + 1) * ENTRY_BYTES)?;
        }
        Ok(map)
    }

    /// A map that is not counted, for a document whose size is bounded anyway.
    pub fn free_map(&mut self, entries: impl IntoIterator<Item = (Value, Value)>) -> Value {
        let map = Map::of(entries.into_iter());
        self.maps.push(map.clone());
        Value::Map(map)
    }

    /// Puts a value into a map.
    ///
    /// # Errors
    /// When too much was made.
    pub fn put(&mut self, map: &Map, key: Value, value: Value) -> Result<Option<Value>, ErrorKind> {
        self.charge(ENTRY_BYTES)?;
        Ok(map.put(key, value))
    }

    /// Changes a list by adding `added` items.
    pub(crate) fn grow<T>(
        &mut self,
        list: &List,
        added: usize,
        change: impl FnOnce(&mut Vec<Value>) -> T,
    ) -> Result<T, ErrorKind> {
        self.charge(added.saturating_mul(ITEM_BYTES))?;
        let mut moved = Some(list);
        while let Some(list) = moved {
            self.work(list.len().saturating_mul(ITEM_BYTES))?;
            moved = list.whole();
        }
        Ok(list.change(change))
    }

    /// Makes room for `count` items in a list, which is counted as if they were there.
    pub(crate) fn ensure_room(&mut self, list: &List, count: usize) -> Result<(), ErrorKind> {
        self.charge(count.saturating_sub(list.room()).saturating_mul(ITEM_BYTES))?;
        list.ensure_room(count);
        Ok(())
    }

    pub(crate) fn keep_document(&mut self, document: &Rc<Document>) {
        self.documents.push(document.clone());
    }

    pub(crate) fn keep(&mut self, frame: &Rc<Frame>) {
        self.frames.push(frame.clone());
    }

    /// A regular expression of Java, compiled.
    pub(crate) fn pattern(&mut self, source: &str) -> Result<Regex, CallError> {
        if let Some(known) = self.patterns.get(source) {
            return Ok(known.clone());
        }
        self.steps_by(5_000).map_err(CallError::Limit)?;
        let pattern = crate::methods::compile_pattern(source)?;
        if self.patterns.len() < PATTERNS_MAX {
            self.patterns.insert(source.into(), pattern.clone());
        }
        Ok(pattern)
    }
}

#[cold]
fn too_many_steps(limit: u64) -> ErrorKind {
    let what = "number of steps";
    ErrorKind::Limit { what, limit }
}

impl Drop for Heap {
    /// Empties every list, map and frame while all of them are still held, so that nothing is
    /// freed inside something else.
    fn drop(&mut self) {
        for list in &self.lists {
            list.release();
        }
        for map in &self.maps {
            map.release();
        }
        for document in &self.documents {
            document.release();
        }
        for frame in &self.frames {
            drop(frame.take_all());
        }
    }
}

impl From<ErrorKind> for CallError {
    fn from(kind: ErrorKind) -> Self {
        Self::Limit(kind)
    }
}
