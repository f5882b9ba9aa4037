//! API keys and usage plans, as clients see them and as the data plane does.

#![allow(clippy::unwrap_used)]

mod bench;
mod replay;

use bench::{A, Answer, B, Bench, patch};
use ports::StagePlans;
use replay::Replay;
use serde_json::{Value, json};
use std::sync::Arc;

/// A value of 30 characters.
const VALUE: &str = "apikey1234abcdefghij0123456789";
/// 22 November 2026, a Sunday.
const SUNDAY_MS: i64 = 1_795_348_566_000;
const DAY_MS: i64 = 86_400_000;

async fn post(bench: &Bench, target: &str, body: Value) -> Answer {
    bench.ask("POST", target, body).await
}

async fn get(bench: &Bench, target: &str) -> Value {
    bench.ask("GET", target, Value::Null).await.ok(200)
}

async fn delete(bench: &Bench, target: &str) -> Answer {
    bench.ask("DELETE", target, Value::Null).await
}

/// An API with a stage; gives its id.
async fn deployed(bench: &Bench, stage: &str) -> String {
    let (api, root) = bench.api().await;
    bench.mock(&api, &root).await;
    let deployments = format!("/restapis/{api}/deployments");
    post(bench, &deployments, json!({"stageName": stage}))
        .await
        .ok(201);
    api
}

async fn key(bench: &Bench, name: &str, value: &str) -> String {
    // Newest first needs times that differ.
    bench.clock.advance_ms(1);
    let body = json!({"name": name, "value": value, "enabled": true});
    post(bench, "/apikeys", body).await.text("id")
}

async fn plan(bench: &Bench, body: Value) -> String {
    bench.clock.advance_ms(1);
    post(bench, "/usageplans", body).await.text("id")
}

async fn join(bench: &Bench, plan: &str, key: &str) -> Answer {
    bench.clock.advance_ms(1);
    let body = json!({"keyId": key, "keyType": "API_KEY"});
    post(bench, &format!("/usageplans/{plan}/keys"), body).await
}

fn live(bench: &Bench, api: &str, stage: &str) -> Option<Arc<StagePlans>> {
    bench.service.usage_plans().find(api, stage)
}

/// A plan over stage `s` of a new API with one key in it: API, plan, key.
async fn world(bench: &Bench, more: Value) -> (String, String, String) {
    let api = deployed(bench, "s").await;
    let mut body = json!({"name": "p", "apiStages": [{"apiId": api, "stage": "s"}]});
    let members = body.as_object_mut().unwrap();
    members.extend(more.as_object().unwrap().clone());
    let plan = plan(bench, body).await;
    let key = key(bench, "k", VALUE).await;
    join(bench, &plan, &key).await.ok(201);
    (api, plan, key)
}

#[tokio::test]
async fn keys_are_listed_as_recorded() {
    let case = "TestApigatewayApiKeysCrud::test_get_api_keys";
    let Some(mut replay) = Replay::of(case) else {
        return;
    };
    let bench = Bench::new();
    let ask = async |query: &str| {
        bench
            .ask("GET", &format!("/apikeys{query}"), Value::Null)
            .await
    };
    replay.step("get-api-keys", &ask("").await);
    let made = post(&bench, "/apikeys", json!({"name": "test-key-1"})).await;
    replay.step("create-api-key", &made);
    replay.step("get-api-keys-after-create-1", &ask("").await);
    for (step, query) in [
        ("get-api-keys-wrong-name-query", "?name=wrong"),
        ("get-api-keys-prefix-name-query", "?name=test-k"),
        ("get-api-keys-prefix-name-query-cased", "?name=TEST-k"),
        ("get-api-keys-postfix-name-query", "?name=key-1"),
        ("get-api-keys-infix-name-query", "?name=st-ke"),
    ] {
        replay.step(step, &ask(query).await);
    }
    bench.clock.advance_ms(10);
    let made = post(&bench, "/apikeys", json!({"name": "test-key-2"})).await;
    replay.step("create-api-key-2", &made);
    replay.step("get-api-keys-after-create-2", &ask("").await);
    replay.step("get-api-keys-name-query", &ask("?name=test-key-2").await);
    replay.step("get-api-keys-prefix-name-query-2", &ask("?name=test").await);
    let page = ask("?limit=1").await;
    replay.step("get-apis-keys-pagination", &page);
    let rest = format!("?limit=1&position={}", page.text("position"));
    replay.step("get-apis-keys-pagination-2", &ask(&rest).await);
}

#[tokio::test]
async fn keys_are_refused_as_recorded() {
    let case = "TestApigatewayApiKeysCrud::test_create_api_key_with_invalid_name";
    let Some(mut replay) = Replay::of(case) else {
        return;
    };
    let bench = Bench::new();
    for (step, body) in [
        (
            "create-api-key-name-too-long",
            json!({"name": "n".repeat(1_025)}),
        ),
        ("create-api-key-empty-name", json!({"name": ""})),
        ("create-api-key-no-name", json!({})),
    ] {
        replay.step(step, &post(&bench, "/apikeys", body).await);
    }
    let key = post(&bench, "/apikeys", json!({"name": "n".repeat(1_024)})).await;
    let path = format!("/apikeys/{}", key.text("id"));
    let long = "d".repeat(125_001);
    let case = "TestApigatewayApiKeysCrud::test_update_api_key_invalid_description_length";
    let mut replay = Replay::of(case).unwrap();
    let refused = post(&bench, "/apikeys", json!({"description": long})).await;
    replay.step("create-api-key-description-too-long", &refused);
    let refused = patch("replace", "/description", &long);
    let refused = bench.ask("PATCH", &path, refused).await;
    replay.step("update-api-key-description-too-long", &refused);
    let case = "TestApigatewayApiKeysCrud::test_update_api_key_invalid_enabled_type";
    let mut replay = Replay::of(case).unwrap();
    let nameless = post(&bench, "/apikeys", json!({"enabled": true})).await;
    let nameless = format!("/apikeys/{}", nameless.text("id"));
    let changed = bench.ask("PATCH", &nameless, patch("replace", "/enabled", "x"));
    replay.step("update-api-key-invalid-enabled-type", &changed.await);
    let case = "TestApigatewayApiKeysCrud::test_update_api_key_immutable_field";
    let mut replay = Replay::of(case).unwrap();
    let refused = bench
        .ask("PATCH", &path, patch("replace", "/id", "x"))
        .await;
    replay.step("update-api-key-immutable-field", &refused);
}

#[tokio::test]
async fn keys_of_plans_are_listed_as_recorded() {
    let case = "TestApigatewayApiKeysCrud::test_get_usage_plan_api_keys";
    let Some(mut replay) = Replay::of(case) else {
        return;
    };
    let bench = Bench::new();
    let ask = async |target: &str| bench.ask("GET", target, Value::Null).await;
    replay.step("get-api-keys", &ask("/apikeys").await);
    let first = post(&bench, "/apikeys", json!({"name": "one"})).await;
    replay.step("create-api-key", &first);
    bench.clock.advance_ms(10);
    let second = post(&bench, "/apikeys", json!({"name": "onetwo"})).await;
    replay.step("create-api-key-2", &second);
    replay.step("get-api-keys-after-create-1", &ask("/apikeys").await);
    let plan = post(&bench, "/usageplans", json!({"name": "plan"})).await;
    replay.step("create-usage-plan", &plan);
    let keys = format!("/usageplans/{}/keys", plan.text("id"));
    replay.step("get-up-keys-before-create", &ask(&keys).await);
    let (first, second) = (first.text("id"), second.text("id"));
    replay.step(
        "create-up-key",
        &join(&bench, &plan.text("id"), &first).await,
    );
    replay.step(
        "create-up-key-2",
        &join(&bench, &plan.text("id"), &second).await,
    );
    replay.step("get-up-keys", &ask(&keys).await);
    replay.step(
        "get-up-keys-name-query",
        &ask(&format!("{keys}?name=one")).await,
    );
    replay.step(
        "get-up-keys-name-query-cased",
        &ask(&format!("{keys}?name=ONE")).await,
    );
    replay.step(
        "get-up-keys-bad-query",
        &ask(&format!("{keys}?name=x")).await,
    );
    for key in [&first, &second] {
        delete(&bench, &format!("{keys}/{key}")).await.ok(202);
    }
    replay.step("get-up-keys-after-delete", &ask(&keys).await);
    let unknown = ask("/usageplans/unknown/keys").await;
    replay.step("get-up-keys-bad-usage-plan", &unknown);
}

#[tokio::test]
async fn plans_are_made_and_patched_as_recorded() {
    let case = "TestUsagePlans::test_usage_plan_crud";
    let Some(mut replay) = Replay::of(case) else {
        return;
    };
    let bench = Bench::new();
    let api = deployed(&bench, "dev").await;
    let body = json!({"name": "a plan", "description": "words",
        "apiStages": [{"apiId": api, "stage": "dev"}]});
    let made = post(&bench, "/usageplans", body).await;
    replay.step("create-usage-plan", &made);
    let path = format!("/usageplans/{}", made.text("id"));
    let ask = async |target: &str| bench.ask("GET", target, Value::Null).await;
    replay.step("get-usage-plan", &ask(&path).await);
    replay.step("get-usage-plans", &ask("/usageplans").await);
    let operations = json!({"patchOperations": [
        {"op": "replace", "path": "/throttle/burstLimit", "value": "100"},
        {"op": "replace", "path": "/throttle/rateLimit", "value": "200"},
        {"op": "replace", "path": "/quota/limit", "value": "5000"},
        {"op": "replace", "path": "/quota/period", "value": "MONTH"},
    ]});
    let changed = bench.ask("PATCH", &path, operations).await;
    replay.step("update-usage-plan", &changed);
    let nothing = patch("replace", "/name", "x");
    let unknown = bench.ask("PATCH", "/usageplans/unknown", nothing).await;
    replay.step("update-wrong-id", &unknown);
    for (step, value) in [
        ("update-wrong-api-stages-no-value", json!(null)),
        (
            "update-wrong-api-stages-wrong-api",
            json!(format!("{api}b:dev")),
        ),
        (
            "update-wrong-api-stages-wrong-stage",
            json!(format!("{api}:fakestagename")),
        ),
        ("update-wrong-api-stages-wrong-value", json!("nonsense")),
    ] {
        let operation = json!({"op": "add", "path": "/apiStages", "value": value});
        let body = json!({"patchOperations": [operation]});
        replay.step(step, &bench.ask("PATCH", &path, body).await);
    }
    replay.step("get-usage-plan-after-update", &ask(&path).await);
    replay.step("get-usage-plans-after-update", &ask("/usageplans").await);
    let case = "TestApigatewayApiKeysCrud::test_create_usage_plan_with_throttle";
    let mut replay = Replay::of(case).unwrap();
    let body = json!({"name": "b", "throttle": {"burstLimit": 20, "rateLimit": 10.0}});
    let made = post(&bench, "/usageplans", body).await;
    replay.step("create-usage-plan-burst-gt-rate", &made);
}

#[tokio::test]
async fn values_are_shown_when_asked_for_only() {
    let bench = Bench::new();
    let made = post(&bench, "/apikeys", json!({"name": "a"})).await;
    let (id, value) = (made.text("id"), made.text("value"));
    assert_eq!((id.len(), value.len()), (10, 40));
    let path = format!("/apikeys/{id}");
    assert_eq!(get(&bench, &path).await["value"], json!(null));
    let shown = get(&bench, &format!("{path}?includeValue=true")).await;
    assert_eq!(shown["value"], json!(value));
    let all = get(&bench, "/apikeys?includeValues=true").await;
    assert_eq!(all["item"][0]["value"], json!(value));
    let other = bench.ask_as(B, "us-east-1", "GET", &path, Value::Null);
    let unknown = "Invalid API Key identifier specified";
    other.await.refused(404, "NotFoundException", unknown);
    let other = bench.ask_as(A, "eu-west-1", "GET", &path, Value::Null);
    other.await.refused(404, "NotFoundException", unknown);
}

#[tokio::test]
async fn values_are_bounded_and_unique() {
    let bench = Bench::new();
    let make = async |value: &str| post(&bench, "/apikeys", json!({"value": value})).await;
    let short = "API Key value should be at least 20 characters";
    make(&"a".repeat(19))
        .await
        .refused(400, "BadRequestException", short);
    make(&"a".repeat(20)).await.ok(201);
    make(&"a".repeat(128)).await.ok(201);
    let long = "API Key value exceeds maximum size of 128 characters";
    make(&"a".repeat(129))
        .await
        .refused(400, "BadRequestException", long);
    let twice = "API Key already exists";
    make(&"a".repeat(20))
        .await
        .refused(409, "ConflictException", twice);
    let other = json!({"value": "a".repeat(20)});
    bench
        .ask_as(B, "us-east-1", "POST", "/apikeys", other)
        .await
        .ok(201);
}

#[tokio::test]
async fn a_key_opens_the_stages_of_its_plan_and_no_other() {
    let bench = Bench::new();
    let (api, plan, key) = world(&bench, json!({})).await;
    let other = deployed(&bench, "s").await;
    assert!(live(&bench, &other, "s").is_none());
    assert!(live(&bench, &api, "t").is_none());
    let opened = live(&bench, &api, "s").unwrap();
    assert!(opened.keys[VALUE].is_enabled);
    assert_eq!(opened.keys[VALUE].key_id.as_ref(), key);
    assert_eq!(opened.keys[VALUE].plan.plan_id, plan);
    let path = format!("/apikeys/{key}");
    let disable = patch("replace", "/enabled", "false");
    bench.ask("PATCH", &path, disable).await.ok(200);
    assert!(!live(&bench, &api, "s").unwrap().keys[VALUE].is_enabled);
    delete(&bench, &format!("/usageplans/{plan}/keys/{key}"))
        .await
        .ok(202);
    assert!(live(&bench, &api, "s").unwrap().keys.is_empty());
    join(&bench, &plan, &key).await.ok(201);
    delete(&bench, &path).await.ok(202);
    assert!(live(&bench, &api, "s").unwrap().keys.is_empty());
    let stages = patch("remove", "/apiStages", &format!("{api}:s"));
    bench
        .ask("PATCH", &format!("/usageplans/{plan}"), stages)
        .await
        .ok(200);
    assert!(live(&bench, &api, "s").is_none());
}

#[tokio::test]
async fn a_key_opens_a_stage_through_one_plan_only() {
    let bench = Bench::new();
    let (api, first, key) = world(&bench, json!({})).await;
    let body = json!({"name": "q", "apiStages": [{"apiId": api, "stage": "s"}]});
    let second = plan(&bench, body).await;
    assert_eq!(join(&bench, &second, &key).await.code, "ConflictException");
    assert_eq!(join(&bench, &first, &key).await.code, "ConflictException");
    let third = plan(&bench, json!({"name": "r"})).await;
    join(&bench, &third, &key).await.ok(201);
    let stages = patch("add", "/apiStages", &format!("{api}:s"));
    let third = format!("/usageplans/{third}");
    let added = bench.ask("PATCH", &third, stages).await;
    assert_eq!(added.code, "ConflictException");
    let of_key = get(&bench, &format!("/usageplans?keyId={key}")).await;
    assert_eq!(of_key["item"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_key_may_be_in_ten_plans() {
    let bench = Bench::new();
    let key = key(&bench, "k", VALUE).await;
    for n in 0..10 {
        let plan = plan(&bench, json!({"name": format!("{n}")})).await;
        join(&bench, &plan, &key).await.ok(201);
    }
    let eleventh = plan(&bench, json!({"name": "x"})).await;
    let refused = join(&bench, &eleventh, &key).await;
    assert_eq!(
        (refused.status, refused.code.as_str()),
        (429, "LimitExceededException")
    );
}

#[tokio::test]
async fn plans_of_others_and_wrong_stages_are_refused() {
    let bench = Bench::new();
    let (api, plan, key) = world(&bench, json!({})).await;
    for stages in [
        json!([{"apiId": api, "stage": "t"}]),
        json!([{"apiId": "nothing", "stage": "s"}]),
    ] {
        let body = json!({"name": "q", "apiStages": stages});
        assert_eq!(
            post(&bench, "/usageplans", body).await.code,
            "NotFoundException"
        );
    }
    let theirs = json!({"name": "q", "apiStages": [{"apiId": api, "stage": "s"}]});
    let theirs = bench.ask_as(B, "us-east-1", "POST", "/usageplans", theirs);
    assert_eq!(theirs.await.code, "NotFoundException");
    let half = json!({"name": "q", "apiStages": [{"apiId": "", "stage": "s"}]});
    let text = "Invalid API Stage {api: %s, stage: %s} specified for usageplan %s";
    post(&bench, "/usageplans", half)
        .await
        .refused(400, "BadRequestException", text);
    let path = format!("/usageplans/{plan}");
    let text = format!(
        "Cannot delete Usage Plan {plan} because there are API Stages associated with it, \
         including {api}:s"
    );
    delete(&bench, &path)
        .await
        .refused(400, "BadRequestException", &text);
    for (verb, target) in [
        ("GET", path.clone()),
        ("DELETE", path.clone()),
        ("GET", format!("{path}/keys/{key}")),
        ("DELETE", format!("{path}/keys/{key}")),
        (
            "GET",
            format!("{path}/usage?startDate=2026-01-01&endDate=2026-01-02"),
        ),
    ] {
        let answer = bench
            .ask_as(B, "us-east-1", verb, &target, Value::Null)
            .await;
        answer.refused(404, "NotFoundException", "Invalid Usage Plan ID specified");
    }
    join(&bench, "unknown", &key).await.refused(
        404,
        "NotFoundException",
        "Invalid Usage Plan ID specified",
    );
    join(&bench, &plan, "unknown").await.refused(
        404,
        "NotFoundException",
        "Invalid API Key identifier specified",
    );
}

#[tokio::test]
async fn throttles_reach_the_data_plane() {
    let bench = Bench::new();
    let (api, plan, _) = world(
        &bench,
        json!({"throttle": {"rateLimit": 2.5, "burstLimit": 3}}),
    )
    .await;
    let methods = patch(
        "add",
        &format!("/apiStages/{api}:s/throttle/~1pets/GET"),
        r#"{"rateLimit": 1, "burstLimit": 2}"#,
    );
    let path = format!("/usageplans/{plan}");
    let shown = bench.ask("PATCH", &path, methods).await.ok(200);
    assert_eq!(
        shown["apiStages"][0]["throttle"],
        json!({"/pets/GET": {"rateLimit": 1.0, "burstLimit": 2}})
    );
    let opened = live(&bench, &api, "s").unwrap();
    let of_plan = &opened.keys[VALUE].plan;
    let throttle = of_plan.throttle.unwrap();
    assert_eq!((throttle.rate_per_s, throttle.burst), (2.5, 3));
    assert_eq!(of_plan.method_throttles["/pets/GET"].burst, 2);
}

#[tokio::test]
async fn use_is_counted_shown_changed_and_outlives_the_process() {
    let bench = Bench::new();
    bench.clock.advance_ms(SUNDAY_MS - 1_790_000_000_500);
    let quota = json!({"quota": {"limit": 5, "offset": 0, "period": "WEEK"}});
    let (api, plan, key) = world(&bench, quota).await;
    let take = |bench: &Bench, now_ms: i64| {
        let opened = live(bench, &api, "s").unwrap();
        opened.keys[VALUE].meter.take(now_ms)
    };
    assert!((0..2).all(|_| take(&bench, SUNDAY_MS)));
    let week = format!("/usageplans/{plan}/usage?startDate=2026-11-21&endDate=2026-11-22");
    let shown = get(&bench, &week).await;
    assert_eq!(shown["values"], json!({(key.as_str()): [[0, 5], [2, 3]]}));
    assert_eq!(shown["startDate"], "2026-11-21");
    bench.service.write_usage().await.unwrap();
    let second = Bench::over(bench.store.clone(), 2);
    second
        .clock
        .advance_ms(SUNDAY_MS + DAY_MS - 1_790_000_000_500);
    second.service.load().await.unwrap();
    let monday = SUNDAY_MS + DAY_MS;
    assert_eq!((0..9).filter(|_| take(&second, monday)).count(), 3);
    let path = format!("/usageplans/{plan}/keys/{key}/usage");
    let grant = patch("replace", "/remaining", "2");
    let shown = second.ask("PATCH", &path, grant).await.ok(200);
    assert_eq!(shown["values"], json!({(key.as_str()): [[3, 2]]}));
    assert_eq!((0..9).filter(|_| take(&second, monday)).count(), 2);
    // Leaving the plan and coming back gives no new quota.
    delete(&second, &format!("/usageplans/{plan}/keys/{key}"))
        .await
        .ok(202);
    join(&second, &plan, &key).await.ok(201);
    assert!(!take(&second, monday));
    let next_week = SUNDAY_MS + 7 * DAY_MS;
    assert!(take(&second, next_week));
}

#[tokio::test]
async fn usage_is_refused_for_what_is_not_there() {
    let bench = Bench::new();
    let (_, plan, key) = world(&bench, json!({})).await;
    let path = format!("/usageplans/{plan}/keys/{key}/usage");
    for (path, body) in [
        (&path, patch("replace", "/remaining", "2")),
        (&path, patch("replace", "/remaining", "-2")),
        (&path, patch("replace", "/used", "2")),
        (&path, patch("add", "/remaining", "2")),
    ] {
        let refused = bench.ask("PATCH", path, body).await;
        assert_eq!(refused.code, "BadRequestException");
    }
    let unknown = format!("/usageplans/{plan}/keys/unknown/usage");
    let refused = bench.ask("PATCH", &unknown, patch("replace", "/remaining", "2"));
    assert_eq!(refused.await.code, "NotFoundException");
}

#[tokio::test]
async fn keys_are_imported() {
    let bench = Bench::new();
    let (api, plan, known) = world(&bench, json!({})).await;
    let other = "z".repeat(20);
    let file = format!(
        "Name,key,description,Enabled,usageplanIds,extra\n\
         renamed,{VALUE},An imported key,false,{plan},x\n\
         fresh,{other},,TRUE,\"{plan},unknown\",x\n\
         short,tooshort,,,,\n"
    );
    let send = async |mode: &str| {
        let target = format!("/apikeys?mode=import&format=csv{mode}");
        let body = file.clone().into_bytes();
        bench.send(A, "us-east-1", "POST", &target, body).await
    };
    let refused = send("&failonwarnings=true").await;
    assert_eq!(refused.code, "BadRequestException");
    assert_eq!(
        live(&bench, &api, "s").unwrap().keys.len(),
        1,
        "nothing of it is there"
    );
    let made = send("").await.ok(201);
    assert_eq!(made["ids"].as_array().unwrap().len(), 2);
    assert_eq!(
        made["ids"][0],
        json!(known),
        "a known value is the same key"
    );
    assert_eq!(made["warnings"].as_array().unwrap().len(), 2);
    let opened = live(&bench, &api, "s").unwrap();
    assert!(!opened.keys[VALUE].is_enabled);
    assert!(opened.keys[&other].is_enabled);
    let shown = get(&bench, &format!("/apikeys/{known}")).await;
    assert_eq!(shown["name"], "renamed");
}

#[tokio::test]
async fn tags_are_put_and_touched() {
    let bench = Bench::new();
    let body = json!({"name": "a", "tags": {"team": "red"}});
    let key = post(&bench, "/apikeys", body.clone()).await.text("id");
    let plan = post(&bench, "/usageplans", body).await.text("id");
    for path in [format!("/apikeys/{key}"), format!("/usageplans/{plan}")] {
        let arn = format!("arn:aws:apigateway:us-east-1::{path}");
        let encoded = arn.replace(':', "%3A").replace('/', "%2F");
        let tags = format!("/tags/{encoded}");
        let more = json!({"tags": {"cost": "1"}});
        bench.ask("PUT", &tags, more).await.ok(204);
        assert_eq!(
            get(&bench, &path).await["tags"],
            json!({"team": "red", "cost": "1"})
        );
        assert_eq!(get(&bench, &tags).await["tags"]["cost"], "1");
        for target in [&path, &tags] {
            let touched = bench.touches("GET", target, json!({})).await;
            let shown = format!("{:?}", touched[0].context);
            assert!(
                shown.to_lowercase().contains("aws:resourcetag/team"),
                "{shown}"
            );
        }
    }
    let touched = bench
        .touches("POST", "/apikeys", json!({"tags": {"a": "b"}}))
        .await;
    assert!(
        format!("{:?}", touched[0].context)
            .to_lowercase()
            .contains("aws:requesttag/a")
    );
}

#[tokio::test]
async fn stages_may_be_throttled() {
    let bench = Bench::new();
    let api = deployed(&bench, "s").await;
    let stage = format!("/restapis/{api}/stages/s");
    let slow = patch("replace", "/*/*/throttling/rateLimit", "2");
    let shown = bench.ask("PATCH", &stage, slow).await.ok(200);
    assert_eq!(
        shown["methodSettings"]["*/*"]["throttlingRateLimit"],
        json!(2.0)
    );
}
