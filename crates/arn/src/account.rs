//! The twelve digits that name an account.

use crate::ParseError;
use std::{fmt, str::FromStr, sync::Arc};

/// An AWS account id: twelve decimal digits, leading zeros kept. Cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(Arc<str>);

impl AccountId {
    /// The twelve digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The account as a number below 10^12, as access key ids encode it.
    pub fn number(&self) -> u64 {
        self.0
            .bytes()
            .fold(0, |n, digit| n * 10 + u64::from(digit - b'0'))
    }

    /// The account whose number is `n`, or none when it needs more than twelve digits.
    pub fn from_number(n: u64) -> Option<Self> {
        (n < 1_000_000_000_000).then(|| Self(format!("{n:012}").into()))
    }
}

impl FromStr for AccountId {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        if text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self(text.into()))
        } else {
            Err(ParseError::Account(text.to_owned()))
        }
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twelve_digits_round_trip() {
        let id: AccountId = "000000000042".parse().unwrap();
        assert_eq!(id.number(), 42);
        assert_eq!(AccountId::from_number(42), Some(id));
        assert_eq!(AccountId::from_number(1_000_000_000_000), None);
    }

    #[test]
    fn others_are_refused() {
        for bad in [
            "",
            "11111111111",
            "1111111111111",
            "11111111111x",
            "１１１１１１１１１１１１",
        ] {
            assert!(bad.parse::<AccountId>().is_err(), "{bad}");
        }
    }
}
