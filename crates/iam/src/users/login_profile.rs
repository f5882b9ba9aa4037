//! Login profiles: the passwords of users.

use crate::record::{LOGIN_PROFILES, LoginProfileRecord, UserRecord};
use crate::sessions::sign_in::Gate;
use crate::{
    Iam, error,
    policies::holder,
    users::{password, user},
    view,
};
use api::ServiceError;
use api::iam as shape;
use arn::AccountId;
use policy::{Document, PrincipalKind};
use ports::{Call, Caller, Touch, Touches};
use std::sync::Arc;
use stdx::{BoxFuture, TimestampMs};

pub(crate) async fn create(
    iam: Arc<Iam>,
    call: Call,
    input: shape::CreateLoginProfileRequest,
) -> Result<shape::CreateLoginProfileResponse, ServiceError> {
    let name = user_name(&call, input.user_name)?;
    let user: UserRecord = iam.read(&call.account, &name).await?;
    let password = input
        .password
        .ok_or_else(|| error::validation("Must specify password when creating a login profile"))?;
    iam.check_password(&call.account, &password).await?;
    let password = iam
        .passwords
        .hash(password, &*iam.ids)
        .await
        .map_err(busy)?;
    let record = LoginProfileRecord {
        created_ms: call.now_ms,
        changed_ms: call.now_ms,
        is_reset_required: input.password_reset_required.unwrap_or_default(),
        password,
    };
    let mut tx = iam.store.begin().await;
    let user: UserRecord = holder::load(&tx, &call.account, &user.name).await?;
    let place = place(&call.account, &user);
    let found = tx.get(&LOGIN_PROFILES, &place).await;
    if found.map_err(error::store)?.is_some() {
        return Err(ServiceError::new(
            "EntityAlreadyExists",
            format!("Login Profile for user {name} already exists."),
        ));
    }
    tx.put(&LOGIN_PROFILES, &place, &record)
        .map_err(error::store)?;
    tx.commit().await.map_err(error::store)?;
    Ok(shape::CreateLoginProfileResponse {
        login_profile: Some(shown(&name, &record)),
    })
}

pub(crate) async fn get(
    iam: Arc<Iam>,
    call: Call,
    input: shape::GetLoginProfileRequest,
) -> Result<shape::GetLoginProfileResponse, ServiceError> {
    let name = user_name(&call, input.user_name)?;
    let user: UserRecord = iam.read(&call.account, &name).await?;
    let found = iam.login_profile(&call.account, &user).await?;
    let found = found.ok_or_else(|| none(&name))?;
    Ok(shape::GetLoginProfileResponse {
        login_profile: Some(shown(&name, &found)),
    })
}

pub(crate) async fn update(
    iam: Arc<Iam>,
    call: Call,
    input: shape::UpdateLoginProfileRequest,
) -> Result<shape::UpdateLoginProfileOutput, ServiceError> {
    let hashed = match input.password {
        Some(password) => {
            iam.check_password(&call.account, &password).await?;
            Some(
                iam.passwords
                    .hash(password, &*iam.ids)
                    .await
                    .map_err(busy)?,
            )
        }
        None => None,
    };
    let mut tx = iam.store.begin().await;
    let user: UserRecord = holder::load(&tx, &call.account, &input.user_name).await?;
    let place = place(&call.account, &user);
    let found = tx.get(&LOGIN_PROFILES, &place).await;
    let mut record = found
        .map_err(error::store)?
        .ok_or_else(|| none(&input.user_name))?;
    if let Some(password) = hashed {
        record.password = password;
        record.changed_ms = call.now_ms;
    }
    if let Some(is_required) = input.password_reset_required {
        record.is_reset_required = is_required;
    }
    tx.put(&LOGIN_PROFILES, &place, &record)
        .map_err(error::store)?;
    tx.commit().await.map_err(error::store)?;
    Ok(shape::UpdateLoginProfileOutput {})
}

pub(crate) async fn delete(
    iam: Arc<Iam>,
    call: Call,
    input: shape::DeleteLoginProfileRequest,
) -> Result<shape::DeleteLoginProfileOutput, ServiceError> {
    let name = user_name(&call, input.user_name)?;
    let mut tx = iam.store.begin().await;
    let user: UserRecord = holder::load(&tx, &call.account, &name).await?;
    let place = place(&call.account, &user);
    let found = tx.get(&LOGIN_PROFILES, &place).await;
    found.map_err(error::store)?.ok_or_else(|| none(&name))?;
    tx.delete(&LOGIN_PROFILES, &place);
    tx.commit().await.map_err(error::store)?;
    Ok(shape::DeleteLoginProfileOutput {})
}

/// The caller's own password; the old one counts as an attempt to sign in.
pub(crate) async fn change(
    iam: Arc<Iam>,
    call: Call,
    input: shape::ChangePasswordRequest,
) -> Result<shape::ChangePasswordOutput, ServiceError> {
    let name = user::own_name(&call).ok().flatten();
    let name = name.ok_or_else(|| {
        ServiceError::new(
            "InvalidUserType",
            "Only IAM Users can change their own password.",
        )
    })?;
    let user: UserRecord = iam.read(&call.account, &name).await?;
    let found = iam.login_profile(&call.account, &user).await?;
    let found = found.ok_or_else(|| none(&name))?;
    let gate = Gate {
        user: place(&call.account, &user),
        peer: call.facts.source_ip.map(|ip| ip.to_string()),
    };
    let attempt = iam
        .attempts
        .begin(gate, call.now_ms)
        .ok_or_else(|| ServiceError::new("Throttling", "Rate exceeded").status(400))?;
    let is_right = iam
        .passwords
        .is_right(Some(found.password), input.old_password)
        .await
        .map_err(busy)?;
    if !is_right {
        // UNVERIFIED: AWS's code and text for a wrong old password.
        return Err(error::denied("The old password was incorrect."));
    }
    attempt.succeeded();
    iam.check_password(&call.account, &input.new_password)
        .await?;
    iam.replace_password(&call.account, &user, input.new_password, call.now_ms)
        .await?;
    Ok(shape::ChangePasswordOutput {})
}

/// ChangePassword touches the caller. Where the account's rules let users change their passwords,
/// that is a grant to each; a Deny still counts.
pub(crate) fn touches<'a>(
    iam: &'a Iam,
    call: &'a Call,
) -> BoxFuture<'a, Result<Touches, ServiceError>> {
    Box::pin(async move {
        let Caller::Principal(principal) = &call.caller else {
            return Err(error::denied("Access denied"));
        };
        let arn = principal.arn.as_str();
        let mut touch = Touch::new("iam:ChangePassword", arn, call.account.clone());
        let rules = iam.password_policy(&call.account).await?;
        let is_granted = rules.is_some_and(|rules| rules.users_may_change);
        if is_granted && principal.kind == PrincipalKind::User {
            touch.resource_policy = own_password(arn);
        }
        Ok(touch.into())
    })
}

/// The grant of a password policy that lets users change their passwords.
fn own_password(arn: &str) -> Option<Arc<Document>> {
    let grant = serde_json::json!({ "Statement": {
        "Effect": "Allow", "Principal": { "AWS": arn },
        "Action": "iam:ChangePassword", "Resource": arn,
    }});
    Document::parse(&grant.to_string()).ok().map(Arc::new)
}

impl Iam {
    pub(crate) async fn login_profile(
        &self,
        account: &AccountId,
        user: &UserRecord,
    ) -> Result<Option<LoginProfileRecord>, ServiceError> {
        let found = self.store.get(&LOGIN_PROFILES, &place(account, user)).await;
        found.map_err(error::store)
    }

    /// Sets a password that was checked against the rules.
    pub(crate) async fn replace_password(
        &self,
        account: &AccountId,
        user: &UserRecord,
        password: String,
        now_ms: TimestampMs,
    ) -> Result<(), ServiceError> {
        let password = self
            .passwords
            .hash(password, &*self.ids)
            .await
            .map_err(busy)?;
        let mut tx = self.store.begin().await;
        let place = place(account, user);
        let found = tx.get(&LOGIN_PROFILES, &place).await;
        let mut record = found
            .map_err(error::store)?
            .ok_or_else(|| none(&user.name))?;
        record.password = password;
        record.changed_ms = now_ms;
        record.is_reset_required = false;
        tx.put(&LOGIN_PROFILES, &place, &record)
            .map_err(error::store)?;
        tx.commit().await.map_err(error::store)
    }
}

/// The key of a user's login profile.
pub(crate) fn place(account: &AccountId, user: &UserRecord) -> String {
    format!("{account}/{}", user.id)
}

fn user_name(call: &Call, given: Option<String>) -> Result<String, ServiceError> {
    match given {
        Some(name) => Ok(name),
        // UNVERIFIED: the root user's login profile, which AWS lets its AssumeRoot sessions manage.
        None => user::own_name(call)?.ok_or_else(|| none("root")),
    }
}

fn shown(name: &str, record: &LoginProfileRecord) -> shape::LoginProfile {
    shape::LoginProfile {
        user_name: Some(name.to_owned()),
        create_date: Some(view::date(record.created_ms)),
        password_reset_required: Some(record.is_reset_required),
    }
}

fn none(name: &str) -> ServiceError {
    error::no_entity(format!("Login Profile for User {name} cannot be found."))
}

fn busy(_: password::Busy) -> ServiceError {
    ServiceError::new("Throttling", "Rate exceeded").status(400)
}
