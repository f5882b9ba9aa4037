//! The values of a condition, compiled for their operator.

use crate::number::Number;
use crate::operator::{Base, Family};
use crate::template::{Template, arn_parts};
use crate::{Keys, Version, date};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::net::IpAddr;

/// One value of a condition; none inside where the text is not what the operator compares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Text(Template),
    Arn(Option<Vec<Template>>),
    Number(Option<Number>),
    Date(Option<i64>),
    Bool(Option<bool>),
    Binary(Option<Vec<u8>>),
    Ip(Option<Network>),
}

impl Value {
    pub(crate) fn new(family: Family, text: &str, version: Version) -> Self {
        match family {
            Family::Text | Family::TextIgnoreCase | Family::TextLike => {
                Self::Text(Template::new(text, version))
            }
            Family::Arn => Self::Arn(arn_templates(text, version)),
            Family::Number => Self::Number(Number::parse(text)),
            Family::Date => Self::Date(date::parse(text)),
            Family::Bool | Family::Null => Self::Bool(boolean(text)),
            Family::Binary => Self::Binary(STANDARD.decode(text).ok()),
            Family::Ip => Self::Ip(Network::parse(text)),
        }
    }

    /// Whether `given` stands to this value as the operator, its negation left aside, wants; none
    /// when the two cannot be compared.
    pub(crate) fn compares(&self, base: Base, given: &str, context: &dyn Keys) -> Option<bool> {
        match self {
            Self::Text(template) => match base.family {
                Family::TextLike => template.is_like(given, context),
                Family::TextIgnoreCase => {
                    let text = template.text(context)?;
                    Some(text.to_lowercase() == given.to_lowercase())
                }
                _ => Some(template.text(context)? == given),
            },
            Self::Arn(templates) => arn_is_like(templates.as_deref()?, given, context),
            Self::Number(number) => {
                let order = Number::parse(given)?.compare((*number)?);
                Some(base.order.holds(order))
            }
            Self::Date(date) => Some(base.order.holds(date::parse(given)?.cmp(&(*date)?))),
            Self::Bool(value) => Some(boolean(given)? == (*value)?),
            Self::Binary(bytes) => Some(STANDARD.decode(given).ok()? == *bytes.as_ref()?),
            Self::Ip(network) => {
                let address: IpAddr = given.parse().ok()?;
                Some((*network)?.contains(address))
            }
        }
    }

    /// What a value of `Null` asks: true, that the key be absent.
    pub(crate) fn says_absent(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => *value,
            _ => None,
        }
    }
}

fn boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// The six parts; `*` alone stands for any ARN.
fn arn_templates(text: &str, version: Version) -> Option<Vec<Template>> {
    if text == "*" {
        return Some(Vec::new());
    }
    let parts = arn_parts(text);
    (parts.len() == 6).then(|| {
        parts
            .iter()
            .map(|part| Template::new(part, version))
            .collect()
    })
}

fn arn_is_like(templates: &[Template], given: &str, context: &dyn Keys) -> Option<bool> {
    if !given.starts_with("arn:") || given.split(':').count() < 6 {
        return None;
    }
    let mut is_like = true;
    for (template, part) in templates.iter().zip(given.splitn(6, ':')) {
        // Every part is looked at, so that an unresolved variable is found wherever it stands.
        is_like &= template.is_like(part, context)?;
    }
    Some(is_like)
}

/// A range of IP addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Network {
    address: IpAddr,
    bits: u32,
}

impl Network {
    /// Reads `10.0.0.0/8`, `2001:db8::/32`, or one address.
    fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let all = if address.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            None => all,
            Some(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse().ok()?,
            Some(_) => return None,
        };
        (bits <= all).then_some(Self { address, bits })
    }

    /// An IPv4 address that came in as `::ffff:a.b.c.d` counts as IPv4: whoever listens on both
    /// must not open a way around a Deny.
    fn contains(self, given: IpAddr) -> bool {
        match (self.address, given.to_canonical()) {
            (IpAddr::V4(net), IpAddr::V4(ip)) => {
                let mask = u32::MAX.checked_shl(32 - self.bits).unwrap_or(0);
                (net.to_bits() & mask) == (ip.to_bits() & mask)
            }
            (IpAddr::V6(net), IpAddr::V6(ip)) => {
                let mask = u128::MAX.checked_shl(128 - self.bits).unwrap_or(0);
                (net.to_bits() & mask) == (ip.to_bits() & mask)
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks() {
        let holds =
            |net: &str, ip: &str| Network::parse(net).unwrap().contains(ip.parse().unwrap());
        assert!(holds("0.0.0.0/0", "203.0.113.9"));
        assert!(holds("203.0.113.0/24", "203.0.113.255"));
        assert!(!holds("203.0.113.0/24", "203.0.114.0"));
        assert!(holds("203.0.113.9", "::ffff:203.0.113.9"));
        assert!(holds("::/0", "2001:db8::1"));
        assert!(!holds("::/0", "203.0.113.9"));
        for bad in [
            "",
            "1.2.3",
            "1.2.3.4/33",
            "::/129",
            "1.2.3.4/-1",
            "1.2.3.4/+8",
            "1.2.3.4/",
        ] {
            assert_eq!(Network::parse(bad), None, "{bad}");
        }
    }
}
