#!/usr/bin/env python3
"""CPU time that a Lambda authorizer from its cache, an API key and throttling add to a request."""

import pathlib
import shutil
import statistics
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import load  # noqa: E402
from load import conftest  # noqa: E402

GUARD = """let asked = 0;
export const handler = async (event) => {
  console.log('asked', ++asked);
  const allow = { Action: 'execute-api:Invoke', Effect: 'Allow', Resource: '*' };
  return { principalId: 'user', policyDocument: { Version: '2012-10-17', Statement: [allow] } };
};
"""
OPEN, KEYED, GUARDED, ALL = "open", "API key and throttle", "authorizer", "all three"
TOKEN = "Authorization: token"


def deploy(server):
    """The same MOCK method four times in one API; gives its URL and the key."""
    gateway = server.client("api", "apigateway")
    api = gateway.create_rest_api(name="bench", endpointConfiguration={"types": ["REGIONAL"]})["id"]
    guard = conftest.function(server, "functions", "guard", GUARD)
    authorizer = gateway.create_authorizer(
        restApiId=api, name="guard", type="TOKEN", authorizerResultTtlInSeconds=3600,
        identitySource="method.request.header.Authorization", authorizerUri=conftest.lambda_uri(guard),
    )["id"]
    conftest.allow(server, guard, f"arn:aws:execute-api:us-east-1:111111111111:{api}/authorizers/{authorizer}")
    custom = {"authorizationType": "CUSTOM", "authorizerId": authorizer}
    free = {"authorizationType": "NONE"}
    load.add_mock(server, api, "open", free)
    load.add_mock(server, api, "keyed", {**free, "apiKeyRequired": True})
    load.add_mock(server, api, "guarded", custom)
    load.add_mock(server, api, "all", {**custom, "apiKeyRequired": True})
    load.log_accesses(server, api)
    # More than there can be, so that every request is counted and none refused.
    plenty = {"rateLimit": 9_000_000, "burstLimit": 9_000_000}
    plan = gateway.create_usage_plan(
        name="bench", throttle=plenty, apiStages=[{"apiId": api, "stage": "test"}]
    )["id"]
    key = gateway.create_api_key(name="bench", enabled=True)
    gateway.create_usage_plan_key(usagePlanId=plan, keyId=key["id"], keyType="API_KEY")
    return f"{server.url}/_aws/execute-api/{api}/test", f"x-api-key: {key['value']}"


def main():
    options = load.options(__doc__)
    load.needs("wrk", "node")
    home = pathlib.Path(tempfile.mkdtemp())
    server = conftest.Crossway(home / "data", "--ephemeral", "--account-throttle", "off")
    try:
        base, key = deploy(server)
        pid = server.process.pid
        # All send the same headers: reading them is not what is measured.
        headers = (TOKEN, key)
        targets = {
            OPEN: (f"{base}/open", headers, pid),
            KEYED: (f"{base}/keyed", headers, pid),
            GUARDED: (f"{base}/guarded", headers, pid),
            ALL: (f"{base}/all", headers, pid),
        }
        for target in targets.values():
            load.measured(target, 2, options.connections)  # warm up; fills the authorizer's cache
        assert not load.answers(f"{base}/keyed", 0.5), "the key is not asked for"
        assert not load.answers(f"{base}/guarded", 0.5), "the authorizer is not asked"
        rounds = load.rounds_of(targets, options.rounds, options.seconds, options.connections)
        asked = server.client("functions", "logs").filter_log_events(
            logGroupName="/aws/lambda/guard", filterPattern="asked"
        )["events"]
        # The first requests come at once, before there is an answer to keep.
        assert 0 < len(asked) <= 2 * options.connections, f"{len(asked)} calls: no cache"
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)
    load.say_load()
    print(f"| {options.connections} connections | req/s | p50 ms | p99 ms | CPU us a request | more than open |")
    print("|---|---|---|---|---|---|")
    rows = []
    for name in targets:
        rate, p50, p99, cpu = (load.median(rounds, name, column) for column in range(4))
        more = statistics.median(one[name][3] - one[OPEN][3] for one in rounds)
        print(f"| {name} | {rate:,.0f} | {p50:.2f} | {p99:.2f} | {cpu:.1f} | {more:.1f} |")
        rows.append((name, cpu, f"{cpu:.1f} us, +{more:.1f}"))
    load.bars("CPU time a request", rows, [OPEN], HERE / "guards.svg")


if __name__ == "__main__":
    main()
