//! Requests that must be refused, and the sentence that the client reads.

#![allow(clippy::unwrap_used)]

mod support;

use sigv4::{ErrorKind, Parts, Signer, TokenRule};
use support::{NOW_MS, Raw, SECRET};

const SIGNER: Signer<'_> = Signer {
    access_key_id: "AKIDEXAMPLE",
    secret: SECRET,
    session_token: None,
    region: "us-east-1",
    service: "lambda",
    now_ms: NOW_MS,
};

/// A signed request; `extra` headers are signed too.
fn signed(signer: &Signer<'_>, target: &str, extra: &[(&str, &str)], body: &str) -> Raw {
    let mut request = http::Request::builder()
        .method("POST")
        .uri(target)
        .header("Host", "127.0.0.1:4566");
    for (name, value) in extra {
        request = request.header(*name, *value);
    }
    let (mut parts, ()) = request.body(()).unwrap().into_parts();
    signer.sign(&mut parts, body.as_bytes()).unwrap();
    Raw {
        method: "POST".to_owned(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(str::to_owned),
        headers: parts
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect(),
        body: body.to_owned(),
    }
}

fn plain() -> Raw {
    signed(
        &SIGNER,
        "/2015-03-31/functions/arn%3Aaws%3Alambda/policy?b=2&a=1",
        &[],
        "{}",
    )
}

fn verify(raw: &Raw, now_ms: i64, rule: TokenRule) -> Result<sigv4::SignedPath, sigv4::Error> {
    let headers = raw.header_map().unwrap();
    let parts = raw.parts(&headers);
    let claim = sigv4::parse(&parts)?;
    claim.check_time(now_ms)?;
    let hash = sigv4::body_hash(raw.body.as_bytes());
    sigv4::verify_with(&claim, &parts, &hash, SECRET, rule)
}

fn refusal(raw: &Raw) -> (ErrorKind, String) {
    let error = verify(raw, NOW_MS, TokenRule::Signed).unwrap_err();
    (error.kind(), error.to_string())
}

fn set(raw: &mut Raw, name: &str, value: &str) {
    raw.headers
        .retain(|(have, _)| !have.eq_ignore_ascii_case(name));
    raw.headers.push((name.to_owned(), value.to_owned()));
}

fn header(raw: &Raw, name: &str) -> String {
    let found = raw
        .headers
        .iter()
        .find(|(have, _)| have.eq_ignore_ascii_case(name));
    found.unwrap().1.clone()
}

#[test]
fn own_signatures_are_accepted() {
    assert_eq!(
        verify(&plain(), NOW_MS, TokenRule::Signed),
        Ok(sigv4::SignedPath::AsSent)
    );
    let with_token = Signer {
        session_token: Some("a/token+="),
        ..SIGNER
    };
    let raw = signed(&with_token, "/", &[("x-amz-target", "Logs.X")], "{}");
    assert!(verify(&raw, NOW_MS, TokenRule::Signed).is_ok());
}

#[test]
fn unsigned_is_missing() {
    let mut raw = plain();
    raw.headers.retain(|(name, _)| name != "authorization");
    assert_eq!(
        refusal(&raw),
        (
            ErrorKind::MissingAuthenticationToken,
            "Missing Authentication Token".to_owned()
        )
    );
}

#[test]
fn every_missing_part_is_named() {
    let mut raw = plain();
    set(&mut raw, "authorization", "AWS4-HMAC-SHA256 Nothing=1");
    raw.headers.retain(|(name, _)| name != "x-amz-date");
    let (kind, text) = refusal(&raw);
    assert_eq!(kind, ErrorKind::IncompleteSignature);
    assert_eq!(
        text,
        "Authorization header requires 'Credential' parameter. Authorization header requires \
         'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. \
         Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. \
         Authorization=AWS4-HMAC-SHA256 Nothing=1"
    );
    set(&mut raw, "authorization", "Bearer abc=");
    assert_eq!(refusal(&raw).0, ErrorKind::IncompleteSignature);
}

#[test]
fn malformed_headers_are_incomplete() {
    let good = header(&plain(), "authorization");
    for bad in [
        good.replace("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"),
        good.replace("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1"),
        good.replace("AWS4-HMAC-SHA256", "AWS3"),
        good.replace("AWS4-HMAC-SHA256", "aws4-hmac-sha256"),
        good.replace("AWS4-HMAC-SHA256 ", ""),
        good.replace("/lambda/", "/"),
        good.replace("/lambda/", "/lambda/x/"),
        good.replace("host;x-amz-date", "Host;x-amz-date"),
        good.replace("host;x-amz-date", "host;host;x-amz-date"),
        good.replace("host;x-amz-date", "host;;x-amz-date"),
        format!("{good}, Signature=00"),
        format!("{good}, junk"),
        String::new(),
    ] {
        let mut raw = plain();
        set(&mut raw, "authorization", &bad);
        assert_eq!(refusal(&raw).0, ErrorKind::IncompleteSignature, "{bad}");
    }
}

#[test]
fn two_claims_are_refused() {
    let mut twice = plain();
    twice
        .headers
        .push(("Authorization".to_owned(), header(&twice, "authorization")));
    assert_eq!(refusal(&twice).0, ErrorKind::IncompleteSignature);
    let mut both = plain();
    both.query = Some("X-Amz-Algorithm=AWS4-HMAC-SHA256".to_owned());
    assert_eq!(refusal(&both).0, ErrorKind::IncompleteSignature);
}

#[test]
fn wrong_scope_is_told_in_awss_words() {
    let good = header(&plain(), "authorization");
    let check = |from: &str, to: &str, expect: &str| {
        let mut raw = plain();
        set(&mut raw, "authorization", &good.replace(from, to));
        assert_eq!(
            refusal(&raw),
            (ErrorKind::InvalidSignature, expect.to_owned())
        );
    };
    check(
        "aws4_request",
        "aws5",
        "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5'. ",
    );
    check(
        "20150830/",
        "20150829/",
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from \
         HTTP: '20150829' != '20150830', from '20150830T123600Z'.",
    );
    check(
        "host;",
        "",
        "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
    );
    let headers = plain().header_map().unwrap();
    let raw = plain();
    let claim = sigv4::parse(&raw.parts(&headers)).unwrap();
    assert!(claim.check_scope("lambda", Some("us-east-1")).is_ok());
    let text = |service, region| claim.check_scope(service, region).unwrap_err().to_string();
    assert_eq!(
        text("iam", Some("eu-west-1")),
        "Credential should be scoped to a valid region, not 'us-east-1'. Credential should be \
         scoped to correct service: 'iam'. "
    );
    assert_eq!(
        text("iam", None),
        "Credential should be scoped to correct service: 'iam'. "
    );
}

#[test]
fn dates_outside_the_window_are_refused() {
    let minutes = |n: i64| NOW_MS + n * 60_000;
    assert!(verify(&plain(), minutes(15), TokenRule::Signed).is_ok());
    assert!(verify(&plain(), minutes(-15), TokenRule::Signed).is_ok());
    let late = verify(&plain(), minutes(16), TokenRule::Signed).unwrap_err();
    assert_eq!(late.kind(), ErrorKind::InvalidSignature);
    assert_eq!(
        late.to_string(),
        "Signature expired: 20150830T123600Z is now earlier than 20150830T123700Z \
         (20150830T125200Z - 15 min.)"
    );
    let early = verify(&plain(), minutes(-16), TokenRule::Signed).unwrap_err();
    assert_eq!(
        early.to_string(),
        "Signature not yet current: 20150830T123600Z is still later than 20150830T123500Z \
         (20150830T122000Z + 15 min.)"
    );
}

#[test]
fn broken_dates_are_refused() {
    for bad in [
        "2015-08-30T12:36:00Z",
        "20150830T123660Z",
        "",
        "99999999T999999Z",
    ] {
        let mut raw = plain();
        set(&mut raw, "x-amz-date", bad);
        let (kind, text) = refusal(&raw);
        assert_eq!(kind, ErrorKind::InvalidSignature);
        assert_eq!(
            text,
            format!(
                "Date must be in ISO-8601 'basic format'. Got '{bad}'. See \
                 http://en.wikipedia.org/wiki/ISO_8601"
            )
        );
    }
    let mut other = plain();
    set(&mut other, "x-amz-date", "20150830T123601Z");
    assert_eq!(refusal(&other).0, ErrorKind::InvalidSignature);
}

#[test]
fn wrong_secret_or_changed_request_is_a_mismatch() {
    let wrong = Signer {
        secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEZ",
        ..SIGNER
    };
    let mismatch = sigv4::Error::Mismatch;
    let raw = signed(&wrong, "/", &[], "{}");
    assert_eq!(
        verify(&raw, NOW_MS, TokenRule::Signed),
        Err(mismatch.clone())
    );
    let mut body = plain();
    body.body = "{} ".to_owned();
    assert_eq!(
        verify(&body, NOW_MS, TokenRule::Signed),
        Err(mismatch.clone())
    );
    let mut port = plain();
    set(&mut port, "host", "127.0.0.1:4567");
    assert_eq!(verify(&port, NOW_MS, TokenRule::Signed), Err(mismatch));
    assert_eq!(
        refusal(&port).1,
        "The request signature we calculated does not match the signature you provided. Check \
         your AWS Secret Access Key and signing method. Consult the service documentation for \
         details."
    );
}

#[test]
fn headers_that_are_acted_on_must_be_signed() {
    for name in [
        "x-amz-target",
        "x-amz-security-token",
        "x-amz-invocation-type",
    ] {
        let mut raw = plain();
        set(&mut raw, name, "x");
        assert_eq!(
            refusal(&raw),
            (
                ErrorKind::InvalidSignature,
                format!("'{name}' must be a 'SignedHeader' in the AWS Authorization.")
            )
        );
    }
    // Anything else may ride along, as proxies add it.
    let mut raw = plain();
    set(&mut raw, "amz-sdk-request", "attempt=1");
    assert!(verify(&raw, NOW_MS, TokenRule::Signed).is_ok());
    // A token added after signing passes where the caller's rule says so.
    let mut raw = plain();
    set(&mut raw, "x-amz-security-token", "x");
    assert!(verify(&raw, NOW_MS, TokenRule::MayFollow).is_ok());
}

#[test]
fn repeated_headers_are_refused() {
    let mut raw = signed(&SIGNER, "/", &[("x-amz-target", "A.B")], "{}");
    assert!(verify(&raw, NOW_MS, TokenRule::Signed).is_ok());
    raw.headers
        .push(("x-amz-target".to_owned(), "C.D".to_owned()));
    assert!(verify(&raw, NOW_MS, TokenRule::Signed).is_err());
    let mut raw = plain();
    raw.headers.push(("host".to_owned(), "other".to_owned()));
    assert!(verify(&raw, NOW_MS, TokenRule::Signed).is_err());
}

#[test]
fn the_stated_body_hash_must_be_true() {
    let hash = sigv4::body_hash(b"{}");
    let good = signed(&SIGNER, "/", &[("x-amz-content-sha256", &hash)], "{}");
    assert!(verify(&good, NOW_MS, TokenRule::Signed).is_ok());
    for lie in [
        sigv4::EMPTY_BODY_HASH,
        "UNSIGNED-PAYLOAD",
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    ] {
        let mut raw = good.clone();
        set(&mut raw, "x-amz-content-sha256", lie);
        assert_eq!(refusal(&raw).0, ErrorKind::InvalidSignature, "{lie}");
    }
    // A client that signs what it states, yet states a lie.
    let lying = signed(
        &SIGNER,
        "/",
        &[("x-amz-content-sha256", sigv4::EMPTY_BODY_HASH)],
        "{}",
    );
    assert!(verify(&lying, NOW_MS, TokenRule::Signed).is_err());
}

#[test]
fn presigned_requests_live_as_long_as_they_say() {
    let (at_most, over) = ("604800", "604801");
    let raw = presigned("lambda", 60);
    assert!(verify(&raw, NOW_MS + 60_000, TokenRule::Signed).is_ok());
    let late = verify(&raw, NOW_MS + 61_000, TokenRule::Signed).unwrap_err();
    assert_eq!(
        late.to_string(),
        "Signature expired: 20150830T123700Z is now earlier than 20150830T123701Z"
    );
    let week = presigned("lambda", 604_800);
    assert!(verify(&week, NOW_MS + 604_800_000, TokenRule::Signed).is_ok());
    for bad in [over, "0", "-1", "", "+5", "1e3", "99999999999999999999"] {
        let mut raw = week.clone();
        raw.query = raw.query.map(|query| {
            query.replace(
                &format!("X-Amz-Expires={at_most}"),
                &format!("X-Amz-Expires={bad}"),
            )
        });
        assert_eq!(refusal(&raw).0, ErrorKind::IncompleteSignature, "{bad}");
    }
}

#[test]
fn presigned_parameters_are_needed_once_each() {
    let raw = presigned("lambda", 60);
    let query = raw.query.clone().unwrap();
    for name in ["Credential", "Date", "SignedHeaders", "Signature"] {
        let key = format!("X-Amz-{name}=");
        let mut without = raw.clone();
        without.query = Some(query.replace(&key, "X="));
        let (kind, text) = refusal(&without);
        assert_eq!(kind, ErrorKind::IncompleteSignature);
        assert_eq!(
            text,
            format!(
                "AWS query-string parameters must include 'X-Amz-{name}'. Re-examine the \
                 query-string parameters."
            )
        );
        let mut twice = raw.clone();
        twice.query = Some(format!("{query}&{key}x"));
        assert_eq!(refusal(&twice).0, ErrorKind::IncompleteSignature);
    }
}

#[test]
fn unsigned_bodies_are_for_s3_only() {
    let mut s3 = presigned("s3", 60);
    s3.body = "anything".to_owned();
    assert!(verify(&s3, NOW_MS, TokenRule::Signed).is_ok());
    let mut lambda = presigned("lambda", 60);
    assert!(verify(&lambda, NOW_MS, TokenRule::Signed).is_ok());
    lambda.body = "anything".to_owned();
    assert!(verify(&lambda, NOW_MS, TokenRule::Signed).is_err());
}

fn presigned(service: &str, expires_s: u32) -> Raw {
    let mut raw = Raw {
        method: "GET".to_owned(),
        path: "/a%20b/c".to_owned(),
        query: Some("x=1".to_owned()),
        headers: vec![("Host".to_owned(), "127.0.0.1:4566".to_owned())],
        body: String::new(),
    };
    let headers = raw.header_map().unwrap();
    let signer = Signer { service, ..SIGNER };
    let parts = Parts {
        ..raw.parts(&headers)
    };
    raw.query = Some(signer.presign(&parts, expires_s));
    raw
}

#[test]
fn secrets_and_signatures_are_not_printed() {
    let raw = plain();
    let headers = raw.header_map().unwrap();
    let claim = sigv4::parse(&raw.parts(&headers)).unwrap();
    let signature = header(&raw, "authorization")
        .rsplit_once('=')
        .unwrap()
        .1
        .to_owned();
    assert!(!format!("{claim:?}").contains(&signature));
    assert!(!format!("{SIGNER:?}").contains(SECRET));
    let mut broken = plain();
    set(
        &mut broken,
        "authorization",
        &format!("AWS4-HMAC-SHA256 Signature={signature}"),
    );
    let headers = broken.header_map().unwrap();
    let error = sigv4::parse(&broken.parts(&headers)).unwrap_err();
    assert!(!format!("{error:?}").contains(&signature));
}
