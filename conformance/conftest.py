"""Starts the built program on a free port and hands tests its clients.

CROSSWAY_PROGRAM   the built program (default: target/debug/crossway)
CROSSWAY_AWS_V1/2  AWS CLIs to drive; a missing one skips its tests, visibly
CROSSWAY_SHARED    folder of shared corpora and client samples; without it their tests are skipped
"""

import io
import os
import pathlib
import shutil
import signal
import subprocess
import zipfile

import boto3
import botocore.config
import pytest
import requests

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = os.environ.get("CROSSWAY_PROGRAM", str(ROOT / "target/debug/crossway"))
API, FUNCTIONS = "111111111111", "222222222222"
TRUST_LAMBDA = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow",'
    '"Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}'
)
HELLO = """export const handler = async (event) => {
  console.log('event', event.httpMethod, event.path);
  return { statusCode: 200, body: JSON.stringify('Hello from Lambda!') };
};
"""


class Crossway:
    """A running server with one data directory."""

    def __init__(self, data, *flags, environment=None):
        self.data = pathlib.Path(data)
        self.flags = flags
        self.environment = environment or {}
        self.start()

    def start(self):
        self.log = open(self.data.parent / f"{self.data.name}.log", "ab")
        self.process = subprocess.Popen(
            [PROGRAM, "dev", "--port", "0", "--data-dir", str(self.data), *self.flags],
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
            env={**os.environ, **self.environment},
        )
        line = self.process.stdout.readline()
        assert line.startswith("crossway ready: "), f"not ready: {line!r}, see {self.log.name}"
        self.url = line.split(": ", 1)[1].strip()
        self.port = int(self.url.rsplit(":", 1)[1])

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        status = self.process.wait(timeout=30)
        self.log.close()
        return status

    def environ(self, profile="api", **more):
        """The environment in which a client uses `profile`."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
        return {
            **kept,
            # The CLI keeps sessions of roles below the home directory, for any server.
            "HOME": str(self.data.parent),
            "AWS_CONFIG_FILE": str(self.data / "aws/config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(self.data / "aws/credentials"),
            "AWS_PROFILE": profile,
            "AWS_PAGER": "",
            "AWS_EC2_METADATA_DISABLED": "true",
            **more,
        }

    def keys(self, profile):
        """Access key id and secret of a profile's credential file."""
        import configparser

        file = configparser.ConfigParser()
        file.read(self.data / "aws/credentials")
        return file[profile]["aws_access_key_id"], file[profile]["aws_secret_access_key"]

    def client(self, profile, service, region="us-east-1", **keys):
        """A boto3 client; `keys` replace the profile's credentials."""
        if not keys:
            key, secret = self.keys(profile)
            keys = {"aws_access_key_id": key, "aws_secret_access_key": secret}
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=self.url,
            config=botocore.config.Config(
                retries={"max_attempts": 0}, parameter_validation=False, read_timeout=60
            ),
            **keys,
        )

    def get(self, api, path, stage="test", method="GET", **more):
        """A request to a deployed API by its path-style address."""
        url = f"{self.url}/_aws/execute-api/{api}/{stage}{path}"
        return requests.request(method, url, timeout=60, **more)


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """One server for every test that does not stop it."""
    crossway = Crossway(tmp_path_factory.mktemp("server") / "data", "--ephemeral")
    yield crossway
    assert crossway.stop() == 0


@pytest.fixture
def empty_server(tmp_path):
    """A server that holds nothing of other tests."""
    crossway = Crossway(tmp_path / "empty", "--ephemeral")
    yield crossway
    assert crossway.stop() == 0


@pytest.fixture
def own_server(tmp_path):
    """A durable server of the test's own, which may be killed and started again."""
    crossway = Crossway(tmp_path / "data")
    yield crossway
    if crossway.process.poll() is None:
        crossway.stop()


def zipped(source, name="index.mjs"):
    """A zip file with one file in it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, source)
    return buffer.getvalue()


def role(server, profile, name):
    """The ARN of an execution role, created when it is not there."""
    iam = server.client(profile, "iam")
    try:
        return iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST_LAMBDA)["Role"]["Arn"]
    except iam.exceptions.EntityAlreadyExistsException:
        return iam.get_role(RoleName=name)["Role"]["Arn"]


def function(server, profile, name, source=HELLO, region="us-east-1", **more):
    """The ARN of an active function."""
    client = server.client(profile, "lambda", region)
    settings = {"Runtime": "nodejs20.x", "Handler": "index.handler", **more}
    code = settings.pop("Code", {"ZipFile": zipped(source)})
    arn = client.create_function(
        FunctionName=name, Role=role(server, profile, "conformance"), Code=code, **settings
    )["FunctionArn"]
    client.get_waiter("function_active_v2").wait(
        FunctionName=name, WaiterConfig={"Delay": 0.1, "MaxAttempts": 100}
    )
    return arn


def lambda_uri(arn):
    """The integration URI of a function."""
    region = arn.split(":")[3]
    return (
        f"arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{arn}/invocations"
    )


def proxy_api(server, name, arn, path="helloworld", verb="GET", profile="api", region="us-east-1"):
    """A deployed API whose `verb /path` is a Lambda proxy integration; gives its id."""
    gateway = server.client(profile, "apigateway", region)
    api = gateway.create_rest_api(name=name, endpointConfiguration={"types": ["REGIONAL"]})["id"]
    resource = gateway.get_resources(restApiId=api)["items"][0]["id"]
    if path:
        resource = gateway.create_resource(restApiId=api, parentId=resource, pathPart=path)["id"]
    where = {"restApiId": api, "resourceId": resource, "httpMethod": verb}
    gateway.put_method(authorizationType="NONE", **where)
    gateway.put_integration(
        type="AWS_PROXY", integrationHttpMethod="POST", uri=lambda_uri(arn), **where
    )
    gateway.create_deployment(restApiId=api, stageName="test")
    return api


def allow(server, arn, source_arn, sid="allow", profile="functions", **more):
    """Adds the tutorial's permission to a function."""
    server.client(profile, "lambda", arn.split(":")[3]).add_permission(
        FunctionName=arn,
        StatementId=sid,
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
        SourceArn=source_arn,
        **more,
    )


def shared(*parts):
    """A path below the shared folder; skips the test when there is none."""
    folder = os.environ.get("CROSSWAY_SHARED")
    if not folder:
        pytest.skip("CROSSWAY_SHARED is not set")
    path = (ROOT / folder).joinpath(*parts)
    if not path.exists():
        pytest.skip(f"{path} is not there")
    return path


def cli(version):
    """The AWS CLI of a major version; skips the test when there is none."""
    program = os.environ.get(f"CROSSWAY_AWS_V{version}")
    if not program or not shutil.which(program):
        pytest.skip(f"AWS CLI version {version} is not installed")
    return program
