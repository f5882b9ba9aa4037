//! Lambda authorizers: who is asked and what is told; what is kept; what comes of it.

mod kept;
mod tested;
mod verdict;

use super::support::{
    API_ID, FUNCTION, Sent, World, api, header, invoked, lambda, lambda_uri, open, shown,
};
use ports::{Caller, InvokeError};
use restapi::{Authorizer, GatewayResponse, IntegrationType, Method, RestApi, Stage};
use serde_json::{Value, json};

const AUTHORIZER: &str = "arn:aws:lambda:eu-west-1:222222222222:function:authorizer";
const METHODS: &str = "arn:aws:execute-api:us-east-1:111111111111:abc123defg/test";
const NULL: &str = "{\"message\":null}";
const UNAUTHORIZED: &str = "{\"message\":\"Unauthorized\"}";
const IMPLICIT: &str = "{\"Message\":\"User is not authorized to access this resource because no identity-based policy allows the execute-api:Invoke action\"}";
const EXPLICIT: &str = "{\"Message\":\"User is not authorized to access this resource with an explicit deny in an identity-based policy\"}";

fn token() -> Authorizer {
    Authorizer {
        id: "auth01".into(),
        name: "one".into(),
        kind: "TOKEN".into(),
        uri: Some(lambda_uri(AUTHORIZER)),
        identity_source: Some("method.request.header.Authorization".into()),
        result_ttl_s: Some(300),
        ..Authorizer::default()
    }
}

fn request(sources: &str, ttl_s: i32) -> Authorizer {
    Authorizer {
        kind: "REQUEST".into(),
        identity_source: Some(sources.into()).filter(|sources: &String| !sources.is_empty()),
        result_ttl_s: Some(ttl_s),
        ..token()
    }
}

/// `ANY /pets/{id}` and `GET /open` behind this authorizer.
fn guarded(authorizer: Authorizer) -> RestApi {
    let method = || Method {
        authorization_type: "CUSTOM".into(),
        authorizer_id: Some("auth01".into()),
        ..open(lambda(IntegrationType::AwsProxy))
    };
    let mut api = api(vec![
        ("ANY", "/pets/{id}", method()),
        ("GET", "/other", method()),
    ]);
    api.authorizers.insert("auth01".into(), authorizer);
    api
}

fn says(effect: &str, resource: &str) -> Value {
    json!({
        "principalId": "user|a1b2c3",
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [{"Action": "execute-api:Invoke", "Effect": effect, "Resource": resource}],
        },
        "context": {"tier": "gold", "level": 7, "isStaff": false},
    })
}

/// A world whose authorizer answers this, and whose backend answers `hi`.
fn world(authorizer: Authorizer, answer: Value) -> World {
    answering(World::new(guarded(authorizer)), answer)
}

fn answering(world: World, answer: Value) -> World {
    world.answers(move |invocation| {
        Ok(match invocation.function_arn.as_str() {
            FUNCTION => invoked("{\"statusCode\":200,\"body\":\"hi\"}"),
            _ => invoked(&answer.to_string()),
        })
    })
}

fn allowed() -> Value {
    says("Allow", &format!("{METHODS}/*"))
}

fn with_token(path: &str, token: &str) -> Sent {
    Sent::new("GET", path).header("Authorization", token)
}

/// The events that the authorizer got.
fn asked(world: &World) -> Vec<Value> {
    let calls = world.doubles.invocations.lock().unwrap();
    let calls = calls.iter().filter(|call| call.function_arn == AUTHORIZER);
    calls
        .map(|call| serde_json::from_slice(call.payload.bytes()).unwrap())
        .collect()
}

fn integration_calls(world: &World) -> usize {
    let calls = world.doubles.invocations.lock().unwrap();
    calls
        .iter()
        .filter(|call| call.function_arn == FUNCTION)
        .count()
}

#[tokio::test]
async fn a_token_authorizer_is_told_token_and_actual_method() {
    let world = world(token(), allowed());
    let response = world.send(with_token("/pets/7?x=1", "abc")).await;
    assert_eq!(shown(&response), (200, "hi".into()));
    let expect = json!({
        "type": "TOKEN",
        "authorizationToken": "abc",
        "methodArn": format!("{METHODS}/GET/pets/7"),
    });
    assert_eq!(asked(&world), [expect]);
}

#[tokio::test]
async fn the_function_is_called_as_the_authorizer_in_the_functions_region() {
    let world = world(token(), allowed());
    world.send(with_token("/pets/7", "abc")).await;
    let calls = world.doubles.invocations.lock().unwrap();
    let Caller::Service(caller) = &calls[0].caller else {
        panic!("the service calls");
    };
    assert_eq!(caller.service, "apigateway.amazonaws.com");
    assert_eq!(
        caller.source_arn.as_str(),
        format!("arn:aws:execute-api:eu-west-1:111111111111:{API_ID}/authorizers/auth01")
    );
    assert_eq!(caller.source_account.as_str(), "111111111111");
}

#[tokio::test]
async fn roles_call_as_themselves() {
    let with_role = |role: &str| Authorizer {
        credentials: Some(role.into()),
        ..token()
    };
    let good = world(with_role("arn:aws:iam::111111111111:role/good"), allowed());
    assert_eq!(good.send(with_token("/other", "t")).await.status(), 200);
    let caller = good.doubles.invocations.lock().unwrap()[0].caller.clone();
    assert!(matches!(caller, Caller::Principal(_)));
    for role in [
        "arn:aws:iam::111111111111:role/bad",
        "arn:aws:iam::333333333333:role/good",
        "arn:aws:iam::*:user/*",
        "nonsense",
    ] {
        let refused = world(with_role(role), allowed());
        let response = refused.send(with_token("/other", "t")).await;
        assert_eq!(shown(&response), (500, NULL.into()), "{role}");
        assert!(asked(&refused).is_empty());
    }
}

#[tokio::test]
async fn what_the_function_says_reaches_the_integration() {
    let world = world(token(), allowed());
    world.send(with_token("/pets/7", "abc")).await;
    let expect = json!({
        "principalId": "user|a1b2c3",
        "tier": "gold",
        "level": "7",
        "isStaff": "false",
        "integrationLatency": 0,
    });
    assert_eq!(world.event()["requestContext"]["authorizer"], expect);
}

#[tokio::test]
async fn context_cannot_pose_as_the_gateway() {
    let mut answer = allowed();
    answer["context"] = json!({"principalId": "admin", "integrationLatency": "x", "a": "b"});
    let world = world(token(), answer);
    world.send(with_token("/pets/7", "abc")).await;
    let calls = world.doubles.invocations.lock().unwrap();
    let text = String::from_utf8_lossy(calls.last().unwrap().payload.bytes()).into_owned();
    assert_eq!(text.matches("\"principalId\"").count(), 1);
    assert!(text.contains("\"principalId\":\"user|a1b2c3\",\"a\":\"b\",\"integrationLatency\":0}"));
}

#[tokio::test]
async fn a_request_authorizer_is_told_everything_but_the_body() {
    let mut stage = Stage {
        name: "test".into(),
        ..Stage::default()
    };
    stage.variables.insert("v".into(), "1".into());
    let authorizer = request("method.request.header.X-Token", 300);
    let world = answering(World::with_stage(guarded(authorizer), stage), allowed());
    let sent = Sent::new("POST", "/pets/a%20b?q=1&q=2")
        .header("X-Token", "abc")
        .body("secret body");
    assert_eq!(world.send(sent).await.status(), 200);
    let event = asked(&world).remove(0);
    assert_eq!(event["type"], "REQUEST");
    assert_eq!(event["methodArn"], format!("{METHODS}/POST/pets/a%20b"));
    assert_eq!(event["resource"], "/pets/{id}");
    assert_eq!(event["path"], "/pets/a%20b");
    assert_eq!(event["httpMethod"], "POST");
    assert_eq!(event["headers"]["X-Token"], "abc");
    assert_eq!(event["multiValueHeaders"]["X-Token"], json!(["abc"]));
    assert_eq!(event["queryStringParameters"], json!({"q": "2"}));
    assert_eq!(
        event["multiValueQueryStringParameters"],
        json!({"q": ["1", "2"]})
    );
    assert_eq!(event["stageVariables"], json!({"v": "1"}));
    assert_eq!(event["requestContext"]["resourcePath"], "/pets/{id}");
    assert!(event["requestContext"].get("authorizer").is_none());
    assert!(event.get("body").is_none() && event.get("isBase64Encoded").is_none());
    assert!(!event.to_string().contains("secret body"));
}

#[tokio::test]
async fn empty_maps_of_a_request_authorizer_are_objects() {
    let world = world(request("", 0), allowed());
    world.get("/other").await;
    let event = asked(&world).remove(0);
    for name in ["queryStringParameters", "pathParameters", "stageVariables"] {
        assert_eq!(event[name], json!({}), "{name}");
    }
}

#[tokio::test]
async fn a_missing_identity_is_401_without_asking() {
    let cases = [
        (token(), Sent::new("GET", "/other")),
        (token(), with_token("/other", "")),
        (token(), with_token("/other", "  ")),
        (
            request(
                "method.request.header.X-A, method.request.querystring.b",
                300,
            ),
            Sent::new("GET", "/other").header("X-A", "1"),
        ),
        (
            request(
                "method.request.header.X-A, method.request.querystring.b",
                300,
            ),
            Sent::new("GET", "/other?b=").header("X-A", "1"),
        ),
        (
            request("stageVariables.none", 1),
            Sent::new("GET", "/other"),
        ),
        (
            request("context.identity.apiKey", 1),
            Sent::new("GET", "/other"),
        ),
    ];
    for (authorizer, sent) in cases {
        let world = world(authorizer, allowed());
        let response = world.send(sent).await;
        assert_eq!(shown(&response), (401, UNAUTHORIZED.into()));
        assert_eq!(
            header(&response, "x-amzn-errortype"),
            "UnauthorizedException"
        );
        assert!(world.doubles.invocations.lock().unwrap().is_empty());
    }
}

#[tokio::test]
async fn without_cache_a_request_authorizer_is_asked_whatever_there_is() {
    let world = world(request("method.request.header.X-A", 0), allowed());
    assert_eq!(world.get("/other").await.status(), 200);
    assert_eq!(asked(&world).len(), 1);
}

#[tokio::test]
async fn an_expression_is_for_tokens_only() {
    let authorizer = Authorizer {
        identity_validation_expression: Some("never".into()),
        ..request("method.request.header.X-A", 300)
    };
    let world = world(authorizer, allowed());
    let sent = Sent::new("GET", "/other").header("X-A", "1");
    assert_eq!(world.send(sent).await.status(), 200);
}

#[tokio::test]
async fn stage_variables_choose_the_function() {
    let authorizer = Authorizer {
        uri: Some(lambda_uri(
            &AUTHORIZER.replace(":authorizer", ":${stageVariables.fn}"),
        )),
        ..token()
    };
    let mut stage = Stage {
        name: "test".into(),
        ..Stage::default()
    };
    stage.variables.insert("fn".into(), "authorizer".into());
    let world = answering(World::with_stage(guarded(authorizer), stage), allowed());
    assert_eq!(world.send(with_token("/other", "abc")).await.status(), 200);
    assert_eq!(asked(&world).len(), 1);
}

#[tokio::test]
async fn the_log_hides_tokens_and_names_every_step() {
    let mut stage = Stage {
        name: "test".into(),
        ..Stage::default()
    };
    let setting = restapi::MethodSetting {
        logging_level: Some("INFO".into()),
        data_trace_enabled: true,
        ..restapi::MethodSetting::default()
    };
    stage.method_settings.insert("*/*".into(), setting);
    let authorizer = Authorizer {
        identity_source: Some("method.request.header.X-Token".into()),
        ..token()
    };
    let world = answering(World::with_stage(guarded(authorizer), stage), allowed());
    let secret = "0123456789abcdef";
    world
        .send(Sent::new("GET", "/other").header("X-Token", secret))
        .await;
    let lines = world.lines();
    let at = |part: &str| {
        let found = lines.iter().position(|line| line.contains(part));
        found.unwrap_or_else(|| panic!("no line `{part}` in {lines:#?}"))
    };
    let order = [
        "Extended Request Id",
        "Starting authorizer: auth01 for request: ",
        "Incoming identity: **********abcdef",
        "Sending request to https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/",
        "Authorizer result body before parsing: {\"principalId\"",
        "Using valid authorizer policy for principal: *****a1b2c3",
        "Successfully completed authorizer execution",
        "Verifying Usage Plan for request",
    ]
    .map(at);
    assert!(order.is_sorted(), "{lines:#?}");
    let before = &lines[..order[7]];
    assert!(
        !before.iter().any(|line| line.contains(secret)),
        "{before:#?}"
    );
    world.get("/other").await;
    assert!(
        world
            .lines()
            .iter()
            .any(|line| line.contains("Unauthorized request: "))
    );
}
