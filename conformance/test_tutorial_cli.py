"""AWS's tutorial, both generations, with the unmodified AWS CLI in both major versions."""

import json
import subprocess

import pytest
from conftest import API, FUNCTIONS, PROGRAM, TRUST_LAMBDA, cli, zipped, HELLO

ERROR = '{"message": "Internal server error"}'


class Cli:
    """`aws --profile P …` of one version, text or JSON out."""

    def __init__(self, server, program, folder):
        self.server, self.program, self.folder = server, program, folder
        self.raw = ["--cli-binary-format", "raw-in-base64-out"]
        if "aws-cli/2" not in subprocess.run([program, "--version"], capture_output=True, text=True).stdout:
            self.raw = []

    def run(self, profile, *words, check=True):
        # Debian's version 2 is older than the profile setting `endpoint_url`.
        command = [self.program, "--endpoint-url", self.server.url, *words, "--output", "json"]
        done = subprocess.run(
            command, env=self.server.environ(profile), capture_output=True, text=True, timeout=60
        )
        if check:
            assert done.returncode == 0, f"{words}: {done.stderr}"
            return json.loads(done.stdout) if done.stdout.strip() else None
        return done


@pytest.fixture(params=["1", "2"])
def aws(request, server, tmp_path):
    return Cli(server, cli(request.param), tmp_path)


def create_function(aws, name):
    role = f"role-{name}"
    created = aws.run(
        "functions", "iam", "create-role", "--role-name", role, "--assume-role-policy-document", TRUST_LAMBDA
    )
    aws.run(
        "functions", "iam", "attach-role-policy", "--role-name", role, "--policy-arn",
        "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
    )
    package = aws.folder / "function.zip"
    package.write_bytes(zipped(HELLO))
    function = aws.run(
        "functions", "lambda", "create-function", "--function-name", name, "--runtime", "nodejs20.x",
        "--handler", "index.handler", "--role", created["Role"]["Arn"], "--zip-file", f"fileb://{package}",
    )
    assert function["State"] == "Pending"
    aws.run("functions", "lambda", "wait", "function-active-v2", "--function-name", name)
    assert function["FunctionArn"] == f"arn:aws:lambda:us-east-1:{FUNCTIONS}:function:{name}"
    return function["FunctionArn"]


def permit(aws, function, source):
    answer = aws.run(
        "functions", "lambda", "add-permission", "--function-name", function, "--source-arn", source,
        "--principal", "apigateway.amazonaws.com", "--statement-id", "4da8a7a4", "--action", "lambda:InvokeFunction",
    )
    policy = json.loads(aws.run("functions", "lambda", "get-policy", "--function-name", function)["Policy"])
    statement = {
        "Sid": "4da8a7a4",
        "Effect": "Allow",
        "Principal": {"Service": "apigateway.amazonaws.com"},
        "Action": "lambda:InvokeFunction",
        "Resource": function,
        "Condition": {"ArnLike": {"AWS:SourceArn": source}},
    }
    assert policy == {"Version": "2012-10-17", "Id": "default", "Statement": [statement]}
    assert list(policy["Statement"][0]) == list(statement), "AWS's order of members"
    assert json.loads(answer["Statement"]) == statement


def put_integration(aws, api, resource, function):
    aws.run(
        "api", "apigateway", "put-integration", "--rest-api-id", api, "--resource-id", resource,
        "--http-method", "GET", "--type", "AWS_PROXY", "--integration-http-method", "POST", "--uri",
        f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function}/invocations",
    )


def test_method(aws, api, resource):
    return aws.run(
        "api", "apigateway", "test-invoke-method", "--rest-api-id", api, "--resource-id", resource, "--http-method", "GET"
    )


test_method.__test__ = False


def refused_then_allowed(aws, api, resource, path, function):
    """Before the permission AWS's 500 and its log line; after it the function's answer."""
    before = aws.server.get(api, path)
    assert (before.status_code, before.text) == (500, ERROR)
    assert before.headers["x-amzn-ErrorType"] == "InternalServerErrorException"
    tested = test_method(aws, api, resource)
    assert (tested["status"], tested["body"]) == (500, ERROR)
    assert "Execution failed due to configuration error: Invalid permissions on Lambda function" in tested["log"]
    permit(aws, function, f"arn:aws:execute-api:us-east-1:{API}:{api}/*/GET{path}")
    tested = test_method(aws, api, resource)
    assert (tested["status"], tested["body"]) == (200, '"Hello from Lambda!"')
    after = aws.server.get(api, path)
    assert (after.status_code, after.text) == (200, '"Hello from Lambda!"')
    aws.run("functions", "lambda", "remove-permission", "--function-name", function, "--statement-id", "4da8a7a4")
    assert aws.server.get(api, path).status_code == 500
    gone = aws.run("functions", "lambda", "get-policy", "--function-name", function, check=False)
    assert gone.returncode != 0 and "ResourceNotFoundException" in gone.stderr


def test_petstore_import_points_its_root_at_another_accounts_function(aws):
    function = create_function(aws, f"petstore-{aws.folder.name}"[:60])
    document = aws.folder / "petstore.json"
    document.write_bytes(subprocess.run([PROGRAM, "example", "petstore"], capture_output=True, check=True).stdout)
    api = aws.run(
        "api", "apigateway", "import-rest-api", "--parameters", "endpointConfigurationTypes=REGIONAL",
        "--body", f"fileb://{document}",
    )
    assert api["name"] == "PetStore" and not api.get("warnings")
    api = api["id"]
    resources = aws.run("api", "apigateway", "get-resources", "--rest-api-id", api, "--embed", "methods")["items"]
    tree = {item["path"]: sorted(item.get("resourceMethods", {})) for item in resources}
    assert tree == {"/": ["GET"], "/pets": ["GET", "OPTIONS", "POST"], "/pets/{petId}": ["GET", "OPTIONS"]}
    aws.run("api", "apigateway", "create-deployment", "--rest-api-id", api, "--stage-name", "test")

    page = aws.server.get(api, "/")
    assert page.status_code == 200 and page.headers["Content-Type"] == "text/html"
    assert 'href="/test/pets' in page.text or "/test/pets" in page.text
    assert aws.server.get(api, "/pets/1").json() == {"id": 1, "type": "dog", "price": 249.99}
    assert [pet["type"] for pet in aws.server.get(api, "/pets").json()] == ["dog", "cat", "fish"]
    bought = aws.server.get(api, "/pets", method="POST", json={"type": "dog", "price": 249.99})
    assert bought.json() == {"pet": {"type": "dog", "price": 249.99}, "message": "success"}
    assert bought.headers["Access-Control-Allow-Origin"] == "*"

    root = next(item["id"] for item in resources if item["path"] == "/")
    put_integration(aws, api, root, function)
    assert aws.server.get(api, "/").status_code == 200, "a change is not live before it is deployed"
    aws.run("api", "apigateway", "create-deployment", "--rest-api-id", api, "--stage-name", "test")
    refused_then_allowed(aws, api, root, "/", function)


def test_new_api_with_helloworld(aws):
    function = create_function(aws, f"hello-{aws.folder.name}"[:60])
    api = aws.run(
        "api", "apigateway", "create-rest-api", "--name", "CrossAccountLambdaAPI", "--endpoint-configuration", "types=REGIONAL"
    )["id"]
    root = aws.run("api", "apigateway", "get-resources", "--rest-api-id", api)["items"][0]["id"]
    resource = aws.run(
        "api", "apigateway", "create-resource", "--rest-api-id", api, "--parent-id", root, "--path-part", "helloworld"
    )["id"]
    aws.run(
        "api", "apigateway", "put-method", "--rest-api-id", api, "--resource-id", resource,
        "--http-method", "GET", "--authorization-type", "NONE",
    )
    put_integration(aws, api, resource, function)
    aws.run("api", "apigateway", "create-deployment", "--rest-api-id", api, "--stage-name", "test")
    refused_then_allowed(aws, api, resource, "/helloworld", function)
