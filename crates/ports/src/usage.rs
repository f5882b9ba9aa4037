//! API keys and usage plans as the data plane sees them.
//!
//! Token buckets are the data plane's own; counts against quotas are kept by whoever implements
//! [`Meter`], since the control plane shows and changes them.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;
use std::sync::Arc;
use stdx::TimestampMs;

/// How fast a token bucket fills and how much it holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Throttle {
    /// Requests a second.
    pub rate_per_s: f64,
    /// Requests at once.
    pub burst: u32,
}

/// The keys that open one stage. A key opens a stage through one plan at most.
#[derive(Debug, Default)]
pub struct StagePlans {
    /// By value, as clients send it.
    pub keys: HashMap<String, PlanKey>,
}

/// An API key under the plan that lets it in.
#[derive(Debug, Clone)]
pub struct PlanKey {
    /// The key's id, which is no secret.
    pub key_id: Arc<str>,
    /// A key that is not enabled opens nothing.
    pub is_enabled: bool,
    /// The plan.
    pub plan: Arc<StagePlan>,
    /// The key's requests under this plan, over all its stages.
    pub meter: Arc<dyn Meter>,
}

/// What a plan says about one stage.
#[derive(Debug)]
pub struct StagePlan {
    /// The plan's id.
    pub plan_id: String,
    /// For each key, over all stages of the plan.
    pub throttle: Option<Throttle>,
    /// For each key and method of this stage, by `{resource path}/{VERB}`, such as `/pets/GET`
    /// (`//GET` at the root).
    pub method_throttles: BTreeMap<String, Throttle>,
}

/// Counts the requests of one key under one plan. Implemented by `apigateway`; never waits.
pub trait Meter: Debug + Send + Sync {
    /// Whether the quota is used up, without counting.
    fn is_used_up(&self, now_ms: TimestampMs) -> bool;

    /// Counts one request; false, and nothing is counted, when the quota is used up.
    fn take(&self, now_ms: TimestampMs) -> bool;
}

/// Gives what the usage plans say. Implemented by `apigateway`; never waits, never reads the store.
pub trait UsagePlans: Send + Sync {
    /// The keys of this stage; none when no plan names it.
    fn find(&self, api_id: &str, stage: &str) -> Option<Arc<StagePlans>>;
}
