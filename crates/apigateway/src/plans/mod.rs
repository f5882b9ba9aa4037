//! API keys, usage plans, and what has been used.

pub(crate) mod api_key;
pub(crate) mod api_key_import;
pub(crate) mod live_plans;
pub(crate) mod meter;
pub(crate) mod quota;
pub(crate) mod record_plans;
pub(crate) mod usage;
pub(crate) mod usage_plan;
pub(crate) mod usage_plan_key;
mod usage_plan_patch;
