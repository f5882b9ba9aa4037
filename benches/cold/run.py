#!/usr/bin/env python3
"""First requests to functions that have no worker yet, against bare interpreters, in the same run."""

import argparse
import http.client
import json
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "conformance"))
import conftest  # noqa: E402  (the conformance suite's clients)

# What a bare interpreter does to say hello; the time ends with the first byte.
LANGUAGES = {
    "Node.js": ("node", ["-e", "process.stdout.write('h')"]),
    "Python": ("python3", ["-c", "import sys; sys.stdout.write('h')"]),
}
RUNTIMES = {
    "Node.js": ("index.js", "exports.handler = async () => 'hello';", "index.handler"),
    "Python": ("index.py", "def handler(event, context):\n    return 'hello'\n", "index.handler"),
}
WAYS = ("from a spare worker", "afresh")


def bare(program, arguments):
    """Milliseconds from the start of a bare interpreter to its first byte."""
    started = time.perf_counter()
    with subprocess.Popen([program, *arguments], stdout=subprocess.PIPE) as process:
        process.stdout.read(1)
        taken = time.perf_counter() - started
    return taken * 1000


def runtime_of(language, path):
    """The runtime whose version the interpreter has, so that nothing is replaced by the nearest."""
    version = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout.split()[-1]
    parts = version.lstrip("v").split(".")
    return f"nodejs{parts[0]}.x" if language == "Node.js" else f"python{parts[0]}.{parts[1]}"


class Server:
    """A server with functions that each are called once."""

    def __init__(self, home, way, count):
        flags = () if way == WAYS[0] else ("--spare-workers", "0")
        self.server = conftest.Crossway(home / way.replace(" ", "-"), "--ephemeral", *flags)
        health = json.load(urllib.request.urlopen(f"{self.server.url}/_crossway/health"))
        self.isolation, self.spares = health["isolation"], health["spare_workers"]
        self.urls = {language: self.deploy(language, count) for language in LANGUAGES}

    def deploy(self, language, count):
        name, source, handler = RUNTIMES[language]
        runtime = runtime_of(language, shutil.which(LANGUAGES[language][0]))
        client = self.server.client("functions", "lambda")
        urls = []
        for number in range(count):
            function = f"{runtime.replace('.', '-')}-{number}"
            conftest.function(
                self.server, "functions", function, Runtime=runtime, Handler=handler,
                Code={"ZipFile": conftest.zipped(f"{source}\n// {number}\n".replace("//", "#") if language == "Python" else f"{source}\n// {number}\n", name)},
            )
            client.add_permission(
                FunctionName=function, StatementId="url", Action="lambda:InvokeFunctionUrl", Principal="*",
                FunctionUrlAuthType="NONE",
            )
            client.add_permission(
                FunctionName=function, StatementId="invoke", Action="lambda:InvokeFunction", Principal="*",
                InvokedViaFunctionUrl=True,
            )
            urls.append(client.create_function_url_config(FunctionName=function, AuthType="NONE")["FunctionUrl"])
        return urls

    def first(self, language):
        """Milliseconds of the first and of the second request to a function that nobody called yet."""
        url = urllib.parse.urlsplit(self.urls[language].pop())
        port = urllib.parse.urlsplit(self.server.url).port
        connection = http.client.HTTPConnection("127.0.0.1", port)
        connection.connect()
        taken = []
        for _ in range(2):
            started = time.perf_counter()
            connection.request("GET", "/", headers={"Host": url.netloc})
            response = connection.getresponse()
            body = response.read()
            taken.append((time.perf_counter() - started) * 1000)
            if (response.status, body) != (200, b"hello"):
                raise SystemExit(f"{url.geturl()} answered {response.status} {body[:200]}")
        connection.close()
        return taken


def measure(servers, count, pause):
    """Rows by name: milliseconds, one a round; every row is measured in every round, shuffled."""
    rows = {}
    for number in range(count):
        tasks = []
        for language, (program, arguments) in LANGUAGES.items():
            tasks.append((f"bare {program}", lambda p=program, a=arguments: [bare(p, a)]))
            for way, server in servers.items():
                tasks.append((f"{language} {way}", lambda s=server, l=language: s.first(l)))
        random.shuffle(tasks)
        for name, task in tasks:
            for kind, taken in zip(("", ", second request"), task()):
                rows.setdefault(name + kind, []).append(taken)
            # Time in which the next spare worker is started, and nothing else runs.
            time.sleep(pause)
        print(f"round {number + 1} of {count} done", file=sys.stderr)
    return rows


def plot(rows, path):
    """Bars of the medians, as an SVG that needs no library."""
    shown = [(name, taken) for name, taken in rows.items() if "second" not in name]
    top = max(statistics.median(taken) for _, taken in shown)
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" width="640" height="{len(shown) * 36 + 40}" font-family="sans-serif" font-size="13">',
             '<text x="8" y="20">milliseconds to the answer, median</text>']
    for place, (name, taken) in enumerate(shown):
        y, median = 34 + place * 36, statistics.median(taken)
        colour = "#687078" if name.startswith("bare") else "#0972d3"
        lines.append(f'<text x="8" y="{y + 17}">{name}</text><rect x="220" y="{y}" width="{median / top * 340:.0f}" height="24" fill="{colour}"/>'
                     f'<text x="{226 + median / top * 340:.0f}" y="{y + 17}">{median:.1f}</text>')
    path.write_text("\n".join([*lines, "</svg>"]) + "\n")


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=25)
    options.add_argument("--pause", type=float, default=0.3, help="seconds between two requests")
    options.add_argument("--program", default=str(ROOT / "target/release/crossway"))
    options = options.parse_args()
    conftest.PROGRAM = options.program
    home = pathlib.Path(tempfile.mkdtemp())
    servers = {}
    try:
        for way in WAYS:
            servers[way] = Server(home, way, options.rounds + 1)
        measure(servers, 1, options.pause)  # interpreters into the page cache
        rows = measure(servers, options.rounds, options.pause)
    finally:
        for server in servers.values():
            server.server.stop()
        shutil.rmtree(home, ignore_errors=True)
    for way, server in servers.items():
        print(f"{way}: isolation {server.isolation}, spare workers {server.spares}")
    print(f"load average at the end: {pathlib.Path('/proc/loadavg').read_text().split()[0]}, the bench's own included")
    print(f"\n| {options.rounds} rounds | median ms | min | p90 | x bare |\n|---|---|---|---|---|")
    for name in sorted(rows, key=lambda name: (("python" in name.lower()), "bare" not in name, "second" in name, name)):
        taken = rows[name]
        program = "python3" if "ython" in name else "node"
        ratio = statistics.median(a / b for a, b in zip(taken, rows[f"bare {program}"]))
        ninth = statistics.quantiles(taken, n=10)[-1] if len(taken) > 1 else taken[0]
        print(f"| {name} | {statistics.median(taken):.2f} | {min(taken):.2f} | {ninth:.2f} | {ratio:.2f} |")
    plot(dict(sorted(rows.items(), key=lambda row: ("ython" in row[0], "bare" not in row[0]))), HERE / "cold.svg")
    print(f"\nplot: {HERE / 'cold.svg'}")


if __name__ == "__main__":
    main()
