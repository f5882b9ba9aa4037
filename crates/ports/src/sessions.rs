//! Browsers that are signed in: whose session a page's request belongs to.

use crate::CredentialError;
use http::HeaderMap;
use policy::Principal;
use std::sync::Arc;
use stdx::{BoxFuture, TimestampMs};

/// Knows the sessions of the console's pages. Implemented by `console`.
///
/// A session stands in for a signature and for nothing else: what its caller may do is decided as
/// for every other request.
pub trait Sessions: Send + Sync {
    /// Who is signed in as session `number` (the `0` of `/console/s/0/`), by the request's cookies.
    ///
    /// The key behind the session is looked up anew for every request: a key that was deactivated
    /// or has expired ends its sessions.
    fn principal<'a>(
        &'a self,
        number: &'a str,
        headers: &'a HeaderMap,
        now_ms: TimestampMs,
    ) -> BoxFuture<'a, Result<Arc<Principal>, CredentialError>>;
}
