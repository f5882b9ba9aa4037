"""Who may call a function: its policy decides, for everybody."""

import json

import botocore.exceptions
import pytest
from conftest import API, FUNCTIONS, allow, function, proxy_api

ERROR = (500, '{"message": "Internal server error"}')
OK = (200, '"Hello from Lambda!"')


@pytest.fixture(scope="module")
def deployed(server):
    arn = function(server, "functions", "permission")
    return arn, proxy_api(server, "permission", arn)


def answer(server, api):
    got = server.get(api, "/helloworld")
    return got.status_code, got.text


@pytest.mark.parametrize(
    "source",
    [
        "arn:aws:execute-api:us-east-1:{account}:zzzzzzzzzz/*/GET/helloworld",
        "arn:aws:execute-api:us-east-1:{account}:{api}/*/POST/helloworld",
        "arn:aws:execute-api:us-east-1:{account}:{api}/prod/GET/helloworld",
        "arn:aws:execute-api:us-east-1:{account}:{api}/*/GET/",
        "arn:aws:execute-api:us-east-1:{other}:{api}/*/GET/helloworld",
        "arn:aws:execute-api:eu-west-1:{account}:{api}/*/GET/helloworld",
    ],
    ids=["other-api", "other-method", "other-stage", "other-path", "other-account", "other-region"],
)
def test_permission_for_something_else_refuses(server, deployed, source):
    arn, api = deployed
    allow(server, arn, source.format(account=API, other=FUNCTIONS, api=api), sid="near")
    try:
        assert answer(server, api) == ERROR
    finally:
        server.client("functions", "lambda").remove_permission(FunctionName=arn, StatementId="near")


@pytest.mark.parametrize(
    "source",
    ["{api}/*/GET/helloworld", "{api}/test/GET/helloworld", "{api}/*/*/*", "{api}/*", "*"],
)
def test_permission_that_covers_the_method_allows(server, deployed, source):
    arn, api = deployed
    allow(server, arn, f"arn:aws:execute-api:us-east-1:{API}:" + source.format(api=api), sid="covers")
    try:
        assert answer(server, api) == OK
    finally:
        server.client("functions", "lambda").remove_permission(FunctionName=arn, StatementId="covers")
    assert answer(server, api) == ERROR, "removal is immediate"


def test_source_account_must_be_the_apis(server, deployed):
    arn, api = deployed
    source = f"arn:aws:execute-api:us-east-1:{API}:{api}/*/GET/helloworld"
    for account, expected in [(FUNCTIONS, ERROR), (API, OK)]:
        allow(server, arn, source, sid="account", SourceAccount=account)
        assert answer(server, api) == expected
        server.client("functions", "lambda").remove_permission(FunctionName=arn, StatementId="account")


def test_function_in_another_region(server):
    arn = function(server, "functions", "far", region="eu-west-1")
    api = proxy_api(server, "far", arn)
    assert answer(server, api) == ERROR
    allow(server, arn, f"arn:aws:execute-api:eu-west-1:{API}:{api}/*/GET/helloworld")
    assert answer(server, api) == OK, "the ARN that is presented has the function's region"


def test_same_account_without_permission_is_refused_too(server):
    arn = function(server, "api", "own")
    api = proxy_api(server, "own", arn)
    assert answer(server, api) == ERROR
    allow(server, arn, f"arn:aws:execute-api:us-east-1:{API}:{api}/*/GET/helloworld", profile="api")
    assert answer(server, api) == OK


CALLS = [
    ("invoke", {}),
    ("get_function", {}),
    ("get_function_configuration", {}),
    ("get_policy", {}),
    ("add_permission", {"StatementId": "x", "Action": "lambda:InvokeFunction", "Principal": API}),
    ("remove_permission", {"StatementId": "x"}),
    ("update_function_code", {"ZipFile": b"x"}),
    ("update_function_configuration", {"Timeout": 5}),
    ("publish_version", {}),
    ("list_versions_by_function", {}),
    ("create_alias", {"Name": "live", "FunctionVersion": "$LATEST"}),
    ("list_aliases", {}),
    ("put_function_concurrency", {"ReservedConcurrentExecutions": 1}),
    ("delete_function", {}),
]


@pytest.mark.parametrize("name,more", CALLS, ids=[name for name, _ in CALLS])
@pytest.mark.parametrize("target", ["permission", "no-such-function"])
def test_every_call_on_another_accounts_function_is_403(server, deployed, name, more, target):
    arn = f"arn:aws:lambda:us-east-1:{FUNCTIONS}:function:{target}"
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        getattr(server.client("api", "lambda"), name)(FunctionName=arn, **more)
    response = refused.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert response["Error"]["Code"] == "AccessDeniedException"
    text = response["Error"]["Message"]
    assert text.startswith(f"User: arn:aws:iam::{API}:user/admin is not authorized to perform: lambda:")
    assert text.endswith("because no resource-based policy allows the lambda:" + text.split("lambda:")[1].split(" ")[0] + " action")


def test_statement_id_twice_is_409(server, deployed):
    arn, api = deployed
    source = f"arn:aws:execute-api:us-east-1:{API}:{api}/*/GET/helloworld"
    allow(server, arn, source, sid="twice")
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        allow(server, arn, source, sid="twice")
    assert refused.value.response["Error"]["Code"] == "ResourceConflictException"
    client = server.client("functions", "lambda")
    assert len(json.loads(client.get_policy(FunctionName=arn)["Policy"])["Statement"]) == 1
    client.remove_permission(FunctionName=arn, StatementId="twice")
