//! Keys of the tables. Group names hold no `:`, stream names neither, ids are letters and digits.

use arn::{AccountId, Region};
use std::fmt;

/// `{account}/{region}/{name}`; with an empty or partial name, a prefix of keys.
pub(crate) fn group(account: &AccountId, region: &Region, name: &str) -> String {
    format!("{account}/{region}/{name}")
}

/// `{group id}:{name}`; with an empty or partial name, a prefix of keys.
pub(crate) fn stream(group_id: &str, name: &str) -> String {
    format!("{group_id}:{name}")
}

/// `{group id}:`, the prefix of a group's streams and of its events.
pub(crate) fn of_group(group_id: &str) -> String {
    format!("{group_id}:")
}

/// An event's place in its group: time, then arrival. AWS's ids have 56 digits too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct EventId {
    pub(crate) timestamp_ms: i64,
    pub(crate) ingested_ms: i64,
    pub(crate) count: u64,
}

impl EventId {
    /// Before every event of `timestamp_ms` and after.
    pub(crate) fn start_of(timestamp_ms: i64) -> Self {
        Self {
            timestamp_ms: timestamp_ms.max(0),
            ingested_ms: 0,
            count: 0,
        }
    }

    /// The place right after this one.
    pub(crate) fn next(self) -> Self {
        Self {
            count: self.count.saturating_add(1),
            ..self
        }
    }

    /// The place right before this one.
    pub(crate) fn previous(self) -> Self {
        Self {
            count: self.count.saturating_sub(1),
            ..self
        }
    }

    /// Reads the 56 digits.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let is_id = text.len() == 56 && text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_id {
            return None;
        }
        Some(Self {
            timestamp_ms: text.get(..20)?.parse().ok()?,
            ingested_ms: text.get(20..36)?.parse().ok()?,
            count: text.get(36..)?.parse().ok()?,
        })
    }

    /// The event's key in its group.
    pub(crate) fn key(self, group_id: &str) -> String {
        format!("{group_id}:{self}")
    }

    /// The id in an event's key.
    pub(crate) fn of_key(key: &str) -> Option<Self> {
        key.rsplit_once(':').and_then(|(_, id)| Self::parse(id))
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:020}{:016}{:020}",
            self.timestamp_ms, self.ingested_ms, self.count
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_time_then_arrival_and_round_trip() {
        let id = |timestamp_ms, ingested_ms, count| EventId {
            timestamp_ms,
            ingested_ms,
            count,
        };
        let ids = [
            id(0, 0, 0),
            id(5, 1_795_348_800_000, 9),
            id(5, 1_795_348_800_000, 10),
            id(10, 1, 0),
            id(1_795_348_800_000, 0, u64::MAX),
        ];
        for pair in ids.windows(2) {
            assert!(pair[0].to_string() < pair[1].to_string());
            assert!(pair[0] < pair[1]);
        }
        for id in ids {
            assert_eq!(id.to_string().len(), 56);
            assert_eq!(EventId::of_key(&id.key("abc")), Some(id));
        }
        assert_eq!(EventId::parse("1"), None);
        assert_eq!(EventId::parse(&"x".repeat(56)), None);
        assert_eq!(EventId::parse(&"9".repeat(56)), None);
    }
}
