//! What was made out of records, kept until their tables change.
//!
//! The store's feed is read before each look-up, so that a change is seen by the very next request.
//! Nothing here outlives a change: any change in the tables that a cache watches empties it. Made
//! for what changes rarely and is cheap to make anew, such as parsed policies.

use crate::{Change, Store};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::TryRecvError;

/// Entries of type `T` by key.
pub struct Cache<T> {
    /// Whether a change in this table makes the entries stale.
    watches: fn(&str) -> bool,
    entries_max: usize,
    feed: Mutex<Receiver<Change>>,
    entries: RwLock<Entries<T>>,
}

struct Entries<T> {
    /// Grows whenever the cache is emptied.
    generation: u64,
    by_key: HashMap<String, Arc<T>>,
}

/// Says that an entry was gathered no earlier than this.
#[derive(Debug, Clone, Copy)]
pub struct Generation(u64);

impl<T> Cache<T> {
    /// A cache of at most `entries_max` entries; a change in a table that it `watches` empties it.
    pub fn new(store: &Store, watches: fn(&str) -> bool, entries_max: usize) -> Self {
        Self {
            watches,
            entries_max,
            feed: Mutex::new(store.changes()),
            entries: RwLock::new(Entries {
                generation: 0,
                by_key: HashMap::new(),
            }),
        }
    }

    /// The entry.
    ///
    /// # Errors
    /// There is none; gives the generation under which a new one may be put.
    pub fn find(&self, key: &str) -> Result<Arc<T>, Generation> {
        if self.has_news() {
            self.clear();
        }
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        match entries.by_key.get(key) {
            Some(found) => Ok(Arc::clone(found)),
            None => Err(Generation(entries.generation)),
        }
    }

    /// Keeps an entry, unless something changed while it was gathered.
    pub fn put(&self, key: String, value: T, gathered: Generation) -> Arc<T> {
        let value = Arc::new(value);
        if self.has_news() {
            self.clear();
        }
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        if entries.generation == gathered.0 {
            if entries.by_key.len() >= self.entries_max {
                entries.by_key.clear();
            }
            entries.by_key.insert(key, Arc::clone(&value));
        }
        value
    }

    /// Forgets everything.
    pub fn clear(&self) {
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        entries.generation += 1;
        entries.by_key.clear();
    }

    fn has_news(&self) -> bool {
        let mut feed = self.feed.lock().unwrap_or_else(PoisonError::into_inner);
        let mut has_news = false;
        loop {
            match feed.try_recv() {
                Ok(change) => has_news |= (self.watches)(change.table),
                Err(TryRecvError::Lagged(_)) => has_news = true,
                Err(TryRecvError::Empty | TryRecvError::Closed) => return has_news,
            }
        }
    }
}
