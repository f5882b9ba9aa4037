//! Client certificates: what stages show to HTTPS backends to say that they are API Gateway.

pub mod client_certificate;
pub mod live_certificates;
pub mod record_certificates;
mod rsa_key;
mod self_signed;
