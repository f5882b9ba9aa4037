//! Deployments and the stages that point to them.

use crate::RestApi;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};

/// An immutable copy of an API.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Deployment {
    /// Six characters.
    pub id: String,
    /// Free text.
    pub description: Option<String>,
    /// Milliseconds since the epoch.
    pub created_ms: i64,
    /// The API as it was.
    pub api: Arc<RestApi>,
}

/// A named address of a deployment, with its own settings.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Stage {
    /// First path segment of the address.
    pub name: String,
    /// What it serves.
    pub deployment_id: String,
    /// Free text.
    pub description: Option<String>,
    /// Stage variables.
    pub variables: BTreeMap<String, String>,
    /// By `{resource path without leading slash}/{verb}` (inner slashes as `~1`) or `*/*`.
    pub method_settings: BTreeMap<String, MethodSetting>,
    /// Access log.
    pub access_log: Option<AccessLogSettings>,
    /// Canary release.
    pub canary: Option<CanarySettings>,
    /// Whether a cache cluster was asked for.
    pub cache_cluster_enabled: bool,
    /// Its size in GB as text.
    pub cache_cluster_size: Option<String>,
    /// Client certificate toward backends.
    pub client_certificate_id: Option<String>,
    /// Documentation version.
    pub documentation_version: Option<String>,
    /// X-Ray.
    pub tracing_enabled: bool,
    /// Web ACL.
    pub web_acl_arn: Option<String>,
    /// Whether the API's default address was off when this stage was last deployed to or changed;
    /// none in records older than this member, where the deployment's own word holds.
    #[serde(default)]
    pub is_default_address_off: Option<bool>,
    /// How often what its authorizers said was to be forgotten: another number is another stage
    /// to whoever keeps their answers.
    #[serde(default)]
    pub authorizer_flushes: u64,
    /// Tags.
    pub tags: BTreeMap<String, String>,
    /// Milliseconds since the epoch.
    pub created_ms: i64,
    /// Milliseconds since the epoch.
    pub updated_ms: i64,
}

impl Stage {
    /// Takes over those settings of the API that reach the data plane with the next deployment
    /// *or* change of a stage ("Disable the default endpoint for REST APIs", API Gateway developer
    /// guide).
    pub fn follow(&mut self, api: &RestApi) {
        self.is_default_address_off = Some(api.disable_execute_api_endpoint);
    }
}

/// Settings of one method, or of all by `*/*`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MethodSetting {
    /// Detailed metrics.
    pub metrics_enabled: bool,
    /// `OFF`, `ERROR` or `INFO`.
    pub logging_level: Option<String>,
    /// Whether bodies are logged.
    pub data_trace_enabled: bool,
    /// Requests at once.
    pub throttling_burst_limit: i32,
    /// Requests a second.
    pub throttling_rate_limit: f64,
    /// Cache on.
    pub caching_enabled: bool,
    /// Seconds.
    pub cache_ttl_s: i32,
    /// Encrypted cache.
    pub cache_data_encrypted: bool,
    /// Whether clients need a permission to invalidate.
    pub require_authorization_for_cache_control: bool,
    /// `FAIL_WITH_403`, `SUCCEED_WITH_RESPONSE_HEADER` or `SUCCEED_WITHOUT_RESPONSE_HEADER`.
    pub unauthorized_cache_control_header_strategy: String,
}

impl Default for MethodSetting {
    /// AWS's defaults for a setting that is named for the first time.
    fn default() -> Self {
        Self {
            metrics_enabled: false,
            logging_level: None,
            data_trace_enabled: false,
            throttling_burst_limit: 5_000,
            throttling_rate_limit: 10_000.0,
            caching_enabled: false,
            cache_ttl_s: 300,
            cache_data_encrypted: false,
            require_authorization_for_cache_control: true,
            unauthorized_cache_control_header_strategy: "SUCCEED_WITH_RESPONSE_HEADER".into(),
        }
    }
}

/// Where access logs go and what a line holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessLogSettings {
    /// `$context.…` text.
    pub format: Option<String>,
    /// Log group ARN.
    pub destination_arn: Option<String>,
}

/// A canary release on a stage.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CanarySettings {
    /// 0.0 to 100.0.
    pub percent_traffic: f64,
    /// What the canary serves.
    pub deployment_id: Option<String>,
    /// Variables that differ.
    pub stage_variable_overrides: BTreeMap<String, String>,
    /// Whether it shares the stage's cache.
    pub use_stage_cache: bool,
}
