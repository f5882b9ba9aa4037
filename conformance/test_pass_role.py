"""`iam:PassRole`: who hands a role to a service must be allowed to, for that service."""

import json
import uuid

import botocore.exceptions
import pytest
from conftest import API, FUNCTIONS, TRUST_LAMBDA, lambda_uri, zipped

GATEWAY = "apigateway.amazonaws.com"
LAMBDA = "lambda.amazonaws.com"
ARN = f"arn:aws:lambda:us-east-1:{API}:function:passed"
CODE = zipped("export const handler = async () => 1;")


class Passer:
    """A user who may do everything but pass roles, and the roles that there are."""

    def __init__(self, server):
        self.server = server
        self.iam = server.client("api", "iam")
        self.name = f"passer-{uuid.uuid4().hex[:8]}"
        self.iam.create_user(UserName=self.name)
        key = self.iam.create_access_key(UserName=self.name)["AccessKey"]
        self.keys = {
            "aws_access_key_id": key["AccessKeyId"],
            "aws_secret_access_key": key["SecretAccessKey"],
        }
        trust = TRUST_LAMBDA.replace(f'"{LAMBDA}"', f'["{LAMBDA}","{GATEWAY}"]')
        self.role, self.other = (
            self.iam.create_role(RoleName=f"{self.name}-{kind}", AssumeRolePolicyDocument=trust)[
                "Role"
            ]["Arn"]
            for kind in ("role", "other")
        )
        self.iam.attach_role_policy(
            RoleName=f"{self.name}-role",
            PolicyArn="arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
        )

    def client(self, service):
        return self.server.client("api", service, **self.keys)

    def may_pass(self, resource=None, service=None):
        services = {"Effect": "Allow", "Action": ["lambda:*", "apigateway:*"], "Resource": "*"}
        statements = [services]
        if resource:
            passing = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": resource}
            if service:
                passing["Condition"] = {"StringEquals": {"iam:PassedToService": service}}
            statements.append(passing)
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        self.iam.put_user_policy(UserName=self.name, PolicyName="p", PolicyDocument=document)


@pytest.fixture(scope="module")
def passer(server):
    return Passer(server)


@pytest.fixture(scope="module")
def api(server):
    gateway = server.client("api", "apigateway")
    api = gateway.create_rest_api(name="passed")["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    where = {"restApiId": api, "resourceId": root, "httpMethod": "GET"}
    gateway.put_method(authorizationType="NONE", **where)
    gateway.put_integration(type="MOCK", **where)
    authorizer = gateway.create_authorizer(
        restApiId=api,
        name="first",
        type="TOKEN",
        authorizerUri=lambda_uri(ARN),
        identitySource="method.request.header.Authorization",
    )["id"]
    return where, authorizer


def create_function(passer, api, role):
    name = f"passed-{uuid.uuid4().hex[:8]}"
    passer.client("lambda").create_function(
        FunctionName=name, Role=role, Runtime="nodejs20.x", Handler="index.handler", Code={"ZipFile": CODE}
    )


def update_function(passer, api, role):
    client = passer.server.client("api", "lambda")
    try:
        client.create_function(
            FunctionName="passed",
            Role=passer.role,
            Runtime="nodejs20.x",
            Handler="index.handler",
            Code={"ZipFile": CODE},
        )
    except client.exceptions.ResourceConflictException:
        pass
    for waiter in ("function_active_v2", "function_updated_v2"):
        client.get_waiter(waiter).wait(
            FunctionName="passed", WaiterConfig={"Delay": 0.1, "MaxAttempts": 100}
        )
    passer.client("lambda").update_function_configuration(FunctionName="passed", Role=role)


def put_integration(passer, api, role):
    passer.client("apigateway").put_integration(
        type="AWS_PROXY", integrationHttpMethod="POST", uri=lambda_uri(ARN), credentials=role, **api[0]
    )


def replaced(path, role):
    return [{"op": "replace", "path": path, "value": role}]


def update_integration(passer, api, role):
    passer.client("apigateway").update_integration(
        patchOperations=replaced("/credentials", role), **api[0]
    )


def create_authorizer(passer, api, role):
    passer.client("apigateway").create_authorizer(
        restApiId=api[0]["restApiId"],
        name=f"a{uuid.uuid4().hex[:8]}",
        type="TOKEN",
        authorizerUri=lambda_uri(ARN),
        identitySource="method.request.header.Authorization",
        authorizerCredentials=role,
    )


def update_authorizer(passer, api, role):
    passer.client("apigateway").update_authorizer(
        restApiId=api[0]["restApiId"],
        authorizerId=api[1],
        patchOperations=replaced("/authorizerCredentials", role),
    )


def update_account(passer, api, role):
    passer.client("apigateway").update_account(patchOperations=replaced("/cloudwatchRoleArn", role))


def import_api(passer, api, role):
    integration = {
        "type": "aws_proxy",
        "httpMethod": "POST",
        "uri": lambda_uri(ARN),
        "credentials": role,
    }
    document = {
        "openapi": "3.0.1",
        "info": {"title": "passed", "version": "1"},
        "paths": {"/": {"get": {"x-amazon-apigateway-integration": integration}}},
    }
    passer.client("apigateway").import_rest_api(body=json.dumps(document))


HANDOVERS = [
    (create_function, LAMBDA),
    (update_function, LAMBDA),
    (put_integration, GATEWAY),
    (update_integration, GATEWAY),
    (create_authorizer, GATEWAY),
    (update_authorizer, GATEWAY),
    (update_account, GATEWAY),
    (import_api, GATEWAY),
]


@pytest.mark.parametrize("hand_over,service", HANDOVERS, ids=[one.__name__ for one, _ in HANDOVERS])
def test_handing_over_a_role(passer, api, hand_over, service):
    another = GATEWAY if service == LAMBDA else LAMBDA
    for resource, to in [(None, None), (passer.other, service), (passer.role, another)]:
        passer.may_pass(resource, to)
        with pytest.raises(botocore.exceptions.ClientError) as refused:
            hand_over(passer, api, passer.role)
        response = refused.value.response
        assert response["ResponseMetadata"]["HTTPStatusCode"] == 403
        assert response["Error"]["Code"] == "AccessDeniedException"
        wanted = f"is not authorized to perform: iam:PassRole on resource: {passer.role}"
        assert wanted in response["Error"]["Message"], (resource, to)
    for resource, to in [(passer.role, service), (passer.role, None)]:
        passer.may_pass(resource, to)
        hand_over(passer, api, passer.role)


@pytest.mark.parametrize("hand_over,service", HANDOVERS, ids=[one.__name__ for one, _ in HANDOVERS])
def test_roles_of_other_accounts_are_never_passed(passer, api, hand_over, service):
    passer.may_pass("*")
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        hand_over(passer, api, f"arn:aws:iam::{FUNCTIONS}:role/theirs")
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] in (400, 403)
