//! Bounds of mapping, each with AWS's value and its source.

/// Bytes of a template's text: 300 KB ("Quotas for configuring and running a REST API in API
/// Gateway": "API Gateway mapping template size", read 2026-11).
pub const TEMPLATE_BYTES_MAX: usize = 300 * 1024;

/// Rounds of one `#foreach`: 1,000 ("Quotas for configuring and running a REST API in API
/// Gateway": "Number of iterations in a `#foreach ... #end` loop in mapping templates").
pub const FOREACH_ROUNDS_MAX: usize = 1_000;

/// Bytes that a template may print: 10 MB, the payload quota of API Gateway, since no larger
/// output could be sent on.
pub const OUTPUT_BYTES_MAX: usize = 10 * 1024 * 1024;

/// Bytes of a value that a traced rendering tells before it ends in `…`. Ours.
pub const TRACED_BYTES_MAX: usize = 4 * 1024;
