"""HTTP backends: TLS, connections, what may be reached, compressed bodies, traces."""

import gzip
import http.server
import json
import ssl
import subprocess
import threading
import zlib

import pytest

from conftest import API, allow, function, proxy_api
from test_streaming import api_of

NETWORK_ERROR = (504, {"message": "Network error communicating with endpoint"})


class Echo(http.server.BaseHTTPRequestHandler):
    """Answers what it was sent; counts its connections."""

    protocol_version = "HTTP/1.1"

    def setup(self):
        self.server.connections += 1
        super().setup()

    def do_GET(self):
        if self.path.startswith("/moved"):
            self.send_response(302)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        text = json.dumps(
            {
                "path": self.path,
                "headers": {name.lower(): value for name, value in self.headers.items()},
                "body": body.decode("latin-1"),
            }
        )
        if self.path.startswith("/large"):
            text = "x" * 5000
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    do_POST = do_GET

    def log_message(self, *_):
        pass


def serving(context=None):
    backend = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    backend.connections = 0
    if context:
        backend.socket = context.wrap_socket(backend.socket, server_side=True)
    threading.Thread(target=backend.serve_forever, daemon=True).start()
    return backend


@pytest.fixture(scope="module")
def backend():
    backend = serving()
    yield backend
    backend.shutdown()


AUTHORITY = """[ca]
default_ca = own
[own]
database = {folder}/index
new_certs_dir = {folder}
rand_serial = yes
default_md = sha256
policy = any
[any]
commonName = supplied
[leaf]
subjectAltName = {host}
basicConstraints = {constraints}
"""


def certificate(folder, host, constraints="CA:TRUE", end="20991231000000Z"):
    """A TLS server's context with a self-signed certificate for `host`."""
    key, request, file = folder / "key.pem", folder / "request.pem", folder / "certificate.pem"
    (folder / "index").write_text("")
    (folder / "ca.cnf").write_text(
        AUTHORITY.format(folder=folder, host=host, constraints=constraints)
    )
    for arguments in [
        ["req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=backend"]
        + ["-keyout", str(key), "-out", str(request)],
        ["ca", "-batch", "-selfsign", "-notext", "-config", str(folder / "ca.cnf")]
        + ["-extensions", "leaf", "-startdate", "20200101000000Z", "-enddate", end]
        + ["-keyfile", str(key), "-in", str(request), "-out", str(file)],
    ]:
        subprocess.run(["openssl", *arguments], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key)
    return context


def http_proxy(server, name, uri, **more):
    return api_of(
        server, name, type="HTTP_PROXY", integrationHttpMethod="ANY", uri=uri, **more
    )


@pytest.mark.parametrize(
    ("name", "settings", "skips", "is_taken"),
    [
        ("checked", {}, False, False),
        ("any-issuer", {}, True, True),
        ("no-authority", {"constraints": "CA:FALSE"}, True, True),
        ("other-host", {"host": "DNS:elsewhere.example"}, True, False),
        ("expired", {"end": "20200102000000Z"}, True, False),
    ],
)
def test_certificates_of_backends(server, tmp_path, name, settings, skips, is_taken):
    backend = serving(certificate(tmp_path, **{"host": "IP:127.0.0.1", **settings}))
    uri = f"https://127.0.0.1:{backend.server_port}/"
    for kind in ["HTTP_PROXY", "HTTP_PROXY-stream"]:
        mode = {"responseTransferMode": "STREAM"} if kind.endswith("stream") else {}
        api = http_proxy(
            server, f"tls-{name}", uri, tlsConfig={"insecureSkipVerification": skips}, **mode
        )
        answer = server.get(api, "/s")
        if is_taken:
            assert answer.status_code == 200, answer.text
        else:
            assert (answer.status_code, answer.json()) == NETWORK_ERROR
    backend.shutdown()


def test_connections_are_used_again(server):
    backend = serving()
    api = http_proxy(server, "reuse", f"http://127.0.0.1:{backend.server_port}/")
    for _ in range(20):
        assert server.get(api, "/s").status_code == 200
    assert backend.connections == 1
    backend.shutdown()


def test_redirects_are_the_clients(server, backend):
    api = http_proxy(server, "moved", f"http://127.0.0.1:{backend.server_port}/moved")
    answer = server.get(api, "/s", allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/elsewhere")


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254",
        "[::ffff:169.254.169.254]",
        "0xa9fea9fe",
        "2852039166",
        "[fd00:ec2::254]",
        "0.0.0.0",
    ],
)
@pytest.mark.parametrize("mode", ["BUFFERED", "STREAM"])
def test_addresses_that_no_api_may_reach(server, host, mode):
    api = http_proxy(server, "ssrf", f"http://{host}/latest/meta-data/", responseTransferMode=mode)
    answer = server.get(api, "/s")
    assert (answer.status_code, answer.json()) == (500, {"message": "Internal server error"})


def test_the_servers_own_port_is_not_reached(server):
    for host in ["127.0.0.1", "localhost", "127.1", "[::ffff:127.0.0.1]", "2130706433"]:
        api = http_proxy(server, "own", f"http://{host}:{server.port}/_crossway/health")
        assert server.get(api, "/s").status_code == 500, host


def test_traces_go_on_to_backends(server, backend):
    api = http_proxy(server, "traced", f"http://127.0.0.1:{backend.server_port}/")
    seen = server.get(api, "/s").json()["headers"]
    assert seen["x-amzn-trace-id"].startswith("Root=1-")
    root = "Root=1-67891233-abcdef012345678912345678"
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    sent = {"X-Amzn-Trace-Id": root, "traceparent": parent, "tracestate": "a=b"}
    seen = server.get(api, "/s", headers=sent).json()["headers"]
    assert seen["x-amzn-trace-id"] == root
    assert (seen["traceparent"], seen["tracestate"]) == (parent, "a=b")


def test_traces_go_on_to_functions(server):
    source = """export const handler = async (event) => ({ statusCode: 200, body: JSON.stringify([
      process.env._X_AMZN_TRACE_ID, event.headers.traceparent ?? null,
      event.headers['X-Amzn-Trace-Id']]) });"""
    arn = function(server, "functions", "traced", source)
    allow(server, arn, f"arn:aws:execute-api:us-east-1:{API}:*")
    api = proxy_api(server, "traced-fn", arn, path="s")
    root = "Root=1-67891233-abcdef012345678912345678"
    answer = server.get(api, "/s", headers={"X-Amzn-Trace-Id": root, "traceparent": "00-a-b-01"})
    environment, parent, header = answer.json()
    assert environment.startswith(f"{root};Parent=") and ";Sampled=" in environment
    assert (parent, header) == ("00-a-b-01", root)
    assert answer.headers["X-Amzn-Trace-Id"].startswith(root)


@pytest.fixture(scope="module")
def compressing(server, backend):
    """An API that compresses from 1,000 bytes on, and one that does not."""
    gateway = server.client("api", "apigateway")
    apis = {}
    for path in ["echo", "large"]:
        uri = f"http://127.0.0.1:{backend.server_port}/{path}"
        apis[path] = http_proxy(server, f"compressed-{path}", uri)
        gateway.update_rest_api(
            restApiId=apis[path],
            patchOperations=[
                {"op": "replace", "path": "/minimumCompressionSize", "value": "1000"}
            ],
        )
        gateway.create_deployment(restApiId=apis[path], stageName="test")
    apis["plain"] = http_proxy(server, "plain", f"http://127.0.0.1:{backend.server_port}/large")
    return apis


@pytest.mark.parametrize(
    ("path", "accept", "coding"),
    [
        ("large", "gzip", "gzip"),
        ("large", "deflate", "deflate"),
        ("large", "deflate, gzip", "gzip"),
        ("large", "gzip;q=0, deflate", "deflate"),
        ("large", "br", None),
        ("large", "identity", None),
        ("echo", "gzip", None),
        ("plain", "gzip", None),
    ],
)
def test_answers_are_compressed_for_those_who_take_it(server, compressing, path, accept, coding):
    answer = server.get(
        compressing[path], "/s", headers={"Accept-Encoding": accept}, stream=True
    )
    raw = answer.raw.read(decode_content=False)
    assert answer.headers.get("Content-Encoding") == coding
    assert int(answer.headers["Content-Length"]) == len(raw)
    decoded = {"gzip": gzip.decompress, "deflate": zlib.decompress, None: bytes}[coding](raw)
    if path != "echo":
        assert decoded == b"x" * 5000


def test_bodies_of_clients_are_decompressed(server, compressing):
    api = compressing["echo"]

    def post(body, coding, api=api):
        return server.get(
            api, "/s", method="POST", data=body, headers={"Content-Encoding": coding}
        )

    for body, coding in [
        (gzip.compress(b"hello"), "gzip"),
        (zlib.compress(b"hello"), "deflate"),
        (b"hello", "identity"),
    ]:
        seen = post(body, coding).json()
        assert seen["body"] == "hello", coding
        assert "content-encoding" not in seen["headers"]
    assert post(b"hello", "br").status_code == 415
    assert post(b"no gzip", "gzip").status_code == 400
    # 10 MB pass, one byte more does not, whatever it was compressed to.
    largest = 10 * 1024 * 1024
    api = compressing["large"]
    assert post(gzip.compress(bytes(largest)), "gzip", api).status_code == 200
    assert post(gzip.compress(bytes(largest + 1)), "gzip", api).status_code == 413
