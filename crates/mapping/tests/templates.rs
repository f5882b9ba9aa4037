//! Templates as users write them.
#![allow(clippy::unwrap_used)]

use mapping::{ContextVariables, Overrides, Params, Scope, Template};
use std::collections::BTreeMap;

const PETS: &str = r#"[
  {"id": 1, "type": "dog", "price": 249.99},
  {"id": 2, "type": "cat", "price": 124.99},
  {"id": 3, "type": "fish", "price": 0.99}
]"#;

struct World {
    params: Params,
    context: ContextVariables,
    variables: BTreeMap<String, String>,
}

fn world() -> World {
    let mut context = ContextVariables {
        stage: Some("test".into()),
        request_id: Some("r-1".into()),
        ..ContextVariables::default()
    };
    context.identity.source_ip = Some("10.0.0.1".into());
    context.identity.client_cert.subject_dn = Some("CN=x".into());
    context.authorizer.principal_id = Some("me".into());
    context
        .authorizer
        .properties
        .push(("tier".into(), "gold".into()));
    context.authorizer.claims.push(("sub".into(), "abc".into()));
    World {
        params: Params {
            path: vec![("petId".into(), "3".into())],
            querystring: vec![("page".into(), vec!["1".into(), "2".into()])],
            header: vec![("Accept".into(), vec!["*/*".into()])],
        },
        context,
        variables: BTreeMap::from([("color".to_owned(), "blue".to_owned())]),
    }
}

fn render_with(template: &str, body: &str) -> (Result<String, String>, Overrides) {
    let world = world();
    let mut scope = Scope::new(body, &world.params, &world.context, &world.variables);
    let result = Template::parse(template).and_then(|template| template.render(&mut scope));
    (result.map_err(|error| error.to_string()), scope.overrides)
}

fn check(template: &str, body: &str, expect: &str) {
    assert_eq!(
        render_with(template, body).0.as_deref(),
        Ok(expect),
        "{template}"
    );
}

#[test]
fn pet_store_list_is_mapped() {
    let template = r#"#set($inputRoot = $input.path('$'))
[
#foreach($elem in $inputRoot)
  {
    "description" : "Item $elem.id is a $elem.type.",
    "askingPrice" : $elem.price
  }#if($foreach.hasNext),#end

#end
]"#;
    let expect = r#"[
  {
    "description" : "Item 1 is a dog.",
    "askingPrice" : 249.99
  },
  {
    "description" : "Item 2 is a cat.",
    "askingPrice" : 124.99
  },
  {
    "description" : "Item 3 is a fish.",
    "askingPrice" : 0.99
  }
]"#;
    check(template, PETS, expect);
}

#[test]
fn method_request_passthrough_is_rendered() {
    let template = r#"#set($allParams = $input.params())
{
"body-json" : $input.json('$'),
"params" : {
#foreach($type in $allParams.keySet())
    #set($params = $allParams.get($type))
"$type" : {
    #foreach($paramName in $params.keySet())
    "$paramName" : "$util.escapeJavaScript($params.get($paramName))"
        #if($foreach.hasNext),#end
    #end
}
    #if($foreach.hasNext),#end
#end
},
"stage-variables" : {
#foreach($key in $stageVariables.keySet())
"$key" : "$util.escapeJavaScript($stageVariables.get($key))"
    #if($foreach.hasNext),#end
#end
},
"context" : {"stage" : "$context.stage", "ip" : "$context.identity.sourceIp", "x" : "$context.nope"}
}"#;
    let (got, _) = render_with(template, r#"{"a": [1, "b"]}"#);
    let got: serde_json::Value = serde_json::from_str(&got.unwrap()).unwrap();
    let expect = serde_json::json!({
        "body-json": {"a": [1, "b"]},
        "params": {
            "path": {"petId": "3"},
            "querystring": {"page": "2"},
            "header": {"Accept": "*/*"},
        },
        "stage-variables": {"color": "blue"},
        "context": {"stage": "test", "ip": "10.0.0.1", "x": ""},
    });
    assert_eq!(got, expect);
}

#[test]
fn input_gives_body_json_and_parameters() {
    check("$input.body", "", "{}");
    check("$input.body", "raw", "raw");
    check("$input.json('$.a')", r#"{"a":"x/y"}"#, r#""x/y""#);
    check("$input.json('$.b')", r#"{"a":"x"}"#, r#""""#);
    check(
        "$input.path('$.b')|$input.path('$.a')",
        r#"{"a":"x"}"#,
        "|x",
    );
    check(
        "$input.path('$.a')",
        r#"{"a":{"b":[1,{"c":"d/e"}]}}"#,
        r#"{b=[1,{"c":"d\/e"}]}"#,
    );
    check(
        "$input.path('$.a').b[1].c",
        r#"{"a":{"b":[1,{"c":"d"}]}}"#,
        "d",
    );
    check("#if($input.path('$.x') == '')none#end", "{}", "none");
    check(
        "$input.params('petId')$input.params('page')$input.params('accept')",
        "",
        "32*/*",
    );
    check("$input.params('nope')", "", "");
    check("$input.path('$..id')", PETS, "[1,2,3]");
}

#[test]
fn a_change_of_the_body_is_seen_by_later_paths() {
    let template = "#set($root = $input.path('$'))#set($root.b = 2)$input.json('$')";
    check(template, r#"{"a":1}"#, r#"{"a":1,"b":2}"#);
}

#[test]
fn context_is_read_by_name() {
    check(
        "$context.requestId $context.identity.clientCert.subjectDN",
        "",
        "r-1 CN=x",
    );
    check(
        "$context.authorizer.tier $context.authorizer.principalId",
        "",
        "gold me",
    );
    check(
        "$context.authorizer.claims.sub|$context.authorizer.claims",
        "",
        "abc|",
    );
    check("$context['stage']$!context.nope.deeper", "", "test");
    check(
        "$stageVariables.color ${stageVariables['color']} $stageVariables.nope",
        "",
        "blue blue ",
    );
}

#[test]
fn overrides_are_collected_by_kind() {
    let template = "#set($context.requestOverride.header.X-A = 'h')\
        #set($context.requestOverride.querystring.q = ['1', '2'])\
        #set($context.requestOverride.path.p = $input.path('$.n'))\
        #set($context.responseOverride.status = 201)\
        #set($context.responseOverride.header.Y = true)";
    let (got, overrides) = render_with(template, r#"{"n":5}"#);
    assert_eq!(got.as_deref(), Ok(""));
    assert_eq!(overrides.request.header["X-A"], ["h"]);
    assert_eq!(overrides.request.querystring["q"], ["1", "2"]);
    assert_eq!(overrides.request.path["p"], "5");
    assert_eq!(overrides.response.header["Y"], ["true"]);
    assert_eq!(overrides.response.status, Some(201));
}

#[test]
fn a_status_out_of_range_is_ignored() {
    for status in ["99", "600", "'x'", "2.5"] {
        let template = format!("#set($context.responseOverride.status = {status})");
        assert_eq!(
            render_with(&template, "").1.response.status,
            None,
            "{status}"
        );
    }
    for status in ["100", "599", "'404'"] {
        let template = format!("#set($context.responseOverride.status = {status})");
        assert!(
            render_with(&template, "").1.response.status.is_some(),
            "{status}"
        );
    }
}

#[test]
fn overrides_survive_into_the_response() {
    let world = world();
    let mut request = Scope::new("", &world.params, &world.context, &world.variables);
    let first = Template::parse("#set($context.responseOverride.header.A = '1')").unwrap();
    first.render(&mut request).unwrap();
    let mut response = Scope::new("", &world.params, &world.context, &world.variables)
        .with_overrides(request.overrides);
    let second = Template::parse(
        "$context.responseOverride.header.A\
        #set($context.responseOverride.status = 418)",
    );
    assert_eq!(second.unwrap().render(&mut response).as_deref(), Ok("1"));
    assert_eq!(response.overrides.response.header["A"], ["1"]);
    assert_eq!(response.overrides.response.status, Some(418));
}

#[test]
fn a_failed_template_sets_nothing_and_says_where() {
    let (got, overrides) = render_with(
        "#set($context.responseOverride.status = 201)\n$input.path('$').get(9)",
        "[1]",
    );
    assert_eq!(
        got.unwrap_err(),
        "line 2, column 18: method `get` failed: index 9 out of bounds for length 1"
    );
    assert_eq!(overrides, Overrides::default());
}

#[test]
fn a_body_that_is_no_json_fails_only_when_it_is_read() {
    check("ok", "{", "ok");
    let (got, _) = render_with("$input.path('$')", "{");
    assert!(got.unwrap_err().contains("body is no JSON"));
}

#[test]
fn a_body_that_was_put_into_itself_is_searched_and_compared_to_a_bound() {
    let body = r#"{"m": {"a": 1}, "n": {"a": 1}}"#;
    let grow = "#set($m = $input.path('$.m'))#set($m.self = $m)\
                #set($n = $input.path('$.n'))#set($n.self = $n)";
    for path in [
        "$..a",
        "$..self..self..a",
        "$..[?(@..a)]",
        "$[?($.m == $.n)]",
        "$.m.self[?(@.self == $.n.self)]",
    ] {
        let (got, _) = render_with(&format!("{grow}$input.json(\"{path}\")"), body);
        let error = got.expect_err(path);
        assert!(
            error.contains("depth of a value exceeds"),
            "{path}: {error}"
        );
    }
}
