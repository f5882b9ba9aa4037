//! What an issuer publishes about itself ("OpenID Connect Discovery 1.0", 3 and 4).

use crate::{DocumentError, limits};
use serde_json::Value;

/// The part of `/.well-known/openid-configuration` that is needed to verify tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discovery {
    /// Where the key set is.
    pub jwks_uri: String,
}

impl Discovery {
    /// Where `issuer` publishes the document: its URL, one slash at its end aside, and the
    /// well-known path.
    ///
    /// ```
    /// let url = "https://idp.example.org/realms/staff/.well-known/openid-configuration";
    /// assert_eq!(jwt::Discovery::url("https://idp.example.org/realms/staff"), url);
    /// assert_eq!(jwt::Discovery::url("https://idp.example.org/realms/staff/"), url);
    /// ```
    pub fn url(issuer: &str) -> String {
        let base = issuer.strip_suffix('/').unwrap_or(issuer);
        format!("{base}/.well-known/openid-configuration")
    }

    /// Reads the document of `issuer`, which must name exactly that issuer (4.3).
    ///
    /// # Errors
    /// [`DocumentError`] when it is no such document.
    pub fn parse(document: &[u8], issuer: &str) -> Result<Self, DocumentError> {
        if document.len() > limits::DOCUMENT_BYTES_MAX {
            return Err(DocumentError::TooLarge);
        }
        let parsed: Value =
            serde_json::from_slice(document).map_err(|_| DocumentError::Malformed("no JSON"))?;
        let text = |name: &str| parsed.get(name).and_then(Value::as_str);
        if text("issuer").ok_or(DocumentError::Malformed("no `issuer`"))? != issuer {
            return Err(DocumentError::OtherIssuer);
        }
        let jwks_uri = text("jwks_uri").ok_or(DocumentError::Malformed("no `jwks_uri`"))?;
        Ok(Self {
            jwks_uri: jwks_uri.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_of_other_issuers_are_refused() {
        let issuer = "https://a.example";
        let check = |document: &str, expect: Result<&str, DocumentError>| {
            let found = Discovery::parse(document.as_bytes(), issuer);
            assert_eq!(found.map(|found| found.jwks_uri), expect.map(str::to_owned));
        };
        check(
            r#"{"issuer":"https://a.example","jwks_uri":"https://k.example/x"}"#,
            Ok("https://k.example/x"),
        );
        for other in [
            "https://a.example/",
            "https://A.example",
            "http://a.example",
        ] {
            let document = format!("{{\"issuer\":\"{other}\",\"jwks_uri\":\"x\"}}");
            check(&document, Err(DocumentError::OtherIssuer));
        }
        check("[]", Err(DocumentError::Malformed("no `issuer`")));
        check("<html>", Err(DocumentError::Malformed("no JSON")));
        check(
            r#"{"issuer":"https://a.example"}"#,
            Err(DocumentError::Malformed("no `jwks_uri`")),
        );
    }

    #[test]
    fn documents_have_a_size() {
        let document = |bytes: usize| {
            let head = r#"{"issuer":"i","jwks_uri":"j","x":""#;
            format!("{head}{}\"}}", "x".repeat(bytes - head.len() - 2))
        };
        let parse = |bytes| Discovery::parse(document(bytes).as_bytes(), "i");
        assert!(parse(limits::DOCUMENT_BYTES_MAX).is_ok());
        let over = parse(limits::DOCUMENT_BYTES_MAX + 1);
        assert_eq!(over, Err(DocumentError::TooLarge));
    }
}
