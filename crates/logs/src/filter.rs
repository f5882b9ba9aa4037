//! FilterLogEvents: the events of a group, several streams together, in order of time.

use crate::error::{invalid, not_implemented};
use crate::event::{self, Window};
use crate::key::EventId;
use crate::limits::{EVENT_OVERHEAD_BYTES, PAGE_BYTES_MAX, PAGE_EVENTS_MAX, SEARCHED_EVENTS_MAX};
use crate::name::{GroupName, expiry_ms};
use crate::pattern::Pattern;
use crate::{Logs, group, stream};
use api::ServiceError;
use api::logs::{FilterLogEventsRequest, FilterLogEventsResponse, FilteredLogEvent};
use ports::Call;
use std::ops::ControlFlow;
use std::sync::Arc;

pub(crate) async fn events(
    logs: Arc<Logs>,
    call: Call,
    input: FilterLogEventsRequest,
) -> Result<FilterLogEventsResponse, ServiceError> {
    let name = input.log_group_name.as_deref();
    let name = GroupName::either(&call, name, input.log_group_identifier.as_deref())?;
    if input.log_stream_names.is_some() && input.log_stream_name_prefix.is_some() {
        return Err(invalid(
            "logStreamNames and logStreamNamePrefix are mutually exclusive parameters.",
        ));
    }
    if input.start_from_head == Some(false) {
        return Err(not_implemented(
            "FilterLogEvents with the latest events first",
        ));
    }
    let pattern = Pattern::parse(input.filter_pattern.as_deref().unwrap_or(""))?;
    let group = group::find(&logs.room, &name).await?;
    for stream in input.log_stream_names.iter().flatten() {
        stream::find(&logs.room, &group.id, stream).await?;
    }
    let expiry_ms = expiry_ms(group.retention_days, call.now_ms).unwrap_or(0);
    let start = EventId::start_of(input.start_time.unwrap_or(0).max(expiry_ms));
    let after = match input.next_token.as_deref() {
        Some(token) => {
            let id = EventId::parse(token);
            let id = id.ok_or_else(|| invalid("The specified nextToken is invalid."))?;
            id.max(start)
        }
        None => start,
    };
    // Unlike GetLogEvents, an event at `endTime` itself is shown.
    let end_ms = input.end_time.unwrap_or(i64::MAX).saturating_add(1);
    let window = Window {
        after,
        before: EventId::start_of(end_ms),
    };
    let limit = input.limit.and_then(|limit| usize::try_from(limit).ok());
    let mut page = Page::new(limit.unwrap_or(PAGE_EVENTS_MAX));
    let prefix = input.log_stream_name_prefix.unwrap_or_default();
    let is_wanted = |stream: &str| {
        let names = input.log_stream_names.as_ref();
        stream.starts_with(&prefix)
            && names.is_none_or(|names| names.iter().any(|name| name == stream))
    };
    event::walk(&logs.room, &group.id, window, |id, event| {
        let is_match = is_wanted(event.stream) && pattern.matches(event.message);
        let texts = || (event.stream.to_owned(), event.message.to_owned());
        page.visit(id, is_match.then(texts))
    })
    .await?;
    Ok(page.answer())
}

/// One answer in the making.
struct Page {
    limit: usize,
    events: Vec<FilteredLogEvent>,
    bytes: usize,
    searched: usize,
    /// The last event that was looked at.
    last: Option<EventId>,
    is_full: bool,
}

impl Page {
    fn new(limit: usize) -> Self {
        Self {
            limit,
            events: Vec::new(),
            bytes: 0,
            searched: 0,
            last: None,
            is_full: false,
        }
    }

    /// Takes the event unless the page is full.
    fn visit(&mut self, id: EventId, found: Option<(String, String)>) -> ControlFlow<()> {
        let bytes = found
            .as_ref()
            .map_or(0, |(_, message)| message.len() + EVENT_OVERHEAD_BYTES);
        let is_over = found.is_some()
            && (self.events.len() >= self.limit
                || (self.bytes + bytes > PAGE_BYTES_MAX && !self.events.is_empty()));
        if is_over || self.searched >= SEARCHED_EVENTS_MAX {
            self.is_full = true;
            return ControlFlow::Break(());
        }
        self.searched += 1;
        self.last = Some(id);
        if let Some((stream, message)) = found {
            self.bytes += bytes;
            self.events.push(FilteredLogEvent {
                log_stream_name: Some(stream),
                timestamp: Some(id.timestamp_ms),
                message: Some(message),
                ingestion_time: Some(id.ingested_ms),
                event_id: Some(id.to_string()),
            });
        }
        ControlFlow::Continue(())
    }

    fn answer(self) -> FilterLogEventsResponse {
        FilterLogEventsResponse {
            next_token: self.last.filter(|_| self.is_full).map(|id| id.to_string()),
            events: Some(self.events),
            // The API reference: always empty since May 2020.
            searched_log_streams: Some(Vec::new()),
        }
    }
}
