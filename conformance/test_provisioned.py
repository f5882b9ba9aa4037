"""Provisioned concurrency: workers that are up before anybody calls."""

import json
import signal
import subprocess
import threading

import botocore.exceptions
import pytest
from conftest import cli, function

TELL = "export const handler = async () => process.env.AWS_LAMBDA_INITIALIZATION_TYPE;"
LIVE = {"FunctionName": "warm", "Qualifier": "live"}


def made(server):
    """A function with versions 1 and 2, and the alias `live` of the first."""
    function(server, "functions", "warm", TELL)
    client = server.client("functions", "lambda")
    for _ in range(2):
        client.publish_version(FunctionName="warm")
        client.update_function_configuration(FunctionName="warm", Timeout=9)
        waiter = client.get_waiter("function_updated_v2")
        waiter.wait(FunctionName="warm", WaiterConfig={"Delay": 0.1, "MaxAttempts": 100})
    client.create_alias(FunctionName="warm", Name="live", FunctionVersion="1")
    return client


def ready(client):
    """Waits until all are up."""
    for _ in range(600):
        found = client.get_provisioned_concurrency_config(**LIVE)
        if found["Status"] != "IN_PROGRESS":
            break
        threading.Event().wait(0.1)
    assert found["Status"] == "READY", found
    assert found["AllocatedProvisionedConcurrentExecutions"] == 2


def kind(client, qualifier):
    """For what the worker was started that answers."""
    answer = client.invoke(FunctionName="warm", Qualifier=qualifier)
    return json.loads(answer["Payload"].read())


def refusal(operation, **parameters):
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        operation(**parameters)
    return refused.value.response["Error"]["Code"]


def test_alias_has_workers_before_it_is_called(own_server):
    client = made(own_server)
    put = client.put_provisioned_concurrency_config
    assert put(**LIVE, ProvisionedConcurrentExecutions=2)["Status"] == "IN_PROGRESS"
    ready(client)
    assert kind(client, "live") == "provisioned-concurrency"
    assert kind(client, "2") == "on-demand"
    client.update_alias(FunctionName="warm", Name="live", FunctionVersion="2")
    ready(client)
    one = {"FunctionName": "warm", "ProvisionedConcurrentExecutions": 1}
    assert refusal(put, Qualifier="2", **one) == "ResourceConflictException"
    assert refusal(put, Qualifier="$LATEST", **one) == "InvalidParameterValueException"
    # Killed, the server has them again when it is back.
    own_server.stop(signal.SIGKILL)
    own_server.start()
    client = own_server.client("functions", "lambda")
    ready(client)
    assert kind(client, "live") == "provisioned-concurrency"
    client.delete_provisioned_concurrency_config(**LIVE)
    gone = refusal(client.get_provisioned_concurrency_config, **LIVE)
    assert gone == "ProvisionedConcurrencyConfigNotFoundException"


@pytest.mark.parametrize("version", [1, 2])
def test_aws_cli_reads_what_it_wrote(empty_server, version):
    made(empty_server)

    def ask(operation, *words):
        done = subprocess.run(
            [
                *[cli(version), "--endpoint-url", empty_server.url, "lambda", operation],
                *["--function-name", "warm", "--output", "json", *words],
            ],
            env=empty_server.environ("functions"),
            capture_output=True,
            text=True,
            check=True,
        )
        return json.loads(done.stdout or "null")

    live = ["--qualifier", "live"]
    begun = ask(
        "put-provisioned-concurrency-config", *live, "--provisioned-concurrent-executions", "1"
    )
    assert (begun["Status"], begun["RequestedProvisionedConcurrentExecutions"]) == ("IN_PROGRESS", 1)
    [listed] = ask("list-provisioned-concurrency-configs")["ProvisionedConcurrencyConfigs"]
    assert listed["FunctionArn"].endswith(":function:warm:live")
    ask("delete-provisioned-concurrency-config", *live)
    assert ask("list-provisioned-concurrency-configs")["ProvisionedConcurrencyConfigs"] == []
