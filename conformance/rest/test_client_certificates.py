"""Client certificates: what a stage shows to backends that ask who comes."""

import ssl

import pytest
from apis import deploy, patch
from botocore.exceptions import ClientError
from conftest import Crossway
from test_backends import NETWORK_ERROR, certificate, serving


@pytest.fixture(scope="module")
def gateway(server):
    return server.client("api", "apigateway")


@pytest.fixture(scope="module")
def shown(gateway):
    return gateway.generate_client_certificate(description="toward the backend")


@pytest.fixture(scope="module")
def origin(tmp_path_factory, shown):
    """A TLS server that takes nobody but the holder of one certificate."""
    context = certificate(tmp_path_factory.mktemp("tls"), "IP:127.0.0.1")
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cadata=shown["pemEncodedCertificate"])
    backend = serving(context)
    yield backend
    backend.shutdown()


def api_to(server, name, origin, kind="http_proxy", **more):
    integration = {
        "type": kind,
        "httpMethod": "GET",
        "uri": f"https://127.0.0.1:{origin.server_port}/",
        "tlsConfig": {"insecureSkipVerification": True},
        "responses": {"default": {"statusCode": "200"}},
        **more,
    }
    method = {
        "responses": {"200": {"description": "ok"}},
        "x-amazon-apigateway-integration": integration,
    }
    return deploy(server, name, {"/": {"get": method}})


def show(gateway, api, certificate_id):
    return gateway.update_stage(
        restApiId=api,
        stageName="test",
        patchOperations=patch(("replace", "/clientCertificateId", certificate_id)),
    )


@pytest.mark.parametrize(
    ("kind", "more"),
    [("http_proxy", {}), ("http_proxy", {"responseTransferMode": "STREAM"}), ("http", {})],
)
def test_the_stages_certificate_opens_the_backend(server, gateway, shown, origin, kind, more):
    api = api_to(server, "shown", origin, kind, **more)
    other = gateway.generate_client_certificate()["clientCertificateId"]
    own = shown["clientCertificateId"]
    for certificate_id, is_taken in [("", False), (own, True), (other, False), (own, True)]:
        stage = show(gateway, api, certificate_id)
        assert stage.get("clientCertificateId", "") == certificate_id
        answer = server.get(api, "/")
        if is_taken:
            assert answer.status_code == 200, answer.text
        else:
            assert (answer.status_code, answer.json()) == NETWORK_ERROR
    show(gateway, api, "")


def test_it_is_shown_through_a_vpc_link_too(tmp_path):
    balancer = "arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer/net/n/50dc6c495c0c"
    crossway = Crossway(tmp_path / "data", "--ephemeral", "--vpc-link", f"{balancer}=127.0.0.1")
    gateway = crossway.client("api", "apigateway")
    own = gateway.generate_client_certificate()
    context = certificate(tmp_path, "DNS:internal.example.invalid")
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cadata=own["pemEncodedCertificate"])
    backend = serving(context)
    link = gateway.create_vpc_link(name="linked", targetArns=[balancer])["id"]
    uri = f"https://internal.example.invalid:{backend.server_port}/"
    api = api_to(
        crossway, "linked", backend, uri=uri, connectionType="VPC_LINK", connectionId=link
    )
    assert (crossway.get(api, "/").status_code, crossway.get(api, "/").json()) == NETWORK_ERROR
    show(gateway, api, own["clientCertificateId"])
    assert crossway.get(api, "/").status_code == 200
    show(gateway, api, gateway.generate_client_certificate()["clientCertificateId"])
    assert (crossway.get(api, "/").status_code, crossway.get(api, "/").json()) == NETWORK_ERROR
    backend.shutdown()
    assert crossway.stop() == 0


def test_a_test_shows_the_certificate_that_it_names(server, gateway, shown, origin):
    api = api_to(server, "tested", origin)
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]

    def status(**more):
        return gateway.test_invoke_method(
            restApiId=api, resourceId=root, httpMethod="GET", **more
        )["status"]

    assert status() == 504
    assert status(clientCertificateId=shown["clientCertificateId"]) == 200
    with pytest.raises(ClientError, match="BadRequestException"):
        status(clientCertificateId="nobody")


def test_the_certificate_is_as_awss(shown):
    der = ssl.PEM_cert_to_DER_cert(shown["pemEncodedCertificate"])
    # Version 3, an 8 byte serial number, sha256WithRSAEncryption.
    assert bytes.fromhex("a0030201020208") in der[:20]
    assert bytes.fromhex("06092a864886f70d01010b") in der[:60]
    lasts = shown["expirationDate"] - shown["createdDate"]
    assert (lasts.days, lasts.seconds) == (365, 0)
    assert "PRIVATE" not in str(shown)


def test_one_in_use_stays(server, gateway, origin):
    made = gateway.generate_client_certificate(tags={"team": "blue"})
    api = api_to(server, "in-use", origin)
    show(gateway, api, made["clientCertificateId"])
    with pytest.raises(ClientError, match="BadRequestException"):
        gateway.delete_client_certificate(clientCertificateId=made["clientCertificateId"])
    show(gateway, api, "")
    gateway.delete_client_certificate(clientCertificateId=made["clientCertificateId"])
    with pytest.raises(ClientError, match="NotFoundException"):
        gateway.get_client_certificate(clientCertificateId=made["clientCertificateId"])
