"""Rows of "Lambda authorizer" that `test_authorizers.py` does not drive."""

import json

import pytest
from apis import deploy, method, mock, probe, send
from conftest import API, FUNCTIONS, allow, function, lambda_uri

# Lets in whom its token names, shows its event as context and counts how often it was asked.
GUARD = """let asked = 0;
export const handler = async (event) => {
  asked += 1;
  const wish = event.headers?.['x-wish'] ?? event.authorizationToken ?? '';
  const answer = {
    principalId: 'p',
    policyDocument: { Version: '2012-10-17', Statement: [
      { Action: 'execute-api:Invoke', Effect: 'Allow', Resource: '*' }] },
    context: { event: JSON.stringify(event), asked },
  };
  switch (wish) {
    case 'no-principal': delete answer.principalId; break;
    case 'long-resource': answer.policyDocument.Statement[0].Resource = 'arn:' + 'x'.repeat(509); break;
    case 'fitting-resource':
      answer.policyDocument.Statement.push(
        { Action: 'execute-api:Invoke', Effect: 'Deny', Resource: 'arn:aws:execute-api:' + 'x'.repeat(492) });
      break;
    case 'object': answer.context.nested = {}; break;
    case 'list': answer.context.nested = ['a']; break;
    case 'null': answer.context.nothing = null; break;
    case 'wait': await new Promise((go) => setTimeout(go, 60000)); break;
  }
  return answer;
};
"""
SHOW = "$context.authorizer.event"
ASKED = "$context.authorizer.asked"
NULL = (500, '{"message":null}')
UNAUTHORIZED = (401, '{"message":"Unauthorized"}')


def guarded(server, name, template, settings, header="Authorization", variables=None, **more):
    """An API with `/x/{id}` behind the authorizer, which answers a template."""
    definition = {
        "type": "apiKey",
        "name": header,
        "in": "header",
        "x-amazon-apigateway-authtype": "custom",
        "x-amazon-apigateway-authorizer": settings,
    }
    operation = method(mock(template), security=[{"guard": []}])
    paths = {"/x/{id}": {"get": operation, "post": operation}}
    return deploy(
        server, name, paths, variables=variables, securityDefinitions={"guard": definition}, **more
    )


@pytest.fixture(scope="module")
def arn(server):
    return probe(server, "rows-guard", GUARD)


def lambda_authorizer(arn, kind, **more):
    return {
        "type": kind,
        "authorizerUri": lambda_uri(arn),
        "authorizerResultTtlInSeconds": 0,
        **more,
    }


@pytest.fixture(scope="module")
def token(server, arn):
    return guarded(server, "rows token", SHOW, lambda_authorizer(arn, "token"))


def ask(server, api, path="/x/1", verb="GET", **headers):
    got = send(server, api, path, verb, headers)
    return got.status, got.text


def test_event_of_a_token_authorizer(server, token):
    status, text = ask(server, token, "/x/7?q=1", Authorization="Bearer me")
    assert status == 200
    where = f"arn:aws:execute-api:us-east-1:{API}:{token}/test/GET/x/7"
    want = {"type": "TOKEN", "authorizationToken": "Bearer me", "methodArn": where}
    assert json.loads(text) == want


REQUEST = ["type", "methodArn", "resource", "path", "httpMethod", "headers", "multiValueHeaders"]
REQUEST += ["queryStringParameters", "multiValueQueryStringParameters", "pathParameters"]
REQUEST += ["stageVariables", "requestContext"]


def test_event_of_a_request_authorizer(server, arn):
    settings = lambda_authorizer(arn, "request", identitySource="method.request.header.X-A")
    api = guarded(server, "rows request", SHOW, settings, variables={"v": "1"})
    got = send(server, api, "/x/7?q=1&q=2", "POST", {"X-A": "a"}, "a body")
    event = got.json()
    assert list(event) == REQUEST, "and no body"
    assert event["type"] == "REQUEST"
    assert event["methodArn"] == f"arn:aws:execute-api:us-east-1:{API}:{api}/test/POST/x/7"
    assert (event["resource"], event["path"], event["httpMethod"]) == ("/x/{id}", "/x/7", "POST")
    assert (event["headers"]["X-A"], event["multiValueHeaders"]["X-A"]) == ("a", ["a"])
    assert event["queryStringParameters"] == {"q": "2"}
    assert event["multiValueQueryStringParameters"] == {"q": ["1", "2"]}
    assert (event["pathParameters"], event["stageVariables"]) == ({"id": "7"}, {"v": "1"})
    context = event["requestContext"]
    assert "authorizer" not in context
    assert context["requestId"] == got.one("x-amzn-RequestId")
    assert (context["stage"], context["path"]) == ("test", "/test/x/7")


def test_identity_sources_of_stage_variables_and_context(server, arn):
    """Where a cache is on, each must be there, and they make the key of the cache."""
    sources = "stageVariables.who, context.httpMethod, method.request.querystring.q"
    settings = lambda_authorizer(
        arn, "request", identitySource=sources, authorizerResultTtlInSeconds=300
    )
    api = guarded(server, "rows sources", ASKED, settings, variables={"who": "me"})
    first = ask(server, api, "/x/1?q=1")
    assert first[0] == 200
    assert ask(server, api, "/x/2?q=1") == first
    assert ask(server, api, "/x/1?q=1", "POST")[1] != first[1]
    assert ask(server, api, "/x/1?q=2")[1] != first[1]
    assert ask(server, api) == UNAUTHORIZED
    api = guarded(server, "rows sources unset", ASKED, settings)
    assert ask(server, api, "/x/1?q=1") == UNAUTHORIZED


@pytest.mark.parametrize("source", ["method.request.path.id", "method.request.body.x", "nothing"])
def test_path_and_body_are_no_identity_sources(server, arn, source):
    gateway = server.client("api", "apigateway")
    api = gateway.create_rest_api(name="rows no source")["id"]
    with pytest.raises(gateway.exceptions.BadRequestException):
        gateway.create_authorizer(
            restApiId=api,
            name="a",
            type="REQUEST",
            authorizerUri=lambda_uri(arn),
            identitySource=source,
        )


@pytest.mark.parametrize("ttl, fits", [(-1, False), (0, True), (3_600, True), (3_601, False)])
def test_bounds_of_the_time_to_live(server, arn, ttl, fits):
    gateway = server.client("api", "apigateway")
    api = gateway.create_rest_api(name="rows ttl")["id"]

    def make(**more):
        return gateway.create_authorizer(
            restApiId=api,
            name=f"a{ttl}",
            type="TOKEN",
            authorizerUri=lambda_uri(arn),
            identitySource="method.request.header.A",
            **more,
        )

    if not fits:
        with pytest.raises(gateway.exceptions.BadRequestException):
            make(authorizerResultTtlInSeconds=ttl)
    else:
        assert make(authorizerResultTtlInSeconds=ttl)["authorizerResultTtlInSeconds"] == ttl


def test_a_request_without_its_source_is_asked_about_where_nothing_is_cached(server, arn):
    source = {"identitySource": "method.request.header.X-A"}
    api = guarded(server, "rows ttl 0", ASKED, lambda_authorizer(arn, "request", **source))
    assert ask(server, api)[0] == 200
    cached = lambda_authorizer(arn, "request", **source, authorizerResultTtlInSeconds=300)
    api = guarded(server, "rows ttl 300", ASKED, cached)
    assert ask(server, api) == UNAUTHORIZED
    assert ask(server, api, **{"X-A": ""}) == UNAUTHORIZED
    assert ask(server, api, **{"X-A": "1"})[0] == 200


def test_a_cached_token_must_still_match_the_expression(server, arn):
    settings = lambda_authorizer(
        arn, "token", identityValidationExpression="ok-.*", authorizerResultTtlInSeconds=300
    )
    api = guarded(server, "rows expression", ASKED, settings)
    first = ask(server, api, Authorization="ok-1")
    assert (first[0], ask(server, api, Authorization="ok-1")) == (200, first)
    assert ask(server, api, Authorization="no-1") == UNAUTHORIZED
    assert ask(server, api, Authorization="not ok-1") == UNAUTHORIZED, "the whole token must match"


@pytest.mark.parametrize("wish", ["no-principal", "object", "list", "long-resource"])
def test_answers_that_are_no_answers_are_500(server, token, wish):
    got = send(server, token, "/x/1", headers={"Authorization": wish})
    assert (got.status, got.text) == NULL
    assert got.one("x-amzn-ErrorType") == "AuthorizerConfigurationException"
    assert got.one("Content-Length") == "16"


def test_a_resource_of_512_characters_fits(server, token):
    assert ask(server, token, Authorization="fitting-resource")[0] == 200


def test_a_throttled_authorizer_is_500(server):
    arn = probe(server, "rows-guard-throttled", GUARD)
    api = guarded(server, "rows throttled", SHOW, lambda_authorizer(arn, "token"))
    assert ask(server, api, Authorization="x")[0] == 200
    server.client("api", "lambda").put_function_concurrency(
        FunctionName=arn, ReservedConcurrentExecutions=0
    )
    assert ask(server, api, Authorization="x") == NULL


def test_stage_variables_stand_in_the_authorizers_uri(server, arn):
    settings = lambda_authorizer(arn, "token")
    settings["authorizerUri"] = settings["authorizerUri"].replace(
        "rows-guard", "${stageVariables.guard}"
    )
    api = guarded(server, "rows uri", SHOW, settings, variables={"guard": "rows-guard"})
    assert ask(server, api, Authorization="x")[0] == 200
    api = guarded(server, "rows uri elsewhere", SHOW, settings, variables={"guard": "nobody"})
    assert ask(server, api, Authorization="x") == NULL


def test_an_authorizer_asked_with_credentials_needs_their_permission(server):
    """`authorizerCredentials` is a role of the API's account, across accounts with both sides' leave."""
    arn = function(server, "functions", "rows-guard-by-role", GUARD)
    iam = server.client("api", "iam")
    trust = {"Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"},
             "Action": "sts:AssumeRole"}
    role = iam.create_role(
        RoleName="asks",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )["Role"]["Arn"]
    settings = lambda_authorizer(arn, "token", authorizerCredentials=role)
    api = guarded(server, "rows role", ASKED, settings)
    assert ask(server, api, Authorization="x") == NULL
    may = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": arn}
    iam.put_role_policy(
        RoleName="asks",
        PolicyName="p",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [may]}),
    )
    assert ask(server, api, Authorization="x") == NULL, "the function's account has not said so"
    server.client("functions", "lambda").add_permission(
        FunctionName=arn, StatementId="role", Action="lambda:InvokeFunction", Principal=role
    )
    assert ask(server, api, Authorization="x")[0] == 200
    assert FUNCTIONS in arn


def test_the_source_arn_of_an_authorizers_call(server):
    arn = function(server, "functions", "rows-guard-source", GUARD)
    api = guarded(server, "rows source", ASKED, lambda_authorizer(arn, "token"))
    gateway = server.client("api", "apigateway")
    (made,) = gateway.get_authorizers(restApiId=api)["items"]
    base = f"arn:aws:execute-api:us-east-1:{API}:{api}"
    allow(server, arn, f"{base}/*/GET/x/*", sid="methods")
    assert ask(server, api, Authorization="x") == NULL
    allow(server, arn, f"{base}/authorizers/{made['id']}", sid="authorizer")
    assert ask(server, api, Authorization="x")[0] == 200
