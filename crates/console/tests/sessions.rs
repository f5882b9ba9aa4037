//! Signing in and out, and what a session is worth.

#![allow(clippy::unwrap_used)]

use arn::Arn;
use bytes::Bytes;
use console::{Choice, Choices, Console, ConsoleNeeds};
use http::{HeaderMap, Request, Response};
use policy::{Principal, PrincipalKind};
use ports::{
    AssumeError, ConnectionInfo, Credential, CredentialError, Credentials, HttpService, Secret,
    SessionCredentials, Sessions, SignIn, SignInAttempt, SignInError,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use stdx::{BoxFuture, SeededIds};

/// One key, which can be deactivated.
struct OneKey(AtomicBool);

impl Credentials for OneKey {
    fn find<'a>(
        &'a self,
        access_key_id: &'a str,
        session_token: Option<&'a str>,
        _now_ms: i64,
    ) -> BoxFuture<'a, Result<Credential, CredentialError>> {
        let arn: Arn = "arn:aws:iam::111111111111:user/admin".parse().unwrap();
        if access_key_id == "ASIA" && session_token == Some("sealed") {
            let secret = Secret("session secret".into());
            let principal = ann(access_key_id);
            return Box::pin(async { Ok(Credential { secret, principal }) });
        }
        let is_right = access_key_id == "AKIA" && session_token.is_none();
        let found = (is_right && self.0.load(Ordering::SeqCst)).then(|| Credential {
            secret: Secret("secret".into()),
            principal: Arc::new(Principal {
                account: "111111111111".parse().unwrap(),
                kind: PrincipalKind::User,
                principal_arn: arn.clone(),
                arn,
                user_id: "AIDA".into(),
                access_key_id: "AKIA".into(),
                session: None,
            }),
        });
        Box::pin(async move { found.ok_or(CredentialError::Invalid) })
    }

    fn assume_for_service<'a>(
        &'a self,
        _role: &'a Arn,
        _service: &'a str,
        _session_name: &'a str,
        _duration_s: u32,
        _now_ms: i64,
    ) -> BoxFuture<'a, Result<SessionCredentials, AssumeError>> {
        Box::pin(async { Err(AssumeError::Refused) })
    }
}

/// One user with a password, who must choose another when it is `old`.
struct OnePassword;

impl SignIn for OnePassword {
    fn sign_in<'a>(
        &'a self,
        attempt: &'a SignInAttempt,
    ) -> BoxFuture<'a, Result<SessionCredentials, SignInError>> {
        let is_known = attempt.account == "api" && attempt.user == "ann";
        let new = attempt.new_password.as_ref().map(|it| it.0.as_str());
        let found = match (attempt.password.0.as_str(), new) {
            _ if !is_known => Err(SignInError::Incorrect),
            ("many", _) => Err(SignInError::TooMany),
            ("broken", _) => Err(SignInError::Unavailable),
            ("old", None) => Err(SignInError::NewPasswordNeeded),
            ("old", Some("short")) => Err(SignInError::NewPasswordRefused("too short".into())),
            ("right", None) | ("old", Some(_)) => Ok(SessionCredentials {
                access_key_id: "ASIA".into(),
                secret: Secret("session secret".into()),
                session_token: Secret("sealed".into()),
                expires_ms: 2_000,
                principal: ann("ASIA"),
            }),
            _ => Err(SignInError::Incorrect),
        };
        Box::pin(async move { found })
    }
}

fn ann(access_key_id: &str) -> Arc<Principal> {
    let arn: Arn = "arn:aws:iam::111111111111:user/ann".parse().unwrap();
    Arc::new(Principal {
        account: "111111111111".parse().unwrap(),
        kind: PrincipalKind::User,
        principal_arn: arn.clone(),
        arn,
        user_id: "AIDANN".into(),
        access_key_id: access_key_id.into(),
        session: None,
    })
}

struct OneChoice;

impl Choices for OneChoice {
    fn choices(&self) -> Vec<Choice> {
        vec![Choice {
            account: "111111111111".into(),
            alias: "api".into(),
            access_key_id: "AKIA".into(),
            secret_access_key: Secret("secret".into()),
        }]
    }
}

fn console(choices: Option<Arc<dyn Choices>>) -> (Console, Arc<OneKey>) {
    let key = Arc::new(OneKey(AtomicBool::new(true)));
    let needs = ConsoleNeeds {
        credentials: key.clone(),
        passwords: Arc::new(OnePassword),
        ids: Arc::new(SeededIds::new(1)),
        choices,
    };
    (Console::new(needs), key)
}

async fn send(
    console: &Console,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Response<Bytes> {
    let mut request = Request::post(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request
        .body(Bytes::copy_from_slice(body.as_bytes()))
        .unwrap();
    let connection = ConnectionInfo {
        peer: "127.0.0.1:1".parse().unwrap(),
        is_tls: false,
        received_ms: 1_000,
    };
    console.handle(request, connection).await
}

const PAGE: [(&str, &str); 1] = [("x-crossway-console", "1")];
const KEY: &str = r#"{"session":2,"accessKeyId":"AKIA","secretAccessKey":"secret"}"#;

/// The request headers that a browser sends back.
fn cookie(response: &Response<Bytes>) -> HeaderMap {
    let set = response.headers()["set-cookie"].to_str().unwrap();
    let mut headers = HeaderMap::new();
    headers.insert("cookie", set.split(';').next().unwrap().parse().unwrap());
    headers
}

#[tokio::test]
async fn a_key_signs_in_until_it_is_deactivated() {
    let (console, key) = console(None);
    let response = send(&console, "/console/sign-in", &PAGE, KEY).await;
    assert_eq!(response.status(), 200);
    assert!(!String::from_utf8_lossy(response.body()).contains("secret"));
    let headers = cookie(&response);
    let principal = console.principal("2", &headers, 1_000).await.unwrap();
    assert_eq!(principal.account.to_string(), "111111111111");
    let other = console.principal("3", &headers, 1_000).await;
    assert_eq!(other.unwrap_err(), CredentialError::Expired);
    key.0.store(false, Ordering::SeqCst);
    let gone = console.principal("2", &headers, 1_000).await;
    assert_eq!(gone.unwrap_err(), CredentialError::Invalid);
}

#[tokio::test]
async fn signing_out_ends_the_session() {
    let (console, _) = console(None);
    let headers = cookie(&send(&console, "/console/sign-in", &PAGE, KEY).await);
    let line = headers["cookie"].to_str().unwrap();
    let both = [PAGE[0], ("cookie", line)];
    let forged = send(&console, "/console/s/2/sign-out", &both[1..], "").await;
    assert_eq!(forged.status(), 403);
    assert!(console.principal("2", &headers, 1_000).await.is_ok());
    let response = send(&console, "/console/s/2/sign-out", &both, "").await;
    assert_eq!(response.status(), 204);
    assert!(console.principal("2", &headers, 1_000).await.is_err());
}

#[tokio::test]
async fn wrong_keys_and_foreign_pages_do_not_sign_in() {
    let (console, _) = console(None);
    let wrong = [
        KEY.replace("\"secret\"", "\"secreT\""),
        KEY.replace("\"secret\"", "\"\""),
        KEY.replace("AKIA", "AKIB"),
        KEY.replace('}', r#","sessionToken":"x"}"#),
        r#"{"session":0,"account":"111111111111"}"#.to_owned(),
    ];
    for body in &wrong {
        let response = send(&console, "/console/sign-in", &PAGE, body).await;
        assert_eq!(response.status(), 403, "{body}");
        assert!(!response.headers().contains_key("set-cookie"));
    }
    for body in [
        "",
        "{}",
        r#"{"session":100,"accessKeyId":"AKIA"}"#,
        r#"{"session":0}"#,
    ] {
        let response = send(&console, "/console/sign-in", &PAGE, body).await;
        assert_eq!(response.status(), 400, "{body}");
    }
    assert_eq!(
        send(&console, "/console/sign-in", &[], KEY).await.status(),
        403
    );
}

#[tokio::test]
async fn a_click_signs_in_where_the_profile_allows_it() {
    let (console, _) = console(Some(Arc::new(OneChoice)));
    let click = |account: &str| format!(r#"{{"session":0,"account":"{account}"}}"#);
    let response = send(&console, "/console/sign-in", &PAGE, &click("111111111111")).await;
    assert_eq!(response.status(), 200);
    assert!(
        console
            .principal("0", &cookie(&response), 1_000)
            .await
            .is_ok()
    );
    let other = send(&console, "/console/sign-in", &PAGE, &click("222222222222")).await;
    assert_eq!(other.status(), 403);
}

#[tokio::test]
async fn every_answer_forbids_framing_and_inline_scripts() {
    let (console, _) = console(None);
    let response = send(&console, "/console/x", &[], "").await;
    let policy = response.headers()["content-security-policy"]
        .to_str()
        .unwrap();
    assert!(policy.contains("frame-ancestors 'none'"));
    assert!(policy.starts_with("default-src 'self';"));
    assert!(!policy.contains("unsafe"));
    assert_eq!(response.headers()["x-content-type-options"], "nosniff");
}

fn password(password: &str, more: &str) -> String {
    format!(r#"{{"session":1,"account":"api","user":"ann","password":"{password}"{more}}}"#)
}

#[tokio::test]
async fn a_password_signs_in_and_is_not_answered() {
    let (console, _) = console(None);
    let body = password("right", "");
    let response = send(&console, "/console/sign-in", &PAGE, &body).await;
    assert_eq!(response.status(), 200);
    let text = String::from_utf8_lossy(response.body()).into_owned();
    for secret in ["right", "session secret", "sealed", "ASIA"] {
        assert!(!text.contains(secret), "{text}");
    }
    let headers = cookie(&response);
    let principal = console.principal("1", &headers, 1_000).await.unwrap();
    assert_eq!(
        principal.arn.to_string(),
        "arn:aws:iam::111111111111:user/ann"
    );
    assert_eq!(
        send(&console, "/console/sign-in", &[], &body)
            .await
            .status(),
        403
    );
}

#[tokio::test]
async fn a_password_that_must_change_is_asked_for_a_new_one() {
    let (console, _) = console(None);
    let check = async |body: String, status: u16, is_asked: bool| {
        let response = send(&console, "/console/sign-in", &PAGE, &body).await;
        assert_eq!(response.status(), status, "{body}");
        let text = String::from_utf8_lossy(response.body()).into_owned();
        assert_eq!(text.contains("isNewPasswordNeeded"), is_asked, "{text}");
        let is_in = response.headers().contains_key("set-cookie");
        assert_eq!(is_in, status == 200, "{body}");
    };
    check(password("old", ""), 403, true).await;
    check(password("old", r#","newPassword":"short""#), 403, true).await;
    check(
        password("old", r#","newPassword":"long enough""#),
        200,
        false,
    )
    .await;
}

#[tokio::test]
async fn wrong_passwords_are_one_answer() {
    let (console, _) = console(None);
    let mut answers = Vec::new();
    for body in [
        password("wrong", ""),
        password("right", "").replace("ann", "bob"),
        password("right", "").replace("api", "nobody"),
    ] {
        let response = send(&console, "/console/sign-in", &PAGE, &body).await;
        assert_eq!(response.status(), 403, "{body}");
        answers.push(response.into_body());
    }
    answers.dedup();
    assert_eq!(answers.len(), 1);
    for (body, expect) in [
        (password("many", ""), 429),
        (password("broken", ""), 503),
        (
            r#"{"session":1,"account":"api","user":"ann"}"#.to_owned(),
            400,
        ),
        (password("right", r#","accessKeyId":"AKIA""#), 400),
    ] {
        let response = send(&console, "/console/sign-in", &PAGE, &body).await;
        assert_eq!(response.status(), expect, "{body}");
    }
}
