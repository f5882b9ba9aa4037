//! Organizational units.

use crate::error::{self, Missing};
use crate::membership::{managed_in, save};
use crate::page::{self, Wanted};
use crate::record::{OrganizationRecord, UnitRecord};
use crate::{Organizations, limits, tag, view};
use api::ServiceError;
use api::organizations as shape;
use ports::Call;
use std::sync::Arc;

pub(crate) async fn create(
    service: Arc<Organizations>,
    call: Call,
    input: shape::CreateOrganizationalUnitRequest,
) -> Result<shape::CreateOrganizationalUnitResponse, ServiceError> {
    let tags = tag::checked(input.tags)?;
    let tx = service.store.begin().await;
    let mut organization = managed_in(&tx, &call).await?;
    let parent = input.parent_id.as_str();
    if !organization.is_container(parent) {
        return Err(error::not_found(Missing::Parent));
    }
    no_namesake(&organization, parent, &input.name, None)?;
    if organization.units.len() >= limits::UNITS_MAX {
        return Err(error::violation(
            "OU_NUMBER_LIMIT_EXCEEDED",
            "You have exceeded the number of OUs that you can have in an organization.",
        ));
    }
    // The way to the parent counts the root, which is no level of units.
    if organization.way(parent).len() > limits::UNIT_DEPTH_MAX {
        return Err(error::violation(
            "OU_DEPTH_LIMIT_EXCEEDED",
            "You attempted to create an OU tree that is too many levels deep.",
        ));
    }
    let root = organization.root.id.trim_start_matches("r-");
    let id = format!("ou-{root}-{}", service.id(8));
    let unit = UnitRecord {
        name: input.name,
        parent: input.parent_id,
        attached: organization.attached_at_first(),
        tags,
    };
    organization.units.insert(id.clone(), unit);
    save(tx, &organization).await?;
    Ok(shape::CreateOrganizationalUnitResponse {
        organizational_unit: Some(view::unit(&organization, &id)),
    })
}

/// Names are unique below one parent.
fn no_namesake(
    organization: &OrganizationRecord,
    parent: &str,
    name: &str,
    but: Option<&str>,
) -> Result<(), ServiceError> {
    let mut siblings = organization.units.iter();
    let is_taken = siblings
        .any(|(id, unit)| unit.parent == parent && unit.name == name && Some(id.as_str()) != but);
    match is_taken {
        true => Err(ServiceError::new(
            "DuplicateOrganizationalUnitException",
            "An OU with the same name already exists.",
        )),
        false => Ok(()),
    }
}

pub(crate) async fn describe(
    service: Arc<Organizations>,
    call: Call,
    input: shape::DescribeOrganizationalUnitRequest,
) -> Result<shape::DescribeOrganizationalUnitResponse, ServiceError> {
    let organization = service.managed(&call).await?;
    let id = input.organizational_unit_id;
    match organization.units.contains_key(&id) {
        true => Ok(shape::DescribeOrganizationalUnitResponse {
            organizational_unit: Some(view::unit(&organization, &id)),
        }),
        false => Err(error::not_found(Missing::Unit)),
    }
}

pub(crate) async fn update(
    service: Arc<Organizations>,
    call: Call,
    input: shape::UpdateOrganizationalUnitRequest,
) -> Result<shape::UpdateOrganizationalUnitResponse, ServiceError> {
    let tx = service.store.begin().await;
    let mut organization = managed_in(&tx, &call).await?;
    let id = input.organizational_unit_id;
    let unit = organization.units.get(&id);
    let parent = unit
        .ok_or_else(|| error::not_found(Missing::Unit))?
        .parent
        .clone();
    if let Some(name) = input.name {
        no_namesake(&organization, &parent, &name, Some(&id))?;
        if let Some(unit) = organization.units.get_mut(&id) {
            unit.name = name;
        }
        save(tx, &organization).await?;
    }
    Ok(shape::UpdateOrganizationalUnitResponse {
        organizational_unit: Some(view::unit(&organization, &id)),
    })
}

pub(crate) async fn delete(
    service: Arc<Organizations>,
    call: Call,
    input: shape::DeleteOrganizationalUnitRequest,
) -> Result<shape::DeleteOrganizationalUnitOutput, ServiceError> {
    let tx = service.store.begin().await;
    let mut organization = managed_in(&tx, &call).await?;
    let id = input.organizational_unit_id.as_str();
    if !organization.units.contains_key(id) {
        return Err(error::not_found(Missing::Unit));
    }
    let has_units = organization.units.values().any(|unit| unit.parent == id);
    let has_accounts = organization
        .accounts
        .values()
        .any(|account| account.parent == id);
    if has_units || has_accounts {
        return Err(ServiceError::new(
            "OrganizationalUnitNotEmptyException",
            "You attempted to delete an organizational unit that is not empty.",
        ));
    }
    organization.units.remove(id);
    save(tx, &organization).await?;
    Ok(shape::DeleteOrganizationalUnitOutput {})
}

pub(crate) async fn list(
    service: Arc<Organizations>,
    call: Call,
    input: shape::ListOrganizationalUnitsForParentRequest,
) -> Result<shape::ListOrganizationalUnitsForParentResponse, ServiceError> {
    let organization = service.managed(&call).await?;
    if !organization.is_container(&input.parent_id) {
        return Err(error::not_found(Missing::Parent));
    }
    let below = organization.units.iter();
    let below = below.filter(|(_, unit)| unit.parent == input.parent_id);
    let items = below.map(|(id, _)| (id.clone(), view::unit(&organization, id)));
    let wanted = Wanted {
        next_token: input.next_token,
        max_results: input.max_results,
    };
    let (units, next_token) = page::cut(items.collect(), &wanted)?;
    Ok(shape::ListOrganizationalUnitsForParentResponse {
        organizational_units: Some(units),
        next_token,
    })
}
