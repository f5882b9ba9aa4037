"""Rows of "Passthrough and templates" and parameter mapping."""

import json

import pytest
from apis import backend, deploy, method, mock, plain, probe, send, PLAIN

UNSUPPORTED = (415, '{"message":"Unsupported Media Type"}')
ERROR = (500, '{"message": "Internal server error"}')
OK = {"default": {"statusCode": "200"}}


@pytest.fixture(scope="module")
def arn(server):
    return probe(server, "mapped", PLAIN)


@pytest.fixture(scope="module")
def origin():
    with backend() as running:
        yield running


@pytest.fixture(scope="module")
def api(server, arn):
    """POST to a function that answers what it was given; each path with other templates."""
    exact = {"application/json": '{"by": "json"}', "text/plain": '{"by": "text"}'}
    by_default = {"text/plain": '{"by": "text"}', "$default": '{"by": "default"}'}

    def post(templates, **more):
        return {"post": method(plain(arn, OK, templates, **more))}

    never = {"passthroughBehavior": "never"}
    no_templates = {"passthroughBehavior": "when_no_templates"}
    return deploy(
        server,
        "templates",
        {
            "/exact": post(exact),
            "/default": post(by_default),
            "/never": post(exact, **never),
            "/never-empty": post({}, **never),
            "/some": post(exact, **no_templates),
            "/none": post({}, **no_templates),
        },
    )


def ask(server, api, path, content_type=None, body='{"sent": 1}', **headers):
    if content_type:
        headers["Content-Type"] = content_type
    got = send(server, api, path, "POST", headers, body)
    return got.status, got.text


SENT = (200, '{"sent":1}')


@pytest.mark.parametrize(
    "path, content_type, want",
    [
        ("/exact", None, (200, '{"by":"json"}')),
        ("/exact", "application/json", (200, '{"by":"json"}')),
        ("/exact", "application/json; charset=utf-8", (200, '{"by":"json"}')),
        ("/exact", "text/plain", (200, '{"by":"text"}')),
        ("/exact", "text/html", SENT),
        ("/default", "text/html", (200, '{"by":"default"}')),
        ("/default", "text/plain", (200, '{"by":"text"}')),
        ("/never", "text/html", UNSUPPORTED),
        ("/never", "text/plain", (200, '{"by":"text"}')),
        ("/never-empty", "application/json", UNSUPPORTED),
        ("/some", "text/html", UNSUPPORTED),
        ("/some", None, (200, '{"by":"json"}')),
        ("/none", "text/html", SENT),
        ("/none", None, SENT),
    ],
)
def test_request_template_pick_and_passthrough(server, api, path, content_type, want):
    assert ask(server, api, path, content_type) == want


def test_unsupported_media_type_names_its_error(server, api):
    got = send(server, api, "/never", "POST", {"Content-Type": "text/html"}, "x")
    assert got.one("x-amzn-ErrorType") == "BadRequestException"


def rendering(server, name, template, request="", **more):
    """An API whose `POST /{id}` answers a response template."""
    templates = {"application/json": request or '{"statusCode": 200}'}
    responses = {
        "default": {"statusCode": "200", "responseTemplates": {"application/json": template}}
    }
    integration = mock(responses=responses, requestTemplates=templates, **more)
    declared = [{"in": "path", "name": "id", "required": True, "type": "string"}]
    return deploy(server, name, {"/{id}": {"post": method(integration, parameters=declared)}})


@pytest.mark.parametrize(
    "accept, want",
    [
        ("text/plain", ("text", "text/plain")),
        ("application/json", ("json", "application/json")),
        ("text/html", ("json", "application/json")),
        (None, ("json", "application/json")),
    ],
)
def test_response_template_pick_and_content_type(server, picking, accept, want):
    headers = {"Accept": accept} if accept else {}
    got = send(server, picking, "/", headers=headers)
    assert (got.text, got.one("Content-Type")) == want


@pytest.fixture(scope="module")
def picking(server):
    templates = {"text/plain": "text", "application/json": "json"}
    responses = {"default": {"statusCode": "200", "responseTemplates": templates}}
    return deploy(server, "picking", {"/": {"get": method(mock(responses=responses))}})


def test_the_first_defined_response_template_when_none_fits(server):
    templates = {"text/csv": "csv"}
    responses = {"default": {"statusCode": "200", "responseTemplates": templates}}
    api = deploy(server, "first", {"/": {"get": method(mock(responses=responses))}})
    got = send(server, api, "/", headers={"Accept": "text/html"})
    assert (got.text, got.one("Content-Type")) == ("csv", "text/csv")


def test_a_backends_body_passes_through_where_there_are_no_response_templates(server, api):
    assert ask(server, api, "/none") == SENT


BODY = {"a": {"foo": "bar"}, "l": [{"foo": "bar"}, 2], "s": "t", "n": None}


@pytest.mark.parametrize(
    "template, want",
    [
        ("$input.json('$.s')", '"t"'),
        ("$input.json('$.nothing')", '""'),
        ("$input.json('$.a')", '{"foo":"bar"}'),
        ("$input.path('$.a')", "{foo=bar}"),
        ("$input.path('$.l')", '[{"foo":"bar"},2]'),
        ("$input.path('$.l').size()", "2"),
        ("$input.path('$.l')[0].foo", "bar"),
        ("[$input.path('$.n')]", "[]"),
        ("#if($input.path('$.n') == $null)null#end", "null"),
        ("$input.params('id')", "7"),
        ("$input.params('q')", "1"),
        ("$input.params('X-H')", "h"),
        ("[$input.params('none')]", "[]"),
        ("$input.params().path.id $input.params().get('querystring').q", "7 1"),
        ("#foreach($k in $input.params().path.keySet())$k#end", "id"),
        ("$util.escapeJavaScript('a\"b''c/')", "a\\\"b\\'c\\/"),
        ("$util.parseJson('{\"x\": [1,2]}').x[1]", "2"),
        ("$util.urlEncode('a b&') $util.urlDecode('a+b%26')", "a+b%26 a b&"),
        ("$util.base64Encode('\u00e9') $util.base64Decode('w6k=')", "w6k= \u00e9"),
        ("[$undefined]", "[]"),
        ("[$!undefined]", "[]"),
        ("#foreach($x in [1..3])$foreach.index$foreach.count$foreach.hasNext;#end",
         "01true;12true;23false;"),
        ("#foreach($x in [5..6])$velocityCount#end", "12"),
        ("a## gone\nb#* gone *#c", "abc"),
        ("#macro(twice $x)$x$x#end#twice('a')", "aa"),
    ],
)
def test_vtl_reference(server, template, want):
    api = vtl(server)(template)
    got = send(server, api, "/7?q=1", "POST", {"X-H": "h"}, json.dumps(BODY))
    assert (got.status, got.text) == (200, want)


def vtl(server):
    """Makes APIs whose function gets a body and whose response template is the given one."""

    def make(template):
        arn = make.arn
        responses = {
            "default": {"statusCode": "200", "responseTemplates": {"application/json": template}}
        }
        declared = [{"in": "path", "name": "id", "required": True, "type": "string"}]
        operation = method(plain(arn, responses), parameters=declared)
        return deploy(server, "vtl", {"/{id}": {"post": operation}})

    make.arn = server.__dict__.setdefault("vtl_function", None) or probe(server, "vtl", PLAIN)
    server.vtl_function = make.arn
    return make


@pytest.mark.parametrize(
    "statement, status, header",
    [
        ("#set($context.responseOverride.status = 418)", 418, None),
        ("#set($context.responseOverride.status = 99)", 200, None),
        ("#set($context.responseOverride.status = 600)", 200, None),
        ("#set($context.responseOverride.status = 'x')", 200, None),
        ("#set($context.responseOverride.header.X-New = 'v')", 200, "v"),
    ],
)
@pytest.mark.parametrize("side", ["request", "response"])
def test_response_overrides_from_either_side(server, statement, status, header, side):
    request = '{"statusCode": 200}' + (statement if side == "request" else "")
    api = rendering(server, "override", "x" if side == "request" else statement, request)
    got = send(server, api, "/1", "POST", body="{}")
    assert got.status == status
    assert got.all("X-New") == ([header] if header else [])


def test_request_overrides_reach_the_backend(server, origin):
    template = (
        "#set($context.requestOverride.header.X-New = 'h')"
        "#set($context.requestOverride.querystring.q = 'v')"
        "#set($context.requestOverride.path.part = 'p')$input.body"
    )
    uri = f"{origin.url}/x/{{part}}"
    integration = {
        "type": "http",
        "httpMethod": "POST",
        "uri": uri,
        "responses": OK,
        "requestParameters": {"integration.request.path.part": "'old'"},
        "requestTemplates": {"application/json": template},
    }
    api = deploy(server, "request override", {"/": {"post": method(integration)}})
    got = send(server, api, "/", "POST", body="{}").json()
    assert got["target"] == "/x/p?q=v"
    assert dict(got["headers"])["X-New"] == "h"


def test_a_template_error_is_500(server):
    api = rendering(server, "error", "#foreach($i in [1..1001])#end#set($x = $x.y.z.boom())ok#if(")
    assert send(server, api, "/1", "POST", body="{}").status == 500


def test_foreach_stops_at_1000_iterations(server):
    fine = rendering(server, "thousand", "#foreach($i in [1..1000])x#end")
    assert len(send(server, fine, "/1", "POST", body="{}").text) == 1_000
    over = rendering(server, "one more", "#foreach($i in [1..1001])x#end")
    got = send(server, over, "/1", "POST", body="{}")
    assert got.status == 500 or len(got.text) == 1_000


def test_context_variables(server):
    names = ["accountId", "apiId", "httpMethod", "resourcePath", "stage", "path", "protocol"]
    template = "|".join(f"$context.{name}" for name in names) + "|$context.identity.sourceIp"
    api = rendering(server, "context", template + "|$context.nothing|$context.AccountId")
    got = send(server, api, "/7", "POST", body="{}")
    want = ["111111111111", api, "POST", "/{id}", "test", "/test/7", "HTTP/1.1", "127.0.0.1"]
    assert got.text.split("|") == [*want, "", ""]


SOURCES = {
    "integration.request.header.h": ("method.request.header.X-H", "h1"),
    "integration.request.header.multi": ("method.request.multivalueheader.X-H", "h0,h1"),
    "integration.request.header.q": ("method.request.querystring.q", "2"),
    "integration.request.header.mq": ("method.request.multivaluequerystring.q", "1,2"),
    "integration.request.header.p": ("method.request.path.id", "7"),
    "integration.request.header.b": ("method.request.body.a.b", "c"),
    "integration.request.header.v": ("stageVariables.var", "val"),
    "integration.request.header.c": ("context.httpMethod", "POST"),
    "integration.request.header.s": ("'static'", "static"),
}


@pytest.fixture(scope="module")
def mapping(server, origin):
    sources = {target: source for target, (source, _) in SOURCES.items()}
    sources["integration.request.querystring.out"] = "method.request.querystring.q"
    returned = {
        "method.response.header.X-A": "integration.response.header.X-Back",
        "method.response.header.X-B": "integration.response.body.verb",
        "method.response.header.X-C": "context.stage",
        "method.response.header.X-D": "stageVariables.var",
        "method.response.header.X-E": "'fixed'",
        "method.response.header.X-F": "integration.response.multivalueheader.X-Many",
    }
    integration = {
        "type": "http",
        "httpMethod": "POST",
        "uri": f"{origin.url}/m",
        "requestParameters": {**sources, "integration.request.header.x-answer":
                              "method.request.header.x-answer"},
        "responses": {"default": {"statusCode": "200", "responseParameters": returned}},
    }
    declared = [
        {"in": "path", "name": "id", "required": True, "type": "string"},
        {"in": "query", "name": "q", "type": "string"},
        {"in": "header", "name": "X-H", "type": "string"},
        {"in": "header", "name": "x-answer", "type": "string"},
    ]
    headers = ["X-A", "X-B", "X-C", "X-D", "X-E", "X-F"]
    operation = method(integration, headers=headers, parameters=declared)
    return deploy(server, "mapping", {"/{id}": {"post": operation}}, variables={"var": "val"})


@pytest.mark.parametrize("target", SOURCES)
def test_sources_of_request_parameters(server, mapping, target):
    sent = [("X-H", "h0"), ("X-H", "h1"), ("Content-Type", "application/json")]
    got = send(server, mapping, "/7?q=1&q=2", "POST", sent, '{"a": {"b": "c"}}').json()
    name = target.rsplit(".", 1)[1]
    found = [value for header, value in got["headers"] if header.lower() == name]
    assert ",".join(found) == SOURCES[target][1]


def test_sources_of_response_parameters(server, mapping):
    wish = {
        "headers": [["X-Back", "b"], ["X-Many", "1"], ["X-Many", "2"], ["X-Other", "no"]],
        "body": '{"verb": "V"}',
    }
    got = send(server, mapping, "/7", "POST", {"x-answer": json.dumps(wish)}, "{}")
    found = [got.all(f"X-{letter}") for letter in "ABCDE"]
    assert found == [["b"], ["V"], ["test"], ["val"], ["fixed"]]
    assert ",".join(got.all("X-F")).replace(" ", "") == "1,2"
    assert got.all("X-Other") == []


def test_response_header_targets_must_be_declared(server):
    gateway = server.client("api", "apigateway")
    api = deploy(server, "undeclared", {"/": {"get": method(mock("x"))}})
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    with pytest.raises(gateway.exceptions.BadRequestException):
        gateway.put_integration_response(
            restApiId=api,
            resourceId=root,
            httpMethod="GET",
            statusCode="200",
            responseParameters={"method.response.header.X-A": "'x'"},
        )


def test_a_percent_sign_of_a_path_reaches_the_backend_encoded(server, origin):
    """Values of mappings are decoded; toward the backend they are encoded again."""
    integration = {
        "type": "http",
        "httpMethod": "GET",
        "uri": f"{origin.url}/v/{{id}}",
        "responses": OK,
        "requestParameters": {
            "integration.request.path.id": "method.request.path.id",
            "integration.request.header.X-Id": "method.request.path.id",
        },
    }
    declared = [{"in": "path", "name": "id", "required": True, "type": "string"}]
    api = deploy(server, "percent", {"/{id}": {"get": method(integration, parameters=declared)}})
    got = send(server, api, "/100%25%20a").json()
    assert got["target"] == "/v/100%25%20a"
    assert dict(got["headers"])["X-Id"] == "100% a"


def test_sources_and_targets_have_awss_names_only(server):
    gateway = server.client("api", "apigateway")
    api = gateway.create_rest_api(name="names")["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    where = {"restApiId": api, "resourceId": root, "httpMethod": "GET"}
    gateway.put_method(
        authorizationType="NONE",
        requestParameters={"method.request.header.a.b_c-d$1": False},
        **where,
    )

    def put(target, source):
        gateway.put_integration(
            type="HTTP",
            integrationHttpMethod="GET",
            uri="http://example.org",
            requestParameters={target: source},
            **where,
        )

    put("integration.request.header.a.b_c-d$1", "method.request.header.a.b_c-d$1")
    for target, source in [
        ("integration.request.header.a b", "'x'"),
        ("integration.request.cookie.a", "'x'"),
        ("integration.request.header.a", "method.request.header.undeclared"),
        ("integration.request.header.a", "unquoted"),
        ("integration.request.header.a", "method.request.cookie.a"),
    ]:
        with pytest.raises(gateway.exceptions.BadRequestException):
            put(target, source)


def test_a_template_over_300_kb_is_refused(server):
    gateway = server.client("api", "apigateway")
    api = gateway.create_rest_api(name="large template")["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    where = {"restApiId": api, "resourceId": root, "httpMethod": "GET"}
    gateway.put_method(authorizationType="NONE", **where)

    def put(size):
        templates = {"application/json": "x" * size}
        gateway.put_integration(type="MOCK", requestTemplates=templates, **where)

    put(300 * 1024)
    with pytest.raises(gateway.exceptions.BadRequestException):
        put(300 * 1024 + 1)
