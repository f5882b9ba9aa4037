//! Where VPC links lead.

use std::sync::Arc;

/// Finds the upstream of a VPC link. Implemented by `apigateway`.
pub trait VpcLinks: Send + Sync {
    /// `host` or `host:port`, as the operator named it for the link's target; none for a link that
    /// the account does not have in the region, or whose target nobody named. Without a port,
    /// that of the integration's URI counts.
    fn upstream(&self, account: &str, region: &str, id: &str) -> Option<Arc<str>>;
}
