//! Every bound of the codecs. Body sizes are the endpoint's to bound.
//!
//! The depth of JSON needs none of its own: what the schema knows is as deep as the schema (and
//! `serde_json` stops at 128), what it does not know is skipped without recursion.

/// Parameters of one form or query string. AWS names no number; IAM's largest input needs a few
/// hundred.
pub const PARAMETERS_MAX: usize = 10_000;

/// Dots in the name of a form parameter. The deepest path of the models has fewer than ten.
pub const PARAMETER_DEPTH_MAX: usize = 32;

/// Broken constraints named in one message, so that a hostile list cannot make a huge one.
pub const FAILURES_MAX: usize = 100;

/// Bytes of a compiled pattern, the `regex` crate's own bound doubled.
pub const PATTERN_BYTES_MAX: usize = 20 << 20;
