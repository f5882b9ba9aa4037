//! TestInvokeMethod and TestInvokeAuthorizer: the control plane asks the data plane to run what is
//! not deployed.

use crate::{Caller, RequestFacts};
use restapi::RestApi;
use std::{collections::BTreeMap, sync::Arc};
use stdx::BoxFuture;

/// One test of one method.
#[derive(Debug, Clone)]
pub struct TestRequest {
    /// The API as it is being edited.
    pub api: Arc<RestApi>,
    /// The resource under test.
    pub resource_id: String,
    /// The method under test, `ANY` included.
    pub http_method: String,
    /// `/pets/1?type=cat`; empty means the resource's own path.
    pub path_with_query: String,
    /// Headers, in the order given, several values allowed.
    pub headers: Vec<(String, String)>,
    /// The body, empty when there is none.
    pub body: String,
    /// The certificate that HTTPS backends are shown, if any.
    pub client_certificate_id: Option<String>,
    /// Stage variables for this test.
    pub stage_variables: BTreeMap<String, String>,
    /// Who tests; fills `identity` in the event.
    pub caller: Caller,
    /// Facts for condition keys.
    pub facts: RequestFacts,
}

/// What the method answered.
#[derive(Debug, Clone)]
pub struct TestResponse {
    /// HTTP status.
    pub status: u16,
    /// The body as text.
    pub body: String,
    /// Headers in order.
    pub headers: Vec<(String, String)>,
    /// The execution log in AWS's words.
    pub log: String,
    /// Milliseconds it took.
    pub latency_ms: i64,
}

/// One test of one authorizer.
#[derive(Debug, Clone)]
pub struct TestAuthorizerRequest {
    /// The API as it is being edited.
    pub api: Arc<RestApi>,
    /// The authorizer under test.
    pub authorizer_id: String,
    /// `/pets/1?type=cat`; empty means the root.
    pub path_with_query: String,
    /// Headers, in the order given, several values allowed.
    pub headers: Vec<(String, String)>,
    /// The body, empty when there is none.
    pub body: String,
    /// Stage variables for this test.
    pub stage_variables: BTreeMap<String, String>,
    /// Facts for condition keys.
    pub facts: RequestFacts,
}

/// What the authorizer said.
#[derive(Debug, Clone)]
pub struct TestAuthorizerResponse {
    /// The status that a client would have got; 0 when the authorizer answered.
    pub client_status: u16,
    /// `principalId`.
    pub principal_id: Option<String>,
    /// The policy as the function wrote it, JSON text.
    pub policy: Option<String>,
    /// What the token says, by a Cognito or JWT authorizer that found it good.
    pub claims: Option<BTreeMap<String, String>>,
    /// The execution log in AWS's words.
    pub log: String,
    /// Milliseconds it took.
    pub latency_ms: i64,
}

/// Runs tests. Implemented by `gateway`.
pub trait TestInvoke: Send + Sync {
    /// Runs the method without authorizer and API key, as AWS's Test tab does.
    fn test_invoke(&self, request: TestRequest) -> BoxFuture<'_, TestResponse>;

    /// Asks an authorizer, past its cache. The scopes of methods are not looked at.
    fn test_authorizer(
        &self,
        request: TestAuthorizerRequest,
    ) -> BoxFuture<'_, TestAuthorizerResponse>;
}
