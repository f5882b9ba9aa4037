//! Who comes in, and what the others are told.

use super::*;

#[tokio::test]
async fn denials_come_in_two_sentences() {
    for (answer, expect) in [
        (says("Deny", "*"), EXPLICIT),
        (says("Allow", &format!("{METHODS}/GET/else")), IMPLICIT),
        (says("Allow", &format!("{METHODS}/POST/*")), IMPLICIT),
        (
            says(
                "Allow",
                "arn:aws:execute-api:us-east-1:111111111111:other00000/test/*",
            ),
            IMPLICIT,
        ),
    ] {
        let world = world(token(), answer);
        let response = world.send(with_token("/pets/7", "abc")).await;
        assert_eq!(shown(&response), (403, expect.into()));
        assert_eq!(
            header(&response, "x-amzn-errortype"),
            "AccessDeniedException"
        );
        assert_eq!(integration_calls(&world), 0);
    }
}

#[tokio::test]
async fn malformed_answers_are_500_and_not_kept() {
    for answer in [
        json!("allow"),
        json!(null),
        json!({"isAuthorized": true}),
        json!({"principalId": "me"}),
        json!({"policyDocument": allowed()["policyDocument"]}),
        json!({"principalId": "me", "policyDocument": {"Statement": "x"}}),
        json!({"principalId": "me", "policyDocument": allowed()["policyDocument"], "context": {"a": [1]}}),
    ] {
        let world = world(token(), answer.clone());
        for _ in 0..2 {
            let response = world.send(with_token("/other", "abc")).await;
            assert_eq!(shown(&response), (500, NULL.into()), "{answer}");
            let kind = header(&response, "x-amzn-errortype");
            assert_eq!(kind, "AuthorizerConfigurationException");
        }
        assert_eq!(asked(&world).len(), 2);
        assert_eq!(integration_calls(&world), 0);
    }
}

#[tokio::test]
async fn only_the_word_unauthorized_is_401() {
    for (message, status) in [
        ("Unauthorized", 401),
        ("unauthorized", 500),
        ("Unauthorized!", 500),
        ("boom", 500),
    ] {
        let world = World::new(guarded(token())).answers(move |_| {
            let error = json!({"errorType": "Error", "errorMessage": message});
            Ok(ports::Invoked {
                function_error: Some("Unhandled"),
                ..invoked(&error.to_string())
            })
        });
        let response = world.send(with_token("/other", "abc")).await;
        let body = if status == 401 { UNAUTHORIZED } else { NULL };
        assert_eq!(shown(&response), (status, body.into()), "{message}");
    }
}

#[tokio::test]
async fn a_function_that_cannot_be_called_is_500() {
    for (status, code) in [
        (403, "AccessDeniedException"),
        (404, "ResourceNotFoundException"),
        (429, "TooManyRequestsException"),
        (400, "InvalidRequestContentException"),
    ] {
        let world = World::new(guarded(token())).answers(move |_| {
            Err(InvokeError {
                code,
                status,
                message: "no".into(),
                reason: None,
            })
        });
        let response = world.send(with_token("/other", "abc")).await;
        assert_eq!(shown(&response), (500, NULL.into()), "{code}");
    }
}

#[tokio::test]
async fn resource_policies_deny_before_the_function_is_asked() {
    let statement = |effect: &str, resource: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"{effect}","Principal":"*","Action":"execute-api:Invoke","Resource":"{resource}"}}]}}"#
        )
    };
    let neutral = says("Allow", &format!("{METHODS}/GET/else"));
    // Table A: (resource policy, authorizer, status, whether the function is asked).
    for (effect, resource, answer, status, calls) in [
        ("Deny", "*", allowed(), 403, 0),
        ("Allow", "*", allowed(), 200, 1),
        ("Allow", "*", neutral.clone(), 200, 1),
        ("Allow", "*", says("Deny", "*"), 403, 1),
        (
            "Allow",
            "arn:aws:execute-api:*:*:other/*",
            allowed(),
            200,
            1,
        ),
        ("Allow", "arn:aws:execute-api:*:*:other/*", neutral, 403, 1),
    ] {
        let mut api = guarded(token());
        api.policy = Some(statement(effect, resource));
        let world = answering(World::new(api), answer);
        let response = world.send(with_token("/other", "abc")).await;
        assert_eq!(response.status(), status, "{effect} {resource}");
        assert_eq!(asked(&world).len(), calls, "{effect} {resource}");
    }
}

#[tokio::test]
async fn private_apis_without_policy_ask_nobody() {
    let mut api = guarded(token());
    api.endpoint.types = vec!["PRIVATE".into()];
    let world = answering(World::new(api), allowed());
    assert_eq!(world.send(with_token("/other", "abc")).await.status(), 403);
    assert!(asked(&world).is_empty());
}

#[tokio::test]
async fn methods_without_a_usable_authorizer_refuse_everybody() {
    let unknown = |kind: &str| Authorizer {
        kind: kind.into(),
        ..token()
    };
    let sourceless = Authorizer {
        identity_source: None,
        ..token()
    };
    let nowhere = Authorizer {
        uri: Some("arn:aws:apigateway:us-east-1:sqs:path/q".into()),
        ..token()
    };
    for authorizer in [
        unknown("JWT"),
        unknown("COGNITO_USER_POOLS"),
        sourceless,
        nowhere,
    ] {
        let world = world(authorizer, allowed());
        let response = world.send(with_token("/other", "abc")).await;
        assert_eq!(shown(&response), (500, NULL.into()));
        assert!(world.doubles.invocations.lock().unwrap().is_empty());
    }
    let mut api = guarded(token());
    api.authorizers.clear();
    let world = World::new(api);
    assert_eq!(world.send(with_token("/other", "abc")).await.status(), 500);
}

#[tokio::test]
async fn denials_show_the_authorizers_context_in_gateway_responses() {
    let mut api = guarded(token());
    let response = GatewayResponse {
        status_code: Some("418".into()),
        response_templates: vec![(
            "application/json".into(),
            "{\"who\":\"$context.authorizer.principalId\",\"tier\":\"$context.authorizer.tier\"}"
                .into(),
        )],
        ..GatewayResponse::default()
    };
    api.gateway_responses
        .insert("ACCESS_DENIED".into(), response);
    let world = answering(World::new(api), says("Deny", "*"));
    let response = world.send(with_token("/other", "abc")).await;
    let expect = "{\"who\":\"user|a1b2c3\",\"tier\":\"gold\"}";
    assert_eq!(shown(&response), (418, expect.into()));
}
