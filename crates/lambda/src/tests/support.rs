#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use super::fake_compute::FakeCompute;
use crate::{Lambda, LambdaNeeds, Operations, operations};
use arn::{AccountId, Arn, Region};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use policy::{Principal, PrincipalKind};
use ports::{
    AssumeError, Authorize, Call, Caller, Credential, CredentialError, Credentials, Denial, Named,
    RequestFacts, Secret, ServiceCaller, SessionCredentials, Touch, Touches,
};
use serde_json::{Value as Json, json};
use smithy::{Kind, Location, Operation, OperationMeta, Reply, RequestParts, ServiceError};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use stdx::{BoxFuture, Ids, ManualClock, SeededIds, TimestampMs};
use store::Store;
use tokio::sync::Semaphore;

pub const OWNER: &str = "222222222222";
pub const OTHER: &str = "111111111111";
pub const ROLE: &str = "arn:aws:iam::222222222222:role/lambda";

const ADMIN: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;

/// Principals are admins of their accounts, all others have no policies; evaluates for real.
#[derive(Default)]
pub struct FakeIam {
    pub asked: Mutex<Vec<Touch>>,
    /// Unique ids of users and roles.
    pub people: Mutex<BTreeMap<String, String>>,
    pub assumed: AtomicU32,
}

impl Authorize for FakeIam {
    fn authorize<'a>(
        &'a self,
        caller: &'a Caller,
        touch: &'a Touch,
        _facts: &'a RequestFacts,
    ) -> BoxFuture<'a, Result<(), Denial>> {
        Box::pin(async move {
            self.asked.lock().unwrap().push(touch.clone());
            let is_allowed = match caller {
                Caller::Principal(principal) => {
                    grants(touch, policy::Requester::Principal(principal), None)
                }
                Caller::Service(service) => {
                    let requester = policy::Requester::Service(service.service);
                    grants(touch, requester, Some(service))
                }
                Caller::Anonymous => grants(touch, policy::Requester::Anonymous, None),
            };
            match is_allowed {
                true => Ok(()),
                false => Err(Denial {
                    message: "because no resource-based policy allows it".into(),
                    ..Denial::default()
                }),
            }
        })
    }
}

/// Whether the resource policy alone lets somebody in.
fn grants(
    touch: &Touch,
    requester: policy::Requester<'_>,
    service: Option<&ServiceCaller>,
) -> bool {
    let mut context = touch.context.clone();
    if let Some(service) = service {
        context.set("aws:SourceArn", service.source_arn.as_str());
        context.set("aws:SourceAccount", service.source_account.as_str());
    }
    let request = policy::Request {
        requester,
        action: &touch.action,
        resource: &touch.resource,
        owner: &touch.owner,
        context: &context,
    };
    let attached = |document: &Arc<policy::Document>| policy::Attached {
        id: "default".into(),
        document: Arc::clone(document),
    };
    let resource = touch.resource_policy.as_ref().map(attached);
    let admin = [attached(&Arc::new(policy::Document::parse(ADMIN).unwrap()))];
    let is_principal = matches!(requester, policy::Requester::Principal(_));
    let policies = policy::Policies {
        identity: if is_principal { &admin } else { &[] },
        resource: resource.as_ref(),
        ..policy::Policies::default()
    };
    policy::evaluate(&request, &policies).is_allowed()
}

impl Credentials for FakeIam {
    fn find<'a>(
        &'a self,
        access_key_id: &'a str,
        _session_token: Option<&'a str>,
        _now_ms: TimestampMs,
    ) -> BoxFuture<'a, Result<Credential, CredentialError>> {
        Box::pin(async move {
            let account = access_key_id.strip_prefix("AKIA");
            let account = account.filter(|account| [OWNER, OTHER].contains(account));
            Ok(Credential {
                secret: Secret("secret".into()),
                principal: principal(account.ok_or(CredentialError::Invalid)?),
            })
        })
    }

    fn named<'a>(&'a self, arn: &'a Arn) -> BoxFuture<'a, Result<Named, CredentialError>> {
        Box::pin(async move {
            if arn.resource() == "root" {
                return Ok(Named::ByName);
            }
            let id = self.people.lock().unwrap().get(arn.as_str()).cloned();
            Ok(id.map_or(Named::Nobody, Named::UniqueId))
        })
    }

    fn assume_for_service<'a>(
        &'a self,
        role: &'a Arn,
        service: &'a str,
        session_name: &'a str,
        duration_s: u32,
        now_ms: TimestampMs,
    ) -> BoxFuture<'a, Result<SessionCredentials, AssumeError>> {
        Box::pin(async move {
            assert_eq!(service, "lambda.amazonaws.com");
            if role.resource() != "role/lambda" {
                return Err(AssumeError::Refused);
            }
            self.assumed.fetch_add(1, Ordering::SeqCst);
            Ok(SessionCredentials {
                access_key_id: format!("ASIA{session_name}"),
                secret: Secret("s".into()),
                session_token: Secret("t".into()),
                expires_ms: now_ms + i64::from(duration_s) * 1000,
                principal: principal(OWNER),
            })
        })
    }
}

pub fn principal(account: &str) -> Arc<Principal> {
    let arn = Arn::new("iam", "", account, "user/admin");
    Arc::new(Principal {
        account: account.parse().unwrap(),
        kind: PrincipalKind::User,
        principal_arn: arn.clone(),
        arn,
        user_id: "AIDA".into(),
        access_key_id: "AKIA".into(),
        session: None,
    })
}

pub fn gateway(source_arn: &str) -> Caller {
    Caller::Service(ServiceCaller {
        service: "apigateway.amazonaws.com",
        source_arn: source_arn.parse().unwrap(),
        source_account: OTHER.parse().unwrap(),
    })
}

/// A Lambda over fakes.
pub struct World {
    pub lambda: Arc<Lambda>,
    pub store: Store,
    pub clock: ManualClock,
    pub compute: Arc<FakeCompute>,
    pub iam: Arc<FakeIam>,
    operations: Operations,
}

impl World {
    pub fn new() -> Self {
        Self::over(Store::in_memory().unwrap())
    }

    pub fn over(store: Store) -> Self {
        let clock = ManualClock::at(1_795_348_566_123);
        let iam = Arc::new(FakeIam::default());
        let admin = "arn:aws:iam::222222222222:user/admin".to_owned();
        let admin_id = "AIDAADMINADMINADMIN00".to_owned();
        iam.people.lock().unwrap().insert(admin, admin_id);
        let compute = Arc::new(FakeCompute {
            seen: Mutex::default(),
            fails: AtomicU32::new(0),
            hold: Semaphore::new(0),
            is_held: std::sync::atomic::AtomicBool::new(false),
            retired: Mutex::default(),
            provisioned: Mutex::default(),
            ready_max: AtomicU32::new(1_000),
        });
        let lambda = Lambda::new(LambdaNeeds {
            store: store.clone(),
            clock: Arc::new(clock.clone()),
            ids: Arc::new(SeededIds::new(7)),
            authorize: iam.clone(),
            credentials: iam.clone(),
        });
        lambda.set_compute(compute.clone());
        lambda.set_endpoint_url("http://127.0.0.1:4566");
        let operations = operations(Arc::clone(&lambda));
        Self {
            lambda,
            store,
            clock,
            compute,
            iam,
            operations,
        }
    }

    /// Runs an operation as the owner's admin.
    pub async fn call<O: Operation>(&self, operation: O, input: Json) -> Answer {
        self.call_as(OWNER, operation, input).await
    }

    /// Runs an operation as an account's admin.
    pub async fn call_as<O: Operation>(&self, account: &str, _: O, input: Json) -> Answer {
        self.send(account, O::META, &input).await
    }

    /// Runs an operation from the HTTP request to the HTTP answer.
    pub async fn send(&self, account: &str, meta: &'static OperationMeta, input: &Json) -> Answer {
        let service = api::lambda::SERVICE;
        let reply = match self.run(account, meta, input).await {
            Ok(value) => smithy::encode(service, meta, value, "id"),
            Err(error) => smithy::encode_error(service, &error, "id"),
        };
        Answer::of(reply)
    }

    async fn run(
        &self,
        account: &str,
        meta: &'static OperationMeta,
        input: &Json,
    ) -> Result<smithy::Value, ServiceError> {
        let sent = Sent::new(meta, input);
        let parts = RequestParts {
            method: meta.method,
            path: &sent.path,
            query: &sent.query,
            headers: &sent.headers,
            body: sent.body.clone(),
        };
        let service = api::lambda::SERVICE;
        assert_eq!(
            smithy::find(service, &parts)?.name,
            meta.name,
            "{} {}",
            parts.path,
            parts.query
        );
        let value = smithy::decode(service, meta, &parts)?;
        let call = call(account);
        let prepared = self.operations.prepare(meta, value).expect("registered");
        if let Touches::All(touches) = prepared.touches(&call).await? {
            for touch in &touches {
                let allowed = self.iam.authorize(&call.caller, touch, &call.facts).await;
                allowed
                    .map_err(|denial| ServiceError::new("AccessDeniedException", denial.message))?;
            }
        }
        prepared.call(call).await
    }

    /// Creates function `name` and waits until it is active.
    pub async fn function(&self, name: &str) -> Json {
        let created = self
            .call(api::lambda::op::CreateFunction, create(name))
            .await;
        assert_eq!(created.status, 201, "{created:?}");
        self.active(name).await;
        created.body
    }

    /// Waits until the function is active and updated.
    pub async fn active(&self, name: &str) -> Json {
        for _ in 0..100_000 {
            let found = self
                .call(
                    api::lambda::op::GetFunctionConfiguration,
                    json!({ "FunctionName": name }),
                )
                .await
                .body;
            if found["LastUpdateStatus"] == "Successful" {
                return found;
            }
            tokio::task::yield_now().await;
        }
        panic!("{name} does not become active");
    }
}

/// An HTTP answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    /// The body as JSON; null when there is none.
    pub body: Json,
}

impl Answer {
    fn of(reply: Reply) -> Self {
        Self {
            status: reply.status,
            body: serde_json::from_slice(&reply.body).unwrap_or(Json::Null),
            headers: reply.headers,
        }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// `status code: message` of a refusal.
    pub fn refusal(&self) -> String {
        let code = self.header("x-amzn-ErrorType").unwrap_or("no error");
        let text = self.body.get("message").or(self.body.get("Message"));
        let text = text.and_then(Json::as_str).unwrap_or_default();
        format!("{} {code}: {text}", self.status)
    }

    /// The body of a success.
    pub fn ok(self) -> Json {
        assert!(self.status < 300, "{self:?}");
        self.body
    }
}

/// A request as a client sends it.
struct Sent {
    path: String,
    query: String,
    headers: http::HeaderMap,
    body: Bytes,
}

impl Sent {
    fn new(meta: &OperationMeta, input: &Json) -> Self {
        let Kind::Structure(members) = meta.input.kind else {
            unreachable!("inputs are structures");
        };
        let mut sent = Self {
            path: meta.uri.split('?').next().unwrap_or_default().to_owned(),
            // What tells this operation from others of its path, such as `find=LayerVersion`.
            query: meta
                .uri
                .split_once('?')
                .map_or_else(String::new, |(_, fixed)| format!("{fixed}&")),
            headers: http::HeaderMap::new(),
            body: Bytes::new(),
        };
        let mut body = serde_json::Map::new();
        for member in members {
            let Some(value) = input.get(member.name) else {
                continue;
            };
            let text = match value {
                Json::String(text) => text.clone(),
                other => other.to_string(),
            };
            match member.location {
                Location::Uri => {
                    let label = format!("{{{}}}", member.wire);
                    sent.path = sent.path.replace(&label, &escape(&text));
                }
                Location::Query => {
                    let values = match value {
                        Json::Array(values) => values.iter().filter_map(Json::as_str).collect(),
                        _ => vec![text.as_str()],
                    };
                    for value in values {
                        sent.query
                            .push_str(&format!("{}={}&", member.wire, escape(value)));
                    }
                }
                Location::Header => {
                    let name: http::HeaderName = member.wire.parse().unwrap();
                    sent.headers.insert(name, text.parse().unwrap());
                }
                Location::Payload => sent.body = Bytes::from(text),
                Location::Body | Location::Status => {
                    body.insert(member.wire.to_owned(), value.clone());
                }
            }
        }
        if !body.is_empty() {
            sent.body = Json::Object(body).to_string().into();
        }
        sent.query.pop();
        sent
    }
}

fn escape(text: &str) -> String {
    let escaped = text.bytes().map(|byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
            char::from(byte).to_string()
        }
        other => format!("%{other:02X}"),
    });
    escaped.collect()
}

pub fn call(account: &str) -> Call {
    Call {
        caller: Caller::Principal(principal(account)),
        account: account.parse::<AccountId>().unwrap(),
        region: Region::us_east_1(),
        request_id: SeededIds::new(1).uuid(),
        now_ms: 0,
        facts: RequestFacts::default(),
        base_url: "http://127.0.0.1:4566".into(),
    }
}

pub fn zip(content: &str) -> Bytes {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer
        .start_file("index.js", zip::write::SimpleFileOptions::default())
        .unwrap();
    writer.write_all(content.as_bytes()).unwrap();
    writer.finish().unwrap().into_inner().into()
}

pub fn zip_base64(content: &str) -> String {
    STANDARD.encode(zip(content))
}

pub fn create(name: &str) -> Json {
    json!({
        "FunctionName": name,
        "Runtime": "nodejs24.x",
        "Role": ROLE,
        "Handler": "index.handler",
        "Code": { "ZipFile": zip_base64("exports.handler = async (event) => event") },
    })
}

/// `create(name)` with more members.
pub fn create_with(name: &str, more: Json) -> Json {
    let mut all = create(name);
    let (Some(all_members), Json::Object(more)) = (all.as_object_mut(), more) else {
        unreachable!("both are objects");
    };
    all_members.extend(more);
    all
}
