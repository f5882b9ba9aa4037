#!/usr/bin/env python3
"""A day's life in twenty minutes: calls, updates, cold starts, crashes and kills; what must stay flat is drawn."""

import argparse
import collections
import hashlib
import io
import json
import os
import pathlib
import random
import statistics
import sys
import tempfile
import threading
import time
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "conformance"))
import conftest  # noqa: E402  (the conformance suite's clients)
import processes  # noqa: E402

NODE = "export const handler = async (event) => ({ version: %d, event });\n"
PYTHON = "def handler(event, context): return {'python': event}\n"
CRASH = """import { spawn } from 'node:child_process';
export const handler = async () => { spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' }); process.exit(1); };
"""
SLOW = "export const handler = () => new Promise((done) => setTimeout(done, 1e6));\n"
GREEDY = "export const handler = async () => { const kept = []; for (;;) kept.push(Buffer.alloc(1 << 23, 1)); };\n"
FULL = """import fs from 'node:fs';
export const handler = async () => { try { for (;;) fs.appendFileSync('/tmp/full', Buffer.alloc(1 << 22)); } catch (error) { return error.code; } };
"""

# Of an update's code; a function that is updated for ever does not have for ever new code here.
VERSIONS = 20


def zipped(source):
    """The same bytes for the same source: new code is new by its hash."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo("index.mjs"), source)
    return buffer.getvalue()


def share(text):
    return [int(word) for word in text.split() if word.isdigit()]


def count(entries):
    try:
        return sum(1 for _ in entries)
    except OSError:
        return 0


def bytes_below(folder):
    total = 0
    for base, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(base, name)).st_blocks * 512
            except OSError:
                pass
    return total


def groups(data):
    """Control groups of this server's workers, wherever they are mounted."""
    own = "crossway-" + hashlib.sha256(os.fsencode((data / "compute").resolve())).hexdigest()[:16]
    found = 0
    for base, folders, _ in os.walk("/sys/fs/cgroup"):
        if os.path.basename(base) == own:
            found += len(folders)
    return found


def sample(server, started):
    proc = pathlib.Path(f"/proc/{server.process.pid}")
    status = dict(line.split(":", 1) for line in (proc / "status").read_text().splitlines())
    compute = server.data / "compute"
    below = processes.descendants(server.process.pid)
    return {
        "s": round(time.monotonic() - started, 1),
        "descriptors": count((proc / "fd").iterdir()),
        "memory_mb": share(status["VmRSS"])[0] // 1024,
        "threads": share(status["Threads"])[0],
        "mounts": count(open("/proc/self/mountinfo")),
        "groups": groups(server.data),
        "processes": len(below),
        "worker_folders": count((compute / "workers").iterdir()),
        "compute_mb": round(bytes_below(compute) / 2**20, 1),
        "state_mb": round(bytes_below(server.data) / 2**20 - bytes_below(compute) / 2**20, 1),
    }


class Soak:
    def __init__(self, server, seconds):
        self.server, self.seconds = server, seconds
        self.started = time.monotonic()
        self.ends = self.started + seconds
        self.counts, self.lock = collections.Counter(), threading.Lock()
        self.steady_ms, self.problems = [], []

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
        took = self.call(client, random.choice(["steady-node", "steady-python"]))
        with self.lock:
            self.steady_ms.append((time.monotonic() - self.started, took))
        self.note("invocations")

    def update(self, client):
        version = random.randrange(VERSIONS)
        code = zipped(NODE % version)
        client.update_function_code(FunctionName="updated", ZipFile=code)
        answer = json.loads(client.invoke(FunctionName="updated", Payload=b"{}")["Payload"].read())
        if answer.get("version") != version:
            self.problem(f"updated to {version}, answered {answer}")
        self.note("updates, each with a cold start")

    def crash(self, client):
        self.call(client, "crash", "exit status 1")
        self.note("crashes")

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
        conftest.function(self.server, "functions", name, Code={"ZipFile": zipped(NODE % 1)})
        client.invoke(FunctionName=name, Payload=b"{}")
        client.delete_function(FunctionName=name)
        self.note("functions made and deleted")

    def kill(self, _client):
        workers = processes.workers(self.server.process.pid, "victim")
        for pid in workers:
            processes.kill(pid)
            self.note("workers killed from outside")

    def victim(self, client):
        # It may be killed while it works: any answer will do, but there must be one.
        client.invoke(FunctionName="victim", Payload=b"{}")
        self.note("invocations")


def deploy(server):
    made = [
        ("steady-node", NODE % 0, {}),
        ("updated", NODE % 0, {}),
        ("victim", NODE % 0, {}),
        ("crash", CRASH, {}),
        ("slow", SLOW, {"Timeout": 3}),
        ("greedy", GREEDY, {"Timeout": 60}),
        ("full", FULL, {"Timeout": 60}),
    ]
    for name, source, more in made:
        conftest.function(server, "functions", name, source, **more)
    client = server.client("functions", "lambda")
    client.create_function(
        FunctionName="steady-python",
        Runtime="python3.11",
        Handler="index.handler",
        Role=conftest.role(server, "functions", "steady-python"),
        Code={"ZipFile": conftest.zipped(PYTHON, "index.py")},
    )


# What is drawn and judged: title, field, and how much more at the end is still flat.
FLAT = [
    ("open descriptors", "descriptors", 20),
    ("resident memory, MiB", "memory_mb", 16),
    ("threads", "threads", 4),
    ("mounts of the host", "mounts", 0),
    ("control groups of workers", "groups", 10),
    ("processes below Crossway", "processes", 10),
    ("folders of workers", "worker_folders", 6),
    ("disk: code and workers, MiB", "compute_mb", 2),
]


def judge(samples):
    """Medians of the second and the last tenth, and whether the growth is within bounds."""
    tenth = max(1, len(samples) // 10)
    verdicts = []
    for title, field, slack in FLAT:
        early = statistics.median(one[field] for one in samples[tenth : 2 * tenth])
        late = statistics.median(one[field] for one in samples[-tenth:])
        verdicts.append((title, early, late, late - early <= slack))
    return verdicts


def draw(samples, file):
    width, height, gap = 420, 90, 46
    parts = []
    for place, (title, field, _) in enumerate(FLAT):
        x0, y0 = 20 + (place % 2) * (width + 40), 40 + (place // 2) * (height + gap)
        values = [one[field] for one in samples]
        top, end = max(values) or 1, samples[-1]["s"] or 1
        points = " ".join(
            f"{x0 + one['s'] / end * width:.1f},{y0 + height - one[field] / top * height:.1f}" for one in samples
        )
        parts.append(
            f'<text x="{x0}" y="{y0 - 8}">{title}: {values[0]} at first, {top} at most, {values[-1]} at last</text>'
            f'<rect x="{x0}" y="{y0}" width="{width}" height="{height}" fill="none" stroke="#ccc"/>'
            f'<polyline points="{points}" fill="none" stroke="#0a6" stroke-width="1.5"/>'
        )
    total = 40 + (len(FLAT) + 1) // 2 * (height + gap)
    file.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{2 * width + 80}" height="{total}" '
        f'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="white"/>{"".join(parts)}</svg>\n'
    )


def quantiles(values):
    ordered = sorted(values)
    return [round(ordered[min(len(ordered) - 1, int(len(ordered) * q))], 1) for q in (0.5, 0.99)]


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=20)
    options.add_argument("--pace", type=float, default=1.0, help="2 does everything twice as often")
    options.add_argument("--out", type=pathlib.Path, default=HERE)
    options = options.parse_args()
    with tempfile.TemporaryDirectory() as home:
        server = conftest.Crossway(pathlib.Path(home) / "data")
        deploy(server)
        soak = Soak(server, options.minutes * 60)
        paces = [
            (0.1, soak.steady), (0.1, soak.steady), (1, soak.update), (1, soak.crash), (3, soak.time_out),
            (10, soak.bomb), (15, soak.fill), (3, soak.churn), (0.2, soak.victim), (2, soak.kill),
        ]  # fmt: skip
        threads = [soak.every(seconds / options.pace, do) for seconds, do in paces]
        samples = []
        while not soak.is_over():
            samples.append(sample(server, soak.started))
            time.sleep(min(5, max(0.1, soak.ends - time.monotonic())))
        for thread in threads:
            thread.join()
        health = conftest.requests.get(f"{server.url}/_crossway/health", timeout=10).json()
        # At last the program itself, with all its workers warm.
        below = processes.descendants(server.process.pid)
        server.process.kill()
        server.process.wait()
        processes.wait_gone(below)
        server.start()
        after = sample(server, soak.started)
        server.stop()
        left = {"groups": groups(server.data), "worker_folders": count((server.data / "compute/workers").iterdir())}
    draw(samples, options.out / "soak.svg")
    print(json.dumps({"health": health, "counts": soak.counts, "after kill -9 and a new start": after, "left": left}, indent=1))
    half = options.minutes * 30
    for title, which in [("first half", lambda s: s < half), ("second half", lambda s: s >= half)]:
        times = [took for at, took in soak.steady_ms if which(at)]
        print(f"steady calls, {title}: p50 and p99 {quantiles(times)} ms of {len(times)}")
    for text in soak.problems[:20]:
        print("problem:", text)
    verdicts = judge(samples)
    for title, early, late, is_flat in verdicts:
        print(f"{'flat' if is_flat else 'GROWS'}: {title}: {early} early, {late} late")
    sys.exit(bool(soak.problems) or not all(verdict[3] for verdict in verdicts))


if __name__ == "__main__":
    main()
