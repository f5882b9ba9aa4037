//! Managed policies attached to users, groups and roles.

use crate::limits::ATTACHED_MAX;
use crate::policies::holder::{Holder, load_to_change, save};
use crate::record::{GroupRecord, RoleRecord, UserRecord};
use crate::{Iam, arns, error, page, policies::boundary};
use api::ServiceError;
use api::iam as shape;
use ports::Call;
use std::sync::Arc;

async fn attach<H: Holder>(
    iam: &Iam,
    call: &Call,
    name: &str,
    policy_arn: String,
) -> Result<(), ServiceError> {
    let tx = iam.store.begin().await;
    let mut holder: H = load_to_change(&tx, &call.account, name).await?;
    if !boundary::is_attachable(&tx, &call.account, &policy_arn).await? {
        return Err(error::no_entity(format!(
            "Policy {policy_arn} does not exist or is not attachable."
        )));
    }
    let attached = &mut holder.policies_mut().attached;
    if attached.contains(&policy_arn) {
        return Ok(());
    }
    if attached.len() >= ATTACHED_MAX {
        return Err(error::limit(H::QUOTA, ATTACHED_MAX));
    }
    attached.push(policy_arn);
    save(tx, &call.account, &holder).await
}

async fn detach<H: Holder>(
    iam: &Iam,
    call: &Call,
    name: &str,
    policy_arn: &str,
) -> Result<(), ServiceError> {
    if arns::PolicyArn::parse(policy_arn).is_none() {
        return Err(error::validation("Invalid ARN:  Could not be parsed!"));
    }
    let tx = iam.store.begin().await;
    let mut holder: H = load_to_change(&tx, &call.account, name).await?;
    let attached = &mut holder.policies_mut().attached;
    let before = attached.len();
    attached.retain(|known| known != policy_arn);
    if attached.len() == before {
        return Err(error::no_entity(format!(
            "Policy {policy_arn} was not found."
        )));
    }
    save(tx, &call.account, &holder).await
}

/// Which of the attached policies are wanted.
struct Wanted {
    path_prefix: Option<String>,
    marker: Option<String>,
    max_items: Option<i32>,
}

async fn list<H: Holder>(
    iam: &Iam,
    call: &Call,
    name: &str,
    wanted: Wanted,
) -> Result<page::Page<shape::AttachedPolicy>, ServiceError> {
    let holder: H = iam.read(&call.account, name).await?;
    let prefix = wanted.path_prefix.unwrap_or_else(|| "/".to_owned());
    let attached = attached_policies(holder.policies(), &prefix);
    let keyed = attached
        .into_iter()
        .enumerate()
        .map(|(place, policy)| (format!("{place:04}"), policy));
    page::cut(keyed.collect(), wanted.marker.as_deref(), wanted.max_items)
}

/// The attached policies under a path.
pub(crate) fn attached_policies(
    held: &crate::record::HeldPolicies,
    path_prefix: &str,
) -> Vec<shape::AttachedPolicy> {
    held.attached
        .iter()
        .filter_map(|arn| Some((arn, arns::PolicyArn::parse(arn)?)))
        .filter(|(_, parsed)| parsed.path.starts_with(path_prefix))
        .map(|(arn, parsed)| shape::AttachedPolicy {
            policy_name: Some(parsed.name),
            policy_arn: Some(arn.clone()),
        })
        .collect()
}

macro_rules! attachments {
    ($record:ident, $name:ident, $attach:ident $attach_in:ident $attach_out:ident,
     $detach:ident $detach_in:ident $detach_out:ident, $list:ident $list_in:ident $list_out:ident) => {
        pub(crate) async fn $attach(
            iam: Arc<Iam>,
            call: Call,
            input: shape::$attach_in,
        ) -> Result<shape::$attach_out, ServiceError> {
            attach::<$record>(&iam, &call, &input.$name, input.policy_arn).await?;
            Ok(shape::$attach_out {})
        }

        pub(crate) async fn $detach(
            iam: Arc<Iam>,
            call: Call,
            input: shape::$detach_in,
        ) -> Result<shape::$detach_out, ServiceError> {
            detach::<$record>(&iam, &call, &input.$name, &input.policy_arn).await?;
            Ok(shape::$detach_out {})
        }

        pub(crate) async fn $list(
            iam: Arc<Iam>,
            call: Call,
            input: shape::$list_in,
        ) -> Result<shape::$list_out, ServiceError> {
            let wanted = Wanted {
                path_prefix: input.path_prefix,
                marker: input.marker,
                max_items: input.max_items,
            };
            let page = list::<$record>(&iam, &call, &input.$name, wanted).await?;
            Ok(shape::$list_out {
                attached_policies: Some(page.items),
                is_truncated: Some(page.is_truncated),
                marker: page.marker,
            })
        }
    };
}

attachments!(
    UserRecord, user_name,
    attach_user AttachUserPolicyRequest AttachUserPolicyOutput,
    detach_user DetachUserPolicyRequest DetachUserPolicyOutput,
    list_user ListAttachedUserPoliciesRequest ListAttachedUserPoliciesResponse
);
attachments!(
    GroupRecord, group_name,
    attach_group AttachGroupPolicyRequest AttachGroupPolicyOutput,
    detach_group DetachGroupPolicyRequest DetachGroupPolicyOutput,
    list_group ListAttachedGroupPoliciesRequest ListAttachedGroupPoliciesResponse
);
attachments!(
    RoleRecord, role_name,
    attach_role AttachRolePolicyRequest AttachRolePolicyOutput,
    detach_role DetachRolePolicyRequest DetachRolePolicyOutput,
    list_role ListAttachedRolePoliciesRequest ListAttachedRolePoliciesResponse
);
