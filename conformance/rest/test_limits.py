"""Rows of "Quotas": each at its bound, and one over."""

import json

import pytest
from apis import deploy, method, patch, probe, proxy, send
from botocore.exceptions import ClientError
from conftest import Crossway

BROKEN = (502, '{"message": "Internal server error"}')
LIMIT = "LimitExceededException"
BAD = "BadRequestException"


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """A server whose accounts are filled up."""
    crossway = Crossway(tmp_path_factory.mktemp("full") / "data", "--ephemeral")
    yield crossway
    assert crossway.stop() == 0


@pytest.fixture(scope="module")
def gateway(full):
    return full.client("api", "apigateway")


@pytest.fixture
def api(gateway):
    """An API with a deployed method."""
    made = gateway.create_rest_api(name="limits", endpointConfiguration={"types": ["REGIONAL"]})
    root = {"restApiId": made["id"], "resourceId": made["rootResourceId"], "httpMethod": "GET"}
    gateway.put_method(authorizationType="NONE", **root)
    gateway.put_integration(type="MOCK", **root)
    gateway.create_deployment(restApiId=made["id"], stageName="s0")
    yield made["id"]
    gateway.delete_rest_api(restApiId=made["id"])


def refused(code, call, **given):
    with pytest.raises(ClientError) as caught:
        call(**given)
    assert caught.value.response["Error"]["Code"] == code
    return caught.value.response["Error"]["Message"]


def test_300_resources_of_an_api(gateway, api):
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    for number in range(299):
        gateway.create_resource(restApiId=api, parentId=root, pathPart=f"r{number}")
    refused(LIMIT, gateway.create_resource, restApiId=api, parentId=root, pathPart="more")
    assert len(gateway.get_resources(restApiId=api, limit=500)["items"]) == 300, "with the root"


def test_10_stages_of_an_api(gateway, api):
    for number in range(1, 10):
        gateway.create_deployment(restApiId=api, stageName=f"s{number}")
    refused(LIMIT, gateway.create_deployment, restApiId=api, stageName="more")
    assert len(gateway.get_stages(restApiId=api)["item"]) == 10


def test_10_authorizers_of_an_api(gateway, api):
    arn = "arn:aws:lambda:us-east-1:111111111111:function:f"
    uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{arn}/invocations"
    settings = {"restApiId": api, "type": "TOKEN", "authorizerUri": uri}
    settings["identitySource"] = "method.request.header.A"
    for number in range(10):
        gateway.create_authorizer(name=f"a{number}", **settings)
    refused(LIMIT, gateway.create_authorizer, name="more", **settings)


def test_stage_variables(gateway, api):
    deployment = gateway.get_stage(restApiId=api, stageName="s0")["deploymentId"]

    def stage(name, variables):
        return gateway.create_stage(
            restApiId=api, stageName=name, deploymentId=deployment, variables=variables
        )

    made = stage("s1", {f"v{number}": "x" for number in range(100)})
    assert len(made["variables"]) == 100
    stage("s2", {"k" * 64: "v" * 512})
    for variables in [
        {f"v{number}": "x" for number in range(101)},
        {"k" * 65: "v"},
        {"k": "v" * 513},
        {"a-b": "v"},
        {"k": "a b"},
        {"k": "<"},
    ]:
        with pytest.raises(ClientError):
            stage("s3", variables)
    # Every character that AWS's page names.
    stage("s3", {"k_1": "Az09-._~:/?#&=,"})


@pytest.mark.parametrize("extra, fits", [(0, True), (1, False)])
def test_a_resource_policy_of_8192_bytes(gateway, extra, fits):
    statement = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke"}
    document = {"Version": "2012-10-17", "Statement": [{**statement, "Sid": "", "Resource": "*"}]}
    document["Statement"][0]["Sid"] = "s" * (8_192 - len(json.dumps(document, separators=(",", ":"))) + extra)
    policy = json.dumps(document, separators=(",", ":"))
    if fits:
        gateway.delete_rest_api(
            restApiId=gateway.create_rest_api(name="policy", policy=policy)["id"]
        )
    else:
        with pytest.raises(ClientError):
            gateway.create_rest_api(name="policy", policy=policy)


@pytest.mark.parametrize("extra, fits", [(0, True), (1, False)])
def test_a_model_of_400_kb(gateway, api, extra, fits):
    schema = json.dumps({"type": "object", "title": ""})
    schema = schema.replace('""', '"' + "t" * (400 * 1024 - len(schema) + extra) + '"')
    given = {"restApiId": api, "name": "large", "contentType": "application/json"}
    if fits:
        gateway.create_model(schema=schema, **given)
    else:
        with pytest.raises(ClientError):
            gateway.create_model(schema=schema, **given)


@pytest.mark.parametrize("extra, fits", [(0, True), (1, False)])
def test_an_imported_file_of_6_mb(gateway, extra, fits):
    document = {"swagger": "2.0", "info": {"title": "i", "version": "1"}, "paths": {}, "x-pad": ""}
    document["x-pad"] = "p" * (6 * 1024 * 1024 - len(json.dumps(document)) + extra)
    body = json.dumps(document)
    if fits:
        gateway.delete_rest_api(restApiId=gateway.import_rest_api(body=body)["id"])
    else:
        with pytest.raises(ClientError):
            gateway.import_rest_api(body=body)


@pytest.mark.parametrize(
    "size, fits", [(-1, False), (0, True), (10_485_760, True), (10_485_761, False)]
)
def test_the_size_from_which_answers_are_compressed(gateway, size, fits):
    if fits:
        made = gateway.create_rest_api(name="compressed", minimumCompressionSize=size)
        assert made["minimumCompressionSize"] == size
        gateway.delete_rest_api(restApiId=made["id"])
    else:
        refused(BAD, gateway.create_rest_api, name="compressed", minimumCompressionSize=size)


@pytest.mark.parametrize("chars, fits", [(19, False), (20, True), (128, True), (129, False)])
def test_the_value_of_an_api_key(gateway, chars, fits):
    if fits:
        made = gateway.create_api_key(name="k", value="v" * chars)
        gateway.delete_api_key(apiKey=made["id"])
    else:
        refused(BAD, gateway.create_api_key, name="k", value="v" * chars)


def test_10_usage_plans_of_a_key_and_one_of_each_stage(gateway, api):
    for number in range(1, 10):
        gateway.create_deployment(restApiId=api, stageName=f"s{number}")
    key = gateway.create_api_key(name="k", enabled=True)["id"]
    plans = []

    def plan(stages=()):
        plans.append(gateway.create_usage_plan(name="p", apiStages=list(stages))["id"])
        return {"usagePlanId": plans[-1], "keyId": key, "keyType": "API_KEY"}

    for number in range(10):
        gateway.create_usage_plan_key(**plan([{"apiId": api, "stage": f"s{number}"}]))
    refused(LIMIT, gateway.create_usage_plan_key, **plan())
    gateway.delete_usage_plan_key(usagePlanId=plans[0], keyId=key)
    refused("ConflictException", gateway.create_usage_plan_key, **plan([{"apiId": api, "stage": "s1"}]))
    gateway.delete_api_key(apiKey=key)
    for made in plans:
        for stage in gateway.get_usage_plan(usagePlanId=made).get("apiStages", []):
            gone = patch(("remove", "/apiStages", f"{stage['apiId']}:{stage['stage']}"))
            gateway.update_usage_plan(usagePlanId=made, patchOperations=gone)
        gateway.delete_usage_plan(usagePlanId=made)


def test_300_usage_plans_of_an_account(full):
    gateway = full.client("api", "apigateway", "eu-west-1")
    for number in range(300):
        gateway.create_usage_plan(name=f"p{number}")
    refused(LIMIT, gateway.create_usage_plan, name="more")


def test_10000_keys_of_an_account(full):
    gateway = full.client("api", "apigateway", "eu-west-2")
    lines = [f"k{number},{number:020}" for number in range(10_000)]
    made = gateway.import_api_keys(
        body="\n".join(["name,key", *lines]).encode(), format="csv", failOnWarnings=True
    )
    assert len(made["ids"]) == 10_000
    refused(LIMIT, gateway.create_api_key, name="more")
    gateway.delete_api_key(apiKey=made["ids"][0])
    gateway.create_api_key(name="again")


@pytest.mark.parametrize("count, fits", [(50, True), (51, False)])
def test_50_tags_of_an_api(gateway, count, fits):
    tags = {f"k{number}": "v" for number in range(count)}
    if fits:
        gateway.delete_rest_api(restApiId=gateway.create_rest_api(name="t", tags=tags)["id"])
    else:
        with pytest.raises(ClientError):
            gateway.create_rest_api(name="t", tags=tags)


def test_pages_hold_25_items_and_at_most_500(gateway):
    for number in range(26):
        gateway.create_usage_plan(name=f"page{number}")
    assert len(gateway.get_usage_plans()["items"]) == 25
    assert len(gateway.get_usage_plans(limit=500)["items"]) == 26
    for limit in (0, 501):
        got = len(gateway.get_usage_plans(limit=limit)["items"])
        assert got in (25, 26), "AWS takes the nearest"


def test_a_functions_answer_of_6_mb(server):
    """The answer with everything around its body, in the bytes that Lambda's own refusal names."""
    arn = probe(server, "limits-answers")
    api = deploy(server, "limits answers", {"/": {"get": method(proxy(arn))}})
    around = len('{"statusCode":200,"body":""}')
    for over, status in [(0, 200), (1, 502)]:
        wish = json.dumps({"size": 6_291_556 - around + over})
        got = send(server, api, "/", headers={"x-do": wish})
        assert got.status == status
    assert (got.status, got.text) == BROKEN


SIZE = """export const handler = async (event) => ({
  statusCode: 200, body: String(JSON.stringify(event).length) });
"""


def test_a_functions_event_of_6_mb(server):
    """API Gateway takes 10 MB, a function 6 MB with the event around the body."""
    arn = probe(server, "limits-events", SIZE)
    api = deploy(server, "limits events", {"/": {"post": method(proxy(arn))}})
    around = int(send(server, api, "/", "POST", body=b"x").text) - 1
    got = send(server, api, "/", "POST", body=b"x" * (6_291_456 - around))
    assert (got.status, got.text) == (200, "6291456")
    got = send(server, api, "/", "POST", body=b"x" * (6_291_457 - around))
    assert (got.status, got.text) == (413, '{"message": "Request Too Long"}')
    assert got.one("x-amzn-ErrorType") == "BadRequestException"
