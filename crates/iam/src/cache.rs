//! Parsed policies and known keys, kept until IAM's tables change.
//!
//! The store's feed is read before each look-up, so that a revoked key or a detached policy is
//! refused on the very next request. Nothing here outlives a change: any change in IAM's tables
//! empties the cache, because such changes are rare and the entries are cheap to make anew.

use crate::limits::CACHE_ENTRIES_MAX;
use crate::record::is_cached;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use store::{Change, Store};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::TryRecvError;

/// Entries of type `T` by key.
pub(crate) struct Cache<T> {
    feed: Mutex<Receiver<Change>>,
    entries: RwLock<Entries<T>>,
}

struct Entries<T> {
    /// Grows whenever the cache is emptied.
    generation: u64,
    by_key: HashMap<String, Arc<T>>,
}

/// Says that an entry was gathered no earlier than this.
#[derive(Clone, Copy)]
pub(crate) struct Generation(u64);

impl<T> Cache<T> {
    pub(crate) fn new(store: &Store) -> Self {
        Self {
            feed: Mutex::new(store.changes()),
            entries: RwLock::new(Entries {
                generation: 0,
                by_key: HashMap::new(),
            }),
        }
    }

    /// The entry, or the generation under which a new one may be put.
    pub(crate) fn find(&self, key: &str) -> Result<Arc<T>, Generation> {
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
    pub(crate) fn put(&self, key: String, value: T, gathered: Generation) -> Arc<T> {
        let value = Arc::new(value);
        if self.has_news() {
            self.clear();
        }
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        if entries.generation == gathered.0 {
            if entries.by_key.len() >= CACHE_ENTRIES_MAX {
                entries.by_key.clear();
            }
            entries.by_key.insert(key, Arc::clone(&value));
        }
        value
    }

    /// Forgets everything.
    pub(crate) fn clear(&self) {
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        entries.generation += 1;
        entries.by_key.clear();
    }

    fn has_news(&self) -> bool {
        let mut feed = self.feed.lock().unwrap_or_else(PoisonError::into_inner);
        let mut has_news = false;
        loop {
            match feed.try_recv() {
                Ok(change) => has_news |= is_cached(change.table),
                Err(TryRecvError::Lagged(_)) => has_news = true,
                Err(TryRecvError::Empty | TryRecvError::Closed) => return has_news,
            }
        }
    }
}
