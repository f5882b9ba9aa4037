"""Rows of "Default headers" and "Header filtering / remapping"."""

import json
import re

import pytest
from apis import backend, deploy, method, mock, plain, probe, proxy, send

UUID = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
DROPPED_FOR_ALL = ["Content-MD5", "Expect", "Max-Forwards", "Proxy-Authenticate", "Server", "TE"]
DROPPED_FOR_ALL += ["Trailer", "Upgrade", "WWW-Authenticate"]
REMAPPED_FOR_ALL = ["Date", "Server"]
REMAPPED_NOT_PROXY = ["Authorization", "Content-MD5", "Expect", "Host", "Max-Forwards"]
REMAPPED_NOT_PROXY += ["Proxy-Authenticate", "Trailer", "Upgrade", "User-Agent", "WWW-Authenticate"]


@pytest.fixture(scope="module")
def origin():
    with backend() as running:
        yield running


@pytest.fixture(scope="module")
def api(server, origin):
    function = probe(server, "headers")
    every = {f"method.response.header.{name}": f"'{name}'" for name in REMAPPED_NOT_PROXY}
    every |= {f"method.response.header.{name}": f"'{name}'" for name in REMAPPED_FOR_ALL}
    mapped = {"default": {"statusCode": "200", "responseParameters": every}}
    http_proxy = {"type": "http_proxy", "httpMethod": "ANY", "uri": f"{origin.url}/back"}
    http = {
        "type": "http",
        "httpMethod": "POST",
        "uri": f"{origin.url}/back",
        "responses": {"default": {"statusCode": "200"}},
    }
    illegal = {
        f"/illegal/{name}": {
            "get": method(
                {
                    **http_proxy,
                    "requestParameters": {f"integration.request.header.{name}": "'x'"},
                }
            )
        }
        for name in [
            "content-length",
            "transfer-encoding",
            "x-amzn-trace-id",
            "x-amzn-apigateway-api-id",
        ]
    }
    illegal_proxy = {
        f"/illegal-lambda/{name}": {
            "get": method(
                proxy(function, requestParameters={f"integration.request.header.{name}": "'x'"})
            )
        }
        for name in ["authorization", "connection", "expect", "proxy-authenticate", "te"]
    }
    return deploy(
        server,
        "headers",
        {
            "/lambda": {"x-amazon-apigateway-any-method": method(proxy(function))},
            "/back": {"x-amazon-apigateway-any-method": method(http_proxy)},
            "/http": {"post": method(http)},
            "/iam": {
                "get": method(proxy(function), **{"x-amazon-apigateway-auth": {"type": "AWS_IAM"}})
            },
            "/mock": {"get": method(mock("fine"))},
            "/mapped": {
                "get": method(
                    mock(responses=mapped), headers=REMAPPED_NOT_PROXY + REMAPPED_FOR_ALL
                )
            },
            "/none": {
                "post": method(plain(function, {"default": {"statusCode": "200"}})),
            },
            **illegal,
            **illegal_proxy,
        },
    )


def event(server, api, **headers):
    return send(server, api, "/lambda", headers=headers).json()


def reached(server, api, verb="GET", path="/back", body=b"", **headers):
    """What the backend received: its headers as a map of lists."""
    got = send(server, api, path, verb, headers=headers, body=body).json()
    found = {}
    for name, value in got["headers"]:
        found.setdefault(name, []).append(value)
    return found


def answered(server, api, *headers, **more):
    """The client's response to backend headers."""
    wish = json.dumps({"headers": [list(pair) for pair in headers], **more})
    return send(server, api, "/back", headers={"x-answer": wish})


def returned(server, api, headers):
    """The client's response to headers of a Lambda proxy answer."""
    wish = json.dumps({"answer": {"statusCode": 200, "headers": headers}})
    return send(server, api, "/lambda", headers={"x-do": wish})


def test_headers_added_to_the_request(server, api):
    headers = event(server, api)["headers"]
    assert headers["X-Forwarded-For"] == "127.0.0.1"
    assert headers["X-Forwarded-Port"] == "443"
    assert headers["X-Forwarded-Proto"] == "https"
    assert re.fullmatch(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24}", headers["X-Amzn-Trace-Id"])


def test_forwarded_for_joins_what_the_client_says(server, api):
    headers = event(server, api, **{"X-Forwarded-For": "203.0.113.9"})["headers"]
    assert headers["X-Forwarded-For"] == "203.0.113.9, 127.0.0.1"


def test_the_clients_spelling_of_header_names_is_kept(server, api):
    headers = event(server, api, **{"x-LOWER-Mixed": "1", "user-agent": "me"})["headers"]
    assert headers["x-LOWER-Mixed"] == "1"


def test_headers_of_every_response(server, api):
    got = send(server, api, "/mock")
    assert UUID.match(got.one("x-amzn-RequestId"))
    assert re.fullmatch(r"[A-Za-z0-9_-]{15}=", got.one("x-amz-apigw-id"))
    assert got.one("Content-Type") == "application/json"
    assert got.one("Content-Length") == "4"
    assert got.all("Date")


def test_trace_id_is_answered_by_functions_but_not_by_mock_and_http_proxy(server, api):
    assert send(server, api, "/lambda").one("X-Amzn-Trace-Id").startswith("Root=1-")
    assert send(server, api, "/mock").all("X-Amzn-Trace-Id") == []
    assert send(server, api, "/back").all("X-Amzn-Trace-Id") == []
    failed = send(server, api, "/lambda", headers={"x-do": '{"raise": "no"}'})
    assert failed.status == 502
    assert re.fullmatch(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24}", failed.one("X-Amzn-Trace-Id"))


def test_gateway_errors_name_their_type(server, api):
    assert send(server, api, "/no").one("x-amzn-ErrorType") == "MissingAuthenticationTokenException"
    assert send(server, api, "/mock").all("x-amzn-ErrorType") == []


def test_a_client_may_choose_the_request_id_if_it_is_a_uuid(server, api):
    mine = "0a0a0a0a-1b1b-4c2c-8d3d-4e4e4e4e4e4e"
    got = send(server, api, "/lambda", headers={"x-amzn-RequestId": mine})
    assert got.one("x-amzn-RequestId") == mine
    assert got.json()["requestContext"]["requestId"] == mine
    got = send(server, api, "/lambda", headers={"x-amzn-RequestId": "mine"})
    assert got.json()["requestContext"]["requestId"] == "UUID_REPLACED_INVALID_REQUEST_ID"


def test_the_extended_request_id_is_the_header_and_cannot_be_chosen(server, api):
    got = send(server, api, "/lambda", headers={"x-amz-apigw-id": "AAAAAAAAAAAAAAA="})
    assert got.json()["requestContext"]["extendedRequestId"] == got.one("x-amz-apigw-id")
    assert got.one("x-amz-apigw-id") != "AAAAAAAAAAAAAAA="


@pytest.mark.parametrize("name", DROPPED_FOR_ALL)
@pytest.mark.parametrize("path", ["/lambda", "/back"])
def test_request_headers_dropped_for_every_type(server, api, path, name):
    value = "100-continue" if name == "Expect" else "trailers" if name == "TE" else "x"
    got = send(server, api, path, headers={name: value})
    found = got.json()["headers"]
    names = [n.lower() for n, _ in found] if isinstance(found, list) else [n.lower() for n in found]
    assert got.status == 200 and name.lower() not in names


def test_connection_is_dropped_and_content_length_recomputed(server, api):
    got = reached(server, api, "POST", body=b"12345")
    assert got["Content-Length"] == ["5"]
    assert "close" not in got.get("Connection", [])
    headers = {name.lower() for name in event(server, api)["headers"]}
    assert not headers & {"connection", "content-length"}


def test_http_proxy_drops_host_and_via_and_content_encoding(server, api, origin):
    got = reached(server, api, **{"Via": "1.1 me", "Content-Encoding": "x"})
    assert got["Host"] == [origin.url.removeprefix("http://")]
    assert "Via" not in got and "Content-Encoding" not in got


def test_authorization_passes_unless_the_method_is_signed(server, api):
    assert reached(server, api, Authorization="Bearer x")["Authorization"] == ["Bearer x"]
    assert event(server, api, Authorization="Basic x")["headers"]["Authorization"] == "Basic x"


def test_authorization_that_carries_a_signature_is_dropped(server, api):
    signature = (
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/execute-api/"
        "aws4_request, SignedHeaders=host, Signature=00"
    )
    assert "Authorization" not in reached(server, api, Authorization=signature)


def test_headers_added_toward_http_backends(server, api):
    got = reached(server, api, "POST", body=b"{}")
    assert got["Accept"] == ["application/json"]
    assert got["User-Agent"] == [f"AmazonAPIGateway_{api}"]
    assert got["Content-Type"] == ["application/json"]
    assert got["X-Amzn-Apigateway-Api-Id"] == [api]
    assert got["X-Amzn-Trace-Id"][0].startswith("Root=1-")
    got = reached(server, api, Accept="text/plain", **{"User-Agent": "me"})
    assert got["Accept"] == ["text/plain"] and got["User-Agent"] == ["me"]


@pytest.mark.parametrize(
    "path",
    [
        *[
            f"/illegal/{name}"
            for name in [
                "content-length",
                "transfer-encoding",
                "x-amzn-trace-id",
                "x-amzn-apigateway-api-id",
            ]
        ],
        *[
            f"/illegal-lambda/{name}"
            for name in ["authorization", "connection", "expect", "proxy-authenticate", "te"]
        ],
    ],
)
def test_illegal_mapping_targets_are_500(server, api, path):
    got = send(server, api, path)
    assert (got.status, got.text) == (500, '{"message": "Internal server error"}')
    assert got.one("x-amzn-ErrorType") == "InternalServerErrorException"


@pytest.mark.parametrize("name", REMAPPED_FOR_ALL)
def test_response_headers_remapped_for_every_type(server, api, name):
    value = "Thu, 01 Jan 1970 00:00:00 GMT"
    for got in [answered(server, api, (name, value)), returned(server, api, {name: value})]:
        assert got.one(f"x-amzn-Remapped-{name}") == value
        assert value not in got.all(name)
    assert send(server, api, "/mapped").one(f"x-amzn-Remapped-{name}") == name


def test_connection_and_content_length_of_a_backend_are_remapped(server, api):
    got = returned(server, api, {"Connection": "x-own", "Content-Length": "999"})
    assert got.one("x-amzn-Remapped-Connection") == "x-own"
    assert got.one("x-amzn-Remapped-Content-Length") == "999"
    assert got.one("Content-Length") == "0"


@pytest.mark.parametrize("name", REMAPPED_NOT_PROXY)
def test_response_headers_remapped_when_mapped(server, api, name):
    assert send(server, api, "/mapped").one(f"x-amzn-Remapped-{name}") == name


@pytest.mark.parametrize("name", ["www-authenticate", "WWW-Authenticate"])
def test_www_authenticate_of_a_function_is_remapped(server, api, name):
    got = returned(server, api, {name: "Basic"})
    assert got.one("x-amzn-Remapped-WWW-Authenticate") == "Basic"
    assert got.all("WWW-Authenticate") == []


def test_request_ids_and_forwarding_of_a_backend_are_remapped(server, api):
    got = returned(server, api, {"X-Amzn-RequestId": "theirs", "X-Forwarded-For": "1.2.3.4"})
    assert got.one("x-amzn-Remapped-X-Amzn-RequestId") == "theirs"
    assert UUID.match(got.one("x-amzn-RequestId"))
    assert got.one("x-amzn-Remapped-X-Forwarded-For") == "1.2.3.4"


def test_transfer_encoding_is_dropped_and_http_proxy_drops_encoding_and_via(server, api):
    assert returned(server, api, {"Transfer-Encoding": "chunked"}).all("Transfer-Encoding") == []
    got = answered(server, api, ("Via", "1.1 x"), ("X-Kept", "1"))
    assert got.all("Via") == [] and got.one("X-Kept") == "1"


def test_types_that_are_no_proxy_forward_no_headers(server, api, origin):
    wish = json.dumps({"headers": [["X-Own", "1"], ["Content-Type", "text/html"]], "body": "hi"})
    got = send(server, api, "/http", "POST", headers={"x-answer": wish}, body=b"{}")
    assert got.status == 200
    assert got.all("X-Own") == []
    assert got.one("Content-Type") == "application/json"
    assert "x-answer" not in [n.lower() for n, _ in origin.received[-1]["headers"]]
