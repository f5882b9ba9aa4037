"""Asynchronous events: retries and destinations, made with boto3."""

import json
import time

import pytest
from botocore.exceptions import ClientError
from conftest import FUNCTIONS, function

WORK = """export const handler = async (event) => {
  if (event.fail) throw new Error('no');
  return { done: event.n };
};
"""
TOLD = "export const handler = async (event) => { console.log('told ' + JSON.stringify(event)); };"


def told(server, group, seconds=30):
    """The first record that a destination printed."""
    logs = server.client("functions", "logs")
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            events = logs.filter_log_events(logGroupName=group, filterPattern="told")["events"]
        except logs.exceptions.ResourceNotFoundException:
            events = []
        if events:
            return json.loads(events[0]["message"].split("told ", 1)[1])
        time.sleep(0.1)
    raise AssertionError("nobody was told")


def test_destinations_are_told(server):
    arn = function(server, "functions", "event-work", WORK)
    good = function(server, "functions", "event-good", TOLD)
    bad = function(server, "functions", "event-bad", TOLD)
    client = server.client("functions", "lambda")
    config = client.put_function_event_invoke_config(
        FunctionName="event-work", MaximumRetryAttempts=0, MaximumEventAgeInSeconds=60,
        DestinationConfig={"OnSuccess": {"Destination": good}, "OnFailure": {"Destination": bad}},
    )
    assert config["FunctionArn"] == arn + ":$LATEST"
    for name, target in [("event-good", good), ("event-bad", bad)]:
        # The execution role calls, and has no policies of its own.
        client.add_permission(
            FunctionName=name, StatementId="role", Action="lambda:InvokeFunction",
            Principal=f"arn:aws:iam::{FUNCTIONS}:role/conformance",
        )
    for payload in [{"n": 1}, {"fail": True}]:
        sent = client.invoke(
            FunctionName="event-work", InvocationType="Event", Payload=json.dumps(payload)
        )
        assert sent["StatusCode"] == 202
    record = told(server, "/aws/lambda/event-good")
    assert record["requestContext"]["condition"] == "Success"
    assert record["responsePayload"] == {"done": 1}
    record = told(server, "/aws/lambda/event-bad")
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["requestContext"]["approximateInvokeCount"] == 1
    assert record["requestPayload"] == {"fail": True}
    assert record["responseContext"]["functionError"] == "Unhandled"


def test_other_destinations_are_refused(server):
    function(server, "functions", "event-refused", WORK)
    client = server.client("functions", "lambda")
    queue = f"arn:aws:sqs:us-east-1:{FUNCTIONS}:queue"
    with pytest.raises(ClientError, match="DestinationConfig"):
        client.put_function_event_invoke_config(
            FunctionName="event-refused", DestinationConfig={"OnFailure": {"Destination": queue}}
        )
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_function_event_invoke_config(FunctionName="event-refused")
