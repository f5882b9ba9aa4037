//! Where log lines go.

use arn::{AccountId, Region};
use std::sync::Arc;
use stdx::TimestampMs;

/// One line, or one event of several lines.
#[derive(Debug, Clone)]
pub struct LogEvent {
    /// When it was written.
    pub timestamp_ms: TimestampMs,
    /// The text, without its final newline.
    pub message: String,
}

/// A stream of a group, made once by whoever writes to it and shared by its batches. Group and
/// stream are created when they do not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogTarget {
    /// The owner of the log group.
    pub account: AccountId,
    /// The group's region.
    pub region: Region,
    /// Group name, such as `/aws/lambda/hello`.
    pub group: String,
    /// Stream name, such as `2026/11/22/[$LATEST]0123…`.
    pub stream: String,
}

/// Events for one stream.
#[derive(Debug, Clone)]
pub struct LogBatch {
    /// Where to.
    pub target: Arc<LogTarget>,
    /// In the order they were written.
    pub events: Vec<LogEvent>,
}

/// Takes log lines. Implemented by `logs`; never waits: a full queue drops and counts.
pub trait LogSink: Send + Sync {
    /// Hands over a batch.
    fn write(&self, batch: LogBatch);
}
