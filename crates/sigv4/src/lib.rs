//! Says whether a request carries a valid AWS Signature Version 4, and whose key signed it.
//!
//! Two steps, because the secret lies elsewhere: [`parse`] reads the claim out of the request
//! (header or presigned query), the caller looks up the secret of [`Claim::access_key_id`], and
//! [`verify`] judges. [`Signer`] makes the same signatures.
//!
//! This crate looks up no secret, reads no clock and logs nothing. Signatures are compared in
//! constant time. Streamed bodies are refused, not skipped.
//!
//! Cost of one `verify`: one canonical text of about the size of the head, six HMACs and two
//! SHA-256 over short texts; the body is hashed by [`body_hash`] alone. SigV4a costs two
//! multiplications on the curve instead, some hundreds of microseconds.
//!
//! Source: "Create a signed AWS API request", IAM user guide; the error texts were collected in
//! the study of AWS's own answers that the tests of this crate repeat.

mod algorithm;
mod canonical;
mod claim;
mod date;
mod ecdsa;
mod error;
mod hash;
mod limits;
mod parse;
mod regions;
mod sign;
mod verify;

pub use algorithm::Algorithm;
pub use canonical::{Parts, canonical_request, string_to_sign};
pub use claim::{Claim, Placement, Scope};
pub use date::SignedDate;
pub use error::{Error, ErrorKind};
pub use hash::{EMPTY_BODY_HASH, body_hash};
pub use parse::{carries_signature, parse};
pub use regions::Regions;
pub use sign::Signer;
pub use verify::{SignedPath, TokenRule, verify, verify_with};
