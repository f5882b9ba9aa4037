//! A REST API as plain data.
//!
//! [`RestApi`] is one aggregate: it is read, changed and stored whole. A deployment is a copy of
//! it that nobody changes any more. The same types are the stored form (ADR 0002), so a field is
//! never renamed or retyped without a migration in `apigateway`'s `record.rs`.
//!
//! Nothing here does I/O or knows the console, OpenAPI documents or HTTP.

mod api;
mod authorizer;
mod documentation;
mod gateway_response;
mod integration;
mod method;
mod model;
mod stage;

pub use api::{ApiKeySource, EndpointConfiguration, Resource, RestApi};
pub use authorizer::Authorizer;
pub use documentation::{DocumentationPart, DocumentationVersion};
pub use gateway_response::GatewayResponse;
pub use integration::{Integration, IntegrationResponse, IntegrationType, TlsConfig};
pub use method::{Method, MethodResponse};
pub use model::{Model, RequestValidator};
pub use stage::{AccessLogSettings, CanarySettings, Deployment, MethodSetting, Stage};
