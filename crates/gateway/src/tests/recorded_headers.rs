//! Headers of recorded answers against ours: what backends see, what clients get.

use super::recorded::{answered_names, recorded_names, recording};
use super::support::{Sent, World, api, integration, lambda, open};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Request, Response, body::Incoming, service::service_fn};
use hyper_util::rt::TokioIo;
use restapi::{Integration, IntegrationResponse, IntegrationType};
use serde_json::{Value, json};
use std::convert::Infallible;
use tokio::net::TcpListener;

/// A server that shows what it got as the recorded ones did: headers, body, path.
async fn echo_server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let serve = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service_fn(echo));
            tokio::spawn(serve);
        }
    });
    format!("http://{address}/")
}

async fn echo(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let headers: serde_json::Map<String, Value> = parts
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), json!(value.to_str().unwrap())))
        .collect();
    let seen = json!({"headers": headers, "data": String::from_utf8_lossy(&body)});
    let answer = Response::builder().header("Content-Type", "application/json");
    Ok(answer.body(Full::from(seen.to_string())).unwrap())
}

/// The headers that the recorded client sent.
const SENT: [(&str, &str); 25] = [
    ("Accept", "application/json"),
    ("Accept-Charset", "UTF-8"),
    ("Accept-Encoding", "br"),
    ("Age", "request_Age"),
    ("Authorization", "Unauthorized"),
    ("Connection", "close"),
    ("Content-Encoding", "deflate"),
    ("Content-MD5", "request_Content-MD5"),
    ("Content-Type", "application/json"),
    ("Date", "request_Date"),
    ("Expect", "100-continue"),
    ("Max-Forwards", "2"),
    ("Pragma", "cache"),
    ("Proxy-Authenticate", "Basic"),
    ("Range", "bytes=500-999"),
    ("Referer", "https://example.com/"),
    ("Server", "https://example.com/"),
    ("TE", "deflate"),
    ("Trailer", "Expires"),
    ("Transfer-Encoding", "chunked"),
    ("Upgrade", "HTTP/2.0"),
    ("User-Agent", "localStack/0.0"),
    ("Via", "p.example.net"),
    ("Warn", "299 localStack/0.0"),
    ("WWW-Authenticate", "Basic YWxhZGRpbjpvcGVuc2VzYW1l"),
];

fn sent(path: &str) -> Sent {
    let get = Sent::new("GET", path);
    SENT.iter()
        .fold(get, |sent, (name, value)| sent.header(name, value))
}

/// An integration that maps every header on the way there and back, but for the illegal ones.
fn mapping_everything(kind: IntegrationType, uri: &str, illegal: &[&str]) -> Integration {
    let mut full = Integration {
        http_method: Some("POST".into()),
        ..integration(kind, Some(uri))
    };
    let names = SENT
        .iter()
        .map(|(name, _)| *name)
        .chain(["Host", "Content-Length"]);
    let template: Vec<String> = names
        .clone()
        .map(|name| format!("\"{name}\": \"$input.params('{name}')\""))
        .collect();
    let template = format!("{{{}}}", template.join(","));
    full.request_templates = vec![("application/json".into(), template)];
    let mut response = IntegrationResponse {
        status_code: "200".into(),
        ..IntegrationResponse::default()
    };
    for name in names {
        let target = format!("method.response.header.{name}");
        response
            .response_parameters
            .insert(target, format!("'response_param_{name}'"));
        if !illegal.iter().any(|other| name.eq_ignore_ascii_case(other)) {
            let target = format!("integration.request.header.{name}");
            full.request_parameters
                .insert(target, format!("'mapped_{name}'"));
        }
    }
    full.responses.insert("200".into(), response);
    full
}

fn default_response(mut integration: Integration) -> Integration {
    let response = IntegrationResponse {
        status_code: "200".into(),
        ..IntegrationResponse::default()
    };
    integration.responses.insert("200".into(), response);
    integration
}

#[tokio::test]
async fn headers_of_http_integrations() {
    let Some(recorded) = recording("test_apigateway_header_remapping_http[HTTP]") else {
        return;
    };
    let uri = echo_server().await;
    let bare = default_response(Integration {
        http_method: Some("POST".into()),
        ..integration(IntegrationType::Http, Some(&uri))
    });
    let illegal = ["Content-Length", "Transfer-Encoding"];
    let full = mapping_everything(IntegrationType::Http, &uri, &illegal);
    let world = World::new(api(vec![
        ("GET", "/no-param", open(bare)),
        ("GET", "/full", open(full)),
    ]));
    for step in ["no-param", "full"] {
        let expect = &recorded[format!("{step}-integration")];
        let response = world.send(sent(&format!("/{step}"))).await;
        assert_eq!(response.status(), 200, "{step}");
        let seen: Value = serde_json::from_slice(response.body()).unwrap();
        assert_eq!(
            recorded_names(&seen["headers"]),
            recorded_names(&expect["headers"]),
            "{step}"
        );
        let expected = recorded_names(&expect["response-headers"]);
        assert_eq!(answered_names(&response), expected, "{step}");
    }
    let response = world.send(sent("/full")).await;
    let seen: Value = serde_json::from_slice(response.body()).unwrap();
    let template: Value = serde_json::from_str(seen["data"].as_str().unwrap()).unwrap();
    let expect = recorded["full-integration"]["body"].as_object().unwrap();
    for (name, value) in expect
        .iter()
        .filter(|(name, _)| !["Host", "Via", "Date"].contains(&name.as_str()))
    {
        assert_eq!(&template[name], value, "{name}");
    }
}

#[tokio::test]
async fn headers_of_lambda_integrations() {
    let Some(recorded) = recording("test_apigateway_header_remapping_aws[AWS]") else {
        return;
    };
    let illegal = [
        "Content-Length",
        "Transfer-Encoding",
        "Authorization",
        "Connection",
        "Expect",
        "Proxy-Authenticate",
        "TE",
    ];
    let uri = lambda(IntegrationType::Aws).uri.unwrap();
    let mut methods = vec![
        (
            "/no-param",
            open(default_response(lambda(IntegrationType::Aws))),
        ),
        (
            "/full",
            open(mapping_everything(IntegrationType::Aws, &uri, &illegal)),
        ),
    ];
    let paths: Vec<String> = illegal
        .iter()
        .map(|name| format!("/{}", name.to_lowercase()))
        .collect();
    for (path, name) in paths.iter().zip(illegal) {
        let mut broken = default_response(lambda(IntegrationType::Aws));
        let target = format!("integration.request.header.{name}");
        broken.request_parameters.insert(target, "''".into());
        methods.push((path, open(broken)));
    }
    let methods = methods
        .into_iter()
        .map(|(path, method)| ("GET", path, method));
    let world = World::new(api(methods.collect())).answers_payload("{}");
    for (step, expect) in recorded
        .as_object()
        .unwrap()
        .iter()
        .filter(|(step, _)| *step != "apigw-id")
    {
        let path = step.trim_end_matches("-integration");
        let response = world.send(sent(&format!("/{path}"))).await;
        let expected = recorded_names(&expect["response-headers"]);
        assert_eq!(answered_names(&response), expected, "{step}");
        let is_broken = illegal.iter().any(|name| name.eq_ignore_ascii_case(path));
        assert_eq!(
            response.status().as_u16(),
            if is_broken { 500 } else { 200 },
            "{step}"
        );
    }
}
