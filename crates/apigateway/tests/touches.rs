//! What operations touch: the action and ARN of each, and the permissions beside it.

#![allow(clippy::unwrap_used)]

mod bench;

use bench::{Bench, patch};
use policy::ContextValue;
use serde_json::json;

async fn touched(bench: &Bench, verb: &str, target: &str, body: serde_json::Value) -> Vec<String> {
    let all = bench.touches(verb, target, body).await;
    all.iter()
        .map(|one| format!("{} {}", one.action, one.resource))
        .collect()
}

#[tokio::test]
async fn the_verb_is_the_action_and_the_path_the_resource() {
    let bench = Bench::new();
    let base = "arn:aws:apigateway:us-east-1::";
    for (verb, target, body, want) in [
        (
            "POST",
            "/restapis",
            json!({"name": "a"}),
            "apigateway:POST {}/restapis",
        ),
        ("GET", "/restapis", json!({}), "apigateway:GET {}/restapis"),
        (
            "GET",
            "/restapis/x",
            json!({}),
            "apigateway:GET {}/restapis/x",
        ),
        (
            "DELETE",
            "/restapis/x/stages/s",
            json!({}),
            "apigateway:DELETE {}/restapis/x/stages/s",
        ),
        (
            "POST",
            "/restapis/x/resources/r",
            json!({"pathPart": "a"}),
            "apigateway:POST {}/restapis/x/resources/r",
        ),
        (
            "PUT",
            "/restapis/x/resources/r/methods/GET",
            json!({"authorizationType": "NONE"}),
            "apigateway:PUT {}/restapis/x/resources/r/methods/GET",
        ),
        (
            "POST",
            "/restapis/x/resources/r/methods/GET",
            json!({}),
            "apigateway:POST {}/restapis/x/resources/r/methods/GET",
        ),
        (
            "GET",
            "/restapis/x/resources/r/methods/GET/integration/responses/200",
            json!({}),
            "apigateway:GET {}/restapis/x/resources/r/methods/GET/integration/responses/200",
        ),
        (
            "PATCH",
            "/account",
            json!({"patchOperations": []}),
            "apigateway:PATCH {}/account",
        ),
        (
            "GET",
            "/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Frestapis%2Fx",
            json!({}),
            "apigateway:GET {}/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Frestapis%2Fx",
        ),
    ] {
        assert_eq!(
            touched(&bench, verb, target, body).await,
            [want.replace("{}", base)],
            "{target}"
        );
    }
}

#[tokio::test]
async fn handing_over_a_role_needs_permission() {
    let bench = Bench::new();
    let target = "/restapis/x/resources/r/methods/GET/integration";
    let with = |role: &str| json!({"type": "MOCK", "credentials": role});
    let role = "arn:aws:iam::111111111111:role/x";
    let all = bench.touches("PUT", target, with(role)).await;
    assert_eq!(
        (all[1].action.as_str(), all[1].resource.as_str()),
        ("iam:PassRole", role)
    );
    assert_eq!(
        all[1].context.get("iam:PassedToService"),
        Some(&ContextValue::One("apigateway.amazonaws.com".into()))
    );
    // The operation refuses this one itself; this one is nobody's role.
    for other in ["arn:aws:iam::222222222222:role/x", "arn:aws:iam::*:user/*"] {
        assert_eq!(
            bench.touches("PUT", target, with(other)).await.len(),
            1,
            "{other}"
        );
    }
    let all = touched(
        &bench,
        "PATCH",
        target,
        patch("replace", "/credentials", role),
    )
    .await;
    assert_eq!(all[1], format!("iam:PassRole {role}"));
}

#[tokio::test]
async fn setting_a_policy_needs_permission() {
    let bench = Bench::new();
    let all = touched(
        &bench,
        "POST",
        "/restapis",
        json!({"name": "a", "policy": "{}"}),
    )
    .await;
    assert_eq!(
        all[1],
        "apigateway:UpdateRestApiPolicy arn:aws:apigateway:us-east-1::/restapis"
    );
    let all = touched(
        &bench,
        "PATCH",
        "/restapis/x",
        patch("replace", "/policy", ""),
    )
    .await;
    assert_eq!(
        all[1],
        "apigateway:UpdateRestApiPolicy arn:aws:apigateway:us-east-1::/restapis/x"
    );
    assert_eq!(
        touched(
            &bench,
            "PATCH",
            "/restapis/x",
            patch("replace", "/name", "n")
        )
        .await
        .len(),
        1
    );
}

#[tokio::test]
async fn tags_become_condition_keys() {
    let bench = Bench::new();
    let made = bench
        .ask(
            "POST",
            "/restapis",
            json!({"name": "a", "tags": {"team": "x"}}),
        )
        .await;
    let target = format!("/restapis/{}/resources", made.text("id"));
    let all = bench.touches("GET", &target, json!({})).await;
    let team = Some(ContextValue::One("x".into()));
    assert_eq!(all[0].context.get("aws:ResourceTag/team"), team.as_ref());
    let target = format!(
        "/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Frestapis%2F{}",
        made.text("id")
    );
    let all = bench
        .touches("PUT", &target, json!({"tags": {"team": "y"}}))
        .await;
    assert_eq!(all[0].context.get("aws:ResourceTag/team"), team.as_ref());
    let given = Some(ContextValue::One("y".into()));
    assert_eq!(all[0].context.get("aws:RequestTag/team"), given.as_ref());
    let keys = Some(ContextValue::Many(vec!["team".into()]));
    assert_eq!(all[0].context.get("aws:TagKeys"), keys.as_ref());
}
