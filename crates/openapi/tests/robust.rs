//! No document makes the importer panic.
#![allow(clippy::unwrap_used)]

mod common;

use common::{blank, import_into, options};
use serde_json::{Value, json};
use stdx::{Ids, SeededIds};

/// Pieces of documents, to be put together in every wrong way.
const KEYS: [&str; 24] = [
    "swagger",
    "openapi",
    "paths",
    "/a",
    "/{b}",
    "get",
    "parameters",
    "in",
    "name",
    "schema",
    "$ref",
    "responses",
    "200",
    "default",
    "security",
    "x-amazon-apigateway-integration",
    "type",
    "components",
    "schemas",
    "securityDefinitions",
    "x-amazon-apigateway-authorizer",
    "definitions",
    "x-amazon-apigateway-documentation",
    "servers",
];
const MARKS: &[u8] = b" \n:-[]{}&*a'\"|>?!#%@,0";
const WORDS: [&str; 10] = [
    "2.0",
    "3.0.1",
    "mock",
    "body",
    "path",
    "#/definitions/a",
    "#/paths",
    "#",
    "token",
    "é",
];

fn noise(ids: &SeededIds, depth: usize) -> Value {
    let mut bytes = [0u8; 3];
    ids.fill(&mut bytes);
    let pick = usize::from(bytes[1]);
    match bytes[0] % 8 {
        0 => Value::Null,
        1 => json!(pick),
        2 => json!(pick % 2 == 0),
        3 => json!(WORDS[pick % WORDS.len()]),
        4 if depth > 0 => (0..pick % 3).map(|_| noise(ids, depth - 1)).collect(),
        _ if depth > 0 => {
            let mut key = [0u8; 1];
            (0..pick % 5)
                .map(|_| {
                    ids.fill(&mut key);
                    (
                        KEYS[usize::from(key[0]) % KEYS.len()].to_owned(),
                        noise(ids, depth - 1),
                    )
                })
                .collect::<serde_json::Map<_, _>>()
                .into()
        }
        _ => json!("x"),
    }
}

#[test]
fn random_documents_never_panic() {
    let ids = SeededIds::new(22);
    for round in 0..3_000 {
        let mut document = noise(&ids, 7);
        if let Some(map) = document.as_object_mut() {
            map.insert(
                if round % 2 == 0 { "swagger" } else { "openapi" }.into(),
                if round % 2 == 0 { "2.0" } else { "3.0.1" }.into(),
            );
            map.insert("paths".into(), json!({"/a": {"get": noise(&ids, 6)}}));
        }
        let _ = import_into(&mut blank(), document.to_string().as_bytes(), &options());
    }
    for _ in 0..3_000 {
        let mut bytes = [0u8; 40];
        ids.fill(&mut bytes);
        let text: Vec<u8> = bytes
            .iter()
            .map(|byte| MARKS[usize::from(*byte) % MARKS.len()])
            .collect();
        let _ = import_into(&mut blank(), &text, &options());
    }
}
