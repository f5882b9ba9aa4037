//! The operations over a store in memory, and the sink.

#![allow(clippy::unwrap_used)]

mod events;
mod groups;
mod sink;

use crate::limits;
use crate::record::{DELETED_GROUPS, EVENTS, STREAMS};
use crate::{Logs, LogsNeeds, event, filter, group, stream, tag};
use api::ServiceError;
use api::logs::{
    CreateLogGroupRequest, CreateLogStreamRequest, DeleteLogGroupRequest, DeleteLogStreamRequest,
    DescribeLogGroupsRequest, DescribeLogStreamsRequest, FilterLogEventsRequest,
    FilterLogEventsResponse, GetLogEventsRequest, GetLogEventsResponse, InputLogEvent,
    ListTagsForResourceRequest, PutLogEventsRequest, PutLogGroupDeletionProtectionRequest,
    PutRetentionPolicyRequest, RejectedLogEventsInfo, TagResourceRequest, UntagResourceRequest,
};
use ports::{Call, Caller, LogBatch, LogEvent, LogSink, LogTarget, RequestFacts};
use std::sync::Arc;
use stdx::{Clock, ManualClock, SeededIds};
use store::Store;

/// 2026-11-22T12:00:00Z.
const NOW_MS: i64 = 1_795_348_800_000;
const GROUP: &str = "/aws/lambda/hello";

struct Fixture {
    logs: Arc<Logs>,
    clock: ManualClock,
}

impl Fixture {
    /// Logs with one group and its streams `a` and `b`.
    async fn new() -> Self {
        let fixture = Self::empty();
        fixture.group(GROUP).await.unwrap();
        for name in ["a", "b"] {
            fixture.stream(name).await.unwrap();
        }
        fixture
    }

    fn empty() -> Self {
        let clock = ManualClock::at(NOW_MS);
        let logs = Logs::start(LogsNeeds {
            store: Store::in_memory().unwrap(),
            clock: Arc::new(clock.clone()),
            ids: Arc::new(SeededIds::new(1)),
        });
        Self { logs, clock }
    }

    fn logs(&self) -> Arc<Logs> {
        Arc::clone(&self.logs)
    }

    fn call(&self) -> Call {
        Call {
            caller: Caller::Anonymous,
            account: "222222222222".parse().unwrap(),
            region: "us-east-1".parse().unwrap(),
            request_id: String::new(),
            now_ms: self.clock.now_ms(),
            facts: RequestFacts::default(),
            base_url: String::new(),
        }
    }

    async fn group(&self, name: &str) -> Result<(), ServiceError> {
        let input = CreateLogGroupRequest {
            log_group_name: name.into(),
            ..Default::default()
        };
        group::create(self.logs(), self.call(), input)
            .await
            .map(drop)
    }

    async fn stream(&self, name: &str) -> Result<(), ServiceError> {
        let input = CreateLogStreamRequest {
            log_group_name: GROUP.into(),
            log_stream_name: name.into(),
        };
        stream::create(self.logs(), self.call(), input)
            .await
            .map(drop)
    }

    async fn put(
        &self,
        stream: &str,
        events: &[(i64, &str)],
    ) -> Result<Option<RejectedLogEventsInfo>, ServiceError> {
        let event = |(at, text): &(i64, &str)| InputLogEvent {
            timestamp: Some(*at),
            message: Some((*text).to_owned()),
        };
        let input = PutLogEventsRequest {
            log_group_name: GROUP.into(),
            log_stream_name: stream.into(),
            log_events: events.iter().map(event).collect(),
            ..Default::default()
        };
        let put = event::put(self.logs(), self.call(), input).await?;
        Ok(put.rejected_log_events_info)
    }

    async fn get(&self, change: impl FnOnce(&mut GetLogEventsRequest)) -> GetLogEventsResponse {
        let mut input = GetLogEventsRequest {
            log_group_name: Some(GROUP.into()),
            log_stream_name: "a".into(),
            ..Default::default()
        };
        change(&mut input);
        event::get(self.logs(), self.call(), input).await.unwrap()
    }

    async fn filter(
        &self,
        change: impl FnOnce(&mut FilterLogEventsRequest),
    ) -> Result<FilterLogEventsResponse, ServiceError> {
        let mut input = FilterLogEventsRequest {
            log_group_name: Some(GROUP.into()),
            ..Default::default()
        };
        change(&mut input);
        filter::events(self.logs(), self.call(), input).await
    }

    async fn texts(&self, change: impl FnOnce(&mut FilterLogEventsRequest)) -> String {
        messages(&self.filter(change).await.unwrap())
    }

    async fn retain(&self, days: i32) -> Result<(), ServiceError> {
        let input = PutRetentionPolicyRequest {
            log_group_name: GROUP.into(),
            retention_in_days: days,
        };
        group::put_retention(self.logs(), self.call(), input)
            .await
            .map(drop)
    }

    /// Streams and events of all groups that are really stored.
    async fn stored(&self) -> (usize, usize) {
        let store = &self.logs.room.store;
        let records = store.scan(&EVENTS, "", None, store::SCAN_MAX).await;
        let events = records
            .unwrap()
            .iter()
            .map(|(_, record)| record.messages().count())
            .sum();
        let streams = store
            .scan(&STREAMS, "", None, store::SCAN_MAX)
            .await
            .unwrap()
            .len();
        (streams, events)
    }
}

fn messages(response: &FilterLogEventsResponse) -> String {
    let events = response.events.iter().flatten();
    let texts: Vec<_> = events.map(|event| event.message.clone().unwrap()).collect();
    texts.join(" ")
}

fn got(response: &GetLogEventsResponse) -> String {
    let events = response.events.iter().flatten();
    let texts: Vec<_> = events.map(|event| event.message.clone().unwrap()).collect();
    texts.join(" ")
}

fn failure<T: std::fmt::Debug>(result: Result<T, ServiceError>) -> String {
    result.unwrap_err().to_string()
}
