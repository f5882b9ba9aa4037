//! `internet:443`, `db.example.org:5432`, `10.0.0.0/8:6379`, `[fd00::/8]:6379`.

use super::addresses;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// Hosts that functions may reach, and the TCP port there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    hosts: Hosts,
    port: u16,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Hosts {
    /// Every address that is routed on the public internet.
    Internet,
    /// Every address that the host's resolver gives for the name at that time.
    Name(String),
    Range(IpAddr, u8),
}

/// A text that is no destination.
#[derive(Debug, thiserror::Error)]
#[error(
    "`{0}` is no destination: write `internet:443`, `db.example.org:5432`, `10.0.0.0/8:6379` \
     or `[fd00::1]:6379`"
)]
pub struct BadDestination(String);

impl Destination {
    /// The host of a URL such as `https://aws.example.org`, and its port.
    ///
    /// # Errors
    /// The text has no host.
    pub fn of_url(url: &str) -> Result<Self, BadDestination> {
        let bad = || BadDestination(url.to_owned());
        let (scheme, rest) = url.split_once("://").ok_or_else(bad)?;
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let has_port = authority.rsplit(':').next().is_some_and(|last| {
            !last.is_empty()
                && last.len() < authority.len()
                && last.bytes().all(|b| b.is_ascii_digit())
        });
        let port = if scheme == "https" { 443 } else { 80 };
        match has_port {
            true => authority.parse(),
            false => format!("{authority}:{port}").parse(),
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Whether only names lead there.
    pub(crate) fn has_names(&self) -> bool {
        matches!(self.hosts, Hosts::Internet | Hosts::Name(_))
    }

    /// Whether `ip` is one of its hosts; may ask the host's resolver.
    pub(super) async fn has(&self, ip: IpAddr) -> bool {
        match &self.hosts {
            Hosts::Internet => addresses::is_public(ip),
            Hosts::Range(of, bits) => is_in_range(ip, *of, *bits),
            Hosts::Name(name) => {
                let found = tokio::net::lookup_host((name.as_str(), self.port)).await;
                found.is_ok_and(|mut found| found.any(|one| one.ip().to_canonical() == ip))
            }
        }
    }
}

impl FromStr for Destination {
    type Err = BadDestination;

    fn from_str(text: &str) -> Result<Self, BadDestination> {
        let bad = || BadDestination(text.to_owned());
        let (host, port) = text.rsplit_once(':').ok_or_else(bad)?;
        let port = port
            .parse()
            .ok()
            .filter(|port| *port != 0)
            .ok_or_else(bad)?;
        let hosts = match host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
        {
            Some(inside) => range(inside).filter(|_| inside.contains(':')),
            None if host == "internet" => Some(Hosts::Internet),
            None if host.starts_with(|c: char| c.is_ascii_digit()) => range(host),
            None => name(host),
        };
        Ok(Self {
            hosts: hosts.ok_or_else(bad)?,
            port,
        })
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let port = self.port;
        match &self.hosts {
            Hosts::Internet => write!(f, "internet:{port}"),
            Hosts::Name(name) => write!(f, "{name}:{port}"),
            Hosts::Range(IpAddr::V4(ip), 32) => write!(f, "{ip}:{port}"),
            Hosts::Range(IpAddr::V4(ip), bits) => write!(f, "{ip}/{bits}:{port}"),
            Hosts::Range(IpAddr::V6(ip), 128) => write!(f, "[{ip}]:{port}"),
            Hosts::Range(IpAddr::V6(ip), bits) => write!(f, "[{ip}/{bits}]:{port}"),
        }
    }
}

fn name(host: &str) -> Option<Hosts> {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    let is_name = !host.is_empty() && host.len() <= 253 && host.bytes().all(is_word);
    is_name.then(|| Hosts::Name(host.to_ascii_lowercase()))
}

fn range(text: &str) -> Option<Hosts> {
    let (ip, bits) = match text.split_once('/') {
        Some((ip, bits)) => (ip, Some(bits.parse().ok()?)),
        None => (text, None),
    };
    let ip: IpAddr = ip.parse().ok()?;
    let most = if ip.is_ipv4() { 32 } else { 128 };
    let bits = bits.unwrap_or(most);
    (bits <= most).then_some(Hosts::Range(ip, bits))
}

fn is_in_range(ip: IpAddr, of: IpAddr, bits: u8) -> bool {
    let bits = u32::from(bits);
    match (ip, of) {
        (IpAddr::V4(ip), IpAddr::V4(of)) => {
            let mask = u32::MAX.checked_shl(Ipv4Addr::BITS - bits).unwrap_or(0);
            ip.to_bits() & mask == of.to_bits() & mask
        }
        (IpAddr::V6(ip), IpAddr::V6(of)) => {
            let mask = u128::MAX.checked_shl(Ipv6Addr::BITS - bits).unwrap_or(0);
            ip.to_bits() & mask == of.to_bits() & mask
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn texts_read_back_and_others_are_refused() {
        for text in [
            "internet:443",
            "db.example.org:5432",
            "10.1.2.3:80",
            "10.0.0.0/8:6379",
            "0.0.0.0/0:1",
            "[fd00::1]:65535",
            "[fd00::/8]:6379",
        ] {
            assert_eq!(text.parse::<Destination>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "internet",
            "internet:",
            "internet:0",
            "internet:65536",
            "internet:*",
            "*:443",
            ":443",
            "10.0.0.0/33:1",
            "10.0.0:1",
            "[10.0.0.1]:1",
            "[::1/129]:1",
            "::1:80",
            "a b:1",
            "http://x:1",
            "x/8:1",
        ] {
            assert!(text.parse::<Destination>().is_err(), "{text}");
        }
    }

    #[test]
    fn urls_have_their_scheme_s_port() {
        for (url, expect) in [
            ("https://aws.example.org", "aws.example.org:443"),
            ("http://aws.example.org/x?y", "aws.example.org:80"),
            ("https://localhost:8443/", "localhost:8443"),
            ("http://127.0.0.1:4566", "127.0.0.1:4566"),
            ("http://[::1]:4566", "[::1]:4566"),
            ("https://[::1]", "[::1]:443"),
        ] {
            assert_eq!(Destination::of_url(url).unwrap().to_string(), expect);
        }
        assert!(Destination::of_url("nothing").is_err());
        assert!(Destination::of_url("https://").is_err());
    }

    #[tokio::test]
    async fn range_ends_where_it_ends() {
        for (text, inside, outside) in [
            ("10.0.0.0/8:1", "10.255.255.255", "11.0.0.0"),
            ("10.1.2.3:1", "10.1.2.3", "10.1.2.4"),
            ("[fd00::/8]:1", "fdff::1", "fe00::1"),
            ("0.0.0.0/0:1", "127.0.0.1", "::1"),
            ("internet:1", "1.1.1.1", "169.254.169.254"),
            ("localhost:1", "127.0.0.1", "127.0.0.2"),
        ] {
            let destination: Destination = text.parse().unwrap();
            assert!(
                destination.has(inside.parse().unwrap()).await,
                "{text} {inside}"
            );
            assert!(
                !destination.has(outside.parse().unwrap()).await,
                "{text} {outside}"
            );
        }
    }
}
