//! Parameter mappings, choice of templates, and texts with plain replacement.
#![allow(clippy::unwrap_used)]

use mapping::{
    AccessLogFormat, ContextVariables, Mapped, Params, PassthroughBehavior, RequestChoice,
    RequestTemplates, ResponseChoice, ResponseTemplates, Scope, Source, SourceError, Target,
    gateway_response_body,
};
use restapi::{Integration, IntegrationType};
use std::collections::BTreeMap;

struct World {
    params: Params,
    context: ContextVariables,
    variables: BTreeMap<String, String>,
    headers: Vec<(String, Vec<String>)>,
}

fn world() -> World {
    let mut context = ContextVariables {
        stage: Some("prod".into()),
        ..ContextVariables::default()
    };
    context.error.message_string = Some("\"Forbidden\"".into());
    context.identity.source_ip = Some("10.0.0.1".into());
    World {
        params: Params {
            path: vec![("id".into(), "7".into())],
            querystring: vec![("q".into(), vec!["a".into(), "b".into()])],
            header: vec![("X-One".into(), vec!["1".into(), "2".into()])],
        },
        context,
        variables: BTreeMap::from([("v".to_owned(), "var".to_owned())]),
        headers: vec![("Location".into(), vec!["/x".into()])],
    }
}

impl World {
    fn scope<'a>(&'a self, body: &'a str) -> Scope<'a> {
        Scope::new(body, &self.params, &self.context, &self.variables)
            .with_response_headers(&self.headers)
    }
}

fn check(expression: &str, body: &str, expect: Option<Mapped>) {
    let world = world();
    let source = Source::parse(expression).unwrap();
    assert_eq!(source.evaluate(&world.scope(body)), expect, "{expression}");
}

fn one(text: &str) -> Option<Mapped> {
    Some(Mapped::One(text.into()))
}

#[test]
fn every_kind_of_source_is_read() {
    let both = |a: &str, b: &str| Some(Mapped::Many(vec![a.into(), b.into()]));
    check("method.request.path.id", "", one("7"));
    check("method.request.querystring.q", "", one("b"));
    check("method.request.multivaluequerystring.q", "", both("a", "b"));
    check("method.request.header.X-One", "", one("2"));
    check("method.request.header.x-one", "", one("2"));
    check("method.request.multivalueheader.X-One", "", both("1", "2"));
    check("integration.response.header.location", "", one("/x"));
    check("context.stage", "", one("prod"));
    check("context.identity.sourceIp", "", one("10.0.0.1"));
    check("stageVariables.v", "", one("var"));
    check("'static, text'", "", one("static, text"));
    check("''", "", one(""));
}

#[test]
fn bodies_are_read_whole_or_by_path() {
    let body = r#"{"a":{"b":"x","n":5,"l":[1,"y"],"z":null}}"#;
    check("method.request.body", body, one(body));
    check("integration.response.body", "raw", one("raw"));
    check("method.request.body.a.b", body, one("x"));
    check("method.request.body.$.a.b", body, one("x"));
    check("method.request.body.a.n", body, one("5"));
    check("integration.response.body.a.l", body, one(r#"[1,"y"]"#));
    check("integration.response.body.a.l[1]", body, one("y"));
}

#[test]
fn what_is_not_there_maps_to_nothing() {
    for expression in [
        "method.request.path.nope",
        "method.request.querystring.Q",
        "method.request.header.nope",
        "integration.response.header.nope",
        "context.nope",
        "stageVariables.nope",
        "method.request.body.nope",
        "method.request.body.a.deep",
    ] {
        check(expression, "{}", None);
    }
    check("method.request.body.a", "{no json", None);
    check("method.request.body.z", r#"{"z":null}"#, None);
}

#[test]
fn unknown_expressions_are_refused() {
    for expression in [
        "",
        "'open",
        "method.request.cookie.a",
        "method.request.header.",
        "method.request.bodyx",
        "method.request.body.",
        "plain",
        "Context.stage",
    ] {
        assert!(Source::parse(expression).is_err(), "{expression}");
    }
    let wrong_path = Source::parse("method.request.body.$.a[");
    assert!(wrong_path.is_ok() || matches!(wrong_path, Err(SourceError::Path { .. })));
    assert!(matches!(
        Source::parse("method.request.body.$.a[?("),
        Err(SourceError::Path { .. })
    ));
}

#[test]
fn targets_are_told_apart() {
    let parsed = |text: &str| Target::parse(text).unwrap();
    assert_eq!(
        parsed("integration.request.header.A"),
        Target::RequestHeader("A".into())
    );
    assert_eq!(
        parsed("integration.request.querystring.b"),
        Target::Querystring("b".into())
    );
    assert_eq!(
        parsed("integration.request.path.c"),
        Target::Path("c".into())
    );
    assert_eq!(
        parsed("method.response.header.D"),
        Target::ResponseHeader("D".into())
    );
    assert_eq!(
        parsed("gatewayresponse.header.E"),
        Target::GatewayResponseHeader("E".into())
    );
    assert!(Target::parse("method.request.header.A").is_err());
    assert!(Target::parse("integration.request.header.").is_err());
}

fn templates(keys: &[&str], behavior: &str) -> RequestTemplates {
    RequestTemplates::compile(&Integration {
        kind: IntegrationType::Mock,
        http_method: None,
        uri: None,
        credentials: None,
        connection_type: None,
        connection_id: None,
        integration_target: None,
        request_parameters: BTreeMap::new(),
        request_templates: keys
            .iter()
            .map(|key| ((*key).into(), (*key).into()))
            .collect(),
        passthrough_behavior: behavior.into(),
        content_handling: None,
        timeout_ms: 29_000,
        cache_namespace: None,
        cache_key_parameters: Vec::new(),
        tls: None,
        response_transfer_mode: None,
        responses: BTreeMap::new(),
    })
}

/// What a choice does: the text of the template, or a word.
fn chosen(keys: &[&str], behavior: &str, content_type: Option<&str>) -> String {
    let world = world();
    match templates(keys, behavior).choose(content_type) {
        RequestChoice::Template(template) => {
            template.unwrap().render(&mut world.scope("")).unwrap()
        }
        RequestChoice::Passthrough => "pass".into(),
        RequestChoice::UnsupportedMediaType => "415".into(),
    }
}

#[test]
fn request_templates_are_chosen_by_content_type() {
    let json = "application/json";
    assert_eq!(chosen(&[json], "NEVER", None), json);
    assert_eq!(
        chosen(&[json], "NEVER", Some("application/json; charset=utf-8")),
        json
    );
    assert_eq!(
        chosen(&["$default", "text/plain"], "NEVER", Some("text/plain")),
        "text/plain"
    );
    // The key, read as a template, is an undefined reference.
    assert_eq!(chosen(&["$default"], "NEVER", Some("image/png")), "");
}

#[test]
fn without_a_template_the_behavior_decides() {
    let csv = Some("text/csv");
    assert_eq!(chosen(&["text/plain"], "WHEN_NO_MATCH", csv), "pass");
    assert_eq!(chosen(&["text/plain"], "WHEN_NO_TEMPLATES", csv), "415");
    assert_eq!(chosen(&[], "WHEN_NO_TEMPLATES", csv), "pass");
    assert_eq!(chosen(&[], "NEVER", csv), "415");
    assert_eq!(
        PassthroughBehavior::parse("never"),
        PassthroughBehavior::Never
    );
    assert_eq!(
        PassthroughBehavior::parse(""),
        PassthroughBehavior::WhenNoMatch
    );
}

#[test]
fn response_templates_are_chosen_by_accept() {
    let chosen = |keys: &[&str], accept: Option<&str>| {
        let pairs: Vec<_> = keys
            .iter()
            .map(|key| ((*key).to_owned(), String::new()))
            .collect();
        match ResponseTemplates::parse(&pairs).choose(accept) {
            ResponseChoice::Template { content_type, .. } => content_type.to_owned(),
            ResponseChoice::Passthrough => "pass".into(),
        }
    };
    let keys = ["text/xml", "application/json", "text/plain"];
    assert_eq!(chosen(&keys, Some("text/plain")), "text/plain");
    assert_eq!(chosen(&keys, Some("image/png")), "application/json");
    assert_eq!(chosen(&keys[..1], Some("image/png")), "text/xml");
    assert_eq!(chosen(&[], None), "pass");
}

#[test]
fn a_template_that_does_not_parse_is_an_error_when_it_is_chosen() {
    let choice = templates(&["#if("], "NEVER");
    assert!(matches!(
        choice.choose(Some("#if(")),
        RequestChoice::Template(Err(_))
    ));
}

#[test]
fn gateway_responses_replace_variables_plainly() {
    let world = world();
    let check = |template: &str, expect: &str| {
        assert_eq!(
            gateway_response_body(template, &world.scope("")),
            expect,
            "{template}"
        );
    };
    check(
        r#"{"message":$context.error.messageString}"#,
        r#"{"message":"Forbidden"}"#,
    );
    check("$context.stage.", "prod.");
    check("${context.stage}x$stageVariables.v", "prodxvar");
    check(
        "$method.request.header.X-One $method.request.path.id",
        "2 7",
    );
    check(
        "[$context.nope] $5 $ #if(true)x#end",
        "[] $5 $ #if(true)x#end",
    );
}

#[test]
fn access_log_lines_print_a_dash_for_what_is_unset() {
    let world = world();
    let format =
        AccessLogFormat::parse("$context.stage $context.requestId \"$context.identity.sourceIp\"");
    let line = format.line(world.scope("").context);
    assert_eq!(line, "prod - \"10.0.0.1\"");
    let odd =
        "$ $5 ${context.stage}$context.stage. ${context.stage $context. $stage $context.stage-";
    let line = AccessLogFormat::parse(odd).line(world.scope("").context);
    assert_eq!(
        line,
        "$ $5 prodprod. ${context.stage $context. $stage prod-"
    );
}
