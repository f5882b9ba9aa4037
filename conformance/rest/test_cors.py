"""Rows of "CORS"."""

import pytest
from apis import deploy, method, mock, probe, proxy, send

HEADERS = "'Content-Type,X-Amz-Date,Authorization,X-Api-Key,X-Amz-Security-Token'"
NAMES = ["Access-Control-Allow-Headers", "Access-Control-Allow-Methods"]
NAMES += ["Access-Control-Allow-Origin"]


@pytest.fixture(scope="module")
def api(server):
    """What "Enable CORS" of the console makes."""
    values = dict(zip(NAMES, [HEADERS, "'GET,OPTIONS'", "'*'"], strict=True))
    parameters = {f"method.response.header.{name}": value for name, value in values.items()}
    responses = {"default": {"statusCode": "200", "responseParameters": parameters}}
    preflight = method(mock(responses=responses), headers=NAMES)
    paths = {"/": {"options": preflight, "get": method(proxy(probe(server, "cors")))}}
    return deploy(server, "cors", paths)


def test_the_preflight_of_a_mock(server, api):
    asked = {"Origin": "https://example.org", "Access-Control-Request-Method": "GET"}
    got = send(server, api, "/", "OPTIONS", headers=asked)
    assert got.status == 200
    assert got.one("Access-Control-Allow-Origin") == "*"
    assert got.one("Access-Control-Allow-Methods") == "GET,OPTIONS"
    assert got.one("Access-Control-Allow-Headers") == HEADERS.strip("'")


def test_the_gateway_adds_no_cors_headers_of_its_own(server, api):
    got = send(server, api, "/", headers={"Origin": "https://example.org"})
    assert not [name for name in got.names if name.lower().startswith("access-control-")]
    got = send(server, api, "/none", headers={"Origin": "https://example.org"})
    assert not [name for name in got.names if name.lower().startswith("access-control-")]
