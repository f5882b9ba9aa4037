//! Every bound of the store.

/// Longest key. ARNs, the longest keys in use, are far shorter.
pub const KEY_BYTES_MAX: usize = 2_048;

/// Largest blob: Lambda's limit for an unzipped package ("Lambda quotas"), which no zip exceeds.
pub const BLOB_BYTES_MAX: usize = 262_144_000;

/// Most records that one scan returns; callers page with `after`.
pub const SCAN_MAX: usize = 10_000;

/// Changes kept for a reader of the feed that is behind.
pub(crate) const FEED_BACKLOG: usize = 4_096;

/// Readers of the database file that may run at once.
pub(crate) const READERS: usize = 4;

/// Prepared statements that each connection keeps.
pub(crate) const STATEMENTS: usize = 32;
