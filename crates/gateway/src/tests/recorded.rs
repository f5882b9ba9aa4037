//! Answers of real AWS, as LocalStack's maintainers recorded them, against ours. The recordings lie
//! outside the repository; `CROSSWAY_SHARED` names their folder.

use super::support::{API_ID, NOW_MS, Sent, World, api, integration, invoked, lambda, mock, open};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Request, Response, body::Incoming, service::service_fn};
use hyper_util::rt::TokioIo;
use ports::{Caller, Invoked, RequestFacts, TestInvoke, TestRequest};
use restapi::{Integration, IntegrationResponse, IntegrationType};
use serde_json::{Value, json};
use std::{collections::BTreeSet, convert::Infallible, sync::Arc};
use tokio::net::TcpListener;

/// What was recorded under the test whose name ends so; none when the recordings are not at hand.
fn recording(name: &str) -> Option<Value> {
    let Ok(shared) = std::env::var("CROSSWAY_SHARED") else {
        eprintln!("skipped: {name}: CROSSWAY_SHARED is not set");
        return None;
    };
    let path = format!("{shared}/corpora/aws-recordings/localstack-snapshots-apigateway.json");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let file: Value = serde_json::from_str(&text).unwrap();
    let cases = file["cases"].as_array().unwrap();
    let case = cases
        .iter()
        .find(|case| case["id"].as_str().unwrap().ends_with(name))
        .unwrap_or_else(|| panic!("no recording of {name}"));
    Some(case["recorded_content"].clone())
}

/// Header names of an answer in lower case, without those of CloudFront and of the framing.
fn names<'a>(names: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
    const NOT_OURS: [&str; 9] = [
        "date",
        "connection",
        "content-length",
        "via",
        "x-cache",
        "x-amz-cf-id",
        "x-amz-cf-pop",
        "transfer-encoding",
        "x-amzn-remapped-via",
    ];
    names
        .map(str::to_ascii_lowercase)
        .filter(|name| !NOT_OURS.contains(&name.as_str()))
        .collect()
}

fn answered_names(response: &http::Response<Bytes>) -> BTreeSet<String> {
    names(response.headers().keys().map(http::HeaderName::as_str))
}

fn recorded_names(headers: &Value) -> BTreeSet<String> {
    names(headers.as_object().unwrap().keys().map(String::as_str))
}

#[tokio::test]
async fn formats_of_lambda_proxy_answers() {
    let Some(recorded) = recording("test_aws_proxy_response_payload_format_validation") else {
        return;
    };
    for (step, payload) in [
        ("no-body", "{\"statusCode\":200}"),
        (
            "with-headers",
            "{\"statusCode\":200,\"headers\":{\"test-header\":\"value\",\"header-bool\":true}}",
        ),
        ("with-headers-null", "{\"statusCode\":200,\"headers\":null}"),
        (
            "wrong-format",
            "{\"statusCode\":200,\"wrongValue\":\"value\"}",
        ),
        ("empty-response", "null"),
        (
            "b64-encoded-true",
            "{\"statusCode\":200,\"body\":\"dGVzdC1kYXRh\",\"isBase64Encoded\":true}",
        ),
        (
            "b64-encoded-false",
            "{\"statusCode\":200,\"body\":\"dGVzdC1kYXRh\",\"isBase64Encoded\":false}",
        ),
        (
            "multi-headers-valid",
            "{\"statusCode\":200,\"multiValueHeaders\":{\"test-multi\":[\"value1\",\"value2\"]}}",
        ),
        (
            "multi-headers-overwrite",
            "{\"statusCode\":200,\"headers\":{\"test-multi\":\"value-solo\"},\
             \"multiValueHeaders\":{\"test-multi\":[\"value-multi\"]}}",
        ),
        (
            "multi-headers-overwrite-casing",
            "{\"statusCode\":200,\"headers\":{\"Test-Multi\":\"value-solo\"},\
             \"multiValueHeaders\":{\"tesT-Multi\":[\"value-multi\"]}}",
        ),
        (
            "multi-headers-invalid",
            "{\"statusCode\":200,\"multiValueHeaders\":{\"test-multi\":\"value-multi\"}}",
        ),
        ("invalid-status-code", "{\"statusCode\":\"test\"}"),
        ("status-code-str", "{\"statusCode\":\"201\"}"),
        ("just-string", "\"just-a-string\""),
        ("only-headers", "{\"headers\":{\"test-header\":\"value\"}}"),
    ] {
        let expect = &recorded[format!("invoke-api-{step}")];
        let response = World::proxy().answers_payload(payload).get("/").await;
        let body = String::from_utf8(response.body().to_vec()).unwrap();
        match &expect["content"] {
            Value::String(text) => assert_eq!(&body, text, "{step}"),
            json => assert_eq!(
                &serde_json::from_str::<Value>(&body).unwrap(),
                json,
                "{step}"
            ),
        }
        let Some(headers) = expect.get("headers") else {
            continue;
        };
        assert_eq!(answered_names(&response), recorded_names(headers), "{step}");
        for name in ["test-header", "header-bool", "test-multi", "Content-Type"] {
            let lines = response.headers().get_all(name).iter();
            let lines: Vec<&str> = lines.map(|value| value.to_str().unwrap()).collect();
            let recorded = headers.as_object().unwrap().iter();
            let recorded = recorded
                .filter(|(key, _)| key.eq_ignore_ascii_case(name))
                .map(|(_, value)| value.as_str().unwrap())
                .collect::<Vec<_>>();
            assert_eq!(lines.join(", "), recorded.join(""), "{step} {name}");
        }
    }
}

#[tokio::test]
async fn the_log_of_a_failed_test() {
    let Some(recorded) = recording("test_failed_invoke_test_method") else {
        return;
    };
    let expect = &recorded["test-invoke-failure"];
    let broken = integration(IntegrationType::HttpProxy, Some("nowhere"));
    let request = TestRequest {
        api: Arc::new(api(vec![("GET", "/", open(broken))])),
        resource_id: "root".into(),
        http_method: "GET".into(),
        path_with_query: String::new(),
        headers: Vec::new(),
        body: String::new(),
        stage_variables: Default::default(),
        caller: Caller::Anonymous,
        facts: RequestFacts {
            now_ms: NOW_MS,
            ..RequestFacts::default()
        },
    };
    let response = World::proxy().gateway.test_invoke(request).await;
    assert_eq!(json!(response.status), expect["status"]);
    assert_eq!(
        serde_json::from_str::<Value>(&response.body).unwrap(),
        expect["body"]
    );
    let headers: serde_json::Map<String, Value> = response
        .headers
        .iter()
        .map(|(name, value)| (name.clone(), json!(value)))
        .collect();
    assert_eq!(Value::Object(headers), expect["headers"]);
    let id = response
        .log
        .lines()
        .next()
        .unwrap()
        .rsplit(' ')
        .next()
        .unwrap();
    let date = "Sun Nov 22 11:56:06 UTC 2026";
    let shown = response.log.replace(id, "<request-id-1>");
    let shown = shown.replace(date, "DDD MMM dd hh:mm:ss UTC yyyy");
    let lines = expect["log"].as_object().unwrap().values();
    let lines: Vec<&str> = lines.map(|line| line.as_str().unwrap()).collect();
    assert_eq!(shown, lines.join("\n"));
}

#[tokio::test]
async fn selection_patterns() {
    let Some(recorded) = recording("test_lambda_selection_patterns") else {
        return;
    };
    let mut custom = lambda(IntegrationType::Aws);
    for (status, pattern) in [
        ("200", None),
        ("400", Some("Error: Raising four hundred.*")),
        ("500", Some("Error: Raising five hundred.*")),
    ] {
        let response = IntegrationResponse {
            status_code: status.into(),
            selection_pattern: pattern.map(str::to_owned),
            ..IntegrationResponse::default()
        };
        custom.responses.insert(status.into(), response);
    }
    for status in ["200", "400", "500"] {
        let expect = recorded[format!("lambda-selection-pattern-{status}")].clone();
        let payload = expect.to_string();
        let function_error = (status != "200").then_some("Unhandled");
        let world = World::new(api(vec![("GET", "/", open(custom.clone()))]));
        let world = world.answers(move |_| {
            Ok(Invoked {
                function_error,
                ..invoked(&payload)
            })
        });
        let response = world.get("/").await;
        assert_eq!(response.status().as_str(), status);
        assert_eq!(
            serde_json::from_slice::<Value>(response.body()).unwrap(),
            expect
        );
    }
}

#[tokio::test]
async fn the_event_of_a_lambda_proxy() {
    let Some(recorded) = recording("test_lambda_aws_proxy_integration_request_data_mapping") else {
        return;
    };
    let expect = &recorded["http-proxy-invocation-data-mapping"]["content"];
    let mut proxy = lambda(IntegrationType::AwsProxy);
    let ignored = "integration.request.header.headerVar".to_owned();
    proxy
        .request_parameters
        .insert(ignored, "method.request.header.foobar".into());
    let world = World::new(api(vec![("POST", "/{pathVariable}", open(proxy))]));
    let sent = Sent::new("POST", "/foobar?testQueryString=foo&testVar=bar")
        .header("Content-Type", "application/json")
        .header("Accept", "application/json")
        .header("Accept-Encoding", "gzip, deflate")
        .header("User-Agent", "test/integration")
        .header("foobar", "mapped-value")
        .header("headerVar", "request-value")
        .body("{\"message\": \"hello world\"}");
    assert_eq!(world.send(sent).await.status(), 200);
    let event = world.event();
    for key in [
        "httpMethod",
        "isBase64Encoded",
        "multiValueQueryStringParameters",
        "path",
        "pathParameters",
        "queryStringParameters",
        "resource",
        "stageVariables",
    ] {
        assert_eq!(event[key], expect[key], "{key}");
    }
    let keys = |value: &Value| -> BTreeSet<String> {
        let keys = value.as_object().unwrap().keys();
        keys.filter(|key| {
            !key.starts_with("CloudFront") && !["Via", "X-Amz-Cf-Id"].contains(&key.as_str())
        })
        .cloned()
        .collect()
    };
    assert_eq!(keys(&event["headers"]), keys(&expect["headers"]));
    assert_eq!(
        keys(&event["multiValueHeaders"]),
        keys(&expect["multiValueHeaders"])
    );
    assert_eq!(
        keys(&event["requestContext"]),
        keys(&expect["requestContext"])
    );
    let identity = |value: &Value| keys(&value["requestContext"]["identity"]);
    assert_eq!(identity(&event), identity(expect));
    for name in [
        "foobar",
        "headerVar",
        "Accept",
        "Content-Type",
        "User-Agent",
    ] {
        assert_eq!(event["headers"][name], expect["headers"][name], "{name}");
        assert_eq!(
            event["multiValueHeaders"][name], expect["multiValueHeaders"][name],
            "{name}"
        );
    }
    for key in [
        "path",
        "resourcePath",
        "protocol",
        "stage",
        "httpMethod",
        "accountId",
    ] {
        assert_eq!(
            event["requestContext"][key], expect["requestContext"][key],
            "{key}"
        );
    }
}

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

#[tokio::test]
async fn mocks() {
    let Some(recorded) =
        recording("test_integration_mock_with_response_override_in_request_template[False]")
    else {
        return;
    };
    let mut overriding = mock("");
    let request = "#set($context.responseOverride.status = 444){\"statusCode\": 200}";
    overriding.request_templates = vec![("application/json".into(), request.into())];
    overriding
        .responses
        .get_mut("200")
        .unwrap()
        .response_templates
        .clear();
    let response = World::new(api(vec![("GET", "/", open(overriding))]))
        .get("/")
        .await;
    assert_eq!(
        json!(response.status().as_u16()),
        recorded["response"]["status_code"]
    );
    assert!(response.body().is_empty());
    for case in [
        "WHEN_NO_MATCH-UrlType.PATH_BASED-GET",
        "NEVER-UrlType.HOST_BASED-POST",
    ] {
        let name = format!("test_mock_integration_response[{case}]");
        let expect = recording(&name).unwrap()["mock-response"].clone();
        let mut passing = mock("{\"statusCode\": 200, \"id\": $input.params().path.id}");
        passing.passthrough_behavior = case.split('-').next().unwrap().into();
        let world = World::new(api(vec![("ANY", "/{id}", open(passing))]));
        let verb = case.rsplit('-').next().unwrap();
        let response = world.send(Sent::new(verb, "/42")).await;
        assert_eq!(
            serde_json::from_slice::<Value>(response.body()).unwrap(),
            expect,
            "{API_ID}"
        );
    }
}
