//! What is stored.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::{Record, Table};

/// Log groups, by `{account}/{region}/{name}`.
pub(crate) const GROUPS: Table<GroupRecord> = Table::new("logs.groups");

/// Log streams, by `{group id}:{name}`.
pub(crate) const STREAMS: Table<StreamRecord> = Table::new("logs.streams");

/// Events, by `{group id}:{id of the last event}`, so that a group's events lie in order of time and
/// what lies behind an event is found by its id, even in the middle of a record.
pub(crate) const EVENTS: Table<EventRecord> = Table::new("logs.events");

/// Deleted groups whose streams and events are not yet deleted, by group id.
pub(crate) const DELETED_GROUPS: Table<DeletedGroupRecord> = Table::new("logs.deleted-groups");

/// A log group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct GroupRecord {
    /// Ours: a group that is deleted and made again under its name has another.
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) created_ms: i64,
    /// None keeps events for ever.
    pub(crate) retention_days: Option<i32>,
    pub(crate) tags: BTreeMap<String, String>,
    /// `STANDARD` or `INFREQUENT_ACCESS`.
    pub(crate) class: String,
    pub(crate) is_protected: bool,
    pub(crate) stored_bytes: i64,
}

/// A log stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StreamRecord {
    pub(crate) name: String,
    pub(crate) created_ms: i64,
    pub(crate) first_event_ms: Option<i64>,
    pub(crate) last_event_ms: Option<i64>,
    pub(crate) last_ingested_ms: Option<i64>,
}

/// An event, and those of the same two times that came right before it; the times are in its key.
///
/// An invocation writes three lines or more, mostly in one millisecond, and a record costs far more
/// than a line of text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EventRecord {
    pub(crate) stream: String,
    pub(crate) message: String,
    /// Texts of the events whose counts lead up to this one's, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) before: Vec<String>,
}

impl EventRecord {
    /// The texts of all its events, in order.
    pub(crate) fn messages(&self) -> impl Iterator<Item = &String> {
        self.before.iter().chain([&self.message])
    }
}

/// Nothing but the key matters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DeletedGroupRecord {}

impl Record for GroupRecord {}
impl Record for StreamRecord {}
impl Record for EventRecord {}
impl Record for DeletedGroupRecord {}
