"""Rows of "Default headers" and "Header filtering / remapping"."""

import json
import re
import socket

import pytest
from apis import PLAIN, PROBE, Reply, backend, deploy, method, mock, plain, probe, proxy, send
from conftest import function, lambda_uri

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
    arn = probe(server, "headers")
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
                proxy(arn, requestParameters={f"integration.request.header.{name}": "'x'"})
            )
        }
        for name in ["authorization", "connection", "expect", "proxy-authenticate", "te"]
    }
    return deploy(
        server,
        "headers",
        {
            "/lambda": {"x-amazon-apigateway-any-method": method(proxy(arn))},
            "/back": {"x-amazon-apigateway-any-method": method(http_proxy)},
            "/http": {"post": method(http)},
            "/iam": {
                "get": method(proxy(arn), **{"x-amazon-apigateway-auth": {"type": "AWS_IAM"}})
            },
            "/mock": {"get": method(mock("fine"))},
            "/mapped": {
                "get": method(
                    mock(responses=mapped), headers=REMAPPED_NOT_PROXY + REMAPPED_FOR_ALL
                )
            },
            "/none": {
                "post": method(plain(arn, {"default": {"statusCode": "200"}})),
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


def test_a_signed_method_drops_authorization_whatever_it_is(server, api):
    got = send(server, api, "/iam", headers={"Authorization": "Bearer x"})
    assert got.status == 403, "and nobody comes in by it"


def test_types_that_are_no_proxy_drop_the_dropped_headers_even_when_mapped(server, origin):
    names = ["Referer", "Server", "Content-MD5", "Max-Forwards", "X-Kept"]
    declared = [{"in": "header", "name": name, "type": "string"} for name in names]
    mapped = {
        f"integration.request.header.{name}": f"method.request.header.{name}" for name in names
    }
    settings = {"httpMethod": "GET", "uri": origin.url, "requestParameters": mapped}
    paths = {
        f"/{kind}": {
            "get": method(
                {"type": kind, **settings, "responses": {"default": {"statusCode": "200"}}},
                parameters=declared,
            )
        }
        for kind in ("http", "http_proxy")
    }
    api = deploy(server, "headers dropped", paths)
    for path in paths:
        got = reached(server, api, path=path, **{name: "x" for name in names})
        assert got["X-Kept"] == ["x"]
        assert not {"Server", "Content-MD5", "Max-Forwards"} & set(got), path
        assert got["Referer"] == ["x"], "only AWS services are not told"


def test_http_proxy_passes_content_encoding_where_it_is_mapped(server, origin):
    declared = [{"in": "header", "name": "Content-Encoding", "type": "string"}]
    name = "integration.request.header.Content-Encoding"
    for source in ["method.request.header.Content-Encoding", "'x-own'"]:
        settings = {"type": "http_proxy", "httpMethod": "POST", "uri": origin.url}
        integration = {**settings, "requestParameters": {name: source}}
        paths = {"/": {"post": method(integration, parameters=declared)}}
        api = deploy(server, "headers coding", paths)
        got = reached(server, api, "POST", "/", b"x", **{"Content-Encoding": "x-own"})
        assert got["Content-Encoding"] == ["x-own"]


def test_trace_ids_of_failures_in_which_a_function_was_involved(server):
    root = r"Root=1-[0-9a-f]{8}-[0-9a-f]{24}"
    arn = probe(server, "traced-failures")
    throttled = probe(server, "traced-throttled")
    guard = probe(
        server,
        "traced-guard",
        "export const handler = async () => ({ principalId: 'p', policyDocument: { Version:"
        " '2012-10-17', Statement: [{ Action: '*', Effect: 'Deny', Resource: '*' }] } });",
    )
    server.client("api", "lambda").put_function_concurrency(
        FunctionName=throttled, ReservedConcurrentExecutions=0
    )
    nobody = function(server, "api", "traced-unpermitted")
    definition = {
        "type": "apiKey",
        "name": "Authorization",
        "in": "header",
        "x-amazon-apigateway-authtype": "custom",
        "x-amazon-apigateway-authorizer": {"type": "token", "authorizerUri": lambda_uri(guard)},
    }
    api = deploy(
        server,
        "traced failures",
        {
            "/unpermitted": {"get": method(proxy(nobody))},
            "/throttled": {"get": method(proxy(throttled))},
            "/broken": {"get": method(proxy(arn))},
            "/slow": {"get": method(proxy(arn, timeoutInMillis=50))},
            "/denied": {"get": method(mock("x"), security=[{"guard": []}])},
        },
        securityDefinitions={"guard": definition},
    )
    for path, status, headers in [
        ("/unpermitted", 500, {}),
        ("/throttled", 500, {}),
        ("/broken", 502, {"x-do": '{"raise": "no"}'}),
        ("/slow", 504, {"x-do": '{"wait": 5000}'}),
        ("/denied", 403, {"Authorization": "x"}),
    ]:
        got = send(server, api, path, headers=headers)
        assert got.status == status, path
        assert re.fullmatch(root, got.one("X-Amzn-Trace-Id")), path
    got = send(server, api, "/denied")
    assert (got.status, got.all("X-Amzn-Trace-Id")) == (401, []), "nobody was asked"


def test_trace_id_of_a_function_names_parent_sampling_and_lineage(server, api):
    value = send(server, api, "/lambda").one("X-Amzn-Trace-Id")
    pattern = r"Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0;Lineage=1:[0-9a-f]{8}:0"
    assert re.fullmatch(pattern, value), value


def kept_open(server, api, path):
    """The head of an answer over a connection that stays."""
    host = f"{api}.execute-api.us-east-1.localhost:{server.port}"
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as wire:
        wire.sendall(f"GET /test{path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        received = b""
        while b"\r\n\r\n" not in received:
            received += wire.recv(1 << 16)
    return Reply(received)


OWN = {"date", "content-type", "content-length", "x-amzn-requestid"}


def test_the_own_headers_of_an_answer(server, api):
    """AWS spells them `Content-Type`, `x-amzn-RequestId` and says `Connection: keep-alive`.

    Here names are in lower case, in another order, and a connection stays without a word: both mean
    the same in HTTP/1.1 (RFC 9110 5.1, RFC 9112 9.3).
    """
    names = set(kept_open(server, api, "/mock").names)
    assert names == {*OWN, "x-amz-apigw-id"}
    names = set(kept_open(server, api, "/none-here").names)
    assert names == {*OWN, "x-amzn-errortype", "x-amz-apigw-id"}
    names = set(kept_open(server, api, "/lambda").names)
    assert names == {*OWN, "x-amz-apigw-id", "x-amzn-trace-id"}


@pytest.mark.parametrize("kind", ["proxy", "plain"])
def test_a_tenant_that_is_mapped_is_never_ignored(server, kind):
    """Lambda refuses the name of a tenant for a function without tenant isolation."""
    arn = probe(server, f"tenants-{kind}", PLAIN if kind == "plain" else PROBE)
    declared = [{"in": "header", "name": "x-tenant", "type": "string"}]
    name = "integration.request.header.X-Amz-Tenant-Id"
    mapped = {"requestParameters": {name: "method.request.header.x-tenant"}}
    made = proxy(arn, **mapped)
    if kind == "plain":
        made = plain(arn, {"default": {"statusCode": "200"}}, **mapped)
    api = deploy(server, "tenants", {"/": {"post": method(made, parameters=declared)}})
    got = send(server, api, "/", "POST", {"x-tenant": "blue"}, "{}")
    assert (got.status, got.text) == (500, '{"message": "Internal server error"}')
    assert send(server, api, "/", "POST", body="{}").status == 200
