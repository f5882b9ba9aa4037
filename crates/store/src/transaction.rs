//! All of it or none.

use crate::engine::{Engine, Write};
use crate::limits::{BLOB_BYTES_MAX, KEY_BYTES_MAX, SCAN_MAX};
use crate::record::Stored;
use crate::{Change, Record, StoreError, Table};
use bytes::Bytes;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::{OwnedMutexGuard, broadcast};

/// An open transaction: it sees its own writes, and nobody else sees them before
/// [`Tx::commit`]. Dropped without commit, it leaves nothing behind.
pub struct Tx {
    engine: Arc<dyn Engine>,
    feed: broadcast::Sender<Change>,
    /// Puts (`Some`) and deletes (`None`), by table and key.
    pending: BTreeMap<(&'static str, String), Option<Stored>>,
    blobs: Vec<(String, Bytes)>,
    _turn: OwnedMutexGuard<()>,
}

impl Tx {
    pub(crate) fn new(
        engine: Arc<dyn Engine>,
        feed: broadcast::Sender<Change>,
        turn: OwnedMutexGuard<()>,
    ) -> Self {
        Self {
            engine,
            feed,
            pending: BTreeMap::new(),
            blobs: Vec::new(),
            _turn: turn,
        }
    }

    /// The record under `key`, as this transaction has left it.
    ///
    /// # Errors
    /// As [`crate::Store::get`].
    pub async fn get<R: Record>(
        &self,
        table: &Table<R>,
        key: &str,
    ) -> Result<Option<R>, StoreError> {
        match self.pending.get(&(table.name, key.to_owned())) {
            Some(Some(stored)) => table.decode(key, stored).map(Some),
            Some(None) => Ok(None),
            None => self
                .engine
                .get(table.name, key)?
                .map(|found| table.decode(key, &found))
                .transpose(),
        }
    }

    /// As [`crate::Store::scan`], with this transaction's own writes in it.
    ///
    /// # Errors
    /// As [`crate::Store::scan`].
    pub async fn scan<R: Record>(
        &self,
        table: &Table<R>,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, R)>, StoreError> {
        let limit = limit.min(SCAN_MAX);
        let mine = self.pending.iter().filter(|((name, key), _)| {
            *name == table.name
                && key.starts_with(prefix)
                && after.is_none_or(|after| key.as_str() > after)
        });
        let mine: Vec<_> = mine.collect();
        // Each own write can hide at most one stored row, so this many rows are enough.
        let rows = self
            .engine
            .scan(table.name, prefix, after, limit + mine.len())?;
        let mut merged: BTreeMap<String, Stored> = rows.into_iter().collect();
        for ((_, key), write) in mine {
            match write {
                Some(stored) => merged.insert(key.clone(), stored.clone()),
                None => merged.remove(key),
            };
        }
        merged
            .into_iter()
            .take(limit)
            .map(|(key, stored)| table.decode(&key, &stored).map(|record| (key, record)))
            .collect()
    }

    /// Writes a record, replacing what was under `key`.
    ///
    /// # Errors
    /// When the key is longer than [`KEY_BYTES_MAX`].
    pub fn put<R: Record>(
        &mut self,
        table: &Table<R>,
        key: &str,
        record: &R,
    ) -> Result<(), StoreError> {
        if key.len() > KEY_BYTES_MAX {
            return Err(StoreError::TooLarge {
                what: "a record's key",
                max: KEY_BYTES_MAX,
            });
        }
        let stored = table.encode(key, record)?;
        self.pending
            .insert((table.name, key.to_owned()), Some(stored));
        Ok(())
    }

    /// Deletes the record under `key`, if there is one.
    pub fn delete<R: Record>(&mut self, table: &Table<R>, key: &str) {
        self.pending.insert((table.name, key.to_owned()), None);
    }

    /// Keeps a blob and gives its SHA-256 in lower-case hex. The same bytes are kept once.
    ///
    /// # Errors
    /// When the blob is larger than [`BLOB_BYTES_MAX`].
    pub fn put_blob(&mut self, bytes: Bytes) -> Result<String, StoreError> {
        if bytes.len() > BLOB_BYTES_MAX {
            return Err(StoreError::TooLarge {
                what: "a blob",
                max: BLOB_BYTES_MAX,
            });
        }
        let digest = Sha256::digest(&bytes);
        let hash: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        self.blobs.push((hash.clone(), bytes));
        Ok(hash)
    }

    /// Makes the writes durable and tells the feed.
    ///
    /// # Errors
    /// When the engine fails; then nothing was written.
    pub async fn commit(self) -> Result<(), StoreError> {
        let changes: Vec<Change> = self
            .pending
            .keys()
            .map(|(table, key)| Change {
                table,
                key: key.clone(),
            })
            .collect();
        let blobs = self
            .blobs
            .into_iter()
            .map(|(hash, bytes)| Write::Blob { hash, bytes });
        let records = self
            .pending
            .into_iter()
            .map(|((table, key), write)| match write {
                Some(stored) => Write::Put { table, key, stored },
                None => Write::Delete { table, key },
            });
        let writes: Vec<Write> = blobs.chain(records).collect();
        if writes.is_empty() {
            return Ok(());
        }
        let (engine, feed, turn) = (self.engine, self.feed, self._turn);
        // The fsync may take milliseconds: not on a thread that serves requests. What follows the
        // commit happens there too, for nobody may be waiting any more when it is done.
        let written = tokio::task::spawn_blocking(move || {
            engine.commit(&writes)?;
            for change in changes {
                // Nobody listening is fine.
                let _ = feed.send(change);
            }
            drop(turn);
            Ok(())
        });
        written.await.map_err(|source| StoreError::Engine {
            action: "commit",
            source: Box::new(source),
        })?
    }
}
