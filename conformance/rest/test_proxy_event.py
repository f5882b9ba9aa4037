"""Rows of "Lambda proxy request event"."""

import re

import pytest
from apis import deploy, method, probe, proxy, send

ORDER = ["resource", "path", "httpMethod", "headers", "multiValueHeaders"]
ORDER += ["queryStringParameters", "multiValueQueryStringParameters", "pathParameters"]
ORDER += ["stageVariables", "requestContext", "body", "isBase64Encoded"]
IDENTITY = ["cognitoIdentityPoolId", "accountId", "cognitoIdentityId", "caller", "sourceIp"]
IDENTITY += ["principalOrgId", "accessKey", "cognitoAuthenticationType"]
IDENTITY += ["cognitoAuthenticationProvider", "userArn", "userAgent", "user"]
CONTEXT = ["resourceId", "resourcePath", "httpMethod", "extendedRequestId", "requestTime", "path"]
CONTEXT += ["accountId", "protocol", "stage", "domainPrefix", "requestTimeEpoch", "requestId"]
CONTEXT += ["identity", "domainName", "deploymentId", "apiId"]


@pytest.fixture(scope="module")
def function(server):
    return probe(server, "event")


@pytest.fixture(scope="module")
def api(server, function):
    every = "x-amazon-apigateway-any-method"
    named = method(proxy(function), operationId="greet")
    paths = {
        "/": {every: method(proxy(function))},
        "/named": {"get": named},
        "/x/{id}/{rest+}": {every: method(proxy(function))},
    }
    return deploy(server, "event", paths)


@pytest.fixture(scope="module")
def binary(server, function):
    types = {"x-amazon-apigateway-binary-media-types": ["image/png", "application/*"]}
    paths = {"/": {"post": method(proxy(function))}}
    return deploy(server, "event binary", paths, variables={"a": "1", "b": "2"}, **types)


def test_members_stand_in_awss_order_and_always_all(server, api):
    assert list(send(server, api, "").json()) == ORDER
    assert list(send(server, api, "/x/1/2/3", "POST", body=b"b").json()) == ORDER


def test_empty_maps_and_a_missing_body_are_null(server, api):
    event = send(server, api, "/").json()
    for member in ["queryStringParameters", "multiValueQueryStringParameters", "pathParameters"]:
        assert event[member] is None
    assert event["stageVariables"] is None
    assert event["body"] is None
    assert event["isBase64Encoded"] is False


def test_single_value_maps_hold_the_last_value_and_multi_value_maps_all(server, api):
    headers = [("X-A", "1"), ("X-B", "one"), ("X-A", "2")]
    event = send(server, api, "/?q=1&r=3&q=2", headers=dict(headers) | {}).json()
    assert event["queryStringParameters"] == {"q": "2", "r": "3"}
    assert event["multiValueQueryStringParameters"] == {"q": ["1", "2"], "r": ["3"]}
    event = send(server, api, "/", headers=headers).json()
    assert event["headers"]["X-A"] == "2" and event["headers"]["X-B"] == "one"
    assert event["multiValueHeaders"]["X-A"] == ["1", "2"]


def test_resource_is_the_template_and_path_lacks_the_stage(server, api):
    event = send(server, api, "/x/7/a/b").json()
    assert event["resource"] == "/x/{id}/{rest+}"
    assert event["path"] == "/x/7/a/b"
    assert event["pathParameters"] == {"id": "7", "rest": "a/b"}
    assert event["requestContext"]["path"] == "/test/x/7/a/b"
    assert event["requestContext"]["resourcePath"] == "/x/{id}/{rest+}"


def test_request_context(server, api):
    got = send(server, api, "/")
    context = got.json()["requestContext"]
    assert sorted(context) == sorted(CONTEXT)
    assert re.fullmatch(r"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000", context["requestTime"])
    assert isinstance(context["requestTimeEpoch"], int) and context["requestTimeEpoch"] > 10**12
    assert context["accountId"] == "111111111111"
    assert context["protocol"] == "HTTP/1.1"
    assert (context["stage"], context["apiId"]) == ("test", api)
    assert context["domainPrefix"] == api
    assert context["domainName"] == f"{api}.execute-api.us-east-1.localhost"
    assert context["requestId"] == got.one("x-amzn-RequestId")


def test_operation_name_when_the_method_has_one(server, api):
    assert send(server, api, "/named").json()["requestContext"]["operationName"] == "greet"
    assert "operationName" not in send(server, api, "/").json()["requestContext"]


def test_identity_members_are_always_present_and_null_when_unknown(server, api):
    identity = send(server, api, "/", headers={"User-Agent": "me"}).json()["requestContext"]
    identity = identity["identity"]
    assert sorted(identity) == sorted(IDENTITY)
    assert identity["sourceIp"] == "127.0.0.1" and identity["userAgent"] == "me"
    unknown = set(IDENTITY) - {"sourceIp", "userAgent"}
    assert all(identity[name] is None for name in unknown)


def test_no_authorizer_member_without_authorization(server, api):
    assert "authorizer" not in send(server, api, "/").json()["requestContext"]


def test_stage_variables(server, binary):
    event = send(server, binary, "/", "POST", body=b"x").json()
    assert event["stageVariables"] == {"a": "1", "b": "2"}


@pytest.mark.parametrize(
    "content_type", ["image/png", "IMAGE/PNG", "image/png; q=1", "application/json"]
)
def test_body_is_base64_when_its_type_is_binary(server, binary, content_type):
    headers = {"Content-Type": content_type}
    event = send(server, binary, "/", "POST", headers, b"\x00\xff").json()
    assert (event["body"], event["isBase64Encoded"]) == ("AP8=", True)


@pytest.mark.parametrize("content_type", ["image/gif", "text/plain", None])
def test_body_is_text_otherwise_and_bad_bytes_become_replacement_characters(
    server, binary, content_type
):
    headers = {"Content-Type": content_type} if content_type else {}
    if content_type is None:
        headers = {}
    event = send(server, binary, "/", "POST", headers, "\u00e9".encode() + b"\xff").json()
    want = ("\u00e9\ufffd", False)
    if content_type is None:
        # No content type counts as application/json, which the list covers.
        want = ("w6n/", True)
    assert (event["body"], event["isBase64Encoded"]) == want
