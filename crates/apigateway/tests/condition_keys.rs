//! `apigateway:Request/…`, `apigateway:Resource/…` and the permissions to tag.

#![allow(clippy::unwrap_used)]

mod bench;

use bench::{Bench, patch};
use policy::ContextValue;
use serde_json::{Value, json};

/// One key of the operation's own touch, as text; none when it is absent.
async fn key(bench: &Bench, request: (&str, &str, Value), name: &str) -> Option<String> {
    let (verb, target, body) = request;
    let all = bench.touches(verb, target, body).await;
    all[0].context.get(name).map(|value| match value {
        ContextValue::One(one) => one.clone(),
        ContextValue::Many(many) => format!("[{}]", many.join(" ")),
    })
}

#[tokio::test]
async fn what_a_request_sets_becomes_keys() {
    let bench = Bench::new();
    let uri = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/f/invocations";
    let private = json!({"types": ["PRIVATE"]});
    let method = "/restapis/x/resources/r/methods/GET";
    let log =
        |name: &str, value: &str| patch("replace", &format!("/accessLogSettings/{name}"), value);
    for (verb, target, body, name, want) in [
        (
            "POST",
            "/restapis",
            json!({"name": "a"}),
            "ApiName",
            Some("a"),
        ),
        (
            "POST",
            "/restapis",
            json!({"name": "a"}),
            "EndpointType",
            Some("[EDGE]"),
        ),
        (
            "POST",
            "/restapis",
            json!({"name": "a", "endpointConfiguration": private}),
            "EndpointType",
            Some("[PRIVATE]"),
        ),
        (
            "POST",
            "/restapis",
            json!({"name": "a"}),
            "DisableExecuteApiEndpoint",
            Some("false"),
        ),
        (
            "POST",
            "/restapis",
            json!({"name": "a", "disableExecuteApiEndpoint": true}),
            "DisableExecuteApiEndpoint",
            Some("true"),
        ),
        (
            "PATCH",
            "/restapis/x",
            patch("replace", "/name", "b"),
            "ApiName",
            Some("b"),
        ),
        (
            "PATCH",
            "/restapis/x",
            patch("replace", "/name", "b"),
            "EndpointType",
            None,
        ),
        (
            "PATCH",
            "/restapis/x",
            patch("replace", "/endpointConfiguration/types/EDGE", "REGIONAL"),
            "EndpointType",
            Some("[REGIONAL]"),
        ),
        (
            "PUT",
            method,
            json!({"authorizationType": "NONE"}),
            "RouteAuthorizationType",
            Some("[NONE]"),
        ),
        (
            "PUT",
            method,
            json!({"authorizationType": "NONE"}),
            "ApiKeyRequired",
            Some("[false]"),
        ),
        (
            "PUT",
            method,
            json!({"authorizationType": "AWS_IAM", "apiKeyRequired": true}),
            "ApiKeyRequired",
            Some("[true]"),
        ),
        ("GET", method, json!({}), "RouteAuthorizationType", None),
        (
            "POST",
            "/restapis/x/authorizers",
            json!({"name": "a", "type": "TOKEN", "authorizerUri": uri}),
            "AuthorizerType",
            Some("[TOKEN]"),
        ),
        (
            "POST",
            "/restapis/x/authorizers",
            json!({"name": "a", "type": "TOKEN", "authorizerUri": uri}),
            "AuthorizerUri",
            Some(&format!("[{uri}]")),
        ),
        (
            "PATCH",
            "/restapis/x/authorizers/a",
            patch("replace", "/type", "REQUEST"),
            "AuthorizerType",
            Some("[REQUEST]"),
        ),
        (
            "POST",
            "/restapis/x/deployments",
            json!({"stageName": "prod"}),
            "StageName",
            Some("prod"),
        ),
        (
            "POST",
            "/restapis/x/deployments",
            json!({}),
            "StageName",
            None,
        ),
        (
            "PATCH",
            "/restapis/x/stages/s",
            log("format", "$context.requestId"),
            "AccessLoggingFormat",
            Some("$context.requestId"),
        ),
        (
            "PATCH",
            "/restapis/x/stages/s",
            log("destinationArn", "arn:x"),
            "AccessLoggingDestination",
            Some("arn:x"),
        ),
    ] {
        let found = key(
            &bench,
            (verb, target, body),
            &format!("apigateway:Request/{name}"),
        )
        .await;
        assert_eq!(found.as_deref(), want, "{verb} {target} {name}");
    }
}

#[tokio::test]
async fn a_document_brings_collections() {
    let bench = Bench::new();
    let document = json!({"openapi": "3.0.1", "info": {"title": "pets", "version": "1"}, "paths": {"/a": {
        "get": {},
        "post": {"x-amazon-apigateway-auth": {"type": "AWS_IAM"}}
    }}});
    let import = ("POST", "/restapis?mode=import", document);
    let kinds = key(
        &bench,
        import.clone(),
        "apigateway:Request/RouteAuthorizationType",
    )
    .await;
    assert_eq!(kinds.as_deref(), Some("[NONE AWS_IAM]"));
    let name = key(&bench, import, "apigateway:Request/ApiName").await;
    assert_eq!(name.as_deref(), Some("pets"));
}

#[tokio::test]
async fn what_is_there_becomes_keys() {
    let bench = Bench::new();
    let made = bench.ask("POST", "/restapis", json!({"name": "a"})).await;
    let api = format!("/restapis/{}", made.text("id"));
    let resources = bench
        .ask("GET", &format!("{api}/resources"), json!({}))
        .await;
    let root = resources.body["item"][0]["id"].as_str().unwrap().to_owned();
    let method = format!("{api}/resources/{root}/methods/GET");
    let put = json!({"authorizationType": "AWS_IAM"});
    bench.ask("PUT", &method, put.clone()).await.ok(201);
    for (verb, target, body, name, want) in [
        ("DELETE", &api, json!({}), "ApiName", Some("a")),
        ("DELETE", &api, json!({}), "EndpointType", Some("[EDGE]")),
        (
            "PATCH",
            &api,
            patch("replace", "/name", "b"),
            "ApiName",
            Some("a"),
        ),
        ("GET", &api, json!({}), "ApiName", None),
        (
            "PUT",
            &method,
            put.clone(),
            "RouteAuthorizationType",
            Some("[AWS_IAM]"),
        ),
        (
            "DELETE",
            &method,
            json!({}),
            "RouteAuthorizationType",
            Some("[AWS_IAM]"),
        ),
        ("GET", &method, json!({}), "RouteAuthorizationType", None),
    ] {
        let found = key(
            &bench,
            (verb, target, body),
            &format!("apigateway:Resource/{name}"),
        )
        .await;
        assert_eq!(found.as_deref(), want, "{verb} {target} {name}");
    }
}

#[tokio::test]
async fn tags_of_the_api_are_not_those_of_the_role() {
    let bench = Bench::new();
    let body = json!({"name": "a", "tags": {"team": "x"}});
    let made = bench.ask("POST", "/restapis", body).await;
    let target = format!(
        "/restapis/{}/resources/r/methods/GET/integration",
        made.text("id")
    );
    let role = json!({"type": "MOCK", "credentials": "arn:aws:iam::111111111111:role/x"});
    let all = bench.touches("PUT", &target, role).await;
    assert!(all[0].context.get("aws:ResourceTag/team").is_some());
    assert_eq!(all[1].action, "iam:PassRole");
    assert!(all[1].context.get("aws:ResourceTag/team").is_none());
}

#[tokio::test]
async fn giving_tags_needs_permission() {
    let bench = Bench::new();
    let tags = json!({"team": "x"});
    let encoded = "arn:aws:apigateway:us-east-1::/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2F";
    for (target, body, want) in [
        (
            "/restapis",
            json!({"name": "a", "tags": tags}),
            "restapis%2F*",
        ),
        ("/apikeys", json!({"tags": tags}), "apikeys%2F*"),
        (
            "/usageplans",
            json!({"name": "a", "tags": tags}),
            "usageplans%2F*",
        ),
        (
            "/restapis/x/stages",
            json!({"stageName": "s", "deploymentId": "d", "tags": tags}),
            "restapis%2Fx%2Fstages%2Fs",
        ),
    ] {
        let all = bench.touches("POST", target, body.clone()).await;
        let put = &all[1];
        assert_eq!(
            (put.action.as_str(), put.resource.as_str()),
            ("apigateway:PUT", format!("{encoded}{want}").as_str())
        );
        let given = Some(ContextValue::One("x".into()));
        assert_eq!(put.context.get("aws:RequestTag/team"), given.as_ref());
        let mut without = body;
        without.as_object_mut().unwrap().remove("tags");
        assert_eq!(
            bench.touches("POST", target, without).await.len(),
            1,
            "{target}"
        );
    }
    let target = "/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Frestapis%2Fx";
    let all = bench.touches("PUT", target, json!({"tags": tags})).await;
    assert_eq!(
        (all[1].action.as_str(), all[1].resource.as_str()),
        (
            "apigateway:PATCH",
            "arn:aws:apigateway:us-east-1::/restapis/x"
        )
    );
}
