"""DecodeAuthorizationMessage with the unmodified AWS CLI."""

import json
import subprocess
import uuid

import botocore.exceptions
import pytest
from conftest import API, cli, function

HEADER = "x-crossway-authorization-message"


@pytest.fixture
def denied(server):
    """The answer to a user whom a statement denies what another allows, and the user's name."""
    iam, name = server.client("api", "iam"), f"denied-{uuid.uuid4().hex[:8]}"
    iam.create_user(UserName=name)
    statements = [
        {"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"},
        {
            "Sid": "NotThisOne",
            "Effect": "Deny",
            "Action": ["lambda:Get*", "lambda:Delete*"],
            "Resource": f"arn:aws:lambda:*:{API}:function:message-*",
            "Condition": {"StringEquals": {"aws:RequestedRegion": "us-east-1"}},
        },
    ]
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=document)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    arn = function(server, "api", f"message-{uuid.uuid4().hex[:8]}")
    client = server.client(
        "api",
        "lambda",
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        client.get_function(FunctionName=arn)
    return refused.value.response, name, arn


def decode(server, version, message, profile="api"):
    asked = ["decode-authorization-message", "--encoded-message", message]
    command = [cli(version), "--endpoint-url", server.url, "sts", *asked]
    return subprocess.run(
        [*command, "--output", "json"], capture_output=True, text=True, env=server.environ(profile)
    )


@pytest.mark.parametrize("version", [1, 2])
def test_the_cli_decodes_a_denial(server, denied, version):
    response, name, arn = denied
    assert response["Error"]["Message"].endswith(
        "with an explicit deny in an identity-based policy"
    )
    done = decode(server, version, response["ResponseMetadata"]["HTTPHeaders"][HEADER])
    assert done.returncode == 0, done.stderr
    message = json.loads(json.loads(done.stdout)["DecodedMessage"])
    assert (message["allowed"], message["explicitDeny"]) == (False, True)
    (statement,) = message["matchedStatements"]["items"]
    assert (statement["statementId"], statement["effect"]) == ("NotThisOne", "DENY")
    assert statement["actions"]["items"] == [{"value": "lambda:Get*"}, {"value": "lambda:Delete*"}]
    condition = {"key": "aws:RequestedRegion", "values": {"items": [{"value": "us-east-1"}]}}
    assert statement["conditions"]["items"] == [condition]
    context = message["context"]
    assert context["principal"]["name"] == name
    assert (context["action"], context["resource"]) == ("lambda:GetFunction", arn)
    keys = {item["key"]: item["values"]["items"] for item in context["conditions"]["items"]}
    assert keys["lambda:FunctionArn"] == [{"value": arn}]
    assert keys["aws:SourceIp"] == [{"value": "127.0.0.1"}]


def test_forged_and_foreign_messages_are_refused(server, denied):
    sealed = denied[0]["ResponseMetadata"]["HTTPHeaders"][HEADER]
    forged = sealed[:-1] + ("A" if sealed[-1] != "A" else "Q")
    for message, profile in [(forged, "api"), ("nonsense", "api"), (sealed, "functions")]:
        done = decode(server, 2, message, profile)
        assert done.returncode != 0
        assert "InvalidAuthorizationMessageException" in done.stderr


def test_answers_that_are_no_denials_have_no_message(server):
    client = server.client("api", "lambda")
    assert HEADER not in client.list_functions()["ResponseMetadata"]["HTTPHeaders"]
    with pytest.raises(botocore.exceptions.ClientError) as missing:
        client.get_function(FunctionName="there-is-none")
    assert HEADER not in missing.value.response["ResponseMetadata"]["HTTPHeaders"]
