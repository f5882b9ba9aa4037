//! What an account may have and has.

use crate::Lambda;
use crate::concurrency;
use crate::error::LambdaError;
use crate::limits::{
    CODE_STORAGE_BYTES_MAX, CONCURRENCY_MAX, SCAN_ITEMS, UNZIPPED_BYTES_MAX, ZIPPED_BYTES_MAX,
};
use crate::record::{FUNCTIONS, VERSIONS};
use api::lambda::{
    AccountLimit, AccountUsage, GetAccountSettingsRequest, GetAccountSettingsResponse,
};
use ports::Call;
use smithy::ServiceError;
use std::sync::Arc;
use store::{Record, Table};

/// GetAccountSettings.
pub async fn settings(
    lambda: Arc<Lambda>,
    call: Call,
    _input: GetAccountSettingsRequest,
) -> Result<GetAccountSettingsResponse, ServiceError> {
    let prefix = format!("{}/{}/", call.account, call.region);
    let reserved = concurrency::reserved(&lambda, &call.account, &call.region).await?;
    let mut count = 0i64;
    let mut bytes = 0u64;
    each(&lambda, &FUNCTIONS, &prefix, |function| {
        count += 1;
        bytes += function.latest.code.size;
    })
    .await?;
    each(&lambda, &VERSIONS, &prefix, |version| {
        bytes += version.config.code.size;
    })
    .await?;
    let unreserved = CONCURRENCY_MAX.saturating_sub(reserved);
    Ok(GetAccountSettingsResponse {
        account_limit: Some(AccountLimit {
            total_code_size: Some(CODE_STORAGE_BYTES_MAX),
            code_size_unzipped: i64::try_from(UNZIPPED_BYTES_MAX).ok(),
            code_size_zipped: i64::try_from(ZIPPED_BYTES_MAX).ok(),
            concurrent_executions: i32::try_from(CONCURRENCY_MAX).ok(),
            unreserved_concurrent_executions: i32::try_from(unreserved).ok(),
        }),
        account_usage: Some(AccountUsage {
            total_code_size: i64::try_from(bytes).ok(),
            function_count: Some(count),
        }),
    })
}

async fn each<R: Record>(
    lambda: &Lambda,
    table: &Table<R>,
    prefix: &str,
    mut see: impl FnMut(R),
) -> Result<(), LambdaError> {
    let mut after: Option<String> = None;
    loop {
        let page = lambda
            .store
            .scan(table, prefix, after.as_deref(), SCAN_ITEMS)
            .await?;
        let is_last = page.len() < SCAN_ITEMS;
        after = page.last().map(|(key, _)| key.clone());
        page.into_iter().for_each(|(_, record)| see(record));
        if is_last {
            return Ok(());
        }
    }
}
