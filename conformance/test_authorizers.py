"""Lambda authorizers: a function of the other account says who may call an API."""

import json

import botocore.exceptions
import pytest
from conftest import API, allow, function, lambda_uri

NULL = (500, '{"message":null}')
UNAUTHORIZED = (401, '{"message":"Unauthorized"}')
IMPLICIT = (
    403,
    '{"Message":"User is not authorized to access this resource because no identity-based policy'
    ' allows the execute-api:Invoke action"}',
)
EXPLICIT = (
    403,
    '{"Message":"User is not authorized to access this resource with an explicit deny in an'
    ' identity-based policy"}',
)

# Answers as the token says; counts how often it was asked, in the one worker that keeps running.
AUTHORIZER = """let asked = 0;
const policy = (effect, resource) => ({
  Version: '2012-10-17',
  Statement: [{ Action: 'execute-api:Invoke', Effect: effect, Resource: resource }],
});
export const handler = async (event) => {
  asked += 1;
  const token = event.authorizationToken ?? event.headers?.['X-Token'] ?? 'none';
  const root = event.methodArn.split('/').slice(0, 2).join('/');
  const answer = (effect, resource) => ({
    principalId: `user|${token}`,
    policyDocument: policy(effect, resource),
    context: { asked, token, staff: true, kind: event.type },
  });
  switch (token.split('-')[0]) {
    case 'allow': return answer('Allow', `${root}/*`);
    case 'once': return answer('Allow', event.methodArn);
    case 'wild': return answer('Allow', '*');
    case 'gets': return answer('Allow', `${root}/GET/*`);
    case 'elsewhere': return answer('Allow', event.methodArn.replace(/:[a-z0-9]{10}\\//, ':zzzzzzzzzz/'));
    case 'deny': return answer('Deny', event.methodArn);
    case 'none': return answer('Allow', `${root}/*`);
    case 'unauthorized': throw new Error('Unauthorized');
    case 'html': return '<html></html>';
    case 'nested': return { ...answer('Allow', '*'), context: { a: { b: 1 } } };
    case 'large': return { ...answer('Allow', '*'), context: { a: 'x'.repeat(9000) } };
    case 'nobody': return { policyDocument: policy('Allow', '*') };
    case 'http': return { isAuthorized: true };
    case 'broken': return { principalId: 'me', policyDocument: { Version: '2012-10-17', Statement: 'x' } };
    default: throw new Error('no such token');
  }
};
"""
# Shows what the authorizer said.
BACKEND = """export const handler = async (event) => ({
  statusCode: 200,
  body: JSON.stringify(event.requestContext.authorizer),
});
"""


class Guarded:
    """An API of one account whose authorizer lives in the other."""

    def __init__(self, server, name, functions, **settings):
        self.server = server
        self.gateway = server.client("api", "apigateway")
        self.functions = functions
        self.api = self.gateway.create_rest_api(
            name=name, endpointConfiguration={"types": ["REGIONAL"]}
        )["id"]
        settings = {
            "type": "TOKEN",
            "identitySource": "method.request.header.X-Token",
            "authorizerUri": lambda_uri(functions["authorizer"]),
            **settings,
        }
        self.id = self.gateway.create_authorizer(restApiId=self.api, name="guard", **settings)["id"]
        self.sid = f"authorizer-{self.api}"
        root = self.gateway.get_resources(restApiId=self.api)["items"][0]["id"]
        for part in ["pets", "keys"]:
            resource = self.gateway.create_resource(
                restApiId=self.api, parentId=root, pathPart=part
            )["id"]
            where = {"restApiId": self.api, "resourceId": resource, "httpMethod": "ANY"}
            self.gateway.put_method(authorizationType="CUSTOM", authorizerId=self.id, **where)
            self.gateway.put_integration(
                type="AWS_PROXY",
                integrationHttpMethod="POST",
                uri=lambda_uri(functions["backend"]),
                **where,
            )
        source = f"arn:aws:execute-api:us-east-1:{API}:{self.api}/*/*/*"
        allow(server, functions["backend"], source, sid=f"backend-{self.api}")
        self.deploy()

    def deploy(self):
        self.gateway.create_deployment(restApiId=self.api, stageName="test")

    def source(self, region="us-east-1"):
        return f"arn:aws:execute-api:{region}:{API}:{self.api}/authorizers/{self.id}"

    def allow(self, source=None):
        allow(self.server, self.functions["authorizer"], source or self.source(), sid=self.sid)
        return self

    def forbid(self):
        arn = self.functions["authorizer"]
        client = self.server.client("functions", "lambda", arn.split(":")[3])
        client.remove_permission(FunctionName=arn, StatementId=self.sid)

    def get(self, token=None, path="/pets", **more):
        headers = {"X-Token": token} if token is not None else {}
        got = self.server.get(self.api, path, headers=headers, **more)
        return got.status_code, got.text

    def said(self, *arguments, **more):
        status, text = self.get(*arguments, **more)
        assert status == 200, text
        return json.loads(text)


@pytest.fixture(scope="module")
def functions(server):
    return {
        "authorizer": function(server, "functions", "authorizer", AUTHORIZER),
        "backend": function(server, "functions", "guarded-backend", BACKEND),
    }


@pytest.fixture(scope="module")
def tokens(server, functions):
    """A TOKEN authorizer without cache."""
    return Guarded(server, "tokens", functions, authorizerResultTtlInSeconds=0).allow()


def test_without_permission_the_authorizer_cannot_be_asked(server, functions):
    guarded = Guarded(server, "unpermitted", functions)
    assert guarded.get("allow") == NULL
    near = [
        f"arn:aws:execute-api:us-east-1:{API}:{guarded.api}/*/*/*",
        guarded.source().replace(guarded.id, "zzzzzz"),
        guarded.source().replace(guarded.api, "zzzzzzzzzz"),
        guarded.source("eu-west-1"),
    ]
    for source in near:
        guarded.allow(source)
        assert guarded.get("allow") == NULL, source
        guarded.forbid()
    guarded.allow()
    assert guarded.get("allow")[0] == 200
    guarded.forbid()
    assert guarded.get("allow")[0] == 200, "the answer is cached"
    assert guarded.get("allow-2") == NULL, "removal is immediate for who is not"


@pytest.mark.parametrize(
    "token,expected",
    [
        ("deny", EXPLICIT),
        ("elsewhere", IMPLICIT),
        ("unauthorized", UNAUTHORIZED),
        ("html", NULL),
        ("nested", NULL),
        ("large", NULL),
        ("nobody", NULL),
        ("http", NULL),
        ("broken", NULL),
        ("boom", NULL),
        ("", UNAUTHORIZED),
        (None, UNAUTHORIZED),
    ],
)
def test_who_does_not_come_in(tokens, token, expected):
    assert tokens.get(token) == expected


@pytest.mark.parametrize("token", ["allow", "wild", "once", "gets"])
def test_who_comes_in(tokens, token):
    said = tokens.said(token)
    assert said["principalId"] == f"user|{token}"
    assert (said["token"], said["staff"], said["kind"]) == (token, "true", "TOKEN")
    assert isinstance(said["asked"], str)
    assert isinstance(said["integrationLatency"], int)


def test_policies_are_about_verbs_and_paths(tokens):
    assert tokens.get("gets", method="POST") == IMPLICIT
    assert tokens.get("wild", method="POST")[0] == 200


def test_answers_are_cached_and_read_anew_for_every_method(server, functions):
    guarded = Guarded(server, "cached", functions).allow()
    first = guarded.said("allow")
    again = [guarded.said("allow"), guarded.said("allow", path="/keys")]
    assert {one["asked"] for one in again} == {first["asked"]}
    assert guarded.said("allow-other")["asked"] != first["asked"]
    assert guarded.get("once", path="/pets")[0] == 200
    assert guarded.get("once", path="/keys") == IMPLICIT
    assert guarded.get("once", method="POST") == IMPLICIT
    guarded.deploy()
    assert guarded.said("allow")["asked"] != first["asked"], "a deployment asks anew"


def test_without_ttl_every_request_asks(tokens):
    assert tokens.said("allow")["asked"] != tokens.said("allow")["asked"]


def test_request_authorizer_sees_the_request(server, functions):
    sources = "method.request.header.X-Token, method.request.querystring.q"
    guarded = Guarded(
        server, "requests", functions, type="REQUEST", identitySource=sources
    ).allow()
    assert guarded.get("allow") == UNAUTHORIZED, "q is missing"
    assert guarded.get("allow", path="/pets?q=") == UNAUTHORIZED
    first = guarded.said("allow", path="/pets?q=1")
    assert first["kind"] == "REQUEST"
    assert guarded.said("allow", path="/pets?q=1&other=2")["asked"] == first["asked"]
    assert guarded.said("allow", path="/pets?q=2")["asked"] != first["asked"]


def test_request_authorizer_without_cache_needs_no_identity(server, functions):
    guarded = Guarded(
        server,
        "sourceless",
        functions,
        type="REQUEST",
        identitySource="",
        authorizerResultTtlInSeconds=0,
    ).allow()
    assert guarded.said()["principalId"] == "user|none"


def test_validation_expression_keeps_the_function_out(server, functions):
    guarded = Guarded(
        server, "expression", functions, identityValidationExpression="^allow-[0-9]+$"
    )
    assert guarded.get("allow") == UNAUTHORIZED, "not even asked, so no permission is missing"
    assert guarded.get("allow-1") == NULL
    guarded.allow()
    assert guarded.get("allow-1")[0] == 200


def test_authorizer_of_another_region(server, functions):
    far = function(server, "functions", "far-authorizer", AUTHORIZER, region="eu-west-1")
    guarded = Guarded(server, "far", {**functions, "authorizer": far})
    assert guarded.get("allow") == NULL
    guarded.allow(guarded.source("eu-west-1"))
    assert guarded.get("allow")[0] == 200


def test_resource_policy_denies_before_the_authorizer(server, functions):
    guarded = Guarded(server, "policy", functions)
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "execute-api:Invoke",
                "Resource": "execute-api:/*/GET/pets",
            },
        ],
    }
    guarded.gateway.update_rest_api(
        restApiId=guarded.api,
        patchOperations=[{"op": "replace", "path": "/policy", "value": json.dumps(policy)}],
    )
    guarded.deploy()
    status, text = guarded.get("allow")
    assert (status, "explicit deny in a resource-based policy" in text) == (403, True)
    assert guarded.get("allow", path="/keys") == NULL, "elsewhere it is asked, and not permitted"
    guarded.allow()
    assert guarded.get("allow")[0] == 403
    assert guarded.get("allow", path="/keys")[0] == 200


def test_test_invoke_authorizer(server, functions):
    guarded = Guarded(server, "tested", functions)

    def test(**headers):
        return guarded.gateway.test_invoke_authorizer(
            restApiId=guarded.api, authorizerId=guarded.id, headers=headers
        )

    refused = test(**{"X-Token": "allow"})
    assert refused["clientStatus"] == 500
    assert "Invalid permissions on Lambda function" in refused["log"]
    assert "AuthorizerConfigurationException" in refused["log"]
    guarded.allow()
    answer = test(**{"X-Token": "allow"})
    assert answer["clientStatus"] == 0, answer["log"]
    assert answer["principalId"] == "user|allow"
    assert json.loads(answer["policy"])["Statement"][0]["Effect"] == "Allow"
    assert f"Starting authorizer: {guarded.id} for request: " in answer["log"]
    assert answer["latency"] >= 0
    assert test()["clientStatus"] == 401
    with pytest.raises(botocore.exceptions.ClientError) as unknown:
        guarded.gateway.test_invoke_authorizer(restApiId=guarded.api, authorizerId="zzzzzz")
    assert unknown.value.response["Error"]["Code"] == "NotFoundException"


def test_a_pool_that_cannot_be_asked_lets_nobody_in(server):
    gateway = server.client("api", "apigateway")
    api = gateway.create_rest_api(name="others")["id"]
    pool = "arn:aws:cognito-idp:us-east-1:111111111111:userpool/us-east-1_abcdefghi"
    authorizer = gateway.create_authorizer(
        restApiId=api,
        name="pool",
        type="COGNITO_USER_POOLS",
        providerARNs=[pool],
        identitySource="method.request.header.Authorization",
    )["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    where = {"restApiId": api, "resourceId": root, "httpMethod": "GET"}
    gateway.put_method(
        authorizationType="COGNITO_USER_POOLS", authorizerId=authorizer, **where
    )
    gateway.put_integration(type="MOCK", **where)
    gateway.create_deployment(restApiId=api, stageName="test")
    got = server.get(api, "/", headers={"Authorization": "a.b.c"})
    assert (got.status_code, got.text) == UNAUTHORIZED
