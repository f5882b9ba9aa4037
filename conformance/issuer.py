"""An issuer of tokens on a free port: discovery document, keys, and tokens on demand.

Keys are made and tokens signed by Node.js, which every run of these tests has.
"""

import contextlib
import http.server
import json
import subprocess
import threading
import time

SIGNER = """
const { generateKeyPairSync, createSign, createHmac } = require('crypto');
const keys = {};
const lines = require('readline').createInterface({ input: process.stdin });
const text = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
lines.on('line', (line) => {
  const { kid, claims, header = {} } = JSON.parse(line);
  const pair = keys[kid] ??= generateKeyPairSync('rsa', { modulusLength: 2048 });
  if (!claims) {
    const jwk = { ...pair.publicKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' };
    return console.log(JSON.stringify(jwk));
  }
  const head = { alg: 'RS256', typ: 'JWT', kid, ...header };
  const signed = `${text(head)}.${text(claims)}`;
  let signature = '';
  if (head.alg === 'RS256') {
    signature = createSign('sha256').update(signed).sign(pair.privateKey, 'base64url');
  } else if (head.alg === 'HS256') {
    const secret = pair.publicKey.export({ format: 'pem', type: 'spki' });
    signature = createHmac('sha256', secret).update(signed).digest('base64url');
  }
  console.log(JSON.stringify(`${signed}.${signature}`));
});
"""


class Issuer:
    """Signs what it is asked to; publishes the keys in `published`."""

    def __init__(self, url, signer):
        self.url = url
        self.signer = signer
        self.published = ["first"]
        self.asked = []

    def ask(self, **question):
        self.signer.stdin.write(json.dumps(question) + "\n")
        self.signer.stdin.flush()
        return json.loads(self.signer.stdout.readline())

    def token(self, kid="first", header=None, **claims):
        """A token of an hour; claims of value None are left out."""
        now = int(time.time())
        whole = {"iss": self.url, "sub": "somebody", "iat": now, "exp": now + 3_600, **claims}
        whole = {name: value for name, value in whole.items() if value is not None}
        return self.ask(kid=kid, claims=whole, header=header or {})

    def document(self, path):
        self.asked.append(path)
        if path == "/.well-known/openid-configuration":
            return {"issuer": self.url, "jwks_uri": f"{self.url}/keys"}
        if path in ("/keys", "/.well-known/jwks.json"):
            return {"keys": [self.ask(kid=kid) for kid in self.published]}
        return None


@contextlib.contextmanager
def issuer():
    """A running issuer."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            found = running.issuer.document(self.path)
            body = json.dumps(found).encode()
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    pipe = subprocess.PIPE
    with (
        subprocess.Popen(["node", "-e", SIGNER], stdin=pipe, stdout=pipe, text=True) as signer,
        http.server.HTTPServer(("127.0.0.1", 0), Handler) as running,
    ):
        running.issuer = Issuer(f"http://127.0.0.1:{running.server_port}", signer)
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running.issuer
        running.shutdown()
        signer.kill()
