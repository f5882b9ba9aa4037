"""Rendering of mapping templates by the server: who may ask, what it tells, and that bombs end."""

import json
import uuid

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import requests


def render(server, keys, service="crossway", region="us-east-1", **asked):
    """Status and answer, signed with the keys; unsigned without."""
    request = botocore.awsrequest.AWSRequest(
        "POST",
        f"{server.url}/_crossway/render",
        data=json.dumps(asked),
        headers={"Content-Type": "application/json"},
    )
    if keys:
        credentials = botocore.credentials.Credentials(*keys)
        botocore.auth.SigV4Auth(credentials, service, region).add_auth(request)
    sent = request.prepare()
    answer = requests.post(sent.url, data=sent.body, headers=sent.headers, timeout=60)
    return answer.status_code, answer.json()


def user(server, *statements):
    iam, name = server.client("api", "iam"), f"render-{uuid.uuid4().hex[:8]}"
    iam.create_user(UserName=name)
    if statements:
        policy = {"Version": "2012-10-17", "Statement": list(statements)}
        iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=json.dumps(policy))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return key["AccessKeyId"], key["SecretAccessKey"]


def may_get(path, region="us-east-1"):
    return {
        "Effect": "Allow",
        "Action": "apigateway:GET",
        "Resource": f"arn:aws:apigateway:{region}::{path}",
    }


def test_a_template_is_rendered_with_everything_that_it_may_read(server):
    template = (
        "#set($context.responseOverride.status = 404)"
        "$input.path('$.pets[0].name') of $stageVariables.shop, $input.params('id'), "
        "$input.params('q'), $input.params('X-A'), $context.identity.sourceIp, "
        "$context.authorizer.claims.sub"
    )
    status, found = render(
        server,
        server.keys("api"),
        template=template,
        body='{"pets": [{"name": "Rex"}]}',
        path={"id": "7"},
        querystring={"q": ["1", "2"]},
        header={"X-A": ["b"]},
        stageVariables={"shop": "Main"},
        context={"identity.sourceIp": "192.0.2.1", "authorizer.claims.sub": "me"},
        trace=True,
    )
    assert status == 200
    assert found["output"] == "Rex of Main, 7, 2, b, 192.0.2.1, me"
    assert found["overrides"] == {"responseOverride.status": ["404"]}
    first = found["trace"][0]
    assert (first["line"], first["column"]) == (1, 45)
    assert (first["reference"], first["value"]) == ("$input.path('$.pets[0].name')", '"Rex"')
    assert "error" not in found


def test_errors_say_where(server):
    for template, body, line, column in [
        ("{\n  #if($a\n}", "", 3, 1),
        ("a\n$input.path('$.a').get(9)", '{"a": [1]}', 2, 20),
    ]:
        status, found = render(server, server.keys("api"), template=template, body=body)
        assert status == 200 and "output" not in found, found
        error = found["error"]
        assert error["message"] and (error["line"], error["column"]) == (line, column), error


def test_bombs_end_in_an_error(server):
    """The bounds of the data plane: work, output, rounds, the template's size."""
    nested = "#set($l = [1..1000])" + "#foreach($a in $l)" * 4 + "$a" + "#end" * 4
    doubled = '#set($s = "xxxxxxxx")' + '#set($s = "$s$s")' * 40 + "$s"
    large = "x" * (300 * 1024 + 1)
    endless = "#macro(m)#m()#end#m()" * 10 + "#set($l = [1..1000000000])#foreach($a in $l)$a#end"
    for template in [nested, doubled, large, endless]:
        status, found = render(server, server.keys("api"), template=template, trace=True)
        assert status == 200 and "output" not in found, str(found)[:200]
        assert found["error"]["message"]
        assert len(found["trace"] or []) <= 500
    status, found = render(server, server.keys("api"), template="x" * 300 * 1024)
    assert len(found["output"]) == 300 * 1024
    # The server is as it was.
    assert render(server, server.keys("api"), template="ok")[1]["output"] == "ok"


def test_who_may_get_apis_may_render(server):
    assert render(server, None, template="a")[0] == 403
    status, found = render(server, user(server), template="a")
    assert status == 403
    assert "apigateway:GET on resource: arn:aws:apigateway:us-east-1::/restapis" in str(found)
    assert render(server, user(server, may_get("/restapis")), template="a")[1]["output"] == "a"
    # One who may read one API renders for that one.
    one = user(server, may_get("/restapis/abc123"))
    assert render(server, one, template="a", restApiId="abc123")[1]["output"] == "a"
    assert render(server, one, template="a", restApiId="abc124")[0] == 403
    assert render(server, one, template="a")[0] == 403
    # Another Region, another verb.
    other = user(server, may_get("/restapis", "eu-west-1"))
    assert render(server, other, template="a")[0] == 403
    assert render(server, other, region="eu-west-1", template="a")[0] == 200
    writer = user(server, {**may_get("/restapis"), "Action": "apigateway:POST"})
    assert render(server, writer, template="a")[0] == 403
    # A signature for another service is none for this one.
    assert render(server, server.keys("api"), service="apigateway", template="a")[0] in (403, 404)
    assert render(server, server.keys("functions"), template="a")[0] == 200


def test_bad_input_is_refused(server):
    keys = server.keys("api")
    status, found = render(server, keys, template="a", context={"nothing.such": "x"})
    assert status == 400 and "$context.nothing.such" in found["message"]
    assert render(server, keys)[0] == 400
    assert render(server, keys, template=1)[0] == 400
    assert render(server, keys, template="a", restApiId="")[0] == 400
