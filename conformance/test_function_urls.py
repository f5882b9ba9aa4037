"""Function URLs: made with boto3, called over HTTP."""

import json
import shutil
import subprocess
import urllib.parse

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import pytest
import requests
from botocore.exceptions import ClientError
from conftest import API, FUNCTIONS, cli, function

ECHO = """export const handler = async (event) => {
  if (event.rawPath === '/fail') throw new Error('no');
  if (event.rawPath === '/text') return 'plain';
  if (event.rawPath === '/cookies') return {
    statusCode: 201, cookies: ['a=1', 'b=2; Secure'], headers: {'Content-Type': 'text/html'},
    body: Buffer.from('<b>').toString('base64'), isBase64Encoded: true,
  };
  return event;
};
"""
FORBIDDEN = (
    '{"Message":"Forbidden. For troubleshooting Function URL authorization issues, see: '
    'https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"}'
)


def url_of(server, name, auth="NONE", profile="functions", **more):
    """The URL of a new function."""
    function(server, profile, name, ECHO)
    client = server.client(profile, "lambda")
    return client.create_function_url_config(FunctionName=name, AuthType=auth, **more)["FunctionUrl"]


def allow(server, name, auth="NONE", principal="*", **more):
    """The two statements that a function URL needs."""
    client = server.client("functions", "lambda")
    client.add_permission(
        FunctionName=name, StatementId="FunctionURLAllowPublicAccess", Principal=principal,
        Action="lambda:InvokeFunctionUrl", FunctionUrlAuthType=auth, **more,
    )
    client.add_permission(
        FunctionName=name, StatementId="FunctionURLInvokeAllowPublicAccess", Principal=principal,
        Action="lambda:InvokeFunction", InvokedViaFunctionUrl=True, **more,
    )


def call(server, url, path="", method="GET", headers=None, **more):
    """A request whose host name need not be resolved."""
    host = urllib.parse.urlsplit(url).netloc
    target = server.url + "/" + path
    headers = {"Host": host, **(headers or {})}
    return requests.request(method, target, headers=headers, timeout=60, **more)


def signed(server, url, keys, path="", service="lambda"):
    """The same, signed."""
    credentials = botocore.credentials.Credentials(*keys)
    request = botocore.awsrequest.AWSRequest("GET", url + path)
    botocore.auth.SigV4Auth(credentials, service, "us-east-1").add_auth(request)
    return call(server, url, path, headers=dict(request.headers))


def test_a_url_needs_both_statements(server):
    url = url_of(server, "url-public")
    client = server.client("functions", "lambda")
    refused = call(server, url)
    assert (refused.status_code, refused.text) == (403, FORBIDDEN)
    assert refused.headers["x-amzn-ErrorType"] == "AccessDeniedException"
    assert len(refused.headers["x-amzn-RequestId"]) == 36
    allow(server, "url-public")
    answer = call(server, url, "a%20b?x=1&x=2", headers={"X-Two": "1"})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    event = answer.json()
    assert event["version"] == "2.0"
    assert event["rawPath"] == "/a%20b"
    assert event["queryStringParameters"] == {"x": "1,2"}
    assert event["requestContext"]["accountId"] == "anonymous"
    assert event["requestContext"]["requestId"] == answer.headers["x-amzn-RequestId"]
    assert event["headers"]["x-two"] == "1"
    client.remove_permission(
        FunctionName="url-public", StatementId="FunctionURLInvokeAllowPublicAccess"
    )
    assert call(server, url).status_code == 403


def test_the_url_works_as_it_is_given(server):
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")
    url = url_of(server, "url-as-given")
    allow(server, "url-as-given")
    done = subprocess.run(["curl", "-sS", url + "text"], capture_output=True, text=True, timeout=60)
    assert done.stdout == "plain", done.stderr


def test_answers(server):
    url = url_of(server, "url-answers")
    allow(server, "url-answers")
    text = call(server, url, "text")
    assert (text.status_code, text.text) == (200, "plain")
    made = call(server, url, "cookies")
    assert (made.status_code, made.text) == (201, "<b>")
    assert made.raw.headers.getlist("Set-Cookie") == ["a=1", "b=2; Secure"]
    assert made.headers["Content-Type"] == "text/html"
    failed = call(server, url, "fail")
    assert (failed.status_code, failed.text) == (502, "Internal Server Error")
    event = call(server, url, method="POST", data=b"\x00\x01").json()
    assert (event["body"], event["isBase64Encoded"]) == ("AAE=", True)
    event = call(server, url, method="PUT", json={"a": 1}).json()
    assert (json.loads(event["body"]), event["isBase64Encoded"]) == ({"a": 1}, False)
    large = call(server, url, method="POST", data=b"x" * 6_291_457)
    assert large.status_code == 413
    server.client("functions", "lambda").put_function_concurrency(
        FunctionName="url-answers", ReservedConcurrentExecutions=0
    )
    assert call(server, url).status_code == 429


def test_signed_urls(server):
    url = url_of(server, "url-signed", "AWS_IAM")
    assert (call(server, url).status_code, call(server, url).text) == (403, FORBIDDEN)
    event = signed(server, url, server.keys("functions"), "x?b=2&a=1").json()
    iam = event["requestContext"]["authorizer"]["iam"]
    assert iam["userArn"] == f"arn:aws:iam::{FUNCTIONS}:user/admin"
    assert iam["accountId"] == event["requestContext"]["accountId"] == FUNCTIONS
    # Another account needs the function's policy too.
    assert signed(server, url, server.keys("api")).text == FORBIDDEN
    allow(server, "url-signed", "AWS_IAM", API)
    assert signed(server, url, server.keys("api")).status_code == 200
    wrong = signed(server, url, server.keys("functions"), service="execute-api")
    assert wrong.status_code == 403
    key, secret = server.keys("functions")
    wrong = signed(server, url, (key, secret[::-1]))
    assert wrong.status_code == 403 and "signature" in wrong.json()["message"]


def test_a_user_needs_both_actions(server):
    url = url_of(server, "url-user", "AWS_IAM")
    iam = server.client("functions", "iam")
    iam.create_user(UserName="url-user")
    key = iam.create_access_key(UserName="url-user")["AccessKey"]
    keys = key["AccessKeyId"], key["SecretAccessKey"]
    arn = f"arn:aws:lambda:us-east-1:{FUNCTIONS}:function:url-user"

    def grant(*statements):
        statements = [{"Effect": "Allow", "Resource": arn, **one} for one in statements]
        document = {"Version": "2012-10-17", "Statement": statements}
        iam.put_user_policy(UserName="url-user", PolicyName="p", PolicyDocument=json.dumps(document))

    of_type = {"StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}}
    by_url = {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}}
    call_url = {"Action": "lambda:InvokeFunctionUrl", "Condition": of_type}
    invoke = {"Action": "lambda:InvokeFunction", "Condition": by_url}
    for statements, status in [([call_url], 403), ([invoke], 403), ([call_url, invoke], 200)]:
        grant(*statements)
        assert signed(server, url, keys).status_code == status, statements
    # The same statements do not allow Invoke.
    client = server.client("functions", "lambda", aws_access_key_id=keys[0], aws_secret_access_key=keys[1])
    with pytest.raises(ClientError, match="AccessDenied"):
        client.invoke(FunctionName="url-user")
    client = server.client("functions", "lambda")
    client.delete_function_url_config(FunctionName="url-user")
    assert signed(server, url, keys).status_code == 404


def test_pages_of_other_origins(server):
    cors = {"AllowOrigins": ["https://a.example"], "AllowMethods": ["*"], "AllowHeaders": ["x-a"],
            "ExposeHeaders": ["x-b"], "MaxAge": 60, "AllowCredentials": True}
    url = url_of(server, "url-cors", Cors=cors)
    allow(server, "url-cors")
    preflight = {"Origin": "https://a.example", "Access-Control-Request-Method": "PUT"}
    told = call(server, url, method="OPTIONS", headers=preflight)
    assert (told.status_code, told.text) == (200, "")
    assert told.headers["Access-Control-Allow-Origin"] == "https://a.example"
    assert told.headers["Access-Control-Allow-Methods"] == "*"
    assert told.headers["Access-Control-Max-Age"] == "60"
    answer = call(server, url, "text", headers={"Origin": "https://a.example"})
    assert answer.text == "plain"
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"
    assert answer.headers["Access-Control-Expose-Headers"] == "x-b"
    other = call(server, url, "text", headers={"Origin": "https://b.example"})
    assert "Access-Control-Allow-Origin" not in other.headers


def test_urls_of_aliases_outlive_a_restart(own_server):
    server = own_server
    function(server, "functions", "url-alias", ECHO)
    client = server.client("functions", "lambda")
    version = client.publish_version(FunctionName="url-alias")["Version"]
    client.create_alias(FunctionName="url-alias", Name="live", FunctionVersion=version)
    url = client.create_function_url_config(
        FunctionName="url-alias", Qualifier="live", AuthType="NONE"
    )["FunctionUrl"]
    allow(server, "url-alias", Qualifier="live")
    assert call(server, url, "text").text == "plain"
    server.stop()
    server.start()
    assert call(server, url, "text").text == "plain"
    client = server.client("functions", "lambda")
    listed = client.list_function_url_configs(FunctionName="url-alias")["FunctionUrlConfigs"]
    assert [one["FunctionArn"].rsplit(":", 1)[1] for one in listed] == ["live"]
    client.delete_alias(FunctionName="url-alias", Name="live")
    assert call(server, url, "text").status_code == 404


@pytest.mark.parametrize("version", ["1", "2"])
def test_cli(version, server):
    program = cli(version)
    name = f"url-cli-{version}"
    function(server, "functions", name, ECHO)
    done = subprocess.run(
        [program, "--endpoint-url", server.url, "lambda", "create-function-url-config",
         "--function-name", name, "--auth-type", "NONE", "--query", "FunctionUrl", "--output", "text"],
        env=server.environ("functions"), capture_output=True, text=True, timeout=120,
    )
    assert done.returncode == 0, done.stderr
    allow(server, name)
    assert call(server, done.stdout.strip(), "text").text == "plain"
