//! Gateway responses and validation through the whole pipeline.

use super::support::{Sent, World, api, header, integration, lambda, mock, open, shown};
use restapi::{
    GatewayResponse, IntegrationType, Method, MethodSetting, RequestValidator, RestApi, Stage,
};

fn validated(parameters: &[(&str, bool)], validates_parameters: bool) -> RestApi {
    let method = Method {
        request_validator_id: Some("v".into()),
        request_parameters: parameters
            .iter()
            .map(|(name, required)| (format!("method.request.{name}"), *required))
            .collect(),
        ..open(lambda(IntegrationType::AwsProxy))
    };
    let mut api = api(vec![("GET", "/{id}", method)]);
    let validator = RequestValidator {
        id: "v".into(),
        name: "v".into(),
        validates_body: true,
        validates_parameters,
    };
    api.validators.insert("v".into(), validator);
    api
}

#[tokio::test]
async fn missing_parameters_are_listed_by_their_full_key() {
    let parameters = [
        ("querystring.qs1", true),
        ("header.x-header-param", true),
        ("querystring.optional", false),
        ("path.id", true),
    ];
    let world = World::new(validated(&parameters, true));
    let response = world.get("/1").await;
    let body = "{\"message\": \"Missing required request parameters: [x-header-param, qs1]\"}";
    assert_eq!(shown(&response), (400, body.to_owned()));
    assert_eq!(header(&response, "x-amzn-errortype"), "BadRequestException");
    let sent = Sent::new("GET", "/1?qs1=a").header("x-header-param", "b");
    assert_eq!(world.send(sent).await.status(), 200);
}

#[tokio::test]
async fn blank_values_are_missing() {
    let world = World::new(validated(&[("querystring.q", true)], true));
    for (query, status) in [("", 400), ("?q=", 400), ("?q=+", 400), ("?q=a", 200)] {
        assert_eq!(
            world.get(&format!("/1{query}")).await.status(),
            status,
            "{query}"
        );
    }
}

#[tokio::test]
async fn header_names_count_with_their_case_where_it_is_known() {
    let world = World::new(validated(&[("header.X-Id", true)], true));
    let sent = || Sent::new("GET", "/1").header("x-id", "1");
    assert_eq!(world.send(sent()).await.status(), 400);
    assert_eq!(world.send(sent().unspelled()).await.status(), 200);
    let sent = Sent::new("GET", "/1").header("X-Id", "1");
    assert_eq!(world.send(sent).await.status(), 200);
}

#[tokio::test]
async fn parameters_are_checked_only_when_the_validator_says_so() {
    let world = World::new(validated(&[("querystring.q", true)], false));
    assert_eq!(world.get("/1").await.status(), 200);
}

#[tokio::test]
async fn too_large_bodies_are_413() {
    let mut api = api(vec![("POST", "/", open(lambda(IntegrationType::AwsProxy)))]);
    let custom = GatewayResponse {
        response_type: "DEFAULT_4XX".into(),
        status_code: Some("400".into()),
        ..GatewayResponse::default()
    };
    api.gateway_responses.insert("DEFAULT_4XX".into(), custom);
    let world = World::new(api);
    let response = world
        .send(Sent::new("POST", "/").with_body_too_large())
        .await;
    let body = "HTTP content length exceeded 10485760 bytes.";
    assert_eq!(header(&response, "content-type"), "text; charset=utf-8");
    assert_eq!(shown(&response), (413, body.to_owned()));
    assert_eq!(
        header(&response, "x-amzn-errortype"),
        "RequestTooLargeException"
    );
}

#[tokio::test]
async fn customised_responses_see_the_request() {
    let mut api = api(vec![("GET", "/x", open(mock("x")))]);
    let custom = GatewayResponse {
        response_type: "MISSING_AUTHENTICATION_TOKEN".into(),
        status_code: Some("404".into()),
        response_parameters: [(
            "gatewayresponse.header.X-Path".to_owned(),
            "context.path".to_owned(),
        )]
        .into(),
        response_templates: vec![(
            "application/json".into(),
            "{\"no\":\"$context.httpMethod $context.path\",\"m\":$context.error.messageString}"
                .into(),
        )],
    };
    api.gateway_responses
        .insert(custom.response_type.clone(), custom);
    let response = World::new(api).get("/y").await;
    let body = "{\"no\":\"GET /test/y\",\"m\":\"Missing Authentication Token\"}";
    assert_eq!(shown(&response), (404, body.to_owned()));
    assert_eq!(header(&response, "x-path"), "/test/y");
}

#[tokio::test]
async fn unfinished_methods_are_500() {
    let method = Method {
        authorization_type: "NONE".into(),
        ..Method::default()
    };
    let response = World::new(api(vec![("GET", "/", method)])).get("/").await;
    let body = "{\"message\": \"Internal server error\"}";
    assert_eq!(shown(&response), (500, body.to_owned()));
}

#[tokio::test]
async fn mocks_without_a_status_are_500() {
    let mut mock = mock("x");
    mock.request_templates = vec![("application/json".into(), "{}".into())];
    let response = World::new(api(vec![("GET", "/", open(mock))]))
        .get("/")
        .await;
    assert_eq!(response.status(), 500);
    let bare = integration(IntegrationType::Mock, None);
    let response = World::new(api(vec![("GET", "/", open(bare))]))
        .get("/")
        .await;
    assert_eq!(response.status(), 500);
}

#[tokio::test]
async fn unsupported_media_types() {
    let mut mock = mock("x");
    mock.passthrough_behavior = "NEVER".into();
    let world = World::new(api(vec![("POST", "/", open(mock))]));
    let sent = Sent::new("POST", "/").header("Content-Type", "text/plain");
    let response = world.send(sent).await;
    let body = "{\"message\":\"Unsupported Media Type\"}";
    assert_eq!(shown(&response), (415, body.to_owned()));
    assert_eq!(header(&response, "x-amzn-errortype"), "BadRequestException");
    let sent = Sent::new("POST", "/").header("Content-Type", "application/json; charset=utf-8");
    assert_eq!(world.send(sent).await.status(), 200);
}

#[tokio::test]
async fn methods_called_too_often_are_429() {
    let limit = MethodSetting {
        throttling_rate_limit: 1.0,
        throttling_burst_limit: 2,
        logging_level: Some("INFO".into()),
        ..MethodSetting::default()
    };
    let stage = Stage {
        name: "test".into(),
        method_settings: [("*/*".to_owned(), limit)].into(),
        ..Stage::default()
    };
    let method = || open(lambda(IntegrationType::AwsProxy));
    let both = api(vec![("GET", "/a", method()), ("GET", "/b", method())]);
    let world = World::with_stage(both, stage);
    for path in ["/a", "/b"] {
        assert_eq!(world.get(path).await.status(), 200, "{path}");
        assert_eq!(world.get(path).await.status(), 200, "{path}");
        let response = world.get(path).await;
        let body = "{\"message\":\"Too Many Requests\"}";
        assert_eq!(shown(&response), (429, body.to_owned()), "{path}");
        assert_eq!(
            header(&response, "x-amzn-errortype"),
            "TooManyRequestsException"
        );
        assert!(!response.headers().contains_key("retry-after"));
    }
    let lines = world.lines();
    let tail: Vec<&str> = lines[lines.len() - 3..]
        .iter()
        .map(|line| line.split_once(") ").unwrap().1)
        .collect();
    assert!(
        tail[0].starts_with("Verifying Usage Plan for request: "),
        "{tail:?}"
    );
    assert!(tail[1].starts_with("Key throttle limit exceeded for RestApi abc123defg, Stage test"));
    assert!(
        tail[1].ends_with("HttpMethod GET. Limit: 1.00 Burst: 2"),
        "{tail:?}"
    );
    assert_eq!(tail[2], "Method completed with status: 429");
}
