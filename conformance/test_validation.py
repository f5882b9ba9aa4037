"""Requests are checked against parameters and models before an integration sees them."""

import json

import pytest

INVALID = (400, '{"message": "Invalid request body"}')
MODELS = "https://apigateway.amazonaws.com/restapis/{api}/models"


@pytest.fixture(scope="module")
def api(server):
    """`POST /` answers `ok` to a pet with an owner and the header `X-A`."""
    gateway = server.client("api", "apigateway")
    api = gateway.create_rest_api(name="validation")["id"]
    models = MODELS.format(api=api)
    owner = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
    pet = {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "type": "object",
        "required": ["kind", "owner"],
        "properties": {
            "kind": {"enum": ["cat", "dog"]},
            "owner": {"$ref": f"{models}/Owner"},
            "friends": {"type": "array", "maxItems": 2, "items": {"$ref": f"{models}/Pet"}},
        },
        "additionalProperties": False,
    }
    for name, schema in [("Owner", owner), ("Pet", pet)]:
        gateway.create_model(
            restApiId=api, name=name, schema=json.dumps(schema), contentType="application/json"
        )
    validator = gateway.create_request_validator(
        restApiId=api, name="all", validateRequestBody=True, validateRequestParameters=True
    )["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    where = {"restApiId": api, "resourceId": root, "httpMethod": "POST"}
    gateway.put_method(
        authorizationType="NONE",
        requestValidatorId=validator,
        requestModels={"application/json": "Pet"},
        requestParameters={"method.request.header.X-A": True},
        **where,
    )
    gateway.put_integration(
        type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'}, **where
    )
    gateway.put_method_response(statusCode="200", **where)
    gateway.put_integration_response(
        statusCode="200", responseTemplates={"application/json": "ok"}, **where
    )
    gateway.create_deployment(restApiId=api, stageName="test")
    return api


def post(server, api, body, **headers):
    headers = {"Content-Type": "application/json", "X-A": "1", **headers}
    got = server.get(api, "/", method="POST", data=body, headers=headers)
    return got.status_code, got.text


PET = {"kind": "cat", "owner": {"name": "Ann"}}


@pytest.mark.parametrize(
    "body",
    [PET, {**PET, "friends": [PET]}, {**PET, "friends": []}],
    ids=["plain", "nested", "empty-list"],
)
def test_bodies_that_fit(server, api, body):
    assert post(server, api, json.dumps(body)) == (200, "ok")


@pytest.mark.parametrize(
    "body",
    [
        "",
        " ",
        "{",
        "[]",
        "{}",
        json.dumps({**PET, "kind": "cow"}),
        json.dumps({**PET, "owner": {}}),
        json.dumps({**PET, "owner": {"name": 7}}),
        json.dumps({**PET, "more": 1}),
        json.dumps({**PET, "friends": [PET, {**PET, "kind": "cow"}]}),
        json.dumps({**PET, "friends": [PET, PET, PET]}),
    ],
)
def test_bodies_that_do_not_fit(server, api, body):
    assert post(server, api, body) == INVALID


def test_parameters_come_first(server, api):
    expected = (400, '{"message": "Missing required request parameters: [X-A]"}')
    assert post(server, api, "{", **{"X-A": None}) == expected


def test_other_content_types_have_no_model(server, api):
    status, text = post(server, api, "<a/>", **{"Content-Type": "application/xml"})
    assert (status, text) != INVALID


def test_the_log_says_what_is_wrong(server, api):
    gateway = server.client("api", "apigateway")
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    answer = gateway.test_invoke_method(
        restApiId=api,
        resourceId=root,
        httpMethod="POST",
        headers={"X-A": "1", "Content-Type": "application/json"},
        body="{}",
    )
    assert answer["status"] == 400
    line = (
        "Request body does not match model schema for content type application/json: "
        '[object has missing required properties (["kind","owner"])]'
    )
    assert line in answer["log"]
