//! STS: who am I, and temporary credentials.

mod assume_role;
mod authorization_message;
mod caller;
mod request;
mod user_session;
mod web_identity;
mod web_identity_claims;

use crate::{Iam, Operations};
use api::sts::op;
use std::sync::Arc;

/// STS's operations.
#[rustfmt::skip] // One line an operation.
pub fn operations(iam: Arc<Iam>) -> Operations {
    Operations::new(api::sts::SERVICE, iam)
        .on(op::GetCallerIdentity, |_, _, _| caller::open(), caller::identity)
        .on(op::GetAccessKeyInfo, |_, call, _| crate::touches::any(call, "sts:GetAccessKeyInfo"), caller::access_key_info)
        .on(op::DecodeAuthorizationMessage, |_, call, _| crate::touches::any(call, "sts:DecodeAuthorizationMessage"), authorization_message::decode)
        .on(op::AssumeRole, assume_role::touches, assume_role::assume)
        .on(op::AssumeRoleWithWebIdentity, |_, _, _| web_identity::touches(), web_identity::assume)
        .on(op::GetSessionToken, |_, _, _| caller::open(), user_session::session_token)
        .on(op::GetFederationToken, |_, call, i| user_session::federation_touches(call, i), user_session::federation_token)
        .finish()
}
