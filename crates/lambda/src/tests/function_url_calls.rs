#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]
//! Requests for function URLs.

use super::support::*;
use crate::limits::SYNC_PAYLOAD_BYTES_MAX;
use api::lambda::op;
use arn::Region;
use bytes::Bytes;
use http::{Request, Response};
use ports::{ConnectionInfo, FunctionUrl, ServeFunctionUrl};
use serde_json::{Value as Json, json};
use sigv4::Signer;
use std::sync::atomic::Ordering;

/// A function with a URL of its own.
struct Url {
    world: World,
    id: String,
}

impl Url {
    async fn new(more: Json) -> Self {
        let world = World::new();
        world.function("fn").await;
        let mut create = json!({"FunctionName": "fn", "AuthType": "NONE"});
        for (key, value) in more.as_object().unwrap() {
            create[key] = value.clone();
        }
        let created = world.call(op::CreateFunctionUrlConfig, create).await.ok();
        let url = created["FunctionUrl"].as_str().unwrap();
        let id = url.trim_start_matches("http://")[..32].to_owned();
        Self { world, id }
    }

    /// One that everybody may call.
    async fn open(more: Json) -> Self {
        let url = Self::new(more).await;
        url.allow("s1", statement_url("NONE")).await;
        url.allow("s2", statement_invoke()).await;
        url
    }

    async fn allow(&self, sid: &str, mut statement: Json) {
        statement["FunctionName"] = json!("fn");
        statement["StatementId"] = json!(sid);
        self.world.call(op::AddPermission, statement).await.ok();
    }

    async fn send(&self, request: Request<Bytes>) -> Response<Bytes> {
        self.send_to(&self.id, Some(Region::us_east_1()), request)
            .await
    }

    async fn send_to(
        &self,
        id: &str,
        region: Option<Region>,
        request: Request<Bytes>,
    ) -> Response<Bytes> {
        let target = FunctionUrl {
            url_id: id.to_owned(),
            region,
            domain_name: format!("{id}.lambda-url.us-east-1.localhost"),
            is_body_too_large: false,
            request_id: "11111111-2222-4333-8444-555555555555".into(),
            connection: connection(&self.world),
        };
        let response = self.world.lambda.serve(request, target).await;
        response.map(|body| body.whole().unwrap().clone())
    }

    /// The event that the function saw last.
    fn event(&self) -> Json {
        let seen = self.world.compute.seen.lock().unwrap();
        serde_json::from_slice(&seen.last().unwrap().payload).unwrap()
    }

    fn runs(&self) -> usize {
        self.world.compute.seen.lock().unwrap().len()
    }
}

fn connection(world: &World) -> ConnectionInfo {
    ConnectionInfo {
        peer: "203.0.113.9:1234".parse().unwrap(),
        is_tls: false,
        received_ms: stdx::Clock::now_ms(&world.clock),
    }
}

fn statement_url(auth_type: &str) -> Json {
    json!({"Action": "lambda:InvokeFunctionUrl", "Principal": "*", "FunctionUrlAuthType": auth_type})
}

fn statement_invoke() -> Json {
    json!({"Action": "lambda:InvokeFunction", "Principal": "*", "InvokedViaFunctionUrl": true})
}

fn get(target: &str) -> Request<Bytes> {
    Request::get(target).body(Bytes::new()).unwrap()
}

fn signed(account: &str, region: &str, service: &str, now_ms: i64) -> Request<Bytes> {
    let request = Request::get("/a").header("host", "x.lambda-url.us-east-1.localhost");
    let (mut head, body) = request.body(Bytes::new()).unwrap().into_parts();
    let signer = Signer {
        access_key_id: &format!("AKIA{account}"),
        secret: "secret",
        session_token: None,
        region,
        service,
        now_ms,
    };
    signer.sign(&mut head, &body).unwrap();
    Request::from_parts(head, body)
}

#[track_caller]
fn assert_forbidden(answer: &Response<Bytes>) {
    assert_eq!(answer.status(), 403);
    assert_eq!(answer.body().len(), 144);
    assert_eq!(
        answer.headers()["x-amzn-errortype"],
        "AccessDeniedException"
    );
}

#[tokio::test]
async fn both_statements_are_needed() {
    let url = Url::new(json!({})).await;
    assert_forbidden(&url.send(get("/")).await);
    url.allow("s1", statement_url("NONE")).await;
    assert_forbidden(&url.send(get("/")).await);
    url.allow("s2", statement_invoke()).await;
    assert_eq!(url.send(get("/")).await.status(), 200);
    let remove = json!({"FunctionName": "fn", "StatementId": "s1"});
    url.world.call(op::RemovePermission, remove).await.ok();
    assert_forbidden(&url.send(get("/")).await);
    // A statement for the other type lets nobody in.
    url.allow("s1", statement_url("AWS_IAM")).await;
    assert_forbidden(&url.send(get("/")).await);
    assert_eq!(url.runs(), 1);
}

#[tokio::test]
async fn statements_for_urls_do_not_allow_invoke() {
    let url = Url::open(json!({})).await;
    let invoke = json!({"FunctionName": super::calls::ARN});
    let foreign = url.world.call_as(OTHER, op::Invoke, invoke).await;
    assert_eq!(foreign.status, 403);
}

#[tokio::test]
async fn signatures_of_iam_urls() {
    let url = Url::new(json!({"AuthType": "AWS_IAM"})).await;
    let now_ms = connection(&url.world).received_ms;
    let owner = url.send(signed(OWNER, "us-east-1", "lambda", now_ms)).await;
    assert_eq!(owner.status(), 200);
    let event = url.event();
    assert_eq!(event["requestContext"]["accountId"], OWNER);
    let iam = &event["requestContext"]["authorizer"]["iam"];
    assert_eq!(iam["userArn"], "arn:aws:iam::222222222222:user/admin");
    assert_eq!(
        (&iam["callerId"], &iam["accountId"]),
        (&json!("AIDA"), &json!(OWNER))
    );
    assert!(event["headers"].get("authorization").is_none());
    assert!(event["headers"].get("x-amz-date").is_some());

    assert_forbidden(&url.send(get("/a")).await);
    let foreign = async || url.send(signed(OTHER, "us-east-1", "lambda", now_ms)).await;
    assert_forbidden(&foreign().await);
    url.allow("s1", statement_url("AWS_IAM")).await;
    assert_forbidden(&foreign().await);
    url.allow("s2", statement_invoke()).await;
    assert_eq!(foreign().await.status(), 200);
    // Open to every signer is not open to everybody.
    assert_forbidden(&url.send(get("/a")).await);

    for (request, code) in [
        (
            signed(OWNER, "us-east-1", "execute-api", now_ms),
            "InvalidSignatureException",
        ),
        (
            signed(OWNER, "eu-west-1", "lambda", now_ms),
            "InvalidSignatureException",
        ),
        (
            signed(OWNER, "us-east-1", "lambda", now_ms - 901_000),
            "InvalidSignatureException",
        ),
        (
            signed("333333333333", "us-east-1", "lambda", now_ms),
            "UnrecognizedClientException",
        ),
    ] {
        let answer = url.send(request).await;
        assert_eq!(
            (
                answer.status().as_u16(),
                &answer.headers()["x-amzn-errortype"]
            ),
            (403, &http::HeaderValue::from_static(code))
        );
    }
    let mut bent = signed(OWNER, "us-east-1", "lambda", now_ms);
    *bent.uri_mut() = "/b".parse().unwrap();
    assert_eq!(url.send(bent).await.status(), 403);
    assert_eq!(url.runs(), 2);
}

#[tokio::test]
async fn what_the_function_sees() {
    let url = Url::open(json!({})).await;
    let request = Request::post("/a%20b//c?x=1&y=a+b&x=%C3%BC&z")
        .header("Host", "h:4566")
        .header("X-Twice", "1")
        .header("X-Twice", "2")
        .header("Cookie", "a=1; b=2")
        .header("Content-Type", "application/json; charset=utf-8")
        .header("User-Agent", "me")
        .header("Authorization", "Bearer t")
        .body(Bytes::from_static(b"{\"k\":1}"))
        .unwrap();
    let answer = url.send(request).await;
    assert_eq!(answer.status(), 200);
    let trace = answer.headers()["x-amzn-trace-id"].to_str().unwrap();
    assert!(trace.starts_with("root=1-"), "{trace}");
    let mut event = url.event();
    let trace = event["headers"]["x-amzn-trace-id"].take();
    assert!(trace.as_str().unwrap().starts_with("Root=1-"));
    let domain = format!("{}.lambda-url.us-east-1.localhost", url.id);
    let expect = json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/a%20b//c",
        "rawQueryString": "x=1&y=a+b&x=%C3%BC&z",
        "cookies": ["a=1", "b=2"],
        "headers": {
            "host": "h:4566", "x-twice": "1,2", "cookie": "a=1; b=2",
            "content-type": "application/json; charset=utf-8", "user-agent": "me",
            "authorization": "Bearer t", "x-amzn-trace-id": null,
            "x-forwarded-for": "203.0.113.9", "x-forwarded-port": "443",
            "x-forwarded-proto": "https",
        },
        "queryStringParameters": {"x": "1,ü", "y": "a b", "z": ""},
        "requestContext": {
            "accountId": "anonymous",
            "apiId": url.id,
            "domainName": domain,
            "domainPrefix": url.id,
            "http": {
                "method": "POST", "path": "/a%20b//c", "protocol": "HTTP/1.1",
                "sourceIp": "203.0.113.9", "userAgent": "me",
            },
            "requestId": "11111111-2222-4333-8444-555555555555",
            "routeKey": "$default",
            "stage": "$default",
            "time": "22/Nov/2026:11:56:06 +0000",
            "timeEpoch": 1_795_348_566_123_i64,
        },
        "body": "{\"k\":1}",
        "isBase64Encoded": false,
    });
    assert_eq!(event, expect);
}

#[tokio::test]
async fn bodies_that_are_no_text_come_in_base64() {
    let url = Url::open(json!({})).await;
    for (kind, body, expect) in [
        ("text/plain", &b"a"[..], json!("a")),
        ("application/xml", b"a", json!("a")),
        ("application/octet-stream", b"a", json!("YQ==")),
        ("application/x-www-form-urlencoded", b"a", json!("YQ==")),
        ("", b"a", json!("YQ==")),
        ("text/plain", b"\xff", json!("/w==")),
        ("image/png", b"", Json::Null),
    ] {
        let request = Request::post("/").header("content-type", kind);
        let request = request.body(Bytes::from_static(body)).unwrap();
        url.send(request).await;
        let event = url.event();
        let is_encoded = expect.as_str().is_some_and(|text| text.ends_with('='));
        assert_eq!(event["body"], expect, "{kind}");
        assert_eq!(event["isBase64Encoded"], is_encoded, "{kind}");
        assert_eq!(event.get("body").is_some(), !body.is_empty());
    }
}

#[tokio::test]
async fn urls_that_are_none() {
    let url = Url::open(json!({})).await;
    let id = url.id.clone();
    let here = Some(Region::us_east_1());
    assert_eq!(url.send(get("/")).await.status(), 200);
    let other = Some("eu-west-1".parse().unwrap());
    for (id, region) in [
        ("nope", here.clone()),
        (id.as_str(), other),
        (id.as_str(), None),
    ] {
        let answer = url.send_to(id, region, get("/")).await;
        assert_eq!(answer.status(), 404);
    }
    let delete = json!({"FunctionName": "fn"});
    url.world
        .call(op::DeleteFunctionUrlConfig, delete)
        .await
        .ok();
    assert_eq!(url.send(get("/")).await.status(), 404);
    // Its successor does not answer under its name.
    let again = json!({"FunctionName": "fn", "AuthType": "NONE"});
    url.world
        .call(op::CreateFunctionUrlConfig, again)
        .await
        .ok();
    assert_eq!(url.send(get("/")).await.status(), 404);
    assert_eq!(url.runs(), 1);
}

#[tokio::test]
async fn failures() {
    let url = Url::open(json!({})).await;
    url.world.compute.fails.store(1, Ordering::SeqCst);
    let failed = url.send(get("/")).await;
    assert_eq!(failed.status(), 502);
    assert_eq!(failed.body(), "Internal Server Error");
    let none = json!({"FunctionName": "fn", "ReservedConcurrentExecutions": 0});
    url.world.call(op::PutFunctionConcurrency, none).await.ok();
    assert_eq!(url.send(get("/")).await.status(), 429);
}

#[tokio::test]
async fn events_have_a_bound() {
    let url = Url::open(json!({})).await;
    let send = async |bytes: usize| {
        let request = Request::post("/").header("content-type", "text/plain");
        let body = Bytes::from("x".repeat(bytes));
        url.send(request.body(body).unwrap())
            .await
            .status()
            .as_u16()
    };
    assert_eq!(send(0).await, 200);
    let empty = url.world.compute.seen.lock().unwrap()[0].payload.len();
    let around = empty + r#""body":"","#.len();
    assert_eq!(send(SYNC_PAYLOAD_BYTES_MAX - around).await, 200);
    assert_eq!(send(SYNC_PAYLOAD_BYTES_MAX - around + 1).await, 413);
    assert_eq!(url.runs(), 2);
}

#[tokio::test]
async fn browsers_ask_first() {
    let cors = json!({"AllowOrigins": ["https://a.example"], "AllowMethods": ["GET"]});
    let url = Url::new(json!({"AuthType": "AWS_IAM", "Cors": cors})).await;
    let ask = || {
        Request::options("/")
            .header("origin", "https://a.example")
            .header("access-control-request-method", "GET")
            .body(Bytes::new())
            .unwrap()
    };
    let answer = url.send(ask()).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["access-control-allow-methods"], "GET");
    // The request itself needs its permission all the same.
    let mut request = get("/");
    request
        .headers_mut()
        .insert("origin", "https://a.example".parse().unwrap());
    assert_forbidden(&url.send(request).await);
    assert_eq!(url.runs(), 0);
    // Without configuration the function answers.
    let plain = Url::open(json!({})).await;
    assert_eq!(plain.send(ask()).await.status(), 200);
    assert_eq!(plain.runs(), 1);
}
