"""Rows of "Content handling"."""

import base64

import pytest
from apis import Backend, backend, deploy, method, send

ERROR = (500, '{"message": "Internal server error"}')
OK = {"default": {"statusCode": "200"}}


@pytest.fixture(scope="module")
def origin():
    with backend() as running:
        yield running


CONTENT = [
    # binary list, content type, contentHandling, what the backend gets of b"aGk="
    (None, "text/plain", None, "aGk="),
    (None, "text/plain", "CONVERT_TO_TEXT", "aGk="),
    (None, "text/plain", "CONVERT_TO_BINARY", "hi"),
    (["image/png"], "text/plain", None, "aGk="),
    (["image/png"], "text/plain", "CONVERT_TO_TEXT", "aGk="),
    (["image/png"], "text/plain", "CONVERT_TO_BINARY", "hi"),
    (["image/png"], "image/png", None, "aGk="),
    (["image/png"], "image/png", "CONVERT_TO_BINARY", "aGk="),
    (["image/png"], "image/png", "CONVERT_TO_TEXT", base64.b64encode(b"aGk=").decode()),
]


@pytest.mark.parametrize("types, content_type, handling, want", CONTENT)
def test_content_handling_of_requests(server, origin, types, content_type, handling, want):
    integration = {"type": "http", "httpMethod": "POST", "uri": origin.url, "responses": OK}
    if handling:
        integration["contentHandling"] = handling
    document = {"x-amazon-apigateway-binary-media-types": types} if types else {}
    api = deploy(server, "content", {"/": {"post": method(integration)}}, **document)
    got = send(server, api, "/", "POST", {"Content-Type": content_type}, b"aGk=")
    assert got.status == 200
    assert origin.received[-1]["body"] == want


def test_content_that_cannot_be_decoded_is_500(server, origin):
    integration = {
        "type": "http",
        "httpMethod": "POST",
        "uri": origin.url,
        "responses": OK,
        "contentHandling": "CONVERT_TO_BINARY",
    }
    api = deploy(server, "undecodable", {"/": {"post": method(integration)}})
    got = send(server, api, "/", "POST", {"Content-Type": "text/plain"}, b"$$$")
    assert (got.status, got.text) == ERROR


PIXEL = b"\x89PNG\xff"
ANSWERS = [
    # binary list, first type of Accept, contentHandling, backend's body and type, what the client gets
    (None, "text/plain", None, (b"aGk=", "text/plain"), b"aGk="),
    (None, "text/plain", "CONVERT_TO_TEXT", (b"aGk=", "text/plain"), b"aGk="),
    (None, "text/plain", "CONVERT_TO_BINARY", (b"aGk=", "text/plain"), b"hi"),
    (["image/png"], "text/plain", None, (b"aGk=", "text/plain"), b"aGk="),
    (["image/png"], "text/plain", "CONVERT_TO_TEXT", (b"aGk=", "text/plain"), b"aGk="),
    (["image/png"], "text/plain", "CONVERT_TO_BINARY", (b"aGk=", "text/plain"), b"hi"),
    (["image/png"], "image/png", None, (b"aGk=", "text/plain"), b"hi"),
    (["image/png"], "image/png", "CONVERT_TO_BINARY", (b"aGk=", "text/plain"), b"hi"),
    (["image/png"], "image/png", "CONVERT_TO_TEXT", (b"aGk=", "text/plain"), b"aGk="),
    (["image/png"], "text/plain", None, (PIXEL, "image/png"), base64.b64encode(PIXEL)),
    (["image/png"], "text/plain", "CONVERT_TO_TEXT", (PIXEL, "image/png"), base64.b64encode(PIXEL)),
    (["image/png"], "text/plain", "CONVERT_TO_BINARY", (PIXEL, "image/png"), PIXEL),
    (["image/png"], "image/png", None, (PIXEL, "image/png"), PIXEL),
    (["image/png"], "image/png", "CONVERT_TO_BINARY", (PIXEL, "image/png"), PIXEL),
    (["image/png"], "image/png", "CONVERT_TO_TEXT", (PIXEL, "image/png"), base64.b64encode(PIXEL)),
    (["image/*"], "image/png", None, (PIXEL, "image/png"), PIXEL),
    (["*/*"], "text/plain", None, (PIXEL, "image/png"), PIXEL),
]


class Given(Backend):
    """Answers what the test put there."""

    def answer(self):
        body, content_type = self.server.given
        self.send_response_only(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = answer


@pytest.mark.parametrize("types, accept, handling, given, want", ANSWERS)
def test_content_handling_of_responses(server, types, accept, handling, given, want):
    response = {"statusCode": "200", **({"contentHandling": handling} if handling else {})}
    document = {"x-amazon-apigateway-binary-media-types": types} if types else {}
    with backend(Given) as running:
        running.given = given
        integration = {"type": "http", "httpMethod": "GET", "uri": running.url}
        integration["responses"] = {"default": response}
        api = deploy(server, "content back", {"/": {"get": method(integration)}}, **document)
        got = send(server, api, "/", headers={"Accept": f"{accept}, */*"})
    assert (got.status, got.body) == (200, want)


def test_an_answer_that_cannot_be_decoded_is_500(server):
    response = {"statusCode": "200", "contentHandling": "CONVERT_TO_BINARY"}
    with backend(Given) as running:
        running.given = (b"$$$", "text/plain")
        integration = {"type": "http", "httpMethod": "GET", "uri": running.url}
        integration["responses"] = {"default": response}
        api = deploy(server, "undecodable back", {"/": {"get": method(integration)}})
        got = send(server, api, "/")
    assert (got.status, got.text) == ERROR


@pytest.mark.parametrize(
    "handling, template, want",
    [
        (None, "$input.body", None),
        ("CONVERT_TO_TEXT", "<$input.body>", f"<{base64.b64encode(PIXEL).decode()}>"),
    ],
)
def test_a_template_over_a_binary_body_needs_its_text(server, origin, handling, template, want):
    integration = {"type": "http", "httpMethod": "POST", "uri": origin.url, "responses": OK}
    integration["requestTemplates"] = {"image/png": template}
    if handling:
        integration["contentHandling"] = handling
    types = {"x-amazon-apigateway-binary-media-types": ["image/png"]}
    api = deploy(server, "binary template", {"/": {"post": method(integration)}}, **types)
    got = send(server, api, "/", "POST", {"Content-Type": "image/png"}, PIXEL)
    if want is None:
        assert (got.status, got.text) == ERROR
    else:
        assert origin.received[-1]["body"] == want
