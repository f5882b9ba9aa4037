"""Wrong secrets, unknown keys, expired tokens, changed bodies, unsigned calls: AWS's codes, nothing done."""

import datetime

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import botocore.exceptions
import pytest
import requests
from conftest import API

IDENTITY = "Action=GetCallerIdentity&Version=2011-06-15"
FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}


def signed(server, method, path, body, service, key, secret, token=None, at=None, headers=None):
    """A signed request, ready to be spoilt and sent."""
    request = botocore.awsrequest.AWSRequest(
        method=method, url=server.url + path, data=body, headers=headers or {}
    )
    credentials = botocore.credentials.Credentials(key, secret, token)
    signer = botocore.auth.SigV4Auth(credentials, service, "us-east-1")
    if at is None:
        signer.add_auth(request)
    else:
        real = botocore.auth.get_current_datetime
        botocore.auth.get_current_datetime = lambda remove_tzinfo=True: at
        try:
            signer.add_auth(request)
        finally:
            botocore.auth.get_current_datetime = real
    return request.prepare()


def send(prepared, body=None):
    return requests.request(
        prepared.method, prepared.url, data=body if body is not None else prepared.body,
        headers=dict(prepared.headers), timeout=30,
    )


def sts(server, **spoilt):
    key, secret = server.keys("api")
    settings = {"key": key, "secret": secret, **spoilt}
    return send(signed(server, "POST", "/", IDENTITY, "sts", headers=FORM, **settings))


def create_api(server, body=b'{"name":"never"}', **spoilt):
    key, secret = server.keys("api")
    settings = {"key": key, "secret": secret, **spoilt}
    headers = {"Content-Type": "application/json"}
    return signed(server, "POST", "/restapis", body, "apigateway", headers=headers, **settings)


def nothing_was_made(server):
    names = [one["name"] for one in server.client("api", "apigateway").get_rest_apis(limit=500)["items"]]
    assert "never" not in names


def test_a_good_signature_passes(server):
    answer = sts(server)
    assert answer.status_code == 200 and f"<Account>{API}</Account>" in answer.text


def test_wrong_secret(server):
    answer = sts(server, secret="x" * 40)
    assert answer.status_code == 403 and "<Code>SignatureDoesNotMatch</Code>" in answer.text
    answer = send(create_api(server, secret="x" * 40))
    assert answer.status_code == 403
    assert answer.headers["x-amzn-ErrorType"].startswith("InvalidSignatureException")
    nothing_was_made(server)


def test_unknown_key(server):
    answer = sts(server, key="AKIATHPL2AOHFMBENCWP")
    assert answer.status_code == 403 and "<Code>InvalidClientTokenId</Code>" in answer.text
    assert "The security token included in the request is invalid" in answer.text
    answer = send(create_api(server, key="AKIATHPL2AOHFMBENCWP"))
    assert answer.headers["x-amzn-ErrorType"].startswith("UnrecognizedClientException")
    nothing_was_made(server)


def test_changed_body(server):
    answer = send(create_api(server, body=b'{"name":"other"}'), body=b'{"name":"never"}')
    assert answer.status_code == 403
    assert answer.headers["x-amzn-ErrorType"].startswith("InvalidSignatureException")
    nothing_was_made(server)


def test_unsigned(server):
    answer = requests.post(server.url + "/restapis", json={"name": "never"}, timeout=30)
    assert answer.status_code == 403
    assert answer.headers["x-amzn-ErrorType"].startswith("MissingAuthenticationTokenException")
    answer = requests.post(server.url + "/", data=IDENTITY, headers=FORM, timeout=30)
    assert answer.status_code == 403 and "<Code>MissingAuthenticationToken</Code>" in answer.text
    nothing_was_made(server)


@pytest.mark.parametrize("minutes", [-16, 16])
def test_clock_skew_beyond_fifteen_minutes(server, minutes):
    now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    answer = sts(server, at=now + datetime.timedelta(minutes=minutes))
    assert answer.status_code == 403 and "<Code>SignatureDoesNotMatch</Code>" in answer.text
    assert ("Signature expired" if minutes < 0 else "Signature not yet current") in answer.text


@pytest.mark.parametrize("minutes", [-14, 14])
def test_clock_skew_within_fifteen_minutes(server, minutes):
    now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    assert sts(server, at=now + datetime.timedelta(minutes=minutes)).status_code == 200


def test_session_token_of_another_key_and_forged_tokens(server):
    session = server.client("api", "sts").get_session_token()["Credentials"]
    good = {"key": session["AccessKeyId"], "secret": session["SecretAccessKey"]}
    token = session["SessionToken"]
    assert sts(server, token=token, **good).status_code == 200
    flipped = token[:-10] + ("A" if token[-10] != "A" else "B") + token[-9:]
    for bad in [flipped, token[: len(token) // 2], "x", None]:
        answer = sts(server, token=bad, **good)
        assert answer.status_code == 403 and "InvalidClientTokenId" in answer.text, bad
    other = server.client("functions", "sts").get_session_token()["Credentials"]
    answer = sts(server, key=other["AccessKeyId"], secret=other["SecretAccessKey"], token=token)
    assert answer.status_code == 403


def test_deactivated_key_stops_at_once(server):
    iam = server.client("api", "iam")
    iam.create_user(UserName="shortlived")
    key = iam.create_access_key(UserName="shortlived")["AccessKey"]
    keys = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
    client = server.client("api", "sts", **keys)
    assert client.get_caller_identity()["Arn"].endswith(":user/shortlived")
    iam.update_access_key(UserName="shortlived", AccessKeyId=key["AccessKeyId"], Status="Inactive")
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        client.get_caller_identity()
    assert refused.value.response["Error"]["Code"] == "InvalidClientTokenId"


def test_user_without_policies_is_denied_in_awss_words(server):
    iam = server.client("api", "iam")
    iam.create_user(UserName="powerless")
    key = iam.create_access_key(UserName="powerless")["AccessKey"]
    keys = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        server.client("api", "apigateway", **keys).get_rest_apis()
    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
    assert refused.value.response["Error"]["Message"] == (
        f"User: arn:aws:iam::{API}:user/powerless is not authorized to perform: apigateway:GET on resource: "
        "arn:aws:apigateway:us-east-1::/restapis because no identity-based policy allows the apigateway:GET action"
    )


def test_test_credentials_sign_as_root_and_nothing_else_does(server):
    keys = {"aws_access_key_id": "333333333333", "aws_secret_access_key": "test"}
    identity = server.client("api", "sts", **keys).get_caller_identity()
    assert identity["Arn"] == "arn:aws:iam::333333333333:root"
    keys["aws_secret_access_key"] = "wrong"
    with pytest.raises(botocore.exceptions.ClientError):
        server.client("api", "sts", **keys).get_caller_identity()


def test_presigned_url(server):
    url = server.client("api", "sts").generate_presigned_url(
        "get_caller_identity", ExpiresIn=60, HttpMethod="GET"
    )
    assert requests.get(url, timeout=30).status_code == 200
    spoilt = url.replace("GetCallerIdentity", "GetSessionToken")
    assert requests.get(spoilt, timeout=30).status_code == 403
