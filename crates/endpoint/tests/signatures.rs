//! Who may call: AWS's codes for every way to sign badly, per protocol, and nothing done.

#![allow(clippy::unwrap_used)]

mod support;

use support::{KEY, NOW_MS, Request, SECRET, Server};

const FUNCTION: &str = "/2015-03-31/functions/hello";
const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";
const IDENTITY: &str = "Action=GetCallerIdentity&Version=2011-06-15";

/// The three protocols' requests, unsigned.
fn plain(server: &Server) -> [(&'static str, Request); 3] {
    let host = server.host();
    [
        ("lambda", Request::new("GET", FUNCTION, &host, "")),
        (
            "sts",
            Request::new("POST", "/", &host, IDENTITY).with("Content-Type", FORM),
        ),
        (
            "logs",
            Request::new("POST", "/", &host, "{}")
                .with("X-Amz-Target", "Logs_20140328.DescribeLogGroups")
                .with("Content-Type", "application/x-amz-json-1.1"),
        ),
    ]
}

/// Bends each protocol's request and compares `status code` of the answers.
async fn check(bend: impl Fn(Request, &str) -> Request, expect: [&str; 3]) {
    let server = Server::start().await;
    for ((service, request), expect) in plain(&server).into_iter().zip(expect) {
        let answer = server.send(&bend(request, service)).await;
        assert_eq!(answer.error(), expect, "{service}: {answer:?}");
        assert_eq!(answer.header("x-amzn-requestid").len(), 36);
    }
    assert_eq!(server.calls(), 0);
}

#[tokio::test]
async fn well_signed_requests_are_served() {
    let server = Server::start().await;
    for (service, request) in plain(&server) {
        let answer = server.send(&request.sign(service, SECRET, None)).await;
        assert_eq!(answer.status, 200, "{service}: {answer:?}");
        assert_eq!(answer.header("x-amzn-requestid").len(), 36);
    }
    assert_eq!(server.calls(), 3);
}

#[tokio::test]
async fn the_call_knows_account_and_address() {
    let server = Server::start().await;
    let request = plain(&server)[1].1.clone().sign("sts", SECRET, None);
    let answer = server.send(&request).await;
    assert!(
        answer.body.contains("<Account>222222222222</Account>"),
        "{answer:?}"
    );
    assert!(
        answer
            .body
            .contains(&format!("<Arn>http://{}</Arn>", server.host())),
        "{answer:?}"
    );
}

#[tokio::test]
async fn unsigned() {
    check(
        |request, _| request,
        [
            "403 MissingAuthenticationTokenException",
            "403 MissingAuthenticationToken",
            "400 MissingAuthenticationTokenException",
        ],
    )
    .await;
}

#[tokio::test]
async fn wrong_secret() {
    check(
        |request, service| request.sign(service, "wrong", None),
        [
            "403 InvalidSignatureException",
            "403 SignatureDoesNotMatch",
            "400 InvalidSignatureException",
        ],
    )
    .await;
}

#[tokio::test]
async fn unknown_key() {
    check(
        |request, service| request.sign_as("AKIANOBODY", service, SECRET, None, NOW_MS),
        [
            "403 UnrecognizedClientException",
            "403 InvalidClientTokenId",
            "400 UnrecognizedClientException",
        ],
    )
    .await;
}

#[tokio::test]
async fn expired_token() {
    check(
        |request, service| request.sign_as("ASIAGOOD", service, SECRET, Some("expired"), NOW_MS),
        [
            "403 ExpiredTokenException",
            "403 ExpiredToken",
            "400 ExpiredTokenException",
        ],
    )
    .await;
}

#[tokio::test]
async fn tokens_of_other_keys_and_unsigned_tokens() {
    let unknown = [
        "403 UnrecognizedClientException",
        "403 InvalidClientTokenId",
        "400 UnrecognizedClientException",
    ];
    let invalid = [
        "403 InvalidSignatureException",
        "403 SignatureDoesNotMatch",
        "400 InvalidSignatureException",
    ];
    check(
        |request, service| request.sign(service, SECRET, Some("token")),
        unknown,
    )
    .await;
    check(
        |request, service| request.sign_as("ASIAGOOD", service, SECRET, None, NOW_MS),
        unknown,
    )
    .await;
    check(
        |request, service| {
            let signed = request.sign_as("ASIAGOOD", service, SECRET, None, NOW_MS);
            signed.set("X-Amz-Security-Token", "token")
        },
        invalid,
    )
    .await;
}

#[tokio::test]
async fn changed_after_signing() {
    let invalid = [
        "403 InvalidSignatureException",
        "403 SignatureDoesNotMatch",
        "400 InvalidSignatureException",
    ];
    check(
        |request, service| {
            let mut signed = request.sign(service, SECRET, None);
            signed.body.push(b' ');
            signed
        },
        invalid,
    )
    .await;
    check(
        |request, service| {
            let mut signed = request.sign(service, SECRET, None);
            signed.target.push_str("?x=1");
            signed
        },
        invalid,
    )
    .await;
    check(
        |request, service| request.sign(service, SECRET, None).set("Host", "localhost"),
        invalid,
    )
    .await;
    check(
        |request, service| request.sign_as(KEY, service, SECRET, None, NOW_MS - 16 * 60_000),
        invalid,
    )
    .await;
    check(
        |request, service| request.sign_as(KEY, service, SECRET, None, NOW_MS + 16 * 60_000),
        invalid,
    )
    .await;
}

#[tokio::test]
async fn two_ways_to_sign_at_once() {
    let incomplete = [
        "403 IncompleteSignatureException",
        "400 IncompleteSignature",
        "400 IncompleteSignatureException",
    ];
    check(
        |request, service| {
            let signed = request.sign(service, SECRET, None);
            let authorization = signed.header("authorization");
            signed.with("Authorization", &authorization)
        },
        incomplete,
    )
    .await;
    check(
        |request, service| {
            let mut signed = request.sign(service, SECRET, None);
            signed.target.push_str("?X-Amz-Algorithm=AWS4-HMAC-SHA256");
            signed
        },
        incomplete,
    )
    .await;
    for bad in [
        "Bearer x",
        "",
        "AWS4-HMAC-SHA256 é=ü",
        "AWS4-HMAC-SHA256 Credential=a/b",
    ] {
        check(|request, _| request.with("Authorization", bad), incomplete).await;
    }
}

#[tokio::test]
async fn scope_of_another_service_or_region() {
    let server = Server::start().await;
    let other = Request::new("GET", FUNCTION, "lambda.eu-west-1.amazonaws.com", "");
    let answer = server
        .send(&other.clone().sign("lambda", SECRET, None))
        .await;
    assert!(
        answer.body.contains("a valid region, not 'us-east-1'. "),
        "{answer:?}"
    );
    let other = other.set("Host", "lambda.us-east-1.amazonaws.com");
    let answer = server.send(&other.clone().sign("sts", SECRET, None)).await;
    assert!(
        answer.body.contains("correct service: 'lambda'. "),
        "{answer:?}"
    );
    assert_eq!(server.calls(), 0);
    let answer = server.send(&other.sign("lambda", SECRET, None)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

#[tokio::test]
async fn the_path_that_was_signed_is_the_path_that_is_served() {
    let server = Server::start().await;
    // Signed as clients do, without dot segments and double slashes; sent with them.
    for target in [
        "/2015-03-31//functions/hello",
        "/2015-03-31/x/../functions/./hello",
    ] {
        let mut request = server.signed("lambda", "GET", FUNCTION, "");
        request.target = target.to_owned();
        let answer = server.send(&request).await;
        assert_eq!(answer.status, 200, "{target}: {answer:?}");
    }
    let mut request = server.signed("lambda", "GET", FUNCTION, "");
    request.target = "/2015-03-31/functions/../hello".to_owned();
    assert_eq!(
        server.send(&request).await.error(),
        "403 InvalidSignatureException"
    );
}

#[tokio::test]
async fn some_operations_of_sts_take_no_signature() {
    let server = Server::start().await;
    let body = "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleSessionName=session\
                &RoleArn=arn%3Aaws%3Aiam%3A%3A222222222222%3Arole%2Fx&WebIdentityToken=abcdef";
    let request = Request::new("POST", "/", &server.host(), body).with("Content-Type", FORM);
    let answer = server.send(&request).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(server.calls(), 1);
    // A bad signature is not no signature.
    let answer = server
        .send(&request.with("Authorization", "AWS4-HMAC-SHA256 x"))
        .await;
    assert_eq!(answer.error(), "400 IncompleteSignature");
    assert_eq!(server.calls(), 1);
}

#[tokio::test]
async fn presigned_requests_are_served() {
    let server = Server::start().await;
    let signer = sigv4::Signer {
        access_key_id: KEY,
        secret: SECRET,
        session_token: None,
        region: "us-east-1",
        service: "sts",
        now_ms: NOW_MS,
    };
    let mut headers = http::HeaderMap::new();
    headers.insert("host", server.host().parse().unwrap());
    let parts = sigv4::Parts {
        method: "GET",
        path: "/",
        query: Some(IDENTITY),
        headers: &headers,
    };
    let query = signer.presign(&parts, 60);
    let request = Request::new("GET", &format!("/?{query}"), &server.host(), "");
    let answer = server.send(&request).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let bent = Request::new("GET", &format!("/?{query}&x=1"), &server.host(), "");
    assert_eq!(
        server.send(&bent).await.error(),
        "403 SignatureDoesNotMatch"
    );
}
