//! Drives the control plane as clients do: a request in, an answer out, codecs included.

#![allow(dead_code, clippy::unwrap_used)]

use apigateway::{ApiGateway, ApiGatewayNeeds, Operations, limits, operations};
use arn::{AccountId, Region};
use ports::{Call, Caller, RequestFacts, TestInvoke, TestRequest, TestResponse, Touch, Touches};
use serde_json::{Value, json};
use smithy::RequestParts;
use std::sync::Arc;
use stdx::{BoxFuture, ManualClock, SeededIds};
use store::Store;

/// An operation and its decoded request.
type Loaded = (
    &'static smithy::OperationMeta,
    Box<dyn smithy::Prepared<Call, Touches>>,
);

/// Account A of the tutorial.
pub const A: &str = "111111111111";
/// Account B of the tutorial.
pub const B: &str = "222222222222";

/// A control plane over a store in memory.
pub struct Bench {
    pub service: Arc<ApiGateway>,
    pub store: Store,
    pub clock: ManualClock,
    operations: Operations,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    /// The error's code; empty for success.
    pub code: String,
    pub body: Value,
    pub bytes: Vec<u8>,
    pub headers: Vec<(String, String)>,
}

impl Answer {
    /// The body of an answer that must be this success.
    #[track_caller]
    pub fn ok(self, status: u16) -> Value {
        assert_eq!(
            (self.status, self.code.as_str()),
            (status, ""),
            "{}",
            self.body
        );
        self.body
    }

    /// Asserts a refusal.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str, message: &str) {
        let said = self.body["message"]
            .as_str()
            .or(self.body["Message"].as_str());
        assert_eq!(
            (self.status, self.code.as_str(), said),
            (status, code, Some(message))
        );
    }

    /// A text member of the body.
    #[track_caller]
    pub fn text(&self, member: &str) -> String {
        self.body[member]
            .as_str()
            .unwrap_or_else(|| panic!("no {member} in {}", self.body))
            .to_owned()
    }
}

/// Issuers of tokens without a network: those below `https://idp.example` publish what they
/// should, the others do not answer.
pub struct Issuers;

impl ports::Issuers for Issuers {
    fn discover<'a>(
        &'a self,
        issuer: &'a str,
    ) -> BoxFuture<'a, Result<String, ports::IssuerError>> {
        Box::pin(async move {
            match issuer.starts_with("https://idp.example/") {
                true => Ok(format!("{issuer}keys")),
                false => Err(ports::IssuerError::Unreachable(
                    issuer.into(),
                    "refused".into(),
                )),
            }
        })
    }

    fn keys<'a>(
        &'a self,
        _source: ports::KeySource<'a>,
        _wanted: ports::WantedKey<'a>,
    ) -> BoxFuture<'a, Result<Arc<jwt::KeySet>, ports::IssuerError>> {
        Box::pin(async { Ok(Arc::default()) })
    }

    fn is_issuer_url(&self, url: &str) -> bool {
        url.starts_with("https://") && !url.contains(['?', '#', '@'])
    }

    fn of_user_pool(&self, _arn: &str) -> Option<String> {
        None
    }
}

impl Bench {
    pub fn new() -> Self {
        Self::over(Store::in_memory().unwrap(), 1)
    }

    /// Another process over the same store.
    pub fn over(store: Store, seed: u64) -> Self {
        let clock = ManualClock::at(1_790_000_000_500);
        let service = Arc::new(ApiGateway::new(ApiGatewayNeeds {
            store: store.clone(),
            clock: Arc::new(clock.clone()),
            ids: Arc::new(SeededIds::new(seed)),
            issuers: Arc::new(Issuers),
            vpc_upstreams: std::collections::BTreeMap::new(),
            has_vpc_endpoints: false,
            integration_timeout_ms_max: limits::INTEGRATION_TIMEOUT_MS_DEFAULT_MAX,
        }));
        service.set_test_invoke(Arc::new(Echo));
        Self {
            operations: operations(service.clone()),
            service,
            store,
            clock,
        }
    }

    /// Account A asks, in us-east-1.
    pub async fn ask(&self, verb: &str, target: &str, body: Value) -> Answer {
        self.ask_as(A, "us-east-1", verb, target, body).await
    }

    pub async fn ask_as(
        &self,
        account: &str,
        region: &str,
        verb: &str,
        target: &str,
        body: Value,
    ) -> Answer {
        let bytes = if body.is_null() {
            Vec::new()
        } else {
            body.to_string().into_bytes()
        };
        self.send(account, region, verb, target, bytes).await
    }

    /// Sends bytes as the body.
    pub async fn send(
        &self,
        account: &str,
        region: &str,
        verb: &str,
        target: &str,
        body: Vec<u8>,
    ) -> Answer {
        let call = call(account, region);
        let reply = match self.run(call, verb, target, body).await {
            Ok(reply) => reply,
            Err(error) => smithy::encode_error(self.operations.service(), &error, "id"),
        };
        let header = |name: &str| {
            let found = reply
                .headers
                .iter()
                .find(|(one, _)| one.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.split(':').next().unwrap_or_default().to_owned())
        };
        Answer {
            status: reply.status,
            code: header("x-amzn-errortype").unwrap_or_default(),
            body: serde_json::from_slice(&reply.body).unwrap_or(Value::Null),
            bytes: reply.body.to_vec(),
            headers: reply.headers,
        }
    }

    async fn run(
        &self,
        call: Call,
        verb: &str,
        target: &str,
        body: Vec<u8>,
    ) -> Result<smithy::Reply, smithy::ServiceError> {
        let prepared = self.prepare(verb, target, body)?;
        prepared.1.touches(&call).await?;
        let output = prepared.1.call(call).await?;
        Ok(smithy::encode(
            self.operations.service(),
            prepared.0,
            output,
            "id",
        ))
    }

    fn prepare(
        &self,
        verb: &str,
        target: &str,
        body: Vec<u8>,
    ) -> Result<Loaded, smithy::ServiceError> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut headers = http::HeaderMap::new();
        headers.insert("accept", "application/json".parse().unwrap());
        headers.insert("content-type", "application/json".parse().unwrap());
        let request = RequestParts {
            method: verb,
            path,
            query,
            headers: &headers,
            body: body.into(),
        };
        let service = self.operations.service();
        let operation = smithy::find(service, &request)?;
        let input = smithy::decode(service, operation, &request)?;
        let prepared = self.operations.prepare(operation, input);
        let prepared =
            prepared.ok_or_else(|| smithy::ServiceError::new("NotImplemented", operation.name))?;
        Ok((operation, prepared))
    }

    /// What a request touches: action, resource and the service it passes a role to.
    pub async fn touches(&self, verb: &str, target: &str, body: Value) -> Vec<Touch> {
        let prepared = self
            .prepare(verb, target, body.to_string().into_bytes())
            .unwrap();
        match prepared.1.touches(&call(A, "us-east-1")).await.unwrap() {
            Touches::All(all) => all,
            other => panic!("{other:?}"),
        }
    }

    /// A new API of account A: its id and its root's.
    pub async fn api(&self) -> (String, String) {
        let made = self.ask("POST", "/restapis", json!({"name": "api"})).await;
        (made.text("id"), made.text("rootResourceId"))
    }

    /// Gives the root of an API a GET that MOCK answers.
    pub async fn mock(&self, api: &str, resource: &str) {
        let method = format!("/restapis/{api}/resources/{resource}/methods/GET");
        self.ask("PUT", &method, json!({"authorizationType": "NONE"}))
            .await
            .ok(201);
        let integration = format!("{method}/integration");
        self.ask("PUT", &integration, json!({"type": "MOCK"}))
            .await
            .ok(201);
    }
}

/// A PATCH body of one operation.
pub fn patch(op: &str, path: &str, value: &str) -> Value {
    json!({"patchOperations": [{"op": op, "path": path, "value": value}]})
}

fn call(account: &str, region: &str) -> Call {
    let account: AccountId = account.parse().unwrap();
    let region: Region = region.parse().unwrap();
    Call {
        caller: Caller::Anonymous,
        account,
        region,
        request_id: "id".into(),
        now_ms: 0,
        facts: RequestFacts::default(),
        base_url: "http://127.0.0.1:4566".into(),
    }
}

/// Answers a test with what it was asked.
struct Echo;

impl TestInvoke for Echo {
    fn test_authorizer(
        &self,
        request: ports::TestAuthorizerRequest,
    ) -> BoxFuture<'_, ports::TestAuthorizerResponse> {
        Box::pin(async move {
            ports::TestAuthorizerResponse {
                claims: None,
                client_status: 0,
                principal_id: Some(request.authorizer_id),
                policy: Some("{}".into()),
                log: format!("{} headers", request.headers.len()),
                latency_ms: 3,
            }
        })
    }

    fn test_invoke(&self, request: TestRequest) -> BoxFuture<'_, TestResponse> {
        Box::pin(async move {
            TestResponse {
                status: 200,
                body: format!("{} {}", request.http_method, request.path_with_query),
                headers: vec![("X".into(), "1".into()), ("X".into(), "2".into())],
                log: format!("{} headers", request.headers.len()),
                latency_ms: 7,
            }
        })
    }
}
