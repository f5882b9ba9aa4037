//! Client certificates in memory, for the data plane.

use crate::certificates::record_certificates::ClientCertificateRecord;
use ports::{ClientCertificate, ClientCertificates};
use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

/// The client certificates of every account.
#[derive(Debug, Default)]
pub struct LiveCertificates {
    /// By the certificate's key in the store.
    certificates: RwLock<HashMap<String, Arc<ClientCertificate>>>,
}

impl LiveCertificates {
    /// Forgets every certificate, at start and after the store was emptied.
    pub fn clear(&self) {
        self.write().clear();
    }

    /// A certificate that there is.
    pub fn put(&self, store_key: &str, record: &ClientCertificateRecord) {
        let certificate = ClientCertificate {
            // With the time, since an id may come again after its certificate is gone.
            identity: format!("{store_key}/{}", record.created_ms).into(),
            certificate: record.certificate.clone(),
            key: record.key.clone(),
        };
        self.write()
            .insert(store_key.to_owned(), Arc::new(certificate));
    }

    /// A certificate is gone.
    pub fn remove(&self, store_key: &str) {
        self.write().remove(store_key);
    }

    fn read(&self) -> RwLockReadGuard<'_, HashMap<String, Arc<ClientCertificate>>> {
        let read = self.certificates.read();
        read.unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, HashMap<String, Arc<ClientCertificate>>> {
        let write = self.certificates.write();
        write.unwrap_or_else(PoisonError::into_inner)
    }
}

impl ClientCertificates for LiveCertificates {
    fn find(&self, account: &str, region: &str, id: &str) -> Option<Arc<ClientCertificate>> {
        // An id cannot lead to another account's certificate: it is one segment of the key.
        self.read()
            .get(&format!("{account}/{region}/{id}"))
            .cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_finds_its_own_alone() {
        let live = LiveCertificates::default();
        let record = ClientCertificateRecord::default();
        live.put("1/us-east-1/abc123", &record);
        let is_found = |account, id| live.find(account, "us-east-1", id).is_some();
        assert!(is_found("1", "abc123"));
        assert!(!is_found("2", "abc123"));
        assert!(!is_found("1", "abc124"));
        live.remove("1/us-east-1/abc123");
        assert!(!is_found("1", "abc123"));
    }
}
