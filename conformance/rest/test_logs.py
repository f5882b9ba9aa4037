"""Rows of "Logs & metrics"."""

import json
import re
import time

import pytest
from apis import deploy, method, mock, patch, probe, proxy, send, token_guard

TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
         "Principal": {"Service": "apigateway.amazonaws.com"}}]}
LOGS = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "logs:*",
        "Resource": "*"}]}


@pytest.fixture(scope="module")
def logging(server):
    """The account may write logs, as its owner must say once."""
    iam = server.client("api", "iam")
    try:
        role = iam.create_role(RoleName="gateway-logs", AssumeRolePolicyDocument=json.dumps(TRUST))
        arn = role["Role"]["Arn"]
    except iam.exceptions.EntityAlreadyExistsException:
        arn = iam.get_role(RoleName="gateway-logs")["Role"]["Arn"]
    iam.put_role_policy(
        RoleName="gateway-logs", PolicyName="logs", PolicyDocument=json.dumps(LOGS)
    )
    gateway = server.client("api", "apigateway")
    gateway.update_account(patchOperations=patch(("replace", "/cloudwatchRoleArn", arn)))


def events(server, group, want):
    """The texts of a group once `want` is among them, oldest first."""
    logs = server.client("api", "logs")
    deadline = time.monotonic() + 20
    while True:
        try:
            found = logs.filter_log_events(logGroupName=group)["events"]
        except logs.exceptions.ResourceNotFoundException:
            found = []
        texts = [event["message"] for event in found]
        if any(want in text for text in texts):
            return texts
        assert time.monotonic() < deadline, f"{want!r} is not in {texts}"


def execution(server, api, request_id, want="Method completed with status"):
    """The execution log of one request, without its id."""
    lines = events(server, f"API-Gateway-Execution-Logs_{api}/test", f"({request_id}) {want}")
    mark = f"({request_id}) "
    return [line[len(mark) :] for line in lines if line.startswith(mark)]


def level(server, api, level, trace="true"):
    changes = patch(
        ("replace", "/*/*/logging/loglevel", level), ("replace", "/*/*/logging/dataTrace", trace)
    )
    server.client("api", "apigateway").update_stage(
        restApiId=api, stageName="test", patchOperations=changes
    )


@pytest.fixture(scope="module")
def api(server, logging):
    arn = probe(server, "logged")
    paths = {"/x": {"get": method(proxy(arn))}, "/mock": {"get": method(mock("m"))}}
    api = deploy(server, "logged", paths)
    level(server, api, "INFO")
    return api


SEQUENCE = [
    r"Extended Request Id: \S{16}",
    r"Verifying Usage Plan for request: {id}. API Key:  API Stage: {api}/test",
    r"API Key  authorized because method 'GET /x' does not require API Key. "
    r"Request will not contribute to throttle or quota limits",
    r"Usage Plan check succeeded for API Key  and API Stage {api}/test",
    r"Starting execution for request: {id}",
    r"HTTP Method: GET, Resource Path: /x",
    r"Method request path: \{\}",
    r"Method request query string: \{q=1\}",
    r"Method request headers: \{.*\}",
    r"Method request body before transformations: ",
    r"Endpoint request URI: https://lambda\.us-east-1\.amazonaws\.com/2015-03-31/functions/.*",
    r"Endpoint request headers: \{.*",
    r"Endpoint request body after transformations: \{.*",
    r"Sending request to https://.*",
    r"Received response. Status: 200, Integration latency: \d+ ms",
    r"Endpoint response headers: \{.*\}",
    r"Endpoint response body before transformations: .*",
    r"Method response body after transformations: .*",
    r"Method response headers: \{.*\}",
    r"Successfully completed execution",
    r"Method completed with status: 200",
    r"AWS Integration Endpoint RequestId : [0-9a-f-]{36}",
]


def test_sequence_of_the_execution_log(server, api):
    request_id = send(server, api, "/x?q=1").one("x-amzn-RequestId")
    lines = execution(server, api, request_id, "AWS Integration Endpoint RequestId")
    wanted = [line.replace("{id}", request_id).replace("{api}", api) for line in SEQUENCE]
    for pattern, line in zip(wanted, lines, strict=True):
        assert re.fullmatch(pattern, line, re.S), (pattern, line)


def test_lines_are_cut_at_1024_bytes(server, api):
    headers = {"X-Long": "l" * 3_000}
    request_id = send(server, api, "/x", headers=headers).one("x-amzn-RequestId")
    lines = execution(server, api, request_id)
    cut = [line for line in lines if line.endswith("[TRUNCATED]")]
    assert cut
    assert all(len(f"({request_id}) {line}".encode()) <= 1_024 for line in lines)


GUARD = """export const handler = async (event) => {
  if (event.authorizationToken === 'no policy') throw new Error('boom');
  return { principalId: 'principal-of-ann', policyDocument: { Version: '2012-10-17', Statement: [
    { Action: 'execute-api:Invoke', Effect: 'Allow', Resource: '*' }] } };
};
"""


@pytest.fixture(scope="module")
def guarded(server, logging):
    definition = token_guard(probe(server, "logged-guard", GUARD), ttl=300)
    paths = {"/": {"get": method(mock("in"), security=[{"guard": []}])}}
    api = deploy(server, "logged guard", paths, securityDefinitions={"guard": definition})
    level(server, api, "INFO")
    authorizers = server.client("api", "apigateway").get_authorizers(restApiId=api)["items"]
    return api, authorizers[0]["id"]


def in_order(lines, wanted):
    """Each of `wanted` begins a line, one after the other."""
    rest = iter(lines)
    for want in wanted:
        assert any(line.startswith(want) for line in rest), (want, lines)


def test_lines_of_an_authorizer_come_before_the_usage_plan(server, guarded):
    api, authorizer = guarded
    token = {"Authorization": "Bearer abcdef"}
    request_id = send(server, api, "/", headers=token).one("x-amzn-RequestId")
    lines = execution(server, api, request_id)
    in_order(lines, [
        f"Starting authorizer: {authorizer} for request: {request_id}",
        "Incoming identity: *******abcdef",
        "Endpoint request URI: ",
        "Authorizer result body before parsing: {",
        "Using valid authorizer policy for principal: **********of-ann",
        "Successfully completed authorizer execution",
        f"Verifying Usage Plan for request: {request_id}",
        f"Starting execution for request: {request_id}",
        "Method completed with status: 200",
    ])
    assert not [line for line in lines if "Bearer abcdef" in line], "no token is told whole"


def test_what_is_told_of_who_does_not_come_in(server, guarded):
    api, _ = guarded
    request_id = send(server, api, "/").one("x-amzn-RequestId")
    in_order(execution(server, api, request_id), [
        "Starting authorizer: ", f"Unauthorized request: {request_id}",
        "Gateway response type: UNAUTHORIZED with status code: 401",
        'Gateway response body: {"message":"Unauthorized"}',
        "Gateway response headers: {", "Method completed with status: 401",
    ])
    wrong = {"Authorization": "no policy"}
    request_id = send(server, api, "/", headers=wrong).one("x-amzn-RequestId")
    in_order(execution(server, api, request_id), [
        "Execution failed due to configuration error: ", "AuthorizerConfigurationException",
        "Gateway response type: AUTHORIZER_CONFIGURATION_ERROR with status code: 500",
    ])


def test_lines_of_failures(server, logging):
    arn = probe(server, "logged-failures")
    busy = probe(server, "logged-busy")
    server.client("api", "lambda").put_function_concurrency(
        FunctionName=busy, ReservedConcurrentExecutions=0
    )
    refused = {"type": "http_proxy", "httpMethod": "GET", "uri": "http://127.0.0.1:1/"}
    unmatched = mock(responses={"5..": {"statusCode": "500"}})
    paths = {
        "/function": {"get": method(proxy(arn))},
        "/slow": {"get": method(proxy(arn, timeoutInMillis=50))},
        "/busy": {"get": method(proxy(busy))},
        "/refused": {"get": method(refused)},
        "/unmatched": {"get": method(unmatched, codes=(500,))},
    }
    api = deploy(server, "logged failures", paths)
    level(server, api, "INFO")
    failed = "Execution failed due to "
    for path, wish, wanted in [
        ("/function", '{"answer": "text"}', [f"{failed}configuration error: Malformed Lambda proxy response",
                                             "Method completed with status: 502"]),
        ("/slow", '{"wait": 5000}', [f"{failed}a timeout error", "Method completed with status: 504"]),
        ("/busy", None, ["Lambda invocation failed with status: 429. Lambda request id: ",
                         f"{failed}configuration error: Rate Exceeded.",
                         "Method completed with status: 500"]),
        ("/refused", None, [f"{failed}configuration error: Invalid endpoint address",
                            "Method completed with status: 500"]),
        ("/unmatched", None, [f"{failed}configuration error: No match for output mapping and no default "
                              "output mapping configured. Endpoint Response Status Code: 200"]),
    ]:
        headers = {"x-do": wish} if wish else {}
        request_id = send(server, api, path, headers=headers).one("x-amzn-RequestId")
        in_order(execution(server, api, request_id), wanted)


def test_level_error_tells_failures_only(server, logging):
    arn = probe(server, "logged-errors")
    api = deploy(server, "errors", {"/": {"get": method(proxy(arn))}})
    level(server, api, "ERROR", "false")
    fine = send(server, api, "/").one("x-amzn-RequestId")
    failed = send(server, api, "/", headers={"x-do": '{"raise": "no"}'}).one("x-amzn-RequestId")
    lines = execution(server, api, failed, "")
    assert any("Lambda execution failed with status 200 due to customer function error: no." in
               line for line in lines), lines
    group = f"API-Gateway-Execution-Logs_{api}/test"
    assert not [line for line in events(server, group, failed) if fine in line]


def test_streams_of_the_execution_log_have_32_hex_digits(server, api):
    request_id = send(server, api, "/mock").one("x-amzn-RequestId")
    execution(server, api, request_id)
    logs = server.client("api", "logs")
    group = f"API-Gateway-Execution-Logs_{api}/test"
    streams = logs.describe_log_streams(logGroupName=group)["logStreams"]
    assert streams and all(re.fullmatch("[0-9a-f]{32}", s["logStreamName"]) for s in streams)


def test_levels_need_the_accounts_role(server):
    """In an account that never named a role for logs."""
    gateway = server.client("functions", "apigateway")
    api = deploy(server, "no role", {"/": {"get": method(mock("x"))}}, profile="functions")
    change = patch(("replace", "/*/*/logging/loglevel", "INFO"))
    with pytest.raises(gateway.exceptions.BadRequestException) as refused:
        gateway.update_stage(restApiId=api, stageName="test", patchOperations=change)
    assert "CloudWatch Logs role ARN must be set in account settings" in str(refused.value)


ACCESS = {
    "$context.requestId": r"[0-9a-f-]{36}",
    "$context.extendedRequestId": r"\S{16}",
    "$context.httpMethod": "GET",
    "$context.resourcePath": "/x",
    "$context.path": "/test/x",
    "$context.status": "200",
    "$context.protocol": "HTTP/1.1",
    "$context.responseLength": r"\d+",
    "$context.responseLatency": r"\d+",
    "$context.integrationLatency": r"\d+",
    "$context.integrationStatus": "200",
    "$context.integration.status": "200",
    "$context.integration.latency": r"\d+",
    "$context.integration.requestId": r"[0-9a-f-]{36}",
    "$context.awsEndpointRequestId": r"[0-9a-f-]{36}",
    "$context.identity.sourceIp": r"127\.0\.0\.1",
    "$context.identity.caller": "-",
    "$context.identity.userAgent": "-",
    "$context.authorizer.principalId": "-",
    "$context.error.message": "-",
    "$context.error.responseType": "-",
    "$context.error.validationErrorString": "-",
    "$context.stage": "test",
    "$context.apiId": r"[a-z0-9]{10}",
    "$context.accountId": "111111111111",
    "$context.deploymentId": r"[a-z0-9]{6}",
    "$context.domainName": r".*\.execute-api\.us-east-1\.localhost",
    "$context.requestTime": r"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000",
    "$context.requestTimeEpoch": r"\d{13}",
    "$context.nothing": "-",
}


def access_log(server, api, name, format_):
    """Turns the access log of a stage on; gives its group."""
    logs = server.client("api", "logs")
    logs.create_log_group(logGroupName=name)
    arn = f"arn:aws:logs:us-east-1:111111111111:log-group:{name}"
    changes = patch(
        ("replace", "/accessLogSettings/destinationArn", arn),
        ("replace", "/accessLogSettings/format", format_),
    )
    server.client("api", "apigateway").update_stage(
        restApiId=api, stageName="test", patchOperations=changes
    )
    return name


def test_access_log_variables(server, api):
    group = access_log(server, api, "access-variables", "|".join(ACCESS))
    request_id = send(server, api, "/x").one("x-amzn-RequestId")
    line = next(text for text in events(server, group, request_id) if request_id in text)
    for (name, pattern), value in zip(ACCESS.items(), line.split("|"), strict=True):
        assert re.fullmatch(pattern, value.strip()), (name, value)


def test_access_log_of_a_refused_request(server, api):
    api = deploy(server, "refused log", {"/x": {"get": method(mock("x"))}})
    form = "$context.requestId $context.status $context.error.responseType $context.error.message"
    group = access_log(server, api, "access-refused", form)
    request_id = send(server, api, "/none").one("x-amzn-RequestId")
    (line,) = [text for text in events(server, group, request_id) if request_id in text]
    assert line.strip() == (
        f"{request_id} 403 MISSING_AUTHENTICATION_TOKEN Missing Authentication Token"
    )


@pytest.mark.parametrize("form", ["$context.status", "fixed", "$context.requestIdentity", ""])
def test_access_log_formats_must_name_the_request(server, api, form):
    gateway = server.client("api", "apigateway")
    changes = patch(("replace", "/accessLogSettings/format", form))
    with pytest.raises(gateway.exceptions.BadRequestException):
        gateway.update_stage(restApiId=api, stageName="test", patchOperations=changes)
