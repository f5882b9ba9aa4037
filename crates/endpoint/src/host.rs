//! Whose name a request may come in under, and which web pages may send one.
//!
//! A web page can make the developer's browser send requests to this machine. Two checks keep it
//! out: the `Host` must be a name that nobody else can point here (DNS rebinding), and the page's
//! `Origin` must be our own (cross-site requests).

use http::{HeaderMap, header};
use std::net::IpAddr;

/// Which host names are answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostRule {
    /// Loopback addresses, `localhost`, `*.localhost`, `*.amazonaws.com`, and these names; a name
    /// that starts with `.` stands for everything below it.
    Developer(Vec<String>),
    /// Every name: for a server whose callers all sign with real credentials.
    Any,
}

impl HostRule {
    /// Whether requests for `host` (port and all) are answered.
    pub(crate) fn allows(&self, host: &str) -> bool {
        let Self::Developer(others) = self else {
            return true;
        };
        let name = without_port(host).to_ascii_lowercase();
        is_loopback(host)
            || name.ends_with(".localhost")
            || name.ends_with(".amazonaws.com")
            || others.iter().any(|other| {
                let other = other.to_ascii_lowercase();
                name == other || (other.starts_with('.') && name.ends_with(&other))
            })
    }
}

/// Which callers a mounted service answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exposure {
    /// Programs on this machine: the `Host` is a loopback name, and nothing tells of a web page.
    Local,
    /// Also web pages that this server itself served.
    SameOrigin,
    /// Everybody, web pages of others included.
    Public,
}

impl Exposure {
    /// Whether a request with these headers is answered.
    pub(crate) fn allows(self, host: &str, headers: &HeaderMap) -> bool {
        match self {
            Self::Local => {
                let has_origin = headers.contains_key(header::ORIGIN);
                is_loopback(host) && !has_origin && is_same_origin(host, headers)
            }
            Self::SameOrigin => is_same_origin(host, headers) || is_navigation(headers),
            Self::Public => true,
        }
    }
}

/// Whether no web page but our own sent the request. Programs send neither header.
pub(crate) fn is_same_origin(host: &str, headers: &HeaderMap) -> bool {
    let origins = headers.get_all(header::ORIGIN);
    let is_ours = origins.iter().all(|origin| {
        let origin = origin.as_bytes();
        let host_of = origin
            .strip_prefix(b"http://")
            .or_else(|| origin.strip_prefix(b"https://"));
        host_of.is_some_and(|found| found.eq_ignore_ascii_case(host.as_bytes()))
    });
    let site = headers.get("sec-fetch-site").map(|value| value.as_bytes());
    is_ours && !matches!(site, Some(b"cross-site" | b"same-site"))
}

/// Whether the user followed a link here. Forms of other pages come with their `Origin`.
fn is_navigation(headers: &HeaderMap) -> bool {
    let mode = headers.get("sec-fetch-mode").map(|value| value.as_bytes());
    mode == Some(b"navigate") && !headers.contains_key(header::ORIGIN)
}

/// `host` without its port; brackets of IPv6 addresses stay.
pub(crate) fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) && !name.ends_with(':') => {
            name
        }
        _ => host,
    }
}

fn is_loopback(host: &str) -> bool {
    let name = without_port(host);
    let bare = name
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(name);
    name.eq_ignore_ascii_case("localhost")
        || bare
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_others_can_point_here_are_refused() {
        let rule = HostRule::Developer(vec!["dev.example".into(), ".lan.example".into()]);
        for good in [
            "localhost",
            "localhost:4566",
            "LOCALHOST:1",
            "127.0.0.1:4566",
            "127.9.9.9",
            "[::1]:4566",
            "abc.execute-api.us-east-1.localhost:4566",
            "lambda.us-east-1.amazonaws.com",
            "dev.example:80",
            "a.lan.example",
        ] {
            assert!(rule.allows(good), "{good}");
        }
        for bad in [
            "",
            "evil.example",
            "evil.example:4566",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "notlocalhost",
            "xamazonaws.com",
            "0.0.0.0",
            "192.168.1.5",
            "[::]",
            "lan.example",
        ] {
            assert!(!rule.allows(bad), "{bad}");
            assert!(HostRule::Any.allows(bad));
        }
    }

    #[test]
    fn only_our_own_pages_are_same_origin() {
        let check = |pairs: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.append(*name, http::HeaderValue::from_static(value));
            }
            is_same_origin("localhost:4566", &headers)
        };
        assert!(check(&[]));
        assert!(check(&[("origin", "http://localhost:4566")]));
        assert!(check(&[("sec-fetch-site", "same-origin")]));
        assert!(check(&[("sec-fetch-site", "none")]));
        assert!(!check(&[("origin", "http://evil.example")]));
        assert!(!check(&[("origin", "null")]));
        assert!(!check(&[("origin", "http://localhost:3000")]));
        assert!(!check(&[
            ("origin", "http://localhost:4566"),
            ("origin", "http://evil.example")
        ]));
        assert!(!check(&[("sec-fetch-site", "cross-site")]));
        assert!(!check(&[("sec-fetch-site", "same-site")]));
    }

    #[test]
    fn local_mounts_take_no_page_and_no_other_name() {
        let mut page = HeaderMap::new();
        page.insert(
            "origin",
            http::HeaderValue::from_static("http://localhost:1"),
        );
        let program = HeaderMap::new();
        assert!(Exposure::Local.allows("127.0.0.1:1", &program));
        assert!(!Exposure::Local.allows("localhost:1", &page));
        assert!(!Exposure::Local.allows("a.localhost:1", &program));
        assert!(Exposure::SameOrigin.allows("localhost:1", &page));
        assert!(Exposure::Public.allows("anything", &page));
        let mut link = HeaderMap::new();
        link.insert(
            "sec-fetch-site",
            http::HeaderValue::from_static("cross-site"),
        );
        assert!(!Exposure::SameOrigin.allows("localhost:1", &link));
        assert!(!Exposure::Local.allows("localhost:1", &link));
        link.insert("sec-fetch-mode", http::HeaderValue::from_static("navigate"));
        assert!(Exposure::SameOrigin.allows("localhost:1", &link));
    }
}
