//! What is stored. Keys: `{account}/{name in lower case}` unless said otherwise, because names are
//! unique without case.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::{Record, Table};

pub(crate) const ACCOUNTS: Table<AccountRecord> = Table::new("iam.accounts");
pub(crate) const ALIASES: Table<AliasRecord> = Table::new("iam.aliases");
pub(crate) const USERS: Table<UserRecord> = Table::new("iam.users");
pub(crate) const GROUPS: Table<GroupRecord> = Table::new("iam.groups");
pub(crate) const ROLES: Table<RoleRecord> = Table::new("iam.roles");
pub(crate) const POLICIES: Table<PolicyRecord> = Table::new("iam.policies");
pub(crate) const PROFILES: Table<InstanceProfileRecord> = Table::new("iam.instance_profiles");
pub(crate) const KEYS: Table<AccessKeyRecord> = Table::new("iam.access_keys");
pub(crate) const LAST_USED: Table<LastUsedRecord> = Table::new("iam.last_used");
pub(crate) const LOGIN_PROFILES: Table<LoginProfileRecord> = Table::new("iam.login_profiles");
pub(crate) const PASSWORD_POLICIES: Table<PasswordPolicyRecord> =
    Table::new("iam.password_policies");
pub(crate) const CREDENTIAL_REPORTS: Table<CredentialReportRecord> =
    Table::new("iam.credential_reports");
pub(crate) const DELETIONS: Table<DeletionRecord> = Table::new("iam.role_deletions");
pub(crate) const OIDC_PROVIDERS: Table<OidcProviderRecord> = Table::new("iam.oidc_providers");
pub(crate) const SEALING: Table<SealingRecord> = Table::new("iam.seal");

/// Whether a change in this table makes the caches stale. Last uses are written while requests are
/// served and are never cached.
pub(crate) fn is_cached(table: &str) -> bool {
    table.starts_with("iam.") && table != LAST_USED.name() && table != SEALING.name()
}

/// An account. Key: its twelve digits.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AccountRecord {
    pub created_ms: i64,
    pub alias: Option<String>,
    /// The root user's access keys.
    pub keys: Vec<String>,
}

/// Who has an alias. Key: the alias.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AliasRecord {
    pub account: String,
}

/// Policies of a user, group or role.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct HeldPolicies {
    /// Inline documents by name.
    pub inline: BTreeMap<String, String>,
    /// ARNs of attached managed policies, oldest first.
    pub attached: Vec<String>,
}

/// A user.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct UserRecord {
    pub account: String,
    pub name: String,
    pub path: String,
    pub id: String,
    pub created_ms: i64,
    pub tags: BTreeMap<String, String>,
    pub boundary: Option<String>,
    pub policies: HeldPolicies,
    /// Names of the groups that the user is in.
    pub groups: Vec<String>,
    /// Access key ids, oldest first.
    pub keys: Vec<String>,
}

/// A group.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct GroupRecord {
    pub account: String,
    pub name: String,
    pub path: String,
    pub id: String,
    pub created_ms: i64,
    pub policies: HeldPolicies,
}

/// A role.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct RoleRecord {
    pub account: String,
    pub name: String,
    pub path: String,
    pub id: String,
    pub created_ms: i64,
    pub description: Option<String>,
    pub max_session_s: i32,
    /// The trust policy as saved, its users and roles by ARN.
    pub trust: String,
    /// The unique ids that the trust policy's users and roles of known accounts had when it was
    /// saved, by ARN: a namesake made later is not trusted.
    pub trusted_ids: BTreeMap<String, String>,
    pub tags: BTreeMap<String, String>,
    pub boundary: Option<String>,
    pub policies: HeldPolicies,
}

/// A customer managed policy.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PolicyRecord {
    pub account: String,
    pub name: String,
    pub path: String,
    pub id: String,
    pub description: Option<String>,
    pub created_ms: i64,
    pub updated_ms: i64,
    /// Newest last.
    pub versions: Vec<PolicyVersionRecord>,
    pub default_version: String,
    /// The number of the next version; numbers are never given twice.
    pub next_version: u32,
    pub tags: BTreeMap<String, String>,
}

/// One version of a managed policy.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PolicyVersionRecord {
    /// `v1`, `v2`, …
    pub id: String,
    pub document: String,
    pub created_ms: i64,
}

/// A service-linked role that is gone. Key: `{account}/{deletion task}`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct DeletionRecord {
    pub deleted_ms: i64,
}

/// An instance profile.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct InstanceProfileRecord {
    pub account: String,
    pub name: String,
    pub path: String,
    pub id: String,
    pub created_ms: i64,
    /// The role's name.
    pub role: Option<String>,
    pub tags: BTreeMap<String, String>,
}

/// A long-term access key. Key: its id.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct AccessKeyRecord {
    pub id: String,
    pub secret: String,
    pub account: String,
    /// The user's name; none for the root user.
    pub user: Option<String>,
    pub is_active: bool,
    pub created_ms: i64,
}

impl std::fmt::Debug for AccessKeyRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccessKeyRecord")
            .field("id", &self.id)
            .field("secret", &"***")
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}

/// A user's password. Key: `{account}/{user id}`, so that it goes with the user, not the name.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct LoginProfileRecord {
    pub created_ms: i64,
    pub changed_ms: i64,
    pub is_reset_required: bool,
    pub password: PasswordRecord,
}

/// What is kept of a password: PBKDF2-HMAC-SHA256 of it.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct PasswordRecord {
    /// 16 bytes, base64.
    pub salt: String,
    pub rounds: u32,
    /// 32 bytes, base64.
    pub hash: String,
}

impl std::fmt::Debug for LoginProfileRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LoginProfileRecord")
            .field("created_ms", &self.created_ms)
            .field("password", &"***")
            .finish_non_exhaustive()
    }
}

/// The rules for passwords of an account. Key: its twelve digits.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct PasswordPolicyRecord {
    pub chars_min: i32,
    pub needs_symbols: bool,
    pub needs_numbers: bool,
    pub needs_uppercase: bool,
    pub needs_lowercase: bool,
    pub users_may_change: bool,
}

/// The latest credential report. Key: the account's twelve digits.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct CredentialReportRecord {
    pub made_ms: i64,
    /// Comma-separated.
    pub text: String,
}

/// When a key or role was last used. Key: the access key id, or `role/{role id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct LastUsedRecord {
    pub at_ms: i64,
    pub service: String,
    pub region: String,
}

/// The key that seals session tokens. Key: `current`.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct SealingRecord {
    /// 32 bytes, base64.
    pub key: String,
}

/// The contents of a session token. Sealed, it is kept by the client.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct SessionRecord {
    pub secret: String,
    pub account: String,
    pub issued_ms: i64,
    pub expires_ms: i64,
    pub is_mfa: bool,
    pub who: SessionOf,
    pub source_identity: Option<String>,
    pub tags: BTreeMap<String, String>,
    pub transitive_tag_keys: Vec<String>,
    /// The passed policy; none when none was passed.
    pub policy: Option<String>,
    /// ARNs of passed managed policies.
    pub policy_arns: Vec<String>,
}

/// Whose session it is.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) enum SessionOf {
    /// Of the root user, by GetSessionToken.
    Root,
    /// Of a user, by GetSessionToken.
    User { name: String, id: String },
    /// Of a user who showed a password.
    SignedIn { name: String, id: String },
    /// Of a role.
    Role {
        name: String,
        id: String,
        session: String,
    },
    /// By GetFederationToken; the user whose policies it has, none for the root user.
    Federated {
        name: String,
        user: Option<(String, String)>,
    },
}

/// An OpenID Connect provider.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct OidcProviderRecord {
    pub account: String,
    /// Its URL without the scheme, as in its ARN.
    pub name: String,
    /// Its URL, which is `iss` of its tokens.
    pub url: String,
    pub client_ids: Vec<String>,
    pub thumbprints: Vec<String>,
    pub created_ms: i64,
    pub tags: BTreeMap<String, String>,
}

impl Record for OidcProviderRecord {}
impl Record for AccountRecord {}
impl Record for AliasRecord {}
impl Record for UserRecord {}
impl Record for GroupRecord {}
impl Record for RoleRecord {}
impl Record for PolicyRecord {}
impl Record for DeletionRecord {}
impl Record for InstanceProfileRecord {}
impl Record for AccessKeyRecord {}
impl Record for LastUsedRecord {}
impl Record for LoginProfileRecord {}
impl Record for PasswordPolicyRecord {}
impl Record for CredentialReportRecord {}
impl Record for SealingRecord {}

/// The key of a named thing.
pub(crate) fn key(account: &str, name: &str) -> String {
    format!("{account}/{}", name.to_ascii_lowercase())
}
