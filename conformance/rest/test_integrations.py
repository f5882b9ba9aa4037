"""Rows of "Integration types"."""

import json

import pytest
from apis import Backend, backend, deploy, method, mock, plain, probe, proxy, send, PLAIN
from conftest import lambda_uri

ERROR = (500, '{"message": "Internal server error"}')


@pytest.fixture(scope="module")
def origin():
    with backend() as running:
        yield running


def mock_of(template, responses):
    """A mock whose request template is given."""
    return mock(responses=responses, requestTemplates={"application/json": template})


def text_of(text):
    return {"application/json": text}


@pytest.fixture(scope="module")
def api(server, origin):
    arn = probe(server, "plain", PLAIN)
    chosen = {
        "default": {"statusCode": "200", "responseTemplates": text_of("default")},
        "4\\d{2}": {"statusCode": "404", "responseTemplates": text_of("pattern")},
    }
    errors = {
        "default": {"statusCode": "200", "responseTemplates": text_of("fine")},
        "bad.*": {"statusCode": "400", "responseTemplates": text_of("bad")},
        "a(\\n|.)+z": {"statusCode": "404", "responseTemplates": text_of("lines")},
        "one.two": {"statusCode": "409", "responseTemplates": text_of("dot")},
    }
    only_pattern = {"5\\d{2}": {"statusCode": "502"}}
    http = {"type": "http", "httpMethod": "POST", "uri": f"{origin.url}/h"}
    codes = (200, 201, 400, 404, 409, 502)
    headers = "method.request.header.x-answer"
    declared = [{"in": "header", "name": "x-answer", "type": "string"}]
    passed = {"requestParameters": {"integration.request.header.x-answer": headers}}
    greedy = [{"in": "path", "name": "proxy", "required": True, "type": "string"}]
    query = {
        "integration.request.querystring.k": "'mapped'",
        "integration.request.header.X-Own": "'mapped'",
        "integration.request.path.proxy": "method.request.path.proxy",
    }
    ports = {"type": "http", "httpMethod": "GET", "uri": "http://127.0.0.1:1/"}
    return deploy(
        server,
        "integrations",
        {
            "/mock": {"get": method(mock_of('{"statusCode": 200}', chosen), codes=codes)},
            "/mock-unquoted": {"get": method(mock_of("{statusCode: 200}", chosen), codes=codes)},
            "/mock-404": {"get": method(mock_of('{"statusCode": 404}', chosen), codes=codes)},
            "/mock-none": {"get": method(mock_of('{"status": 1}', chosen), codes=codes)},
            "/mock-text": {"get": method(mock_of("no json", chosen), codes=codes)},
            "/mock-unmatched": {
                "get": method(mock_of('{"statusCode": 200}', only_pattern), codes=codes)
            },
            "/lambda": {"post": method(plain(arn, errors), codes=codes)},
            "/http": {
                "post": method(
                    {**http, **passed, "responses": {"default": {"statusCode": "200"}}},
                    parameters=declared,
                )
            },
            "/http-chosen": {
                "post": method(
                    {**http, **passed, "responses": chosen}, codes=codes, parameters=declared
                )
            },
            "/refused": {"get": method({**ports, "responses": {"default": {"statusCode": "200"}}})},
            "/refused-proxy": {"get": method({**ports, "type": "http_proxy"})},
            "/back/{proxy+}": {
                "x-amazon-apigateway-any-method": method(
                    {
                        "type": "http_proxy",
                        "httpMethod": "ANY",
                        "uri": f"{origin.url}/b/{{proxy}}?own=1",
                        "requestParameters": query,
                    },
                    parameters=greedy,
                )
            },
            "/verb": {
                "get": method({"type": "http_proxy", "httpMethod": "POST", "uri": f"{origin.url}/v"})
            },
        },
    )


def ask(server, api, path, verb="GET", **more):
    got = send(server, api, path, verb, **more)
    return got.status, got.text


def test_mock_chooses_its_response_by_the_rendered_status(server, api):
    assert ask(server, api, "/mock") == (200, "default")
    assert ask(server, api, "/mock-404") == (404, "pattern")


def test_mock_accepts_an_unquoted_member_name(server, api):
    assert ask(server, api, "/mock-unquoted") == (200, "default")


@pytest.mark.parametrize("path", ["/mock-none", "/mock-text"])
def test_mock_without_an_integer_status_is_500(server, api, path):
    assert ask(server, api, path) == ERROR


def test_no_pattern_matches_and_no_default_is_500(server, api):
    assert ask(server, api, "/mock-unmatched") == ERROR


@pytest.mark.parametrize(
    "sent, want",
    [
        ({"a": 1}, (200, "fine")),
        ({"raise": "bad thing"}, (400, "bad")),
        ({"raise": "not bad"}, (200, "fine")),
        ({"raise": "a\nz"}, (404, "lines")),
        ({"raise": "one\ntwo"}, (200, "fine")),
        ({"raise": "one-two"}, (409, "dot")),
    ],
    ids=str,
)
def test_selection_patterns_match_the_whole_error_message_of_a_function(server, api, sent, want):
    assert ask(server, api, "/lambda", "POST", body=json.dumps(sent)) == want


def test_an_error_message_of_a_function_that_did_not_fail_selects_nothing(server, api):
    body = json.dumps({"errorMessage": "bad thing"})
    assert ask(server, api, "/lambda", "POST", body=body) == (200, "fine")


def test_http_with_only_a_default_response_hides_the_backends_status(server, api):
    wish = json.dumps({"status": 418, "body": "tea"})
    got = ask(server, api, "/http", "POST", headers={"x-answer": wish}, body=b"{}")
    assert got == (200, "tea")


@pytest.mark.parametrize("status, want", [(404, (404, "pattern")), (500, (200, "default"))])
def test_http_selects_by_the_backends_status(server, api, status, want):
    wish = json.dumps({"status": status})
    got = ask(server, api, "/http-chosen", "POST", headers={"x-answer": wish}, body=b"{}")
    assert got == want


def test_a_backend_that_refuses_connections(server, api):
    assert ask(server, api, "/refused") == ERROR
    assert ask(server, api, "/refused-proxy") == ERROR


def test_http_proxy_passes_verb_path_query_headers_and_body(server, api):
    headers = {"X-Mine": "1", "X-Own": "client", "Content-Type": "text/plain"}
    got = send(server, api, "/back/a/b%20c?k=orig&x=1", "PUT", headers, b"body").json()
    assert (got["verb"], got["body"]) == ("PUT", "body")
    path, _, query = got["target"].partition("?")
    assert path == "/b/a/b%20c"
    assert query.split("&").count("own=1") == 1
    assert "x=1" in query.split("&")
    headers = dict(got["headers"])
    assert headers["X-Mine"] == "1" and headers["Content-Type"] == "text/plain"


def test_http_proxy_appends_mapped_query_parameters_and_overrides_headers(server, api):
    got = send(server, api, "/back/a?k=orig", headers={"X-Own": "client"}).json()
    query = got["target"].partition("?")[2].split("&")
    values = [pair.partition("=")[2] for pair in query if pair.startswith("k=")]
    assert ",".join(values).replace("%2C", ",") == "orig,mapped"
    assert dict(got["headers"])["X-Own"] == "mapped"


def test_http_proxy_passes_status_headers_and_body_back(server, api):
    wish = {"status": 418, "headers": [["X-A", "1"], ["X-A", "2"]], "body": "tea"}
    got = send(server, api, "/back/x", headers={"x-answer": json.dumps(wish)})
    assert (got.status, got.text) == (418, "tea")
    assert got.all("X-A") == ["1", "2"]


def test_the_integrations_own_verb_is_used(server, api):
    assert send(server, api, "/verb").json()["verb"] == "POST"


def test_redirects_of_a_backend_are_passed_on_not_followed(server, api, origin):
    wish = {"status": 302, "headers": [["Location", f"{origin.url}/elsewhere"]], "body": ""}
    before = len(origin.received)
    got = send(server, api, "/back/x", headers={"x-answer": json.dumps(wish)})
    assert (got.status, got.one("Location")) == (302, f"{origin.url}/elsewhere")
    assert len(origin.received) == before + 1


class Slow(Backend):
    """Answers when the test lets it."""

    def answer(self):
        self.server.gate.wait(timeout=30)
        super().answer()

    do_GET = answer


def test_timeout_of_an_http_backend_is_504(server):
    import threading

    with backend(Slow) as running:
        running.gate = threading.Event()
        slow = {"type": "http_proxy", "httpMethod": "GET", "uri": running.url}
        api = deploy(
            server, "slow", {"/": {"get": method({**slow, "timeoutInMillis": 50})}}
        )
        got = ask(server, api, "/")
        running.gate.set()
    assert got == (504, '{"message": "Endpoint request timed out"}')


@pytest.mark.parametrize("timeout, fits", [(49, False), (50, True), (29_000, True), (29_001, False)])
def test_bounds_of_timeouts(server, timeout, fits):
    gateway = server.client("api", "apigateway")
    api = deploy(server, "bounds", {"/": {"get": method(mock("x"))}})
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    where = {"restApiId": api, "resourceId": root, "httpMethod": "GET"}

    def put():
        gateway.put_integration(type="MOCK", timeoutInMillis=timeout, **where)

    if fits:
        put()
    else:
        with pytest.raises(gateway.exceptions.BadRequestException):
            put()


def test_stage_variables_stand_in_uris_and_function_arns(server, origin):
    arn = probe(server, "by-variable")
    name = lambda_uri(arn).replace("by-variable", "${stageVariables.function}")
    host = origin.url.removeprefix("http://")
    uri = "http://${stageVariables.host}/${stageVariables.path}"
    api = deploy(
        server,
        "by variable",
        {
            "/lambda": {"get": method({**proxy(arn), "uri": name})},
            "/http": {"get": method({"type": "http_proxy", "httpMethod": "GET", "uri": uri})},
        },
        variables={"function": "by-variable", "host": host, "path": "deep"},
    )
    assert send(server, api, "/lambda").status == 200
    assert send(server, api, "/http").json()["target"] == "/deep"
