"""What was acknowledged survives `kill -9`, whatever happens around it."""

import os
import signal
import threading

import botocore.exceptions
import processes
from conftest import allow, function, proxy_api


def test_acknowledged_writes_survive_kill_minus_9(own_server):
    made = []

    def write():
        client = own_server.client("api", "apigateway")
        try:
            while True:
                made.append(client.create_rest_api(name=f"api-{len(made)}")["id"])
        except botocore.exceptions.BotoCoreError:
            pass

    writer = threading.Thread(target=write)
    writer.start()
    while len(made) < 50:
        threading.Event().wait(0.01)
    own_server.stop(signal.SIGKILL)
    writer.join()
    own_server.start()
    client = own_server.client("api", "apigateway")
    for api in made:
        assert client.get_resources(restApiId=api)["items"][0]["path"] == "/", "whole or not at all"


def test_deployed_api_answers_after_kill_minus_9(own_server):
    arn = function(own_server, "functions", "durable")
    api = proxy_api(own_server, "durable", arn)
    allow(own_server, arn, f"arn:aws:execute-api:us-east-1:111111111111:{api}/*/GET/helloworld")
    assert own_server.get(api, "/helloworld").status_code == 200
    workers = processes.descendants(own_server.process.pid)
    assert workers
    own_server.stop(signal.SIGKILL)
    processes.wait_gone(workers)
    keys = own_server.keys("api")
    own_server.start()
    assert own_server.keys("api") == keys, "credentials stay the same"
    assert own_server.get(api, "/helloworld").status_code == 200


def test_sigterm_ends_with_status_0_and_no_orphans(own_server):
    arn = function(own_server, "functions", "orphans")
    own_server.client("functions", "lambda").invoke(FunctionName=arn, Payload=b"{}")
    workers = processes.descendants(own_server.process.pid)
    assert workers
    assert own_server.stop() == 0
    processes.wait_gone(workers)


def test_reset_leaves_only_the_two_accounts(own_server):
    import requests

    keys = own_server.keys("api")
    own_server.client("api", "apigateway").create_rest_api(name="gone")
    function(own_server, "functions", "gone")
    url = own_server.url + "/_crossway/reset"
    assert requests.post(url, headers={"Origin": "http://evil.example"}, timeout=30).status_code == 403
    assert requests.post(url, headers={"Host": "evil.example"}, timeout=30).status_code == 403
    assert len(own_server.client("api", "apigateway").get_rest_apis()["items"]) == 1
    assert requests.post(url, timeout=30).status_code == 204
    assert own_server.keys("api") == keys
    assert own_server.client("api", "apigateway").get_rest_apis()["items"] == []
    assert own_server.client("functions", "lambda").list_functions()["Functions"] == []
    assert function(own_server, "functions", "gone").endswith(":function:gone")


def test_credential_files_are_private(own_server):
    for name in ("credentials", "config"):
        assert os.stat(own_server.data / "aws" / name).st_mode & 0o777 == 0o600
