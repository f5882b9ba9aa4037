//! Bounds of CloudWatch Logs, and of the sink.
//!
//! Source unless said otherwise: "CloudWatch Logs quotas", user guide, and the operations' pages of
//! the API reference.

/// Events of one PutLogEvents request as AWS counts them: text plus this much for each event.
pub(crate) const EVENT_OVERHEAD_BYTES: usize = 26;

/// A PutLogEvents request, and the text of one event with its overhead.
pub(crate) const BATCH_BYTES_MAX: usize = 1_048_576;

/// The span of the events of one PutLogEvents request: 24 hours.
pub(crate) const BATCH_SPAN_MS_MAX: i64 = 24 * 3_600_000;

/// Events further in the future are rejected: two hours.
pub(crate) const FUTURE_MS_MAX: i64 = 2 * 3_600_000;

/// Events further in the past are rejected: 14 days.
pub(crate) const PAST_MS_MAX: i64 = 14 * DAY_MS;

/// A day.
pub(crate) const DAY_MS: i64 = 86_400_000;

/// Events in one answer.
pub(crate) const PAGE_EVENTS_MAX: usize = 10_000;

/// Text in one answer.
pub(crate) const PAGE_BYTES_MAX: usize = 1_048_576;

/// Events that one FilterLogEvents request looks at; AWS too answers with a token and few or no
/// events when it searched long. The number is ours: about half a second of reading.
pub(crate) const SEARCHED_EVENTS_MAX: usize = 100_000;

/// Log groups or streams in one answer.
pub(crate) const PAGE_DESCRIPTIONS_MAX: usize = 50;

/// Tags of one log group.
pub(crate) const TAGS_MAX: usize = 50;

/// Days for which events may be kept; without a setting they are kept for ever.
pub(crate) const RETENTION_DAYS: [i32; 22] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
];

/// Records read at a time while walking through a table.
pub(crate) const SCAN_PAGE: usize = 1_000;

/// Batches that wait in the sink; ours.
pub(crate) const QUEUE_BATCHES_MAX: usize = 8_192;

/// Text that waits in the sink, 64 MiB; ours.
pub(crate) const QUEUE_BYTES_MAX: usize = 67_108_864;

/// Batches that the sink writes in one transaction; ours.
pub(crate) const COMMIT_BATCHES_MAX: usize = 512;

/// How long a batch may wait for others to share its transaction; ours.
pub(crate) const GATHER_TIME_MAX: std::time::Duration = std::time::Duration::from_millis(50);

/// Events of one stream and one millisecond that share a record, and their text; ours.
pub(crate) const RECORD_EVENTS_MAX: usize = 64;
pub(crate) const RECORD_BYTES_MAX: usize = 65_536;

/// How often expired events are deleted; ours. They are not shown any more from the moment on at
/// which they expire.
pub(crate) const SWEEP_INTERVAL: std::time::Duration = std::time::Duration::from_secs(60);
