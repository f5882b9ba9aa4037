//! What is stored. One table a noun; keys start with `{account}/{region}/{function}`.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use stdx::TimestampMs;
use store::{Record, Table};

/// Functions, by `{account}/{region}/{name}`.
pub const FUNCTIONS: Table<FunctionRecord> = Table::new("lambda.functions");
/// Published versions, by `{function key}/{version, ten digits}`.
pub const VERSIONS: Table<VersionRecord> = Table::new("lambda.versions");
/// Aliases, by `{function key}/{alias}`.
pub const ALIASES: Table<AliasRecord> = Table::new("lambda.aliases");
/// Resource policies, by `{function key}/{qualifier}`; the function's own has none.
pub const POLICIES: Table<PolicyRecord> = Table::new("lambda.policies");
/// Reserved concurrency, by function key.
pub const RESERVATIONS: Table<ReservationRecord> = Table::new("lambda.reservations");
/// Provisioned concurrency, by `{function key}/{version or alias}`.
pub const PROVISIONED: Table<ProvisionedRecord> = Table::new("lambda.provisioned");
/// Accepted asynchronous events, by request id.
pub const EVENTS: Table<EventRecord> = Table::new("lambda.events");
/// How asynchronous events are treated, by `{function key}/{qualifier}`; the function's own is
/// under `$LATEST`.
pub const EVENT_CONFIGS: Table<EventConfigRecord> = Table::new("lambda.event_configs");
/// Function URLs, by `{function key}/{alias}`; the function's own has none.
pub const URLS: Table<UrlRecord> = Table::new("lambda.urls");
/// What each function URL's id leads to, by id. Ids are random and never used twice.
pub const URL_IDS: Table<UrlIdRecord> = Table::new("lambda.url_ids");
/// Layers, by `{account}/{region}/{name}`.
pub const LAYERS: Table<LayerRecord> = Table::new("lambda.layers");
/// Versions of layers, by `{layer key}/{version, ten digits}`.
pub const LAYER_VERSIONS: Table<LayerVersionRecord> = Table::new("lambda.layer_versions");
/// Policies of versions of layers, by their keys.
pub const LAYER_POLICIES: Table<PolicyRecord> = Table::new("lambda.layer_policies");
/// The secret that seals download addresses, by `download`.
pub const SECRETS: Table<SecretRecord> = Table::new("lambda.secrets");

/// The key of a child of a function: a version, an alias, a policy.
pub fn child_key(function_key: &str, child: &str) -> String {
    format!("{function_key}/{child}")
}

/// The key of a published version; digits are padded so that keys sort as numbers do.
pub fn version_key(function_key: &str, version: u64) -> String {
    format!("{function_key}/{version:010}")
}

/// A function: what `$LATEST` is, and what belongs to the function as a whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FunctionRecord {
    /// The bare name.
    pub name: String,
    /// `$LATEST`.
    pub latest: ConfigRecord,
    /// The number that the next published version gets; never used twice.
    pub next_version: u64,
    /// Tags.
    pub tags: BTreeMap<String, String>,
    /// `RecursiveLoop` `Allow`: it is not stopped when it is told of events in a circle.
    #[serde(default)]
    pub may_recurse: bool,
}

impl Record for FunctionRecord {}

/// A published version. It never changes, but for its RevisionId and state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VersionRecord {
    /// 1, 2, …
    pub version: u64,
    /// The description that `$LATEST` had; the version may have got another.
    pub latest_description: String,
    /// What `$LATEST` was.
    pub config: ConfigRecord,
}

impl Record for VersionRecord {}

/// Code and configuration of `$LATEST` or of a version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConfigRecord {
    /// Execution role's ARN.
    pub role: String,
    /// Runtime id.
    pub runtime: String,
    /// Handler.
    pub handler: String,
    /// Description, empty when there is none.
    pub description: String,
    /// Seconds.
    pub timeout_s: u32,
    /// Megabytes.
    pub memory_mb: u32,
    /// Megabytes of `/tmp`.
    pub ephemeral_mb: u32,
    /// The function's variables; none when none were ever set.
    pub environment: Option<BTreeMap<String, String>>,
    /// The bundle.
    pub code: CodeRecord,
    /// The layers, in the order in which they are unpacked.
    #[serde(default)]
    pub layers: Vec<UsedLayerRecord>,
    /// `x86_64` or `arm64`.
    pub architecture: String,
    /// `PassThrough` or `Active`; no effect.
    pub tracing_mode: String,
    /// Where and how logs are written.
    pub logging: LoggingRecord,
    /// RevisionId as AWS shows it.
    pub revision_id: String,
    /// Changes with everything that a worker depends on, and with nothing else.
    pub spec_revision: String,
    /// When code or configuration last changed.
    pub last_modified_ms: TimestampMs,
    /// The lifecycle.
    pub state: StateRecord,
}

/// A code bundle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CodeRecord {
    /// Lower-case hex SHA-256 of the zip file; the blob's name.
    pub hash: String,
    /// The same digest in base64, as AWS shows it.
    pub sha256: String,
    /// Bytes of the zip file.
    pub size: u64,
    /// Bytes of what is in it.
    #[serde(default)]
    pub unzipped: u64,
}

/// A version of a layer, as a function has it: it stays when the version is deleted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UsedLayerRecord {
    /// The version's ARN.
    pub arn: String,
    /// Its bundle.
    pub code: CodeRecord,
}

/// A layer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LayerRecord {
    /// The bare name.
    pub name: String,
    /// The number that the next version gets; never used twice.
    pub next_version: u64,
}

impl Record for LayerRecord {}

/// A version of a layer. It never changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LayerVersionRecord {
    /// 1, 2, …
    pub version: u64,
    /// Description, empty when there is none.
    pub description: String,
    /// The bundle.
    pub code: CodeRecord,
    /// `CompatibleArchitectures`; shown and searched, not enforced, as on AWS.
    pub architectures: Option<Vec<String>>,
    /// `CompatibleRuntimes`; the same.
    pub runtimes: Option<Vec<String>>,
    /// `LicenseInfo`.
    pub license: Option<String>,
    /// When it was published.
    pub created_ms: TimestampMs,
}

impl Record for LayerVersionRecord {}

/// Logging configuration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LoggingRecord {
    /// `Text` or `JSON`.
    pub format: String,
    /// `ApplicationLogLevel`, with JSON only.
    pub application_level: Option<String>,
    /// `SystemLogLevel`, with JSON only.
    pub system_level: Option<String>,
    /// The log group.
    pub group: String,
}

/// Where a version stands in its lifecycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum StateRecord {
    /// State `Pending`: just created.
    Creating,
    /// State `Active`, LastUpdateStatus `InProgress`.
    Updating,
    /// State `Active`, LastUpdateStatus `Successful`.
    Active,
}

/// An alias.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AliasRecord {
    /// The alias's name.
    pub name: String,
    /// The version it points to; may be `$LATEST`.
    pub version: String,
    /// Description, empty when there is none.
    pub description: String,
    /// A second version and its share of the invocations, 0 to 1.
    pub weights: BTreeMap<String, f64>,
    /// RevisionId.
    pub revision_id: String,
}

impl Record for AliasRecord {}

/// A resource policy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PolicyRecord {
    /// The document, as GetPolicy answers it.
    pub document: String,
    /// RevisionId as GetPolicy answers it.
    pub revision_id: String,
    /// The unique ids of the users and roles that it names, by ARN, as they were when they were
    /// named: a namesake made later is granted nothing.
    pub unique_ids: BTreeMap<String, String>,
}

impl Record for PolicyRecord {}

/// Reserved concurrency of one function.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReservationRecord {
    /// Executions at a time that only this function may use, and no more.
    pub executions: u32,
}

impl Record for ReservationRecord {}

/// Provisioned concurrency of one version or alias.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProvisionedRecord {
    /// Workers that are to be up before anybody calls.
    pub executions: u32,
    /// When it was last changed.
    pub modified_ms: TimestampMs,
}

impl Record for ProvisionedRecord {}

/// An event that was acknowledged with 202 and is not done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventRecord {
    /// The ARN that was invoked, qualifier included.
    pub function_arn: String,
    /// The event, JSON text.
    pub payload: String,
    /// Client context, base64.
    pub client_context: Option<String>,
    /// Trace header.
    pub trace_id: String,
    /// When it was accepted.
    pub accepted_ms: TimestampMs,
    /// Not to be run before.
    pub not_before_ms: TimestampMs,
    /// Times the function ran and failed.
    pub failures: u32,
    /// Times the function ran.
    #[serde(default)]
    pub runs: u32,
    /// How many functions, one the destination of the other, led to this event.
    #[serde(default)]
    pub hops: u32,
}

impl Record for EventRecord {}

/// How asynchronous events of a function, version or alias are treated.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventConfigRecord {
    /// Times that a failed event is tried again; none means AWS's default.
    pub retries: Option<u32>,
    /// Seconds after which an event is given up; none means AWS's default.
    pub age_s: Option<u32>,
    /// The ARN of the function that is told of successes.
    pub on_success: Option<String>,
    /// The ARN of the function that is told of events that were given up.
    pub on_failure: Option<String>,
    /// When it was last changed.
    pub modified_ms: TimestampMs,
}

impl Record for EventConfigRecord {}

/// A function URL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UrlRecord {
    /// The first label of its host name.
    pub id: String,
    /// Who may call it.
    pub auth: UrlAuthRecord,
    /// Which web pages may call it; none when the function says so itself.
    pub cors: Option<CorsRecord>,
    /// Whether anybody ever said how it answers.
    #[serde(default)]
    pub is_mode_given: bool,
    /// Whether it answers while the function writes, `RESPONSE_STREAM`.
    #[serde(default)]
    pub is_streamed: bool,
    /// When it was made.
    pub created_ms: TimestampMs,
    /// When it was last changed.
    pub modified_ms: TimestampMs,
}

impl Record for UrlRecord {}

/// `AuthType` of a function URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum UrlAuthRecord {
    /// `NONE`: nobody signs.
    Open,
    /// `AWS_IAM`: everybody signs.
    Iam,
}

/// `Cors` of a function URL; members that were not given stay none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorsRecord {
    /// Whether pages may send cookies.
    pub allow_credentials: Option<bool>,
    /// Request headers that pages may send, or `*`.
    pub allow_headers: Option<Vec<String>>,
    /// Verbs that pages may use, or `*`.
    pub allow_methods: Option<Vec<String>>,
    /// Origins whose pages may call, or `*`.
    pub allow_origins: Option<Vec<String>>,
    /// Response headers that pages may read.
    pub expose_headers: Option<Vec<String>>,
    /// Seconds for which a browser may keep a preflight's answer.
    pub max_age_s: Option<i32>,
}

/// What a function URL's id leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UrlIdRecord {
    /// The function's or alias's ARN.
    pub arn: String,
}

impl Record for UrlIdRecord {}

/// A secret of our own.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct SecretRecord {
    /// Lower-case hex.
    pub key: String,
}

impl std::fmt::Debug for SecretRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretRecord(***)")
    }
}

impl Record for SecretRecord {}
