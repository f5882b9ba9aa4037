"""What happens to a server's functions in a day: calls, updates, crashes and kills, each at a pace of its own."""

import collections
import http.client
import io
import json
import os
import pathlib
import random
import shutil
import sys
import threading
import time
import urllib.parse
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "conformance"))
import conftest  # noqa: E402  (the conformance suite's clients)
import processes  # noqa: E402

NODE = "export const handler = async (event) => ({ version: %d, event });\n"
PYTHON = "def handler(event, context): return {'python': event}\n"
RUBY = "def handler(event:, context:) = { ruby: event }\n"
CRASH = """import { spawn } from 'node:child_process';
export const handler = async () => { spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' }); process.exit(1); };
"""
BROKEN = "throw new Error('at its init');\n"
SLOW = "export const handler = () => new Promise((done) => setTimeout(done, 1e6));\n"
GREEDY = "export const handler = async () => { const kept = []; for (;;) kept.push(Buffer.alloc(1 << 23, 1)); };\n"
FULL = """import fs from 'node:fs';
export const handler = async () => { try { for (;;) fs.appendFileSync('/tmp/full', Buffer.alloc(1 << 22)); } catch (error) { return error.code; } };
"""
# Its processes are found by what they call themselves: an interpreter that was started ahead keeps
# the variables of its start in /proc.
TITLE = "soak-victim"
VICTIM = f"process.title = '{TITLE}'; export const handler = async () => 'alive';\n"
STREAM = """export const handler = awslambda.streamifyResponse(async (event, stream) => {
  for (let n = 0; n < 64; n++) { stream.write(Buffer.alloc(16384, 'x')); if (n % 16 === 0) await new Promise((go) => setTimeout(go, 5)); }
  stream.end();
});
"""
STREAM_BYTES = 64 * 16384
PROXY = "export const handler = async () => ({ statusCode: 200, body: 'through' });\n"
KIND = "export const handler = async () => process.env.AWS_LAMBDA_INITIALIZATION_TYPE;\n"

# An extension that follows its function, and ends without a word at every so-manieth event.
EXTENSION = """#!/usr/bin/env python3
import http.client, json, os
api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
def call(method, path, body=None, **headers):
    api.request(method, "/2020-01-01/extension/" + path, body, headers)
    answer = api.getresponse()
    return answer, json.loads(answer.read())
answer, _ = call("POST", "register", '{"events": ["INVOKE", "SHUTDOWN"]}', **{"Lambda-Extension-Name": "follower"})
me = {"Lambda-Extension-Identifier": answer.getheader("Lambda-Extension-Identifier")}
for n in range(1, 1 << 30):
    _, event = call("GET", "event/next", **me)
    if event["eventType"] == "SHUTDOWN":
        break
    if n == %d:
        os._exit(1)
"""

# Of an update's code; a function that is updated for ever does not have for ever new code here.
VERSIONS = 20


def archive(name, source, executable=False):
    """A zip file, the same bytes for the same source: new code is new by its hash."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        entry = zipfile.ZipInfo(name)
        entry.external_attr = (0o755 if executable else 0o644) << 16
        made.writestr(entry, source)
    return buffer.getvalue()


def zipped(source):
    return archive("index.mjs", source)


def function(server, name, source, **more):
    # An invocation waits for a worker no longer than its function may run.
    settings = {"Timeout": 60, **more}
    return conftest.function(server, "functions", name, Code={"ZipFile": zipped(source)}, **settings)


def layer(client, name, dies_at):
    """The ARN of a layer with the extension."""
    content = archive("extensions/follower", EXTENSION % dies_at, executable=True)
    return client.publish_layer_version(LayerName=name, Content={"ZipFile": content})["LayerVersionArn"]


def deploy(server):
    """Everything that is called."""
    client = server.client("functions", "lambda")
    for name, source, more in [
        ("steady-node", NODE % 0, {}),
        ("behind", PROXY, {}),
        ("updated", NODE % 0, {}),
        ("victim", VICTIM, {}),
        ("crash", CRASH, {}),
        ("broken", BROKEN, {}),
        ("slow", SLOW, {"Timeout": 3}),
        ("greedy", GREEDY, {}),
        ("full", FULL, {}),
        ("kept", KIND, {}),
        ("streams", STREAM, {}),
        ("followed", NODE % 0, {"Layers": [layer(client, "follower", 1 << 29)]}),
        ("abandoned", NODE % 0, {"Layers": [layer(client, "deserter", 2)]}),
    ]:
        function(server, name, source, **more)
    for name, runtime, file, source in [
        ("steady-python", "python3.11", "index.py", PYTHON),
        ("steady-ruby", "ruby3.3", "index.rb", RUBY),
    ]:
        if name == "steady-ruby" and not shutil.which("ruby"):
            continue
        code = {"ZipFile": archive(file, source)}
        conftest.function(server, "functions", name, Runtime=runtime, Code=code, Timeout=60)
    arn = client.get_function(FunctionName="behind")["Configuration"]["FunctionArn"]
    api = conftest.proxy_api(server, "soak", arn, verb="ANY")
    conftest.allow(server, arn, f"arn:aws:execute-api:us-east-1:111111111111:{api}/*")
    public(client, "streams", InvokeMode="RESPONSE_STREAM")
    client.publish_version(FunctionName="kept")
    client.create_alias(FunctionName="kept", Name="live", FunctionVersion="1")
    client.put_provisioned_concurrency_config(FunctionName="kept", Qualifier="live", ProvisionedConcurrentExecutions=2)
    return api


def public(client, name, **more):
    """The URL of a function that everybody may call."""
    for statement, action, condition in (
        ("url", "InvokeFunctionUrl", {"FunctionUrlAuthType": "NONE"}),
        ("invoke", "InvokeFunction", {"InvokedViaFunctionUrl": True}),
    ):
        client.add_permission(
            FunctionName=name, StatementId=statement, Action=f"lambda:{action}", Principal="*", **condition
        )
    return client.create_function_url_config(FunctionName=name, AuthType="NONE", **more)["FunctionUrl"]


class Life:
    """Everything that happens until `seconds` are over, counted, with every wrong answer."""

    def __init__(self, server, seconds):
        self.server = server
        self.started = time.monotonic()
        self.ends = self.started + seconds
        self.counts, self.lock = collections.Counter(), threading.Lock()
        self.steady_ms, self.problems = [], []
        self.api = deploy(server)
        client = server.client("functions", "lambda")
        self.steady_names = [one["FunctionName"] for one in client.list_functions()["Functions"]]
        self.steady_names = [name for name in self.steady_names if name.startswith("steady-")]
        url = client.get_function_url_config(FunctionName="streams")["FunctionUrl"]
        self.stream_host = urllib.parse.urlsplit(url).netloc

    def note(self, what):
        with self.lock:
            self.counts[what] += 1

    def problem(self, text):
        with self.lock:
            self.problems.append(f"{time.monotonic() - self.started:.0f} s: {text}")

    def is_over(self):
        return time.monotonic() >= self.ends

    def every(self, seconds, do):
        """Calls `do` at that pace until the end, from a thread of its own."""

        def loop():
            client = self.server.client("functions", "lambda")
            while not self.is_over():
                begun = time.monotonic()
                try:
                    do(client)
                except Exception as error:  # noqa: BLE001  (told at the end; the soak goes on)
                    self.problem(f"{do.__name__}: {error!r}"[:300])
                time.sleep(max(0.0, begun + seconds - time.monotonic()))

        thread = threading.Thread(target=loop)
        thread.start()
        return thread

    def begin(self, pace):
        """All of it, `pace` times as often as written here; gives the threads."""
        paces = [
            (0.1, self.steady), (0.1, self.steady), (0.2, self.through_the_api), (0.5, self.queue), (1, self.update),
            (1, self.crash), (3, self.time_out), (5, self.break_init), (10, self.bomb), (15, self.fill),
            (3, self.churn), (0.2, self.victim), (2, self.kill), (0.5, self.provisioned), (20, self.move),
            (0.5, self.followed), (4, self.refollow), (3, self.abandoned), (1, self.stream), (2, self.hang_up),
        ]  # fmt: skip
        return [self.every(seconds / pace, do) for seconds, do in paces]

    def call(self, client, name, expect=None):
        begun = time.monotonic()
        answer = client.invoke(FunctionName=name, Payload=b'{"n":1}')
        took = (time.monotonic() - begun) * 1000
        error = answer.get("FunctionError")
        payload = answer["Payload"].read()
        if bool(error) != bool(expect) or (expect and expect not in payload.decode()):
            self.problem(f"{name}: {error} {payload[:200]}")
        return took

    def steady(self, client):
        took = self.call(client, random.choice(self.steady_names))
        with self.lock:
            self.steady_ms.append((time.monotonic() - self.started, took))
        self.note("invocations")

    def through_the_api(self, _client):
        answer = self.server.get(self.api, "/helloworld")
        if (answer.status_code, answer.text) != (200, "through"):
            self.problem(f"through the API: {answer.status_code} {answer.text[:200]}")
        self.note("requests through an API")

    def queue(self, client):
        client.invoke(FunctionName="steady-node", InvocationType="Event", Payload=b"{}")
        self.note("asynchronous events")

    def update(self, client):
        version = random.randrange(VERSIONS)
        client.update_function_code(FunctionName="updated", ZipFile=zipped(NODE % version))
        answer = json.loads(client.invoke(FunctionName="updated", Payload=b"{}")["Payload"].read())
        if answer.get("version") != version:
            self.problem(f"updated to {version}, answered {answer}")
        self.note("updates, each with a cold start")

    def crash(self, client):
        self.call(client, "crash", "exit status 1")
        self.note("crashes")

    def break_init(self, client):
        self.call(client, "broken", "at its init")
        self.note("failed inits")

    def time_out(self, client):
        self.call(client, "slow", "timed out")
        self.note("timeouts")

    def bomb(self, client):
        self.call(client, "greedy", "signal: killed")
        self.note("memory bombs")

    def fill(self, client):
        self.call(client, "full")
        self.note("full /tmp")

    def churn(self, client):
        name = f"churn-{random.randrange(10**9)}"
        function(self.server, name, NODE % 1)
        client.invoke(FunctionName=name, Payload=b"{}")
        client.delete_function(FunctionName=name)
        self.note("functions made and deleted")

    def victim(self, client):
        # It may be killed while it works: any answer will do, but there must be one.
        client.invoke(FunctionName="victim", Payload=b"{}")
        self.note("invocations")

    def kill(self, _client):
        """Kills an interpreter of the victim, the init of its sandbox or the guardian before it."""
        for pid in titled(self.server.process.pid, TITLE):
            what, target = random.choice([*processes.sandbox(pid, self.server.process.pid).items()])
            try:
                processes.kill(target)
            except ProcessLookupError:
                continue
            self.note(f"killed from outside: {what}")

    def provisioned(self, client):
        answer = client.invoke(FunctionName="kept", Qualifier="live", Payload=b"{}")
        self.note(f"events for {json.loads(answer['Payload'].read())} workers")

    def move(self, client):
        """A new version of the function whose workers are kept up, and its alias moved."""
        client.update_function_configuration(FunctionName="kept", Description=str(random.random()))
        version = client.publish_version(FunctionName="kept")["Version"]
        before = client.update_alias(FunctionName="kept", Name="live", FunctionVersion=version)
        for old in client.list_versions_by_function(FunctionName="kept")["Versions"]:
            if old["Version"] not in ("$LATEST", before["FunctionVersion"]):
                client.delete_function(FunctionName="kept", Qualifier=old["Version"])
        self.note("moves of provisioned concurrency")

    def followed(self, client):
        self.call(client, "followed")
        self.note("invocations with an extension")

    def refollow(self, client):
        client.update_function_configuration(FunctionName="followed", Description=str(random.random()))
        self.note("ends of workers with an extension")

    def abandoned(self, client):
        # Its extension ends at the second event, whose caller is told, or already has its answer.
        client.invoke(FunctionName="abandoned", Payload=b"{}")
        self.note("events for an extension that ends")

    def streaming(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        connection.request("GET", "/", headers={"Host": self.stream_host})
        return connection, connection.getresponse()

    def stream(self, _client):
        connection, answer = self.streaming()
        length = len(answer.read())
        connection.close()
        if (answer.status, length) != (200, STREAM_BYTES):
            self.problem(f"streamed {answer.status}, {length} bytes")
        self.note("streamed answers")

    def hang_up(self, _client):
        connection, answer = self.streaming()
        answer.read(1)
        connection.close()
        self.note("streams whose client hangs up")


def titled(pid, title):
    """Ids of the processes below `pid` that call themselves so."""

    def is_it(one):
        try:
            return processes.command(one).startswith(title)
        except OSError:
            return False

    return [one for one in processes.descendants(pid) if is_it(one)]
