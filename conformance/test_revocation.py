"""What is taken away is gone on the next request, over the API of AWS and at a deployed API."""

import json
import uuid

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import botocore.exceptions
import pytest
import requests
from conftest import API

MANAGED = "arn:aws:iam::aws:policy/AWSLambda_ReadOnlyAccess"
UNKNOWN = (403, "UnrecognizedClientException")
DENIED = (403, "AccessDeniedException")


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


MAY_LIST = document({"Effect": "Allow", "Action": "lambda:ListFunctions", "Resource": "*"})
NOTHING = document({"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"})


class Holder:
    """Credentials, and what a call with them is answered."""

    def __init__(self, server, key):
        self.server = server
        self.keys = {
            "aws_access_key_id": key["AccessKeyId"],
            "aws_secret_access_key": key["SecretAccessKey"],
            "aws_session_token": key.get("SessionToken"),
        }

    def client(self, service):
        return self.server.client("api", service, **self.keys)

    def lists(self):
        try:
            return self.client("lambda").list_functions()["ResponseMetadata"]["HTTPStatusCode"]
        except botocore.exceptions.ClientError as refused:
            response = refused.response
            return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"]


class Someone(Holder):
    """A user with a key of its own."""

    def __init__(self, server):
        self.iam = server.client("api", "iam")
        self.name = f"revoked-{uuid.uuid4().hex[:8]}"
        self.iam.create_user(UserName=self.name)
        super().__init__(server, self.iam.create_access_key(UserName=self.name)["AccessKey"])
        self.user = {"UserName": self.name}
        self.key = {**self.user, "AccessKeyId": self.keys["aws_access_key_id"]}

    def put(self, text, name="p"):
        self.iam.put_user_policy(PolicyName=name, PolicyDocument=text, **self.user)

    def trusted_role(self):
        trust = {"Effect": "Allow", "Principal": {"AWS": API}, "Action": "sts:AssumeRole"}
        self.iam.create_role(RoleName=self.name, AssumeRolePolicyDocument=document(trust))
        self.role = {"RoleName": self.name}
        self.iam.put_role_policy(PolicyName="p", PolicyDocument=MAY_LIST, **self.role)
        self.put(document({"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}))

    def session(self):
        arn = f"arn:aws:iam::{API}:role/{self.name}"
        answer = self.client("sts").assume_role(RoleArn=arn, RoleSessionName="session")
        return Holder(self.server, answer["Credentials"])


@pytest.fixture
def someone(server):
    return Someone(server)


def test_deactivated_and_deleted_keys(someone):
    someone.put(MAY_LIST)
    assert someone.lists() == 200
    someone.iam.update_access_key(Status="Inactive", **someone.key)
    assert someone.lists() == UNKNOWN
    someone.iam.update_access_key(Status="Active", **someone.key)
    assert someone.lists() == 200
    someone.iam.delete_access_key(**someone.key)
    assert someone.lists() == UNKNOWN


def test_deleted_user_and_the_sessions_of_it(server, someone):
    someone.put(MAY_LIST)
    session = Holder(server, someone.client("sts").get_session_token()["Credentials"])
    assert (someone.lists(), session.lists()) == (200, 200)
    someone.iam.delete_access_key(**someone.key)
    someone.iam.delete_user_policy(PolicyName="p", **someone.user)
    someone.iam.delete_user(**someone.user)
    assert someone.lists() == UNKNOWN
    assert session.lists()[0] == 403
    # A namesake is somebody else.
    someone.iam.create_user(**someone.user)
    someone.put(MAY_LIST)
    assert session.lists()[0] == 403


def test_detached_and_changed_policies_of_a_user(someone):
    iam = someone.iam
    managed = {"PolicyArn": MANAGED, **someone.user}
    iam.attach_user_policy(**managed)
    assert someone.lists() == 200
    iam.detach_user_policy(**managed)
    assert someone.lists() == DENIED
    someone.put(MAY_LIST)
    assert someone.lists() == 200
    someone.put(NOTHING)
    assert someone.lists() == DENIED
    someone.put(MAY_LIST)
    iam.put_user_permissions_boundary(
        PermissionsBoundary="arn:aws:iam::aws:policy/IAMReadOnlyAccess", **someone.user
    )
    assert someone.lists() == DENIED
    iam.delete_user_permissions_boundary(**someone.user)
    assert someone.lists() == 200
    iam.delete_user_policy(PolicyName="p", **someone.user)
    assert someone.lists() == DENIED


def test_policy_versions(someone):
    made = someone.iam.create_policy(PolicyName=someone.name, PolicyDocument=MAY_LIST)
    policy = {"PolicyArn": made["Policy"]["Arn"]}
    someone.iam.attach_user_policy(**policy, **someone.user)
    assert someone.lists() == 200
    someone.iam.create_policy_version(PolicyDocument=NOTHING, SetAsDefault=True, **policy)
    assert someone.lists() == DENIED
    someone.iam.set_default_policy_version(VersionId="v1", **policy)
    assert someone.lists() == 200


def test_groups(someone):
    iam, group = someone.iam, {"GroupName": someone.name}
    iam.create_group(**group)
    iam.put_group_policy(PolicyName="p", PolicyDocument=MAY_LIST, **group)
    iam.add_user_to_group(**group, **someone.user)
    assert someone.lists() == 200
    iam.remove_user_from_group(**group, **someone.user)
    assert someone.lists() == DENIED
    iam.add_user_to_group(**group, **someone.user)
    assert someone.lists() == 200
    iam.delete_group_policy(PolicyName="p", **group)
    assert someone.lists() == DENIED
    iam.attach_group_policy(PolicyArn=MANAGED, **group)
    assert someone.lists() == 200
    iam.detach_group_policy(PolicyArn=MANAGED, **group)
    assert someone.lists() == DENIED


def test_policies_of_a_role_reach_its_sessions(someone):
    someone.trusted_role()
    session = someone.session()
    assert session.lists() == 200
    someone.iam.delete_role_policy(PolicyName="p", **someone.role)
    assert session.lists() == DENIED
    someone.iam.attach_role_policy(PolicyArn=MANAGED, **someone.role)
    assert session.lists() == 200
    # What the console's "Revoke active sessions" puts there.
    older = {"DateLessThan": {"aws:TokenIssueTime": "2999-01-01T00:00:00Z"}}
    someone.iam.put_role_policy(
        PolicyName="AWSRevokeOlderSessions",
        PolicyDocument=document({"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": older}),
        **someone.role,
    )
    assert session.lists() == DENIED


def test_sessions_of_a_deleted_role(someone):
    someone.trusted_role()
    session = someone.session()
    assert session.lists() == 200
    someone.iam.delete_role_policy(PolicyName="p", **someone.role)
    someone.iam.delete_role(**someone.role)
    assert session.lists()[0] == 403
    someone.trusted_role()
    assert session.lists()[0] == 403, "a namesake's policies are not for old sessions"
    assert someone.session().lists() == 200


def test_trust_withdrawn(someone):
    someone.trusted_role()
    someone.session()
    nobody = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    someone.iam.update_assume_role_policy(PolicyDocument=document(nobody), **someone.role)
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        someone.session()
    assert refused.value.response["Error"]["Code"] == "AccessDenied"


def test_federated_users_have_no_more_than_who_made_them(server, someone):
    someone.put(MAY_LIST)
    someone.put(
        document({"Effect": "Allow", "Action": "sts:GetFederationToken", "Resource": "*"}), name="sts"
    )
    answer = someone.client("sts").get_federation_token(Name="guest", Policy=MAY_LIST)
    guest = Holder(server, answer["Credentials"])
    assert guest.lists() == 200
    someone.put(NOTHING)
    assert guest.lists() == DENIED


def test_a_deployed_api_asks_anew(server, someone):
    gateway = server.client("api", "apigateway")
    api = gateway.create_rest_api(name="revoked")["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    where = {"restApiId": api, "resourceId": root, "httpMethod": "GET"}
    gateway.put_method(authorizationType="AWS_IAM", **where)
    templates = {"application/json": '{"statusCode":200}'}
    gateway.put_integration(type="MOCK", requestTemplates=templates, **where)
    for put in (gateway.put_method_response, gateway.put_integration_response):
        put(statusCode="200", **where)
    gateway.create_deployment(restApiId=api, stageName="test")

    def answer():
        url = f"{server.url}/_aws/execute-api/{api}/test/"
        request = botocore.awsrequest.AWSRequest("GET", url)
        credentials = botocore.credentials.Credentials(
            someone.keys["aws_access_key_id"], someone.keys["aws_secret_access_key"]
        )
        botocore.auth.SigV4Auth(credentials, "execute-api", "us-east-1").add_auth(request)
        return requests.get(url, headers=dict(request.headers), timeout=60).status_code

    assert answer() == 403
    arn = f"arn:aws:execute-api:us-east-1:{API}:{api}/test/GET/"
    someone.put(document({"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": arn}))
    assert answer() == 200
    someone.put(NOTHING)
    assert answer() == 403
    someone.put(document({"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": arn}))
    assert answer() == 200
    someone.iam.update_access_key(Status="Inactive", **someone.key)
    assert answer() == 403
