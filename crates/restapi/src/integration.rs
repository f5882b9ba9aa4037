//! What a method calls.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The five kinds of integration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum IntegrationType {
    /// Any URL, with mappings.
    Http,
    /// Any URL, passed through.
    HttpProxy,
    /// An AWS service, with mappings.
    Aws,
    /// A Lambda function, with the fixed event and answer.
    AwsProxy,
    /// Nothing: templates alone answer.
    Mock,
}

impl IntegrationType {
    /// `HTTP`, `HTTP_PROXY`, `AWS`, `AWS_PROXY` or `MOCK`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "HTTP",
            Self::HttpProxy => "HTTP_PROXY",
            Self::Aws => "AWS",
            Self::AwsProxy => "AWS_PROXY",
            Self::Mock => "MOCK",
        }
    }

    /// The inverse of [`Self::as_str`], whatever the case (OpenAPI documents write lower case).
    pub fn parse(text: &str) -> Option<Self> {
        let all = [
            Self::Http,
            Self::HttpProxy,
            Self::Aws,
            Self::AwsProxy,
            Self::Mock,
        ];
        all.into_iter()
            .find(|kind| kind.as_str().eq_ignore_ascii_case(text))
    }
}

/// A method's integration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Integration {
    /// Which of the five kinds.
    pub kind: IntegrationType,
    /// The verb toward the backend; none for MOCK.
    pub http_method: Option<String>,
    /// URL, or `arn:aws:apigateway:{region}:{service}:{path|action}/…`.
    pub uri: Option<String>,
    /// Role ARN, `arn:aws:iam::*:user/*`, or none.
    pub credentials: Option<String>,
    /// `INTERNET` or `VPC_LINK`.
    pub connection_type: Option<String>,
    /// VPC link id.
    pub connection_id: Option<String>,
    /// Listener behind a VPC link.
    pub integration_target: Option<String>,
    /// `integration.request.…` to its source expression.
    pub request_parameters: BTreeMap<String, String>,
    /// Content type to template. Order is the user's: `first defined` matters.
    pub request_templates: Vec<(String, String)>,
    /// `WHEN_NO_MATCH`, `WHEN_NO_TEMPLATES` or `NEVER`.
    pub passthrough_behavior: String,
    /// `CONVERT_TO_BINARY`, `CONVERT_TO_TEXT` or none.
    pub content_handling: Option<String>,
    /// Milliseconds, 50 to 29,000.
    pub timeout_ms: i32,
    /// Cache namespace; the resource's id when not set.
    pub cache_namespace: Option<String>,
    /// Parameters that make the cache key.
    pub cache_key_parameters: Vec<String>,
    /// TLS toward the backend.
    pub tls: Option<TlsConfig>,
    /// `BUFFERED` or `STREAM`.
    pub response_transfer_mode: Option<String>,
    /// By status code.
    pub responses: BTreeMap<String, IntegrationResponse>,
}

/// TLS toward the backend.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TlsConfig {
    /// Whether the backend's certificate goes unchecked.
    pub is_verification_skipped: bool,
}

/// How a backend's answer becomes the client's.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct IntegrationResponse {
    /// The client's status, three digits.
    pub status_code: String,
    /// Regular expression over the whole text; none or empty is the default response.
    pub selection_pattern: Option<String>,
    /// `method.response.header.N` to its source expression.
    pub response_parameters: BTreeMap<String, String>,
    /// Content type to template, in the user's order.
    pub response_templates: Vec<(String, String)>,
    /// `CONVERT_TO_BINARY`, `CONVERT_TO_TEXT` or none.
    pub content_handling: Option<String>,
}
