"""API keys, usage plans, throttles and quotas: what a plan does not open stays shut."""

import concurrent.futures
import datetime
import http.client
import json
import time
import uuid

import botocore.exceptions
import clock
import pytest
from conftest import API

FORBIDDEN = (403, '{"message":"Forbidden"}')
TOO_MANY = (429, '{"message":"Too Many Requests"}')
EXCEEDED = (429, '{"message":"Limit Exceeded"}')
OK = (200, "hello")
LOG_ROLE = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow",' \
    '"Principal":{"Service":"apigateway.amazonaws.com"},"Action":"sts:AssumeRole"}]}'


def mock_api(server, name, key_required=True, template="hello"):
    """A deployed API with `GET` and `POST /` answered by MOCK; gives its id."""
    gateway = server.client("api", "apigateway")
    api = gateway.create_rest_api(name=name)["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    for verb in ["GET", "POST"]:
        where = {"restApiId": api, "resourceId": root, "httpMethod": verb}
        gateway.put_method(authorizationType="NONE", apiKeyRequired=key_required, **where)
        gateway.put_integration(
            type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'}, **where
        )
        gateway.put_method_response(statusCode="200", **where)
        gateway.put_integration_response(
            statusCode="200", responseTemplates={"application/json": template}, **where
        )
    gateway.create_deployment(restApiId=api, stageName="test")
    return api


def plan(server, api, **more):
    """A plan over stage `test` with one enabled key; gives plan id, key id and value."""
    gateway = server.client("api", "apigateway")
    made = gateway.create_usage_plan(
        name="plan", apiStages=[{"apiId": api, "stage": "test"}], **more
    )["id"]
    key = gateway.create_api_key(name="key", enabled=True)
    gateway.create_usage_plan_key(usagePlanId=made, keyId=key["id"], keyType="API_KEY")
    return made, key["id"], key["value"]


def ask(server, api, key=None, method="GET", path="/"):
    headers = {"x-api-key": key} if key else {}
    got = server.get(api, path, method=method, headers=headers)
    return got.status_code, got.text


def passed(server, api, key, times, method="GET"):
    answers = [ask(server, api, key, method) for _ in range(times)]
    assert set(answers) <= {OK, TOO_MANY}
    return answers.count(OK)


def patch(op, path, value=None):
    operation = {"op": op, "path": path}
    return {"patchOperations": [operation if value is None else {**operation, "value": value}]}


def refused(call, **arguments):
    with pytest.raises(botocore.exceptions.ClientError) as error:
        call(**arguments)
    answer = error.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]


def test_only_a_key_of_the_stages_plan_comes_in(server):
    gateway = server.client("api", "apigateway")
    api, other = mock_api(server, "keys"), mock_api(server, "other keys")
    assert ask(server, api) == FORBIDDEN, "no plan, no way in"
    plan_id, key_id, key = plan(server, api)
    _, _, others = plan(server, other)
    unused = gateway.create_api_key(name="unused", enabled=True)["value"]
    assert ask(server, api, key) == OK
    for wrong in [None, others, unused, key[:-1], key.swapcase(), str(uuid.uuid4())]:
        assert ask(server, api, wrong) == FORBIDDEN, wrong
    assert ask(server, api, path=f"/?x-api-key={key}") == FORBIDDEN, "a key in the query is none"
    gateway.update_api_key(apiKey=key_id, **patch("replace", "/enabled", "false"))
    assert ask(server, api, key) == FORBIDDEN
    gateway.update_api_key(apiKey=key_id, **patch("replace", "/enabled", "true"))
    assert ask(server, api, key) == OK
    gateway.delete_usage_plan_key(usagePlanId=plan_id, keyId=key_id)
    assert ask(server, api, key) == FORBIDDEN
    gateway.create_usage_plan_key(usagePlanId=plan_id, keyId=key_id, keyType="API_KEY")
    gateway.delete_api_key(apiKey=key_id)
    assert ask(server, api, key) == FORBIDDEN


def test_a_method_without_key_takes_no_notice_of_plans(server):
    api = mock_api(server, "no keys", key_required=False)
    plan(server, api, throttle={"rateLimit": 0.0, "burstLimit": 0})
    assert ask(server, api) == OK


def test_the_key_is_in_context(server):
    api = mock_api(server, "context", template="$context.identity.apiKeyId $context.identity.apiKey")
    _, key_id, key = plan(server, api)
    assert ask(server, api, key) == (200, f"{key_id} {key}")


def test_refusals_carry_awss_error_types_and_no_advice(server):
    api = mock_api(server, "types")
    _, _, key = plan(server, api, quota={"limit": 0, "period": "DAY"})
    got = server.get(api, "/", headers={"x-api-key": key})
    assert (got.status_code, got.text) == EXCEEDED
    assert got.headers["x-amzn-errortype"] == "LimitExceededException"
    assert "retry-after" not in got.headers
    assert server.get(api, "/").headers["x-amzn-errortype"] == "ForbiddenException"
    slow = mock_api(server, "slow types")
    _, _, key = plan(server, slow, throttle={"rateLimit": 1.0, "burstLimit": 0})
    got = server.get(slow, "/", headers={"x-api-key": key})
    assert (got.status_code, got.text) == TOO_MANY
    assert got.headers["x-amzn-errortype"] == "TooManyRequestsException"


def test_gateway_responses_of_refusals_are_the_apis_own(server):
    gateway = server.client("api", "apigateway")
    api = mock_api(server, "own words")
    for kind in ["INVALID_API_KEY", "QUOTA_EXCEEDED"]:
        gateway.put_gateway_response(
            restApiId=api,
            responseType=kind,
            statusCode="418",
            responseTemplates={"application/json": "$context.error.responseType"},
        )
    gateway.create_deployment(restApiId=api, stageName="test")
    _, _, key = plan(server, api, quota={"limit": 0, "period": "DAY"})
    assert ask(server, api) == (418, "INVALID_API_KEY")
    assert ask(server, api, key) == (418, "QUOTA_EXCEEDED")


# A token every thousand seconds: what passes is the burst, however slow the machine.
SLOW = 0.001


def test_a_plan_throttles_each_key_over_all_its_stages(server):
    gateway = server.client("api", "apigateway")
    api, second = mock_api(server, "plan"), mock_api(server, "plan, second")
    plan_id, _, key = plan(server, api, throttle={"rateLimit": SLOW, "burstLimit": 4})
    gateway.update_usage_plan(
        usagePlanId=plan_id, **patch("add", "/apiStages", f"{second}:test")
    )
    assert passed(server, api, key, 3) == 3
    assert passed(server, second, key, 5) == 1, "one bucket for both"
    other = gateway.create_api_key(name="other", enabled=True)
    gateway.create_usage_plan_key(usagePlanId=plan_id, keyId=other["id"], keyType="API_KEY")
    assert passed(server, api, other["value"], 6) == 4, "each key has its own"
    gateway.create_deployment(restApiId=api, stageName="test")
    assert passed(server, api, key, 3) == 0, "a deployment hands out no new burst"


def test_a_plan_throttles_one_method(server):
    gateway = server.client("api", "apigateway")
    api = mock_api(server, "method")
    plan_id, _, key = plan(server, api)
    path = f"/apiStages/{api}:test/throttle/~1/GET"
    for leaf, value in [("rateLimit", str(SLOW)), ("burstLimit", "2")]:
        gateway.update_usage_plan(usagePlanId=plan_id, **patch("add", f"{path}/{leaf}", value))
    shown = gateway.get_usage_plan(usagePlanId=plan_id)["apiStages"][0]["throttle"]
    assert shown == {"//GET": {"rateLimit": SLOW, "burstLimit": 2}}
    assert passed(server, api, key, 5) == 2
    assert passed(server, api, key, 5, method="POST") == 5
    gateway.update_usage_plan(usagePlanId=plan_id, **patch("remove", path))
    assert passed(server, api, key, 3) == 3


def test_a_stage_throttles_its_methods_with_or_without_keys(server):
    gateway = server.client("api", "apigateway")
    api = mock_api(server, "stage", key_required=False)
    for leaf, value in [("rateLimit", str(SLOW)), ("burstLimit", "2")]:
        gateway.update_stage(
            restApiId=api, stageName="test", **patch("replace", f"/*/*/throttling/{leaf}", value)
        )
    assert passed(server, api, None, 5) == 2
    assert passed(server, api, None, 5, method="POST") == 2, "each method for itself"
    gateway.update_stage(restApiId=api, stageName="test", **patch("remove", "/*/*"))
    assert passed(server, api, None, 5) == 5


def test_never_more_than_burst_and_rate_under_a_thousand_parallel_clients(server):
    """H12: a race for the last token has one winner."""
    rate, burst = 5.0, 10
    api = mock_api(server, "race")
    _, _, key = plan(server, api, throttle={"rateLimit": rate, "burstLimit": burst})
    path = f"/_aws/execute-api/{api}/test/"

    def client(_):
        link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        link.request("GET", path, headers={"x-api-key": key})
        status = link.getresponse().status
        link.close()
        return status

    started = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(200) as pool:
        answers = list(pool.map(client, range(1_000)))
    took = time.monotonic() - started
    assert set(answers) == {200, 429}
    assert burst <= answers.count(200) <= burst + rate * took + 1


def test_quotas_count_what_passes_and_are_shown_and_changed(server):
    gateway = server.client("api", "apigateway")
    api = mock_api(server, "quota")
    plan_id, key_id, key = plan(server, api, quota={"limit": 3, "offset": 0, "period": "MONTH"})
    ask(server, api)
    answers = [ask(server, api, key) for _ in range(5)]
    assert answers == [OK] * 3 + [EXCEEDED] * 2
    today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()

    def usage():
        got = gateway.get_usage(usagePlanId=plan_id, startDate=today, endDate=today)
        return got["items"]

    assert usage() == {key_id: [[3, 0]]}
    changed = gateway.update_usage(
        usagePlanId=plan_id, keyId=key_id, **patch("replace", "/remaining", "2")
    )
    assert changed["items"] == {key_id: [[3, 2]]}
    assert [ask(server, api, key) for _ in range(3)] == [OK, OK, EXCEEDED]
    gateway.delete_usage_plan_key(usagePlanId=plan_id, keyId=key_id)
    gateway.create_usage_plan_key(usagePlanId=plan_id, keyId=key_id, keyType="API_KEY")
    assert ask(server, api, key) == EXCEEDED, "leaving and coming back gives no new quota"
    gateway.update_usage_plan(usagePlanId=plan_id, **patch("remove", "/quota"))
    assert ask(server, api, key) == OK


def test_use_outlives_the_server(own_server):
    api = mock_api(own_server, "durable")
    _, _, key = plan(own_server, api, quota={"limit": 4, "period": "WEEK"})
    assert [ask(own_server, api, key) for _ in range(3)] == [OK] * 3
    assert own_server.stop() == 0
    own_server.start()
    assert [ask(own_server, api, key) for _ in range(2)] == [OK, EXCEEDED]


def test_keys_are_imported(server):
    gateway = server.client("api", "apigateway")
    api = mock_api(server, "import")
    plan_id, _, _ = plan(server, api)
    values = [uuid.uuid4().hex for _ in range(2)]
    file = "Name,Key,Enabled,UsagePlanIds\n" + "".join(
        f"imported,{value},{enabled},{plan_id}\n" for value, enabled in zip(values, ["true", "false"])
    )
    made = gateway.import_api_keys(body=file.encode(), format="csv", failOnWarnings=True)
    assert len(made["ids"]) == 2 and made["warnings"] == []
    assert ask(server, api, values[0]) == OK
    assert ask(server, api, values[1]) == FORBIDDEN


def test_what_cannot_be_is_refused_in_awss_words(server):
    gateway = server.client("api", "apigateway")
    api = mock_api(server, "refusals")
    plan_id, key_id, key = plan(server, api)
    bad, gone, conflict = (
        (400, "BadRequestException"), (404, "NotFoundException"), (409, "ConflictException"),
    )
    stages = [{"apiId": api, "stage": "test"}]
    second = gateway.create_usage_plan(name="second", apiStages=stages)["id"]
    both = {"keyId": key_id, "keyType": "API_KEY"}
    for want, call, arguments in [
        (bad, gateway.create_api_key, {"value": "short"}),
        (conflict, gateway.create_api_key, {"value": key}),
        (conflict, gateway.create_usage_plan_key, {"usagePlanId": second, **both}),
        (bad, gateway.delete_usage_plan, {"usagePlanId": plan_id}),
        (gone, gateway.get_usage_plan, {"usagePlanId": "unknown"}),
        (gone, gateway.create_usage_plan, {"name": "x", "apiStages": [{**stages[0], "stage": "no"}]}),
        (bad, gateway.create_usage_plan, {"name": "x", "quota": {"limit": 1, "offset": 1, "period": "DAY"}}),
        (gone, server.client("functions", "apigateway").get_api_key, {"apiKey": key_id}),
        (gone, server.client("functions", "apigateway").create_usage_plan, {"name": "x", "apiStages": stages}),
    ]:
        assert refused(call, **arguments) == want, (call, arguments)


def test_iam_guards_keys_and_plans(server):
    iam = server.client("api", "iam")
    name = f"plans-{uuid.uuid4().hex[:8]}"
    iam.create_user(UserName=name)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    allowed = server.client("api", "apigateway").create_api_key(name="theirs")["id"]
    hidden = server.client("api", "apigateway").create_api_key(name="hidden")["id"]
    iam.put_user_policy(
        UserName=name,
        PolicyName="one-key",
        PolicyDocument=json.dumps({
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow",
                "Action": "apigateway:GET",
                "Resource": f"arn:aws:apigateway:us-east-1::/apikeys/{allowed}",
            }],
        }),
    )
    theirs = server.client(
        "api", "apigateway",
        aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"],
    )
    assert theirs.get_api_key(apiKey=allowed)["id"] == allowed
    denied = (403, "AccessDeniedException")
    for call, arguments in [
        (theirs.get_api_key, {"apiKey": hidden}),
        (theirs.get_api_keys, {}),
        (theirs.delete_api_key, {"apiKey": allowed}),
        (theirs.create_api_key, {"name": "x"}),
        (theirs.import_api_keys, {"body": b"Name,Key", "format": "csv"}),
        (theirs.get_usage_plans, {}),
        (theirs.create_usage_plan, {"name": "x"}),
        (theirs.get_usage, {"usagePlanId": "x", "startDate": "2026-01-01", "endDate": "2026-01-01"}),
        (theirs.update_usage, {"usagePlanId": "x", "keyId": "y", "patchOperations": []}),
    ]:
        assert refused(call, **arguments) == denied, call


def test_the_execution_log_says_how_the_key_fared(server):
    gateway = server.client("api", "apigateway")
    role = server.client("api", "iam").create_role(
        RoleName=f"logs-{uuid.uuid4().hex[:8]}", AssumeRolePolicyDocument=LOG_ROLE
    )["Role"]["Arn"]
    gateway.update_account(**patch("replace", "/cloudwatchRoleArn", role))
    api = mock_api(server, "logs")
    _, _, key = plan(server, api, throttle={"rateLimit": SLOW, "burstLimit": 1})
    level = patch("replace", "/*/*/logging/loglevel", "INFO")
    gateway.update_stage(restApiId=api, stageName="test", **level)
    masked = "*" * 34 + key[-6:]
    answers = [ask(server, api, key), ask(server, api, key), ask(server, api)]
    assert answers == [OK, TOO_MANY, FORBIDDEN]
    logs = server.client("api", "logs")
    group = f"API-Gateway-Execution-Logs_{api}/test"
    wanted = [
        f"API Key: {masked} API Stage: {api}/test",
        f"Usage Plan check succeeded for API Key {masked} and API Stage {api}/test",
        "HttpMethod GET. Limit: 0.00 Burst: 1",
        "Method completed with status: 429",
        "API Key  not authorized because method 'GET /' requires API Key and API Key is not "
        f"associated with a Usage Plan for API Stage {api}/test: No Usage Plan found for key and "
        "API Stage",
    ]
    until = time.monotonic() + 20
    while True:
        try:
            events = logs.filter_log_events(logGroupName=group)["events"]
        except logs.exceptions.ResourceNotFoundException:
            events = []
        text = "\n".join(event["message"] for event in events)
        if all(line in text for line in wanted) or time.monotonic() > until:
            break
        time.sleep(0.1)
    for line in wanted:
        assert line in text, f"{line!r} is not in\n{text}"
    assert key not in text


def begins(period, today):
    """An offset with which the next period begins within days, and the day on which it does."""
    if period == "DAY":
        return 0, today + datetime.timedelta(days=1)
    if period == "WEEK":
        day = today + datetime.timedelta(days=2)
        return day.isoweekday() % 7, day  # Sunday is 0.
    if today.day <= 25:
        return today.day + 1, today + datetime.timedelta(days=2)
    return 0, (today.replace(day=1) + datetime.timedelta(days=32)).replace(day=1)


@pytest.mark.parametrize("period", ["DAY", "WEEK", "MONTH"])
def test_a_quota_begins_anew_with_its_period(own_server, tmp_path, period):
    """Periods are days and more, so the server's clock is put ahead, and once too little."""
    now = datetime.datetime.now(datetime.timezone.utc)
    offset, day = begins(period, now.date())
    start = datetime.datetime.combine(day, datetime.time(), datetime.timezone.utc)
    api = mock_api(own_server, "periods")
    quota = {"limit": 1, "period": period, "offset": offset}
    _, _, key = plan(own_server, api, quota=quota)
    assert [ask(own_server, api, key) for _ in range(2)] == [OK, EXCEEDED]
    left = int((start - now).total_seconds())
    for seconds, want in [(left - 120, [EXCEEDED]), (left + 2, [OK, EXCEEDED])]:
        assert own_server.stop() == 0
        own_server.environment = clock.ahead(tmp_path, seconds)
        own_server.start()
        assert [ask(own_server, api, key) for _ in want] == want, (seconds, quota)
