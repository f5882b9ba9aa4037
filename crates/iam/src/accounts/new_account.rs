//! `ports::Accounts`: accounts made by an organization.

use crate::record::{ACCOUNTS, AccountRecord, HeldPolicies, ROLES, RoleRecord, key};
use crate::{Iam, identifier};
use arn::AccountId;
use ports::{Accounts, NewAccount, NewAccountError, Unknown};
use std::collections::BTreeMap;
use stdx::BoxFuture;
use store::StoreError;

const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

/// Seconds of a session of the administrators' role ("CreateRole": when nothing is said).
const MAX_SESSION_S: i32 = 3_600;

impl Accounts for Iam {
    fn create<'a>(&'a self, wanted: &'a NewAccount) -> BoxFuture<'a, Result<(), NewAccountError>> {
        Box::pin(async move {
            match self.make_account(wanted).await {
                Ok(true) => Ok(()),
                Ok(false) => Err(NewAccountError::Taken),
                Err(error) => {
                    tracing::error!(error = %error, "an account could not be made");
                    Err(NewAccountError::Unavailable)
                }
            }
        })
    }

    fn alias<'a>(
        &'a self,
        account: &'a AccountId,
    ) -> BoxFuture<'a, Result<Option<String>, Unknown>> {
        Box::pin(async move {
            let found = self.store.get(&ACCOUNTS, account.as_str()).await;
            let found = found.map_err(|error| {
                tracing::error!(error = %error, "an account could not be read");
                Unknown
            })?;
            Ok(found.and_then(|record| record.alias))
        })
    }
}

impl Iam {
    /// Whether the account was made; its digits may be taken.
    async fn make_account(&self, wanted: &NewAccount) -> Result<bool, StoreError> {
        let digits = wanted.account.as_str();
        let mut tx = self.store.begin().await;
        if tx.get(&ACCOUNTS, digits).await?.is_some() {
            return Ok(false);
        }
        let account = AccountRecord {
            created_ms: wanted.now_ms,
            alias: None,
            keys: Vec::new(),
        };
        let role = self.administrators_role(wanted);
        tx.put(&ACCOUNTS, digits, &account)?;
        tx.put(&ROLES, &key(digits, &role.name), &role)?;
        tx.commit().await?;
        Ok(true)
    }

    /// The role by which the management account administers a new one.
    fn administrators_role(&self, wanted: &NewAccount) -> RoleRecord {
        let trusted = &wanted.trusted;
        let trust = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::{trusted}:root"}},"Action":"sts:AssumeRole"}}]}}"#
        );
        RoleRecord {
            account: wanted.account.to_string(),
            name: wanted.role_name.clone(),
            path: "/".to_owned(),
            id: identifier::unique("AROA", &*self.ids),
            created_ms: wanted.now_ms,
            description: None,
            max_session_s: MAX_SESSION_S,
            trust,
            trusted_ids: BTreeMap::new(),
            tags: BTreeMap::new(),
            boundary: None,
            policies: HeldPolicies {
                inline: BTreeMap::new(),
                attached: vec![ADMINISTRATOR.to_owned()],
            },
        }
    }
}
