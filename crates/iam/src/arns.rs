//! The ARNs of IAM's things.

use arn::Arn;

/// `arn:aws:iam::{account}:{kind}{path}{name}`, where a path starts and ends with `/`.
pub(crate) fn iam(account: &str, kind: &str, path: &str, name: &str) -> String {
    format!("arn:aws:iam::{account}:{kind}{path}{name}")
}

/// A managed policy's name, path and owner, from its ARN.
pub(crate) struct PolicyArn {
    /// Twelve digits, or `aws`.
    pub account: String,
    pub path: String,
    pub name: String,
}

impl PolicyArn {
    /// Reads `arn:aws:iam::{account}:policy{path}{name}`; none for anything else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let arn: Arn = text.parse().ok()?;
        let rest = arn.resource().strip_prefix("policy/")?;
        let (path, name) = match rest.rsplit_once('/') {
            Some((path, name)) => (format!("/{path}/"), name),
            None => ("/".to_owned(), rest),
        };
        let is_policy = arn.service() == "iam" && arn.region().is_empty() && !name.is_empty();
        is_policy.then(|| Self {
            account: arn.account().to_owned(),
            path,
            name: name.to_owned(),
        })
    }
}

/// A role's account, path and name from its ARN.
pub(crate) fn role(arn: &Arn) -> Option<(arn::AccountId, String, String)> {
    let rest = arn.resource().strip_prefix("role/")?;
    let (path, name) = match rest.rsplit_once('/') {
        Some((path, name)) => (format!("/{path}/"), name),
        None => ("/".to_owned(), rest),
    };
    let is_role = arn.service() == "iam" && !name.is_empty();
    Some((arn.account_id()?, path, name.to_owned())).filter(|_| is_role)
}
