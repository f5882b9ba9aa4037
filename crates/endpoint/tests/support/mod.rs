//! A front door with small services behind it, and a client that writes raw bytes.

#![allow(clippy::unwrap_used, dead_code)]

use api::{lambda, logs, sts};
use bytes::Bytes;
use endpoint::{Endpoint, EndpointNeeds, Exposure, HostRule, Mount};
use policy::{Principal, PrincipalKind};
use ports::{
    AssumeError, Authorize, Call, Caller, ConnectionInfo, Credential, CredentialError, Credentials,
    Denial, ExecuteApi, FunctionUrl, HttpService, RequestFacts, Secret, ServeApi, ServeFunctionUrl,
    SessionCredentials, Sessions, Touch, Touches,
};
use sigv4::Signer;
use smithy::ServiceError;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use stdx::{Body, BoxFuture, ManualClock, SeededIds};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, oneshot};

pub const KEY: &str = "AKIATHPL2AOHFMBENCWP";
pub const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
/// 2026-11-22T12:00:00Z.
pub const NOW_MS: i64 = 1_795_348_800_000;

/// What the handlers behind the front door did.
#[derive(Default)]
pub struct Done {
    pub calls: AtomicUsize,
    /// Paths that mounted services were asked for.
    pub paths: Mutex<Vec<String>>,
    pub entered: Notify,
    pub go_on: Notify,
}

pub struct Server {
    pub address: SocketAddr,
    pub done: Arc<Done>,
    pub stop: Option<oneshot::Sender<()>>,
    pub served: tokio::task::JoinHandle<()>,
}

impl Server {
    pub async fn start() -> Self {
        Self::start_with(HostRule::Developer(Vec::new()), &[]).await
    }

    /// A server whose every path belongs to a service for everybody.
    pub async fn start_public() -> Self {
        Self::start_with(HostRule::Any, &[("/", Exposure::Public)]).await
    }

    async fn start_with(hosts: HostRule, more: &[(&'static str, Exposure)]) -> Self {
        let done = Arc::new(Done::default());
        let own = [
            ("/_crossway/", Exposure::Local),
            ("/console", Exposure::SameOrigin),
        ];
        let needs = EndpointNeeds {
            operations: operations(&done),
            credentials: Arc::new(OneKey),
            authorize: Arc::new(NoDeletes),
            apis: Arc::new(Apis(Arc::clone(&done))),
            function_urls: Arc::new(Urls),
            mounts: own
                .iter()
                .chain(more)
                .map(|(prefix, exposure)| Mount {
                    prefix,
                    exposure: *exposure,
                    service: Arc::new(EchoPath(Arc::clone(&done))),
                })
                .collect(),
            sessions: Some(Arc::new(OneSession)),
            browser_home: Some("/console/"),
            hosts,
            clock: Arc::new(ManualClock::at(NOW_MS)),
            ids: Arc::new(SeededIds::new(1)),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let endpoint = Arc::new(Endpoint::new(needs));
        let served = tokio::spawn(endpoint.serve(listener, None, async {
            let _ = stopped.await;
        }));
        Self {
            address,
            done,
            stop: Some(stop),
            served,
        }
    }

    pub fn host(&self) -> String {
        self.address.to_string()
    }

    pub fn calls(&self) -> usize {
        self.done.calls.load(Ordering::SeqCst)
    }

    /// Sends bytes on a connection of their own and reads one answer.
    pub async fn raw(&self, bytes: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        Answer::read(&mut stream).await
    }

    pub async fn send(&self, request: &Request) -> Answer {
        self.raw(&request.bytes()).await
    }

    pub fn signed(&self, service: &str, method: &str, target: &str, body: &str) -> Request {
        Request::new(method, target, &self.host(), body).sign(service, SECRET, None)
    }
}

/// A request that a test may bend after it was signed.
#[derive(Clone)]
pub struct Request {
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn new(method: &str, target: &str, host: &str, body: &str) -> Self {
        Self {
            method: method.into(),
            target: target.into(),
            headers: vec![("Host".into(), host.into())],
            body: body.into(),
        }
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The same request with another value, whatever was signed.
    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.headers
            .retain(|(have, _)| !have.eq_ignore_ascii_case(name));
        self.with(name, value)
    }

    pub fn without(mut self, name: &str) -> Self {
        self.headers
            .retain(|(have, _)| !have.eq_ignore_ascii_case(name));
        self
    }

    pub fn header(&self, name: &str) -> String {
        let mut headers = self.headers.iter();
        headers
            .find(|(have, _)| have.eq_ignore_ascii_case(name))
            .unwrap()
            .1
            .clone()
    }

    pub fn sign(self, service: &str, secret: &str, token: Option<&str>) -> Self {
        self.sign_as(KEY, service, secret, token, NOW_MS)
    }

    pub fn sign_as(
        mut self,
        key: &str,
        service: &str,
        secret: &str,
        token: Option<&str>,
        now_ms: i64,
    ) -> Self {
        let mut request = http::Request::builder()
            .method(self.method.as_str())
            .uri(self.target.as_str());
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        let signer = Signer {
            access_key_id: key,
            secret,
            session_token: token,
            region: "us-east-1",
            service,
            now_ms,
        };
        signer.sign(&mut parts, &self.body).unwrap();
        self.headers = parts
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        self
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut out = format!("{} {} HTTP/1.1\r\n", self.method, self.target);
        for (name, value) in &self.headers {
            out.push_str(&format!("{name}: {value}\r\n"));
        }
        out.push_str(&format!("Content-Length: {}\r\n\r\n", self.body.len()));
        let mut out = out.into_bytes();
        out.extend_from_slice(&self.body);
        out
    }
}

/// One HTTP/1.1 answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: http::HeaderMap,
    pub body: String,
}

impl Answer {
    pub async fn read(stream: &mut TcpStream) -> Self {
        // Byte by byte, so that an answer that follows stays in the stream.
        let mut bytes = Vec::new();
        while !bytes.ends_with(b"\r\n\r\n") {
            bytes.push(stream.read_u8().await.expect("an answer before the end"));
        }
        let head = String::from_utf8(bytes[..bytes.len() - 4].to_vec()).unwrap();
        let mut lines = head.split("\r\n");
        let status = lines
            .next()
            .unwrap()
            .split(' ')
            .nth(1)
            .unwrap()
            .parse()
            .unwrap();
        let mut headers = http::HeaderMap::new();
        for (name, value) in lines.map(|line| line.split_once(':').unwrap()) {
            let name: http::HeaderName = name.parse().unwrap();
            headers.append(name, value.trim().parse().unwrap());
        }
        let length = headers
            .get("content-length")
            .map_or("0", |value| value.to_str().unwrap());
        let mut body = vec![0; length.parse().unwrap()];
        stream.read_exact(&mut body).await.unwrap();
        Self {
            status,
            headers,
            body: String::from_utf8(body).unwrap(),
        }
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// `status code` where the code stands in the header, the JSON body or the XML body.
    pub fn error(&self) -> String {
        let header = self.header("x-amzn-errortype").to_owned();
        let in_xml = self
            .body
            .split("<Code>")
            .nth(1)
            .and_then(|rest| rest.split('<').next());
        let in_json = self.body.split("\"__type\":\"").nth(1);
        let in_json = in_json.and_then(|rest| rest.split('"').next());
        let code = if header.is_empty() {
            in_xml.or(in_json).unwrap_or_default().to_owned()
        } else {
            header
        };
        format!("{} {code}", self.status)
    }
}

struct EchoPath(Arc<Done>);

impl HttpService for EchoPath {
    fn handle(
        &self,
        request: http::Request<Bytes>,
        _connection: ConnectionInfo,
    ) -> BoxFuture<'_, http::Response<Bytes>> {
        let path = request.uri().path().to_owned();
        self.0.paths.lock().unwrap().push(path.clone());
        Box::pin(async move { http::Response::new(Bytes::from(path)) })
    }
}

/// Answers with what it was told of the request.
struct Apis(Arc<Done>);

impl ServeApi for Apis {
    fn serve(
        &self,
        request: http::Request<Bytes>,
        target: ExecuteApi,
    ) -> BoxFuture<'_, http::Response<Body>> {
        Box::pin(async move {
            self.0.calls.fetch_add(1, Ordering::SeqCst);
            assert_ne!(target.stage, "panic", "as the test wants");
            if target.stage == "slow" {
                self.0.entered.notify_one();
                self.0.go_on.notified().await;
            }
            let names: Vec<&str> = target.header_names.iter().collect();
            let text = format!(
                "{} {} {} {} body={} too_large={} names={}",
                request.method(),
                target.api_id,
                target.stage,
                target.raw_path,
                request.body().len(),
                target.is_body_too_large,
                names.join(",")
            );
            http::Response::new(Body::from(Bytes::from(text)))
        })
    }
}

/// Answers with what it was told of the request.
struct Urls;

impl ServeFunctionUrl for Urls {
    fn serve(
        &self,
        request: http::Request<Bytes>,
        target: FunctionUrl,
    ) -> BoxFuture<'_, http::Response<Body>> {
        Box::pin(async move {
            let region = target.region.map_or("-".into(), |one| one.to_string());
            let text = format!(
                "{} {} {region} {} {} body={} too_large={}",
                request.method(),
                target.url_id,
                target.domain_name,
                request.uri(),
                request.body().len(),
                target.is_body_too_large,
            );
            http::Response::new(Body::from(Bytes::from(text)))
        })
    }
}

/// One key with a secret; `ASIA` keys by their token.
struct OneKey;

impl Credentials for OneKey {
    fn find<'a>(
        &'a self,
        access_key_id: &'a str,
        session_token: Option<&'a str>,
        _now_ms: i64,
    ) -> BoxFuture<'a, Result<Credential, CredentialError>> {
        Box::pin(async move {
            match (access_key_id, session_token) {
                (KEY, None) | ("ASIAGOOD", Some("token")) => Ok(Credential {
                    secret: Secret(SECRET.into()),
                    principal: Arc::new(principal()),
                }),
                ("ASIAGOOD", Some("expired")) => Err(CredentialError::Expired),
                _ => Err(CredentialError::Invalid),
            }
        })
    }

    fn assume_for_service<'a>(
        &'a self,
        _role: &'a arn::Arn,
        _service: &'a str,
        _session_name: &'a str,
        _duration_s: u32,
        _now_ms: i64,
    ) -> BoxFuture<'a, Result<SessionCredentials, AssumeError>> {
        Box::pin(async { Err(AssumeError::Refused) })
    }
}

fn principal() -> Principal {
    let arn: arn::Arn = "arn:aws:iam::222222222222:user/admin".parse().unwrap();
    Principal {
        account: arn.account_id().unwrap(),
        kind: PrincipalKind::User,
        principal_arn: arn.clone(),
        arn,
        user_id: "AIDAEXAMPLE".into(),
        access_key_id: KEY.into(),
        session: None,
    }
}

/// Whatever deletes is denied.
struct NoDeletes;

impl Authorize for NoDeletes {
    fn authorize<'a>(
        &'a self,
        _caller: &'a Caller,
        touch: &'a Touch,
        _facts: &'a RequestFacts,
    ) -> BoxFuture<'a, Result<(), Denial>> {
        let is_denied = touch.action.contains("Delete");
        Box::pin(async move {
            if is_denied {
                Err(Denial {
                    message: format!("no {} on {}", touch.action, touch.resource),
                    encoded: Some("sealed".to_owned()),
                    ..Denial::default()
                })
            } else {
                Ok(())
            }
        })
    }
}

type Touched<'a> = BoxFuture<'a, Result<Touches, ServiceError>>;

fn open<'a, I>(_: &'a Done, _: &'a Call, _: &'a I) -> Touched<'a> {
    Box::pin(async { Ok(Touches::Open) })
}

fn operations(done: &Arc<Done>) -> Vec<smithy::Operations<Call, Touches>> {
    let lambda = smithy::Operations::new(lambda::SERVICE, Arc::clone(done))
        .on(
            lambda::op::GetFunction,
            open,
            |done: Arc<Done>, _, input: lambda::GetFunctionRequest| async move {
                done.calls.fetch_add(1, Ordering::SeqCst);
                assert_ne!(input.function_name, "panic", "as the test wants");
                Ok(lambda::GetFunctionResponse::default())
            },
        )
        .on(
            lambda::op::DeleteFunction,
            |_: &Done, call: &Call, input: &lambda::DeleteFunctionRequest| -> Touched<'_> {
                let touch = Touch::new(
                    "lambda:DeleteFunction",
                    format!("arn:{}", input.function_name),
                    call.account.clone(),
                );
                Box::pin(async { Ok(touch.into()) })
            },
            |done: Arc<Done>, _, _| async move {
                done.calls.fetch_add(1, Ordering::SeqCst);
                Ok(lambda::DeleteFunctionResponse::default())
            },
        )
        .finish();
    let sts = smithy::Operations::new(sts::SERVICE, Arc::clone(done))
        .on(
            sts::op::GetCallerIdentity,
            open,
            |done: Arc<Done>, call: Call, _| async move {
                done.calls.fetch_add(1, Ordering::SeqCst);
                Ok(sts::GetCallerIdentityResponse {
                    account: Some(call.account.to_string()),
                    arn: Some(call.base_url),
                    ..Default::default()
                })
            },
        )
        .on(
            sts::op::AssumeRoleWithWebIdentity,
            open,
            |done: Arc<Done>, call: Call, _| async move {
                done.calls.fetch_add(1, Ordering::SeqCst);
                assert!(matches!(call.caller, Caller::Anonymous));
                Ok(sts::AssumeRoleWithWebIdentityResponse::default())
            },
        )
        .finish();
    let logs = smithy::Operations::new(logs::SERVICE, Arc::clone(done))
        .on(
            logs::op::DescribeLogGroups,
            open,
            |done: Arc<Done>, _, _| async move {
                done.calls.fetch_add(1, Ordering::SeqCst);
                Ok(logs::DescribeLogGroupsResponse::default())
            },
        )
        .finish();
    vec![lambda, sts, logs]
}

/// Session 0 belongs to the holder of the cookie `good`.
struct OneSession;

impl Sessions for OneSession {
    fn principal<'a>(
        &'a self,
        number: &'a str,
        headers: &'a http::HeaderMap,
        now_ms: i64,
    ) -> BoxFuture<'a, Result<Arc<Principal>, CredentialError>> {
        Box::pin(async move {
            let cookie = headers.get("cookie").and_then(|value| value.to_str().ok());
            if number != "0" || cookie != Some("session=good") {
                return Err(CredentialError::Expired);
            }
            let found = OneKey.find(KEY, None, now_ms).await?;
            Ok(found.principal)
        })
    }
}
