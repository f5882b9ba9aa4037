//! Bodies against the models of their methods.

use super::support::{Sent, World, api, header, mock, open, shown};
use restapi::{GatewayResponse, Method, Model, RequestValidator, RestApi, Stage};

const INVALID: &str = "{\"message\": \"Invalid request body\"}";

/// `POST /pets` whose body must be a Pet, and whose header `X-A` must be there.
fn validated(validates_body: bool, models: &[(&str, &str)]) -> RestApi {
    let mut method = Method {
        request_validator_id: Some("val001".into()),
        ..open(mock("fine"))
    };
    method
        .request_parameters
        .insert("method.request.header.X-A".into(), true);
    for (kind, model) in models {
        method
            .request_models
            .insert((*kind).into(), (*model).into());
    }
    let mut api = api(vec![("POST", "/pets", method)]);
    let validator = RequestValidator {
        id: "val001".into(),
        name: "v".into(),
        validates_body,
        validates_parameters: true,
    };
    api.validators.insert("val001".into(), validator);
    let model = |name: &str, schema: &str| Model {
        id: "m00001".into(),
        name: name.into(),
        description: None,
        schema: schema.into(),
        content_type: "application/json".into(),
    };
    let kind = r#"{"enum":["cat","dog"]}"#;
    let pet = r#"{"type":"object","required":["kind","age"],"properties":{"age":{"type":"integer"},"kind":{"$ref":"https://apigateway.amazonaws.com/restapis/abc123defg/models/Kind"}}}"#;
    let lost = r##"{"$ref":"#/definitions/Nobody"}"##;
    for (name, schema) in [("Kind", kind), ("Pet", pet), ("Lost", lost)] {
        api.models.insert(name.into(), model(name, schema));
    }
    api
}

fn post(body: &'static str) -> Sent {
    Sent::new("POST", "/pets")
        .header("Content-Type", "application/json; charset=utf-8")
        .header("X-A", "1")
        .body(body)
}

async fn answer(api: RestApi, sent: Sent) -> (u16, String) {
    shown(&World::new(api).send(sent).await)
}

const PET: &[(&str, &str)] = &[("application/json", "Pet")];

#[tokio::test]
async fn bodies_must_fit_their_model() {
    let fine = (200, "fine".to_owned());
    let refused = (400, INVALID.to_owned());
    for (body, expect) in [
        (r#"{"kind":"cat","age":3}"#, &fine),
        (r#"{"kind":"cow","age":3}"#, &refused),
        (r#"{"kind":"cat"}"#, &refused),
        (r#"{"kind":"cat","age":"3"}"#, &refused),
        ("[]", &refused),
        ("{", &refused),
        ("", &refused),
    ] {
        let got = answer(validated(true, PET), post(body)).await;
        assert_eq!(&got, expect, "{body}");
    }
    let world = World::new(validated(true, PET));
    let response = world.send(post("{}")).await;
    assert_eq!(header(&response, "x-amzn-errortype"), "BadRequestException");
}

#[tokio::test]
async fn only_what_the_validator_asks_for_is_checked() {
    assert_eq!(answer(validated(false, PET), post("{}")).await.0, 200);
    assert_eq!(answer(validated(true, &[]), post("{")).await.0, 200);
    let mut without = validated(true, PET);
    without.validators.clear();
    assert_eq!(answer(without, post("{}")).await.0, 200);
}

#[tokio::test]
async fn parameters_are_checked_before_the_body() {
    let sent = Sent::new("POST", "/pets").body("{}");
    let expect = "{\"message\": \"Missing required request parameters: [X-A]\"}";
    let got = answer(validated(true, PET), sent).await;
    assert_eq!(got, (400, expect.to_owned()));
}

#[tokio::test]
async fn the_content_type_chooses_the_model() {
    let xml = |body: &'static str| {
        Sent::new("POST", "/pets")
            .header("Content-Type", "application/xml")
            .header("X-A", "1")
            .body(body)
    };
    let status =
        async |models: &[(&str, &str)], sent| answer(validated(true, models), sent).await.0;
    assert_ne!(status(PET, xml("<a/>")).await, 400, "no model is for XML");
    assert_eq!(status(&[("$default", "Pet")], xml("<a/>")).await, 400);
    let untyped = Sent::new("POST", "/pets").header("X-A", "1").body("{}");
    assert_eq!(status(PET, untyped).await, 400, "no type means JSON");
}

#[tokio::test]
async fn models_that_cannot_be_used_let_nothing_pass() {
    for model in ["Lost", "None"] {
        let models = [("application/json", model)];
        let (status, body) = answer(validated(true, &models), post("{}")).await;
        assert_eq!(status, 500, "{model}");
        assert_eq!(body, "{\"message\": \"Internal server error\"}");
    }
}

#[tokio::test]
async fn what_is_wrong_is_told_to_logs_and_gateway_responses() {
    let mut api = validated(true, PET);
    let response = GatewayResponse {
        response_templates: vec![(
            "application/json".into(),
            "{\"why\":\"$context.error.validationErrorString\"}".into(),
        )],
        ..GatewayResponse::default()
    };
    api.gateway_responses
        .insert("BAD_REQUEST_BODY".into(), response);
    let mut stage = Stage {
        name: "test".into(),
        ..Stage::default()
    };
    let setting = restapi::MethodSetting {
        logging_level: Some("ERROR".into()),
        ..restapi::MethodSetting::default()
    };
    stage.method_settings.insert("*/*".into(), setting);
    let world = World::with_stage(api, stage);
    let (status, body) = shown(&world.send(post("{}")).await);
    let why = "[object has missing required properties ([\"age\",\"kind\"])]";
    assert_eq!((status, body), (400, format!("{{\"why\":\"{why}\"}}")));
    let expect = format!(
        "Request body does not match model schema for content type application/json: {why}"
    );
    assert!(
        world.lines().iter().any(|line| line.ends_with(&expect)),
        "{:#?}",
        world.lines()
    );
}
