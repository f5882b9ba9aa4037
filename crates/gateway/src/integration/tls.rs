//! TLS toward backends: whose certificates are taken, and what is shown to them.

use ports::ClientCertificate;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_name,
    },
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime, pem::PemObject},
    server::ParsedCertificate,
};
use std::sync::{Arc, LazyLock};

/// The configuration of clients that trust whom this host trusts; with `skips_verification` any
/// issuer. `shown` is what a backend gets that asks for a certificate.
///
/// # Errors
/// A certificate that is none, or a key that is not its.
pub(super) fn config(
    skips_verification: bool,
    shown: Option<&ClientCertificate>,
) -> Result<Arc<ClientConfig>, BadCertificate> {
    // Read once: they are many, and there is a configuration for each client certificate.
    static ROOTS: LazyLock<Arc<RootCertStore>> = LazyLock::new(|| Arc::new(roots()));
    let roots = Arc::clone(&ROOTS);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .expect("the provider serves TLS 1.2 and 1.3");
    let strict = WebPkiServerVerifier::builder_with_provider(Arc::clone(&roots), provider).build();
    let builder = match strict {
        Ok(strict) if skips_verification => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(AnyIssuer(strict))),
        // A host without certificates of its own trusts nobody, whatever an integration says.
        _ => builder.with_root_certificates(roots),
    };
    let Some(shown) = shown else {
        return Ok(Arc::new(builder.with_no_client_auth()));
    };
    let text = |error: &dyn std::fmt::Display| BadCertificate(error.to_string());
    let chain = CertificateDer::from_pem_slice(shown.certificate.as_bytes());
    let key = PrivateKeyDer::from_pem_slice(shown.key.as_bytes());
    let chain = vec![chain.map_err(|error| text(&error))?];
    let key = key.map_err(|error| text(&error))?;
    let config = builder.with_client_auth_cert(chain, key);
    Ok(Arc::new(config.map_err(|error| text(&error))?))
}

/// A client certificate that cannot be shown.
#[derive(Debug, Clone, thiserror::Error)]
#[error("client certificate cannot be shown: {0}")]
pub(super) struct BadCertificate(String);

fn roots() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    let native = rustls_native_certs::load_native_certs();
    for error in &native.errors {
        tracing::warn!(%error, "a certificate of the host cannot be read");
    }
    let (added, ignored) = roots.add_parsable_certificates(native.certs);
    tracing::debug!(added, ignored, "trusting the host's certificates");
    roots
}

/// Takes certificates of any issuer, self-signed ones too, that name the host and are in their
/// time: what AWS still checks with `insecureSkipVerification` ("TlsConfig", API reference).
// UNVERIFIED: AWS also looks for a private authority's root among what the backend sends.
#[derive(Debug)]
struct AnyIssuer(Arc<WebPkiServerVerifier>);

impl ServerCertVerifier for AnyIssuer {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let strict = self
            .0
            .verify_server_cert(end_entity, intermediates, name, ocsp_response, now);
        match strict {
            // The verifier looks at the time of the certificate before it looks for its issuer.
            Err(Error::InvalidCertificate(reason)) if is_about_issuer(&reason) => {
                verify_server_name(&ParsedCertificate::try_from(end_entity)?, name)?;
                Ok(ServerCertVerified::assertion())
            }
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0
            .verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0
            .verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}

/// Whether nothing but the issuer is wrong: not known, or the certificate is an authority's own.
fn is_about_issuer(reason: &CertificateError) -> bool {
    match reason {
        CertificateError::UnknownIssuer => true,
        CertificateError::Other(other) => format!("{other:?}").contains("CaUsedAsEndEntity"),
        _ => false,
    }
}
