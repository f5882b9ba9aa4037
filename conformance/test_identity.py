"""Identity through the unmodified SDK: principals of policies, passwords, simulation, reports."""

import json
import subprocess
import uuid

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import botocore.exceptions
import pytest
import requests
from conftest import API, FUNCTIONS, PROGRAM, allow, function, proxy_api

PASSWORD = "Correct-Horse-1"


@pytest.fixture
def iam(server):
    return server.client("api", "iam")


@pytest.fixture
def user(iam):
    """The name of a user without policies."""
    name = f"user-{uuid.uuid4().hex[:8]}"
    iam.create_user(UserName=name)
    return name


def refusal(call, **parameters):
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        call(**parameters)
    response = refused.value.response
    return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"], response["Error"]["Message"]


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def test_permissions_are_for_principals_that_exist(server, iam, user):
    arn = function(server, "functions", "for-principals")
    functions = server.client("functions", "lambda")
    permission = {"FunctionName": arn, "Action": "lambda:InvokeFunction"}
    for nobody in [f"arn:aws:iam::{API}:user/nobody", f"arn:aws:iam::{API}:role/{user}"]:
        status, code, message = refusal(
            functions.add_permission, StatementId="x", Principal=nobody, **permission
        )
        assert (status, code) == (400, "InvalidParameterValueException")
        assert message == (
            "The provided principal was invalid. Please check the principal and try again."
        )
    principal = f"arn:aws:iam::{API}:user/{user}"
    functions.add_permission(StatementId="user", Principal=principal, **permission)
    iam.put_user_policy(
        UserName=user,
        PolicyName="p",
        PolicyDocument=document({"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}),
    )

    def invoke():
        key = iam.create_access_key(UserName=user)["AccessKey"]
        client = server.client(
            "api",
            "lambda",
            aws_access_key_id=key["AccessKeyId"],
            aws_secret_access_key=key["SecretAccessKey"],
        )
        try:
            return client.invoke(FunctionName=arn)["StatusCode"]
        finally:
            iam.delete_access_key(UserName=user, AccessKeyId=key["AccessKeyId"])

    assert invoke() == 200
    # A namesake made later is somebody else.
    iam.delete_user_policy(UserName=user, PolicyName="p")
    iam.delete_user(UserName=user)
    iam.create_user(UserName=user)
    iam.attach_user_policy(UserName=user, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    assert refusal(invoke)[:2] == (403, "AccessDeniedException")


def test_login_profiles(iam, user):
    assert refusal(iam.get_login_profile, UserName=user) == (
        404,
        "NoSuchEntity",
        f"Login Profile for User {user} cannot be found.",
    )
    assert refusal(iam.create_login_profile, UserName=user, Password="weak")[:2] == (
        400,
        "PasswordPolicyViolation",
    )
    made = iam.create_login_profile(UserName=user, Password=PASSWORD, PasswordResetRequired=True)
    assert made["LoginProfile"]["PasswordResetRequired"] is True
    iam.update_login_profile(UserName=user, PasswordResetRequired=False)
    found = iam.get_login_profile(UserName=user)["LoginProfile"]
    assert (found["UserName"], found["PasswordResetRequired"]) == (user, False)
    assert refusal(iam.delete_user, UserName=user)[1] == "DeleteConflict"
    iam.delete_login_profile(UserName=user)
    iam.delete_user(UserName=user)


def test_users_change_their_own_passwords(server, iam, user):
    iam.create_login_profile(UserName=user, Password=PASSWORD)
    key = iam.create_access_key(UserName=user)["AccessKey"]
    own = server.client(
        "api", "iam", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"]
    )
    change = {"OldPassword": PASSWORD, "NewPassword": "Another-Horse-2"}
    assert refusal(own.change_password, **change)[1] == "AccessDenied"
    iam.put_user_policy(
        UserName=user,
        PolicyName="own",
        PolicyDocument=document(
            {
                "Effect": "Allow",
                "Action": "iam:ChangePassword",
                "Resource": "arn:aws:iam::*:user/${aws:username}",
            }
        ),
    )
    own.change_password(**change)
    assert refusal(own.change_password, **change)[2] == "The old password was incorrect."


def test_simulation_says_what_requests_are_told(server, iam, user):
    arn = f"arn:aws:iam::{API}:user/{user}"
    iam.put_user_policy(
        UserName=user,
        PolicyName="p",
        PolicyDocument=document(
            {"Effect": "Allow", "Action": "iam:List*", "Resource": "*"},
            {"Effect": "Deny", "Action": "iam:ListUsers", "Resource": "*"},
        ),
    )
    key = iam.create_access_key(UserName=user)["AccessKey"]
    own = server.client(
        "api", "iam", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"]
    )
    pages = iam.get_paginator("simulate_principal_policy").paginate(
        PolicySourceArn=arn,
        ActionNames=["iam:ListRoles", "iam:ListUsers", "iam:GetAccountSummary"],
        PaginationConfig={"PageSize": 2},
    )
    results = {r["EvalActionName"]: r for page in pages for r in page["EvaluationResults"]}
    decisions = {action: result["EvalDecision"] for action, result in results.items()}
    assert decisions == {
        "iam:ListRoles": "allowed",
        "iam:ListUsers": "explicitDeny",
        "iam:GetAccountSummary": "implicitDeny",
    }
    assert results["iam:ListUsers"]["MatchedStatements"][0]["SourcePolicyId"] == f"user_{user}_p"
    own.list_roles()
    assert refusal(own.list_users)[2].endswith("with an explicit deny in an identity-based policy")
    assert refusal(own.get_account_summary)[2].endswith(
        "because no identity-based policy allows the iam:GetAccountSummary action"
    )


def test_simulation_of_given_policies(iam):
    answer = iam.simulate_custom_policy(
        PolicyInputList=[
            document(
                {
                    "Effect": "Allow",
                    "Action": "s3:*",
                    "Resource": "*",
                    "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-1"}},
                }
            )
        ],
        ActionNames=["s3:GetObject"],
    )
    (result,) = answer["EvaluationResults"]
    assert result["EvalDecision"] == "implicitDeny"
    assert result["MissingContextValues"] == ["aws:SourceVpc"]


def test_other_accounts_are_not_simulated(server, iam):
    status, code, _ = refusal(
        iam.simulate_principal_policy,
        PolicySourceArn=f"arn:aws:iam::{FUNCTIONS}:user/admin",
        ActionNames=["iam:ListUsers"],
    )
    assert (status, code) == (403, "AccessDenied")


def test_account_tells_of_itself(iam, user):
    pages = iam.get_paginator("get_account_authorization_details").paginate(
        Filter=["User", "AWSManagedPolicy"], PaginationConfig={"PageSize": 1}
    )
    users, policies = [], []
    for page in pages:
        users += [one["UserName"] for one in page["UserDetailList"]]
        policies += [one["Arn"] for one in page["Policies"]]
        assert not page["RoleDetailList"]
    assert {"admin", user} <= set(users)
    assert "arn:aws:iam::aws:policy/AdministratorAccess" in policies
    while iam.generate_credential_report()["State"] != "COMPLETE":
        pass
    report = iam.get_credential_report()
    assert report["ReportFormat"] == "text/csv"
    lines = report["Content"].decode().splitlines()
    assert lines[0].startswith("user,arn,user_creation_time,password_enabled,")
    assert lines[1].startswith(f"<root_account>,arn:aws:iam::{API}:root,")


def explain(server, profile, path="", asked=None):
    """Status and answer of the product's own API, signed as AWS calls are."""
    request = botocore.awsrequest.AWSRequest(
        method="GET" if asked is None else "POST",
        url=f"{server.url}/_crossway/explain{path}",
        data=b"" if asked is None else json.dumps(asked),
        headers={} if asked is None else {"Content-Type": "application/json"},
    )
    if profile:
        credentials = botocore.credentials.Credentials(*server.keys(profile))
        botocore.auth.SigV4Auth(credentials, "crossway", "us-east-1").add_auth(request)
    sent = request.prepare()
    answer = requests.request(sent.method, sent.url, data=sent.body, headers=sent.headers, timeout=60)
    return answer.status_code, answer.json()


def test_the_tutorials_denied_call_is_explained(server):
    arn = function(server, "functions", "explained")
    api = proxy_api(server, "explained", arn)
    refused = server.get(api, "/helloworld")
    assert refused.status_code == 500
    request_id = refused.headers["x-amzn-RequestId"]
    status, found = explain(server, "functions", f"/{request_id}")
    assert status == 200
    source = f"arn:aws:execute-api:us-east-1:{API}:{api}/test/GET/helloworld"
    assert found["principal"] == f"apigateway.amazonaws.com for {source}"
    assert (found["action"], found["resource"]) == ("lambda:InvokeFunction", arn)
    assert found["decision"] == "implicitDeny"
    assert found["message"].endswith(
        "because no resource-based policy allows the lambda:InvokeFunction action"
    )
    # The API's owner hears of it too; nobody hears of what never was, nor without a signature.
    assert explain(server, "api", f"/{request_id}")[0] == 200
    assert explain(server, "functions", f"/{uuid.uuid4()}")[0] == 404
    assert explain(server, None, f"/{request_id}")[0] == 403
    asked = {
        "action": "lambda:InvokeFunction",
        "resource": arn,
        "principal": "apigateway.amazonaws.com",
        "context": {"aws:SourceArn": [source], "aws:SourceAccount": [API]},
    }
    assert explain(server, "functions", asked=asked)[1]["decision"] == "implicitDeny"
    allow(server, arn, f"arn:aws:execute-api:us-east-1:{API}:{api}/*/GET/helloworld", sid="tutorial")
    status, found = explain(server, "functions", asked=asked)
    assert (status, found["decision"]) == (200, "allowed")
    assert [one["sid"] for one in found["statements"]] == ["tutorial"]
    assert server.get(api, "/helloworld").status_code == 200
    assert explain(server, "api", asked=asked)[0] == 403


def test_a_denied_call_of_an_aws_api_is_explained(server, iam, user):
    key = iam.create_access_key(UserName=user)["AccessKey"]
    own = server.client(
        "api", "iam", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"]
    )
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        own.list_users()
    request_id = refused.value.response["ResponseMetadata"]["RequestId"]
    status, found = explain(server, "api", f"/{request_id}")
    assert (status, found["action"]) == (200, "iam:ListUsers")
    assert found["message"] == refused.value.response["Error"]["Message"]
    assert explain(server, "functions", f"/{request_id}")[0] == 404


def test_the_program_asks_too(server):
    def ask(*words):
        command = [PROGRAM, "explain", "--data-dir", str(server.data), *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=60)

    admin = f"arn:aws:iam::{API}:user/admin"
    done = ask("iam:GetUser", admin, "--principal", admin, "--context", "aws:SourceVpc=vpc-1")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["decision"] == "allowed"
    assert found["statements"][0]["policy"] == "arn:aws:iam::aws:policy/AdministratorAccess"
    done = ask(str(uuid.uuid4()), "--account", "functions")
    assert done.returncode == 1
    assert "404: no denial of this request" in done.stderr
    done = ask("iam:GetUser", admin, "--principal", admin, "--account", "functions")
    assert (done.returncode, "403: User: " in done.stderr) == (1, True)
