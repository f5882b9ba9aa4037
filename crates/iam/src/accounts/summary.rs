//! GetAccountSummary.

use crate::record::{ACCOUNTS, GROUPS, OIDC_PROVIDERS, POLICIES, PROFILES, ROLES, USERS};
use crate::{Iam, error, limits};
use api::ServiceError;
use api::iam as shape;
use policy::limits as policy_limits;
use ports::Call;
use std::collections::BTreeMap;
use std::sync::Arc;

pub(crate) async fn summary(
    iam: Arc<Iam>,
    call: Call,
    _: shape::GetAccountSummaryInput,
) -> Result<shape::GetAccountSummaryResponse, ServiceError> {
    let account = &call.account;
    let policies = iam.all(&POLICIES, account).await?;
    let versions: usize = policies
        .iter()
        .map(|(_, policy)| policy.versions.len())
        .sum();
    let root = iam.store.get(&ACCOUNTS, account.as_str()).await;
    let root_keys = root
        .map_err(error::store)?
        .map_or(0, |root| root.keys.len());
    let counted = [
        ("Users", iam.all(&USERS, account).await?.len()),
        ("Groups", iam.all(&GROUPS, account).await?.len()),
        ("Roles", iam.all(&ROLES, account).await?.len()),
        ("InstanceProfiles", iam.all(&PROFILES, account).await?.len()),
        ("Providers", iam.all(&OIDC_PROVIDERS, account).await?.len()),
        ("Policies", policies.len()),
        ("PolicyVersionsInUse", versions),
        ("AccountAccessKeysPresent", usize::from(root_keys > 0)),
    ];
    let map: BTreeMap<String, i32> = counted
        .into_iter()
        .chain(QUOTAS)
        .map(|(name, value)| (name.to_owned(), i32::try_from(value).unwrap_or(i32::MAX)))
        .collect();
    Ok(shape::GetAccountSummaryResponse {
        summary_map: Some(map),
    })
}

/// Quotas, and what an account here never has.
const QUOTAS: [(&str, usize); 26] = [
    ("UsersQuota", limits::USERS_MAX),
    ("GroupsQuota", limits::GROUPS_MAX),
    ("RolesQuota", limits::ROLES_MAX),
    ("InstanceProfilesQuota", limits::INSTANCE_PROFILES_MAX),
    ("PoliciesQuota", limits::POLICIES_MAX),
    ("PolicySizeQuota", policy_limits::MANAGED_POLICY_CHARS_MAX),
    ("PolicyVersionsInUseQuota", 10_000),
    ("VersionsPerPolicyQuota", limits::POLICY_VERSIONS_MAX),
    ("GroupsPerUserQuota", limits::GROUPS_PER_USER_MAX),
    ("AccessKeysPerUserQuota", limits::ACCESS_KEYS_MAX),
    ("AttachedPoliciesPerUserQuota", limits::ATTACHED_MAX),
    ("AttachedPoliciesPerGroupQuota", limits::ATTACHED_MAX),
    ("AttachedPoliciesPerRoleQuota", limits::ATTACHED_MAX),
    ("UserPolicySizeQuota", policy_limits::USER_INLINE_CHARS_MAX),
    (
        "GroupPolicySizeQuota",
        policy_limits::GROUP_INLINE_CHARS_MAX,
    ),
    ("RolePolicySizeQuota", policy_limits::ROLE_INLINE_CHARS_MAX),
    (
        "AssumeRolePolicySizeQuota",
        policy_limits::TRUST_POLICY_CHARS_MAX,
    ),
    ("SigningCertificatesPerUserQuota", 2),
    ("ServerCertificatesQuota", 20),
    ("GlobalEndpointTokenVersion", 1),
    ("ServerCertificates", 0),
    ("AccountSigningCertificatesPresent", 0),
    ("AccountPasswordPresent", 0),
    ("AccountMFAEnabled", 0),
    ("MFADevices", 0),
    ("MFADevicesInUse", 0),
];
