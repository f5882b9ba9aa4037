//! Bounds of the signature process.

/// How far the client's clock may be off, either way, in minutes.
///
/// Source: "Create a signed AWS API request", IAM user guide: requests must reach AWS within five
/// minutes of their time stamp in most cases; AWS's services print 5 or 15. Crossway gives 15.
pub(crate) const SKEW_MINUTES: i64 = 15;

/// Names in one `X-Amz-Region-Set`.
///
/// Our bound, more than AWS has regions: AWS states none.
pub(crate) const REGION_SET_MAX: usize = 64;

/// The longest life of a presigned request, in seconds: seven days.
///
/// Source: "Authenticating Requests: Using Query Parameters", Amazon S3 API reference.
pub(crate) const EXPIRES_S_MAX: i64 = 604_800;
