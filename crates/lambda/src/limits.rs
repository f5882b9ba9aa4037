//! Every bound of this crate, with AWS's value and where it is written.
//!
//! "Lambda quotas" is the page of that name in the Lambda developer guide; "model" is botocore's
//! service model. Bounds of our own say so.

/// Bytes of an uploaded zip file. "Lambda quotas": 50 MB zipped, for direct upload.
pub const ZIPPED_BYTES_MAX: u64 = 52_428_800;
/// Bytes of a bundle once unpacked. "Lambda quotas": 250 MB unzipped.
pub const UNZIPPED_BYTES_MAX: u64 = 262_144_000;
/// Layers of one function. "Lambda quotas".
pub const FUNCTION_LAYERS_MAX: usize = 5;
/// Files, directories and links in a bundle. Ours: what a zip file without zip64 records can hold.
pub const BUNDLE_ENTRIES_MAX: usize = 65_535;
/// Bytes of a path in a bundle. Linux's `PATH_MAX`.
pub const BUNDLE_PATH_BYTES_MAX: usize = 4_096;

/// Characters of a bare function name. Model and "CreateFunction".
pub const FUNCTION_NAME_MAX: usize = 64;
/// Seconds before an invocation is ended. "Lambda quotas": 900; the model's larger number belongs
/// to managed instances.
pub const TIMEOUT_S_MAX: u32 = 900;
/// Seconds when nothing is said. "CreateFunction".
pub const TIMEOUT_S_DEFAULT: u32 = 3;
/// Megabytes of memory. "Lambda quotas".
pub const MEMORY_MB_MAX: u32 = 10_240;
/// Megabytes of memory when nothing is said, which is also the least. "CreateFunction".
pub const MEMORY_MB_DEFAULT: u32 = 128;
/// Megabytes of `/tmp`. "Lambda quotas"; the model's larger number needs an accelerator.
pub const EPHEMERAL_MB_MAX: u32 = 10_240;
/// Megabytes of `/tmp` when nothing is said, which is also the least. "CreateFunction".
pub const EPHEMERAL_MB_DEFAULT: u32 = 512;
/// Bytes of all variables together, as JSON text. "Lambda quotas": 4 KB.
pub const ENVIRONMENT_BYTES_MAX: usize = 4_096;
/// Tags on one function. "Using tags on Lambda functions".
pub const TAGS_MAX: usize = 50;

/// Bytes of one resource policy. "Lambda quotas": 20 KB.
pub const POLICY_BYTES_MAX: usize = 20_480;

/// Executions at a time in one account and region. "Lambda quotas".
pub const CONCURRENCY_MAX: u32 = 1_000;
/// Executions that reservations must leave to the other functions. "Lambda quotas".
pub const CONCURRENCY_UNRESERVED_MIN: u32 = 100;
/// How often it is seen to that workers which are to be kept up can be. Ours.
pub const PROVISIONING_LOOK_EVERY: std::time::Duration = std::time::Duration::from_secs(60);
/// Bytes of all code in one account and region. "Lambda quotas", as GetAccountSettings prints it.
pub const CODE_STORAGE_BYTES_MAX: i64 = 322_122_547_200;

/// Bytes of the payload of a synchronous invocation. "Lambda quotas": 6 MB.
pub const SYNC_PAYLOAD_BYTES_MAX: usize = 6_291_456;
/// Bytes of the payload of an asynchronous invocation. "Lambda quotas": 1 MB.
pub const ASYNC_PAYLOAD_BYTES_MAX: usize = 1_048_576;
/// Base64 characters of a client context. "Invoke": 3,583 bytes.
pub const CLIENT_CONTEXT_BYTES_MAX: usize = 3_583;

/// Accepted asynchronous events that wait or run, in one process. Ours: 10,000 events of 1 MB
/// are what a small disk bears; beyond it callers see a throttle.
pub const EVENTS_PENDING_MAX: usize = 10_000;
/// Asynchronous events that run at the same time, in one process. Ours.
pub const EVENTS_RUNNING_MAX: usize = 100;
/// Times that a failed asynchronous event is tried again. "Asynchronous invocation": twice.
pub const EVENT_RETRIES_MAX: u32 = 2;
/// Milliseconds before the first and the second retry. "Asynchronous invocation": 1, then 2 min.
pub const EVENT_RETRY_WAITS_MS: [i64; 2] = [60_000, 120_000];
/// Milliseconds that an event may wait for its turn. "Asynchronous invocation": 6 hours.
pub const EVENT_AGE_MS_MAX: i64 = 6 * 3_600_000;
/// Milliseconds of the first wait of a throttled event; doubles up to [`EVENT_BACKOFF_MS_MAX`].
/// "Asynchronous invocation": from 1 second to 5 minutes.
pub const EVENT_BACKOFF_MS_MIN: i64 = 1_000;
/// See [`EVENT_BACKOFF_MS_MIN`].
pub const EVENT_BACKOFF_MS_MAX: i64 = 300_000;

/// Functions that may tell each other of events, one after the other. "Use Lambda recursive loop
/// detection to prevent infinite loops": about 16 invocations.
pub const DESTINATION_HOPS_MAX: u32 = 16;

/// Seconds that a session of an execution role lasts. Ours, AWS's is not documented.
pub const ROLE_SESSION_S: u32 = 6 * 3_600;
/// A session is renewed when it has less than this left, so that no invocation of 15 minutes
/// outlives its credentials.
pub const ROLE_SESSION_LEFT_MS_MIN: i64 = 3_600_000;
/// Functions kept in memory, ready to be invoked. Ours.
pub const LIVE_FUNCTIONS_MAX: usize = 10_000;

/// Characters of a function URL's id, and what they are made of. Observed on AWS.
pub const URL_ID_LENGTH: usize = 32;
/// See [`URL_ID_LENGTH`].
pub const URL_ID_ALPHABET: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";

/// Milliseconds for which a download address of GetFunction works. "GetFunction": 10 minutes.
pub const DOWNLOAD_MS: i64 = 600_000;

/// Items of a page when the caller does not say. "ListFunctions": 50.
pub const PAGE_ITEMS_MAX: usize = 50;
/// Records read from the store at a time.
pub const SCAN_ITEMS: usize = 500;

/// Pieces of a streamed answer that wait for a slow client; ours, a megabyte at most.
pub const PIECES_WAITING_MAX: usize = 16;

/// Bytes of the head that comes before the body of a streamed HTTP answer; API Gateway's 16 KB.
// UNVERIFIED: what function URLs take.
pub const STREAM_HEAD_BYTES_MAX: usize = 16 * 1024;
