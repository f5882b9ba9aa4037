#!/usr/bin/env python3
"""GET -> Lambda proxy -> Node hello, and MOCK, against nginx in front of bare Node, in the same run."""

import argparse
import pathlib
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(ROOT / "conformance"))
import conftest  # noqa: E402  (the conformance suite's clients)

BARE = """
require('http').createServer((request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end('"Hello from Lambda!"');
}).listen(+process.argv[1], '127.0.0.1', () => console.log('ready'));
"""
NGINX = """
worker_processes 2; daemon off; pid {home}/nginx.pid; error_log {home}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off; client_body_temp_path {home}/b; proxy_temp_path {home}/p;
  fastcgi_temp_path {home}/f; uwsgi_temp_path {home}/u; scgi_temp_path {home}/s;
  upstream node {{ server 127.0.0.1:{node}; keepalive 64; }}
  server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://node; proxy_http_version 1.1; proxy_set_header Connection ""; }} }}
}}
"""
HELLO = """export const handler = async () => ({
  statusCode: 200, headers: { 'content-type': 'application/json' }, body: '"Hello from Lambda!"',
});
"""
PEER = "nginx -> Node"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_open(port):
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            return socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.02)
    raise SystemExit(f"nothing listens on {port}")


def deploy(server):
    """An API with GET /hello (Lambda proxy, the other account's function) and GET /mock."""
    # So much memory has the share of one CPU, which is what Node behind nginx has.
    arn = conftest.function(server, "functions", "bench", HELLO, MemorySize=1769)
    api = conftest.proxy_api(server, "bench", arn, path="hello")
    gateway = server.client("api", "apigateway")
    root = next(one["id"] for one in gateway.get_resources(restApiId=api)["items"] if one["path"] == "/")
    mock = gateway.create_resource(restApiId=api, parentId=root, pathPart="mock")["id"]
    where = {"restApiId": api, "resourceId": mock, "httpMethod": "GET"}
    gateway.put_method(authorizationType="NONE", **where)
    gateway.put_integration(type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'}, **where)
    gateway.put_method_response(statusCode="200", **where)
    gateway.put_integration_response(
        statusCode="200", responseTemplates={"application/json": '"Hello from Lambda!"'}, **where
    )
    gateway.create_deployment(restApiId=api, stageName="test")
    conftest.allow(server, arn, f"arn:aws:execute-api:us-east-1:111111111111:{api}/*/GET/hello")
    return f"{server.url}/_aws/execute-api/{api}/test"


def slice_of(url, seconds, connections):
    """(requests a second, median ms, 99th percentile ms) of one slice."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", url]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if re.search(r"Non-2xx|Socket errors", out):
        raise SystemExit(f"{url} answered wrongly:\n{out}")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])

    def ms(percentile):
        value, unit = re.search(rf"{percentile}%\s+([\d.]+)(us|ms|s)", out).groups()
        return float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit]

    return rate, ms(50), ms(99)


def plot(rows, path):
    """Bars of the ratios, as an SVG that needs no library."""
    width, bar = 640, 28
    top = max(ratio for _, ratio, *_ in rows)
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{len(rows) * 44 + 40}" font-family="sans-serif" font-size="13">',
             f'<text x="8" y="20">requests a second, {PEER} = 1.00</text>']
    for n, (name, ratio, rate, *_) in enumerate(rows):
        y, length = 34 + n * 44, ratio / top * (width - 300)
        colour = "#687078" if name == PEER else "#0972d3"
        lines.append(f'<text x="8" y="{y + 19}">{name.replace(">", "&gt;")}</text><rect x="190" y="{y}" width="{length:.0f}" height="{bar}" fill="{colour}"/>'
                     f'<text x="{196 + length:.0f}" y="{y + 19}">{ratio:.2f} ({rate:,.0f}/s)</text>')
    path.write_text("\n".join([*lines, "</svg>"]) + "\n")


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--seconds", type=int, default=2)
    options.add_argument("--connections", type=int, default=32)
    options = options.parse_args()
    for tool in ("wrk", "nginx", "node"):
        shutil.which(tool) or sys.exit(f"{tool} is missing: apt-get install wrk nginx nodejs")
    conftest.PROGRAM = str(ROOT / "target/release/crossway")
    home = pathlib.Path(tempfile.mkdtemp())
    node_port, nginx_port = free_port(), free_port()
    node = subprocess.Popen(["node", "-e", BARE, str(node_port)], stdout=subprocess.DEVNULL)
    (home / "nginx.conf").write_text(NGINX.format(home=home, node=node_port, port=nginx_port))
    nginx = subprocess.Popen(["nginx", "-c", str(home / "nginx.conf")], stderr=subprocess.DEVNULL)
    # nginx has no quota of 10,000 requests a second either.
    server = conftest.Crossway(home / "data", "--ephemeral", "--account-throttle", "off")
    try:
        wait_open(node_port), wait_open(nginx_port)
        base = deploy(server)
        targets = {
            "bare Node": f"http://127.0.0.1:{node_port}/",
            PEER: f"http://127.0.0.1:{nginx_port}/",
            "Crossway -> Lambda (Node)": f"{base}/hello",
            "Crossway MOCK": f"{base}/mock",
        }
        for url in targets.values():
            slice_of(url, 1, options.connections)  # warm up
        rounds = []
        for number in range(options.rounds):
            order = random.sample(list(targets), len(targets))
            rounds.append({name: slice_of(targets[name], options.seconds, options.connections) for name in order})
            print(f"round {number + 1} of {options.rounds} done", file=sys.stderr)
        singles = [
            {name: slice_of(targets[name], options.seconds, 1) for name in random.sample(list(targets), len(targets))}
            for _ in range(options.rounds)
        ]
    finally:
        server.stop()
        nginx.terminate(), node.terminate()
        shutil.rmtree(home, ignore_errors=True)
    rows = []
    for name in targets:
        ratio = statistics.median(one[name][0] / one[PEER][0] for one in rounds)
        rate, p50, p99 = (statistics.median(one[name][n] for one in rounds) for n in range(3))
        tail = statistics.median(one[name][2] / one[PEER][2] for one in rounds)
        alone = statistics.median(one[name][1] for one in singles)
        alone_ratio = statistics.median(one[name][1] / one[PEER][1] for one in singles)
        rows.append((name, ratio, rate, p50, p99, tail, alone, alone_ratio))
    load = pathlib.Path("/proc/loadavg").read_text().split()[0]
    print(f"\nload average at the end: {load}, the bench's own included")
    print(f"\n| {options.connections} connections | x {PEER} | req/s | p50 ms | p99 ms | p99 x | p50 ms, 1 connection | x |\n|---|---|---|---|---|---|---|---|")
    for name, ratio, rate, p50, p99, tail, alone, alone_ratio in rows:
        print(f"| {name} | {ratio:.2f} | {rate:,.0f} | {p50:.2f} | {p99:.2f} | {tail:.2f} | {alone:.3f} | {alone_ratio:.2f} |")
    plot(rows, HERE / "hello.svg")
    print(f"\nplot: {HERE / 'hello.svg'}")


if __name__ == "__main__":
    main()
