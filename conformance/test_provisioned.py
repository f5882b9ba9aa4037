"""Provisioned concurrency with the AWS CLI: workers that are up before anybody calls."""

import json
import signal
import subprocess
import threading

import pytest
from conftest import Crossway, cli, function

TELL = """
export const handler = async (event) => {
  if (event.die) process.exit(1);
  return process.env.AWS_LAMBDA_INITIALIZATION_TYPE;
};
"""
PUT = "put-provisioned-concurrency-config --provisioned-concurrent-executions".split()


class Caller:
    """The AWS CLI, asking a server."""

    def __init__(self, program, server):
        self.program, self.server = program, server

    def run(self, *arguments):
        return subprocess.run(
            [self.program, "lambda", *arguments, "--function-name", "warm"],
            env=self.server.environ("functions"),
            capture_output=True,
            text=True,
        )

    def ask(self, *arguments):
        done = self.run(*arguments)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout or "null")

    def ready(self, qualifier):
        """Waits until all are up."""
        for _ in range(100):
            found = self.ask("get-provisioned-concurrency-config", "--qualifier", qualifier)
            if found["Status"] != "IN_PROGRESS":
                break
            threading.Event().wait(0.1)
        assert found["Status"] == "READY", found
        return found

    def kind(self, qualifier, folder):
        """For what the worker was started that answers."""
        self.ask("invoke", "--qualifier", qualifier, str(folder / "answer"))
        return json.loads((folder / "answer").read_text())


@pytest.mark.parametrize("version", [1, 2])
def test_alias_has_workers_before_it_is_called(tmp_path, version):
    server = Crossway(tmp_path / "data")
    caller = Caller(cli(version), server)
    function(server, "functions", "warm", TELL)
    for _ in range(2):
        caller.ask("publish-version")
        caller.ask("update-function-configuration", "--timeout", "9")
        subprocess.run(
            [cli(version), "lambda", "wait", "function-updated-v2", "--function-name", "warm"],
            env=server.environ("functions"),
            check=True,
        )
    caller.ask("create-alias", "--name", "live", "--function-version", "1")
    begun = caller.ask(*PUT, "2", "--qualifier", "live")
    assert (begun["Status"], begun["RequestedProvisionedConcurrentExecutions"]) == ("IN_PROGRESS", 2)
    assert caller.ready("live")["AllocatedProvisionedConcurrentExecutions"] == 2
    assert caller.kind("live", tmp_path) == "provisioned-concurrency"
    assert caller.kind("2", tmp_path) == "on-demand"
    # It follows the alias.
    caller.ask("update-alias", "--name", "live", "--function-version", "2")
    caller.ready("live")
    refused = caller.run(*PUT, "1", "--qualifier", "2")
    assert "(ResourceConflictException)" in refused.stderr
    refused = caller.run(*PUT, "1", "--qualifier", "$LATEST")
    assert "cannot be applied to unpublished function versions" in refused.stderr
    # Killed, the server has them again when it is back.
    server.stop(signal.SIGKILL)
    server.start()
    caller.ready("live")
    assert caller.kind("live", tmp_path) == "provisioned-concurrency"
    caller.run("delete-provisioned-concurrency-config", "--qualifier", "live")
    gone = caller.run("get-provisioned-concurrency-config", "--qualifier", "live")
    assert "(ProvisionedConcurrencyConfigNotFoundException)" in gone.stderr
    listed = caller.ask("list-provisioned-concurrency-configs")
    assert listed["ProvisionedConcurrencyConfigs"] == []
    assert server.stop() == 0
