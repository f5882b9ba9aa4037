//! `ports::SignIn`: passwords for sessions, few guesses at a time.

use crate::limits::{
    SIGN_IN_COUNTERS_MAX, SIGN_IN_FAILURES_PER_PEER_MAX, SIGN_IN_FAILURES_PER_USER_MAX,
    SIGN_IN_SESSION_S, SIGN_IN_WINDOW_MS,
};
use crate::record::{ALIASES, SessionOf, SessionRecord, USERS, UserRecord, key};
use crate::{Iam, identifier, users::login_profile};
use arn::AccountId;
use policy::Principal;
use ports::{
    Authorize, Call, Caller, RequestFacts, SessionCredentials, SignIn, SignInAttempt, SignInError,
    Touches,
};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use stdx::{BoxFuture, TimestampMs};

impl SignIn for Iam {
    fn sign_in<'a>(
        &'a self,
        attempt: &'a SignInAttempt,
    ) -> BoxFuture<'a, Result<SessionCredentials, SignInError>> {
        Box::pin(self.sign_in_by_password(attempt))
    }
}

impl Iam {
    async fn sign_in_by_password(
        &self,
        attempt: &SignInAttempt,
    ) -> Result<SessionCredentials, SignInError> {
        let account = self.account_called(&attempt.account).await?;
        let found = self.user_called(account.as_ref(), &attempt.user).await?;
        // Users that do not exist are counted as well: refusals must not tell them apart. The name
        // is cut, since it comes from strangers and is kept.
        let name: String = attempt.user.chars().take(64).collect();
        let gate = Gate {
            user: match (&account, &found) {
                (Some(account), Some(user)) => login_profile::place(account, user),
                _ => format!("{account:?}/{name}"),
            },
            peer: Some(attempt.peer.to_string()),
        };
        let counted = self.attempts.begin(gate, attempt.now_ms);
        let counted = counted.ok_or(SignInError::TooMany)?;
        let profile = match (&account, &found) {
            (Some(account), Some(user)) => self
                .login_profile(account, user)
                .await
                .map_err(|_| SignInError::Unavailable)?,
            _ => None,
        };
        let password = profile.as_ref().map(|profile| profile.password.clone());
        let is_right = self
            .passwords
            .is_right(password, attempt.password.0.clone())
            .await
            .map_err(|_| SignInError::TooMany)?;
        let (Some(account), Some(user), Some(profile), true) = (account, found, profile, is_right)
        else {
            return Err(SignInError::Incorrect);
        };
        counted.succeeded();
        let made = self.signed_in(&account, &user, attempt.now_ms).await?;
        match &attempt.new_password {
            None if profile.is_reset_required => return Err(SignInError::NewPasswordNeeded),
            None => {}
            Some(new) => {
                let is_new = new.0 != attempt.password.0;
                self.choose_password(&made.principal, &user, &new.0, is_new, attempt)
                    .await?;
            }
        }
        Ok(made)
    }

    /// Changing a password needs `iam:ChangePassword`, at the door as well.
    async fn choose_password(
        &self,
        principal: &Arc<Principal>,
        user: &UserRecord,
        password: &str,
        is_new: bool,
        attempt: &SignInAttempt,
    ) -> Result<(), SignInError> {
        let refused = |text: String| SignInError::NewPasswordRefused(text);
        if !is_new {
            return Err(refused(
                "The new password must differ from the old one.".to_owned(),
            ));
        }
        let call = call_of(principal, attempt);
        let touches = login_profile::touches(self, &call).await;
        let Ok(Touches::All(touches)) = touches else {
            return Err(SignInError::Unavailable);
        };
        for touch in &touches {
            self.authorize(&call.caller, touch, &call.facts)
                .await
                .map_err(|denial| refused(denial.message))?;
        }
        let account = &principal.account;
        self.check_password(account, password)
            .await
            .map_err(|error| refused(error.message().to_owned()))?;
        self.replace_password(account, user, password.to_owned(), attempt.now_ms)
            .await
            .map_err(|_| SignInError::Unavailable)
    }

    async fn account_called(&self, text: &str) -> Result<Option<AccountId>, SignInError> {
        if let Ok(account) = text.parse() {
            return Ok(Some(account));
        }
        let found = self.store.get(&ALIASES, text).await;
        let found = found.map_err(|_| SignInError::Unavailable)?;
        Ok(found.and_then(|found| found.account.parse().ok()))
    }

    async fn user_called(
        &self,
        account: Option<&AccountId>,
        name: &str,
    ) -> Result<Option<UserRecord>, SignInError> {
        let Some(account) = account else {
            return Ok(None);
        };
        let found = self.store.get(&USERS, &key(account.as_str(), name)).await;
        let found = found.map_err(|_| SignInError::Unavailable)?;
        Ok(found.filter(|user| user.name == name))
    }

    async fn signed_in(
        &self,
        account: &AccountId,
        user: &UserRecord,
        now_ms: TimestampMs,
    ) -> Result<SessionCredentials, SignInError> {
        let session = SessionRecord {
            secret: identifier::secret(&*self.ids),
            account: account.to_string(),
            issued_ms: now_ms,
            expires_ms: now_ms + SIGN_IN_SESSION_S * 1000,
            is_mfa: false,
            who: SessionOf::SignedIn {
                name: user.name.clone(),
                id: user.id.clone(),
            },
            source_identity: None,
            tags: BTreeMap::new(),
            transitive_tag_keys: Vec::new(),
            policy: None,
            policy_arns: Vec::new(),
        };
        let made = self.credentials_of(session).await;
        made.map_err(|_| SignInError::Unavailable)
    }
}

fn call_of(principal: &Arc<Principal>, attempt: &SignInAttempt) -> Call {
    Call {
        account: principal.account.clone(),
        caller: Caller::Principal(Arc::clone(principal)),
        region: arn::Region::us_east_1(),
        request_id: String::new(),
        now_ms: attempt.now_ms,
        facts: RequestFacts {
            source_ip: Some(attempt.peer),
            now_ms: attempt.now_ms,
            region: arn::Region::us_east_1().to_string(),
            ..RequestFacts::default()
        },
        base_url: String::new(),
    }
}

/// By what an attempt is counted.
#[derive(Debug, Clone)]
pub(crate) struct Gate {
    pub user: String,
    pub peer: Option<String>,
}

/// Counts wrong passwords, by user and by address, in windows of [`SIGN_IN_WINDOW_MS`].
#[derive(Default)]
pub(crate) struct Attempts {
    counters: Mutex<HashMap<String, Counter>>,
}

struct Counter {
    since_ms: TimestampMs,
    failures: u32,
}

/// An attempt that counts as a failure until it has succeeded.
pub(crate) struct Counted<'a> {
    attempts: &'a Attempts,
    keys: Vec<(String, u32)>,
}

impl Attempts {
    /// Counts an attempt, before the password is looked at, so that many at once gain nothing;
    /// none when there were too many.
    pub(crate) fn begin(&self, gate: Gate, now_ms: TimestampMs) -> Option<Counted<'_>> {
        let user = (format!("user {}", gate.user), SIGN_IN_FAILURES_PER_USER_MAX);
        let peer = gate
            .peer
            .map(|peer| (format!("peer {peer}"), SIGN_IN_FAILURES_PER_PEER_MAX));
        let keys: Vec<_> = [Some(user), peer].into_iter().flatten().collect();
        let mut counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        let is_over = |counter: &Counter| now_ms - counter.since_ms >= SIGN_IN_WINDOW_MS;
        let is_full = keys.iter().any(|(key, max)| {
            let counter = counters.get(key).filter(|counter| !is_over(counter));
            counter.is_some_and(|counter| counter.failures >= *max)
        });
        if is_full {
            return None;
        }
        if counters.len() + keys.len() > SIGN_IN_COUNTERS_MAX {
            counters.retain(|_, counter| !is_over(counter));
        }
        for (key, _) in &keys {
            if counters.len() >= SIGN_IN_COUNTERS_MAX {
                let oldest = counters.iter().min_by_key(|(_, counter)| counter.since_ms);
                if let Some(oldest) = oldest.map(|(key, _)| key.clone()) {
                    counters.remove(&oldest);
                }
            }
            let counter = counters.entry(key.clone()).or_insert(Counter {
                since_ms: now_ms,
                failures: 0,
            });
            if is_over(counter) {
                *counter = Counter {
                    since_ms: now_ms,
                    failures: 0,
                };
            }
            counter.failures += 1;
        }
        Some(Counted {
            attempts: self,
            keys,
        })
    }
}

impl Counted<'_> {
    /// The password was right: this attempt does not count.
    pub(crate) fn succeeded(self) {
        let counters = self.attempts.counters.lock();
        let mut counters = counters.unwrap_or_else(PoisonError::into_inner);
        for (key, _) in &self.keys {
            if let Some(counter) = counters.get_mut(key) {
                counter.failures = counter.failures.saturating_sub(1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begin<'a>(attempts: &'a Attempts, user: &str, peer: &str, at: i64) -> Option<Counted<'a>> {
        let gate = Gate {
            user: user.to_owned(),
            peer: Some(peer.to_owned()),
        };
        attempts.begin(gate, at)
    }

    #[test]
    fn failures_are_bounded_by_user_and_window() {
        let attempts = Attempts::default();
        for _ in 0..SIGN_IN_FAILURES_PER_USER_MAX {
            assert!(begin(&attempts, "a", "1", 0).is_some());
        }
        assert!(begin(&attempts, "a", "2", 0).is_none());
        assert!(begin(&attempts, "b", "1", 0).is_some());
        assert!(begin(&attempts, "a", "1", SIGN_IN_WINDOW_MS - 1).is_none());
        assert!(begin(&attempts, "a", "1", SIGN_IN_WINDOW_MS).is_some());
    }

    #[test]
    fn failures_are_bounded_by_address() {
        let attempts = Attempts::default();
        for n in 0..SIGN_IN_FAILURES_PER_PEER_MAX {
            assert!(begin(&attempts, &n.to_string(), "1", 0).is_some());
        }
        assert!(begin(&attempts, "new", "1", 0).is_none());
        assert!(begin(&attempts, "new", "2", 0).is_some());
    }

    #[test]
    fn success_does_not_count() {
        let attempts = Attempts::default();
        for _ in 0..3 * SIGN_IN_FAILURES_PER_PEER_MAX {
            begin(&attempts, "a", "1", 0).unwrap().succeeded();
        }
    }

    #[test]
    fn counters_are_bounded() {
        let attempts = Attempts::default();
        for n in 0..SIGN_IN_COUNTERS_MAX + 10 {
            begin(&attempts, &n.to_string(), &n.to_string(), 0).unwrap();
        }
        let held = attempts.counters.lock().unwrap().len();
        assert!(held <= SIGN_IN_COUNTERS_MAX, "{held}");
    }
}
