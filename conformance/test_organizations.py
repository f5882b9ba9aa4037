"""Organizations: accounts that work at once, and service control policies that stop them at once."""

import json
import os
import subprocess

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import botocore.exceptions
import pytest
import requests
from conftest import API, FUNCTIONS, HELLO, TRUST_LAMBDA, zipped

DENY_CREATE = json.dumps({
    "Version": "2012-10-17",
    "Statement": {"Effect": "Deny", "Action": "lambda:CreateFunction", "Resource": "*"},
})


def refused(call, code, text=None, **given):
    """The error's message, when `call` is refused with `code`."""
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(**given)
    error = caught.value.response["Error"]
    assert error["Code"] == code, error
    if text is not None:
        assert error["Message"] == text
    return error["Message"]


class World:
    """An organization that account `api` manages, with one member account."""

    def __init__(self, server):
        self.server = server
        self.client = server.client("api", "organizations")
        self.organization = self.client.create_organization(FeatureSet="ALL")["Organization"]
        self.root = self.client.list_roots()["Roots"][0]
        self.member = self.account("member@example.org", "member")

    def account(self, email, name, **more):
        """The digits of a new account."""
        status = self.client.create_account(Email=email, AccountName=name, **more)
        status = status["CreateAccountStatus"]
        assert status["State"] == "IN_PROGRESS" and "AccountId" not in status
        done = self.client.describe_create_account_status(CreateAccountRequestId=status["Id"])
        done = done["CreateAccountStatus"]
        assert done["State"] == "SUCCEEDED", done
        return done["AccountId"]

    def admin(self, account, service, role="OrganizationAccountAccessRole"):
        """A client of the account's administrators' role."""
        session = self.server.client("api", "sts").assume_role(
            RoleArn=f"arn:aws:iam::{account}:role/{role}", RoleSessionName="test"
        )["Credentials"]
        return self.server.client(
            "api", service, aws_access_key_id=session["AccessKeyId"],
            aws_secret_access_key=session["SecretAccessKey"],
            aws_session_token=session["SessionToken"],
        )

    def account_root(self, account, service):
        """A client of the account's root user, as the developer profile lets it sign."""
        return self.server.client(
            "api", service, aws_access_key_id=account, aws_secret_access_key="test"
        )

    def policy(self, name, content, kind="SERVICE_CONTROL_POLICY"):
        made = self.client.create_policy(Name=name, Description="", Type=kind, Content=content)
        return made["Policy"]["PolicySummary"]


@pytest.fixture
def world(empty_server):
    return World(empty_server)


def create_function(client, account, name):
    role = f"arn:aws:iam::{account}:role/functions"
    return client.create_function(
        FunctionName=name, Role=role, Runtime="nodejs20.x", Handler="index.handler",
        Code={"ZipFile": zipped(HELLO)},
    )


def test_an_scp_stops_root_and_admin_of_a_member_at_once(world):
    admin, root = (make(world.member, "lambda") for make in (world.admin, world.account_root))
    world.admin(world.member, "iam").create_role(
        RoleName="functions", AssumeRolePolicyDocument=TRUST_LAMBDA
    )
    create_function(admin, world.member, "before")
    scp = world.policy("no-functions", DENY_CREATE)
    world.client.attach_policy(PolicyId=scp["Id"], TargetId=world.member)
    for client, who in [
        (admin, f"arn:aws:sts::{world.member}:assumed-role/OrganizationAccountAccessRole/test"),
        (root, f"arn:aws:iam::{world.member}:root"),
    ]:
        refused(
            lambda: create_function(client, world.member, "stopped"), "AccessDeniedException",
            f"User: {who} is not authorized to perform: lambda:CreateFunction on resource: "
            f"arn:aws:lambda:us-east-1:{world.member}:function:stopped with an explicit deny in a "
            f"service control policy: {scp['Arn']}",
        )
        assert [one["FunctionName"] for one in client.list_functions()["Functions"]] == ["before"]
    world.client.detach_policy(PolicyId=scp["Id"], TargetId=world.member)
    create_function(admin, world.member, "by-admin")
    create_function(root, world.member, "by-root")


def test_an_scp_reaches_members_through_root_and_units_but_not_the_management_account(world):
    scp = world.policy("no-keys", DENY_CREATE.replace("lambda:CreateFunction", "iam:ListUsers"))
    unit = world.client.create_organizational_unit(ParentId=world.root["Id"], Name="prod")
    unit = unit["OrganizationalUnit"]["Id"]
    member = world.account_root(world.member, "iam")
    own = world.server.client("api", "iam")
    stranger = world.server.client("functions", "iam")
    world.client.attach_policy(PolicyId=scp["Id"], TargetId=unit)
    member.list_users()
    world.client.move_account(
        AccountId=world.member, SourceParentId=world.root["Id"], DestinationParentId=unit
    )
    refused(member.list_users, "AccessDenied")
    world.client.move_account(
        AccountId=world.member, SourceParentId=unit, DestinationParentId=world.root["Id"]
    )
    member.list_users()
    world.client.attach_policy(PolicyId=scp["Id"], TargetId=world.root["Id"])
    refused(member.list_users, "AccessDenied")
    own.list_users()
    stranger.list_users()
    # Without its policy type, nothing that is attached counts.
    world.client.disable_policy_type(RootId=world.root["Id"], PolicyType="SERVICE_CONTROL_POLICY")
    member.list_users()
    world.client.enable_policy_type(RootId=world.root["Id"], PolicyType="SERVICE_CONTROL_POLICY")
    member.list_users()
    listed = world.client.list_policies_for_target(
        TargetId=world.root["Id"], Filter="SERVICE_CONTROL_POLICY"
    )["Policies"]
    assert [one["Name"] for one in listed] == ["FullAWSAccess"]


def test_what_no_scp_allows_is_denied(world):
    allow = json.dumps({
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "iam:*", "Resource": "*"},
    })
    scp = world.policy("iam-only", allow)
    world.client.attach_policy(PolicyId=scp["Id"], TargetId=world.member)
    world.client.detach_policy(PolicyId="p-FullAWSAccess", TargetId=world.member)
    world.account_root(world.member, "iam").list_users()
    text = refused(world.account_root(world.member, "lambda").list_functions, "AccessDeniedException")
    assert text.endswith(
        "because no service control policy allows the lambda:ListFunctions action"
    )
    world.client.update_policy(PolicyId=scp["Id"], Content=allow.replace("iam:*", "lambda:*"))
    world.account_root(world.member, "lambda").list_functions()
    refused(world.account_root(world.member, "iam").list_users, "AccessDenied")


def test_an_rcp_guards_the_roles_of_a_member(world):
    world.client.enable_policy_type(RootId=world.root["Id"], PolicyType="RESOURCE_CONTROL_POLICY")
    content = json.dumps({
        "Version": "2012-10-17",
        "Statement": {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole",
                      "Resource": "*"},
    })
    rcp = world.policy("closed", content, "RESOURCE_CONTROL_POLICY")
    world.admin(world.member, "iam").list_users()
    world.client.attach_policy(PolicyId=rcp["Id"], TargetId=world.member)
    refused(lambda: world.admin(world.member, "iam"), "AccessDenied")
    world.client.detach_policy(PolicyId=rcp["Id"], TargetId=world.member)
    world.admin(world.member, "iam").list_users()
    refused(world.client.detach_policy, "InvalidInputException",
            PolicyId="p-RCPFullAWSAccess", TargetId=world.member)


def test_the_organization_is_a_condition_key(world):
    iam = world.admin(world.member, "iam")
    trust = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"aws:PrincipalOrgID": world.organization["Id"]}},
        },
    }
    iam.create_role(RoleName="ours", AssumeRolePolicyDocument=json.dumps(trust))
    arn = f"arn:aws:iam::{world.member}:role/ours"
    world.server.client("api", "sts").assume_role(RoleArn=arn, RoleSessionName="member")
    refused(world.server.client("functions", "sts").assume_role, "AccessDenied",
            RoleArn=arn, RoleSessionName="stranger")


def test_accounts_are_listed_with_their_place(world):
    second = world.account("second@example.org", "second", RoleName="Boss")
    world.admin(second, "iam", role="Boss").list_users()
    accounts = world.client.list_accounts()["Accounts"]
    assert {one["Id"]: one["Name"] for one in accounts} == {
        API: "api", world.member: "member", second: "second"
    }
    assert all(one["Status"] == one["State"] == "ACTIVE" for one in accounts)
    pages = world.client.get_paginator("list_accounts").paginate(PaginationConfig={"PageSize": 1})
    assert len(list(pages)) == 3
    described = world.client.describe_account(AccountId=second)["Account"]
    organization = world.organization["Id"]
    assert described["Arn"] == f"arn:aws:organizations::{API}:account/{organization}/{second}"
    assert described["Email"] == "second@example.org"
    parents = world.client.list_parents(ChildId=second)["Parents"]
    assert parents == [{"Id": world.root["Id"], "Type": "ROOT"}]
    children = world.client.list_children(ParentId=world.root["Id"], ChildType="ACCOUNT")
    assert len(children["Children"]) == 3
    again = world.client.create_account(Email="SECOND@example.org", AccountName="again")
    again = world.client.describe_create_account_status(
        CreateAccountRequestId=again["CreateAccountStatus"]["Id"]
    )["CreateAccountStatus"]
    assert (again["State"], again["FailureReason"]) == ("FAILED", "EMAIL_ALREADY_EXISTS")
    refused(world.client.describe_account, "AccountNotFoundException",
            "You specified an account that doesn't exist.", AccountId="999999999999")


def test_units_nest_five_deep_and_go_when_empty(world):
    at, units = world.root["Id"], []
    for depth in range(5):
        made = world.client.create_organizational_unit(ParentId=at, Name=f"level{depth}")
        at = made["OrganizationalUnit"]["Id"]
        units.append(at)
    refused(world.client.create_organizational_unit, "ConstraintViolationException",
            ParentId=at, Name="level5")
    refused(world.client.create_organizational_unit, "DuplicateOrganizationalUnitException",
            ParentId=world.root["Id"], Name="level0")
    renamed = world.client.update_organizational_unit(OrganizationalUnitId=units[0], Name="top")
    assert renamed["OrganizationalUnit"]["Name"] == "top"
    below = world.client.list_organizational_units_for_parent(ParentId=world.root["Id"])
    assert [one["Id"] for one in below["OrganizationalUnits"]] == [units[0]]
    refused(world.client.delete_organizational_unit, "OrganizationalUnitNotEmptyException",
            OrganizationalUnitId=units[0])
    for unit in reversed(units):
        world.client.delete_organizational_unit(OrganizationalUnitId=unit)
    refused(world.client.describe_organizational_unit, "OrganizationalUnitNotFoundException",
            OrganizationalUnitId=units[0])


def test_policies_have_awss_limits(world):
    client, member = world.client, world.member
    refused(client.create_policy, "MalformedPolicyDocumentException", Name="bad", Description="",
            Type="SERVICE_CONTROL_POLICY", Content="{}")
    whole = DENY_CREATE + " " * (5120 - len(DENY_CREATE))
    policies = [world.policy("whole", whole)["Id"]]
    refused(client.create_policy, "ConstraintViolationException", Name="long", Description="",
            Type="SERVICE_CONTROL_POLICY", Content=whole + " ")
    refused(client.create_policy, "DuplicatePolicyException", Name="whole", Description="",
            Type="SERVICE_CONTROL_POLICY", Content=DENY_CREATE)
    refused(client.detach_policy, "ConstraintViolationException",
            "You cannot remove the last policy attached to the specified target. You must have at "
            "least one attached at all times.", PolicyId="p-FullAWSAccess", TargetId=member)
    policies += [world.policy(f"more{n}", DENY_CREATE)["Id"] for n in range(4)]
    for policy in policies[:4]:
        client.attach_policy(PolicyId=policy, TargetId=member)
    refused(client.attach_policy, "ConstraintViolationException",
            "You have attached the maximum number of policies to the specified target.",
            PolicyId=policies[4], TargetId=member)
    refused(client.attach_policy, "DuplicatePolicyAttachmentException",
            PolicyId=policies[0], TargetId=member)
    refused(client.delete_policy, "PolicyInUseException", PolicyId=policies[0])
    refused(client.detach_policy, "PolicyNotAttachedException",
            PolicyId=policies[4], TargetId=member)
    refused(client.update_policy, "InvalidInputException", PolicyId="p-FullAWSAccess", Name="x")
    targets = client.list_targets_for_policy(PolicyId=policies[0])["Targets"]
    assert [(one["TargetId"], one["Type"]) for one in targets] == [(member, "ACCOUNT")]
    client.delete_policy(PolicyId=policies[4])
    refused(client.describe_policy, "PolicyNotFoundException", PolicyId=policies[4])
    refused(client.enable_policy_type, "PolicyTypeAlreadyEnabledException",
            RootId=world.root["Id"], PolicyType="SERVICE_CONTROL_POLICY")


def test_only_the_management_account_manages(world):
    member = world.account_root(world.member, "organizations")
    assert member.describe_organization()["Organization"]["Id"] == world.organization["Id"]
    for call in (member.list_accounts, member.list_roots):
        refused(call, "AccessDeniedException", "You don't have permissions to access this resource.")
    refused(member.attach_policy, "AccessDeniedException",
            PolicyId="p-FullAWSAccess", TargetId=world.member)
    stranger = world.server.client("functions", "organizations")
    for call in (stranger.describe_organization, stranger.list_accounts):
        refused(call, "AWSOrganizationsNotInUseException",
                "Your account is not a member of an organization.")
    refused(world.client.create_organization, "AlreadyInOrganizationException")
    refused(world.client.delete_organization, "OrganizationNotEmptyException")
    own = stranger.create_organization()["Organization"]
    assert own["MasterAccountId"] == FUNCTIONS
    stranger.delete_organization()


def test_a_user_needs_the_permission(world):
    iam = world.server.client("api", "iam")
    iam.create_user(UserName="clerk")
    key = iam.create_access_key(UserName="clerk")["AccessKey"]
    clerk = world.server.client(
        "api", "organizations", aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )
    arn = f"arn:aws:organizations::{API}:account/{world.organization['Id']}/{world.member}"
    text = refused(clerk.describe_account, "AccessDeniedException", AccountId=world.member)
    assert f"organizations:DescribeAccount on resource: {arn}" in text
    iam.put_user_policy(UserName="clerk", PolicyName="p", PolicyDocument=json.dumps({
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "organizations:DescribeAccount", "Resource": arn},
    }))
    clerk.describe_account(AccountId=world.member)
    refused(clerk.describe_account, "AccessDeniedException", AccountId=API)


def test_tags(world):
    for target in (world.root["Id"], world.member, world.policy("tagged", DENY_CREATE)["Id"]):
        world.client.tag_resource(ResourceId=target, Tags=[{"Key": "a", "Value": "1"}])
        found = world.client.list_tags_for_resource(ResourceId=target)["Tags"]
        assert found == [{"Key": "a", "Value": "1"}]
        world.client.untag_resource(ResourceId=target, TagKeys=["a"])
        assert world.client.list_tags_for_resource(ResourceId=target)["Tags"] == []


def test_the_cli_lists_what_is_attached(world):
    scp = world.policy("no-functions", DENY_CREATE)
    world.client.attach_policy(PolicyId=scp["Id"], TargetId=world.member)
    cli = os.environ.get("CROSSWAY_AWS_V2")
    if not cli:
        pytest.skip("CROSSWAY_AWS_V2 names no AWS CLI")
    listed = subprocess.run(
        [cli, "organizations", "list-policies-for-target", "--target-id", world.member,
         "--filter", "SERVICE_CONTROL_POLICY", "--query", "Policies[].Name", "--output", "text",
         "--endpoint-url", world.server.url],
        env=world.server.environ(), capture_output=True, text=True, timeout=60,
    )
    assert sorted(listed.stdout.split()) == ["FullAWSAccess", "no-functions"], listed.stderr


def explained(world, path="", asked=None):
    """The product's own answer to the member's root user."""
    request = botocore.awsrequest.AWSRequest(
        method="GET" if asked is None else "POST",
        url=f"{world.server.url}/_crossway/explain{path}",
        data=b"" if asked is None else json.dumps(asked),
        headers={} if asked is None else {"Content-Type": "application/json"},
    )
    credentials = botocore.credentials.Credentials(world.member, "test")
    botocore.auth.SigV4Auth(credentials, "crossway", "us-east-1").add_auth(request)
    sent = request.prepare()
    return requests.request(
        sent.method, sent.url, data=sent.body, headers=sent.headers, timeout=30
    ).json()


def test_explain_names_the_policy(world):
    scp = world.policy("no-functions", DENY_CREATE)
    asked = {
        "action": "lambda:CreateFunction",
        "resource": f"arn:aws:lambda:us-east-1:{world.member}:function:f",
    }
    assert explained(world, asked=asked)["decision"] == "allowed"
    world.client.attach_policy(PolicyId=scp["Id"], TargetId=world.member)
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        create_function(world.account_root(world.member, "lambda"), world.member, "f")
    request_id = caught.value.response["ResponseMetadata"]["RequestId"]
    for found in (explained(world, asked=asked), explained(world, f"/{request_id}")):
        assert found["decision"] == "explicitDeny"
        named = [(one["policyType"], one["policy"]) for one in found["statements"]]
        assert named == [("service control policy", scp["Arn"])]
        assert found["message"].endswith(f"in a service control policy: {scp['Arn']}")
