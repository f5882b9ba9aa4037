//! Who makes a request, once the signature has said so.

use crate::Attached;
use arn::{AccountId, Arn};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What kind of identity signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrincipalKind {
    /// The account's root user.
    Root,
    /// An IAM user.
    User,
    /// A session of an IAM role.
    AssumedRole,
    /// A session made by GetFederationToken.
    FederatedUser,
}

/// An authenticated identity of one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The account that the identity belongs to.
    pub account: AccountId,
    /// What kind of identity it is.
    pub kind: PrincipalKind,
    /// The caller's ARN as GetCallerIdentity prints it:
    /// `arn:aws:iam::A:root`, `…:user/path/name`, `arn:aws:sts::A:assumed-role/role/session`.
    pub arn: Arn,
    /// `aws:PrincipalArn`: as `arn`, but for a role session the role's own ARN, path included.
    pub principal_arn: Arn,
    /// `aws:userid`: account id, `AIDA…`, or `AROA…:session`.
    pub user_id: String,
    /// The key that signed.
    pub access_key_id: String,
    /// What temporary credentials bring along; none for long-term keys.
    pub session: Option<Arc<Session>>,
}

/// What temporary credentials bring along.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Session {
    /// `aws:TokenIssueTime`: when the credentials were made, in milliseconds since 1970.
    pub issued_ms: i64,
    /// Whether a password was shown: such a session may do all that its user may, where other
    /// sessions of users may not call IAM.
    pub is_sign_in: bool,
    /// Whether a second factor was shown: `aws:MultiFactorAuthPresent`.
    pub is_mfa: bool,
    /// `aws:SourceIdentity`, and `sts:SourceIdentity` of the next role in a chain.
    pub source_identity: Option<String>,
    /// Session tags: `aws:PrincipalTag/key`.
    pub tags: BTreeMap<String, String>,
    /// Keys of the tags that the next role in a chain inherits.
    pub transitive_tag_keys: Vec<String>,
    /// The policies that were passed; none when none were, which limits nothing.
    pub policies: Option<Vec<Attached>>,
    /// The ARN of the user whose policies a federated user has.
    pub federated_by: Option<Arn>,
}
