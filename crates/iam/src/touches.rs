//! What IAM's operations touch.
//!
//! ARNs are written with the stored path and the stored name's case, so that a policy about
//! `user/team/alice` cannot be passed by asking for `Alice`. Actions and keys: "Actions, resources,
//! and condition keys for AWS Identity and Access Management", service authorization reference.

use crate::error;
use crate::record::{
    GROUPS, GroupRecord, InstanceProfileRecord, KEYS, POLICIES, PROFILES, ROLES, RoleRecord, USERS,
    UserRecord, key,
};
use crate::{Iam, arns};
use api::ServiceError;
use api::iam::{
    AddRoleToInstanceProfileRequest, CreateRoleRequest, CreateUserRequest, Tag, UpdateGroupRequest,
    UpdateUserRequest,
};
use arn::AccountId;
use policy::PrincipalKind;
use ports::{Call, Caller, Touch, Touches};
use std::collections::BTreeMap;
use stdx::BoxFuture;

type Answer<'a> = BoxFuture<'a, Result<Touches, ServiceError>>;

/// Condition keys that a request brings.
#[derive(Default, Clone, Copy)]
pub(crate) struct Keys<'a> {
    policy_arn: Option<&'a str>,
    boundary: Option<&'a str>,
    tags: &'a [Tag],
    tag_keys: &'a [String],
}

impl<'a> Keys<'a> {
    pub(crate) fn none() -> Self {
        Self::default()
    }

    /// `iam:PolicyARN`.
    pub(crate) fn policy(arn: &'a str) -> Self {
        Self {
            policy_arn: Some(arn),
            ..Self::default()
        }
    }

    /// `iam:PermissionsBoundary`, where a request sets one; elsewhere the key tells the boundary
    /// that the user or role has.
    pub(crate) fn boundary(arn: Option<&'a str>) -> Self {
        Self {
            boundary: arn,
            ..Self::default()
        }
    }

    /// `aws:RequestTag/…` and `aws:TagKeys`.
    pub(crate) fn tags(tags: &'a [Tag]) -> Self {
        Self {
            tags,
            ..Self::default()
        }
    }

    pub(crate) fn maybe_tags(tags: Option<&'a [Tag]>) -> Self {
        Self::tags(tags.unwrap_or_default())
    }

    /// `aws:TagKeys`.
    pub(crate) fn tag_keys(tag_keys: &'a [String]) -> Self {
        Self {
            tag_keys,
            ..Self::default()
        }
    }

    fn add_to(self, touch: &mut Touch) {
        let context = &mut touch.context;
        if let Some(arn) = self.policy_arn {
            context.set("iam:PolicyARN", arn);
        }
        if let Some(arn) = self.boundary {
            context.set("iam:PermissionsBoundary", arn);
        }
        let mut keys: Vec<String> = self.tag_keys.to_vec();
        for tag in self.tags {
            let name = tag.key.clone().unwrap_or_default();
            let value = tag.value.clone().unwrap_or_default();
            context.set(&format!("aws:RequestTag/{name}"), value);
            keys.push(name);
        }
        if !keys.is_empty() {
            context.set_many("aws:TagKeys", keys);
        }
    }
}

/// A thing that is there, or would be.
struct Thing {
    kind: &'static str,
    path: String,
    name: String,
    tags: BTreeMap<String, String>,
    boundary: Option<String>,
}

fn touch(account: &AccountId, action: &str, thing: &Thing, keys: Keys<'_>) -> Touches {
    let arn = arns::iam(account.as_str(), thing.kind, &thing.path, &thing.name);
    let mut touch = Touch::new(action, arn, account.clone());
    for (tag, value) in &thing.tags {
        touch
            .context
            .set(&format!("aws:ResourceTag/{tag}"), value.as_str())
            .set(&format!("iam:ResourceTag/{tag}"), value.as_str());
    }
    if let Some(arn) = &thing.boundary {
        touch.context.set("iam:PermissionsBoundary", arn.as_str());
    }
    keys.add_to(&mut touch);
    touch.into()
}

/// A thing named by an ARN that is not made of path and name.
pub(crate) fn tagged(
    call: &Call,
    action: &str,
    arn: &str,
    tags: &BTreeMap<String, String>,
    keys: Keys<'_>,
) -> Touches {
    let mut touch = Touch::new(action, arn, call.account.clone());
    for (tag, value) in tags {
        touch
            .context
            .set(&format!("aws:ResourceTag/{tag}"), value.as_str())
            .set(&format!("iam:ResourceTag/{tag}"), value.as_str());
    }
    keys.add_to(&mut touch);
    touch.into()
}

fn absent(kind: &'static str, name: &str) -> Thing {
    Thing {
        kind,
        path: "/".to_owned(),
        name: name.to_owned(),
        tags: BTreeMap::new(),
        boundary: None,
    }
}

/// What of a record counts for authorization beside its name.
trait Described {
    fn tags(&self) -> BTreeMap<String, String> {
        BTreeMap::new()
    }
    fn boundary(&self) -> Option<String> {
        None
    }
}

impl Described for UserRecord {
    fn tags(&self) -> BTreeMap<String, String> {
        self.tags.clone()
    }
    fn boundary(&self) -> Option<String> {
        self.boundary.clone()
    }
}

impl Described for RoleRecord {
    fn tags(&self) -> BTreeMap<String, String> {
        self.tags.clone()
    }
    fn boundary(&self) -> Option<String> {
        self.boundary.clone()
    }
}

impl Described for GroupRecord {}

impl Described for InstanceProfileRecord {
    fn tags(&self) -> BTreeMap<String, String> {
        self.tags.clone()
    }
}

macro_rules! stored {
    ($(#[$doc:meta] $name:ident, $kind:literal, $table:ident;)*) => {$(
        #[$doc]
        pub(crate) fn $name<'a>(
            iam: &'a Iam,
            call: &'a Call,
            action: &'static str,
            name: &'a str,
            keys: Keys<'a>,
        ) -> Answer<'a> {
            Box::pin(async move {
                let found = iam.store.get(&$table, &key(call.account.as_str(), name)).await;
                let found = found.map_err(error::store)?.filter(|found| found.name == name);
                let thing = match found {
                    Some(found) => Thing {
                        kind: $kind,
                        tags: found.tags(),
                        boundary: found.boundary(),
                        path: found.path,
                        name: found.name,
                    },
                    None => absent($kind, name),
                };
                Ok(touch(&call.account, action, &thing, keys))
            })
        }
    )*};
}

stored! {
    /// A user by name.
    user, "user", USERS;
    /// A group by name.
    group, "group", GROUPS;
    /// A role by name.
    role, "role", ROLES;
    /// An instance profile by name.
    profile, "instance-profile", PROFILES;
}

/// The named user, or the caller when none is named.
pub(crate) fn user_or_self<'a>(
    iam: &'a Iam,
    call: &'a Call,
    action: &'static str,
    name: Option<&'a str>,
) -> Answer<'a> {
    if let Some(name) = name {
        return user(iam, call, action, name, Keys::none());
    }
    let own = match &call.caller {
        Caller::Principal(principal) => match principal.kind {
            PrincipalKind::User | PrincipalKind::Root => principal.arn.to_string(),
            // UNVERIFIED: what AWS names for a role that asks about itself; the call fails anyway.
            PrincipalKind::AssumedRole | PrincipalKind::FederatedUser => "*".to_owned(),
        },
        Caller::Anonymous | Caller::Service(_) => "*".to_owned(),
    };
    let touch = Touch::new(action, own, call.account.clone());
    Box::pin(std::future::ready(Ok(touch.into())))
}

/// The user that an access key belongs to.
pub(crate) fn key_owner<'a>(
    iam: &'a Iam,
    call: &'a Call,
    action: &'static str,
    access_key_id: &'a str,
) -> Answer<'a> {
    Box::pin(async move {
        let found = iam.store.get(&KEYS, access_key_id).await;
        let found = found.map_err(error::store)?;
        let name = found
            .filter(|found| found.account == call.account.as_str())
            .and_then(|found| found.user);
        match name {
            Some(name) => user(iam, call, action, &name, Keys::none()).await,
            None => any(call, action).await,
        }
    })
}

/// Something about to be made.
pub(crate) fn new<'a>(
    call: &'a Call,
    action: &'static str,
    kind: &'static str,
    path: Option<&'a str>,
    name: &'a str,
    keys: Keys<'a>,
) -> Answer<'a> {
    let thing = Thing {
        path: path.unwrap_or("/").to_owned(),
        ..absent(kind, name)
    };
    Box::pin(std::future::ready(Ok(touch(
        &call.account,
        action,
        &thing,
        keys,
    ))))
}

pub(crate) fn new_user<'a>(_: &'a Iam, call: &'a Call, input: &'a CreateUserRequest) -> Answer<'a> {
    let keys = Keys {
        boundary: input.permissions_boundary.as_deref(),
        tags: input.tags.as_deref().unwrap_or_default(),
        ..Keys::none()
    };
    let path = input.path.as_deref();
    new(call, "iam:CreateUser", "user", path, &input.user_name, keys)
}

pub(crate) fn new_role<'a>(_: &'a Iam, call: &'a Call, input: &'a CreateRoleRequest) -> Answer<'a> {
    let keys = Keys {
        boundary: input.permissions_boundary.as_deref(),
        tags: input.tags.as_deref().unwrap_or_default(),
        ..Keys::none()
    };
    let path = input.path.as_deref();
    new(call, "iam:CreateRole", "role", path, &input.role_name, keys)
}

/// Renaming or moving touches both the old and the new ARN ("Rename or delete an IAM user").
pub(crate) fn update_user<'a>(
    iam: &'a Iam,
    call: &'a Call,
    input: &'a UpdateUserRequest,
) -> Answer<'a> {
    Box::pin(async move {
        let action = "iam:UpdateUser";
        let old = user(iam, call, action, &input.user_name, Keys::none()).await?;
        let path = input.new_path.as_deref();
        let name = input.new_user_name.as_deref().unwrap_or(&input.user_name);
        with_new(old, call, action, "user", path, name)
    })
}

pub(crate) fn update_group<'a>(
    iam: &'a Iam,
    call: &'a Call,
    input: &'a UpdateGroupRequest,
) -> Answer<'a> {
    Box::pin(async move {
        let action = "iam:UpdateGroup";
        let old = group(iam, call, action, &input.group_name, Keys::none()).await?;
        let path = input.new_path.as_deref();
        let name = input.new_group_name.as_deref().unwrap_or(&input.group_name);
        with_new(old, call, action, "group", path, name)
    })
}

fn with_new(
    old: Touches,
    call: &Call,
    action: &str,
    kind: &'static str,
    path: Option<&str>,
    name: &str,
) -> Result<Touches, ServiceError> {
    let Touches::All(mut all) = old else {
        return Ok(old);
    };
    let old_path = all
        .first()
        .and_then(|touch| touch.resource.split_once(&format!(":{kind}")))
        .and_then(|(_, rest)| rest.rsplit_once('/'))
        .map_or("/".to_owned(), |(path, _)| format!("{path}/"));
    let path = path.map_or(old_path, str::to_owned);
    let arn = arns::iam(call.account.as_str(), kind, &path, name);
    all.push(Touch::new(action, arn, call.account.clone()));
    Ok(Touches::All(all))
}

/// Putting a role into an instance profile hands the role to EC2.
pub(crate) fn add_role_to_profile<'a>(
    iam: &'a Iam,
    call: &'a Call,
    input: &'a AddRoleToInstanceProfileRequest,
) -> Answer<'a> {
    Box::pin(async move {
        let action = "iam:AddRoleToInstanceProfile";
        let first = profile(
            iam,
            call,
            action,
            &input.instance_profile_name,
            Keys::none(),
        );
        let second = role(iam, call, "iam:PassRole", &input.role_name, Keys::none());
        let (Touches::All(mut all), Touches::All(pass)) = (first.await?, second.await?) else {
            return Err(ServiceError::internal());
        };
        for mut touch in pass {
            touch
                .context
                .set("iam:PassedToService", "ec2.amazonaws.com");
            all.push(touch);
        }
        Ok(Touches::All(all))
    })
}

/// A managed policy by ARN. AWS's own belong to every account that asks.
pub(crate) fn policy<'a>(
    iam: &'a Iam,
    call: &'a Call,
    action: &'static str,
    arn: &'a str,
    keys: Keys<'a>,
) -> Answer<'a> {
    Box::pin(async move {
        let parsed = arns::PolicyArn::parse(arn)
            .ok_or_else(|| error::validation("Invalid ARN:  Could not be parsed!"))?;
        let owner = parsed
            .account
            .parse()
            .unwrap_or_else(|_| call.account.clone());
        let mut touch = Touch::new(action, arn, owner);
        if parsed.account == call.account.as_str() {
            let found = iam
                .store
                .get(&POLICIES, &key(&parsed.account, &parsed.name))
                .await
                .map_err(error::store)?;
            for (tag, value) in found.map(|found| found.tags).unwrap_or_default() {
                touch
                    .context
                    .set(&format!("aws:ResourceTag/{tag}"), value.as_str())
                    .set(&format!("iam:ResourceTag/{tag}"), value.as_str());
            }
        }
        keys.add_to(&mut touch);
        Ok(touch.into())
    })
}

/// All things of a kind under a path: `arn:aws:iam::A:role/path/`.
pub(crate) fn list<'a>(
    call: &'a Call,
    action: &'static str,
    kind: &'static str,
    path_prefix: Option<&'a str>,
) -> Answer<'a> {
    let path = path_prefix.unwrap_or("/");
    let arn = match kind {
        // These have no resource-level permission, and AWS names them this way.
        "policy" => format!("policy path {path}"),
        _ => arns::iam(call.account.as_str(), kind, path, ""),
    };
    let touch = Touch::new(action, arn, call.account.clone());
    Box::pin(std::future::ready(Ok(touch.into())))
}

/// An action without a resource.
pub(crate) fn any<'a>(call: &'a Call, action: &'static str) -> Answer<'a> {
    let touch = Touch::new(action, "*", call.account.clone());
    Box::pin(std::future::ready(Ok(touch.into())))
}
