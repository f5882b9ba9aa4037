//! JWT authorizers of REST APIs.

use super::*;

fn authorizer(issuer: &str, algorithms: &[&str]) -> Authorizer {
    let configuration = json!({
        "issuers": [
            {"issuer": "https://other.example", "audiences": ["api"], "jwksUri": format!("{issuer}/other")},
            {"issuer": issuer, "audiences": ["api", "web"], "jwksUri": format!("{issuer}/keys"),
                "additionalClaims": [
                    {"claimName": "tenant", "format": "SINGLE_STRING", "required": true, "expectedValues": ["acme"]},
                    {"claimName": "level", "format": "SINGLE_STRING", "expectedValues": ["gold"]},
                    {"claimName": "mail", "format": "SINGLE_STRING", "required": true},
                ]},
        ],
        "defaultAlgorithms": algorithms,
    });
    Authorizer {
        id: "auth01".into(),
        name: "jwt".into(),
        kind: "JWT".into(),
        identity_source: Some("method.request.header.Authorization".into()),
        jwt_configuration: Some(configuration.to_string()),
        ..Authorizer::default()
    }
}

async fn scene_with(algorithms: &[&str]) -> Scene {
    let idp = Idp::start().await;
    idp.publish("/other", 200, "{\"keys\":[]}");
    let world = World::new(guarded(authorizer(&idp.issuer, algorithms)));
    Scene { idp, world }
}

fn good(scene: &Scene) -> Value {
    json!({"iss": scene.idp.issuer, "sub": "me", "aud": ["web"], "exp": NOW_S + 60, "iat": NOW_S,
        "nbf": NOW_S, "tenant": "acme", "mail": "m@example.com", "scope": "pets/read", "n": 1.5})
}

#[tokio::test]
async fn good_tokens_come_in_and_are_shown() {
    let scene = scene_with(&["RS256", "ES256"]).await;
    for path in ["/open", "/scoped"] {
        let answer = scene.claims(path, good(&scene)).await;
        assert!(is_let_in(&answer), "{path} {answer:?}");
    }
    let claims = &scene.world.event()["requestContext"]["authorizer"]["claims"];
    assert_eq!(claims["tenant"], "acme");
    assert_eq!(claims["aud"], "web");
    assert_eq!(claims["exp"], (NOW_S + 60).to_string());
    assert_eq!(claims["n"], "1.5");
    // The stored address of the keys is used, not discovered anew.
    assert_eq!(scene.idp.asked(), ["/keys"]);
}

#[tokio::test]
async fn each_rule_is_enforced() {
    let scene = scene_with(&["ES256"]).await;
    assert!(is_let_in(&scene.claims("/open", good(&scene)).await));
    for changes in [
        json!({"iss": "https://other.example"}),
        json!({"iss": format!("{}/", scene.idp.issuer)}),
        json!({"iss": null}),
        json!({"aud": "app"}),
        json!({"aud": []}),
        json!({"aud": null}),
        json!({"aud": null, "client_id": "api"}),
        json!({"exp": NOW_S}),
        json!({"exp": null}),
        json!({"nbf": NOW_S + 60}),
        json!({"iat": NOW_S + 60}),
        json!({"tenant": "Acme"}),
        json!({"tenant": ["acme"]}),
        json!({"tenant": null}),
        json!({"level": "silver"}),
        json!({"level": 1}),
        json!({"mail": null}),
        json!({"mail": 7}),
    ] {
        let claims = scene.with(&good(&scene), changes.clone());
        let answer = scene.claims("/open", claims).await;
        assert!(is_unauthorized(&answer), "{changes} {answer:?}");
    }
    for changes in [
        json!({"level": "gold"}),
        json!({"aud": ["x", "api"]}),
        json!({"nbf": null, "iat": null}),
    ] {
        let claims = scene.with(&good(&scene), changes.clone());
        assert!(is_let_in(&scene.claims("/open", claims).await), "{changes}");
    }
}

#[tokio::test]
async fn a_missing_scope_is_forbidden_and_not_unauthorized() {
    let scene = scene_with(&["ES256"]).await;
    for (changes, is_good) in [
        (json!({"scope": "openid pets/write"}), true),
        (json!({"scope": null, "scp": ["pets/read"]}), true),
        (json!({"scope": "openid"}), false),
        (json!({"scope": null}), false),
        (json!({"scope": "PETS/READ"}), false),
    ] {
        let claims = scene.with(&good(&scene), changes.clone());
        let answer = scene.claims("/scoped", claims).await;
        match is_good {
            true => assert!(is_let_in(&answer), "{changes}"),
            false => assert_eq!(
                answer,
                (403, "{\"message\":\"Forbidden\"}".into()),
                "{changes}"
            ),
        }
    }
}

#[tokio::test]
async fn algorithms_that_are_not_listed_are_refused() {
    let scene = scene_with(&["RS256", "ES384"]).await;
    assert!(is_unauthorized(&scene.claims("/open", good(&scene)).await));
}

#[tokio::test]
async fn unsigned_and_otherwise_forged_tokens_are_refused() {
    let scene = scene_with(&["ES256"]).await;
    let token = scene.idp.sign(&good(&scene));
    let claims = token.split('.').nth(1).unwrap();
    for head in [
        json!({"alg": "none"}),
        json!({"alg": "none", "kid": "one"}),
        json!({"alg": "HS256", "kid": "one"}),
    ] {
        let head = super::super::idp::encode(head.to_string().as_bytes());
        for signature in ["", "AAAA"] {
            let answer = scene
                .ask("/open", &format!("{head}.{claims}.{signature}"))
                .await;
            assert!(is_unauthorized(&answer));
        }
    }
    assert!(scene.idp.asked().is_empty());
    assert!(is_let_in(&scene.ask("/open", &token).await));
}

#[tokio::test]
async fn half_configured_authorizers_refuse_everybody() {
    let idp = Idp::start().await;
    let mut authorizer = authorizer(&idp.issuer, &["ES256"]);
    // As an import leaves it that could not ask the issuer.
    authorizer.jwt_configuration =
        Some(json!({"issuers": [{"issuer": idp.issuer, "audiences": ["api"]}], "defaultAlgorithms": ["ES256"]}).to_string());
    let world = World::new(guarded(authorizer));
    let scene = Scene { idp, world };
    let answer = scene.claims("/open", good(&scene)).await;
    assert_eq!(answer, (500, "{\"message\":null}".to_owned()));
}
