"""Processes, read from /proc."""

import os
import pathlib
import threading
import time


def descendants(pid):
    """Ids of all processes below `pid`."""
    parents = {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue
            parents[int(entry.name)] = int(stat.rsplit(")", 1)[1].split()[1])
    found, fresh = set(), {pid}
    while fresh:
        fresh = {child for child, parent in parents.items() if parent in fresh} - found
        found |= fresh
    return found


def ancestors(pid, top):
    """Ids of the processes between `pid` and `top`, the nearest first."""
    found = []
    while True:
        try:
            stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            return found
        pid = int(stat.rsplit(")", 1)[1].split()[1])
        if pid in (top, 0, 1):
            return found
        found.append(pid)


def is_running(pid):
    try:
        state = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def wait_gone(pids, seconds=20):
    """Waits until none of `pids` runs any more."""
    end = time.monotonic() + seconds
    while left := [pid for pid in pids if is_running(pid)]:
        assert time.monotonic() < end, f"still running: {left}"
        threading.Event().wait(0.02)


def command(pid):
    return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()


def kill(pid):
    os.kill(pid, 9)


def workers(pid, function):
    """Ids, as the host sees them, of the processes below `pid` that run a function's code."""
    mark = f"AWS_LAMBDA_FUNCTION_NAME={function}".encode()

    def runs(one):
        try:
            return mark in pathlib.Path(f"/proc/{one}/environ").read_bytes().split(b"\0")
        except OSError:
            return False

    return [one for one in descendants(pid) if runs(one)]
