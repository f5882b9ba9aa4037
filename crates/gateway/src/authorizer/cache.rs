//! What authorizers have said lately.

use super::{Grant, identity_source::Value};
use crate::{compiled::CompiledStage, limits};
use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    mem,
    sync::{Arc, Mutex, PoisonError},
};
use stdx::TimestampMs;

/// A digest of API, stage, revision, authorizer and identity: tokens themselves are not kept.
pub(super) type Key = [u8; 32];

/// Answers of every authorizer of every stage, [`limits::AUTHORIZER_RESULTS_MAX`] at most.
///
/// Two generations: when the young one is full it becomes the old one, and the old one is
/// forgotten. So a flood of new tokens cannot grow it, and who asks often stays.
#[derive(Debug, Default)]
pub(crate) struct Cache(Mutex<Generations>);

#[derive(Debug, Default)]
struct Generations {
    young: HashMap<Key, Entry>,
    old: HashMap<Key, Entry>,
}

#[derive(Debug, Clone)]
struct Entry {
    grant: Arc<Grant>,
    until_ms: TimestampMs,
}

impl Cache {
    /// The answer under this key while it is fresh.
    pub(super) fn find(&self, key: &Key, now_ms: TimestampMs) -> Option<Arc<Grant>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = match all.young.get(key) {
            Some(entry) => entry.clone(),
            None => {
                let entry = all.old.remove(key)?;
                all.insert(*key, entry.clone());
                entry
            }
        };
        (entry.until_ms > now_ms).then_some(entry.grant)
    }

    /// Keeps an answer until `until_ms`.
    pub(super) fn keep(&self, key: Key, grant: Arc<Grant>, until_ms: TimestampMs) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(key, Entry { grant, until_ms });
    }
}

impl Generations {
    fn insert(&mut self, key: Key, entry: Entry) {
        let is_full = self.young.len() >= limits::AUTHORIZER_RESULTS_MAX / 2;
        if is_full && !self.young.contains_key(&key) {
            self.old = mem::take(&mut self.young);
        }
        self.young.insert(key, entry);
    }
}

/// The key of an identity. A new deployment or a changed stage has new keys, so nothing that an
/// authorizer said outlives its configuration.
pub(super) fn key(stage: &CompiledStage, authorizer_id: &str, identity: &[Value]) -> Key {
    let mut digest = Sha256::new();
    digest.update(stage.revision.to_be_bytes());
    let parts = [&stage.api.id, &stage.settings.name, authorizer_id];
    parts.iter().for_each(|part| text(&mut digest, part));
    for value in identity {
        text(&mut digest, value.name());
        let texts: Vec<&str> = value.texts().collect();
        digest.update(texts.len().to_be_bytes());
        texts.iter().for_each(|part| text(&mut digest, part));
    }
    digest.finalize().into()
}

/// With its length in front, so that no two lists of texts look alike.
fn text(digest: &mut Sha256, text: &str) {
    digest.update(text.len().to_be_bytes());
    digest.update(text);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use restapi::{RestApi, Stage};

    fn stage(api: &str, name: &str, revision: u64) -> CompiledStage {
        let api = RestApi {
            id: api.into(),
            account: "111111111111".into(),
            region: "us-east-1".into(),
            ..RestApi::default()
        };
        let settings = Stage {
            name: name.into(),
            ..Stage::default()
        };
        let mut stage =
            CompiledStage::without_methods(&Arc::new(api), &Arc::new(settings)).unwrap();
        stage.revision = revision;
        stage
    }

    fn grant() -> Arc<Grant> {
        let payload =
            br#"{"principalId":"p","policyDocument":{"Version":"2012-10-17","Statement":[]}}"#;
        Arc::new(Grant::parse(payload).unwrap())
    }

    #[test]
    fn keys_differ_in_every_part() {
        let one = |texts: &[&str]| vec![Value::of("h", texts)];
        let base = stage("a", "prod", 1);
        let keys = [
            key(&base, "x", &one(&["t"])),
            key(&base, "y", &one(&["t"])),
            key(&stage("b", "prod", 1), "x", &one(&["t"])),
            key(&stage("a", "test", 1), "x", &one(&["t"])),
            key(&stage("a", "prod", 2), "x", &one(&["t"])),
            key(&base, "x", &one(&["T"])),
            key(&base, "x", &one(&["t", "t"])),
            key(&base, "x", &one(&["tt"])),
            key(&base, "x", &[Value::of("q", &["t"])]),
            key(
                &base,
                "x",
                &[Value::of("h", &["t"]), Value::of("q", &["t"])],
            ),
            key(&base, "x", &[]),
        ];
        let distinct: std::collections::HashSet<Key> = keys.into_iter().collect();
        assert_eq!(distinct.len(), keys.len());
        assert_eq!(keys[0], key(&base, "x", &one(&["t"])));
    }

    #[test]
    fn answers_are_kept_until_their_time() {
        let cache = Cache::default();
        cache.keep([1; 32], grant(), 1_000);
        assert!(cache.find(&[1; 32], 999).is_some());
        assert!(cache.find(&[1; 32], 1_000).is_none());
        assert!(cache.find(&[2; 32], 0).is_none());
    }

    #[test]
    fn floods_push_out_who_is_not_asked_for() {
        let cache = Cache::default();
        let half = u32::try_from(limits::AUTHORIZER_RESULTS_MAX / 2).unwrap();
        let numbered = |n: u32| {
            let mut key = [0; 32];
            key[..4].copy_from_slice(&n.to_be_bytes());
            key
        };
        let grant = grant();
        for n in 0..=half * 4 {
            cache.keep(numbered(n), Arc::clone(&grant), 1);
            // Zero is asked for now and then, one never.
            if n % half == 0 {
                assert!(cache.find(&numbered(0), 0).is_some(), "{n}");
            }
        }
        assert!(cache.find(&numbered(1), 0).is_none());
        let all = cache.0.lock().unwrap();
        assert!(all.young.len() + all.old.len() <= limits::AUTHORIZER_RESULTS_MAX);
    }
}
