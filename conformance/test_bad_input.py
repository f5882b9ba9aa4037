"""Bad input: AWS's error where it is known, a clear one elsewhere, nothing half-written, server alive."""

import io
import json
import socket
import zipfile

import botocore.exceptions
import pytest
import requests
from conftest import HELLO, allow, function, proxy_api, role, zipped
from test_signature import send, signed


@pytest.fixture(autouse=True)
def alive(server):
    yield
    assert requests.get(server.url + "/_crossway/health", timeout=30).json()["status"] == "ready"


def refused(call, code, status=None, text=None):
    with pytest.raises(botocore.exceptions.ClientError) as error:
        call()
    response = error.value.response
    assert response["Error"]["Code"] == code, response["Error"]
    if status:
        assert response["ResponseMetadata"]["HTTPStatusCode"] == status
    if text:
        assert text in response["Error"]["Message"]


def create(server, package, name="bad"):
    return server.client("functions", "lambda").create_function(
        FunctionName=name, Runtime="nodejs20.x", Handler="index.handler",
        Role=role(server, "functions", "conformance"), Code={"ZipFile": package},
    )


def absent(server, name="bad"):
    refused(
        lambda: server.client("functions", "lambda").get_function(FunctionName=name),
        "ResourceNotFoundException", 404,
    )


def archive(*entries):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content, mode in entries:
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = mode << 16
            out.writestr(entry, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "package",
    [
        b"this is no zip file",
        zipped(HELLO)[:-30],
        archive(("../evil.mjs", HELLO, 0o644)),
        archive(("/etc/evil.mjs", HELLO, 0o644)),
        archive(("a/../../evil.mjs", HELLO, 0o644)),
        archive(("link", "/etc/passwd", 0o120777)),
    ],
    ids=["text", "truncated", "slip", "absolute", "inner-slip", "symlink-out"],
)
def test_bad_zip(server, package):
    refused(lambda: create(server, package), "InvalidParameterValueException", 400)
    absent(server)


def test_zip_bomb(server):
    bomb = archive(("zeros", b"\0" * 262_144_001, 0o644))
    assert len(bomb) < 1_000_000
    refused(
        lambda: create(server, bomb), "InvalidParameterValueException", 400,
        "Unzipped size must be smaller than 262144000 bytes",
    )
    absent(server)


def test_zip_over_fifty_megabytes(server):
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w", zipfile.ZIP_STORED) as out:
        out.writestr("index.mjs", HELLO)
        out.writestr("padding", b"\0" * 51_000_000)
    with pytest.raises(botocore.exceptions.ClientError) as error:
        create(server, stored.getvalue() + b"\0" * 1_500_000)
    assert error.value.response["Error"]["Code"] in ("RequestEntityTooLargeException", "InvalidParameterValueException")
    absent(server)


def raw(server, method, path, body, service, headers=None):
    key, secret = server.keys("api")
    headers = {"Content-Type": "application/json", **(headers or {})}
    return send(signed(server, method, path, body, service, key, secret, headers=headers))


@pytest.mark.parametrize("body", [b'{"name": "\xff\xfe"}', b'{"name": ', b"[1,2", b'"text"', b"\x00"])
def test_broken_json(server, body):
    answer = raw(server, "POST", "/restapis", body, "apigateway")
    assert answer.status_code == 400, answer.text
    assert answer.headers["x-amzn-ErrorType"].startswith("SerializationException")


def test_deep_json(server):
    answer = raw(server, "POST", "/restapis", b"[" * 100_000, "apigateway")
    assert answer.status_code == 400


def test_unknown_fields_are_ignored_as_aws_does(server):
    answer = raw(server, "POST", "/restapis", b'{"name":"unknown fields","nonsense":{"a":1}}', "apigateway")
    assert answer.status_code == 201, answer.text


def test_constraint_error_has_awss_text(server):
    client = server.client("functions", "lambda")
    refused(
        lambda: client.create_function(
            FunctionName="x" * 141, Runtime="nodejs20.x", Handler="index.handler",
            Role=role(server, "functions", "conformance"), Code={"ZipFile": zipped(HELLO)},
        ),
        "ValidationException", 400, "1 validation error detected: Value '" + "x" * 141 + "' at 'functionName' failed to satisfy constraint: ",
    )


def test_unknown_operations(server):
    answer = raw(server, "GET", "/2099-01-01/nonsense", b"", "lambda")
    assert answer.status_code == 404, answer.text
    answer = raw(server, "POST", "/", b"{}", "logs", {"X-Amz-Target": "Logs_20140328.Nonsense", "Content-Type": "application/x-amz-json-1.1"})
    assert answer.status_code in (400, 404), answer.text


def test_operation_without_handler_names_itself(server):
    gateway, functions = server.client("api", "apigateway"), server.client("functions", "lambda")
    refused(lambda: gateway.get_domain_names(), "NotImplemented", 501, "GetDomainNames")
    refused(
        lambda: functions.list_code_signing_configs(), "NotImplemented", 501, "ListCodeSigningConfigs"
    )


@pytest.mark.parametrize(
    "document",
    [b"not: [valid", b"{", b'{"swagger":"1.2"}', b"just text", b'[]', b"a: &a [*a]"],
)
def test_malformed_openapi(server, document):
    client = server.client("api", "apigateway")
    before = len(client.get_rest_apis(limit=500)["items"])
    refused(lambda: client.import_rest_api(body=document), "BadRequestException", 400)
    assert len(client.get_rest_apis(limit=500)["items"]) == before


def test_yaml_alias_bomb(server):
    lines = ["swagger: '2.0'", "a: &a [x, x, x, x, x, x, x, x, x, x]"]
    for previous, name in zip("abcdefgh", "bcdefghi"):
        lines.append(f"{name}: &{name} [{', '.join(['*' + previous] * 10)}]")
    client = server.client("api", "apigateway")
    refused(lambda: client.import_rest_api(body="\n".join(lines).encode()), "BadRequestException", 400)


@pytest.fixture(scope="module")
def echo(server):
    source = "export const handler = async (e) => ({statusCode: 200, body: String((e.body ?? '').length)});"
    arn = function(server, "functions", "echo", source)
    api = proxy_api(server, "echo", arn, verb="POST")
    allow(server, arn, f"arn:aws:execute-api:us-east-1:111111111111:{api}/*/POST/helloworld")
    return api


def test_body_at_ten_megabytes_and_one_over(server, echo):
    answer = server.get(echo, "/helloworld", method="POST", data=b"x" * 10_485_761)
    assert answer.status_code == 413
    assert answer.text == "HTTP content length exceeded 10485760 bytes."
    # A body of 10 MB is API Gateway's limit; Lambda's own of 6 MB is met first.
    answer = server.get(echo, "/helloworld", method="POST", data=b"x" * 10_485_760)
    assert (answer.status_code, answer.json()) == (413, {"message": "Request Too Long"})
    answer = server.get(echo, "/helloworld", method="POST", data=b"x" * 5_000_000)
    assert (answer.status_code, answer.text) == (200, "5000000")


def exchange(server, request, is_whole=False):
    """What comes back until the server closes; `is_whole` says that nothing more will be sent."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as stream:
        stream.sendall(request)
        if is_whole:
            stream.shutdown(socket.SHUT_WR)
        answer = b""
        while chunk := stream.recv(65536):
            answer += chunk
    return answer


def head_of(server, echo, size):
    """A request whose line and header lines are `size` bytes together, the empty line left out."""
    start = (
        f"POST /_aws/execute-api/{echo}/test/helloworld HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
        "Connection: close\r\nContent-Length: 0\r\nX-Padding: "
    ).encode()
    return start + b"p" * (size - len(start) - 2) + b"\r\n\r\n"


def test_head_at_10240_bytes_and_one_over(server, echo):
    assert exchange(server, head_of(server, echo, 10_240)).startswith(b"HTTP/1.1 200 ")
    over = exchange(server, head_of(server, echo, 10_241))
    assert over.split(b" ")[1] in (b"400", b"413", b"431"), over[:200]


@pytest.mark.parametrize(
    "bytes_",
    [
        b"\r\n\r\n",
        b"GET\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n",
    ],
)
def test_broken_http(server, bytes_):
    answer = exchange(server, bytes_, is_whole=True)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 4"), answer[:200]
    assert answer.count(b"HTTP/1.1 ") <= 1
