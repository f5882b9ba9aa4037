//! `arn:partition:service:region:account:resource`.

use crate::{AccountId, ParseError, Partition, Region};
use std::{fmt, str::FromStr};

/// A parsed Amazon Resource Name.
///
/// Region and account may be empty (`arn:aws:iam::aws:policy/X` has no region and the account
/// `aws`, so the account is kept as a checked text rather than an [`AccountId`]). The resource is
/// everything after the fifth colon and may hold colons itself.
///
/// ```
/// let arn: arn::Arn = "arn:aws:lambda:us-east-1:222222222222:function:hello:live".parse().unwrap();
/// assert_eq!(arn.service(), "lambda");
/// assert_eq!(arn.resource(), "function:hello:live");
/// ```
///
/// Source: "Identify AWS resources with Amazon Resource Names (ARNs)", IAM user guide.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Arn {
    text: Box<str>,
    /// Byte offsets of the five colons.
    colons: [u16; 5],
}

/// The longest ARN that any service accepts here.
const ARN_BYTES_MAX: usize = 4096;

impl Arn {
    /// Joins parts that are known to be good.
    pub fn new(service: &str, region: &str, account: &str, resource: &str) -> Self {
        format!("arn:aws:{service}:{region}:{account}:{resource}")
            .parse()
            .expect("parts without colons make an ARN")
    }

    /// The whole text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// `aws` in most ARNs.
    pub fn partition(&self) -> &str {
        self.part(0)
    }

    /// The service's namespace, such as `lambda`.
    pub fn service(&self) -> &str {
        self.part(1)
    }

    /// The region's name; empty for global services.
    pub fn region(&self) -> &str {
        self.part(2)
    }

    /// The account's digits, `aws` for AWS's own policies, or empty.
    pub fn account(&self) -> &str {
        self.part(3)
    }

    /// Everything after the fifth colon.
    pub fn resource(&self) -> &str {
        self.part(4)
    }

    /// The account as an id, where there is one.
    pub fn account_id(&self) -> Option<AccountId> {
        self.account().parse().ok()
    }

    /// The region, where there is one.
    pub fn region_id(&self) -> Option<Region> {
        self.region().parse().ok()
    }

    fn part(&self, index: usize) -> &str {
        let start = usize::from(self.colons[index]) + 1;
        match self.colons.get(index + 1) {
            Some(end) => &self.text[start..usize::from(*end)],
            None => &self.text[start..],
        }
    }
}

impl FromStr for Arn {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let bad = || ParseError::Arn(text.chars().take(200).collect());
        if text.len() > ARN_BYTES_MAX || !text.starts_with("arn:") {
            return Err(bad());
        }
        let mut colons = [0u16; 5];
        let mut found = text.bytes().enumerate().filter(|(_, byte)| *byte == b':');
        for slot in &mut colons {
            let (at, _) = found.next().ok_or_else(bad)?;
            *slot = u16::try_from(at).map_err(|_| bad())?;
        }
        let arn = Self {
            text: text.into(),
            colons,
        };
        let account = arn.account();
        let account_fits = account.is_empty() || account == "aws" || arn.account_id().is_some();
        let region_fits = arn.region().is_empty() || arn.region_id().is_some();
        let whole = arn.partition().parse::<Partition>().is_ok()
            && !arn.service().is_empty()
            && region_fits
            && account_fits
            && !arn.resource().is_empty();
        if whole { Ok(arn) } else { Err(bad()) }
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found() {
        let arn: Arn = "arn:aws:execute-api:us-east-1:111111111111:abc/*/GET/"
            .parse()
            .unwrap();
        assert_eq!(arn.partition(), "aws");
        assert_eq!(arn.service(), "execute-api");
        assert_eq!(arn.region(), "us-east-1");
        assert_eq!(arn.account_id().unwrap().number(), 111_111_111_111);
        assert_eq!(arn.resource(), "abc/*/GET/");
    }

    #[test]
    fn global_and_managed_arns() {
        let arn: Arn = "arn:aws:iam::aws:policy/AdministratorAccess"
            .parse()
            .unwrap();
        assert_eq!((arn.region(), arn.account()), ("", "aws"));
        assert!(arn.account_id().is_none());
    }

    #[test]
    fn broken_arns_are_refused() {
        for bad in [
            "",
            "arn",
            "arn:aws:lambda:us-east-1:222222222222",
            "arn:aws:lambda:us-east-1:222222222222:",
            "arn:nope:lambda:us-east-1:222222222222:function:x",
            "arn:aws::us-east-1:222222222222:function:x",
            "arn:aws:lambda:US:222222222222:function:x",
            "arn:aws:lambda:us-east-1:2222:function:x",
            "ARN:aws:lambda:us-east-1:222222222222:function:x",
        ] {
            assert!(bad.parse::<Arn>().is_err(), "{bad}");
        }
        let long = format!("arn:aws:s3:::{}", "a".repeat(ARN_BYTES_MAX));
        assert!(long.parse::<Arn>().is_err());
        assert!(long[..ARN_BYTES_MAX].parse::<Arn>().is_ok());
    }
}
