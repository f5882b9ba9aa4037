//! AWS Organizations, the small part: accounts, organizational units, and the control policies
//! that limit what they may do.
//!
//! It says which policies are attached to an account and to everything above it
//! ([`ports::Organizations`]); `iam` asks before every decision, and `policy` decides. Accounts are
//! made by `iam` ([`ports::Accounts`]), so that they work at once.
//! Start at [`operations()`].
//!
//! An organization is one aggregate: one record, changed whole. Policies are records of their own.

mod account;
mod attachment;
mod control;
mod control_policy;
mod error;
pub mod limits;
mod membership;
mod operations;
mod organization;
mod page;
mod policy_type;
mod record;
mod root;
mod tag;
mod touches;
mod tree;
mod unit;
mod view;

pub use operations::{Operations, operations};

/// Members that are accepted and have no effect, and what they would do.
pub const NO_EFFECT: &[(&str, &str)] = &[(
    "CreateAccount.IamUserAccessToBilling",
    "there is no billing to access",
)];

use ports::{Accounts, Membership};
use std::sync::Arc;
use stdx::{Clock, SharedIds};
use store::{Cache, Store};

/// What Organizations needs.
pub struct OrganizationsNeeds {
    /// Where everything is kept.
    pub store: Store,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where ids come from.
    pub ids: SharedIds,
    /// Makes the accounts.
    pub accounts: Arc<dyn Accounts>,
}

/// The service.
pub struct Organizations {
    store: Store,
    clock: Arc<dyn Clock>,
    ids: SharedIds,
    accounts: Arc<dyn Accounts>,
    memberships: Cache<Option<Arc<Membership>>>,
}

impl Organizations {
    /// The service over its tables.
    pub fn new(needs: OrganizationsNeeds) -> Self {
        Self {
            memberships: Cache::new(
                &needs.store,
                record::is_membership,
                limits::CACHE_ENTRIES_MAX,
            ),
            store: needs.store,
            clock: needs.clock,
            ids: needs.ids,
            accounts: needs.accounts,
        }
    }

    /// Starts over after the store was emptied.
    pub fn reload(&self) {
        self.memberships.clear();
    }

    /// Lower-case letters and digits, as the ids of organizations have them.
    fn id(&self, length: usize) -> String {
        self.ids
            .text(b"abcdefghijklmnopqrstuvwxyz0123456789", length)
    }
}
