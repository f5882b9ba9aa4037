//! When keys and roles were last used.

use crate::Iam;
use crate::limits::LAST_USED_GRAIN_MS;
use crate::record::{LAST_USED, LastUsedRecord};
use policy::{Principal, PrincipalKind};
use ports::{RequestFacts, Touch};
use std::sync::PoisonError;

impl Iam {
    /// Writes down that a key was used, at most once in [`LAST_USED_GRAIN_MS`] a key.
    pub(crate) async fn note_use(
        &self,
        principal: &Principal,
        touch: &Touch,
        facts: &RequestFacts,
    ) {
        let key = match principal.kind {
            PrincipalKind::AssumedRole => role_key(&principal.user_id),
            _ if principal.session.is_some() => return,
            _ => principal.access_key_id.clone(),
        };
        {
            let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
            let last = noted.get(&key).copied().unwrap_or(i64::MIN);
            if facts.now_ms.saturating_sub(last) < LAST_USED_GRAIN_MS {
                return;
            }
            if noted.len() >= crate::limits::CACHE_ENTRIES_MAX {
                noted.clear();
            }
            noted.insert(key.clone(), facts.now_ms);
        }
        let service = touch.action.split(':').next().unwrap_or_default();
        let record = LastUsedRecord {
            at_ms: facts.now_ms,
            service: service.to_owned(),
            region: facts.region.clone(),
        };
        let mut tx = self.store.begin().await;
        let written = match tx.put(&LAST_USED, &key, &record) {
            Ok(()) => tx.commit().await,
            Err(error) => Err(error),
        };
        if let Err(error) = written {
            tracing::warn!(error = %error, "the last use of a key could not be written");
        }
    }
}

/// The key of a role's last use, from its id or a session's user id.
pub(crate) fn role_key(user_id: &str) -> String {
    let id = user_id.split(':').next().unwrap_or_default();
    format!("role/{id}")
}
