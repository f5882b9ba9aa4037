"""Rows of "Authorization": what comes before what, and what a refused request costs."""

import json

import pytest
from apis import backend, deploy, method, patch, probe, proxy, send, token_guard
from conftest import API, allow

# Counts how often it was asked, in the one worker that keeps running; lets `good` in.
GUARD = """let asked = 0;
export const handler = async (event) => {
  asked += 1;
  const effect = event.authorizationToken === 'good' ? 'Allow' : 'Deny';
  return {
    principalId: 'p',
    policyDocument: { Version: '2012-10-17', Statement: [
      { Action: 'execute-api:Invoke', Effect: effect, Resource: '*' }] },
    context: { asked },
  };
};
"""
FORBIDDEN = '{"message":"Forbidden"}'
VALIDATORS = {"params": {"validateRequestBody": False, "validateRequestParameters": True}}
NEEDED = [{"in": "header", "name": "x-needed", "required": True, "type": "string"}]


@pytest.fixture(scope="module")
def origin():
    with backend() as running:
        yield running


@pytest.fixture(scope="module")
def api(server, origin):
    """Methods that fail in two or more ways at once."""
    guard = probe(server, "order-guard", GUARD)
    integration = {"type": "http_proxy", "httpMethod": "GET", "uri": origin.url}

    def get(*security, **more):
        return {"get": method(integration, security=[{name: []} for name in security], **more)}

    needed = {"parameters": NEEDED, "x-amazon-apigateway-request-validator": "params"}
    api = deploy(
        server,
        "order",
        {
            "/guard-key": get("guard", "key", **needed),
            "/key-throttled": get("key", **needed),
            "/throttled-needed": get(**needed),
            "/needed": get(**needed),
            "/once": get("guard"),
            "/throttled-guard": {
                "get": method(
                    {
                        "type": "mock",
                        "requestTemplates": {"application/json": '{"statusCode": 200}'},
                        "responses": {"default": {"statusCode": "200"}},
                    },
                    security=[{"guard": []}],
                )
            },
            "/asked": {"get": method(proxy(probe(server, "order-show")), security=[{"guard": []}])},
        },
        securityDefinitions={
            "key": {"type": "apiKey", "name": "x-api-key", "in": "header"},
            "guard": token_guard(guard),
        },
        **{"x-amazon-apigateway-request-validators": VALIDATORS},
    )
    source = f"arn:aws:execute-api:us-east-1:{API}:{api}/authorizers/*"
    allow(server, guard, source, sid="order", profile="api")
    never, once = (0, 0), (0.001, 1)
    limits = {"key-throttled": never, "throttled-needed": never, "throttled-guard": never}
    changes = [
        ("replace", f"/~1{path}/GET/throttling/{name}", str(value))
        for path, pair in {**limits, "once": once}.items()
        for name, value in zip(["rateLimit", "burstLimit"], pair, strict=True)
    ]
    server.client("api", "apigateway").update_stage(
        restApiId=api, stageName="test", patchOperations=patch(*changes)
    )
    return api


def ask(server, api, path, token=None):
    got = send(server, api, path, headers={"Authorization": token} if token else {})
    return got.status, got.text


def test_the_authorizer_comes_before_the_key(server, api):
    assert ask(server, api, "/guard-key")[0] == 401
    status, text = ask(server, api, "/guard-key", "bad")
    assert (status, "explicit deny in an identity-based policy" in text) == (403, True)
    assert ask(server, api, "/guard-key", "good") == (403, FORBIDDEN)


def test_the_key_comes_before_the_throttle(server, api):
    assert ask(server, api, "/key-throttled") == (403, FORBIDDEN)


def test_the_throttle_comes_before_validation(server, api):
    assert ask(server, api, "/throttled-needed") == (429, '{"message":"Too Many Requests"}')


def test_validation_comes_before_the_integration(server, api, origin):
    before = len(origin.received)
    want = (400, '{"message": "Missing required request parameters: [x-needed]"}')
    assert ask(server, api, "/needed") == want
    assert len(origin.received) == before
    assert send(server, api, "/needed", headers={"x-needed": "1"}).status == 200
    assert len(origin.received) == before + 1


def test_the_route_comes_before_authorization(server, api):
    assert ask(server, api, "/nowhere", "bad") == (403, '{"message":"Missing Authentication Token"}')


def test_refused_calls_take_no_token_of_the_throttle(server, api):
    for token in [None, "bad", "bad", None]:
        assert ask(server, api, "/once", token)[0] in (401, 403)
    assert [ask(server, api, "/once", "good")[0] for _ in range(2)] == [200, 429]


def test_throttled_calls_have_asked_the_authorizer(server, api):
    def asked():
        event = send(server, api, "/asked", headers={"Authorization": "good"}).json()
        return int(event["requestContext"]["authorizer"]["asked"])

    before = asked()
    assert ask(server, api, "/throttled-guard", "good")[0] == 429
    assert asked() == before + 2


def test_an_explicit_deny_of_the_resource_policy_comes_before_the_authorizer(server):
    """The rest of the policy is joined with what the authorizer says."""
    guard = probe(server, "order-guard-policy", GUARD)
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": effect, "Principal": "*", "Action": "execute-api:Invoke", "Resource": where}
            for effect, where in [
                ("Deny", "execute-api:/*/GET/shut"),
                ("Allow", "execute-api:/*/GET/open"),
            ]
        ],
    }
    show = proxy(probe(server, "order-policy-show"))
    definition = token_guard(guard)
    paths = {
        path: {"get": method(show, security=[{"guard": []}])} for path in ("/shut", "/open", "/other")
    }
    api = deploy(
        server,
        "order policy",
        paths,
        securityDefinitions={"guard": definition},
        **{"x-amazon-apigateway-policy": policy},
    )

    def asked(path):
        got = send(server, api, path, headers={"Authorization": "good"})
        return int(json.loads(got.text)["requestContext"]["authorizer"]["asked"])

    before = asked("/other")
    status, text = ask(server, api, "/shut", "good")
    assert (status, "explicit deny in a resource-based policy" in text) == (403, True)
    assert asked("/other") == before + 1, "the shut path asked nobody"
    assert ask(server, api, "/open", "bad")[0] == 403, "the authorizer's deny wins over an allow"
