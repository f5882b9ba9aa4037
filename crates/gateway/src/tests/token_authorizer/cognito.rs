//! COGNITO_USER_POOLS.

use super::*;

const POOL: &str = "arn:aws:cognito-idp:us-east-1:111111111111:userpool/us-east-1_AbCdEf";

fn authorizer() -> Authorizer {
    Authorizer {
        id: "auth01".into(),
        name: "pool".into(),
        kind: "COGNITO_USER_POOLS".into(),
        provider_arns: vec![POOL.into()],
        identity_source: Some("method.request.header.Authorization".into()),
        ..Authorizer::default()
    }
}

async fn scene_of(authorizer: Authorizer) -> Scene {
    let idp = Idp::start().await;
    let pools = [(POOL.to_owned(), idp.issuer.clone())].into();
    let stage = Stage {
        name: "test".into(),
        ..Stage::default()
    };
    let world = World::with_user_pools(guarded(authorizer), stage, pools);
    Scene { idp, world }
}

async fn scene() -> Scene {
    scene_of(authorizer()).await
}

fn identity_token(scene: &Scene) -> Value {
    json!({"sub": "7f2a", "aud": "client1", "email_verified": true, "token_use": "id",
        "auth_time": NOW_S - 10, "iss": scene.idp.issuer, "cognito:username": "ann",
        "cognito:groups": ["staff", "admins"], "exp": NOW_S + 3_600, "iat": NOW_S - 10})
}

fn access_token(scene: &Scene) -> Value {
    json!({"sub": "7f2a", "client_id": "client1", "token_use": "access", "iss": scene.idp.issuer,
        "scope": "openid pets/read", "exp": NOW_S + 3_600, "iat": NOW_S - 10})
}

#[tokio::test]
async fn identity_tokens_open_methods_without_scopes() {
    let scene = scene().await;
    let token = scene.idp.sign(&identity_token(&scene));
    for authorization in [
        token.clone(),
        format!("Bearer {token}"),
        format!("bearer  {token}"),
    ] {
        let answer = scene.ask("/open", &authorization).await;
        assert!(is_let_in(&answer), "{answer:?}");
    }
    let event = scene.world.event();
    assert_eq!(
        event["requestContext"]["authorizer"],
        json!({"claims": {"sub": "7f2a", "aud": "client1", "email_verified": "true",
            "token_use": "id", "auth_time": (NOW_S - 10).to_string(), "iss": scene.idp.issuer,
            "cognito:username": "ann", "cognito:groups": "staff,admins",
            "exp": "Sun Nov 22 12:56:06 UTC 2026", "iat": "Sun Nov 22 11:55:56 UTC 2026"}})
    );
    // The function sees the token too, as AWS shows it.
    assert_eq!(
        event["headers"]["Authorization"],
        format!("bearer  {token}")
    );
}

#[tokio::test]
async fn access_tokens_open_methods_with_their_scope_only() {
    let scene = scene().await;
    let good = access_token(&scene);
    assert!(is_let_in(&scene.claims("/scoped", good.clone()).await));
    let other = scene.with(&good, json!({"scope": "pets/write"}));
    assert!(is_let_in(&scene.claims("/scoped", other).await));
    assert!(is_unauthorized(&scene.claims("/open", good.clone()).await));
    for changes in [
        json!({"scope": "openid"}),
        json!({"scope": "pets/rea"}),
        json!({"scope": "pets/read2"}),
        json!({"scope": null}),
        json!({"token_use": "id"}),
        json!({"token_use": 7}),
    ] {
        let claims = scene.with(&good, changes.clone());
        let answer = scene.claims("/scoped", claims).await;
        assert!(is_unauthorized(&answer), "{changes}");
    }
    let identity = identity_token(&scene);
    assert!(is_unauthorized(&scene.claims("/scoped", identity).await));
}

#[tokio::test]
async fn other_issuers_tokens_for_a_pool_say_by_their_head_what_they_are() {
    let scene = scene().await;
    let identity = scene.with(&identity_token(&scene), json!({"token_use": null}));
    assert!(is_let_in(&scene.claims("/open", identity.clone()).await));
    let no_audience = scene.with(&identity, json!({"aud": null}));
    assert!(is_unauthorized(&scene.claims("/open", no_audience).await));
    let access = scene.with(&access_token(&scene), json!({"token_use": null}));
    assert!(is_let_in(&scene.claims("/scoped", access).await));
}

#[tokio::test]
async fn no_token_or_none_that_is_one_is_unauthorized() {
    let scene = scene().await;
    let response = scene.world.get("/open").await;
    assert_eq!(
        header(&response, "x-amzn-errortype"),
        "UnauthorizedException"
    );
    assert!(is_unauthorized(&shown(&response)));
    for authorization in ["", " ", "Bearer", "Bearer ", "abc", "a.b.c", "Basic YTpi"] {
        let answer = scene.ask("/open", authorization).await;
        assert!(is_unauthorized(&answer), "{authorization}");
    }
    // The issuer was never asked.
    assert!(scene.idp.asked().is_empty());
}

#[tokio::test]
async fn expired_tokens_are_told_so() {
    let scene = scene().await;
    let at = |exp: i64| scene.with(&identity_token(&scene), json!({ "exp": exp }));
    assert!(is_let_in(&scene.claims("/open", at(NOW_S + 1)).await));
    let expect = (
        401,
        "{\"message\":\"The incoming token has expired\"}".to_owned(),
    );
    assert_eq!(scene.claims("/open", at(NOW_S)).await, expect);
    // Only those that were good: a forged one learns nothing.
    let forger = Idp::start().await;
    let forged = forger.sign(&at(NOW_S - 1));
    assert!(is_unauthorized(&scene.ask("/open", &forged).await));
}

#[tokio::test]
async fn tokens_of_others_are_unauthorized() {
    let scene = scene().await;
    let good = identity_token(&scene);
    assert!(is_let_in(&scene.claims("/open", good.clone()).await));
    let forger = Idp::start().await;
    // Another key under the same name, claiming to be the pool's.
    let answer = scene.ask("/open", &forger.sign(&good)).await;
    assert!(is_unauthorized(&answer));
    // Signed well, by an issuer that nobody trusts.
    let own = scene.with(&good, json!({"iss": forger.issuer}));
    assert!(is_unauthorized(
        &scene.ask("/open", &forger.sign(&own)).await
    ));
    assert!(forger.asked().is_empty());
    for changes in [
        json!({"iss": null}),
        json!({"iss": format!("{}/", scene.idp.issuer)}),
        json!({"exp": null}),
        json!({"exp": "tomorrow"}),
        json!({"nbf": NOW_S + 60}),
        json!({"iat": NOW_S + 60}),
        json!({"token_use": "access"}),
    ] {
        let claims = scene.with(&good, changes.clone());
        assert!(
            is_unauthorized(&scene.claims("/open", claims).await),
            "{changes}"
        );
    }
}

#[tokio::test]
async fn a_rotated_key_takes_over() {
    let scene = scene().await;
    let old = scene.idp.sign(&identity_token(&scene));
    assert!(is_let_in(&scene.ask("/open", &old).await));
    scene.idp.rotate("two");
    assert!(is_let_in(
        &scene.claims("/open", identity_token(&scene)).await
    ));
    assert!(is_unauthorized(&scene.ask("/open", &old).await));
}

#[tokio::test]
async fn the_expression_is_about_the_audience() {
    let expression = |text: &str| Authorizer {
        identity_validation_expression: Some(text.into()),
        ..authorizer()
    };
    for (text, is_good) in [
        ("client[12]", true),
        ("client", false),
        ("other", false),
        ("(?=c)", false),
    ] {
        let scene = scene_of(expression(text)).await;
        let identity = scene.claims("/open", identity_token(&scene)).await;
        let access = scene.claims("/scoped", access_token(&scene)).await;
        for answer in [identity, access] {
            assert_eq!(is_let_in(&answer), is_good, "{text}");
            assert_eq!(is_unauthorized(&answer), !is_good, "{text}");
        }
    }
}

#[tokio::test]
async fn another_header_may_hold_the_token() {
    let scene = scene_of(Authorizer {
        identity_source: Some("method.request.header.X-Token".into()),
        ..authorizer()
    })
    .await;
    let token = scene.idp.sign(&identity_token(&scene));
    assert!(is_unauthorized(&scene.ask("/open", &token).await));
    let request = Sent::new("GET", "/open").header("X-Token", &token);
    assert!(is_let_in(&shown(&scene.world.send(request).await)));
}

#[tokio::test]
async fn without_keys_nobody_comes_in() {
    let scene = scene().await;
    scene.idp.publish("/keys", 500, "");
    let answer = scene.claims("/open", identity_token(&scene)).await;
    assert_eq!(answer, (500, "{\"message\":null}".to_owned()));
    assert!(scene.world.doubles.invocations.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_method_whose_authorizer_is_of_another_kind_refuses_everybody() {
    let mut api = guarded(authorizer());
    for resource in api.resources.values_mut() {
        for method in resource.methods.values_mut() {
            method.authorization_type = "JWT".into();
        }
    }
    let idp = Idp::start().await;
    let pools = [(POOL.to_owned(), idp.issuer.clone())].into();
    let stage = Stage {
        name: "test".into(),
        ..Stage::default()
    };
    let world = World::with_user_pools(api, stage, pools);
    let scene = Scene { idp, world };
    let answer = scene.claims("/open", identity_token(&scene)).await;
    assert_eq!(answer, (500, "{\"message\":null}".to_owned()));
}

#[tokio::test]
async fn a_resource_policy_must_allow_beside_the_token() {
    let policy = |effect: &str| {
        json!({"Version": "2012-10-17", "Statement": {"Effect": effect, "Principal": "*",
            "Action": "execute-api:Invoke",
            "Resource": format!("arn:aws:execute-api:us-east-1:111111111111:{API_ID}/*")}})
    };
    for (effect, is_good) in [("Allow", true), ("Deny", false)] {
        let mut api = guarded(authorizer());
        api.policy = Some(policy(effect).to_string());
        let idp = Idp::start().await;
        let pools = [(POOL.to_owned(), idp.issuer.clone())].into();
        let stage = Stage {
            name: "test".into(),
            ..Stage::default()
        };
        let world = World::with_user_pools(api, stage, pools);
        let scene = Scene { idp, world };
        let answer = scene.claims("/open", identity_token(&scene)).await;
        assert_eq!(answer.0, if is_good { 200 } else { 403 }, "{answer:?}");
        // Without a token it is 401, whatever the policy says.
        assert!(is_unauthorized(&shown(&scene.world.get("/open").await)));
    }
}
