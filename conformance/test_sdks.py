"""`crossway runtime`: the AWS SDKs that functions find, installed by npm and pip while a server runs."""

import io
import json
import subprocess
import zipfile

import pytest
import requests
from conftest import PROGRAM, function

MODULE = """import { STSClient, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
export const handler = async () => (await new STSClient().send(new GetCallerIdentityCommand())).Arn;
"""
SCRIPT = """exports.handler = async () => {
  const { STSClient, GetCallerIdentityCommand } = require('@aws-sdk/client-sts');
  return (await new STSClient().send(new GetCallerIdentityCommand())).Arn;
};
"""
PYTHON = """import boto3
def handler(event, context):
    return [boto3.client("sts").get_caller_identity()["Arn"], boto3.__file__]
"""


def runtime(server, *arguments):
    command = [PROGRAM, "runtime", *arguments, "--data-dir", str(server.data)]
    return subprocess.run(command, capture_output=True, text=True, timeout=240)


def invoke(server, name):
    client = server.client("functions", "lambda")
    answer = client.invoke(FunctionName=name)
    return answer.get("FunctionError"), json.loads(answer["Payload"].read())


def sdks(server):
    return requests.get(server.url + "/_crossway/health", timeout=10).json()["sdks"]


def of_python(server, name, text):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("app.py", text)
    function(server, "functions", name, Runtime="python3.11", Handler="app.handler",
             Code={"ZipFile": buffer.getvalue()})


def test_javascript_sdk_is_found_by_modules_and_scripts(own_server):
    function(own_server, "functions", "module", MODULE)
    assert invoke(own_server, "module")[0] == "Unhandled"
    assert sdks(own_server) == {}
    added = runtime(own_server, "add", "javascript-sdk", "@aws-sdk/client-sts")
    assert added.returncode == 0, added.stderr
    assert "@aws-sdk/client-sts 3." in added.stdout
    # The next start finds it, without a restart of the server.
    arn = "arn:aws:sts::222222222222:assumed-role/"
    error, answer = invoke(own_server, "module")
    assert error is None and answer.startswith(arn), answer
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("index.js", SCRIPT)
    function(own_server, "functions", "script", Code={"ZipFile": buffer.getvalue()})
    error, answer = invoke(own_server, "script")
    assert error is None and answer.startswith(arn), answer
    assert list(sdks(own_server)["javascript-sdk"]) == ["@aws-sdk/client-sts"]
    assert "@aws-sdk/client-sts" in runtime(own_server, "list").stdout
    assert runtime(own_server, "remove", "javascript-sdk").returncode == 0
    assert sdks(own_server) == {}
    again = runtime(own_server, "remove", "javascript-sdk")
    assert (again.returncode, "is not installed" in again.stderr) == (1, True)


def test_python_sdk_is_where_the_runtime_is(own_server):
    added = runtime(own_server, "add", "python-sdk")
    assert added.returncode == 0, added.stderr
    of_python(own_server, "boto", PYTHON)
    error, (arn, file) = invoke(own_server, "boto")
    assert error is None and arn.startswith("arn:aws:sts::222222222222:assumed-role/")
    assert file.startswith("/var/runtime/python/boto3/")
    assert "boto3" in sdks(own_server)["python-sdk"]


@pytest.mark.parametrize("package", ["left-pad", "--registry=http://127.0.0.1:1"])
def test_other_packages_are_refused(server, package):
    refused = runtime(server, "add", "javascript-sdk", "--", package)
    assert refused.returncode != 0
    assert "is no package of the SDK" in refused.stderr
