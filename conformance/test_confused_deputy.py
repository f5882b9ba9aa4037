"""Who may call a function through an API: each case of the corpus by a request to a deployed API.

A case says what stands in the function's policy and who calls. The caller is made real: a method,
the console's test call or an authorizer of an API in account 111111111111, or a user whose own
credentials an integration uses. A case about a call that no gateway makes (another service, another
action) is turned round: the policy names that service or action, and the gateway's call does not.
"""

import json

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import pytest
import requests
from conftest import API, FUNCTIONS, function, lambda_uri, shared

PROFILES = {API: "api", FUNCTIONS: "functions"}
GATEWAY = "apigateway.amazonaws.com"
# Answers methods, and lets everybody in as an authorizer.
SOURCE = """export const handler = async (event) => event.type === 'TOKEN'
  ? { principalId: 'p', policyDocument: { Version: '2012-10-17', Statement: [
      { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: event.methodArn }] } }
  : { statusCode: 200, body: 'hello' };
"""


def cases(kind):
    file = shared("corpora", "iam", "aws-documented-and-confused-deputy.json")
    found = [case for case in json.loads(file.read_text())["cases"] if case["kind"] == kind]
    assert found
    return found


@pytest.fixture(scope="module")
def arn(server):
    return function(server, "functions", "PetFn", SOURCE)


class Deployed:
    """An API with the resources that the cases' source ARNs name."""

    def __init__(self, server, arn, profile, paths, **integration):
        self.server = server
        self.gateway = server.client(profile, "apigateway")
        self.id = self.gateway.create_rest_api(name="deputy")["id"]
        root = self.gateway.get_resources(restApiId=self.id)["items"][0]["id"]
        self.resources = {"": root}
        for path in paths:
            self.resource(path)
            self.method(
                path,
                type="AWS_PROXY",
                integrationHttpMethod="POST",
                uri=lambda_uri(arn),
                **integration,
            )
        self.guarded(arn)
        self.gateway.create_deployment(restApiId=self.id, stageName="prod")

    def resource(self, path):
        if path not in self.resources:
            above, _, part = path.rpartition("/")
            self.resource(above)
            part = "{part}" if part == "*" else part
            self.resources[path] = self.gateway.create_resource(
                restApiId=self.id, parentId=self.resources[above], pathPart=part
            )["id"]

    def method(self, path, authorization=None, **integration):
        where = {"restApiId": self.id, "resourceId": self.resources[path], "httpMethod": "GET"}
        is_callers = "credentials" in integration
        kind = authorization or {"authorizationType": "AWS_IAM" if is_callers else "NONE"}
        self.gateway.put_method(**kind, **where)
        self.gateway.put_integration(**integration, **where)
        if integration["type"] == "MOCK":
            for put in (self.gateway.put_method_response, self.gateway.put_integration_response):
                put(statusCode="200", **where)

    def guarded(self, arn):
        """A method that answers when its authorizer, the function, lets it."""
        self.authorizer = self.gateway.create_authorizer(
            restApiId=self.id,
            name="deputy",
            type="TOKEN",
            authorizerUri=lambda_uri(arn),
            identitySource="method.request.header.Authorization",
            authorizerResultTtlInSeconds=0,
        )["id"]
        self.resource("guarded")
        custom = {"authorizationType": "CUSTOM", "authorizerId": self.authorizer}
        templates = {"application/json": '{"statusCode":200}'}
        self.method("guarded", custom, type="MOCK", requestTemplates=templates)

    def call(self, source):
        """The status of the call that presents this source ARN."""
        stage, _, rest = source.split(":", 5)[5].split("/", 1)[1].partition("/")
        if stage == "authorizers":
            return self.server.get(
                self.id, "/guarded", stage="prod", headers={"Authorization": "token"}
            ).status_code
        verb, _, path = rest.partition("/")
        if stage == "test-invoke-stage":
            return self.gateway.test_invoke_method(
                restApiId=self.id, resourceId=self.resources[path], httpMethod=verb
            )["status"]
        path = "/" + path.replace("*", "1").replace("{", "").replace("}", "")
        return self.server.get(self.id, path, stage=stage, method=verb).status_code

    def text(self, document):
        """A document of the corpus about this API and its authorizer."""
        text = json.dumps(document).replace("authorizers/xyz", f"authorizers/{self.authorizer}")
        return text.replace("abc123", self.id).replace("abc12?", self.id[:-1] + "?")


def give(server, arn, document):
    """Makes `document` the function's whole policy; no policy for one without statements."""
    client = server.client("functions", "lambda")
    for place, statement in enumerate(document["Statement"]):
        # Some cases use one id twice, which AWS refuses.
        statement["Sid"] = f"s{place}"
    if document["Statement"]:
        client.put_resource_policy(ResourceArn=arn, Policy=json.dumps(document))
        return
    try:
        client.delete_resource_policy(ResourceArn=arn)
    except client.exceptions.ResourceNotFoundException:
        pass


def test_calls_by_the_gateway(server, arn):
    found = cases("lambda-invoke-by-service")
    sources = [case["context"]["aws:SourceArn"] for case in found]
    of_methods = [source for source in sources if "/authorizers/" not in source]
    paths = {source.split(":", 5)[5].split("/", 3)[3] for source in of_methods}
    deployed = Deployed(server, arn, "api", sorted(paths))
    differences = []
    for case in found:
        policy = deployed.text(case["resourcePolicy"])
        policy = policy.replace(GATEWAY, case["principalService"])
        policy = policy.replace("lambda:InvokeFunction", case["action"])
        give(server, arn, json.loads(policy))
        status = deployed.call(case["context"]["aws:SourceArn"])
        expected = 200 if case["expected"] == "Allow" else 500
        if status != expected:
            differences.append(f"{case['id']}: {case['expected']}, but {status}")
    assert not differences, "\n".join(differences)


def signed(server, deployed, keys):
    url = f"{server.url}/_aws/execute-api/{deployed.id}/prod/"
    request = botocore.awsrequest.AWSRequest("GET", url)
    credentials = botocore.credentials.Credentials(*keys)
    botocore.auth.SigV4Auth(credentials, "execute-api", "us-east-1").add_auth(request)
    return requests.get(url, headers=dict(request.headers), timeout=60).status_code


def test_calls_by_users_through_the_gateway(server, arn):
    deployed, keys, differences = {}, {}, []
    for case in cases("lambda-invoke-by-principal"):
        _, _, _, _, account, name = case["principal"].split(":")
        profile, name = PROFILES[account], name.split("/")[1]
        iam = server.client(profile, "iam")
        if account not in deployed:
            callers_own = {"credentials": "arn:aws:iam::*:user/*"}
            deployed[account] = Deployed(server, arn, profile, [""], **callers_own)
        if case["principal"] not in keys:
            iam.create_user(UserName=name)
            key = iam.create_access_key(UserName=name)["AccessKey"]
            keys[case["principal"]] = key["AccessKeyId"], key["SecretAccessKey"]
        # Whatever the case says of the function: the API may be called.
        come_in = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}
        identity = case["identityPolicy"] or {"Version": "2012-10-17", "Statement": []}
        identity["Statement"].append(come_in)
        iam.put_user_policy(UserName=name, PolicyName="case", PolicyDocument=json.dumps(identity))
        give(server, arn, case["resourcePolicy"] or {"Statement": []})
        status = signed(server, deployed[account], keys[case["principal"]])
        if (status == 200) != (case["expected"] == "Allow"):
            differences.append(f"{case['id']}: {case['expected']}, but {status}")
    assert not differences, "\n".join(differences)


def test_an_access_log_goes_to_no_other_accounts_log_group(server, arn):
    theirs = server.client("functions", "logs")
    theirs.create_log_group(logGroupName="/theirs")
    deployed = Deployed(server, arn, "api", [""])
    for account, refused in [(FUNCTIONS, True), (API, False)]:
        group = f"arn:aws:logs:us-east-1:{account}:log-group:/theirs"
        values = {"destinationArn": group, "format": "$context.requestId"}
        patches = [
            {"op": "replace", "path": f"/accessLogSettings/{member}", "value": value}
            for member, value in values.items()
        ]
        where = {"restApiId": deployed.id, "stageName": "prod"}
        if refused:
            with pytest.raises(deployed.gateway.exceptions.BadRequestException, match="belong to"):
                deployed.gateway.update_stage(**where, patchOperations=patches)
            assert "accessLogSettings" not in deployed.gateway.get_stage(**where)
        else:
            kept = deployed.gateway.update_stage(**where, patchOperations=patches)
            assert kept["accessLogSettings"]["destinationArn"] == group
