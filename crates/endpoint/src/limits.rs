//! Bounds of the front door.

use std::time::Duration;

/// Request line and header lines together, in bytes, line ends included, the empty line not.
///
/// Source: "Quotas for configuring and running a REST API in API Gateway", API Gateway developer
/// guide: total combined size of request line and header values, 10,240 bytes.
pub(crate) const HEAD_BYTES_MAX: usize = 10_240;

/// What the HTTP library itself refuses, with an answer of its own. Above [`HEAD_BYTES_MAX`], so
/// that a head just over the limit is answered with a request id.
pub(crate) const HEAD_BYTES_PARSED_MAX: usize = 16_384;

/// Bytes of a connection that may wait unread; heads and chunk lines must fit.
pub(crate) const READ_BUFFER_BYTES_MAX: usize = 65_536;

/// A request body for a deployed REST API: 10 MB.
///
/// Source: "Quotas for configuring and running a REST API in API Gateway": payload size, 10 MB.
pub(crate) const EXECUTE_API_BODY_BYTES_MAX: usize = 10_485_760;

/// A request body for a function URL: 6 MB. The event around it must be no larger, which `lambda`
/// judges.
///
/// Source: "Lambda quotas", invocation payload.
pub(crate) const FUNCTION_URL_BODY_BYTES_MAX: usize = 6_291_456;

/// A request body for Lambda's control plane.
///
/// Source: AWS's answer `Request must be smaller than 70167211 bytes for the CreateFunction
/// operation`.
pub(crate) const LAMBDA_BODY_BYTES_MAX: usize = 70_167_211;

/// A request body for every other signed request. The greatest that AWS documents for these
/// services is the 6 MB import file of API Gateway; a little room is left for its encoding.
pub(crate) const BODY_BYTES_MAX: usize = 10_485_760;

/// A request body that nobody signed: AssumeRoleWithSAML's assertion is 100,000 characters at most
/// (its API reference), three bytes each when form-encoded.
pub(crate) const UNSIGNED_BODY_BYTES_MAX: usize = 1_048_576;

/// Bytes beyond a body's bound that are read and thrown away so that the client sees the answer.
pub(crate) const DISCARDED_BYTES_MAX: usize = 16_777_216;

/// Connections at a time; more are closed at once.
pub(crate) const CONNECTIONS_MAX: usize = 10_000;

/// Requests at a time on one HTTP/2 connection.
pub(crate) const STREAMS_PER_CONNECTION_MAX: u32 = 128;

/// From a head's first byte to its last, and from a new connection to its first head's last byte.
pub(crate) const HEAD_TIMEOUT: Duration = Duration::from_secs(30);

/// Idle time of a connection between its requests: AWS's 310 seconds ("Quotas for configuring and
/// running a REST API in API Gateway", idle connection timeout), where there is room; a connection
/// that comes when half of [`CONNECTIONS_MAX`] are taken has [`HEAD_TIMEOUT`].
pub(crate) const IDLE_TIMEOUT: Duration = Duration::from_secs(310);

/// The longest silence inside a body.
pub(crate) const BODY_PAUSE_MAX: Duration = Duration::from_secs(30);

/// A body as a whole: slower senders than about 230 kB/s for the greatest body are cut off.
pub(crate) const BODY_TIMEOUT: Duration = Duration::from_secs(300);

/// A TLS handshake.
pub(crate) const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// How long requests in flight may take to finish once the server is asked to stop. A REST API
/// answers within 29 seconds.
pub(crate) const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(30);

/// A pause after `accept` failed, as it does when file descriptors are used up.
pub(crate) const ACCEPT_RETRY: Duration = Duration::from_millis(50);
