"""`LoggingConfig`: JSON records with levels, and log groups of one's own."""

import base64
import json
import time

import pytest
from botocore.exceptions import ClientError
from conftest import function, zipped

NODE = """export const handler = async (event) => {
  console.debug('a debug record');
  console.log({ told: event.n });
  console.warn('a warning');
  if (event.fail) throw new TypeError('no');
  return event;
};
"""
PYTHON = """import logging
def handler(event, context):
    logging.info("an info record")
    logging.warning({"told": event["n"]}, extra={"own": 1})
    print("printed")
    return event
"""


def settings(level="INFO", system="INFO", **more):
    return {
        "LoggingConfig": {
            "LogFormat": "JSON", "ApplicationLogLevel": level, "SystemLogLevel": system, **more,
        }
    }


def events(server, group, until):
    """Messages of a group once `until` accepts them; batches are stored in the background."""
    logs = server.client("functions", "logs")
    for _ in range(600):
        try:
            found = logs.filter_log_events(logGroupName=group)["events"]
        except logs.exceptions.ResourceNotFoundException:
            found = []
        messages = [event["message"] for event in found]
        if until(messages):
            return messages
        time.sleep(0.05)
    raise AssertionError(messages)


def records(server, group, kind="platform.report"):
    """Its records, once the last of an invocation is there."""
    return [json.loads(text) for text in events(server, group, lambda all: any(kind in one for one in all))]


def invoke(client, name, event):
    answer = client.invoke(FunctionName=name, Payload=json.dumps(event), LogType="Tail")
    tail = base64.b64decode(answer["LogResult"]).decode()
    return json.loads(answer["Payload"].read()), tail


def test_node_writes_records(server):
    function(server, "functions", "json-node", NODE, **settings())
    client = server.client("functions", "lambda")
    shown = client.get_function_configuration(FunctionName="json-node")["LoggingConfig"]
    assert shown == {
        "LogFormat": "JSON", "ApplicationLogLevel": "INFO", "SystemLogLevel": "INFO",
        "LogGroup": "/aws/lambda/json-node",
    }
    _, tail = invoke(client, "json-node", {"n": 1})
    all_records = records(server, "/aws/lambda/json-node")
    kinds = [record.get("type") or record["level"] for record in all_records]
    assert kinds == ["platform.initStart", "platform.start", "INFO", "WARN", "platform.report"]
    start, told = all_records[1]["record"], all_records[2]
    assert told["message"] == {"told": 1} and told["requestId"] == start["requestId"]
    report = all_records[-1]["record"]
    assert report["status"] == "success" and report["metrics"]["memorySizeMB"] == 128
    assert report["metrics"]["initDurationMs"] > 0
    assert [json.loads(line) for line in tail.splitlines()] == all_records[1:]


def test_levels_say_what_is_written(server):
    function(server, "functions", "json-levels", NODE, **settings("WARN", "DEBUG"))
    client = server.client("functions", "lambda")
    failed, _ = invoke(client, "json-levels", {"n": 1, "fail": True})
    assert failed["errorType"] == "TypeError"
    all_records = records(server, "/aws/lambda/json-levels")
    kinds = [record.get("type") or record["level"] for record in all_records]
    assert kinds == [
        "platform.initStart", "platform.initRuntimeDone", "platform.initReport", "platform.start",
        "WARN", "ERROR", "platform.runtimeDone", "platform.report",
    ]
    assert all_records[5]["message"]["errorType"] == "TypeError"
    assert all_records[-1]["record"]["status"] == "error"

    update = client.update_function_configuration
    update(FunctionName="json-levels", **settings("FATAL", "WARN", LogGroup="of-its-own"))
    client.get_waiter("function_updated_v2").wait(FunctionName="json-levels")
    invoke(client, "json-levels", {"n": 1, "fail": True})
    all_records = records(server, "of-its-own")
    assert [record["type"] for record in all_records] == ["platform.runtimeDone", "platform.report"]
    streams = server.client("functions", "logs").describe_log_streams(logGroupName="of-its-own")
    assert "json-levels[$LATEST]" in streams["logStreams"][0]["logStreamName"]


def test_python_writes_records(server):
    code = {"ZipFile": zipped(PYTHON, "app.py")}
    function(
        server, "functions", "json-python", Code=code, Runtime="python3.11", Handler="app.handler",
        **settings(),
    )
    client = server.client("functions", "lambda")
    invoke(client, "json-python", {"n": 7})
    group = "/aws/lambda/json-python"
    messages = events(server, group, lambda all: any("platform.report" in one for one in all))
    assert "printed" in messages
    told = [json.loads(text) for text in messages if text.startswith('{"timestamp"')]
    assert [(record["level"], record["message"]) for record in told] == [
        ("INFO", "an info record"), ("WARNING", {"told": 7}),
    ]
    assert told[1]["own"] == 1 and told[1]["logger"] == "root"


def test_a_timeout_is_a_record(server):
    source = "export const handler = () => new Promise((r) => setTimeout(r, 5000));"
    function(server, "functions", "json-timeout", source, Timeout=1, **settings())
    failed, _ = invoke(server.client("functions", "lambda"), "json-timeout", {})
    assert failed["errorType"] == "Sandbox.Timedout"
    all_records = records(server, "/aws/lambda/json-timeout")
    assert [record["type"] for record in all_records][-2:] == ["platform.runtimeDone", "platform.report"]
    assert all_records[-1]["record"]["status"] == "timeout"


def test_levels_need_json(server):
    function(server, "functions", "text-levels", NODE)
    client = server.client("functions", "lambda")
    with pytest.raises(ClientError) as refused:
        client.update_function_configuration(
            FunctionName="text-levels", LoggingConfig={"ApplicationLogLevel": "WARN"}
        )
    error = refused.value.response["Error"]
    assert error["Code"] == "InvalidParameterValueException"
    assert error["Message"].startswith('LogLevel is not supported when LogFormat is set to "Text"')
    invoke(client, "text-levels", {"n": 1})
    text = events(server, "/aws/lambda/text-levels", lambda all: any("REPORT" in one for one in all))
    assert any("\tDEBUG\ta debug record" in line for line in text)
