"""What the benches of load share: ports, slices of load, CPU time a request, bars."""

import argparse
import json
import os
import pathlib
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "conformance"))
import conftest  # noqa: E402  (the conformance suite's clients)

NGINX = """
worker_processes 2; daemon off; pid {home}/nginx.pid; error_log {home}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off; client_body_temp_path {home}/b; proxy_temp_path {home}/p;
  fastcgi_temp_path {home}/f; uwsgi_temp_path {home}/u; scgi_temp_path {home}/s;
  {http}
}}
"""


def options(text, **more):
    """The arguments of a bench; `more` are arguments of its own and their help."""
    parser = argparse.ArgumentParser(description=text)
    parser.add_argument("--program", default=str(ROOT / "target/release/crossway"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--connections", type=int, default=32)
    for name, about in more.items():
        parser.add_argument(f"--{name}", help=about)
    found = parser.parse_args()
    conftest.PROGRAM = found.program
    return found


def needs(*tools):
    for tool in tools:
        shutil.which(tool) or sys.exit(f"{tool} is missing: apt-get install wrk nginx nodejs")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_open(port, seconds=10):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            return socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.02)
    raise SystemExit(f"nothing listens on {port}")


def answers(url, seconds=60):
    """Whether a URL answers 200 in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=10) as reply:
                return reply.status == 200
        except OSError:
            time.sleep(0.2)
    return False


def nginx(home, http):
    """A running nginx with two workers and these servers."""
    home.mkdir(parents=True)
    (home / "nginx.conf").write_text(NGINX.format(home=home, http=http))
    return subprocess.Popen(["nginx", "-c", str(home / "nginx.conf")], stderr=subprocess.DEVNULL)


def add_mock(server, api, path="mock", method=None):
    """Adds `GET /{path}`, a MOCK, to an API and deploys it; `method` is for PutMethod."""
    gateway = server.client("api", "apigateway")
    root = next(one["id"] for one in gateway.get_resources(restApiId=api)["items"] if one["path"] == "/")
    mock = gateway.create_resource(restApiId=api, parentId=root, pathPart=path)["id"]
    where = {"restApiId": api, "resourceId": mock, "httpMethod": "GET"}
    gateway.put_method(**(method or {"authorizationType": "NONE"}), **where)
    gateway.put_integration(type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'}, **where)
    gateway.put_method_response(statusCode="200", **where)
    gateway.put_integration_response(
        statusCode="200", responseTemplates={"application/json": '"Hello from Lambda!"'}, **where
    )
    gateway.create_deployment(restApiId=api, stageName="test")


def policy(action, **more):
    """A policy that allows an action."""
    statement = {"Effect": "Allow", "Action": action, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def log_accesses(server, api, level="ERROR"):
    """Switches on a stage's access log, and its execution log at `level`."""
    group = "bench-accesses"
    server.client("api", "logs").create_log_group(logGroupName=group)
    iam = server.client("api", "iam")
    role = iam.create_role(RoleName="bench-logs", AssumeRolePolicyDocument=policy("sts:AssumeRole", Principal={"Service": "apigateway.amazonaws.com"}))
    iam.put_role_policy(RoleName="bench-logs", PolicyName="logs", PolicyDocument=policy("logs:*", Resource="*"))
    server.client("api", "apigateway").update_account(
        patchOperations=[{"op": "replace", "path": "/cloudwatchRoleArn", "value": role["Role"]["Arn"]}]
    )
    account = server.client("api", "sts").get_caller_identity()["Account"]
    form = "$context.identity.sourceIp $context.requestTime $context.httpMethod $context.path $context.status $context.responseLength $context.requestId"
    changes = {
        "/accessLogSettings/destinationArn": f"arn:aws:logs:us-east-1:{account}:log-group:{group}",
        "/accessLogSettings/format": form,
        "/*/*/logging/loglevel": level,
    }
    server.client("api", "apigateway").update_stage(
        restApiId=api, stageName="test",
        patchOperations=[{"op": "replace", "path": path, "value": value} for path, value in changes.items()],
    )


def slice_of(url, seconds, connections, headers=()):
    """(requests a second, median ms, 99th percentile ms, requests) of one slice."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency"]
    command += [part for header in headers for part in ("-H", header)]
    out = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout
    if re.search(r"Non-2xx|Socket errors", out):
        raise SystemExit(f"{url} answered wrongly:\n{out}")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])

    def ms(percentile):
        value, unit = re.search(rf"{percentile}%\s+([\d.]+)(us|ms|s)", out).groups()
        return float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit]

    return rate, ms(50), ms(99), int(re.search(r"(\d+) requests in", out)[1])


def cpu_us(pid):
    """CPU time of a process and of all that it started, in microseconds."""
    children, found = {}, 0
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            stat = pathlib.Path(f"/proc/{entry}/stat").read_text()
        except OSError:
            continue
        children.setdefault(int(stat.rsplit(")", 1)[1].split()[1]), []).append(int(entry))
    todo = [pid]
    while todo:
        one = todo.pop()
        todo += children.get(one, [])
        try:
            for thread in os.listdir(f"/proc/{one}/task"):
                run = pathlib.Path(f"/proc/{one}/task/{thread}/schedstat").read_text()
                found += int(run.split()[0])
        except OSError:
            continue
    return found / 1000


def measured(target, seconds, connections):
    """(requests a second, p50 ms, p99 ms, CPU us a request) of a slice at `(url, headers, pid)`."""
    url, headers, pid = target
    before = cpu_us(pid) if pid else 0
    rate, p50, p99, count = slice_of(url, seconds, connections, headers)
    return rate, p50, p99, ((cpu_us(pid) - before) / max(count, 1) if pid else 0)


def rounds_of(targets, rounds, seconds, connections):
    """One measurement of each target a round, in a shuffled order."""
    done = []
    for number in range(rounds):
        order = random.sample(list(targets), len(targets))
        done.append({name: measured(targets[name], seconds, connections) for name in order})
        print(f"round {number + 1} of {rounds}, {connections} connections", file=sys.stderr)
    return done


def ratio(rounds, name, peer, column):
    """The median of the rounds' ratios."""
    return statistics.median(one[name][column] / one[peer][column] for one in rounds)


def median(rounds, name, column):
    return statistics.median(one[name][column] for one in rounds)


def say_load():
    load = pathlib.Path("/proc/loadavg").read_text().split()[0]
    print(f"\nload average at the end: {load}, the bench's own included\n")


def bars(title, rows, reference, path):
    """Bars of `(name, value, text)` as an SVG that needs no library; those of `reference` are grey."""
    top = max(value for _, value, _ in rows)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="680" height="{len(rows) * 44 + 40}" font-family="sans-serif" font-size="13">',
        f'<text x="8" y="20">{title}</text>',
    ]
    for n, (name, value, text) in enumerate(rows):
        y, length = 34 + n * 44, max(value, 0) / top * 320
        colour = "#687078" if name in reference else "#0972d3"
        lines.append(
            f'<text x="8" y="{y + 19}">{name.replace(">", "&gt;")}</text><rect x="210" y="{y}" width="{length:.0f}" height="28" fill="{colour}"/>'
            f'<text x="{216 + length:.0f}" y="{y + 19}">{text}</text>'
        )
    path.write_text("\n".join([*lines, "</svg>"]) + "\n")
    print(f"\nplot: {path}")
