//! `ports::Credentials`: who signs, with which secret.

use crate::named::{self, Source};
use crate::record::{
    ACCOUNTS, AccessKeyRecord, AccountRecord, KEYS, ROLES, SessionOf, SessionRecord, USERS, key,
};
use crate::sessions::session::root_arn;
use crate::{Iam, arns, identifier, roles::trust};
use arn::{AccountId, Arn};
use policy::{Principal, PrincipalKind};
use ports::{
    AssumeError, Credential, CredentialError, Credentials, Named, Secret, SessionCredentials,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use stdx::{BoxFuture, TimestampMs};

/// A credential as it was found.
pub(crate) struct Known {
    /// The session token that it belongs to.
    token: Option<String>,
    /// When the session ends.
    expires_ms: TimestampMs,
    credential: Credential,
}

impl Credentials for Iam {
    fn find<'a>(
        &'a self,
        access_key_id: &'a str,
        session_token: Option<&'a str>,
        now_ms: TimestampMs,
    ) -> BoxFuture<'a, Result<Credential, CredentialError>> {
        Box::pin(async move {
            let known = match self.known.find(access_key_id) {
                Ok(known) if known.token.as_deref() == session_token => known,
                Ok(_) => Arc::new(self.look_up(access_key_id, session_token).await?),
                Err(generation) => {
                    let found = self.look_up(access_key_id, session_token).await?;
                    self.known.put(access_key_id.to_owned(), found, generation)
                }
            };
            match known.expires_ms <= now_ms {
                true => Err(CredentialError::Expired),
                false => Ok(known.credential.clone()),
            }
        })
    }

    fn assume_for_service<'a>(
        &'a self,
        role: &'a Arn,
        service: &'a str,
        session_name: &'a str,
        duration_s: u32,
        now_ms: TimestampMs,
    ) -> BoxFuture<'a, Result<SessionCredentials, AssumeError>> {
        Box::pin(async move {
            let (account, path, name) = arns::role(role).ok_or(AssumeError::Refused)?;
            let record = self.store.get(&ROLES, &key(account.as_str(), &name)).await;
            let record = record
                .map_err(|_| AssumeError::Unavailable)?
                .filter(|record| record.name == name && record.path == path)
                .ok_or(AssumeError::Refused)?;
            if !trust::trusts_service(&record, service, role) {
                return Err(AssumeError::Refused);
            }
            let session = SessionRecord {
                secret: identifier::secret(&*self.ids),
                account: account.to_string(),
                issued_ms: now_ms,
                expires_ms: now_ms + i64::from(duration_s) * 1000,
                is_mfa: false,
                who: SessionOf::Role {
                    name: record.name,
                    id: record.id,
                    session: session_name.to_owned(),
                },
                source_identity: None,
                tags: BTreeMap::new(),
                transitive_tag_keys: Vec::new(),
                policy: None,
                policy_arns: Vec::new(),
            };
            self.credentials_of(session)
                .await
                .map_err(|error| match error {
                    CredentialError::Unavailable => AssumeError::Unavailable,
                    CredentialError::Invalid | CredentialError::Expired => AssumeError::Refused,
                })
        })
    }

    fn named<'a>(&'a self, arn: &'a Arn) -> BoxFuture<'a, Result<Named, CredentialError>> {
        Box::pin(async move {
            let found = named::find(Source::Store(&self.store), arn).await;
            found.map_err(|error| {
                tracing::error!(error = %error, "the store failed");
                CredentialError::Unavailable
            })
        })
    }
}

impl Iam {
    async fn look_up(
        &self,
        access_key_id: &str,
        session_token: Option<&str>,
    ) -> Result<Known, CredentialError> {
        if let Some(token) = session_token {
            let session = self
                .seal
                .load()
                .open(access_key_id, token)
                .ok_or(CredentialError::Invalid)?;
            let principal = self.principal_of(access_key_id, &session).await?;
            return Ok(Known {
                token: Some(token.to_owned()),
                expires_ms: session.expires_ms,
                credential: Credential {
                    secret: Secret(session.secret),
                    principal: Arc::new(principal),
                },
            });
        }
        let record = self.store.get(&KEYS, access_key_id).await;
        let record = record.map_err(|_| CredentialError::Unavailable)?;
        let (secret, principal) = match record {
            Some(record) if record.is_active => {
                let principal = self.owner_of(&record).await?;
                (record.secret, principal)
            }
            Some(_) => return Err(CredentialError::Invalid),
            None => {
                let account = self
                    .developer_account(access_key_id)
                    .ok_or(CredentialError::Invalid)?;
                self.bring_to_life(&account).await?;
                ("test".to_owned(), root(&account, access_key_id)?)
            }
        };
        Ok(Known {
            token: None,
            expires_ms: TimestampMs::MAX,
            credential: Credential {
                secret: Secret(secret),
                principal: Arc::new(principal),
            },
        })
    }

    async fn owner_of(&self, record: &AccessKeyRecord) -> Result<Principal, CredentialError> {
        let account: AccountId = record
            .account
            .parse()
            .map_err(|_| CredentialError::Invalid)?;
        let Some(name) = &record.user else {
            return root(&account, &record.id);
        };
        let user = self.store.get(&USERS, &key(account.as_str(), name)).await;
        let user = user
            .map_err(|_| CredentialError::Unavailable)?
            .ok_or(CredentialError::Invalid)?;
        let arn: Arn = arns::iam(account.as_str(), "user", &user.path, &user.name)
            .parse()
            .map_err(|_| CredentialError::Invalid)?;
        Ok(Principal {
            account,
            kind: PrincipalKind::User,
            principal_arn: arn.clone(),
            arn,
            user_id: user.id,
            access_key_id: record.id.clone(),
            session: None,
        })
    }

    /// The account for which a key of other emulators' clients signs as root, in the developer
    /// profile: twelve digits, or `test`.
    fn developer_account(&self, access_key_id: &str) -> Option<AccountId> {
        if !self.is_developer {
            return None;
        }
        match access_key_id {
            "test" => AccountId::from_number(0),
            digits => digits.parse().ok(),
        }
    }

    /// Makes the account's record when there is none.
    pub(crate) async fn bring_to_life(&self, account: &AccountId) -> Result<(), CredentialError> {
        let unavailable = |_| CredentialError::Unavailable;
        let found = self.store.get(&ACCOUNTS, account.as_str()).await;
        if found.map_err(unavailable)?.is_some() {
            return Ok(());
        }
        let mut tx = self.store.begin().await;
        let found = tx.get(&ACCOUNTS, account.as_str()).await;
        if found.map_err(unavailable)?.is_some() {
            return Ok(());
        }
        let record = AccountRecord {
            created_ms: self.clock.now_ms(),
            alias: None,
            keys: Vec::new(),
        };
        tx.put(&ACCOUNTS, account.as_str(), &record)
            .map_err(unavailable)?;
        tx.commit().await.map_err(unavailable)
    }
}

fn root(account: &AccountId, access_key_id: &str) -> Result<Principal, CredentialError> {
    let arn = root_arn(account)?;
    Ok(Principal {
        account: account.clone(),
        kind: PrincipalKind::Root,
        principal_arn: arn.clone(),
        arn,
        user_id: account.to_string(),
        access_key_id: access_key_id.to_owned(),
        session: None,
    })
}
