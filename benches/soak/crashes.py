#!/usr/bin/env python3
"""A thousand crashes of anything; then: is a process, a mount, a control group or a folder left?"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import random
import sys
import tempfile
import threading

import life
import run
from life import conftest, processes

# How each is caused, and how often among a hundred.
HANDLERS = {
    "exits": ("process.exit(1)", "exit status 1"),
    "is killed": ("process.kill(process.pid, 'SIGKILL')", "signal: killed"),
    "aborts": ("process.abort()", "signal: aborted"),
    "leaves children": (
        "for (let n = 0; n < 5; n++) spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' }); process.exit(3)",
        "exit status 3",
    ),
    "leaves its output open": ("spawn('sleep', ['1000'], { detached: true, stdio: 'inherit' }); process.exit(4)", "exit status 4"),
    "fills its memory": ("const kept = []; for (;;) kept.push(Buffer.alloc(1 << 23, 1))", "signal: killed"),
    "never ends": ("for (;;);", "timed out"),
    "is stopped": ("process.kill(process.pid, 'SIGSTOP'); for (;;);", "timed out"),
}
SOURCE = """import { spawn } from 'node:child_process';
export const handler = async ({ how }) => {
  if (how === 'live') return 'alive';
%s
};
"""
SLEEPER = f"""export const handler = () => {{
  process.title = '{life.TITLE}';
  return new Promise((done) => setTimeout(done, 1e6));
}};
"""
SHARES = {"exits": 13, "is killed": 10, "aborts": 5, "leaves children": 15, "leaves its output open": 5,
          "fills its memory": 5, "never ends": 3, "is stopped": 2}  # fmt: skip
OUTSIDE = {"an interpreter": "interpreter", "an init": "init", "a guardian": "guardian"}
OUTSIDE_SHARE = 7
SPARE = "a spare worker is killed"
ORIGIN = "the launchers' origin is killed"
ORIGIN_SHARE = 2
SPARE_SHARE = 8
EXTENSION_SHARE = 8
INIT_SHARE = 3


def deploy(server):
    client = server.client("functions", "lambda")
    cases = "\n".join(f"  if (how === '{how}') {{ {code} }}" for how, (code, _) in HANDLERS.items())
    life.function(server, "crashes", SOURCE % cases, Timeout=1)
    life.function(server, "patient", SOURCE % cases, Timeout=60)
    life.function(server, "broken", life.BROKEN)
    life.function(server, "deserted", life.NODE % 0, Layers=[life.layer(client, "deserter", 1)])
    # It says so when its init is over: an init that is killed is tried again.
    life.function(server, "victim", SLEEPER, Timeout=50)


def tally(total):
    """What crashes, in an order that is not regular; `total` of them."""
    kinds = [how for how, share in SHARES.items() for _ in range(share)]
    kinds += [f"{who} is killed" for who in OUTSIDE for _ in range(OUTSIDE_SHARE)]
    kinds += [SPARE] * SPARE_SHARE + [ORIGIN] * ORIGIN_SHARE
    kinds += ["an extension ends"] * EXTENSION_SHARE + ["an init fails"] * INIT_SHARE
    all_kinds = [kinds[n % len(kinds)] for n in range(total)]
    random.Random(1).shuffle(all_kinds)
    return all_kinds


class Crashes:
    def __init__(self, server):
        self.server, self.turn = server, threading.Lock()
        self.clients = threading.local()
        self.counts, self.wrong = {}, []

    def client(self):
        if not hasattr(self.clients, "own"):
            self.clients.own = self.server.client("functions", "lambda")
        return self.clients.own

    def invoke(self, name, event):
        answer = self.client().invoke(FunctionName=name, Payload=json.dumps(event))
        return answer["Payload"].read().decode()

    def crash(self, kind):
        if kind == SPARE and not self.kill_spare():
            # None is up while others start: what can be had in its place.
            kind = "exits"
        try:
            said, expect = self.cause(kind)
        except Exception as error:  # noqa: BLE001  (told at the end)
            said, expect = repr(error), None
        with self.turn:
            self.counts[kind] = self.counts.get(kind, 0) + 1
            if expect is None or expect not in said:
                self.wrong.append(f"{kind}: {said[:200]}")

    def cause(self, kind):
        """What the caller was told, and what of it must be there."""
        if kind in HANDLERS:
            name = "crashes" if kind in ("never ends", "is stopped") else "patient"
            return self.invoke(name, {"how": kind}), HANDLERS[kind][1]
        if kind == "an init fails":
            return self.invoke("broken", {}), "at its init"
        if kind == "an extension ends":
            return self.invoke("deserted", {}), ""
        if kind == SPARE:
            return "killed", ""
        if kind == ORIGIN:
            self.kill_origin()
            return self.invoke("patient", {"how": "live"}), "alive"
        return self.kill_victim(OUTSIDE[kind.removesuffix(" is killed")]), "exited"

    def kill_victim(self, what):
        """Kills a process of a worker that is at work: its interpreter, or one of those around it."""
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            with self.turn:
                before = set(life.titled(self.server.process.pid, life.TITLE))
                said = pool.submit(self.invoke_victim)
                while not (fresh := set(life.titled(self.server.process.pid, life.TITLE)) - before):
                    threading.Event().wait(0.01)
                pid = fresh.pop()
                processes.kill(processes.sandbox(pid, self.server.process.pid)[what])
            return said.result()

    def invoke_victim(self):
        client = self.server.client("functions", "lambda")
        return client.invoke(FunctionName="victim", Payload=b"{}")["Payload"].read().decode()

    def kill_origin(self):
        """Kills what launchers are copies of: the oldest of its name that has no child, as a guardian has."""
        server = self.server.process.pid
        below = processes.descendants(server)
        stats = {pid: stat for pid in below if (stat := processes.started(pid))}
        parents = {parent for parent, _ in stats.values()}
        children = [(since, pid) for pid, (parent, since) in stats.items() if parent == server]
        alone = [pid for _, pid in sorted(children) if pid not in parents and is_launcher(pid)]
        for pid in alone[:1]:
            processes.kill(pid)

    def kill_spare(self):
        """Kills a process of an interpreter that waits for a function; whether there was one."""
        waiting = [pid for pid in processes.descendants(self.server.process.pid) if is_spare(pid)]
        try:
            processes.kill(random.choice(waiting))
        except (IndexError, ProcessLookupError):
            return False
        return True


def is_launcher(pid):
    try:
        return processes.command(pid).endswith(" origin ")
    except OSError:
        return False


def is_spare(pid):
    """Whether it waits for a function; one that has got one keeps its variables, but not its folder."""
    try:
        start = pathlib.Path(f"/proc/{pid}/environ").read_bytes()
        folder = os.readlink(f"/proc/{pid}/cwd")
    except OSError:
        return False
    return b"_CROSSWAY_SPARE=1" in start.split(b"\0") and folder == "/"


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--program", default=conftest.PROGRAM)
    options.add_argument("--crashes", type=int, default=1000)
    options.add_argument("--at-once", type=int, default=4)
    options = options.parse_args()
    conftest.PROGRAM = options.program
    with tempfile.TemporaryDirectory() as home:
        server = conftest.Crossway(pathlib.Path(home) / "data")
        deploy(server)
        crashes = Crashes(server)
        mounts = run.count(open("/proc/self/mountinfo"))
        before = run.sample(server, 0)
        with concurrent.futures.ThreadPoolExecutor(options.at_once) as pool:
            for done, _ in enumerate(pool.map(crashes.crash, tally(options.crashes)), 1):
                if done % 100 == 0:
                    print(f"{done} of {options.crashes}", file=sys.stderr, flush=True)
        alive = crashes.invoke("patient", {"how": "live"})
        after = run.sample(server, 0)
        left = run.end(server)
        left["mounts of the host"] = run.count(open("/proc/self/mountinfo")) - mounts
    print(json.dumps({"crashes": crashes.counts, "before": before, "after": after, "left": left}, indent=1))
    for text in crashes.wrong[:20]:
        print("wrong answer:", text)
    wrong = [f"{number} {what} left" for what, number in left.items() if number]
    wrong += [f"{len(crashes.wrong)} wrong answers"] * bool(crashes.wrong)
    wrong += [f"answers {alive} afterwards"] * (alive != '"alive"')
    grown = after["descriptors"] - before["descriptors"]
    wrong += [f"{grown} descriptors more"] * (grown > 40)
    total = sum(crashes.counts.values())
    print("VERDICT:", "; ".join(wrong) or f"nothing is left of {total} crashes")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
