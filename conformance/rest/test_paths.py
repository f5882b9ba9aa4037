"""Every form of a path is authorized as the resource that it invokes."""

import json

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import pytest
from apis import backend, deploy, method, patch, probe, proxy, send
from conftest import API

# Forms of `/admin` that some server takes for it.
FORMS = """/admin /admin/ //admin /./admin /x/../admin /admin/. /admin/x/.. /%61dmin /adm%69n /admin%2F
/admin%2f /%2Fadmin /admin%00 /admin%20 /admin; /admin;x=1 /admin;/x /admin%3Bx /admin? /admin?x
/admin%3F /admin#x /admin%23 /ADMIN /Admin /admin%252F /%2561dmin /..%2Fadmin /x/..%2Fadmin
/x%2F..%2Fadmin /%2e/admin /x/%2e%2e/admin /admin\\ /\\admin /admin%5C /admin%0A /admin%0D%0A
/admin.json /admin%E2%80%8B /open/../admin /open/..%2Fadmin /open/%2e%2e/admin /open/%2E%2E%2Fadmin
/open//../admin /open\\..\\admin /.//admin ///admin /admin// /test/admin /test/../test/admin""".split()


@pytest.fixture(scope="module")
def api(server):
    """A policy that denies `admin` alone; literal, parameter and greedy resources beside it."""
    arn = probe(server, "paths")
    where = f"arn:aws:execute-api:us-east-1:{API}:*/test/GET"
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": effect, "Principal": "*", "Action": "execute-api:Invoke", "Resource": resource}
            for effect, resource in [("Allow", "execute-api:/*"), ("Deny", f"{where}/admin")]
        ],
    }
    get = {"get": method(proxy(arn))}
    paths = {"/": get, "/admin": get, "/{one}": get, "/{one}/{rest+}": get}
    return deploy(server, "paths", paths, **{"x-amazon-apigateway-policy": policy})


@pytest.mark.parametrize("form", FORMS)
def test_no_form_of_a_path_reaches_a_denied_resource(server, api, form):
    got = send(server, api, form)
    if got.status != 200:
        assert got.status in (400, 403, 404), got.text
        return
    event = got.json()
    assert event["resource"] != "/admin"


@pytest.mark.parametrize("form", FORMS)
def test_the_resource_that_is_authorized_is_the_one_invoked(server, form, by_form):
    """With only that form's own ARN allowed, the form still comes in, and as that resource."""
    api, asked = by_form
    got = send(server, api, form)
    if got.status != 200:
        assert got.status in (400, 403, 404)
        return
    event = got.json()
    named = event["requestContext"]["authorizer"]["methodArn"].split("/", 3)[3]
    filled = event["resource"]
    for name, value in (event["pathParameters"] or {}).items():
        filled = filled.replace(f"{{{name}}}", value).replace(f"{{{name}+}}", value)
    assert "/" + named == filled, (form, asked)


@pytest.fixture(scope="module")
def by_form(server):
    """An authorizer that shows for which ARN it was asked."""
    from conftest import lambda_uri

    guard = probe(
        server,
        "paths-guard",
        "export const handler = async (event) => ({ principalId: 'p', context: { methodArn:"
        " event.methodArn }, policyDocument: { Version: '2012-10-17', Statement: [{ Action:"
        " 'execute-api:Invoke', Effect: 'Allow', Resource: event.methodArn.replace(/[*?]/g, '?')"
        " }] } });",
    )
    definition = {
        "type": "apiKey",
        "name": "Unused",
        "in": "header",
        "x-amazon-apigateway-authtype": "custom",
        "x-amazon-apigateway-authorizer": {
            "type": "request",
            "authorizerUri": lambda_uri(guard),
            "authorizerResultTtlInSeconds": 0,
        },
    }
    get = {"get": method(proxy(probe(server, "paths-shown")), security=[{"guard": []}])}
    paths = {"/": get, "/admin": get, "/{one}": get, "/{one}/{rest+}": get}
    return deploy(server, "paths shown", paths, securityDefinitions={"guard": definition}), guard


AUTH = "x-amazon-apigateway-auth"


@pytest.fixture(scope="module")
def signed(server):
    """Signed methods, and keys of a user who may call all of them but `admin`."""
    get = {"get": method(proxy(probe(server, "paths-signed")), **{AUTH: {"type": "AWS_IAM"}})}
    paths = {"/": get, "/admin": get, "/{one}": get, "/{one}/{rest+}": get}
    api = deploy(server, "paths signed", paths)
    iam = server.client("api", "iam")
    iam.create_user(UserName="all-but-admin")
    statements = [
        {"Effect": effect, "Action": "execute-api:Invoke", "Resource": f"*/test/GET{where}"}
        for effect, where in [("Allow", "/*"), ("Deny", "/admin")]
    ]
    document = {"Version": "2012-10-17", "Statement": statements}
    iam.put_user_policy(
        UserName="all-but-admin", PolicyName="p",
        PolicyDocument=json.dumps(document).replace('"*/test', f'"arn:aws:execute-api:*:{API}:*/test'),
    )
    made = iam.create_access_key(UserName="all-but-admin")["AccessKey"]
    keys = botocore.credentials.Credentials(made["AccessKeyId"], made["SecretAccessKey"])
    return api, keys


@pytest.mark.parametrize("signer", ["SigV4Auth", "S3SigV4Auth"])
def test_no_form_of_a_signed_path_reaches_a_denied_resource(server, signed, signer):
    """Whether its signer takes dot segments away, as clients do, or signs the path as it is sent."""
    api, keys = signed
    host = f"{api}.execute-api.us-east-1.localhost:{server.port}"
    came_in = set()
    for form in FORMS:
        request = botocore.awsrequest.AWSRequest("GET", f"http://{host}/test{form}")
        getattr(botocore.auth, signer)(keys, "execute-api", "us-east-1").add_auth(request)
        got = send(server, api, form, headers=dict(request.headers))
        assert got.status in (200, 400, 403, 404), (form, got.text)
        if got.status == 200:
            came_in.add(form)
            assert got.json()["resource"] != "/admin", form
    assert "/ADMIN" in came_in, "who may come in does"


def test_no_form_of_a_path_passes_by_the_throttle_of_its_resource(server):
    get = {"get": method(proxy(probe(server, "paths-throttled")))}
    paths = {"/": get, "/admin": get, "/{one}": get, "/{one}/{rest+}": get}
    api = deploy(server, "paths throttled", paths)
    nothing = patch(
        ("replace", "/~1admin/GET/throttling/rateLimit", "0"),
        ("replace", "/~1admin/GET/throttling/burstLimit", "0"),
    )
    server.client("api", "apigateway").update_stage(
        restApiId=api, stageName="test", patchOperations=nothing
    )
    answers = {form: send(server, api, form) for form in FORMS}
    assert answers["/admin"].status == 429
    for form, got in answers.items():
        assert got.status in (200, 400, 403, 404, 429), (form, got.text)
        assert got.status != 200 or got.json()["resource"] != "/admin", form


def test_a_path_toward_a_backend_stays_below_the_integrations_own(server):
    """What a client writes into a path parameter cannot climb out of the backend's path."""
    with backend() as origin:
        uri = f"{origin.url}/inside/{{one}}"
        path = {"integration.request.path.one": "method.request.path.one"}
        integration = {"type": "http_proxy", "httpMethod": "GET", "uri": uri}
        integration["requestParameters"] = path
        declared = [{"in": "path", "name": "one", "required": True, "type": "string"}]
        api = deploy(
            server, "paths back", {"/{one}": {"get": method(integration, parameters=declared)}}
        )
        for form in ["..", "%2e%2e", "..%2Fadmin", "%2e%2e%2fadmin", "a%2F..%2F..%2Fadmin", "..;x"]:
            got = send(server, api, f"/{form}")
            assert (got.status, got.text) == (400, '{"message":"Bad Request"}'), form
        assert origin.received == []
        for form in ["...", "a..b", "%252e%252e", "a%2Fb", "..%3Fx"]:
            assert send(server, api, f"/{form}").status == 200, form
            target = origin.received[-1]["target"]
            assert target.startswith("/inside/") and target.count("/") == 2, target
