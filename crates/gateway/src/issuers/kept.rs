//! The keys of one issuer, and when they are asked for again.

use crate::limits::{KEYS_FRESH_MS, KEYS_STALE_MS, REFETCH_EVERY_MS, REFETCHES_AT_ONCE_MAX};
use arc_swap::ArcSwapOption;
use jwt::KeySet;
use ports::{IssuerError, WantedKey};
use std::{future::Future, sync::Arc};
use stdx::{Clock, TimestampMs};

/// What is known of an issuer.
pub(super) struct Kept {
    keys: ArcSwapOption<Fetched>,
    /// Whoever asks the issuer holds this; the others wait for what comes of it.
    turn: tokio::sync::Mutex<Bucket>,
}

struct Fetched {
    keys: Arc<KeySet>,
    at_ms: TimestampMs,
}

/// How often the issuer may still be asked.
struct Bucket {
    left: i64,
    filled_ms: TimestampMs,
}

impl Kept {
    pub(super) fn new(now_ms: TimestampMs) -> Self {
        Self {
            keys: ArcSwapOption::empty(),
            turn: tokio::sync::Mutex::new(Bucket {
                left: REFETCHES_AT_ONCE_MAX,
                filled_ms: now_ms,
            }),
        }
    }

    /// The keys, fetched when there are none, when they are old or when the wanted one is missing.
    pub(super) async fn keys<F, Answer>(
        &self,
        wanted: WantedKey<'_>,
        clock: &dyn Clock,
        fetch: F,
    ) -> Result<Arc<KeySet>, IssuerError>
    where
        F: FnOnce() -> Answer,
        Answer: Future<Output = Result<KeySet, IssuerError>>,
    {
        if let Some(keys) = self.good(wanted, clock.now_ms()) {
            return Ok(keys);
        }
        let mut bucket = self.turn.lock().await;
        let now_ms = clock.now_ms();
        // Somebody else may have fetched them while this one waited.
        if let Some(keys) = self.good(wanted, now_ms) {
            return Ok(keys);
        }
        if !bucket.take(now_ms) {
            return self.stale(now_ms).ok_or_else(too_often);
        }
        match fetch().await {
            Ok(keys) => {
                let keys = Arc::new(keys);
                self.keys.store(Some(Arc::new(Fetched {
                    keys: Arc::clone(&keys),
                    at_ms: now_ms,
                })));
                Ok(keys)
            }
            Err(error) => {
                tracing::warn!(%error, "an issuer's keys cannot be had");
                self.stale(now_ms).ok_or(error)
            }
        }
    }

    fn good(&self, wanted: WantedKey<'_>, now_ms: TimestampMs) -> Option<Arc<KeySet>> {
        let keys = self.younger_than(KEYS_FRESH_MS, now_ms)?;
        keys.has(wanted.id, wanted.algorithm).then_some(keys)
    }

    /// What was known before, while the issuer does not answer.
    fn stale(&self, now_ms: TimestampMs) -> Option<Arc<KeySet>> {
        self.younger_than(KEYS_STALE_MS, now_ms)
    }

    fn younger_than(&self, age_ms: i64, now_ms: TimestampMs) -> Option<Arc<KeySet>> {
        let fetched = self.keys.load_full()?;
        let is_young = now_ms.saturating_sub(fetched.at_ms) < age_ms;
        is_young.then(|| Arc::clone(&fetched.keys))
    }
}

fn too_often() -> IssuerError {
    IssuerError::Unreachable("issuer".into(), "it was asked too often in vain".into())
}

impl Bucket {
    fn take(&mut self, now_ms: TimestampMs) -> bool {
        let more = now_ms.saturating_sub(self.filled_ms).max(0) / REFETCH_EVERY_MS;
        self.filled_ms += more * REFETCH_EVERY_MS;
        self.left = self.left.saturating_add(more).min(REFETCHES_AT_ONCE_MAX);
        let is_there = self.left > 0;
        self.left -= i64::from(is_there);
        is_there
    }
}
