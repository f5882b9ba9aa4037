"""Integrations of type AWS with the services of this program, in a role's or the caller's name."""

import json

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import pytest
import requests
from apis import deploy, mock, probe, send, PLAIN
from botocore.exceptions import ClientError
from conftest import API

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "apigateway.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}


def service(target, credentials, verb="POST", parameters=None, templates=None, **more):
    """An operation that calls an AWS API; the answer passes with the status it had."""
    codes = (200, 201, 202, 204, 400, 403, 404, 501)
    return {
        "responses": {str(code): {"description": ""} for code in codes},
        "parameters": [
            {"in": "query", "name": name, "type": "string"} for name in ("name", "role", "x")
        ],
        "x-amazon-apigateway-integration": {
            "type": "aws",
            "httpMethod": verb,
            "uri": f"arn:aws:apigateway:us-east-1:{target}",
            "credentials": credentials,
            "requestParameters": {
                f"integration.request.{to}": source for to, source in (parameters or {}).items()
            },
            "requestTemplates": templates or {},
            "responses": {
                "default": {"statusCode": "200"},
                **{str(code): {"statusCode": str(code)} for code in codes[1:]},
            },
        },
        **more,
    }


def role(server, name, *statements, trust=TRUST):
    """A role of the API's account with one policy; gives its ARN."""
    iam = server.client("api", "iam")
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    if statements:
        document = {"Version": "2012-10-17", "Statement": list(statements)}
        iam.put_role_policy(
            RoleName=name, PolicyName="p", PolicyDocument=json.dumps(document)
        )
    return arn


def may(*actions, resource="*", effect="Allow"):
    return {"Effect": effect, "Action": list(actions), "Resource": resource}


@pytest.fixture(scope="module")
def api(server):
    arn = probe(server, "called", PLAIN)
    server.client("api", "logs").create_log_group(logGroupName="written")
    server.client("api", "logs").create_log_stream(
        logGroupName="written", logStreamName="s"
    )
    able = role(
        server,
        "able",
        may("iam:ListUsers", "lambda:GetFunctionConfiguration", "apigateway:GET"),
        may("logs:PutLogEvents", "logs:DescribeLogGroups", "apigateway:POST"),
        may("lambda:InvokeFunction", resource=arn),
    )
    unable = role(server, "unable")
    denied = role(server, "denied", may("iam:*"), may("iam:ListUsers", effect="Deny"))
    untrusted = role(
        server, "untrusted", may("iam:*"), trust=json.loads(json.dumps(TRUST).replace("apigateway", "lambda"))
    )
    invoke = f"lambda:path/2015-03-31/functions/{arn}/invocations"
    event = {"header.X-Amz-Invocation-Type": "'Event'"}
    put = {
        "application/json": '{"logGroupName":"written","logStreamName":"s","logEvents":'
        '[{"timestamp":$context.requestTimeEpoch,"message":$input.json(\'$.text\')}]}'
    }
    signed = {"security": [{"sigv4": []}]}
    caller = "arn:aws:iam::*:user/*"
    test_invoke = "apigateway:path/restapis/{api}/resources/{resource}/methods/GET"
    loop = {
        "path.api": "context.apiId",
        "path.resource": "context.resourceId",
    }
    return deploy(
        server,
        "services",
        {
            "/who": {"get": service("sts:action/GetCallerIdentity", unable)},
            "/users": {"get": service("iam:action/ListUsers", able)},
            "/users-of-unable": {"get": service("iam:action/ListUsers", unable)},
            "/users-of-denied": {"get": service("iam:action/ListUsers", denied)},
            "/users-of-untrusted": {"get": service("iam:action/ListUsers", untrusted)},
            "/user": {
                "get": service(
                    "iam:action/ListUsers", able, parameters={"querystring.Action": "method.request.querystring.x"}
                )
            },
            "/form": {
                "post": service(
                    "sts:action/GetCallerIdentity",
                    able,
                    parameters={"header.Content-Type": "'application/x-www-form-urlencoded'"},
                    templates={"application/json": "Action=GetSessionToken&Version=2011-06-15"},
                )
            },
            "/path": {
                "get": service("sts:path//?Action=GetCallerIdentity&Version=2011-06-15", able, verb="GET")
            },
            "/function": {
                "get": service(
                    "lambda:path/2015-03-31/functions/{name}/configuration",
                    able,
                    verb="GET",
                    parameters={"path.name": "method.request.querystring.name"},
                )
            },
            "/invoke": {"post": service(invoke, able)},
            "/invoke-of-unable": {"post": service(invoke, unable)},
            "/event": {"post": service(invoke, able, parameters=event)},
            "/apis": {"get": service("apigateway:path/restapis", able, verb="GET")},
            "/log": {"post": service("logs:action/PutLogEvents", able, templates=put)},
            "/loop": {"get": service(test_invoke, able, parameters=loop)},
            "/caller": {"get": service("sts:action/GetCallerIdentity", caller, **signed)},
            "/callers-users": {"get": service("iam:action/ListUsers", caller, **signed)},
            "/caller-unsigned": {"get": service("sts:action/GetCallerIdentity", caller)},
        },
        securityDefinitions={
            "sigv4": {
                "type": "apiKey",
                "name": "Authorization",
                "in": "header",
                "x-amazon-apigateway-authtype": "awsSigv4",
            }
        },
    )


def test_a_query_service_answers_json_to_the_roles_session(server, api):
    reply = send(server, api, "/who")
    assert reply.status == 200, reply.text
    answer = reply.json()["GetCallerIdentityResponse"]
    who = answer["GetCallerIdentityResult"]
    assert who["Account"] == API
    assert who["Arn"].startswith(f"arn:aws:sts::{API}:assumed-role/unable/")
    assert answer["ResponseMetadata"]["RequestId"]
    assert reply.all("x-amzn-trace-id")


def test_a_role_with_permission_is_served(server, api):
    reply = send(server, api, "/users")
    assert reply.status == 200, reply.text
    users = reply.json()["ListUsersResponse"]["ListUsersResult"]["Users"]
    assert "admin" in [user["UserName"] for user in users]


@pytest.mark.parametrize(
    "name, why",
    [
        ("unable", "because no identity-based policy allows the iam:ListUsers action"),
        ("denied", "with an explicit deny in an identity-based policy"),
    ],
)
def test_a_role_without_permission_is_refused_in_awss_words(server, api, name, why):
    reply = send(server, api, f"/users-of-{name}")
    assert reply.status == 403, reply.text
    error = reply.json()["Error"]
    assert (error["Code"], error["Type"]) == ("AccessDenied", "Sender")
    user = f"arn:aws:sts::{API}:assumed-role/{name}/BackplaneAssumeRoleSession"
    assert error["Message"] == (
        f"User: {user} is not authorized to perform: iam:ListUsers on resource: "
        f"arn:aws:iam::{API}:user/ {why}"
    )


def test_a_role_that_does_not_trust_the_gateway_is_500(server, api):
    reply = send(server, api, "/users-of-untrusted")
    assert (reply.status, reply.text) == (500, '{"message": "Internal server error"}')


def test_the_action_of_the_uri_cannot_be_replaced_by_a_client(server, api):
    reply = send(server, api, "/user?x=DeleteUser")
    assert reply.status == 200, reply.text
    assert "ListUsersResponse" in reply.json()
    reply = send(server, api, "/form", "POST", body="{}")
    assert "GetCallerIdentityResponse" in reply.json(), reply.text


def test_a_query_service_by_path(server, api):
    reply = send(server, api, "/path")
    assert reply.json()["GetCallerIdentityResponse"]["GetCallerIdentityResult"]["Account"] == API


def test_a_rest_service_by_path(server, api):
    reply = send(server, api, "/function?name=called")
    assert (reply.status, reply.json()["FunctionName"]) == (200, "called")
    reply = send(server, api, "/function?name=missing")
    assert (reply.status, reply.json()["Type"]) == (404, "User")
    # A slash in a value cannot reach another operation.
    reply = send(server, api, "/function?name=called%2Fpolicy")
    assert reply.status in (400, 403, 404), reply.text


def test_a_function_is_called_by_the_role_alone(server, api):
    reply = send(server, api, "/invoke", "POST", body='{"a": 1}')
    assert (reply.status, reply.json()) == (200, {"a": 1})
    reply = send(server, api, "/event", "POST", body='{"a": 1}')
    assert (reply.status, reply.body) == (202, b"")


def test_a_rest_service_lists_what_the_role_may_see(server, api):
    reply = send(server, api, "/apis")
    assert reply.status == 200, reply.text
    # The first page, as the CLI has it.
    page = server.client("api", "apigateway").get_rest_apis()["items"]
    assert [item["id"] for item in reply.json()["item"]] == [item["id"] for item in page] != []


def test_a_json_service_by_action(server, api):
    reply = send(server, api, "/log", "POST", body='{"text": "by an integration"}')
    assert reply.status == 200, reply.text
    logs = server.client("api", "logs")
    events = logs.get_log_events(logGroupName="written", logStreamName="s")["events"]
    assert [event["message"] for event in events] == ["by an integration"]


def test_a_method_cannot_test_itself_for_ever(server, api):
    reply = send(server, api, "/loop")
    assert reply.status == 501, reply.text
    assert "TestInvokeMethod" in reply.text


def signed(server, api, path, key, secret, token=None):
    """A request to a deployed API with a signature."""
    url = f"{server.url}/_aws/execute-api/{api}/test{path}"
    request = botocore.awsrequest.AWSRequest("GET", url)
    credentials = botocore.credentials.Credentials(key, secret, token)
    botocore.auth.SigV4Auth(credentials, "execute-api", "us-east-1").add_auth(request)
    return requests.get(url, headers=dict(request.headers), timeout=60)


def test_the_callers_own_credentials(server, api):
    iam = server.client("api", "iam")
    iam.create_user(UserName="passes")
    document = {"Version": "2012-10-17", "Statement": [may("execute-api:Invoke")]}
    iam.put_user_policy(
        UserName="passes", PolicyName="p", PolicyDocument=json.dumps(document)
    )
    made = iam.create_access_key(UserName="passes")["AccessKey"]
    keys = made["AccessKeyId"], made["SecretAccessKey"]
    reply = signed(server, api, "/caller", *keys)
    who = reply.json()["GetCallerIdentityResponse"]["GetCallerIdentityResult"]
    assert who["Arn"] == f"arn:aws:iam::{API}:user/passes"
    reply = signed(server, api, "/callers-users", *keys)
    assert (reply.status_code, reply.json()["Error"]["Code"]) == (403, "AccessDenied")
    assert f"User: arn:aws:iam::{API}:user/passes is not authorized" in reply.text
    reply = signed(server, api, "/callers-users", *server.keys("api"))
    assert reply.status_code == 200


def test_callers_credentials_need_a_signed_method(server, api):
    reply = send(server, api, "/caller-unsigned")
    assert (reply.status, reply.text) == (500, '{"message": "Internal server error"}')


def test_test_invoke_calls_services_too(server, api):
    gateway = server.client("api", "apigateway")
    resources = gateway.get_resources(restApiId=api, limit=500)["items"]
    who = next(item["id"] for item in resources if item["path"] == "/who")
    tested = gateway.test_invoke_method(restApiId=api, resourceId=who, httpMethod="GET")
    assert tested["status"] == 200, tested["log"]
    assert "https://sts.us-east-1.amazonaws.com/" in tested["log"]


@pytest.mark.parametrize(
    "target, what",
    [
        ("sns:action/Publish", "the AWS service 'sns'"),
        ("bucket.s3:path/key", "the AWS service 'bucket.s3'"),
        ("iam:action/ListPlanets", "the action 'ListPlanets' of 'iam'"),
        ("lambda:action/Invoke", "actions of 'lambda', whose API is called by path"),
    ],
)
def test_services_that_are_not_here_are_refused_at_the_deployment(server, target, what):
    gateway = server.client("api", "apigateway")
    role_arn = f"arn:aws:iam::{API}:role/unable"
    document = {
        "swagger": "2.0",
        "info": {"title": "elsewhere", "version": "1"},
        "paths": {"/x": {"get": service(target, role_arn)}},
    }
    made = gateway.import_rest_api(body=json.dumps(document))["id"]
    with pytest.raises(ClientError) as refused:
        gateway.create_deployment(restApiId=made, stageName="test")
    error = refused.value.response["Error"]
    assert error["Code"] == "BadRequestException"
    assert what in error["Message"] and "GET /x" in error["Message"]


def test_services_need_credentials(server):
    gateway = server.client("api", "apigateway")
    made = deploy(server, "without", {"/x": {"get": {"x-amazon-apigateway-integration": mock("x")}}})
    resources = gateway.get_resources(restApiId=made)["items"]
    place = next(item["id"] for item in resources if item["path"] == "/x")
    with pytest.raises(ClientError, match="Role ARN must be specified for AWS integrations"):
        gateway.put_integration(
            restApiId=made,
            resourceId=place,
            httpMethod="GET",
            type="AWS",
            integrationHttpMethod="POST",
            uri="arn:aws:apigateway:us-east-1:sts:action/GetCallerIdentity",
        )
