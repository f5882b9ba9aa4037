//! What every operation of every AWS API is told about the request that it serves.

use crate::{Caller, RequestFacts};
use arn::{AccountId, Region};
use stdx::TimestampMs;

/// One authenticated AWS API request, its input aside.
#[derive(Debug, Clone)]
pub struct Call {
    /// Who signed. Unsigned operations (AssumeRoleWithWebIdentity) see `Caller::Anonymous`.
    pub caller: Caller,
    /// The caller's account: where resources are created and bare names are looked up.
    pub account: AccountId,
    /// The region of the credential scope.
    pub region: Region,
    /// The request's id, a UUID, as answered in `x-amzn-RequestId`.
    pub request_id: String,
    /// When the request arrived.
    pub now_ms: TimestampMs,
    /// Facts that become global condition keys.
    pub facts: RequestFacts,
    /// How the client reached us, `http://127.0.0.1:4566`, to build URLs that work for it.
    pub base_url: String,
}
