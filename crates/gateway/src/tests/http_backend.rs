//! HTTP and HTTP_PROXY against a real server on a free port.

use super::support::{API_ID, Sent, World, api, header, integration, open, shown};
use crate::Egress;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Request, Response, body::Incoming, service::service_fn};
use hyper_util::rt::TokioIo;
use restapi::{Integration, IntegrationResponse, IntegrationType, Stage};
use serde_json::{Value, json};
use std::{collections::BTreeMap, convert::Infallible, net::SocketAddr};
use tokio::net::TcpListener;

/// A server that answers each request with what it got, and a few more things by path.
async fn backend() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let serve = hyper::server::conn::http1::Builder::new()
                .preserve_header_case(true)
                .serve_connection(TokioIo::new(stream), service_fn(echo));
            tokio::spawn(serve);
        }
    });
    address
}

async fn echo(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let headers: BTreeMap<String, String> = parts
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    let seen = json!({
        "method": parts.method.as_str(),
        "uri": parts.uri.to_string(),
        "headers": headers,
        "body": String::from_utf8_lossy(&body),
    });
    let builder = Response::builder();
    Ok(match parts.uri.path() {
        "/teapot" => builder.status(418).body(Full::from("short")).unwrap(),
        "/redirect" => builder
            .status(302)
            .header("Location", "/teapot")
            .body(Full::default())
            .unwrap(),
        "/slow" => {
            std::future::pending::<()>().await;
            unreachable!("never ends")
        }
        "/binary" => builder
            .header("Content-Type", "image/png")
            .body(Full::from(&b"\xff\x00"[..]))
            .unwrap(),
        "/large" => builder
            .body(Full::from(vec![b'a'; 10 * 1024 * 1024 + 1]))
            .unwrap(),
        _ => builder
            .header("Content-Type", "application/json")
            .header("Server", "backend")
            .header("X-Amzn-RequestId", "backend-id")
            .header("Via", "1.1 backend")
            .header("X-Own", "1")
            .body(Full::from(seen.to_string()))
            .unwrap(),
    })
}

fn http(kind: IntegrationType, uri: String) -> Integration {
    Integration {
        http_method: Some("ANY".into()),
        ..integration(kind, Some(&uri))
    }
}

fn with(mut integration: Integration, parameters: &[(&str, &str)]) -> Integration {
    for (target, source) in parameters {
        let target = format!("integration.request.{target}");
        integration
            .request_parameters
            .insert(target, (*source).into());
    }
    integration
}

fn default_response(mut integration: Integration) -> Integration {
    let response = IntegrationResponse {
        status_code: "200".into(),
        ..IntegrationResponse::default()
    };
    integration.responses.insert("200".into(), response);
    integration
}

fn at(path: &str, integration: Integration) -> World {
    World::new(api(vec![("ANY", path, open(integration))]))
}

fn seen(response: &http::Response<Bytes>) -> Value {
    serde_json::from_slice(response.body()).unwrap()
}

#[tokio::test]
async fn proxies_pass_method_headers_query_and_body() {
    let address = backend().await;
    let uri = format!("http://{address}/base/{{proxy}}");
    let proxy = with(
        http(IntegrationType::HttpProxy, uri),
        &[("path.proxy", "method.request.path.proxy")],
    );
    let world = at("/{proxy+}", proxy);
    let sent = Sent::new("PATCH", "/a/b%20c?x=1%2B1&y")
        .header("X-Custom", "v")
        .header("Content-Type", "text/plain")
        .header("Content-Encoding", "identity")
        .header("Via", "1.1 client")
        .body("body");
    let response = world.send(sent).await;
    assert_eq!(response.status(), 200);
    let seen = seen(&response);
    assert_eq!(seen["method"], "PATCH");
    assert_eq!(seen["uri"], "/base/a/b%20c?x=1%2B1&y");
    assert_eq!(seen["body"], "body");
    let headers = &seen["headers"];
    assert_eq!(headers["x-custom"], "v");
    assert_eq!(headers["content-type"], "text/plain");
    assert_eq!(headers["host"], address.to_string());
    assert_eq!(headers["content-length"], "4");
    assert_eq!(headers["accept"], "application/json");
    assert_eq!(headers["user-agent"], format!("AmazonAPIGateway_{API_ID}"));
    assert_eq!(headers["x-amzn-apigateway-api-id"], API_ID);
    assert_eq!(headers["x-forwarded-for"], "127.0.0.1");
    assert!(
        headers["x-amzn-trace-id"]
            .as_str()
            .unwrap()
            .starts_with("Root=1-")
    );
    assert!(headers.get("via").is_none());
    assert!(headers.get("content-encoding").is_none());
}

#[tokio::test]
async fn proxies_pass_answers_with_awss_renames() {
    let address = backend().await;
    let uri = format!("http://{address}/");
    let response = at("/", http(IntegrationType::HttpProxy, uri))
        .get("/")
        .await;
    assert_eq!(header(&response, "x-own"), "1");
    assert_eq!(header(&response, "x-amzn-remapped-server"), "backend");
    assert_eq!(
        header(&response, "x-amzn-remapped-x-amzn-requestid"),
        "backend-id"
    );
    assert!(!header(&response, "x-amzn-remapped-date").is_empty());
    assert!(!header(&response, "x-amzn-remapped-content-length").is_empty());
    assert_eq!(header(&response, "x-amzn-requestid").len(), 36);
    assert!(!response.headers().contains_key("via"));
    assert!(!response.headers().contains_key("x-amzn-trace-id"));
}

#[tokio::test]
async fn proxies_pass_statuses_and_follow_no_redirect() {
    let address = backend().await;
    for (path, status) in [("teapot", 418), ("redirect", 302)] {
        let uri = format!("http://{address}/{path}");
        let response = at("/", http(IntegrationType::HttpProxy, uri))
            .get("/")
            .await;
        assert_eq!(response.status(), status, "{path}");
    }
}

#[tokio::test]
async fn mapped_parameters_of_proxies_are_added() {
    let address = backend().await;
    let uri = format!("http://{address}/?testVar={{pathVar}}&testQs={{qsVar}}");
    let proxy = with(
        http(IntegrationType::HttpProxy, uri),
        &[
            ("header.headerVar", "method.request.header.foobar"),
            ("path.qsVar", "method.request.querystring.testVar"),
            ("path.pathVar", "method.request.path.pathVariable"),
            (
                "querystring.queryString",
                "method.request.querystring.testQueryString",
            ),
            (
                "querystring.testQs",
                "method.request.querystring.testQueryString",
            ),
            (
                "querystring.testEmptyQs",
                "method.request.header.emptyheader",
            ),
        ],
    );
    let sent = Sent::new("POST", "/foobar?testQueryString=foo&testVar=bar")
        .header("foobar", "mapped-value")
        .header("headerVar", "request-value");
    let response = at("/{pathVariable}", proxy).send(sent).await;
    let seen = seen(&response);
    let expect =
        "/?testVar=foobar&testQs=bar&testQueryString=foo&testVar=bar&queryString=foo&testQs=foo";
    assert_eq!(seen["uri"], expect);
    assert_eq!(seen["headers"]["foobar"], "mapped-value");
    assert_eq!(seen["headers"]["headervar"], "mapped-value");
}

#[tokio::test]
async fn custom_integrations_send_only_what_is_mapped() {
    let address = backend().await;
    let uri = format!("http://{address}/pets/{{petId}}");
    let custom = with(
        default_response(http(IntegrationType::Http, uri)),
        &[
            ("path.petId", "method.request.path.petId"),
            ("querystring.type", "method.request.querystring.type"),
            ("header.X-Static", "'fixed'"),
            ("header.Connection", "'close'"),
            ("header.Host", "'evil.example'"),
        ],
    );
    let sent = Sent::new("GET", "/pets/a%2F.b%2Fc?type=ca%26t&other=1").header("X-Custom", "v");
    let response = at("/pets/{petId}", custom).send(sent).await;
    let seen = seen(&response);
    assert_eq!(seen["uri"], "/pets/a%2F.b%2Fc?type=ca%26t");
    let names: Vec<&String> = seen["headers"].as_object().unwrap().keys().collect();
    let expect = [
        "accept",
        "host",
        "user-agent",
        "x-amzn-apigateway-api-id",
        "x-amzn-trace-id",
        "x-static",
    ];
    assert_eq!(names, expect);
    assert_eq!(seen["headers"]["host"], address.to_string());
    assert!(header(&response, "x-amzn-trace-id").starts_with("Root=1-"));
    assert!(!response.headers().contains_key("x-own"));
}

#[tokio::test]
async fn custom_integrations_with_a_default_response_hide_the_status() {
    let address = backend().await;
    let uri = format!("http://{address}/teapot");
    let response = at(
        "/",
        default_response(http(IntegrationType::Http, uri.clone())),
    )
    .get("/")
    .await;
    assert_eq!(shown(&response), (200, "short".to_owned()));
    let mut by_status = default_response(http(IntegrationType::Http, uri));
    let matching = IntegrationResponse {
        status_code: "404".into(),
        selection_pattern: Some("4\\d\\d".into()),
        response_parameters: [
            (
                "method.response.header.X-Length".to_owned(),
                "integration.response.header.Content-Length".to_owned(),
            ),
            (
                "method.response.header.X-Body".to_owned(),
                "integration.response.body".to_owned(),
            ),
            ("method.response.header.Date".to_owned(), "'now'".to_owned()),
        ]
        .into(),
        ..IntegrationResponse::default()
    };
    by_status.responses.insert("404".into(), matching);
    let response = at("/", by_status).get("/").await;
    assert_eq!(shown(&response), (404, "short".to_owned()));
    assert_eq!(header(&response, "x-length"), "5");
    assert_eq!(header(&response, "x-body"), "short");
    assert_eq!(header(&response, "x-amzn-remapped-date"), "now");
}

#[tokio::test]
async fn illegal_mapping_targets_fail_every_request() {
    let address = backend().await;
    for name in [
        "Content-Length",
        "transfer-encoding",
        "X-Amzn-Trace-Id",
        "x-amzn-apigateway-api-id",
    ] {
        let uri = format!("http://{address}/");
        let target = format!("header.{name}");
        let broken = with(http(IntegrationType::HttpProxy, uri), &[(&target, "'1'")]);
        let response = at("/", broken).get("/").await;
        let body = "{\"message\": \"Internal server error\"}";
        assert_eq!(shown(&response), (500, body.to_owned()), "{name}");
        assert_eq!(
            header(&response, "x-amzn-errortype"),
            "InternalServerErrorException"
        );
    }
}

#[tokio::test]
async fn unreachable_and_refused_addresses_are_500() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let closed = listener.local_addr().unwrap();
    drop(listener);
    for uri in [
        format!("http://{closed}/"),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        "http://[::ffff:169.254.169.254]/".to_owned(),
        "http://0xa9fea9fe/".to_owned(),
        "http://2852039166/".to_owned(),
        "gopher://127.0.0.1/".to_owned(),
        "file:///etc/passwd".to_owned(),
        "nonsense".to_owned(),
    ] {
        let response = at("/", http(IntegrationType::HttpProxy, uri.clone()))
            .get("/")
            .await;
        let body = "{\"message\": \"Internal server error\"}";
        assert_eq!(shown(&response), (500, body.to_owned()), "{uri}");
    }
}

#[tokio::test]
async fn own_ports_and_loopback_are_not_reached_where_refused() {
    let address = backend().await;
    let developer = Egress {
        allows_loopback: true,
        allows_private: true,
        refused: vec![address],
    };
    for egress in [developer, Egress::default()] {
        for host in [
            "127.0.0.1",
            "localhost",
            "127.1",
            "0x7f000001",
            "[::ffff:127.0.0.1]",
        ] {
            let uri = format!("http://{host}:{}/", address.port());
            let mut world = at("/", http(IntegrationType::HttpProxy, uri));
            world.gateway.backends.http = crate::integration::HttpClient::new(egress.clone());
            assert_eq!(world.get("/").await.status(), 500, "{host}");
        }
    }
}

#[tokio::test]
async fn late_answers_are_504() {
    let address = backend().await;
    let mut slow = http(IntegrationType::HttpProxy, format!("http://{address}/slow"));
    slow.timeout_ms = 50;
    let response = at("/", slow).get("/").await;
    let body = "{\"message\": \"Endpoint request timed out\"}";
    assert_eq!(shown(&response), (504, body.to_owned()));
    assert!(!response.headers().contains_key("x-amzn-trace-id"));
}

#[tokio::test]
async fn connections_that_break_are_504() {
    let address = backend().await;
    // The backend speaks no TLS.
    let uri = format!("https://{address}/");
    let response = at("/", http(IntegrationType::HttpProxy, uri))
        .get("/")
        .await;
    let body = "{\"message\": \"Network error communicating with endpoint\"}";
    assert_eq!(shown(&response), (504, body.to_owned()));
}

#[tokio::test]
async fn line_breaks_in_mapped_headers_never_reach_the_backend() {
    let address = backend().await;
    let uri = format!("http://{address}/");
    let custom = with(
        default_response(http(IntegrationType::Http, uri)),
        &[("header.X-A", "method.request.body")],
    );
    let sent = Sent::new("POST", "/").body("a\r\nX-B: c");
    assert_eq!(at("/", custom).send(sent).await.status(), 500);
}

#[tokio::test]
async fn answers_over_the_bound_are_refused() {
    let address = backend().await;
    let uri = format!("http://{address}/large");
    let response = at("/", http(IntegrationType::HttpProxy, uri))
        .get("/")
        .await;
    assert_eq!(response.status(), 504);
}

#[tokio::test]
async fn binary_answers_pass_only_as_a_binary_type() {
    let address = backend().await;
    let uri = format!("http://{address}/binary");
    let proxy = || http(IntegrationType::HttpProxy, uri.clone());
    let response = at("/", proxy()).get("/").await;
    assert_eq!(response.body().as_ref(), "\u{fffd}\0".as_bytes());
    let mut binary = api(vec![("GET", "/", open(proxy()))]);
    binary.binary_media_types = vec!["image/*".into()];
    let world = World::new(binary);
    let response = world
        .send(Sent::new("GET", "/").header("Accept", "image/png"))
        .await;
    assert_eq!(response.body().as_ref(), b"\xff\x00");
    let response = world
        .send(Sent::new("GET", "/").header("Accept", "text/html"))
        .await;
    assert_eq!(response.body().as_ref(), b"/wA=");
}

#[tokio::test]
async fn nothing_is_sent_without_the_stages_certificate() {
    let address = backend().await;
    let stage = Stage {
        name: "test".into(),
        client_certificate_id: Some("gone12".into()),
        ..Stage::default()
    };
    let proxy = http(IntegrationType::HttpProxy, format!("http://{address}/"));
    let world = World::with_stage(api(vec![("GET", "/", open(proxy))]), stage);
    assert_eq!(world.get("/").await.status(), 500);
}

#[tokio::test]
async fn the_demo_backend_is_answered_inside() {
    let base = "http://petstore-demo-endpoint.execute-api.com/petstore/pets";
    let list = with(
        default_response(http(IntegrationType::Http, base.into())),
        &[
            ("querystring.type", "method.request.querystring.type"),
            ("querystring.page", "method.request.querystring.page"),
        ],
    );
    let pet = with(
        default_response(http(IntegrationType::Http, format!("{base}/{{petId}}"))),
        &[("path.petId", "method.request.path.petId")],
    );
    let world = World::new(api(vec![
        ("GET", "/pets", open(list.clone())),
        ("POST", "/pets", open(list)),
        ("GET", "/pets/{petId}", open(pet)),
    ]));
    let (status, body) = shown(&world.get("/pets").await);
    let expect = "[{\"id\":1,\"type\":\"dog\",\"price\":249.99},{\"id\":2,\"type\":\"cat\",\
                  \"price\":124.99},{\"id\":3,\"type\":\"fish\",\"price\":0.99}]";
    assert_eq!((status, body.as_str()), (200, expect));
    let (_, body) = shown(&world.get("/pets/1").await);
    assert_eq!(body, "{\"id\":1,\"type\":\"dog\",\"price\":249.99}");
    let sent = Sent::new("POST", "/pets").body("{\"type\": \"dog\",\"price\": 249.99}");
    let (_, body) = shown(&world.send(sent).await);
    let expect = "{\"pet\":{\"type\":\"dog\",\"price\":249.99},\"message\":\"success\"}";
    assert_eq!(body, expect);
}
