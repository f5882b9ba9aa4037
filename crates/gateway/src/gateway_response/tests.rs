//! Row by row: type, status, error type and exact body of every gateway response.
#![allow(clippy::unwrap_used)]
use super::*;
use crate::fault::Backend;
use crate::ids::RequestIds;
use crate::request::Origin;
use ports::RequestFacts;

const INTERNAL: &str = "InternalServerErrorException";

fn inbound(accept: Option<&str>) -> Inbound {
    let header = accept.map(|accept| ("Accept".to_owned(), vec![accept.to_owned()]));
    Inbound {
        ids: RequestIds {
            request_id: "r-1".into(),
            extended_request_id: "x=".into(),
            trace_root: "Root=1-a-b".into(),
        },
        api_id: "abc".into(),
        stage: "test".into(),
        verb: "GET".into(),
        path: "/".into(),
        request_path: "/test/".into(),
        params: mapping::Params {
            header: header.into_iter().collect(),
            ..mapping::Params::default()
        },
        raw_query: String::new(),
        is_spelled: true,
        body: Bytes::new(),
        is_body_too_large: false,
        head_bytes: 0,
        domain_name: "h".into(),
        source_ip: "127.0.0.1".into(),
        received_ms: 0,
        named_endpoint: None,
        vpc_endpoint: None,
        facts: RequestFacts::default(),
        origin: Origin::Test,
        api_key: std::sync::OnceLock::new(),
    }
}

fn built_in_answer(fault: &Fault) -> Answer {
    let inbound = inbound(None);
    let surroundings = Surroundings {
        inbound: &inbound,
        custom: None,
    };
    render(fault, &surroundings, ContextVariables::default)
}

fn check(fault: Fault, kind: &str, status: u16, error_type: &str, body: &str) {
    assert_eq!(type_and_status(&fault), (kind, status), "{fault:?}");
    let answer = built_in_answer(&fault);
    assert_eq!(answer.status, status, "{fault:?}");
    assert_eq!(answer.body, body, "{fault:?}");
    let header = answer
        .headers
        .iter()
        .find(|(name, _)| name == "x-amzn-ErrorType");
    assert_eq!(header.unwrap().1, error_type, "{fault:?}");
}

#[test]
fn refusals_of_callers() {
    let denied = "MissingAuthenticationTokenException";
    let body = "{\"message\":\"Missing Authentication Token\"}";
    let kind = "MISSING_AUTHENTICATION_TOKEN";
    check(Fault::MissingAuthenticationToken, kind, 403, denied, body);
    let body = "{\"message\":\"Forbidden\"}";
    check(Fault::UnknownApi, "", 403, "ForbiddenException", body);
    check(
        Fault::InvalidApiKey,
        "INVALID_API_KEY",
        403,
        "ForbiddenException",
        body,
    );
    let denied = Fault::AccessDenied("User: x".into());
    let body = "{\"Message\":\"User: x\"}";
    check(denied, "ACCESS_DENIED", 403, "AccessDeniedException", body);
    let expired = "{\"message\":\"The security token included in the request is expired\"}";
    check(
        Fault::ExpiredToken,
        "EXPIRED_TOKEN",
        403,
        "ExpiredTokenException",
        expired,
    );
    let invalid = "{\"message\":\"The security token included in the request is invalid.\"}";
    let error = "UnrecognizedClientException";
    check(
        Fault::InvalidToken,
        "INVALID_SIGNATURE",
        403,
        error,
        invalid,
    );
    let signature = Fault::InvalidSignature("a\n'b'".into());
    let body = "{\"message\":\"a\\n'b'\"}";
    check(
        signature,
        "INVALID_SIGNATURE",
        403,
        "InvalidSignatureException",
        body,
    );
    let incomplete = Fault::IncompleteSignature("a".into());
    let error = "IncompleteSignatureException";
    check(
        incomplete,
        "INVALID_SIGNATURE",
        403,
        error,
        "{\"message\":\"a\"}",
    );
    let error = "AuthorizerConfigurationException";
    let kind = "AUTHORIZER_CONFIGURATION_ERROR";
    check(
        Fault::AuthorizerConfiguration,
        kind,
        500,
        error,
        "{\"message\":null}",
    );
}

#[test]
fn throttled_requests() {
    let body = "{\"message\":\"Too Many Requests\"}";
    assert_eq!(body.len(), 31);
    check(
        Fault::Throttled,
        "THROTTLED",
        429,
        "TooManyRequestsException",
        body,
    );
}

#[test]
fn refusals_of_requests() {
    let missing = Fault::BadParameters(vec!["x-header-param".into(), "qs1".into()]);
    let body = "{\"message\": \"Missing required request parameters: [x-header-param, qs1]\"}";
    check(
        missing,
        "BAD_REQUEST_PARAMETERS",
        400,
        "BadRequestException",
        body,
    );
    let body = "{\"message\":\"Unsupported Media Type\"}";
    let kind = "UNSUPPORTED_MEDIA_TYPE";
    check(
        Fault::UnsupportedMediaType,
        kind,
        415,
        "BadRequestException",
        body,
    );
    let body = "{\"message\": \"Request Too Long\"}";
    let error = "BadRequestException";
    check(Fault::EventTooLarge, "DEFAULT_4XX", 413, error, body);
    let body = "HTTP content length exceeded 10485760 bytes.";
    let error = "RequestTooLargeException";
    check(
        Fault::RequestTooLarge,
        "REQUEST_TOO_LARGE",
        413,
        error,
        body,
    );
    let body = "{\"message\":\"Request-URI Too Long\"}";
    check(
        Fault::UriTooLong,
        "DEFAULT_4XX",
        414,
        "RequestUriTooLongException",
        body,
    );
}

#[test]
fn failures_of_backends() {
    let body = "{\"message\": \"Internal server error\"}";
    assert_eq!(body.len(), 36);
    check(
        Fault::Configuration,
        "API_CONFIGURATION_ERROR",
        500,
        INTERNAL,
        body,
    );
    for backend in [Backend::Lambda, Backend::Http] {
        let failure = Fault::IntegrationFailure(backend);
        check(failure, "INTEGRATION_FAILURE", 500, INTERNAL, body);
        let timeout = Fault::IntegrationTimeout(backend);
        let body = "{\"message\": \"Endpoint request timed out\"}";
        assert_eq!(body.len(), 41);
        check(timeout, "INTEGRATION_TIMEOUT", 504, INTERNAL, body);
    }
    check(
        Fault::BadIntegrationResponse,
        "INTEGRATION_FAILURE",
        502,
        INTERNAL,
        body,
    );
    let body = "{\"message\": \"Network error communicating with endpoint\"}";
    check(
        Fault::NetworkError,
        "INTEGRATION_FAILURE",
        504,
        INTERNAL,
        body,
    );
}

#[test]
fn traces_are_shown_once_a_function_was_involved() {
    let has_trace = |fault: &Fault| {
        let answer = built_in_answer(fault);
        answer
            .headers
            .iter()
            .any(|(name, value)| name == "X-Amzn-Trace-Id" && value == "Root=1-a-b")
    };
    for fault in [
        Fault::IntegrationFailure(Backend::Lambda),
        Fault::IntegrationTimeout(Backend::Lambda),
        Fault::BadIntegrationResponse,
    ] {
        assert!(has_trace(&fault), "{fault:?}");
    }
    for fault in [
        Fault::IntegrationFailure(Backend::Http),
        Fault::Configuration,
        Fault::MissingAuthenticationToken,
    ] {
        assert!(!has_trace(&fault), "{fault:?}");
    }
}

fn response(kind: &str, status: Option<&str>, parameters: &[(&str, &str)]) -> GatewayResponse {
    GatewayResponse {
        response_type: kind.into(),
        status_code: status.map(str::to_owned),
        response_parameters: parameters
            .iter()
            .map(|(name, source)| (format!("gatewayresponse.header.{name}"), (*source).into()))
            .collect(),
        response_templates: Vec::new(),
    }
}

fn customised_answer(
    responses: Vec<GatewayResponse>,
    fault: &Fault,
    accept: Option<&str>,
) -> Answer {
    let responses = responses
        .into_iter()
        .map(|response| (response.response_type.clone(), response))
        .collect();
    let custom = CustomResponses::compile(&responses);
    let inbound = inbound(accept);
    let variables = BTreeMap::from([("v".to_owned(), "stage value".to_owned())]);
    let surroundings = Surroundings {
        inbound: &inbound,
        custom: Some((&custom, &variables)),
    };
    render(fault, &surroundings, || ContextVariables {
        request_id: Some("r-1".into()),
        ..ContextVariables::default()
    })
}

fn value<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    let mut found = answer.headers.iter();
    let line = found.find(|(known, _)| known.eq_ignore_ascii_case(name));
    line.map(|(_, value)| value.as_str())
}

#[test]
fn own_type_goes_before_the_class() {
    let responses = vec![
        response("DEFAULT_4XX", Some("418"), &[]),
        response("ACCESS_DENIED", Some("404"), &[]),
    ];
    let denied = Fault::AccessDenied("no".into());
    let answer = customised_answer(responses.clone(), &denied, None);
    assert_eq!(
        (answer.status, answer.body.as_ref()),
        (404, &b"{\"message\":\"no\"}"[..])
    );
    let answer = customised_answer(responses, &Fault::UnsupportedMediaType, None);
    assert_eq!(answer.status, 418);
}

#[test]
fn a_class_without_status_keeps_the_original_one() {
    let cors = [("Access-Control-Allow-Origin", "'*'")];
    let responses = vec![response("DEFAULT_5XX", None, &cors)];
    let answer = customised_answer(responses, &Fault::BadIntegrationResponse, None);
    assert_eq!(answer.status, 502);
    assert_eq!(value(&answer, "access-control-allow-origin"), Some("*"));
    assert_eq!(answer.body, "{\"message\":\"Internal server error\"}");
    assert_eq!(value(&answer, "x-amzn-ErrorType"), Some(INTERNAL));
}

#[test]
fn the_other_class_is_not_touched() {
    let responses = vec![response("DEFAULT_5XX", Some("599"), &[])];
    let answer = customised_answer(responses, &Fault::MissingAuthenticationToken, None);
    assert_eq!(answer.status, 403);
}

#[test]
fn too_large_requests_cannot_be_customised() {
    let responses = vec![response("REQUEST_TOO_LARGE", Some("400"), &[])];
    let answer = customised_answer(responses, &Fault::RequestTooLarge, None);
    assert_eq!(answer.status, 413);
}

#[test]
fn templates_replace_variables_and_are_chosen_by_accept() {
    let mut custom = response("MISSING_AUTHENTICATION_TOKEN", None, &[]);
    custom.response_templates = vec![
        (
            "application/json".into(),
            "{\"id\":\"$context.requestId\"}".into(),
        ),
        (
            "text/plain".into(),
            "$context.error.responseType: $stageVariables.v".into(),
        ),
    ];
    let fault = Fault::MissingAuthenticationToken;
    let answer = customised_answer(vec![custom.clone()], &fault, Some("text/plain"));
    assert_eq!(answer.body, "MISSING_AUTHENTICATION_TOKEN: stage value");
    assert_eq!(value(&answer, "content-type"), Some("text/plain"));
    let answer = customised_answer(vec![custom], &fault, Some("image/png"));
    assert_eq!(answer.body, "{\"id\":\"r-1\"}");
}

#[test]
fn headers_come_from_the_request_and_cannot_be_injected() {
    let parameters = [
        ("X-Id", "context.requestId"),
        ("X-Accept", "method.request.header.Accept"),
        ("X-Bad", "'a\r\nb: c'"),
        ("Content-Type", "'text/x'"),
    ];
    let responses = vec![response("DEFAULT_4XX", None, &parameters)];
    let fault = Fault::MissingAuthenticationToken;
    let answer = customised_answer(responses, &fault, Some("a/b"));
    assert_eq!(value(&answer, "X-Id"), Some("r-1"));
    assert_eq!(value(&answer, "X-Accept"), Some("a/b"));
    assert_eq!(value(&answer, "X-Bad"), None);
    assert_eq!(value(&answer, "Content-Type"), Some("text/x"));
    let count = answer
        .headers
        .iter()
        .filter(|(name, _)| name == "Content-Type")
        .count();
    assert_eq!(count, 1);
}

#[test]
fn headers_that_frame_a_message_are_not_the_apis_to_set() {
    let parameters = [
        ("Content-Length", "'5'"),
        ("Transfer-Encoding", "'chunked'"),
        ("Connection", "'x'"),
        ("x-amzn-RequestId", "'other'"),
        ("WWW-Authenticate", "'Basic'"),
    ];
    let responses = vec![response("DEFAULT_4XX", None, &parameters)];
    let answer = customised_answer(responses, &Fault::MissingAuthenticationToken, None);
    for name in ["Content-Length", "Transfer-Encoding", "Connection"] {
        assert_eq!(value(&answer, name), None, "{name}");
    }
    let kept = value(&answer, "x-amzn-Remapped-Content-Length");
    assert_eq!(kept, Some("5"));
    assert_eq!(value(&answer, "x-amzn-RequestId"), Some("r-1"));
    assert_eq!(value(&answer, "WWW-Authenticate"), Some("Basic"));
}

#[test]
fn null_messages_are_null_in_templates_too() {
    let responses = vec![response("AUTHORIZER_CONFIGURATION_ERROR", None, &[])];
    let answer = customised_answer(responses, &Fault::AuthorizerConfiguration, None);
    assert_eq!(answer.body, "{\"message\":null}");
}
