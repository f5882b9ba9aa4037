//! From records to the shapes that clients read.

use crate::arns;
use crate::policies::managed::{CREATED_MS, Managed};
use crate::record::{
    GroupRecord, InstanceProfileRecord, LastUsedRecord, PolicyRecord, PolicyVersionRecord,
    RoleRecord, UserRecord,
};
use api::Timestamp;
use api::iam as shape;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::collections::BTreeMap;

/// RFC 3986's unreserved characters stay; policy documents come back this way ("GetRolePolicy").
const UNRESERVED_STAYS: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A policy document as IAM's answers carry it.
pub(crate) fn document(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED_STAYS).to_string()
}

/// IAM's dates have whole seconds.
pub(crate) fn date(at_ms: i64) -> Timestamp {
    Timestamp(at_ms.div_euclid(1000) * 1000)
}

pub(crate) fn tags(tags: &BTreeMap<String, String>) -> Vec<shape::Tag> {
    tags.iter()
        .map(|(key, value)| shape::Tag {
            key: Some(key.clone()),
            value: Some(value.clone()),
        })
        .collect()
}

/// Tags, or nothing when there are none: most answers leave the element out then.
fn some_tags(all: &BTreeMap<String, String>) -> Option<Vec<shape::Tag>> {
    (!all.is_empty()).then(|| tags(all))
}

pub(crate) fn boundary(arn: Option<&String>) -> Option<shape::AttachedPermissionsBoundary> {
    arn.map(|arn| shape::AttachedPermissionsBoundary {
        permissions_boundary_type: Some("Policy".to_owned()),
        permissions_boundary_arn: Some(arn.clone()),
    })
}

pub(crate) fn user(record: &UserRecord) -> shape::User {
    shape::User {
        path: Some(record.path.clone()),
        user_name: Some(record.name.clone()),
        user_id: Some(record.id.clone()),
        arn: Some(user_arn(record)),
        create_date: Some(date(record.created_ms)),
        permissions_boundary: boundary(record.boundary.as_ref()),
        tags: some_tags(&record.tags),
        ..shape::User::default()
    }
}

/// As lists show users: without tags and boundary.
pub(crate) fn listed_user(record: &UserRecord) -> shape::User {
    shape::User {
        permissions_boundary: None,
        tags: None,
        ..user(record)
    }
}

pub(crate) fn user_arn(record: &UserRecord) -> String {
    arns::iam(&record.account, "user", &record.path, &record.name)
}

pub(crate) fn group(record: &GroupRecord) -> shape::Group {
    shape::Group {
        path: Some(record.path.clone()),
        group_name: Some(record.name.clone()),
        group_id: Some(record.id.clone()),
        arn: Some(arns::iam(
            &record.account,
            "group",
            &record.path,
            &record.name,
        )),
        create_date: Some(date(record.created_ms)),
    }
}

pub(crate) fn role_arn(record: &RoleRecord) -> String {
    arns::iam(&record.account, "role", &record.path, &record.name)
}

/// As CreateRole answers: without session duration and last use.
pub(crate) fn created_role(record: &RoleRecord) -> shape::Role {
    shape::Role {
        path: Some(record.path.clone()),
        role_name: Some(record.name.clone()),
        role_id: Some(record.id.clone()),
        arn: Some(role_arn(record)),
        create_date: Some(date(record.created_ms)),
        assume_role_policy_document: Some(document(&record.trust)),
        description: record.description.clone(),
        permissions_boundary: boundary(record.boundary.as_ref()),
        tags: some_tags(&record.tags),
        ..shape::Role::default()
    }
}

/// As lists show roles: without tags, boundary and last use.
pub(crate) fn listed_role(record: &RoleRecord) -> shape::Role {
    shape::Role {
        max_session_duration: Some(record.max_session_s),
        permissions_boundary: None,
        tags: None,
        ..created_role(record)
    }
}

/// As GetRole answers: everything.
pub(crate) fn role(record: &RoleRecord, used: Option<&LastUsedRecord>) -> shape::Role {
    shape::Role {
        max_session_duration: Some(record.max_session_s),
        role_last_used: Some(shape::RoleLastUsed {
            last_used_date: used.map(|used| date(used.at_ms)),
            region: used.map(|used| used.region.clone()),
        }),
        ..created_role(record)
    }
}

pub(crate) fn policy_arn(record: &PolicyRecord) -> String {
    arns::iam(&record.account, "policy", &record.path, &record.name)
}

/// How often a managed policy is used.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Usage {
    pub attached: i32,
    pub boundaries: i32,
}

/// As CreatePolicy and ListPolicies show a policy: without tags (CreatePolicy shows those given)
/// and, in lists, without description.
pub(crate) fn policy(record: &PolicyRecord, usage: Usage) -> shape::Policy {
    shape::Policy {
        policy_name: Some(record.name.clone()),
        policy_id: Some(record.id.clone()),
        arn: Some(policy_arn(record)),
        path: Some(record.path.clone()),
        default_version_id: Some(record.default_version.clone()),
        attachment_count: Some(usage.attached),
        permissions_boundary_usage_count: Some(usage.boundaries),
        is_attachable: Some(true),
        description: None,
        create_date: Some(date(record.created_ms)),
        update_date: Some(date(record.updated_ms)),
        tags: some_tags(&record.tags),
    }
}

/// As GetPolicy answers: with description, and with tags even when there are none.
pub(crate) fn whole_policy(record: &PolicyRecord, usage: Usage) -> shape::Policy {
    shape::Policy {
        description: record.description.clone(),
        tags: Some(tags(&record.tags)),
        ..policy(record, usage)
    }
}

/// A policy of AWS's.
pub(crate) fn managed(managed: &Managed, usage: Usage) -> shape::Policy {
    shape::Policy {
        policy_name: Some(managed.name.clone()),
        policy_id: Some(managed.id.clone()),
        arn: Some(managed.arn.clone()),
        path: Some(managed.path.clone()),
        default_version_id: Some(managed.version.clone()),
        attachment_count: Some(usage.attached),
        permissions_boundary_usage_count: Some(usage.boundaries),
        is_attachable: Some(true),
        description: None,
        create_date: Some(date(CREATED_MS)),
        update_date: Some(date(CREATED_MS)),
        tags: None,
    }
}

pub(crate) fn policy_version(
    record: &PolicyRecord,
    version: &PolicyVersionRecord,
) -> shape::PolicyVersion {
    shape::PolicyVersion {
        document: Some(document(&version.document)),
        version_id: Some(version.id.clone()),
        is_default_version: Some(version.id == record.default_version),
        create_date: Some(date(version.created_ms)),
    }
}

/// An instance profile with its role, whole.
pub(crate) fn instance_profile(
    record: &InstanceProfileRecord,
    role: Option<&RoleRecord>,
) -> shape::InstanceProfile {
    shape::InstanceProfile {
        path: Some(record.path.clone()),
        instance_profile_name: Some(record.name.clone()),
        instance_profile_id: Some(record.id.clone()),
        arn: Some(arns::iam(
            &record.account,
            "instance-profile",
            &record.path,
            &record.name,
        )),
        create_date: Some(date(record.created_ms)),
        roles: Some(role.map(created_role).into_iter().collect()),
        tags: some_tags(&record.tags),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn documents_are_percent_encoded_as_rfc_3986() {
        assert_eq!(
            super::document("{\"Version\": \"a-b_c.d~e*\"}"),
            "%7B%22Version%22%3A%20%22a-b_c.d~e%2A%22%7D"
        );
    }
}
