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


def started(pid):
    """A process's parent, and when it was started; none when it is gone."""
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = stat.rsplit(")", 1)[1].split()
    return int(fields[1]), int(fields[19])


def sandbox(pid, top):
    """A worker's processes by what they are: its interpreter `pid`, its init, its guardian."""
    parents = {one: stat[0] for one in descendants(top) if (stat := started(one))}
    guardian = parents.get(pid)
    found = {"interpreter": pid, "guardian": guardian}
    found.update({"init": one for one, parent in parents.items() if parent == guardian and one != pid})
    return {what: one for what, one in found.items() if one not in (None, top)}


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
