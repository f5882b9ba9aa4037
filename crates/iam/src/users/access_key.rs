//! Access keys of users and of the root user.

use crate::limits::ACCESS_KEYS_MAX;
use crate::policies::holder::load;
use crate::record::{
    ACCOUNTS, AccessKeyRecord, AccountRecord, KEYS, LAST_USED, USERS, UserRecord, key,
};
use crate::{Iam, error, identifier, page, users::user, view};
use api::ServiceError;
use api::iam as shape;
use ports::Call;
use std::sync::Arc;
use store::Tx;

/// Whose keys are meant.
enum Owner {
    User(Box<UserRecord>),
    Root(AccountRecord),
}

impl Owner {
    async fn find(tx: &Tx, call: &Call, name: Option<String>) -> Result<Self, ServiceError> {
        let name = match name {
            Some(name) => Some(name),
            None => user::own_name(call)?,
        };
        if let Some(name) = name {
            let record = load(tx, &call.account, &name).await?;
            return Ok(Self::User(Box::new(record)));
        }
        let found = tx.get(&ACCOUNTS, call.account.as_str()).await;
        let record = found.map_err(error::store)?.unwrap_or(AccountRecord {
            created_ms: call.now_ms,
            alias: None,
            keys: Vec::new(),
        });
        Ok(Self::Root(record))
    }

    fn keys(&mut self) -> &mut Vec<String> {
        match self {
            Self::User(user) => &mut user.keys,
            Self::Root(account) => &mut account.keys,
        }
    }

    fn user_name(&self) -> Option<String> {
        match self {
            Self::User(user) => Some(user.name.clone()),
            Self::Root(_) => None,
        }
    }

    async fn save(&self, mut tx: Tx, call: &Call) -> Result<(), ServiceError> {
        let account = call.account.as_str();
        match self {
            Self::User(user) => tx.put(&USERS, &key(account, &user.name), user),
            Self::Root(record) => tx.put(&ACCOUNTS, account, record),
        }
        .map_err(error::store)?;
        tx.commit().await.map_err(error::store)
    }

    /// The owner's key with this id.
    async fn key(&mut self, tx: &Tx, id: &str) -> Result<AccessKeyRecord, ServiceError> {
        let missing = || error::no_entity(format!("The Access Key with id {id} cannot be found."));
        if !self.keys().iter().any(|known| known == id) {
            return Err(missing());
        }
        let found = tx.get(&KEYS, id).await.map_err(error::store)?;
        found.ok_or_else(missing)
    }
}

pub(crate) async fn create(
    iam: Arc<Iam>,
    call: Call,
    input: shape::CreateAccessKeyRequest,
) -> Result<shape::CreateAccessKeyResponse, ServiceError> {
    let mut tx = iam.store.begin().await;
    let mut owner = Owner::find(&tx, &call, input.user_name).await?;
    if owner.keys().len() >= ACCESS_KEYS_MAX {
        return Err(error::limit("AccessKeysPerUser", ACCESS_KEYS_MAX));
    }
    let record = AccessKeyRecord {
        id: identifier::access_key("AKIA", &call.account, &*iam.ids),
        secret: identifier::secret(&*iam.ids),
        account: call.account.to_string(),
        user: owner.user_name(),
        is_active: true,
        created_ms: call.now_ms,
    };
    owner.keys().push(record.id.clone());
    tx.put(&KEYS, &record.id, &record).map_err(error::store)?;
    owner.save(tx, &call).await?;
    Ok(shape::CreateAccessKeyResponse {
        access_key: Some(shape::AccessKey {
            user_name: Some(record.user.unwrap_or_else(|| "<root_account>".to_owned())),
            access_key_id: Some(record.id),
            status: Some("Active".to_owned()),
            secret_access_key: Some(record.secret),
            create_date: Some(view::date(record.created_ms)),
        }),
    })
}

pub(crate) async fn list(
    iam: Arc<Iam>,
    call: Call,
    input: shape::ListAccessKeysRequest,
) -> Result<shape::ListAccessKeysResponse, ServiceError> {
    let tx = iam.store.begin().await;
    let mut owner = Owner::find(&tx, &call, input.user_name).await?;
    let mut keys = Vec::new();
    for (place, id) in owner.keys().clone().into_iter().enumerate() {
        if let Some(record) = tx.get(&KEYS, &id).await.map_err(error::store)? {
            keys.push((format!("{place:04}"), record));
        }
    }
    drop(tx);
    let page = page::cut(keys, input.marker.as_deref(), input.max_items)?;
    let metadata = page
        .items
        .into_iter()
        .map(|record| shape::AccessKeyMetadata {
            user_name: record.user,
            access_key_id: Some(record.id),
            status: Some(status(record.is_active)),
            create_date: Some(view::date(record.created_ms)),
        });
    Ok(shape::ListAccessKeysResponse {
        access_key_metadata: Some(metadata.collect()),
        is_truncated: Some(page.is_truncated),
        marker: page.marker,
    })
}

pub(crate) async fn update(
    iam: Arc<Iam>,
    call: Call,
    input: shape::UpdateAccessKeyRequest,
) -> Result<shape::UpdateAccessKeyOutput, ServiceError> {
    let is_active = match input.status.as_str() {
        "Active" => true,
        "Inactive" => false,
        other => {
            return Err(error::validation(format!(
                "The status {other} is not valid for an access key."
            )));
        }
    };
    let mut tx = iam.store.begin().await;
    let mut owner = Owner::find(&tx, &call, input.user_name).await?;
    let mut record = owner.key(&tx, &input.access_key_id).await?;
    record.is_active = is_active;
    tx.put(&KEYS, &record.id, &record).map_err(error::store)?;
    tx.commit().await.map_err(error::store)?;
    Ok(shape::UpdateAccessKeyOutput {})
}

pub(crate) async fn delete(
    iam: Arc<Iam>,
    call: Call,
    input: shape::DeleteAccessKeyRequest,
) -> Result<shape::DeleteAccessKeyOutput, ServiceError> {
    let mut tx = iam.store.begin().await;
    let mut owner = Owner::find(&tx, &call, input.user_name).await?;
    let record = owner.key(&tx, &input.access_key_id).await?;
    owner.keys().retain(|known| *known != record.id);
    tx.delete(&KEYS, &record.id);
    tx.delete(&LAST_USED, &record.id);
    owner.save(tx, &call).await?;
    Ok(shape::DeleteAccessKeyOutput {})
}

pub(crate) async fn last_used(
    iam: Arc<Iam>,
    call: Call,
    input: shape::GetAccessKeyLastUsedRequest,
) -> Result<shape::GetAccessKeyLastUsedResponse, ServiceError> {
    let record = iam.store.get(&KEYS, &input.access_key_id).await;
    let record = record
        .map_err(error::store)?
        .filter(|record| record.account == call.account.as_str())
        .ok_or_else(|| {
            error::no_entity(format!(
                "The Access Key with id {} cannot be found.",
                input.access_key_id
            ))
        })?;
    let used = iam.store.get(&LAST_USED, &record.id).await;
    let used = used.map_err(error::store)?;
    let not_available = || "N/A".to_owned();
    Ok(shape::GetAccessKeyLastUsedResponse {
        user_name: record.user,
        access_key_last_used: Some(shape::AccessKeyLastUsed {
            last_used_date: used.as_ref().map(|used| view::date(used.at_ms)),
            service_name: Some(
                used.as_ref()
                    .map_or_else(not_available, |u| u.service.clone()),
            ),
            region: Some(used.map_or_else(not_available, |used| used.region)),
        }),
    })
}

fn status(is_active: bool) -> String {
    let text = if is_active { "Active" } else { "Inactive" };
    text.to_owned()
}
