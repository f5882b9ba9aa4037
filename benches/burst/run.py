#!/usr/bin/env python3
"""Warm calls while a hundred functions are called for the first time at once, against warm calls alone."""

import argparse
import concurrent.futures
import http.client
import multiprocessing
import pathlib
import shutil
import statistics
import sys
import tempfile
import time
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import load  # noqa: E402
from load import conftest  # noqa: E402

SOURCE = "exports.handler = async () => 'hello';\n"
PHASES = ("alone", "during the burst")


def deploy(server, name, memory_mb):
    """The URL of a new function whose code is like no other's."""
    client = server.client("functions", "lambda")
    code = {"ZipFile": conftest.zipped(f"{SOURCE}// {name}\n", "index.js")}
    # An invocation waits for a worker no longer than its function may run.
    conftest.function(server, "functions", name, Code=code, MemorySize=memory_mb, Timeout=60)
    for statement, action, more in (
        ("url", "InvokeFunctionUrl", {"FunctionUrlAuthType": "NONE"}),
        ("invoke", "InvokeFunction", {"InvokedViaFunctionUrl": True}),
    ):
        client.add_permission(
            FunctionName=name, StatementId=statement, Action=f"lambda:{action}", Principal="*", **more
        )
    return client.create_function_url_config(FunctionName=name, AuthType="NONE")["FunctionUrl"]


class Caller:
    """A connection to one function's URL."""

    def __init__(self, port, url):
        self.host = urllib.parse.urlsplit(url).netloc
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.connection.connect()

    def call(self):
        """Milliseconds of one request."""
        started = time.perf_counter()
        self.connection.request("GET", "/", headers={"Host": self.host})
        response = self.connection.getresponse()
        body = response.read()
        if (response.status, body) != (200, b"hello"):
            raise SystemExit(f"{self.host} answered {response.status} {body[:200]}")
        return (time.perf_counter() - started) * 1000


def warm(port, url, pause, going, stop, out):
    """Calls a function until told to stop, in a process of its own; gives (when begun, milliseconds)."""
    caller, seen = Caller(port, url), []
    caller.call()
    going.set()
    while not stop.is_set():
        seen.append((time.time(), caller.call()))
        time.sleep(pause)
    out.put(seen)


def burst(port, urls):
    """Calls all at once, each for the first time; milliseconds of each."""
    callers = [Caller(port, url) for url in urls]
    with concurrent.futures.ThreadPoolExecutor(len(callers)) as pool:
        return list(pool.map(lambda caller: caller.call(), callers))


def one_round(server, number, options, url):
    """Milliseconds of warm calls alone, of those during the burst, of cold calls; the burst's seconds."""
    names = [f"cold-{number}-{n}" for n in range(options.count)]
    urls = [deploy(server, name, 128) for name in names]
    time.sleep(options.settle)
    context = multiprocessing.get_context("spawn")
    going, stop, out = context.Event(), context.Event(), context.Queue()
    process = context.Process(target=warm, args=(server.port, url, options.pause, going, stop, out))
    process.start()
    going.wait(60)
    time.sleep(options.settle)
    begun = time.time()
    time.sleep(options.seconds)
    bursting = time.time()
    cold = burst(server.port, urls)
    ended = time.time()
    stop.set()
    seen = out.get(timeout=120)
    process.join()
    client = server.client("functions", "lambda")
    for name in names:
        client.delete_function(FunctionName=name)
    alone = [taken for at, taken in seen if begun <= at < bursting]
    during = [taken for at, taken in seen if bursting <= at < ended]
    return alone, during, cold, ended - bursting


def tail(taken):
    """The 99th percentile."""
    return sorted(taken)[int(len(taken) * 0.99)]


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--program", default=str(load.ROOT / "target/release/crossway"))
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--count", type=int, default=100, help="cold starts at once")
    options.add_argument("--seconds", type=float, default=5, help="of warm calls alone before each burst")
    options.add_argument("--pause", type=float, default=0.005, help="seconds between two warm calls")
    options.add_argument("--settle", type=float, default=2, help="seconds for what creating leaves to do")
    options = options.parse_args()
    conftest.PROGRAM = options.program
    home = pathlib.Path(tempfile.mkdtemp())
    server = conftest.Crossway(home / "data", "--ephemeral")
    try:
        url = deploy(server, "warm", 1769)
        caller = Caller(server.port, url)
        for _ in range(500):
            caller.call()
        rounds = []
        for number in range(options.rounds):
            rounds.append(one_round(server, number, options, url))
            print(f"round {number + 1} of {options.rounds}", file=sys.stderr)
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)
    load.say_load()
    print(f"| {options.count} cold starts at once, {options.rounds} rounds | p50 ms | p99 ms | calls |\n|---|---|---|---|")
    middle = statistics.median
    for place, phase in enumerate(PHASES):
        all_taken = [one[place] for one in rounds]
        p50, p99 = middle(map(middle, all_taken)), middle(map(tail, all_taken))
        print(f"| warm calls {phase} | {p50:.2f} | {p99:.2f} | {sum(map(len, all_taken))} |")
    slower = middle(middle(during) / middle(alone) for alone, during, _, _ in rounds)
    slower_tail = middle(tail(during) / tail(alone) for alone, during, _, _ in rounds)
    print(f"| x, median of the rounds' | {slower:.2f} | {slower_tail:.2f} | |")
    cold = [one[2] for one in rounds]
    print(f"| cold calls | {middle(map(middle, cold)):.0f} | {middle(map(tail, cold)):.0f} | {sum(map(len, cold))} |")
    print(f"\nall {options.count} answered after {middle(one[3] for one in rounds):.2f} s")
    rows = [
        ("p50 alone", 1, "1.00"), ("p50 during", slower, f"{slower:.2f}"),
        ("p99 alone", 1, "1.00"), ("p99 during", slower_tail, f"{slower_tail:.2f}"),
    ]
    title = f"warm calls while {options.count} functions start, alone = 1.00 (goal: at most 2)"
    load.bars(title, rows, ["p50 alone", "p99 alone"], HERE / "burst.svg")


if __name__ == "__main__":
    main()
