//! What a client may send, and what it is told to expect.

use crate::Integration;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A method of a resource.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Method {
    /// `GET`, …, or `ANY`.
    pub http_method: String,
    /// `NONE`, `AWS_IAM`, `CUSTOM`, `COGNITO_USER_POOLS` or `JWT`.
    pub authorization_type: String,
    /// Id of the authorizer, when the type needs one.
    pub authorizer_id: Option<String>,
    /// OAuth scopes that a token must carry one of.
    pub authorization_scopes: Vec<String>,
    /// Whether an API key is needed.
    pub api_key_required: bool,
    /// Id of the request validator.
    pub request_validator_id: Option<String>,
    /// The user's operation name.
    pub operation_name: Option<String>,
    /// `method.request.{path|querystring|header}.N` to whether it is required.
    pub request_parameters: BTreeMap<String, bool>,
    /// Content type to model name.
    pub request_models: BTreeMap<String, String>,
    /// By status code.
    pub responses: BTreeMap<String, MethodResponse>,
    /// What answers; none while the method is unfinished.
    pub integration: Option<Integration>,
}

/// A declared answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct MethodResponse {
    /// Three digits.
    pub status_code: String,
    /// `method.response.header.N` to whether it is required.
    pub response_parameters: BTreeMap<String, bool>,
    /// Content type to model name.
    pub response_models: BTreeMap<String, String>,
}
