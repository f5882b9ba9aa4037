//! Who is in an organization.

use super::Doubles;
use arn::AccountId;
use ports::{Membership, Organizations, Unknown};
use std::sync::Arc;
use stdx::BoxFuture;

/// The account of those who sign is in an organization, others are in none.
impl Organizations for Doubles {
    fn membership<'a>(
        &'a self,
        account: &'a AccountId,
    ) -> BoxFuture<'a, Result<Option<Arc<Membership>>, Unknown>> {
        let membership = Membership {
            organization: "o-exampleorgid".into(),
            path: "o-exampleorgid/r-root/".into(),
            service_control: Vec::new(),
            resource_control: Vec::new(),
        };
        let is_member = account.as_str() == "333333333333";
        Box::pin(async move { Ok(is_member.then(|| Arc::new(membership))) })
    }
}
