//! Calls of the console's pages: a session instead of a signature, and nothing else instead.

#![allow(clippy::unwrap_used)]

mod support;

use support::{Request, Server};

const HELLO: &str = "/console/s/0/api/lambda/us-east-1/2015-03-31/functions/hello";

fn page(server: &Server, method: &str, target: &str) -> Request {
    let host = server.host();
    Request::new(method, target, &host, "")
        .with("Cookie", "session=good")
        .with("X-Crossway-Console", "1")
        .with("Origin", &format!("http://{host}"))
}

#[tokio::test]
async fn a_signed_in_page_calls_an_aws_api() {
    let server = Server::start().await;
    assert_eq!(server.send(&page(&server, "GET", HELLO)).await.status, 200);
    assert_eq!(server.calls(), 1);
}

#[tokio::test]
async fn what_is_denied_to_a_key_is_denied_to_its_session() {
    let server = Server::start().await;
    let denied = server.send(&page(&server, "DELETE", HELLO)).await;
    assert_eq!(denied.error(), "403 AccessDeniedException");
    assert_eq!(server.calls(), 0);
}

#[tokio::test]
async fn pages_that_are_not_the_consoles_are_refused() {
    let server = Server::start().await;
    let host = server.host();
    let bare = Request::new("GET", HELLO, &host, "").with("Cookie", "session=good");
    let marked = bare.clone().with("X-Crossway-Console", "1");
    for refused in [
        bare,
        marked.clone().with("Origin", "http://evil.example"),
        marked.clone().with("Origin", "null"),
        marked.clone().with("Sec-Fetch-Site", "cross-site"),
        marked.with("Sec-Fetch-Site", "same-site"),
    ] {
        let answer = server.send(&refused).await;
        assert_eq!(answer.status, 403, "{:?}", refused.headers);
    }
    let mut elsewhere = page(&server, "GET", HELLO);
    elsewhere.headers[0].1 = "evil.example".into();
    assert_eq!(server.send(&elsewhere).await.status, 403);
    assert_eq!(server.calls(), 0);
}

#[tokio::test]
async fn no_session_is_no_caller() {
    let server = Server::start().await;
    let other_number = HELLO.replace("/s/0/", "/s/1/");
    let answer = server.send(&page(&server, "GET", &other_number)).await;
    assert_eq!(answer.error(), "403 ExpiredTokenException");
    let mut no_cookie = page(&server, "GET", HELLO);
    no_cookie.headers.retain(|(name, _)| name != "Cookie");
    let answer = server.send(&no_cookie).await;
    assert_eq!(answer.error(), "403 ExpiredTokenException");
    assert_eq!(server.calls(), 0);
}

#[tokio::test]
async fn regions_and_services_that_do_not_exist_are_named() {
    let server = Server::start().await;
    let call = |target: &str| page(&server, "GET", target);
    let nowhere = HELLO.replace("us-east-1", "no where");
    let nowhere = nowhere.replace(' ', "_");
    assert_eq!(server.send(&call(&nowhere)).await.status, 400);
    let answer = server.send(&call("/console/s/0/api/sqs/us-east-1/")).await;
    assert_eq!(answer.error(), "501 NotImplemented");
}

#[tokio::test]
async fn pages_of_apis_addressed_by_path_do_not_get_the_consoles_origin() {
    let server = Server::start().await;
    let by_path = Request::new("GET", "/_aws/execute-api/abc/prod/x", &server.host(), "");
    let policy = |answer: support::Answer| answer.header("content-security-policy").to_owned();
    let page = by_path.clone().with("Sec-Fetch-Dest", "document");
    assert!(policy(server.send(&page).await).starts_with("sandbox "));
    let old = by_path.clone().with("Accept", "text/html,*/*");
    assert!(policy(server.send(&old).await).starts_with("sandbox "));
    // Scripts and programs see the answer as AWS gives it, and so does a host name of its own.
    let fetched = by_path.clone().with("Sec-Fetch-Dest", "empty");
    assert_eq!(policy(server.send(&fetched).await), "");
    assert_eq!(policy(server.send(&by_path).await), "");
    let host = "abc.execute-api.us-east-1.localhost";
    let by_host = Request::new("GET", "/prod/x", host, "").with("Sec-Fetch-Dest", "document");
    assert_eq!(policy(server.send(&by_host).await), "");
}
