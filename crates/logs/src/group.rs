//! Log groups.

use crate::error::{self, exists, invalid, no_group, not_implemented};
use crate::limits::{PAGE_DESCRIPTIONS_MAX, RETENTION_DAYS, SCAN_PAGE, TAGS_MAX};
use crate::name::GroupName;
use crate::record::{DELETED_GROUPS, DeletedGroupRecord, GROUPS, GroupRecord};
use crate::{Logs, Room, key};
use api::ServiceError;
use api::logs::{
    CreateLogGroupOutput, CreateLogGroupRequest, DeleteLogGroupOutput, DeleteLogGroupRequest,
    DeleteRetentionPolicyOutput, DeleteRetentionPolicyRequest, DescribeLogGroupsRequest,
    DescribeLogGroupsResponse, LogGroup, PutLogGroupDeletionProtectionOutput,
    PutLogGroupDeletionProtectionRequest, PutRetentionPolicyOutput, PutRetentionPolicyRequest,
};
use ports::Call;
use std::sync::Arc;

pub(crate) async fn create(
    logs: Arc<Logs>,
    call: Call,
    input: CreateLogGroupRequest,
) -> Result<CreateLogGroupOutput, ServiceError> {
    if input.kms_key_id.is_some() {
        return Err(not_implemented("Encryption of log groups with KMS keys"));
    }
    let class = input
        .log_group_class
        .unwrap_or_else(|| "STANDARD".to_owned());
    if !matches!(class.as_str(), "STANDARD" | "INFREQUENT_ACCESS") {
        return Err(not_implemented(&format!("The log group class {class}")));
    }
    if input.log_group_name.starts_with("aws/") {
        return Err(invalid(
            "Log groups starting with AWS/ are reserved for AWS.",
        ));
    }
    let tags = input.tags.unwrap_or_default();
    if tags.len() > TAGS_MAX {
        return Err(crate::tag::too_many());
    }
    let name = GroupName::own(&call, &input.log_group_name);
    let mut tx = logs.room.store.begin().await;
    if tx
        .get(&GROUPS, &name.key())
        .await
        .map_err(error::store)?
        .is_some()
    {
        return Err(exists("log group"));
    }
    let record = GroupRecord {
        tags,
        class,
        is_protected: input.deletion_protection_enabled.unwrap_or(false),
        ..fresh(&logs.room, &name.name, call.now_ms)
    };
    tx.put(&GROUPS, &name.key(), &record)
        .map_err(error::store)?;
    tx.commit().await.map_err(error::store)?;
    Ok(CreateLogGroupOutput::default())
}

/// A new group's record.
pub(crate) fn fresh(room: &Room, name: &str, now_ms: i64) -> GroupRecord {
    GroupRecord {
        id: room.ids.text(b"abcdefghijklmnopqrstuvwxyz0123456789", 16),
        name: name.to_owned(),
        created_ms: now_ms,
        retention_days: None,
        tags: std::collections::BTreeMap::new(),
        class: "STANDARD".to_owned(),
        is_protected: false,
        stored_bytes: 0,
    }
}

/// The group's record.
pub(crate) async fn find(room: &Room, name: &GroupName) -> Result<GroupRecord, ServiceError> {
    let found = room.store.get(&GROUPS, &name.key()).await;
    found.map_err(error::store)?.ok_or_else(no_group)
}

/// Changes the group's record.
pub(crate) async fn change(
    room: &Room,
    name: &GroupName,
    change: impl FnOnce(&mut GroupRecord) -> Result<(), ServiceError>,
) -> Result<(), ServiceError> {
    let mut tx = room.store.begin().await;
    let found = tx.get(&GROUPS, &name.key()).await.map_err(error::store)?;
    let mut record = found.ok_or_else(no_group)?;
    change(&mut record)?;
    tx.put(&GROUPS, &name.key(), &record)
        .map_err(error::store)?;
    tx.commit().await.map_err(error::store)
}

/// The group is gone at once; its events are deleted behind the scenes.
pub(crate) async fn delete(
    logs: Arc<Logs>,
    call: Call,
    input: DeleteLogGroupRequest,
) -> Result<DeleteLogGroupOutput, ServiceError> {
    let name = GroupName::own(&call, &input.log_group_name);
    let mut tx = logs.room.store.begin().await;
    let found = tx.get(&GROUPS, &name.key()).await.map_err(error::store)?;
    let record = found.ok_or_else(no_group)?;
    if record.is_protected {
        // UNVERIFIED: AWS's wording; the model lists ValidationException for this operation.
        return Err(ServiceError::new(
            "ValidationException",
            "The log group has deletion protection enabled and cannot be deleted.",
        ));
    }
    tx.delete(&GROUPS, &name.key());
    tx.put(&DELETED_GROUPS, &record.id, &DeletedGroupRecord {})
        .map_err(error::store)?;
    tx.commit().await.map_err(error::store)?;
    logs.sink.wake_sweeper();
    Ok(DeleteLogGroupOutput::default())
}

pub(crate) async fn describe(
    logs: Arc<Logs>,
    call: Call,
    input: DescribeLogGroupsRequest,
) -> Result<DescribeLogGroupsResponse, ServiceError> {
    if input.log_group_name_prefix.is_some() && input.log_group_name_pattern.is_some() {
        return Err(invalid(
            "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.",
        ));
    }
    let is_own = |account: &String| account == call.account.as_str();
    if !input.account_identifiers.iter().flatten().all(is_own) {
        return Err(not_implemented(
            "Describing the log groups of linked accounts",
        ));
    }
    let wanted = Wanted::new(&call, &input)?;
    let limit = input.limit.and_then(|limit| usize::try_from(limit).ok());
    let limit = limit.unwrap_or(PAGE_DESCRIPTIONS_MAX);
    let prefix = input.log_group_name_prefix.unwrap_or_default();
    let prefix = key::group(&call.account, &call.region, &prefix);
    let mut after = input
        .next_token
        .map(|name| key::group(&call.account, &call.region, &name));
    let mut found: Vec<GroupRecord> = Vec::new();
    let has_more = loop {
        let page = logs
            .room
            .store
            .scan(&GROUPS, &prefix, after.as_deref(), SCAN_PAGE)
            .await
            .map_err(error::store)?;
        after = page.last().map(|(key, _)| key.clone());
        let is_last = page.len() < SCAN_PAGE;
        found.extend(
            page.into_iter()
                .map(|(_, group)| group)
                .filter(|group| wanted.takes(group)),
        );
        if found.len() > limit {
            break true;
        }
        if is_last {
            break false;
        }
    };
    found.truncate(limit);
    let next_token = found
        .last()
        .map(|last| last.name.clone())
        .filter(|_| has_more);
    let log_groups = found.into_iter().map(|group| view(&call, group)).collect();
    Ok(DescribeLogGroupsResponse {
        log_groups: Some(log_groups),
        next_token,
    })
}

/// Which groups DescribeLogGroups shows, beside those of a prefix.
struct Wanted {
    pattern: Option<String>,
    class: Option<String>,
    names: Option<Vec<String>>,
}

impl Wanted {
    fn new(call: &Call, input: &DescribeLogGroupsRequest) -> Result<Self, ServiceError> {
        let identifiers = input.log_group_identifiers.as_ref();
        let names = identifiers.map(|identifiers| {
            let names = identifiers.iter();
            names
                .map(|text| GroupName::either(call, None, Some(text)).map(|group| group.name))
                .collect::<Result<_, _>>()
        });
        Ok(Self {
            // The API reference: the pattern is found anywhere in the name, case counts not.
            pattern: input
                .log_group_name_pattern
                .as_deref()
                .map(str::to_lowercase),
            class: input.log_group_class.clone(),
            names: names.transpose()?,
        })
    }

    fn takes(&self, group: &GroupRecord) -> bool {
        let name = group.name.to_lowercase();
        self.pattern
            .as_ref()
            .is_none_or(|pattern| name.contains(pattern))
            && self
                .class
                .as_ref()
                .is_none_or(|class| *class == group.class)
            && self
                .names
                .as_ref()
                .is_none_or(|names| names.contains(&group.name))
    }
}

fn view(call: &Call, group: GroupRecord) -> LogGroup {
    let arn = GroupName::own(call, &group.name).arn();
    LogGroup {
        log_group_name: Some(group.name),
        creation_time: Some(group.created_ms),
        retention_in_days: group.retention_days,
        metric_filter_count: Some(0),
        arn: Some(format!("{arn}:*")),
        stored_bytes: Some(group.stored_bytes),
        log_group_class: Some(group.class),
        log_group_arn: Some(arn),
        deletion_protection_enabled: Some(group.is_protected),
        ..LogGroup::default()
    }
}

pub(crate) async fn put_retention(
    logs: Arc<Logs>,
    call: Call,
    input: PutRetentionPolicyRequest,
) -> Result<PutRetentionPolicyOutput, ServiceError> {
    let days = input.retention_in_days;
    if !RETENTION_DAYS.contains(&days) {
        let values = RETENTION_DAYS.map(|days| days.to_string()).join(", ");
        return Err(invalid(format!(
            "1 validation error detected: Value '{days}' at 'retentionInDays' failed to satisfy \
             constraint: Member must satisfy enum value set: [{values}]"
        )));
    }
    let name = GroupName::own(&call, &input.log_group_name);
    let set = |group: &mut GroupRecord| {
        group.retention_days = Some(days);
        Ok(())
    };
    change(&logs.room, &name, set).await?;
    logs.sink.wake_sweeper();
    Ok(PutRetentionPolicyOutput::default())
}

pub(crate) async fn delete_retention(
    logs: Arc<Logs>,
    call: Call,
    input: DeleteRetentionPolicyRequest,
) -> Result<DeleteRetentionPolicyOutput, ServiceError> {
    let name = GroupName::own(&call, &input.log_group_name);
    let unset = |group: &mut GroupRecord| {
        group.retention_days = None;
        Ok(())
    };
    change(&logs.room, &name, unset).await?;
    Ok(DeleteRetentionPolicyOutput::default())
}

pub(crate) async fn put_protection(
    logs: Arc<Logs>,
    call: Call,
    input: PutLogGroupDeletionProtectionRequest,
) -> Result<PutLogGroupDeletionProtectionOutput, ServiceError> {
    let name = GroupName::either(&call, None, Some(&input.log_group_identifier))?;
    let set = |group: &mut GroupRecord| {
        group.is_protected = input.deletion_protection_enabled;
        Ok(())
    };
    change(&logs.room, &name, set).await?;
    Ok(PutLogGroupDeletionProtectionOutput::default())
}
