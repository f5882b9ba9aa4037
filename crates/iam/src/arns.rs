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
        let is_policy = is_iam(&arn) && !name.is_empty();
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
    let is_role = is_iam(arn) && !name.is_empty();
    Some((arn.account_id()?, path, name.to_owned())).filter(|_| is_role)
}

/// IAM is global, and only the partition `aws` is served.
fn is_iam(arn: &Arn) -> bool {
    arn.partition() == "aws" && arn.service() == "iam" && arn.region().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_and_policies_of_other_partitions_and_regions_are_none() {
        let role_of = |text: &str| role(&text.parse().unwrap());
        let found = role_of("arn:aws:iam::111111111111:role/a/b/c").unwrap();
        assert_eq!((found.1.as_str(), found.2.as_str()), ("/a/b/", "c"));
        for other in [
            "arn:aws-cn:iam::111111111111:role/c",
            "arn:aws:iam:us-east-1:111111111111:role/c",
            "arn:aws:sts::111111111111:role/c",
            "arn:aws:iam::111111111111:user/c",
            "arn:aws:iam::aws:role/c",
            "arn:aws:iam::111111111111:role/",
        ] {
            assert!(role_of(other).is_none(), "{other}");
        }
        let policy = PolicyArn::parse("arn:aws:iam::aws:policy/service-role/X").unwrap();
        assert_eq!(
            (policy.path.as_str(), policy.name.as_str()),
            ("/service-role/", "X")
        );
        for other in [
            "arn:aws-cn:iam::aws:policy/X",
            "arn:aws:iam::aws:role/X",
            "policy/X",
            "",
        ] {
            assert!(PolicyArn::parse(other).is_none(), "{other}");
        }
    }
}
