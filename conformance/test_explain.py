"""Explaining calls of deployed APIs: an API's own policy, and who signed."""

import json
import signal
import uuid

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import pytest
import requests
from conftest import API, FUNCTIONS
from test_identity import document, explain
from test_isolation import Server, needs_openssl

INVOKE = "execute-api:Invoke"


class Signed:
    """A deployed API that asks for signatures, and a user."""

    def __init__(self, server, **api):
        self.server = server
        self.gateway = server.client("api", "apigateway")
        self.id = self.gateway.create_rest_api(name="explained", **api)["id"]
        root = self.gateway.get_resources(restApiId=self.id)["items"][0]["id"]
        where = {"restApiId": self.id, "resourceId": root, "httpMethod": "GET"}
        self.gateway.put_method(authorizationType="AWS_IAM", **where)
        templates = {"application/json": '{"statusCode":200}'}
        self.gateway.put_integration(type="MOCK", requestTemplates=templates, **where)
        for put in (self.gateway.put_method_response, self.gateway.put_integration_response):
            put(statusCode="200", **where)
        self.gateway.create_deployment(restApiId=self.id, stageName="test")
        self.arn = f"arn:aws:execute-api:us-east-1:{API}:{self.id}/test/GET/"
        self.iam, self.user = server.client("api", "iam"), f"explained-{uuid.uuid4().hex[:8]}"
        self.iam.create_user(UserName=self.user)
        key = self.iam.create_access_key(UserName=self.user)["AccessKey"]
        self.credentials = botocore.credentials.Credentials(key["AccessKeyId"], key["SecretAccessKey"])

    def grant(self, *statements):
        self.iam.put_user_policy(
            UserName=self.user, PolicyName="own", PolicyDocument=document(*statements)
        )

    def call(self):
        url = f"{self.server.url}/_aws/execute-api/{self.id}/test/"
        request = botocore.awsrequest.AWSRequest("GET", url)
        botocore.auth.SigV4Auth(self.credentials, "execute-api", "us-east-1").add_auth(request)
        return requests.get(url, headers=dict(request.headers), timeout=60)

    def explained(self, refused):
        return explain(self.server, "api", f"/{refused.headers['x-amzn-RequestId']}")


@pytest.fixture
def signed(server):
    return Signed(server)


def test_a_caller_without_permission(server, signed):
    refused = signed.call()
    assert refused.status_code == 403
    status, found = signed.explained(refused)
    assert (status, found["action"], found["resource"]) == (200, INVOKE, signed.arn)
    assert (found["decision"], found["statements"]) == ("implicitDeny", [])
    assert found["principal"] == f"arn:aws:iam::{API}:user/{signed.user}"
    asked = {"action": INVOKE, "resource": signed.arn, "principal": found["principal"]}
    assert explain(server, "api", asked=asked)[1]["decision"] == "implicitDeny"
    signed.grant({"Sid": "come", "Effect": "Allow", "Action": INVOKE, "Resource": signed.arn})
    status, found = explain(server, "api", asked=asked)
    assert (status, found["decision"]) == (200, "allowed")
    assert [one["sid"] for one in found["statements"]] == ["come"]
    assert signed.call().status_code == 200
    signed.grant({"Sid": "go", "Effect": "Deny", "Action": INVOKE, "Resource": "*"})
    refused = signed.call()
    status, found = signed.explained(refused)
    assert (status, found["decision"]) == (200, "explicitDeny")
    assert [one["sid"] for one in found["statements"]] == ["go"]


def test_the_apis_own_policy_refuses(server):
    policy = document(
        {"Sid": "all", "Effect": "Allow", "Principal": "*", "Action": INVOKE, "Resource": "execute-api:/*"},
        {
            "Sid": "elsewhere",
            "Effect": "Deny",
            "Principal": "*",
            "Action": INVOKE,
            "Resource": "execute-api:/*",
            "Condition": {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
        },
    )
    signed = Signed(server, policy=policy)
    signed.grant({"Effect": "Allow", "Action": INVOKE, "Resource": signed.arn})
    refused = signed.call()
    assert refused.status_code == 403
    assert "explicit deny" in json.loads(refused.text)["Message"]
    status, found = signed.explained(refused)
    assert (status, found["decision"], found["resource"]) == (200, "explicitDeny", signed.arn)
    (statement,) = found["statements"]
    assert (statement["policyType"], statement["sid"]) == ("resource-based policy", "elsewhere")

    asked = {"action": INVOKE, "resource": signed.arn, "principal": found["principal"]}
    status, ahead = explain(server, "api", asked=asked)
    assert (status, ahead["decision"]) == (200, "explicitDeny")
    assert [one["sid"] for one in ahead["statements"]] == ["elsewhere"]
    asked["context"] = {"aws:SourceIp": ["10.1.2.3"]}
    status, ahead = explain(server, "api", asked=asked)
    assert (status, ahead["decision"]) == (200, "allowed")
    policies = {one["policyType"] for one in ahead["statements"]}
    assert policies == {"resource-based policy", "identity-based policy"}


def test_an_api_of_another_account_is_explained_ahead(server):
    """Both sides must allow; each account hears of its own statements."""
    signed = Signed(server)
    iam = server.client("functions", "iam")
    iam.create_user(UserName=signed.user)
    grant = {"Sid": "ours", "Effect": "Allow", "Action": INVOKE, "Resource": signed.arn}
    iam.put_user_policy(UserName=signed.user, PolicyName="own", PolicyDocument=document(grant))
    stranger = f"arn:aws:iam::{FUNCTIONS}:user/{signed.user}"
    asked = {"action": INVOKE, "resource": signed.arn, "principal": stranger}
    assert explain(server, "functions", asked=asked)[1]["decision"] == "implicitDeny"
    policy = document(
        {"Sid": "theirs", "Effect": "Allow", "Principal": {"AWS": FUNCTIONS}, "Action": INVOKE,
         "Resource": "execute-api:/*"}
    )  # fmt: skip
    patch = [{"op": "replace", "path": "/policy", "value": policy}]
    signed.gateway.update_rest_api(restApiId=signed.id, patchOperations=patch)
    assert explain(server, "functions", asked=asked)[1]["decision"] == "implicitDeny"
    signed.gateway.create_deployment(restApiId=signed.id, stageName="test")
    status, found = explain(server, "functions", asked=asked)
    assert (status, found["decision"]) == (200, "allowed")
    assert [one["sid"] for one in found["statements"]] == ["ours"]


@needs_openssl
def test_a_server_explains_over_tls(tmp_path, monkeypatch):
    server = Server(tmp_path)
    try:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "certificate.pem"))
        arn = "arn:aws:lambda:us-east-1:222222222222:function:there-is-none"
        asked = {"action": "lambda:InvokeFunction", "resource": arn}
        status, found = explain(server, "functions", asked=asked)
        assert (status, found["decision"]) == (200, "allowed")
        asked["principal"] = "apigateway.amazonaws.com"
        status, found = explain(server, "functions", asked=asked)
        assert (status, found["decision"]) == (200, "implicitDeny")
        status, found = explain(server, None, asked=asked)
        assert status == 403
    finally:
        server.stop(signal.SIGTERM)
