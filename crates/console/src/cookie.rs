//! The session's cookie: one for each session number, seen by that number's paths alone.

use crate::limits::SESSION_MS_MAX;
use http::{HeaderMap, HeaderValue, header};

const NAME: &str = "crossway-session";

/// The token in a request's cookies.
pub(crate) fn token(headers: &HeaderMap) -> Option<&str> {
    let lines = headers.get_all(header::COOKIE).iter();
    let pairs = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'));
    pairs
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == NAME).then_some(value))
}

/// The cookie that signs in. No script can read it, and no other site's request carries it.
pub(crate) fn made(number: u32, token: &str, is_tls: bool) -> HeaderValue {
    let seconds = SESSION_MS_MAX / 1_000;
    let secure = if is_tls { "; Secure" } else { "" };
    value(&format!(
        "{NAME}={token}; Path=/console/s/{number}; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"
    ))
}

/// The cookie that signs out.
pub(crate) fn gone(number: u32) -> HeaderValue {
    value(&format!(
        "{NAME}=; Path=/console/s/{number}; Max-Age=0; HttpOnly; SameSite=Strict"
    ))
}

fn value(text: &str) -> HeaderValue {
    // Numbers and hexadecimal digits always fit into a header.
    HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_token_is_found_among_others() {
        let check = |line: &str, expect: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, line.parse().unwrap());
            assert_eq!(token(&headers), expect, "{line}");
        };
        check("crossway-session=ab", Some("ab"));
        check("a=b; crossway-session=ab;c=d", Some("ab"));
        check("xcrossway-session=ab", None);
        check("", None);
    }

    #[test]
    fn no_script_sees_it_and_no_other_path() {
        let plain = made(3, "ab", false);
        let plain = plain.to_str().unwrap();
        assert!(plain.starts_with("crossway-session=ab; Path=/console/s/3; "));
        assert!(plain.contains("HttpOnly; SameSite=Strict"));
        assert!(!plain.contains("Secure"));
        assert!(made(3, "ab", true).to_str().unwrap().ends_with("; Secure"));
        assert!(gone(3).to_str().unwrap().contains("Max-Age=0"));
    }
}
