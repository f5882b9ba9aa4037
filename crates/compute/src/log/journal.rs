//! The log stream of one worker.

use super::level;
use crate::environment::Initialization;
use crate::extension::Telemetry;
use crate::limits::{
    LOG_EVENT_BYTES_MAX, LOG_PENDING_BYTES_MAX, LOG_PENDING_TIME_MAX, LOG_TAIL_BYTES_MAX,
};
use bytes::Bytes;
use ports::{FunctionSpec, LogBatch, LogEvent, LogSink, LogTarget};
use serde_json::Value;
use std::sync::Arc;
use stdx::{Clock, SharedIds, TimestampMs};
use tokio::time::Instant;

/// Whose output it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// The runtime's process.
    Function,
    /// Programs beside it.
    Extension,
}

/// Collects events, hands them on in batches, remembers the tail of an invocation.
pub(crate) struct Journal {
    sink: Arc<dyn LogSink>,
    clock: Arc<dyn Clock>,
    spec: Arc<FunctionSpec>,
    target: Arc<LogTarget>,
    events: Vec<LogEvent>,
    pending_bytes: usize,
    flush_at: Option<Instant>,
    tail: Option<Vec<u8>>,
    initialization: Initialization,
    /// Where extensions are told of it.
    pub(super) telemetry: Option<Arc<Telemetry>>,
    /// What they are told first, where there could be some.
    pub(super) init_start: Option<Value>,
}

impl Journal {
    /// A new stream, `YYYY/MM/DD/[$LATEST]` and 32 hex digits, of the function's log group.
    pub(crate) fn new(
        sink: Arc<dyn LogSink>,
        clock: Arc<dyn Clock>,
        ids: &SharedIds,
        spec: &Arc<FunctionSpec>,
        initialization: Initialization,
    ) -> Self {
        let day = at(clock.now_ms()).strftime("%Y/%m/%d").to_string();
        let unique = ids.text(b"0123456789abcdef", 32);
        // With a log group of its own choice, a function's name is part of the stream's.
        let name = match spec.log_group == format!("/aws/lambda/{}", spec.name) {
            true => "",
            false => spec.name.as_str(),
        };
        let stream = format!("{day}/{name}[{}]{unique}", spec.version);
        let target = Arc::new(LogTarget {
            account: spec.account.clone(),
            region: spec.region.clone(),
            group: spec.log_group.clone(),
            stream,
        });
        let spec = Arc::clone(spec);
        let events = Vec::new();
        Self {
            sink,
            clock,
            spec,
            target,
            events,
            pending_bytes: 0,
            flush_at: None,
            tail: None,
            initialization,
            telemetry: None,
            init_start: None,
        }
    }

    /// The stream's name.
    pub(crate) fn stream(&self) -> &str {
        &self.target.stream
    }

    /// The function version that it is the log of.
    pub(super) fn spec(&self) -> Arc<FunctionSpec> {
        Arc::clone(&self.spec)
    }

    /// For what its worker was started.
    pub(super) fn initialization(&self) -> Initialization {
        self.initialization
    }

    /// Whether the platform's records are JSON.
    pub(super) fn is_json(&self) -> bool {
        self.spec.logging.is_json
    }

    /// Wall-clock time.
    pub(crate) fn now_ms(&self) -> TimestampMs {
        self.clock.now_ms()
    }

    /// `2026-11-22T10:00:00.000Z`.
    pub(crate) fn now_text(&self) -> String {
        time_text(self.now_ms())
    }

    /// When the batch must go, if there is one.
    pub(crate) fn flush_at(&self) -> Option<Instant> {
        self.flush_at
    }

    /// From here on the tail is remembered, when `is_wanted`.
    pub(crate) fn begin_tail(&mut self, is_wanted: bool) {
        self.tail = is_wanted.then(Vec::new);
    }

    /// The last 4 KiB since [`Journal::begin_tail`].
    pub(crate) fn take_tail(&mut self) -> Bytes {
        let mut tail = self.tail.take().unwrap_or_default();
        tail.drain(..tail.len().saturating_sub(LOG_TAIL_BYTES_MAX));
        tail.into()
    }

    /// Adds what a worker wrote, its bytes unchecked.
    pub(crate) fn output(&mut self, source: Source, event: &[u8]) {
        let event = event.strip_suffix(b"\n").unwrap_or(event);
        if event.is_empty() {
            return;
        }
        self.put_output(source, event);
        let logging = &self.spec.logging;
        let least = logging.application_level.as_deref();
        // Levels are the function's own.
        let is_levelled = logging.is_json && source == Source::Function;
        let is_dropped = is_levelled && !level::is_kept(event, least);
        if is_dropped {
            return;
        }
        for piece in event.chunks(LOG_EVENT_BYTES_MAX) {
            self.line(String::from_utf8_lossy(piece).into_owned());
        }
    }

    /// Adds one event.
    pub(crate) fn line(&mut self, message: String) {
        if let Some(tail) = &mut self.tail {
            tail.extend_from_slice(message.as_bytes());
            tail.push(b'\n');
            if tail.len() > 16 * LOG_TAIL_BYTES_MAX {
                tail.drain(..tail.len() - LOG_TAIL_BYTES_MAX);
            }
        }
        self.pending_bytes += message.len();
        self.events.push(LogEvent {
            timestamp_ms: self.clock.now_ms(),
            message,
        });
        if self.pending_bytes > LOG_PENDING_BYTES_MAX {
            self.flush();
        } else if self.flush_at.is_none() {
            self.flush_at = Some(Instant::now() + LOG_PENDING_TIME_MAX);
        }
    }

    /// Hands over what has been collected.
    pub(crate) fn flush(&mut self) {
        if self.events.is_empty() {
            return;
        }
        self.pending_bytes = 0;
        self.flush_at = None;
        self.sink.write(LogBatch {
            target: Arc::clone(&self.target),
            events: std::mem::take(&mut self.events),
        });
    }
}

/// `2026-11-22T10:00:00.000Z`.
pub(crate) fn time_text(ms: TimestampMs) -> String {
    at(ms).strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

fn at(now_ms: TimestampMs) -> jiff::Zoned {
    jiff::Timestamp::from_millisecond(now_ms)
        .unwrap_or_default()
        .to_zoned(jiff::tz::TimeZone::UTC)
}
