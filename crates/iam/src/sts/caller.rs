//! GetCallerIdentity and GetAccessKeyInfo.

use crate::{Iam, error, identifier};
use api::ServiceError;
use api::sts as shape;
use ports::{Call, Caller, Touches};
use std::sync::Arc;
use stdx::BoxFuture;

/// Any valid signature will do.
pub(crate) fn open<'a>() -> BoxFuture<'a, Result<Touches, ServiceError>> {
    Box::pin(std::future::ready(Ok(Touches::Open)))
}

pub(crate) async fn identity(
    _: Arc<Iam>,
    call: Call,
    _: shape::GetCallerIdentityRequest,
) -> Result<shape::GetCallerIdentityResponse, ServiceError> {
    match &call.caller {
        Caller::Principal(principal) => Ok(shape::GetCallerIdentityResponse {
            user_id: Some(principal.user_id.clone()),
            account: Some(principal.account.to_string()),
            arn: Some(principal.arn.to_string()),
        }),
        // Unsigned calls are refused before they come here, and services do not ask.
        Caller::Anonymous | Caller::Service(_) => Err(error::denied("Access denied")),
    }
}

pub(crate) async fn access_key_info(
    _: Arc<Iam>,
    _: Call,
    input: shape::GetAccessKeyInfoRequest,
) -> Result<shape::GetAccessKeyInfoResponse, ServiceError> {
    let account = identifier::account_of(&input.access_key_id);
    // UNVERIFIED: AWS's text for an id that carries no account.
    let account = account.ok_or_else(|| error::validation("Invalid access key id"))?;
    Ok(shape::GetAccessKeyInfoResponse {
        account: Some(account.to_string()),
    })
}
