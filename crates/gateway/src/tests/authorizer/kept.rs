//! Answers that are kept.

use super::*;

#[tokio::test]
async fn tokens_must_match_the_expression_even_from_the_cache() {
    let authorizer = Authorizer {
        identity_validation_expression: Some("^Bearer [a-z]+$".into()),
        ..token()
    };
    let world = world(authorizer, allowed());
    let fits = world.send(with_token("/other", "Bearer abc")).await;
    assert_eq!(fits.status(), 200);
    for other in ["Bearer 123", "bearer abc", "x Bearer abc"] {
        let response = world.send(with_token("/other", other)).await;
        assert_eq!(shown(&response), (401, UNAUTHORIZED.into()), "{other}");
    }
    assert_eq!(asked(&world).len(), 1);
}

#[tokio::test]
async fn answers_are_kept_for_their_time() {
    let world = world(token(), allowed());
    for _ in 0..3 {
        assert_eq!(world.send(with_token("/pets/7", "abc")).await.status(), 200);
    }
    assert_eq!(asked(&world).len(), 1);
    world.clock.advance_ms(299_999);
    world.send(with_token("/pets/7", "abc")).await;
    assert_eq!(asked(&world).len(), 1);
    world.clock.advance_ms(1);
    world.send(with_token("/pets/7", "abc")).await;
    assert_eq!(asked(&world).len(), 2);
    assert_eq!(integration_calls(&world), 5);
}

#[tokio::test]
async fn denials_are_kept_too() {
    let world = world(token(), says("Deny", "*"));
    for _ in 0..3 {
        assert_eq!(world.send(with_token("/pets/7", "abc")).await.status(), 403);
    }
    assert_eq!(asked(&world).len(), 1);
}

#[tokio::test]
async fn no_time_means_no_cache() {
    let authorizer = Authorizer {
        result_ttl_s: Some(0),
        ..token()
    };
    let world = world(authorizer, allowed());
    world.send(with_token("/pets/7", "abc")).await;
    world.send(with_token("/pets/7", "abc")).await;
    assert_eq!(asked(&world).len(), 2);
}

#[tokio::test]
async fn a_kept_policy_is_read_anew_for_every_method() {
    let world = world(token(), says("Allow", &format!("{METHODS}/GET/pets/7")));
    assert_eq!(world.send(with_token("/pets/7", "abc")).await.status(), 200);
    for (verb, path) in [("GET", "/pets/8"), ("GET", "/other"), ("DELETE", "/pets/7")] {
        let sent = Sent::new(verb, path).header("Authorization", "abc");
        let response = world.send(sent).await;
        assert_eq!(shown(&response), (403, IMPLICIT.into()), "{verb} {path}");
    }
    assert_eq!(asked(&world).len(), 1, "all from the cache");
}

#[tokio::test]
async fn other_identities_and_other_deployments_are_asked_anew() {
    let sources = "method.request.header.X-A,method.request.querystring.b";
    let world = world(request(sources, 300), allowed());
    let send = async |a: &str, b: &str| {
        let sent = Sent::new("GET", &format!("/other?{b}")).header("X-A", a);
        world.send(sent).await.status()
    };
    assert_eq!(send("1", "b=2").await, 200);
    assert_eq!(send("1", "b=2&c=3").await, 200);
    assert_eq!(asked(&world).len(), 1, "c is no part of the identity");
    for (a, b) in [
        ("2", "b=1"),
        ("12", "b="),
        ("1", "b=0&b=2"),
        ("1", "b=2&b=2"),
    ] {
        send(a, b).await;
    }
    assert_eq!(
        asked(&world).len(),
        4,
        "a blank b is refused, the others are asked"
    );
    world.deploy(guarded(request(sources, 300)), 2);
    send("1", "b=2").await;
    assert_eq!(asked(&world).len(), 5);
}
