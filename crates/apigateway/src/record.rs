//! What is stored, and under which keys.
//!
//! A REST API and its stages are one record that is changed whole. A deployment is a record of its
//! own, since it never changes and is as large as the API. The `restapi` types are the stored form
//! (see that crate). API keys and usage plans have their records in `record_plans`.

use restapi::{Deployment, RestApi, Stage};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use store::{Record, Table};

/// APIs by id. An id alone finds an API, whatever account owns it.
pub const APIS: Table<ApiRecord> = Table::new("apigateway.apis");
/// Deployments by `{api id}/{deployment id}`.
pub const DEPLOYMENTS: Table<DeploymentRecord> = Table::new("apigateway.deployments");
/// Which APIs an account has: `{account}/{region}/{api id}`.
pub const OWNED: Table<OwnedRecord> = Table::new("apigateway.owned");
/// Every API id ever given, also of deleted APIs: a new API never inherits an old one's
/// permissions, since function policies name API ids.
pub const GIVEN: Table<GivenRecord> = Table::new("apigateway.given");
/// Account settings by `{account}/{region}`.
pub const ACCOUNTS: Table<AccountRecord> = Table::new("apigateway.accounts");

/// A REST API and its stages.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ApiRecord {
    /// The API as it is being edited.
    pub api: RestApi,
    /// Stages by name.
    pub stages: BTreeMap<String, Stage>,
    /// Ids of the deployments there are.
    pub deployments: BTreeSet<String>,
    /// Grows by one with every change.
    pub revision: u64,
}

/// A deployment of an API.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeploymentRecord {
    /// The deployment with its copy of the API.
    pub deployment: Deployment,
}

/// That an account owns an API.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct OwnedRecord {}

/// That an id was given.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct GivenRecord {
    /// To which account.
    pub account: String,
}

/// Settings of an account in a region.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AccountRecord {
    /// The role that writes execution logs.
    pub cloudwatch_role_arn: Option<String>,
}

impl Record for ApiRecord {
    const VERSION: u32 = 1;
}
impl Record for DeploymentRecord {
    const VERSION: u32 = 1;
}
impl Record for OwnedRecord {
    const VERSION: u32 = 1;
}
impl Record for GivenRecord {
    const VERSION: u32 = 1;
}
impl Record for AccountRecord {
    const VERSION: u32 = 1;
}

/// The key of a deployment.
pub fn deployment_key(api_id: &str, deployment_id: &str) -> String {
    format!("{api_id}/{deployment_id}")
}

/// The key of an ownership; without an API id, the prefix of all that an account has.
pub fn owned_key(account: &str, region: &str, api_id: &str) -> String {
    format!("{account}/{region}/{api_id}")
}

/// The key of account settings.
pub fn account_key(account: &str, region: &str) -> String {
    format!("{account}/{region}")
}
