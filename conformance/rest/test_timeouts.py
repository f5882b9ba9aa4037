"""Integration timeouts: 29 seconds, or what the operator grants Regional and private APIs."""

import json

import pytest
from apis import method, patch
from botocore.exceptions import ClientError
from conftest import Crossway


@pytest.fixture(scope="module")
def granted(tmp_path_factory):
    """A server whose operator grants a minute."""
    flags = ["--ephemeral", "--integration-timeout-ms-max", "60000"]
    crossway = Crossway(tmp_path_factory.mktemp("granted") / "data", *flags)
    yield crossway
    assert crossway.stop() == 0


def outcome(server, kind, timeout):
    """What importing an API of this kind with this timeout says, then what updating one says."""
    gateway = server.client("api", "apigateway")
    integration = {"type": "mock", "requestTemplates": {"application/json": "{}"}}

    def made(timeout):
        document = {
            "swagger": "2.0",
            "info": {"title": "timeouts", "version": "1"},
            "paths": {"/": {"get": method({**integration, "timeoutInMillis": timeout})}},
        }
        return gateway.import_rest_api(
            body=json.dumps(document), parameters={"endpointConfigurationTypes": kind}
        )["id"]

    api = made(1000)
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    change = patch(("replace", "/timeoutInMillis", str(timeout)))
    said = []
    for attempt in (
        lambda: made(timeout),
        lambda: gateway.update_integration(
            restApiId=api, resourceId=root, httpMethod="GET", patchOperations=change
        ),
        lambda: gateway.put_integration(
            restApiId=api, resourceId=root, httpMethod="GET", type="MOCK", timeoutInMillis=timeout
        ),
    ):
        try:
            attempt()
            said.append("")
        except ClientError as error:
            said.append(error.response["Error"]["Message"])
    return said


@pytest.mark.parametrize(
    ("kind", "timeout", "most"),
    [
        ("REGIONAL", 29001, None),
        ("REGIONAL", 60000, None),
        ("REGIONAL", 60001, 60000),
        ("PRIVATE", 60000, None),
        ("PRIVATE", 60001, 60000),
        ("EDGE", 29000, None),
        ("EDGE", 29001, 29000),
    ],
)
def test_what_was_granted_is_granted_to_regional_and_private_apis(granted, kind, timeout, most):
    for said in outcome(granted, kind, timeout):
        if most is None:
            assert said == ""
        else:
            assert f"Timeout should be between 50 ms and {most} ms" in said


@pytest.mark.parametrize("kind", ["REGIONAL", "EDGE"])
def test_nobody_has_more_than_29_seconds_who_did_not_ask(server, kind):
    assert outcome(server, kind, 29000) == ["", "", ""]
    for said in outcome(server, kind, 29001):
        assert "Timeout should be between 50 ms and 29000 ms" in said
