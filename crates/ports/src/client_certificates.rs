//! Certificates that API Gateway shows to backends.

use std::{fmt, sync::Arc};

/// Finds client certificates. Implemented by `apigateway`.
pub trait ClientCertificates: Send + Sync {
    /// The certificate with this id; none for one that the account does not have in the region.
    fn find(&self, account: &str, region: &str, id: &str) -> Option<Arc<ClientCertificate>>;
}

/// A certificate with its private key.
#[derive(Clone)]
pub struct ClientCertificate {
    /// Equal means the same key and certificate.
    pub identity: Arc<str>,
    /// The certificate, PEM.
    pub certificate: String,
    /// The private key, PKCS #8 PEM. It leaves the process in no form.
    pub key: String,
}

impl fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientCertificate")
            .field("identity", &self.identity)
            .field("key", &"***")
            .finish_non_exhaustive()
    }
}
