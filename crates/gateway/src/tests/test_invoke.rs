//! TestInvokeMethod.

use super::support::{
    API_ID, FUNCTION, NOW_MS, World, api, lambda, lambda_uri, mock, open, principal,
};
use policy::PrincipalKind;
use ports::{Caller, InvokeError, RequestFacts, TestInvoke, TestRequest, TestResponse};
use restapi::{IntegrationType, Method, RestApi};
use serde_json::json;
use std::sync::Arc;

fn test(api: RestApi, resource_id: &str, verb: &str) -> TestRequest {
    TestRequest {
        api: Arc::new(api),
        resource_id: resource_id.into(),
        http_method: verb.into(),
        path_with_query: String::new(),
        headers: Vec::new(),
        body: String::new(),
        client_certificate_id: None,
        stage_variables: Default::default(),
        caller: Caller::Principal(principal("111111111111", PrincipalKind::User)),
        facts: RequestFacts {
            user_agent: Some("aws-cli".into()),
            now_ms: NOW_MS,
            ..RequestFacts::default()
        },
    }
}

fn proxy_api(path: &str) -> RestApi {
    // Neither authorizer nor API key is asked in a test.
    let method = Method {
        authorization_type: "CUSTOM".into(),
        api_key_required: true,
        ..open(lambda(IntegrationType::AwsProxy))
    };
    api(vec![("GET", path, method)])
}

/// Log lines without their dates, from the second on.
fn lines(response: &TestResponse) -> Vec<&str> {
    let lines = response.log.lines().skip(1);
    lines
        .map(|line| line.split_once(" : ").unwrap().1)
        .collect()
}

#[tokio::test]
async fn the_event_shows_the_tester() {
    let world = World::proxy();
    let response = world
        .gateway
        .test_invoke(test(proxy_api("/"), "root", "GET"))
        .await;
    assert_eq!((response.status, response.body.as_str()), (200, "hi"));
    let event = world.event();
    assert_eq!(event["headers"], json!(null));
    assert_eq!(event["multiValueHeaders"], json!(null));
    let context = &event["requestContext"];
    assert_eq!(context["stage"], "test-invoke-stage");
    assert_eq!(context["domainName"], "testPrefix.testDomainName");
    assert_eq!(context["domainPrefix"], "testPrefix");
    assert_eq!(context["path"], "/");
    let identity = &context["identity"];
    assert_eq!(identity["sourceIp"], "test-invoke-source-ip");
    assert_eq!(identity["apiKey"], "test-invoke-api-key");
    assert_eq!(identity["apiKeyId"], "test-invoke-api-key-id");
    assert_eq!(identity["accountId"], "111111111111");
    assert_eq!(identity["caller"], "AIDAEXAMPLE");
    assert_eq!(identity["userArn"], "arn:aws:iam::111111111111:user/ann");
    assert_eq!(identity["userAgent"], "aws-cli");
}

#[tokio::test]
async fn root_testers_are_their_account() {
    let mut request = test(proxy_api("/"), "root", "GET");
    request.caller = Caller::Principal(principal("111111111111", PrincipalKind::Root));
    let world = World::proxy();
    world.gateway.test_invoke(request).await;
    let identity = &world.event()["requestContext"]["identity"];
    assert_eq!(identity["caller"], "111111111111");
    assert_eq!(identity["user"], "111111111111");
}

#[tokio::test]
async fn the_source_arn_names_the_test_stage() {
    let world = World::proxy();
    world
        .gateway
        .test_invoke(test(proxy_api("/"), "root", "GET"))
        .await;
    let calls = world.doubles.invocations.lock().unwrap();
    let Caller::Service(service) = &calls[0].caller else {
        unreachable!("the service calls");
    };
    let expect = "arn:aws:execute-api:us-east-1:111111111111:abc123defg/test-invoke-stage/GET/";
    assert_eq!(service.source_arn.as_str(), expect);
}

#[tokio::test]
async fn path_query_headers_body_and_variables_are_taken() {
    let mut api = proxy_api("/pets/{id}");
    let resource = api.resource_by_path("/pets/{id}").unwrap().id.clone();
    let method = api
        .resources
        .get_mut(&resource)
        .unwrap()
        .methods
        .get_mut("GET")
        .unwrap();
    let function = "arn:aws:lambda:us-east-1:222222222222:function:${stageVariables.fn}";
    method.integration.as_mut().unwrap().uri = Some(lambda_uri(function));
    let mut request = test(api, &resource, "GET");
    request.path_with_query = "/pets/7?a=1&a=2".into();
    request.headers = vec![("X-A".into(), "1".into()), ("X-A".into(), "2".into())];
    request.body = "{}".into();
    request.stage_variables.insert("fn".into(), "hello".into());
    let world = World::proxy();
    world.gateway.test_invoke(request).await;
    let event = world.event();
    assert_eq!(event["path"], "/pets/7");
    assert_eq!(event["pathParameters"], json!({"id": "7"}));
    assert_eq!(
        event["multiValueQueryStringParameters"],
        json!({"a": ["1", "2"]})
    );
    assert_eq!(event["headers"], json!({"X-A": "2"}));
    assert_eq!(event["body"], "{}");
    assert_eq!(event["stageVariables"], json!({"fn": "hello"}));
    let calls = world.doubles.invocations.lock().unwrap();
    assert_eq!(calls[0].function_arn, FUNCTION);
}

#[tokio::test]
async fn the_log_reads_as_on_aws() {
    let world = World::proxy();
    let response = world
        .gateway
        .test_invoke(test(proxy_api("/"), "root", "GET"))
        .await;
    assert!(response.log.starts_with("Execution log for request "));
    assert!(
        response
            .log
            .contains("\nSun Nov 22 11:56:06 UTC 2026 : Starting execution")
    );
    assert!(response.log.ends_with('\n'));
    let uri = "https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/\
               arn:aws:lambda:us-east-1:222222222222:function:hello/invocations";
    let starts = [
        "Starting execution for request: ".to_owned(),
        "HTTP Method: GET, Resource Path: /".to_owned(),
        "Method request path: {}".to_owned(),
        "Method request query string: {}".to_owned(),
        "Method request headers: {}".to_owned(),
        "Method request body before transformations: ".to_owned(),
        format!("Endpoint request URI: {uri}"),
        "Endpoint request headers: {".to_owned(),
        "Endpoint request body after transformations: {\"resource\"".to_owned(),
        format!("Sending request to {uri}"),
        "Received response. Status: 200, Integration latency: 0 ms".to_owned(),
        "Endpoint response headers: {".to_owned(),
        "Endpoint response body before transformations: ".to_owned(),
        "Method response body after transformations: hi".to_owned(),
        "Method response headers: {X-Amzn-Trace-Id=Root=1-a-b;Parent=c;Sampled=0, \
         Content-Type=application/json}"
            .to_owned(),
        "Successfully completed execution".to_owned(),
        "Method completed with status: 200".to_owned(),
    ];
    let lines = lines(&response);
    assert_eq!(lines.len(), starts.len(), "{lines:#?}");
    for (line, start) in lines.iter().zip(&starts) {
        assert!(
            line.starts_with(start.as_str()),
            "{line:?} should start with {start:?}"
        );
    }
    let names: Vec<&str> = response
        .headers
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(names, ["X-Amzn-Trace-Id", "Content-Type"]);
}

#[tokio::test]
async fn missing_permission_ends_the_log() {
    let world = World::proxy().answers(|_| {
        Err(InvokeError {
            code: "AccessDeniedException",
            status: 403,
            message: "no".into(),
            reason: None,
        })
    });
    let response = world
        .gateway
        .test_invoke(test(proxy_api("/"), "root", "GET"))
        .await;
    assert_eq!(response.status, 500);
    assert_eq!(response.body, "{\"message\": \"Internal server error\"}");
    let lines = lines(&response);
    let tail = &lines[lines.len() - 3..];
    assert!(tail[0].starts_with("Sending request to https://lambda."));
    let expect =
        "Execution failed due to configuration error: Invalid permissions on Lambda function";
    assert_eq!(tail[1..], [expect, "Method completed with status: 500"]);
}

#[tokio::test]
async fn mocks_log_no_endpoint_and_answer_the_content_type_only() {
    let api = api(vec![("GET", "/", open(mock("{\"a\":1}")))]);
    let world = World::proxy();
    let response = world.gateway.test_invoke(test(api, "root", "GET")).await;
    assert_eq!(
        (response.status, response.body.as_str()),
        (200, "{\"a\":1}")
    );
    let expect = [("Content-Type".to_owned(), "application/json".to_owned())];
    assert_eq!(response.headers, expect);
    let lines = lines(&response);
    let expect = [
        "Method request body before transformations: ",
        "Method response body after transformations: {\"a\":1}",
        "Method response headers: {Content-Type=application/json}",
        "Successfully completed execution",
        "Method completed with status: 200",
    ];
    assert_eq!(lines[5..], expect);
}

#[tokio::test]
async fn any_is_tested_by_the_verb_that_it_covers() {
    let method = open(lambda(IntegrationType::AwsProxy));
    let world = World::proxy();
    let request = test(api(vec![("ANY", "/", method)]), "root", "PUT");
    assert_eq!(world.gateway.test_invoke(request).await.status, 200);
    assert_eq!(world.event()["httpMethod"], "PUT");
    let calls = world.doubles.invocations.lock().unwrap();
    let Caller::Service(service) = &calls[0].caller else {
        unreachable!("the service calls");
    };
    assert!(
        service
            .source_arn
            .as_str()
            .ends_with("/test-invoke-stage/ANY/")
    );
}

#[tokio::test]
async fn methods_that_do_not_exist_are_no_test() {
    let world = World::proxy();
    let response = world
        .gateway
        .test_invoke(test(proxy_api("/"), "root", "PUT"))
        .await;
    assert_eq!(response.status, 500);
    let request = test(proxy_api("/"), API_ID, "GET");
    assert_eq!(world.gateway.test_invoke(request).await.status, 500);
}
