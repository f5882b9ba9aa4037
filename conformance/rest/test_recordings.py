"""What real AWS was recorded to answer to requests, from outside.

The recordings lie outside the repository (`CROSSWAY_SHARED`) and hold answers alone; what was asked is
written here anew. Every recording that holds an answer of a deployed API is replayed, here, in
`test_recorded_objects.py` or in `crates/gateway`, or stands in `LEFT_OUT` with the reason.
"""

import json
import pathlib
import urllib.parse

import pytest
from apis import PLAIN, Backend, backend, deploy, method, mock, plain, probe, send
from conftest import ROOT, shared

FILE = "corpora/aws-recordings/localstack-snapshots-apigateway.json"
UNIT = ROOT / "crates/gateway/src/tests"
IN_CRATES_GATEWAY = {
    "test_failed_invoke_test_method": "recorded.rs",
    "test_apigateway_header_remapping_http[HTTP]": "recorded_headers.rs",
    "test_apigateway_header_remapping_aws[AWS]": "recorded_headers.rs",
    "test_lambda_selection_patterns": "recorded.rs",
    "test_lambda_aws_proxy_integration_request_data_mapping": "recorded.rs",
    "test_aws_proxy_response_payload_format_validation": "recorded.rs",
    "test_integration_mock_with_response_override_in_request_template[False]": "recorded.rs",
}
SERVICE = "no such service here, the deployment is refused"
CONTROL = "answers of the control plane, which `crates/apigateway` replays or not"
LEFT_OUT = {
    "test_invoking_canary_deployment": "canaries are refused",
    "test_rest_api_to_dynamodb_integration[PutItem]": SERVICE,
    "test_rest_api_to_dynamodb_integration[Query]": SERVICE,
    "test_rest_api_to_dynamodb_integration[Scan]": SERVICE,
    "test_apigateway_to_kinesis[PutRecords]": SERVICE,
    "test_sqs_request_and_response_xml_templates_integration": SERVICE,
    "test_sqs_aws_integration_with_message_attribute[MessageAttribute]": SERVICE,
    "test_apigateway_with_step_function_integration[DeleteStateMachine]": SERVICE,
    "test_apigateway_s3_any": SERVICE,
    "test_apigateway_s3_method_mapping": SERVICE,
    "test_scenario_validate_infra": "lists resources, asks nothing",
    "test_create_proxy_resource": CONTROL,
    "test_vpc_link_lifecycle": CONTROL,
    "test_import_with_cognito_auth_identity_source": CONTROL,
}


def cases():
    """Name of each recorded test to what it recorded."""
    found = json.loads(shared(FILE).read_bytes())["cases"]
    return {case["id"].rsplit("::", 1)[-1]: case for case in found}


def recorded(name):
    return cases()[name]["recorded_content"]


def concerns_invocation(case):
    """Whether something in it is not an SDK's answer of the control plane."""
    by_service = "_s3.py" in case["id"] or "TestInvoke" in case["id"]
    steps = case["recorded_content"].values()
    return by_service or any(
        not (isinstance(step, dict) and "ResponseMetadata" in step) for step in steps
    )


def test_no_recording_is_passed_over():
    wanted = {name for name, case in cases().items() if concerns_invocation(case)}
    _, replays = pathlib.Path(__file__).read_text().split("\nclass Raw")
    replays += pathlib.Path(__file__).with_name("test_recorded_objects.py").read_text()
    replayed = {name for name in wanted if f'"{name}"' in replays}
    for name, file in IN_CRATES_GATEWAY.items():
        assert f'"{name.split("::")[-1]}"' in (UNIT / file).read_text(), name
    known = [*replayed, *IN_CRATES_GATEWAY, *LEFT_OUT]
    assert sorted(known) == sorted(wanted), "each once, and each that there is"


class Raw(Backend):
    """Answers the body that it received."""

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response_only(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = answer


class Url(Backend):
    """Answers as the recorded echo behind a function URL did, whose own headers are AWS's."""

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        seen = {
            "method": self.command,
            "args": {name: ",".join(values) for name, values in query.items()},
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "data": json.loads(body),
        }
        answer = json.dumps(seen).encode()
        self.send_response_only(200)
        for name, value in [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(answer))),
            ("Date", "Sun, 22 Nov 2026 11:56:06 GMT"),
            ("Connection", "keep-alive"),
            ("x-amzn-RequestId", "0a0a0a0a-1b1b-4c2c-8d3d-4e4e4e4e4e4e"),
        ]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer)

    do_POST = answer


class Status(Backend):
    """Answers the status that its path ends with."""

    def answer(self):
        status = int(self.path.rsplit("/", 1)[1])
        body = json.dumps({"message": "", "status_code": status}).encode()
        self.send_response_only(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = answer


MOCKS = [
    ("test_mock_integration_response[WHEN_NO_MATCH-UrlType.PATH_BASED-GET]", "WHEN_NO_MATCH", "GET"),
    ("test_mock_integration_response[NEVER-UrlType.PATH_BASED-POST]", "NEVER", "POST"),
    ("test_mock_integration_response[NEVER-UrlType.HOST_BASED-GET]", "NEVER", "GET"),
    ("test_mock_integration_response[NEVER-UrlType.HOST_BASED-POST]", "NEVER", "POST"),
    (
        "test_mock_integration_response[WHEN_NO_TEMPLATES-UrlType.PATH_BASED-GET]",
        "WHEN_NO_TEMPLATES",
        "GET",
    ),
]


@pytest.mark.parametrize("name, passthrough, verb", MOCKS)
def test_a_mock_renders_its_answer(server, name, passthrough, verb):
    want = recorded(name)["mock-response"]
    template = '{"statusCode": 200, "id": $input.params().path.id}'
    integration = mock(template, passthroughBehavior=passthrough.lower())
    declared = [{"in": "path", "name": "id", "required": True, "type": "string"}]
    operation = method(integration, parameters=declared)
    api = deploy(server, "recorded mock", {"/{id}": {verb.lower(): operation}})
    got = send(server, api, "/42", verb)
    assert (got.status, got.json()) == (200, want)


TWO = {
    "type": "object",
    "properties": {"a": {"type": "number"}, "b": {"type": "number"}},
    "required": ["a", "b"],
}
STATUS = {
    "type": "object",
    "properties": {"Status": {"type": "string"}, "Order": {"type": "integer"}},
    "required": ["Status", "Order"],
}
VALIDATED = {
    "test_api_gateway_request_validator_with_ref_models": (
        {"Item": TWO, "Body": {"type": "array", "items": {"$ref": "#/definitions/Item"}}},
        {"successful": [{"a": 1, "b": 2}], "failed-validation": [{"a": 1}]},
    ),
    "test_api_gateway_request_validator_with_ref_one_ofmodels": (
        {
            "Item": STATUS,
            "Body": {
                "type": "object",
                "properties": {
                    "status": {"oneOf": [{"type": "null"}, {"$ref": "#/definitions/Item"}]}
                },
                "required": ["status"],
            },
        },
        {
            "successful": {"status": None},
            "successful-with-data": {"status": {"Status": "works", "Order": 1}},
            "failed-validation-no-data": {"whatever": 1},
            "failed-validation-bad-data": {"status": {"Status": "no order"}},
        },
    ),
}


@pytest.mark.parametrize("name", VALIDATED)
def test_bodies_are_checked_through_references(server, name):
    models, bodies = VALIDATED[name]
    want = recorded(name)
    assert set(bodies) == set(want) - {"get-models-with-ref"}
    declared = [{"in": "body", "name": "Body", "schema": {"$ref": "#/definitions/Body"}}]
    checked = {"x-amazon-apigateway-request-validator": "body"}
    operation = method(mock('{"data": "ok"}'), parameters=declared, **checked)
    validators = {"body": {"validateRequestBody": True, "validateRequestParameters": False}}
    more = {"x-amazon-apigateway-request-validators": validators}
    api = deploy(server, "recorded models", {"/": {"post": operation}}, definitions=models, **more)
    for step, body in bodies.items():
        got = send(server, api, "/", "POST", body=json.dumps(body))
        is_fine = step.startswith("successful")
        assert (got.status, got.json()) == (200 if is_fine else 400, want[step]), step


NULLS = (
    '{"body": $input.path(\'$.json\'), "nested": $input.path(\'$.json.nested\'), '
    '"isNull": "#if($input.path(\'$.json\') == $null)true#{else}false#end", '
    '"isEmptyString": "#if($input.path(\'$.json\') == \'\')true#{else}false#end"}'
)
WHOLE, INSIDE, FIRST = (
    f"$input.path('$.json'){where}" for where in ("", ".nested", "[0]")
)
PATHS = {
    "dict-response": (WHOLE, {"json": {"foo": "bar"}}),
    "json-list": (WHOLE, {"json": [{"foo": "bar"}]}),
    "nested-dict": (INSIDE, {"json": {"nested": {"foo": "bar"}}}),
    "nested-list": (INSIDE, {"json": {"nested": [{"foo": "bar"}]}}),
    "dict-in-list": (FIRST, {"json": [{"foo": "bar"}]}),
    "list-with-nested-list": (FIRST, {"json": [[{"foo": "bar"}]]}),
    "dict-with-nested-list": (WHOLE, {"json": {"foo": [{"nested": "bar"}]}}),
    "bigger-dict": (WHOLE, {"json": {"bigger": "dict", "to": "test", "with": "separators"}}),
    "to-string": (f"{WHOLE}.toString()", {"json": {"foo": "bar"}}),
    "list-to-string": (f"{WHOLE}.toString()", {"json": {"list": [{"foo": "bar"}]}}),
    "empty-body": (NULLS, {}),
    "nested-empty-list": (NULLS, {"json": []}),
    "nested-null-list": (NULLS, {"json": None}),
}


def test_paths_print_as_recorded(server):
    want = recorded("test_input_path_template_formatting")
    assert set(PATHS) == set(want)
    arn = probe(server, "recorded-paths", PLAIN)
    paths = {
        f"/{step}": {
            "post": method(
                plain(
                    arn,
                    {
                        "default": {
                            "statusCode": "200",
                            "responseTemplates": {"application/json": template},
                        }
                    },
                )
            )
        }
        for step, (template, _) in PATHS.items()
    }
    api = deploy(server, "recorded paths", paths)
    got = {
        step: send(server, api, f"/{step}", "POST", body=json.dumps(body)).text
        for step, (_, body) in PATHS.items()
    }
    assert got == want


MESSAGE = "Action=SendMessage&MessageBody=$input.body"
ENCODED = (
    "EncodedBody=$util.urlEncode($input.body)&EncodedBodyAccess=$util.urlEncode($input.body.some)"
)
BODIES = {  # request template, response template
    "response-raw-body": (None, "$input.body"),
    "response-str-body-input": (MESSAGE, None),
    "response-str-body-output": (None, MESSAGE),
    "response-str-body-all": (MESSAGE, MESSAGE),
    "response-body-attr-access": ("$input.body.some", "$input.body"),
    "response-url-encode": (ENCODED, "$input.body"),
}
SENT = {"empty-body": "", "json-body": '{"some": "value"}', "str-body": "some raw data"}


def test_bodies_print_as_recorded(server):
    want = recorded("test_input_body_formatting")
    assert set(BODIES) == set(want)
    with backend(Raw) as origin:

        def operation(request, response):
            templates = {"application/json": request} if request else {}
            back = {"responseTemplates": {"application/json": response}} if response else {}
            return method(
                {
                    "type": "http",
                    "httpMethod": "POST",
                    "uri": origin.url,
                    "requestTemplates": templates,
                    "responses": {"default": {"statusCode": "200", **back}},
                }
            )

        paths = {f"/{step}": {"post": operation(*both)} for step, both in BODIES.items()}
        api = deploy(server, "recorded bodies", paths)
        got = {
            step: {
                name: str(send(server, api, f"/{step}", "POST", body=body).body)
                for name, body in SENT.items()
            }
            for step in BODIES
        }
    assert got == want


HELLO = json.dumps({"message": "hello world"})
CLIENT = {
    "Content-Type": "application/json",
    "Accept": "application/json",
    "User-Agent": "test/integration",
}
# Of the transport between recorded client, gateway and function URL.
OF_THE_WAY = {"connection", "x-forwarded-for", "x-forwarded-port", "x-forwarded-proto"}
OF_THE_WAY |= {"x-amzn-tls-version", "x-amzn-tls-cipher-suite", "accept-encoding"}


def to_url(origin, kind, **more):
    settings = {"type": kind, "httpMethod": "POST", "uri": f"{origin.url}/", **more}
    return method({**settings, "responses": {"default": {"statusCode": "200"}}})


def test_what_an_http_backend_is_sent(server):
    want = recorded("test_http_integration_with_lambda[HTTP]")["http-invocation-lambda-url"]
    with backend(Url) as origin:
        api = deploy(server, "recorded http", {"/test": {"post": to_url(origin, "http")}})
        got = send(server, api, "/test", "POST", CLIENT, HELLO)
    seen = got.json()
    assert (got.status, seen["method"]) == (want["status_code"], want["content"]["method"])
    assert seen["data"] == want["content"]["data"]
    assert set(seen["headers"]) == set(want["content"]["headers"]) - OF_THE_WAY
    for name in ("accept", "content-type", "content-length"):
        assert seen["headers"][name] == want["content"]["headers"][name]
    assert seen["headers"]["user-agent"] == f"AmazonAPIGateway_{api}"
    assert {name.lower() for name in got.names} - OF_THE_WAY == set(want["headers"]) - OF_THE_WAY


def test_what_an_http_proxy_is_sent(server):
    want = recorded("test_http_integration_method[HTTP_PROXY]")
    with backend(Url) as origin:
        every = "x-amazon-apigateway-any-method"
        paths = {"/test": {every: to_url(origin, "http_proxy")}}
        api = deploy(server, "recorded verbs", paths)
        for verb in ("post", "put", "get"):
            step = want[f"http-invocation-lambda-url-{verb}"]
            # Recorded with POST alone, whatever the step's name says.
            seen = send(server, api, "/test", "POST", CLIENT, HELLO).json()
            assert (seen["method"], seen["data"]) == (step["method"], step["data"])
            # The recorded function left out what begins with `x-`.
            plain_names = {name for name in seen["headers"] if not name.startswith("x-")}
            assert plain_names == set(step["headers"]) - OF_THE_WAY
            for name in ("accept", "content-type", "user-agent"):
                assert seen["headers"][name] == step["headers"][name]


def test_mapped_data_of_an_http_proxy(server):
    want = recorded("test_http_proxy_integration_request_data_mappings")["http-proxy-invocation"]
    mapped = {
        "header.headerVar": "header.foobar",
        "path.qsVar": "querystring.testVar",
        "path.pathVar": "path.pathVariable",
        "querystring.queryString": "querystring.testQueryString",
        "querystring.testQs": "querystring.testQueryString",
        "querystring.testEmptyQs": "header.emptyheader",
    }
    declared = [
        {"in": "path", "name": "pathVariable", "required": True, "type": "string"},
        *[{"in": "header", "name": name, "type": "string"} for name in ("foobar", "emptyheader")],
        *[{"in": "query", "name": n, "type": "string"} for n in ("testVar", "testQueryString")],
    ]
    with backend(Url) as origin:
        parameters = {f"integration.request.{to}": f"method.request.{of}" for to, of in mapped.items()}
        operation = to_url(
            origin,
            "http_proxy",
            uri=f"{origin.url}/?testVar={{pathVar}}&testQs={{qsVar}}",
            requestParameters=parameters,
        )
        paths = {"/{pathVariable}": {"post": {**operation, "parameters": declared}}}
        api = deploy(server, "recorded mappings", paths)
        headers = {**CLIENT, "foobar": "mapped-value", "headerVar": "request-value"}
        got = send(server, api, "/foobar?testQueryString=foo&testVar=bar", "POST", headers, HELLO)
    seen = got.json()
    assert (got.status, seen["data"]) == (200, want["content"]["data"])
    assert seen["args"] == want["content"]["args"]
    for name in ("foobar", "headervar"):
        assert seen["headers"][name] == want["content"]["headers"][name]
    names = {name.lower() for name in got.names} - OF_THE_WAY
    # The trace id that was recorded is the function URL's own, passed on.
    assert names == set(want["headers"]) - OF_THE_WAY - {"x-amzn-trace-id"}


def test_an_http_proxy_passes_the_status_on(server):
    want = recorded("test_http_integration_invoke_status_code_passthrough[HTTP_PROXY]")
    path = {"integration.request.path.map": "method.request.path.map"}
    declared = [{"in": "path", "name": "map", "required": True, "type": "string"}]
    with backend(Status) as origin:
        operation = to_url(
            origin, "http_proxy", uri=f"{origin.url}/{{map}}", requestParameters=path
        )
        paths = {"/{map+}": {"post": {**operation, "parameters": declared}}}
        api = deploy(server, "recorded statuses", paths)
        for status, step in [(200, "matching-response"), (400, "non-matching-response")]:
            got = send(server, api, f"/status/{status}", "POST")
            assert {"body": got.json(), "status_code": got.status} == want[step]


def test_a_template_sets_the_status_by_what_a_function_answers(server):
    want = recorded("test_lambda_aws_integration_response_with_mapping_templates")
    template = (
        "#set($body = $input.path('$.body'))"
        "#if($body == 'customerror')#set($context.responseOverride.status = 400)"
        "#{else}#set($context.responseOverride.status = 202)#end$input.json('$')"
    )
    responses = {"default": {"statusCode": "200", "responseTemplates": {"application/json": template}}}
    operation = method(plain(probe(server, "recorded-status", PLAIN), responses))
    api = deploy(server, "recorded status", {"/": {"post": operation}})
    for step, body in [("response-template-202", "noerror"), ("response-template-400", "customerror")]:
        answer = json.dumps({"statusCode": 200, "body": body})
        got = send(server, api, "/", "POST", body=answer)
        assert {"body": got.json(), "statusCode": got.status} == want[step]
