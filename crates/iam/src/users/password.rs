//! Passwords: hashed slowly, compared in constant time.

use crate::limits::{PASSWORD_CHECKS_MAX, PASSWORD_CHECKS_WAITING_MAX, PASSWORD_ROUNDS};
use crate::record::PasswordRecord;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::pbkdf2::{self, PBKDF2_HMAC_SHA256};
use std::num::NonZeroU32;
use std::sync::Arc;
use stdx::Ids;
use tokio::sync::Semaphore;

const SALT_BYTES: usize = 16;
const HASH_BYTES: usize = 32;

/// Hashes passwords on threads of their own, few at a time.
pub(crate) struct Checker {
    running: Arc<Semaphore>,
    waiting: Semaphore,
}

/// Too many passwords wait for a check.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Busy;

impl Default for Checker {
    fn default() -> Self {
        Self {
            running: Arc::new(Semaphore::new(PASSWORD_CHECKS_MAX)),
            waiting: Semaphore::new(PASSWORD_CHECKS_WAITING_MAX),
        }
    }
}

impl Checker {
    /// What is kept of a password.
    pub(crate) async fn hash(
        &self,
        password: String,
        ids: &dyn Ids,
    ) -> Result<PasswordRecord, Busy> {
        let mut salt = [0u8; SALT_BYTES];
        ids.fill(&mut salt);
        let work = move || {
            let mut hash = [0u8; HASH_BYTES];
            let rounds = NonZeroU32::new(PASSWORD_ROUNDS).unwrap_or(NonZeroU32::MIN);
            pbkdf2::derive(
                PBKDF2_HMAC_SHA256,
                rounds,
                &salt,
                password.as_bytes(),
                &mut hash,
            );
            PasswordRecord {
                salt: STANDARD.encode(salt),
                rounds: rounds.get(),
                hash: STANDARD.encode(hash),
            }
        };
        self.run(work).await
    }

    /// Whether it is the password. Without a record the answer is no and takes as long, so that
    /// nobody learns from the clock which users there are.
    pub(crate) async fn is_right(
        &self,
        record: Option<PasswordRecord>,
        password: String,
    ) -> Result<bool, Busy> {
        self.run(move || {
            let salt_and_hash = record.as_ref().and_then(|record| {
                let salt = STANDARD.decode(&record.salt).ok()?;
                let hash = STANDARD.decode(&record.hash).ok()?;
                Some((NonZeroU32::new(record.rounds)?, salt, hash))
            });
            let is_known = salt_and_hash.is_some();
            let (rounds, salt, hash) = salt_and_hash.unwrap_or_else(|| {
                let rounds = NonZeroU32::new(PASSWORD_ROUNDS).unwrap_or(NonZeroU32::MIN);
                (rounds, vec![0; SALT_BYTES], vec![0; HASH_BYTES])
            });
            let password = password.as_bytes();
            let same = pbkdf2::verify(PBKDF2_HMAC_SHA256, rounds, &salt, password, &hash);
            same.is_ok() && is_known
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Busy> {
        let _place = self.waiting.try_acquire().map_err(|_| Busy)?;
        let running = Arc::clone(&self.running).acquire_owned().await;
        let running = running.map_err(|_| Busy)?;
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(running);
            done
        });
        done.await.map_err(|error| {
            tracing::error!(%error, "checking a password failed");
            Busy
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use stdx::SeededIds;

    #[tokio::test]
    async fn only_the_password_is_right() {
        let (checker, ids) = (Checker::default(), SeededIds::new(1));
        let record = checker.hash("Correct-1".into(), &ids).await.unwrap();
        assert!(!record.hash.contains("Correct"));
        let is = async |password: &str| {
            let record = Some(record.clone());
            checker.is_right(record, password.into()).await.unwrap()
        };
        assert!(is("Correct-1").await);
        assert!(!is("correct-1").await);
        assert!(!is("").await);
        let none = checker.is_right(None, "Correct-1".into()).await.unwrap();
        assert!(!none);
        let again = checker.hash("Correct-1".into(), &ids).await.unwrap();
        assert_ne!(
            again.hash, record.hash,
            "every password has a salt of its own"
        );
        let broken = PasswordRecord {
            rounds: 0,
            ..record
        };
        let found = checker.is_right(Some(broken), "Correct-1".into()).await;
        assert_eq!(found, Ok(false));
    }

    #[tokio::test]
    async fn more_than_may_wait_are_refused() {
        let checker = Checker::default();
        let places = u32::try_from(PASSWORD_CHECKS_WAITING_MAX).unwrap();
        let held = checker.waiting.acquire_many(places - 1).await.unwrap();
        assert_eq!(checker.is_right(None, "x".into()).await, Ok(false));
        let last = checker.waiting.acquire().await.unwrap();
        assert_eq!(checker.is_right(None, "x".into()).await, Err(Busy));
        drop((held, last));
    }
}
