"""Whole resource policies of functions: Deny, lists and global condition keys, by real calls.

The gateway calls the function of another account, and so does a user of that other account with a
tag; what the function's document says of each decides.
"""

import json

import botocore.exceptions
import pytest
from conftest import API, FUNCTIONS, function, proxy_api

GATEWAY = {"Service": "apigateway.amazonaws.com"}
SOURCE = """export const handler = async () => ({ statusCode: 200, body: 'hello' });"""
POLICY_BYTES_MAX = 20480


class Case:
    def __init__(self, server):
        self.server = server
        self.arn = function(server, "functions", "resource-policy", SOURCE)
        self.owner = server.client("functions", "lambda")
        self.owner.tag_resource(Resource=self.arn, Tags={"stage": "prod"})
        self.api = proxy_api(server, "resource-policy", self.arn, "")
        iam = server.client("api", "iam")
        tags = [{"Key": "team", "Value": "red"}]
        made = iam.create_user(UserName="resource-policy", Tags=tags)["User"]
        self.user, self.user_id = made["Arn"], made["UserId"]
        everything = {"Effect": "Allow", "Action": "lambda:*", "Resource": "*"}
        iam.put_user_policy(
            UserName="resource-policy", PolicyName="p", PolicyDocument=self.text(everything)
        )
        key = iam.create_access_key(UserName="resource-policy")["AccessKey"]
        self.caller = server.client(
            "api",
            "lambda",
            aws_access_key_id=key["AccessKeyId"],
            aws_secret_access_key=key["SecretAccessKey"],
        )

    @staticmethod
    def text(*statements):
        return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})

    def put(self, *statements, **more):
        for place, statement in enumerate(statements):
            statement.setdefault("Sid", f"s{place}")
            statement.setdefault("Effect", "Allow")
            statement.setdefault("Action", "lambda:InvokeFunction")
            statement.setdefault("Resource", self.arn)
        return self.owner.put_resource_policy(
            ResourceArn=self.arn, Policy=self.text(*statements), **more
        )

    def gateway_is_let_in(self):
        status = self.server.get(self.api, "/").status_code
        assert status in (200, 500)
        return status == 200

    def user_is_let_in(self):
        try:
            return self.caller.invoke(FunctionName=self.arn)["StatusCode"] == 200
        except botocore.exceptions.ClientError as refused:
            assert refused.response["Error"]["Code"] == "AccessDeniedException"
            return False


@pytest.fixture(scope="module")
def case(server):
    return Case(server)


def test_deny_beats_allow_for_whom_it_names(case):
    case.put({"Principal": GATEWAY}, {"Principal": {"AWS": API}})
    assert (case.gateway_is_let_in(), case.user_is_let_in()) == (True, True)
    case.put(
        {"Principal": GATEWAY},
        {"Principal": {"AWS": API}},
        {"Effect": "Deny", "Principal": {"AWS": case.user}},
    )
    assert (case.gateway_is_let_in(), case.user_is_let_in()) == (True, False)
    case.put({"Principal": "*"}, {"Effect": "Deny", "Principal": GATEWAY})
    assert (case.gateway_is_let_in(), case.user_is_let_in()) == (False, True)


def test_lists_of_principals_actions_and_resources(case):
    both = {"AWS": [FUNCTIONS, case.user], **GATEWAY}
    actions = ["lambda:GetFunction", "lambda:InvokeFunction"]
    case.put({"Principal": both, "Action": actions, "Resource": [case.arn, case.arn + ":*"]})
    assert (case.gateway_is_let_in(), case.user_is_let_in()) == (True, True)
    assert case.caller.get_function(FunctionName=case.arn)["Configuration"]["FunctionArn"] == case.arn
    case.put({"Principal": both, "Action": actions, "Resource": [case.arn + ":*"]})
    assert (case.gateway_is_let_in(), case.user_is_let_in()) == (False, False)
    case.put({"Principal": both, "Action": "lambda:Invoke*"})
    assert (case.gateway_is_let_in(), case.user_is_let_in()) == (True, True)
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        case.caller.get_function(FunctionName=case.arn)
    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"


EVERY = [
    ("DateGreaterThan", "aws:CurrentTime", "2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z"),
    ("NumericGreaterThan", "aws:EpochTime", "1577836800", "32472144000"),
    ("StringEquals", "aws:ResourceAccount", FUNCTIONS, API),
    ("StringEquals", "aws:ResourceTag/stage", "prod", "test"),
    ("StringEquals", "aws:RequestedRegion", "us-east-1", "eu-west-1"),
    ("Bool", "aws:ViaAWSService", "false", "true"),
]
OF_GATEWAY = [
    # Between AWS's own services, whatever the client of the API did.
    ("Bool", "aws:SecureTransport", "true", "false"),
    ("ArnLike", "aws:SourceArn", "arn:aws:execute-api:us-east-1:{API}:{api}/*/GET/", "arn:aws:execute-api:*:*:zzz/*"),
    ("StringEquals", "AWS:SourceAccount", "{API}", "{FUNCTIONS}"),
    ("Bool", "aws:PrincipalIsAWSService", "true", "false"),
    ("StringEquals", "aws:PrincipalServiceName", "apigateway.amazonaws.com", "events.amazonaws.com"),
    ("ForAnyValue:StringEquals", "aws:PrincipalServiceNamesList", "apigateway.amazonaws.com", "x.amazonaws.com"),
    ("Null", "aws:SourceIp", "true", "false"),
    ("Null", "aws:PrincipalArn", "true", "false"),
]
OF_USER = [
    ("Bool", "aws:SecureTransport", "false", "true"),
    ("ArnEquals", "aws:PrincipalArn", "{user}", "{user}x"),
    ("StringEquals", "aws:PrincipalAccount", "{API}", "{FUNCTIONS}"),
    ("StringEquals", "aws:PrincipalType", "User", "AssumedRole"),
    ("StringEquals", "aws:PrincipalTag/team", "red", "blue"),
    ("StringEquals", "aws:userid", "{user_id}", "AIDAX"),
    ("StringEquals", "aws:username", "resource-policy", "another"),
    ("Bool", "aws:PrincipalIsAWSService", "false", "true"),
    ("IpAddress", "aws:SourceIp", "127.0.0.0/8", "10.0.0.0/8"),
    ("StringLike", "aws:UserAgent", "Boto3/*", "curl/*"),
    ("Null", "aws:SourceArn", "true", "false"),
    ("Null", "aws:TokenIssueTime", "true", "false"),
    ("Null", "aws:MultiFactorAuthPresent", "true", "false"),
]


def conditions(case, rows):
    words = {"API": API, "FUNCTIONS": FUNCTIONS, "api": case.api, "user": case.user, "user_id": case.user_id}
    for operator, key, yes, no in rows:
        for value, expected in [(yes, True), (no, False)]:
            for spelling in (key, key.upper() if "/" not in key else key):
                yield {operator: {spelling: value.format(**words)}}, expected


def test_global_condition_keys_of_the_gateways_call(case):
    for condition, expected in conditions(case, EVERY + OF_GATEWAY):
        case.put({"Principal": GATEWAY, "Condition": condition})
        assert case.gateway_is_let_in() is expected, condition


def test_global_condition_keys_of_a_users_call(case):
    for condition, expected in conditions(case, EVERY + OF_USER):
        case.put({"Principal": {"AWS": API}, "Condition": condition})
        assert case.user_is_let_in() is expected, condition


def refusal(call, **parameters):
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        call(**parameters)
    response = refused.value.response
    return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"]


def test_revisions_and_sizes(case):
    first = case.put({"Principal": GATEWAY})
    found = case.owner.get_resource_policy(ResourceArn=case.arn)
    assert (found["Policy"], found["RevisionId"]) == (first["Policy"], first["RevisionId"])
    second = case.put({"Principal": {"AWS": API}}, RevisionId=first["RevisionId"])
    stale = {"ResourceArn": case.arn, "RevisionId": first["RevisionId"]}
    assert refusal(case.owner.put_resource_policy, Policy=first["Policy"], **stale) == (
        412,
        "PreconditionFailedException",
    )
    assert refusal(case.owner.delete_resource_policy, **stale)[0] == 412
    assert case.owner.get_resource_policy(ResourceArn=case.arn)["Policy"] == second["Policy"]
    assert case.owner.get_policy(FunctionName=case.arn)["Policy"] == second["Policy"]
    padding = POLICY_BYTES_MAX - len(second["Policy"])
    full = second["Policy"][:-1] + " " * padding + "}"
    case.owner.put_resource_policy(ResourceArn=case.arn, Policy=full)
    # The member's own bound is as long as the policy's, and is looked at first.
    assert refusal(
        case.owner.put_resource_policy, ResourceArn=case.arn, Policy=full[:-1] + " }"
    ) == (400, "ValidationException")
    case.owner.delete_resource_policy(ResourceArn=case.arn)
    assert refusal(case.owner.get_resource_policy, ResourceArn=case.arn)[0] == 404
    assert not case.gateway_is_let_in()
