//! URLs of issuers and of what they publish.

use http::Uri;

/// Whether this is the URL of an issuer: absolute, with a host, without user, query and fragment
/// ("Create a JWT authorizer for a REST API").
pub(super) fn is_issuer(url: &str, allows_http: bool) -> bool {
    is_askable(url, allows_http) && !url.contains(['?', '#'])
}

/// Whether this URL may be asked at all.
pub(super) fn is_askable(url: &str, allows_http: bool) -> bool {
    // The parser drops fragments and takes what is no ASCII apart differently than others do.
    let is_plain = url.bytes().all(|byte| byte.is_ascii_graphic()) && !url.contains(['#', '\\']);
    let Ok(parsed) = url.parse::<Uri>() else {
        return false;
    };
    let has_scheme = match parsed.scheme_str() {
        Some("https") => true,
        Some("http") => allows_http,
        _ => false,
    };
    let authority = parsed
        .authority()
        .map_or("", |authority| authority.as_str());
    let has_host = parsed.host().is_some_and(|host| !host.is_empty());
    is_plain && has_scheme && has_host && !authority.contains('@')
}

/// Whether this is the id of a user pool, such as `us-east-1_AbCdEf123` ("UserPoolType").
pub(super) fn is_pool_id(id: &str) -> bool {
    let is_word = |text: &str| {
        let mut characters = text.bytes();
        !text.is_empty() && characters.all(|one| one.is_ascii_alphanumeric() || one == b'-')
    };
    id.split_once('_')
        .is_some_and(|(region, name)| is_word(region) && is_word(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn issuers_are_absolute_https_urls() {
        for (url, server, developer) in [
            ("https://idp.example.com", true, true),
            ("https://idp.example.com/", true, true),
            ("https://idp.example.com:8443/realms/a", true, true),
            ("http://idp.example.com/", false, true),
            ("http://127.0.0.1:9000", false, true),
            ("https://", false, false),
            ("https:///x", false, false),
            ("//idp.example.com", false, false),
            ("idp.example.com", false, false),
            ("ftp://idp.example.com", false, false),
            ("file:///etc/passwd", false, false),
            ("https://user@idp.example.com", false, false),
            ("https://user:word@idp.example.com/", false, false),
            ("https://idp.example.com/?a=b", false, false),
            ("https://idp.example.com/?", false, false),
            ("https://idp.example.com/#a", false, false),
            ("https://idp.example.com/ a", false, false),
            ("https://idp.example.com\\@evil.example", false, false),
            ("https://idp.example.com/\u{e4}", false, false),
            ("", false, false),
        ] {
            assert_eq!(is_issuer(url, false), server, "server {url}");
            assert_eq!(is_issuer(url, true), developer, "developer {url}");
        }
        assert!(is_askable("https://idp.example.com/keys?v=1", false));
        assert!(!is_askable("http://idp.example.com/keys", false));
    }

    #[test]
    fn pools_are_named_by_region_and_word() {
        for (id, expect) in [
            ("us-east-1_AbC123", true),
            ("us-east-1_", false),
            ("us-east-1", false),
            ("us-east-1_a/../b", false),
            ("us-east-1_a_b", false),
            ("", false),
        ] {
            assert_eq!(is_pool_id(id), expect, "{id}");
        }
    }
}
