"""What functions are held to and what they reach, in both profiles; and what the program says about it."""

import json
import shutil
import signal
import socket
import subprocess
import threading

import pytest
import requests
from conftest import PROGRAM, Crossway, function

PROBE = """import net from 'node:net';
const dial = ([host, port]) => new Promise((done) => {
  const socket = net.connect({ host, port, timeout: 5000 }, () => socket.write('hello'));
  socket.on('data', (data) => { socket.destroy(); done(data.toString()); });
  socket.on('error', (error) => done(error.code));
  socket.on('close', () => done('closed'));
});
export const handler = (places) => Promise.all(places.map(dial));
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def echo():
    """Makes services of the host that say what they hear; gives their ports."""
    listeners = []

    def serve(listener):
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.sendall(connection.recv(5))

    def make():
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)
        threading.Thread(target=serve, args=[listener], daemon=True).start()
        return listener.getsockname()[1]

    yield make
    for listener in listeners:
        listener.close()


class Server(Crossway):
    """The server profile, with `more` lines in its configuration."""

    def __init__(self, folder, *more):
        self.folder, self.more, self.own_port = folder, more, free_port()
        super().__init__(folder / "data")

    def command(self):
        certificate, key = self.folder / "certificate.pem", self.folder / "key.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
             "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate],
            check=True, capture_output=True,
        )  # fmt: skip
        config = self.folder / "crossway.toml"
        lines = [
            f'listen = "127.0.0.1:{self.own_port}"',
            f'data_dir = "{self.data}"',
            f'public_url = "https://localhost:{self.own_port}"',
            *self.more,
            f'[tls]\ncertificate = "{certificate}"\nkey = "{key}"',
            '[[accounts]]\nid = "222222222222"\nalias = "functions"',
        ]
        config.write_text("\n".join(lines) + "\n")
        return [PROGRAM, "serve", "--config", config]

    def start(self):
        self.log = open(self.folder / "log", "ab")
        self.process = subprocess.Popen(
            self.command(), stdout=subprocess.PIPE, stderr=self.log, text=True
        )
        line = self.process.stdout.readline()
        assert line.startswith("crossway ready: "), (self.folder / "log").read_text()
        self.url, self.port = f"https://localhost:{self.own_port}", self.own_port

    def health(self):
        answer = requests.get(f"{self.url}/_crossway/health", timeout=30, verify=self.folder / "certificate.pem")
        return answer.json()


needs_openssl = pytest.mark.skipif(not shutil.which("openssl"), reason="no openssl to make a certificate")


def test_health_says_what_is_held_and_reached(server):
    health = requests.get(f"{server.url}/_crossway/health", timeout=30).json()
    limits = health["limits"]
    holds = [limits[resource] for resource in ("memory", "cpu", "processes")]
    assert set(holds) <= {"hard", "soft"}
    assert limits["cgroups"] in ("v1", "v2", "none")
    # What is soft has its reason, and only that.
    assert bool(limits["refused"]) == ("soft" in holds)
    assert health["network"] == {"functions": "host", "reach": [], "refused": None}


def test_health_says_what_runs(server):
    health = requests.get(f"{server.url}/_crossway/health", timeout=30).json()
    runtimes = {one["runtime"]: one for one in health["runtimes"]}
    # Nothing here runs .NET; what a package brings itself runs anywhere.
    assert "`dotnet8` is not supported" in runtimes["dotnet8"]["refused"]
    assert runtimes["provided.al2023"]["exact"]
    for name, one in runtimes.items():
        assert ("runs_on" in one) != ("refused" in one), one
        if name.startswith("nodejs") and "runs_on" in one:
            is_named = one["runs_on"].startswith(name.removeprefix("nodejs").removesuffix("x"))
            assert one["exact"] == is_named, one


@needs_openssl
def test_functions_of_a_server_reach_what_it_names(tmp_path, echo, monkeypatch):
    allowed, other = echo(), echo()
    server = Server(tmp_path, f'function_reach = ["127.0.0.1:{allowed}"]')
    try:
        network = server.health()["network"]
        expect = [f"127.0.0.1:{allowed}", f"localhost:{server.port}"]
        assert network == {"functions": "own", "reach": expect, "refused": None}
        monkeypatch.setenv("AWS_CA_BUNDLE", str(tmp_path / "certificate.pem"))
        function(server, "functions", "probe", PROBE, Timeout=20)
        places = f'[["127.0.0.1",{allowed}],["127.0.0.1",{other}],["169.254.169.254",{allowed}],["127.0.0.2",{allowed}],["localhost",{server.port}]]'
        answer = server.client("functions", "lambda").invoke(FunctionName="probe", Payload=places)
        seen = answer["Payload"].read().decode()
        # The last is the AWS endpoint, which does not take `hello` for TLS.
        assert seen.startswith('["hello","ECONNREFUSED","ECONNRESET","ECONNRESET",'), seen
        assert "ECONN" not in seen.rsplit(",", 1)[1], seen
    finally:
        server.stop(signal.SIGTERM)


@needs_openssl
@pytest.mark.parametrize(
    "lines, said",
    [
        (['function_network = "host"', 'function_reach = ["internet:443"]'], "restricts nothing"),
        (['function_network = "none"'], "`own` or `host`, not `none`"),
        (['function_reach = ["*:*"]'], "`*:*` is no destination"),
        (["function_reach = [%s]" % ",".join(f'"internet:{port}"' for port in range(1, 34))], "32 at most"),
    ],
)
def test_network_that_cannot_be_had_is_refused(tmp_path, lines, said):
    with pytest.raises(AssertionError, match="no destination|restricts|not `none`|at most") as refused:
        Server(tmp_path, *lines)
    assert said in str(refused.value)


def test_functions_interrupt_nobody_who_is_at_work(server):
    source = "import fs from 'node:fs';\nexport const handler = async () => fs.readFileSync('/proc/self/stat', 'utf8');"
    function(server, "functions", "patient", source)
    told = server.client("functions", "lambda").invoke(FunctionName="patient")
    # The 41st field, counted behind the name, which may have anything in it ("proc_pid_stat").
    policy = json.load(told["Payload"]).rsplit(")", 1)[1].split()[41 - 3]
    assert policy == "3", "3 is SCHED_BATCH"
