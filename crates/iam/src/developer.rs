//! The two accounts that the developer profile starts with.

use crate::record::{
    ACCOUNTS, ALIASES, AccessKeyRecord, AccountRecord, AliasRecord, HeldPolicies, KEYS, USERS,
    UserRecord, key,
};
use crate::{Iam, IamError, identifier};
use arn::AccountId;
use ports::Secret;
use std::collections::BTreeMap;
use store::Tx;

/// Account, alias, and the user with every right.
const ACCOUNTS_OF_THE_PROFILE: [(&str, &str); 2] =
    [("111111111111", "api"), ("222222222222", "functions")];
const ADMIN: &str = "admin";
const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

/// An access key of a developer account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeveloperKey {
    /// `AKIA…`, decodes to the account.
    pub access_key_id: String,
    /// The secret access key.
    pub secret: Secret,
}

/// An account of the developer profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeveloperAccount {
    /// The account's digits.
    pub account: AccountId,
    /// `api` or `functions`.
    pub alias: &'static str,
    /// The key of its user `admin`.
    pub key: DeveloperKey,
}

impl Iam {
    /// Makes the accounts `api` and `functions`, each with a user `admin` that has
    /// AdministratorAccess and one key, where they are missing; gives them with their keys.
    ///
    /// `given` are keys that the profile handed out before, used when an account has to be made
    /// anew: after a reset, pass what this function gave the first time.
    ///
    /// # Errors
    /// When the store fails, or a given key does not decode to its account.
    pub async fn ensure_developer_accounts(
        &self,
        given: &[DeveloperAccount],
    ) -> Result<Vec<DeveloperAccount>, IamError> {
        self.reload().await?;
        let mut accounts = Vec::new();
        let mut tx = self.store.begin().await;
        for (digits, alias) in ACCOUNTS_OF_THE_PROFILE {
            let account: AccountId = digits.parse().expect("twelve digits are an account");
            let wanted = given.iter().find(|known| known.account == account);
            let key = self.ensure_admin(&mut tx, &account, alias, wanted).await?;
            accounts.push(DeveloperAccount {
                account,
                alias,
                key,
            });
        }
        tx.commit().await?;
        Ok(accounts)
    }

    async fn ensure_admin(
        &self,
        tx: &mut Tx,
        account: &AccountId,
        alias: &str,
        given: Option<&DeveloperAccount>,
    ) -> Result<DeveloperKey, IamError> {
        let digits = account.as_str();
        let user = tx.get(&USERS, &key(digits, ADMIN)).await?;
        let first = user.as_ref().and_then(|user| user.keys.first());
        if let Some(id) = first
            && let Some(found) = tx.get(&KEYS, id).await?
        {
            return Ok(DeveloperKey {
                access_key_id: found.id,
                secret: Secret(found.secret),
            });
        }
        let fresh = match given {
            Some(known) => known.key.clone(),
            None => DeveloperKey {
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
