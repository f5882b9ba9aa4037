//! What each operation touches.
//!
//! AWS asks for `arn:aws:logs:R:A:log-group:NAME:log-stream:STREAM`, with nothing behind the last
//! colon where an operation is about the group, so that policies for `…:log-group:NAME:*` match
//! both. Tags are asked for by the group's bare ARN ("Actions, resources, and condition keys for
//! Amazon CloudWatch Logs", service authorization reference).

use crate::name::GroupName;
use crate::record::GROUPS;
use crate::{Logs, error};
use api::ServiceError;
use policy::Context;
use ports::{Call, Touch, Touches};
use std::collections::BTreeMap;
use stdx::BoxFuture;

pub(crate) type Touched<'a> = BoxFuture<'a, Result<Touches, ServiceError>>;

/// Tags in a request: added with values, or removed by key.
#[derive(Clone, Copy)]
pub(crate) enum RequestTags<'a> {
    None,
    Added(&'a BTreeMap<String, String>),
    Removed(&'a [String]),
}

/// A group of the caller's own account.
pub(crate) fn group<'a>(
    logs: &'a Logs,
    call: &'a Call,
    action: &'a str,
    name: &'a str,
) -> Touched<'a> {
    either(logs, call, action, (Some(name), None), "")
}

/// A stream of the caller's own account.
pub(crate) fn stream<'a>(
    logs: &'a Logs,
    call: &'a Call,
    action: &'a str,
    group: &'a str,
    stream: &'a str,
) -> Touched<'a> {
    either(logs, call, action, (Some(group), None), stream)
}

/// A group, or one stream of it, named by `logGroupName` or `logGroupIdentifier`.
pub(crate) fn either<'a>(
    logs: &'a Logs,
    call: &'a Call,
    action: &'a str,
    group: (Option<&'a str>, Option<&'a str>),
    stream: &'a str,
) -> Touched<'a> {
    Box::pin(async move {
        let group = GroupName::either(call, group.0, group.1)?;
        let resource = format!("{}:log-stream:{stream}", group.arn());
        touch(logs, action, resource, &group, RequestTags::None).await
    })
}

/// A group, by name, and tags.
pub(crate) fn group_with_tags<'a>(
    logs: &'a Logs,
    call: &'a Call,
    action: &'a str,
    name: &'a str,
    tags: RequestTags<'a>,
) -> Touched<'a> {
    Box::pin(async move {
        let group = GroupName::own(call, name);
        let resource = format!("{}:log-stream:", group.arn());
        touch(logs, action, resource, &group, tags).await
    })
}

/// A group's bare ARN, and tags.
pub(crate) fn tagged<'a>(
    logs: &'a Logs,
    call: &'a Call,
    action: &'a str,
    arn: &'a str,
    tags: RequestTags<'a>,
) -> Touched<'a> {
    Box::pin(async move {
        let group = GroupName::of_arn(call, arn)?;
        touch(logs, action, group.arn(), &group, tags).await
    })
}

/// No group in particular.
pub(crate) fn any_group<'a>(call: &'a Call, action: &'a str) -> Touched<'a> {
    Box::pin(async move {
        let resource = format!("{}:log-stream:", GroupName::own(call, "").arn());
        let action = format!("logs:{action}");
        Ok(Touch::new(action, resource, call.account.clone()).into())
    })
}

async fn touch(
    logs: &Logs,
    action: &str,
    resource: String,
    group: &GroupName,
    tags: RequestTags<'_>,
) -> Result<Touches, ServiceError> {
    let mut context = Context::new();
    let found = logs.room.store.get(&GROUPS, &group.key()).await;
    if let Some(found) = found.map_err(error::store)? {
        for (key, value) in found.tags {
            context.set(&format!("aws:ResourceTag/{key}"), value);
        }
    }
    match tags {
        RequestTags::None => {}
        RequestTags::Added(tags) => {
            for (key, value) in tags {
                context.set(&format!("aws:RequestTag/{key}"), value.clone());
            }
            context.set_many("aws:TagKeys", tags.keys().cloned().collect());
        }
        RequestTags::Removed(keys) => {
            context.set_many("aws:TagKeys", keys.to_vec());
        }
    }
    let action = format!("logs:{action}");
    Ok(Touches::All(vec![Touch {
        context,
        ..Touch::new(action, resource, group.account.clone())
    }]))
}
