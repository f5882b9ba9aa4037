//! IAM's answer about somebody who did not sign, from the policy at hand.

use ports::{Caller, Denial, Touch};
use std::sync::Arc;

/// What the policy at hand says to somebody who did not sign; who signed may do everything.
pub(super) fn anonymous_denial(caller: &Caller, touch: &Touch) -> Option<Denial> {
    let (Caller::Anonymous, Some(document)) = (caller, &touch.resource_policy) else {
        return None;
    };
    let attached = policy::Attached {
        id: "attached".into(),
        document: Arc::clone(document),
    };
    let decision = policy::evaluate(
        &policy::Request {
            requester: policy::Requester::Anonymous,
            action: &touch.action,
            resource: &touch.resource,
            owner: &touch.owner,
            context: &touch.context,
        },
        &policy::Policies {
            resource: Some(&attached),
            ..policy::Policies::default()
        },
    );
    (!decision.is_allowed()).then(|| Denial {
        message: "no".into(),
        is_explicit: decision.outcome == policy::Outcome::ExplicitlyDenied,
        ..Denial::default()
    })
}
