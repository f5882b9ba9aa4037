//! What users, groups and roles have in common: policies.

use crate::record::{GROUPS, GroupRecord, HeldPolicies, ROLES, RoleRecord, USERS, UserRecord, key};
use crate::{Iam, error, limits, roles::service_linked};
use api::ServiceError;
use arn::AccountId;
use store::{Record, SCAN_MAX, Table, Tx};

/// A user, group or role.
pub(crate) trait Holder: Record + Clone {
    const TABLE: &'static Table<Self>;
    /// As error texts name it.
    const KIND: &'static str;
    /// As the error about a name that is taken names it.
    const ENTITY: &'static str;
    /// How many an account may have, and what that quota is called.
    const COUNT_MAX: (&'static str, usize);
    /// As quotas name it: `PoliciesPerRole`.
    const QUOTA: &'static str;
    /// Characters of all inline policies together.
    const INLINE_CHARS_MAX: usize;
    fn name(&self) -> &str;
    fn path(&self) -> &str;
    fn policies(&self) -> &HeldPolicies;
    fn policies_mut(&mut self) -> &mut HeldPolicies;
}

macro_rules! holder {
    ($record:ident, $table:ident, $kind:literal, $entity:literal, $count:expr, $quota:literal, $chars:expr) => {
        impl Holder for $record {
            const TABLE: &'static Table<Self> = &$table;
            const KIND: &'static str = $kind;
            const ENTITY: &'static str = $entity;
            const COUNT_MAX: (&'static str, usize) = $count;
            const QUOTA: &'static str = $quota;
            const INLINE_CHARS_MAX: usize = $chars;
            fn name(&self) -> &str {
                &self.name
            }
            fn path(&self) -> &str {
                &self.path
            }
            fn policies(&self) -> &HeldPolicies {
                &self.policies
            }
            fn policies_mut(&mut self) -> &mut HeldPolicies {
                &mut self.policies
            }
        }
    };
}

holder!(
    UserRecord,
    USERS,
    "user",
    "User",
    ("UsersPerAccount", limits::USERS_MAX),
    "PoliciesPerUser",
    policy::limits::USER_INLINE_CHARS_MAX
);
holder!(
    GroupRecord,
    GROUPS,
    "group",
    "Group",
    ("GroupsPerAccount", limits::GROUPS_MAX),
    "PoliciesPerGroup",
    policy::limits::GROUP_INLINE_CHARS_MAX
);
holder!(
    RoleRecord,
    ROLES,
    "role",
    "Role",
    ("RolesPerAccount", limits::ROLES_MAX),
    "PoliciesPerRole",
    policy::limits::ROLE_INLINE_CHARS_MAX
);

impl Iam {
    /// The holder, read outside of a transaction.
    pub(crate) async fn read<H: Holder>(
        &self,
        account: &AccountId,
        name: &str,
    ) -> Result<H, ServiceError> {
        let found = self.store.get(H::TABLE, &key(account.as_str(), name)).await;
        existing(found.map_err(error::store)?, name)
    }

    /// The account's holders of this kind whose path begins so, in order of name; all of them
    /// where nothing is said.
    pub(crate) async fn all_under<H: Holder>(
        &self,
        account: &AccountId,
        prefix: Option<&str>,
    ) -> Result<Vec<(String, H)>, ServiceError> {
        let mut all = self.all(H::TABLE, account).await?;
        all.retain(|(_, holder)| holder.path().starts_with(prefix.unwrap_or("/")));
        Ok(all)
    }

    /// All records of an account in a table, in order of name.
    pub(crate) async fn all<R: Record>(
        &self,
        table: &Table<R>,
        account: &AccountId,
    ) -> Result<Vec<(String, R)>, ServiceError> {
        self.store
            .scan(table, &format!("{account}/"), None, SCAN_MAX)
            .await
            .map_err(error::store)
    }
}

/// The holder inside a transaction.
pub(crate) async fn load<H: Holder>(
    tx: &Tx,
    account: &AccountId,
    name: &str,
) -> Result<H, ServiceError> {
    let found = tx.get(H::TABLE, &key(account.as_str(), name)).await;
    existing(found.map_err(error::store)?, name)
}

/// The same, for operations that no service-linked role suffers.
pub(crate) async fn load_to_change<H: Holder>(
    tx: &Tx,
    account: &AccountId,
    name: &str,
) -> Result<H, ServiceError> {
    let found: H = load(tx, account, name).await?;
    if H::KIND == "role" {
        service_linked::check_modifiable(found.path(), found.name())?;
    }
    Ok(found)
}

/// Where a new holder of this name goes.
///
/// # Errors
/// EntityAlreadyExists; LimitExceeded when the account has as many as it may have.
pub(crate) async fn new_place<H: Holder>(
    tx: &Tx,
    account: &AccountId,
    name: &str,
) -> Result<String, ServiceError> {
    let place = free_place::<H>(tx, account, name).await?;
    let (quota, max) = H::COUNT_MAX;
    check_quota(tx, H::TABLE, account, quota, max).await?;
    Ok(place)
}

/// Where a holder of this name would go.
///
/// # Errors
/// EntityAlreadyExists.
pub(crate) async fn free_place<H: Holder>(
    tx: &Tx,
    account: &AccountId,
    name: &str,
) -> Result<String, ServiceError> {
    let place = key(account.as_str(), name);
    match tx.get(H::TABLE, &place).await.map_err(error::store)? {
        Some(_) => Err(error::exists(H::ENTITY, name)),
        None => Ok(place),
    }
}

/// Who is to be deleted must have no policies.
///
/// # Errors
/// DeleteConflict, in AWS's words.
pub(crate) fn check_has_none(policies: &HeldPolicies) -> Result<(), ServiceError> {
    if !policies.attached.is_empty() {
        return Err(error::conflict(
            "Cannot delete entity, must detach all policies first.",
        ));
    }
    if !policies.inline.is_empty() {
        return Err(error::conflict(
            "Cannot delete entity, must delete policies first.",
        ));
    }
    Ok(())
}

/// Writes the holder back and commits.
pub(crate) async fn save<H: Holder>(
    mut tx: Tx,
    account: &AccountId,
    holder: &H,
) -> Result<(), ServiceError> {
    tx.put(H::TABLE, &key(account.as_str(), holder.name()), holder)
        .map_err(error::store)?;
    tx.commit().await.map_err(error::store)
}

/// How many records an account has in a table, up to the quota and one more.
pub(crate) async fn check_quota<R: Record>(
    tx: &Tx,
    table: &Table<R>,
    account: &AccountId,
    quota: &str,
    max: usize,
) -> Result<(), ServiceError> {
    let found = tx
        .scan(table, &format!("{account}/"), None, max)
        .await
        .map_err(error::store)?;
    match found.len() >= max {
        true => Err(error::limit(quota, max)),
        false => Ok(()),
    }
}

// Names are unique without case, but only the exact name finds: a policy about `user/alice` must
// not be passed by asking for `Alice`.
fn existing<H: Holder>(found: Option<H>, name: &str) -> Result<H, ServiceError> {
    found
        .filter(|found| found.name() == name)
        .ok_or_else(|| error::no_such(H::KIND, name))
}

/// A path as the model allows it: `/`, or `/…/`.
pub(crate) fn path(given: Option<String>) -> Result<String, ServiceError> {
    let path = given.unwrap_or_else(|| "/".to_owned());
    let fits = path.starts_with('/') && path.ends_with('/') && path.len() <= limits::PATH_CHARS_MAX;
    match fits {
        true => Ok(path),
        false => Err(error::validation(
            "The specified value for path is invalid. It must begin and end with / and contain \
             only alphanumeric characters and/or / characters.",
        )),
    }
}
