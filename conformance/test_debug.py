"""`crossway debug`: real debuggers, of the DevTools and the Debug Adapter protocols, attach to functions.

Each stops a function longer than its timeout, by computing in the stopped frame, and lets it go on.
"""

import json
import signal
import socket
import subprocess
import threading
import uuid

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import requests
from conftest import PROGRAM, ROOT, function, zipped
from test_isolation import Server, needs_openssl
from test_sdks import of_python

SCRIPT = """exports.handler = async (event) => {
  const sum = event.a + event.b;
  return { sum };
};
"""
PYTHON = """def handler(event, context):
    total = event["a"] + event["b"]
    return {"sum": total}
"""
CDP = ROOT / "crates/compute/tests/debugger/cdp.mjs"


class Debug:
    """A running `crossway debug`."""

    def __init__(self, server, *arguments):
        command = [PROGRAM, "debug", *arguments, "--port", "0", "--data-dir", str(server.data)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.first = self.process.stdout.readline()
        assert self.first, self.process.stderr.read()
        self.launch = next(json.loads(line) for line in self.process.stdout if line.startswith("    {"))

    def end(self):
        """Ctrl-C; its last words."""
        self.process.send_signal(signal.SIGINT)
        out, error = self.process.communicate(timeout=30)
        assert self.process.returncode == 0, error
        return out


class Invocation(threading.Thread):
    """One that goes on while the test does something else."""

    def __init__(self, server, name):
        super().__init__()
        self.client, self.name = server.client("functions", "lambda"), name
        self.start()

    def run(self):
        answer = self.client.invoke(FunctionName=self.name, Payload=b'{"a":1,"b":2}')
        self.answer = answer.get("FunctionError"), json.loads(answer["Payload"].read())

    def result(self):
        self.join(60)
        return self.answer


def listens(port):
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def falls_silent(port):
    """A process that is killed closes one thing after the other."""
    while listens(port):
        pass


def refused(server, *arguments):
    command = [PROGRAM, "debug", *arguments, "--data-dir", str(server.data)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1, done.stdout
    return done.stderr


def test_node_stops_longer_than_its_timeout_and_answers(own_server):
    arn = function(own_server, "functions", "stops", Code={"ZipFile": zipped(SCRIPT, "index.js")}, Timeout=1)
    debug = Debug(own_server, "stops")
    assert f"Debugging {arn} ($LATEST)" in debug.first
    port = debug.launch["port"]
    assert debug.launch["type"] == "node" and debug.launch["remoteRoot"]
    with subprocess.Popen(
        # Stops in line 1, and computes there for more than two seconds.
        ["node", "--experimental-websocket", str(CDP), str(port), "1", "2500"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as debugger:
        assert debugger.stdout.readline() == "attached\n"
        invocation = Invocation(own_server, "stops")
        assert debugger.stdout.readline() == "paused undefined\n"
        assert debugger.stdout.readline() == "computed\n"
        assert invocation.is_alive()
        debugger.stdin.write("\n")
        debugger.stdin.flush()
        assert invocation.result() == (None, {"sum": 3})
        assert "409: `stops` ($LATEST) is being debugged already" in refused(own_server, "stops", "--port", "0")
        assert "No more debugging" in debug.end()
        assert debugger.stdout.readline() == "detached\n"
        debugger.stdin.close()
    falls_silent(port)
    assert Invocation(own_server, "stops").result() == (None, {"sum": 3})


class Adapter:
    """A client of the Debug Adapter Protocol."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.stream = self.socket.makefile("rb")
        self.last = 0
        self.passed = []

    def ask(self, command, **arguments):
        self.last += 1
        text = json.dumps({"seq": self.last, "type": "request", "command": command, "arguments": arguments})
        self.socket.sendall(f"Content-Length: {len(text)}\r\n\r\n{text}".encode())
        return self.last

    def until(self, wanted):
        """The first message of this kind, also of those that came before others that were wanted."""
        for message in self.passed:
            if wanted(message):
                self.passed.remove(message)
                return message
        while True:
            length = 0
            while (line := self.stream.readline().strip()):
                length = int(line.split(b":")[1])
            assert length, "the adapter is gone"
            message = json.loads(self.stream.read(length))
            if wanted(message):
                return message
            self.passed.append(message)

    def is_gone(self):
        """Waits until the other side hangs up."""
        while self.stream.read(1):
            pass
        return True

    def event(self, name):
        return self.until(lambda message: message.get("event") == name)

    def answer(self, number):
        message = self.until(lambda one: one.get("request_seq") == number)
        assert message["success"], message
        return message.get("body")


def test_python_stops_longer_than_its_timeout_and_answers(own_server):
    of_python(own_server, "stops", PYTHON)
    own_server.client("functions", "lambda").update_function_configuration(FunctionName="stops", Timeout=1)
    missing = refused(own_server, "stops", "--port", "0")
    if "debugpy is not installed" in missing:
        assert "`crossway runtime add python-debugger`" in missing
    added = [PROGRAM, "runtime", "add", "python-debugger", "--data-dir", str(own_server.data)]
    added = subprocess.run(added, capture_output=True, text=True, timeout=240)
    assert added.returncode == 0 and "debugpy 1." in added.stdout, added.stderr
    debug = Debug(own_server, "stops", "--wait")
    launch = debug.launch
    assert launch["type"] == "debugpy"
    root, port = launch["pathMappings"][0]["remoteRoot"], launch["connect"]["port"]
    adapter = Adapter(port)
    adapter.answer(adapter.ask("initialize", adapterID="test", pathFormat="path"))
    attached = adapter.ask("attach", justMyCode=False)
    adapter.event("initialized")
    points = {"source": {"path": f"{root}/app.py"}, "breakpoints": [{"line": 3}]}
    adapter.answer(adapter.ask("setBreakpoints", **points))
    adapter.ask("configurationDone")
    adapter.answer(attached)
    invocation = Invocation(own_server, "stops")
    stopped = adapter.event("stopped")["body"]
    frame = adapter.answer(adapter.ask("stackTrace", threadId=stopped["threadId"]))["stackFrames"][0]
    assert frame["line"] == 3
    compute = (
        "(lambda time, end: sum(0 for _ in iter(lambda: time.monotonic() > end, True)) or total)"
        "(__import__('time'), __import__('time').monotonic() + 2.5)"
    )
    value = adapter.answer(adapter.ask("evaluate", expression=compute, frameId=frame["id"]))
    assert value["result"] == "3" and invocation.is_alive()
    adapter.ask("continue", threadId=stopped["threadId"])
    assert invocation.result() == (None, {"sum": 3})
    assert "No more debugging" in debug.end()
    assert adapter.is_gone()
    falls_silent(port)
    assert Invocation(own_server, "stops").result() == (None, {"sum": 3})


def ask(server, keys, **asked):
    """Status and answer of a call that would begin to debug."""
    request = botocore.awsrequest.AWSRequest(
        "POST",
        f"{server.url}/_crossway/debug",
        data=json.dumps(asked),
        headers={"Content-Type": "application/json"},
    )
    if keys:
        credentials = botocore.credentials.Credentials(*keys)
        botocore.auth.SigV4Auth(credentials, "crossway", "us-east-1").add_auth(request)
    sent = request.prepare()
    verify = getattr(server, "folder", None)
    verify = str(verify / "certificate.pem") if verify else True
    answer = requests.post(sent.url, data=sent.body, headers=sent.headers, timeout=60, verify=verify)
    return answer.status_code, {key.lower(): value for key, value in answer.json().items()}


def test_who_may_not_change_a_function_may_not_debug_it(server):
    name = f"debug-{uuid.uuid4().hex[:8]}"
    arn = function(server, "functions", name, Code={"ZipFile": zipped(SCRIPT, "index.js")})
    iam = server.client("functions", "iam")
    iam.create_user(UserName=name)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    keys = key["AccessKeyId"], key["SecretAccessKey"]
    asked = {"functionName": name, "port": 0, "cold": True}
    assert ask(server, None, **asked)[0] == 403
    # A caller of it, even one who may change its code, is not yet one who may have it stopped.
    for actions in (["InvokeFunction", "UpdateFunctionCode"], ["InvokeFunction", "UpdateFunctionConfiguration"]):
        grant(iam, name, arn, *actions)
        status, answer = ask(server, keys, **asked)
        assert status == 403 and "is not authorized to perform: lambda:UpdateFunction" in answer["message"]
    # The administrator of another account neither.
    status, answer = ask(server, server.keys("api"), functionName=arn, port=0, cold=True)
    assert status == 403, answer
    grant(iam, name, arn, "UpdateFunctionCode", "UpdateFunctionConfiguration")
    status, session = ask(server, keys, **asked)
    assert status == 200 and session["functionarn"] == arn, session
    path = f"/_crossway/debug/{name}/{session['session']}"
    assert requests.delete(server.url + path, timeout=30).status_code == 403
    for expected in (204, 404):
        request = botocore.awsrequest.AWSRequest("DELETE", server.url + path)
        credentials = botocore.credentials.Credentials(*keys)
        botocore.auth.SigV4Auth(credentials, "crossway", "us-east-1").add_auth(request)
        sent = request.prepare()
        answer = requests.delete(sent.url, headers=sent.headers, timeout=30)
        assert answer.status_code == expected, answer.text
    status, answer = ask(server, keys, functionName=f"{name}-absent")
    assert status == 403
    status, answer = ask(server, server.keys("functions"), functionName=f"{name}-absent")
    assert (status, answer["message"]) == (404, f"Function not found: {arn}-absent:$LATEST")


def grant(iam, user, arn, *actions):
    document = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": [f"lambda:{action}" for action in actions], "Resource": arn}
        ],
    }
    iam.put_user_policy(UserName=user, PolicyName="own", PolicyDocument=json.dumps(document))


@needs_openssl
def test_server_profile_refuses(tmp_path, monkeypatch):
    server = Server(tmp_path)
    try:
        monkeypatch.setenv("AWS_CA_BUNDLE", str(tmp_path / "certificate.pem"))
        function(server, "functions", "hello", Code={"ZipFile": zipped(SCRIPT, "index.js")})
        status, answer = ask(server, server.keys("functions"), functionName="hello", port=0)
        assert (status, "with `crossway dev` only" in answer["message"]) == (403, True), answer
    finally:
        server.stop()
