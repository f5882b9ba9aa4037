"""10,000 requests at 32 connections: none lost, none wrong; a killed worker costs its own request."""

import concurrent.futures
import http.client
import itertools

import processes
from conftest import allow, function, proxy_api

SOURCE = """export const handler = async (event) => ({
  statusCode: 200,
  body: event.queryStringParameters.n,
});
"""
REQUESTS, CONNECTIONS = 10_000, 32


def deploy(server, name):
    arn = function(server, "functions", name, SOURCE)
    api = proxy_api(server, name, arn)
    allow(server, arn, f"arn:aws:execute-api:us-east-1:111111111111:{api}/*/GET/helloworld")
    return f"/_aws/execute-api/{api}/test/helloworld"


def load(server, path, each=lambda n: None):
    """Sends REQUESTS requests; gives the (status, is_right) of each."""
    numbers = iter(range(REQUESTS))

    def connection(_):
        answers = []
        link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        while (n := next(numbers, None)) is not None:
            link.request("GET", f"{path}?n={n}")
            answer = link.getresponse()
            body = answer.read().decode()
            answers.append((answer.status, body == str(n)))
            each(n)
        link.close()
        return answers

    with concurrent.futures.ThreadPoolExecutor(CONNECTIONS) as pool:
        return list(itertools.chain.from_iterable(pool.map(connection, range(CONNECTIONS))))


def test_ten_thousand_requests(server):
    answers = load(server, deploy(server, "load"))
    assert len(answers) == REQUESTS
    assert set(answers) == {(200, True)}


def test_killed_workers_cost_only_their_own_requests(server):
    path = deploy(server, "killed")
    killed = []

    def kill_sometimes(n):
        # In its own pid namespace a worker does not know the id that the host kills it by.
        if n % 2_000 == 1_999 and (workers := processes.workers(server.process.pid, "killed")):
            processes.kill(workers[0])
            killed.append(workers[0])

    answers = load(server, path, kill_sometimes)
    assert len(answers) == REQUESTS and killed
    failed = [answer for answer in answers if answer != (200, True)]
    assert len(failed) <= len(killed), f"{len(killed)} workers killed, but {failed}"
    assert {status for status, _ in failed} <= {502}, failed
