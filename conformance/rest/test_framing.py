"""Bytes that confuse other servers, over raw sockets, at a deployed API and its backend.

Every probe is sent as it lies in the corpus, and once more with the API's own host and path in place
of the probe's, so that a message that is taken reaches the backend. No probe may make a second
request out of what was one, stop the server, or keep a connection waiting.
"""

import json
import re
import socket

import pytest
from apis import backend, deploy, method, send
from conftest import shared

SECONDS = 10


@pytest.fixture(scope="module")
def origin():
    with backend() as running:
        yield running


@pytest.fixture(scope="module")
def api(server, origin):
    proxy = {"type": "http_proxy", "httpMethod": "ANY", "uri": f"{origin.url}/{{proxy}}"}
    greedy = [{"in": "path", "name": "proxy", "required": True, "type": "string"}]
    path = {"requestParameters": {"integration.request.path.proxy": "method.request.path.proxy"}}
    every = "x-amazon-apigateway-any-method"
    return deploy(
        server, "framing", {"/{proxy+}": {every: method({**proxy, **path}, parameters=greedy)}}
    )


def exchange(server, payload):
    """Statuses of what is answered until the server closes or has nothing more to read."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=SECONDS) as wire:
        received = b""
        try:
            wire.sendall(payload)
            wire.shutdown(socket.SHUT_WR)
            while piece := wire.recv(1 << 16):
                received += piece
        except TimeoutError:
            raise
        except OSError:
            pass  # A reset after a refusal is an end too.
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", received)]


def at_home(server, api, mark, payload):
    """The probe with the API's host and paths below its stage and a mark, and lengths as they were."""
    host = f"{api}.execute-api.us-east-1.localhost:{server.port}".encode()
    payload = re.sub(rb"(?i)(host:[ \t]*)a(?=[\r\n])", lambda found: found.group(1) + host, payload)
    place = rf"\1 /test/{mark}/p\2 HTTP".encode()
    return re.sub(rb"(?m)^([A-Z]+) /([^ \r\n]*) HTTP", place, payload)


def sent(server, api, origin, name):
    """Each probe with the statuses that it was answered and the paths that reached the backend.

    A request whose client has gone may reach the backend late, so what reached it is told by marks.
    """
    cases = json.loads(shared("corpora/http", name).read_bytes())["cases"]
    marks = [f"{name[:4]}-{number}" for number in range(len(cases))]
    answered = {}
    for mark, case in zip(marks, cases, strict=True):
        payload = bytes.fromhex(case["payload_hex"])
        alone = exchange(server, payload)
        answered[mark] = max(alone, exchange(server, at_home(server, api, mark, payload)), key=len)
        assert len(alone) <= 2 and all(status >= 400 for status in alone), case
    assert send(server, api, "/alive").status == 200, "the server is up"
    for mark, case in zip(marks, cases, strict=True):
        targets = [one["target"] for one in origin.received]
        yield case, answered[mark], [one for one in targets if one.startswith(f"/{mark}/")]


def test_no_request_is_smuggled(server, api, origin):
    problems = []
    for case, statuses, reached in sent(server, api, origin, "rfc9112-own.json"):
        is_refused = case["expect"] == ["reject"]
        ends_after_one = "te-wins-and-close" in case["expect"]
        is_wrong = (
            (is_refused and (reached or any(status < 400 for status in statuses)))
            or (ends_after_one and any("smuggled" in target for target in reached))
            # Where the first message may be taken whole, one that follows it is no trick.
            or max(len(reached), len(statuses)) > 2
        )
        if is_wrong:
            problems.append(f"{case['id']}: {statuses} {reached}")
    assert not problems, "\n".join(problems)


def test_what_broke_other_servers_does_not_break_this_one(server, api, origin):
    problems = [
        f"{case['id']}: {statuses} {reached}: {case['description']}"
        for case, statuses, reached in sent(server, api, origin, "http-garden-trophies.json")
        # No probe holds more than two messages.
        if max(len(reached), len(statuses)) > 2
    ]
    assert not problems, "\n".join(problems)
