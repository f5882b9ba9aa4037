//! Service control policies and resource control policies: documents.

use crate::error::{self, Missing};
use crate::membership::managed_in;
use crate::page::{self, Wanted};
use crate::record::{OrganizationRecord, POLICIES, PolicyRecord, PolicyType, key};
use crate::{Organizations, limits, tag, view};
use api::ServiceError;
use api::organizations as shape;
use policy::{Document, Effect};
use ports::Call;
use std::sync::Arc;
use store::{SCAN_MAX, Tx};

pub(crate) async fn create(
    service: Arc<Organizations>,
    call: Call,
    input: shape::CreatePolicyRequest,
) -> Result<shape::CreatePolicyResponse, ServiceError> {
    let kind = PolicyType::parse(&input.type_)?;
    let tags = tag::checked(input.tags)?;
    let mut tx = service.store.begin().await;
    let organization = managed_in(&tx, &call).await?;
    check(kind, &input.content)?;
    let of_kind = all_in(&tx, &organization, kind).await?;
    if of_kind.len() >= limits::POLICIES_MAX {
        return Err(error::violation(
            "POLICY_NUMBER_LIMIT_EXCEEDED",
            "You have exceeded the number of policies that you can have in an organization.",
        ));
    }
    no_namesake(&of_kind, kind, &input.name, None)?;
    let record = PolicyRecord {
        id: format!("p-{}", service.id(8)),
        kind,
        name: input.name,
        description: input.description,
        content: input.content,
        tags,
    };
    let place = key(&organization.id, &record.id);
    tx.put(&POLICIES, &place, &record).map_err(error::store)?;
    tx.commit().await.map_err(error::store)?;
    Ok(shape::CreatePolicyResponse {
        policy: Some(view::policy(&organization, &record)),
    })
}

/// Whether a text may be a policy of this type.
fn check(kind: PolicyType, content: &str) -> Result<(), ServiceError> {
    if content.len() > limits::POLICY_BYTES_MAX {
        return Err(error::violation(
            "POLICY_CONTENT_LIMIT_EXCEEDED",
            "You have exceeded the maximum policy size.",
        ));
    }
    let document = Document::parse(content).map_err(|_| error::malformed())?;
    document
        .validate(kind.grammar())
        .map_err(|_| error::malformed())?;
    // Only AWS's own RCP may allow ("RCP syntax", AWS Organizations user guide).
    let mut statements = document.statements().iter();
    let allows = statements.any(|statement| statement.effect() == Effect::Allow);
    match kind == PolicyType::ResourceControl && allows {
        true => Err(error::malformed()),
        false => Ok(()),
    }
}

fn no_namesake(
    all: &[PolicyRecord],
    kind: PolicyType,
    name: &str,
    but: Option<&str>,
) -> Result<(), ServiceError> {
    let is_taken = view::default_policy(kind).name == name
        || all
            .iter()
            .any(|one| one.name == name && Some(one.id.as_str()) != but);
    match is_taken {
        true => Err(ServiceError::new(
            "DuplicatePolicyException",
            "A policy with the same name already exists.",
        )),
        false => Ok(()),
    }
}

async fn all_in(
    tx: &Tx,
    organization: &OrganizationRecord,
    kind: PolicyType,
) -> Result<Vec<PolicyRecord>, ServiceError> {
    let prefix = key(&organization.id, "");
    let all = tx.scan(&POLICIES, &prefix, None, SCAN_MAX).await;
    let all = all.map_err(error::store)?.into_iter();
    Ok(all
        .map(|(_, one)| one)
        .filter(|one| one.kind == kind)
        .collect())
}

impl Organizations {
    /// A policy of a customer's or AWS's own.
    pub(crate) async fn policy(
        &self,
        organization: &OrganizationRecord,
        id: &str,
    ) -> Result<PolicyRecord, ServiceError> {
        let own = PolicyType::ALL
            .into_iter()
            .find(|kind| kind.default_policy() == id);
        if let Some(kind) = own {
            return Ok(view::default_policy(kind));
        }
        let found = self.store.get(&POLICIES, &key(&organization.id, id)).await;
        found
            .map_err(error::store)?
            .ok_or_else(|| error::not_found(Missing::Policy))
    }
}

/// A policy that may be changed.
async fn own_in(
    tx: &Tx,
    organization: &OrganizationRecord,
    id: &str,
) -> Result<PolicyRecord, ServiceError> {
    if PolicyType::ALL
        .iter()
        .any(|kind| kind.default_policy() == id)
    {
        return Err(error::invalid(
            "IMMUTABLE_POLICY",
            "You specified a policy that is managed by AWS and can't be modified.",
        ));
    }
    let found = tx.get(&POLICIES, &key(&organization.id, id)).await;
    found
        .map_err(error::store)?
        .ok_or_else(|| error::not_found(Missing::Policy))
}

pub(crate) async fn describe(
    service: Arc<Organizations>,
    call: Call,
    input: shape::DescribePolicyRequest,
) -> Result<shape::DescribePolicyResponse, ServiceError> {
    let organization = service.managed(&call).await?;
    let record = service.policy(&organization, &input.policy_id).await?;
    Ok(shape::DescribePolicyResponse {
        policy: Some(view::policy(&organization, &record)),
    })
}

pub(crate) async fn update(
    service: Arc<Organizations>,
    call: Call,
    input: shape::UpdatePolicyRequest,
) -> Result<shape::UpdatePolicyResponse, ServiceError> {
    let mut tx = service.store.begin().await;
    let organization = managed_in(&tx, &call).await?;
    let mut record = own_in(&tx, &organization, &input.policy_id).await?;
    if let Some(content) = input.content {
        check(record.kind, &content)?;
        record.content = content;
    }
    if let Some(name) = input.name {
        let all = all_in(&tx, &organization, record.kind).await?;
        no_namesake(&all, record.kind, &name, Some(&record.id))?;
        record.name = name;
    }
    if let Some(description) = input.description {
        record.description = description;
    }
    let place = key(&organization.id, &record.id);
    tx.put(&POLICIES, &place, &record).map_err(error::store)?;
    tx.commit().await.map_err(error::store)?;
    Ok(shape::UpdatePolicyResponse {
        policy: Some(view::policy(&organization, &record)),
    })
}

pub(crate) async fn delete(
    service: Arc<Organizations>,
    call: Call,
    input: shape::DeletePolicyRequest,
) -> Result<shape::DeletePolicyOutput, ServiceError> {
    let mut tx = service.store.begin().await;
    let organization = managed_in(&tx, &call).await?;
    let record = own_in(&tx, &organization, &input.policy_id).await?;
    let is_attached = organization.targets().iter().any(|id| {
        let attached = organization.attached(id);
        attached.is_some_and(|attached| attached.of(record.kind).contains(&record.id))
    });
    if is_attached {
        return Err(ServiceError::new(
            "PolicyInUseException",
            "You cannot delete the policy because it is attached to one or more entities.",
        ));
    }
    tx.delete(&POLICIES, &key(&organization.id, &record.id));
    tx.commit().await.map_err(error::store)?;
    Ok(shape::DeletePolicyOutput {})
}

/// Of AWS's other types there is none here.
pub(crate) async fn list(
    service: Arc<Organizations>,
    call: Call,
    input: shape::ListPoliciesRequest,
) -> Result<shape::ListPoliciesResponse, ServiceError> {
    let organization = service.managed(&call).await?;
    let mut all = Vec::new();
    if let Some(kind) = PolicyType::find(&input.filter) {
        all.push(view::default_policy(kind));
        let prefix = key(&organization.id, "");
        let own = service.store.scan(&POLICIES, &prefix, None, SCAN_MAX).await;
        let own = own.map_err(error::store)?.into_iter().map(|(_, one)| one);
        all.extend(own.filter(|one| one.kind == kind));
    }
    all.sort_by(|one, other| one.id.cmp(&other.id));
    let items = all.iter();
    let items = items.map(|one| (one.id.clone(), view::summary(&organization, one)));
    let wanted = Wanted {
        next_token: input.next_token,
        max_results: input.max_results,
    };
    let (policies, next_token) = page::cut(items.collect(), &wanted)?;
    Ok(shape::ListPoliciesResponse {
        policies: Some(policies),
        next_token,
    })
}
