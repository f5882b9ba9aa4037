//! Records as clients see them, and the ARNs of what they name.
//!
//! Source of the ARNs: "Actions, resources, and condition keys for AWS Organizations", service
//! authorization reference.

use crate::record::{AccountRecord, OrganizationRecord, PolicyRecord, PolicyType, RequestRecord};
use crate::tree::Kind;
use api::Timestamp;
use api::organizations as shape;

/// `arn:aws:organizations::{management}:{kind}/{organization}/{id}`.
pub(crate) fn node_arn(organization: &OrganizationRecord, id: &str) -> String {
    let kind = match Kind::of(id) {
        Kind::Root => "root",
        Kind::Unit => "ou",
        Kind::Account => "account",
    };
    let (management, organization) = (&organization.management, &organization.id);
    format!("arn:aws:organizations::{management}:{kind}/{organization}/{id}")
}

/// The ARN of the organization itself.
pub(crate) fn organization_arn(organization: &OrganizationRecord) -> String {
    let (management, id) = (&organization.management, &organization.id);
    format!("arn:aws:organizations::{management}:organization/{id}")
}

/// The ARN of a policy; AWS's own belong to nobody.
pub(crate) fn policy_arn(organization: &OrganizationRecord, kind: PolicyType, id: &str) -> String {
    let kind_in_arn = kind.in_arn();
    if id == kind.default_policy() {
        return format!("arn:aws:organizations::aws:policy/{kind_in_arn}/{id}");
    }
    let (management, organization) = (&organization.management, &organization.id);
    format!("arn:aws:organizations::{management}:policy/{organization}/{kind_in_arn}/{id}")
}

pub(crate) fn organization(record: &OrganizationRecord) -> shape::Organization {
    let management = record.accounts.get(&record.management);
    let feature_set = match record.has_all_features {
        true => "ALL",
        false => "CONSOLIDATED_BILLING",
    };
    // UNVERIFIED: whether AWS lists other types than this one, which its documentation calls
    // deprecated in favour of ListRoots.
    let types = record.has_all_features.then(|| shape::PolicyTypeSummary {
        type_: Some(PolicyType::ServiceControl.name().to_owned()),
        status: Some("ENABLED".to_owned()),
    });
    shape::Organization {
        id: Some(record.id.clone()),
        arn: Some(organization_arn(record)),
        feature_set: Some(feature_set.to_owned()),
        master_account_arn: Some(node_arn(record, &record.management)),
        master_account_id: Some(record.management.clone()),
        master_account_email: management.map(|account| account.email.clone()),
        available_policy_types: Some(types.into_iter().collect()),
    }
}

pub(crate) fn root(record: &OrganizationRecord) -> shape::Root {
    let types = record
        .root
        .enabled
        .iter()
        .map(|kind| shape::PolicyTypeSummary {
            type_: Some(kind.name().to_owned()),
            status: Some("ENABLED".to_owned()),
        });
    shape::Root {
        id: Some(record.root.id.clone()),
        arn: Some(node_arn(record, &record.root.id)),
        name: Some("Root".to_owned()),
        policy_types: Some(types.collect()),
    }
}

pub(crate) fn unit(record: &OrganizationRecord, id: &str) -> shape::OrganizationalUnit {
    shape::OrganizationalUnit {
        id: Some(id.to_owned()),
        arn: Some(node_arn(record, id)),
        name: Some(record.name(id)),
        path: Some(record.path(id)),
    }
}

pub(crate) fn account(
    record: &OrganizationRecord,
    id: &str,
    account: &AccountRecord,
) -> shape::Account {
    let method = match account.is_created {
        true => "CREATED",
        false => "INVITED",
    };
    shape::Account {
        id: Some(id.to_owned()),
        arn: Some(node_arn(record, id)),
        email: Some(account.email.clone()),
        name: Some(account.name.clone()),
        status: Some("ACTIVE".to_owned()),
        state: Some("ACTIVE".to_owned()),
        paths: Some(vec![record.path(id)]),
        joined_method: Some(method.to_owned()),
        joined_timestamp: Some(date(account.joined_ms)),
    }
}

pub(crate) fn request(record: &RequestRecord) -> shape::CreateAccountStatus {
    let (state, account, reason) = match &record.outcome {
        Ok(account) => ("SUCCEEDED", Some(account.clone()), None),
        Err(reason) => ("FAILED", None, Some(reason.clone())),
    };
    shape::CreateAccountStatus {
        id: Some(record.id.clone()),
        account_name: Some(record.account_name.clone()),
        state: Some(state.to_owned()),
        requested_timestamp: Some(date(record.requested_ms)),
        completed_timestamp: Some(date(record.completed_ms)),
        account_id: account,
        failure_reason: reason,
        ..shape::CreateAccountStatus::default()
    }
}

pub(crate) fn policy(record: &OrganizationRecord, policy: &PolicyRecord) -> shape::Policy {
    shape::Policy {
        policy_summary: Some(summary(record, policy)),
        content: Some(policy.content.clone()),
    }
}

pub(crate) fn summary(record: &OrganizationRecord, policy: &PolicyRecord) -> shape::PolicySummary {
    shape::PolicySummary {
        id: Some(policy.id.clone()),
        arn: Some(policy_arn(record, policy.kind, &policy.id)),
        name: Some(policy.name.clone()),
        description: Some(policy.description.clone()),
        type_: Some(policy.kind.name().to_owned()),
        aws_managed: Some(policy.id == policy.kind.default_policy()),
    }
}

/// AWS's own policy of a type, as it is everywhere.
pub(crate) fn default_policy(kind: PolicyType) -> PolicyRecord {
    let (name, description) = match kind {
        PolicyType::ServiceControl => ("FullAWSAccess", "Allows access to every operation"),
        PolicyType::ResourceControl => ("RCPFullAWSAccess", "Allow access to every operation"),
    };
    PolicyRecord {
        id: kind.default_policy().to_owned(),
        kind,
        name: name.to_owned(),
        description: description.to_owned(),
        content: default_content(kind).to_owned(),
        tags: Default::default(),
    }
}

/// The document of AWS's own policy of a type.
pub(crate) fn default_content(kind: PolicyType) -> &'static str {
    match kind {
        PolicyType::ServiceControl => {
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#
        }
        PolicyType::ResourceControl => {
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}"#
        }
    }
}

/// A moment, to the millisecond.
fn date(at_ms: i64) -> Timestamp {
    Timestamp(at_ms)
}
