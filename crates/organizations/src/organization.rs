//! The organization itself.

use crate::error;
use crate::membership::managed_in;
use crate::record::{
    AccountRecord, AttachedRecord, MEMBERS, MemberRecord, ORGANIZATIONS, OrganizationRecord,
    POLICIES, PolicyType, REQUESTS, RootRecord, key,
};
use crate::{Organizations, view};
use api::ServiceError;
use api::organizations as shape;
use ports::Call;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::SCAN_MAX;

/// Makes the caller's account the management account of a new organization. With all features,
/// service control policies are enabled at once ("CreateOrganization").
pub(crate) async fn create(
    service: Arc<Organizations>,
    call: Call,
    input: shape::CreateOrganizationRequest,
) -> Result<shape::CreateOrganizationResponse, ServiceError> {
    let management = call.account.to_string();
    let alias = service.accounts.alias(&call.account).await;
    let alias = alias.map_err(|_| ServiceError::internal())?;
    let mut tx = service.store.begin().await;
    let taken = tx.get(&MEMBERS, &management).await.map_err(error::store)?;
    if taken.is_some() {
        return Err(ServiceError::new(
            "AlreadyInOrganizationException",
            "The provided account is already a member of an organization.",
        ));
    }
    let record = service.fresh(
        &call,
        input.feature_set.as_deref() != Some("CONSOLIDATED_BILLING"),
        alias,
    );
    let member = MemberRecord {
        organization: record.id.clone(),
    };
    tx.put(&ORGANIZATIONS, &record.id, &record)
        .map_err(error::store)?;
    tx.put(&MEMBERS, &management, &member)
        .map_err(error::store)?;
    tx.commit().await.map_err(error::store)?;
    Ok(shape::CreateOrganizationResponse {
        organization: Some(view::organization(&record)),
    })
}

impl Organizations {
    fn fresh(
        &self,
        call: &Call,
        has_all_features: bool,
        alias: Option<String>,
    ) -> OrganizationRecord {
        let management = call.account.to_string();
        let mut record = OrganizationRecord {
            id: format!("o-{}", self.id(10)),
            management: management.clone(),
            has_all_features,
            root: RootRecord {
                id: format!("r-{}", self.id(4)),
                enabled: BTreeSet::new(),
                attached: AttachedRecord::default(),
                tags: BTreeMap::new(),
            },
            units: BTreeMap::new(),
            accounts: BTreeMap::new(),
        };
        if has_all_features {
            record.root.enabled.insert(PolicyType::ServiceControl);
            record.root.attached = record.attached_at_first();
        }
        let account = AccountRecord {
            name: alias.unwrap_or_else(|| management.clone()),
            // Accounts here have no mail address; AWS always shows one.
            email: format!("{management}@example.com"),
            parent: record.root.id.clone(),
            joined_ms: call.now_ms,
            is_created: false,
            attached: record.attached_at_first(),
            tags: BTreeMap::new(),
        };
        record.accounts.insert(management, account);
        record
    }
}

/// Every member may ask.
pub(crate) async fn describe(
    service: Arc<Organizations>,
    call: Call,
    _: shape::DescribeOrganizationInput,
) -> Result<shape::DescribeOrganizationResponse, ServiceError> {
    let found = service.organization_of(call.account.as_str()).await;
    let record = found.map_err(error::store)?.ok_or_else(error::not_in_use)?;
    Ok(shape::DescribeOrganizationResponse {
        organization: Some(view::organization(&record)),
    })
}

pub(crate) async fn delete(
    service: Arc<Organizations>,
    call: Call,
    _: shape::DeleteOrganizationInput,
) -> Result<shape::DeleteOrganizationOutput, ServiceError> {
    let mut tx = service.store.begin().await;
    let record = managed_in(&tx, &call).await?;
    if record.accounts.len() > 1 || !record.units.is_empty() {
        return Err(ServiceError::new(
            "OrganizationNotEmptyException",
            "To delete an organization you must first remove all member accounts (except the master).",
        ));
    }
    let prefix = key(&record.id, "");
    let policies = tx.scan(&POLICIES, &prefix, None, SCAN_MAX).await;
    for (place, _) in policies.map_err(error::store)? {
        tx.delete(&POLICIES, &place);
    }
    let requests = tx.scan(&REQUESTS, &prefix, None, SCAN_MAX).await;
    for (place, _) in requests.map_err(error::store)? {
        tx.delete(&REQUESTS, &place);
    }
    tx.delete(&MEMBERS, &record.management);
    tx.delete(&ORGANIZATIONS, &record.id);
    tx.commit().await.map_err(error::store)?;
    Ok(shape::DeleteOrganizationOutput {})
}
