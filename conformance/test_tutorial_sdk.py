"""The tutorial's second generation with the SDKs for Python and JavaScript."""

import json
import subprocess

from conftest import API, HELLO, ROOT, allow, function, proxy_api, zipped


def test_boto3(server):
    arn = function(server, "functions", "boto3")
    api = proxy_api(server, "CrossAccountLambdaAPI", arn)
    before = server.get(api, "/helloworld")
    assert (before.status_code, before.text) == (500, '{"message": "Internal server error"}')
    allow(server, arn, f"arn:aws:execute-api:us-east-1:{API}:{api}/*/GET/helloworld")
    after = server.get(api, "/helloworld")
    assert (after.status_code, after.text) == (200, '"Hello from Lambda!"')


def test_sdk_for_javascript(server, tmp_path):
    package = tmp_path / "function.zip"
    package.write_bytes(zipped(HELLO))
    environment = server.environ("api", AWS_ENDPOINT_URL=server.url)
    environment.pop("AWS_PROFILE")
    done = subprocess.run(
        ["node", str(ROOT / "conformance/sdk-js/tutorial.mjs"), str(package)],
        env=environment, capture_output=True, text=True, timeout=120,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["before"] == [500, '{"message": "Internal server error"}']
    assert said["after"] == [200, '"Hello from Lambda!"']
    arn = f"arn:aws:execute-api:us-east-1:{API}:{said['restApiId']}/*/GET/helloworld"
    assert said["condition"] == {"ArnLike": {"AWS:SourceArn": arn}}


def test_every_address_of_a_deployed_api(server):
    arn = function(server, "functions", "addresses")
    api = proxy_api(server, "addresses", arn)
    allow(server, arn, f"arn:aws:execute-api:us-east-1:{API}:{api}/*/GET/helloworld")
    import requests

    for host in [
        f"{api}.execute-api.us-east-1.localhost:{server.port}",
        f"{api}.execute-api.us-east-1.amazonaws.com",
        f"{api}.execute-api.localhost:{server.port}",
    ]:
        answer = requests.get(f"{server.url}/test/helloworld", headers={"Host": host}, timeout=30)
        assert answer.status_code == 200, host
    for path in [f"/_aws/execute-api/{api}/test/helloworld", f"/restapis/{api}/test/_user_request_/helloworld"]:
        assert requests.get(server.url + path, timeout=30).status_code == 200, path
    for path in [f"/_aws/execute-api/{api}/nostage/helloworld", "/_aws/execute-api/zzzzzzzzzz/test/helloworld"]:
        answer = requests.get(server.url + path, timeout=30)
        assert (answer.status_code, answer.text) == (403, '{"message":"Forbidden"}'), path
    answer = server.get(api, "/nothing")
    assert (answer.status_code, answer.text) == (403, '{"message":"Missing Authentication Token"}')
