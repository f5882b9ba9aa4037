//! Which policies are attached to which root, unit or account.

use crate::error::{self, Missing};
use crate::membership::{managed_in, save};
use crate::page::{self, Wanted};
use crate::record::{AttachedRecord, PolicyType};
use crate::tree::Kind;
use crate::{Organizations, limits, view};
use api::ServiceError;
use api::organizations as shape;
use ports::Call;
use std::sync::Arc;

pub(crate) async fn attach(
    service: Arc<Organizations>,
    call: Call,
    input: shape::AttachPolicyRequest,
) -> Result<shape::AttachPolicyOutput, ServiceError> {
    let tx = service.store.begin().await;
    let mut organization = managed_in(&tx, &call).await?;
    let policy = service.policy(&organization, &input.policy_id).await?;
    let is_enabled = organization.root.enabled.contains(&policy.kind);
    let attached = organization.attached_mut(&input.target_id);
    let attached = attached.ok_or_else(|| error::not_found(Missing::Target))?;
    if !is_enabled {
        return Err(error::type_not_enabled());
    }
    let list = attached.0.entry(policy.kind).or_default();
    if list.contains(&policy.id) {
        return Err(ServiceError::new(
            "DuplicatePolicyAttachmentException",
            "A policy is already attached to the specified target.",
        ));
    }
    if list.len() >= limits::ATTACHED_MAX {
        return Err(error::violation(
            "MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
            "You have attached the maximum number of policies to the specified target.",
        ));
    }
    list.push(policy.id);
    save(tx, &organization).await?;
    Ok(shape::AttachPolicyOutput {})
}

pub(crate) async fn detach(
    service: Arc<Organizations>,
    call: Call,
    input: shape::DetachPolicyRequest,
) -> Result<shape::DetachPolicyOutput, ServiceError> {
    let tx = service.store.begin().await;
    let mut organization = managed_in(&tx, &call).await?;
    let policy = service.policy(&organization, &input.policy_id).await?;
    let attached = organization.attached_mut(&input.target_id);
    let attached = attached.ok_or_else(|| error::not_found(Missing::Target))?;
    let place = attached
        .of(policy.kind)
        .iter()
        .position(|id| *id == policy.id);
    let place = place.ok_or_else(|| {
        ServiceError::new(
            "PolicyNotAttachedException",
            "The policy isn't attached to the specified target in the specified root.",
        )
    })?;
    remove(attached, policy.kind, &policy.id, place)?;
    save(tx, &organization).await?;
    Ok(shape::DetachPolicyOutput {})
}

/// One service control policy stays everywhere, and AWS's own RCP stays where it is.
fn remove(
    attached: &mut AttachedRecord,
    kind: PolicyType,
    id: &str,
    place: usize,
) -> Result<(), ServiceError> {
    if kind == PolicyType::ResourceControl && id == kind.default_policy() {
        return Err(error::invalid(
            "NON_DETACHABLE_POLICY",
            "You can't detach this policy.",
        ));
    }
    let list = attached.0.entry(kind).or_default();
    if list.len() == 1 {
        return Err(error::violation(
            "MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED",
            "You cannot remove the last policy attached to the specified target. You must have at \
             least one attached at all times.",
        ));
    }
    list.remove(place);
    Ok(())
}

pub(crate) async fn policies_of_target(
    service: Arc<Organizations>,
    call: Call,
    input: shape::ListPoliciesForTargetRequest,
) -> Result<shape::ListPoliciesForTargetResponse, ServiceError> {
    let organization = service.managed(&call).await?;
    let attached = organization.attached(&input.target_id);
    let attached = attached.ok_or_else(|| error::not_found(Missing::Target))?;
    let mut items = Vec::new();
    if let Some(kind) = PolicyType::find(&input.filter) {
        for id in attached.of(kind) {
            let policy = service.policy(&organization, id).await?;
            items.push((id.clone(), view::summary(&organization, &policy)));
        }
    }
    items.sort_by(|(one, _), (other, _)| one.cmp(other));
    let wanted = Wanted {
        next_token: input.next_token,
        max_results: input.max_results,
    };
    let (policies, next_token) = page::cut(items, &wanted)?;
    Ok(shape::ListPoliciesForTargetResponse {
        policies: Some(policies),
        next_token,
    })
}

pub(crate) async fn targets_of_policy(
    service: Arc<Organizations>,
    call: Call,
    input: shape::ListTargetsForPolicyRequest,
) -> Result<shape::ListTargetsForPolicyResponse, ServiceError> {
    let organization = service.managed(&call).await?;
    let policy = service.policy(&organization, &input.policy_id).await?;
    let mut ids = organization.targets();
    ids.sort();
    ids.retain(|id| {
        let attached = organization.attached(id);
        attached.is_some_and(|attached| attached.of(policy.kind).contains(&policy.id))
    });
    let items = ids.into_iter().map(|id| {
        let summary = shape::PolicyTargetSummary {
            target_id: Some(id.clone()),
            arn: Some(view::node_arn(&organization, &id)),
            name: Some(organization.name(&id)),
            type_: Some(Kind::of(&id).name().to_owned()),
        };
        (id, summary)
    });
    let wanted = Wanted {
        next_token: input.next_token,
        max_results: input.max_results,
    };
    let (targets, next_token) = page::cut(items.collect(), &wanted)?;
    Ok(shape::ListTargetsForPolicyResponse {
        targets: Some(targets),
        next_token,
    })
}
