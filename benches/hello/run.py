#!/usr/bin/env python3
"""GET -> Lambda proxy -> Node hello, and MOCK, against nginx in front of bare Node, in the same run."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import load  # noqa: E402
from load import conftest  # noqa: E402

BARE = """
require('http').createServer((request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end('"Hello from Lambda!"');
}).listen(+process.argv[1], '127.0.0.1', () => console.log('ready'));
"""
PROXY = """
  upstream node {{ server 127.0.0.1:{node}; keepalive 64; }}
  server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://node; proxy_http_version 1.1; proxy_set_header Connection ""; }} }}
"""
HELLO = """export const handler = async () => ({
  statusCode: 200, headers: { 'content-type': 'application/json' }, body: '"Hello from Lambda!"',
});
"""
SERVERLESS = """service: bench
provider: { name: aws, runtime: nodejs20.x }
plugins: [serverless-offline]
functions: { hello: { handler: index.handler, events: [ { http: { path: hello, method: get } } ] } }
"""
PEER = "nginx -> Node"


def deploy(server):
    """An API with GET /hello (Lambda proxy, the other account's function) and GET /mock."""
    # So much memory has the share of one CPU, which is what Node behind nginx has.
    arn = conftest.function(server, "functions", "bench", HELLO, MemorySize=1769)
    api = conftest.proxy_api(server, "bench", arn, path="hello")
    load.add_mock(server, api)
    conftest.allow(server, arn, f"arn:aws:execute-api:us-east-1:111111111111:{api}/*/GET/hello")
    return f"{server.url}/_aws/execute-api/{api}/test"


def serverless_offline(folder, home):
    """serverless-offline from `folder`, if it is installed there: process and URL."""
    program = folder / "node_modules/.bin/serverless"
    if not program.exists():
        return print(f"without serverless-offline: no {program}", file=sys.stderr)
    home.mkdir()
    (home / "index.mjs").write_text(HELLO)
    (home / "serverless.yml").write_text(SERVERLESS)
    (home / "node_modules").symlink_to(folder / "node_modules")
    port, inner, websocket = (load.free_port() for _ in range(3))
    ports = ["--httpPort", str(port), "--lambdaPort", str(inner), "--websocketPort", str(websocket)]
    command = [str(program), "offline", "--noPrependStageInUrl", *ports]
    silent = {"SLS_TELEMETRY_DISABLED": "1", "SLS_NOTIFICATIONS_MODE": "off"}
    process = subprocess.Popen(
        command, cwd=home, env={**os.environ, **silent}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    load.wait_open(port, 60)
    return process, f"http://127.0.0.1:{port}/hello"


def ministack(folder, home):
    """MiniStack from `folder`, if it is installed there, without Docker: process and URL."""
    program = folder / "python/bin/ministack"
    if not program.exists():
        return print(f"without MiniStack: no {program}", file=sys.stderr)
    home.mkdir()
    port = load.free_port()
    process = subprocess.Popen(
        [program], cwd=home, env={**os.environ, "GATEWAY_PORT": str(port)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    load.wait_open(port, 60)
    import boto3

    def client(service):
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        return boto3.client(service, "us-east-1", endpoint_url=f"http://127.0.0.1:{port}", **keys)

    made = client("lambda").create_function(
        FunctionName="bench", Role="arn:aws:iam::000000000000:role/bench", Runtime="nodejs20.x",
        Handler="index.handler", Code={"ZipFile": conftest.zipped(HELLO)},
    )
    gateway = client("apigateway")
    api = gateway.create_rest_api(name="bench")["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    at = gateway.create_resource(restApiId=api, parentId=root, pathPart="hello")["id"]
    where = {"restApiId": api, "resourceId": at, "httpMethod": "GET"}
    gateway.put_method(authorizationType="NONE", **where)
    uri = conftest.lambda_uri(made["FunctionArn"])
    gateway.put_integration(type="AWS_PROXY", integrationHttpMethod="POST", uri=uri, **where)
    gateway.create_deployment(restApiId=api, stageName="test")
    return process, f"http://127.0.0.1:{port}/_aws/execute-api/{api}/test/hello"


def main():
    options = load.options(__doc__, peers="a folder with other emulators, see README.md")
    load.needs("wrk", "nginx", "node")
    home = pathlib.Path(tempfile.mkdtemp())
    node_port, nginx_port = load.free_port(), load.free_port()
    node = subprocess.Popen(["node", "-e", BARE, str(node_port)], stdout=subprocess.DEVNULL)
    nginx = load.nginx(home / "nginx", PROXY.format(node=node_port, port=nginx_port))
    # nginx has no quota of 10,000 requests a second either.
    server = conftest.Crossway(home / "data", "--ephemeral", "--account-throttle", "off")
    processes = [nginx, node]
    try:
        load.wait_open(node_port), load.wait_open(nginx_port)
        base = deploy(server)
        targets = {
            "bare Node": (f"http://127.0.0.1:{node_port}/", (), node.pid),
            PEER: (f"http://127.0.0.1:{nginx_port}/", (), nginx.pid),
            "Crossway -> Lambda (Node)": (f"{base}/hello", (), server.process.pid),
            "Crossway MOCK": (f"{base}/mock", (), server.process.pid),
        }
        if options.peers:
            folder = pathlib.Path(options.peers).resolve()
            for name, start in (("serverless-offline", serverless_offline), ("MiniStack", ministack)):
                if started := start(folder, home / name):
                    processes.append(started[0])
                    if not load.answers(started[1]):
                        print(f"without {name}: it does not answer", file=sys.stderr)
                        continue
                    targets[name] = (started[1], (), started[0].pid)
        for target in targets.values():
            load.measured(target, 2, options.connections)  # warm up
        rounds = load.rounds_of(targets, options.rounds, options.seconds, options.connections)
        singles = load.rounds_of(targets, options.rounds, options.seconds, 1)
    finally:
        server.stop()
        for process in processes:
            process.terminate()
            process.wait(10)
        shutil.rmtree(home, ignore_errors=True)
    load.say_load()
    print(f"| {options.connections} connections | x {PEER} | req/s | p50 ms | p99 ms | p99 x | CPU us a request | p50 ms, 1 connection | x |")
    print("|---|---|---|---|---|---|---|---|---|")
    rows = []
    for name in targets:
        times = load.ratio(rounds, name, PEER, 0)
        rate, p50, p99, cpu = (load.median(rounds, name, column) for column in range(4))
        tail, alone = load.ratio(rounds, name, PEER, 2), load.median(singles, name, 1)
        # The server that nginx asks belongs to its cost.
        cpu = "" if name == PEER else f"{cpu:.0f}"
        alone_times = load.ratio(singles, name, PEER, 1)
        print(f"| {name} | {times:.2f} | {rate:,.0f} | {p50:.2f} | {p99:.2f} | {tail:.2f} | {cpu} | {alone:.3f} | {alone_times:.2f} |")
        rows.append((name, times, f"{times:.2f} ({rate:,.0f}/s)"))
    load.bars(f"requests a second, {PEER} = 1.00", rows, [PEER], HERE / "hello.svg")


if __name__ == "__main__":
    main()
