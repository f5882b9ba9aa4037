//! CloudWatch Logs: groups, streams, events, filters, retention; and the [`ports::LogSink`] into
//! which functions and APIs write.
//!
//! Start at `operations.rs`. The sink never waits: it queues, drops when the queue is full, and
//! counts what it dropped. A task of its own writes the queue in large transactions and deletes
//! what is older than its group's retention.

mod error;
mod event;
mod filter;
mod group;
mod key;
mod limits;
mod name;
mod operations;
mod pattern;
mod record;
mod retention;
mod sink;
mod stream;
mod tag;
mod touches;

pub use operations::{Operations, operations};

use ports::{LogBatch, LogSink};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use stdx::{Clock, SharedIds};
use store::Store;

/// What CloudWatch Logs needs.
pub struct LogsNeeds {
    /// A store for logs alone; relaxed durability is enough.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Chance for ids.
    pub ids: SharedIds,
}

/// CloudWatch Logs.
pub struct Logs {
    room: Arc<Room>,
    sink: sink::Sink,
}

/// What the operations and the sink's task share.
pub(crate) struct Room {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: SharedIds,
    /// Tells events of the same millisecond apart.
    count: AtomicU64,
}

impl Room {
    pub(crate) fn next_count(&self) -> u64 {
        self.count.fetch_add(1, Ordering::Relaxed)
    }

    /// Takes `events` counts, at least one, and gives the last of them.
    pub(crate) fn last_of_next_counts(&self, events: u64) -> u64 {
        self.count.fetch_add(events, Ordering::Relaxed) + events.saturating_sub(1)
    }
}

impl Logs {
    /// Starts the sink's task on the current Tokio runtime; it ends when this is dropped.
    pub fn start(needs: LogsNeeds) -> Arc<Self> {
        let room = Arc::new(Room {
            store: needs.store,
            clock: needs.clock,
            ids: needs.ids,
            // From one, so that every event lies behind `EventId::start_of` its time.
            count: AtomicU64::new(1),
        });
        let sink = sink::start(Arc::clone(&room));
        Arc::new(Self { room, sink })
    }

    /// Waits until everything that was written to the sink before is stored, for shutdown and
    /// tests.
    pub async fn flush(&self) {
        self.sink.flush().await;
    }

    /// Events that the sink dropped because its queue was full or the store failed.
    pub fn dropped_events(&self) -> u64 {
        self.sink.dropped_events()
    }

    /// Deletes now what has expired, as the sink's task does from time to time.
    pub async fn sweep(&self) {
        retention::sweep(&self.room).await;
    }
}

impl LogSink for Logs {
    fn write(&self, batch: LogBatch) {
        self.sink.write(batch);
    }
}

#[cfg(test)]
mod tests;
