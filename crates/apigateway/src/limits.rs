//! Every bound of the control plane.
//!
//! Source, unless a line says otherwise: "Quotas for configuring and running a REST API in API
//! Gateway", API Gateway developer guide.

/// APIs of one account in one region (600 Regional; Edge and Private have 120 and 600).
pub const APIS_MAX: usize = 600;
/// Resources of one API.
pub const RESOURCES_MAX: usize = 300;
/// Stages of one API.
pub const STAGES_MAX: usize = 10;
/// Authorizers of one API.
pub const AUTHORIZERS_MAX: usize = 10;
/// Bytes of an imported definition: 6 MB.
pub const DEFINITION_BYTES_MAX: usize = 6 * 1024 * 1024;
/// Bytes of one model's schema: 400 KB.
pub const MODEL_BYTES_MAX: usize = 400 * 1024;
/// Bytes of one mapping template: 300 KB.
pub const TEMPLATE_BYTES_MAX: usize = 300 * 1024;
/// Bytes of an API's resource policy: 8,192.
pub const POLICY_BYTES_MAX: usize = 8_192;
/// Tags of one resource.
pub const TAGS_MAX: usize = 50;
/// Stage variables of one stage.
pub const STAGE_VARIABLES_MAX: usize = 100;
/// Characters of a stage variable's name.
pub const STAGE_VARIABLE_NAME_MAX: usize = 64;
/// Characters of a stage variable's value.
pub const STAGE_VARIABLE_VALUE_MAX: usize = 512;
/// Characters of a stage's name ("Set up a stage for a REST API").
pub const STAGE_NAME_MAX: usize = 128;
/// Bytes of an access log's format: 3 KB.
pub const ACCESS_LOG_FORMAT_BYTES_MAX: usize = 3 * 1024;
/// Milliseconds an integration may take, at least.
pub const INTEGRATION_TIMEOUT_MS_MIN: i32 = 50;
/// Milliseconds a buffered integration may take, at most, unless the operator raised it for
/// Regional and private APIs; that of edge-optimized ones stays.
pub const INTEGRATION_TIMEOUT_MS_DEFAULT_MAX: i32 = 29_000;
/// Milliseconds up to which AWS raises the former ("Maximum integration timeout in milliseconds",
/// Service Quotas; the number from an answer on re:Post, read 2026-11-23).
pub const INTEGRATION_TIMEOUT_MS_MAX: i32 = 300_000;
/// Milliseconds a streamed integration may take, at most ("Response transfer mode").
pub const STREAM_TIMEOUT_MS_MAX: i32 = 900_000;
/// Seconds an authorizer's answer may be kept (CreateAuthorizer).
pub const AUTHORIZER_TTL_S_MAX: i32 = 3_600;
/// Bytes from which answers may be compressed, at most (CreateRestApi).
pub const COMPRESSION_BYTES_MAX: i32 = 10_485_760;
/// Items of a page when `limit` is absent (every list operation).
pub const PAGE_DEFAULT: usize = 25;
/// Items of a page, at most.
pub const PAGE_MAX: usize = 500;
/// Operations in one PATCH. AWS names no number; its request body limit bounds it there.
pub const PATCH_OPERATIONS_MAX: usize = 1_000;
/// Deployments of one API. AWS names no number; old ones are never removed by it either.
pub const DEPLOYMENTS_MAX: usize = 10_000;
/// Documentation parts of one API.
pub const DOCUMENTATION_PARTS_MAX: usize = 2_000;
/// API keys of one account in one region.
pub const API_KEYS_MAX: usize = 10_000;
/// VPC links of one account in one region.
pub const VPC_LINKS_MAX: usize = 20;
/// Client certificates of one account in one region.
pub const CLIENT_CERTIFICATES_MAX: usize = 60;
/// Seconds that a client certificate holds: 365 days ("Rotate an expiring client certificate").
pub const CLIENT_CERTIFICATE_S: i64 = 365 * 24 * 60 * 60;
/// Usage plans of one account in one region.
pub const USAGE_PLANS_MAX: usize = 300;
/// Usage plans that one API key may be in.
pub const PLANS_OF_KEY_MAX: usize = 10;
/// Characters of an API key's value ("Usage plans and API keys for REST APIs in API Gateway").
pub const API_KEY_VALUE_CHARS: (usize, usize) = (20, 128);
/// Characters of an API key's name (same page; recorded at one over).
pub const API_KEY_NAME_MAX: usize = 1_024;
/// Characters of an API key's description. UNVERIFIED: the number; that there is one is recorded.
pub const API_KEY_DESCRIPTION_MAX: usize = 125_000;
/// Stages of one usage plan. AWS names no number; ours, as many as an account may have.
pub const API_STAGES_OF_PLAN_MAX: usize = APIS_MAX * STAGES_MAX;
/// Throttled methods of one stage of a usage plan. AWS names no number; ours, the eight verbs of
/// every resource.
pub const METHOD_THROTTLES_MAX: usize = RESOURCES_MAX * 8;
/// Days of use that are kept: AWS shows the last 90 ("GetUsage"; UNVERIFIED beyond its console).
pub const USAGE_DAYS_MAX: u32 = 90;
/// Days that one GetUsage may ask for; ours, a leap year.
pub const USAGE_RANGE_DAYS_MAX: u32 = 366;
/// Seconds between two writes of what was counted; ours: what a crash may forget.
pub const USAGE_WRITE_S: u64 = 5;
/// Counts written in one transaction; ours, so that other writers wait a moment at most.
pub const USAGE_WRITES_MAX: usize = 500;

/// Issuers of one JWT authorizer; ours: each is asked when the authorizer is made.
// UNVERIFIED: AWS's pages name no bound.
pub const JWT_ISSUERS_MAX: usize = 10;
/// Steps of a rendering that its trace tells; ours.
pub const TRACED_STEPS_MAX: usize = 500;
/// Templates that are rendered at a time for those who write them; more wait. Each is bounded by
/// the data plane's limits. Ours.
pub const RENDERINGS_MAX: usize = 4;
