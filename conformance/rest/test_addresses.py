"""Rows of "Addresses" and "Routing"."""

import pytest
from apis import deploy, method, mock, patch, probe, proxy, release, send

ANY = "x-amazon-apigateway-any-method"
FORBIDDEN = b'{"message":"Forbidden"}'
MISSING = b'{"message":"Missing Authentication Token"}'


def says(word):
    """A method that answers a word."""
    return method(mock(word))


@pytest.fixture(scope="module")
def api(server):
    return deploy(
        server,
        "routes",
        {
            "/test": {"post": says("post-test")},
            "/{proxy+}": {"options": says("greedy-options")},
            "/part1": {"get": says("part1")},
            "/pets": {"get": says("list"), ANY: says("any-pets")},
            "/pets/mine": {"get": says("mine")},
            "/pets/{id}": {"get": says("one"), "delete": says("gone")},
            "/pets/{id}/toys/{toy+}": {"get": says("toys")},
        },
    )


@pytest.fixture(scope="module")
def greedy(server):
    """`/{proxy+}` to a function that answers its event."""
    arn = probe(server, "greedy")
    return deploy(
        server,
        "greedy",
        {
            "/{proxy+}": {ANY: method(proxy(arn))},
            "/part1": {"get": says("part1")},
        },
    )


def answer(server, api, verb, path, **more):
    got = send(server, api, path, verb, **more)
    return got.text if got.status == 200 else got.status


@pytest.mark.parametrize(
    "form",
    [
        "http://{api}.execute-api.us-east-1.localhost/{stage}{path}",
        "http://{api}.execute-api.us-east-1.amazonaws.com/{stage}{path}",
        "http://localhost/_aws/execute-api/{api}/{stage}{path}",
        "http://localhost/restapis/{api}/{stage}/_user_request_{path}",
    ],
)
def test_every_address_form_reaches_the_same_method(server, api, form):
    host, _, target = form[len("http://") :].partition("/")
    target = "/" + target.format(api=api, stage="test", path="/pets/mine")
    got = send(server, api, target, stage=None, host=host.format(api=api))
    assert (got.status, got.text) == (200, "mine")


@pytest.mark.parametrize("where", ["/nostage/pets", "/", "/test2", "/Test/pets"])
def test_unknown_or_missing_stage_is_403_forbidden(server, api, where):
    got = send(server, api, where, stage=None)
    assert (got.status, got.body) == (403, FORBIDDEN)
    assert got.one("x-amzn-ErrorType") == "ForbiddenException"
    assert got.one("Content-Length") == "23"


def test_unknown_api_is_403_forbidden(server):
    got = send(server, "nosuchapi0", "/pets")
    assert (got.status, got.body) == (403, FORBIDDEN)
    assert got.one("x-amzn-ErrorType") == "ForbiddenException"


def test_disable_execute_api_endpoint_is_403_after_the_next_stage_update(server):
    api = deploy(server, "disabled", {"/": {"get": says("here")}})
    gateway = server.client("api", "apigateway")
    change = patch(("replace", "/disableExecuteApiEndpoint", "true"))
    gateway.update_rest_api(restApiId=api, patchOperations=change)
    assert answer(server, api, "GET", "/") == "here", "not before a deployment or a stage update"
    described = patch(("replace", "/description", "x"))
    gateway.update_stage(restApiId=api, stageName="test", patchOperations=described)
    got = send(server, api, "/")
    assert (got.status, got.body) == (403, FORBIDDEN)


def test_disable_execute_api_endpoint_is_403_after_a_redeploy(server):
    api = deploy(server, "disabled too", {"/": {"get": says("here")}})
    gateway = server.client("api", "apigateway")
    change = patch(("replace", "/disableExecuteApiEndpoint", "true"))
    gateway.update_rest_api(restApiId=api, patchOperations=change)
    release(server, api)
    assert answer(server, api, "GET", "/") == 403


def test_literal_before_parameter_before_greedy(server, api):
    assert answer(server, api, "GET", "/pets/mine") == "mine"
    assert answer(server, api, "GET", "/pets/7") == "one"
    assert answer(server, api, "GET", "/pets/7/toys/a/b") == "toys"
    assert answer(server, api, "OPTIONS", "/elsewhere/deep") == "greedy-options"


def test_exact_verb_before_any(server, api):
    assert answer(server, api, "GET", "/pets") == "list"
    assert answer(server, api, "PATCH", "/pets") == "any-pets"


@pytest.mark.parametrize("verb", ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"])
def test_any_covers_the_seven_verbs(server, greedy, verb):
    assert send(server, greedy, "/x", verb).status == 200


@pytest.mark.parametrize("verb", ["TRACE", "PURGE", "get"])
def test_any_covers_no_other_verb(server, greedy, verb):
    assert send(server, greedy, "/x", verb).status in (400, 403)


def test_head_is_not_derived_from_get(server, api):
    assert send(server, api, "/pets/mine", "HEAD").status == 403


def test_backtracking_skips_a_resource_without_the_verb(server, api):
    """Measured: `/test` has only POST, `/{proxy+}` has OPTIONS."""
    assert answer(server, api, "OPTIONS", "/test") == "greedy-options"
    assert answer(server, api, "POST", "/test") == "post-test"
    assert answer(server, api, "OPTIONS", "/pets/mine") == "greedy-options"
    assert answer(server, api, "DELETE", "/pets/mine") == "gone", "the next less specific one"


def test_a_literal_without_children_does_not_hide_the_greedy_sibling(server, greedy):
    got = send(server, greedy, "/part1/random").json()
    assert got["pathParameters"] == {"proxy": "part1/random"}
    assert answer(server, greedy, "GET", "/part1") == "part1"


def test_greedy_needs_a_segment(server, greedy):
    assert send(server, greedy, "/").body == MISSING
    assert send(server, greedy, "").body == MISSING


def test_trailing_slash_matches_and_stays_in_the_path_of_the_event(server, greedy, api):
    assert answer(server, api, "GET", "/pets/mine/") == "mine"
    event = send(server, greedy, "/a/b/").json()
    assert event["path"] == "/a/b/"
    assert event["pathParameters"] == {"proxy": "a/b"}


@pytest.mark.parametrize("verb, path", [("GET", "/nowhere"), ("PUT", "/test"), ("GET", "/pets/1/x")])
def test_no_resource_or_no_verb_is_403_missing_authentication_token(server, api, verb, path):
    got = send(server, api, path, verb)
    assert (got.status, got.body) == (403, MISSING)
    assert got.one("x-amzn-ErrorType") == "MissingAuthenticationTokenException"
    assert got.one("Content-Length") == "42"


def test_double_slash_after_the_stage(server, greedy):
    event = send(server, greedy, "//proxy-value").json()
    assert event["path"] == "/proxy-value"
    assert event["requestContext"]["path"] == "/test//proxy-value"
    assert event["pathParameters"] == {"proxy": "proxy-value"}


def test_repeated_slashes_in_the_middle_stay_in_the_greedy_value(server, greedy):
    event = send(server, greedy, "/a//b///c").json()
    assert event["pathParameters"] == {"proxy": "a//b///c"}


def test_method_override_replaces_the_verb_before_matching(server, api):
    override = {"X-HTTP-Method-Override": "DELETE"}
    assert answer(server, api, "POST", "/pets/7", headers=override) == "gone"
    override = {"x-http-method-override": "POST"}
    assert answer(server, api, "GET", "/test", headers=override) == "post-test"


def test_path_segments_arrive_encoded_and_query_values_decoded_once(server, greedy):
    event = send(server, greedy, "/test%2Balias%40x?a=1+2&b=%2B&c=%2541&d%20e=f").json()
    assert event["path"] == "/test%2Balias%40x"
    assert event["pathParameters"] == {"proxy": "test%2Balias%40x"}
    want = {"a": "1 2", "b": "+", "c": "%41", "d e": "f"}
    assert event["queryStringParameters"] == want


def test_semicolon_separates_query_parameters(server, greedy):
    event = send(server, greedy, "/x?a=1;b=2").json()
    assert event["queryStringParameters"] == {"a": "1", "b": "2"}


def test_two_percent_signs_in_the_query_are_refused(server, greedy):
    assert send(server, greedy, "/x?a=%%").status == 400


@pytest.mark.parametrize(
    "kind, extra, status", [("EDGE", 0, 200), ("EDGE", 1, 414), ("REGIONAL", 1, 200)]
)
def test_urls_of_edge_optimized_apis_have_8192_characters(server, kind, extra, status):
    api = deploy(server, f"urls {kind}", {"/": {"get": says("here")}}, **{
        "x-amazon-apigateway-endpoint-configuration": {"types": [kind]}})
    gateway = server.client("api", "apigateway")
    if gateway.get_rest_api(restApiId=api)["endpointConfiguration"]["types"] != [kind]:
        change = patch(("replace", "/endpointConfiguration/types/EDGE", kind))
        gateway.update_rest_api(restApiId=api, patchOperations=change)
        release(server, api)
    host = f"{api}.execute-api.us-east-1.localhost"
    fill = "f" * (8_192 - len(f"https://{host}/test/?q=") + extra)
    assert send(server, api, f"/?q={fill}").status == status


def test_header_block_of_10240_bytes_passes_and_one_more_does_not(server, greedy):
    def block(extra):
        host = f"{greedy}.execute-api.us-east-1.localhost:{server.port}"
        fixed = f"GET /test/x HTTP/1.1\r\nHost: {host}\r\nX-Fill: \r\nConnection: close\r\n"
        fill = "f" * (10_240 - len(fixed) + extra)
        return send(server, greedy, "/x", headers={"X-Fill": fill}).status

    assert block(0) == 200
    assert block(1) == 431
