//! Session tokens and authorization messages: sealed so that any node opens them and nobody
//! forges one.
//!
//! AES-256-GCM over the contents, with whose it is as associated data: a token belongs to its
//! access key, a message to an account. The sealing key lives in the store, the same on every node.

use crate::limits::SESSION_TOKEN_BYTES_MAX;
use crate::record::{SEALING, SealingRecord, SessionRecord};
use crate::{IamError, Store};
use arn::AccountId;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use stdx::Ids;

/// Tokens start like AWS's (`IQoJb3JpZ2lu…`); the last byte is our version.
const MAGIC: &[u8] = b"!\n\torigin_cw\x01";

/// The key of the one sealing record.
const CURRENT: &str = "current";

pub(crate) struct Seal {
    key: LessSafeKey,
}

impl Seal {
    /// The store's sealing key, made when there is none.
    pub(crate) async fn load(store: &Store, ids: &dyn Ids) -> Result<Self, IamError> {
        let mut tx = store.begin().await;
        let record = match tx.get(&SEALING, CURRENT).await? {
            Some(record) => record,
            None => {
                let mut bytes = [0u8; 32];
                ids.fill(&mut bytes);
                let record = SealingRecord {
                    key: STANDARD.encode(bytes),
                };
                tx.put(&SEALING, CURRENT, &record)?;
                tx.commit().await?;
                record
            }
        };
        let bytes = STANDARD
            .decode(&record.key)
            .map_err(|_| IamError::SealingKey)?;
        let key = UnboundKey::new(&AES_256_GCM, &bytes).map_err(|_| IamError::SealingKey)?;
        Ok(Self {
            key: LessSafeKey::new(key),
        })
    }

    /// The token of a session; none when the contents cannot be written, which is our fault.
    pub(crate) fn seal(
        &self,
        access_key_id: &str,
        session: &SessionRecord,
        ids: &dyn Ids,
    ) -> Option<String> {
        let plain = serde_json::to_vec(session).ok()?;
        let mut token = MAGIC.to_vec();
        token.extend(self.close(access_key_id, plain, ids)?);
        Some(STANDARD.encode(token))
    }

    /// The details of a denial, sealed for the account that was refused.
    pub(crate) fn seal_message(
        &self,
        account: &AccountId,
        plain: String,
        ids: &dyn Ids,
    ) -> Option<String> {
        let sealed = self.close(&message_of(account), plain.into_bytes(), ids)?;
        Some(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// What [`Self::seal_message`] sealed for this account.
    pub(crate) fn open_message(&self, account: &AccountId, message: &str) -> Option<String> {
        let bytes = URL_SAFE_NO_PAD.decode(message).ok()?;
        String::from_utf8(self.unlock(&message_of(account), &bytes)?).ok()
    }

    /// Nonce and sealed contents.
    fn close(&self, owner: &str, mut plain: Vec<u8>, ids: &dyn Ids) -> Option<Vec<u8>> {
        let mut nonce = [0u8; NONCE_LEN];
        ids.fill(&mut nonce);
        let unique = Nonce::assume_unique_for_key(nonce);
        let owner = Aad::from(owner.as_bytes());
        let done = self.key.seal_in_place_append_tag(unique, owner, &mut plain);
        done.ok()?;
        let mut sealed = nonce.to_vec();
        sealed.append(&mut plain);
        Some(sealed)
    }

    fn unlock(&self, owner: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut sealed = sealed.to_vec();
        let owner = Aad::from(owner.as_bytes());
        let plain = self.key.open_in_place(nonce, owner, &mut sealed).ok()?;
        Some(plain.to_vec())
    }

    /// The contents of a token that this store sealed for this key.
    pub(crate) fn open(&self, access_key_id: &str, token: &str) -> Option<SessionRecord> {
        if token.len() > SESSION_TOKEN_BYTES_MAX {
            return None;
        }
        let bytes = STANDARD.decode(token).ok()?;
        let rest = bytes.strip_prefix(MAGIC)?;
        serde_json::from_slice(&self.unlock(access_key_id, rest)?).ok()
    }
}

/// Whose message it is, in a form that no access key id has.
fn message_of(account: &AccountId) -> String {
    format!("authorization message of {account}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::SessionOf;
    use std::collections::BTreeMap;
    use stdx::SeededIds;

    fn session() -> SessionRecord {
        SessionRecord {
            secret: "s".into(),
            account: "111111111111".into(),
            issued_ms: 1,
            expires_ms: 2,
            is_mfa: false,
            who: SessionOf::Root,
            source_identity: None,
            tags: BTreeMap::new(),
            transitive_tag_keys: Vec::new(),
            policy: None,
            policy_arns: Vec::new(),
        }
    }

    #[tokio::test]
    async fn every_changed_bit_and_other_keys_are_refused() {
        let ids = SeededIds::new(1);
        let store = Store::in_memory().unwrap();
        let seal = Seal::load(&store, &ids).await.unwrap();
        let token = seal.seal("ASIAONE", &session(), &ids).unwrap();
        assert!(token.starts_with("IQoJb3JpZ2lu"));
        assert_eq!(seal.open("ASIAONE", &token).unwrap().expires_ms, 2);
        assert!(seal.open("ASIATWO", &token).is_none());
        assert!(seal.open("ASIAONE", "").is_none());
        assert!(seal.open("ASIAONE", &token[..token.len() - 4]).is_none());
        let bytes = STANDARD.decode(&token).unwrap();
        for at in 0..bytes.len() {
            let mut broken = bytes.clone();
            broken[at] ^= 1;
            assert!(
                seal.open("ASIAONE", &STANDARD.encode(broken)).is_none(),
                "{at}"
            );
        }
        let again = Seal::load(&store, &ids).await.unwrap();
        assert!(again.open("ASIAONE", &token).is_some());
        let other = Seal::load(&Store::in_memory().unwrap(), &ids)
            .await
            .unwrap();
        assert!(other.open("ASIAONE", &token).is_none());
    }

    #[tokio::test]
    async fn messages_are_opened_by_their_account_alone() {
        let ids = SeededIds::new(1);
        let store = Store::in_memory().unwrap();
        let seal = Seal::load(&store, &ids).await.unwrap();
        let (ours, theirs) = (
            "111111111111".parse().unwrap(),
            "222222222222".parse().unwrap(),
        );
        let message = seal.seal_message(&ours, "{}".to_owned(), &ids).unwrap();
        assert_eq!(seal.open_message(&ours, &message).as_deref(), Some("{}"));
        assert_eq!(seal.open_message(&theirs, &message), None);
        assert_eq!(seal.open_message(&ours, &message[1..]), None);
        for at in 0..message.len() {
            let mut broken = message.clone();
            let other = if &message[at..=at] == "A" { "Q" } else { "A" };
            broken.replace_range(at..=at, other);
            assert_eq!(seal.open_message(&ours, &broken), None, "{at}");
        }
        let token = seal.seal("ASIAONE", &session(), &ids).unwrap();
        assert_eq!(seal.open_message(&ours, &token), None);
        let again = Seal::load(&store, &ids).await.unwrap();
        assert!(again.open_message(&ours, &message).is_some());
    }
}
