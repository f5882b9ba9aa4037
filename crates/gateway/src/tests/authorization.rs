//! Who comes in.

use super::support::{API_ID, NOW_MS, Sent, World, api, header, lambda, open, shown};
use bytes::Bytes;
use ports::{Caller, Denial};
use restapi::{IntegrationType, Method, RestApi};

fn with_authorization(kind: &str) -> RestApi {
    let method = Method {
        authorization_type: kind.into(),
        ..open(lambda(IntegrationType::AwsProxy))
    };
    api(vec![("ANY", "/pets/{id}", method)])
}

const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"execute-api:Invoke","Resource":"*"}]}"#;

/// The request, signed by `key`.
fn signed(
    sent: Sent,
    key: &str,
    secret: &str,
    region: &str,
) -> (http::Request<Bytes>, ports::ExecuteApi) {
    let (request, target) = sent.into_parts();
    let (mut parts, body) = request.into_parts();
    let signer = sigv4::Signer {
        access_key_id: key,
        secret,
        session_token: None,
        region,
        service: "execute-api",
        now_ms: NOW_MS,
    };
    signer.sign(&mut parts, &body).unwrap();
    (http::Request::from_parts(parts, body), target)
}

async fn send_signed(world: &World, sent: Sent, key: &str, secret: &str) -> http::Response<Bytes> {
    let (request, target) = signed(sent, key, secret, "us-east-1");
    world.serve(request, target).await
}

#[tokio::test]
async fn signed_requests_show_their_caller() {
    let world = World::new(with_authorization("AWS_IAM"));
    let sent = Sent::new("POST", "/pets/a%20b/?x=1")
        .header("X-A", "b")
        .body("{}");
    let response = send_signed(&world, sent, "AKIAEXAMPLE", "secret").await;
    assert_eq!(shown(&response), (200, "hi".to_owned()));
    let event = world.event();
    let identity = &event["requestContext"]["identity"];
    assert_eq!(identity["accessKey"], "AKIAEXAMPLE");
    assert_eq!(identity["accountId"], "333333333333");
    assert_eq!(identity["caller"], "AIDAEXAMPLE");
    assert_eq!(identity["user"], "AIDAEXAMPLE");
    assert_eq!(identity["userArn"], "arn:aws:iam::333333333333:user/ann");
    assert_eq!(identity["principalOrgId"], "o-exampleorgid");
    assert!(event["requestContext"].get("authorizer").is_none());
    assert!(event["headers"].get("Authorization").is_none());
    assert!(event["headers"].get("authorization").is_none());
}

#[tokio::test]
async fn permission_is_asked_for_the_actual_verb_and_path() {
    let world = World::new(with_authorization("AWS_IAM"));
    let sent = Sent::new("GET", "/pets/7/");
    send_signed(&world, sent, "AKIAEXAMPLE", "secret").await;
    let touches = world.doubles.touches.lock().unwrap();
    let (caller, touch) = &touches[0];
    assert!(matches!(caller, Caller::Principal(_)));
    assert_eq!(touch.action, "execute-api:Invoke");
    let expect = format!("arn:aws:execute-api:us-east-1:111111111111:{API_ID}/test/GET/pets/7");
    assert_eq!(touch.resource, expect);
    assert_eq!(touch.owner.as_str(), "111111111111");
    assert!(touch.resource_policy.is_none());
}

#[tokio::test]
async fn unsigned_requests_lack_a_token() {
    let world = World::new(with_authorization("AWS_IAM"));
    let response = world.get("/pets/7").await;
    let body = "{\"message\":\"Missing Authentication Token\"}";
    assert_eq!(shown(&response), (403, body.to_owned()));
    assert!(world.doubles.touches.lock().unwrap().is_empty());
}

#[tokio::test]
async fn wrong_secrets_are_told_what_should_have_been_signed() {
    let world = World::new(with_authorization("AWS_IAM"));
    let response = send_signed(&world, Sent::new("GET", "/pets/7"), "AKIAEXAMPLE", "other").await;
    let (status, body) = shown(&response);
    assert_eq!(status, 403);
    assert_eq!(
        header(&response, "x-amzn-errortype"),
        "InvalidSignatureException"
    );
    assert!(body.contains("The Canonical String for this request should have been\\n'GET\\n"));
    assert!(body.contains("The String-to-Sign should have been\\n'AWS4-HMAC-SHA256\\n"));
    assert!(world.doubles.invocations.lock().unwrap().is_empty());
}

#[tokio::test]
async fn unknown_and_expired_keys() {
    let world = World::new(with_authorization("AWS_IAM"));
    let get = || Sent::new("GET", "/pets/7");
    let response = send_signed(&world, get(), "AKIAOTHER", "secret").await;
    let body = "{\"message\":\"The security token included in the request is invalid.\"}";
    assert_eq!(shown(&response), (403, body.to_owned()));
    let response = send_signed(&world, get(), "ASIAEXPIRED", "secret").await;
    let body = "{\"message\":\"The security token included in the request is expired\"}";
    assert_eq!(shown(&response), (403, body.to_owned()));
}

#[tokio::test]
async fn other_schemes_are_incomplete_signatures() {
    let world = World::new(with_authorization("AWS_IAM"));
    let sent = Sent::new("GET", "/pets/7").header("Authorization", "Bearer abc");
    let response = world.send(sent).await;
    assert_eq!(response.status(), 403);
    assert_eq!(
        header(&response, "x-amzn-errortype"),
        "IncompleteSignatureException"
    );
}

#[tokio::test]
async fn changed_requests_are_refused() {
    let world = World::new(with_authorization("AWS_IAM"));
    let sent = || Sent::new("POST", "/pets/7").body("{}");
    let (request, mut target) = signed(sent(), "AKIAEXAMPLE", "secret", "us-east-1");
    let (parts, _) = request.into_parts();
    let request = http::Request::from_parts(parts, Bytes::from_static(b"{ }"));
    let response = world.serve(request, target.clone()).await;
    assert_eq!(response.status(), 403, "another body");
    let (request, _) = signed(sent(), "AKIAEXAMPLE", "secret", "us-east-1");
    let (mut parts, body) = request.into_parts();
    parts.uri = "/test/pets/8".parse().unwrap();
    target.raw_path = "/pets/8".into();
    let request = http::Request::from_parts(parts, body);
    let response = world.serve(request, target.clone()).await;
    assert_eq!(response.status(), 403, "another path");
    let (request, target) = signed(sent(), "AKIAEXAMPLE", "secret", "eu-west-1");
    let response = world.serve(request, target).await;
    assert_eq!(response.status(), 403, "another region");
    assert!(world.doubles.invocations.lock().unwrap().is_empty());
}

#[tokio::test]
async fn the_verb_cannot_be_overridden_behind_a_signature() {
    let world = World::new(with_authorization("AWS_IAM"));
    let (request, target) = signed(
        Sent::new("POST", "/pets/7"),
        "AKIAEXAMPLE",
        "secret",
        "us-east-1",
    );
    let (mut parts, body) = request.into_parts();
    let value = http::HeaderValue::from_static("DELETE");
    parts.headers.insert("x-http-method-override", value);
    let request = http::Request::from_parts(parts, body);
    assert_eq!(world.serve(request, target).await.status(), 403);
    let sent = Sent::new("POST", "/pets/7").header("X-HTTP-Method-Override", "DELETE");
    let response = send_signed(&world, sent, "AKIAEXAMPLE", "secret").await;
    assert_eq!(response.status(), 200);
    assert_eq!(world.event()["httpMethod"], "DELETE");
}

#[tokio::test]
async fn denials_are_awss_sentence_with_a_masked_account() {
    let resource = format!("arn:aws:execute-api:us-east-1:111111111111:{API_ID}/test/GET/pets/7");
    let world = World::new(with_authorization("AWS_IAM")).denies(Denial {
        message: format!("User: u is not authorized to perform: a on resource: {resource} x"),
        ..Denial::default()
    });
    let response = send_signed(&world, Sent::new("GET", "/pets/7"), "AKIAEXAMPLE", "secret").await;
    let masked = resource.replace("111111111111", "********1111");
    let body = format!(
        "{{\"Message\":\"User: u is not authorized to perform: a on resource: {masked} x\"}}"
    );
    assert_eq!(shown(&response), (403, body));
    assert_eq!(
        header(&response, "x-amzn-errortype"),
        "AccessDeniedException"
    );
    assert!(world.doubles.invocations.lock().unwrap().is_empty());
}

#[tokio::test]
async fn the_resource_policy_travels_with_the_question() {
    for kind in ["AWS_IAM", "NONE"] {
        let mut guarded = with_authorization(kind);
        guarded.policy = Some(POLICY.into());
        let world = World::new(guarded);
        let sent = Sent::new("GET", "/pets/7");
        let response = match kind {
            "NONE" => world.send(sent).await,
            _ => send_signed(&world, sent, "AKIAEXAMPLE", "secret").await,
        };
        assert_eq!(response.status(), 200, "{kind}");
        let touches = world.doubles.touches.lock().unwrap();
        let (caller, touch) = &touches[0];
        assert!(touch.resource_policy.is_some(), "{kind}");
        assert_eq!(matches!(caller, Caller::Anonymous), kind == "NONE");
    }
}

#[tokio::test]
async fn anonymous_denials() {
    for (is_explicit, suffix) in [
        (false, ""),
        (true, " with an explicit deny in a resource-based policy"),
    ] {
        let mut guarded = with_authorization("NONE");
        guarded.policy = Some(POLICY.into());
        let world = World::new(guarded).denies(Denial {
            message: "unused".into(),
            is_explicit,
            ..Denial::default()
        });
        let body = format!(
            "{{\"Message\":\"User: anonymous is not authorized to perform: execute-api:Invoke on \
             resource: arn:aws:execute-api:us-east-1:********1111:{API_ID}/test/GET/pets/7{suffix}\"}}"
        );
        assert_eq!(shown(&world.get("/pets/7").await), (403, body));
    }
}

#[tokio::test]
async fn open_methods_without_policy_ask_nobody() {
    let world = World::new(with_authorization("NONE"));
    assert_eq!(world.get("/pets/7").await.status(), 200);
    assert!(world.doubles.touches.lock().unwrap().is_empty());
}

#[tokio::test]
async fn broken_policies_let_nobody_in() {
    let mut guarded = with_authorization("NONE");
    guarded.policy = Some("{".into());
    assert_eq!(World::new(guarded).get("/pets/7").await.status(), 403);
}

#[tokio::test]
async fn private_apis_need_a_policy() {
    let mut private = with_authorization("NONE");
    private.endpoint.types = vec!["PRIVATE".into()];
    assert_eq!(
        World::new(private.clone()).get("/pets/7").await.status(),
        403
    );
    private.policy = Some(POLICY.into());
    assert_eq!(World::new(private).get("/pets/7").await.status(), 200);
}

#[tokio::test]
async fn authorizers_that_cannot_be_asked_let_nobody_in() {
    for kind in ["CUSTOM", "COGNITO_USER_POOLS", "JWT", "SOMETHING"] {
        let world = World::new(with_authorization(kind));
        let sent = Sent::new("GET", "/pets/7").header("Authorization", "anything");
        let response = world.send(sent).await;
        assert_eq!(
            shown(&response),
            (500, "{\"message\":null}".to_owned()),
            "{kind}"
        );
        let error = "AuthorizerConfigurationException";
        assert_eq!(header(&response, "x-amzn-errortype"), error);
        assert!(world.doubles.invocations.lock().unwrap().is_empty());
    }
}

#[tokio::test]
async fn api_keys_that_cannot_be_checked_let_nobody_in() {
    let method = Method {
        api_key_required: true,
        ..open(lambda(IntegrationType::AwsProxy))
    };
    let world = World::new(api(vec![("GET", "/", method)]));
    let response = world
        .send(Sent::new("GET", "/").header("x-api-key", "abc"))
        .await;
    assert_eq!(
        shown(&response),
        (403, "{\"message\":\"Forbidden\"}".to_owned())
    );
    assert!(world.doubles.invocations.lock().unwrap().is_empty());
}

#[tokio::test]
async fn method_arns_at_the_bound() {
    let prefix = format!("arn:aws:execute-api:us-east-1:111111111111:{API_ID}/test/GET/pets/");
    let status = async |kind: &str, length: usize| {
        let id = "a".repeat(length - prefix.len());
        let world = World::new(with_authorization(kind));
        world.get(&format!("/pets/{id}")).await.status().as_u16()
    };
    assert_eq!(status("AWS_IAM", 1_600).await, 403);
    assert_eq!(status("AWS_IAM", 1_601).await, 414);
    assert_eq!(status("NONE", 1_601).await, 200, "nobody asks about it");
}

#[tokio::test]
async fn callers_credentials_call_the_function() {
    let mut integration = lambda(IntegrationType::AwsProxy);
    integration.credentials = Some("arn:aws:iam::*:user/*".into());
    let method = Method {
        authorization_type: "AWS_IAM".into(),
        ..open(integration)
    };
    let world = World::new(api(vec![("GET", "/", method)]));
    send_signed(&world, Sent::new("GET", "/"), "AKIAEXAMPLE", "secret").await;
    let calls = world.doubles.invocations.lock().unwrap();
    let Caller::Principal(principal) = &calls[0].caller else {
        unreachable!("the caller itself calls");
    };
    assert_eq!(principal.account.as_str(), "333333333333");
}
