//! Log streams.

use crate::error::{self, exists, invalid, no_stream};
use crate::limits::{PAGE_DESCRIPTIONS_MAX, SCAN_PAGE};
use crate::name::{GroupName, expiry_ms};
use crate::record::{EVENTS, GROUPS, STREAMS, StreamRecord};
use crate::{Logs, Room, event, group, key};
use api::ServiceError;
use api::logs::{
    CreateLogStreamOutput, CreateLogStreamRequest, DeleteLogStreamOutput, DeleteLogStreamRequest,
    DescribeLogStreamsRequest, DescribeLogStreamsResponse, LogStream,
};
use key::EventId;
use ports::Call;
use std::cmp::Ordering;
use std::sync::Arc;

pub(crate) async fn create(
    logs: Arc<Logs>,
    call: Call,
    input: CreateLogStreamRequest,
) -> Result<CreateLogStreamOutput, ServiceError> {
    let name = GroupName::own(&call, &input.log_group_name);
    let mut tx = logs.room.store.begin().await;
    let group = tx.get(&GROUPS, &name.key()).await.map_err(error::store)?;
    let group = group.ok_or_else(error::no_group)?;
    let key = key::stream(&group.id, &input.log_stream_name);
    if tx
        .get(&STREAMS, &key)
        .await
        .map_err(error::store)?
        .is_some()
    {
        return Err(exists("log stream"));
    }
    let record = fresh(&input.log_stream_name, call.now_ms);
    tx.put(&STREAMS, &key, &record).map_err(error::store)?;
    tx.commit().await.map_err(error::store)?;
    Ok(CreateLogStreamOutput::default())
}

/// A new stream's record.
pub(crate) fn fresh(name: &str, now_ms: i64) -> StreamRecord {
    StreamRecord {
        name: name.to_owned(),
        created_ms: now_ms,
        first_event_ms: None,
        last_event_ms: None,
        last_ingested_ms: None,
    }
}

/// The stream of a group.
pub(crate) async fn find(
    room: &Room,
    group_id: &str,
    name: &str,
) -> Result<StreamRecord, ServiceError> {
    let found = room.store.get(&STREAMS, &key::stream(group_id, name)).await;
    found.map_err(error::store)?.ok_or_else(no_stream)
}

/// Deletes the stream and its events in one transaction, so that a stream made anew is empty.
pub(crate) async fn delete(
    logs: Arc<Logs>,
    call: Call,
    input: DeleteLogStreamRequest,
) -> Result<DeleteLogStreamOutput, ServiceError> {
    let name = GroupName::own(&call, &input.log_group_name);
    let mut tx = logs.room.store.begin().await;
    let group = tx.get(&GROUPS, &name.key()).await.map_err(error::store)?;
    let mut group = group.ok_or_else(error::no_group)?;
    let stream_key = key::stream(&group.id, &input.log_stream_name);
    let stream = tx.get(&STREAMS, &stream_key).await.map_err(error::store)?;
    let stream = stream.ok_or_else(no_stream)?;
    tx.delete(&STREAMS, &stream_key);
    // The transaction holds the only pen, so the store itself can be read page by page.
    if let (Some(first), Some(last)) = (stream.first_event_ms, stream.last_event_ms) {
        let prefix = key::of_group(&group.id);
        let mut after = EventId::start_of(first).key(&group.id);
        'pages: loop {
            let page = logs
                .room
                .store
                .scan(&EVENTS, &prefix, Some(&after), SCAN_PAGE)
                .await;
            let page = page.map_err(error::store)?;
            let Some((last_key, _)) = page.last() else {
                break;
            };
            after = last_key.clone();
            for (key, found) in page {
                if EventId::of_key(&key).is_some_and(|id| id.timestamp_ms > last) {
                    break 'pages;
                }
                if found.stream == stream.name {
                    group.stored_bytes -= event::record_bytes(&found);
                    tx.delete(&EVENTS, &key);
                }
            }
        }
    }
    tx.put(&GROUPS, &name.key(), &group).map_err(error::store)?;
    tx.commit().await.map_err(error::store)?;
    Ok(DeleteLogStreamOutput::default())
}

pub(crate) async fn describe(
    logs: Arc<Logs>,
    call: Call,
    input: DescribeLogStreamsRequest,
) -> Result<DescribeLogStreamsResponse, ServiceError> {
    let name = input.log_group_name.as_deref();
    let name = GroupName::either(&call, name, input.log_group_identifier.as_deref())?;
    let by_time = input.order_by.as_deref() == Some("LastEventTime");
    if by_time && input.log_stream_name_prefix.is_some() {
        return Err(invalid(
            "Cannot order by LastEventTime with a logStreamNamePrefix.",
        ));
    }
    let group = group::find(&logs.room, &name).await?;
    let prefix = input.log_stream_name_prefix.unwrap_or_default();
    let expiry = expiry_ms(group.retention_days, call.now_ms);
    let mut streams = all(&logs.room, &group.id, &prefix).await?;
    for stream in &mut streams {
        forget_expired(stream, expiry);
    }
    let descending = input.descending.unwrap_or(false);
    let order = |one: &StreamRecord, other: &StreamRecord| -> Ordering {
        let one_place = (by_time.then_some(one.last_event_ms), &one.name);
        let order = one_place.cmp(&(by_time.then_some(other.last_event_ms), &other.name));
        if descending { order.reverse() } else { order }
    };
    streams.sort_by(order);
    // The token is the last stream shown; it is looked up again, so that its place is known.
    if let Some(token) = &input.next_token {
        let at = streams.iter().position(|stream| stream.name == *token);
        let at = at.ok_or_else(|| invalid("The specified nextToken is invalid."))?;
        streams.drain(..=at);
    }
    let limit = input.limit.and_then(|limit| usize::try_from(limit).ok());
    let limit = limit.unwrap_or(PAGE_DESCRIPTIONS_MAX);
    let has_more = streams.len() > limit;
    streams.truncate(limit);
    let next_token = streams
        .last()
        .map(|last| last.name.clone())
        .filter(|_| has_more);
    let arn = name.arn();
    Ok(DescribeLogStreamsResponse {
        log_streams: Some(
            streams
                .into_iter()
                .map(|stream| view(&arn, stream))
                .collect(),
        ),
        next_token,
    })
}

/// Every stream of a group whose name starts with `prefix`, by name.
pub(crate) async fn all(
    room: &Room,
    group_id: &str,
    prefix: &str,
) -> Result<Vec<StreamRecord>, ServiceError> {
    let prefix = key::stream(group_id, prefix);
    let (mut streams, mut after) = (Vec::new(), None::<String>);
    loop {
        let page = room
            .store
            .scan(&STREAMS, &prefix, after.as_deref(), SCAN_PAGE)
            .await;
        let page = page.map_err(error::store)?;
        let Some((last, _)) = page.last() else {
            return Ok(streams);
        };
        after = Some(last.clone());
        streams.extend(page.into_iter().map(|(_, stream)| stream));
    }
}

/// Times of events that retention hides are not told.
fn forget_expired(stream: &mut StreamRecord, expiry_ms: Option<i64>) {
    let Some(expiry_ms) = expiry_ms else {
        return;
    };
    if stream.last_event_ms.is_some_and(|last| last < expiry_ms) {
        stream.first_event_ms = None;
        stream.last_event_ms = None;
    }
    stream.first_event_ms = stream.first_event_ms.map(|first| first.max(expiry_ms));
}

fn view(group_arn: &str, stream: StreamRecord) -> LogStream {
    LogStream {
        arn: Some(format!("{group_arn}:log-stream:{}", stream.name)),
        log_stream_name: Some(stream.name),
        creation_time: Some(stream.created_ms),
        first_event_timestamp: stream.first_event_ms,
        last_event_timestamp: stream.last_event_ms,
        last_ingestion_time: stream.last_ingested_ms,
        // The API reference: since 2019 always zero for streams.
        stored_bytes: Some(0),
        upload_sequence_token: None,
    }
}
