//! Client certificates: what is told of them, who may have them, when they may go.

#![allow(clippy::unwrap_used)]

mod bench;

use bench::{A, B, Bench, patch};
use serde_json::{Value, json};

async fn generate(bench: &Bench, body: Value) -> Value {
    bench.ask("POST", "/clientcertificates", body).await.ok(201)
}

fn id_of(certificate: &Value) -> &str {
    certificate["clientCertificateId"].as_str().unwrap()
}

#[tokio::test]
async fn a_certificate_is_told_and_its_key_never() {
    let bench = Bench::new();
    let made = generate(&bench, json!({"description": "d", "tags": {"a": "1"}})).await;
    let id = id_of(&made);
    assert_eq!(id.len(), 6);
    assert_eq!(
        (&made["description"], &made["tags"]),
        (&json!("d"), &json!({"a": "1"}))
    );
    let seconds = |name: &str| made[name].as_f64().unwrap();
    let lasts = seconds("expirationDate") - seconds("createdDate");
    assert_eq!(lasts, 365.0 * 86_400.0);
    let at = format!("/clientcertificates/{id}");
    let described = bench
        .ask("PATCH", &at, patch("replace", "/description", "e"))
        .await
        .ok(200);
    assert_eq!(described["description"], "e");
    let got = bench.ask("GET", &at, json!({})).await.ok(200);
    assert_eq!(got, described);
    assert_eq!(got["pemEncodedCertificate"], made["pemEncodedCertificate"]);
    let listed = bench
        .ask("GET", "/clientcertificates", json!({}))
        .await
        .ok(200);
    assert_eq!(listed["item"], json!([got]));
    for told in [&made, &described, &got, &listed] {
        assert!(!told.to_string().contains("PRIVATE KEY"));
    }
    let unknown = bench
        .ask(
            "PATCH",
            &at,
            patch("replace", "/pemEncodedCertificate", "x"),
        )
        .await;
    assert_eq!(unknown.status, 400);
    bench.ask("DELETE", &at, json!({})).await.ok(202);
    let gone = "Invalid Client Certificate identifier specified";
    for verb in ["GET", "DELETE"] {
        bench
            .ask(verb, &at, json!({}))
            .await
            .refused(404, "NotFoundException", gone);
    }
}

#[tokio::test]
async fn certificates_are_their_accounts_and_regions_own() {
    let bench = Bench::new();
    let made = generate(&bench, json!({})).await;
    let at = format!("/clientcertificates/{}", id_of(&made));
    for (account, region) in [(B, "us-east-1"), (A, "eu-west-1")] {
        for (verb, body) in [
            ("GET", json!({})),
            ("PATCH", patch("replace", "/description", "x")),
            ("DELETE", json!({})),
        ] {
            let answer = bench.ask_as(account, region, verb, &at, body).await;
            assert_eq!(answer.status, 404, "{account} {region} {verb}");
        }
        let listed = bench.ask_as(account, region, "GET", "/clientcertificates", json!({}));
        assert_eq!(listed.await.ok(200)["item"], json!([]));
    }
    let known = bench.service.client_certificates();
    assert!(known.find(A, "us-east-1", id_of(&made)).is_some());
    assert!(known.find(B, "us-east-1", id_of(&made)).is_none());
}

#[tokio::test]
async fn one_that_a_stage_shows_stays_until_the_stage_lets_go() {
    let bench = Bench::new();
    let (api, root) = bench.api().await;
    bench.mock(&api, &root).await;
    let deployments = format!("/restapis/{api}/deployments");
    bench
        .ask("POST", &deployments, json!({"stageName": "s"}))
        .await
        .ok(201);
    let stage = format!("/restapis/{api}/stages/s");
    let show = |id: &str| patch("replace", "/clientCertificateId", id);
    let refused = bench.ask("PATCH", &stage, show("nobody")).await;
    let text = "Invalid client certificate identifier specified";
    refused.refused(400, "BadRequestException", text);
    let theirs = bench
        .ask_as(B, "us-east-1", "POST", "/clientcertificates", json!({}))
        .await;
    let refused = bench
        .ask("PATCH", &stage, show(id_of(&theirs.ok(201))))
        .await;
    refused.refused(400, "BadRequestException", text);
    let made = generate(&bench, json!({})).await;
    let id = id_of(&made);
    let shown = bench.ask("PATCH", &stage, show(id)).await.ok(200);
    assert_eq!(shown["clientCertificateId"], id);
    let at = format!("/clientcertificates/{id}");
    assert_eq!(bench.ask("DELETE", &at, json!({})).await.status, 400);
    bench.ask("GET", &at, json!({})).await.ok(200);
    let shown = bench.ask("PATCH", &stage, show("")).await.ok(200);
    assert_eq!(shown.get("clientCertificateId"), None);
    bench.ask("DELETE", &at, json!({})).await.ok(202);
    assert!(
        bench
            .service
            .client_certificates()
            .find(A, "us-east-1", id)
            .is_none()
    );
}

#[tokio::test]
async fn another_process_knows_them_too() {
    let bench = Bench::new();
    let made = generate(&bench, json!({})).await;
    let id = id_of(&made);
    let other = Bench::over(bench.store.clone(), 2);
    let known = other.service.client_certificates();
    assert!(known.find(A, "us-east-1", id).is_none());
    other.service.load().await.unwrap();
    let found = known.find(A, "us-east-1", id).unwrap();
    let one = bench.service.client_certificates();
    assert_eq!(found.key, one.find(A, "us-east-1", id).unwrap().key);
    assert_eq!(made["pemEncodedCertificate"], found.certificate.as_str());
}

#[tokio::test]
async fn tags_come_and_go() {
    let bench = Bench::new();
    let made = generate(&bench, json!({})).await;
    assert_eq!(made.get("tags"), None);
    let arn = format!(
        "arn:aws:apigateway:us-east-1::/clientcertificates/{}",
        id_of(&made)
    );
    let at = format!("/tags/{}", arn.replace(':', "%3A").replace('/', "%2F"));
    let tags = json!({"tags": {"a": "1", "b": "2"}});
    bench.ask("PUT", &at, tags.clone()).await.ok(204);
    assert_eq!(bench.ask("GET", &at, Value::Null).await.ok(200), tags);
    let less = format!("{at}?tagKeys=a");
    bench.ask("DELETE", &less, Value::Null).await.ok(204);
    let left = bench.ask("GET", &at, Value::Null).await.ok(200);
    assert_eq!(left, json!({"tags": {"b": "2"}}));
    let theirs = bench.ask_as(B, "us-east-1", "GET", &at, Value::Null).await;
    assert_eq!(theirs.status, 404);
}
