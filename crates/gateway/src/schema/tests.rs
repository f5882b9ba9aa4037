//! What passes a model, and what is said of the rest.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

use super::*;
use serde_json::json;

fn models(schemas: &[(&str, Value)]) -> Models {
    let model = |(name, schema): &(&str, Value)| {
        let model = restapi::Model {
            name: (*name).to_owned(),
            schema: schema.to_string(),
            ..restapi::Model::default()
        };
        ((*name).to_owned(), model)
    };
    Models::compile(&schemas.iter().map(model).collect())
}

fn check(schema: Value, body: &str) -> Result<(), Mismatch> {
    models(&[("M", schema)]).check("M", body.as_bytes())
}

fn said(schema: Value, body: &str) -> String {
    match check(schema, body) {
        Ok(()) => String::new(),
        Err(Mismatch::Body(text)) => text,
        Err(Mismatch::Model(text)) => panic!("{text}"),
    }
}

#[test]
fn missing_properties_are_told_as_by_aws() {
    let schema = || json!({"type": "object", "required": ["b", "a", "c"]});
    let expect = "[object has missing required properties ([\"a\",\"b\"])]";
    assert_eq!(said(schema(), "{\"c\":1}"), expect);
    assert_eq!(said(schema(), "{\"a\":1,\"b\":2,\"c\":null}"), "");
    let all = "[object has missing required properties ([\"a\",\"b\",\"c\"])]";
    assert_eq!(said(schema(), ""), all, "an empty body is an empty object");
}

#[test]
fn what_is_no_json_is_an_unknown_error() {
    for body in [" ", "{", "{a:1}", "\u{feff}{}", "nul"] {
        let text = said(json!({}), body);
        assert_eq!(text, "[Unknown error parsing request body]", "{body}");
    }
    let deep = "[".repeat(200) + &"]".repeat(200);
    assert!(check(json!({}), &deep).is_err());
}

#[test]
fn sentences() {
    let typed = json!({"type": ["integer", "null"]});
    let expect = "[instance type (string) does not match any allowed primitive type (allowed: [\"integer\",\"null\"])]";
    assert_eq!(said(typed, "\"x\""), expect);
    let low = json!({"properties": {"n": {"minimum": 10}}});
    let expect = "[numeric instance is lower than the required minimum (minimum: 10, found: 9)]";
    assert_eq!(said(low, "{\"n\":9}"), expect);
    let two = json!({"properties": {"a": {"type": "string"}, "b": {"maxLength": 1}}});
    let expect = "[instance type (integer) does not match any allowed primitive type (allowed: [\"string\"]), string \"xx\" is too long (length: 2, maximum allowed: 1)]";
    assert_eq!(said(two, "{\"a\":1,\"b\":\"xx\"}"), expect);
}

#[test]
fn models_refer_to_each_other() {
    let base = "https://apigateway.amazonaws.com/restapis/abc123defg/models";
    let all = models(&[
        (
            "Person",
            json!({
                "required": ["name"],
                "properties": {
                    "name": {"type": "string"},
                    "friends": {"type": "array", "items": {"$ref": format!("{base}/Person")}},
                    "home": {"$ref": format!("{base}/House#/definitions/Address")},
                },
            }),
        ),
        (
            "House",
            json!({"definitions": {"Address": {"type": "string"}}}),
        ),
    ]);
    let check = |body: Value| all.check("Person", body.to_string().as_bytes());
    assert!(check(json!({"name": "a", "friends": [{"name": "b"}], "home": "c"})).is_ok());
    assert!(check(json!({"name": "a", "friends": [{"name": 1}]})).is_err());
    assert!(check(json!({"name": "a", "friends": [{}]})).is_err());
    assert!(check(json!({"name": "a", "home": 1})).is_err());
}

#[test]
fn nothing_is_fetched() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    for target in [
        &format!("http://127.0.0.1:{port}/models/M"),
        "file:///etc/passwd",
        "http://json-schema.org/draft-04/schema#",
        "https://apigateway.amazonaws.com/restapis/a/models/Other",
        "#/definitions/none",
        "other.json",
    ] {
        let refused = check(json!({"$ref": target}), "{}").unwrap_err();
        assert!(matches!(refused, Mismatch::Model(_)), "{target}");
    }
    let waiting = listener.accept().unwrap_err();
    assert_eq!(waiting.kind(), std::io::ErrorKind::WouldBlock);
}

#[test]
fn endless_and_explosive_models_give_up() {
    let loops = [
        json!({"$ref": "#"}),
        json!({"allOf": [{"$ref": "#"}]}),
        json!({"not": {"$ref": "#"}}),
        json!({"anyOf": [{"type": "array"}, {"$ref": "#"}]}),
    ];
    for schema in loops {
        assert!(check(schema.clone(), "{}").is_err(), "{schema}");
    }
    // 2^60 without a budget.
    let mut definitions = serde_json::Map::new();
    for n in 0..60 {
        let next = json!({"$ref": format!("#/definitions/d{}", n + 1)});
        definitions.insert(format!("d{n}"), json!({"allOf": [next, next]}));
    }
    definitions.insert("d60".into(), json!({}));
    let schema = json!({"definitions": definitions, "$ref": "#/definitions/d0"});
    assert!(check(schema, "{}").is_err());
    // Twice as much for each level of the body.
    let twice = json!({"allOf": [{"properties": {"a": {"$ref": "#"}}}, {"properties": {"a": {"$ref": "#"}}}]});
    let body = "{\"a\":".repeat(100) + "1" + &"}".repeat(100);
    assert!(check(twice, &body).is_err());
}

#[test]
fn work_that_is_no_schema_counts_too() {
    let kinds = vec!["null"; 50_000];
    let text = "x".repeat(200_000);
    for (schema, body) in [
        (
            json!({"items": {"type": kinds}}),
            Value::from(vec![1; 1_000]),
        ),
        (
            json!({"allOf": vec![json!({"uniqueItems": true}); 500]}),
            json!([text]),
        ),
        (
            json!({"items": {"enum": (0..20_000).collect::<Vec<u32>>()}}),
            Value::from(vec![-1; 1_000]),
        ),
    ] {
        let exhausted = Mismatch::Body("[Unknown error parsing request body]".into());
        let refused = check(schema, &body.to_string()).unwrap_err();
        assert_eq!(refused, exhausted);
    }
}

#[test]
fn large_bodies_pass() {
    let items: Vec<Value> = (0..100_000).map(|n| json!({"id": n})).collect();
    let schema = json!({"uniqueItems": true, "items": {"properties": {"id": {"type": "integer"}}}});
    assert!(check(schema, &Value::from(items).to_string()).is_ok());
}

#[test]
fn patterns_that_cannot_run_let_nothing_pass() {
    assert!(check(json!({"pattern": "(?=a)a"}), "\"a\"").is_err());
    assert!(check(json!({"pattern": "^a$"}), "\"a\"").is_ok());
}

#[test]
fn unknown_models_are_the_owners_fault() {
    let refused = models(&[]).check("None", b"{}").unwrap_err();
    assert!(matches!(refused, Mismatch::Model(_)));
}

/// The official suite of draft 4, but for references to other documents and by `id`, which models
/// do not have, and for formats, which are not checked.
#[test]
fn draft_4_suite() {
    let Ok(shared) = std::env::var("CROSSWAY_SHARED") else {
        eprintln!("skipped: CROSSWAY_SHARED is not set");
        return;
    };
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let file = root.join(shared).join("corpora/jsonschema/draft4.json");
    let Ok(text) = std::fs::read_to_string(&file) else {
        eprintln!("skipped: no {}", file.display());
        return;
    };
    let suite: Value = serde_json::from_str(&text).unwrap();
    let (mut agreed, mut left_out, mut wrong) = (0, 0, Vec::new());
    for case in suite["cases"].as_array().unwrap() {
        let id = case["id"].as_str().unwrap();
        match check(case["schema"].clone(), &case["data"].to_string()) {
            Err(Mismatch::Model(_)) => left_out += 1,
            _ if id.starts_with("format ::") || id.starts_with("refRemote ::") => left_out += 1,
            outcome if Some(outcome.is_ok()) == case["valid"].as_bool() => agreed += 1,
            _ => wrong.push(id),
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(agreed >= 250, "{agreed} agreed, {left_out} left out");
}
