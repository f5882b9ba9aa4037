//! Bounds of the data plane, each with AWS's value and its source.

use std::time::Duration;

/// Bytes of a request's or an answer's body: 10 MB ("Quotas for configuring and running a REST API
/// in API Gateway": "Payload size").
pub const PAYLOAD_BYTES_MAX: usize = 10 * 1024 * 1024;

/// Bytes of a function's answer: 6 MB and a little (Lambda's own refusal names 6,291,556 bytes).
pub const LAMBDA_PAYLOAD_BYTES_MAX: usize = 6_291_556;

/// Bytes of a method ARN: 1,600 ("Quotas for configuring and running a REST API in API Gateway":
/// "Method ARN length"); a longer one is answered with 414.
pub const METHOD_ARN_BYTES_MAX: usize = 1_600;

/// Bytes of request line and header lines toward a private API: 8,000 (same page, "Total combined
/// size of all header values for private APIs"); what public ones take is the front door's to know.
pub const PRIVATE_HEAD_BYTES_MAX: usize = 8_000;

/// Characters of the URL of an edge-optimized or private API: 8,192 (same page). The 10,240 of
/// regional ones are those of the whole head.
pub const URL_CHARS_MAX: usize = 8_192;

/// Milliseconds that a backend may take at least and at most: 50 and 29,000 ("Integration
/// timeout", same page).
pub const TIMEOUT_MS: (i32, i32) = (50, 29_000);

/// The same at most for Regional and private APIs whose operator raised it: 300,000. What an
/// integration was given is the control plane's to bound.
pub const RAISED_TIMEOUT_MS_MAX: i32 = 300_000;

/// The same where the answer is streamed: up to 15 minutes ("Response transfer mode in API
/// Gateway").
pub const STREAM_TIMEOUT_MS_MAX: i32 = 900_000;

/// How long a backend may be silent while its answer is streamed: 5 minutes for regional and
/// private APIs, 30 seconds for edge-optimized ones (same page).
pub const STREAM_IDLE: Duration = Duration::from_secs(300);

/// See [`STREAM_IDLE`].
pub const STREAM_IDLE_EDGE: Duration = Duration::from_secs(30);

/// Bytes in which the head of a function's streamed answer and its delimiter must lie: 16 KB (same
/// page).
pub const STREAM_HEAD_BYTES_MAX: usize = 16 * 1024;

/// Bytes of one execution log event: 1,024 ("Set up CloudWatch logging for REST APIs in API
/// Gateway").
pub const LOG_EVENT_BYTES_MAX: usize = 1_024;

/// Characters of a value in a log line before ` [TRUNCATED]` stands for the rest; observed in
/// answers of TestInvokeMethod.
pub const LOG_VALUE_CHARS_MAX: usize = 998;

/// Stages kept compiled: as many as an account may have (600 regional APIs with 10 stages, "Quotas
/// for configuring and running a REST API in API Gateway"). When more are live the cache starts
/// anew.
pub const COMPILED_STAGES_MAX: usize = 6_000;

/// Bytes of a compiled selection pattern; ours, so that no pattern takes more than a moment.
pub const SELECTION_PATTERN_BYTES_MAX: usize = 1024 * 1024;

/// Idle connections kept to one backend host; ours.
pub const IDLE_CONNECTIONS_PER_HOST_MAX: usize = 64;

/// Kinds of connections to backends that are kept apart, beside everybody's: by VPC link and by
/// client certificate; ours. Each keeps its own idle connections and TLS configuration.
pub const ROADS_MAX: usize = 1_000;

/// Seconds that an idle connection to a backend is kept; ours, below the 60 s of common servers.
pub const IDLE_CONNECTION_S: u64 = 50;

/// Seconds that a session of an integration's `credentials` role lasts; 15 minutes, the least that
/// STS gives ("AssumeRole", `DurationSeconds`).
pub const ROLE_SESSION_S: u32 = 900;

/// Bytes of a backend's answer that are held before its head is complete; ours, room for heads
/// several times as large as API Gateway takes from clients.
pub const HTTP1_BUFFER_BYTES_MAX: usize = 64 * 1024;

/// Seconds that an authorizer's answer is kept when nobody says otherwise, and at most
/// ("CreateAuthorizer", `authorizerResultTtlInSeconds`).
pub const AUTHORIZER_TTL_S_DEFAULT: i32 = 300;

/// See [`AUTHORIZER_TTL_S_DEFAULT`].
pub const AUTHORIZER_TTL_S_MAX: u32 = 3_600;

/// Milliseconds that an authorizer's function may take.
// UNVERIFIED: taken to be what an integration may take; AWS's pages name no other value.
pub const AUTHORIZER_TIMEOUT_MS: u64 = 29_000;

/// Bytes of an authorizer's answer: 8 KB.
// UNVERIFIED: no longer in AWS's table of quotas; ours as well, so that caches stay small.
pub const AUTHORIZER_RESULT_BYTES_MAX: usize = 8 * 1024;

/// Characters of a resource in an authorizer's policy: 512 ("Quotas for configuring and running a
/// REST API in API Gateway").
pub const AUTHORIZER_RESOURCE_CHARS_MAX: usize = 512;

/// Answers of authorizers that are kept, over all APIs; ours: 80 MB when each is as large as it may
/// be.
pub const AUTHORIZER_RESULTS_MAX: usize = 10_000;

/// Requests a second of all APIs of an account in a region, and at once: 10,000 and 5,000 ("Quotas
/// for configuring and running a REST API in API Gateway": "Throttle quota per account, per
/// Region"). AWS raises it on request; so may whoever runs a server.
pub const ACCOUNT_THROTTLE: ports::Throttle = ports::Throttle {
    rate_per_s: 10_000.0,
    burst: 5_000,
};

/// Token buckets in one of 64 maps from which those that are full again leave it; ours.
pub const BUCKETS_PER_SHARD_MAX: usize = 256;

/// Steps of one body's validation, beside four for each of its bytes; ours, so that no model and
/// no body keeps a processor busy for more than moments.
pub const SCHEMA_STEPS_MAX: usize = 1_000_000;

/// Schemas inside each other that one validation is in; ours, more than the 128 levels of a body
/// need with references at each.
pub const SCHEMA_DEPTH_MAX: usize = 400;

/// Errors of one body that are told; ours, far more than a log line holds.
pub const SCHEMA_ERRORS_MAX: usize = 32;

/// Patterns in the models of one deployment; ours.
pub const SCHEMA_PATTERNS_MAX: usize = 1_000;

/// Milliseconds that an issuer's keys are taken as its present ones: an hour ("Control access to
/// REST APIs using JWT authorizers").
pub const KEYS_FRESH_MS: i64 = 3_600_000;

/// Milliseconds that they are still used while the issuer does not answer; ours.
pub const KEYS_STALE_MS: i64 = 2 * KEYS_FRESH_MS;

/// How often an issuer is asked at once for keys that it may have added; ours.
pub const REFETCHES_AT_ONCE_MAX: i64 = 5;

/// Milliseconds after which it may be asked once more; ours.
pub const REFETCH_EVERY_MS: i64 = 10_000;

/// Milliseconds that an issuer may take for one document; ours.
// UNVERIFIED: HTTP APIs are documented to wait 1,500 ms for a key set; a self-hosted issuer that
// starts cold takes longer.
pub const ISSUER_TIMEOUT_MS: u64 = 5_000;

/// Issuers whose keys are kept; ours: as many as an account may have APIs, and more.
pub const ISSUERS_MAX: usize = 1_000;

/// Seconds that an issuer's clock may be ahead of ours; ours.
// UNVERIFIED: AWS's pages have `nbf` and `iat` before the current time and name no leeway. Hosts
// that are not AWS's differ by moments, and a token would be refused just after its making.
pub const ISSUER_AHEAD_S: i64 = 5;
