//! Every bound of this crate. Source where nothing else is said: "Quotas for AWS Organizations",
//! AWS Organizations user guide.

/// Accounts in an organization. AWS's default of 10 is raised on request, up to 10,000; this is
/// what one record holds with ease.
pub const ACCOUNTS_MAX: usize = 1_000;
/// Organizational units in an organization.
pub const UNITS_MAX: usize = 1_000;
/// Levels of organizational units below the root.
pub const UNIT_DEPTH_MAX: usize = 5;
/// Policies of one type in an organization.
pub const POLICIES_MAX: usize = 1_000;
/// Policies of one type attached to a root, unit or account, directly.
pub const ATTACHED_MAX: usize = 5;
/// Bytes of a service or resource control policy.
pub const POLICY_BYTES_MAX: usize = policy::limits::CONTROL_POLICY_CHARS_MAX;
/// Tags of a resource.
pub const TAGS_MAX: usize = 50;
/// Items of a page when the request does not say ("ListAccounts": 1 to 20).
pub const PAGE_ITEMS: usize = 20;
/// Accounts whose membership is remembered; ours.
pub const CACHE_ENTRIES_MAX: usize = 10_000;
/// Twelve-digit numbers that are tried for a new account before giving up; ours. One try in
/// 10^9 meets a number that is taken.
pub const NUMBER_TRIES_MAX: usize = 16;
