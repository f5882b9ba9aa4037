"""Situations in which users of other emulators saw calls come in that AWS refuses.

Each test is named after what a user found, with the thread where it was reported. Every one shows the
refusal and, beside it, that whoever may come in does.
"""

import json
import pathlib
import re

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import pytest
import requests
from apis import deploy, mock, probe, proxy, release, send
from botocore.exceptions import ClientError
from conftest import API, allow, function, lambda_uri, shared

HERE = pathlib.Path(__file__).read_text()

UNAUTHORIZED = (401, '{"message":"Unauthorized"}')
FORBIDDEN = (403, '{"message":"Forbidden"}')
NULL = (500, '{"message":null}')
OPEN = {"x-amazon-apigateway-integration": mock("in"), "responses": {"200": {"description": ""}}}
# Lets `good` in, as what asked for it says; keeps everybody else out.
GUARD = """export const handler = async (event) => {
  const token = event.authorizationToken ?? event.headers?.['X-Token'];
  return {
    principalId: 'ann',
    policyDocument: { Version: '2012-10-17', Statement: [{
      Action: 'execute-api:Invoke', Resource: event.methodArn,
      Effect: token === 'good' ? 'Allow' : 'Deny' }] },
    context: { tenant: 'blue', kind: event.type, query: event.queryStringParameters?.q ?? '' },
  };
};
"""
SHOW = """export const handler = async (event) => ({
  statusCode: 200, body: JSON.stringify(event.requestContext) });
"""
# Gives its own credentials away, so that a test can act as the function.
CONFESS = """export const handler = async () => ({
  key: process.env.AWS_ACCESS_KEY_ID, secret: process.env.AWS_SECRET_ACCESS_KEY,
  token: process.env.AWS_SESSION_TOKEN });
"""


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def statement(effect, action, resource="*", **more):
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def user(server, name, *statements, profile="api"):
    """Keys of a user with these statements as its only policy."""
    iam = server.client(profile, "iam")
    iam.create_user(UserName=name)
    if statements:
        iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=document(*statements))
    made = iam.create_access_key(UserName=name)["AccessKey"]
    return {
        "aws_access_key_id": made["AccessKeyId"],
        "aws_secret_access_key": made["SecretAccessKey"],
    }


def error(call, **arguments):
    """Status and code of a refused call."""
    with pytest.raises(ClientError) as refused:
        call(**arguments)
    answer = refused.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]


def signed(server, api, path, keys=None, verb="GET"):
    """A request with a signature, or without one where there are no keys."""
    url = f"{server.url}/_aws/execute-api/{api}/test{path}"
    headers = {}
    if keys:
        request = botocore.awsrequest.AWSRequest(verb, url)
        credentials = botocore.credentials.Credentials(
            keys["aws_access_key_id"], keys["aws_secret_access_key"]
        )
        botocore.auth.SigV4Auth(credentials, "execute-api", "us-east-1").add_auth(request)
        headers = dict(request.headers)
    return requests.request(verb, url, headers=headers, timeout=60).status_code


def said(reply):
    return reply.status, reply.text


@pytest.fixture(scope="module")
def functions(server):
    return {"guard": function(server, "api", "guard", GUARD), "show": probe(server, "show", SHOW)}


def guarded(server, functions, name, settings=None, definition=None, allowed=True):
    """An API with `GET /in` behind a Lambda authorizer, made by a document."""
    definition = definition or {
        "type": "token",
        "authorizerUri": lambda_uri(functions["guard"]),
        "authorizerResultTtlInSeconds": 0,
    }
    api = deploy(
        server,
        name,
        {
            "/in": {
                "get": {
                    "security": [{"guard": []}],
                    "x-amazon-apigateway-integration": proxy(functions["show"]),
                }
            }
        },
        securityDefinitions={
            "guard": {
                "type": "apiKey",
                "name": "X-Token",
                "in": "header",
                "x-amazon-apigateway-authtype": "custom",
                "x-amazon-apigateway-authorizer": definition,
                **(settings or {}),
            }
        },
    )
    if allowed:
        source = f"arn:aws:execute-api:us-east-1:{API}:{api}/authorizers/*"
        allow(server, functions["guard"], source, sid=f"guard-{api}", profile="api")
    return api


# AWS APIs


def test_localstack_3345_iam_is_verified_on_api_calls(server):
    """https://github.com/localstack/localstack/issues/3345"""
    nobody = user(server, "d3345-nobody")
    lister = user(server, "d3345-lister", statement("Allow", "lambda:ListFunctions"))
    assert error(server.client("api", "lambda", **nobody).list_functions) == (
        403,
        "AccessDeniedException",
    )
    server.client("api", "lambda", **lister).list_functions()
    assert error(server.client("api", "lambda", **lister).list_layers)[0] in (403, 501)


def test_localstack_6600_a_functions_own_role_is_enforced(server):
    """https://github.com/localstack/localstack/issues/6600"""
    name = "d6600"
    function(server, "api", name, CONFESS)
    own = server.client("api", "lambda")
    given = json.loads(own.invoke(FunctionName=name)["Payload"].read())
    keys = {
        "aws_access_key_id": given["key"],
        "aws_secret_access_key": given["secret"],
        "aws_session_token": given["token"],
    }
    acts = server.client("api", "lambda", **keys)
    assert error(acts.invoke, FunctionName=name) == (403, "AccessDeniedException")
    iam = server.client("api", "iam")
    arn = f"arn:aws:lambda:us-east-1:{API}:function:{name}"
    iam.put_role_policy(
        RoleName="conformance",
        PolicyName="d6600",
        PolicyDocument=document(statement("Allow", "lambda:InvokeFunction", arn)),
    )
    assert acts.invoke(FunctionName=name)["StatusCode"] == 200
    iam.delete_role_policy(RoleName="conformance", PolicyName="d6600")
    assert error(acts.invoke, FunctionName=name) == (403, "AccessDeniedException")


def test_localstack_7183_an_explicit_deny_is_enforced(server):
    """https://github.com/localstack/localstack/issues/7183"""
    keys = user(
        server, "d7183", statement("Allow", "*"), statement("Deny", "apigateway:POST")
    )
    gateway = server.client("api", "apigateway", **keys)
    gateway.get_rest_apis()
    assert error(gateway.create_rest_api, name="x") == (403, "AccessDeniedException")


def test_localstack_5461_enforcement_does_not_deny_those_who_may(server):
    """https://github.com/localstack/localstack/issues/5461"""
    keys = user(server, "d5461", statement("Allow", "apigateway:*"))
    gateway = server.client("api", "apigateway", **keys)
    api = gateway.create_rest_api(name="allowed")["id"]
    assert gateway.get_resources(restApiId=api)["items"][0]["path"] == "/"
    gateway.delete_rest_api(restApiId=api)


def test_ministack_1745_signatures_are_checked(server):
    """https://github.com/ministackorg/ministack/issues/1745"""
    keys = user(server, "d1745", statement("Allow", "*"))
    assert server.client("api", "sts", **keys).get_caller_identity()["Account"] == API
    wrong = {**keys, "aws_secret_access_key": "x" * 40}
    assert error(server.client("api", "sts", **wrong).get_caller_identity) == (
        403,
        "SignatureDoesNotMatch",
    )
    unknown = {**keys, "aws_access_key_id": "AKIAAAAAAAAAAAAAAAAA"}
    assert error(server.client("api", "sts", **unknown).get_caller_identity) == (
        403,
        "InvalidClientTokenId",
    )


# Functions' policies


def test_localstack_7446_a_function_needs_a_permission_for_the_gateway(server):
    """https://github.com/localstack/localstack/issues/7446"""
    arn = function(server, "api", "d7446", SHOW)
    api = deploy(server, "d7446", {"/in": {"get": {"x-amazon-apigateway-integration": proxy(arn)}}})
    assert said(send(server, api, "/in")) == (500, '{"message": "Internal server error"}')
    allow(server, arn, f"arn:aws:execute-api:us-east-1:{API}:{api}/*/GET/in", profile="api")
    assert send(server, api, "/in").status == 200
    server.client("api", "lambda").remove_permission(FunctionName=arn, StatementId="allow")
    assert send(server, api, "/in").status == 500


def test_localstack_11927_another_services_permission_is_not_the_gateways(server):
    """https://github.com/localstack/localstack/issues/11927"""
    arn = function(server, "api", "d11927", SHOW)
    server.client("api", "lambda").add_permission(
        FunctionName=arn,
        StatementId="states",
        Action="lambda:InvokeFunction",
        Principal="states.amazonaws.com",
    )
    api = deploy(server, "d11927", {"/in": {"get": {"x-amazon-apigateway-integration": proxy(arn)}}})
    assert send(server, api, "/in").status == 500


def test_yulin_180_calls_across_accounts_need_an_allow_on_both_sides(server):
    """https://github.com/KensioSoftware/yulin/issues/180"""
    arn = function(server, "functions", "d180", SHOW)
    theirs = server.client("functions", "lambda")
    keys = user(server, "d180", statement("Allow", "lambda:InvokeFunction", arn))
    mine = server.client("api", "lambda", **keys)
    assert error(mine.invoke, FunctionName=arn) == (403, "AccessDeniedException")
    theirs.add_permission(
        FunctionName=arn, StatementId="them", Action="lambda:InvokeFunction", Principal=API
    )
    assert mine.invoke(FunctionName=arn)["StatusCode"] == 200
    other = server.client("api", "lambda", **user(server, "d180-other"))
    assert error(other.invoke, FunctionName=arn) == (403, "AccessDeniedException")


# Resource policies of APIs


def with_policy(server, name, *statements):
    return deploy(
        server, name, {"/in": {"get": OPEN}}, **{"x-amazon-apigateway-policy": json.loads(document(*statements))}
    )


def about(effect, principal="*", resource="execute-api:/*", **more):
    return {
        "Effect": effect,
        "Principal": principal,
        "Action": "execute-api:Invoke",
        "Resource": resource,
        **more,
    }


def test_localstack_11432_a_resource_policy_is_enforced(server):
    """https://github.com/localstack/localstack/issues/11432"""
    here = {"IpAddress": {"aws:SourceIp": ["127.0.0.0/8", "::1/128"]}}
    denies = with_policy(server, "d11432", about("Allow"), about("Deny", Condition=here))
    reply = send(server, denies, "/in")
    assert reply.status == 403
    assert "with an explicit deny in a resource-based policy" in reply.text
    elsewhere = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    allows = with_policy(server, "d11432b", about("Allow"), about("Deny", Condition=elsewhere))
    assert said(send(server, allows, "/in")) == (200, "in")


def test_floci_3537_an_implicit_deny_is_a_deny(server):
    """https://github.com/floci-io/floci/pull/3537"""
    api = with_policy(server, "d3537", about("Allow", resource="execute-api:/*/GET/other"))
    reply = send(server, api, "/in")
    assert reply.status == 403
    assert reply.json()["Message"].startswith("User: anonymous is not authorized to perform")


def test_floci_3537_the_principal_of_a_statement_is_read(server):
    """https://github.com/floci-io/floci/pull/3537"""
    other = with_policy(server, "d3537b", about("Allow", {"AWS": "arn:aws:iam::222222222222:root"}))
    assert send(server, other, "/in").status == 403
    everybody = with_policy(server, "d3537c", about("Allow", {"AWS": "*"}))
    assert said(send(server, everybody, "/in")) == (200, "in")


# API keys and usage plans


def keyed(server, name):
    gateway = server.client("api", "apigateway")
    security = {"api_key": {"type": "apiKey", "name": "x-api-key", "in": "header"}}
    api = deploy(
        server,
        name,
        {"/in": {"get": {**OPEN, "security": [{"api_key": []}]}}},
        securityDefinitions=security,
    )
    key = gateway.create_api_key(name=name, enabled=True)
    return gateway, api, key


@pytest.mark.parametrize("thread", ["localstack_2488", "floci_3507"])
def test_a_required_api_key_is_required(server, thread):
    """https://github.com/localstack/localstack/issues/2488, https://github.com/floci-io/floci/issues/3507"""
    gateway, api, key = keyed(server, thread)
    assert said(send(server, api, "/in")) == FORBIDDEN
    assert said(send(server, api, "/in", headers={"x-api-key": "x" * 20})) == FORBIDDEN
    # A key that is in no plan of the stage opens nothing.
    assert said(send(server, api, "/in", headers={"x-api-key": key["value"]})) == FORBIDDEN


def test_serverless_localstack_93_usage_plans_decide_which_keys_open_a_stage(server):
    """https://github.com/localstack/serverless-localstack/issues/93"""
    gateway, api, key = keyed(server, "d93")
    plan = gateway.create_usage_plan(
        name="d93",
        apiStages=[{"apiId": api, "stage": "test"}],
        quota={"limit": 2, "period": "DAY"},
    )["id"]
    gateway.create_usage_plan_key(usagePlanId=plan, keyId=key["id"], keyType="API_KEY")
    headers = {"x-api-key": key["value"]}
    answers = [said(send(server, api, "/in", headers=headers)) for _ in range(3)]
    assert answers == [(200, "in"), (200, "in"), (429, '{"message":"Limit Exceeded"}')]
    gateway.delete_usage_plan_key(usagePlanId=plan, keyId=key["id"])
    assert said(send(server, api, "/in", headers=headers)) == FORBIDDEN


def test_localstack_11393_usage_is_shown(server):
    """https://github.com/localstack/localstack/issues/11393"""
    gateway, api, key = keyed(server, "d11393")
    plan = gateway.create_usage_plan(
        name="d11393",
        apiStages=[{"apiId": api, "stage": "test"}],
        quota={"limit": 10, "period": "DAY"},
    )["id"]
    gateway.create_usage_plan_key(usagePlanId=plan, keyId=key["id"], keyType="API_KEY")
    assert send(server, api, "/in", headers={"x-api-key": key["value"]}).status == 200
    today = send(server, api, "/in", headers={"x-api-key": key["value"]}).one("date")
    from email.utils import parsedate_to_datetime

    day = parsedate_to_datetime(today).strftime("%Y-%m-%d")
    usage = gateway.get_usage(usagePlanId=plan, startDate=day, endDate=day)
    assert usage["items"][key["id"]] == [[2, 8]]


def test_floci_3113_the_id_of_the_key_is_in_the_event(server, functions):
    """https://github.com/floci-io/floci/issues/3113"""
    gateway = server.client("api", "apigateway")
    security = {"api_key": {"type": "apiKey", "name": "x-api-key", "in": "header"}}
    shown = {
        "x-amazon-apigateway-integration": proxy(functions["show"]),
        "security": [{"api_key": []}],
    }
    api = deploy(server, "d3113", {"/in": {"get": shown}}, securityDefinitions=security)
    plan = gateway.create_usage_plan(name="d3113", apiStages=[{"apiId": api, "stage": "test"}])["id"]
    key = gateway.create_api_key(name="d3113", enabled=True)
    gateway.create_usage_plan_key(usagePlanId=plan, keyId=key["id"], keyType="API_KEY")
    reply = send(server, api, "/in", headers={"x-api-key": key["value"]})
    identity = reply.json()["identity"]
    assert (identity["apiKeyId"], identity["apiKey"]) == (key["id"], key["value"])


# Authorizers


@pytest.mark.parametrize("thread", ["localstack_1315", "localstack_5406", "ministack_1345"])
def test_an_authorizer_keeps_bad_credentials_from_the_backend(server, functions, thread):
    """https://github.com/localstack/localstack/issues/1315, https://github.com/localstack/localstack/issues/5406,
    https://github.com/ministackorg/ministack/issues/1345"""
    api = guarded(server, functions, thread)
    assert send(server, api, "/in", headers={"X-Token": "bad"}).status == 403
    reply = send(server, api, "/in", headers={"X-Token": "good"})
    assert (reply.status, reply.json()["authorizer"]["principalId"]) == (200, "ann")


def request_authorizer(functions, source="method.request.header.X-Token"):
    return {
        "type": "request",
        "identitySource": source,
        "authorizerUri": lambda_uri(functions["guard"]),
        "authorizerResultTtlInSeconds": 0,
    }


@pytest.mark.parametrize("thread", ["localstack_3656", "floci_812"])
def test_request_authorizers_are_asked(server, functions, thread):
    """https://github.com/localstack/localstack/issues/3656, https://github.com/floci-io/floci/issues/812"""
    api = guarded(server, functions, thread, definition=request_authorizer(functions))
    assert send(server, api, "/in", headers={"X-Token": "bad"}).status == 403
    reply = send(server, api, "/in", headers={"X-Token": "good"})
    assert reply.json()["authorizer"]["kind"] == "REQUEST"


ONCE = """export const handler = async (event) => ({
  principalId: 'ann',
  policyDocument: { Version: '2012-10-17', Statement: [{
    Action: 'execute-api:Invoke', Resource: '*',
    Effect: event.authorizationToken.startsWith('good') ? 'Allow' : 'Deny' }] },
  context: { answer: String(Math.random()) },
});
"""


def test_gopherstack_316_an_authorizer_put_on_a_method_is_asked_once_a_token(server, functions):
    """https://github.com/BlackbirdWorks/gopherstack/issues/316"""
    guard = probe(server, "d316", ONCE)
    gateway = server.client("api", "apigateway")
    made = gateway.create_rest_api(name="d316")
    api, root = made["id"], made["rootResourceId"]
    authorizer = gateway.create_authorizer(
        restApiId=api, name="g", type="TOKEN", authorizerUri=lambda_uri(guard),
        identitySource="method.request.header.X-Token",
    )
    where = {"restApiId": api, "resourceId": root, "httpMethod": "GET"}
    gateway.put_method(authorizationType="CUSTOM", authorizerId=authorizer["id"], **where)
    show = lambda_uri(functions["show"])
    gateway.put_integration(type="AWS_PROXY", integrationHttpMethod="POST", uri=show, **where)
    release(server, api)
    assert said(send(server, api, "/")) == UNAUTHORIZED
    assert send(server, api, "/", headers={"X-Token": "bad"}).status == 403

    def answer(token):
        reply = send(server, api, "/", headers={"X-Token": token})
        return reply.json()["authorizer"]["answer"]

    assert answer("good-1") == answer("good-1") != answer("good-2")


def test_localstack_5329_a_query_string_does_not_skip_the_authorizer(server, functions):
    """https://github.com/localstack/localstack/issues/5329"""
    api = guarded(server, functions, "d5329", definition=request_authorizer(functions))
    for query in ["?q=1", "?", "?q=1&q=2", "?%71=1", "?q=/in"]:
        assert send(server, api, f"/in{query}", headers={"X-Token": "bad"}).status == 403, query
    reply = send(server, api, "/in?q=1", headers={"X-Token": "good"})
    assert (reply.status, reply.json()["authorizer"]["query"]) == (200, "1")


def test_localstack_10636_a_missing_header_has_awss_body(server, functions):
    """https://github.com/localstack/localstack/issues/10636"""
    api = guarded(server, functions, "d10636")
    reply = send(server, api, "/in")
    assert said(reply) == UNAUTHORIZED
    assert reply.one("x-amzn-errortype") == "UnauthorizedException"


def test_sam_137_an_authorizer_that_cannot_be_asked_fails_loudly(server, functions):
    """https://github.com/aws/aws-sam-cli/issues/137"""
    api = guarded(server, functions, "d137", allowed=False)
    assert said(send(server, api, "/in", headers={"X-Token": "good"})) == NULL


def test_sam_5131_a_user_pool_is_not_skipped(server):
    """https://github.com/aws/aws-sam-cli/issues/5131, https://github.com/aws/aws-sam-cli/issues/5209"""
    pool = f"arn:aws:cognito-idp:us-east-1:{API}:userpool/us-east-1_abcdefghi"
    api = deploy(
        server,
        "d5131",
        {"/in": {"get": {**OPEN, "security": [{"pool": []}]}}, "/open": {"get": OPEN}},
        securityDefinitions={
            "pool": {
                "type": "apiKey",
                "name": "Authorization",
                "in": "header",
                "x-amazon-apigateway-authtype": "cognito_user_pools",
                "x-amazon-apigateway-authorizer": {
                    "type": "cognito_user_pools",
                    "providerARNs": [pool],
                },
            }
        },
    )
    assert said(send(server, api, "/in")) == UNAUTHORIZED
    assert send(server, api, "/in", headers={"Authorization": "a.b.c"}).status == 401
    assert said(send(server, api, "/open")) == (200, "in")


def test_floci_574_the_authorizers_context_reaches_the_backend(server, functions):
    """https://github.com/floci-io/floci/issues/574"""
    api = guarded(server, functions, "d574")
    authorizer = send(server, api, "/in", headers={"X-Token": "good"}).json()["authorizer"]
    assert (authorizer["tenant"], authorizer["principalId"]) == ("blue", "ann")


def test_floci_788_a_token_authorizer_of_a_document_is_kept(server, functions):
    """https://github.com/floci-io/floci/issues/788"""
    api = guarded(server, functions, "d788")
    gateway = server.client("api", "apigateway")
    (authorizer,) = gateway.get_authorizers(restApiId=api)["items"]
    assert (authorizer["type"], authorizer["identitySource"]) == (
        "TOKEN",
        "method.request.header.X-Token",
    )
    place = next(i for i in gateway.get_resources(restApiId=api)["items"] if i["path"] == "/in")
    method = gateway.get_method(restApiId=api, resourceId=place["id"], httpMethod="GET")
    assert (method["authorizationType"], method["authorizerId"]) == ("CUSTOM", authorizer["id"])


def test_floci_1758_a_method_whose_authorizer_is_gone_is_not_open(server, functions):
    """https://github.com/floci-io/floci/issues/1758"""
    api = guarded(server, functions, "d1758")
    gateway = server.client("api", "apigateway")
    (authorizer,) = gateway.get_authorizers(restApiId=api)["items"]
    # AWS refuses to delete an authorizer that a method needs; either way nobody comes in.
    with pytest.raises(ClientError):
        gateway.delete_authorizer(restApiId=api, authorizerId=authorizer["id"])
    release(server, api)
    assert said(send(server, api, "/in")) == UNAUTHORIZED
    # A document that names an authorizer which it does not define makes no open method.
    text = {
        "swagger": "2.0",
        "info": {"title": "d1758b", "version": "1"},
        "paths": {"/in": {"get": {**OPEN, "security": [{"nobody": []}]}}},
    }
    try:
        made = gateway.import_rest_api(body=json.dumps(text))["id"]
    except ClientError:
        return
    release(server, made)
    assert send(server, made, "/in").status in (401, 403, 500)


# Signed methods


@pytest.mark.parametrize("thread", ["gopherstack_178", "cloudemu_493"])
def test_signed_methods_verify_the_signature_and_ask_iam(server, thread):
    """https://github.com/BlackbirdWorks/gopherstack/issues/178, https://github.com/stackshy/cloudemu/issues/493"""
    signature = {
        "type": "apiKey",
        "name": "Authorization",
        "in": "header",
        "x-amazon-apigateway-authtype": "awsSigv4",
    }
    api = deploy(
        server,
        thread,
        {path: {"get": {**OPEN, "security": [{"sigv4": []}]}} for path in ("/in", "/other")},
        securityDefinitions={"sigv4": signature},
    )
    arn = f"arn:aws:execute-api:us-east-1:{API}:{api}/test/GET/in"
    may = user(server, f"{thread}-may", statement("Allow", "execute-api:Invoke", arn))
    none = user(server, f"{thread}-none")
    assert signed(server, api, "/in") == 403
    assert signed(server, api, "/in", may) == 200
    assert signed(server, api, "/other", may) == 403
    assert signed(server, api, "/in", none) == 403
    assert signed(server, api, "/in", {**may, "aws_secret_access_key": "x" * 40}) == 403
    # Another account's administrator needs the API's resource policy too.
    key, secret = server.keys("functions")
    theirs = {"aws_access_key_id": key, "aws_secret_access_key": secret}
    assert signed(server, api, "/in", theirs) == 403


# The map

NO_SITUATION = {
    "localstack/localstack/issues/4261": "asks what is in the free tier",
    "localstack/localstack/issues/5657": "HTTP APIs, which are not here",
    "aws/aws-sam-cli/issues/5172": "asks for an example",
    "ministackorg/ministack/pull/1471": "mends the issue 1745 beside it",
    "ministackorg/ministack/pull/1668": "mends the issue 1745 beside it",
}


def test_every_thread_is_a_test():
    """Of the second part of `field/demand.md`: what users found to be let in."""
    text = shared("field/demand.md").read_text()
    _, part = text.split("\n## 2. ")
    part, _, _ = part.partition("\n## 3. ")
    threads = set(re.findall(r"https://github\.com/([^)\s]+)", part))
    assert len(threads) > 30
    tested = {thread for thread in threads if f"{thread}\"\"\"" in HERE or f"{thread}," in HERE}
    assert tested | set(NO_SITUATION) == threads
    assert not tested & set(NO_SITUATION)
