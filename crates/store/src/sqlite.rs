//! The embedded engine: one SQLite file in WAL mode.

use crate::StoreError;
use crate::engine::{Durability, Engine, Write};
use crate::limits::{READERS, STATEMENTS};
use crate::record::Stored;
use bytes::Bytes;
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// `user_version` of the files that this release writes.
const LAYOUT: i32 = 1;

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS record (
  tab TEXT NOT NULL, key TEXT NOT NULL, version INTEGER NOT NULL, json TEXT NOT NULL,
  PRIMARY KEY (tab, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS blob (hash TEXT PRIMARY KEY, bytes BLOB NOT NULL);
";

/// One writer and a few readers over the same file.
pub(crate) struct Sqlite {
    writer: Mutex<Connection>,
    /// Empty for a database in memory, where the writer's connection is all there is.
    readers: Vec<Mutex<Connection>>,
    next_reader: AtomicUsize,
}

impl Sqlite {
    pub(crate) fn open(path: &Path, durability: Durability) -> Result<Self, StoreError> {
        let failed = StoreError::engine("open the database");
        let writer = Connection::open(path).map_err(failed)?;
        let synchronous = match durability {
            Durability::Full => "FULL",
            Durability::Relaxed => "NORMAL",
        };
        writer
            .pragma_update(None, "journal_mode", "WAL")
            .map_err(failed)?;
        writer
            .pragma_update(None, "synchronous", synchronous)
            .map_err(failed)?;
        prepare(&writer)?;
        let readers = (0..READERS)
            .map(|_| {
                let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
                let reader = Connection::open_with_flags(path, flags).map_err(failed)?;
                reader.set_prepared_statement_cache_capacity(STATEMENTS);
                Ok(Mutex::new(reader))
            })
            .collect::<Result<_, StoreError>>()?;
        Ok(Self {
            writer: Mutex::new(writer),
            readers,
            next_reader: AtomicUsize::new(0),
        })
    }

    pub(crate) fn in_memory() -> Result<Self, StoreError> {
        let writer = Connection::open_in_memory().map_err(StoreError::engine("open memory"))?;
        prepare(&writer)?;
        Ok(Self {
            writer: Mutex::new(writer),
            readers: Vec::new(),
            next_reader: 0.into(),
        })
    }

    /// A connection to read with: the first free reader, else whichever's turn it is.
    fn reader(&self) -> MutexGuard<'_, Connection> {
        if self.readers.is_empty() {
            return lock(&self.writer);
        }
        let start = self.next_reader.fetch_add(1, Ordering::Relaxed);
        let in_turn = (0..self.readers.len()).map(|n| &self.readers[(start + n) % READERS]);
        for reader in in_turn {
            if let Ok(free) = reader.try_lock() {
                return free;
            }
        }
        lock(&self.readers[start % READERS])
    }
}

/// A panic while the lock was held cannot leave a connection half-changed: SQLite rolls back.
fn lock(connection: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}

fn prepare(writer: &Connection) -> Result<(), StoreError> {
    let failed = StoreError::engine("prepare the database");
    writer.set_prepared_statement_cache_capacity(STATEMENTS);
    let layout: i32 = writer
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(failed)?;
    if layout > LAYOUT {
        let text = format!("layout {layout} is newer than {LAYOUT}; use the release that wrote it");
        return Err(StoreError::Engine {
            action: "open the database",
            source: text.into(),
        });
    }
    writer.execute_batch(SCHEMA).map_err(failed)?;
    writer
        .pragma_update(None, "user_version", LAYOUT)
        .map_err(failed)
}

impl Engine for Sqlite {
    fn get(&self, table: &str, key: &str) -> Result<Option<Stored>, StoreError> {
        let failed = StoreError::engine("read a record");
        let reader = self.reader();
        let mut statement = reader
            .prepare_cached("SELECT version, json FROM record WHERE tab = ?1 AND key = ?2")
            .map_err(failed)?;
        statement
            .query_row(params![table, key], |row| {
                Ok(Stored {
                    version: row.get(0)?,
                    json: row.get(1)?,
                })
            })
            .optional()
            .map_err(failed)
    }

    fn scan(
        &self,
        table: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, Stored)>, StoreError> {
        let failed = StoreError::engine("scan records");
        let reader = self.reader();
        // Keys are UTF-8, compared byte by byte, so every key with the prefix lies in one range
        // that starts at the prefix; the loop below ends at the first key outside it.
        let mut statement = reader
            .prepare_cached(
                "SELECT key, version, json FROM record \
                 WHERE tab = ?1 AND key >= ?2 AND key > ?3 ORDER BY key LIMIT ?4",
            )
            .map_err(failed)?;
        let after = after.unwrap_or("");
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut rows = statement
            .query(params![table, prefix, after, limit])
            .map_err(failed)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(failed)? {
            let key: String = row.get(0).map_err(failed)?;
            if !key.starts_with(prefix) {
                break;
            }
            let version = row.get(1).map_err(failed)?;
            let json = row.get(2).map_err(failed)?;
            found.push((key, Stored { version, json }));
        }
        Ok(found)
    }

    fn blob(&self, hash: &str) -> Result<Option<Bytes>, StoreError> {
        let failed = StoreError::engine("read a blob");
        let reader = self.reader();
        let mut statement = reader
            .prepare_cached("SELECT bytes FROM blob WHERE hash = ?1")
            .map_err(failed)?;
        let bytes: Option<Vec<u8>> = statement
            .query_row(params![hash], |row| row.get(0))
            .optional()
            .map_err(failed)?;
        Ok(bytes.map(Bytes::from))
    }

    fn commit(&self, writes: &[Write]) -> Result<(), StoreError> {
        let failed = StoreError::engine("commit");
        let mut writer = lock(&self.writer);
        let transaction = writer.transaction().map_err(failed)?;
        for write in writes {
            apply(&transaction, write).map_err(failed)?;
        }
        transaction.commit().map_err(failed)
    }

    fn clear(&self) -> Result<(), StoreError> {
        let writer = lock(&self.writer);
        writer
            .execute_batch("BEGIN; DELETE FROM record; DELETE FROM blob; COMMIT;")
            .map_err(StoreError::engine("clear the database"))
    }
}

fn apply(transaction: &rusqlite::Transaction<'_>, write: &Write) -> rusqlite::Result<()> {
    match write {
        Write::Put { table, key, stored } => transaction
            .prepare_cached(
                "INSERT INTO record (tab, key, version, json) VALUES (?1, ?2, ?3, ?4) \
                 ON CONFLICT DO UPDATE SET version = ?3, json = ?4",
            )?
            .execute(params![table, key, stored.version, stored.json])?,
        Write::Delete { table, key } => transaction
            .prepare_cached("DELETE FROM record WHERE tab = ?1 AND key = ?2")?
            .execute(params![table, key])?,
        Write::Blob { hash, bytes } => transaction
            .prepare_cached("INSERT OR IGNORE INTO blob (hash, bytes) VALUES (?1, ?2)")?
            .execute(params![hash, bytes.as_ref()])?,
    };
    Ok(())
}
