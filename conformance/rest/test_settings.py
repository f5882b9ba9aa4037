"""`docs/settings.md` names every setting there is, and what it calls refused is."""

import re

import botocore.session
import pytest
from apis import deploy, method, mock, patch, release
from botocore.exceptions import ClientError
from conftest import ROOT

SHAPES = ["RestApi", "EndpointConfiguration", "Stage", "MethodSetting", "AccessLogSettings"]
SHAPES += ["CanarySettings", "Resource", "Method", "MethodResponse", "Integration", "TlsConfig"]
SHAPES += ["IntegrationResponse", "Authorizer", "RequestValidator", "Model", "GatewayResponse"]


def table():
    """Setting, without the name of what it is part of, to the word beside it."""
    text = (ROOT / "docs/settings.md").read_text()
    rows = re.findall(r"^\| (`.+?) \| (\S+) \|", text, re.M)
    return {
        name.rsplit(".", 1)[-1]: word
        for names, word in rows
        for name in re.findall(r"`([^`]+)`", names)
    }


def test_every_member_of_the_model_has_a_row():
    model = botocore.session.get_session().get_service_model("apigateway")
    named = table()
    # These hold settings that have rows of their own.
    holders = {"endpointConfiguration", "methodSettings", "accessLogSettings", "canarySettings"}
    holders |= {"methodIntegration", "tlsConfig"}
    members = {name for shape in SHAPES for name in model.shape_for(shape).members}
    assert sorted(members - set(named) - holders) == []


def test_nothing_is_merely_stored():
    assert set(table().values()) == {"enforced", "refused", "shown"}


@pytest.fixture(scope="module")
def api(server):
    return deploy(server, "settings", {"/": {"get": method(mock("x"))}})


@pytest.mark.parametrize(
    "path, value",
    [
        ("/cacheClusterEnabled", "true"),
        ("/*/*/metrics/enabled", "true"),
        ("/*/*/caching/unauthorizedCacheControlHeaderStrategy", "FAIL_WITH_403"),
        ("/webAclArn", "arn:aws:wafv2:us-east-1:111111111111:regional/webacl/a/b"),
        ("/canarySettings/percentTraffic", "10"),
    ],
)
def test_refused_settings_of_a_stage_change_nothing(server, api, path, value):
    gateway = server.client("api", "apigateway")

    def stage():
        found = gateway.get_stage(restApiId=api, stageName="test")
        return {key: found[key] for key in found if key != "ResponseMetadata"}

    before = stage()
    with pytest.raises(ClientError) as refused:
        gateway.update_stage(
            restApiId=api, stageName="test", patchOperations=patch(("replace", path, value))
        )
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] in (400, 501)
    assert stage() == before


@pytest.mark.parametrize(
    "change",
    [
        {"endpointConfiguration": {"types": ["PRIVATE"]}},
        {"endpointAccessMode": "STRICT", "securityPolicy": "SecurityPolicy_TLS13_1_3_2025_09"},
    ],
    ids=str,
)
def test_refused_settings_of_an_api_are_never_live(server, change):
    gateway = server.client("api", "apigateway")
    api = gateway.create_rest_api(name="refused", **change)["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    where = {"restApiId": api, "resourceId": root, "httpMethod": "GET"}
    gateway.put_method(authorizationType="NONE", **where)
    gateway.put_integration(type="MOCK", **where)
    with pytest.raises(ClientError):
        release(server, api)
    assert gateway.get_stages(restApiId=api)["item"] == []
