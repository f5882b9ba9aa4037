//! Users.

use crate::policies::holder::{self, load};
use crate::record::{HeldPolicies, KEYS, LOGIN_PROFILES, USERS, UserRecord, key};
use crate::{Iam, error, identifier, page, policies::boundary, tag, users::login_profile, view};
use api::ServiceError;
use api::iam as shape;
use policy::PrincipalKind;
use ports::{Call, Caller};
use std::sync::Arc;

pub(crate) async fn create(
    iam: Arc<Iam>,
    call: Call,
    input: shape::CreateUserRequest,
) -> Result<shape::CreateUserResponse, ServiceError> {
    let path = holder::path(input.path)?;
    let tags = tag::checked(input.tags.unwrap_or_default())?;
    let mut tx = iam.store.begin().await;
    let place = holder::new_place::<UserRecord>(&tx, &call.account, &input.user_name).await?;
    boundary::check(&tx, &call.account, input.permissions_boundary.as_deref()).await?;
    let record = UserRecord {
        account: call.account.to_string(),
        name: input.user_name,
        path,
        id: identifier::unique("AIDA", &*iam.ids),
        created_ms: call.now_ms,
        tags,
        boundary: input.permissions_boundary,
        policies: HeldPolicies::default(),
        groups: Vec::new(),
        keys: Vec::new(),
    };
    tx.put(&USERS, &place, &record).map_err(error::store)?;
    tx.commit().await.map_err(error::store)?;
    Ok(shape::CreateUserResponse {
        user: Some(view::user(&record)),
    })
}

pub(crate) async fn get(
    iam: Arc<Iam>,
    call: Call,
    input: shape::GetUserRequest,
) -> Result<shape::GetUserResponse, ServiceError> {
    let name = match input.user_name {
        Some(name) => name,
        None => match own_name(&call)? {
            Some(name) => name,
            None => {
                return Ok(shape::GetUserResponse {
                    user: Some(root(&iam, &call).await?),
                });
            }
        },
    };
    let record: UserRecord = iam.read(&call.account, &name).await?;
    Ok(shape::GetUserResponse {
        user: Some(view::user(&record)),
    })
}

/// The name of the user who calls; none for the root user.
pub(crate) fn own_name(call: &Call) -> Result<Option<String>, ServiceError> {
    let Caller::Principal(principal) = &call.caller else {
        return Err(no_user());
    };
    match principal.kind {
        PrincipalKind::Root => Ok(None),
        PrincipalKind::User => {
            let resource = principal.arn.resource();
            let name = resource.rsplit_once('/').map_or(resource, |(_, name)| name);
            Ok(Some(name.to_owned()))
        }
        PrincipalKind::AssumedRole | PrincipalKind::FederatedUser => Err(no_user()),
    }
}

fn no_user() -> ServiceError {
    error::validation("Must specify userName when calling with non-User credentials")
}

/// GetUser of the root user has no name and no path.
async fn root(iam: &Iam, call: &Call) -> Result<shape::User, ServiceError> {
    let account = iam
        .store
        .get(&crate::record::ACCOUNTS, call.account.as_str())
        .await
        .map_err(error::store)?;
    Ok(shape::User {
        user_id: Some(call.account.to_string()),
        arn: Some(format!("arn:aws:iam::{}:root", call.account)),
        create_date: account.map(|account| view::date(account.created_ms)),
        ..shape::User::default()
    })
}

pub(crate) async fn list(
    iam: Arc<Iam>,
    call: Call,
    input: shape::ListUsersRequest,
) -> Result<shape::ListUsersResponse, ServiceError> {
    let prefix = input.path_prefix.as_deref();
    let all = iam.all_under::<UserRecord>(&call.account, prefix).await?;
    let page = page::cut(all, input.marker.as_deref(), input.max_items)?;
    Ok(shape::ListUsersResponse {
        users: Some(page.items.iter().map(view::listed_user).collect()),
        is_truncated: Some(page.is_truncated),
        marker: page.marker,
    })
}

pub(crate) async fn update(
    iam: Arc<Iam>,
    call: Call,
    input: shape::UpdateUserRequest,
) -> Result<shape::UpdateUserOutput, ServiceError> {
    let mut tx = iam.store.begin().await;
    let mut record: UserRecord = load(&tx, &call.account, &input.user_name).await?;
    let old_place = key(call.account.as_str(), &record.name);
    if let Some(path) = input.new_path {
        record.path = holder::path(Some(path))?;
    }
    if let Some(name) = input.new_user_name {
        if key(call.account.as_str(), &name) != old_place {
            holder::free_place::<UserRecord>(&tx, &call.account, &name).await?;
        }
        for id in &record.keys {
            if let Some(mut access_key) = tx.get(&KEYS, id).await.map_err(error::store)? {
                access_key.user = Some(name.clone());
                tx.put(&KEYS, id, &access_key).map_err(error::store)?;
            }
        }
        tx.delete(&USERS, &old_place);
        record.name = name;
    }
    holder::save(tx, &call.account, &record).await?;
    Ok(shape::UpdateUserOutput {})
}

pub(crate) async fn delete(
    iam: Arc<Iam>,
    call: Call,
    input: shape::DeleteUserRequest,
) -> Result<shape::DeleteUserOutput, ServiceError> {
    let mut tx = iam.store.begin().await;
    let record: UserRecord = load(&tx, &call.account, &input.user_name).await?;
    let place = login_profile::place(&call.account, &record);
    let profile = tx.get(&LOGIN_PROFILES, &place).await;
    if profile.map_err(error::store)?.is_some() {
        return Err(error::conflict(
            "Cannot delete entity, must delete login profile first.",
        ));
    }
    if !record.keys.is_empty() {
        return Err(error::conflict(
            "Cannot delete entity, must delete access keys first.",
        ));
    }
    holder::check_has_none(&record.policies)?;
    if !record.groups.is_empty() {
        return Err(error::conflict(
            "Cannot delete entity, must remove users from group first.",
        ));
    }
    tx.delete(&USERS, &key(call.account.as_str(), &record.name));
    tx.commit().await.map_err(error::store)?;
    Ok(shape::DeleteUserOutput {})
}
