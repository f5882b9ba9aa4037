//! GetAccountAuthorizationDetails: every user, group, role and policy of an account.

use crate::policies::managed::Managed;
use crate::policies::managed_policy::all_usage;
use crate::record::{
    GROUPS, GroupRecord, HeldPolicies, LAST_USED, LastUsedRecord, POLICIES, PROFILES, PolicyRecord,
    ROLES, RoleRecord, USERS, UserRecord,
};
use crate::view::{self, Usage};
use crate::{Iam, arns, error, page, policies::managed, sessions::usage};
use api::ServiceError;
use api::iam as shape;
use ports::Call;
use std::collections::HashMap;
use std::sync::Arc;

/// One thing, not yet shown: a page shows only its own.
enum Thing {
    User(UserRecord),
    Group(GroupRecord),
    Role(RoleRecord),
    Policy(PolicyRecord),
    Managed(&'static Managed),
}

pub(crate) async fn get(
    iam: Arc<Iam>,
    call: Call,
    input: shape::GetAccountAuthorizationDetailsRequest,
) -> Result<shape::GetAccountAuthorizationDetailsResponse, ServiceError> {
    let filter = input.filter.unwrap_or_default();
    let wants = |kind: &str| filter.is_empty() || filter.iter().any(|one| one == kind);
    let all_usage = all_usage(&iam, &call.account).await?;
    let mut all = Vec::new();
    if wants("User") {
        push(
            &mut all,
            "1",
            iam.all(&USERS, &call.account).await?,
            Thing::User,
        );
    }
    if wants("Group") {
        push(
            &mut all,
            "2",
            iam.all(&GROUPS, &call.account).await?,
            Thing::Group,
        );
    }
    if wants("Role") {
        push(
            &mut all,
            "3",
            iam.all(&ROLES, &call.account).await?,
            Thing::Role,
        );
    }
    if wants("LocalManagedPolicy") {
        push(
            &mut all,
            "4",
            iam.all(&POLICIES, &call.account).await?,
            Thing::Policy,
        );
    }
    if wants("AWSManagedPolicy") {
        // AWS's own come along as far as the account uses them.
        let used = managed::all()
            .iter()
            .filter(|policy| all_usage.contains_key(&policy.arn))
            .map(|policy| (policy.arn.clone(), policy))
            .collect();
        push(&mut all, "5", used, Thing::Managed);
    }
    all.sort_by(|one, other| one.0.cmp(&other.0));
    let page = page::cut(all, input.marker.as_deref(), input.max_items)?;
    let mut answer = shape::GetAccountAuthorizationDetailsResponse {
        user_detail_list: Some(Vec::new()),
        group_detail_list: Some(Vec::new()),
        role_detail_list: Some(Vec::new()),
        policies: Some(Vec::new()),
        is_truncated: Some(page.is_truncated),
        marker: page.marker,
    };
    for thing in page.items {
        show(&iam, &call, &all_usage, thing, &mut answer).await?;
    }
    Ok(answer)
}

fn push<R>(
    all: &mut Vec<(String, Thing)>,
    order: &str,
    records: Vec<(String, R)>,
    thing: impl Fn(R) -> Thing,
) {
    let keyed = records.into_iter();
    all.extend(keyed.map(|(key, record)| (format!("{order}{key}"), thing(record))));
}

async fn show(
    iam: &Iam,
    call: &Call,
    all_usage: &HashMap<String, Usage>,
    thing: Thing,
    answer: &mut shape::GetAccountAuthorizationDetailsResponse,
) -> Result<(), ServiceError> {
    match thing {
        Thing::User(record) => answer
            .user_detail_list
            .get_or_insert_default()
            .push(user(&record)),
        Thing::Group(record) => answer
            .group_detail_list
            .get_or_insert_default()
            .push(group(&record)),
        Thing::Role(record) => {
            let profiles = iam.all(&PROFILES, &call.account).await?;
            let profiles = profiles
                .iter()
                .filter(|(_, profile)| profile.role.as_deref() == Some(&record.name))
                .map(|(_, profile)| view::instance_profile(profile, Some(&record)))
                .collect();
            let used = iam
                .store
                .get(&LAST_USED, &usage::role_key(&record.id))
                .await;
            let used = used.map_err(error::store)?;
            let record = iam.readable(record).await?;
            let detail = role(&record, profiles, used.as_ref());
            answer.role_detail_list.get_or_insert_default().push(detail);
        }
        Thing::Policy(record) => {
            let usage = all_usage.get(&view::policy_arn(&record));
            let shown = view::whole_policy(&record, usage.copied().unwrap_or_default());
            let versions = record.versions.iter().rev();
            let versions = versions.map(|version| view::policy_version(&record, version));
            let detail = policy(shown, versions.collect());
            answer.policies.get_or_insert_default().push(detail);
        }
        Thing::Managed(found) => {
            let usage = all_usage.get(&found.arn).copied().unwrap_or_default();
            let version = shape::PolicyVersion {
                document: Some(view::document(&found.text)),
                version_id: Some(found.version.clone()),
                is_default_version: Some(true),
                create_date: Some(view::date(managed::CREATED_MS)),
            };
            let detail = policy(view::managed(found, usage), vec![version]);
            answer.policies.get_or_insert_default().push(detail);
        }
    }
    Ok(())
}

fn user(record: &UserRecord) -> shape::UserDetail {
    let shown = view::user(record);
    shape::UserDetail {
        path: shown.path,
        user_name: shown.user_name,
        user_id: shown.user_id,
        arn: shown.arn,
        create_date: shown.create_date,
        user_policy_list: Some(inline(&record.policies)),
        group_list: Some(record.groups.clone()),
        attached_managed_policies: Some(attached(&record.policies)),
        permissions_boundary: shown.permissions_boundary,
        tags: Some(view::tags(&record.tags)),
    }
}

fn group(record: &GroupRecord) -> shape::GroupDetail {
    let shown = view::group(record);
    shape::GroupDetail {
        path: shown.path,
        group_name: shown.group_name,
        group_id: shown.group_id,
        arn: shown.arn,
        create_date: shown.create_date,
        group_policy_list: Some(inline(&record.policies)),
        attached_managed_policies: Some(attached(&record.policies)),
    }
}

fn role(
    record: &RoleRecord,
    profiles: Vec<shape::InstanceProfile>,
    used: Option<&LastUsedRecord>,
) -> shape::RoleDetail {
    let shown = view::role(record, used);
    shape::RoleDetail {
        path: shown.path,
        role_name: shown.role_name,
        role_id: shown.role_id,
        arn: shown.arn,
        create_date: shown.create_date,
        assume_role_policy_document: shown.assume_role_policy_document,
        instance_profile_list: Some(profiles),
        role_policy_list: Some(inline(&record.policies)),
        attached_managed_policies: Some(attached(&record.policies)),
        permissions_boundary: shown.permissions_boundary,
        tags: Some(view::tags(&record.tags)),
        role_last_used: shown.role_last_used,
    }
}

fn policy(shown: shape::Policy, versions: Vec<shape::PolicyVersion>) -> shape::ManagedPolicyDetail {
    shape::ManagedPolicyDetail {
        policy_name: shown.policy_name,
        policy_id: shown.policy_id,
        arn: shown.arn,
        path: shown.path,
        default_version_id: shown.default_version_id,
        attachment_count: shown.attachment_count,
        permissions_boundary_usage_count: shown.permissions_boundary_usage_count,
        is_attachable: shown.is_attachable,
        description: shown.description,
        create_date: shown.create_date,
        update_date: shown.update_date,
        policy_version_list: Some(versions),
    }
}

fn inline(held: &HeldPolicies) -> Vec<shape::PolicyDetail> {
    let each = held.inline.iter();
    each.map(|(name, text)| shape::PolicyDetail {
        policy_name: Some(name.clone()),
        policy_document: Some(view::document(text)),
    })
    .collect()
}

fn attached(held: &HeldPolicies) -> Vec<shape::AttachedPolicy> {
    let each = held.attached.iter();
    each.map(|arn| shape::AttachedPolicy {
        policy_name: arns::PolicyArn::parse(arn).map(|parsed| parsed.name),
        policy_arn: Some(arn.clone()),
    })
    .collect()
}
