//! What is stored.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use store::{Record, Table};

pub(crate) const ORGANIZATIONS: Table<OrganizationRecord> =
    Table::new("organizations.organizations");
pub(crate) const MEMBERS: Table<MemberRecord> = Table::new("organizations.members");
pub(crate) const POLICIES: Table<PolicyRecord> = Table::new("organizations.policies");
pub(crate) const REQUESTS: Table<RequestRecord> = Table::new("organizations.account_requests");

/// Whether a change in this table may change what an account may do.
pub(crate) fn is_membership(table: &str) -> bool {
    table.starts_with("organizations.") && table != REQUESTS.name()
}

/// A type of policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum PolicyType {
    /// `SERVICE_CONTROL_POLICY`: limits what accounts' principals may do.
    ServiceControl,
    /// `RESOURCE_CONTROL_POLICY`: limits what may be done to accounts' resources.
    ResourceControl,
}

/// An organization. Key: its id.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct OrganizationRecord {
    pub id: String,
    /// The management account.
    pub management: String,
    /// `ALL`, as opposed to `CONSOLIDATED_BILLING`.
    pub has_all_features: bool,
    pub root: RootRecord,
    /// By id.
    pub units: BTreeMap<String, UnitRecord>,
    /// By their twelve digits, the management account among them.
    pub accounts: BTreeMap<String, AccountRecord>,
}

/// The root of the tree.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct RootRecord {
    pub id: String,
    /// The policy types that count.
    pub enabled: BTreeSet<PolicyType>,
    pub attached: AttachedRecord,
    pub tags: BTreeMap<String, String>,
}

/// An organizational unit.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct UnitRecord {
    pub name: String,
    pub parent: String,
    pub attached: AttachedRecord,
    pub tags: BTreeMap<String, String>,
}

/// A member account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AccountRecord {
    pub name: String,
    pub email: String,
    pub parent: String,
    pub joined_ms: i64,
    /// Whether it was made here; the management account was there before.
    pub is_created: bool,
    pub attached: AttachedRecord,
    pub tags: BTreeMap<String, String>,
}

/// Ids of attached policies, oldest first.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct AttachedRecord(pub BTreeMap<PolicyType, Vec<String>>);

impl AttachedRecord {
    pub(crate) fn of(&self, kind: PolicyType) -> &[String] {
        self.0.get(&kind).map_or(&[], Vec::as_slice)
    }
}

/// Which organization an account is in. Key: the account's twelve digits.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct MemberRecord {
    pub organization: String,
}

/// A policy of a customer's. Key: `{organization}/{policy}`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PolicyRecord {
    pub id: String,
    pub kind: PolicyType,
    pub name: String,
    pub description: String,
    pub content: String,
    pub tags: BTreeMap<String, String>,
}

/// What became of a CreateAccount. Key: `{organization}/{request}`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct RequestRecord {
    pub id: String,
    pub account_name: String,
    pub requested_ms: i64,
    pub completed_ms: i64,
    /// The account, or AWS's word for why there is none.
    pub outcome: Result<String, String>,
}

impl Record for OrganizationRecord {}
impl Record for MemberRecord {}
impl Record for PolicyRecord {}
impl Record for RequestRecord {}

/// The key of what belongs to an organization.
pub(crate) fn key(organization: &str, id: &str) -> String {
    format!("{organization}/{id}")
}
