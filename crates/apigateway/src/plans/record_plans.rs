//! What is stored of API keys, usage plans and their use, and under which keys.
//!
//! All of it belongs to an account in a region, so every key starts with `{account}/{region}/`.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::{Record, Table};

/// API keys by `{account}/{region}/{key id}`.
pub const API_KEYS: Table<ApiKeyRecord> = Table::new("apigateway.api_keys");
/// Which key has a value, by `{account}/{region}/{value}`: no two keys have the same one.
pub const API_KEY_VALUES: Table<ApiKeyValueRecord> = Table::new("apigateway.api_key_values");
/// Usage plans by `{account}/{region}/{plan id}`.
pub const USAGE_PLANS: Table<UsagePlanRecord> = Table::new("apigateway.usage_plans");
/// Which keys a plan has, by `{account}/{region}/{plan id}/{key id}`.
pub const PLAN_KEYS: Table<PlanKeyRecord> = Table::new("apigateway.usage_plan_keys");
/// What a key used of a plan, by `{account}/{region}/{plan id}/{key id}`.
pub const USAGE: Table<UsageRecord> = Table::new("apigateway.usage");

/// An API key.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ApiKeyRecord {
    /// Ten characters.
    pub id: String,
    /// What clients send; a secret.
    pub value: String,
    /// Free text.
    pub name: Option<String>,
    /// Free text.
    pub description: Option<String>,
    /// An AWS Marketplace customer.
    pub customer_id: Option<String>,
    /// Whether it opens anything.
    pub enabled: bool,
    /// `{api id}/{stage}`; from before there were usage plans, without effect.
    pub stage_keys: Vec<String>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
    /// Milliseconds since the epoch.
    pub created_ms: i64,
    /// Milliseconds since the epoch.
    pub updated_ms: i64,
}

/// That a key has a value.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ApiKeyValueRecord {
    /// Which key.
    pub key_id: String,
}

/// A usage plan.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct UsagePlanRecord {
    /// Six characters.
    pub id: String,
    /// Free text.
    pub name: String,
    /// Free text.
    pub description: Option<String>,
    /// The stages that it opens.
    pub api_stages: Vec<ApiStageRecord>,
    /// For each key.
    pub throttle: Option<ThrottleRecord>,
    /// For each key.
    pub quota: Option<QuotaRecord>,
    /// An AWS Marketplace product.
    pub product_code: Option<String>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
    /// Milliseconds since the epoch.
    pub created_ms: i64,
}

/// A stage of a plan.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ApiStageRecord {
    /// The API.
    pub api_id: String,
    /// The stage's name.
    pub stage: String,
    /// By `{resource path}/{VERB}`.
    pub throttle: BTreeMap<String, ThrottleRecord>,
}

/// A token bucket's settings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct ThrottleRecord {
    /// Requests at once.
    pub burst_limit: i32,
    /// Requests a second.
    pub rate_limit: f64,
}

/// How many requests a key has in a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaRecord {
    /// Requests.
    pub limit: i32,
    /// Days by which the period starts late.
    pub offset: i32,
    /// `DAY`, `WEEK` or `MONTH`.
    pub period: String,
}

/// That a plan has a key.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PlanKeyRecord {
    /// Milliseconds since the epoch.
    pub added_ms: i64,
}

/// What a key used of a plan.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageRecord {
    /// By day since the epoch, UTC.
    pub days: BTreeMap<u32, DayRecord>,
    /// First day of the period that was counted last.
    pub period_start: u32,
    /// Requests in that period.
    pub period_used: u32,
    /// What UpdateUsage added to the quota of that period, or took from it.
    pub granted: i32,
}

/// A day's use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayRecord {
    /// Requests.
    pub used: u32,
    /// Requests left in the period when this was written; none without a quota.
    pub remaining: Option<u32>,
}

impl Record for ApiKeyRecord {
    const VERSION: u32 = 1;
}
impl Record for ApiKeyValueRecord {
    const VERSION: u32 = 1;
}
impl Record for UsagePlanRecord {
    const VERSION: u32 = 1;
}
impl Record for PlanKeyRecord {
    const VERSION: u32 = 1;
}
impl Record for UsageRecord {
    const VERSION: u32 = 1;
}

/// What the keys of everything that an account has in a region start with.
pub fn owner_prefix(call: &ports::Call) -> String {
    format!("{}/{}/", call.account, call.region)
}
