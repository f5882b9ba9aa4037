//! The accounts that the program itself sets up, each with a user that may do everything.

use crate::record::{
    ACCOUNTS, ALIASES, AccessKeyRecord, AccountRecord, AliasRecord, HeldPolicies, KEYS, USERS,
    UserRecord, key,
};
use crate::{Iam, IamError, identifier};
use arn::AccountId;
use ports::Secret;
use std::collections::BTreeMap;
use store::Tx;

const ADMIN: &str = "admin";
const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

/// An access key of an administrator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdministratorKey {
    /// `AKIA…`, decodes to the account.
    pub access_key_id: String,
    /// The secret access key.
    pub secret: Secret,
}

/// An account to set up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdministeredAccount {
    /// The account's digits.
    pub account: AccountId,
    /// Its alias.
    pub alias: String,
    /// The key to give its administrator, where one was handed out before; none makes one.
    pub key: Option<AdministratorKey>,
}

impl Iam {
    /// Makes these accounts, each with a user `admin` that has AdministratorAccess and one key,
    /// where they are missing; gives the administrators' keys in the same order.
    ///
    /// A key that the account already has wins over one that is given: given keys count only for
    /// an account that has to be made anew, as after a reset.
    ///
    /// # Errors
    /// When the store fails, or a given key does not decode to its account.
    pub async fn ensure_administrators(
        &self,
        accounts: &[AdministeredAccount],
    ) -> Result<Vec<AdministratorKey>, IamError> {
        self.reload().await?;
        let mut keys = Vec::new();
        let mut tx = self.store.begin().await;
        for wanted in accounts {
            keys.push(self.ensure_admin(&mut tx, wanted).await?);
        }
        tx.commit().await?;
        Ok(keys)
    }

    async fn ensure_admin(
        &self,
        tx: &mut Tx,
        wanted: &AdministeredAccount,
    ) -> Result<AdministratorKey, IamError> {
        let (account, alias) = (&wanted.account, wanted.alias.as_str());
        let digits = account.as_str();
        let user = tx.get(&USERS, &key(digits, ADMIN)).await?;
        let first = user.as_ref().and_then(|user| user.keys.first());
        if let Some(id) = first
            && let Some(found) = tx.get(&KEYS, id).await?
        {
            return Ok(AdministratorKey {
                access_key_id: found.id,
                secret: Secret(found.secret),
            });
        }
        let fresh = match &wanted.key {
            Some(known) => known.clone(),
            None => AdministratorKey {
                access_key_id: identifier::access_key("AKIA", account, &*self.ids),
                secret: Secret(identifier::secret(&*self.ids)),
            },
        };
        if identifier::account_of(&fresh.access_key_id).as_ref() != Some(account) {
            return Err(IamError::ForeignKey(fresh.access_key_id, digits.to_owned()));
        }
        let now_ms = self.clock.now_ms();
        if tx.get(&ACCOUNTS, digits).await?.is_none() {
            let record = AccountRecord {
                created_ms: now_ms,
                alias: Some(alias.to_owned()),
                keys: Vec::new(),
            };
            tx.put(&ACCOUNTS, digits, &record)?;
            let owner = AliasRecord {
                account: digits.to_owned(),
            };
            tx.put(&ALIASES, alias, &owner)?;
        }
        let mut admin = user.unwrap_or_else(|| UserRecord {
            account: digits.to_owned(),
            name: ADMIN.to_owned(),
            path: "/".to_owned(),
            id: identifier::unique("AIDA", &*self.ids),
            created_ms: now_ms,
            tags: BTreeMap::new(),
            boundary: None,
            policies: HeldPolicies {
                inline: BTreeMap::new(),
                attached: vec![ADMINISTRATOR.to_owned()],
            },
            groups: Vec::new(),
            keys: Vec::new(),
        });
        admin.keys.push(fresh.access_key_id.clone());
        tx.put(&USERS, &key(digits, ADMIN), &admin)?;
        let record = AccessKeyRecord {
            id: fresh.access_key_id.clone(),
            secret: fresh.secret.0.clone(),
            account: digits.to_owned(),
            user: Some(ADMIN.to_owned()),
            is_active: true,
            created_ms: now_ms,
        };
        tx.put(&KEYS, &record.id, &record)?;
        Ok(fresh)
    }
}
