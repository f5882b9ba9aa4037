//! Partitions and regions.

use crate::ParseError;
use std::{fmt, str::FromStr, sync::Arc};

/// A region name such as `us-east-1`: 1 to 32 lower-case letters, digits and dashes. Cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region(Arc<str>);

impl Region {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `us-east-1`, where global services live and what clients use when nothing is said.
    pub fn us_east_1() -> Self {
        Self("us-east-1".into())
    }
}

impl FromStr for Region {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let fits = (1..=32).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if fits {
            Ok(Self(text.into()))
        } else {
            Err(ParseError::Region(text.to_owned()))
        }
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A partition: `aws`, `aws-cn`, `aws-us-gov` and their like.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Partition(Arc<str>);

impl Partition {
    /// The commercial partition, the only one that Crossway serves.
    pub fn aws() -> Self {
        Self("aws".into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Partition {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let tail_fits = text.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        if text == "aws" || (text.starts_with("aws-") && text.len() <= 20 && tail_fits) {
            Ok(Self(text.into()))
        } else {
            Err(ParseError::Partition(text.to_owned()))
        }
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn region_names() {
        assert_eq!("eu-west-1".parse::<Region>().unwrap().as_str(), "eu-west-1");
        for bad in ["", "EU-west-1", "a b", "us_east_1", &"a".repeat(33)] {
            assert!(bad.parse::<Region>().is_err(), "{bad}");
        }
    }

    #[test]
    fn partitions() {
        assert!("aws-us-gov".parse::<Partition>().is_ok());
        assert!("awsx".parse::<Partition>().is_err());
    }
}
