"""Rows of "Authorization" about signatures, and of the event's `identity` and `authorizer`."""

import datetime
import json

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import clock
import pytest
import requests
from apis import deploy, method, mock, patch, probe, proxy, release, send, token_guard
from conftest import API, FUNCTIONS

TRUSTED = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{API}:root"}, "Action": "sts:AssumeRole"}]}
GUARD = """export const handler = async (event) => ({
  principalId: 'ann',
  policyDocument: { Version: '2012-10-17', Statement: [
    { Action: 'execute-api:Invoke', Effect: 'Allow', Resource: '*' }] },
  context: { text: 'blue', number: 7, yes: true },
  usageIdentifierKey: event.authorizationToken,
});
"""
KEY = "a-key-that-the-authorizer-finds"


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def may(effect, resource="*"):
    return {"Effect": effect, "Action": "execute-api:Invoke", "Resource": resource}


@pytest.fixture(scope="module")
def api(server):
    """`GET /` and `GET /deep/{id}`, signed, to a function that answers its event."""
    arn = probe(server, "callers")
    signed = method(proxy(arn), **{"x-amazon-apigateway-auth": {"type": "AWS_IAM"}})
    return deploy(server, "callers", {"/": {"get": signed}, "/deep/{id}": {"get": signed}})


@pytest.fixture(scope="module")
def user(server):
    """Makes users of the API's account; each has the given statements as its only policy."""

    def make(name, *statements, profile="api"):
        iam = server.client(profile, "iam")
        arn = iam.create_user(UserName=name)["User"]["Arn"]
        if statements:
            document = policy(*statements)
            iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=document)
        made = iam.create_access_key(UserName=name)["AccessKey"]
        return arn, (made["AccessKeyId"], made["SecretAccessKey"])

    return make


def ask(server, api, keys, path="/", at=None, **headers):
    """A request with a signature by `keys`, made at another time where one is given."""
    url = f"{server.url}/_aws/execute-api/{api}/test{path}"
    request = botocore.awsrequest.AWSRequest("GET", url, headers=headers)
    signer = botocore.auth.SigV4Auth(
        botocore.credentials.Credentials(*keys), "execute-api", "us-east-1"
    )
    real = botocore.auth.get_current_datetime
    if at is not None:
        botocore.auth.get_current_datetime = lambda remove_tzinfo=True: at
    try:
        signer.add_auth(request)
    finally:
        botocore.auth.get_current_datetime = real
    return requests.get(url, headers=dict(request.headers), timeout=60)


def refused(got, error):
    """Status and body of a refusal that names its error."""
    assert got.headers["x-amzn-ErrorType"] == error, got.text
    assert got.headers["Content-Type"] == "application/json"
    return got.status_code, got.text


def identity(got):
    assert got.status_code == 200, got.text
    return got.json()["requestContext"]["identity"]


def test_identity_of_a_user(server, api, user):
    arn, keys = user("signs", may("Allow"))
    found = identity(ask(server, api, keys))
    assert (found["accessKey"], found["accountId"], found["userArn"]) == (keys[0], API, arn)
    assert found["caller"] == found["user"] and found["user"].startswith("AIDA")
    context = ask(server, api, keys).json()["requestContext"]
    assert "authorizer" not in context and context["accountId"] == API


def test_identity_of_a_role(server, api):
    iam = server.client("api", "iam")
    role = iam.create_role(RoleName="calls", AssumeRolePolicyDocument=json.dumps(TRUSTED))["Role"]
    iam.put_role_policy(RoleName="calls", PolicyName="p", PolicyDocument=policy(may("Allow")))
    made = server.client("api", "sts").assume_role(RoleArn=role["Arn"], RoleSessionName="once")
    made = made["Credentials"]
    keys = made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"]
    found = identity(ask(server, api, keys))
    assert found["accessKey"] == keys[0] and keys[0].startswith("ASIA")
    assert found["caller"] == found["user"] == f"{role['RoleId']}:once"
    assert found["userArn"] == f"arn:aws:sts::{API}:assumed-role/calls/once"


def test_organizations_of_callers(empty_server):
    """`principalOrgId` in the event, `aws:PrincipalOrgID` in the policy: members of one's own come in."""
    server = empty_server
    manager = server.client("api", "organizations")
    organization = manager.create_organization(FeatureSet="ALL")["Organization"]["Id"]
    made = manager.create_account(Email="member@example.org", AccountName="member")
    made = manager.describe_create_account_status(
        CreateAccountRequestId=made["CreateAccountStatus"]["Id"]
    )["CreateAccountStatus"]
    session = server.client("api", "sts").assume_role(
        RoleArn=f"arn:aws:iam::{made['AccountId']}:role/OrganizationAccountAccessRole",
        RoleSessionName="member",
    )["Credentials"]
    member = session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"]
    stranger = server.keys("functions")

    condition = {"StringEquals": {"aws:PrincipalOrgID": organization}}
    ours = {**RESOURCES["allow"], "Condition": condition}
    api = joined(server, "organized", "AWS_IAM", ours)
    assert identity(ask(server, api, server.keys("api")))["principalOrgId"] == organization
    found = identity(ask(server, api, member))
    assert (found["principalOrgId"], found["accountId"]) == (organization, made["AccountId"])
    assert ask(server, api, stranger).status_code == 403
    api = joined(server, "organized-for-all", "AWS_IAM", RESOURCES["allow"])
    assert identity(ask(server, api, stranger))["principalOrgId"] is None


def test_a_signed_method_hides_the_signature_from_the_function(server, api, user):
    _, keys = user("hidden", may("Allow"))
    headers = ask(server, api, keys).json()["headers"]
    assert "Authorization" not in headers


def test_identity_and_context_of_a_lambda_authorizer_and_its_key(server):
    guard = probe(server, "callers-guard", GUARD)
    arn = probe(server, "callers-guarded")
    definition = token_guard(guard)
    security = {"security": [{"guard": [], "key": []}]}
    api = deploy(
        server,
        "callers guarded",
        {"/": {"get": method(proxy(arn), **security)}},
        securityDefinitions={
            "guard": definition,
            "key": {"type": "apiKey", "name": "x-api-key", "in": "header"},
        },
        **{"x-amazon-apigateway-api-key-source": "AUTHORIZER"},
    )
    gateway = server.client("api", "apigateway")
    key = gateway.create_api_key(name="found", value=KEY, enabled=True)["id"]
    plan = gateway.create_usage_plan(name="found", apiStages=[{"apiId": api, "stage": "test"}])
    gateway.create_usage_plan_key(usagePlanId=plan["id"], keyId=key, keyType="API_KEY")

    assert send(server, api, "/", headers={"Authorization": "no such key"}).status == 403
    got = send(server, api, "/", headers={"Authorization": "x", "x-api-key": KEY})
    assert got.status == 403, "the header is no source"
    context = send(server, api, "/", headers={"Authorization": KEY}).json()["requestContext"]
    latency = context["authorizer"].pop("integrationLatency")
    assert isinstance(latency, int)
    want = {"principalId": "ann", "text": "blue", "number": "7", "yes": "true"}
    assert context["authorizer"] == want
    assert (context["identity"]["apiKey"], context["identity"]["apiKeyId"]) == (KEY, key)
    assert context["identity"]["user"] is None


def test_no_signature(server, api):
    got = requests.get(f"{server.url}/_aws/execute-api/{api}/test/", timeout=60)
    want = (403, '{"message":"Missing Authentication Token"}')
    assert refused(got, "MissingAuthenticationTokenException") == want


def test_an_unknown_key(server, api):
    got = ask(server, api, ("AKIAIOSFODNN7EXAMPLE", "x" * 40))
    want = (403, '{"message":"The security token included in the request is invalid."}')
    assert refused(got, "UnrecognizedClientException") == want


def test_a_wrong_secret_is_told_what_should_have_been_signed(server, api, user):
    _, (key, _) = user("mistyped", may("Allow"))
    status, text = refused(ask(server, api, (key, "x" * 40)), "InvalidSignatureException")
    assert status == 403
    message = json.loads(text)["message"]
    assert message.startswith(
        "The request signature we calculated does not match the signature you provided. Check your "
        "AWS Secret Access Key and signing method. Consult the service documentation for details.\n"
        "\nThe Canonical String for this request should have been\n'GET\n"
    )
    assert "\n\nThe String-to-Sign should have been\n'AWS4-HMAC-SHA256\n" in message


@pytest.mark.parametrize(
    "minutes, words", [(-16, "Signature expired: "), (16, "Signature not yet current: ")]
)
def test_signatures_of_another_time(server, api, user, minutes, words):
    _, keys = user(f"late-{minutes + 16}", may("Allow"))
    at = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
    at += datetime.timedelta(minutes=minutes)
    status, text = refused(ask(server, api, keys, at=at), "InvalidSignatureException")
    assert status == 403 and json.loads(text)["message"].startswith(words)


@pytest.mark.parametrize("seconds, is_expired", [(880, False), (920, True)])
def test_a_session_that_has_ended(own_server, tmp_path, seconds, is_expired):
    """Sessions last 15 minutes at least, so the server's clock is put ahead."""
    signed = {"x-amazon-apigateway-auth": {"type": "AWS_IAM"}}
    own = {"EXPIRED_TOKEN": {"responseParameters": {"gatewayresponse.header.X-Own": "'yes'"}}}
    paths = {"/": {"get": method(mock("in"), **signed)}}
    more = {"x-amazon-apigateway-gateway-responses": own}
    built_in, customised = deploy(own_server, "a", paths), deploy(own_server, "b", paths, **more)
    iam = own_server.client("api", "iam")
    role = iam.create_role(RoleName="ends", AssumeRolePolicyDocument=json.dumps(TRUSTED))["Role"]
    iam.put_role_policy(RoleName="ends", PolicyName="p", PolicyDocument=policy(may("Allow")))
    session = own_server.client("api", "sts").assume_role(
        RoleArn=role["Arn"], RoleSessionName="once", DurationSeconds=900
    )["Credentials"]
    keys = session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"]
    assert own_server.stop() == 0
    own_server.environment = clock.ahead(tmp_path, seconds)
    own_server.start()
    at = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
    at += datetime.timedelta(seconds=seconds)
    got = ask(own_server, built_in, keys, at=at)
    if not is_expired:
        assert got.status_code == 200, got.text
        return
    want = (403, '{"message":"The security token included in the request is expired"}')
    assert refused(got, "ExpiredTokenException") == want
    got = ask(own_server, customised, keys, at=at)
    assert (got.status_code, got.headers["X-Own"]) == (403, "yes")


def denied(arn, where, why):
    resource = f"arn:aws:execute-api:us-east-1:{'*' * 8}{API[-4:]}:{where}"
    text = f"User: {arn} is not authorized to perform: execute-api:Invoke on resource: {resource}"
    return 403, json.dumps({"Message": f"{text} {why}"}, separators=(",", ":"))


def test_denials_name_user_resource_and_why(server, api, user):
    arn, keys = user("nothing")
    why = "because no identity-based policy allows the execute-api:Invoke action"
    got = ask(server, api, keys)
    assert refused(got, "AccessDeniedException") == denied(arn, f"{api}/test/GET/", why)
    arn, keys = user("forbidden", may("Allow"), may("Deny"))
    why = "with an explicit deny in an identity-based policy"
    got = ask(server, api, keys)
    assert refused(got, "AccessDeniedException") == denied(arn, f"{api}/test/GET/", why)


def test_policies_are_about_the_actual_verb_and_path(server, api, user):
    where = f"arn:aws:execute-api:us-east-1:{API}:{api}/test/GET"
    _, root = user("root-only", may("Allow", f"{where}/"))
    _, one = user("one-only", may("Allow", f"{where}/deep/7"))
    _, template = user("template", may("Allow", f"{where}/deep/{{id}}"))
    assert ask(server, api, root).status_code == 200
    assert ask(server, api, root, "/deep/7").status_code == 403
    assert ask(server, api, one, "/deep/7").status_code == 200
    assert ask(server, api, one, "/deep/8").status_code == 403
    assert ask(server, api, one).status_code == 403
    assert ask(server, api, template, "/deep/7").status_code == 403


def joined(server, name, kind, statement):
    """An API whose method needs a signature, with one statement as its resource policy or none."""
    auth = {"x-amazon-apigateway-auth": {"type": kind}} if kind else {}
    document = {}
    if statement:
        document["x-amazon-apigateway-policy"] = {
            "Version": "2012-10-17",
            "Statement": [{"Principal": "*", **statement}],
        }
    arn = probe(server, name)
    return deploy(server, name, {"/": {"get": method(proxy(arn), **auth)}}, **document)


SAME = {  # identity, resource policy: what table A says
    ("allow", "none"): 200, ("allow", "allow"): 200, ("allow", "deny"): 403, ("allow", "other"): 200,
    ("neutral", "none"): 403, ("neutral", "allow"): 200, ("neutral", "deny"): 403,
    ("neutral", "other"): 403, ("deny", "none"): 403, ("deny", "allow"): 403, ("deny", "deny"): 403,
}
OTHER = {  # the same by table B
    ("allow", "none"): 403, ("allow", "allow"): 200, ("allow", "deny"): 403, ("allow", "other"): 403,
    ("neutral", "none"): 403, ("neutral", "allow"): 403, ("neutral", "deny"): 403,
    ("deny", "allow"): 403,
}
IDENTITIES = {"allow": [may("Allow")], "neutral": [], "deny": [may("Allow"), may("Deny")]}
RESOURCES = {
    "none": None,
    "allow": may("Allow", "execute-api:/*"),
    "deny": may("Deny", "execute-api:/*"),
    # Allows something else, so that there is a policy that is silent about the call.
    "other": may("Allow", "execute-api:/*/POST/elsewhere"),
}


@pytest.fixture(scope="module")
def by_policy(server):
    return {
        name: joined(server, f"joined-{name}", "AWS_IAM", statement)
        for name, statement in RESOURCES.items()
    }


@pytest.fixture(scope="module")
def by_identity(user):
    return {
        (profile, name): user(f"joined-{name}", *statements, profile=profile)[1]
        for profile in ("api", "functions")
        for name, statements in IDENTITIES.items()
    }


@pytest.mark.parametrize("identity, resource", SAME)
def test_table_a_within_an_account_either_policy_suffices(
    server, by_policy, by_identity, identity, resource
):
    got = ask(server, by_policy[resource], by_identity["api", identity])
    assert got.status_code == SAME[identity, resource], got.text


@pytest.mark.parametrize("identity, resource", OTHER)
def test_table_b_across_accounts_both_must_allow(
    server, by_policy, by_identity, identity, resource
):
    got = ask(server, by_policy[resource], by_identity["functions", identity])
    assert got.status_code == OTHER[identity, resource], got.text
    if got.status_code == 200:
        assert got.json()["requestContext"]["identity"]["accountId"] == FUNCTIONS


@pytest.mark.parametrize("resource, status", [("none", 200), ("allow", 200), ("deny", 403), ("other", 403)])
def test_without_authorizer_the_resource_policy_alone_decides(server, resource, status):
    api = joined(server, f"open-{resource}", None, RESOURCES[resource])
    got = send(server, api, "/")
    assert got.status == status
    if status == 403:
        where = f"arn:aws:execute-api:us-east-1:{'*' * 8}{API[-4:]}:{api}/test/GET/"
        text = "User: anonymous is not authorized to perform: execute-api:Invoke on resource: "
        why = " with an explicit deny in a resource-based policy" if resource == "deny" else ""
        assert got.json() == {"Message": f"{text}{where}{why}"}


CONDITIONS = {
    "aws:SourceIp": ({"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}, {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}),
    "aws:UserAgent": ({"StringEquals": {"aws:UserAgent": "me"}}, {"StringEquals": {"aws:UserAgent": "you"}}),
    "aws:Referer": ({"StringEquals": {"aws:Referer": "here"}}, {"StringEquals": {"aws:Referer": "there"}}),
    "aws:CurrentTime": (
        {"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}},
        {"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}},
    ),
    "aws:EpochTime": (
        {"NumericGreaterThan": {"aws:EpochTime": "1500000000"}},
        {"NumericLessThan": {"aws:EpochTime": "1500000000"}},
    ),
    "aws:SecureTransport": ({"Bool": {"aws:SecureTransport": "false"}}, {"Bool": {"aws:SecureTransport": "true"}}),
    # Nobody comes through a VPC endpoint, so what asks for one lets nobody in.
    "aws:SourceVpce": ({"Null": {"aws:SourceVpce": "true"}}, {"StringEquals": {"aws:SourceVpce": "vpce-1a2b"}}),
    "aws:SourceVpc": ({"Null": {"aws:SourceVpc": "true"}}, {"StringEquals": {"aws:SourceVpc": "vpc-1a2b"}}),
}


@pytest.mark.parametrize("key", CONDITIONS)
def test_condition_keys_of_resource_policies(server, key):
    for condition, status in zip(CONDITIONS[key], [200, 403], strict=True):
        statement = {**RESOURCES["allow"], "Condition": condition}
        api = joined(server, f"condition-{key.replace(':', '-')}-{status}", None, statement)
        got = send(server, api, "/", headers={"User-Agent": "me", "Referer": "here"})
        assert got.status == status, (condition, got.text)


def test_condition_keys_about_who_signed(server):
    """Keys that there are for signed callers alone; each is true of one of them and false of others."""
    iam = server.client("api", "iam")
    tags = [{"Key": "team", "Value": "blue"}]
    user = iam.create_user(UserName="asked-about", Tags=tags)["User"]
    made = iam.create_access_key(UserName="asked-about")["AccessKey"]
    by_user = made["AccessKeyId"], made["SecretAccessKey"]
    role = iam.create_role(
        RoleName="asked-about", AssumeRolePolicyDocument=json.dumps(TRUSTED),
        Tags=[{"Key": "team", "Value": "red"}],
    )["Role"]
    made = server.client("api", "sts").assume_role(RoleArn=role["Arn"], RoleSessionName="once")
    made = made["Credentials"]
    by_role = made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"]
    gateway = server.client("api", "apigateway")
    api = joined(server, "about-who-signed", "AWS_IAM", None)
    for condition, users, roles in [
        ({"StringEquals": {"aws:PrincipalAccount": API}}, 200, 200),
        ({"StringEquals": {"aws:PrincipalAccount": FUNCTIONS}}, 403, 403),
        ({"ArnEquals": {"aws:PrincipalArn": user["Arn"]}}, 200, 403),
        ({"ArnEquals": {"aws:PrincipalArn": role["Arn"]}}, 403, 200),
        ({"StringEquals": {"aws:PrincipalType": "User"}}, 200, 403),
        ({"StringEquals": {"aws:PrincipalType": "AssumedRole"}}, 403, 200),
        ({"StringEquals": {"aws:userid": user["UserId"]}}, 200, 403),
        ({"StringEquals": {"aws:userid": f"{role['RoleId']}:once"}}, 403, 200),
        ({"StringEquals": {"aws:username": "asked-about"}}, 200, 403),
        ({"StringEquals": {"aws:PrincipalTag/team": "blue"}}, 200, 403),
        ({"StringEquals": {"aws:PrincipalTag/team": "red"}}, 403, 200),
        ({"DateGreaterThan": {"aws:TokenIssueTime": "2020-01-01T00:00:00Z"}}, 403, 200),
        ({"Bool": {"aws:MultiFactorAuthPresent": "false"}}, 403, 200),
        ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, 403, 403),
        ({"Null": {"aws:PrincipalOrgID": "true"}}, 200, 200),
        ({"Null": {"aws:SourceArn": "false"}}, 403, 403),
    ]:
        statement = {"Principal": "*", **RESOURCES["allow"], "Condition": condition}
        change = patch(("replace", "/policy", policy(statement)))
        gateway.update_rest_api(restApiId=api, patchOperations=change)
        release(server, api)
        found = ask(server, api, by_user).status_code, ask(server, api, by_role).status_code
        assert found == (users, roles), condition


def test_saving_expands_shorthands_and_shortens_lists_of_one(server):
    gateway = server.client("api", "apigateway")
    document = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": "*",
                "Action": ["execute-api:Invoke"],
                "Resource": ["execute-api:/test/GET/pets"],
            }
        ],
    }
    api = gateway.create_rest_api(name="expanded", policy=json.dumps(document))["id"]
    saved = gateway.get_rest_api(restApiId=api)["policy"]
    (statement,) = json.loads(saved.replace('\\"', '"'))["Statement"]
    assert statement["Action"] == "execute-api:Invoke"
    where = f"arn:aws:execute-api:us-east-1:{API}:{api}/test/GET/pets"
    assert statement["Resource"] == where


def test_a_method_arn_over_1600_bytes_is_414(server, api):
    fixed = len(f"arn:aws:execute-api:us-east-1:{API}:{api}/test/GET/deep/")
    for extra, status in [(0, 403), (1, 414)]:
        path = "/deep/" + "x" * (1_600 - fixed + extra)
        assert send(server, api, path).status == status
