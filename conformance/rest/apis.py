"""APIs, functions and backends that the rows of the execution rules are driven with."""

import contextlib
import http.server
import json
import socket
import threading

from conftest import allow, function, lambda_uri

# A function whose event says what to answer: by the header `x-do` or by nothing (it answers the event).
PROBE = """export const handler = async (event) => {
  const wish = event.headers?.['x-do'] ?? event.headers?.['X-Do'];
  if (wish === undefined) return { statusCode: 200, body: JSON.stringify(event) };
  const { raise, wait, size, answer } = JSON.parse(wish);
  if (raise !== undefined) throw new Error(raise);
  if (wait !== undefined) await new Promise((go) => setTimeout(go, wait));
  if (size !== undefined) return { statusCode: 200, body: 'x'.repeat(size) };
  return answer;
};
"""
# Integrations that are not a proxy hand over the mapped body.
PLAIN = """export const handler = async (event) => {
  if (event.raise !== undefined) throw new Error(event.raise);
  return event;
};
"""


class Reply:
    """A response as it stood on the wire: header names in their case, repeated, in their order."""

    def __init__(self, raw):
        head, _, self.body = raw.partition(b"\r\n\r\n")
        line, *fields = head.decode("latin-1").split("\r\n")
        self.status = int(line.split(" ")[1])
        self.fields = [tuple(field.split(": ", 1)) for field in fields]
        if self.all("transfer-encoding") == ["chunked"]:
            self.body = dechunked(self.body)

    def all(self, name):
        """Every value of a header, in order."""
        return [value for found, value in self.fields if found.lower() == name.lower()]

    def one(self, name):
        """The value of a header that must stand once."""
        (value,) = self.all(name)
        return value

    @property
    def names(self):
        return [name for name, _ in self.fields]

    @property
    def text(self):
        return self.body.decode()

    def json(self):
        return json.loads(self.body)


def dechunked(body):
    """The content of a chunked body."""
    content = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        length = int(size, 16)
        content, body = content + body[:length], body[length + 2 :]
    return content


def send(server, api, path, verb="GET", headers=(), body=b"", stage="test", host=None):
    """One request, byte for byte as given, over a connection of its own."""
    target = f"/{stage}{path}" if stage else path
    host = host or f"{api}.execute-api.us-east-1.localhost:{server.port}"
    if isinstance(body, str):
        body = body.encode()
    fields = [("Host", host), *(headers.items() if isinstance(headers, dict) else headers)]
    if body:
        fields.append(("Content-Length", str(len(body))))
    fields.append(("Connection", "close"))
    head = f"{verb} {target} HTTP/1.1\r\n" + "".join(f"{n}: {v}\r\n" for n, v in fields) + "\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as wire:
        wire.sendall(head.encode("latin-1") + body)
        received = b""
        while piece := wire.recv(1 << 16):
            received += piece
    return Reply(received)


class Backend(http.server.BaseHTTPRequestHandler):
    """Answers what it received as JSON, or what the header `x-answer` asks for."""

    protocol_version = "HTTP/1.1"

    def answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        received = {
            "verb": self.command,
            "target": self.path,
            "headers": list(self.headers.items()),
            "body": self.rfile.read(length).decode("latin-1"),
        }
        self.server.received.append(received)
        wish = json.loads(self.headers.get("x-answer") or "{}")
        body = wish.get("body", json.dumps(received)).encode()
        self.send_response_only(wish.get("status", 200))
        for name, value in wish.get("headers", [["Content-Type", "application/json"]]):
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_OPTIONS = answer

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def backend(handler=Backend):
    """A running HTTP server; `url` is its address, `received` what it got."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        running.daemon_threads = True
        running.received = []
        running.url = f"http://127.0.0.1:{running.server_port}"
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


def probe(server, name, source=PROBE, **more):
    """A function that every API of its account may call."""
    arn = function(server, "api", name, source, **more)
    allow(server, arn, "arn:aws:execute-api:us-east-1:111111111111:*", profile="api")
    return arn


def proxy(arn, **more):
    """A Lambda proxy integration."""
    uri = lambda_uri(arn)
    return {"type": "aws_proxy", "httpMethod": "POST", "uri": uri, **more}


def plain(arn, responses, templates=None, **more):
    """A Lambda integration with mappings."""
    settings = {"type": "aws", "httpMethod": "POST", "uri": lambda_uri(arn), "responses": responses}
    return {**settings, "requestTemplates": templates or {}, **more}


def mock(template="", code=200, responses=None, **more):
    """A mock whose default response renders `template`."""
    templates = {"application/json": template} if template else {}
    default = {"statusCode": str(code), "responseTemplates": templates}
    return {
        "type": "mock",
        "requestTemplates": {"application/json": '{"statusCode": 200}'},
        "responses": responses or {"default": default},
        **more,
    }


def method(integration, headers=(), codes=(200,), **more):
    """An operation whose responses declare `headers`."""
    declared = {name: {"type": "string"} for name in headers}
    return {
        "responses": {str(code): {"description": "", "headers": declared} for code in codes},
        "x-amazon-apigateway-integration": integration,
        **more,
    }


def token_guard(arn, ttl=0):
    """The security definition of a TOKEN authorizer that asks a function, and keeps what it says so many seconds."""
    return {
        "type": "apiKey",
        "name": "Authorization",
        "in": "header",
        "x-amazon-apigateway-authtype": "custom",
        "x-amazon-apigateway-authorizer": {
            "type": "token",
            "authorizerUri": lambda_uri(arn),
            "authorizerResultTtlInSeconds": ttl,
        },
    }


def deploy(server, name, paths, stage="test", variables=None, profile="api", **document):
    """Imports `paths` (path to verb to operation) and deploys them; gives the API's id."""
    gateway = server.client(profile, "apigateway")
    text = {"swagger": "2.0", "info": {"title": name, "version": "1"}, "paths": paths, **document}
    imported = gateway.import_rest_api(body=json.dumps(text), failOnWarnings=False)
    release(server, imported["id"], stage, variables, profile)
    return imported["id"]


def release(server, api, stage="test", variables=None, profile="api"):
    """Deploys what an API is now."""
    server.client(profile, "apigateway").create_deployment(
        restApiId=api, stageName=stage, variables=variables or {}
    )


def patch(*changes):
    """Patch operations: `(op, path, value)` each."""
    return [
        {"op": op, "path": path, **({} if value is None else {"value": value})}
        for op, path, value in changes
    ]
