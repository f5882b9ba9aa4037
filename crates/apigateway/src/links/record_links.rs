//! What is stored of VPC links.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::{Record, Table};

/// VPC links by `{account}/{region}/{id}`.
pub const VPC_LINKS: Table<VpcLinkRecord> = Table::new("apigateway.vpc_links");

/// A VPC link.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct VpcLinkRecord {
    /// Six characters.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// The one load balancer that it leads to.
    pub target_arn: String,
    /// Tags.
    pub tags: BTreeMap<String, String>,
    /// When it was created.
    pub created_ms: i64,
}

impl Record for VpcLinkRecord {
    const VERSION: u32 = 1;
}
