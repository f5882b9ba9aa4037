"""The console in a real browser: the tutorial by mouse, every page under axe, and what keeps others out.

CROSSWAY_CHROMIUM   the browser; without it the tests are skipped
CROSSWAY_SHOTS      folder for screenshots of the run
"""

import os
import shutil
import subprocess

import pytest
import requests
from conftest import API, ROOT, Crossway, cli
from issuer import issuer

CONSOLE = ROOT / "console"


@pytest.fixture
def empty_server(tmp_path):
    """A server on which nothing happened yet: the tutorial starts with the first visit."""
    crossway = Crossway(tmp_path / "data", "--ephemeral")
    yield crossway
    crossway.stop()


def drive(server, script, profile="functions", **environment):
    """Runs a script of console/test against the server; its output is the failure's message."""
    chromium = shutil.which(os.environ.get("CROSSWAY_CHROMIUM", ""))
    if not chromium:
        pytest.skip("CROSSWAY_CHROMIUM is not set")
    if not (CONSOLE / "node_modules/playwright-core").exists():
        pytest.skip("the console's packages are not installed (npm ci in console/)")
    if "not in this build" in requests.get(f"{server.url}/console/", timeout=10).text:
        pytest.skip("the program was built without the console (cargo xtask build)")
    shots = os.environ.get("CROSSWAY_SHOTS")
    environment = {
        **server.environ(profile),
        "CROSSWAY_URL": server.url,
        "CROSSWAY_CHROMIUM": chromium,
        **({"CROSSWAY_SHOTS": os.path.join(shots, script)} if shots else {}),
        **environment,
    }
    run = subprocess.run(
        ["node", CONSOLE / "test" / f"{script}.mjs"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def test_old_tutorial_by_mouse(empty_server):
    drive(empty_server, "tutorial-old")


def test_new_tutorial_by_mouse(empty_server):
    """The function's owner runs the copied command with the AWS CLI."""
    drive(empty_server, "tutorial-new", CROSSWAY_AWS=shutil.which(cli(1)))


def test_c4_every_page_with_hostile_texts(empty_server):
    """Markup in names, descriptions and logs stays text; axe finds nothing, light and dark."""
    drive(empty_server, "pages")


def test_manners(empty_server):
    """Dialogs, the palette by keyboard, undeployed changes, a lost session."""
    drive(empty_server, "manners")


def test_sizes(empty_server):
    """Bytes of each page for a browser that was never here; `pytest -s` shows the figures."""
    print(drive(empty_server, "sizes"))


def test_forms(empty_server):
    """Previews, authorizers of tokens, CORS, differences; shown commands run by the AWS CLI."""
    with issuer() as idp:
        drive(
            empty_server,
            "forms",
            profile="api",
            CROSSWAY_AWS=shutil.which(cli(1)),
            CROSSWAY_ISSUER=idp.url,
        )


def test_function_page(empty_server):
    """Test events by name, throttling, statements changed by form and by the AWS CLI's commands."""
    drive(empty_server, "functions", profile="api", CROSSWAY_AWS=shutil.which(cli(1)))


def test_groups_and_runtimes(empty_server):
    """A user group by mouse; the runtimes that this host has."""
    drive(empty_server, "groups")


def test_plain_http_under_a_host_name(empty_server):
    """As on a home server: neither crypto.subtle nor a clipboard."""
    key, secret = empty_server.keys("api")
    drive(
        empty_server,
        "plain-http",
        CROSSWAY_NAME="console.amazonaws.com",
        CROSSWAY_KEY=key,
        CROSSWAY_SECRET=secret,
    )


def test_tutorial_by_keyboard(empty_server):
    drive(empty_server, "keyboard")


HELLO = {"x-crossway-console": "1"}


def sign_in(server, **body):
    body = body or {"account": API}
    return requests.post(
        f"{server.url}/console/sign-in", json={"session": 0, **body}, headers=HELLO, timeout=10
    )


def who(server, cookies, number=0, **headers):
    return requests.post(
        f"{server.url}/console/s/{number}/api/sts/us-east-1/",
        data={"Action": "GetCallerIdentity", "Version": "2011-06-15"},
        headers={**HELLO, **headers},
        cookies=cookies,
        timeout=10,
    )


def test_session_calls_as_its_user(server):
    signed = sign_in(server)
    cookie = signed.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Path=/console/s/0;" in cookie
    token = {"crossway-session": cookie.split("=", 1)[1].split(";")[0]}
    assert f"arn:aws:iam::{API}:user/admin" in who(server, token).text
    # Another number, no cookie, another page, a page of another origin: nobody.
    assert who(server, token, number=1).status_code == 403
    assert who(server, {}).status_code == 403
    assert who(server, token, **{"x-crossway-console": "0"}).status_code == 403
    assert who(server, token, Origin="http://evil.example").status_code == 403
    assert who(server, token, Host="evil.example").status_code == 403
    # The session's cookie is worth nothing at the AWS APIs themselves.
    bare = requests.get(f"{server.url}/2015-03-31/functions", cookies=token, timeout=10)
    assert bare.status_code == 403
    out = requests.post(
        f"{server.url}/console/s/0/sign-out", headers=HELLO, cookies=token, timeout=10
    )
    assert out.status_code == 204
    assert who(server, token).status_code == 403


def test_session_ends_with_its_key(server):
    iam = server.client("api", "iam")
    iam.create_user(UserName="console")
    key = iam.create_access_key(UserName="console")["AccessKey"]
    pair = {"accessKeyId": key["AccessKeyId"], "secretAccessKey": key["SecretAccessKey"]}
    assert sign_in(server, **{**pair, "secretAccessKey": "x"}).status_code == 403
    signed = sign_in(server, **pair)
    token = {"crossway-session": signed.headers["set-cookie"].split("=", 1)[1].split(";")[0]}
    assert "user/console" in who(server, token).text
    # What the user may not, the user's session may not.
    denied = requests.get(
        f"{server.url}/console/s/0/api/lambda/us-east-1/2015-03-31/functions/",
        headers=HELLO,
        cookies=token,
        timeout=10,
    )
    assert denied.status_code == 403 and "lambda:ListFunctions" in denied.text
    iam.update_access_key(
        UserName="console", AccessKeyId=key["AccessKeyId"], Status="Inactive"
    )
    assert who(server, token).status_code == 403


def test_pages_cannot_be_framed_or_read_from_disk(server):
    page = requests.get(f"{server.url}/console/", timeout=10)
    policy = page.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy and "unsafe" not in policy
    for path in ["/console/..%2f..%2fetc/passwd", "/console/assets/..%2f..%2f..%2fetc/passwd"]:
        found = requests.get(server.url + path, timeout=10)
        assert "root:" not in found.text
    assert requests.get(f"{server.url}/console/assets/none.js", timeout=10).status_code == 404
