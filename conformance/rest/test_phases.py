"""Rows of "Logs & metrics" about the phases before the integration, in access logs."""

import re

import pytest
from apis import deploy, method, mock, probe, release, send, token_guard
from test_callers import ask, may, user  # noqa: F401  (a fixture)
from test_logs import access_log, events, logging  # noqa: F401  (a fixture)

GUARD = """export const handler = async ({ authorizationToken: token }) => {
  if (token === 'nobody') throw new Error('Unauthorized');
  if (token === 'broken') throw new Error('boom');
  return { principalId: 'ann', policyDocument: { Version: '2012-10-17', Statement: [
    { Action: 'execute-api:Invoke', Effect: token === 'deny' ? 'Deny' : 'Allow', Resource: '*' }] } };
};
"""
PHASE = ("latency", "status", "error")
NAMES = [
    *(f"authenticate.{name}" for name in PHASE),
    *(f"authorizer.{name}" for name in (*PHASE, "integrationLatency", "integrationStatus", "requestId")),
    *(f"authorize.{name}" for name in PHASE),
]
ABSENT, GOOD = ["-", "-", "-"], [r"\d+", "200", "-"]
CALLED = [r"\d+", "200", "[0-9a-f-]{36}"]
DENIED = "User is not authorized to access this resource with an explicit deny in an identity-based policy"


@pytest.fixture(scope="module")
def api(server, logging):  # noqa: F811
    definition = token_guard(probe(server, "phases-guard", GUARD), ttl=300)
    signed = {"x-amazon-apigateway-auth": {"type": "AWS_IAM"}}
    paths = {
        "/open": {"get": method(mock("in"))},
        "/signed": {"get": method(mock("in"), **signed)},
        "/guarded": {"get": method(mock("in"), security=[{"guard": []}])},
    }
    api = deploy(server, "phases", paths, securityDefinitions={"guard": definition})
    form = "|".join(f"$context.{name}" for name in ["requestId", *NAMES])
    access_log(server, api, "access-phases", form)
    release(server, api)
    return api


def told(server, request_id):
    """The values of [`NAMES`] of one request."""
    (line,) = [text for text in events(server, "access-phases", request_id) if request_id in text]
    return line.strip().split("|")[1:]


def fits(found, *phases):
    wanted = [pattern for phase in phases for pattern in phase]
    assert len(found) == len(wanted) == len(NAMES), found
    for name, value, pattern in zip(NAMES, found, wanted, strict=True):
        assert re.fullmatch(pattern, value), (name, value, pattern)


def test_an_open_method_has_no_phases(server, api):
    request_id = send(server, api, "/open").one("x-amzn-RequestId")
    fits(told(server, request_id), ABSENT, ABSENT, ABSENT, ABSENT)


@pytest.mark.parametrize("token, authorizer, called, authorize", [
    ("good", GOOD, CALLED, GOOD),
    ("deny", GOOD, CALLED, [r"\d+", "403", DENIED]),
    ("nobody", [r"\d+", "401", "Unauthorized"], CALLED, ABSENT),
    ("broken", [r"\d+", "500", "-"], CALLED, ABSENT),
    ("", [r"\d+", "401", "Unauthorized"], ABSENT, ABSENT),
])
def test_phases_of_a_lambda_authorizer(server, api, token, authorizer, called, authorize):
    headers = {"Authorization": token} if token else {}
    request_id = send(server, api, "/guarded", headers=headers).one("x-amzn-RequestId")
    fits(told(server, request_id), ABSENT, authorizer, called, authorize)


def test_a_cached_answer_has_no_call(server, api):
    for called in (CALLED, ["0", "-", "-"]):
        got = send(server, api, "/guarded", headers={"Authorization": "twice"})
        fits(told(server, got.one("x-amzn-RequestId")), ABSENT, GOOD, called, GOOD)


def test_phases_of_a_signed_request(server, api, user):  # noqa: F811
    _, allowed = user("phases-in", may("Allow"))
    _, denied = user("phases-out", may("Deny"))
    for keys, authenticate, authorize in [
        (allowed, GOOD, GOOD),
        (denied, GOOD, [r"\d+", "403", "User: arn:aws:iam::1{12}:user/phases-out is not authorized .*"]),
        ((allowed[0], "wrong"), [r"\d+", "403", "The request signature we calculated .*"], ABSENT),
    ]:
        request_id = ask(server, api, keys, "/signed").headers["x-amzn-RequestId"]
        fits(told(server, request_id), authenticate, ABSENT, ABSENT, authorize)
