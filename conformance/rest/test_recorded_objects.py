"""What real AWS was recorded to keep and give of binary objects, from outside.

The recorded backend was S3. Here it is an HTTP server that keeps what it is sent, because what is
converted on the way there and back does not depend on who is there.
"""

import ast
import base64
import gzip
import urllib.parse

import pytest
from apis import Backend, backend, deploy, method, patch, release, send
from test_recordings import recorded


COMPRESSED = gzip.compress(b"compressed data, should be invalid UTF-8 string", mtime=1676569620)
OBJECTS = {
    "binary-raw": COMPRESSED,
    "binary-encoded": base64.b64encode(COMPRESSED),
    "text": b"this is a UTF8 text typed object",
}


class Store(Backend):
    """Keeps and gives objects, as the recorded bucket did."""

    def do_PUT(self):
        key, _, _ = self.path.partition("?")
        self.server.objects[key] = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response_only(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self):
        key, _, query = self.path.partition("?")
        body = self.server.objects[key]
        self.send_response_only(200)
        (content_type,) = urllib.parse.parse_qs(query)["response-content-type"]
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def bucket(server, origin, request=None, response=None):
    """An API that keeps and gives objects; gives it with its two stages: without, with a binary type."""
    given = {"statusCode": "200", **({"contentHandling": response} if response else {})}
    settings = {
        "type": "http",
        "httpMethod": "ANY",
        "uri": f"{origin.url}/{{key}}",
        "requestParameters": {
            "integration.request.path.key": "method.request.path.key",
            "integration.request.querystring.response-content-type":
                "method.request.header.response-content-type",
        },
        "responses": {"default": given},
        **({"contentHandling": request} if request else {}),
    }
    declared = [
        {"in": "path", "name": "key", "required": True, "type": "string"},
        {"in": "header", "name": "response-content-type", "type": "string"},
    ]
    operation = method(settings, parameters=declared)
    paths = {"/{key}": {"x-amazon-apigateway-any-method": operation}}
    api = deploy(server, "recorded objects", paths, stage="none")
    change = patch(("add", "/binaryMediaTypes/image~1png", None))
    server.client("api", "apigateway").update_rest_api(restApiId=api, patchOperations=change)
    release(server, api, stage="png")
    return api


def as_bytes(shown):
    """Recorded bytes, which are shown as Python shows them, or as text with what was no UTF-8 lost."""
    return ast.literal_eval(shown) if shown.startswith("b'") else shown.encode()


@pytest.mark.parametrize(
    "name, handling",
    [
        ("test_apigw_s3_binary_support_request[None]", None),
        ("test_apigw_s3_binary_support_request_convert_to_binary", "CONVERT_TO_BINARY"),
    ],
)
def test_what_is_kept_of_binary_bodies(server, name, handling):
    want = recorded(name)
    seen = 0
    with backend(Store) as origin:
        origin.objects = {}
        api = bucket(server, origin, request=handling)
        for what, stage, content_type in [
            ("no-binary-media", "none", "image/png"),
            ("binary-type" if handling is None else "binary-media", "png", "image/png"),
            ("text-type", "png", "text/plain"),
        ]:
            for key, body in OBJECTS.items():
                headers = {"Content-Type": content_type}
                status = send(server, api, f"/{key}", "PUT", headers, body, stage=stage).status
                step = want.get(f"get-obj-{what}-{key}")
                # What could not be kept was answered 500.
                assert status == (500 if step is None else 200), (what, key)
                if step:
                    seen += 1
                    assert origin.objects[f"/{key}"] == as_bytes(step["Body"]), (what, key)
    assert seen == len(want) - 2, "all but the integration and the bucket's own answer"


def test_what_is_given_of_binary_bodies(server):
    name = "test_apigw_s3_binary_support_response_convert_to_binary"
    want = recorded(name)
    seen = 0
    with backend(Store) as origin:
        origin.objects = {f"/{key}": body for key, body in OBJECTS.items()}
        api = bucket(server, origin, response="CONVERT_TO_BINARY")
        for stage, accept, kind, step in [
            ("none", "image/png", "text", "no-media"),
            ("png", "image/png", "text", "payload-text-accept-binary"),
            ("png", "image/png", "binary", "payload-binary-accept-binary"),
            ("png", "text/plain", "text", "payload-text-accept-text"),
            ("png", "text/plain", "binary", "payload-binary-accept-text"),
        ]:
            content_type = "image/png" if kind == "binary" else "binary/octet-stream"
            headers = {"Accept": accept, "response-content-type": content_type}
            for key in OBJECTS:
                found = want.get(f"{key.removeprefix('binary-')}-{step}")
                got = send(server, api, f"/{key}", headers=headers, stage=stage)
                assert got.status == (500 if found is None else 200), (key, step)
                if found:
                    seen += 1
                    assert got.body == as_bytes(found["content"]), (key, step)
    assert seen == len(want) - 4, "all but the integration and what was put there"
