//! How long does a decision take? See the README beside this.

#![allow(clippy::unwrap_used, reason = "a bench may fail loudly")]

#[path = "../../crates/iam/tests/support/mod.rs"]
mod support;

use criterion::{Criterion, criterion_group, criterion_main};
use policy::{Attached, Context, Document, Policies, Request, Requester, ResourceRule, evaluate};
use ports::{Authorize, Caller, RequestFacts, ServiceCaller, Touch};
use std::hint::black_box;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Poll, Waker};
use std::time::Instant;
use support::{API, FUNCTIONS, World};
use tokio::runtime::{Builder, Runtime};

const POLICIES: usize = 10;
const POLICY_BYTES: usize = 2048;
const SINGLES: usize = 200_000;

/// A policy of 2 KB as people write them; only the last statement of the last one allows.
fn document(place: usize) -> String {
    let mut statements = Vec::new();
    let text = |statements: &[String]| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{}]}}"#,
            statements.join(",")
        )
    };
    let last = r#"{"Sid":"last","Effect":"Allow","Action":["lambda:GetFunction","lambda:InvokeFunction"],"Resource":"arn:aws:lambda:us-east-1:111111111111:function:orders-*"}"#;
    for number in 0.. {
        let statement = format!(
            r#"{{"Sid":"s{place}n{number}","Effect":"{}","Action":["s3:Get*","s3:List*","dynamodb:Query","lambda:*Alias"],"Resource":["arn:aws:s3:::bucket-{place}-{number}/*","arn:aws:dynamodb:us-east-1:111111111111:table/t{number}"],"Condition":{{"StringLike":{{"aws:PrincipalTag/team":["red-*","blue-*"]}},"Bool":{{"aws:SecureTransport":"true"}}}}}}"#,
            if number % 3 == 2 { "Deny" } else { "Allow" }
        );
        let fits = [&statements[..], &[statement.clone(), last.to_owned()]].concat();
        if text(&fits).len() > POLICY_BYTES {
            break;
        }
        statements.push(statement);
    }
    if place + 1 == POLICIES {
        statements.push(last.to_owned());
    }
    text(&statements)
}

fn question(resource: &str, owner: &str) -> Touch {
    let mut touch = Touch::new("lambda:InvokeFunction", resource, owner.parse().unwrap());
    touch.context.set("lambda:FunctionArn", resource);
    touch
}

/// The evaluator alone, with everything gathered.
fn evaluator(criterion: &mut Criterion) {
    let attached: Vec<Attached> = (0..POLICIES)
        .map(|place| Attached {
            id: format!("p{place}").into(),
            document: Arc::new(Document::parse(&document(place)).unwrap()),
        })
        .collect();
    let arn: arn::Arn = "arn:aws:iam::111111111111:user/alice".parse().unwrap();
    let principal = policy::Principal {
        account: API.parse().unwrap(),
        kind: policy::PrincipalKind::User,
        principal_arn: arn.clone(),
        arn,
        user_id: "AIDAEXAMPLE".to_owned(),
        access_key_id: "AKIAEXAMPLE".to_owned(),
        session: None,
    };
    let context = Context::new().with("aws:SecureTransport", "true");
    let owner = API.parse().unwrap();
    let request = Request {
        requester: Requester::Principal(&principal),
        action: "lambda:InvokeFunction",
        resource: "arn:aws:lambda:us-east-1:111111111111:function:orders-new",
        owner: &owner,
        context: &context,
    };
    let policies = Policies {
        identity: &attached,
        resource_rule: ResourceRule::MayAllow,
        ..Policies::default()
    };
    assert!(evaluate(&request, &policies).is_allowed());
    singles("evaluate, 10 policies of 2 KB", || {
        evaluate(&request, &policies)
    });
    criterion.bench_function("evaluate, 10 policies of 2 KB", |bencher| {
        bencher.iter(|| evaluate(black_box(&request), &policies));
    });
}

/// The same question as an operation asks it: policies gathered, context made, use noted.
fn authorize(criterion: &mut Criterion) {
    let runtime = Builder::new_current_thread().build().unwrap();
    let world = runtime.block_on(World::new());
    let key = runtime.block_on(world.user("alice", None));
    for place in 0..POLICIES {
        let (name, text) = (format!("p{place}"), document(place));
        let parameters = [
            ("PolicyName", name.as_str()),
            ("PolicyDocument", text.as_str()),
        ];
        let made = runtime.block_on(world.call(&world.api(), "iam:CreatePolicy", &parameters));
        let arn = made.unwrap().text("Arn");
        let parameters = [("UserName", "alice"), ("PolicyArn", arn.as_str())];
        runtime
            .block_on(world.call(&world.api(), "iam:AttachUserPolicy", &parameters))
            .unwrap();
    }
    let call = runtime.block_on(world.call_by(&key)).unwrap();
    let touch = question(
        "arn:aws:lambda:us-east-1:111111111111:function:orders-new",
        API,
    );
    measured(
        criterion,
        &runtime,
        "authorize, user with 10 policies of 2 KB",
        || world.iam.authorize(&call.caller, &touch, &call.facts),
    );
}

/// The gateway's call of another account's function: the question is made anew each time.
fn permission(criterion: &mut Criterion) {
    let runtime = Builder::new_current_thread().build().unwrap();
    let world = runtime.block_on(World::new());
    let arn = "arn:aws:lambda:us-east-1:222222222222:function:my-fn";
    let document = format!(
        r#"{{"Version":"2012-10-17","Id":"default","Statement":[{{"Sid":"apigw","Effect":"Allow","Principal":{{"Service":"apigateway.amazonaws.com"}},"Action":"lambda:InvokeFunction","Resource":"{arn}","Condition":{{"ArnLike":{{"AWS:SourceArn":"arn:aws:execute-api:us-east-1:111111111111:abc123defg/*/GET/helloworld"}}}}}}]}}"#
    );
    let document = Arc::new(Document::parse(&document).unwrap());
    let caller = Caller::Service(ServiceCaller {
        service: "apigateway.amazonaws.com",
        source_arn: "arn:aws:execute-api:us-east-1:111111111111:abc123defg/prod/GET/helloworld"
            .parse()
            .unwrap(),
        source_account: API.parse().unwrap(),
    });
    let facts = RequestFacts {
        source_ip: None,
        ..world.facts()
    };
    let ask = || async {
        let mut touch = question(arn, FUNCTIONS);
        touch.resource_policy = Some(Arc::clone(&document));
        world.iam.authorize(&caller, &touch, &facts).await
    };
    measured(
        criterion,
        &runtime,
        "authorize, the gateway calls a function",
        ask,
    );
}

fn measured<F, T, E>(criterion: &mut Criterion, runtime: &Runtime, name: &str, ask: impl Fn() -> F)
where
    F: Future<Output = Result<T, E>>,
{
    assert!(runtime.block_on(ask()).is_ok(), "{name} is refused");
    singles(name, || ready(ask()).is_ok());
    criterion.bench_function(name, |bencher| {
        bencher.iter(|| ready(ask()).is_ok());
    });
}

/// What a future that never waits gives; entering a runtime would cost as much as some decisions.
fn ready<T>(future: impl Future<Output = T>) -> T {
    let mut context = std::task::Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut context) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("a decision waits"),
    }
}

/// Percentiles of single decisions; what reading the clock takes is in them.
fn singles<T>(name: &str, mut one: impl FnMut() -> T) {
    let mut ns: Vec<u128> = (0..SINGLES)
        .map(|_| {
            let start = Instant::now();
            black_box(one());
            start.elapsed().as_nanos()
        })
        .collect();
    ns.sort_unstable();
    let at = |share: usize| ns[SINGLES * share / 1000];
    println!(
        "{name}: p50 {} ns, p99 {} ns, p99.9 {} ns",
        at(500),
        at(990),
        at(999)
    );
}

criterion_group!(decisions, evaluator, authorize, permission);
criterion_main!(decisions);
