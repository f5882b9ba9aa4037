//! Who is signed in, in memory: a restart of the server signs everybody out.

use crate::limits::{NUMBERS_MAX, SESSION_MS_MAX, SESSIONS_MAX, TOKEN_BYTES};
use ports::Secret;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};
use stdx::{SharedIds, TimestampMs};

/// The key that a session stands for. Its secret is not kept: it was compared at sign-in.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) access_key_id: String,
    pub(crate) session_token: Option<Secret>,
}

struct Session {
    number: u32,
    key: Key,
    ends_ms: TimestampMs,
}

/// The sessions by their tokens, which nobody can guess.
pub(crate) struct Keeper {
    ids: SharedIds,
    sessions: Mutex<HashMap<String, Session>>,
}

/// A session number as paths have it.
pub(crate) fn number(text: &str) -> Option<u32> {
    let number = text.parse().ok()?;
    let is_plain = u32::to_string(&number) == text;
    (is_plain && number < NUMBERS_MAX).then_some(number)
}

impl Keeper {
    pub(crate) fn new(ids: SharedIds) -> Self {
        Self {
            ids,
            sessions: Mutex::new(HashMap::new()),
        }
    }

    /// Begins a session and gives its token.
    pub(crate) fn begin(&self, number: u32, key: Key, now_ms: TimestampMs) -> String {
        let token = self.token();
        let mut sessions = self.sessions();
        sessions.retain(|_, session| session.ends_ms > now_ms);
        if sessions.len() >= SESSIONS_MAX {
            let soonest = sessions.iter().min_by_key(|(_, session)| session.ends_ms);
            let soonest = soonest.map(|(token, _)| token.clone());
            soonest.and_then(|token| sessions.remove(&token));
        }
        let session = Session {
            number,
            key,
            ends_ms: now_ms.saturating_add(SESSION_MS_MAX),
        };
        sessions.insert(token.clone(), session);
        token
    }

    /// The key of a session that has not ended.
    pub(crate) fn find(&self, number: u32, token: &str, now_ms: TimestampMs) -> Option<Key> {
        let sessions = self.sessions();
        let session = sessions.get(token)?;
        (session.number == number && session.ends_ms > now_ms).then(|| session.key.clone())
    }

    /// Ends a session.
    pub(crate) fn end(&self, number: u32, token: &str) {
        let mut sessions = self.sessions();
        if sessions
            .get(token)
            .is_some_and(|session| session.number == number)
        {
            sessions.remove(token);
        }
    }

    fn token(&self) -> String {
        let mut bytes = [0; TOKEN_BYTES];
        self.ids.fill(&mut bytes);
        bytes.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    fn sessions(&self) -> MutexGuard<'_, HashMap<String, Session>> {
        // A map is whole after every step above, so a panic elsewhere leaves nothing half-done.
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::sync::Arc;
    use stdx::SeededIds;

    fn keeper() -> Keeper {
        Keeper::new(Arc::new(SeededIds::new(1)))
    }

    fn key(id: &str) -> Key {
        Key {
            access_key_id: id.into(),
            session_token: None,
        }
    }

    #[test]
    fn a_session_is_its_numbers_own_and_ends() {
        let keeper = keeper();
        let token = keeper.begin(0, key("A"), 1_000);
        assert_eq!(token.len(), 2 * TOKEN_BYTES);
        assert_eq!(keeper.find(0, &token, 1_000).unwrap().access_key_id, "A");
        assert!(keeper.find(1, &token, 1_000).is_none());
        assert!(keeper.find(0, "", 1_000).is_none());
        let last = 1_000 + SESSION_MS_MAX - 1;
        assert!(keeper.find(0, &token, last).is_some());
        assert!(keeper.find(0, &token, last + 1).is_none());
        keeper.end(1, &token);
        assert!(keeper.find(0, &token, 1_000).is_some());
        keeper.end(0, &token);
        assert!(keeper.find(0, &token, 1_000).is_none());
    }

    #[test]
    fn the_soonest_to_end_makes_room() {
        let keeper = keeper();
        let first = keeper.begin(0, key("first"), 0);
        let second = keeper.begin(0, key("second"), 1);
        for _ in 2..SESSIONS_MAX {
            keeper.begin(0, key("more"), 2);
        }
        assert!(keeper.find(0, &first, 3).is_some());
        keeper.begin(0, key("one over"), 3);
        assert!(keeper.find(0, &first, 3).is_none());
        assert!(keeper.find(0, &second, 3).is_some());
    }

    #[test]
    fn numbers_are_written_one_way() {
        assert_eq!(number("0"), Some(0));
        assert_eq!(number("99"), Some(99));
        for bad in ["100", "00", "+1", "-1", "", "a", "1 "] {
            assert_eq!(number(bad), None, "{bad}");
        }
    }
}
