//! Destinations, limits, refusals of hosts and web pages, panics, shutdown.

#![allow(clippy::unwrap_used)]

mod support;

use std::sync::Arc;
use support::{Answer, Request, SECRET, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const API: &str = "abc.execute-api.us-east-1.localhost:4566";

#[tokio::test]
async fn deployed_apis_are_reached_by_host_and_path() {
    let server = Server::start().await;
    let request = Request::new("POST", "/prod/a%2Fb//?x=1", API, "12345").with("X-MixED", "1");
    let answer = server.send(&request).await;
    assert_eq!(
        answer.body,
        "POST abc prod /a%2Fb// body=5 too_large=false names=Host,X-MixED,Content-Length"
    );
    assert_eq!(answer.header("x-amzn-requestid").len(), 36);
    let request = Request::new("GET", "/_aws/execute-api/abc/prod/pets", &server.host(), "");
    assert!(
        server
            .send(&request)
            .await
            .body
            .starts_with("GET abc prod /pets ")
    );
    let request = Request::new(
        "GET",
        "/restapis/abc/prod/_user_request_/pets",
        "localhost",
        "",
    );
    assert!(
        server
            .send(&request)
            .await
            .body
            .starts_with("GET abc prod /pets ")
    );
    // An API's own callers come from everywhere.
    let request = Request::new("GET", "/prod/", API, "").with("Origin", "http://evil.example");
    assert_eq!(server.send(&request).await.status, 200);
}

#[tokio::test]
async fn function_urls_are_found_by_host() {
    let server = Server::start().await;
    let url = |host: &str, body: &str| Request::new("POST", "/a%20b?c=d", host, body);
    let answer = server
        .send(&url("X.lambda-url.us-east-1.localhost:1", "{}"))
        .await;
    let expect =
        "POST x us-east-1 x.lambda-url.us-east-1.localhost /a%20b?c=d body=2 too_large=false";
    assert_eq!((answer.status, answer.body.as_str()), (200, expect));
    let answer = server.send(&url("x.lambda-url.localhost", "")).await;
    assert!(
        answer.body.starts_with("POST x - x.lambda-url."),
        "{answer:?}"
    );
    for (bytes, expect) in [
        (6_291_456, "body=6291456 too_large=false"),
        (6_291_457, "body=0 too_large=true"),
    ] {
        let body = "x".repeat(bytes);
        let answer = server
            .send(&url("x.lambda-url.us-east-1.localhost", &body))
            .await;
        assert!(answer.body.ends_with(expect), "{answer:?}");
    }
}

#[tokio::test]
async fn unknown_services_are_not_implemented() {
    let server = Server::start().await;
    let answer = server
        .send(&server.signed("dynamodb", "POST", "/", "{}"))
        .await;
    assert_eq!(answer.error(), "501 NotImplemented");
    assert!(
        answer
            .body
            .contains("The service 'dynamodb' is not implemented."),
        "{answer:?}"
    );
    // What is not served tells nothing to those who do not sign well.
    let request = Request::new("POST", "/", &server.host(), "{}").sign("dynamodb", "wrong", None);
    assert_eq!(
        server.send(&request).await.error(),
        "403 InvalidSignatureException"
    );
}

#[tokio::test]
async fn operations_without_handler_answer_by_name() {
    let server = Server::start().await;
    let answer = server
        .send(&server.signed("lambda", "GET", "/2015-03-31/functions", ""))
        .await;
    assert_eq!(answer.error(), "501 NotImplemented");
    assert!(
        answer
            .body
            .contains("The ListFunctions operation is not implemented."),
        "{answer:?}"
    );
    let answer = server
        .send(&server.signed("lambda", "GET", "/nowhere", ""))
        .await;
    assert_eq!(answer.error(), "404 UnknownOperationException");
}

#[tokio::test]
async fn what_is_denied_is_not_done() {
    let server = Server::start().await;
    let request = server.signed("lambda", "DELETE", "/2015-03-31/functions/hello", "");
    let answer = server.send(&request).await;
    assert_eq!(answer.error(), "403 AccessDeniedException");
    assert_eq!(
        answer.body,
        r#"{"Message":"no lambda:DeleteFunction on arn:hello"}"#
    );
    assert_eq!(answer.header("x-crossway-authorization-message"), "sealed");
    assert_eq!(server.calls(), 0);
}

#[tokio::test]
async fn foreign_hosts_and_pages_are_refused() {
    let server = Server::start().await;
    let get = |path, host: &str| Request::new("GET", path, host, "");
    let evil = server.send(&get("/_crossway/health", "evil.example")).await;
    assert_eq!(evil.status, 403);
    let host = server.host();
    let aws = get("/2015-03-31/functions/hello", &host).sign("lambda", SECRET, None);
    for (name, value) in [
        ("Origin", "http://evil.example"),
        ("Origin", "null"),
        ("Sec-Fetch-Site", "cross-site"),
    ] {
        assert_eq!(
            server.send(&aws.clone().with(name, value)).await.status,
            403,
            "{name}"
        );
    }
    assert_eq!(server.calls(), 0);
    let ours = format!("http://{host}");
    assert_eq!(server.send(&aws.with("Origin", &ours)).await.status, 200);
    // Our own pages may use the console, but not what is for programs only.
    let page = |path| get(path, &host).with("Origin", &ours);
    assert_eq!(server.send(&page("/console/x")).await.body, "/console/x");
    assert_eq!(server.send(&page("/_crossway/reset")).await.status, 403);
    assert_eq!(
        server.send(&get("/_crossway/reset", &host)).await.body,
        "/_crossway/reset"
    );
    assert_eq!(
        server
            .send(&get("/_crossway/reset", "a.localhost"))
            .await
            .status,
        403
    );
}

#[tokio::test]
async fn browsers_at_the_root_are_sent_to_the_console() {
    let server = Server::start().await;
    let root = Request::new("GET", "/", &server.host(), "");
    let answer = server
        .send(&root.clone().with("Accept", "text/html,*/*"))
        .await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (302, "/console/")
    );
    assert_eq!(
        server.send(&root.with("Accept", "*/*")).await.error(),
        "403 MissingAuthenticationTokenException"
    );
}

#[tokio::test]
async fn heads_are_limited() {
    let server = Server::start().await;
    for (bytes, status) in [(10_240, 200), (10_241, 431), (16_384, 431), (20_000, 431)] {
        let start = format!("GET /prod/ HTTP/1.1\r\nHost: {API}\r\nX:");
        let padding = "x".repeat(bytes - start.len() - 2);
        let answer = server
            .raw(format!("{start}{padding}\r\n\r\n").as_bytes())
            .await;
        assert_eq!(answer.status, status, "{bytes}");
    }
    let many: String = (0..200).map(|n| format!("X{n}: 1\r\n")).collect();
    let answer = server
        .raw(format!("GET / HTTP/1.1\r\nHost: {API}\r\n{many}\r\n").as_bytes())
        .await;
    assert_eq!(answer.status, 431);
}

#[tokio::test]
async fn bodies_are_limited() {
    let server = Server::start().await;
    let limit = 10_485_760;
    for (bytes, expect) in [
        (limit, "body=10485760 too_large=false"),
        (limit + 1, "body=0 too_large=true"),
        (limit + 20_000_000, "body=0 too_large=true"),
    ] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let head = format!("POST /p/ HTTP/1.1\r\nHost: {API}\r\nContent-Length: {bytes}\r\n\r\n");
        let body = vec![b'x'; bytes];
        stream.write_all(head.as_bytes()).await.unwrap();
        // The server may stop reading what is far too large.
        let _ = stream.write_all(&body).await;
        let answer = Answer::read(&mut stream).await;
        assert!(answer.body.contains(expect), "{bytes}: {answer:?}");
    }
    let body = "x".repeat(limit + 1);
    let request = Request::new("POST", "/", &server.host(), &body);
    let request = request.with("X-Amz-Target", "Logs_20140328.DescribeLogGroups");
    let answer = server.send(&request.sign("logs", SECRET, None)).await;
    assert_eq!(answer.status, 413, "{answer:?}");
    assert_eq!(server.calls(), 3);
}

#[tokio::test]
async fn a_body_that_is_said_to_be_far_too_large_is_not_awaited() {
    let server = Server::start().await;
    let request = server.signed("lambda", "POST", "/2015-03-31/functions", "");
    let bytes = String::from_utf8(request.bytes()).unwrap();
    let bytes = bytes.replace("Content-Length: 0", "Content-Length: 200000000");
    let answer = server.raw(bytes.as_bytes()).await;
    assert_eq!(answer.error(), "413 RequestEntityTooLargeException");
    let expect = "Request must be smaller than 70167211 bytes for the CreateFunction operation";
    assert!(answer.body.contains(expect), "{answer:?}");
    // A stranger's body is not even looked at.
    let stranger = Request::new("POST", "/2015-03-31/functions", &server.host(), "");
    let stranger = stranger.sign_as("AKIANOBODY", "lambda", SECRET, None, support::NOW_MS);
    let bytes = String::from_utf8(stranger.bytes()).unwrap();
    let bytes = bytes.replace("Content-Length: 0", "Content-Length: 200000000");
    assert_eq!(
        server.raw(bytes.as_bytes()).await.error(),
        "403 UnrecognizedClientException"
    );
}

/// Time flies while all tasks wait.
#[tokio::test(start_paused = true)]
async fn slow_clients_are_cut_off() {
    let server = Server::start().await;
    for start in [
        "",
        "G",
        "GET /p/ HTTP/1.1\r\nHost: abc.execute",
        "PRI * HTTP",
    ] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(start.as_bytes()).await.unwrap();
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.unwrap();
        assert!(
            rest.is_empty() || rest.starts_with(b"HTTP/1.1 408"),
            "{start}: {rest:?}"
        );
    }
    let head = format!("POST /p/ HTTP/1.1\r\nHost: {API}\r\nContent-Length: 5\r\n\r\nab");
    assert_eq!(server.raw(head.as_bytes()).await.status, 408);
    assert_eq!(server.calls(), 0);
}

/// Reads until the connection ends; gives how many seconds it took.
async fn seconds_until_closed(stream: &mut TcpStream) -> u64 {
    let began = tokio::time::Instant::now();
    let mut rest = Vec::new();
    // A connection that is cut off may end with a reset.
    let _ = stream.read_to_end(&mut rest).await;
    began.elapsed().as_secs()
}

#[tokio::test(start_paused = true)]
async fn idle_connections_wait_longer_than_slow_heads() {
    let server = Server::start().await;
    let request = format!("GET /p/ HTTP/1.1\r\nHost: {API}\r\n\r\n");
    for (next, seconds) in [("", 310), ("G", 30)] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 200");
        stream.write_all(next.as_bytes()).await.unwrap();
        let waited = seconds_until_closed(&mut stream).await;
        assert_eq!(waited, seconds, "{next}");
    }
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(b"GE").await.unwrap();
    assert_eq!(seconds_until_closed(&mut stream).await, 30);
}

#[tokio::test]
async fn chunked_bodies_are_limited_and_joined() {
    let server = Server::start().await;
    let head = format!("POST /p/ HTTP/1.1\r\nHost: {API}\r\nTransfer-Encoding: chunked\r\n\r\n");
    let answer = server
        .raw(format!("{head}3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n").as_bytes())
        .await;
    assert!(answer.body.contains("body=5 too_large=false"), "{answer:?}");
    let chunk = format!("100000\r\n{}\r\n", "x".repeat(1 << 20));
    let answer = server
        .raw(format!("{head}{}0\r\n\r\n", chunk.repeat(11)).as_bytes())
        .await;
    assert!(answer.body.contains("body=0 too_large=true"), "{answer:?}");
}

#[tokio::test]
async fn malformed_requests_are_refused_and_the_server_lives() {
    let server = Server::start().await;
    for bad in [
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a.localhost\r\nHost: b.localhost\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost/x\r\n\r\n",
        "GET http://a.localhost/ HTTP/1.1\r\nHost: b.localhost\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : localhost\r\n\r\n",
        "GET /\0 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
        "GARBAGE\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n0",
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n0",
        "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    ] {
        let answer = server.raw(bad.as_bytes()).await;
        assert_eq!(answer.status, 400, "{bad:?}");
    }
    let answer = server
        .raw(b"GET /\xff HTTP/1.1\r\nHost: localhost\r\nX: \xff\xfe\r\n\r\n")
        .await;
    assert!((400..500).contains(&answer.status), "{answer:?}");
    assert_eq!(server.calls(), 0);
    assert_eq!(
        server
            .send(&Request::new("GET", "/p/", API, ""))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn bodies_that_are_not_utf_8_are_the_callers_fault() {
    let server = Server::start().await;
    let mut request = Request::new("POST", "/", &server.host(), "")
        .with("X-Amz-Target", "Logs_20140328.DescribeLogGroups");
    request.body = b"{\"logGroupNamePrefix\":\"\xff\"}".to_vec();
    let answer = server.send(&request.sign("logs", SECRET, None)).await;
    assert_eq!(answer.error(), "400 SerializationException");
    let mut request = Request::new("POST", "/", &server.host(), "");
    request.body = b"Action=\xff&Version=2011-06-15".to_vec();
    let answer = server.send(&request.sign("sts", SECRET, None)).await;
    assert!((400..500).contains(&answer.status), "{answer:?}");
    assert_eq!(server.calls(), 0);
}

#[tokio::test]
async fn a_panic_costs_its_own_request_only() {
    let server = Server::start().await;
    let panics = Request::new("GET", "/panic/", API, "");
    let answer = server.send(&panics).await;
    assert_eq!(answer.status, 500);
    assert_eq!(answer.header("x-amzn-requestid").len(), 36);
    let panics = server.signed("lambda", "GET", "/2015-03-31/functions/panic", "");
    assert_eq!(server.send(&panics).await.status, 500);
    assert_eq!(
        server
            .send(&Request::new("GET", "/p/", API, ""))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn connections_are_kept_and_requests_may_be_pipelined() {
    let server = Server::start().await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let (one, two) = (
        Request::new("POST", "/one/", API, "abc").bytes(),
        Request::new("GET", "/two/", API, "")
            .with("x-Lower-UP", "1")
            .bytes(),
    );
    stream
        .write_all(&[one.clone(), two.clone()].concat())
        .await
        .unwrap();
    assert!(Answer::read(&mut stream).await.body.contains("abc one "));
    let second = Answer::read(&mut stream).await;
    assert!(
        second.body.contains("names=Host,x-Lower-UP,Content-Length"),
        "{second:?}"
    );
    for _ in 0..3 {
        stream.write_all(&two).await.unwrap();
        let again = Answer::read(&mut stream).await;
        assert!(
            again.body.contains("names=Host,x-Lower-UP,Content-Length"),
            "{again:?}"
        );
    }
}

#[tokio::test]
async fn http_2_is_served_on_the_same_port() {
    let server = Server::start().await;
    let stream = TcpStream::connect(server.address).await.unwrap();
    let io = hyper_util::rt::TokioIo::new(stream);
    let executor = hyper_util::rt::TokioExecutor::new();
    let (mut sender, connection) = hyper::client::conn::http2::handshake(executor, io)
        .await
        .unwrap();
    tokio::spawn(connection);
    let request = http::Request::builder()
        .uri(format!("http://{API}/prod/x"))
        .body(http_body_util::Full::new(bytes::Bytes::from("hi")))
        .unwrap();
    let response = sender.send_request(request).await.unwrap();
    assert_eq!(response.status(), 200);
    let body = http_body_util::BodyExt::collect(response.into_body())
        .await
        .unwrap()
        .to_bytes();
    assert_eq!(&body[..], b"GET abc prod /x body=2 too_large=false names=");
}

#[tokio::test]
async fn shutdown_lets_requests_in_flight_finish() {
    let mut server = Server::start().await;
    let mut slow = TcpStream::connect(server.address).await.unwrap();
    let mut idle = TcpStream::connect(server.address).await.unwrap();
    slow.write_all(&Request::new("GET", "/slow/", API, "").bytes())
        .await
        .unwrap();
    let done = Arc::clone(&server.done);
    done.entered.notified().await;
    server.stop.take().unwrap().send(()).unwrap();
    // An idle connection is closed at once; that it reads zero bytes proves that stopping began.
    assert_eq!(idle.read(&mut [0; 1]).await.unwrap(), 0);
    assert!(!server.served.is_finished());
    done.go_on.notify_one();
    assert_eq!(Answer::read(&mut slow).await.status, 200);
    server.served.await.unwrap();
    assert!(TcpStream::connect(server.address).await.is_err());
}
