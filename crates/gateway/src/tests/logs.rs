//! Execution logs and access logs.

use super::support::{API_ID, Sent, World, api, header, invoked, lambda, open};
use ports::{InvokeError, Invoked};
use restapi::{AccessLogSettings, IntegrationType, MethodSetting, Stage};

fn stage(key: &str, level: &str, data_trace_enabled: bool) -> Stage {
    let setting = MethodSetting {
        logging_level: Some(level.into()),
        data_trace_enabled,
        ..MethodSetting::default()
    };
    Stage {
        name: "test".into(),
        method_settings: [(key.to_owned(), setting)].into(),
        ..Stage::default()
    }
}

fn world(stage: Stage) -> World {
    let method = || open(lambda(IntegrationType::AwsProxy));
    World::with_stage(
        api(vec![("GET", "/", method()), ("GET", "/a/{b}", method())]),
        stage,
    )
}

fn missing_permission(_: &ports::Invocation) -> Result<Invoked, InvokeError> {
    Err(InvokeError {
        code: "AccessDeniedException",
        status: 403,
        message: "no".into(),
        reason: None,
    })
}

#[tokio::test]
async fn nothing_is_logged_unless_asked_for() {
    let world = world(Stage {
        name: "test".into(),
        ..Stage::default()
    });
    world.get("/").await;
    world.get("/nowhere").await;
    assert!(world.doubles.batches.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_whole_execution_reads_as_on_aws() {
    let world = world(stage("*/*", "INFO", true));
    let sent = Sent::new("GET", "/a/1?x=y").header("Authorization", "Bearer 0123456789");
    let response = world.send(sent).await;
    let id = header(&response, "x-amzn-requestid");
    {
        let batches = world.doubles.batches.lock().unwrap();
        assert_eq!(
            batches[0].target.group,
            format!("API-Gateway-Execution-Logs_{API_ID}/test")
        );
        assert_eq!(batches[0].target.account.as_str(), "111111111111");
        assert_eq!(batches[0].target.stream.len(), 32);
    }
    let prefix = format!("({id}) ");
    let lines: Vec<String> = world
        .lines()
        .iter()
        .map(|line| line.strip_prefix(&prefix).unwrap().to_owned())
        .collect();
    let uri = "https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/\
               arn:aws:lambda:us-east-1:222222222222:function:hello/invocations";
    let starts = [
        "Extended Request Id: ".to_owned(),
        format!("Verifying Usage Plan for request: {id}. API Key:  API Stage: {API_ID}/test"),
        "API Key  authorized because method 'GET /a/{b}' does not require API Key.".to_owned(),
        format!("Usage Plan check succeeded for API Key  and API Stage {API_ID}/test"),
        format!("Starting execution for request: {id}"),
        "HTTP Method: GET, Resource Path: /a/1".to_owned(),
        "Method request path: {b=1}".to_owned(),
        "Method request query string: {x=y}".to_owned(),
        "Method request headers: {Host=".to_owned(),
        "Method request body before transformations: ".to_owned(),
        format!("Endpoint request URI: {uri}"),
        "Endpoint request headers: {x-amzn-lambda-integration-tag=".to_owned(),
        "Endpoint request body after transformations: {\"resource\":\"/a/{b}\"".to_owned(),
        format!("Sending request to {uri}"),
        "Received response. Status: 200, Integration latency: 0 ms".to_owned(),
        "Endpoint response headers: {Content-Type=application/json".to_owned(),
        "Endpoint response body before transformations: {\"statusCode\":200".to_owned(),
        "Method response body after transformations: hi".to_owned(),
        "Method response headers: {Content-Type=application/json".to_owned(),
        "Successfully completed execution".to_owned(),
        "Method completed with status: 200".to_owned(),
        "AWS Integration Endpoint RequestId : lambda-request".to_owned(),
    ];
    assert_eq!(lines.len(), starts.len(), "{lines:#?}");
    for (line, start) in lines.iter().zip(&starts) {
        assert!(
            line.starts_with(start),
            "{line:?} should start with {start:?}"
        );
    }
    assert!(
        lines.iter().all(|line| !line.contains("0123456789")),
        "{lines:#?}"
    );
}

#[tokio::test]
async fn missing_permission_is_named() {
    let world = world(stage("*/*", "ERROR", false)).answers(missing_permission);
    world.get("/").await;
    let lines = world.lines();
    assert_eq!(lines.len(), 1, "{lines:?}");
    let expect =
        "Execution failed due to configuration error: Invalid permissions on Lambda function";
    assert!(lines[0].ends_with(expect), "{lines:?}");
}

#[tokio::test]
async fn failed_functions_are_named() {
    let world = world(stage("*/*", "ERROR", false)).answers(|_| {
        Ok(Invoked {
            function_error: Some("Unhandled"),
            ..invoked("{\"errorMessage\":\"boom\"}")
        })
    });
    world.get("/").await;
    let expect = "Lambda execution failed with status 200 due to customer function error: boom. \
                  Lambda request id: lambda-request";
    assert!(world.lines()[0].ends_with(expect), "{:?}", world.lines());
}

#[tokio::test]
async fn malformed_answers_and_throttling_are_named() {
    let world = world(stage("*/*", "ERROR", false)).answers_payload("1");
    world.get("/").await;
    let expect = "Execution failed due to configuration error: Malformed Lambda proxy response";
    assert!(world.lines()[0].ends_with(expect), "{:?}", world.lines());
    let world = self::world(stage("*/*", "ERROR", false)).answers(|_| {
        Err(InvokeError {
            code: "TooManyRequestsException",
            status: 429,
            message: "Rate Exceeded.".into(),
            reason: Some("ReservedFunctionConcurrentInvocationLimitExceeded"),
        })
    });
    world.get("/").await;
    let lines = world.lines();
    assert!(lines[0].contains("Lambda invocation failed with status: 429. Lambda request id: "));
    let expect = "Execution failed due to configuration error: Rate Exceeded.";
    assert!(lines[1].ends_with(expect), "{lines:?}");
}

#[tokio::test]
async fn a_methods_own_setting_goes_before_the_stages() {
    let mut mixed = stage("*/*", "OFF", false);
    let own = stage("a~1{b}/GET", "INFO", false);
    mixed.method_settings.extend(own.method_settings);
    let world = world(mixed);
    world.get("/").await;
    assert!(world.lines().is_empty());
    world.get("/a/1").await;
    let lines = world.lines();
    assert!(!lines.is_empty());
    assert!(
        lines
            .iter()
            .all(|line| !line.contains("Method request headers")),
        "{lines:?}"
    );
}

#[tokio::test]
async fn access_logs_have_the_stages_format() {
    let access_log = AccessLogSettings {
        format: Some(
            "$context.requestId $context.httpMethod $context.resourcePath $context.status \
             $context.responseLength $context.integration.requestId $context.error.responseType \
             $context.identity.user"
                .into(),
        ),
        destination_arn: Some("arn:aws:logs:us-east-1:111111111111:log-group:access:*".into()),
    };
    let world = world(Stage {
        name: "test".into(),
        access_log: Some(access_log),
        ..Stage::default()
    });
    let id = |response: &http::Response<_>| {
        let value = response.headers()["x-amzn-requestid"].to_str().unwrap();
        value.to_owned()
    };
    let good = id(&world.get("/a/1").await);
    let missed = id(&world.get("/nowhere").await);
    let expect = [
        format!("{good} GET /a/{{b}} 200 2 lambda-request - -"),
        format!("{missed} GET - 403 42 - MISSING_AUTHENTICATION_TOKEN -"),
    ];
    assert_eq!(world.lines(), expect);
    let batches = world.doubles.batches.lock().unwrap();
    assert!(batches.iter().all(|batch| batch.target.group == "access"));
}

/// In a build for tests, each variable that is read where it lies is compared with that of a whole
/// `$context`; this asks for all of them.
#[tokio::test]
async fn variables_at_hand_are_those_of_the_whole_context() {
    let names = "accountId apiId deploymentId domainName extendedRequestId httpMethod identity.sourceIp \
        identity.userAgent path protocol requestId requestTime requestTimeEpoch resourceId resourcePath \
        stage status responseLatency responseLength integrationLatency integration.latency \
        integrationStatus integration.integrationStatus integration.status identity.accountId \
        identity.caller identity.user identity.userArn authorizer.principalId error.message \
        error.messageString error.responseType";
    let words: Vec<String> = names
        .split_whitespace()
        .map(|name| format!("$context.{name}"))
        .collect();
    let access_log = AccessLogSettings {
        format: Some(words.join("|")),
        destination_arn: Some("arn:aws:logs:us-east-1:111111111111:log-group:access".into()),
    };
    let world = world(Stage {
        name: "test".into(),
        access_log: Some(access_log),
        ..Stage::default()
    });
    for path in ["/a/1", "/nowhere"] {
        world
            .send(Sent::new("GET", path).header("User-Agent", "me"))
            .await;
    }
    for line in world.lines() {
        let values: Vec<&str> = line.split('|').collect();
        assert_eq!(values.len(), words.len(), "{line}");
        assert_eq!((values[0], values[7]), ("111111111111", "me"), "{line}");
    }
}

#[tokio::test]
async fn access_logs_to_other_places_are_not_written() {
    for arn in [
        "arn:aws:firehose:us-east-1:111111111111:deliverystream/x",
        "arn:aws:logs:us-east-1:222222222222:log-group:/theirs",
        "nonsense",
    ] {
        let access_log = AccessLogSettings {
            format: Some("$context.requestId".into()),
            destination_arn: Some(arn.into()),
        };
        let world = world(Stage {
            name: "test".into(),
            access_log: Some(access_log),
            ..Stage::default()
        });
        world.get("/").await;
        assert!(world.lines().is_empty(), "{arn}");
    }
}
