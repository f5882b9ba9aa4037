#!/usr/bin/env python3
"""HTTP_PROXY against nginx as reverse proxy of the same backend, and MOCK against nginx `return`."""

import pathlib
import shutil
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import load  # noqa: E402
from load import conftest  # noqa: E402

BODY = '"Hello from the backend!"'
BACKEND = """
  server {{ listen 127.0.0.1:{port}; location / {{ default_type application/json; return 200 '{body}'; }} }}
"""
FRONT = """
  upstream backend {{ server 127.0.0.1:{backend}; keepalive 64; }}
  server {{ listen 127.0.0.1:{port};
    location /proxy {{ proxy_pass http://backend; proxy_http_version 1.1; proxy_set_header Connection ""; }}
    location /mock {{ default_type application/json; return 200 '{body}'; }}
  }}
"""
DIRECT = "backend, direct"
PROXY, RETURN = "nginx reverse proxy", "nginx return"
OURS = {"Crossway HTTP_PROXY": PROXY, "Crossway MOCK": RETURN}


def deploy(server, backend):
    """An API with GET /proxy to the backend and GET /mock; access log and error log are on."""
    gateway = server.client("api", "apigateway")
    api = gateway.create_rest_api(name="bench", endpointConfiguration={"types": ["REGIONAL"]})["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    resource = gateway.create_resource(restApiId=api, parentId=root, pathPart="proxy")["id"]
    where = {"restApiId": api, "resourceId": resource, "httpMethod": "GET"}
    gateway.put_method(authorizationType="NONE", **where)
    gateway.put_integration(
        type="HTTP_PROXY", integrationHttpMethod="GET", uri=f"http://127.0.0.1:{backend}/", **where
    )
    load.add_mock(server, api)
    load.log_accesses(server, api)
    return f"{server.url}/_aws/execute-api/{api}/test"


def main():
    options = load.options(__doc__)
    load.needs("wrk", "nginx")
    home = pathlib.Path(tempfile.mkdtemp())
    backend, front = load.free_port(), load.free_port()
    nginxes = [
        load.nginx(home / "backend", BACKEND.format(port=backend, body=BODY)),
        load.nginx(home / "front", FRONT.format(port=front, backend=backend, body=BODY)),
    ]
    # nginx has no quota of 10,000 requests a second either.
    server = conftest.Crossway(home / "data", "--ephemeral", "--account-throttle", "off")
    try:
        load.wait_open(backend), load.wait_open(front)
        base, pid = deploy(server, backend), server.process.pid
        targets = {
            DIRECT: (f"http://127.0.0.1:{backend}/", (), nginxes[0].pid),
            PROXY: (f"http://127.0.0.1:{front}/proxy", (), nginxes[1].pid),
            "Crossway HTTP_PROXY": (f"{base}/proxy", (), pid),
            RETURN: (f"http://127.0.0.1:{front}/mock", (), nginxes[1].pid),
            "Crossway MOCK": (f"{base}/mock", (), pid),
        }
        for target in targets.values():
            load.measured(target, 2, options.connections)  # warm up
        rounds = load.rounds_of(targets, options.rounds, options.seconds, options.connections)
    finally:
        server.stop()
        for nginx in nginxes:
            nginx.terminate()
            nginx.wait(10)
        shutil.rmtree(home, ignore_errors=True)
    load.say_load()
    print(f"| {options.connections} connections | req/s | x its nginx | p50 ms | p99 ms | p99 x | CPU us a request |")
    print("|---|---|---|---|---|---|---|")
    rows = []
    for name in targets:
        rate, p50, p99, cpu = (load.median(rounds, name, column) for column in range(4))
        times = tail = ""
        shown = f"{rate:,.0f}/s"
        if name in OURS:
            times = f"{load.ratio(rounds, name, OURS[name], 0):.2f}"
            tail = f"{load.ratio(rounds, name, OURS[name], 2):.2f}"
            shown = f"{shown}, x {times}"
        print(f"| {name} | {rate:,.0f} | {times} | {p50:.2f} | {p99:.2f} | {tail} | {cpu:.1f} |")
        rows.append((name, rate, shown))
    load.bars("requests a second", rows, [DIRECT, PROXY, RETURN], HERE / "proxy.svg")


if __name__ == "__main__":
    main()
