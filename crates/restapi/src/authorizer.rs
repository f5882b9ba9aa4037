//! Who decides whether a caller may come in.

use serde::{Deserialize, Serialize};

/// An authorizer of an API.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authorizer {
    /// Six characters.
    pub id: String,
    /// Unique in the API.
    pub name: String,
    /// `TOKEN`, `REQUEST`, `COGNITO_USER_POOLS` or `JWT`.
    pub kind: String,
    /// `custom`, `cognito_user_pools`, …
    pub auth_type: Option<String>,
    /// User pools.
    pub provider_arns: Vec<String>,
    /// `arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{arn}/invocations`.
    pub uri: Option<String>,
    /// Role that invokes the function.
    pub credentials: Option<String>,
    /// `method.request.header.N`, comma-separated for REQUEST.
    pub identity_source: Option<String>,
    /// Regular expression over the token.
    pub identity_validation_expression: Option<String>,
    /// Seconds, 0 to 3,600.
    pub result_ttl_s: Option<i32>,
    /// JWT configuration, JSON text.
    pub jwt_configuration: Option<String>,
}
