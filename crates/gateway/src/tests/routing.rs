//! Section by section: which method answers which path.

use super::support::{API_ID, Sent, World, api, header, mock, open, shown};
use restapi::Method;

/// A method that answers its own name.
fn named(name: &str) -> Method {
    open(mock(name))
}

async fn check(world: &World, verb: &str, path: &str, expect: &str) {
    let response = world.send(Sent::new(verb, path)).await;
    let (status, body) = shown(&response);
    let expect = match expect {
        "403" => (
            403,
            "{\"message\":\"Missing Authentication Token\"}".to_owned(),
        ),
        name => (200, name.to_owned()),
    };
    assert_eq!((status, body), expect, "{verb} {path}");
}

#[tokio::test]
async fn literals_go_before_parameters_before_greedy() {
    let world = World::new(api(vec![
        ("GET", "/pets/mine", named("literal")),
        ("GET", "/pets/{id}", named("param")),
        ("GET", "/pets/{id}/{rest+}", named("greedy below")),
        ("GET", "/{proxy+}", named("greedy")),
    ]));
    check(&world, "GET", "/pets/mine", "literal").await;
    check(&world, "GET", "/pets/7", "param").await;
    check(&world, "GET", "/pets/7/a/b", "greedy below").await;
    check(&world, "GET", "/pets", "greedy").await;
    check(&world, "GET", "/other/x", "greedy").await;
    check(&world, "GET", "/pets/%6dine", "param").await;
}

#[tokio::test]
async fn greedy_needs_a_segment() {
    let world = World::new(api(vec![("GET", "/{proxy+}", named("greedy"))]));
    check(&world, "GET", "/", "403").await;
    check(&world, "GET", "/a", "greedy").await;
    check(&world, "GET", "/a/", "greedy").await;
}

#[tokio::test]
async fn exact_verbs_go_before_any() {
    let world = World::new(api(vec![
        ("GET", "/x", named("get")),
        ("ANY", "/x", named("any")),
    ]));
    check(&world, "GET", "/x", "get").await;
    for verb in ["DELETE", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"] {
        check(&world, verb, "/x", "any").await;
    }
    check(&world, "TRACE", "/x", "403").await;
}

#[tokio::test]
async fn head_is_not_derived_from_get() {
    let world = World::new(api(vec![("GET", "/x", named("get"))]));
    check(&world, "HEAD", "/x", "403").await;
}

#[tokio::test]
async fn resources_without_the_verb_are_passed_over() {
    let world = World::new(api(vec![
        ("POST", "/test", named("post")),
        ("OPTIONS", "/{proxy+}", named("options")),
    ]));
    check(&world, "POST", "/test", "post").await;
    check(&world, "OPTIONS", "/test", "options").await;
    check(&world, "GET", "/test", "403").await;
}

#[tokio::test]
async fn a_literal_without_children_does_not_hide_the_greedy_one() {
    let world = World::new(api(vec![
        ("GET", "/part1", named("part1")),
        ("GET", "/{param+}", named("greedy")),
    ]));
    check(&world, "GET", "/part1", "part1").await;
    check(&world, "GET", "/part1/random", "greedy").await;
}

#[tokio::test]
async fn trailing_and_leading_slashes_do_not_matter() {
    let world = World::new(api(vec![
        ("GET", "/", named("root")),
        ("GET", "/a/b", named("ab")),
    ]));
    check(&world, "GET", "/a/b/", "ab").await;
    check(&world, "GET", "//a/b", "ab").await;
    check(&world, "GET", "/", "root").await;
    check(&world, "GET", "/a//b", "403").await;
}

#[tokio::test]
async fn parameters_need_a_text() {
    let world = World::new(api(vec![
        ("GET", "/pets/{id}/toys", named("toys")),
        ("GET", "/{proxy+}", named("greedy")),
    ]));
    check(&world, "GET", "/pets/1/toys", "toys").await;
    check(&world, "GET", "/pets//toys", "greedy").await;
}

#[tokio::test]
async fn method_override_replaces_the_verb() {
    let world = World::new(api(vec![
        ("POST", "/x", named("post")),
        ("DELETE", "/x", named("delete")),
    ]));
    let sent = Sent::new("POST", "/x").header("X-HTTP-Method-Override", "DELETE");
    assert_eq!(shown(&world.send(sent).await).1, "delete");
    let sent = Sent::new("POST", "/x").header("X-HTTP-Method-Override", "");
    assert_eq!(shown(&world.send(sent).await).1, "post");
}

#[tokio::test]
async fn unknown_apis_and_stages_are_forbidden() {
    let world = World::new(api(vec![("GET", "/", named("root"))]));
    let response = world.send(Sent::new("GET", "/").stage("other")).await;
    assert_eq!(
        shown(&response),
        (403, "{\"message\":\"Forbidden\"}".to_owned())
    );
    assert_eq!(header(&response, "x-amzn-errortype"), "ForbiddenException");
    let (request, mut target) = Sent::new("GET", "/").into_parts();
    target.api_id = "zzzzzzzzzz".into();
    let response = world.serve(request, target).await;
    assert_eq!(
        shown(&response),
        (403, "{\"message\":\"Forbidden\"}".to_owned())
    );
}

#[tokio::test]
async fn disabled_default_addresses_are_forbidden() {
    let mut off = api(vec![("GET", "/", named("root"))]);
    off.disable_execute_api_endpoint = true;
    let response = World::new(off).get("/").await;
    assert_eq!(
        shown(&response),
        (403, "{\"message\":\"Forbidden\"}".to_owned())
    );
}

#[tokio::test]
async fn a_new_revision_is_served_at_once() {
    let world = World::new(api(vec![("GET", "/", named("one"))]));
    check(&world, "GET", "/", "one").await;
    world.deploy(api(vec![("GET", "/", named("two"))]), 2);
    check(&world, "GET", "/", "two").await;
}

#[tokio::test]
async fn misses_carry_awss_headers() {
    let world = World::new(api(vec![]));
    let response = world.get("/nowhere").await;
    let error = "MissingAuthenticationTokenException";
    assert_eq!(header(&response, "x-amzn-errortype"), error);
    assert_eq!(header(&response, "content-type"), "application/json");
    assert_eq!(header(&response, "x-amzn-requestid").len(), 36);
    assert!(header(&response, "x-amz-apigw-id").ends_with('='));
    assert_eq!(response.body().len(), 42);
    assert!(!response.headers().contains_key("x-amzn-trace-id"));
    assert_eq!(
        world
            .gateway
            .snapshots
            .get(API_ID, "test")
            .unwrap()
            .account
            .as_str(),
        "111111111111"
    );
}
