//! CloudWatch Logs over JSON 1.1.
#![allow(clippy::unwrap_used)]

mod common;

use api::logs;
use common::{Request, body, header, refusal};
use serde_json::json;
use smithy::{Read as _, ServiceError, Write as _};

fn call(operation: &str) -> Request {
    Request::new("POST", "/").header("X-Amz-Target", &format!("Logs_20140328.{operation}"))
}

#[test]
fn the_target_names_the_operation() {
    let request =
        call("CreateLogGroup").json(json!({"logGroupName": "/aws/lambda/f", "tags": {"a": "b"}}));
    let (operation, input) = request.decode(logs::SERVICE).unwrap();
    assert_eq!(operation.name, "CreateLogGroup");
    let input = logs::CreateLogGroupRequest::read(Some(input));
    assert_eq!(input.log_group_name, "/aws/lambda/f");
    assert_eq!(input.tags.unwrap().get("a").map(String::as_str), Some("b"));
}

#[test]
fn another_target_has_no_operation() {
    for target in [
        "",
        "CreateLogGroup",
        "Other.CreateLogGroup",
        "Logs_20140328.",
        "Logs_20140328.Fly",
    ] {
        let request = Request::new("POST", "/").header("X-Amz-Target", target);
        let error = request.find(logs::SERVICE).unwrap_err();
        assert_eq!(error.code(), "UnknownOperationException", "{target}");
        assert_eq!(smithy::encode_error(logs::SERVICE, &error, "i").status, 400);
    }
}

#[test]
fn an_empty_body_is_an_empty_input() {
    assert!(call("DescribeLogGroups").decode(logs::SERVICE).is_ok());
    assert!(
        call("DescribeLogGroups")
            .body(b"{}")
            .decode(logs::SERVICE)
            .is_ok()
    );
    assert_eq!(
        refusal(call("CreateLogGroup").decode(logs::SERVICE)),
        "ValidationException: 1 validation error detected: Value null at 'logGroupName' failed to satisfy constraint: Member must \
         not be null"
    );
}

#[test]
fn elements_of_lists_are_named_by_number() {
    let request = call("PutLogEvents").json(json!({
        "logGroupName": "g", "logStreamName": "s",
        "logEvents": [{"timestamp": 1, "message": "m"}, {"timestamp": -1, "message": ""}, null],
    }));
    assert_eq!(
        refusal(request.decode(logs::SERVICE)),
        "ValidationException: 3 validation errors detected: Value '-1' at 'logEvents.2.member.timestamp' failed to satisfy \
         constraint: Member must have value greater than or equal to 0; Value '' at 'logEvents.2.member.message' failed to satisfy \
         constraint: Member must have length greater than or equal to 1; Value null at 'logEvents.3.member' failed to satisfy \
         constraint: Member must not be null"
    );
}

#[test]
fn a_list_keeps_to_its_bound() {
    let events = |count| {
        let event = json!({"timestamp": 1, "message": "m"});
        call("PutLogEvents").json(
            json!({"logGroupName": "g", "logStreamName": "s", "logEvents": vec![event; count]}),
        )
    };
    assert!(events(10_000).decode(logs::SERVICE).is_ok());
    let text = refusal(events(10_001).decode(logs::SERVICE));
    assert!(text.ends_with("at 'logEvents' failed to satisfy constraint: Member must have length less than or equal to 10000"));
}

#[test]
fn a_hostile_list_makes_a_bounded_message() {
    let event = json!({"timestamp": -1, "message": ""});
    let request = call("PutLogEvents")
        .json(json!({"logGroupName": "g", "logStreamName": "s", "logEvents": vec![event; 9_000]}));
    assert!(refusal(request.decode(logs::SERVICE)).len() < 100_000);
}

#[test]
fn answers_and_errors_are_json() {
    let operation = logs::SERVICE.operation("DescribeLogGroups").unwrap();
    let group = logs::LogGroup {
        log_group_name: Some("g".into()),
        stored_bytes: Some(0),
        ..Default::default()
    };
    let output = logs::DescribeLogGroupsResponse {
        log_groups: Some(vec![group]),
        ..Default::default()
    };
    let reply = smithy::encode(logs::SERVICE, operation, output.write().unwrap(), "the-id");
    assert_eq!(
        body(&reply),
        json!({"logGroups": [{"logGroupName": "g", "storedBytes": 0}]})
    );
    assert_eq!(
        header(&reply, "Content-Type"),
        Some("application/x-amz-json-1.1")
    );
    assert_eq!(header(&reply, "x-amzn-RequestId"), Some("the-id"));

    let operation = logs::SERVICE.operation("CreateLogGroup").unwrap();
    let reply = smithy::encode(
        logs::SERVICE,
        operation,
        logs::CreateLogGroupOutput::default().write().unwrap(),
        "i",
    );
    assert_eq!((reply.status, reply.body.len()), (200, 0));

    let error = ServiceError::new(
        "ResourceNotFoundException",
        "The specified log group does not exist.",
    );
    let reply = smithy::encode_error(logs::SERVICE, &error, "i");
    assert_eq!(reply.status, 400);
    assert_eq!(
        body(&reply),
        json!({"__type": "ResourceNotFoundException", "message": "The specified log group does not exist."})
    );
    for (code, status) in [
        ("InvalidSignatureException", 400),
        ("NotImplemented", 501),
        ("InternalFailure", 500),
    ] {
        assert_eq!(
            smithy::encode_error(logs::SERVICE, &ServiceError::new(code, "m"), "i").status,
            status
        );
    }
}
