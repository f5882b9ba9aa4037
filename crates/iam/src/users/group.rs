//! Groups.

use crate::policies::holder::{self, load, save};
use crate::record::{GROUPS, GroupRecord, HeldPolicies, USERS, key};
use crate::{Iam, error, identifier, page, users::membership, view};
use api::ServiceError;
use api::iam as shape;
use ports::Call;
use std::sync::Arc;

pub(crate) async fn create(
    iam: Arc<Iam>,
    call: Call,
    input: shape::CreateGroupRequest,
) -> Result<shape::CreateGroupResponse, ServiceError> {
    let path = holder::path(input.path)?;
    let mut tx = iam.store.begin().await;
    let place = holder::new_place::<GroupRecord>(&tx, &call.account, &input.group_name).await?;
    let record = GroupRecord {
        account: call.account.to_string(),
        name: input.group_name,
        path,
        id: identifier::unique("AGPA", &*iam.ids),
        created_ms: call.now_ms,
        policies: HeldPolicies::default(),
    };
    tx.put(&GROUPS, &place, &record).map_err(error::store)?;
    tx.commit().await.map_err(error::store)?;
    Ok(shape::CreateGroupResponse {
        group: Some(view::group(&record)),
    })
}

pub(crate) async fn get(
    iam: Arc<Iam>,
    call: Call,
    input: shape::GetGroupRequest,
) -> Result<shape::GetGroupResponse, ServiceError> {
    let record: GroupRecord = iam.read(&call.account, &input.group_name).await?;
    let mut members = iam.all(&USERS, &call.account).await?;
    members.retain(|(_, user)| user.groups.contains(&record.name));
    let page = page::cut(members, input.marker.as_deref(), input.max_items)?;
    Ok(shape::GetGroupResponse {
        group: Some(view::group(&record)),
        users: Some(page.items.iter().map(view::listed_user).collect()),
        is_truncated: Some(page.is_truncated),
        marker: page.marker,
    })
}

pub(crate) async fn list(
    iam: Arc<Iam>,
    call: Call,
    input: shape::ListGroupsRequest,
) -> Result<shape::ListGroupsResponse, ServiceError> {
    let prefix = input.path_prefix.as_deref();
    let all = iam.all_under::<GroupRecord>(&call.account, prefix).await?;
    let page = page::cut(all, input.marker.as_deref(), input.max_items)?;
    Ok(shape::ListGroupsResponse {
        groups: Some(page.items.iter().map(view::group).collect()),
        is_truncated: Some(page.is_truncated),
        marker: page.marker,
    })
}

pub(crate) async fn update(
    iam: Arc<Iam>,
    call: Call,
    input: shape::UpdateGroupRequest,
) -> Result<shape::UpdateGroupOutput, ServiceError> {
    let mut tx = iam.store.begin().await;
    let mut record: GroupRecord = load(&tx, &call.account, &input.group_name).await?;
    let old_place = key(call.account.as_str(), &record.name);
    if let Some(path) = input.new_path {
        record.path = holder::path(Some(path))?;
    }
    if let Some(name) = input.new_group_name {
        if key(call.account.as_str(), &name) != old_place {
            holder::free_place::<GroupRecord>(&tx, &call.account, &name).await?;
        }
        for (place, mut user) in membership::members(&tx, &call.account, &record.name).await? {
            user.groups.retain(|known| *known != record.name);
            user.groups.push(name.clone());
            tx.put(&USERS, &place, &user).map_err(error::store)?;
        }
        tx.delete(&GROUPS, &old_place);
        record.name = name;
    }
    save(tx, &call.account, &record).await?;
    Ok(shape::UpdateGroupOutput {})
}

pub(crate) async fn delete(
    iam: Arc<Iam>,
    call: Call,
    input: shape::DeleteGroupRequest,
) -> Result<shape::DeleteGroupOutput, ServiceError> {
    let mut tx = iam.store.begin().await;
    let record: GroupRecord = load(&tx, &call.account, &input.group_name).await?;
    if !membership::members(&tx, &call.account, &record.name)
        .await?
        .is_empty()
    {
        return Err(error::conflict(
            "Cannot delete entity, must remove users from group first.",
        ));
    }
    holder::check_has_none(&record.policies)?;
    tx.delete(&GROUPS, &key(call.account.as_str(), &record.name));
    tx.commit().await.map_err(error::store)?;
    Ok(shape::DeleteGroupOutput {})
}
