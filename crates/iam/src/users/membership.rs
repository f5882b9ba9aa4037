//! Who is in which group.

use crate::limits::GROUPS_PER_USER_MAX;
use crate::policies::holder::{load, save};
use crate::record::{GroupRecord, USERS, UserRecord};
use crate::{Iam, error, page, view};
use api::ServiceError;
use api::iam as shape;
use arn::AccountId;
use ports::Call;
use std::sync::Arc;
use store::{SCAN_MAX, Tx};

/// The users of a group, with their keys.
pub(crate) async fn members(
    tx: &Tx,
    account: &AccountId,
    group: &str,
) -> Result<Vec<(String, UserRecord)>, ServiceError> {
    let users = tx
        .scan(&USERS, &format!("{account}/"), None, SCAN_MAX)
        .await;
    let mut users = users.map_err(error::store)?;
    users.retain(|(_, user)| user.groups.iter().any(|known| known == group));
    Ok(users)
}

pub(crate) async fn add(
    iam: Arc<Iam>,
    call: Call,
    input: shape::AddUserToGroupRequest,
) -> Result<shape::AddUserToGroupOutput, ServiceError> {
    let tx = iam.store.begin().await;
    let group: GroupRecord = load(&tx, &call.account, &input.group_name).await?;
    let mut user: UserRecord = load(&tx, &call.account, &input.user_name).await?;
    if user.groups.contains(&group.name) {
        return Ok(shape::AddUserToGroupOutput {});
    }
    if user.groups.len() >= GROUPS_PER_USER_MAX {
        return Err(error::limit("GroupsPerUser", GROUPS_PER_USER_MAX));
    }
    user.groups.push(group.name);
    save(tx, &call.account, &user).await?;
    Ok(shape::AddUserToGroupOutput {})
}

pub(crate) async fn remove(
    iam: Arc<Iam>,
    call: Call,
    input: shape::RemoveUserFromGroupRequest,
) -> Result<shape::RemoveUserFromGroupOutput, ServiceError> {
    let tx = iam.store.begin().await;
    let group: GroupRecord = load(&tx, &call.account, &input.group_name).await?;
    let mut user: UserRecord = load(&tx, &call.account, &input.user_name).await?;
    user.groups.retain(|known| *known != group.name);
    save(tx, &call.account, &user).await?;
    Ok(shape::RemoveUserFromGroupOutput {})
}

pub(crate) async fn groups_of(
    iam: Arc<Iam>,
    call: Call,
    input: shape::ListGroupsForUserRequest,
) -> Result<shape::ListGroupsForUserResponse, ServiceError> {
    let user: UserRecord = iam.read(&call.account, &input.user_name).await?;
    let mut groups = Vec::new();
    for name in &user.groups {
        let group: GroupRecord = iam.read(&call.account, name).await?;
        groups.push((name.to_ascii_lowercase(), group));
    }
    groups.sort_by(|a, b| a.0.cmp(&b.0));
    let page = page::cut(groups, input.marker.as_deref(), input.max_items)?;
    Ok(shape::ListGroupsForUserResponse {
        groups: Some(page.items.iter().map(view::group).collect()),
        is_truncated: Some(page.is_truncated),
        marker: page.marker,
    })
}
