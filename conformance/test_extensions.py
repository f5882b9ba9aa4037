"""Extensions in layers: a script with curl beside a function, seen through its log."""

import io
import json
import shutil
import time
import zipfile

import pytest
from conftest import function

EXTENSION = """#!/bin/sh
api="http://$AWS_LAMBDA_RUNTIME_API/2020-01-01/extension"
id=$(curl -sS -D - -o /dev/null "$api/register" -H "Lambda-Extension-Name: curl.sh" \\
  -d '{"events": ["INVOKE", "SHUTDOWN"]}' | tr -d '\\r' | sed -n 's/^lambda-extension-identifier: //Ip')
while true; do
  event=$(curl -sS "$api/event/next" -H "Lambda-Extension-Identifier: $id")
  echo "extension saw $event"
  case "$event" in *SHUTDOWN*) exit 0 ;; esac
done
"""
HANDLER = "export const handler = async (event) => ({ ...event, type: process.env.AWS_LAMBDA_INITIALIZATION_TYPE });"


def layer(client, name):
    """The ARN of a layer with the extension."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        program = zipfile.ZipInfo("extensions/curl.sh")
        program.external_attr = 0o755 << 16
        archive.writestr(program, EXTENSION)
    made = client.publish_layer_version(LayerName=name, Content={"ZipFile": buffer.getvalue()})
    return made["LayerVersionArn"]


def await_messages(server, name, wanted):
    """The messages of a function's log, once they have what is wanted."""
    logs = server.client("functions", "logs")
    for _ in range(600):
        try:
            found = logs.filter_log_events(logGroupName=f"/aws/lambda/{name}")["events"]
        except logs.exceptions.ResourceNotFoundException:
            found = []
        messages = [event["message"].strip() for event in found]
        if any(wanted(message) for message in messages):
            return messages
        time.sleep(0.05)
    raise AssertionError(messages)


def seen(messages):
    begin = "extension saw "
    return [json.loads(text.removeprefix(begin)) for text in messages if text.startswith(begin)]


@pytest.mark.skipif(not shutil.which("curl"), reason="no curl here")
def test_a_script_sees_each_invocation_and_the_end(server):
    client, name = server.client("functions", "lambda"), "extended"
    arn = function(server, "functions", name, HANDLER, Layers=[layer(client, name)])
    for n in range(3):
        answer = client.invoke(FunctionName=name, Payload=json.dumps({"n": n}))
        assert json.loads(answer["Payload"].read())["n"] == n
    client.update_function_configuration(FunctionName=name, Description="retires its workers")
    messages = await_messages(server, name, lambda text: '"SHUTDOWN"' in text)
    # Calls that come while the extension is not yet done may have workers of their own.
    invoked = [event for event in seen(messages) if event["eventType"] == "INVOKE"]
    assert len(invoked) == 3
    assert invoked[0]["invokedFunctionArn"] == arn
    ended = [event for event in seen(messages) if event["eventType"] == "SHUTDOWN"]
    assert ended[0]["shutdownReason"] == "spindown"
    assert "EXTENSION\tName: curl.sh\tState: Ready\tEvents: [INVOKE, SHUTDOWN]" in messages


@pytest.mark.skipif(not shutil.which("curl"), reason="no curl here")
def test_workers_that_are_kept_up_have_their_extensions(server):
    client, name = server.client("functions", "lambda"), "extended-provisioned"
    function(server, "functions", name, HANDLER, Layers=[layer(client, name)])
    version = client.publish_version(FunctionName=name)["Version"]
    client.put_provisioned_concurrency_config(
        FunctionName=name, Qualifier=version, ProvisionedConcurrentExecutions=1
    )
    await_messages(server, name, lambda text: text.startswith("EXTENSION\tName: curl.sh"))
    answer = client.invoke(FunctionName=name, Qualifier=version, Payload=b"{}")
    assert json.loads(answer["Payload"].read())["type"] == "provisioned-concurrency"
    client.delete_provisioned_concurrency_config(FunctionName=name, Qualifier=version)
    await_messages(server, name, lambda text: "spindown" in text)
