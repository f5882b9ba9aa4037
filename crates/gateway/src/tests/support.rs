//! A gateway over doubles, and short ways to write APIs and requests.

mod decision;
mod function;
mod organizations;

use crate::{Egress, Gateway, GatewayNeeds, Issuers, IssuersNeeds};
use bytes::Bytes;
use policy::{Principal, PrincipalKind};
use ports::{
    AssumeError, Authorize, Caller, ClientCertificate, ClientCertificates, ConnectionInfo,
    Credential, CredentialError, Credentials, Denial, Deployments, ExecuteApi, Found, HeaderNames,
    Invocation, InvokeError, Invoked, LiveStage, LogBatch, LogSink, RequestFacts, Secret,
    SessionCredentials, StagePlans, Touch, UsagePlans, VpcLinks,
};
use restapi::{
    Integration, IntegrationResponse, IntegrationType, Method, Resource, RestApi, Stage,
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};
use stdx::{BoxFuture, ManualClock, SeededIds, TimestampMs};

/// 22 November 2026, 11:56:06 UTC.
pub(super) const NOW_MS: TimestampMs = 1_795_348_566_000;

pub(super) const API_ID: &str = "abc123defg";
pub(super) const FUNCTION: &str = "arn:aws:lambda:us-east-1:222222222222:function:hello";

/// An integration without mappings.
pub(super) fn integration(kind: IntegrationType, uri: Option<&str>) -> Integration {
    Integration {
        kind,
        http_method: None,
        uri: uri.map(str::to_owned),
        credentials: None,
        connection_type: None,
        connection_id: None,
        integration_target: None,
        request_parameters: Default::default(),
        request_templates: Vec::new(),
        passthrough_behavior: "WHEN_NO_MATCH".into(),
        content_handling: None,
        timeout_ms: 29_000,
        cache_namespace: None,
        cache_key_parameters: Vec::new(),
        tls: None,
        response_transfer_mode: None,
        responses: Default::default(),
    }
}

pub(super) fn lambda_uri(function: &str) -> String {
    format!("arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function}/invocations")
}

/// A Lambda integration of this kind with the function of the other account.
pub(super) fn lambda(kind: IntegrationType) -> Integration {
    Integration {
        http_method: Some("POST".into()),
        ..integration(kind, Some(&lambda_uri(FUNCTION)))
    }
}

/// A MOCK integration that answers 200 with `body`.
pub(super) fn mock(body: &str) -> Integration {
    let mut mock = integration(IntegrationType::Mock, None);
    mock.request_templates = vec![("application/json".into(), "{\"statusCode\": 200}".into())];
    let response = IntegrationResponse {
        status_code: "200".into(),
        response_templates: vec![("application/json".into(), body.into())],
        ..IntegrationResponse::default()
    };
    mock.responses.insert("200".into(), response);
    mock
}

/// An open method with this integration, which declares what that answers.
pub(super) fn open(integration: Integration) -> Method {
    let statuses = integration.responses.keys().cloned();
    Method {
        authorization_type: "NONE".into(),
        responses: statuses
            .map(|status| (status, Default::default()))
            .collect(),
        integration: Some(integration),
        ..Method::default()
    }
}

/// An API with these methods; resources on the way are made.
pub(super) fn api(methods: Vec<(&str, &str, Method)>) -> RestApi {
    let mut api = RestApi {
        id: API_ID.into(),
        account: "111111111111".into(),
        region: "us-east-1".into(),
        root_resource_id: "root".into(),
        ..RestApi::default()
    };
    let root = Resource {
        id: "root".into(),
        path: "/".into(),
        ..Resource::default()
    };
    api.resources.insert("root".into(), root);
    for (verb, path, mut method) in methods {
        method.http_method = verb.into();
        let id = resource(&mut api, path);
        let resource = api.resources.get_mut(&id).unwrap();
        resource.methods.insert(verb.into(), method);
    }
    api
}

/// The id of the resource with this path, made with its parents when it is not there.
fn resource(api: &mut RestApi, path: &str) -> String {
    if path == "/" {
        return "root".into();
    }
    if let Some(found) = api.resource_by_path(path) {
        return found.id.clone();
    }
    let (parent, part) = path.rsplit_once('/').unwrap();
    let parent = resource(api, if parent.is_empty() { "/" } else { parent });
    let id = format!("r{}", api.resources.len());
    let made = Resource {
        id: id.clone(),
        parent_id: Some(parent),
        path_part: Some(part.into()),
        path: path.into(),
        ..Resource::default()
    };
    api.resources.insert(id.clone(), made);
    id
}

pub(super) fn principal(account: &str, kind: PrincipalKind) -> Arc<Principal> {
    let arn = match kind {
        PrincipalKind::AssumedRole => format!("arn:aws:sts::{account}:assumed-role/r/s"),
        _ => format!("arn:aws:iam::{account}:user/ann"),
    };
    let arn: arn::Arn = arn.parse().unwrap();
    Arc::new(Principal {
        account: account.parse().unwrap(),
        kind,
        principal_arn: arn.clone(),
        arn,
        user_id: "AIDAEXAMPLE".into(),
        access_key_id: "AKIAEXAMPLE".into(),
        session: None,
    })
}

type Answers = Box<dyn Fn(&Invocation) -> Result<Invoked, InvokeError> + Send + Sync>;

/// Every port in one double.
pub(super) struct Doubles {
    live: Mutex<Option<Arc<LiveStage>>>,
    answers: Mutex<Answers>,
    denial: Mutex<Option<Denial>>,
    /// What the function was called with.
    pub(super) invocations: Mutex<Vec<Invocation>>,
    /// What was asked of IAM.
    pub(super) touches: Mutex<Vec<(Caller, Touch)>>,
    /// What was logged.
    pub(super) batches: Mutex<Vec<LogBatch>>,
}

impl Deployments for Doubles {
    fn find(&self, api_id: &str, stage: &str) -> Found {
        match self.live.lock().unwrap().as_ref() {
            Some(live) if live.api.id != api_id => Found::UnknownApi,
            Some(live) if live.stage.name == stage => Found::Live(Arc::clone(live)),
            Some(_) => Found::UnknownStage,
            None => Found::UnknownApi,
        }
    }
}

impl Credentials for Doubles {
    fn find<'a>(
        &'a self,
        access_key_id: &'a str,
        _session_token: Option<&'a str>,
        _now_ms: TimestampMs,
    ) -> BoxFuture<'a, Result<Credential, CredentialError>> {
        Box::pin(async move {
            match access_key_id {
                "AKIAEXAMPLE" => Ok(Credential {
                    secret: Secret("secret".into()),
                    principal: principal("333333333333", PrincipalKind::User),
                }),
                "ASIAEXPIRED" => Err(CredentialError::Expired),
                _ => Err(CredentialError::Invalid),
            }
        })
    }

    fn assume_for_service<'a>(
        &'a self,
        role: &'a arn::Arn,
        service: &'a str,
        session_name: &'a str,
        _duration_s: u32,
        now_ms: TimestampMs,
    ) -> BoxFuture<'a, Result<SessionCredentials, AssumeError>> {
        Box::pin(async move {
            assert_eq!(service, "apigateway.amazonaws.com");
            assert_eq!(session_name, "BackplaneAssumeRoleSession");
            match role.resource() {
                "role/good" => Ok(SessionCredentials {
                    access_key_id: "ASIAROLE".into(),
                    secret: Secret("s".into()),
                    session_token: Secret("t".into()),
                    expires_ms: now_ms + 900_000,
                    principal: principal(role.account(), PrincipalKind::AssumedRole),
                }),
                _ => Err(AssumeError::Refused),
            }
        })
    }
}

impl Authorize for Doubles {
    fn authorize<'a>(
        &'a self,
        caller: &'a Caller,
        touch: &'a Touch,
        _facts: &'a RequestFacts,
    ) -> BoxFuture<'a, Result<(), Denial>> {
        let entry = (caller.clone(), touch.clone());
        self.touches.lock().unwrap().push(entry);
        let denial = self.denial.lock().unwrap().clone();
        let denial = denial.or_else(|| decision::anonymous_denial(caller, touch));
        Box::pin(async move { denial.map_or(Ok(()), Err) })
    }
}

/// No stage is in a plan; tests of plans put their own in place.
impl UsagePlans for Doubles {
    fn find(&self, _api_id: &str, _stage: &str) -> Option<Arc<StagePlans>> {
        None
    }
}

/// Nothing is linked.
impl VpcLinks for Doubles {
    fn upstream(&self, _account: &str, _region: &str, _id: &str) -> Option<Arc<str>> {
        None
    }
}

/// There are no certificates.
impl ClientCertificates for Doubles {
    fn find(&self, _: &str, _: &str, _: &str) -> Option<Arc<ClientCertificate>> {
        None
    }
}

impl LogSink for Doubles {
    fn write(&self, batch: LogBatch) {
        self.batches.lock().unwrap().push(batch);
    }
}

/// A gateway with one API on stage `test`.
pub(super) struct World {
    pub(super) gateway: Gateway,
    pub(super) doubles: Arc<Doubles>,
    pub(super) clock: Arc<ManualClock>,
}

impl World {
    pub(super) fn new(api: RestApi) -> Self {
        let stage = Stage {
            name: "test".into(),
            deployment_id: "dep123".into(),
            ..Stage::default()
        };
        Self::with_stage(api, stage)
    }

    pub(super) fn with_stage(api: RestApi, stage: Stage) -> Self {
        Self::with_user_pools(api, stage, BTreeMap::new())
    }

    /// The same with issuers that stand for user pools, by ARN.
    pub(super) fn with_user_pools(
        api: RestApi,
        stage: Stage,
        user_pools: BTreeMap<String, String>,
    ) -> Self {
        let live = LiveStage {
            api: Arc::new(api),
            stage: Arc::new(stage),
            revision: 1,
        };
        let doubles = Arc::new(Doubles {
            live: Mutex::new(Some(Arc::new(live))),
            answers: Mutex::new(Box::new(|_| {
                Ok(invoked("{\"statusCode\":200,\"body\":\"hi\"}"))
            })),
            denial: Mutex::default(),
            invocations: Mutex::default(),
            touches: Mutex::default(),
            batches: Mutex::default(),
        });
        let clock = Arc::new(ManualClock::at(NOW_MS));
        let gateway = Gateway::new(GatewayNeeds {
            deployments: doubles.clone(),
            invoke: doubles.clone(),
            credentials: doubles.clone(),
            authorize: doubles.clone(),
            organizations: doubles.clone(),
            logs: doubles.clone(),
            clock: clock.clone(),
            ids: Arc::new(SeededIds::new(7)),
            usage_plans: doubles.clone(),
            vpc_links: doubles.clone(),
            client_certificates: doubles.clone(),
            vpc_endpoints: super::private::endpoints(),
            account_throttle: None,
            issuers: Arc::new(Issuers::new(IssuersNeeds {
                egress: Egress {
                    allows_loopback: true,
                    ..Egress::default()
                },
                allows_http: true,
                user_pools,
                clock: clock.clone(),
            })),
            egress: Egress {
                allows_loopback: true,
                allows_private: true,
                refused: Vec::new(),
            },
        });
        Self {
            gateway,
            doubles,
            clock,
        }
    }

    /// A world with one proxied function at `/`.
    pub(super) fn proxy() -> Self {
        let root = open(lambda(IntegrationType::AwsProxy));
        Self::new(api(vec![("GET", "/", root)]))
    }

    /// What the function answers from now on.
    pub(super) fn answers(
        self,
        answers: impl Fn(&Invocation) -> Result<Invoked, InvokeError> + Send + Sync + 'static,
    ) -> Self {
        *self.doubles.answers.lock().unwrap() = Box::new(answers);
        self
    }

    /// The function answers this payload from now on.
    pub(super) fn answers_payload(self, payload: &'static str) -> Self {
        self.answers(move |_| Ok(invoked(payload)))
    }

    /// IAM says no from now on.
    pub(super) fn denies(self, denial: Denial) -> Self {
        *self.doubles.denial.lock().unwrap() = Some(denial);
        self
    }

    /// Another revision goes live.
    pub(super) fn deploy(&self, api: RestApi, revision: u64) {
        let mut live = self.doubles.live.lock().unwrap();
        let stage = live.as_ref().unwrap().stage.as_ref().clone();
        *live = Some(Arc::new(LiveStage {
            api: Arc::new(api),
            stage: Arc::new(stage),
            revision,
        }));
    }

    pub(super) async fn send(&self, request: Sent) -> http::Response<Bytes> {
        let (request, target) = request.into_parts();
        self.serve(request, target).await
    }

    pub(super) async fn serve(
        &self,
        request: http::Request<Bytes>,
        target: ExecuteApi,
    ) -> http::Response<Bytes> {
        function::whole(self.gateway.handle(request, target).await).await
    }

    pub(super) async fn get(&self, path: &str) -> http::Response<Bytes> {
        self.send(Sent::new("GET", path)).await
    }

    /// The event of the last call.
    pub(super) fn event(&self) -> serde_json::Value {
        let calls = self.doubles.invocations.lock().unwrap();
        serde_json::from_slice(calls.last().unwrap().payload.bytes()).unwrap()
    }

    /// Every logged line.
    pub(super) fn lines(&self) -> Vec<String> {
        let batches = self.doubles.batches.lock().unwrap();
        let events = batches.iter().flat_map(|batch| batch.events.iter());
        events.map(|event| event.message.clone()).collect()
    }
}

pub(super) fn invoked(payload: &str) -> Invoked {
    Invoked {
        status: 200,
        payload: Bytes::from(payload.to_owned()),
        function_error: None,
        log_tail: None,
        executed_version: "$LATEST".into(),
        request_id: "lambda-request".into(),
        trace_id: "Root=1-a-b;Parent=c;Sampled=0".into(),
    }
}

/// A request on its way; `path` starts behind the stage.
pub(super) struct Sent {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Bytes,
    stage: String,
    is_spelled: bool,
    is_body_too_large: bool,
}

impl Sent {
    pub(super) fn new(method: &str, path: &str) -> Self {
        Self {
            method: method.into(),
            path: path.into(),
            headers: vec![(
                "Host".into(),
                format!("{API_ID}.execute-api.us-east-1.localhost:4566"),
            )],
            body: Bytes::new(),
            stage: "test".into(),
            is_spelled: true,
            is_body_too_large: false,
        }
    }

    pub(super) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub(super) fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    pub(super) fn stage(mut self, stage: &str) -> Self {
        self.stage = stage.into();
        self
    }

    /// As over HTTP/2: nobody knows how names were spelled.
    pub(super) fn unspelled(mut self) -> Self {
        self.is_spelled = false;
        self
    }

    pub(super) fn with_body_too_large(mut self) -> Self {
        self.is_body_too_large = true;
        self
    }

    pub(super) fn into_parts(self) -> (http::Request<Bytes>, ExecuteApi) {
        let (path, _) = self.path.split_once('?').unwrap_or((&self.path, ""));
        let request_path = format!("/{}{path}", self.stage);
        let mut builder = http::Request::builder()
            .method(self.method.as_str())
            .uri(format!("/{}{}", self.stage, self.path));
        let mut head = String::new();
        for (name, value) in &self.headers {
            builder = builder.header(name, value);
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        let (_, host) = self.headers.first().unwrap().clone();
        let target = ExecuteApi {
            api_id: API_ID.into(),
            region: Some(arn::Region::us_east_1()),
            stage: self.stage.clone(),
            raw_path: path.to_owned(),
            request_path,
            host,
            header_names: match self.is_spelled {
                true => HeaderNames::new(Bytes::from(head)),
                false => HeaderNames::default(),
            },
            is_body_too_large: self.is_body_too_large,
            head_bytes: 0,
            connection: ConnectionInfo {
                peer: "127.0.0.1:40000".parse().unwrap(),
                is_tls: false,
                received_ms: NOW_MS,
            },
        };
        (builder.body(self.body).unwrap(), target)
    }
}

/// Status and body as text.
pub(super) fn shown(response: &http::Response<Bytes>) -> (u16, String) {
    let body = String::from_utf8_lossy(response.body()).into_owned();
    (response.status().as_u16(), body)
}

/// The value of a header, or nothing.
pub(super) fn header<'a>(response: &'a http::Response<Bytes>, name: &str) -> &'a str {
    response
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}
