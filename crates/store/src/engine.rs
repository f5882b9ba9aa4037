//! What the store asks of a database.

use crate::{StoreError, record::Stored};
use bytes::Bytes;

/// When a commit is acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// After `fsync`: survives power loss. For everything that users were told is done.
    Full,
    /// After the write: survives a crash of the process; power loss may take the last commits.
    /// For logs.
    Relaxed,
}

/// One change of a transaction.
#[derive(Debug, Clone)]
pub(crate) enum Write {
    Put {
        table: &'static str,
        key: String,
        stored: Stored,
    },
    Delete {
        table: &'static str,
        key: String,
    },
    Blob {
        hash: String,
        bytes: Bytes,
    },
}

/// A database. Calls block for microseconds (reads) or one `fsync` (commit).
pub(crate) trait Engine: Send + Sync + 'static {
    fn get(&self, table: &str, key: &str) -> Result<Option<Stored>, StoreError>;

    fn scan(
        &self,
        table: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, Stored)>, StoreError>;

    fn blob(&self, hash: &str) -> Result<Option<Bytes>, StoreError>;

    /// Applies all of `writes` or none.
    fn commit(&self, writes: &[Write]) -> Result<(), StoreError>;

    fn clear(&self) -> Result<(), StoreError>;
}
