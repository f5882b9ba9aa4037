//! Who makes a request, once the signature has said so.

use arn::{AccountId, Arn};

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
}
