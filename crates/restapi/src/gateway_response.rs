//! What clients see when the gateway itself answers.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A customised gateway response.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatewayResponse {
    /// Such as `ACCESS_DENIED` or `DEFAULT_5XX`.
    pub response_type: String,
    /// Three digits; none keeps the original status.
    pub status_code: Option<String>,
    /// `gatewayresponse.header.N` to its source expression.
    pub response_parameters: BTreeMap<String, String>,
    /// Content type to template (plain `$variable` replacement), in the user's order.
    pub response_templates: Vec<(String, String)>,
}
