//! Certificates that API Gateway signs for itself.
//!
//! They look like AWS's: RSA of 2,048 bits, SHA-256, version 3 without extensions, 365 days
//! ("Generate and configure an SSL certificate for backend authentication in API Gateway", API
//! Gateway developer guide).

use crate::certificates::rsa_key;
use rcgen::{CertificateParams, DistinguishedName, DnType, DnValue, KeyPair, SerialNumber};
use stdx::Ids;
use time::OffsetDateTime;

/// Whose certificate it is, in the order of the name's parts.
// UNVERIFIED: a certificate that AWS made would settle it.
const SUBJECT: [(DnType, &str); 3] = [
    (DnType::CountryName, "US"),
    (DnType::LocalityName, "Seattle"),
    (DnType::CommonName, "ApiGateway"),
];
/// Bytes of a serial number.
const SERIAL_BYTES: usize = 8;

/// A certificate and its key, both PEM.
pub struct SelfSigned {
    /// The certificate.
    pub certificate: String,
    /// The private key, PKCS #8.
    pub key: String,
}

/// A new certificate that holds between two times, in seconds since the epoch.
///
/// # Errors
/// What is wrong, for the operator; it never is for times within the calendar.
pub fn make(ids: &dyn Ids, from_s: i64, until_s: i64) -> Result<SelfSigned, String> {
    let text = |error: &dyn std::fmt::Display| error.to_string();
    let key = rsa_key::make(ids).ok_or("no RSA key could be made")?;
    let key = KeyPair::try_from(key).map_err(|error| text(&error))?;
    let time = |at_s| OffsetDateTime::from_unix_timestamp(at_s).map_err(|error| text(&error));
    let mut params = CertificateParams::default();
    params.not_before = time(from_s)?;
    params.not_after = time(until_s)?;
    params.serial_number = Some(serial(ids));
    params.distinguished_name = DistinguishedName::new();
    for (kind, name) in SUBJECT {
        let name = name
            .try_into()
            .map_err(|error: rcgen::Error| text(&error))?;
        let name = DnValue::PrintableString(name);
        params.distinguished_name.push(kind, name);
    }
    let certificate = params.self_signed(&key).map_err(|error| text(&error))?;
    Ok(SelfSigned {
        certificate: certificate.pem(),
        key: key.serialize_pem(),
    })
}

/// A positive number that nobody guesses.
fn serial(ids: &dyn Ids) -> SerialNumber {
    let mut bytes = [0; SERIAL_BYTES];
    ids.fill(&mut bytes);
    // The first bit is the sign's; a first byte of nought would shorten the number.
    bytes[0] = (bytes[0] & 0x3f) | 0x40;
    SerialNumber::from(bytes.to_vec())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use stdx::RandomIds;

    #[test]
    fn a_certificate_has_the_asked_times_and_a_serial_of_its_own() {
        let made = make(&RandomIds, 0, 86_400).unwrap();
        assert!(made.certificate.starts_with("-----BEGIN CERTIFICATE-----"));
        assert!(made.key.starts_with("-----BEGIN PRIVATE KEY-----"));
        let other = make(&RandomIds, 0, 86_400).unwrap();
        assert_ne!(made.certificate, other.certificate);
        assert!(make(&RandomIds, 0, i64::MAX).is_err());
    }

    #[test]
    fn serial_numbers_are_positive_and_of_full_length() {
        for seed in 0..64 {
            let serial = serial(&stdx::SeededIds::new(seed)).to_bytes();
            assert_eq!(serial.len(), SERIAL_BYTES);
            assert!((0x40..0x80).contains(&serial[0]), "{serial:?}");
        }
    }
}
