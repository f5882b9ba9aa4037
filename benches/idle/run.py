#!/usr/bin/env python3
"""Memory of idle workers, against bare interpreters that wait on a socket."""

import argparse
import os
import pathlib
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "benches/cold"))
import run as cold  # noqa: E402  (its servers and functions)
from run import conftest  # noqa: E402  (the conformance suite's clients)

# A client of one connection, as each interpreter's own library has it.
BARE = {
    "Node.js": (["--max-semi-space-size=6", "--max-old-space-size=115", "-e"], "const s = new (require('net').Socket)({ fd: 0, readable: true, writable: true }); s.on('data', () => {}); s.write('.');"),
    "Python": (["-s", "-X", "utf8", "-c"], "import json, os, time; os.write(0, b'.'); os.read(0, 1)"),
}


def kib(pid, *names):
    """KiB of a process, by the kernel's names for its parts."""
    total = 0
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, amount, _ = line.split()
        total += int(amount) if name.rstrip(":") in names else 0
    return total


def private(pid):
    """What it has written, and no other process has; what it has of files, others like it have too."""
    return kib(pid, "Private_Dirty")


def share(pid):
    """Its share of what belongs to no file, as launchers have it together."""
    return kib(pid, "Pss_Anon")


def children(pid):
    """Processes that a process has started, by whichever of its threads."""
    tasks = pathlib.Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


def bare(program, language):
    """KiB of a bare interpreter that waits on a socket."""
    ours, theirs = socket.socketpair()
    flags, source = BARE[language]
    with subprocess.Popen([program, *flags, source], stdin=theirs, env={"LANG": "en_US.UTF-8"}) as process:
        ours.recv(1)
        time.sleep(1)
        taken = private(process.pid)
        process.kill()
    return taken


def workers(server):
    """By language: each idle worker's interpreter, its KiB, and those of the launcher's processes beside it."""
    found = {}
    for guardian in children(server.server.process.pid):
        inside = {child: os.readlink(f"/proc/{child}/exe") for child in children(guardian)}
        for child, program in inside.items():
            for language, name in (("Node.js", "node"), ("Python", "python")):
                if pathlib.Path(program).name.startswith(name):
                    others = [guardian, *(other for other in inside if other != child)]
                    found.setdefault(language, []).append((program, private(child), sum(map(share, others))))
    return found


def measure(home, way, count):
    server = cold.Server(home, way, count)
    try:
        for language in cold.LANGUAGES:
            for _ in range(count):
                server.first(language)
                time.sleep(0.3)
        time.sleep(1)
        return workers(server)
    finally:
        server.server.stop()


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--workers", type=int, default=6)
    options.add_argument("--program", default=str(ROOT / "target/release/crossway"))
    options = options.parse_args()
    conftest.PROGRAM = options.program
    home = pathlib.Path(tempfile.mkdtemp())
    bares = {}
    print(f"| KiB, median of {options.workers} | interpreter | guardian and init | over bare |\n|---|---|---|---|")
    try:
        for way in cold.WAYS:
            for language, found in measure(home, way, options.workers).items():
                if language not in bares:
                    bares[language] = bare(found[0][0], language)
                    print(f"| bare {language} | {bares[language]} | | |")
                own, beside = (statistics.median(column) for column in list(zip(*found))[1:])
                print(f"| {language} {way} | {own:.0f} | {beside:.0f} | {own + beside - bares[language]:.0f} |")
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
