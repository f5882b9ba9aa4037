//! What can go wrong with a store; never the caller's fault.

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The database file or its disk failed.
    #[error("the database failed while it should {action}")]
    Engine {
        /// What was being done.
        action: &'static str,
        /// SQLite's word.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A record is not what its table holds.
    #[error("record `{key}` of table `{table}` cannot be read")]
    Record {
        /// The table.
        table: &'static str,
        /// The record's key.
        key: String,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// A record was written by a newer release.
    #[error(
        "record `{key}` of table `{table}` has version {found}, newer than {known}; use the release that wrote it"
    )]
    Newer {
        /// The table.
        table: &'static str,
        /// The record's key.
        key: String,
        /// Version found.
        found: u32,
        /// Version that this release writes.
        known: u32,
    },
    /// A key or blob is over its bound.
    #[error("{what} is larger than {max} bytes")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// The bound.
        max: usize,
    },
    /// Another node changed what this transaction read; begin again.
    #[error("another transaction changed the same records")]
    Conflict,
}

impl StoreError {
    pub(crate) fn engine(
        action: &'static str,
    ) -> impl Fn(rusqlite::Error) -> StoreError + Copy + 'static {
        move |source| Self::Engine {
            action,
            source: Box::new(source),
        }
    }
}
