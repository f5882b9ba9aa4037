//! GetSessionToken and GetFederationToken.

use super::request;
use crate::limits::{ROOT_SESSION_S_MAX, USER_SESSION_S};
use crate::record::SessionOf;
use crate::{Iam, error};
use api::ServiceError;
use api::sts as shape;
use arn::Arn;
use policy::{Principal, PrincipalKind};
use ports::{Call, Caller, Touch, Touches};
use std::sync::Arc;
use stdx::BoxFuture;

pub(crate) async fn session_token(
    iam: Arc<Iam>,
    call: Call,
    input: shape::GetSessionTokenRequest,
) -> Result<shape::GetSessionTokenResponse, ServiceError> {
    request::no_mfa(input.serial_number.as_ref(), input.token_code.as_ref())?;
    request::no_minimum_size(input.minimum_session_token_size)?;
    let principal = long_term(&call, "GetSessionToken")?;
    let duration_s = duration(principal, input.duration_seconds);
    let who = match user(principal) {
        Some((name, id)) => SessionOf::User { name, id },
        None => SessionOf::Root,
    };
    let session = request::session(&iam, &call, who, duration_s);
    let (_, credentials) = request::seal(&iam, session).await?;
    Ok(shape::GetSessionTokenResponse {
        credentials: Some(credentials),
        ..shape::GetSessionTokenResponse::default()
    })
}

/// `arn:aws:sts::A:federated-user/name`.
pub(crate) fn federation_touches<'a>(
    call: &'a Call,
    input: &'a shape::GetFederationTokenRequest,
) -> BoxFuture<'a, Result<Touches, ServiceError>> {
    let resource = format!("federated-user/{}", input.name);
    let arn = Arn::new("sts", "", call.account.as_str(), &resource);
    let mut touch = Touch::new("sts:GetFederationToken", arn.as_str(), call.account.clone());
    let mut tagging = None;
    if let Some(tags) = &input.tags {
        let mut keys = Vec::new();
        for tag in tags {
            let key = tag.key.clone().unwrap_or_default();
            let value = tag.value.clone().unwrap_or_default();
            touch.context.set(&format!("aws:RequestTag/{key}"), value);
            keys.push(key);
        }
        touch.context.set_many("aws:TagKeys", keys);
        tagging = Some(Touch {
            action: "sts:TagGetFederationToken".to_owned(),
            ..touch.clone()
        });
    }
    let all = std::iter::once(touch).chain(tagging).collect();
    Box::pin(std::future::ready(Ok(Touches::All(all))))
}

pub(crate) async fn federation_token(
    iam: Arc<Iam>,
    call: Call,
    input: shape::GetFederationTokenRequest,
) -> Result<shape::GetFederationTokenResponse, ServiceError> {
    request::no_minimum_size(input.minimum_session_token_size)?;
    let principal = long_term(&call, "GetFederationToken")?;
    let duration_s = duration(principal, input.duration_seconds);
    let passed = request::passed(&iam, &call, input.policy, input.policy_arns).await?;
    let who = SessionOf::Federated {
        name: input.name,
        user: user(principal),
    };
    let mut session = request::session(&iam, &call, who, duration_s);
    session.policy = passed.policy;
    session.policy_arns = passed.policy_arns;
    session.tags = request::tags(input.tags)?;
    let (made, credentials) = request::seal(&iam, session).await?;
    Ok(shape::GetFederationTokenResponse {
        credentials: Some(credentials),
        federated_user: Some(shape::FederatedUser {
            federated_user_id: Some(made.principal.user_id.clone()),
            arn: Some(made.principal.arn.to_string()),
        }),
        packed_policy_size: Some(passed.packed_size.unwrap_or(0)),
        ..shape::GetFederationTokenResponse::default()
    })
}

/// Both are for long-term keys only.
fn long_term<'a>(call: &'a Call, operation: &str) -> Result<&'a Principal, ServiceError> {
    match &call.caller {
        Caller::Principal(principal) if principal.session.is_none() => Ok(principal),
        _ => Err(error::denied(format!(
            "Cannot call {operation} with session credentials"
        ))),
    }
}

/// The root user's sessions are cut to an hour rather than refused ("GetSessionToken").
fn duration(principal: &Principal, asked: Option<i32>) -> i32 {
    let asked = asked.unwrap_or(USER_SESSION_S);
    match principal.kind {
        PrincipalKind::Root => asked.min(ROOT_SESSION_S_MAX),
        _ => asked,
    }
}

/// Name and unique id of the user who calls; none for the root user.
fn user(principal: &Principal) -> Option<(String, String)> {
    if principal.kind == PrincipalKind::Root {
        return None;
    }
    let resource = principal.arn.resource();
    let name = resource.rsplit_once('/').map_or(resource, |(_, name)| name);
    Some((name.to_owned(), principal.user_id.clone()))
}
