"""`docs/settings.md` says of every setting what stands behind it, and is held to that.

Its rows are the members of the service's model, no more and no fewer; what it calls enforced or refused
has tests, which `settings.md` beside this file names.
"""

import json
import re

import pytest
from apis import Backend, backend, deploy, method, mock, patch, plain, probe, proxy, release, send
from apis import PLAIN
from botocore.exceptions import ClientError
from conftest import API, ROOT
from test_logs import execution, level, logging  # noqa: F401 (a fixture)
from test_rows import names_in

# The structures whose members are the settings of each part of the table.
PARTS = {
    "API": ["RestApi"],
    "Stage": ["Stage"],
    "`methodSettings`": ["MethodSetting"],
    "Resource and method": ["Resource", "Method", "MethodResponse"],
    "Integration": ["Integration", "IntegrationResponse"],
    "Authorizer": ["Authorizer", "JwtIssuer", "JwtAdditionalClaim"],
    "Request validator, model, gateway response": ["RequestValidator", "Model", "GatewayResponse"],
    "API key and usage plan": ["ApiKey", "UsagePlan", "ApiStage"],
}
# Members that hold a structure of another part.
ELSEWHERE = {"methodSettings", "methodIntegration"}


def parts(file):
    """The rows of each part of a page: setting to the second column."""
    found = {}
    for section in re.split(r"^##+ ", file.read_text(), flags=re.M)[1:]:
        title, _, text = section.partition("\n")
        rows = re.findall(r"^\| (`.+?) \| (.+?) \|", text, re.M)
        found[title] = {name: cell for names, cell in rows for name in re.findall(r"`([^`]+)`", names)}
    return {title: rows for title, rows in found.items() if rows}


def table():
    return parts(ROOT / "docs/settings.md")


class Model:
    """The service's structures, from the generated code."""

    def __init__(self):
        text = (ROOT / "crates/api/src/apigateway.rs").read_text()
        structures = re.findall(r"structure! \{ (\w+) \([^{]*\{\n(.*?)\n\}\}", text, re.S)
        self.members = {
            name: re.findall(r'Option<([\w:]+)> = smithy::member\("(\w+)"', lines)
            for name, lines in structures
        }
        inside = re.findall(r"^type (\w+) =\s*[\w:]*(?:Vec|Map)<(?:[^<>]*, )?(\w+)>;", text, re.M)
        self.inside = dict(inside)

    def settings(self, name, prefix=""):
        """Names of a structure's members, with those of a structure inside as `outer.inner`."""
        for kind, member in self.members[name]:
            named = sum(PARTS.values(), [])
            if kind in self.members and kind not in named and member not in ELSEWHERE:
                if member == "throttle":  # Has a row of its own beside those inside.
                    yield prefix + member
                yield from self.settings(kind, f"{prefix}{member}.")
            elif member not in ELSEWHERE:
                yield prefix + member

    def reached(self, name):
        """The structures that a structure's members hold, at any depth."""
        for kind, _ in self.members[name]:
            kind = self.inside.get(kind, kind)
            if kind in self.members:
                yield kind
                yield from self.reached(kind)


def test_every_setting_of_the_model_has_a_row_and_every_row_is_one():
    model, found = Model(), table()
    assert list(found) == list(PARTS)
    for part, structures in PARTS.items():
        settings = {setting for name in structures for setting in model.settings(name)}
        assert set(found[part]) == settings, part


def test_no_structure_is_forgotten():
    """One that the model gets later, at any depth, has its members in a part too."""
    model = Model()
    named = set(sum(PARTS.values(), []))
    one_row_each = {"EndpointConfiguration", "AccessLogSettings", "CanarySettings", "TlsConfig"}
    one_row_each |= {"JwtConfiguration", "ThrottleSettings", "QuotaSettings"}
    for name in named:
        assert set(model.reached(name)) <= named | one_row_each, name


def test_nothing_is_merely_stored():
    words = {word for rows in table().values() for word in rows.values()}
    assert words == {"enforced", "refused", "shown"}


def test_what_is_enforced_or_refused_has_tests():
    held = parts(ROOT / "conformance/rest/settings.md")
    for part, rows in table().items():
        wanted = {setting for setting, word in rows.items() if word != "shown"}
        assert set(held[part]) == wanted, part
        for setting, cell in held[part].items():
            named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", cell)
            assert named, (part, setting)
            for file, name in named:
                assert name in names_in(file), f"{part}, {setting}: {file}::{name}"


@pytest.fixture(scope="module")
def api(server):
    return deploy(server, "settings", {"/": {"get": method(mock("x"))}})


@pytest.mark.parametrize(
    "path, value",
    [
        ("/cacheClusterEnabled", "true"),
        ("/*/*/metrics/enabled", "true"),
        ("/*/*/caching/unauthorizedCacheControlHeaderStrategy", "FAIL_WITH_403"),
        ("/webAclArn", "arn:aws:wafv2:us-east-1:111111111111:regional/webacl/a/b"),
        ("/canarySettings/percentTraffic", "10"),
        ("/canarySettings/deploymentId", "abc123"),
        ("/canarySettings/stageVariableOverrides/a", "b"),
        ("/canarySettings/useStageCache", "true"),
    ],
)
def test_refused_settings_of_a_stage_change_nothing(server, api, path, value):
    gateway = server.client("api", "apigateway")

    def stage():
        found = gateway.get_stage(restApiId=api, stageName="test")
        return {key: found[key] for key in found if key != "ResponseMetadata"}

    before = stage()
    with pytest.raises(ClientError) as refused:
        gateway.update_stage(
            restApiId=api, stageName="test", patchOperations=patch(("replace", path, value))
        )
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] in (400, 501)
    assert stage() == before


@pytest.mark.parametrize(
    "change",
    [
        {"endpointConfiguration": {"types": ["PRIVATE"]}},
        {"securityPolicy": "SecurityPolicy_TLS13_1_3_2025_09"},
        {"endpointAccessMode": "STRICT", "securityPolicy": "SecurityPolicy_TLS13_1_3_2025_09"},
    ],
    ids=str,
)
def test_refused_settings_of_an_api_are_never_live(server, change):
    gateway = server.client("api", "apigateway")
    api = gateway.create_rest_api(name="refused", **change)["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    where = {"restApiId": api, "resourceId": root, "httpMethod": "GET"}
    gateway.put_method(authorizationType="NONE", **where)
    gateway.put_integration(type="MOCK", **where)
    with pytest.raises(ClientError):
        release(server, api)
    assert gateway.get_stages(restApiId=api)["item"] == []


def test_a_stage_serves_the_deployment_that_it_names(server):
    gateway = server.client("api", "apigateway")
    api = deploy(server, "named deployment", {"/": {"get": method(mock("one"))}})
    first = gateway.get_stage(restApiId=api, stageName="test")["deploymentId"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    gateway.update_integration_response(
        restApiId=api, resourceId=root, httpMethod="GET", statusCode="200",
        patchOperations=patch(("replace", "/responseTemplates/application~1json", "two")),
    )
    release(server, api)
    assert send(server, api, "/").text == "two"
    back = patch(("replace", "/deploymentId", first))
    gateway.update_stage(restApiId=api, stageName="test", patchOperations=back)
    assert send(server, api, "/").text == "one"


def test_stage_variables_stand_in_credentials(server):
    iam = server.client("api", "iam")
    trust = {"Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"},
             "Action": "sts:AssumeRole"}
    for name in ("by-variable-may", "by-variable-may-not"):
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)
    arn = probe(server, "credentialed", PLAIN)
    may = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": arn}
    iam.put_role_policy(
        RoleName="by-variable-may", PolicyName="p",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [may]}),
    )
    server.client("api", "lambda").remove_permission(FunctionName=arn, StatementId="allow")
    role = f"arn:aws:iam::{API}:role/${{stageVariables.role}}"
    integration = plain(arn, {"default": {"statusCode": "200"}}, credentials=role)
    paths = {"/": {"post": method(integration)}}
    api = deploy(server, "credentials", paths, variables={"role": "by-variable-may"})
    assert send(server, api, "/", "POST", body="{}").status == 200
    change = patch(("replace", "/variables/role", "by-variable-may-not"))
    server.client("api", "apigateway").update_stage(
        restApiId=api, stageName="test", patchOperations=change
    )
    assert send(server, api, "/", "POST", body="{}").status == 500


def test_method_settings_are_inherited_and_overridden(server, logging):  # noqa: F811
    get = {"get": method(mock("x"))}
    api = deploy(server, "inherited", {path: get for path in ("/all", "/less", "/none")})
    level(server, api, "INFO")
    changes = patch(
        ("replace", "/~1less/GET/logging/dataTrace", "false"),
        ("replace", "/~1none/GET/logging/loglevel", "OFF"),
        ("replace", "/~1none/GET/throttling/burstLimit", "0"),
        ("replace", "/~1none/GET/throttling/rateLimit", "0"),
    )
    server.client("api", "apigateway").update_stage(
        restApiId=api, stageName="test", patchOperations=changes
    )
    asked = {path: send(server, api, path) for path in ("/none", "/less", "/all")}
    assert {path: got.status for path, got in asked.items()} == {"/all": 200, "/less": 200, "/none": 429}
    ids = {path: got.one("x-amzn-RequestId") for path, got in asked.items()}
    told = "\n".join(execution(server, api, ids["/all"]))
    assert "Method request headers:" in told
    told = "\n".join(execution(server, api, ids["/less"]))
    assert "Starting execution" in told and "Method request headers:" not in told
    logs = server.client("api", "logs")
    found = logs.filter_log_events(logGroupName=f"API-Gateway-Execution-Logs_{api}/test")["events"]
    assert not [event for event in found if ids["/none"] in event["message"]]


class Counting(Backend):
    """Answers how often it was asked."""

    def answer(self):
        self.server.received.append(self.path)
        body = str(len(self.server.received)).encode()
        self.send_response_only(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = answer


def test_nothing_is_cached_without_a_cache_cluster(server):
    with backend(Counting) as origin:
        uri = {"type": "http_proxy", "httpMethod": "GET", "uri": origin.url}
        keys = {"cacheNamespace": "n", "cacheKeyParameters": ["method.request.querystring.a"]}
        declared = [{"in": "query", "name": "a", "type": "string"}]
        api = deploy(
            server, "uncached", {"/": {"get": method({**uri, **keys}, parameters=declared)}}
        )
        changes = patch(
            ("replace", "/*/*/caching/enabled", "true"),
            ("replace", "/*/*/caching/ttlInSeconds", "3600"),
            ("replace", "/*/*/caching/dataEncrypted", "true"),
            ("replace", "/*/*/caching/requireAuthorizationForCacheControl", "true"),
        )
        stage = server.client("api", "apigateway").update_stage(
            restApiId=api, stageName="test", patchOperations=changes
        )
        assert stage["cacheClusterStatus"] == "NOT_AVAILABLE"
        answers = [send(server, api, "/?a=1", headers=headers).text
                   for headers in ({}, {}, {"Cache-Control": "max-age=0"})]
    assert answers == ["1", "2", "3"]


def test_responses_need_a_method_response(server):
    gateway = server.client("api", "apigateway")
    responses = {"default": {"statusCode": "418", "responseTemplates": {"application/json": "tea"}}}
    api = deploy(server, "undeclared", {"/": {"get": method(mock(responses=responses))}})
    got = send(server, api, "/")
    assert (got.status, got.text) == (500, '{"message": "Internal server error"}')
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    where = {"restApiId": api, "resourceId": root, "httpMethod": "GET"}
    log = gateway.test_invoke_method(**where)["log"]
    assert "Output mapping refers to an invalid method response: 418" in log
    gateway.put_method_response(statusCode="418", **where)
    release(server, api)
    got = send(server, api, "/")
    assert (got.status, got.text) == (418, "tea")


def test_tags_decide_in_policies(server):
    gateway, iam = server.client("api", "apigateway"), server.client("api", "iam")
    iam.create_user(UserName="by-tag")
    statement = {
        "Effect": "Allow",
        "Action": "apigateway:DELETE",
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:ResourceTag/team": "blue"}},
    }
    document = {"Version": "2012-10-17", "Statement": [statement]}
    iam.put_user_policy(UserName="by-tag", PolicyName="p", PolicyDocument=json.dumps(document))
    key = iam.create_access_key(UserName="by-tag")["AccessKey"]
    mine = server.client(
        "api", "apigateway", aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )
    for team, may in [("red", False), ("blue", True)]:
        tags = {"team": team}
        api = deploy(server, f"tagged {team}", {"/": {"get": method(mock("x"))}})
        deployment = gateway.create_deployment(restApiId=api)["id"]
        gateway.create_stage(restApiId=api, stageName="s", deploymentId=deployment, tags=tags)
        tagged = gateway.create_rest_api(name=f"tagged {team}", tags=tags)["id"]
        for call, given in [
            (mine.delete_rest_api, {"restApiId": tagged}),
            (mine.delete_stage, {"restApiId": api, "stageName": "s"}),
            (mine.delete_api_key, {"apiKey": gateway.create_api_key(name="k", tags=tags)["id"]}),
            (mine.delete_usage_plan,
             {"usagePlanId": gateway.create_usage_plan(name="p", tags=tags)["id"]}),
        ]:
            if may:
                call(**given)
                continue
            with pytest.raises(ClientError) as refused:
                call(**given)
            assert refused.value.response["Error"]["Code"] == "AccessDeniedException", call
