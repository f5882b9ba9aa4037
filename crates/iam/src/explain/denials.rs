//! The last denials, in memory: who asked for what and which statements refused. No payloads.

use super::api::{Explanation, Statement};
use crate::decisions::authorize::Refused;
use crate::decisions::keys::date_time;
use crate::limits::{DENIAL_ACCOUNTS_MAX, DENIALS_PER_ACCOUNT_MAX, DENIED_RESOURCE_BYTES_MAX};
use arn::AccountId;
use policy::{Matched, PolicyKind};
use ports::{Caller, RequestFacts, Touch};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

/// Denials by account that may hear of them: the caller's and the resource owner's.
#[derive(Default)]
pub(crate) struct Denials {
    by_account: Mutex<HashMap<AccountId, VecDeque<Arc<Denied>>>>,
}

struct Denied {
    request_id: String,
    at_ms: i64,
    principal: String,
    /// Whose identity policies were asked, or whose resource caused a service's call.
    caller_account: Option<AccountId>,
    owner: AccountId,
    action: String,
    resource: String,
    message: String,
    is_explicit: bool,
    kind: Option<PolicyKind>,
    statements: Vec<Matched>,
}

impl Denials {
    pub(crate) fn note(
        &self,
        caller: &Caller,
        touch: &Touch,
        facts: &RequestFacts,
        refused: &Refused,
    ) {
        if facts.request_id.is_empty() {
            return;
        }
        let (principal, caller_account) = match caller {
            Caller::Anonymous => ("anonymous".to_owned(), None),
            Caller::Principal(one) => (one.arn.to_string(), Some(one.account.clone())),
            Caller::Service(one) => (
                format!("{} for {}", one.service, one.source_arn),
                Some(one.source_account.clone()),
            ),
        };
        let denied = Arc::new(Denied {
            request_id: facts.request_id.clone(),
            at_ms: facts.now_ms,
            principal,
            caller_account,
            owner: touch.owner.clone(),
            action: touch.action.clone(),
            resource: cut(&touch.resource),
            message: cut(&refused.denial.message),
            is_explicit: refused.denial.is_explicit,
            kind: refused.kind,
            statements: refused.statements.clone(),
        });
        let mut by_account = self
            .by_account
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let both = [Some(&denied.owner), denied.caller_account.as_ref()];
        let mut last = None;
        for account in both.into_iter().flatten() {
            if last == Some(account) {
                continue;
            }
            last = Some(account);
            let is_known = by_account.contains_key(account);
            if !is_known && by_account.len() >= DENIAL_ACCOUNTS_MAX {
                continue;
            }
            let ring = by_account.entry(account.clone()).or_default();
            if ring.len() >= DENIALS_PER_ACCOUNT_MAX {
                ring.pop_front();
            }
            ring.push_back(Arc::clone(&denied));
        }
    }

    /// The newest denial of this request that the account may hear of.
    pub(crate) fn find(&self, account: &AccountId, request_id: &str) -> Option<Explanation> {
        let by_account = self
            .by_account
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let ring = by_account.get(account)?;
        let found = ring.iter().rev().find(|one| one.request_id == request_id)?;
        Some(found.shown_to(account))
    }

    pub(crate) fn clear(&self) {
        let mut by_account = self
            .by_account
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        by_account.clear();
    }
}

impl Denied {
    /// Each account hears of its own policies only.
    fn shown_to(&self, account: &AccountId) -> Explanation {
        let is_own = |kind: PolicyKind| match kind {
            PolicyKind::Resource | PolicyKind::ResourceControl => *account == self.owner,
            _ => self.caller_account.as_ref() == Some(account),
        };
        let message = match self.kind {
            Some(kind) if !is_own(kind) && self.caller_account.as_ref() != Some(account) => {
                format!(
                    "User: {} is not authorized to perform: {} on resource: {}",
                    self.principal, self.action, self.resource
                )
            }
            _ => self.message.clone(),
        };
        let own = self.statements.iter().filter(|one| is_own(one.kind));
        Explanation {
            decision: Some(match self.is_explicit {
                true => "explicitDeny".to_owned(),
                false => "implicitDeny".to_owned(),
            }),
            principal: Some(self.principal.clone()),
            action: Some(self.action.clone()),
            resource: Some(self.resource.clone()),
            message: Some(message),
            statements: Some(own.map(statement).collect()),
            request_id: Some(self.request_id.clone()),
            time: Some(date_time(self.at_ms)),
        }
    }
}

pub(crate) fn statement(matched: &Matched) -> Statement {
    Statement {
        policy_type: Some(matched.kind.name().to_owned()),
        policy: Some(matched.policy.to_string()),
        position: i32::try_from(matched.index + 1).ok(),
        sid: matched.sid.clone(),
    }
}

/// Paths of requests are in execute-api's resources, and as long as clients like.
fn cut(text: &str) -> String {
    let end = text.floor_char_boundary(DENIED_RESOURCE_BYTES_MAX);
    text.get(..end).unwrap_or_default().to_owned()
}
