#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use crate::{Lambda, LambdaNeeds, Operations, operations};
use arn::{AccountId, Arn, Region};
use bytes::Bytes;
use policy::{Principal, PrincipalKind};
use ports::{
    AssumeError, Authorize, Call, Caller, Compute, ComputeError, Credential, CredentialError,
    Credentials, Denial, FunctionError, Outcome, RequestFacts, Secret, ServiceCaller,
    SessionCredentials, Touch, Touches, Work,
};
use smithy::{Operation, Read, ServiceError, Value, Write as _};
use std::io::Write as _;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use stdx::{BoxFuture, ManualClock, SeededIds, TimestampMs};
use store::Store;
use tokio::sync::Semaphore;

pub const OWNER: &str = "222222222222";
pub const OTHER: &str = "111111111111";
pub const ROLE: &str = "arn:aws:iam::222222222222:role/lambda";

/// Answers every event with itself; can be told to fail or to wait.
pub struct FakeCompute {
    pub seen: Mutex<Vec<Work>>,
    pub fails: AtomicU32,
    pub hold: Semaphore,
    pub is_held: std::sync::atomic::AtomicBool,
    pub retired: Mutex<Vec<(String, Option<String>)>>,
}

impl Compute for FakeCompute {
    fn run(&self, work: Work) -> BoxFuture<'_, Result<Outcome, ComputeError>> {
        Box::pin(async move {
            self.seen.lock().unwrap().push(work.clone());
            if self.is_held.load(Ordering::SeqCst) {
                self.hold.acquire().await.unwrap().forget();
            }
            if work.function.runtime == "ruby3.2" {
                return Err(ComputeError::RuntimeUnavailable("install ruby".into()));
            }
            let fails = self
                .fails
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1));
            Ok(Outcome {
                payload: work.payload,
                error: fails.is_ok().then_some(FunctionError::Unhandled),
                log_tail: Bytes::from_static(b"START"),
            })
        })
    }

    fn retire(&self, function_arn: &str, keep: Option<&str>) {
        let entry = (function_arn.to_owned(), keep.map(str::to_owned));
        self.retired.lock().unwrap().push(entry);
    }

    fn check_runtime(&self, runtime: &str) -> Result<String, ComputeError> {
        Ok(runtime.to_owned())
    }
}

/// Admins of an account may do anything in it; everybody else needs the resource policy, which is
/// evaluated for real.
#[derive(Default)]
pub struct FakeIam {
    pub asked: Mutex<Vec<Touch>>,
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
                Caller::Principal(principal) => principal.account == touch.owner,
                Caller::Service(service) => grants(touch, service),
                Caller::Anonymous => false,
            };
            match is_allowed {
                true => Ok(()),
                false => Err(Denial {
                    message: "because no resource-based policy allows it".into(),
                    is_explicit: false,
                }),
            }
        })
    }
}

fn grants(touch: &Touch, service: &ServiceCaller) -> bool {
    let Some(document) = &touch.resource_policy else {
        return false;
    };
    let mut context = touch.context.clone();
    context.set("aws:SourceArn", service.source_arn.as_str());
    context.set("aws:SourceAccount", service.source_account.as_str());
    super::front_door::evaluate(document, touch, service, &context)
}

impl Credentials for FakeIam {
    fn find<'a>(
        &'a self,
        _access_key_id: &'a str,
        _session_token: Option<&'a str>,
        _now_ms: TimestampMs,
    ) -> BoxFuture<'a, Result<Credential, CredentialError>> {
        Box::pin(async { Err(CredentialError::Invalid) })
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
        let compute = Arc::new(FakeCompute {
            seen: Mutex::default(),
            fails: AtomicU32::new(0),
            hold: Semaphore::new(0),
            is_held: std::sync::atomic::AtomicBool::new(false),
            retired: Mutex::default(),
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
    pub async fn call<O: Operation>(&self, _: O, json: serde_json::Value) -> Answer {
        self.call_as::<O>(OWNER, json).await
    }

    /// Runs an operation as an account's admin: touches first, as the endpoint does.
    pub async fn call_as<O: Operation>(&self, account: &str, json: serde_json::Value) -> Answer {
        let call = call(account);
        let prepared = self
            .operations
            .prepare(O::META, value_of(&json))
            .expect("a registered operation");
        match prepared.touches(&call).await? {
            Touches::All(touches) => {
                for touch in &touches {
                    let allowed = self.iam.authorize(&call.caller, touch, &call.facts).await;
                    allowed.map_err(|denial| {
                        ServiceError::new("AccessDeniedException", denial.message)
                    })?;
                }
            }
            Touches::Open | Touches::FrontDoor => {}
        }
        prepared.call(call).await.map(|value| json_of(&value))
    }

    /// Creates function `name` and waits until it is active.
    pub async fn function(&self, name: &str) -> serde_json::Value {
        let created = self
            .call(api::lambda::op::CreateFunction, create(name))
            .await
            .unwrap();
        self.active(name).await;
        created
    }

    /// Waits until the function is active and updated.
    pub async fn active(&self, name: &str) -> serde_json::Value {
        loop {
            let found = self
                .call(
                    api::lambda::op::GetFunctionConfiguration,
                    serde_json::json!({ "FunctionName": name }),
                )
                .await
                .unwrap();
            if found["LastUpdateStatus"] == "Successful" {
                return found;
            }
            tokio::task::yield_now().await;
        }
    }
}

pub type Answer = Result<serde_json::Value, ServiceError>;

/// `code: message` of a refusal.
pub fn refusal(answer: Answer) -> String {
    answer.unwrap_err().to_string()
}

pub fn call(account: &str) -> Call {
    Call {
        caller: Caller::Principal(principal(account)),
        account: account.parse::<AccountId>().unwrap(),
        region: Region::us_east_1(),
        request_id: "11111111-1111-4111-8111-111111111111".into(),
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

pub fn create(name: &str) -> serde_json::Value {
    serde_json::json!({
        "FunctionName": name,
        "Runtime": "nodejs24.x",
        "Role": ROLE,
        "Handler": "index.handler",
        "Code": { "ZipFile": { "zip": "exports.handler = async (event) => event" } },
    })
}

/// JSON as a decoder would have read it; `{"zip": text}` stands for a zip file's bytes.
pub fn value_of(json: &serde_json::Value) -> Value {
    super::control::value_of(json)
}

/// An output's tree as JSON.
pub fn json_of(value: &Value) -> serde_json::Value {
    super::control::json_of(value)
}

#[allow(dead_code, reason = "keeps the traits in scope for the helpers above")]
fn _traits<T: Read>(value: Value) -> T {
    T::read(Some(value))
}
#[allow(dead_code)]
fn _write(value: api::lambda::Concurrency) -> Option<Value> {
    value.write()
}
