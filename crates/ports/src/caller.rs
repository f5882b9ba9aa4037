//! Who asks. A [`Caller`] travels with every call; no internal short cut goes without one.

use arn::{AccountId, Arn};
use policy::Principal;
use std::sync::Arc;

/// Who makes a request.
#[derive(Debug, Clone)]
pub enum Caller {
    /// Nobody signed.
    Anonymous,
    /// An identity whose signature was verified.
    Principal(Arc<Principal>),
    /// An AWS service acting on its own, as API Gateway does when it calls a function.
    Service(ServiceCaller),
}

/// A service that calls on behalf of a resource of some account.
#[derive(Debug, Clone)]
pub struct ServiceCaller {
    /// The service principal, such as `apigateway.amazonaws.com`.
    pub service: &'static str,
    /// `aws:SourceArn`: the resource that causes the call.
    pub source_arn: Arn,
    /// `aws:SourceAccount`: the account that owns that resource.
    pub source_account: AccountId,
}
