//! API Gateway and Lambda over rest-json, with texts observed on AWS.
#![allow(clippy::unwrap_used)]

mod common;

use api::lambda::{
    AddPermissionRequest, CreateFunctionRequest, InvocationRequest, UntagResourceRequest,
};
use api::{apigateway, lambda};
use common::{Request, body, header, refusal};
use serde_json::json;
use smithy::{Read as _, ServiceError, Write as _};
use std::collections::BTreeMap;

const FUNCTIONS: &str = "/2015-03-31/functions";

#[test]
fn every_member_is_read_from_its_place() {
    let request = Request::new("POST", "/2015-03-31/functions/hello/policy")
        .query("Qualifier=live")
        .json(json!({"StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "*", "Unknown": [1]}));
    let (operation, input) = request.decode(lambda::SERVICE).unwrap();
    assert_eq!(operation.name, "AddPermission");
    let expected = AddPermissionRequest {
        function_name: "hello".into(),
        statement_id: "s".into(),
        action: "lambda:InvokeFunction".into(),
        principal: "*".into(),
        qualifier: Some("live".into()),
        ..Default::default()
    };
    assert_eq!(AddPermissionRequest::read(Some(input)), expected);
}

#[test]
fn an_encoded_arn_is_one_label() {
    let path = "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A222222222222%3Afunction%3Ahello/invocations";
    let request = Request::new("POST", path)
        .header("X-Amz-Log-Type", "Tail")
        .body(b"{}");
    let (_, input) = request.decode(lambda::SERVICE).unwrap();
    let input = InvocationRequest::read(Some(input));
    assert_eq!(
        input.function_name,
        "arn:aws:lambda:us-east-1:222222222222:function:hello"
    );
    assert_eq!(input.log_type.as_deref(), Some("Tail"));
    assert_eq!(input.payload.as_deref(), Some(&b"{}"[..]));
}

#[test]
fn a_slash_inside_a_label_stays_there() {
    let request = Request::new(
        "DELETE",
        "/2017-03-31/tags/arn%3Aaws%3Alambda%3Aus-east-1%3A111111111111%3Afunction%3Af",
    )
    .query("tagKeys=a&tagKeys=b%20c");
    let (_, input) = request.decode(lambda::SERVICE).unwrap();
    let input = UntagResourceRequest::read(Some(input));
    assert_eq!(input.tag_keys, ["a", "b c"]);

    let request = Request::new(
        "GET",
        "/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Frestapis%2Fabc",
    );
    let (_, input) = request.decode(apigateway::SERVICE).unwrap();
    let input = apigateway::GetTagsRequest::read(Some(input));
    assert_eq!(
        input.resource_arn,
        "arn:aws:apigateway:us-east-1::/restapis/abc"
    );
}

#[test]
fn query_literals_choose_the_operation() {
    for (query, expected) in [
        ("", "CreateRestApi"),
        (
            "mode=import&failonwarnings=true&basepath=prepend",
            "ImportRestApi",
        ),
        ("mode=other", "CreateRestApi"),
    ] {
        let request = Request::new("POST", "/restapis").query(query);
        assert_eq!(request.find(apigateway::SERVICE).unwrap().name, expected);
    }
    let path = "/2019-09-30/functions/f/provisioned-concurrency";
    for (query, expected) in [
        ("List=ALL", "ListProvisionedConcurrencyConfigs"),
        ("Qualifier=1", "GetProvisionedConcurrencyConfig"),
    ] {
        let request = Request::new("GET", path).query(query);
        assert_eq!(request.find(lambda::SERVICE).unwrap().name, expected);
    }
}

#[test]
fn a_query_map_takes_what_no_other_member_names() {
    let request = Request::new("POST", "/restapis")
        .query(
            "mode=import&failonwarnings=true&basepath=prepend&endpointConfigurationTypes=REGIONAL",
        )
        .body(b"swagger: '2.0'");
    let (_, input) = request.decode(apigateway::SERVICE).unwrap();
    let input = apigateway::ImportRestApiRequest::read(Some(input));
    assert_eq!(input.fail_on_warnings, Some(true));
    let expected = [
        ("basepath", "prepend"),
        ("endpointConfigurationTypes", "REGIONAL"),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(input.parameters, Some(BTreeMap::from(expected)));
    assert_eq!(&input.body[..], b"swagger: '2.0'");
}

#[test]
fn unknown_paths_and_verbs_have_no_operation() {
    for (method, path) in [
        ("GET", "/"),
        ("GET", "/nothing"),
        ("BREW", "/2015-03-31/functions"),
        ("GET", "/2015-03-31/functions/f/policy/sid/more"),
        ("GET", "/2015-03-31/functions//policy"),
    ] {
        let error = Request::new(method, path)
            .find(lambda::SERVICE)
            .unwrap_err();
        assert_eq!(error.code(), "UnknownOperationException", "{method} {path}");
        let reply = smithy::encode_error(lambda::SERVICE, &error, "id");
        assert_eq!(reply.status, 404);
    }
}

#[test]
fn trailing_slash_makes_no_difference() {
    let request = Request::new("GET", "/2015-03-31/functions/");
    assert_eq!(request.find(lambda::SERVICE).unwrap().name, "ListFunctions");
}

#[test]
fn apigateway_names_members_of_the_body_by_their_input() {
    let request = Request::new("PUT", "/restapis/a/resources/b/methods/GET/integration")
        .json(json!({"type": "HTTPS_PROXY"}));
    assert_eq!(
        refusal(request.decode(apigateway::SERVICE)),
        "ValidationException: 1 validation error detected: Value 'HTTPS_PROXY' at 'putIntegrationInput.type' failed to satisfy \
         constraint: Member must satisfy enum value set: [HTTP, MOCK, AWS_PROXY, HTTP_PROXY, AWS]"
    );
    let request = Request::new(
        "PATCH",
        "/restapis/a/resources/b/methods/GET/responses/wrong",
    )
    .json(json!({"patchOperations": [{"op": "wrong_op", "path": "/x"}]}));
    assert_eq!(
        refusal(request.decode(apigateway::SERVICE)),
        "ValidationException: 2 validation errors detected: Value 'wrong_op' at \
         'updateMethodResponseInput.patchOperations.1.member.op' failed to satisfy constraint: Member must satisfy enum value \
         set: [add, remove, move, test, replace, copy]; Value 'wrong' at 'statusCode' failed to satisfy constraint: Member must \
         satisfy regular expression pattern: [1-5]\\d\\d"
    );
    let request = Request::new("POST", "/restapis")
        .json(json!({"name": "a", "endpointConfiguration": {"types": ["wrong"]}}));
    assert_eq!(
        refusal(request.decode(apigateway::SERVICE)),
        "ValidationException: 1 validation error detected: Value '[wrong]' at 'createRestApiInput.endpointConfiguration.types' \
         failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [PRIVATE, EDGE, \
         REGIONAL]]"
    );
}

#[test]
fn lambda_words_constraints_as_observed() {
    let alias = |weights| {
        Request::new("POST", "/2015-03-31/functions/f/aliases")
            .json(json!({"Name": "a", "FunctionVersion": "1", "RoutingConfig": {"AdditionalVersionWeights": weights}}))
    };
    assert_eq!(
        refusal(alias(json!({"2": 2})).decode(lambda::SERVICE)),
        "ValidationException: 1 validation error detected: Value '{2=2.0}' at 'routingConfig.additionalVersionWeights' failed to \
         satisfy constraint: Map value must satisfy constraint: [Member must have value less than or equal to 1.0, Member must \
         have value greater than or equal to 0.0, Member must not be null]"
    );
    assert_eq!(
        refusal(alias(json!({"$LATEST": 0.5})).decode(lambda::SERVICE)),
        "ValidationException: 1 validation error detected: Value '{$LATEST=0.5}' at 'routingConfig.additionalVersionWeights' \
         failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 1024, \
         Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [0-9]+]"
    );
    assert!(alias(json!({"2": 1})).decode(lambda::SERVICE).is_ok());

    let untag = Request::new(
        "DELETE",
        "/2017-03-31/tags/arn%3Aaws%3Alambda%3Aus-east-1%3A111111111111%3Afunction%3Af",
    );
    assert_eq!(
        refusal(untag.decode(lambda::SERVICE)),
        "ValidationException: 1 validation error detected: Value null at 'tagKeys' failed to satisfy constraint: Member must not \
         be null"
    );
    let url = Request::new("GET", "/2021-10-31/functions/f/url").query("Qualifier=1");
    assert_eq!(
        refusal(url.decode(lambda::SERVICE)),
        "ValidationException: 1 validation error detected: Value '1' at 'qualifier' failed to satisfy constraint: Member must \
         satisfy regular expression pattern: ((?!^\\d+$)^[0-9a-zA-Z-_]+$)"
    );
}

#[test]
fn a_bound_holds_at_it_and_not_one_over() {
    let create = |description: usize| {
        Request::new("POST", FUNCTIONS).json(json!({
            "FunctionName": "f", "Role": "arn:aws:iam::111111111111:role/r", "Code": {}, "Description": "x".repeat(description),
        }))
    };
    assert!(create(256).decode(lambda::SERVICE).is_ok());
    let text = refusal(create(257).decode(lambda::SERVICE));
    assert!(text.ends_with("at 'description' failed to satisfy constraint: Member must have length less than or equal to 256"));
}

#[test]
fn nothing_is_lost_of_a_function() {
    let request = Request::new("POST", FUNCTIONS).json(json!({
        "FunctionName": "f", "Role": "arn:aws:iam::111111111111:role/r", "Runtime": "nodejs99.x", "Handler": "index.handler",
        "Code": {"ZipFile": "UEsDBA=="}, "Timeout": 3.0, "Publish": false, "Environment": {"Variables": {"KEY": "value"}},
        "MemorySize": null, "Layers": [],
    }));
    let (_, input) = request.decode(lambda::SERVICE).unwrap();
    let input = CreateFunctionRequest::read(Some(input));
    assert_eq!(input.code.zip_file.as_deref(), Some(&b"PK\x03\x04"[..]));
    assert_eq!(
        (input.timeout, input.publish, input.memory_size),
        (Some(3), Some(false), None)
    );
    assert_eq!(input.layers, Some(Vec::new()));
    // Lambda refuses unknown runtimes itself, in other words.
    assert_eq!(input.runtime.as_deref(), Some("nodejs99.x"));
    let shown = format!("{input:?}");
    assert!(!shown.contains("PK") && !shown.contains("value"), "{shown}");
}

#[test]
fn what_is_no_json_input_is_a_serialization_exception() {
    for given in [
        &b"{"[..],
        b"not json",
        b"[]",
        b"\"text\"",
        b"{\"Unknown\": \"\xff\"}",
        b"{} {}",
        b"{\"Handler\": 1}",
        b"{\"Handler\": true}",
        b"{\"Handler\": []}",
        b"{\"Handler\": {}}",
        b"{\"Timeout\": \"3\"}",
        b"{\"Timeout\": 3.5}",
        b"{\"Timeout\": 2147483648}",
        b"{\"Publish\": \"true\"}",
        b"{\"Layers\": {}}",
        b"{\"Code\": []}",
        b"{\"Code\": {\"ZipFile\": \"***\"}}",
    ] {
        let error = Request::new("POST", FUNCTIONS)
            .body(given)
            .decode(lambda::SERVICE)
            .unwrap_err();
        assert_eq!(
            error.code(),
            "SerializationException",
            "{}",
            String::from_utf8_lossy(given)
        );
        assert_eq!(
            smithy::encode_error(lambda::SERVICE, &error, "id").status,
            400
        );
    }
    let number = Request::new("GET", FUNCTIONS).query("MaxItems=many");
    assert_eq!(
        number.decode(lambda::SERVICE).unwrap_err().code(),
        "SerializationException"
    );
    let label = Request::new("GET", "/2015-03-31/functions/%ff");
    assert_eq!(
        label.decode(lambda::SERVICE).unwrap_err().code(),
        "SerializationException"
    );
}

#[test]
fn unknown_members_are_skipped_however_deep() {
    for depth in [200, 100_000] {
        let deep = format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        let given = format!("{{\"Unknown\":{deep},\"Name\":\"a\",\"FunctionVersion\":\"1\"}}");
        let request =
            Request::new("POST", "/2015-03-31/functions/f/aliases").body(given.as_bytes());
        assert!(request.decode(lambda::SERVICE).is_ok());
    }
    let unbalanced = format!("{{\"Unknown\":{}", "[".repeat(100_000));
    let request =
        Request::new("POST", "/2015-03-31/functions/f/aliases").body(unbalanced.as_bytes());
    assert_eq!(
        request.decode(lambda::SERVICE).unwrap_err().code(),
        "SerializationException"
    );
}

#[test]
fn answers_carry_their_members_where_the_model_says() {
    let output = lambda::InvocationResponse {
        status_code: Some(202),
        function_error: Some("Unhandled".into()),
        payload: Some(bytes::Bytes::from_static(b"null")),
        ..Default::default()
    };
    let operation = lambda::SERVICE.operation("Invoke").unwrap();
    let reply = smithy::encode(
        lambda::SERVICE,
        operation,
        output.write().unwrap(),
        "the-id",
    );
    assert_eq!((reply.status, &reply.body[..]), (202, &b"null"[..]));
    assert_eq!(header(&reply, "X-Amz-Function-Error"), Some("Unhandled"));
    assert_eq!(header(&reply, "x-amzn-RequestId"), Some("the-id"));
    assert_eq!(header(&reply, "Content-Type"), Some("application/json"));

    let output = apigateway::ExportResponse {
        content_type: Some("application/yaml".into()),
        content_disposition: Some("attachment; filename=\"x\"".into()),
        body: Some(bytes::Bytes::from_static(b"swagger: '2.0'")),
    };
    let operation = apigateway::SERVICE.operation("GetExport").unwrap();
    let reply = smithy::encode(
        apigateway::SERVICE,
        operation,
        output.write().unwrap(),
        "id",
    );
    assert_eq!(header(&reply, "Content-Type"), Some("application/yaml"));
    assert_eq!(&reply.body[..], b"swagger: '2.0'");
}

#[test]
fn collections_of_api_gateway_travel_as_item() {
    let output = apigateway::RestApis {
        items: Some(vec![apigateway::RestApi {
            id: Some("abc".into()),
            created_date: Some(smithy::Timestamp(1_795_348_566_000)),
            ..Default::default()
        }]),
        ..Default::default()
    };
    let operation = apigateway::SERVICE.operation("GetRestApis").unwrap();
    let reply = smithy::encode(
        apigateway::SERVICE,
        operation,
        output.write().unwrap(),
        "id",
    );
    assert_eq!(
        body(&reply),
        json!({"item": [{"id": "abc", "createdDate": 1_795_348_566}]})
    );
}

#[test]
fn the_last_page_of_lambda_names_its_absent_marker() {
    let output = lambda::ListFunctionsResponse {
        functions: Some(Vec::new()),
        ..Default::default()
    };
    let operation = lambda::SERVICE.operation("ListFunctions").unwrap();
    let reply = smithy::encode(lambda::SERVICE, operation, output.write().unwrap(), "id");
    assert_eq!(body(&reply), json!({"Functions": [], "NextMarker": null}));
}

#[test]
fn an_operation_without_output_has_no_body() {
    let operation = apigateway::SERVICE.operation("DeleteRestApi").unwrap();
    let output = apigateway::DeleteRestApiOutput::default();
    let reply = smithy::encode(
        apigateway::SERVICE,
        operation,
        output.write().unwrap(),
        "id",
    );
    assert_eq!((reply.status, reply.body.len()), (202, 0));
}

#[test]
fn errors_keep_the_casing_of_the_model() {
    let reply = |error: ServiceError| smithy::encode_error(lambda::SERVICE, &error, "id");
    let found = reply(ServiceError::new("ResourceNotFoundException", "m"));
    assert_eq!(found.status, 404);
    assert_eq!(body(&found), json!({"Type": "User", "Message": "m"}));
    assert_eq!(
        header(&found, "x-amzn-ErrorType"),
        Some("ResourceNotFoundException")
    );
    let found = reply(ServiceError::new("ResourceConflictException", "m"));
    assert_eq!(
        (found.status, body(&found)),
        (409, json!({"Type": "User", "message": "m"}))
    );
    let found = reply(ServiceError::new("ServiceException", "m"));
    assert_eq!(
        (found.status, body(&found)),
        (500, json!({"Type": "Service", "Message": "m"}))
    );
    let throttled = ServiceError::new("TooManyRequestsException", "Rate Exceeded.")
        .field("Reason", "CallerRateLimitExceeded")
        .field("retryAfterSeconds", "1");
    let found = reply(throttled);
    assert_eq!(header(&found, "Retry-After"), Some("1"));
    assert_eq!(
        body(&found),
        json!({"Type": "User", "message": "Rate Exceeded.", "Reason": "CallerRateLimitExceeded"})
    );
}

#[test]
fn errors_outside_the_model_have_their_table() {
    let reply = |error: ServiceError| smithy::encode_error(apigateway::SERVICE, &error, "id");
    let denied = reply(ServiceError::new("AccessDeniedException", "m"));
    assert_eq!(
        (denied.status, body(&denied)),
        (403, json!({"Message": "m"}))
    );
    for (code, status) in [
        ("ValidationException", 400),
        ("MissingAuthenticationTokenException", 403),
        ("UnrecognizedClientException", 403),
        ("InvalidSignatureException", 403),
        ("IncompleteSignatureException", 403),
        ("NotImplemented", 501),
        ("InternalFailure", 500),
        ("BadRequestException", 400),
        ("NotFoundException", 404),
        ("ConflictException", 409),
    ] {
        let found = reply(ServiceError::new(code, "m"));
        assert_eq!(
            (found.status, body(&found)),
            (status, json!({"message": "m"})),
            "{code}"
        );
    }
    assert_eq!(
        reply(ServiceError::new("ValidationException", "m").status(418)).status,
        418
    );
}
