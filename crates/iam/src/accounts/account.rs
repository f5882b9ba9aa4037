//! Account aliases.

use crate::record::{ACCOUNTS, ALIASES, AccountRecord, AliasRecord};
use crate::{Iam, error};
use api::ServiceError;
use api::iam as shape;
use ports::Call;
use std::sync::Arc;

pub(crate) async fn create_alias(
    iam: Arc<Iam>,
    call: Call,
    input: shape::CreateAccountAliasRequest,
) -> Result<shape::CreateAccountAliasOutput, ServiceError> {
    let alias = input.account_alias;
    let mut tx = iam.store.begin().await;
    let owner = tx.get(&ALIASES, &alias).await.map_err(error::store)?;
    match owner {
        Some(owner) if owner.account == call.account.as_str() => {
            return Ok(shape::CreateAccountAliasOutput {});
        }
        Some(_) => {
            return Err(ServiceError::new(
                "EntityAlreadyExists",
                format!("The account alias {alias} already exists."),
            ));
        }
        None => {}
    }
    let found = tx.get(&ACCOUNTS, call.account.as_str()).await;
    let mut record = found.map_err(error::store)?.unwrap_or(AccountRecord {
        created_ms: call.now_ms,
        alias: None,
        keys: Vec::new(),
    });
    // An account has one alias; a new one takes the old one's place ("CreateAccountAlias").
    if let Some(old) = record.alias.replace(alias.clone()) {
        tx.delete(&ALIASES, &old);
    }
    let owner = AliasRecord {
        account: call.account.to_string(),
    };
    tx.put(&ALIASES, &alias, &owner).map_err(error::store)?;
    tx.put(&ACCOUNTS, call.account.as_str(), &record)
        .map_err(error::store)?;
    tx.commit().await.map_err(error::store)?;
    Ok(shape::CreateAccountAliasOutput {})
}

pub(crate) async fn delete_alias(
    iam: Arc<Iam>,
    call: Call,
    input: shape::DeleteAccountAliasRequest,
) -> Result<shape::DeleteAccountAliasOutput, ServiceError> {
    let mut tx = iam.store.begin().await;
    let found = tx.get(&ACCOUNTS, call.account.as_str()).await;
    let record = found
        .map_err(error::store)?
        .filter(|record| record.alias.as_deref() == Some(&input.account_alias));
    let Some(mut record) = record else {
        return Err(error::no_entity(format!(
            "The account alias {} cannot be found.",
            input.account_alias
        )));
    };
    record.alias = None;
    tx.delete(&ALIASES, &input.account_alias);
    tx.put(&ACCOUNTS, call.account.as_str(), &record)
        .map_err(error::store)?;
    tx.commit().await.map_err(error::store)?;
    Ok(shape::DeleteAccountAliasOutput {})
}

pub(crate) async fn aliases(
    iam: Arc<Iam>,
    call: Call,
    _: shape::ListAccountAliasesRequest,
) -> Result<shape::ListAccountAliasesResponse, ServiceError> {
    let found = iam.store.get(&ACCOUNTS, call.account.as_str()).await;
    let record = found.map_err(error::store)?;
    let alias = record.and_then(|record| record.alias);
    Ok(shape::ListAccountAliasesResponse {
        account_aliases: Some(alias.into_iter().collect()),
        is_truncated: Some(false),
        marker: None,
    })
}
