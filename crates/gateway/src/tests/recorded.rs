//! Answers of real AWS, as LocalStack's maintainers recorded them, against ours. The recordings lie
//! outside the repository; `CROSSWAY_SHARED` names their folder.

use super::support::{API_ID, NOW_MS, Sent, World, api, integration, invoked, lambda, mock, open};
use bytes::Bytes;
use ports::{Caller, Invoked, RequestFacts, TestInvoke, TestRequest};
use restapi::{IntegrationResponse, IntegrationType};
use serde_json::{Value, json};
use std::{collections::BTreeSet, sync::Arc};

/// What was recorded under the test whose name ends so; none when the recordings are not at hand.
pub(super) fn recording(name: &str) -> Option<Value> {
    let Ok(shared) = std::env::var("CROSSWAY_SHARED") else {
        eprintln!("skipped: {name}: CROSSWAY_SHARED is not set");
        return None;
    };
    // A relative folder is meant from the root of the checkout, not from this crate.
    let shared = format!(
        "{}",
        std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../..")
            .join(shared)
            .display()
    );
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

pub(super) fn answered_names(response: &http::Response<Bytes>) -> BTreeSet<String> {
    names(response.headers().keys().map(http::HeaderName::as_str))
}

pub(super) fn recorded_names(headers: &Value) -> BTreeSet<String> {
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
        client_certificate_id: None,
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
