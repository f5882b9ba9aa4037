//! Lambda integrations: the event, who calls, what refusals and answers become.

use super::support::{
    API_ID, FUNCTION, NOW_MS, Sent, World, api, header, invoked, lambda, lambda_uri, open, shown,
};
use bytes::Bytes;
use ports::{Caller, InvocationType, InvokeError, Invoked};
use restapi::{Integration, IntegrationResponse, IntegrationType, Method, RestApi, Stage};
use serde_json::{Value, json};

fn error(code: &'static str, status: u16) -> InvokeError {
    InvokeError {
        code,
        status,
        message: "no".into(),
        reason: None,
    }
}

fn proxy_at(path: &str) -> RestApi {
    api(vec![("ANY", path, open(lambda(IntegrationType::AwsProxy)))])
}

#[tokio::test]
async fn the_event_has_awss_keys_in_awss_order() {
    let world = World::proxy();
    let response = world.get("/").await;
    assert_eq!(shown(&response), (200, "hi".to_owned()));
    let payload = world.doubles.invocations.lock().unwrap()[0]
        .payload
        .bytes()
        .clone();
    let request_id = header(&response, "x-amzn-requestid");
    let extended = header(&response, "x-amz-apigw-id");
    let event = String::from_utf8(payload.to_vec()).unwrap();
    let trace = serde_json::from_slice::<Value>(&payload).unwrap()["headers"]["X-Amzn-Trace-Id"]
        .as_str()
        .unwrap()
        .to_owned();
    let host = format!("{API_ID}.execute-api.us-east-1.localhost:4566");
    let expect = format!(
        "{{\"resource\":\"/\",\"path\":\"/\",\"httpMethod\":\"GET\",\
         \"headers\":{{\"Host\":\"{host}\",\"X-Amzn-Trace-Id\":\"{trace}\",\
         \"X-Forwarded-For\":\"127.0.0.1\",\"X-Forwarded-Port\":\"443\",\
         \"X-Forwarded-Proto\":\"https\"}},\
         \"multiValueHeaders\":{{\"Host\":[\"{host}\"],\"X-Amzn-Trace-Id\":[\"{trace}\"],\
         \"X-Forwarded-For\":[\"127.0.0.1\"],\"X-Forwarded-Port\":[\"443\"],\
         \"X-Forwarded-Proto\":[\"https\"]}},\
         \"queryStringParameters\":null,\"multiValueQueryStringParameters\":null,\
         \"pathParameters\":null,\"stageVariables\":null,\
         \"requestContext\":{{\"resourceId\":\"root\",\"resourcePath\":\"/\",\
         \"httpMethod\":\"GET\",\"extendedRequestId\":\"{extended}\",\
         \"requestTime\":\"22/Nov/2026:11:56:06 +0000\",\"path\":\"/test/\",\
         \"accountId\":\"111111111111\",\"protocol\":\"HTTP/1.1\",\"stage\":\"test\",\
         \"domainPrefix\":\"{API_ID}\",\"requestTimeEpoch\":{NOW_MS},\
         \"requestId\":\"{request_id}\",\
         \"identity\":{{\"cognitoIdentityPoolId\":null,\"accountId\":null,\
         \"cognitoIdentityId\":null,\"caller\":null,\"sourceIp\":\"127.0.0.1\",\
         \"principalOrgId\":null,\"accessKey\":null,\"cognitoAuthenticationType\":null,\
         \"cognitoAuthenticationProvider\":null,\"userArn\":null,\"userAgent\":null,\
         \"user\":null}},\"domainName\":\"{API_ID}.execute-api.us-east-1.localhost\",\
         \"deploymentId\":\"dep123\",\"apiId\":\"{API_ID}\"}},\
         \"body\":null,\"isBase64Encoded\":false}}"
    );
    assert_eq!(event, expect);
}

#[tokio::test]
async fn headers_keep_their_spelling_and_their_last_value() {
    let world = World::proxy();
    let sent = Sent::new("GET", "/")
        .header("day", "Thursday")
        .header("X-MiXed", "1")
        .header("X-MiXed", "2")
        .header("Connection", "close")
        .header("TE", "trailers");
    world.send(sent).await;
    let event = world.event();
    assert_eq!(event["headers"]["day"], "Thursday");
    assert_eq!(event["headers"]["X-MiXed"], "2");
    assert_eq!(event["multiValueHeaders"]["X-MiXed"], json!(["1", "2"]));
    assert!(event["headers"].get("Connection").is_none());
    assert!(event["headers"].get("TE").is_none());
}

#[tokio::test]
async fn well_known_names_are_spelled_as_aws_does_over_http_2() {
    let world = World::proxy();
    let sent = Sent::new("GET", "/")
        .header("user-agent", "curl")
        .header("accept", "*/*")
        .header("x-custom", "1")
        .unspelled();
    world.send(sent).await;
    let event = world.event();
    let names: Vec<&String> = event["headers"].as_object().unwrap().keys().collect();
    let first: Vec<&str> = names.iter().take(4).map(|name| name.as_str()).collect();
    assert_eq!(first, ["Accept", "Host", "User-Agent", "X-Amzn-Trace-Id"]);
    assert_eq!(event["headers"]["x-custom"], "1");
    assert_eq!(event["requestContext"]["identity"]["userAgent"], "curl");
}

#[tokio::test]
async fn query_path_and_stage_variables() {
    let stage = Stage {
        name: "test".into(),
        variables: [("env".to_owned(), "prod".to_owned())].into(),
        ..Stage::default()
    };
    let world = World::with_stage(proxy_at("/a/{id}/{proxy+}"), stage);
    world
        .get("/a/test%2Balias%40x/b/c%2Fd/?q=1+2&q=%2B&e")
        .await;
    let event = world.event();
    assert_eq!(event["resource"], "/a/{id}/{proxy+}");
    assert_eq!(event["path"], "/a/test%2Balias%40x/b/c%2Fd/");
    let expect = json!({"id": "test%2Balias%40x", "proxy": "b/c%2Fd"});
    assert_eq!(event["pathParameters"], expect);
    assert_eq!(event["queryStringParameters"], json!({"q": "+", "e": ""}));
    let expect = json!({"q": ["1 2", "+"], "e": [""]});
    assert_eq!(event["multiValueQueryStringParameters"], expect);
    assert_eq!(event["stageVariables"], json!({"env": "prod"}));
    assert_eq!(event["requestContext"]["httpMethod"], "GET");
}

#[tokio::test]
async fn double_slashes_are_kept_in_the_request_context_only() {
    let world = World::new(proxy_at("/{proxy+}"));
    world.get("//proxy-value").await;
    let event = world.event();
    assert_eq!(event["path"], "/proxy-value");
    assert_eq!(event["requestContext"]["path"], "/test//proxy-value");
    world.get("/a//b/").await;
    let event = world.event();
    assert_eq!(event["pathParameters"]["proxy"], "a//b");
    assert_eq!(event["path"], "/a//b/");
}

#[tokio::test]
async fn bodies_are_text_or_base64_by_content_type() {
    let mut binary = proxy_at("/");
    binary.binary_media_types = vec!["image/*".into()];
    let world = World::new(binary);
    let post = |kind: &str, body: &'static [u8]| {
        let sent = Sent::new("POST", "/").header("Content-Type", kind);
        sent.body(Bytes::from_static(body))
    };
    world.send(post("image/png; x=y", b"\x01\xff")).await;
    let event = world.event();
    assert_eq!(
        (&event["body"], &event["isBase64Encoded"]),
        (&json!("Af8="), &json!(true))
    );
    world.send(post("text/plain", b"a\xff\"\n")).await;
    let event = world.event();
    let expect = (&json!("a\u{fffd}\"\n"), &json!(false));
    assert_eq!((&event["body"], &event["isBase64Encoded"]), expect);
    world.send(post("image/png", b"")).await;
    let event = world.event();
    assert_eq!(
        (&event["body"], &event["isBase64Encoded"]),
        (&json!(null), &json!(false))
    );
}

#[tokio::test]
async fn the_service_calls_for_the_configured_method() {
    let world = World::new(proxy_at("/pets/{id}"));
    world.get("/pets/1").await;
    let calls = world.doubles.invocations.lock().unwrap();
    let call = &calls[0];
    assert_eq!(call.function_arn, FUNCTION);
    assert_eq!(call.invocation_type, InvocationType::RequestResponse);
    let Caller::Service(service) = &call.caller else {
        unreachable!("the service calls");
    };
    assert_eq!(service.service, "apigateway.amazonaws.com");
    assert_eq!(service.source_account.as_str(), "111111111111");
    let expect = "arn:aws:execute-api:us-east-1:111111111111:abc123defg/test/ANY/pets/{id}";
    assert_eq!(service.source_arn.as_str(), expect);
    assert!(call.trace_id.as_deref().unwrap().starts_with("Root=1-"));
    assert_eq!(call.facts.source_ip, None);
}

#[tokio::test]
async fn another_regions_function_sees_its_own_region() {
    let mut integration = lambda(IntegrationType::AwsProxy);
    let function = "arn:aws:lambda:eu-west-1:222222222222:function:hello:live";
    integration.uri = Some(lambda_uri(function));
    let world = World::new(api(vec![("GET", "/", open(integration))]));
    world.get("/").await;
    let calls = world.doubles.invocations.lock().unwrap();
    assert_eq!(calls[0].function_arn, function);
    let Caller::Service(service) = &calls[0].caller else {
        unreachable!("the service calls");
    };
    let expect = "arn:aws:execute-api:eu-west-1:111111111111:abc123defg/test/GET/";
    assert_eq!(service.source_arn.as_str(), expect);
}

#[tokio::test]
async fn functions_named_by_stage_variables_are_found() {
    let mut integration = lambda(IntegrationType::AwsProxy);
    let function = "arn:aws:lambda:us-east-1:222222222222:function:${stageVariables.fn}";
    integration.uri = Some(lambda_uri(function));
    let stage = Stage {
        name: "test".into(),
        variables: [("fn".to_owned(), "hello:prod".to_owned())].into(),
        ..Stage::default()
    };
    let world = World::with_stage(api(vec![("GET", "/", open(integration))]), stage);
    world.get("/").await;
    let calls = world.doubles.invocations.lock().unwrap();
    assert_eq!(calls[0].function_arn, format!("{FUNCTION}:prod"));
}

#[tokio::test]
async fn missing_permission_is_awss_500() {
    for refusal in [
        error("AccessDeniedException", 403),
        error("ResourceNotFoundException", 404),
    ] {
        let world = World::proxy().answers(move |_| Err(refusal.clone()));
        let response = world.get("/").await;
        let body = "{\"message\": \"Internal server error\"}";
        assert_eq!(shown(&response), (500, body.to_owned()));
        assert_eq!(
            header(&response, "x-amzn-errortype"),
            "InternalServerErrorException"
        );
        let trace = header(&response, "x-amzn-trace-id");
        assert!(
            trace.starts_with("Root=1-") && !trace.contains("Parent"),
            "{trace}"
        );
    }
}

#[tokio::test]
async fn throttled_functions_are_500_too() {
    let world = World::proxy().answers(|_| Err(error("TooManyRequestsException", 429)));
    let body = "{\"message\": \"Internal server error\"}";
    assert_eq!(shown(&world.get("/").await), (500, body.to_owned()));
}

#[tokio::test]
async fn events_over_lambdas_bound_are_413() {
    let world = World::proxy().answers(|_| Err(error("RequestEntityTooLargeException", 413)));
    let body = "{\"message\": \"Request Too Long\"}";
    assert_eq!(shown(&world.get("/").await), (413, body.to_owned()));
}

#[tokio::test]
async fn failed_functions_and_other_formats_are_502() {
    let failed = |_: &ports::Invocation| {
        Ok(Invoked {
            function_error: Some("Unhandled"),
            ..invoked("{\"errorMessage\":\"boom\"}")
        })
    };
    let body = "{\"message\": \"Internal server error\"}";
    let response = World::proxy().answers(failed).get("/").await;
    assert_eq!(shown(&response), (502, body.to_owned()));
    let response = World::proxy().answers_payload("\"text\"").get("/").await;
    assert_eq!(shown(&response), (502, body.to_owned()));
}

#[tokio::test]
async fn late_functions_are_504() {
    let mut integration = lambda(IntegrationType::AwsProxy);
    let function = "arn:aws:lambda:us-east-1:222222222222:function:endless";
    integration.uri = Some(lambda_uri(function));
    integration.timeout_ms = 50;
    let world = World::new(api(vec![("GET", "/", open(integration))]));
    let response = world.get("/").await;
    let body = "{\"message\": \"Endpoint request timed out\"}";
    assert_eq!(shown(&response), (504, body.to_owned()));
}

#[tokio::test]
async fn answers_carry_awss_headers() {
    let world = World::proxy();
    let response = world.get("/").await;
    assert_eq!(header(&response, "content-type"), "application/json");
    assert_eq!(
        header(&response, "x-amzn-trace-id"),
        "Root=1-a-b;Parent=c;Sampled=0"
    );
    let names: Vec<&str> = response
        .headers()
        .keys()
        .map(http::HeaderName::as_str)
        .collect();
    let expect = [
        "content-type",
        "x-amzn-requestid",
        "x-amz-apigw-id",
        "x-amzn-trace-id",
    ];
    assert_eq!(names, expect);
}

#[tokio::test]
async fn functions_headers_are_renamed_where_aws_does() {
    let world = World::proxy().answers_payload(
        "{\"headers\":{\"Content-Type\":\"text/plain\",\"www-authenticate\":\"Basic\",\
         \"Connection\":\"close\",\"Content-Length\":\"7\",\"Transfer-Encoding\":\"chunked\",\
         \"X-Amzn-RequestId\":\"mine\"}}",
    );
    let response = world.get("/").await;
    assert_eq!(header(&response, "content-type"), "text/plain");
    assert_eq!(
        header(&response, "x-amzn-remapped-www-authenticate"),
        "Basic"
    );
    assert_eq!(header(&response, "x-amzn-remapped-connection"), "close");
    assert_eq!(header(&response, "x-amzn-remapped-content-length"), "7");
    assert_eq!(
        header(&response, "x-amzn-remapped-x-amzn-requestid"),
        "mine"
    );
    assert_eq!(header(&response, "x-amzn-requestid").len(), 36);
    assert!(!response.headers().contains_key("transfer-encoding"));
}

#[tokio::test]
async fn headers_that_would_be_two_lines_are_502() {
    for payload in [
        "{\"headers\":{\"X-A\":\"b\\r\\nX-B: c\"}}",
        "{\"headers\":{\"X A\":\"b\"}}",
        "{\"multiValueHeaders\":{\"X-A\":[\"b\\u0000\"]}}",
    ] {
        let response = World::proxy().answers_payload(payload).get("/").await;
        assert_eq!(response.status(), 502, "{payload}");
    }
}

#[tokio::test]
async fn integrations_must_post() {
    let mut integration = lambda(IntegrationType::AwsProxy);
    integration.http_method = Some("GET".into());
    let world = World::new(api(vec![("GET", "/", open(integration))]));
    let body = "{\"message\": \"Internal server error\"}";
    assert_eq!(shown(&world.get("/").await), (500, body.to_owned()));
    assert!(world.doubles.invocations.lock().unwrap().is_empty());
}

async fn status_with_credentials(credentials: &str, method: impl Fn(&mut Method)) -> (u16, World) {
    let integration = Integration {
        credentials: Some(credentials.into()),
        ..lambda(IntegrationType::AwsProxy)
    };
    let mut root = open(integration);
    method(&mut root);
    let world = World::new(api(vec![("GET", "/", root)]));
    let status = world.get("/").await.status().as_u16();
    (status, world)
}

#[tokio::test]
async fn roles_call_as_their_session() {
    let role = "arn:aws:iam::111111111111:role/good";
    let (status, world) = status_with_credentials(role, |_| ()).await;
    assert_eq!(status, 200);
    let calls = world.doubles.invocations.lock().unwrap();
    let Caller::Principal(principal) = &calls[0].caller else {
        unreachable!("a session calls");
    };
    assert_eq!(principal.kind, policy::PrincipalKind::AssumedRole);
}

#[tokio::test]
async fn roles_that_cannot_be_assumed_are_500() {
    for credentials in [
        "arn:aws:iam::111111111111:role/other",
        "arn:aws:iam::222222222222:role/good",
        "arn:aws:iam::111111111111:user/ann",
        "nonsense",
        // The caller's credentials, but nobody signed.
        "arn:aws:iam::*:user/*",
    ] {
        let (status, world) = status_with_credentials(credentials, |_| ()).await;
        assert_eq!(status, 500, "{credentials}");
        assert!(world.doubles.invocations.lock().unwrap().is_empty());
    }
}

fn custom(responses: Vec<IntegrationResponse>) -> World {
    let mut integration = lambda(IntegrationType::Aws);
    for response in responses {
        integration
            .responses
            .insert(response.status_code.clone(), response);
    }
    World::new(api(vec![("POST", "/", open(integration))]))
}

fn response(status: &str, pattern: Option<&str>) -> IntegrationResponse {
    IntegrationResponse {
        status_code: status.into(),
        selection_pattern: pattern.map(str::to_owned),
        ..IntegrationResponse::default()
    }
}

#[tokio::test]
async fn custom_integrations_pass_the_body_and_choose_by_error_message() {
    let responses = || {
        vec![
            response("200", None),
            response("400", Some(".*four hundred.*")),
            response("404", Some("four hundred")),
        ]
    };
    let world = custom(responses()).answers_payload("\"Pass\"");
    let post = || Sent::new("POST", "/").body("{\"a\":1}");
    assert_eq!(
        shown(&world.send(post()).await),
        (200, "\"Pass\"".to_owned())
    );
    assert_eq!(world.event(), json!({"a": 1}));
    let payload = "{\"errorMessage\":\"Error: Raising four hundred from within\"}";
    let world = custom(responses()).answers(move |_| {
        Ok(Invoked {
            function_error: Some("Unhandled"),
            ..invoked(payload)
        })
    });
    assert_eq!(shown(&world.send(post()).await), (400, payload.to_owned()));
    // Without a failed function the error message means nothing.
    let world = custom(responses()).answers_payload(payload);
    assert_eq!(world.send(post()).await.status(), 200);
}

#[tokio::test]
async fn custom_integrations_without_a_fitting_response_are_500() {
    let world = custom(vec![response("400", Some("nothing"))]);
    assert_eq!(world.send(Sent::new("POST", "/")).await.status(), 500);
    assert_eq!(world.event(), json!({}));
}

#[tokio::test]
async fn events_that_lambda_cannot_read_choose_by_status() {
    let bad = error("InvalidRequestContentException", 400);
    let world = custom(vec![response("200", None)]).answers(move |_| Err(bad.clone()));
    let sent = Sent::new("POST", "/").body("no json");
    let expect = "{\"Type\":\"User\",\"message\":\"no\"}";
    assert_eq!(shown(&world.send(sent).await), (200, expect.to_owned()));
}

#[tokio::test]
async fn event_invocations_are_not_waited_for() {
    let mut integration = lambda(IntegrationType::Aws);
    let header = "integration.request.header.X-Amz-Invocation-Type";
    integration
        .request_parameters
        .insert(header.into(), "'Event'".into());
    integration
        .responses
        .insert("202".into(), response("202", None));
    let world = World::new(api(vec![("POST", "/", open(integration))]));
    let accepted = |_: &ports::Invocation| {
        Ok(Invoked {
            status: 202,
            ..invoked("")
        })
    };
    let world = world.answers(accepted);
    assert_eq!(
        shown(&world.send(Sent::new("POST", "/")).await),
        (202, String::new())
    );
    let calls = world.doubles.invocations.lock().unwrap();
    assert_eq!(calls[0].invocation_type, InvocationType::Event);
}

#[tokio::test]
async fn other_services_and_broken_uris_are_500() {
    for uri in [
        "arn:aws:apigateway:us-east-1:sns:action/Publish",
        "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/nonsense/invocations",
        "nonsense",
    ] {
        for kind in [IntegrationType::Aws, IntegrationType::AwsProxy] {
            let mut integration = lambda(kind);
            integration.uri = Some(uri.into());
            let world = World::new(api(vec![("GET", "/", open(integration))]));
            assert_eq!(world.get("/").await.status(), 500, "{uri}");
        }
    }
}
