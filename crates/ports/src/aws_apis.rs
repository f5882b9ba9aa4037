//! AWS's APIs of this program, called by one of its services in a principal's name.

use arn::Region;
use bytes::Bytes;
use policy::Principal;
use std::sync::Arc;
use stdx::{BoxFuture, TimestampMs};

/// A request to an AWS API that needs no signature: the service that makes it already knows whose
/// it is. From there on it is authorized and answered as if that principal had signed it.
#[derive(Debug)]
pub struct ApiCall {
    /// Whose request it is.
    pub principal: Arc<Principal>,
    /// The service's name as credential scopes have it: `iam`.
    pub service: String,
    /// The region that is called.
    pub region: Region,
    /// The operation, where the address names it and the request does not.
    pub action: Option<String>,
    /// Verb, path, query, headers and body.
    pub request: http::Request<Bytes>,
    /// Operations that are refused: those that lead back to the one who calls.
    pub refused: &'static [&'static str],
    /// How clients reach this program, for URLs in answers: `http://127.0.0.1:4566`.
    pub base_url: String,
    /// The request's id.
    pub request_id: String,
    /// When the call is made.
    pub now_ms: TimestampMs,
}

/// Answers calls of AWS's APIs. Implemented by `endpoint`.
pub trait AwsApis: Send + Sync {
    /// Authorizes and answers one call; refusals are answers too, each in its service's own form.
    /// Query services answer JSON, as they do on AWS when it is asked for.
    fn call(&self, call: ApiCall) -> BoxFuture<'_, http::Response<Bytes>>;
}
