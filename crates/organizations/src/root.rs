//! The root, and the policy types that count in it.

use crate::error::{self, Missing};
use crate::membership::{managed_in, save};
use crate::record::PolicyType;
use crate::{Organizations, view};
use api::ServiceError;
use api::organizations as shape;
use ports::Call;
use std::sync::Arc;

pub(crate) async fn list(
    service: Arc<Organizations>,
    call: Call,
    _: shape::ListRootsRequest,
) -> Result<shape::ListRootsResponse, ServiceError> {
    let organization = service.managed(&call).await?;
    Ok(shape::ListRootsResponse {
        roots: Some(vec![view::root(&organization)]),
        next_token: None,
    })
}

/// From now on policies of this type count. AWS's own, which allows everything, is attached
/// everywhere.
pub(crate) async fn enable(
    service: Arc<Organizations>,
    call: Call,
    input: shape::EnablePolicyTypeRequest,
) -> Result<shape::EnablePolicyTypeResponse, ServiceError> {
    let kind = PolicyType::parse(&input.policy_type)?;
    let tx = service.store.begin().await;
    let mut organization = managed_in(&tx, &call).await?;
    if organization.root.id != input.root_id {
        return Err(error::not_found(Missing::Root));
    }
    if !organization.has_all_features {
        return Err(ServiceError::new(
            "PolicyTypeNotAvailableForOrganizationException",
            "The specified policy type is not available for the organization's feature set.",
        ));
    }
    if !organization.root.enabled.insert(kind) {
        return Err(ServiceError::new(
            "PolicyTypeAlreadyEnabledException",
            "The specified policy type is already enabled.",
        ));
    }
    for id in organization.targets() {
        if let Some(attached) = organization.attached_mut(&id) {
            let first = vec![kind.default_policy().to_owned()];
            attached.0.insert(kind, first);
        }
    }
    let root = view::root(&organization);
    save(tx, &organization).await?;
    Ok(shape::EnablePolicyTypeResponse { root: Some(root) })
}

/// From now on no policy of this type counts; all of them are detached ("DisablePolicyType").
pub(crate) async fn disable(
    service: Arc<Organizations>,
    call: Call,
    input: shape::DisablePolicyTypeRequest,
) -> Result<shape::DisablePolicyTypeResponse, ServiceError> {
    let kind = PolicyType::parse(&input.policy_type)?;
    let tx = service.store.begin().await;
    let mut organization = managed_in(&tx, &call).await?;
    if organization.root.id != input.root_id {
        return Err(error::not_found(Missing::Root));
    }
    if !organization.root.enabled.remove(&kind) {
        return Err(error::type_not_enabled());
    }
    for id in organization.targets() {
        if let Some(attached) = organization.attached_mut(&id) {
            attached.0.remove(&kind);
        }
    }
    let root = view::root(&organization);
    save(tx, &organization).await?;
    Ok(shape::DisablePolicyTypeResponse { root: Some(root) })
}
