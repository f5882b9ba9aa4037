//! Instance profiles.

use crate::policies::holder::{self, check_quota};
use crate::record::{InstanceProfileRecord, PROFILES, ROLES, RoleRecord, key};
use crate::{Iam, error, identifier, limits, page, tag, view};
use api::ServiceError;
use api::iam as shape;
use ports::Call;
use std::sync::Arc;

pub(crate) async fn create(
    iam: Arc<Iam>,
    call: Call,
    input: shape::CreateInstanceProfileRequest,
) -> Result<shape::CreateInstanceProfileResponse, ServiceError> {
    let path = holder::path(input.path)?;
    let tags = tag::checked(input.tags.unwrap_or_default())?;
    let mut tx = iam.store.begin().await;
    let place = key(call.account.as_str(), &input.instance_profile_name);
    if tx
        .get(&PROFILES, &place)
        .await
        .map_err(error::store)?
        .is_some()
    {
        return Err(ServiceError::new(
            "EntityAlreadyExists",
            format!(
                "Instance Profile {} already exists.",
                input.instance_profile_name
            ),
        ));
    }
    let max = limits::INSTANCE_PROFILES_MAX;
    check_quota(
        &tx,
        &PROFILES,
        &call.account,
        "InstanceProfilesPerAccount",
        max,
    )
    .await?;
    let record = InstanceProfileRecord {
        account: call.account.to_string(),
        name: input.instance_profile_name,
        path,
        id: identifier::unique("AIPA", &*iam.ids),
        created_ms: call.now_ms,
        role: None,
        tags,
    };
    tx.put(&PROFILES, &place, &record).map_err(error::store)?;
    tx.commit().await.map_err(error::store)?;
    Ok(shape::CreateInstanceProfileResponse {
        instance_profile: Some(view::instance_profile(&record, None)),
    })
}

pub(crate) async fn get(
    iam: Arc<Iam>,
    call: Call,
    input: shape::GetInstanceProfileRequest,
) -> Result<shape::GetInstanceProfileResponse, ServiceError> {
    let place = key(call.account.as_str(), &input.instance_profile_name);
    let found = iam
        .store
        .get(&PROFILES, &place)
        .await
        .map_err(error::store)?;
    let record = existing(found, &input.instance_profile_name)?;
    let role = role_of(&iam, &call, &record).await?;
    Ok(shape::GetInstanceProfileResponse {
        instance_profile: Some(view::instance_profile(&record, role.as_ref())),
    })
}

pub(crate) async fn list(
    iam: Arc<Iam>,
    call: Call,
    input: shape::ListInstanceProfilesRequest,
) -> Result<shape::ListInstanceProfilesResponse, ServiceError> {
    let prefix = input.path_prefix.unwrap_or_else(|| "/".to_owned());
    let mut all = iam.all(&PROFILES, &call.account).await?;
    all.retain(|(_, profile)| profile.path.starts_with(&prefix));
    let page = page::cut(all, input.marker.as_deref(), input.max_items)?;
    Ok(shape::ListInstanceProfilesResponse {
        instance_profiles: Some(shown(&iam, &call, page.items).await?),
        is_truncated: Some(page.is_truncated),
        marker: page.marker,
    })
}

pub(crate) async fn list_for_role(
    iam: Arc<Iam>,
    call: Call,
    input: shape::ListInstanceProfilesForRoleRequest,
) -> Result<shape::ListInstanceProfilesForRoleResponse, ServiceError> {
    let role: RoleRecord = iam.read(&call.account, &input.role_name).await?;
    let mut all = iam.all(&PROFILES, &call.account).await?;
    all.retain(|(_, profile)| profile.role.as_deref() == Some(&role.name));
    let page = page::cut(all, input.marker.as_deref(), input.max_items)?;
    Ok(shape::ListInstanceProfilesForRoleResponse {
        instance_profiles: Some(shown(&iam, &call, page.items).await?),
        is_truncated: Some(page.is_truncated),
        marker: page.marker,
    })
}

pub(crate) async fn delete(
    iam: Arc<Iam>,
    call: Call,
    input: shape::DeleteInstanceProfileRequest,
) -> Result<shape::DeleteInstanceProfileOutput, ServiceError> {
    let mut tx = iam.store.begin().await;
    let place = key(call.account.as_str(), &input.instance_profile_name);
    let found = tx.get(&PROFILES, &place).await.map_err(error::store)?;
    let record = existing(found, &input.instance_profile_name)?;
    if record.role.is_some() {
        return Err(error::conflict(
            "Cannot delete entity, must remove roles from instance profile first.",
        ));
    }
    tx.delete(&PROFILES, &place);
    tx.commit().await.map_err(error::store)?;
    Ok(shape::DeleteInstanceProfileOutput {})
}

pub(crate) async fn add_role(
    iam: Arc<Iam>,
    call: Call,
    input: shape::AddRoleToInstanceProfileRequest,
) -> Result<shape::AddRoleToInstanceProfileOutput, ServiceError> {
    let mut tx = iam.store.begin().await;
    let role: RoleRecord = holder::load(&tx, &call.account, &input.role_name).await?;
    let place = key(call.account.as_str(), &input.instance_profile_name);
    let found = tx.get(&PROFILES, &place).await.map_err(error::store)?;
    let mut record = existing(found, &input.instance_profile_name)?;
    if record.role.is_some() {
        return Err(error::limit("InstanceSessionsPerInstanceProfile", 1));
    }
    record.role = Some(role.name);
    tx.put(&PROFILES, &place, &record).map_err(error::store)?;
    tx.commit().await.map_err(error::store)?;
    Ok(shape::AddRoleToInstanceProfileOutput {})
}

pub(crate) async fn remove_role(
    iam: Arc<Iam>,
    call: Call,
    input: shape::RemoveRoleFromInstanceProfileRequest,
) -> Result<shape::RemoveRoleFromInstanceProfileOutput, ServiceError> {
    let mut tx = iam.store.begin().await;
    let place = key(call.account.as_str(), &input.instance_profile_name);
    let found = tx.get(&PROFILES, &place).await.map_err(error::store)?;
    let mut record = existing(found, &input.instance_profile_name)?;
    if record.role.as_deref() != Some(&input.role_name) {
        return Err(error::no_such("role", &input.role_name));
    }
    record.role = None;
    tx.put(&PROFILES, &place, &record).map_err(error::store)?;
    tx.commit().await.map_err(error::store)?;
    Ok(shape::RemoveRoleFromInstanceProfileOutput {})
}

fn existing(
    found: Option<InstanceProfileRecord>,
    name: &str,
) -> Result<InstanceProfileRecord, ServiceError> {
    found
        .filter(|found| found.name == name)
        .ok_or_else(|| error::no_entity(format!("Instance Profile {name} cannot be found.")))
}

async fn role_of(
    iam: &Iam,
    call: &Call,
    profile: &InstanceProfileRecord,
) -> Result<Option<RoleRecord>, ServiceError> {
    match &profile.role {
        None => Ok(None),
        Some(name) => iam
            .store
            .get(&ROLES, &key(call.account.as_str(), name))
            .await
            .map_err(error::store),
    }
}

async fn shown(
    iam: &Iam,
    call: &Call,
    profiles: Vec<InstanceProfileRecord>,
) -> Result<Vec<shape::InstanceProfile>, ServiceError> {
    let mut all = Vec::new();
    for record in profiles {
        let role = role_of(iam, call, &record).await?;
        all.push(view::instance_profile(&record, role.as_ref()));
    }
    Ok(all)
}
