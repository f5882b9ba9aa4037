"""Rows of "Lambda proxy response"."""

import json

import pytest
from apis import deploy, method, patch, probe, proxy, release, send
from conftest import function, lambda_uri

BROKEN = (502, '{"message": "Internal server error"}')
ERROR = (500, '{"message": "Internal server error"}')


@pytest.fixture(scope="module")
def api(server):
    arn = probe(server, "answers")
    missing = arn.replace(":answers", ":nothing-here")
    unpermitted = function(server, "api", "unpermitted")
    get = {**proxy(arn), "httpMethod": "GET"}
    return deploy(
        server,
        "answers",
        {
            "/": {"get": method(proxy(arn)), "head": method(proxy(arn))},
            "/get": {"get": method(get)},
            "/missing": {"get": method({**proxy(arn), "uri": lambda_uri(missing)})},
            "/unpermitted": {"get": method({**proxy(arn), "uri": lambda_uri(unpermitted)})},
            "/soon": {"get": method(proxy(arn, timeoutInMillis=60))},
        },
    )


@pytest.fixture(scope="module")
def binary(server):
    arn = probe(server, "answers-binary")
    types = {"x-amazon-apigateway-binary-media-types": ["image/png"]}
    return deploy(server, "answers binary", {"/": {"get": method(proxy(arn))}}, **types)


def ask(server, api, path="/", accept=None, **wish):
    headers = {"x-do": json.dumps(wish)} | ({"Accept": accept} if accept else {})
    return send(server, api, path, headers=headers)


def answer(server, api, value, **more):
    return ask(server, api, answer=value, **more)


def seen(got):
    return got.status, got.text


@pytest.mark.parametrize("value", [{}, {"headers": {"X-A": "1"}}, {"headers": None}])
def test_an_answer_without_status_is_200_and_empty(server, api, value):
    got = answer(server, api, value)
    assert seen(got) == (200, "")


@pytest.mark.parametrize("status, want", [("201", 201), (299, 299), (404, 404), (599, 599)])
def test_status_is_an_integer_or_its_text(server, api, status, want):
    assert answer(server, api, {"statusCode": status}).status == want


@pytest.mark.parametrize(
    "value",
    [
        None,
        "text",
        7,
        [],
        True,
        {"statusCode": "test"},
        {"statusCode": 200, "other": 1},
        {"statusCode": 200, "Body": "x"},
        {"statusCode": 200, "cookies": ["a=1"]},
        {"statusCode": 200, "body": {"a": 1}},
        {"statusCode": 200, "body": 7},
        {"statusCode": 200, "headers": {"X-A": {"b": 1}}},
        {"statusCode": 200, "headers": {"X-A": ["b"]}},
        {"statusCode": 200, "headers": "x"},
        {"statusCode": 200, "multiValueHeaders": {"k": "v"}},
        {"errorMessage": "no"},
    ],
    ids=json.dumps,
)
def test_malformed_answers_are_502(server, api, value):
    got = answer(server, api, value)
    assert seen(got) == BROKEN
    assert got.one("x-amzn-ErrorType") == "InternalServerErrorException"
    assert got.one("Content-Length") == "36"


def test_header_values_of_other_scalar_types_become_text(server, api):
    got = answer(server, api, {"statusCode": 200, "headers": {"X-A": True, "X-B": 1, "X-C": False}})
    assert [got.one(name) for name in ("X-A", "X-B", "X-C")] == ["true", "1", "false"]


def test_multi_value_headers_are_lines_of_their_own(server, api):
    values = {"Set-Cookie": ["a=1", "b=2"]}
    got = answer(server, api, {"statusCode": 200, "multiValueHeaders": values})
    assert got.all("Set-Cookie") == ["a=1", "b=2"]


def test_a_name_in_both_maps_keeps_all_values_multi_first(server, api):
    value = {"headers": {"x-KEY": "solo"}, "multiValueHeaders": {"X-Key": ["multi"]}}
    got = answer(server, api, value)
    assert got.all("X-Key") == ["multi", "solo"]


def test_base64_goes_out_verbatim_where_no_binary_type_is_accepted(server, api, binary):
    value = {"statusCode": 200, "body": "AP8=", "isBase64Encoded": True}
    assert answer(server, api, value).body == b"AP8="
    assert answer(server, binary, value, accept="text/html").body == b"AP8="
    assert answer(server, binary, value, accept="text/html,image/png").body == b"AP8="


def test_base64_is_decoded_when_the_first_accepted_type_is_binary(server, binary):
    value = {"statusCode": 200, "body": "AP8=", "isBase64Encoded": True}
    assert answer(server, binary, value, accept="image/png").body == b"\x00\xff"
    assert answer(server, binary, value, accept="image/png, text/html").body == b"\x00\xff"
    value["isBase64Encoded"] = False
    assert answer(server, binary, value, accept="image/png").body == b"AP8="


def test_a_function_that_fails_is_502(server, api):
    got = ask(server, api, **{"raise": "broken"})
    assert seen(got) == BROKEN


def test_an_integration_verb_other_than_post_is_500(server, api):
    assert seen(send(server, api, "/get")) == ERROR


def test_a_missing_permission_is_500(server, api):
    got = send(server, api, "/unpermitted")
    assert seen(got) == ERROR
    assert got.one("x-amzn-ErrorType") == "InternalServerErrorException"


def test_a_missing_function_is_500(server, api):
    assert seen(send(server, api, "/missing")) == ERROR


def test_a_timeout_is_504(server, api):
    got = ask(server, api, "/soon", wait=5_000)
    assert seen(got) == (504, '{"message": "Endpoint request timed out"}')
    assert got.one("Content-Length") == "41"
    assert got.one("x-amzn-ErrorType") == "InternalServerErrorException"


def test_a_throttled_function_is_500_and_integration_failure(server):
    arn = probe(server, "throttled")
    customised = {"INTEGRATION_FAILURE": {"statusCode": "500", "responseParameters": {
        "gatewayresponse.header.X-Type": "'integration-failure'"
    }}}
    api = deploy(
        server,
        "throttled",
        {"/": {"get": method(proxy(arn))}},
        **{"x-amazon-apigateway-gateway-responses": customised},
    )
    functions = server.client("api", "lambda")
    functions.put_function_concurrency(FunctionName=arn, ReservedConcurrentExecutions=0)
    got = send(server, api, "/")
    assert got.status == 500
    assert got.one("X-Type") == "integration-failure"


def test_an_answer_over_6_mb_is_502(server, api):
    assert ask(server, api, size=6_000_000).status == 200
    assert seen(ask(server, api, size=6_291_556)) == BROKEN


def test_a_payload_of_10_mb_reaches_the_gateway_and_one_byte_more_is_413(server):
    from apis import mock

    api = deploy(server, "payload", {"/": {"post": method(mock("ok"))}})
    assert send(server, api, "/", "POST", body=b"x" * 10_485_760).status == 200
    got = send(server, api, "/", "POST", body=b"x" * 10_485_761)
    assert got.status == 413
    assert got.text == "HTTP content length exceeded 10485760 bytes."
    assert got.one("Content-Type") == "text; charset=utf-8"
    assert got.one("x-amzn-ErrorType") == "RequestTooLargeException"


def test_changes_are_seen_after_the_next_deployment(server):
    """A deployment is a snapshot: what is edited later is not served."""
    from apis import mock

    api = deploy(server, "snapshot", {"/": {"get": method(mock("one"))}})
    gateway = server.client("api", "apigateway")
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    gateway.update_integration_response(
        restApiId=api,
        resourceId=root,
        httpMethod="GET",
        statusCode="200",
        patchOperations=patch(("replace", "/responseTemplates/application~1json", "two")),
    )
    assert send(server, api, "/").text == "one"
    release(server, api)
    assert send(server, api, "/").text == "two"
