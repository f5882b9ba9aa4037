//! How a function is named: five forms, one meaning.

use crate::error::LambdaError;
use arn::{AccountId, Region};
use std::fmt;

/// A function and, perhaps, one of its versions or aliases.
///
/// | Form | Example |
/// |---|---|
/// | name | `fn`, `fn:live` |
/// | account and name | `123456789012:fn`, `123456789012:function:fn` |
/// | ARN | `arn:aws:lambda:us-east-1:123456789012:function:fn[:live]` |
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionName {
    /// The owner: the account in the name, else the caller's.
    pub account: AccountId,
    /// Where it lives.
    pub region: Region,
    /// The bare name.
    pub name: String,
    /// Version number, alias or `$LATEST`; none when the function itself is meant.
    pub qualifier: Option<String>,
}

/// What `$LATEST` is called.
pub const LATEST: &str = "$LATEST";

impl FunctionName {
    /// Reads any of the five forms for a caller of `account` in `region`.
    ///
    /// # Errors
    /// Another region, two different qualifiers, or a text that is no name.
    pub fn parse(
        text: &str,
        qualifier: Option<&str>,
        account: &AccountId,
        region: &Region,
    ) -> Result<Self, LambdaError> {
        let parts = Parts::split(text).ok_or_else(|| LambdaError::NotAName(text.to_owned()))?;
        if let Some(named) = parts.region
            && named != region.as_str()
        {
            return Err(LambdaError::OtherRegion {
                named: named.to_owned(),
                here: region.as_str().to_owned(),
            });
        }
        let qualifier = match (parts.qualifier, qualifier) {
            (Some(inside), Some(beside)) if inside != beside => {
                return Err(LambdaError::QualifierMismatch);
            }
            (inside, beside) => inside.or(beside).map(str::to_owned),
        };
        let account = match parts.account {
            Some(digits) => digits
                .parse()
                .map_err(|_| LambdaError::NotAName(text.to_owned()))?,
            None => account.clone(),
        };
        Ok(Self {
            account,
            region: region.clone(),
            name: parts.name.to_owned(),
            qualifier,
        })
    }

    /// Reads a full ARN; its own region counts.
    pub fn from_arn(text: &str) -> Option<Self> {
        let parts = Parts::split(text)?;
        Some(Self {
            account: parts.account?.parse().ok()?,
            region: parts.region?.parse().ok()?,
            name: parts.name.to_owned(),
            qualifier: parts.qualifier.map(str::to_owned),
        })
    }

    /// Reads a function's key: what [`FunctionName::key`] gives.
    pub fn of_key(key: &str) -> Option<Self> {
        let mut parts = key.split('/');
        let (account, region, name) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self {
            account: account.parse().ok()?,
            region: region.parse().ok()?,
            name: name.to_owned(),
            qualifier: None,
        })
    }

    /// The key of the function's record: `{account}/{region}/{name}`.
    pub fn key(&self) -> String {
        [
            self.account.as_str(),
            "/",
            self.region.as_str(),
            "/",
            &self.name,
        ]
        .concat()
    }

    /// The ARN without qualifier.
    pub fn function_arn(&self) -> String {
        let (region, account) = (self.region.as_str(), self.account.as_str());
        [
            "arn:aws:lambda:",
            region,
            ":",
            account,
            ":function:",
            &self.name,
        ]
        .concat()
    }

    /// The ARN with the qualifier that was asked for, if any.
    pub fn arn(&self) -> String {
        match &self.qualifier {
            Some(qualifier) => self.qualified_arn(qualifier),
            None => self.function_arn(),
        }
    }

    /// The ARN with `qualifier`.
    pub fn qualified_arn(&self, qualifier: &str) -> String {
        [self.function_arn().as_str(), ":", qualifier].concat()
    }

    /// The same function without qualifier.
    pub fn unqualified(&self) -> Self {
        Self {
            qualifier: None,
            ..self.clone()
        }
    }

    /// What the qualifier, or its absence, selects.
    pub fn selection(&self) -> Selection<'_> {
        match self.qualifier.as_deref() {
            None | Some(LATEST) => Selection::Latest,
            Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => {
                Selection::Version(digits)
            }
            Some(alias) => Selection::Alias(alias),
        }
    }
}

impl fmt::Display for FunctionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.arn())
    }
}

/// What a qualifier selects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selection<'a> {
    /// The code and configuration that can be edited.
    Latest,
    /// A published version.
    Version(&'a str),
    /// An alias.
    Alias(&'a str),
}

/// The texts between the colons.
struct Parts<'a> {
    region: Option<&'a str>,
    account: Option<&'a str>,
    name: &'a str,
    qualifier: Option<&'a str>,
}

/// `arn:aws:lambda:us-east-1:123456789012:function:fn:live`.
const SEGMENTS_MAX: usize = 8;

impl<'a> Parts<'a> {
    /// Follows the model's pattern, in which every part but the name is optional.
    fn split(text: &'a str) -> Option<Self> {
        let mut segments = [""; SEGMENTS_MAX];
        let mut count = 0;
        for segment in text.split(':') {
            *segments.get_mut(count)? = segment;
            count += 1;
        }
        let mut rest = segments.get(..count)?;
        if let ["arn", partition, "lambda", tail @ ..] = rest
            && partition.starts_with("aws")
        {
            rest = tail;
        }
        // A part is optional only while something follows it that can be the name.
        let mut take = |fits: fn(&str) -> bool| match rest {
            [first, tail @ ..] if !tail.is_empty() && fits(first) => {
                rest = tail;
                Some(*first)
            }
            _ => None,
        };
        let region = take(is_region);
        let account = take(is_account);
        take(|segment| segment == "function");
        let (name, qualifier) = match rest {
            [name] => (*name, None),
            [name, qualifier] => (*name, Some(*qualifier)),
            _ => return None,
        };
        let fits = is_name(name) && qualifier.is_none_or(is_qualifier);
        fits.then_some(Self {
            region,
            account,
            name,
            qualifier,
        })
    }
}

/// Words of letters and digits with dashes between them, three or more, the last one digit.
fn is_region(text: &str) -> bool {
    let mut dashes = 0;
    let mut before = b'-';
    for byte in text.bytes() {
        match byte {
            b'-' if before == b'-' => return false,
            b'-' => dashes += 1,
            b'a'..=b'z' | b'0'..=b'9' => {}
            _ => return false,
        }
        before = byte;
    }
    dashes >= 2 && before.is_ascii_digit() && text.bytes().nth_back(1) == Some(b'-')
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

fn is_qualifier(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'$' | b'.'))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use super::*;

    fn parse(text: &str, qualifier: Option<&str>) -> Result<FunctionName, LambdaError> {
        let account = "222222222222".parse().unwrap();
        FunctionName::parse(text, qualifier, &account, &Region::us_east_1())
    }

    #[test]
    fn every_form_names_the_same_function() {
        for (text, account, qualifier) in [
            ("fn", "222222222222", None),
            ("fn:live", "222222222222", Some("live")),
            ("function:fn", "222222222222", None),
            ("111111111111:fn", "111111111111", None),
            ("111111111111:function:fn:7", "111111111111", Some("7")),
            ("us-east-1:111111111111:fn", "111111111111", None),
            (
                "arn:aws:lambda:us-east-1:111111111111:function:fn",
                "111111111111",
                None,
            ),
            (
                "arn:aws:lambda:us-east-1:111111111111:function:fn:$LATEST",
                "111111111111",
                Some("$LATEST"),
            ),
        ] {
            let name = parse(text, None).unwrap();
            assert_eq!(
                (
                    name.name.as_str(),
                    name.account.as_str(),
                    name.qualifier.as_deref()
                ),
                ("fn", account, qualifier),
                "{text}"
            );
        }
    }

    #[test]
    fn an_arn_that_stops_early_names_a_function_called_function() {
        let name = parse("arn:aws:lambda:us-east-1:111111111111:function", None).unwrap();
        assert_eq!(name.name, "function");
    }

    #[test]
    fn other_regions_are_not_reachable() {
        let error = parse("arn:aws:lambda:eu-west-1:111111111111:function:fn", None).unwrap_err();
        assert_eq!(
            error.to_string(),
            "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')"
        );
    }

    #[test]
    fn two_qualifiers_must_agree() {
        assert!(parse("fn:1", Some("1")).is_ok());
        assert_eq!(
            parse("fn:1", Some("$LATEST")).unwrap_err().to_string(),
            "The derived qualifier from the function name does not match the specified qualifier."
        );
    }

    #[test]
    fn texts_that_are_no_name_are_refused() {
        for text in [
            "",
            "*",
            "a b",
            "fn:1:2",
            "arn:aws:ec2:us-east-1:111111111111:instance:i-1",
            "arn:aws:lambda::111111111111:function:fn",
            "arn:aws:lambda:us-east-1::function:fn",
            "fn:",
            "fn/../x",
        ] {
            assert!(parse(text, None).is_err(), "{text}");
        }
    }

    #[test]
    fn regions_are_told_from_names() {
        for text in [
            "us-east-1",
            "us-gov-west-1",
            "ap-southeast-3",
            "us-isob-east-1",
        ] {
            assert!(is_region(text), "{text}");
        }
        for text in [
            "",
            "-",
            "us-1",
            "us--1",
            "-us-east-1",
            "us-east-12",
            "us-east-a",
            "US-east-1",
        ] {
            assert!(!is_region(text), "{text}");
        }
    }

    #[test]
    fn qualifiers_select() {
        assert_eq!(parse("fn", None).unwrap().selection(), Selection::Latest);
        assert_eq!(
            parse("fn:12", None).unwrap().selection(),
            Selection::Version("12")
        );
        assert_eq!(
            parse("fn:v12", None).unwrap().selection(),
            Selection::Alias("v12")
        );
    }
}
