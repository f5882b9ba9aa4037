//! Tables and the versioned records in them.

use crate::StoreError;
use serde::{Serialize, de::DeserializeOwned};
use std::marker::PhantomData;

/// A type that is kept in a table.
///
/// The stored form is JSON beside a version number. When a released type must change, raise
/// [`Record::VERSION`] and teach [`Record::migrate`] the way from every older version.
pub trait Record: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The version that this release writes.
    const VERSION: u32 = 1;

    /// Reads a record that an earlier release wrote as `version`.
    ///
    /// # Errors
    /// When the text is not a record of that version.
    fn migrate(version: u32, json: &str) -> Result<Self, serde_json::Error> {
        let _ = version;
        serde_json::from_str(json)
    }
}

/// A named table of records of one type, owned by one crate.
pub struct Table<R> {
    pub(crate) name: &'static str,
    record: PhantomData<fn() -> R>,
}

impl<R: Record> Table<R> {
    /// The table called `name`, by custom `crate.things`.
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            record: PhantomData,
        }
    }

    /// The table's name, as [`crate::Change`] tells it.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) fn decode(&self, key: &str, stored: &Stored) -> Result<R, StoreError> {
        if stored.version > R::VERSION {
            return Err(StoreError::Newer {
                table: self.name,
                key: key.to_owned(),
                found: stored.version,
                known: R::VERSION,
            });
        }
        let record = if stored.version == R::VERSION {
            serde_json::from_str(&stored.json)
        } else {
            R::migrate(stored.version, &stored.json)
        };
        record.map_err(|source| StoreError::Record {
            table: self.name,
            key: key.to_owned(),
            source,
        })
    }

    pub(crate) fn encode(&self, key: &str, record: &R) -> Result<Stored, StoreError> {
        let json = serde_json::to_string(record).map_err(|source| StoreError::Record {
            table: self.name,
            key: key.to_owned(),
            source,
        })?;
        Ok(Stored {
            version: R::VERSION,
            json,
        })
    }
}

/// A record as the engine keeps it.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) version: u32,
    pub(crate) json: String,
}
