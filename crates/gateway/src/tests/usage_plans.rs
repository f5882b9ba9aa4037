//! API keys, throttles and quotas.

use super::support::{
    API_ID, FUNCTION, NOW_MS, Sent, World, api, header, invoked, lambda, lambda_uri, mock, open,
    shown,
};
use ports::{Meter, PlanKey, StagePlan, StagePlans, Throttle, UsagePlans};
use restapi::{ApiKeySource, Authorizer, IntegrationType, Method, MethodSetting, RestApi, Stage};
use serde_json::json;
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};
use stdx::{ManualClock, TimestampMs};

const KEY: &str = "apikey1234abcdefghij0123456789";
const FORBIDDEN: &str = "{\"message\":\"Forbidden\"}";
const TOO_MANY: &str = "{\"message\":\"Too Many Requests\"}";
const EXCEEDED: &str = "{\"message\":\"Limit Exceeded\"}";

/// Lets so many pass.
#[derive(Debug)]
struct Left(AtomicU32);

impl Meter for Left {
    fn is_used_up(&self, _now_ms: TimestampMs) -> bool {
        self.0.load(Ordering::SeqCst) == 0
    }

    fn take(&self, _now_ms: TimestampMs) -> bool {
        let less = |left: u32| left.checked_sub(1);
        self.0
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, less)
            .is_ok()
    }
}

/// The plans of stage `test`.
struct Plans(Arc<StagePlans>);

impl UsagePlans for Plans {
    fn find(&self, api_id: &str, stage: &str) -> Option<Arc<StagePlans>> {
        assert_eq!(api_id, API_ID);
        (stage == "test").then(|| Arc::clone(&self.0))
    }
}

/// What the one plan says.
struct Plan {
    throttle: Option<Throttle>,
    method_throttles: BTreeMap<String, Throttle>,
    quota: u32,
    is_enabled: bool,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            throttle: None,
            method_throttles: BTreeMap::new(),
            quota: u32::MAX,
            is_enabled: true,
        }
    }
}

impl Plan {
    /// A plan with two keys, [`KEY`] and `other`.
    fn into_live(self) -> (Plans, Arc<Left>) {
        let meter = Arc::new(Left(AtomicU32::new(self.quota)));
        let plan = Arc::new(StagePlan {
            plan_id: "plan12".into(),
            throttle: self.throttle,
            method_throttles: self.method_throttles,
        });
        let key = |id: &str| PlanKey {
            key_id: id.into(),
            is_enabled: self.is_enabled,
            plan: Arc::clone(&plan),
            meter: meter.clone(),
        };
        let keys = [(KEY.to_owned(), key("key1")), ("other".into(), key("key2"))];
        let plans = StagePlans { keys: keys.into() };
        (Plans(Arc::new(plans)), meter)
    }
}

fn throttle(rate_per_s: f64, burst: u32) -> Throttle {
    Throttle { rate_per_s, burst }
}

fn wants_key(integration: restapi::Integration) -> Method {
    Method {
        api_key_required: true,
        ..open(integration)
    }
}

fn keyed() -> RestApi {
    api(vec![
        ("GET", "/", wants_key(lambda(IntegrationType::AwsProxy))),
        ("POST", "/", wants_key(mock("posted"))),
        ("GET", "/open", open(mock("open"))),
    ])
}

fn logging(throttle: Option<(f64, i32)>) -> Stage {
    let mut setting = MethodSetting {
        logging_level: Some("INFO".into()),
        ..MethodSetting::default()
    };
    if let Some((rate, burst)) = throttle {
        setting.throttling_rate_limit = rate;
        setting.throttling_burst_limit = burst;
    }
    Stage {
        name: "test".into(),
        method_settings: [("*/*".to_owned(), setting)].into(),
        ..Stage::default()
    }
}

/// A world with a plan, a clock, and an execution log.
fn fresh(api: RestApi, plan: Plan) -> (World, ManualClock, Arc<Left>) {
    let (plans, meter) = plan.into_live();
    let mut world = World::with_stage(api, logging(None));
    let clock = ManualClock::at(NOW_MS);
    world.gateway.usage_plans = Arc::new(plans);
    world.gateway.clock = Arc::new(clock.clone());
    (world, clock, meter)
}

async fn ask(world: &World, verb: &str, path: &str, key: Option<&str>) -> (u16, String) {
    let mut sent = Sent::new(verb, path);
    if let Some(key) = key {
        sent = sent.header("x-api-key", key);
    }
    shown(&world.send(sent).await)
}

/// How many of so many requests pass.
async fn passing(world: &World, times: usize, verb: &str, path: &str, key: &str) -> usize {
    let mut passed = 0;
    for _ in 0..times {
        let (status, body) = ask(world, verb, path, Some(key)).await;
        match status {
            200 => passed += 1,
            _ => assert_eq!((status, body.as_str()), (429, TOO_MANY)),
        }
    }
    passed
}

#[tokio::test]
async fn only_a_key_of_the_stages_plan_comes_in() {
    let (world, _, _) = fresh(keyed(), Plan::default());
    assert_eq!(ask(&world, "GET", "/", Some(KEY)).await, (200, "hi".into()));
    for key in [
        None,
        Some(""),
        Some("unknown"),
        Some(&KEY[1..]),
        Some("APIKEY1234"),
    ] {
        let answer = ask(&world, "GET", "/", key).await;
        assert_eq!(answer, (403, FORBIDDEN.into()), "{key:?}");
    }
    let query = ask(&world, "GET", &format!("/?x-api-key={KEY}"), None).await;
    assert_eq!(query.0, 403, "a key in the query is none");
    assert_eq!(
        ask(&world, "GET", "/open", None).await,
        (200, "open".into())
    );
    assert_eq!(world.doubles.invocations.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn refusals_are_spelled_as_on_aws() {
    let (world, _, _) = fresh(keyed(), Plan::default());
    let refused = world.send(Sent::new("GET", "/")).await;
    assert_eq!(header(&refused, "x-amzn-errortype"), "ForbiddenException");
    let plan = Plan {
        quota: 0,
        ..Plan::default()
    };
    let (world, _, _) = fresh(keyed(), plan);
    let refused = world
        .send(Sent::new("GET", "/").header("X-API-Key", KEY))
        .await;
    assert_eq!(shown(&refused), (429, EXCEEDED.into()));
    assert_eq!(
        header(&refused, "x-amzn-errortype"),
        "LimitExceededException"
    );
    assert_eq!(header(&refused, "retry-after"), "");
    let plan = Plan {
        throttle: Some(throttle(1.0, 0)),
        ..Plan::default()
    };
    let (world, _, _) = fresh(keyed(), plan);
    let refused = world
        .send(Sent::new("GET", "/").header("X-API-Key", KEY))
        .await;
    assert_eq!(shown(&refused), (429, TOO_MANY.into()));
    assert_eq!(
        header(&refused, "x-amzn-errortype"),
        "TooManyRequestsException"
    );
}

#[tokio::test]
async fn disabled_keys_and_stages_without_plan_are_refused() {
    let plan = Plan {
        is_enabled: false,
        ..Plan::default()
    };
    let (world, _, _) = fresh(keyed(), plan);
    assert_eq!(
        ask(&world, "GET", "/", Some(KEY)).await,
        (403, FORBIDDEN.into())
    );
    let alone = World::new(keyed());
    assert_eq!(
        ask(&alone, "GET", "/", Some(KEY)).await,
        (403, FORBIDDEN.into())
    );
}

#[tokio::test]
async fn the_key_is_in_event_and_context() {
    let (world, _, _) = fresh(keyed(), Plan::default());
    ask(&world, "GET", "/", Some(KEY)).await;
    let identity = &world.event()["requestContext"]["identity"];
    assert_eq!(identity["apiKey"], json!(KEY));
    assert_eq!(identity["apiKeyId"], json!("key1"));
    let body = "$context.identity.apiKey $context.identity.apiKeyId";
    let methods = vec![
        ("GET", "/", wants_key(mock(body))),
        ("GET", "/open", open(mock(body))),
        ("GET", "/event", open(lambda(IntegrationType::AwsProxy))),
    ];
    let (world, _, _) = fresh(api(methods), Plan::default());
    let keyed = ask(&world, "GET", "/", Some(KEY)).await;
    assert_eq!(keyed.1, format!("{KEY} key1"));
    let open = ask(&world, "GET", "/open", Some(KEY)).await;
    assert!(!open.1.contains(KEY), "the method wants no key: {}", open.1);
    ask(&world, "GET", "/event", Some(KEY)).await;
    let identity = world.event()["requestContext"]["identity"].clone();
    assert!(identity.get("apiKey").is_none());
}

#[tokio::test]
async fn a_key_from_the_authorizer_is_not_one_from_the_header() {
    let mut api = keyed();
    api.api_key_source = ApiKeySource::Authorizer;
    let (world, _, _) = fresh(api, Plan::default());
    let answer = ask(&world, "GET", "/", Some(KEY)).await;
    assert_eq!(answer, (403, FORBIDDEN.into()));
}

#[tokio::test]
async fn an_authorizer_names_the_key_where_the_api_says_so() {
    let mut method = wants_key(mock("$context.identity.apiKeyId"));
    method.authorization_type = "CUSTOM".into();
    method.authorizer_id = Some("auth01".into());
    let mut api = api(vec![("GET", "/", method)]);
    api.api_key_source = ApiKeySource::Authorizer;
    let authorizer = Authorizer {
        id: "auth01".into(),
        kind: "TOKEN".into(),
        uri: Some(lambda_uri(FUNCTION)),
        identity_source: Some("method.request.header.Authorization".into()),
        ..Authorizer::default()
    };
    api.authorizers.insert("auth01".into(), authorizer);
    let (world, _, _) = fresh(api, Plan::default());
    // The token is what the function names as key.
    let world = world.answers(|invocation| {
        let event: serde_json::Value = serde_json::from_slice(invocation.payload.bytes()).unwrap();
        let answer = json!({
            "principalId": "user",
            "policyDocument": {"Version": "2012-10-17", "Statement": [
                {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": "*"}]},
            "usageIdentifierKey": event["authorizationToken"],
        });
        Ok(invoked(&answer.to_string()))
    });
    let ask = async |token: &str| {
        let sent = Sent::new("GET", "/").header("Authorization", token);
        shown(&world.send(sent.header("x-api-key", KEY)).await)
    };
    assert_eq!(ask(KEY).await, (200, "key1".into()));
    assert_eq!(
        ask("unknown").await,
        (403, FORBIDDEN.into()),
        "the header does not count"
    );
}

#[tokio::test]
async fn a_plan_throttles_each_key_over_all_methods() {
    let plan = Plan {
        throttle: Some(throttle(1.0, 3)),
        ..Plan::default()
    };
    let (world, clock, _) = fresh(keyed(), plan);
    assert_eq!(passing(&world, 2, "GET", "/", KEY).await, 2);
    assert_eq!(passing(&world, 5, "POST", "/", KEY).await, 1);
    assert_eq!(
        passing(&world, 5, "GET", "/", "other").await,
        3,
        "its own bucket"
    );
    assert_eq!(
        passing(&world, 5, "GET", "/open", KEY).await,
        5,
        "no key is asked"
    );
    clock.advance_ms(1_000);
    assert_eq!(passing(&world, 5, "GET", "/", KEY).await, 1);
}

#[tokio::test]
async fn a_plan_throttles_a_method_alone() {
    let plan = Plan {
        method_throttles: [("//GET".to_owned(), throttle(1.0, 2))].into(),
        ..Plan::default()
    };
    let (world, _, _) = fresh(keyed(), plan);
    assert_eq!(passing(&world, 5, "GET", "/", KEY).await, 2);
    assert_eq!(passing(&world, 5, "POST", "/", KEY).await, 5);
}

#[tokio::test]
async fn quotas_count_what_passes_only() {
    let plan = Plan {
        throttle: Some(throttle(1.0, 2)),
        quota: 5,
        ..Plan::default()
    };
    let (world, clock, meter) = fresh(keyed(), plan);
    assert_eq!(passing(&world, 9, "GET", "/", KEY).await, 2);
    assert_eq!(
        meter.0.load(Ordering::SeqCst),
        3,
        "throttled ones are not counted"
    );
    ask(&world, "GET", "/", None).await;
    assert_eq!(
        meter.0.load(Ordering::SeqCst),
        3,
        "forbidden ones are not counted"
    );
    clock.advance_ms(60_000);
    assert_eq!(passing(&world, 2, "GET", "/", KEY).await, 2);
    clock.advance_ms(60_000);
    assert_eq!(passing(&world, 1, "GET", "/", KEY).await, 1);
    clock.advance_ms(60_000);
    assert_eq!(
        ask(&world, "GET", "/", Some(KEY)).await,
        (429, EXCEEDED.into())
    );
}

#[tokio::test]
async fn a_stage_throttles_each_method() {
    let stage = logging(Some((2.0, 2)));
    let world = World::with_stage(keyed(), stage);
    assert_eq!(passing(&world, 5, "GET", "/open", KEY).await, 2);
    let methods = vec![
        ("GET", "/a", open(mock("a"))),
        ("POST", "/a", open(mock("b"))),
    ];
    let world = World::with_stage(api(methods), logging(Some((2.0, 2))));
    assert_eq!(passing(&world, 5, "GET", "/a", KEY).await, 2);
    assert_eq!(passing(&world, 5, "POST", "/a", KEY).await, 2);
}

#[tokio::test]
async fn a_new_deployment_hands_out_no_new_burst() {
    let world = World::with_stage(keyed(), logging(Some((1.0, 3))));
    assert_eq!(passing(&world, 2, "GET", "/open", KEY).await, 2);
    world.deploy(keyed(), 2);
    assert_eq!(passing(&world, 5, "GET", "/open", KEY).await, 1);
}

#[tokio::test]
async fn an_account_throttles_all_its_stages() {
    let mut world = World::new(keyed());
    world.gateway.account_throttle = Some(throttle(10.0, 4));
    assert_eq!(passing(&world, 3, "GET", "/open", KEY).await, 3);
    world.deploy(keyed(), 2);
    assert_eq!(passing(&world, 5, "GET", "/open", KEY).await, 1);
    let nowhere = ask(&world, "GET", "/nowhere", None).await;
    assert_eq!(nowhere.0, 403, "what has no method is not throttled");
}

/// H12 of the threats: a thousand requests at once against a burst of ten.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn never_more_than_the_burst_passes() {
    let plan = Plan {
        throttle: Some(throttle(1.0, 10)),
        ..Plan::default()
    };
    let (world, _, _) = fresh(keyed(), plan);
    let world = Arc::new(world);
    let mut clients = tokio::task::JoinSet::new();
    for _ in 0..1_000 {
        let world = Arc::clone(&world);
        clients.spawn(async move { ask(&world, "GET", "/", Some(KEY)).await.0 });
    }
    let passed = clients.join_all().await.into_iter();
    assert_eq!(passed.filter(|status| *status == 200).count(), 10);
}

/// The lines of a request without their ids.
fn lines(world: &World) -> Vec<String> {
    let lines = world.lines().into_iter();
    lines
        .map(|line| line.split_once(") ").unwrap().1.to_owned())
        .collect()
}

#[tokio::test]
async fn the_log_says_how_the_key_fared() {
    let masked = format!("{}456789", "*".repeat(24));
    let (world, _, _) = fresh(keyed(), Plan::default());
    ask(&world, "POST", "/", Some(KEY)).await;
    let logged = lines(&world);
    let verifying = format!(". API Key: {masked} API Stage: {API_ID}/test");
    assert!(logged[1].starts_with("Verifying Usage Plan for request: "));
    assert!(logged[1].ends_with(&verifying), "{logged:#?}");
    assert_eq!(
        logged[2],
        format!("Usage Plan check succeeded for API Key {masked} and API Stage {API_ID}/test")
    );
    assert!(logged[3].starts_with("Starting execution for request: "));
    assert_eq!(logged[5], format!("API Key: {masked}"));
    assert_eq!(logged[6], "API Key ID: key1");
    assert!(logged.iter().all(|line| !line.contains(KEY)));
}

#[tokio::test]
async fn the_log_says_why_a_key_is_refused() {
    let (world, _, _) = fresh(keyed(), Plan::default());
    ask(&world, "GET", "/", Some("unknown-key-0123456789")).await;
    let logged = lines(&world);
    assert_eq!(
        logged[2],
        format!(
            "API Key ****************456789 not authorized because method 'GET /' requires API Key \
             and API Key is not associated with a Usage Plan for API Stage {API_ID}/test: No Usage \
             Plan found for key and API Stage"
        )
    );
    assert_eq!(logged[3], "Method completed with status: 403");
    let alone = World::with_stage(keyed(), logging(None));
    ask(&alone, "GET", "/", None).await;
    assert!(lines(&alone)[2].ends_with(": API Stage is not in a Usage Plan"));
}

#[tokio::test]
async fn the_log_of_a_throttled_request_is_as_seen_on_aws() {
    let world = World::with_stage(keyed(), logging(Some((1.0, 1))));
    assert_eq!(passing(&world, 1, "GET", "/open", KEY).await, 1);
    world.doubles.batches.lock().unwrap().clear();
    passing(&world, 1, "GET", "/open", KEY).await;
    let logged = lines(&world);
    assert!(logged[1].contains(". API Key:  API Stage: "));
    let resource = logged[2].split(", Resource ").nth(1).unwrap();
    assert!(
        resource.ends_with(", HttpMethod GET. Limit: 1.00 Burst: 1"),
        "{logged:#?}"
    );
    assert_eq!(logged[3], "Method completed with status: 429");
    assert_eq!(logged.len(), 4);
}
