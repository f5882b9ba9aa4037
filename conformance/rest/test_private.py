"""Private APIs: reached from networks that the operator named, and from nowhere else."""

import http.client
import json
import socket

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import pytest
from apis import deploy, method, mock, patch, release
from botocore.exceptions import ClientError
from conftest import Crossway

FORBIDDEN = (403, {"message": "Forbidden"})
BLUE, RED, OUTSIDE = "127.0.0.2", "127.0.0.8", "127.0.0.1"
ENDPOINTS = ["vpce-0b1ue", "vpce-0red"]
WHERE = '{"ip":"$context.identity.sourceIp","vpc":"$context.identity.vpcId","vpce":"$context.identity.vpceId"}'


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server whose operator named two VPC endpoints."""
    flags = ["--vpc-endpoint", f"vpce-0b1ue=vpc-01=127.0.0.2/31,{BLUE}"]
    flags += ["--vpc-endpoint", f"vpce-0red=vpc-02={RED}"]
    crossway = Crossway(tmp_path_factory.mktemp("private") / "data", "--ephemeral", *flags)
    yield crossway
    assert crossway.stop() == 0


def allow(condition):
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "execute-api:Invoke",
        "Resource": "execute-api:/*",
        "Condition": condition,
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def private(server, name, condition=None, profile="api", **more):
    """A private API on stage `test` that answers where its client is."""
    gateway = server.client(profile, "apigateway")
    document = {
        "swagger": "2.0",
        "info": {"title": name, "version": "1"},
        "paths": {"/": {"get": method(mock(responses={"default": answer()}), **more)}},
    }
    if condition is not None:
        document["x-amazon-apigateway-policy"] = allow(condition)
    made = gateway.import_rest_api(
        body=json.dumps(document), parameters={"endpointConfigurationTypes": "PRIVATE"}
    )
    release(server, made["id"], profile=profile)
    return made["id"]


def answer():
    return {"statusCode": "200", "responseTemplates": {"application/json": WHERE}}


def get(server, api, source, label=None, headers=()):
    """A GET of `/` by a client at `source`; `label` stands for the API in the host name."""
    wire = http.client.HTTPConnection("127.0.0.1", server.port, source_address=(source, 0))
    host = f"{label or api}.execute-api.us-east-1.localhost:{server.port}"
    wire.request("GET", "/test/", headers={"Host": host, **dict(headers)})
    response = wire.getresponse()
    found = response.status, json.loads(response.read())
    wire.close()
    return found


def test_a_private_api_exists_for_its_networks_alone(server):
    api = private(server, "reached", {})
    assert get(server, api, BLUE) == (200, {"ip": BLUE, "vpc": "vpc-01", "vpce": "vpce-0b1ue"})
    assert get(server, api, RED) == (200, {"ip": RED, "vpc": "vpc-02", "vpce": "vpce-0red"})
    assert get(server, api, OUTSIDE) == FORBIDDEN
    forged = {"X-Forwarded-For": BLUE, "Forwarded": f"for={BLUE}", "X-Real-IP": BLUE}
    assert get(server, api, OUTSIDE, headers=forged) == FORBIDDEN
    assert server.get(api, "/").status_code == 403


def test_without_a_policy_nobody_comes_in(server):
    api = private(server, "bare")
    status, body = get(server, api, BLUE)
    assert status == 403
    assert body["Message"].startswith("User: anonymous is not authorized to perform: execute-api:")
    assert get(server, api, OUTSIDE) == FORBIDDEN


@pytest.mark.parametrize(
    ("condition", "opens"),
    [
        ({"StringEquals": {"aws:SourceVpce": "vpce-0b1ue"}}, [BLUE]),
        ({"StringNotEquals": {"aws:sourceVpc": "vpc-01"}}, [RED]),
        ({"IpAddress": {"aws:VpcSourceIp": ["127.0.0.8/32"]}}, [RED]),
        ({"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}, []),
    ],
)
def test_policies_tell_networks_apart(server, condition, opens):
    api = private(server, "told-apart", condition)
    found = [source for source in (BLUE, RED, OUTSIDE) if get(server, api, source)[0] == 200]
    assert found == opens


def test_hosts_name_an_associated_endpoint(server):
    api = private(server, "hosts", {})
    assert get(server, api, BLUE, f"{api}-vpce-0b1ue") == FORBIDDEN
    change = patch(*[("add", "/endpointConfiguration/vpcEndpointIds", one) for one in ENDPOINTS])
    server.client("api", "apigateway").update_rest_api(restApiId=api, patchOperations=change)
    release(server, api)
    assert get(server, api, BLUE, f"{api}-vpce-0b1ue")[0] == 200
    assert get(server, api, BLUE, f"{api}-vpce-0red") == FORBIDDEN
    assert get(server, api, OUTSIDE, f"{api}-vpce-0b1ue") == FORBIDDEN


OWN = "vpce-0b1ue.execute-api.us-east-1.vpce.localhost"


def by_endpoint(server, source, *api_ids, host=OWN, path="/test/", headers=()):
    """A GET under an endpoint's own name; `api_ids` are the values of its header."""
    wire = http.client.HTTPConnection("127.0.0.1", server.port, source_address=(source, 0))
    wire.putrequest("GET", path, skip_host=True)
    wire.putheader("Host", f"{host}:{server.port}")
    for value in api_ids:
        wire.putheader("x-apigw-api-id", value)
    for name, value in headers:
        wire.putheader(name, value)
    wire.endheaders()
    response = wire.getresponse()
    found = response.status, json.loads(response.read())
    wire.close()
    return found


def test_an_endpoints_own_host_serves_the_api_that_a_header_names(server):
    api, other = private(server, "named", {}), private(server, "not named")
    here = (200, {"ip": BLUE, "vpc": "vpc-01", "vpce": "vpce-0b1ue"})
    assert by_endpoint(server, BLUE, api) == here
    suffixed = OWN.replace("0b1ue", "0b1ue-01234567").replace("localhost", "amazonaws.com")
    assert by_endpoint(server, BLUE, api, host=suffixed) == here
    # Without the header there is no API, with two there is none that both sides mean.
    for api_ids in [(), ("",), ("nosuchapi0",), (api, other), (f"{api}, {other}",)]:
        assert by_endpoint(server, BLUE, *api_ids) == FORBIDDEN, api_ids
    assert by_endpoint(server, OUTSIDE, api) == FORBIDDEN
    assert by_endpoint(server, RED, api) == FORBIDDEN, "who comes through another endpoint"
    assert by_endpoint(server, BLUE, other)[0] == 403, "whose policy lets nobody in"
    # Where the host names an API, the header says nothing.
    assert get(server, api, BLUE, headers={"x-apigw-api-id": other}) == here


def test_public_apis_do_not_stand_behind_an_endpoints_own_host(server):
    api = deploy(server, "public too", {"/": {"get": method(mock("x"))}})
    assert by_endpoint(server, BLUE, api) == FORBIDDEN


def test_who_signs_under_an_endpoints_host_signs_for_which_api(server):
    """Or what was signed for one API could be sent to all that the signer may call."""
    signed = {"x-amazon-apigateway-auth": {"type": "AWS_IAM"}}
    api = private(server, "signed", {}, **signed)
    url = f"http://{OWN}:{server.port}/test/"
    sent = {"x-apigw-api-id": api}
    for is_signed, status in [(True, 200), (False, 403)]:
        request = botocore.awsrequest.AWSRequest("GET", url, headers=sent if is_signed else {})
        credentials = botocore.credentials.Credentials(*server.keys("api"))
        botocore.auth.SigV4Auth(credentials, "execute-api", "us-east-1").add_auth(request)
        kept = ("Authorization", "X-Amz-Date")
        headers = [(name, value) for name, value in request.headers.items() if name in kept]
        got = by_endpoint(server, BLUE, api, headers=headers)
        assert got[0] == status, got
    assert got[1]["message"].startswith("'x-apigw-api-id' must be a 'SignedHeader'")


@pytest.mark.parametrize("extra, status", [(0, 200), (1, 431)])
def test_a_head_of_8000_bytes_reaches_a_private_api_and_one_more_does_not(server, extra, status):
    api = private(server, "heads", {})
    host = f"{api}.execute-api.us-east-1.localhost:{server.port}"
    fixed = f"GET /test/ HTTP/1.1\r\nHost: {host}\r\nx-fill: \r\n"
    with socket.create_connection(
        ("127.0.0.1", server.port), timeout=60, source_address=(BLUE, 0)
    ) as wire:
        fill = "f" * (8_000 - len(fixed) + extra)
        wire.sendall(f"GET /test/ HTTP/1.1\r\nHost: {host}\r\nx-fill: {fill}\r\n\r\n".encode())
        assert int(wire.recv(1 << 16).split(b" ")[1]) == status


def test_public_apis_are_reached_from_everywhere_and_their_clients_are_in_no_vpc(server):
    paths = {"/": {"get": method(mock(responses={"default": answer()}))}}
    api = deploy(server, "public", paths)
    for source in (BLUE, RED, OUTSIDE):
        assert get(server, api, source) == (200, {"ip": source, "vpc": "", "vpce": ""})
    assert get(server, api, BLUE, f"{api}-vpce-0b1ue") == FORBIDDEN
    policy = json.dumps(allow({"StringEquals": {"aws:SourceVpce": "vpce-0b1ue"}}))
    gateway = server.client("api", "apigateway")
    gateway.update_rest_api(restApiId=api, patchOperations=patch(("replace", "/policy", policy)))
    release(server, api)
    assert get(server, api, BLUE)[0] == 403


def test_an_api_becomes_private_with_its_next_deployment(server):
    paths = {"/": {"get": method(mock(responses={"default": answer()}))}}
    document = {"x-amazon-apigateway-policy": allow({})}
    gateway = server.client("api", "apigateway")
    api = deploy(server, "moved", paths, **document)
    (kind,) = gateway.get_rest_api(restApiId=api)["endpointConfiguration"]["types"]
    gateway.update_rest_api(
        restApiId=api,
        patchOperations=patch(("replace", f"/endpointConfiguration/types/{kind}", "PRIVATE")),
    )
    assert get(server, api, OUTSIDE)[0] == 200
    release(server, api)
    assert get(server, api, OUTSIDE) == FORBIDDEN
    assert get(server, api, BLUE)[0] == 200


def test_without_networks_no_private_api_goes_live(tmp_path):
    crossway = Crossway(tmp_path / "data", "--ephemeral")
    with pytest.raises(ClientError, match="does not enforce private endpoints"):
        private(crossway, "nowhere", {})
    assert crossway.stop() == 0
