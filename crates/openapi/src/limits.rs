//! Every bound of reading a document.

/// Bytes of a document ("Quotas for configuring and running a REST API": OpenAPI definition file,
/// 6 MB).
pub const DOCUMENT_BYTES_MAX: usize = 6 << 20;

/// Nested arrays and objects of a document; also `serde_json`'s own bound. AWS names no number.
pub const DEPTH_MAX: usize = 128;

/// Nodes of a YAML document after its aliases are replaced, so that a few lines cannot become
/// gigabytes. A 6 MB document that people or tools write has a third of it.
pub const YAML_NODES_MAX: usize = 1_000_000;

/// Bytes of text of a YAML document after its aliases are replaced, for the same reason.
pub const YAML_BYTES_MAX: usize = 4 * DOCUMENT_BYTES_MAX;

/// `$ref`s that are followed one after another.
pub const REFERENCE_HOPS_MAX: usize = 16;

/// Errors named in one message.
pub const ERRORS_MAX: usize = 100;

/// Milliseconds an integration may take ("Quotas", integration timeout).
pub const TIMEOUT_MS_MIN: i64 = 50;

/// See [`TIMEOUT_MS_MIN`]. AWS raises it on request; the default is this.
pub const TIMEOUT_MS_MAX: i64 = 29_000;

/// The same where the answer is streamed ("Response transfer mode").
pub const STREAM_TIMEOUT_MS_MAX: i64 = 900_000;
