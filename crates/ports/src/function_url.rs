//! Requests for function URLs.

use crate::ConnectionInfo;
use arn::Region;
use bytes::Bytes;
use stdx::{Body, BoxFuture};

/// A request for a function URL, with what its host says.
///
/// The `http::Request` beside it is as the client sent it, because a signature covers exactly that.
#[derive(Debug, Clone)]
pub struct FunctionUrl {
    /// The first label of the host name, in lower case.
    pub url_id: String,
    /// The region in the host name; none when that label is no region.
    pub region: Option<Region>,
    /// The host name without its port.
    pub domain_name: String,
    /// The body was larger than the listener keeps and was thrown away.
    pub is_body_too_large: bool,
    /// The request's id, a UUID.
    pub request_id: String,
    /// How the request came in.
    pub connection: ConnectionInfo,
}

/// Answers requests for function URLs. Implemented by `lambda`.
pub trait ServeFunctionUrl: Send + Sync {
    /// Carries one request to its function. Never fails: refusals are answers too.
    fn serve(
        &self,
        request: http::Request<Bytes>,
        target: FunctionUrl,
    ) -> BoxFuture<'_, http::Response<Body>>;
}
