"""What keeps other pages, other names and other people out of the console and the AWS APIs.

C1 to C7 are cross-site requests, DNS rebinding, CORS, injected text (walked by the browser in
console/test/pages.mjs), sessions, static files, and pages that deployed APIs answer.
"""

import http.client

import pytest
import requests
from conftest import API, Crossway, function, proxy_api

HELLO = {"x-crossway-console": "1"}
HTML = "export const handler = async () => ({ statusCode: 200, headers: { 'content-type': 'text/html' }, body: '<script>1</script>' });"
FOREIGN = [
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Referer": "http://evil.example/", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
    {"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site", **HELLO},
]


def sign_in(server, **body):
    body = body or {"account": API}
    return requests.post(
        f"{server.url}/console/sign-in", json={"session": 0, **body}, headers=HELLO, timeout=10
    )


def token(signed):
    return {"crossway-session": signed.headers["set-cookie"].split("=", 1)[1].split(";")[0]}


def who(server, cookies, number=0):
    return requests.post(
        f"{server.url}/console/s/{number}/api/sts/us-east-1/",
        data={"Action": "GetCallerIdentity", "Version": "2011-06-15"},
        headers=HELLO,
        cookies=cookies,
        timeout=10,
    )


def raw(server, method, path, headers=None):
    """A request whose path goes out as it is."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    for name, value in {"Host": f"127.0.0.1:{server.port}", **(headers or {})}.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded"])
def test_c1_other_pages_change_nothing(server, headers, kind):
    """A browser adds the session's cookie to none of these; here it is added all the same."""
    cookies = token(sign_in(server))
    iam = server.client("api", "iam")
    form = "Action=CreateUser&Version=2010-05-08&UserName=forged"
    before = {user["UserName"] for user in iam.list_users()["Users"]}
    for path, body in [
        ("/console/s/0/api/iam/us-east-1/", form),
        ("/console/s/0/sign-out", ""),
        ("/console/sign-in", '{"session":0,"account":"%s"}' % API),
        ("/_crossway/reset", ""),
        ("/", form),
    ]:
        answer = requests.post(
            server.url + path,
            data=body,
            headers={"Content-Type": kind, **headers},
            cookies=cookies,
            timeout=10,
        )
        assert answer.status_code == 403, f"{path}: {answer.status_code} {answer.text[:200]}"
        assert "set-cookie" not in answer.headers
        assert "access-control-allow-origin" not in answer.headers
    assert {user["UserName"] for user in iam.list_users()["Users"]} == before
    assert who(server, cookies).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/console/",
        "/console/sign-in",
        "/console/sign-in/choices",
        "/console/s/0/api/sts/us-east-1/",
        "/_crossway/reset",
        "/2015-03-31/functions/",
        "/restapis",
    ],
)
@pytest.mark.parametrize("name", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example"])
def test_c2_other_names_lead_nowhere(server, path, name):
    """A page whose name was made to mean this machine sends its own name."""
    cookies = token(sign_in(server))["crossway-session"]
    for method in ["GET", "POST"]:
        headers = {"Host": f"{name}:{server.port}", "Cookie": f"crossway-session={cookies}", **HELLO}
        answer, body = raw(server, method, path, headers)
        assert answer.status in (403, 421), f"{method} {path}: {answer.status} {body[:200]}"


def test_c3_no_origin_is_allowed(server):
    for method, path in [
        ("GET", "/console/"),
        ("GET", "/console/sign-in/choices"),
        ("OPTIONS", "/console/s/0/api/sts/us-east-1/"),
        ("OPTIONS", "/2015-03-31/functions/"),
        ("OPTIONS", "/restapis"),
        ("GET", "/restapis"),
    ]:
        answer = requests.request(
            method,
            server.url + path,
            headers={"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"},
            timeout=10,
        )
        allowed = [name for name in answer.headers if name.lower().startswith("access-control-")]
        assert not allowed, f"{method} {path}: {allowed}"


def test_c5_a_session_is_never_adopted(server):
    """Fixation: a cookie that somebody planted is not the one that signing in gives."""
    planted = {"crossway-session": "0" * 64}
    signed = requests.post(
        f"{server.url}/console/sign-in",
        json={"session": 0, "account": API},
        headers=HELLO,
        cookies=planted,
        timeout=10,
    )
    assert token(signed) != planted
    assert who(server, planted).status_code == 403
    assert who(server, token(signed)).status_code == 200


def user(server, name):
    """A user with a password who may do nothing."""
    iam = server.client("api", "iam")
    iam.create_user(UserName=name)
    iam.create_login_profile(UserName=name, Password="Correct-horse-9", PasswordResetRequired=False)
    return name


@pytest.fixture
def person(server, request):
    return user(server, f"person-{abs(hash(request.node.name)) % 10**6}")


def test_c5_password_signs_in_by_alias_and_by_id(server, person):
    for account in ["api", API]:
        signed = sign_in(server, account=account, user=person, password="Correct-horse-9")
        assert signed.status_code == 200, signed.text
        assert f"user/{person}" in who(server, token(signed)).text
    wrong = [
        sign_in(server, account="api", user=person, password="wrong"),
        sign_in(server, account="api", user="nobody-at-all", password="wrong"),
        sign_in(server, account="no-such-account", user=person, password="Correct-horse-9"),
    ]
    assert {(one.status_code, one.text) for one in wrong} == {(403, wrong[0].text)}
    assert all("set-cookie" not in one.headers for one in wrong)


def test_c5_new_password_is_asked_for(server, person):
    iam = server.client("api", "iam")
    iam.update_login_profile(UserName=person, PasswordResetRequired=True)
    wish = {"account": "api", "user": person, "password": "Correct-horse-9"}
    asked = sign_in(server, **wish)
    assert asked.status_code == 403 and asked.json()["isNewPasswordNeeded"]
    # Choosing one needs iam:ChangePassword, as on AWS.
    refused = sign_in(server, **wish, newPassword="Battery-staple-7")
    assert refused.status_code == 403 and "iam:ChangePassword" in refused.json()["message"]
    iam.put_user_policy(
        UserName=person,
        PolicyName="change",
        PolicyDocument='{"Version":"2012-10-17","Statement":[{"Effect":"Allow",'
        '"Action":"iam:ChangePassword","Resource":"*"}]}',
    )
    changed = sign_in(server, **wish, newPassword="Battery-staple-7")
    assert changed.status_code == 200, changed.text
    assert sign_in(server, **wish).status_code == 403
    assert sign_in(server, **{**wish, "password": "Battery-staple-7"}).status_code == 200


def test_c5_guessing_ends(empty_server):
    """A server of its own: wrong passwords are counted by address, too."""
    server, person = empty_server, user(empty_server, "guessed")
    codes = [
        sign_in(server, account="api", user=person, password=f"guess {n}").status_code
        for n in range(20)
    ]
    assert codes[0] == 403 and codes[-1] == 429
    # The right one is not heard either, for a while.
    late = sign_in(server, account="api", user=person, password="Correct-horse-9")
    assert late.status_code == 429


def test_c5_session_ends_with_its_user(server, person):
    signed = sign_in(server, account="api", user=person, password="Correct-horse-9")
    assert who(server, token(signed)).status_code == 200
    iam = server.client("api", "iam")
    iam.delete_login_profile(UserName=person)
    iam.delete_user(UserName=person)
    assert who(server, token(signed)).status_code == 403


def test_c5_a_restart_asks_to_sign_in_again(tmp_path):
    """Sessions live in memory. The page is told in a way that leads it to the sign-in."""
    server = Crossway(tmp_path / "data")
    cookies = token(sign_in(server))
    server.stop()
    server.start()
    answer = who(server, cookies)
    assert answer.status_code == 403 and "ExpiredToken" in answer.text
    assert who(server, token(sign_in(server))).status_code == 200
    server.stop()


@pytest.mark.parametrize(
    "path",
    [
        "/console/../../etc/passwd",
        "/console/%2e%2e/%2e%2e/etc/passwd",
        "/console/..%2f..%2fetc/passwd",
        "/console/..%5c..%5cetc%5cpasswd",
        "/console//etc/passwd",
        "/console/assets/../../../etc/passwd",
        "/console/assets/%2e%2e/%2e%2e/etc/passwd",
        "/console/assets/..%5c..%5cetc",
        "/console/assets/%00",
        "/console/assets/index.js.map",
        "/console/assets/.git/config",
        "/console/.git/config",
        "/console/assets/",
    ],
)
def test_c6_paths_lead_to_no_file(server, path):
    answer, body = raw(server, "GET", path, {"Range": "bytes=0-10"})
    assert b"root:" not in body and b"[core]" not in body
    if "/assets/" in path and ".." not in path:
        assert answer.status == 404
    else:
        # A page of the application, or nothing: never a part of a file.
        assert answer.status in (200, 400, 403, 404), answer.status


def test_c7_pages_of_apis_are_no_pages_of_the_console(server):
    """HTML that a function answers under this server's own address cannot act as who is signed in."""
    arn = function(server, "functions", "html", HTML)
    api = proxy_api(server, "html", arn, path="page")
    server.client("functions", "lambda").add_permission(
        FunctionName=arn,
        StatementId="html",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
        SourceArn=f"arn:aws:execute-api:us-east-1:{API}:{api}/*/GET/page",
    )
    navigation = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    answer = server.get(api, "/page", headers=navigation)
    assert answer.status_code == 200 and answer.text == "<script>1</script>"
    assert "sandbox" in answer.headers["content-security-policy"]


def test_console_pages_are_not_framed_or_sniffed(server):
    for path in ["/console/", "/console/sign-in", "/console/s/0/lambda", "/console/assets/none.js"]:
        answer = requests.get(server.url + path, timeout=10)
        policy = answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy and "unsafe" not in policy, path
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
