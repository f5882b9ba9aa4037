//! Bounds of documents and paths.

/// Depth of arrays and objects inside each other: 400, json-smart's own.
pub const JSON_DEPTH_MAX: usize = 400;

/// Depth to which values are searched and compared: 600. Ours: documents are bounded, but a
/// template may put a value into itself.
pub const VALUE_DEPTH_MAX: usize = 600;

/// Bytes of a path. Ours: AWS bounds only the template around it.
pub const PATH_BYTES_MAX: usize = 8 * 1024;

/// Depth of filters and function arguments inside each other. Ours.
pub const PATH_DEPTH_MAX: usize = 20;

/// Nodes that one reading may visit. Ours: enough for a path over a 10 MB document, and below a
/// second in every case measured.
pub const VISITS_MAX: usize = 2_000_000;

/// Values that one reading may give. Ours.
pub const RESULTS_MAX: usize = 500_000;

/// Bytes of a compiled regular expression of a filter. Ours.
pub const PATTERN_BYTES_MAX: usize = 1 << 20;
