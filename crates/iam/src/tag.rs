//! Tags on users, roles, policies and instance profiles.

use crate::limits::TAGS_MAX;
use crate::record::{
    InstanceProfileRecord, OIDC_PROVIDERS, OidcProviderRecord, POLICIES, PROFILES, PolicyRecord,
    ROLES, RoleRecord, USERS, UserRecord, key,
};
use crate::{Iam, arns, error, page, view};
use api::ServiceError;
use api::iam as shape;
use ports::Call;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Record, Table};

type Tags = BTreeMap<String, String>;

/// Tags of a request, each key once.
///
/// # Errors
/// InvalidInput for a key that comes twice (case aside) or is AWS's own, LimitExceeded for too many.
pub(crate) fn checked(tags: Vec<shape::Tag>) -> Result<Tags, ServiceError> {
    let mut all = Tags::new();
    let mut seen = std::collections::HashSet::new();
    for tag in tags {
        let key = tag.key.unwrap_or_default();
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(error::invalid_input(
                "Tag keys starting with 'aws:' are reserved for internal use.",
            ));
        }
        if !seen.insert(key.to_lowercase()) {
            return Err(error::invalid_input(
                "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
            ));
        }
        all.insert(key, tag.value.unwrap_or_default());
    }
    check_count(&all)?;
    Ok(all)
}

fn check_count(tags: &Tags) -> Result<(), ServiceError> {
    match tags.len() > TAGS_MAX {
        true => Err(ServiceError::new(
            "LimitExceeded",
            "The number of tags has reached the maximum limit.",
        )),
        false => Ok(()),
    }
}

/// Something with tags.
pub(crate) trait Tagged: Record {
    const TABLE: &'static Table<Self>;
    fn name(&self) -> &str;
    fn tags(&self) -> &Tags;
    fn tags_mut(&mut self) -> &mut Tags;
    fn missing(name: &str) -> ServiceError;
}

macro_rules! tagged {
    ($record:ident, $table:ident, $missing:expr) => {
        impl Tagged for $record {
            const TABLE: &'static Table<Self> = &$table;
            fn name(&self) -> &str {
                &self.name
            }
            fn tags(&self) -> &Tags {
                &self.tags
            }
            fn tags_mut(&mut self) -> &mut Tags {
                &mut self.tags
            }
            fn missing(name: &str) -> ServiceError {
                $missing(name)
            }
        }
    };
}

tagged!(UserRecord, USERS, |name| error::no_such("user", name));
tagged!(RoleRecord, ROLES, |name| error::no_such("role", name));
tagged!(PolicyRecord, POLICIES, |name| error::no_entity(format!(
    "Policy {name} was not found."
)));
tagged!(InstanceProfileRecord, PROFILES, |name| error::no_entity(
    format!("Instance Profile {name} cannot be found.")
));

tagged!(OidcProviderRecord, OIDC_PROVIDERS, |name| error::no_entity(
    format!("OpenIDConnect Provider not found for arn {name}")
));

/// Changes the tags of a thing.
pub(crate) async fn change<T: Tagged>(
    iam: &Iam,
    call: &Call,
    name: &str,
    change: impl FnOnce(&mut Tags) + Send,
) -> Result<(), ServiceError> {
    let mut tx = iam.store.begin().await;
    let place = key(call.account.as_str(), name);
    let found = tx.get(T::TABLE, &place).await.map_err(error::store)?;
    let mut record = found
        .filter(|found| found.name() == name)
        .ok_or_else(|| T::missing(name))?;
    change(record.tags_mut());
    check_count(record.tags())?;
    tx.put(T::TABLE, &place, &record).map_err(error::store)?;
    tx.commit().await.map_err(error::store)
}

/// New values win; a key in another case is the same key.
pub(crate) fn add(tags: Tags) -> impl FnOnce(&mut Tags) + Send {
    move |all| {
        all.retain(|key, _| {
            !tags
                .keys()
                .any(|new| new.to_lowercase() == key.to_lowercase())
        });
        all.extend(tags);
    }
}

/// Leaves those keys out.
pub(crate) fn remove(keys: Vec<String>) -> impl FnOnce(&mut Tags) + Send {
    move |all| all.retain(|key, _| !keys.contains(key))
}

/// The tags of a thing, in pages.
pub(crate) async fn read<T: Tagged>(
    iam: &Iam,
    call: &Call,
    name: &str,
    marker: Option<String>,
    max_items: Option<i32>,
) -> Result<page::Page<shape::Tag>, ServiceError> {
    let found = iam
        .store
        .get(T::TABLE, &key(call.account.as_str(), name))
        .await;
    let record = found
        .map_err(error::store)?
        .filter(|found| found.name() == name)
        .ok_or_else(|| T::missing(name))?;
    let keyed = view::tags(record.tags())
        .into_iter()
        .map(|tag| (tag.key.clone().unwrap_or_default(), tag));
    page::cut(keyed.collect(), marker.as_deref(), max_items)
}

macro_rules! tags_by_name {
    ($record:ident, $name:ident, $tag:ident $tag_in:ident $tag_out:ident,
     $untag:ident $untag_in:ident $untag_out:ident, $list:ident $list_in:ident $list_out:ident) => {
        pub(crate) async fn $tag(
            iam: Arc<Iam>,
            call: Call,
            input: shape::$tag_in,
        ) -> Result<shape::$tag_out, ServiceError> {
            let tags = checked(input.tags)?;
            change::<$record>(&iam, &call, &input.$name, add(tags)).await?;
            Ok(shape::$tag_out {})
        }

        pub(crate) async fn $untag(
            iam: Arc<Iam>,
            call: Call,
            input: shape::$untag_in,
        ) -> Result<shape::$untag_out, ServiceError> {
            change::<$record>(&iam, &call, &input.$name, remove(input.tag_keys)).await?;
            Ok(shape::$untag_out {})
        }

        pub(crate) async fn $list(
            iam: Arc<Iam>,
            call: Call,
            input: shape::$list_in,
        ) -> Result<shape::$list_out, ServiceError> {
            let (marker, max) = (input.marker, input.max_items);
            let page = read::<$record>(&iam, &call, &input.$name, marker, max).await?;
            Ok(shape::$list_out {
                tags: Some(page.items),
                is_truncated: Some(page.is_truncated),
                marker: page.marker,
            })
        }
    };
}

tags_by_name!(
    UserRecord, user_name,
    tag_user TagUserRequest TagUserOutput,
    untag_user UntagUserRequest UntagUserOutput,
    user_tags ListUserTagsRequest ListUserTagsResponse
);
tags_by_name!(
    RoleRecord, role_name,
    tag_role TagRoleRequest TagRoleOutput,
    untag_role UntagRoleRequest UntagRoleOutput,
    role_tags ListRoleTagsRequest ListRoleTagsResponse
);
tags_by_name!(
    InstanceProfileRecord, instance_profile_name,
    tag_profile TagInstanceProfileRequest TagInstanceProfileOutput,
    untag_profile UntagInstanceProfileRequest UntagInstanceProfileOutput,
    profile_tags ListInstanceProfileTagsRequest ListInstanceProfileTagsResponse
);

/// The name in a policy's ARN, when the policy is the caller's.
fn own_policy(call: &Call, arn: &str) -> Result<String, ServiceError> {
    let parsed = arns::PolicyArn::parse(arn)
        .ok_or_else(|| error::validation("Invalid ARN:  Could not be parsed!"))?;
    match parsed.account == call.account.as_str() {
        true => Ok(parsed.name),
        false => Err(error::no_entity(format!("Policy {arn} was not found."))),
    }
}

pub(crate) async fn tag_policy(
    iam: Arc<Iam>,
    call: Call,
    input: shape::TagPolicyRequest,
) -> Result<shape::TagPolicyOutput, ServiceError> {
    let tags = checked(input.tags)?;
    let name = own_policy(&call, &input.policy_arn)?;
    change::<PolicyRecord>(&iam, &call, &name, add(tags)).await?;
    Ok(shape::TagPolicyOutput {})
}

pub(crate) async fn untag_policy(
    iam: Arc<Iam>,
    call: Call,
    input: shape::UntagPolicyRequest,
) -> Result<shape::UntagPolicyOutput, ServiceError> {
    let name = own_policy(&call, &input.policy_arn)?;
    change::<PolicyRecord>(&iam, &call, &name, remove(input.tag_keys)).await?;
    Ok(shape::UntagPolicyOutput {})
}

pub(crate) async fn policy_tags(
    iam: Arc<Iam>,
    call: Call,
    input: shape::ListPolicyTagsRequest,
) -> Result<shape::ListPolicyTagsResponse, ServiceError> {
    let parsed = arns::PolicyArn::parse(&input.policy_arn);
    if parsed.is_some_and(|parsed| parsed.account == "aws") {
        return Ok(shape::ListPolicyTagsResponse {
            tags: Some(Vec::new()),
            is_truncated: Some(false),
            marker: None,
        });
    }
    let name = own_policy(&call, &input.policy_arn)?;
    let page = read::<PolicyRecord>(&iam, &call, &name, input.marker, input.max_items).await?;
    Ok(shape::ListPolicyTagsResponse {
        tags: Some(page.items),
        is_truncated: Some(page.is_truncated),
        marker: page.marker,
    })
}
