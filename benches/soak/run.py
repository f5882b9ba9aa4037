#!/usr/bin/env python3
"""A day's life in twenty minutes: calls, updates, cold starts, crashes and kills; what must stay flat is drawn."""

import argparse
import hashlib
import json
import os
import pathlib
import statistics
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from life import Life, conftest, processes  # noqa: E402


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


# What is drawn and judged: title, field, and how much more at the end is still flat.
FLAT = [
    ("open descriptors", "descriptors", 20),
    ("resident memory, MiB", "memory_mb", 16),
    ("threads", "threads", 4),
    ("mounts of the host", "mounts", 0),
    # One worker more has a group in each of three hierarchies, and three processes.
    ("control groups of workers", "groups", 15),
    ("processes below Crossway", "processes", 15),
    ("folders of workers", "worker_folders", 6),
    ("disk: code and workers, MiB", "compute_mb", 2),
]


def judge(samples):
    """Medians of the second and the last quarter, and whether the growth is within bounds. In the first
    one, workers come up that then stay until they have been idle for ten minutes."""
    quarter = max(1, len(samples) // 4)
    verdicts = []
    for title, field, slack in FLAT:
        early = statistics.median(one[field] for one in samples[quarter : 2 * quarter])
        late = statistics.median(one[field] for one in samples[-quarter:])
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


def left_behind(server):
    """What is still there of a server that has ended."""
    marker = os.fsencode((server.data / "compute").resolve())
    return {
        "control groups": groups(server.data),
        "folders of workers": count((server.data / "compute/workers").iterdir()),
        "processes": sum(marker in start for start in starts()),
        "mounts": sum(str(server.data) in line for line in open("/proc/self/mountinfo")),
    }


def starts():
    """Command line and variables of each process."""
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                yield (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
            except OSError:
                pass


def end(server):
    """Kills the program itself with all its workers warm, starts and stops it; what is left then."""
    below = processes.descendants(server.process.pid)
    server.process.kill()
    server.process.wait()
    processes.wait_gone(below)
    server.start()
    below = processes.descendants(server.process.pid)
    server.stop()
    processes.wait_gone(below)
    return left_behind(server)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--program", default=conftest.PROGRAM)
    options.add_argument("--minutes", type=float, default=20)
    options.add_argument("--pace", type=float, default=1.0, help="2 does everything twice as often")
    options.add_argument("--out", type=pathlib.Path, default=HERE)
    options = options.parse_args()
    conftest.PROGRAM = options.program
    with tempfile.TemporaryDirectory() as home:
        server = conftest.Crossway(pathlib.Path(home) / "data")
        life = Life(server, options.minutes * 60)
        threads = life.begin(options.pace)
        samples = []
        while not life.is_over():
            samples.append(sample(server, life.started))
            time.sleep(min(5, max(0.1, life.ends - time.monotonic())))
        for thread in threads:
            thread.join()
        health = conftest.requests.get(f"{server.url}/_crossway/health", timeout=10).json()
        left = end(server)
    draw(samples, options.out / "soak.svg")
    print(json.dumps({"health": health, "counts": life.counts, "left after kill -9, a new start and a stop": left}, indent=1))
    half = options.minutes * 30
    for title, which in [("first half", lambda s: s < half), ("second half", lambda s: s >= half)]:
        times = [took for at, took in life.steady_ms if which(at)]
        print(f"steady calls, {title}: p50 and p99 {quantiles(times)} ms of {len(times)}")
    for text in life.problems[:20]:
        print("problem:", text)
    verdicts = judge(samples)
    for title, early, late, is_flat in verdicts:
        print(f"{'flat' if is_flat else 'GROWS'}: {title}: {early} early, {late} late")
    wrong = [title for title, _, _, is_flat in verdicts if not is_flat]
    wrong += [f"{number} {what} left" for what, number in left.items() if number]
    wrong += [f"{len(life.problems)} wrong answers"] * bool(life.problems)
    print("VERDICT:", "NOT FLAT: " + ", ".join(wrong) if wrong else "flat")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
