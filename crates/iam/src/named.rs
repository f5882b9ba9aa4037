//! Who has an ARN that a policy names as principal.

use crate::record::{ROLES, USERS, key};
use crate::view;
use arn::Arn;
use ports::Named;
use store::{Record, Store, StoreError, Table, Tx};

/// Where to look: the store, or a transaction that is about to write what was found.
#[derive(Clone, Copy)]
pub(crate) enum Source<'a> {
    Store(&'a Store),
    Tx(&'a Tx),
}

impl Source<'_> {
    async fn get<R: Record>(self, table: &Table<R>, key: &str) -> Result<Option<R>, StoreError> {
        match self {
            Self::Store(store) => store.get(table, key).await,
            Self::Tx(tx) => tx.get(table, key).await,
        }
    }
}

/// Who has `arn` now. Users and roles by their whole ARN, path and case included; a role's session
/// as long as there is the role; accounts and federated users by name, since any may come.
pub(crate) async fn find(source: Source<'_>, arn: &Arn) -> Result<Named, StoreError> {
    if arn.partition() != "aws" || !arn.region().is_empty() || arn.account_id().is_none() {
        return Ok(Named::Nobody);
    }
    if arn.service() == "iam" && arn.resource() == "root" {
        return Ok(Named::ByName);
    }
    let (kind, rest) = arn.resource().split_once('/').unwrap_or_default();
    let last = rest.rsplit_once('/').map_or(rest, |(_, name)| name);
    let found = match (arn.service(), kind) {
        ("iam", "user") => source
            .get(&USERS, &key(arn.account(), last))
            .await?
            .filter(|user| view::user_arn(user) == arn.as_str())
            .map(|user| Named::UniqueId(user.id)),
        ("iam", "role") => source
            .get(&ROLES, &key(arn.account(), last))
            .await?
            .filter(|role| view::role_arn(role) == arn.as_str())
            .map(|role| Named::UniqueId(role.id)),
        ("sts", "assumed-role") => {
            let (role, session) = rest.split_once('/').unwrap_or_default();
            let found = source.get(&ROLES, &key(arn.account(), role)).await?;
            found.filter(|_| !session.is_empty()).map(|_| Named::ByName)
        }
        ("sts", "federated-user") if !rest.is_empty() => Some(Named::ByName),
        _ => None,
    };
    Ok(found.unwrap_or(Named::Nobody))
}
