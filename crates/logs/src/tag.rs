//! Tags of log groups, by ARN and by the older operations by name.

use crate::Logs;
use crate::group;
use crate::limits::TAGS_MAX;
use crate::name::GroupName;
use crate::record::GroupRecord;
use api::ServiceError;
use api::logs::{
    ListTagsForResourceRequest, ListTagsForResourceResponse, ListTagsLogGroupRequest,
    ListTagsLogGroupResponse, TagLogGroupOutput, TagLogGroupRequest, TagResourceOutput,
    TagResourceRequest, UntagLogGroupOutput, UntagLogGroupRequest, UntagResourceOutput,
    UntagResourceRequest,
};
use ports::Call;
use std::collections::BTreeMap;
use std::sync::Arc;

/// `TooManyTagsException`.
pub(crate) fn too_many() -> ServiceError {
    ServiceError::new(
        "TooManyTagsException",
        format!("A log group can have at most {TAGS_MAX} tags."),
    )
}

async fn add(
    logs: &Logs,
    name: &GroupName,
    tags: BTreeMap<String, String>,
) -> Result<(), ServiceError> {
    let add = |group: &mut GroupRecord| {
        group.tags.extend(tags);
        if group.tags.len() > TAGS_MAX {
            return Err(too_many());
        }
        Ok(())
    };
    group::change(&logs.room, name, add).await
}

async fn remove(logs: &Logs, name: &GroupName, keys: Vec<String>) -> Result<(), ServiceError> {
    let remove = |group: &mut GroupRecord| {
        group.tags.retain(|key, _| !keys.contains(key));
        Ok(())
    };
    group::change(&logs.room, name, remove).await
}

pub(crate) async fn tag(
    logs: Arc<Logs>,
    call: Call,
    input: TagResourceRequest,
) -> Result<TagResourceOutput, ServiceError> {
    let name = GroupName::of_arn(&call, &input.resource_arn)?;
    add(&logs, &name, input.tags).await?;
    Ok(TagResourceOutput::default())
}

pub(crate) async fn untag(
    logs: Arc<Logs>,
    call: Call,
    input: UntagResourceRequest,
) -> Result<UntagResourceOutput, ServiceError> {
    let name = GroupName::of_arn(&call, &input.resource_arn)?;
    remove(&logs, &name, input.tag_keys).await?;
    Ok(UntagResourceOutput::default())
}

pub(crate) async fn list(
    logs: Arc<Logs>,
    call: Call,
    input: ListTagsForResourceRequest,
) -> Result<ListTagsForResourceResponse, ServiceError> {
    let name = GroupName::of_arn(&call, &input.resource_arn)?;
    let tags = Some(group::find(&logs.room, &name).await?.tags);
    Ok(ListTagsForResourceResponse { tags })
}

pub(crate) async fn tag_group(
    logs: Arc<Logs>,
    call: Call,
    input: TagLogGroupRequest,
) -> Result<TagLogGroupOutput, ServiceError> {
    let name = GroupName::own(&call, &input.log_group_name);
    add(&logs, &name, input.tags).await?;
    Ok(TagLogGroupOutput::default())
}

pub(crate) async fn untag_group(
    logs: Arc<Logs>,
    call: Call,
    input: UntagLogGroupRequest,
) -> Result<UntagLogGroupOutput, ServiceError> {
    let name = GroupName::own(&call, &input.log_group_name);
    remove(&logs, &name, input.tags).await?;
    Ok(UntagLogGroupOutput::default())
}

pub(crate) async fn list_of_group(
    logs: Arc<Logs>,
    call: Call,
    input: ListTagsLogGroupRequest,
) -> Result<ListTagsLogGroupResponse, ServiceError> {
    let name = GroupName::own(&call, &input.log_group_name);
    let tags = Some(group::find(&logs.room, &name).await?.tags);
    Ok(ListTagsLogGroupResponse { tags })
}
