//! Versioned records, transactions, blobs and a change feed.
