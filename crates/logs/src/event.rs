//! Events: PutLogEvents, GetLogEvents, and the walk through a group's events that reads share.

use crate::error::{self, invalid};
use crate::key::{self, EventId};
use crate::limits::{
    BATCH_BYTES_MAX, BATCH_SPAN_MS_MAX, EVENT_OVERHEAD_BYTES, FUTURE_MS_MAX, PAGE_BYTES_MAX,
    PAGE_EVENTS_MAX, PAST_MS_MAX, RECORD_BYTES_MAX, RECORD_EVENTS_MAX, SCAN_PAGE,
};
use crate::name::{GroupName, expiry_ms};
use crate::record::{EVENTS, EventRecord, GROUPS, GroupRecord, STREAMS, StreamRecord};
use crate::{Logs, Room, group, stream};
use api::ServiceError;
use api::logs::{
    GetLogEventsRequest, GetLogEventsResponse, InputLogEvent, OutputLogEvent, PutLogEventsRequest,
    PutLogEventsResponse, RejectedLogEventsInfo,
};
use ports::Call;
use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::Arc;
use store::{StoreError, Tx};

/// What AWS counts for an event.
pub(crate) fn stored_bytes(message: &str) -> i64 {
    i64::try_from(message.len() + EVENT_OVERHEAD_BYTES).unwrap_or(i64::MAX)
}

/// What AWS counts for the events of a record.
pub(crate) fn record_bytes(record: &EventRecord) -> i64 {
    record.messages().map(|text| stored_bytes(text)).sum()
}

pub(crate) async fn put(
    logs: Arc<Logs>,
    call: Call,
    input: PutLogEventsRequest,
) -> Result<PutLogEventsResponse, ServiceError> {
    if input.entity.is_some() {
        tracing::warn!("PutLogEvents: `entity` has no effect here");
    }
    let events: Vec<(i64, String)> = input.log_events.into_iter().map(pair).collect();
    check_batch(&events)?;
    let name = GroupName::own(&call, &input.log_group_name);
    let mut tx = logs.room.store.begin().await;
    let group = tx.get(&GROUPS, &name.key()).await.map_err(error::store)?;
    let mut group = group.ok_or_else(error::no_group)?;
    let stream_key = key::stream(&group.id, &input.log_stream_name);
    let stream = tx.get(&STREAMS, &stream_key).await.map_err(error::store)?;
    let mut stream = stream.ok_or_else(error::no_stream)?;
    let (accepted, rejected) = sort_out(events, group.retention_days, call.now_ms);
    append(&mut tx, &logs.room, &mut group, &mut stream, accepted).map_err(error::store)?;
    tx.put(&GROUPS, &name.key(), &group).map_err(error::store)?;
    tx.put(&STREAMS, &stream_key, &stream)
        .map_err(error::store)?;
    tx.commit().await.map_err(error::store)?;
    Ok(PutLogEventsResponse {
        // The API reference: tokens are not needed any more and always accepted.
        next_sequence_token: Some(format!("{:056}", logs.room.next_count())),
        rejected_log_events_info: rejected,
        rejected_entity_info: None,
    })
}

fn pair(event: InputLogEvent) -> (i64, String) {
    // Both are required; the decoder has refused a request without them.
    (
        event.timestamp.unwrap_or_default(),
        event.message.unwrap_or_default(),
    )
}

/// Refuses the whole request, as AWS does.
fn check_batch(events: &[(i64, String)]) -> Result<(), ServiceError> {
    let bytes_of = |(_, message): &(i64, String)| message.len() + EVENT_OVERHEAD_BYTES;
    if let Some(bytes) = events
        .iter()
        .map(bytes_of)
        .find(|bytes| *bytes > BATCH_BYTES_MAX)
    {
        return Err(invalid(format!(
            "Log event too large: {bytes} bytes exceeds limit of {BATCH_BYTES_MAX}"
        )));
    }
    let bytes: usize = events.iter().map(bytes_of).sum();
    if bytes > BATCH_BYTES_MAX {
        return Err(invalid(format!(
            "Upload too large: {bytes} bytes exceeds limit of {BATCH_BYTES_MAX}"
        )));
    }
    if !events.is_sorted_by_key(|(timestamp_ms, _)| *timestamp_ms) {
        return Err(invalid(
            "Log events in a single PutLogEvents request must be in chronological order.",
        ));
    }
    let times = events.first().zip(events.last());
    if times.is_some_and(|((first, _), (last, _))| last.saturating_sub(*first) > BATCH_SPAN_MS_MAX)
    {
        return Err(invalid(
            "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.",
        ));
    }
    Ok(())
}

/// Events that are kept, and where the others lie in the request: old ones in front (the index is
/// one past the last of them), new ones behind.
fn sort_out(
    events: Vec<(i64, String)>,
    retention_days: Option<i32>,
    now_ms: i64,
) -> (Vec<(i64, String)>, Option<RejectedLogEventsInfo>) {
    let too_old = events.partition_point(|(at, _)| *at < now_ms - PAST_MS_MAX);
    let expired = expiry_ms(retention_days, now_ms).map_or(0, |expiry_ms| {
        events.partition_point(|(at, _)| *at < expiry_ms)
    });
    let new = events.partition_point(|(at, _)| *at <= now_ms + FUTURE_MS_MAX);
    let index = |at: usize| i32::try_from(at).ok();
    let info = RejectedLogEventsInfo {
        too_old_log_event_end_index: index(too_old).filter(|end| *end > 0),
        expired_log_event_end_index: index(expired).filter(|end| *end > 0),
        too_new_log_event_start_index: index(new).filter(|_| new < events.len()),
    };
    let is_any = info != RejectedLogEventsInfo::default();
    let first = too_old.max(expired);
    let kept = new.saturating_sub(first);
    let accepted = events.into_iter().skip(first).take(kept).collect();
    (accepted, is_any.then_some(info))
}

/// Puts events, and what they change in their group's and stream's records, which the caller puts.
pub(crate) fn append(
    tx: &mut Tx,
    room: &Room,
    group: &mut GroupRecord,
    stream: &mut StreamRecord,
    events: Vec<(i64, String)>,
) -> Result<(), StoreError> {
    let ingested_ms = room.clock.now_ms();
    let mut run = Run::default();
    for (timestamp_ms, message) in events {
        let timestamp_ms = timestamp_ms.max(0);
        group.stored_bytes = group.stored_bytes.saturating_add(stored_bytes(&message));
        let first = stream.first_event_ms.unwrap_or(timestamp_ms);
        stream.first_event_ms = Some(first.min(timestamp_ms));
        stream.last_event_ms = stream.last_event_ms.max(Some(timestamp_ms));
        stream.last_ingested_ms = Some(ingested_ms);
        if !run.takes(timestamp_ms, &message) {
            run.put(tx, room, (&*group, &*stream), ingested_ms)?;
        }
        run.timestamp_ms = timestamp_ms;
        run.bytes += message.len();
        run.messages.push(message);
    }
    run.put(tx, room, (&*group, &*stream), ingested_ms)
}

/// Events that will share a record.
#[derive(Default)]
struct Run {
    timestamp_ms: i64,
    messages: Vec<String>,
    bytes: usize,
}

impl Run {
    fn takes(&self, timestamp_ms: i64, message: &str) -> bool {
        let is_empty = self.messages.is_empty();
        let has_room = self.messages.len() < RECORD_EVENTS_MAX
            && self.bytes + message.len() <= RECORD_BYTES_MAX;
        is_empty || (has_room && self.timestamp_ms == timestamp_ms)
    }

    /// Puts the record and begins anew.
    fn put(
        &mut self,
        tx: &mut Tx,
        room: &Room,
        (group, stream): (&GroupRecord, &StreamRecord),
        ingested_ms: i64,
    ) -> Result<(), StoreError> {
        let Self {
            timestamp_ms,
            messages: mut before,
            bytes: _,
        } = std::mem::take(self);
        let Some(message) = before.pop() else {
            return Ok(());
        };
        let events = u64::try_from(before.len() + 1).unwrap_or(u64::MAX);
        let id = EventId {
            timestamp_ms,
            ingested_ms,
            count: room.last_of_next_counts(events),
        };
        let record = EventRecord {
            stream: stream.name.clone(),
            message,
            before,
        };
        tx.put(&EVENTS, &id.key(&group.id), &record)
    }
}

/// Part of a group's events.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    /// Only events behind this place.
    pub(crate) after: EventId,
    /// Only events before this place.
    pub(crate) before: EventId,
}

/// Shows events in order of time until `visit` breaks.
pub(crate) async fn walk(
    room: &Room,
    group_id: &str,
    window: Window,
    mut visit: impl FnMut(EventId, Event<'_>) -> ControlFlow<()>,
) -> Result<(), ServiceError> {
    let prefix = key::of_group(group_id);
    let mut after = window.after.key(group_id);
    loop {
        let page = room
            .store
            .scan(&EVENTS, &prefix, Some(&after), SCAN_PAGE)
            .await;
        let page = page.map_err(error::store)?;
        let Some((last, _)) = page.last() else {
            return Ok(());
        };
        after = last.clone();
        for (key, record) in page {
            let Some(last) = EventId::of_key(&key) else {
                continue;
            };
            for (id, event) in events_of(last, &record) {
                if id <= window.after {
                    continue;
                }
                if id >= window.before || visit(id, event).is_break() {
                    return Ok(());
                }
            }
        }
    }
}

/// One event, as it is shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Event<'a> {
    pub(crate) stream: &'a str,
    pub(crate) message: &'a str,
}

/// The events of a record, the last of which has the id of its key.
fn events_of(last: EventId, record: &EventRecord) -> impl Iterator<Item = (EventId, Event<'_>)> {
    let before = u64::try_from(record.before.len()).unwrap_or(u64::MAX);
    let first = last.count.saturating_sub(before);
    let stream = record.stream.as_str();
    (first..)
        .zip(record.messages())
        .map(move |(count, message)| {
            let id = EventId { count, ..last };
            (id, Event { stream, message })
        })
}

pub(crate) async fn get(
    logs: Arc<Logs>,
    call: Call,
    input: GetLogEventsRequest,
) -> Result<GetLogEventsResponse, ServiceError> {
    let name = input.log_group_name.as_deref();
    let name = GroupName::either(&call, name, input.log_group_identifier.as_deref())?;
    let group = group::find(&logs.room, &name).await?;
    let stream = stream::find(&logs.room, &group.id, &input.log_stream_name).await?;
    let limit = input.limit.and_then(|limit| usize::try_from(limit).ok());
    let limit = limit.unwrap_or(PAGE_EVENTS_MAX);
    let whole = window(&input, &group, &stream, call.now_ms);
    let token = input.next_token.as_deref().map(Token::parse).transpose()?;
    let (part, is_forward) = match token {
        Some(Token::Forward(id)) => (
            Window {
                after: id.max(whole.after),
                ..whole
            },
            true,
        ),
        Some(Token::Backward(id)) => (
            Window {
                before: id.min(whole.before),
                ..whole
            },
            false,
        ),
        None => (whole, input.start_from_head.unwrap_or(false)),
    };
    let page = page(&logs.room, &group.id, &stream.name, part, limit, is_forward).await?;
    // An empty page leaves the client where it was, so that it sees what comes later.
    let (first, last) = match (page.front(), page.back(), token) {
        (Some((first, _)), Some((last, _)), _) => (*first, *last),
        (_, _, Some(Token::Forward(id))) => (id.next(), id),
        (_, _, Some(Token::Backward(id))) => (id, id.previous()),
        _ => (part.after.next(), part.after),
    };
    let event = |(id, message): (EventId, String)| OutputLogEvent {
        timestamp: Some(id.timestamp_ms),
        message: Some(message),
        ingestion_time: Some(id.ingested_ms),
    };
    Ok(GetLogEventsResponse {
        events: Some(page.into_iter().map(event).collect()),
        next_forward_token: Some(format!("f/{last}/s")),
        next_backward_token: Some(format!("b/{first}/s")),
    })
}

/// The times that are asked for, that have not expired and that the stream has events of.
fn window(
    input: &GetLogEventsRequest,
    group: &GroupRecord,
    stream: &StreamRecord,
    now_ms: i64,
) -> Window {
    let expiry_ms = expiry_ms(group.retention_days, now_ms).unwrap_or(0);
    let first_ms = stream.first_event_ms.unwrap_or(i64::MAX);
    let start_ms = input.start_time.unwrap_or(0).max(expiry_ms).max(first_ms);
    let last_ms = stream.last_event_ms.unwrap_or(0).saturating_add(1);
    let end_ms = input.end_time.unwrap_or(i64::MAX).min(last_ms);
    Window {
        after: EventId::start_of(start_ms),
        before: EventId::start_of(end_ms),
    }
}

/// The stream's first events in the window, or its last ones, as many as an answer may hold.
async fn page(
    room: &Room,
    group_id: &str,
    stream: &str,
    part: Window,
    limit: usize,
    is_forward: bool,
) -> Result<VecDeque<(EventId, String)>, ServiceError> {
    let mut kept: VecDeque<(EventId, String)> = VecDeque::new();
    let mut bytes = 0usize;
    walk(room, group_id, part, |id, event| {
        if event.stream != stream {
            return ControlFlow::Continue(());
        }
        bytes += event.message.len() + EVENT_OVERHEAD_BYTES;
        let is_full =
            |kept: usize, bytes: usize| kept > limit || (bytes > PAGE_BYTES_MAX && kept > 1);
        if is_forward && is_full(kept.len() + 1, bytes) {
            return ControlFlow::Break(());
        }
        kept.push_back((id, event.message.to_owned()));
        while !is_forward && is_full(kept.len(), bytes) {
            let gone = kept.pop_front().map_or(0, |(_, message)| message.len());
            bytes = bytes.saturating_sub(gone + EVENT_OVERHEAD_BYTES);
        }
        ControlFlow::Continue(())
    })
    .await?;
    Ok(kept)
}

/// `f/{id}/s`: what follows the id; `b/{id}/s`: what precedes it.
#[derive(Debug, Clone, Copy)]
enum Token {
    Forward(EventId),
    Backward(EventId),
}

impl Token {
    fn parse(text: &str) -> Result<Self, ServiceError> {
        let bad = || invalid("The specified nextToken is invalid.");
        let (kind, rest) = text.split_once('/').ok_or_else(bad)?;
        let id = rest
            .strip_suffix("/s")
            .and_then(EventId::parse)
            .ok_or_else(bad)?;
        match kind {
            "f" => Ok(Self::Forward(id)),
            "b" => Ok(Self::Backward(id)),
            _ => Err(bad()),
        }
    }
}
