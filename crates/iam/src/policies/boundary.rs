//! Permissions boundaries.

use crate::policies::holder::{load, load_to_change, save};
use crate::record::{POLICIES, RoleRecord, UserRecord, key};
use crate::{Iam, arns, error, policies::managed, view};
use api::ServiceError;
use api::iam as shape;
use arn::AccountId;
use ports::Call;
use std::sync::Arc;
use store::Tx;

/// A boundary must be a managed policy of AWS's or of the same account.
pub(crate) async fn check(
    tx: &Tx,
    account: &AccountId,
    arn: Option<&str>,
) -> Result<(), ServiceError> {
    let Some(arn) = arn else { return Ok(()) };
    match is_attachable(tx, account, arn).await? {
        true => Ok(()),
        false => Err(error::no_entity(format!(
            "Scope ARN: {arn} does not exist or is not attachable."
        ))),
    }
}

/// Whether the policy is there and the account may attach it.
pub(crate) async fn is_attachable(
    tx: &Tx,
    account: &AccountId,
    arn: &str,
) -> Result<bool, ServiceError> {
    let parsed = arns::PolicyArn::parse(arn)
        .ok_or_else(|| error::validation("Invalid ARN:  Could not be parsed!"))?;
    if parsed.account == "aws" {
        return Ok(managed::find(arn).is_some());
    }
    if parsed.account != account.as_str() {
        return Ok(false);
    }
    let found = tx
        .get(&POLICIES, &key(account.as_str(), &parsed.name))
        .await;
    let found = found.map_err(error::store)?;
    Ok(found.is_some_and(|policy| view::policy_arn(&policy) == arn))
}

pub(crate) async fn put_user(
    iam: Arc<Iam>,
    call: Call,
    input: shape::PutUserPermissionsBoundaryRequest,
) -> Result<shape::PutUserPermissionsBoundaryOutput, ServiceError> {
    let tx = iam.store.begin().await;
    let mut user: UserRecord = load(&tx, &call.account, &input.user_name).await?;
    check(&tx, &call.account, Some(&input.permissions_boundary)).await?;
    user.boundary = Some(input.permissions_boundary);
    save(tx, &call.account, &user).await?;
    Ok(shape::PutUserPermissionsBoundaryOutput {})
}

pub(crate) async fn delete_user(
    iam: Arc<Iam>,
    call: Call,
    input: shape::DeleteUserPermissionsBoundaryRequest,
) -> Result<shape::DeleteUserPermissionsBoundaryOutput, ServiceError> {
    let tx = iam.store.begin().await;
    let mut user: UserRecord = load(&tx, &call.account, &input.user_name).await?;
    user.boundary = None;
    save(tx, &call.account, &user).await?;
    Ok(shape::DeleteUserPermissionsBoundaryOutput {})
}

pub(crate) async fn put_role(
    iam: Arc<Iam>,
    call: Call,
    input: shape::PutRolePermissionsBoundaryRequest,
) -> Result<shape::PutRolePermissionsBoundaryOutput, ServiceError> {
    let tx = iam.store.begin().await;
    let mut role: RoleRecord = load_to_change(&tx, &call.account, &input.role_name).await?;
    check(&tx, &call.account, Some(&input.permissions_boundary)).await?;
    role.boundary = Some(input.permissions_boundary);
    save(tx, &call.account, &role).await?;
    Ok(shape::PutRolePermissionsBoundaryOutput {})
}

pub(crate) async fn delete_role(
    iam: Arc<Iam>,
    call: Call,
    input: shape::DeleteRolePermissionsBoundaryRequest,
) -> Result<shape::DeleteRolePermissionsBoundaryOutput, ServiceError> {
    let tx = iam.store.begin().await;
    let mut role: RoleRecord = load_to_change(&tx, &call.account, &input.role_name).await?;
    role.boundary = None;
    save(tx, &call.account, &role).await?;
    Ok(shape::DeleteRolePermissionsBoundaryOutput {})
}
