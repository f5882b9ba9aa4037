//! Managed policies: customers' own, and AWS's to read.

use crate::policies::holder::{self, check_quota};
use crate::record::{
    GROUPS, HeldPolicies, POLICIES, PolicyRecord, PolicyVersionRecord, ROLES, USERS, key,
};
use crate::view::Usage;
use crate::{
    Iam, arns, error, identifier, limits, page,
    policies::{managed, saved_policy},
    tag, view,
};
use api::ServiceError;
use api::iam as shape;
use arn::AccountId;
use ports::Call;
use std::collections::HashMap;
use std::sync::Arc;

pub(crate) async fn create(
    iam: Arc<Iam>,
    call: Call,
    input: shape::CreatePolicyRequest,
) -> Result<shape::CreatePolicyResponse, ServiceError> {
    let path = holder::path(input.path)?;
    let tags = tag::checked(input.tags.unwrap_or_default())?;
    saved_policy::managed(&input.policy_document)?;
    let mut tx = iam.store.begin().await;
    let place = key(call.account.as_str(), &input.policy_name);
    if tx
        .get(&POLICIES, &place)
        .await
        .map_err(error::store)?
        .is_some()
    {
        return Err(ServiceError::new(
            "EntityAlreadyExists",
            format!(
                "A policy called {} already exists. Duplicate names are not allowed.",
                input.policy_name
            ),
        ));
    }
    check_quota(
        &tx,
        &POLICIES,
        &call.account,
        "PoliciesPerAccount",
        limits::POLICIES_MAX,
    )
    .await?;
    let record = PolicyRecord {
        account: call.account.to_string(),
        name: input.policy_name,
        path,
        id: identifier::unique("ANPA", &*iam.ids),
        description: input.description,
        created_ms: call.now_ms,
        updated_ms: call.now_ms,
        versions: vec![PolicyVersionRecord {
            id: "v1".to_owned(),
            document: input.policy_document,
            created_ms: call.now_ms,
        }],
        default_version: "v1".to_owned(),
        next_version: 2,
        tags,
    };
    tx.put(&POLICIES, &place, &record).map_err(error::store)?;
    tx.commit().await.map_err(error::store)?;
    Ok(shape::CreatePolicyResponse {
        policy: Some(view::policy(&record, Usage::default())),
    })
}

pub(crate) async fn get(
    iam: Arc<Iam>,
    call: Call,
    input: shape::GetPolicyRequest,
) -> Result<shape::GetPolicyResponse, ServiceError> {
    let usage = usage_of(&iam, &call.account, &input.policy_arn).await?;
    let policy = match managed::find(&input.policy_arn) {
        Some(found) => shape::Policy {
            tags: Some(Vec::new()),
            ..view::managed(found, usage)
        },
        None => view::whole_policy(&iam.policy_by_arn(&call, &input.policy_arn).await?, usage),
    };
    Ok(shape::GetPolicyResponse {
        policy: Some(policy),
    })
}

pub(crate) async fn list(
    iam: Arc<Iam>,
    call: Call,
    input: shape::ListPoliciesRequest,
) -> Result<shape::ListPoliciesResponse, ServiceError> {
    let usage = all_usage(&iam, &call.account).await?;
    let usage_by = |arn: &str| usage.get(arn).copied().unwrap_or_default();
    let scope = input.scope.as_deref().unwrap_or("All");
    let mut all: Vec<(String, shape::Policy)> = Vec::new();
    if scope != "AWS" {
        for (_, record) in iam.all(&POLICIES, &call.account).await? {
            let arn = view::policy_arn(&record);
            let shown = shape::Policy {
                tags: None,
                ..view::policy(&record, usage_by(&arn))
            };
            all.push((format!("1{}", record.name.to_ascii_lowercase()), shown));
        }
    }
    if scope != "Local" {
        for policy in managed::all() {
            let shown = view::managed(policy, usage_by(&policy.arn));
            all.push((format!("2{}", policy.name.to_ascii_lowercase()), shown));
        }
    }
    let prefix = input.path_prefix.unwrap_or_else(|| "/".to_owned());
    let only_attached = input.only_attached.unwrap_or_default();
    let usage_filter = input.policy_usage_filter;
    all.retain(|(_, policy)| {
        let attached = policy.attachment_count.unwrap_or_default();
        let boundaries = policy.permissions_boundary_usage_count.unwrap_or_default();
        let fits_usage = match usage_filter.as_deref() {
            Some("PermissionsPolicy") => attached > 0,
            Some("PermissionsBoundary") => boundaries > 0,
            _ => true,
        };
        let path = policy.path.as_deref().unwrap_or("/");
        path.starts_with(&prefix) && fits_usage && (!only_attached || attached > 0)
    });
    all.sort_by(|a, b| a.0.cmp(&b.0));
    let page = page::cut(all, input.marker.as_deref(), input.max_items)?;
    Ok(shape::ListPoliciesResponse {
        policies: Some(page.items),
        is_truncated: Some(page.is_truncated),
        marker: page.marker,
    })
}

pub(crate) async fn delete(
    iam: Arc<Iam>,
    call: Call,
    input: shape::DeletePolicyRequest,
) -> Result<shape::DeletePolicyOutput, ServiceError> {
    let record = iam.policy_by_arn(&call, &input.policy_arn).await?;
    let mut tx = iam.store.begin().await;
    let usage = usage_of(&iam, &call.account, &input.policy_arn).await?;
    if usage.attached > 0 || usage.boundaries > 0 {
        return Err(error::conflict(
            "Cannot delete a policy attached to entities.",
        ));
    }
    if record.versions.len() > 1 {
        return Err(error::conflict(
            "This policy has more than one version. Before you delete a policy, you must delete \
             the policy's versions. The default version is deleted with the policy.",
        ));
    }
    tx.delete(&POLICIES, &key(call.account.as_str(), &record.name));
    tx.commit().await.map_err(error::store)?;
    Ok(shape::DeletePolicyOutput {})
}

pub(crate) async fn entities(
    iam: Arc<Iam>,
    call: Call,
    input: shape::ListEntitiesForPolicyRequest,
) -> Result<shape::ListEntitiesForPolicyResponse, ServiceError> {
    let arn = input.policy_arn;
    if managed::find(&arn).is_none() {
        iam.policy_by_arn(&call, &arn).await?;
    }
    let prefix = input.path_prefix.unwrap_or_else(|| "/".to_owned());
    let boundary = input.policy_usage_filter.as_deref() == Some("PermissionsBoundary");
    let uses = |held: &HeldPolicies, limit: Option<&String>, path: &str| {
        let is_used = match boundary {
            true => limit == Some(&arn),
            false => held.attached.contains(&arn),
        };
        is_used && path.starts_with(&prefix)
    };
    let wants = |kind: &str| {
        input
            .entity_filter
            .as_deref()
            .is_none_or(|only| only == kind)
    };
    let mut found = shape::ListEntitiesForPolicyResponse {
        policy_groups: Some(Vec::new()),
        policy_users: Some(Vec::new()),
        policy_roles: Some(Vec::new()),
        is_truncated: Some(false),
        marker: None,
    };
    if wants("Group") {
        let mut groups = iam.all(&GROUPS, &call.account).await?;
        groups.retain(|(_, group)| uses(&group.policies, None, &group.path));
        let groups = groups.into_iter().map(|(_, group)| shape::PolicyGroup {
            group_name: Some(group.name),
            group_id: Some(group.id),
        });
        found.policy_groups = Some(groups.collect());
    }
    if wants("User") {
        let mut users = iam.all(&USERS, &call.account).await?;
        users.retain(|(_, user)| uses(&user.policies, user.boundary.as_ref(), &user.path));
        let users = users.into_iter().map(|(_, user)| shape::PolicyUser {
            user_name: Some(user.name),
            user_id: Some(user.id),
        });
        found.policy_users = Some(users.collect());
    }
    if wants("Role") {
        let mut roles = iam.all(&ROLES, &call.account).await?;
        roles.retain(|(_, role)| uses(&role.policies, role.boundary.as_ref(), &role.path));
        let roles = roles.into_iter().map(|(_, role)| shape::PolicyRole {
            role_name: Some(role.name),
            role_id: Some(role.id),
        });
        found.policy_roles = Some(roles.collect());
    }
    Ok(found)
}

impl Iam {
    /// A customer managed policy of the caller's account.
    pub(crate) async fn policy_by_arn(
        &self,
        call: &Call,
        arn: &str,
    ) -> Result<PolicyRecord, ServiceError> {
        let parsed = arns::PolicyArn::parse(arn)
            .ok_or_else(|| error::validation("Invalid ARN:  Could not be parsed!"))?;
        let found = self
            .store
            .get(&POLICIES, &key(call.account.as_str(), &parsed.name))
            .await
            .map_err(error::store)?;
        found
            .filter(|record| view::policy_arn(record) == arn)
            .ok_or_else(|| error::no_entity(format!("Policy {arn} was not found.")))
    }
}

async fn usage_of(iam: &Iam, account: &AccountId, arn: &str) -> Result<Usage, ServiceError> {
    let all = all_usage(iam, account).await?;
    Ok(all.get(arn).copied().unwrap_or_default())
}

/// How often each managed policy is used in an account.
pub(crate) async fn all_usage(
    iam: &Iam,
    account: &AccountId,
) -> Result<HashMap<String, Usage>, ServiceError> {
    let mut usage: HashMap<String, Usage> = HashMap::new();
    let mut count = |held: &HeldPolicies, boundary: Option<&String>| {
        for arn in &held.attached {
            usage.entry(arn.clone()).or_default().attached += 1;
        }
        if let Some(arn) = boundary {
            usage.entry(arn.clone()).or_default().boundaries += 1;
        }
    };
    for (_, user) in iam.all(&USERS, account).await? {
        count(&user.policies, user.boundary.as_ref());
    }
    for (_, group) in iam.all(&GROUPS, account).await? {
        count(&group.policies, None);
    }
    for (_, role) in iam.all(&ROLES, account).await? {
        count(&role.policies, role.boundary.as_ref());
    }
    Ok(usage)
}
