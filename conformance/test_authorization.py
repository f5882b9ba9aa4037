"""Every operation that the program serves, asked with too little and with exactly enough.

The list of operations is the program's own (`crossway inspect operations`). An operation about
which `permissions.py` knows nothing fails here, unless `uncovered.txt` lists it; that list may only
shrink.
"""

import json
import pathlib
import subprocess

import botocore.exceptions
import pytest
from conftest import API, PROGRAM, Crossway
from permissions import AFTERWARDS, OPEN, SECRET, UNSIGNED, Permission, World, needed

HERE = pathlib.Path(__file__).parent
DENIED = {"AccessDenied", "AccessDeniedException"}
# What must be there for another operation is made before it; what is taken away is taken away
# last, what others live in after those.
EARLY = "CreateLoginProfile UpdateAccountPasswordPolicy EnablePolicyType".split()
LATE = "Untag Remove Detach Delete Disable".split()
LAST = """DeleteResourcePolicy DeleteIntegration DeleteMethod DeleteResource DeleteUsagePlan DeleteApiKey
DeleteStage DeleteDeployment DeleteRestApi DeleteFunction DeleteLayerVersion DeleteLogGroup DeleteUser DeleteGroup
DeleteVpcLink DeleteRole DeletePolicy DeleteInstanceProfile DeleteOpenIDConnectProvider
DeleteOrganizationalUnit""".split()
# Whoever knows an access key id may ask to what account it belongs.
TELLS_THE_ACCOUNT = {("sts", "GetAccessKeyInfo")}
# Codes by which another account's thing is said not to be there; CreateAuthorizer was recorded to
# call an API that is not there a concurrent modification.
HIDDEN = {"NotFoundException", "NoSuchEntity", "ResourceNotFoundException", "ConflictException"}
# Recorded to answer with nothing where there is nothing.
EMPTY = {("apigateway", "GetUsagePlanKeys"): "{'items': []}"}


def served():
    lines = subprocess.run(
        [PROGRAM, "inspect", "operations"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    found = [tuple(line.split("\t")) for line in lines]
    return [(service, name) for service, name, works in found if works == "yes"]


def uncovered():
    lines = (HERE / "uncovered.txt").read_text().splitlines()
    return {tuple(line.split()) for line in lines if line and not line.startswith("#")}


def turn(operation):
    _, name = operation
    if name in EARLY:
        return -1
    if name in LAST:
        return LAST.index(name) + 2
    return int(any(name.startswith(word) for word in LATE))


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    crossway = Crossway(tmp_path_factory.mktemp("authorization") / "data", "--ephemeral")
    yield World(crossway)
    assert crossway.stop() == 0


def call(client, operation, parameters):
    """Status, code, message and everything that was answered."""
    try:
        answer = client._make_api_call(operation, parameters)
        meta = answer.pop("ResponseMetadata")
        return meta["HTTPStatusCode"], "", "", str(answer)
    except botocore.exceptions.ClientError as refused:
        error = refused.response["Error"]
        status = refused.response["ResponseMetadata"]["HTTPStatusCode"]
        return status, error["Code"], error.get("Message", ""), str(refused.response["Error"])


class Caller:
    """A user of account 111111111111 with no more than it is given."""

    def __init__(self, world):
        self.iam = world.client("iam")
        self.iam.create_user(UserName="caller")
        self.iam.create_login_profile(UserName="caller", Password="Correct-Horse-1")
        key = self.iam.create_access_key(UserName="caller")["AccessKey"]
        self.keys = {
            "aws_access_key_id": key["AccessKeyId"],
            "aws_secret_access_key": key["SecretAccessKey"],
        }
        self.world = world
        self.clients = {}

    def client(self, service):
        if service not in self.clients:
            self.clients[service] = self.world.new_client(service, **self.keys)
        return self.clients[service]

    def given(self, permissions, effect="Allow"):
        statements = [
            {"Effect": effect, "Action": one.action, "Resource": one.resource} for one in permissions
        ]
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        self.iam.put_user_policy(UserName="caller", PolicyName="exact", PolicyDocument=document)

    def given_nothing(self):
        for name in self.iam.list_user_policies(UserName="caller")["PolicyNames"]:
            self.iam.delete_user_policy(UserName="caller", PolicyName=name)


def elsewhere(permission):
    """The same action on another resource."""
    other = f"arn:aws:s3:::{SECRET}" if permission.resource == "*" else permission.resource + "-other"
    return Permission(permission.action, other)


def problems_of_exactness(caller, world, service, operation):
    """How an operation differs from what AWS asks for; nothing when it does not."""
    try:
        parameters = world.parameters(service, operation)
        permissions = needed(world, service, operation, parameters)
    except LookupError as unknown:
        return [repr(unknown)]
    client = caller.client(service)
    found = []

    def must_refuse(given, missing, why):
        status, code, message, _ = call(client, operation, parameters)
        if status not in (400, 403) or code not in DENIED or missing.named() not in message:
            found.append(f"{why}: {status} {code} {message!r}, expected … {missing.named()}")

    caller.given_nothing()
    must_refuse([], permissions[0], "no policy")
    for place, missing in enumerate(permissions):
        others = permissions[:place] + permissions[place + 1 :]
        if others:
            caller.given(others)
            must_refuse(others, missing, f"without {missing.action}")
        caller.given([*others, elsewhere(missing)])
        must_refuse(others, missing, f"{missing.action} elsewhere")
    caller.given(permissions)
    world.clear_the_way(service, operation)
    status, code, message, _ = call(client, operation, parameters)
    is_refused_later = code == AFTERWARDS.get((service, operation), "none")
    if not 200 <= status < 300 and not is_refused_later:
        found.append(f"exactly {[one.action for one in permissions]}: {status} {code} {message!r}")
    return found


def problems_of_openness(caller, world, service, operation):
    """No permission is asked for, and none can be taken away."""
    caller.given([Permission("*", "*")], effect="Deny")
    status, code, message, _ = call(caller.client(service), operation, {})
    return [] if status == 200 else [f"denied by policy: {status} {code} {message!r}"]


def problems_of_anonymity(world, service, operation):
    """Without a signature a forged token opens nothing, whatever the role trusts."""
    parameters = world.parameters(service, operation)
    status, code, message, _ = call(world.client(service), operation, parameters)
    refused = [(400, "InvalidIdentityToken"), (403, "AccessDenied")]
    return [] if (status, code) in refused else [f"a forged token: {status} {code} {message!r}"]


def problems_of_strangeness(world, service, operation):
    """How an operation answers the administrator of another account who asks for ours."""
    try:
        parameters = world.parameters(service, operation)
    except LookupError as unknown:
        return [repr(unknown)]
    if "FunctionName" in parameters:
        parameters["FunctionName"] = world.arn.replace("w-fn", parameters["FunctionName"])
    client = world.client(service, "functions")
    status, code, message, answer = call(client, operation, parameters)
    if (service, operation) in TELLS_THE_ACCOUNT:
        return []
    found = []
    if world.names(parameters):
        # APIs, keys and plans are looked for in the caller's own account, as AWS does.
        # The load balancer of a VPC link must be the caller's own.
        is_foreign = "identifier specified" in message or "in its account and Region" in message
        is_hidden = code in HIDDEN or is_foreign
        is_refused = code in DENIED or is_hidden or answer == EMPTY.get((service, operation))
        if not is_refused:
            found.append(f"another account: {status} {code} {message!r}")
    elif status < 300 and (API in answer or SECRET in answer):
        found.append(f"another account is told: {answer}")
    elif status >= 500:
        found.append(f"another account: {status} {code} {message!r}")
    return found


def test_another_accounts_administrator_can_do_nothing_here(world):
    before = world.state()
    problems = {}
    for service, operation in sorted(served(), key=turn):
        if (service, operation) in uncovered():
            continue
        if (service, operation) in UNSIGNED:
            continue
        found = problems_of_strangeness(world, service, operation)
        if found:
            problems[f"{service} {operation}"] = found
    text = "\n".join(f"{name}\n  " + "\n  ".join(found) for name, found in problems.items())
    assert not problems, f"{len(problems)} operations:\n{text}"
    assert world.state() == before


def test_each_operation_asks_for_what_aws_asks_for(world):
    caller = Caller(world)
    problems, covered = {}, set()
    for service, operation in sorted(served(), key=turn):
        if (service, operation) in uncovered():
            continue
        covered.add((service, operation))
        if (service, operation) in UNSIGNED:
            found = problems_of_anonymity(world, service, operation)
        else:
            is_open = (service, operation) in OPEN
            check = problems_of_openness if is_open else problems_of_exactness
            found = check(caller, world, service, operation)
        if found:
            problems[f"{service} {operation}"] = found
    text = "\n".join(f"{name}\n  " + "\n  ".join(found) for name, found in problems.items())
    assert not problems, f"{len(problems)} of {len(covered)} operations:\n{text}"
