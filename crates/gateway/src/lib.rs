//! API Gateway's data plane: carries one HTTP request through its method.
//!
//! Start at [`Gateway::handle`], then `pipeline::run`, which is the whole way on one screen:
//! snapshot, route, authorization, validation, request mapping, integration, response mapping; any
//! fault on the way becomes a gateway response.
//!
//! This crate never opens the store nor knows the wire types of the control plane: live stages are
//! handed to it as immutable snapshots through [`ports::Deployments`], and functions are called
//! through [`ports::Invoke`], whose implementation decides whether the gateway may.
//!
//! # Cost
//!
//! Sketch of a request to a Lambda proxy method, the path that must be short:
//!
//! - no lock: two atomic loads (live stages, compiled stages), then a walk of hash maps;
//! - nothing of the API is parsed: templates, mappings, patterns and ARNs were compiled when the
//!   revision was first seen;
//! - one draw of 39 random bytes, one allocation for each id;
//! - two allocations for each header and query parameter, in the client's spelling;
//! - the event is written once into one buffer; the body is copied into it, escaped;
//! - the function's answer is parsed once; its body moves to the client without a copy.
//!
//! `$context` (about 20 short texts) is made for templates, mappings, access logs and customised
//! gateway responses only. Lines of a log that is off are never made.
//!
//! # Not done yet
//!
//! `format` in models, caching, canaries, Lambda tenants (`X-Amz-Tenant-Id`).

mod access_log;
mod answer;
mod api_key;
mod authorize;
mod authorizer;
mod compiled;
mod compiled_integration;
mod compression;
mod context;
mod endpoint_bounds;
mod event;
mod execution_log;
mod fault;
mod gateway_response;
mod headers;
mod identity;
mod ids;
mod integration;
mod issuers;
mod journal;
pub mod limits;
mod phases;
mod pipeline;
mod request;
mod request_mapping;
mod resources;
mod response_mapping;
mod route;
mod schema;
mod sending;
mod snapshots;
mod source_arn;
mod test_authorizer;
mod test_invoke;
mod throttle;
mod token_authorizer;
mod validate;
mod vpc_endpoints;

pub use integration::Egress;
pub use issuers::{Issuers, IssuersNeeds};
pub use vpc_endpoints::{Network, VpcEndpoint, VpcEndpoints};

use bytes::Bytes;
use ids::RequestIds;
use integration::{Backends, HttpClient};
use ports::{
    Authorize, AwsApis, ClientCertificates, Credentials, Deployments, ExecuteApi, Invoke, LogSink,
    Organizations, ServeApi, TestAuthorizerRequest, TestAuthorizerResponse, TestInvoke,
    TestRequest, TestResponse, Throttle, UsagePlans, VpcLinks,
};
use request::Inbound;
use snapshots::Snapshots;
use std::sync::{Arc, OnceLock, Weak};
use stdx::{Body, BoxFuture, Clock, SharedIds};

/// What the data plane is made of.
#[derive(Clone)]
pub struct GatewayNeeds {
    /// Live stages.
    pub deployments: Arc<dyn Deployments>,
    /// Lambda's front door.
    pub invoke: Arc<dyn Invoke>,
    /// Access keys of signed requests, and sessions of integration roles.
    pub credentials: Arc<dyn Credentials>,
    /// Decides about signed requests and resource policies.
    pub authorize: Arc<dyn Authorize>,
    /// Which organization a caller is in.
    pub organizations: Arc<dyn Organizations>,
    /// Access logs and execution logs.
    pub logs: Arc<dyn LogSink>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Request ids.
    pub ids: SharedIds,
    /// What HTTP integrations may reach.
    pub egress: Egress,
    /// Where VPC links lead.
    pub vpc_links: Arc<dyn VpcLinks>,
    /// From where private APIs are reached.
    pub vpc_endpoints: VpcEndpoints,
    /// What stages show to HTTPS backends.
    pub client_certificates: Arc<dyn ClientCertificates>,
    /// Keys of the issuers whose tokens Cognito and JWT authorizers verify.
    pub issuers: Arc<dyn ports::Issuers>,
    /// API keys and what usage plans say about them.
    pub usage_plans: Arc<dyn UsagePlans>,
    /// What all APIs of an account have together in a region; none lets them have all there is.
    pub account_throttle: Option<Throttle>,
}

/// The data plane.
pub struct Gateway {
    snapshots: Snapshots,
    backends: Backends,
    authorize: Arc<dyn Authorize>,
    organizations: Arc<dyn Organizations>,
    logs: Arc<dyn LogSink>,
    usage_plans: Arc<dyn UsagePlans>,
    account_throttle: Option<Throttle>,
    buckets: throttle::Buckets,
    authorizers: authorizer::Cache,
    issuers: Arc<dyn ports::Issuers>,
    vpc_endpoints: VpcEndpoints,
    clock: Arc<dyn Clock>,
    ids: SharedIds,
}

impl Gateway {
    /// A data plane over its needs.
    pub fn new(needs: GatewayNeeds) -> Self {
        Self {
            snapshots: Snapshots::new(needs.deployments),
            backends: Backends {
                invoke: needs.invoke,
                credentials: needs.credentials,
                http: HttpClient::new(needs.egress),
                vpc_links: needs.vpc_links,
                client_certificates: needs.client_certificates,
                services: OnceLock::new(),
                clock: needs.clock.clone(),
            },
            authorize: needs.authorize,
            organizations: needs.organizations,
            logs: needs.logs,
            usage_plans: needs.usage_plans,
            account_throttle: needs.account_throttle,
            buckets: throttle::Buckets::default(),
            authorizers: authorizer::Cache::default(),
            issuers: needs.issuers,
            vpc_endpoints: needs.vpc_endpoints,
            clock: needs.clock,
            ids: needs.ids,
        }
    }

    /// Says who answers AWS's APIs, and how clients reach them. They are built after the data
    /// plane, so this comes later than [`Gateway::new`]; the first call counts.
    pub fn set_aws_apis(&self, apis: Weak<dyn AwsApis>, base_url: String) {
        let services = integration::AwsServices { apis, base_url };
        let _ = self.backends.services.set(services);
    }

    /// Answers a request for a deployed API. Faults are answers too.
    pub async fn handle(
        &self,
        request: http::Request<Bytes>,
        target: ExecuteApi,
    ) -> http::Response<Body> {
        let header = |name: &str| request.headers().get(name)?.to_str().ok();
        let ids = RequestIds::draw(
            self.ids.as_ref(),
            target.connection.received_ms,
            header("x-amzn-requestid"),
            header("x-amzn-trace-id"),
        );
        let inbound = Inbound::new(request, target, ids);
        pipeline::run(self, inbound).await
    }
}

impl ServeApi for Gateway {
    fn serve(
        &self,
        request: http::Request<Bytes>,
        target: ExecuteApi,
    ) -> BoxFuture<'_, http::Response<Body>> {
        Box::pin(self.handle(request, target))
    }
}

impl TestInvoke for Gateway {
    fn test_invoke(&self, request: TestRequest) -> BoxFuture<'_, TestResponse> {
        Box::pin(test_invoke::run(self, request))
    }

    fn test_authorizer(
        &self,
        request: TestAuthorizerRequest,
    ) -> BoxFuture<'_, TestAuthorizerResponse> {
        Box::pin(test_authorizer::run(self, request))
    }
}

#[cfg(test)]
mod tests;
