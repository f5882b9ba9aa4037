//! The regions in which a signature is good.

use crate::limits::REGION_SET_MAX;

/// The regions in which a signature is good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Regions {
    /// The region of the credential scope, as written.
    One(String),
    /// `X-Amz-Region-Set` of SigV4a: names in which `*` stands for any text.
    Set(Vec<String>),
}

impl Regions {
    /// Reads `us-east-1`, `*` or `us-west-*, eu-west-1`; none when a name is empty, holds anything
    /// but lower-case letters, digits, `-` and `*`, or when there are too many.
    pub(crate) fn parse_set(text: &str) -> Option<Self> {
        let names: Vec<String> = text
            .split(',')
            .take(REGION_SET_MAX + 1)
            .map(|name| name.trim().to_owned())
            .collect();
        let is_good = names.len() <= REGION_SET_MAX && names.iter().all(|name| is_name(name));
        is_good.then_some(Self::Set(names))
    }

    /// Whether the signature is good in `region`.
    pub fn cover(&self, region: &str) -> bool {
        match self {
            Self::One(name) => name == region,
            Self::Set(names) => names
                .iter()
                .any(|name| matches(name.as_bytes(), region.as_bytes())),
        }
    }

    /// The one region that is meant, when it is only one and written out.
    pub fn only(&self) -> Option<&str> {
        match self {
            Self::One(name) => Some(name),
            Self::Set(names) => match names.as_slice() {
                [name] if !name.contains('*') => Some(name),
                _ => None,
            },
        }
    }
}

impl std::fmt::Display for Regions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::One(name) => f.write_str(name),
            Self::Set(names) => f.write_str(&names.join(",")),
        }
    }
}

fn is_name(name: &str) -> bool {
    let fits = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'*')
    };
    !name.is_empty() && name.bytes().all(fits)
}

/// Whether `pattern` with its `*` covers `text`. Only the last `*` met is tried again, so the cost
/// is the product of the two lengths at most.
fn matches(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut read) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    loop {
        match (pattern.get(at), text.get(read)) {
            (None, None) => return true,
            (Some(b'*'), _) => {
                star = Some((at + 1, read));
                at += 1;
            }
            (Some(want), Some(have)) if want == have => {
                at += 1;
                read += 1;
            }
            _ => {
                let Some((after, from)) = star.filter(|(_, from)| *from < text.len()) else {
                    return false;
                };
                star = Some((after, from + 1));
                (at, read) = (after, from + 1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn sets_cover_what_they_name() {
        let check = |set: &str, region: &str, expect: bool| {
            let regions = Regions::parse_set(set).unwrap();
            assert_eq!(regions.cover(region), expect, "{set} {region}");
        };
        check("us-east-1", "us-east-1", true);
        check("us-east-1", "us-east-10", false);
        check("us-east-1", "us-east-2", false);
        check("*", "eu-west-1", true);
        check("us-*", "us-east-1", true);
        check("us-*", "eu-west-1", false);
        check("us-west-*, eu-west-1", "eu-west-1", true);
        check("us-west-*,eu-west-1", "us-east-1", false);
        check("*-west-*", "eu-west-1", true);
        check("*-west-*", "eu-north-1", false);
        check("*1", "us-east-1", true);
        check("*1", "us-east-2", false);
    }

    #[test]
    fn what_is_no_set_is_refused() {
        for bad in ["", ",", "us-east-1,", "US-EAST-1", "us east", "eu-west-?"] {
            assert_eq!(Regions::parse_set(bad), None, "{bad}");
        }
        let many = |count: usize| vec!["a"; count].join(",");
        assert!(Regions::parse_set(&many(REGION_SET_MAX)).is_some());
        assert!(Regions::parse_set(&many(REGION_SET_MAX + 1)).is_none());
    }

    #[test]
    fn one_written_out_region_is_the_only_one() {
        let only = |set| Regions::parse_set(set).unwrap().only().map(str::to_owned);
        assert_eq!(only("eu-west-1").as_deref(), Some("eu-west-1"));
        assert_eq!(only("*"), None);
        assert_eq!(only("a,b"), None);
    }
}
