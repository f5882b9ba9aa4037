"""Rows of "Request validation" and "Gateway responses"."""

import json

import pytest
from apis import deploy, method, mock, probe, proxy, release, send, token_guard

RESPONSES = "x-amazon-apigateway-gateway-responses"
VALIDATORS = "x-amazon-apigateway-request-validators"
PET = {"type": "object", "required": ["a", "b"], "properties": {"a": {"type": "integer"}}}


def keyed(integration, **more):
    """An operation that needs an API key."""
    return method(integration, security=[{"api_key": []}], **more)


def validated(integration, which="all", **more):
    return method(integration, **{"x-amazon-apigateway-request-validator": which, **more})


def parameters(*names):
    """Required parameters, `where.name` each."""
    short = {"header": "header", "querystring": "query", "path": "path"}
    found = [name.split(".", 1) for name in names]
    return [
        {"in": short[where], "name": name, "required": True, "type": "string"}
        for where, name in found
    ]


@pytest.fixture(scope="module")
def api(server):
    arn = probe(server, "validated")
    body = [{"in": "body", "name": "Pet", "schema": {"$ref": "#/definitions/Pet"}}]
    wanted = parameters("header.x-b", "header.x-a", "querystring.qs1", "querystring.qs0")
    shown = {
        "BAD_REQUEST_BODY": {
            "responseTemplates": {
                "application/json": '{"type": "$context.error.responseType", '
                '"why": "$context.error.validationErrorString"}'
            }
        }
    }
    return deploy(
        server,
        "validated",
        {
            "/params": {"get": validated(mock("ok"), parameters=wanted)},
            "/both": {"post": validated(mock("ok"), parameters=wanted + body)},
            "/body": {"post": validated(mock("ok"), parameters=body)},
            "/params-only": {"post": validated(mock("ok"), "params", parameters=body)},
            "/lambda": {"post": validated(proxy(arn), parameters=body)},
        },
        **{
            VALIDATORS: {
                "all": {"validateRequestBody": True, "validateRequestParameters": True},
                "params": {"validateRequestBody": False, "validateRequestParameters": True},
            },
            RESPONSES: shown,
            "definitions": {"Pet": PET},
        },
    )


def seen(got):
    return got.status, got.text


def missing(*names):
    return 400, f'{{"message": "Missing required request parameters: [{", ".join(names)}]"}}'


def test_missing_parameters_are_listed_by_their_full_key(server, api):
    got = send(server, api, "/params")
    assert seen(got) == missing("x-a", "x-b", "qs0", "qs1")
    assert got.one("x-amzn-ErrorType") == "BadRequestException"


def test_a_blank_value_counts_as_missing(server, api):
    got = send(server, api, "/params?qs0=&qs1=1", headers={"x-a": "", "x-b": "1"})
    assert seen(got) == missing("x-a", "qs0")


def test_header_names_of_parameters_are_case_sensitive(server, api):
    got = send(server, api, "/params?qs0=1&qs1=1", headers={"X-A": "1", "x-b": "1"})
    assert seen(got) == missing("x-a")


def test_parameters_are_checked_before_the_body(server, api):
    got = send(server, api, "/both?qs0=1&qs1=1", "POST", {"x-a": "1"}, b"no json")
    assert seen(got) == missing("x-b")


REQUIRED = 'object has missing required properties ([\\"a\\",\\"b\\"])'


@pytest.mark.parametrize(
    "body, why",
    [
        ("{}", "[" + REQUIRED.replace("\\", "") + "]"),
        ("", "[" + REQUIRED.replace("\\", "") + "]"),
        ("no json", "[Unknown error parsing request body]"),
    ],
)
def test_the_detail_of_a_bad_body_is_in_the_context_only(server, api, body, why):
    got = send(server, api, "/body", "POST", {"Content-Type": "application/json"}, body)
    assert got.status == 400
    assert got.text == f'{{"type": "BAD_REQUEST_BODY", "why": "{why}"}}'


def test_a_body_without_a_model_for_its_type_is_not_checked(server, api):
    got = send(server, api, "/lambda", "POST", {"Content-Type": "text/plain"}, "no json")
    assert got.status == 200


def test_a_validator_checks_only_what_it_is_told_to(server, api):
    assert send(server, api, "/params-only", "POST", body="{}").status == 200


DEFAULTS = {
    "MISSING_AUTHENTICATION_TOKEN": (
        403, "MissingAuthenticationTokenException", '{"message":"Missing Authentication Token"}'),
    "INVALID_API_KEY": (403, "ForbiddenException", '{"message":"Forbidden"}'),
    "UNAUTHORIZED": (401, "UnauthorizedException", '{"message":"Unauthorized"}'),
    "BAD_REQUEST_PARAMETERS": (
        400, "BadRequestException", '{"message": "Missing required request parameters: [x-a]"}'),
    "BAD_REQUEST_BODY": (400, "BadRequestException", '{"message": "Invalid request body"}'),
    "UNSUPPORTED_MEDIA_TYPE": (
        415, "BadRequestException", '{"message":"Unsupported Media Type"}'),
    "API_CONFIGURATION_ERROR": (
        500, "InternalServerErrorException", '{"message": "Internal server error"}'),
    "INTEGRATION_FAILURE": (
        500, "InternalServerErrorException", '{"message": "Internal server error"}'),
    "INTEGRATION_TIMEOUT": (
        504, "InternalServerErrorException", '{"message": "Endpoint request timed out"}'),
    "AUTHORIZER_CONFIGURATION_ERROR": (
        500, "AuthorizerConfigurationException", '{"message":null}'),
    "ACCESS_DENIED": (403, "AccessDeniedException", None),
    "THROTTLED": (429, "TooManyRequestsException", '{"message":"Too Many Requests"}'),
}


def build(server, name, responses=None):
    """An API that can fail in every way of [DEFAULTS]."""
    arn = probe(server, name)
    deny = {"principalId": "u", "policyDocument": {"Version": "2012-10-17", "Statement": [
        {"Effect": "Deny", "Action": "execute-api:Invoke", "Resource": "*"}]}}
    answers = probe(
        server,
        f"{name}-authorizer",
        "export const handler = async (event) => {"
        "if (event.authorizationToken === 'broken') return {};"
        f"return {json.dumps(deny)};}};",
    )
    from conftest import function, lambda_uri

    unpermitted = function(server, "api", f"{name}-unpermitted")
    body = [{"in": "body", "name": "Pet", "schema": {"$ref": "#/definitions/Pet"}}]
    never = mock("x", passthroughBehavior="never", requestTemplates={"text/x": "{}"})
    guarded = method(mock("x"), security=[{"guard": []}])
    guard = token_guard(answers)
    paths = {
        "/key": {"get": keyed(mock("x"))},
        "/params": {"get": validated(mock("x"), parameters=parameters("header.x-a"))},
        "/body": {"post": validated(mock("x"), parameters=body)},
        "/type": {"post": method(never)},
        "/config": {"get": method({**mock("x"), "responses": {"5..": {"statusCode": "500"}}})},
        "/failure": {"get": method({**proxy(arn), "uri": lambda_uri(unpermitted)})},
        "/slow": {"get": method(proxy(arn, timeoutInMillis=50))},
        "/guarded": {"get": guarded},
        "/throttled": {"get": method(mock("x"))},
    }
    api = deploy(
        server,
        name,
        paths,
        securityDefinitions={
            "api_key": {"type": "apiKey", "name": "x-api-key", "in": "header"},
            "guard": guard,
        },
        **{
            VALIDATORS: {"all": {"validateRequestBody": True, "validateRequestParameters": True}},
            "definitions": {"Pet": PET},
            RESPONSES: responses or {},
        },
    )
    gateway = server.client("api", "apigateway")
    zero = [
        {"op": "replace", "path": f"/~1throttled/GET/throttling/{limit}", "value": "0"}
        for limit in ("rateLimit", "burstLimit")
    ]
    gateway.update_stage(restApiId=api, stageName="test", patchOperations=zero)
    return api


def provoke(server, api, kind):
    """A request that fails as `kind` says."""
    token = {"Authorization": "x"}
    ways = {
        "MISSING_AUTHENTICATION_TOKEN": ("/none", "GET", {}, b""),
        "INVALID_API_KEY": ("/key", "GET", {}, b""),
        "UNAUTHORIZED": ("/guarded", "GET", {}, b""),
        "BAD_REQUEST_PARAMETERS": ("/params", "GET", {}, b""),
        "BAD_REQUEST_BODY": ("/body", "POST", {}, b"{}"),
        "UNSUPPORTED_MEDIA_TYPE": ("/type", "POST", {"Content-Type": "text/y"}, b"x"),
        "API_CONFIGURATION_ERROR": ("/config", "GET", {}, b""),
        "INTEGRATION_FAILURE": ("/failure", "GET", {}, b""),
        "INTEGRATION_TIMEOUT": ("/slow", "GET", {"x-do": '{"wait": 5000}'}, b""),
        "AUTHORIZER_CONFIGURATION_ERROR": ("/guarded", "GET", {"Authorization": "broken"}, b""),
        "ACCESS_DENIED": ("/guarded", "GET", token, b""),
        "THROTTLED": ("/throttled", "GET", {}, b""),
    }
    path, verb, headers, body = ways[kind]
    return send(server, api, path, verb, headers, body)


@pytest.fixture(scope="module")
def plain_api(server):
    return build(server, "defaults")


@pytest.mark.parametrize("kind", DEFAULTS)
def test_default_response(server, plain_api, kind):
    status, error, text = DEFAULTS[kind]
    got = provoke(server, plain_api, kind)
    assert (got.status, got.one("x-amzn-ErrorType")) == (status, error)
    assert got.one("Content-Type") == "application/json"
    assert text is None or got.text == text
    assert got.all("Retry-After") == []


def test_denials_have_a_capital_message(server, plain_api):
    got = provoke(server, plain_api, "ACCESS_DENIED")
    text = "User is not authorized to access this resource with an explicit deny"
    assert got.json() == {"Message": f"{text} in an identity-based policy"}


@pytest.fixture(scope="module")
def custom(server):
    of = {
        kind: {
            "statusCode": "418",
            "responseParameters": {
                "gatewayresponse.header.X-Kind": f"'{kind}'",
                "gatewayresponse.header.X-Context": "context.httpMethod",
                "gatewayresponse.header.X-Header": "method.request.header.x-mine",
            },
            "responseTemplates": {
                "application/json": '{"kind":"$context.error.responseType",'
                '"text":$context.error.messageString,"no":"$input.body"}'
            },
        }
        for kind in DEFAULTS
    }
    return build(server, "customised", of)


@pytest.mark.parametrize("kind", DEFAULTS)
def test_every_type_can_be_customised(server, custom, kind):
    got = provoke(server, custom, kind)
    assert got.status == 418
    assert got.one("X-Kind") == kind
    assert got.one("X-Context") in ("GET", "POST")
    body = got.json()
    assert body["kind"] == kind, "the template is plain replacement"
    assert body["no"] == "$input.body", "and no VTL"


@pytest.fixture(scope="module")
def classes(server):
    header = {"gatewayresponse.header.Access-Control-Allow-Origin": "'*'"}
    responses = {
        "DEFAULT_4XX": {"responseParameters": header},
        "DEFAULT_5XX": {"statusCode": "599", "responseParameters": header},
        "THROTTLED": {"statusCode": "430"},
    }
    return build(server, "classes", responses)


def test_defaults_of_a_class_stand_in_for_unset_types(server, classes):
    got = provoke(server, classes, "INVALID_API_KEY")
    assert (got.status, got.one("Access-Control-Allow-Origin")) == (403, "*")
    assert provoke(server, classes, "API_CONFIGURATION_ERROR").status == 599


def test_an_explicit_type_comes_before_its_class(server, classes):
    got = provoke(server, classes, "THROTTLED")
    assert (got.status, got.all("Access-Control-Allow-Origin")) == (430, [])


def test_a_request_that_is_too_large_cannot_be_customised(server, custom):
    got = send(server, custom, "/body", "POST", body=b"x" * 10_485_761)
    assert got.status == 413


def test_the_default_object_of_a_gateway_response(server, plain_api):
    gateway = server.client("api", "apigateway")
    got = gateway.get_gateway_response(restApiId=plain_api, responseType="UNAUTHORIZED")
    got.pop("ResponseMetadata")
    template = '{"message":$context.error.messageString}'
    assert got == {
        "responseType": "UNAUTHORIZED",
        "statusCode": "401",
        "responseParameters": {},
        "responseTemplates": {"application/json": template},
        "defaultResponse": True,
    }


def test_changes_of_gateway_responses_need_a_deployment(server):
    api = deploy(server, "later", {"/key": {"get": keyed(mock("x"))}}, securityDefinitions={
        "api_key": {"type": "apiKey", "name": "x-api-key", "in": "header"}})
    gateway = server.client("api", "apigateway")
    gateway.put_gateway_response(restApiId=api, responseType="INVALID_API_KEY", statusCode="402")
    assert send(server, api, "/key").status == 403
    release(server, api)
    assert send(server, api, "/key").status == 402
