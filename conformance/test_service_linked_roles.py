"""Service-linked roles: made for a service, changed by nobody, deleted by a task."""

import json

import botocore.exceptions
import pytest
from conftest import API

SERVICE, NAME = "ops.apigateway.amazonaws.com", "AWSServiceRoleForAPIGateway"
EVERYTHING = json.dumps({
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"},
})


def refused(call, code, **given):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(**given)
    assert caught.value.response["Error"]["Code"] == code
    return caught.value.response["Error"]["Message"]


@pytest.fixture
def iam(empty_server):
    return empty_server.client("api", "iam")


def test_a_service_linked_role_is_made_once_and_deleted_by_a_task(iam):
    role = iam.create_service_linked_role(AWSServiceName=SERVICE, Description="for logs")["Role"]
    assert role["Arn"] == f"arn:aws:iam::{API}:role/aws-service-role/{SERVICE}/{NAME}"
    assert role["Path"] == f"/aws-service-role/{SERVICE}/"
    trust = role["AssumeRolePolicyDocument"]["Statement"][0]
    assert trust["Principal"] == {"Service": [SERVICE]}
    assert "has been taken" in refused(
        iam.create_service_linked_role, "InvalidInput", AWSServiceName=SERVICE
    )
    task = iam.delete_service_linked_role(RoleName=NAME)["DeletionTaskId"]
    assert task.startswith(f"task/aws-service-role/{SERVICE}/{NAME}/")
    assert iam.get_service_linked_role_deletion_status(DeletionTaskId=task)["Status"] == "SUCCEEDED"
    refused(iam.get_role, "NoSuchEntity", RoleName=NAME)
    refused(iam.get_service_linked_role_deletion_status, "NoSuchEntity",
            DeletionTaskId=task[:-1] + "x")
    refused(iam.create_service_linked_role, "InvalidInput", AWSServiceName="no.amazonaws.com")
    refused(iam.create_service_linked_role, "InvalidInput", AWSServiceName=SERVICE,
            CustomSuffix="x")
    suffixed = iam.create_service_linked_role(
        AWSServiceName="autoscaling.amazonaws.com", CustomSuffix="mine"
    )["Role"]
    assert suffixed["RoleName"] == "AWSServiceRoleForAutoScaling_mine"


def test_nobody_changes_or_assumes_it(iam, empty_server):
    arn = iam.create_service_linked_role(AWSServiceName=SERVICE)["Role"]["Arn"]
    who = {"RoleName": NAME}
    changes = [
        (iam.delete_role, {}),
        (iam.update_role, {"Description": "x"}),
        (iam.update_assume_role_policy, {"PolicyDocument": json.dumps({
            "Version": "2012-10-17",
            "Statement": {"Effect": "Allow", "Principal": {"AWS": API},
                          "Action": "sts:AssumeRole"},
        })}),
        (iam.put_role_policy, {"PolicyName": "p", "PolicyDocument": EVERYTHING}),
        (iam.delete_role_policy, {"PolicyName": "p"}),
        (iam.attach_role_policy, {"PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}),
        (iam.detach_role_policy, {"PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}),
        (iam.put_role_permissions_boundary,
         {"PermissionsBoundary": "arn:aws:iam::aws:policy/AdministratorAccess"}),
        (iam.delete_role_permissions_boundary, {}),
    ]
    for change, given in changes:
        text = refused(change, "UnmodifiableEntity", **who, **given)
        assert text == (
            f"Cannot perform the operation on the protected role '{NAME}' - this role is only "
            "modifiable by AWS"
        )
    iam.update_role_description(Description="described", **who)
    assert iam.get_role(**who)["Role"]["Description"] == "described"
    refused(empty_server.client("api", "sts").assume_role, "AccessDenied",
            RoleArn=arn, RoleSessionName="me")
    refused(iam.create_role, "ValidationError", RoleName="own", Path="/aws-service-role/x/",
            AssumeRolePolicyDocument=json.dumps({
                "Version": "2012-10-17",
                "Statement": {"Effect": "Allow", "Principal": {"Service": SERVICE},
                              "Action": "sts:AssumeRole"},
            }))
    # Only service-linked roles go this way.
    iam.create_role(RoleName="plain", AssumeRolePolicyDocument=json.dumps({
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Principal": {"Service": SERVICE},
                      "Action": "sts:AssumeRole"},
    }))
    refused(iam.delete_service_linked_role, "NoSuchEntity", RoleName="plain")


def test_the_service_name_is_a_condition_key(iam, empty_server):
    iam.create_user(UserName="maker")
    key = iam.create_access_key(UserName="maker")["AccessKey"]
    maker = empty_server.client(
        "api", "iam", aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )
    refused(maker.create_service_linked_role, "AccessDenied", AWSServiceName=SERVICE)
    iam.put_user_policy(UserName="maker", PolicyName="p", PolicyDocument=json.dumps({
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow", "Action": "iam:CreateServiceLinkedRole",
            "Resource": "arn:aws:iam::*:role/aws-service-role/*",
            "Condition": {"StringEquals": {"iam:AWSServiceName": SERVICE}},
        },
    }))
    refused(maker.create_service_linked_role, "AccessDenied",
            AWSServiceName="autoscaling.amazonaws.com")
    maker.create_service_linked_role(AWSServiceName=SERVICE)
