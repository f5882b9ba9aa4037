"""SigV4a, signed by AWS's own runtime: one key pair, a set of regions."""

import boto3
import botocore.awsrequest
import botocore.config
import botocore.credentials
import botocore.exceptions
import pytest
import requests
from conftest import API, function, lambda_uri

pytest.importorskip("awscrt", reason="awscrt, AWS's common runtime, is not installed")
from botocore.crt.auth import CrtSigV4AsymAuth, CrtSigV4AsymQueryAuth  # noqa: E402

IDENTITY = "Action=GetCallerIdentity&Version=2011-06-15"
FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}


def sts(server, secret=None, regions="us-east-1", **more):
    key, own = server.keys("api")
    return boto3.client(
        "sts", region_name="us-east-1", endpoint_url=server.url, aws_access_key_id=key,
        aws_secret_access_key=secret or own,
        config=botocore.config.Config(
            auth_scheme_preference="sigv4a", sigv4a_signing_region_set=regions,
            retries={"max_attempts": 0},
        ), **more,
    )


def signed(server, method, url, service, regions, body="", headers=None, query=False, secret=None):
    """A request signed for `regions`, ready to be spoilt and sent."""
    key, own = server.keys("api")
    request = botocore.awsrequest.AWSRequest(
        method=method, url=url, data=body, headers=headers or {}
    )
    request.context["payload_signing_enabled"] = True
    credentials = botocore.credentials.Credentials(key, secret or own)
    auth = CrtSigV4AsymQueryAuth if query else CrtSigV4AsymAuth
    auth(credentials, service, regions).add_auth(request)
    return request.prepare()


def send(prepared, body=None, **headers):
    return requests.request(
        prepared.method, prepared.url, data=body if body is not None else prepared.body,
        headers={**dict(prepared.headers), **headers}, timeout=30,
    )


@pytest.mark.parametrize("regions", ["us-east-1", "*", "us-*", "eu-west-1,us-east-1"])
def test_a_client_that_prefers_sigv4a_is_known(server, regions):
    sent = []
    client = sts(server, regions=regions)
    client.meta.events.register("before-send.sts.*", lambda request, **_: sent.append(request))
    assert client.get_caller_identity()["Account"] == API
    assert sent[0].headers["Authorization"].startswith(b"AWS4-ECDSA-P256-SHA256 ")
    assert sent[0].headers["X-Amz-Region-Set"].decode() == regions


def test_session_credentials_sign_too(server):
    session = server.client("api", "sts").get_session_token()["Credentials"]
    client = boto3.client(
        "sts", region_name="us-east-1", endpoint_url=server.url,
        aws_access_key_id=session["AccessKeyId"],
        aws_secret_access_key=session["SecretAccessKey"],
        aws_session_token=session["SessionToken"],
        config=botocore.config.Config(auth_scheme_preference="sigv4a"),
    )
    assert client.get_caller_identity()["Account"] == API


def test_wrong_secrets_and_changed_requests_are_refused(server):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        sts(server, secret="wrong").get_caller_identity()
    assert caught.value.response["Error"]["Code"] == "SignatureDoesNotMatch"
    good = signed(server, "POST", server.url + "/", "sts", "us-east-1", IDENTITY, FORM)
    assert send(good).status_code == 200
    assert send(good, IDENTITY + "&x=1").status_code == 403
    assert send(good, **{"X-Amz-Region-Set": "*"}).status_code == 403
    other = signed(server, "POST", server.url + "/", "lambda", "us-east-1", IDENTITY, FORM)
    assert send(other).status_code != 200


def test_the_region_set_must_cover_an_apis_region(server):
    arn = function(server, "api", "v4a")
    gateway = server.client("api", "apigateway")
    api = gateway.create_rest_api(name="v4a")["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    where = {"restApiId": api, "resourceId": root, "httpMethod": "GET"}
    gateway.put_method(authorizationType="AWS_IAM", **where)
    gateway.put_integration(
        type="AWS_PROXY", integrationHttpMethod="POST", uri=lambda_uri(arn), **where
    )
    server.client("api", "lambda").add_permission(
        FunctionName=arn, StatementId="v4a", Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
    )
    gateway.create_deployment(restApiId=api, stageName="test")
    url = f"{server.url}/_aws/execute-api/{api}/test/"
    for regions, status in [("us-east-1", 200), ("*", 200), ("us-*,eu-*", 200),
                            ("eu-west-1", 403), ("eu-*", 403)]:
        for query in (False, True):
            got = send(signed(server, "GET", url, "execute-api", regions, query=query))
            assert got.status_code == status, (regions, query, got.text)
            if status == 403:
                assert "Credential should be scoped to a valid region" in got.text
    presigned = signed(server, "GET", url, "execute-api", "us-east-1", query=True)
    assert requests.get(presigned.url.replace("us-east-1", "%2A"), timeout=30).status_code == 403
    wrong = signed(server, "GET", url, "execute-api", "us-east-1", secret="wrong")
    assert send(wrong).status_code == 403
