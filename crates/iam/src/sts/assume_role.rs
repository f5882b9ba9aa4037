//! AssumeRole.

use super::request;
use crate::limits::{CHAINED_SESSION_S_MAX, ROLE_SESSION_S};
use crate::record::{RoleRecord, SessionOf};
use crate::{Iam, error, roles::trust};
use api::ServiceError;
use api::sts as shape;
use arn::Arn;
use policy::{PrincipalKind, Session};
use ports::{Call, Caller, Touch, Touches};
use std::collections::BTreeMap;
use std::sync::Arc;
use stdx::BoxFuture;

/// The role, by `sts:AssumeRole` and, where tags or a source identity are passed, by
/// `sts:TagSession` and `sts:SetSourceIdentity`. The trust policy is the role's resource policy; a
/// role that does not exist has none, and is refused in the same words.
pub(crate) fn touches<'a>(
    iam: &'a Iam,
    call: &'a Call,
    input: &'a shape::AssumeRoleRequest,
) -> BoxFuture<'a, Result<Touches, ServiceError>> {
    Box::pin(async move {
        if kind(call) == Some(PrincipalKind::Root) {
            return Err(error::denied("Roles may not be assumed by root accounts."));
        }
        let arn = role_arn(&input.role_arn)?;
        let owner = arn
            .account_id()
            .ok_or_else(|| error::validation(format!("{arn} is invalid")))?;
        let role = iam.role_by_arn(&arn).await?;
        let mut touch = Touch::new("sts:AssumeRole", arn.as_str(), owner);
        touch.resource_policy = role.as_ref().and_then(trust::document);
        add_context(&mut touch, input, role.as_ref());
        let mut all = Vec::new();
        if input.tags.is_some() || input.transitive_tag_keys.is_some() || passes_tags(call) {
            all.push(with_action(&touch, "sts:TagSession"));
        }
        if input.source_identity.is_some() {
            all.push(with_action(&touch, "sts:SetSourceIdentity"));
        }
        all.insert(0, touch);
        Ok(Touches::All(all))
    })
}

fn with_action(touch: &Touch, action: &str) -> Touch {
    Touch {
        action: action.to_owned(),
        ..touch.clone()
    }
}

fn add_context(touch: &mut Touch, input: &shape::AssumeRoleRequest, role: Option<&RoleRecord>) {
    let context = &mut touch.context;
    context
        .set("sts:RoleSessionName", input.role_session_name.as_str())
        .set(
            "sts:DurationSeconds",
            input.duration_seconds.unwrap_or(ROLE_SESSION_S).to_string(),
        );
    if let Some(external_id) = &input.external_id {
        context.set("sts:ExternalId", external_id.as_str());
    }
    if let Some(identity) = &input.source_identity {
        context.set("sts:SourceIdentity", identity.as_str());
    }
    let tags = input.tags.as_deref().unwrap_or_default();
    for tag in tags {
        let key = tag.key.as_deref().unwrap_or_default();
        let value = tag.value.as_deref().unwrap_or_default();
        context.set(&format!("aws:RequestTag/{key}"), value);
    }
    if !tags.is_empty() {
        let keys = tags.iter().filter_map(|tag| tag.key.clone()).collect();
        context.set_many("aws:TagKeys", keys);
    }
    if let Some(keys) = &input.transitive_tag_keys {
        context.set_many("sts:TransitiveTagKeys", keys.clone());
    }
    for (key, value) in role.map(|role| &role.tags).into_iter().flatten() {
        context
            .set(&format!("aws:ResourceTag/{key}"), value.as_str())
            .set(&format!("iam:ResourceTag/{key}"), value.as_str());
    }
}

fn role_arn(text: &str) -> Result<Arn, ServiceError> {
    text.parse::<Arn>()
        .ok()
        .filter(|arn| crate::arns::role(arn).is_some())
        .ok_or_else(|| error::validation(format!("{text} is invalid")))
}

fn kind(call: &Call) -> Option<PrincipalKind> {
    match &call.caller {
        Caller::Principal(principal) => Some(principal.kind),
        Caller::Anonymous | Caller::Service(_) => None,
    }
}

/// The session of a role that assumes the next one.
fn chained(call: &Call) -> Option<&Session> {
    match &call.caller {
        Caller::Principal(principal) if principal.kind == PrincipalKind::AssumedRole => {
            principal.session.as_deref()
        }
        _ => None,
    }
}

/// Whether the caller's session hands tags on.
fn passes_tags(call: &Call) -> bool {
    chained(call).is_some_and(|session| !session.transitive_tag_keys.is_empty())
}

pub(crate) async fn assume(
    iam: Arc<Iam>,
    call: Call,
    input: shape::AssumeRoleRequest,
) -> Result<shape::AssumeRoleResponse, ServiceError> {
    request::no_mfa(input.serial_number.as_ref(), input.token_code.as_ref())?;
    request::no_minimum_size(input.minimum_session_token_size)?;
    if input
        .provided_contexts
        .is_some_and(|given| !given.is_empty())
    {
        return Err(error::validation(
            "ProvidedContexts is not supported by this implementation",
        ));
    }
    let arn = role_arn(&input.role_arn)?;
    let role = iam.role_by_arn(&arn).await?;
    // It was there when the call was authorized.
    let role = role.ok_or_else(|| error::denied("Access denied"))?;
    let duration_s = duration(&call, &role, input.duration_seconds)?;
    let role_call = Call {
        account: role.account.parse().map_err(|_| ServiceError::internal())?,
        ..call.clone()
    };
    let passed = request::passed(&iam, &role_call, input.policy, input.policy_arns).await?;
    let (tags, transitive) = session_tags(&call, input.tags, input.transitive_tag_keys)?;
    let source_identity = source_identity(&call, input.source_identity)?;
    let who = SessionOf::Role {
        name: role.name.clone(),
        id: role.id.clone(),
        session: input.role_session_name,
    };
    let mut session = request::session(&iam, &role_call, who, duration_s);
    session.policy = passed.policy;
    session.policy_arns = passed.policy_arns;
    session.tags = tags;
    session.transitive_tag_keys = transitive;
    session.source_identity = source_identity.clone();
    let (made, credentials) = request::seal(&iam, session).await?;
    Ok(shape::AssumeRoleResponse {
        credentials: Some(credentials),
        assumed_role_user: Some(shape::AssumedRoleUser {
            assumed_role_id: Some(made.principal.user_id.clone()),
            arn: Some(made.principal.arn.to_string()),
        }),
        packed_policy_size: passed.packed_size,
        source_identity,
        ..shape::AssumeRoleResponse::default()
    })
}

fn duration(call: &Call, role: &RoleRecord, asked: Option<i32>) -> Result<i32, ServiceError> {
    let duration_s = asked.unwrap_or(ROLE_SESSION_S);
    if chained(call).is_some() && duration_s > CHAINED_SESSION_S_MAX {
        return Err(error::validation(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by \
             role chaining.",
        ));
    }
    if duration_s > role.max_session_s {
        return Err(error::validation(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        ));
    }
    Ok(duration_s)
}

/// The session's tags and those of them that are handed on, with what a chain inherits.
fn session_tags(
    call: &Call,
    tags: Option<Vec<shape::Tag>>,
    transitive: Option<Vec<String>>,
) -> Result<(BTreeMap<String, String>, Vec<String>), ServiceError> {
    let mut tags = request::tags(tags)?;
    let mut keys = transitive.unwrap_or_default();
    for key in &keys {
        if !tags.keys().any(|tag| tag.eq_ignore_ascii_case(key)) {
            return Err(ServiceError::new(
                "InvalidParameterValue",
                "The specified transitive tag key must be included in the requested tags.",
            )
            .status(400));
        }
    }
    let Some(from) = chained(call) else {
        return Ok((tags, keys));
    };
    for inherited in &from.transitive_tag_keys {
        let is_again = |key: &String| key.eq_ignore_ascii_case(inherited);
        if tags.keys().any(is_again) || keys.iter().any(is_again) {
            return Err(ServiceError::new(
                "InvalidParameterValue",
                "One of the specified transitive tag keys can't be set because it conflicts with \
                 a transitive tag key from the calling session.",
            )
            .status(400));
        }
    }
    for inherited in &from.transitive_tag_keys {
        if let Some(value) = from.tags.get(inherited) {
            tags.insert(inherited.clone(), value.clone());
            keys.push(inherited.clone());
        }
    }
    Ok((tags, keys))
}

/// A source identity stays for the whole chain ("Monitor and control actions taken with assumed
/// roles").
fn source_identity(call: &Call, asked: Option<String>) -> Result<Option<String>, ServiceError> {
    let inherited = chained(call).and_then(|session| session.source_identity.clone());
    match (inherited, asked) {
        // UNVERIFIED: AWS's words for another identity than the chain's.
        (Some(old), Some(new)) if old != new => Err(error::denied(
            "The source identity cannot be changed during role chaining.",
        )),
        (Some(old), _) => Ok(Some(old)),
        (None, asked) => Ok(asked),
    }
}
