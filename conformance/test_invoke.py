"""Invoke as a client sees it: how much goes in and out, what ends a function, what the log tells of it."""

import base64
import json
import re

import botocore.exceptions
import pytest
from conftest import function

SOURCE = """export const handler = async ({ how, bytes }, context) => {
  if (how === 'answer') return 'x'.repeat(bytes - 2);
  if (how === 'exit') process.exit(3);
  if (how === 'sleep') await new Promise((done) => setTimeout(done, 60000));
  if (how === 'memory') { const kept = []; for (;;) kept.push(Buffer.alloc(1 << 23, 1)); }
  if (how === 'print') console.log('y'.repeat(bytes));
  if (how === 'throw') throw new TypeError('thrown');
  return how ?? null;
};
"""
SYNC_MAX = 6_291_456
EVENT_MAX = 1_048_576
ANSWER_MAX = 6_291_556


@pytest.fixture(scope="module")
def client(server):
    function(server, "functions", "invoked", SOURCE, Timeout=20, MemorySize=256)
    function(server, "functions", "hasty", SOURCE, Timeout=1)
    return server.client("functions", "lambda")


def invoke(client, name="invoked", **event):
    answer = client.invoke(FunctionName=name, Payload=json.dumps(event), LogType="Tail")
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    tail = base64.b64decode(headers["x-amz-log-result"]).decode()
    return answer, json.loads(answer["Payload"].read()), tail


def padded(length):
    """An event of so many bytes."""
    frame = json.dumps({"how": "padded", "pad": ""})
    return frame[:-2] + "p" * (length - len(frame)) + frame[-2:]


def refused(client, **more):
    with pytest.raises(botocore.exceptions.ClientError) as error:
        client.invoke(FunctionName="invoked", **more)
    response = error.value.response
    return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]


def test_an_event_of_6_megabytes_and_one_byte_more(client):
    answer = client.invoke(FunctionName="invoked", Payload=padded(SYNC_MAX))
    assert (answer["StatusCode"], answer["Payload"].read()) == (200, b'"padded"')
    status, error = refused(client, Payload=padded(SYNC_MAX + 1))
    assert status == 413 and error["Code"] == "RequestEntityTooLargeException"
    wanted = f"{SYNC_MAX + 1} byte payload is too large for the RequestResponse invocation type (limit {SYNC_MAX} bytes)"
    assert error["Message"] == wanted


def test_an_asynchronous_event_of_1_megabyte_and_one_byte_more(client):
    answer = client.invoke(FunctionName="invoked", InvocationType="Event", Payload=padded(EVENT_MAX))
    assert (answer["StatusCode"], answer["Payload"].read()) == (202, b"")
    status, error = refused(client, InvocationType="Event", Payload=padded(EVENT_MAX + 1))
    assert status == 413 and error["Code"] == "RequestEntityTooLargeException"
    wanted = f"{EVENT_MAX + 1} byte payload is too large for the Event invocation type (limit {EVENT_MAX} bytes)"
    assert error["Message"] == wanted


def test_an_answer_at_its_limit_and_one_byte_more(client):
    _, answer, _ = invoke(client, how="answer", bytes=ANSWER_MAX)
    assert len(answer) == ANSWER_MAX - 2
    answer, error, tail = invoke(client, how="answer", bytes=ANSWER_MAX + 1)
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    assert error == {
        "errorType": "Function.ResponseSizeTooLarge",
        "errorMessage": "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
    }
    # The worker lives on.
    assert "Init Duration" not in tail
    assert invoke(client, how="again")[1] == "again"


@pytest.mark.parametrize(
    ("name", "how", "kind", "message"),
    [
        ("hasty", "sleep", "Sandbox.Timedout", "Task timed out after 1.00 seconds"),
        ("invoked", "exit", "Runtime.ExitError", "Runtime exited with error: exit status 3"),
        ("invoked", "memory", "Runtime.ExitError", "Runtime exited with error: signal: killed"),
    ],
)
def test_what_ends_a_function_is_told(client, name, how, kind, message):
    answer, error, tail = invoke(client, name, how=how)
    request_id = answer["ResponseMetadata"]["HTTPHeaders"]["x-amzn-requestid"]
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    assert error == {"errorType": kind, "errorMessage": f"RequestId: {request_id} Error: {message}"}
    if kind == "Sandbox.Timedout":
        assert f"{request_id} Task timed out after 1.00 seconds" in tail
        assert "Status: timeout" in tail
    else:
        assert f"RequestId: {request_id} Error: {message}\nRuntime.ExitError" in tail
        assert "Status: error\tError Type: Runtime.ExitError" in tail
    # Another one takes its place.
    assert invoke(client, name, how="next")[1] == "next"


def test_errors_of_the_code_are_its_own(client):
    answer, error, _ = invoke(client, how="throw")
    assert answer["FunctionError"] == "Unhandled"
    assert (error["errorType"], error["errorMessage"]) == ("TypeError", "thrown")
    assert error["trace"][0] == "TypeError: thrown" and "/var/task/index.mjs:7:" in error["trace"][1]


def test_the_tail_is_this_invocations_last_4_kilobytes(client):
    answer, _, tail = invoke(client, how="print", bytes=10)
    request_id = answer["ResponseMetadata"]["HTTPHeaders"]["x-amzn-requestid"]
    lines = [
        rf"START RequestId: {request_id} Version: \$LATEST",
        rf"\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{{3}}Z\t{request_id}\tINFO\t{'y' * 10}",
        rf"END RequestId: {request_id}",
        rf"REPORT RequestId: {request_id}\tDuration: \d+\.\d\d ms\tBilled Duration: \d+ ms"
        r"\tMemory Size: 256 MB\tMax Memory Used: \d+ MB(\tInit Duration: \d+\.\d\d ms)?\t",
    ]
    assert re.search("\n".join(lines) + "\n*$", tail), tail
    _, _, tail = invoke(client, how="print", bytes=10_000)
    assert len(tail) == 4096 and not tail.startswith("START") and "REPORT" in tail


def test_headers_say_what_ran(client):
    answer, _, _ = invoke(client, how="headers")
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    assert headers["x-amz-executed-version"] == "$LATEST"
    assert headers["content-type"] == "application/json"
    assert headers["x-amzn-remapped-content-length"] == "0"
    assert re.fullmatch(r"root=1-[0-9a-f]{8}-[0-9a-f]{24};parent=[0-9a-f]{16};sampled=0;lineage=.+", headers["x-amzn-trace-id"])
    assert "x-amz-function-error" not in headers
    dry = client.invoke(FunctionName="invoked", InvocationType="DryRun", Payload=b"{}")
    assert (dry["StatusCode"], dry["Payload"].read()) == (204, b"")
    status, error = refused(client, Payload=b"no json")
    assert (status, error["Code"]) == (400, "InvalidRequestContentException")
