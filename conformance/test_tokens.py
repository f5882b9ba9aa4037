"""Tokens of issuers open APIs and roles, and nothing but good tokens does."""

import json
import time

import boto3
import botocore.config
import pytest
from botocore import UNSIGNED
from botocore.exceptions import ClientError
from conftest import Crossway
from issuer import issuer

POOL = "arn:aws:cognito-idp:us-east-1:111111111111:userpool/us-east-1_AbCdEfGhI"
UNAUTHORIZED = (401, '{"message":"Unauthorized"}')
ECHO = '{"sub": "$context.authorizer.claims.sub", "tenant": "$context.authorizer.claims.tenant"}'


@pytest.fixture(scope="module")
def idp():
    with issuer() as running:
        yield running


@pytest.fixture(scope="module")
def home(tmp_path_factory, idp):
    """A server where the issuer stands for a user pool."""
    data = tmp_path_factory.mktemp("tokens") / "data"
    crossway = Crossway(data, "--ephemeral", "--user-pool", f"{POOL}={idp.url}")
    yield crossway
    assert crossway.stop() == 0


def method(gateway, api, parent, part, authorizer, kind, scopes=()):
    """`GET /part`, answered by a mock that tells claims."""
    resource = gateway.create_resource(restApiId=api, parentId=parent, pathPart=part)["id"]
    where = {"restApiId": api, "resourceId": resource, "httpMethod": "GET"}
    gateway.put_method(
        authorizationType=kind, authorizerId=authorizer, authorizationScopes=list(scopes), **where
    )
    gateway.put_integration(
        type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'}, **where
    )
    gateway.put_method_response(statusCode="200", **where)
    gateway.put_integration_response(
        statusCode="200", responseTemplates={"application/json": ECHO}, **where
    )


def guarded(home, name, kind, **authorizer):
    """A deployed API with `/open` (no scopes) and `/scoped` (`read` or `write`)."""
    gateway = home.client("api", "apigateway")
    api = gateway.create_rest_api(name=name)["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    made = gateway.create_authorizer(
        restApiId=api,
        name=name,
        type=kind,
        identitySource="method.request.header.Authorization",
        **authorizer,
    )["id"]
    method(gateway, api, root, "open", made, kind)
    method(gateway, api, root, "scoped", made, kind, ["read", "write"])
    gateway.create_deployment(restApiId=api, stageName="test")
    return api, made


@pytest.fixture(scope="module")
def cognito(home):
    return guarded(home, "cognito", "COGNITO_USER_POOLS", providerARNs=[POOL])




def configuration(idp, **more):
    claim = {"claimName": "tenant", "format": "SINGLE_STRING", "required": False}
    claim["expectedValues"] = ["acme"]
    one = {"issuer": idp.url, "audiences": ["api"], "additionalClaims": [claim], **more}
    return {"issuers": [one], "defaultAlgorithms": ["RS256"]}


@pytest.fixture(scope="module")
def jwt(home, idp):
    return guarded(home, "jwt", "JWT", jwtConfiguration=configuration(idp))


def ask(home, api, token, path="/open"):
    headers = {"Authorization": token} if token is not None else {}
    got = home.get(api, path, headers=headers)
    return got.status_code, got.text


def good(idp, kind, **claims):
    """A token that the authorizer of a kind lets in without scopes."""
    base = {"aud": "client", "token_use": "id"} if kind == "cognito" else {"aud": "api"}
    return idp.token(**{**base, **claims})


def test_keys_that_cannot_be_had_are_an_authorizer_failure(home):
    with issuer() as gone:
        api, _ = guarded(home, "gone", "JWT", jwtConfiguration=configuration(gone))
        tokens = [good(gone, "jwt") for _ in range(2)]
        gone.published = []
    for token in tokens:
        answer = home.get(api, "/open", headers={"Authorization": token})
        assert answer.status_code == 500
        assert answer.headers["x-amzn-ErrorType"] == "AuthorizerFailureException"
    assert ask(home, api, None) == UNAUTHORIZED


@pytest.fixture(params=["cognito", "jwt"])
def kind(request):
    return request.param


@pytest.fixture
def api(request, kind):
    return request.getfixturevalue(kind)[0]


def test_a_good_token_comes_in_and_its_claims_reach_the_backend(home, idp, kind, api):
    token = good(idp, kind, tenant="acme")
    status, text = ask(home, api, token)
    assert status == 200
    assert json.loads(text) == {"sub": "somebody", "tenant": "acme"}
    assert ask(home, api, f"Bearer {token}")[0] == 200


@pytest.mark.parametrize("token", [None, "", "x", "a.b.c", "Bearer", "e30.e30.e30", "ey" * 5_000])
def test_no_token_and_no_token_at_all_are_unauthorized(home, api, token):
    status, text = ask(home, api, token)
    assert (status, text) == UNAUTHORIZED or (token == "ey" * 5_000 and status in (401, 431))


def test_a_token_of_another_issuer_is_unauthorized(home, idp, kind, api):
    assert ask(home, api, good(idp, kind, iss="https://example.org")) == UNAUTHORIZED
    assert ask(home, api, good(idp, kind, iss=f"{idp.url}/")) == UNAUTHORIZED


@pytest.mark.parametrize(
    "header",
    [{"alg": "none"}, {"alg": "HS256"}, {"alg": "RS512"}, {"crit": ["x"], "x": 1}],
    ids=str,
)
def test_other_algorithms_are_unauthorized(home, idp, kind, api, header):
    base = {"aud": "client", "token_use": "id"} if kind == "cognito" else {"aud": "api"}
    assert ask(home, api, idp.token(header=header, **base)) == UNAUTHORIZED


def test_a_key_in_the_token_itself_is_not_believed(home, idp, kind, api):
    base = {"aud": "client", "token_use": "id"} if kind == "cognito" else {"aud": "api"}
    own = idp.ask(kid="mine")
    token = idp.token(kid="mine", header={"jwk": own, "jku": f"{idp.url}/keys"}, **base)
    assert ask(home, api, token) == UNAUTHORIZED


def test_a_token_with_a_changed_payload_is_unauthorized(home, idp, kind, api):
    token, other = good(idp, kind), good(idp, kind, sub="another")
    head, _, signature = token.split(".")
    assert ask(home, api, f"{head}.{other.split('.')[1]}.{signature}") == UNAUTHORIZED


def test_an_expired_token(home, idp, kind, api):
    status, text = ask(home, api, good(idp, kind, exp=int(time.time()) - 60))
    want = "The incoming token has expired" if kind == "cognito" else "Unauthorized"
    assert (status, text) == (401, f'{{"message":"{want}"}}')


def test_a_token_that_is_not_good_yet(home, idp, kind, api):
    assert ask(home, api, good(idp, kind, nbf=int(time.time()) + 600)) == UNAUTHORIZED


def test_a_new_key_is_found_once_it_is_published(home, idp, kind, api):
    name = f"rotated-{kind}"
    token = good(idp, kind, kid=name)
    assert ask(home, api, token) == UNAUTHORIZED
    idp.published.append(name)
    deadline = time.monotonic() + 30
    while ask(home, api, token)[0] != 200:
        assert time.monotonic() < deadline


def test_cognito_scopes_want_an_access_token(home, idp, cognito):
    api, _ = cognito
    access = {"token_use": "access", "client_id": "client", "aud": None}
    assert ask(home, api, idp.token(scope="read other", **access), "/scoped")[0] == 200
    assert ask(home, api, idp.token(scope="other", **access), "/scoped") == UNAUTHORIZED
    assert ask(home, api, good(idp, "cognito", scope="read"), "/scoped") == UNAUTHORIZED
    assert ask(home, api, idp.token(scope="read", **access)) == UNAUTHORIZED, "no ID token"


def test_jwt_scopes_are_in_scope_or_scp(home, idp, jwt):
    api, _ = jwt
    for claims in [{"scope": "read"}, {"scope": "a write"}, {"scp": ["read"]}]:
        assert ask(home, api, good(idp, "jwt", **claims), "/scoped")[0] == 200, claims
    for claims in [{}, {"scope": "reads"}, {"scp": ["x"]}]:
        assert ask(home, api, good(idp, "jwt", **claims), "/scoped")[0] == 403, claims


@pytest.mark.parametrize("audience, status", [("api", 200), (["x", "api"], 200), ("x", 401)])
def test_jwt_audiences(home, idp, jwt, audience, status):
    assert ask(home, jwt[0], idp.token(aud=audience))[0] == status


@pytest.mark.parametrize(
    "tenant, status", [("acme", 200), (None, 200), ("other", 401), (["acme"], 401), ("Acme", 401)]
)
def test_jwt_additional_claims(home, idp, jwt, tenant, status):
    assert ask(home, jwt[0], idp.token(aud="api", tenant=tenant))[0] == status


@pytest.mark.parametrize(
    "change",
    [
        {"issuers": []},
        {"issuers": [{"issuer": "ftp://x", "audiences": ["api"]}]},
        {"issuers": [{"issuer": "http://127.0.0.1:1", "audiences": ["api"]}]},
        {"defaultAlgorithms": ["HS256"]},
        {"defaultAlgorithms": []},
    ],
    ids=str,
)
def test_jwt_configurations_that_cannot_be(home, idp, change):
    gateway = home.client("api", "apigateway")
    api = gateway.create_rest_api(name="refused")["id"]
    with pytest.raises(ClientError) as refused:
        gateway.create_authorizer(
            restApiId=api,
            name="refused",
            type="JWT",
            identitySource="method.request.header.Authorization",
            jwtConfiguration={**configuration(idp), **change},
        )
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert gateway.get_authorizers(restApiId=api).get("items", []) == []


def test_test_invoke_authorizer_shows_claims(home, idp, kind, request):
    api, authorizer = request.getfixturevalue(kind)
    gateway = home.client("api", "apigateway")
    headers = {"Authorization": good(idp, kind)}
    got = gateway.test_invoke_authorizer(restApiId=api, authorizerId=authorizer, headers=headers)
    assert got["clientStatus"] == 0, "success, in AWS's words"
    assert got["claims"]["sub"] == "somebody"
    headers = {"Authorization": "x"}
    got = gateway.test_invoke_authorizer(restApiId=api, authorizerId=authorizer, headers=headers)
    assert got["clientStatus"] == 401


def test_caches_of_authorizers_are_flushed(home, cognito):
    gateway = home.client("api", "apigateway")
    got = gateway.flush_stage_authorizers_cache(restApiId=cognito[0], stageName="test")
    assert got["ResponseMetadata"]["HTTPStatusCode"] == 202
    with pytest.raises(gateway.exceptions.NotFoundException):
        gateway.flush_stage_authorizers_cache(restApiId=cognito[0], stageName="none")


@pytest.fixture(scope="module")
def provider(home, idp):
    """An OIDC provider with the client `app`, and a role that trusts somebody of it."""
    iam = home.client("api", "iam")
    arn = iam.create_open_id_connect_provider(
        Url=idp.url, ClientIDList=["app"], ThumbprintList=["0" * 40]
    )["OpenIDConnectProviderArn"]
    host = arn.split("oidc-provider/")[1]
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Federated": arn},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {
                    "StringEquals": {f"{host}:sub": "somebody", f"{host}:aud": "app"}
                },
            }
        ],
    }
    role = iam.create_role(RoleName="federated", AssumeRolePolicyDocument=json.dumps(trust))
    return role["Role"]["Arn"]


def assume(home, role, token):
    """AssumeRoleWithWebIdentity, which nobody signs."""
    sts = boto3.client(
        "sts",
        region_name="us-east-1",
        endpoint_url=home.url,
        config=botocore.config.Config(signature_version=UNSIGNED, retries={"max_attempts": 0}),
    )
    return sts.assume_role_with_web_identity(
        RoleArn=role, RoleSessionName="web", WebIdentityToken=token
    )


def test_a_web_identity_assumes_the_role_that_trusts_it(home, idp, provider):
    got = assume(home, provider, idp.token(aud="app"))
    assert got["SubjectFromWebIdentityToken"] == "somebody"
    assert got["Audience"] == "app"
    keys = got["Credentials"]
    sts = home.client(
        "api",
        "sts",
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    who = sts.get_caller_identity()["Arn"]
    assert who == "arn:aws:sts::111111111111:assumed-role/federated/web"


@pytest.mark.parametrize(
    "claims, code",
    [
        ({"sub": "another"}, "AccessDenied"),
        ({"aud": "other"}, "InvalidIdentityToken"),
        ({"exp": 1_000_000_000}, "ExpiredTokenException"),
        ({"iss": "https://example.org"}, "InvalidIdentityToken"),
    ],
    ids=str,
)
def test_web_identities_that_the_role_does_not_trust(home, idp, provider, claims, code):
    with pytest.raises(ClientError) as refused:
        assume(home, provider, idp.token(**{"aud": "app", **claims}))
    assert refused.value.response["Error"]["Code"] == code


def test_a_web_identity_nobody_signed(home, idp, provider):
    with pytest.raises(ClientError) as refused:
        assume(home, provider, idp.token(aud="app", header={"alg": "none"}))
    assert refused.value.response["Error"]["Code"] == "InvalidIdentityToken"
