//! What a service knows of a resource for a decision about it.

use crate::Touch;
use arn::Arn;
use stdx::BoxFuture;

/// Describes resources without touching them. Implemented by services whose resources have
/// policies of their own.
pub trait Resources: Send + Sync {
    /// The touch that a real request with `action` on `resource` would be decided by: the
    /// resource's policy, tags and service keys; none for resources of other services.
    fn touch<'a>(
        &'a self,
        action: &'a str,
        resource: &'a Arn,
    ) -> BoxFuture<'a, Result<Option<Touch>, Unknown>>;
}

/// The service could not look; ours to mend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unknown;
