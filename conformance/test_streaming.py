"""Answers that reach the client while the backend makes them: REST APIs with responseTransferMode
STREAM in front of functions and HTTP backends, and function URLs with InvokeMode RESPONSE_STREAM.

Each client is a plain socket or http.client, which shows a byte when it comes."""

import http.client
import http.server
import json
import pathlib
import re
import threading
import time
import urllib.parse

import pytest

from conftest import API, allow, function

STREAMS = """
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
export const handler = awslambda.streamifyResponse(async (event, stream) => {
  const query = event.queryStringParameters ?? {};
  if (query.how === 'throw') throw new Error('before the head');
  if (query.how === 'raw') { stream.write('no head'); return stream.end(); }
  const http = awslambda.HttpResponseStream.from(stream, {
    statusCode: 201,
    headers: { 'X-One': 'single', 'X-Both': 'lost', ...JSON.parse(query.headers ?? '{}') },
    multiValueHeaders: { 'X-Both': ['a', 'b'] },
    cookies: ['c=1', 'd=2'],
  });
  if (query.how === 'slow') {
    for (let i = 0; i < 3; i++) { http.write(`${Date.now()};`); await pause(300); }
  } else if (query.how === 'large') {
    const piece = Buffer.alloc(1024 * 1024, 'x');
    for (let i = 0; i < Number(query.megabytes); i++) {
      if (!http.write(piece)) await new Promise((done) => http.once('drain', done));
    }
  } else if (query.how === 'break') {
    http.write('half');
    await pause(100);
    throw new Error('on the way');
  } else {
    http.write(event.body ?? 'hello');
  }
  http.end();
});
"""


def streaming_uri(arn):
    region = arn.split(":")[3]
    return (
        f"arn:aws:apigateway:{region}:lambda:path/2021-11-15/functions/{arn}"
        "/response-streaming-invocations"
    )


def api_of(server, name, **integration):
    """The id of a deployed API whose `ANY /s` has this integration."""
    gateway = server.client("api", "apigateway")
    api = gateway.create_rest_api(name=name, endpointConfiguration={"types": ["REGIONAL"]})["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    resource = gateway.create_resource(restApiId=api, parentId=root, pathPart="s")["id"]
    where = {"restApiId": api, "resourceId": resource, "httpMethod": "ANY"}
    gateway.put_method(authorizationType="NONE", **where)
    gateway.put_integration(**integration, **where)
    gateway.create_deployment(restApiId=api, stageName="test")
    return api


@pytest.fixture(scope="module")
def arn(server):
    arn = function(server, "functions", "streams", STREAMS, Timeout=60)
    allow(server, arn, f"arn:aws:execute-api:us-east-1:{API}:*", sid="apis")
    return arn


@pytest.fixture(scope="module")
def api(server, arn):
    return api_of(
        server,
        "streams",
        type="AWS_PROXY",
        integrationHttpMethod="POST",
        uri=streaming_uri(arn),
        responseTransferMode="STREAM",
        timeoutInMillis=60_000,
    )


def opened(server, api, query="", method="GET", body=None):
    """The answer of `/s`, its head read and its body still to come."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request(method, f"/_aws/execute-api/{api}/test/s{query}", body=body)
    return connection.getresponse()


def pieces(answer):
    """Pieces with the times, in milliseconds, at which they came."""
    while piece := answer.read1(65536):
        yield time.time() * 1000, piece


def test_stream_head_becomes_status_and_headers(server, api):
    answer = opened(server, api, method="POST", body="text")
    assert (answer.status, answer.read()) == (201, b"text")
    assert answer.headers["Transfer-Encoding"] == "chunked"
    assert answer.headers["X-One"] == "single"
    assert answer.headers.get_all("X-Both") == ["a", "b"]
    assert answer.headers.get_all("Set-Cookie") == ["c=1", "d=2"]
    assert answer.headers["X-Amzn-Trace-Id"].startswith("Root=1-")


def test_pieces_come_when_they_are_written(server, api):
    opened(server, api).read()  # A warm worker: its start is not what is measured.
    came, written = [], []
    for at, piece in pieces(opened(server, api, "?how=slow")):
        came.append(at)
        written += [int(text) for text in piece.decode().split(";") if text]
    assert len(written) == 3
    assert len(came) == 3, "each piece came by itself, not together with the next one"
    delays = [at - sent for at, sent in zip(came, written)]
    print("milliseconds from write to client:", delays)
    # 5 ms on an idle machine; here the bound is what no buffering could keep: the pause.
    assert max(delays) < 250


@pytest.mark.parametrize("megabytes", [1, 199])
def test_large_answers_need_little_memory(server, api, megabytes):
    opened(server, api).read()
    before = resident_kb(server)
    peak, total = before, 0
    for _, piece in pieces(opened(server, api, f"?how=large&megabytes={megabytes}")):
        total += len(piece)
        if total % (8 << 20) < 65536:
            peak = max(peak, resident_kb(server))
    assert total == megabytes << 20
    print(f"{megabytes} MB: {before} kB resident before, {peak} kB at most")
    assert peak - before < 48 * 1024


def resident_kb(server):
    status = pathlib.Path(f"/proc/{server.process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status).group(1))


def test_what_is_over_200_megabytes_breaks_off(server, api):
    answer = opened(server, api, "?how=large&megabytes=202")
    with pytest.raises(http.client.IncompleteRead):
        while answer.read(1 << 20):
            pass


def test_a_failure_on_the_way_is_not_taken_for_the_end(server, api):
    answer = opened(server, api, "?how=break")
    assert answer.status == 201
    with pytest.raises(http.client.IncompleteRead) as broken:
        answer.read()
    assert broken.value.partial == b"half"


@pytest.mark.parametrize("lengths", [["5"], ["many"], ["-1"], [""], ["5", "6"]])
def test_a_length_is_a_number_and_stands_once(server, api, lengths):
    names = ["Content-Length", "content-length"]
    headers = json.dumps(dict(zip(names, lengths)))
    answer = opened(server, api, "?" + urllib.parse.urlencode({"headers": headers}))
    is_usable = lengths[0] == "5"
    assert (answer.status, answer.read()) == (201, b"hello")
    assert answer.headers["Content-Length"] == ("5" if is_usable else None)
    assert answer.headers["Transfer-Encoding"] == (None if is_usable else "chunked")
    renamed = lengths[1:] if is_usable else lengths
    assert (answer.headers.get_all("x-amzn-Remapped-Content-Length") or []) == renamed


def test_functions_that_fail_or_write_no_head(server, api):
    answer = opened(server, api, "?how=throw")
    assert (answer.status, answer.read()) == (502, b'{"message": "Internal server error"}')
    answer = opened(server, api, "?how=raw")
    assert (answer.status, answer.read()) == (500, b'{"message": "Internal server error"}')


def test_a_function_that_does_not_stream_answers_500(server):
    arn = function(server, "functions", "plain-behind-stream")
    allow(server, arn, f"arn:aws:execute-api:us-east-1:{API}:*")
    api = api_of(
        server,
        "plain",
        type="AWS_PROXY",
        integrationHttpMethod="POST",
        uri=streaming_uri(arn),
        responseTransferMode="STREAM",
    )
    assert opened(server, api).status == 500


def test_streamed_format_behind_the_buffered_uri_has_no_body(server, arn):
    uri = streaming_uri(arn).replace("2021-11-15", "2015-03-31")
    uri = uri.replace("response-streaming-invocations", "invocations")
    api = api_of(server, "buffered", type="AWS_PROXY", integrationHttpMethod="POST", uri=uri)
    answer = opened(server, api)
    assert (answer.status, answer.read(), answer.headers["X-One"]) == (201, b"", "single")


def test_uris_and_modes_that_do_not_fit_answer_500(server, arn):
    for uri, mode in [
        (streaming_uri(arn), "BUFFERED"),
        (streaming_uri(arn).replace("2021-11-15", "2015-03-31"), "STREAM"),
    ]:
        api = api_of(
            server,
            "unfit",
            type="AWS_PROXY",
            integrationHttpMethod="POST",
            uri=uri,
            responseTransferMode=mode,
        )
        assert opened(server, api).status == 500, (uri, mode)


def test_the_functions_policy_decides_of_streams_too(server):
    arn = function(server, "functions", "closed-stream", STREAMS)
    api = api_of(
        server,
        "closed",
        type="AWS_PROXY",
        integrationHttpMethod="POST",
        uri=streaming_uri(arn),
        responseTransferMode="STREAM",
    )
    answer = opened(server, api)
    assert (answer.status, answer.read()) == (500, b'{"message": "Internal server error"}')
    allow(server, arn, f"arn:aws:execute-api:us-east-1:{API}:{api}/*/*/s")
    assert opened(server, api).status == 201


class Backend(http.server.BaseHTTPRequestHandler):
    """Sends a piece, waits until the test has seen it, sends the next."""

    protocol_version = "HTTP/1.1"
    go_on = threading.Semaphore(0)

    def do_GET(self):
        self.send_response(206)
        self.send_header("X-Backend", "yes")
        self.send_header("Content-Encoding", "custom")
        if self.path == "/sized":
            self.send_header("Content-Length", "3")
            self.end_headers()
            self.wfile.write(b"abc")
            return
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        if self.path == "/silent":
            self.go_on.acquire(timeout=20)
        for piece in [b"one", b"two", b"three"]:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.go_on.acquire(timeout=20)
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def backend():
    backend = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Backend)
    threading.Thread(target=backend.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{backend.server_port}"
    backend.shutdown()


def test_http_backends_stream_in_lock_step(server, backend):
    api = api_of(
        server,
        "http-stream",
        type="HTTP_PROXY",
        integrationHttpMethod="GET",
        uri=f"{backend}/pieces",
        responseTransferMode="STREAM",
    )
    answer = opened(server, api)
    assert (answer.status, answer.headers["X-Backend"]) == (206, "yes")
    assert answer.headers["Content-Encoding"] == "custom"
    for piece in [b"one", b"two", b"three"]:
        # The backend sends the next one only after this one was seen.
        assert answer.read1(100) == piece
        Backend.go_on.release()
    assert answer.read() == b""


def test_a_length_of_the_backend_is_kept(server, backend):
    api = api_of(
        server,
        "http-sized",
        type="HTTP_PROXY",
        integrationHttpMethod="GET",
        uri=f"{backend}/sized",
        responseTransferMode="STREAM",
    )
    answer = opened(server, api)
    assert (answer.headers["Content-Length"], answer.read()) == ("3", b"abc")
    assert answer.headers["Transfer-Encoding"] is None


def test_the_timeout_holds_for_the_whole_stream(server, backend):
    api = api_of(
        server,
        "http-late",
        type="HTTP_PROXY",
        integrationHttpMethod="GET",
        uri=f"{backend}/pieces",
        responseTransferMode="STREAM",
        timeoutInMillis=500,
    )
    answer = opened(server, api)
    assert answer.read1(100) == b"one"
    with pytest.raises(http.client.IncompleteRead):
        answer.read()
    for _ in range(3):
        Backend.go_on.release()


def test_test_invoke_shows_the_whole_answer(server, api):
    gateway = server.client("api", "apigateway")
    resources = gateway.get_resources(restApiId=api)["items"]
    resource = next(one["id"] for one in resources if one["path"] == "/s")
    tested = gateway.test_invoke_method(
        restApiId=api, resourceId=resource, httpMethod="ANY", body="text"
    )
    assert (tested["status"], tested["body"]) == (201, "text")


def test_only_proxies_stream(server):
    gateway = server.client("api", "apigateway")
    with pytest.raises(gateway.exceptions.BadRequestException):
        api_of(
            server,
            "mapped",
            type="HTTP",
            integrationHttpMethod="GET",
            uri="http://example.com",
            responseTransferMode="STREAM",
        )
    with pytest.raises(gateway.exceptions.BadRequestException):
        api_of(
            server,
            "too-long",
            type="HTTP_PROXY",
            integrationHttpMethod="GET",
            uri="http://example.com",
            responseTransferMode="STREAM",
            timeoutInMillis=900_001,
        )


def test_function_urls_stream(server, arn):
    client = server.client("functions", "lambda")
    url = client.create_function_url_config(
        FunctionName=arn, AuthType="NONE", InvokeMode="RESPONSE_STREAM"
    )
    assert url["InvokeMode"] == "RESPONSE_STREAM"
    client.add_permission(
        FunctionName=arn,
        StatementId="url",
        Action="lambda:InvokeFunctionUrl",
        Principal="*",
        FunctionUrlAuthType="NONE",
    )
    client.add_permission(
        FunctionName=arn,
        StatementId="invoke",
        Action="lambda:InvokeFunction",
        Principal="*",
        InvokedViaFunctionUrl=True,
    )
    host = urllib.parse.urlsplit(url["FunctionUrl"]).netloc

    def get(query):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        connection.request("GET", f"/{query}", headers={"Host": host})
        return connection.getresponse()

    assert get("").read() == b"hello"
    answer = get("?how=slow")
    assert (answer.status, answer.headers["X-One"]) == (201, "single")
    assert answer.headers.get_all("Set-Cookie") == ["c=1", "d=2"]
    assert len(list(pieces(answer))) == 3
    assert get("?how=throw").status == 502
    raw = get("?how=raw")
    assert (raw.status, raw.read()) == (200, b"no head")
    assert raw.headers["Content-Type"] == "application/octet-stream"
    broken = get("?how=break")
    with pytest.raises(http.client.IncompleteRead):
        broken.read()


def test_invoke_gathers_what_is_streamed(server, arn):
    client = server.client("functions", "lambda")
    invoked = client.invoke(FunctionName=arn, Payload=b"{}")
    head, body = invoked["Payload"].read().split(b"\0" * 8)
    assert json.loads(head)["statusCode"] == 201
    assert body == b"hello"


def test_invoke_with_response_stream(server, arn):
    client = server.client("functions", "lambda")

    def stream(query, **more):
        event = json.dumps({"queryStringParameters": query}).encode()
        answer = client.invoke_with_response_stream(FunctionName=arn, Payload=event, **more)
        assert answer["ExecutedVersion"] == "$LATEST"
        return list(answer["EventStream"])

    *chunks, end = stream({"how": "slow"}, LogType="Tail")
    head, body = b"".join(one["PayloadChunk"]["Payload"] for one in chunks).split(b"\0" * 8)
    assert json.loads(head)["statusCode"] == 201
    assert len(body.decode().split(";")) == 4
    assert len(chunks) >= 3, "one event for each write"
    assert list(end) == ["InvokeComplete"]
    assert "ErrorCode" not in end["InvokeComplete"]
    assert "LogResult" in end["InvokeComplete"]

    *chunks, end = stream({"how": "break"})
    assert b"".join(one["PayloadChunk"]["Payload"] for one in chunks).endswith(b"half")
    assert json.loads(end["InvokeComplete"]["ErrorDetails"])["errorMessage"] == "on the way"
    [end] = stream({"how": "throw"})
    assert json.loads(end["InvokeComplete"]["ErrorDetails"])["errorMessage"] == "before the head"

    dry = client.invoke_with_response_stream(
        FunctionName=arn, Payload=b"{}", InvocationType="DryRun"
    )
    assert dry["ResponseMetadata"]["HTTPStatusCode"] == 204
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.invoke_with_response_stream(FunctionName="no-such-function", Payload=b"{}")
    other = server.client("api", "lambda")
    with pytest.raises(other.exceptions.ClientError, match="not authorized"):
        other.invoke_with_response_stream(FunctionName=arn, Payload=b"{}")
