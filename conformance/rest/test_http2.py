"""Rows about clients that speak HTTP/2, driven with curl."""

import json
import re
import shutil
import subprocess

import pytest
from apis import deploy, method, mock, probe, proxy


@pytest.fixture(scope="module")
def api(server):
    if not shutil.which("curl"):
        pytest.skip("curl is not installed")
    arn = probe(server, "http2")
    paths = {"/": {"get": method(proxy(arn))}, "/mock": {"get": method(mock("$context.protocol"))}}
    return deploy(server, "http2", paths)


def curl(server, api, path, *headers):
    """Status line with headers, and body."""
    url = f"{server.url}/_aws/execute-api/{api}/test{path}"
    given = [part for header in headers for part in ("-H", header)]
    command = ["curl", "-sS", "--http2-prior-knowledge", "-i", *given, url]
    out = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
    head, _, body = out.partition(b"\r\n\r\n")
    return head.decode().split("\r\n"), body.decode()


def test_http_2_is_taken_and_reported_as_http_1_1(server, api):
    head, body = curl(server, api, "/mock")
    assert (head[0].split()[:2], body) == (["HTTP/2", "200"], "HTTP/1.1")
    _, body = curl(server, api, "/")
    assert json.loads(body)["requestContext"]["protocol"] == "HTTP/1.1"


def test_answers_over_http_2_have_names_in_lower_case(server, api):
    head, _ = curl(server, api, "/mock")
    names = [line.split(": ")[0] for line in head[1:]]
    assert names == [name.lower() for name in names]
    assert {"x-amzn-requestid", "x-amz-apigw-id", "content-type", "content-length"} <= set(names)
    assert "connection" not in names


def test_well_known_names_are_canonical_where_http_2_lost_their_case(server, api):
    _, body = curl(server, api, "/", "Authorization: x", "X-Mine: 1", "Accept: a/b")
    headers = json.loads(body)["headers"]
    assert {"Authorization", "User-Agent", "Host", "Accept", "x-mine"} <= set(headers)
    assert re.match(r"curl/", headers["User-Agent"])
