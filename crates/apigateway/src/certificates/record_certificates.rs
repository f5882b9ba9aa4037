//! What is stored of client certificates.

use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt};
use store::{Record, Table};

/// Client certificates by `{account}/{region}/{id}`.
pub const CLIENT_CERTIFICATES: Table<ClientCertificateRecord> =
    Table::new("apigateway.client_certificates");

/// A client certificate.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ClientCertificateRecord {
    /// Six characters.
    pub id: String,
    /// What it is for.
    pub description: Option<String>,
    /// The certificate, PEM.
    pub certificate: String,
    /// The private key, PKCS #8 PEM; no operation returns it.
    pub key: String,
    /// Tags.
    pub tags: BTreeMap<String, String>,
    /// When it was made.
    pub created_ms: i64,
    /// When it ends.
    pub expires_ms: i64,
}

impl fmt::Debug for ClientCertificateRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientCertificateRecord")
            .field("id", &self.id)
            .field("key", &"***")
            .finish_non_exhaustive()
    }
}

impl Record for ClientCertificateRecord {
    const VERSION: u32 = 1;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_not_printed() {
        let record = ClientCertificateRecord {
            id: "abc123".into(),
            key: "secret".into(),
            ..ClientCertificateRecord::default()
        };
        let text = format!("{record:?}");
        assert!(
            text.contains("abc123") && !text.contains("secret"),
            "{text}"
        );
    }
}
