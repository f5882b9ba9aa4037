//! Settings of an account in a region.

use crate::{
    ApiGateway, Error,
    methods::integration,
    patch,
    patch::{Op, Patch},
    record::{ACCOUNTS, AccountRecord, account_key},
};
use api::apigateway as wire;
use ports::Call;
use smithy::ServiceError;
use std::sync::Arc;

/// GetAccount.
pub async fn get(
    service: Arc<ApiGateway>,
    call: Call,
    _input: wire::GetAccountRequest,
) -> Result<wire::Account, ServiceError> {
    Ok(show(service.log_role(&call).await?))
}

/// UpdateAccount: the role that writes execution logs.
pub async fn update(
    service: Arc<ApiGateway>,
    call: Call,
    input: wire::UpdateAccountRequest,
) -> Result<wire::Account, ServiceError> {
    let patches = patch::parse(input.patch_operations)?;
    let key = account_key(call.account.as_str(), call.region.as_str());
    let mut tx = service.store.begin().await;
    let found = tx.get(&ACCOUNTS, &key).await.map_err(Error::from)?;
    let mut record: AccountRecord = found.unwrap_or_default();
    for patch in &patches {
        apply(&mut record, patch, call.account.as_str())?;
    }
    tx.put(&ACCOUNTS, &key, &record).map_err(Error::from)?;
    tx.commit().await.map_err(Error::from)?;
    Ok(show(record.cloudwatch_role_arn))
}

impl ApiGateway {
    /// The role that writes the account's execution logs.
    pub(crate) async fn log_role(&self, call: &Call) -> Result<Option<String>, Error> {
        let key = account_key(call.account.as_str(), call.region.as_str());
        let found = self.store.get(&ACCOUNTS, &key).await?;
        Ok(found.and_then(|record| record.cloudwatch_role_arn))
    }
}

fn apply(record: &mut AccountRecord, patch: &Patch, account: &str) -> Result<(), Error> {
    match patch.at().as_slice() {
        ["cloudwatchRoleArn"] => {
            let role = match patch.op {
                Op::Remove => None,
                _ => {
                    patch.only_replace()?;
                    patch.some_text()
                }
            };
            integration::check_credentials(role.as_deref(), account)?;
            record.cloudwatch_role_arn = role;
            Ok(())
        }
        // Usage plans are always on and the only feature there is.
        ["features"] if patch.op == Op::Add && patch.text() == "UsagePlans" => Ok(()),
        ["features"] if patch.op == Op::Remove => {
            Err(Error::bad("Usage Plans cannot be disabled once enabled"))
        }
        _ => Err(patch.unknown_path()),
    }
}

fn show(cloudwatch_role_arn: Option<String>) -> wire::Account {
    wire::Account {
        cloudwatch_role_arn,
        throttle_settings: Some(wire::ThrottleSettings {
            burst_limit: Some(5_000),
            rate_limit: Some(10_000.0),
        }),
        features: Some(vec!["UsagePlans".into()]),
        api_key_version: Some("4".into()),
    }
}
